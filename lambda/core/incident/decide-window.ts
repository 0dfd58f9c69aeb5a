import type { Incident } from "../alert/report.ts";
import { asAttempted, type Rule } from "../rules/rule.ts";
import { worstOf } from "../rules/severity.ts";
import type { Items } from "../store/items.ts";
import { REMEMBERED, Recall } from "../store/seen.ts";
import { tellerOf, toldKeyOf } from "./belonging.ts";
import { type Circumstances, type Decision, NOTHING } from "./decision.ts";
import { entriesOf, storedWindow, windowOf } from "./stored-window.ts";
import { done, MAX_SEEN, takeSome } from "./take.ts";
import { passed, slide } from "./window.ts";
import type { WindowEntry } from "./window-entry.ts";
import { handOn } from "./writing.ts";
import { type Draft, storyDraft, writtenIn } from "./written.ts";

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
  const fresh: WindowEntry[] = [];
  const taken = takeSome(written, recall, (one, counts) => {
    for (const { seenKey = "", ...entry } of entriesOf(one)) {
      const isKnown = recall.knows(seenKey, entry.fingerprint);
      if (!entry.precedes) counts[isKnown ? "duplicates" : "fresh"]++;
      if (isKnown) continue;
      recall.add(seenKey, entry.fingerprint);
      fresh.push(entry);
    }
  });
  const stored = items.get(owner, windowOf);
  const slid = slide(stored === undefined ? [] : entriesOf(stored), fresh, rule ?? GONE);
  const changes = [
    ...done(taken, items, now),
    ...recall.changes(now),
    items.change(owner, { body: storedWindow(window, slid.entries), expiresAt: now + REMEMBERED }),
  ];
  if (slid.rung.length === 0 || rule === undefined) return { changes, taken };
  const severity = worstOf(slid.rung.map(({ facts }) => asAttempted(rule, facts.outcome).severity)) ?? rule.severity;
  const incident = tellerOf(window, severity);
  const draft = passedDraft(slid.rung, rule, incident);
  const dueAt = incident.kind === "daily" ? given.endOfDay() : now;
  const { change, passedOn } = handOn(draft, window.key, slid.fresh, now, dueAt);
  return { changes: [...changes, change], taken, passedOn };
}

/** What passed a window, written down for its incident; its fingerprints tell the daily round-up that a mail tells of it. */
function passedDraft(rung: readonly WindowEntry[], rule: Rule, incident: Incident): Draft {
  const story = passed(rung, rule, incident);
  const runs = new Map<string, string[]>();
  // The round-up leaves out only what a mail tells.
  for (const { fingerprint, time, unless } of incident.kind === "mail" && !incident.isUnverified ? rung : []) {
    const key = unless ?? toldKeyOf(incident, time);
    const fingerprints = runs.get(key);
    if (fingerprints === undefined) runs.set(key, [fingerprint]);
    else fingerprints.push(fingerprint);
  }
  // One settle holds this many: for further callers and hours the round-up may repeat what a mail told.
  const told = [...runs].slice(0, MAX_SEEN).map(([seenKey, fingerprints]) => {
    return { line: story.lines[0]?.key ?? "", rule: rule.name, seenKey, mode: "tell" as const, fingerprints };
  });
  return storyDraft(incident, story, told);
}
