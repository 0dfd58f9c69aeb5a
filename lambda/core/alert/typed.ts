import type { CloudTrailRecord } from "../record/record.ts";
import type { Rule } from "../rules/rule.ts";
import { type Commands, commandsFrom } from "./commands.ts";
import { isUseless } from "./gone.ts";
import { headLine, headRecord } from "./headline.ts";
import type { Report, ReportLine } from "./report.ts";
import { type KeptRecord, sumOf } from "./story.ts";
import { undoOf } from "./undo.ts";

/** How many commands of each sort a mail has. */
const MAX_UNDO = 6;
const MAX_LOOK = 3;

/** What to type about the calls of a report that succeeded. */
export interface Typed {
  /** Takes them back, the head line's first, each command with what to know about it below. */
  readonly undo: readonly string[];
  /** The commands among them. */
  readonly commands: readonly string[];
  /** Changes nothing. */
  readonly look: readonly string[];
}

/** The commands of some rules for the calls that met them; `elsewhere` are told in another row. */
export function typedOf(report: Report, rules: readonly Rule[], elsewhere: readonly string[]): Typed {
  const made = rules.map((rule) => madeFor(report, rule));
  const taken = new Set(elsewhere);
  const ways: Way[] = [];
  for (const way of made.flatMap((one) => one.ways)) {
    if (taken.has(way.text) || isLook(way.text) || isUseless(way.text, report, way.from)) continue;
    taken.add(way.text);
    ways.push(way);
  }
  // One record may meet several rules; its command is left out once.
  const left = Math.max(0, ...made.map((one) => one.left));
  const shown = ways.slice(0, MAX_UNDO);
  const commands = shown.filter(({ isByHand }) => !isByHand).map(({ text }) => text);
  const more = ways.length - shown.length + unseenIn(report);
  const missing = `(${left === 1 ? "one command" : `${left} commands`} left out: the record has no plain name for it)`;
  return {
    undo: [
      ...shown.flatMap((way, i) => textsOf(way, shown[i + 1])),
      ...(commands.length > 0 && more > 0 ? [`(and ${more} more ${more === 1 ? "call" : "calls"} to undo)`] : []),
      ...(left > 0 ? [missing] : []),
    ],
    commands,
    look: lookOf(report, rules).slice(0, MAX_LOOK),
  };
}

/** A command with its note below; a note that the next command has too stands below that one. */
function textsOf({ text, note, isByHand }: Way, next: Way | undefined): readonly string[] {
  if (isByHand) return [`(${text})`];
  return note === undefined || note === next?.note ? [text] : [text, `(${note})`];
}

/** What the rules of the head line have to look at its record. */
function lookOf(report: Report, rules: readonly Rule[]): readonly string[] {
  const head = headLine(report);
  if (!isDone(report, head)) return [];
  const kept = headRecord(report);
  const commands = rules.filter(({ name }) => head.rules.includes(name)).flatMap((rule) => rule.commands ?? []);
  const { filled } = commandsFrom(commands, kept.record);
  return [...new Set(filled)].filter((command) => isLook(command) && !isUseless(command, report, kept, true));
}

/** The commands for a rule, made from the records that met it; undefined where nothing was done. */
export function commandsOf(report: Report, rule: Rule): Commands | undefined {
  const { records, ways, left } = madeFor(report, rule);
  const filled = [...new Set(ways.filter(({ isByHand }) => !isByHand).map(({ text }) => text))];
  if (records.length === 0 || (rule.commands === undefined && filled.length + left === 0)) return undefined;
  return { filled, left };
}

/** A command, or what to do by hand where there is none. */
interface Way {
  readonly text: string;
  readonly note?: string | undefined;
  readonly isByHand?: true;
  readonly from: KeptRecord;
}

interface Made {
  readonly records: readonly CloudTrailRecord[];
  readonly ways: readonly Way[];
  readonly left: number;
}

function madeFor(report: Report, rule: Rule): Made {
  const lines = report.lines.filter((line) => line.rules.includes(rule.name) && isDone(report, line));
  const kept = lines.flatMap(({ key }) => report.kept.filter(({ line }) => line === key));
  const [first] = kept;
  const own = first === undefined ? { filled: [], left: 0 } : commandsFrom(rule.commands ?? [], first.record);
  const undoing = kept.map((from) => ({ from, ...undoOf(from.record, isAboutSelf(report, from)) }));
  return {
    records: kept.map(({ record }) => record),
    ways: [
      ...(first === undefined ? [] : own.filled.map((text) => ({ text, from: first }))),
      ...undoing.flatMap(({ from, filled, notes, byHand }): Way[] => [
        ...filled.map((text) => ({ text, note: notes.get(text), from })),
        ...(byHand === undefined ? [] : [{ text: byHand, isByHand: true as const, from }]),
      ]),
    ],
    left: own.left + sumOf(undoing.map(({ left }) => left)),
  };
}

/** What was refused needs no undoing, and nobody should type values that somebody made up. */
function isDone({ incident }: Report, { outcome }: ReportLine): boolean {
  return !incident.isUnverified && outcome === "success";
}

/** How many calls can be undone of which no record was kept; calls on the same thing are undone at once. */
function unseenIn(report: Report): number {
  const unseen = report.lines.map(({ key, records, targets, moreTargets }) => {
    const kept = report.kept.filter(({ line }) => line === key);
    const made = kept.flatMap((one) => undoOf(one.record, isAboutSelf(report, one)).filled);
    const things = Math.min(records, Math.max(1, targets.length + moreTargets));
    return made.length === 0 ? 0 : Math.max(0, things - new Set(made).size);
  });
  return sumOf(unseen);
}

/** True for a record that some rule about the alerter met: what a deployment wrote is put back by a deployment. */
function isAboutSelf({ lines }: Report, { line }: KeptRecord): boolean {
  return lines.some(({ key, ruleList }) => key === line && ruleList.some((rule) => rule.isAboutSelf === true));
}

/** True for a command that only shows something. */
function isLook(command: string): boolean {
  return /^aws [\w-]+ (?:describe|filter|get|list|lookup|simulate)-/.test(command);
}
