import { name } from "./text.ts";

/** Names in one row, and whether the row has all of them whole. */
export interface FittingNames {
  readonly text: string;
  readonly isWhole: boolean;
}

/** A shorter beginning is not worth the braces. */
const MIN_START = 8;

/**
 * As many names as fit, the first in any case, and how many more there are. What all begin with is said once, as a shell
 * reads it: `/team/db-{5, 12, 0}, and 46 more`.
 */
export function fittingNames(names: readonly string[], more: number, width: number): FittingNames {
  const start = startOf(names);
  const parts = names.map((text) => (start === "" ? name(text, 60) : text.slice(start.length)));
  const braces = start === "" ? 0 : start.length + 2;
  const { list, left } = fitting(parts, more, width - braces);
  const text = start === "" ? list : `${start}{${list}}`;
  return {
    text: text + moreText(left),
    isWhole: start === "" && left === 0 && parts.every((text, i) => text === names[i]),
  };
}

/** All names in full, what they begin with said once; undefined where they have no beginning in common. */
export function foldedNames(names: readonly string[]): string | undefined {
  const start = startOf(names);
  return start === "" ? undefined : `${start}{${names.map((text) => text.slice(start.length)).join(", ")}}`;
}

function fitting(
  parts: readonly string[],
  more: number,
  width: number,
): { readonly list: string; readonly left: number } {
  const [first = "", ...others] = parts;
  let [list, left] = [first, others.length + more];
  for (const part of others) {
    const longer = `${list}, ${part}`;
    if (longer.length + moreText(left - 1).length > width) break;
    [list, left] = [longer, left - 1];
  }
  return { list, left };
}

function moreText(left: number): string {
  return left > 0 ? `, and ${left} more` : "";
}

/** What all names begin with, up to a sign between words; nothing where one of them is not shown as it is. */
function startOf(names: readonly string[]): string {
  const [first = "", ...others] = names;
  if (others.length === 0 || !names.every((text) => PLAIN.test(text) && name(text) === text)) return "";
  let length = first.length;
  for (const other of others) while (!other.startsWith(first.slice(0, length))) length--;
  const [start = ""] = /^.*[/:_-]/.exec(first.slice(0, length)) ?? [];
  return start.length < MIN_START || names.includes(start) ? "" : start;
}

const PLAIN = /^[\w./:@+=-]+$/;
