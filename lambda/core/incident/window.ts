import type { Incident } from "../alert/report.ts";
import type { Story } from "../alert/story.ts";
import { StoryBuilder } from "../alert/story-builder.ts";
import type { Told } from "../alert/told.ts";
import { askedSession } from "../record/session.ts";
import type { Rule } from "../rules/rule.ts";
import { bounded } from "./stored-window.ts";
import { afterEnough, inOrderOf, inSequence, overThreshold } from "./threshold.ts";
import type { WindowEntry } from "./window-entry.ts";

/** The window after new matches, and what passes the threshold now. */
export interface Sliding {
  readonly entries: readonly WindowEntry[];
  /** What is told now, from the new matches and from those that waited. */
  readonly rung: readonly WindowEntry[];
}

/** Records may arrive this much later than newer ones, in milliseconds, and still count with their neighbours. */
const LATENESS = 20 * 60_000;

/**
 * Slides the threshold over eventTime: an entry rings when some stretch of `within` around it has `count` entries, or
 * `count` distinct values. Entries too old to meet new neighbours are forgotten.
 */
export function slide(
  old: readonly WindowEntry[],
  fresh: readonly WindowEntry[],
  { threshold, after, steps }: Pick<Rule, "threshold" | "after" | "steps">,
): Sliding {
  const entries = [...old, ...fresh].sort(inOrderOf(steps));
  const demands = [
    threshold && overThreshold(entries, threshold),
    after && afterEnough(entries, after),
    steps && inSequence(entries, steps),
  ].filter((one) => one !== undefined);
  const rung = entries.filter(
    ({ rung: isTold, precedes }, i) => !isTold && !precedes && demands.every((isMet) => isMet[i]),
  );
  const rings = new Set(rung);
  const kept = entries.map((entry) => (rings.has(entry) ? { ...entry, kept: undefined, rung: true } : entry));
  const newest = entries.at(-1)?.time ?? 0;
  const within = Math.max(...[threshold, after, steps].map((one) => one?.within ?? 0));
  const current = kept.filter(({ time }) => time >= newest - within - LATENESS);
  return { entries: bounded(current, within, steps !== undefined), rung };
}

/** What passed a window as a story of its incident. */
export function passed(rung: readonly WindowEntry[], { name, severity }: Rule, incident: Incident): Story {
  const builder = new StoryBuilder();
  for (const { kept, matches, ...entry } of rung) {
    const session = incident.isUnverified ? undefined : entry.session;
    const told: Told = { ...entry, rules: [name], severity, session };
    const asked = kept && !incident.isUnverified ? askedSession(kept.record) : undefined;
    if (kept) builder.addRecord({ ...told, session: session ?? asked, ...kept });
    const counted = kept ? matches - 1 : matches;
    if (counted > 0) builder.addCounted(kept ? { ...told, moreTargets: undefined } : told, counted);
  }
  builder.addAccounts(/^\d{12}$/.test(incident.accountId) ? [incident.accountId] : []);
  return builder.story();
}
