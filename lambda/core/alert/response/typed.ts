import { withoutApiVersion } from "../../record/call.ts";
import { namedTogether } from "../../record/named-together.ts";
import type { CloudTrailRecord } from "../../record/record.ts";
import { viewOf } from "../../record/view.ts";
import type { KnownAccounts } from "../../rules/accounts.ts";
import type { Rule } from "../../rules/rule.ts";
import { headLine, headRecord, shortName } from "../headline.ts";
import type { Report, ReportLine } from "../report.ts";
import { type KeptRecord, sumOf } from "../story/story.ts";
import { elsewhereText, fittingAtOnce } from "./at-once.ts";
import { type Commands, commandsFrom, folded, guarded } from "./commands.ts";
import { rolesLetOut, takesAdminFrom } from "./foreign-trust.ts";
import { isUseless } from "./gone.ts";
import { bare, type Left, leftOf, type Thing, thingsOf } from "./left-calls.ts";
import { withNamesOfNow } from "./renames.ts";
import { shownBefore } from "./shown-before.ts";
import { givesAccess, hasCommands, undoOf } from "./undo.ts";

/** How many commands of each sort a mail has. */
const MAX_UNDO = 10;
const MAX_LOOK = 4;

/** What to type about the calls of a report that succeeded. */
export interface Typed {
  /** Takes them back before anybody is asked, for it does no harm. What to know about commands stands above them. */
  readonly atOnce: readonly string[];
  /** Prints what `undo` takes away, for it is in no record. */
  readonly before: readonly string[];
  /** Takes the others back: what gave access, then the rest. */
  readonly undo: readonly string[];
  /** The commands of `atOnce`, those that found no room there and begin `undo`, and all. */
  readonly urgent: readonly string[];
  readonly late: readonly string[];
  readonly commands: readonly string[];
  /** Changes nothing. */
  readonly look: readonly string[];
}

/** Which accounts are known, the commands that are told in another row, and when `undo` is typed. */
export interface TypedWith {
  readonly known: KnownAccounts;
  readonly elsewhere?: readonly string[];
  /** On which condition `undo` is typed before the lock-out; absent where it comes after it. */
  readonly before?: string | undefined;
}

/** The commands of some rules for the calls that met them. */
export function typedOf(whole: Report, rules: readonly Rule[], { known, elsewhere = [], before }: TypedWith): Typed {
  const report = withNamesOfNow(whole);
  const made = rules.map((rule) => madeFor(report, rule));
  const taken = new Set(elsewhere);
  const ways: Way[] = [];
  for (const way of made.flatMap((one) => one.ways)) {
    const key = way.text.replace(FUNCTION_ARN, "");
    if (taken.has(key) || isLook(way.text) || isUseless(way.text, report, way.from)) continue;
    taken.add(key);
    ways.push(way);
  }
  // One record may meet several rules; its command is left out once.
  const left = Math.max(0, ...made.map((one) => one.left));
  // One guard stands for all: what was called in another account of a shared incident is named, without a command.
  const isHere = ({ from }: Way) => viewOf(from.record).account === report.incident.accountId;
  const here = ways.filter(isHere);
  const letOut = rolesLetOut(report, known);
  const isUrgent = (way: Way) => way.isUrgent === true || takesAdminFrom(letOut, way.text, way.from.record);
  const all = here.filter(isUrgent);
  const urgent = all.slice(0, fittingAtOnce(commandsIn(all)));
  const rest = [
    ...all.slice(urgent.length),
    ...here.filter((way) => !isUrgent(way)).toSorted((a, b) => rankOf(a) - rankOf(b)),
  ];
  const below = rest.slice(0, MAX_UNDO - urgent.length);
  const [late, then] = [below.filter(isUrgent), below.filter((way) => !isUrgent(way))];
  const cut = [...rest.slice(below.length), ...ways.filter((way) => !isHere(way))];
  const commands = commandsIn([...urgent, ...below]);
  const missing = `${left === 1 ? "one command" : `${left} commands`} left out: the record has no plain name for it`;
  const pastedOf = (head: string, some: readonly Way[]) => {
    const byHand = some.filter((way) => way.isByHand).map(({ text }) => text);
    const pasted = guarded(report.incident.accountId, commandsIn(some));
    return pasted.length === 0 ? byHand : [head, ...notesOf(some), ...pasted, ...byHand];
  };
  const more = leftText(report, [...urgent, ...below], cut);
  const thenText = before === undefined ? THEN : `in this account, ${before}:`;
  const others = [more, left > 0 ? missing : undefined].filter((text) => text !== undefined);
  return {
    atOnce: [
      ...notesOf(urgent),
      ...[elsewhereText(commandsIn(urgent), commandsIn(late))].filter((text) => text !== undefined),
      ...guarded(report.incident.accountId, folded(commandsIn(urgent)), true),
    ],
    before: commandsIn(then).flatMap(shownBefore),
    undo: [...pastedOf(LATE, late), ...pastedOf(thenText, then), ...others],
    urgent: commandsIn(urgent),
    late: commandsIn(late),
    commands,
    look: lookOf(report, rules).slice(0, MAX_LOOK),
  };
}

/** What stands before a function's name where a call named it by its ARN: it is the same command. */
const FUNCTION_ARN = /arn:[a-z-]+:lambda:[\w-]+:\d{12}:function:/;

