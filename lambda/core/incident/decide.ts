import { renderAnyway } from "../alert/plain.ts";
import type { Incident, Report, ReportLine } from "../alert/report.ts";
import type { Line } from "../alert/story/line.ts";
import { EMPTY_STORY } from "../alert/story/story.ts";
import { mergedStory } from "../alert/story/story-builder.ts";
import { split } from "../mute/swallow.ts";
import { BUDGET } from "../outbox/budget.ts";
import { newAlert, urgencyOf } from "../outbox/outbox.ts";
import { isAtLeast, type Severity, worstOf } from "../rules/severity.ts";
import { type Items, keyAt } from "../store/items.ts";
import { Recall } from "../store/seen.ts";
import type { Change } from "../store/store.ts";
import { lookChanges, toldMore, withPeople } from "./decide-look.ts";
import { type Circumstances, type Decision, mutingOf, NOTHING } from "./decision.ts";
import { tellsElsewhere } from "./elsewhere.ts";
import { freshOf } from "./fresh.ts";
import { FORGOTTEN_AFTER, headOf, isOver, judged, lookedAt, newHead, ring, ringsAt } from "./incident.ts";
import { lookKey } from "./look.ts";
import { countedAt, counting, worstIn } from "./open-incidents.ts";
import { nearIn, pastChanges, pastKey, usualIn } from "./past.ts";
import { done } from "./take.ts";
import { handOn } from "./writing.ts";
import { seenKeysIn, storiesIn, writtenOf } from "./written.ts";

/** How long a daily incident waits for more of its day, in milliseconds: until the next tick. */
const SETTLING = 60_000;

/** The items that a decision needs besides the written ones, once these are read. */
export function keysBehind(key: string, items: Items): readonly string[] {
  const written = items.get(key, writtenOf);
  if (written === undefined || written === "done") return [];
  const others =
    "window" in written ? [] : [...written.runs.flatMap(({ unless = [] }) => unless), countedAt(written).key];
  return [...new Set([...seenKeysIn(written), ...others])];
}

/** The items that hold what was told before of an incident's caller. */
export function keysBeside(owner: string): readonly string[] {
  const key = keyAt(owner.slice(owner.indexOf("#") + 1));
  return [lookKey({ key }), pastKey({ key }), BUDGET];
}

/**
 * Decides on an incident: what is already known, what rings, what is held back. If more comes in the next decision
 * (`hasMore`), that one rings.
 */
export function decide(
  owner: string,
  keys: readonly string[],
  items: Items,
  given: Circumstances,
  hasMore: boolean,
): Decision {
  const { now, chains } = given;
  const known = items.get(owner, headOf);
  const open = known !== undefined && !isOver(known, now) ? known : undefined;
  const written = storiesIn(keys, items);
  const first = worstIn(written);
  const incident = known?.incident ?? first?.incident;
  if (incident === undefined) return NOTHING;
  const isNew = open === undefined && known?.held === undefined;
  // An open incident keeps its own matches, whoever is behind them and however many other incidents there are.
  const beginning = isNew && first !== undefined && !incident.isShared ? first : undefined;
  const quiet = mutingOf(incident, known?.lastMail !== undefined, given, known?.told);
  const elsewhere = beginning && tellsElsewhere(beginning, written, items, quiet, given);
  const muting = elsewhere === undefined ? quiet : { ...quiet, mutes: [] };
  const before = split(known?.held ?? EMPTY_STORY, muting);
  const head = toldMore(open ?? newHead(incident), items);
  const isNews = (line: Line) => judged(line, head, given).isNews;
  const recall = new Recall(items);
  const { story: fresh, taken, runs, swallowed: own } = freshOf(written, items, recall, muting, isNews);
  const swallowed = [...before.swallowed, ...own];
  const settled = done(taken, items, now);
  const decided = (...changes: readonly Change[]): Decision => {
    return { changes: [...settled, ...recall.changes(now), ...changes], taken, swallowed };
  };
  const story = withPeople(mergedStory(before.told, fresh, isNews), chains);
  if (story.lines.length === 0) {
    const isChanged = known?.held !== undefined || items.dueAt(owner) !== undefined;
    const body = known && { ...known, held: undefined };
    return decided(...(body && isChanged ? [items.change(owner, { body, expiresAt: now + FORGOTTEN_AFTER })] : []));
  }
  if (elsewhere !== undefined) {
    const { change, passedOn } = handOn(elsewhere(fresh, runs), incident.key, now);
    // The fingerprints are remembered by the incident that tells them.
    return { changes: [...settled, change], taken, passedOn };
  }
  const counted = beginning === undefined ? [] : counting([countedAt(beginning)], items, now);
  const lines = story.lines.map((line) => judged(line, head, given));
  // A day is told once all of it is settled, which for a busy organization takes more than one look.
  const asArrived = lines.map((line, i) => ({ ...line, severity: severityOnArrival(line, story.lines[i], incident) }));
  const dueAt = incident.kind === "daily" ? now + SETTLING : ringsAt(asArrived, head, given);
  const isPart = taken.size > 0 && (hasMore || taken.size < written.length);
  if (dueAt > now || isPart) {
    // Somebody else has taken what this decision was called for.
    if (taken.size === 0 && keys.length > 0) return NOTHING;
    const severity = worstOf(lines.map((line) => line.severity)) ?? "info";
    const urgency = urgencyOf({ severity, isUnverified: incident.isUnverified });
    const body = { ...lookedAt(head, fresh.lines), held: story };
    return decided(...counted, items.change(owner, { body, dueAt: Math.max(dueAt, now), urgency }));
  }
  const { head: next, report: told } = ring(head, story, [items.versionOf(owner), ...taken.keys()].join(" "), given);
  const report = { ...told, chains, usual: usualIn(items, told, now), near: nearIn(items, told, now) };
  const alert = renderAnyway(report, given.settings, now);
  const rung = decided(
    ...counted,
    items.change(owner, { body: next, expiresAt: now + FORGOTTEN_AFTER }),
    newAlert(alert, now),
    ...lookChanges(items, report, given),
    ...pastChanges(items, report, now),
  );
  return { ...rung, alert };
}

/** Who makes a rule milder does not mean what came before: that is still told as soon as it was to be. */
function severityOnArrival({ severity }: ReportLine, line: Line | undefined, { isUnverified }: Incident): Severity {
  return line === undefined || isUnverified || isAtLeast(severity, line.severity) ? severity : line.severity;
}

/** What daily incidents tell in one round-up, and the changes that note it; `idle` are due heads with nothing to tell. */
export function decideDaily(owners: readonly string[], items: Items, given: Circumstances) {
  const told = new Map<string, { readonly report: Report; readonly change: Change }>();
  const idle: string[] = [];
  for (const owner of owners) {
    const head = items.get(owner, headOf);
    if (head?.held === undefined || head.incident.kind !== "daily") {
      if (items.dueAt(owner) !== undefined) idle.push(owner);
      continue;
    }
    const { report, head: next } = ring(newHead(head.incident), head.held, items.versionOf(owner), given);
    const change = items.change(owner, { body: next, expiresAt: given.now + FORGOTTEN_AFTER });
    // One head may be due under two keys: its own, which holds what cannot be read, and the one that replaces it.
    told.set(change.key, { report, change });
  }
  const all = [...told.values()];
  return { reports: all.map(({ report }) => report), changes: all.map(({ change }) => change), idle };
}
