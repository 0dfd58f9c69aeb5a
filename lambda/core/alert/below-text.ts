import { withoutApiVersion } from "../record/call.ts";
import { OTHER_CALLS } from "./line.ts";
import { quantity } from "./quantity.ts";
import { isRate } from "./rate.ts";
import type { ReportLine } from "./report.ts";
import { sumOf } from "./story.ts";
import { name } from "./text.ts";

/** What must not be overlooked among lines that stand further down: what is gone first, then what went to others. */
const FIRST = [
  /:(?:Delete|Deregister|Terminate|Purge|ScheduleKeyDeletion|Stop|Disable)/,
  /:(?:Modify\w+Attribute|Put\w*Policy|\w*Share\w*|Add\w*Permission)/,
];

/**
 * How many lines of a story stand below, and the calls in them that succeeded, as far as there is room: `and 14 more lines below:
 * DeregisterImage, DeleteSnapshot, 3 CreateUser ...`.
 */
export function belowText(lines: readonly ReportLine[], columns: number): string {
  const start = `and ${quantity(lines.length, "more line")} below`;
  const done = lines.filter(({ outcome }) => outcome === "success");
  const names = [...new Set(done.map(({ call }) => withoutApiVersion(call)))].toSorted(
    (a, b) => placeOf(a) - placeOf(b),
  );
  let text = "";
  for (const call of names) {
    const records = sumOf(done.filter((line) => withoutApiVersion(line.call) === call).map((line) => line.records));
    const event = call === OTHER_CALLS ? call : eventText(call);
    const next = `${text === "" ? ": " : `${text}, `}${records > 1 ? `${records} ` : ""}${event}`;
    if (start.length + next.length + " ...".length > columns) return `${start}${text}${text === "" ? "" : " ..."}`;
    text = next;
  }
  return start + text;
}

/** `CreateUser`; `the rate of RunInstances`. */
function eventText(call: string): string {
  const event = name(call.split(":").at(-1) ?? call, 60);
  return isRate(call) ? `the rate of ${event}` : event;
}

function placeOf(call: string): number {
  const place = FIRST.findIndex((pattern) => pattern.test(call));
  return place === -1 ? FIRST.length : place;
}