const LATE = "at once, before anybody is asked:";
const THEN = "then, if it was not meant:";

function commandsIn(ways: readonly Way[]): readonly string[] {
  return ways.filter(({ isByHand }) => !isByHand).map(({ text }) => text);
}

/** A new user is stopped whole, before what else gave access. */
function rankOf({ from }: Way): number {
  const { call } = viewOf(from.record);
  return call === "iam:CreateUser" ? 0 : givesAccess(call) ? 1 : 2;
}

/** What to know about commands, each note once, behind what they are called: `delete-bucket-policy: this takes ...`. */
function notesOf(ways: readonly Way[]): readonly string[] {
  const notes = new Map<string, Set<string>>();
  for (const { text, note } of ways) {
    const [, , action = ""] = text.split(" ");
    if (note !== undefined) notes.set(note, (notes.get(note) ?? new Set()).add(action));
  }
  return Array.from(notes, ([note, actions]) => `${[...actions].join(", ")}: ${note}`);
}

/** How many calls are named where their commands find no room. */
const MAX_LEFT_CALLS = 8;

/**
 * `5 more calls to undo are NOT here: iam:CreateUser of carl, iam:AddUserToGroup of bob into group g1, g2`; undefined where
 * there are none.
 */
function leftText(report: Report, shown: readonly Way[], cut: readonly Way[]): string | undefined {
  const seen = new Set(shown.map(({ from }) => from));
  const left = [...new Set(cut.map(({ from }) => from))].filter((from) => !seen.has(from));
  const all: readonly Left[] = [
    ...left.map(({ record }) => ({ call: viewOf(record).call, things: thingsOf(record), count: 1 })),
    ...unseenIn(report),
  ].filter(({ count }) => count > 0);
  const calls = [...new Set(all.map(({ call }) => withoutApiVersion(call)))]
    .toSorted((a, b) => Number(givesAccess(b)) - Number(givesAccess(a)))
    .map((call) =>
      leftOf(
        call,
        all.filter((one) => withoutApiVersion(one.call) === call),
      ),
    );
  const count = sumOf(all.map((one) => one.count));
  if (count === 0) return undefined;
  const others = calls.length - MAX_LEFT_CALLS;
  const listed = [...calls.slice(0, MAX_LEFT_CALLS), ...(others > 0 ? [`and ${others} other calls`] : [])].join(", ");
  return `${count} more ${count === 1 ? "call to undo is" : "calls to undo are"} NOT here: ${listed}`;
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
  const { records, ways, left } = madeFor(withNamesOfNow(report), rule);
  const filled = [...new Set(ways.filter(({ isByHand }) => !isByHand).map(({ text }) => text))];
  if (records.length === 0 || (rule.commands === undefined && filled.length + left === 0)) return undefined;
  return { filled, left };
}

/** A command, or what to do by hand where there is none. */
interface Way {
  readonly text: string;
  readonly note?: string | undefined;
  readonly isByHand?: true;
  readonly isUrgent?: boolean;
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
      ...undoing.flatMap(({ from, filled, notes, urgent, byHand }): Way[] => [
        ...filled.map((text) => ({ text, note: notes.get(text), isUrgent: urgent?.has(text) ?? false, from })),
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

/** The calls that can be undone of which no record was kept, by line; calls on the same thing are undone at once. */
function unseenIn(report: Report): readonly Left[] {
  return report.lines.map((line) => {
    const { key, call, records, targets, moreTargets, details, moreDetails } = line;
    const kept = report.kept.filter(({ line }) => line === key);
    const undone = kept.filter((one) => undoOf(one.record, isAboutSelf(report, one)).filled.length > 0);
    const made = new Set(undone.map(({ record }) => JSON.stringify(thingOf(record))));
    const all = Math.min(records, Math.max(1, targets.length + moreTargets, details.length + moreDetails));
    const known = kept.flatMap(({ record }) => [...thingsOf(record), ...namedTogether(record).map(bare)]);
    const [only] = targets.length + moreTargets === 1 ? targets.map(shortName) : [];
    const some: readonly Thing[] =
      only === undefined || details.length === 0
        ? targets.map(bare)
        : details.map((detail) => ({ target: only, detail }));
    const things = some.filter(
      (one) =>
        !known.some(({ target, detail }) => target === one.target && (only === undefined || detail === one.detail)),
    );
    const isKnown = kept.length > 0 ? made.size > 0 : isDone(report, line) && hasCommands(call);
    return { call, things, count: isKnown ? Math.max(0, all - made.size) : 0 };
  });
}

function thingOf(record: CloudTrailRecord): readonly unknown[] {
  const { target, detail } = viewOf(record).facts;
  return [target, detail];
}

/** True for a record that some rule about the alerter met: what a deployment wrote is put back by a deployment. */
function isAboutSelf({ lines }: Report, { line }: KeptRecord): boolean {
  return lines.some(({ key, ruleList }) => key === line && ruleList.some((rule) => rule.isAboutSelf === true));
}

/** True for a command that only shows something. */
function isLook(command: string): boolean {
  return /^aws [\w-]+ (?:describe|filter|get|list|lookup|simulate)-/.test(command);
}
