import type { CloudTrailRecord } from "../record/record.ts";
import type { Rule } from "../rules/rule.ts";
import { type Commands, commandsFrom } from "./commands.ts";
import type { Report } from "./report.ts";
import { sumOf } from "./story.ts";
import { undoOf } from "./undo.ts";

/** How many commands of each sort a mail has. */
const MAX_UNDO = 6;
const MAX_LOOK = 3;

/** What to type about the calls of a report that succeeded. */
export interface Typed {
  /** Takes them back, the worst first, and what to know about that. */
  readonly undo: readonly string[];
  /** Changes nothing. */
  readonly look: readonly string[];
}

/** The commands of some rules for the calls that met them; `elsewhere` are told in another row. */
export function typedOf(report: Report, rules: readonly Rule[], elsewhere: readonly string[]): Typed {
  const made = rules.map((rule) => madeFor(report, rule));
  const all = [...new Set(made.flatMap(({ filled }) => filled))].filter((command) => !elsewhere.includes(command));
  const [undo, look] = [all.filter((one) => !isLook(one)), all.filter(isLook)];
  // One record may meet several rules; its command is left out once.
  const left = Math.max(0, ...made.map((one) => one.left));
  const more = Math.max(0, undo.length - MAX_UNDO) + unseenIn(report);
  const notes = [...new Set(made.flatMap((one) => one.notes))];
  const missing = `(${left === 1 ? "one command" : `${left} commands`} left out: the record has no plain name for it)`;
  return {
    undo: [
      ...undo.slice(0, MAX_UNDO),
      ...(undo.length > 0 && more > 0 ? [`(and ${more} more ${more === 1 ? "call" : "calls"} to undo)`] : []),
      ...notes.slice(0, 3).map((note) => `(${note})`),
      ...(left > 0 ? [missing] : []),
    ],
    look: look.slice(0, MAX_LOOK),
  };
}

/** The commands for a rule, made from the records that met it; undefined where nothing was done. */
export function commandsOf(report: Report, rule: Rule): Commands | undefined {
  const made = madeFor(report, rule);
  if (made.records.length === 0 || (rule.commands === undefined && made.filled.length + made.left === 0))
    return undefined;
  return made;
}

interface Made extends Commands {
  readonly records: readonly CloudTrailRecord[];
  readonly notes: readonly string[];
}

function madeFor(report: Report, rule: Rule): Made {
  // What was refused needs no undoing, and nobody should type values that somebody made up.
  const isDone = report.incident.isUnverified
    ? () => false
    : ({ rules, outcome }: Report["lines"][number]) => outcome === "success" && rules.includes(rule.name);
  const lines = report.lines.filter(isDone);
  const keys = new Set(lines.map(({ key }) => key));
  const records = report.kept.filter(({ line }) => keys.has(line)).map(({ record }) => record);
  const undoing = records.map((record) => undoOf(record, rule.isAboutSelf));
  const [first] = records;
  const own = first === undefined ? { filled: [], left: 0 } : commandsFrom(rule.commands ?? [], first);
  return {
    records,
    filled: [...new Set([...own.filled, ...undoing.flatMap(({ filled }) => filled)])],
    left: own.left + sumOf(undoing.map(({ left }) => left)),
    notes: [...new Set(undoing.flatMap(({ notes }) => notes))],
  };
}

/** How many calls can be undone of which no record was kept. */
function unseenIn({ kept, lines }: Report): number {
  const undone = kept.filter(({ record }) => undoOf(record).filled.length > 0);
  const keys = new Set(undone.map(({ line }) => line));
  return sumOf(lines.filter(({ key }) => keys.has(key)).map(({ records }) => records)) - undone.length;
}

/** True for a command that only shows something. */
function isLook(command: string): boolean {
  return /^aws [\w-]+ (?:describe|filter|get|list|lookup|simulate)-/.test(command);
}
