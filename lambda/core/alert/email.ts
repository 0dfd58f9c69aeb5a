import { type CloudTrailRecord, textAt } from "../record/record.ts";
import { NOBODY_KNOWN } from "../rules/accounts.ts";
import { isNotice, NOTICES } from "../rules/notices.ts";
import { aboveOf } from "./above.ts";
import { aboveLockOut, adviceOf, creditsOf, isWorthReading, rulesOf, runbookOf, stepsOf } from "./advice.ts";
import { checkoutNotes } from "./checkout-notes.ts";
import { consoleLink } from "./console-link.ts";
import { cityOf, clock, type Naming } from "./describe.ts";
import { forGoodRow } from "./for-good.ts";
import { headRecord, headRule, titleOf } from "./headline.ts";
import { row } from "./labelled.ts";
import { placeOfLog } from "./log-place.ts";
import { recordsIn } from "./once.ts";
import { incidentId, quietRow } from "./quiet.ts";
import type { Report } from "./report.ts";
import { lockOutRows } from "./response/lock-out-rows.ts";
import { name } from "./text.ts";

/** Targets and callers that a line names while the whole text stays below its limit. */
const NAMES = [500, 200, 100, 40, 16, 6];
const MAX_BYTES = 110_000;

/**
 * The email's text below its marks: the worst in full (what happened, who, from where, where, with which parameters), the
 * story in order of weight, why each rule matters and what to do. Every value of a record goes through text.ts.
 */
export function renderEmail(report: Report, naming: Naming, now: number, marks: string): string {
  for (const names of NAMES) {
    const text = emailWith(report, naming, now, marks, names);
    if (Buffer.byteLength(JSON.stringify(text)) <= MAX_BYTES) return text;
  }
  return `${emailWith(report, naming, now, marks, 2).slice(0, MAX_BYTES / 4)}\n[cut: the JSON has the rest]\n`;
}

function emailWith(report: Report, naming: Naming, now: number, marks: string, names: number): string {
  const rule = headRule(report);
  const { record, logObject } = headRecord(report);
  const isUnverified = report.incident.isUnverified ?? false;
  const [, ...others] = rulesOf(report);
  const { known = NOBODY_KNOWN } = naming;
  const lockOut = lockOutRows(report, naming, aboveLockOut(report, known));
  const { typed, after, back, apart, isElsewhere } = lockOut;
  const { atOnce, undo, look } = stepsOf(report, lockOut, known);
  const head = adviceOf(report, rule, {
    hasAtOnce: atOnce.length > 0,
    isUndoFirst: isElsewhere && undo.length > 0,
  });
  const first = typed.length === 0 ? [] : [...atOnce, ...(isElsewhere ? undo : typed)];
  const above = aboveOf(report, naming, now, { names, marks, what: head.what, typed: first });
  const [whyAbove, whyBelow] = above.why;
  const blocks = [
    ...above.blocks,
    [
      ...whyAbove,
      ...head.what,
      ...atOnce,
      ...(isElsewhere ? [...undo, ...typed, ...after] : [...typed, ...after, ...undo]),
      ...look,
      ...back,
      ...whyBelow,
      ...creditsOf(rule),
    ],
    ...others.filter(isWorthReading).map((other) => [
      `${titleOf(other, other.name)} (${other.severity})`,
      ...adviceOf(report, other, { first: rule }).why,
      // Where all were refused, the advice is the same.
      ...adviceOf(report, other, { first: rule }).what.filter((text) => !head.what.includes(text)),
      ...row("Read", runbookOf(report, other)),
    ]),
    above.fields.length === 0 ? [] : ["More of the call:", ...above.fields],
    above.story,
    [
      ...(isNotice(rule) ? [] : row("Event", (isUnverified ? undefined : consoleLink(record)) ?? eventIdOf(record))),
      ...(rule === NOTICES.test ? [] : row("Log", placeOfLog(logObject), moreLogs(report))),
      ...row("Rule", ...[rule, ...others].map(({ name: own, place }) => `${own}, ${place}`)),
      ...row("Alert", idOf(report, naming, now)),
      ...forGoodRow(report, known),
      // Last, for the note on where to type it stands below.
      ...quietRow(report),
    ],
  ];
  const text = blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n");
  const end = apart.length === 0 ? [] : ["", ...apart];
  return [text, ...row("", ...checkoutNotes(text)), ...end, ""].join("\n");
}

function idOf(report: Report, { timeZone = "UTC" }: Naming, now: number): string {
  const { incident, alertId, nextUpdate } = report;
  const records = recordsIn(report);
  const next =
    nextUpdate === undefined
      ? ""
      : `; next mail at ${minuteOf(nextUpdate, timeZone, now)} if there is news, sooner if it gets worse`;
  return `${alertId.slice(0, 8)} of incident ${incidentId(incident)}${records > 1 ? `, ${records} records` : ""}${next}`;
}

/** `21:34 UTC`, `21:34 UTC (22:34 Berlin)`; on another day than the mail's with the date: `2026-11-21 00:04 UTC`. */
function minuteOf(time: number, timeZone: string, now: number): string {
  const [utc, local] = ["UTC", timeZone].map((zone) => {
    const [date, at] = [clock(time, zone).slice(0, 10), clock(time, zone).slice(11, 16)];
    return date === clock(now, zone).slice(0, 10) ? at : `${date} ${at}`;
  });
  return timeZone === "UTC" ? `${utc} UTC` : `${utc} UTC (${local} ${cityOf(timeZone)})`;
}

function eventIdOf(record: CloudTrailRecord): string | undefined {
  const id = textAt(record, "eventID");
  return id && `${name(id)} (not known to be in Event history, so there is no link)`;
}

function moreLogs({ logObjects, moreLogObjects }: Report): string | undefined {
  const more = logObjects.length - 1 + moreLogObjects;
  return more > 0 ? `and ${more} more, which the JSON names` : undefined;
}
