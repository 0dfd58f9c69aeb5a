import type { Incident } from "../alert/report.ts";
import type { Story } from "../alert/story/story.ts";
import { StoryBuilder } from "../alert/story/story-builder.ts";
import type { Told } from "../alert/story/told.ts";
import { askedSession } from "../record/session.ts";
import { asAttempted, type Rule } from "../rules/rule.ts";
import { worstOf } from "../rules/severity.ts";
import type { Items } from "../store/items.ts";
import { REMEMBERED, Recall } from "../store/seen.ts";
import { tellerOf, toldKeyOf } from "./belonging.ts";
import { type Circumstances, type Counts, type Decision, NOTHING } from "./decision.ts";
import { bounded, storedWindow } from "./stored-window.ts";
import { done, MAX_SEEN, takeSome } from "./take.ts";
import { afterEnough, inOrderOf, inSequence, overThreshold } from "./threshold.ts";
import { entriesOf, type WindowEntry, windowOf } from "./window-entry.ts";
import { handOn } from "./writing.ts";
import { addRun, type Draft, type Runs, storyDraft, writtenIn } from "./written.ts";

/** What counts for a rule that is gone waits for a day: it may come back. */
const GONE = { threshold: { count: Number.POSITIVE_INFINITY, within: 86_400_000 } };

/** Decides on a window: what is new in it, and what passes to its incident. */
export function decideWindow(owner: string, keys: readonly string[], items: Items, given: Circumstances): Decision {
  const { book, now } = given;
  const written = writtenIn(keys, items).filter((one) => "window" in one);
  const [first] = written;
  if (first === undefined) return NOTHING;
  const { window } = first;
  const rule = book.get(window.rule);
  const recall = new Recall(items);
  const fresh = new Map<WindowEntry, Counts>();
  const taken = takeSome(written, recall, (one, counts) => {
    for (const { seenKey = "", ...entry } of entriesOf(one)) {
      const isKnown = recall.knows(seenKey, entry.fingerprint);
      if (!entry.precedes) counts[isKnown ? "duplicates" : "fresh"]++;
      if (isKnown) continue;
      recall.add(seenKey, entry.fingerprint);
      fresh.set(entry, counts);
    }
    counts.below = counts.fresh;
  });
  const stored = items.get(owner, windowOf);
  const { entries, rung } = slide([...(stored ? entriesOf(stored) : []), ...fresh.keys()], rule ?? GONE);
  for (const entry of rung) {
    const counts = fresh.get(entry);
    if (counts !== undefined) counts.below -= entry.matches;
  }
  const changes = [
    ...done(taken, items, now),
    ...recall.changes(now),
    items.change(owner, { body: storedWindow(window, entries), expiresAt: now + REMEMBERED }),
  ];
  if (rung.length === 0 || rule === undefined) return { changes, taken };
  const severity = worstOf(rung.map(({ facts }) => asAttempted(rule, facts.outcome).severity)) ?? rule.severity;
  const incident = tellerOf(window, severity);
  const draft = passedDraft(rung, rule, incident);
  const dueAt = incident.kind === "daily" ? given.endOfDay() : now;
  const { change, passedOn } = handOn(draft, window.key, now, dueAt);
  return { changes: [...changes, change], taken, passedOn };
}

/** What passed a window, written down for its incident; its fingerprints tell the daily round-up that a mail tells of it. */
function passedDraft(rung: readonly WindowEntry[], rule: Rule, incident: Incident): Draft {
  const story = passed(rung, rule, incident);
  const line = story.lines[0]?.key ?? "";
  const runs: Runs = new Map();
  // The round-up leaves out only what a mail tells.
  for (const { fingerprint, time, unless } of incident.kind === "mail" && !incident.isUnverified ? rung : []) {
    const seenKey = unless ?? toldKeyOf(incident, time);
    addRun(runs, { line, rule: rule.name, seenKey, mode: "tell", fingerprints: [fingerprint] });
  }
  // One settle holds this many: for further callers and hours the round-up may repeat what a mail told.
  return storyDraft(incident, story, [...runs.values()].slice(0, MAX_SEEN));
}

/** Records may arrive this much later than newer ones, in milliseconds, and still count with their neighbours. */
const LATENESS = 20 * 60_000;

/**
 * Slides the threshold over eventTime: an entry rings when some stretch of `within` around it has `count` entries, or
 * `count` distinct values. `rung` are those that do so now; entries too old to meet new neighbours are forgotten.
 */
export function slide(
  all: readonly WindowEntry[],
  { threshold, after, steps }: Pick<Rule, "threshold" | "after" | "steps">,
): { readonly entries: readonly WindowEntry[]; readonly rung: readonly WindowEntry[] } {
  const entries = all.toSorted(inOrderOf(steps));
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
export function passed(rung: readonly WindowEntry[], rule: Rule, incident: Incident): Story {
  const builder = new StoryBuilder();
  for (const { kept, matches, ...entry } of rung) {
    const session = incident.isUnverified ? undefined : entry.session;
    const apart = incident.isAcross ? entry.facts.account : undefined;
    const { name, severity } = asAttempted(rule, entry.facts.outcome);
    const told: Told = { ...entry, rules: [name], severity, session, apart };
    const asked = kept && !incident.isUnverified ? askedSession(kept.record) : undefined;
    if (kept) builder.addRecord({ ...told, session: session ?? asked, ...kept });
    const counted = kept ? matches - 1 : matches;
    if (counted > 0) builder.addCounted(kept ? { ...told, moreTargets: undefined } : told, counted);
  }
  builder.addAccounts(/^\d{12}$/.test(incident.accountId) ? [incident.accountId] : []);
  return builder.story();
}
