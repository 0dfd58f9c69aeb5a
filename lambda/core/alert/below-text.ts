import { withoutApiVersion } from "../record/call.ts";
import { namesText, shortName } from "./headline.ts";
import { quantity } from "./quantity.ts";
import { isRate, lineCallText } from "./rate.ts";
import type { ReportLine } from "./report.ts";
import { OTHER_CALLS } from "./story/line.ts";
import { sumOf } from "./story/story.ts";
import { name } from "./text.ts";

/** What must not be overlooked among lines that stand further down: what is gone first, then what went to others. */
const FIRST = [
  /:(?:Delete|Deregister|Terminate|Purge|ScheduleKeyDeletion|Stop|Disable)/,
  /:(?:Modify\w+Attribute|Put\w*Policy|\w*Share\w*|Add\w*Permission)/,
];

/** How many things are named that are gone or went to others, and how much of a name. */
const MOST_THINGS = 3;
const NAME_LENGTH = 30;

/** Calls of one name in lines that stand below. */
interface Below {
  readonly call: string;
  /** `3 `; empty for one. */
  readonly times: string;
  /** What is gone, or went to others. */
  readonly things: readonly string[];
  readonly more: number;
}

/**
 * How many lines of a story stand below, and the calls in them that succeeded, as far as there is room: `and 14 more lines below:
 * ec2:DeregisterImage (ami-1), 2 DeleteSnapshot (snap-1, snap-2), 3 iam:CreateUser ...`. A service is named once for calls in a
 * row. What is gone or went to others is named as far as no such call loses its place by that, and services are left out where
 * that makes room for the last call of all.
 */
export function belowText(lines: readonly ReportLine[], columns: number): string {
  const start = `and ${quantity(lines.length, "more line")} below`;
  const calls = callsBelow(lines.filter(({ outcome }) => outcome === "success"));
  const first = calls.filter(({ call }) => placeOf(call) < FIRST.length).length;
  const textsWith = (things: number, hasServices: boolean) =>
    fitting(
      calls.map((one, i) => textOf(one, hasServices ? calls[i - 1]?.call : one.call, things)),
      columns - start.length,
    );
  const counts = Array.from({ length: MOST_THINGS }, (_, i) => MOST_THINGS - i);
  const withThings = counts.map((things) => textsWith(things, true)).find(({ shown }) => shown >= first);
  if (first > 0 && withThings !== undefined) return start + withThings.text;
  const [named, bare] = [textsWith(0, true), textsWith(0, false)];
  return start + (named.shown === calls.length || bare.shown < calls.length ? named : bare).text;
}

function callsBelow(done: readonly ReportLine[]): readonly Below[] {
  const calls = [...new Set(done.map(({ call }) => withoutApiVersion(call)))].toSorted(
    (a, b) => placeOf(a) - placeOf(b),
  );
  return calls.map((call) => {
    const own = done.filter((line) => withoutApiVersion(line.call) === call);
    const records = sumOf(own.map((line) => line.records));
    const isFirst = placeOf(call) < FIRST.length;
    return {
      call,
      times: records > 1 ? `${records} ` : "",
      things: isFirst ? [...new Set(own.flatMap(({ targets }) => targets.map(shortName)))] : [],
      more: sumOf(own.map(({ moreTargets }) => moreTargets)),
    };
  });
}

function textOf({ call, times, things, more }: Below, before: string | undefined, most: number): string {
  const about = most === 0 || things.length === 0 ? "" : ` (${thingsText(things, more, most)})`;
  return times + eventText(call, before) + about;
}

function thingsText(things: readonly string[], more: number, most: number): string {
  const shown = things.slice(0, most);
  const left = things.length - shown.length + more;
  return namesText(shown, 0, most, NAME_LENGTH) + (left > 0 ? ` +${left}` : "");
}

/** `iam:CreateUser`, and `CreateUser` behind another call of the service; `the rate of ec2:RunInstances`. */
function eventText(call: string, before = ""): string {
  if (call === OTHER_CALLS) return call;
  if (isRate(call)) return lineCallText(call);
  const [service = "", ...event] = call.split(":");
  return name(before.startsWith(`${service}:`) ? event.join(":") : call, 60);
}

/** As many of the texts as there is room for, and how many that are. */
function fitting(texts: readonly string[], columns: number): { readonly text: string; readonly shown: number } {
  let text = "";
  for (const [i, one] of texts.entries()) {
    const next = `${text === "" ? ": " : `${text}, `}${one}`;
    const end = i === texts.length - 1 ? "" : " ...";
    if (next.length + end.length > columns) return { text: text === "" ? "" : `${text} ...`, shown: i };
    text = next;
  }
  return { text, shown: texts.length };
}

function placeOf(call: string): number {
  const place = FIRST.findIndex((pattern) => pattern.test(call));
  return place === -1 ? FIRST.length : place;
}
