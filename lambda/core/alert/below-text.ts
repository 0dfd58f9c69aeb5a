import { withoutApiVersion } from "../record/call.ts";
import { OTHER_CALLS } from "./line.ts";
import { quantity } from "./quantity.ts";
import { isRate, lineCallText } from "./rate.ts";
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
 * ec2:DeregisterImage, DeleteSnapshot, 3 iam:CreateUser ...`. A service is named once for calls in a row, and not at all where
 * that makes room for the last of them.
 */
export function belowText(lines: readonly ReportLine[], columns: number): string {
  const start = `and ${quantity(lines.length, "more line")} below`;
  const done = lines.filter(({ outcome }) => outcome === "success");
  const calls = [...new Set(done.map(({ call }) => withoutApiVersion(call)))].toSorted(
    (a, b) => placeOf(a) - placeOf(b),
  );
  const counted = calls.map((call) => {
    const records = sumOf(done.filter((line) => withoutApiVersion(line.call) === call).map((line) => line.records));
    return { call, times: records > 1 ? `${records} ` : "" };
  });
  const [named, bare] = [true, false].map((hasServices) => {
    const texts = counted.map(({ call, times }, i) => times + eventText(call, hasServices ? calls[i - 1] : call));
    return fitting(texts, columns - start.length);
  });
  const best = named?.isWhole || !bare?.isWhole ? named : bare;
  return start + (best?.text ?? "");
}

/** `iam:CreateUser`, and `CreateUser` behind another call of the service; `the rate of ec2:RunInstances`. */
function eventText(call: string, before = ""): string {
  if (call === OTHER_CALLS) return call;
  if (isRate(call)) return lineCallText(call);
  const [service = "", ...event] = call.split(":");
  return name(before.startsWith(`${service}:`) ? event.join(":") : call, 60);
}

function fitting(texts: readonly string[], columns: number): { readonly text: string; readonly isWhole: boolean } {
  let text = "";
  for (const one of texts) {
    const next = `${text === "" ? ": " : `${text}, `}${one}`;
    if (next.length + " ...".length > columns) return { text: text === "" ? "" : `${text} ...`, isWhole: false };
    text = next;
  }
  return { text, isWhole: true };
}

function placeOf(call: string): number {
  const place = FIRST.findIndex((pattern) => pattern.test(call));
  return place === -1 ? FIRST.length : place;
}
