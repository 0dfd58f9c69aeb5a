import { hasShape, isCount, isListOf, isRecordOf, isText, type Shape, type Shaped } from "../../store/guard.ts";
import { isLine, type Line } from "./line.ts";

export const isRecord = isRecordOf(() => true);
export const isLogObject = hasShape({ bucket: isText, key: isText });

/** A record that an alert shows in full: redacted, and of bounded size. `line` is the key of its line. */
export type KeptRecord = Shaped<typeof isKept>;
export const isKept = hasShape({ line: isText, record: isRecord, logObject: isLogObject });

const areLines: Shape<readonly Line[]> = (value) => isListOf(isLine)(value) && (value as readonly Line[]).length > 0;

/** What an incident tells, of bounded size however many records it is made of: plain JSON. */
export type Story = Shaped<typeof isStory>;
export const isStory = hasShape({
  lines: areLines,
  kept: isListOf(isKept),
  /** `s3://bucket/key`, and how many more there are. */
  logObjects: isListOf(isText),
  moreLogObjects: isCount,
  accounts: isListOf(isText),
});

export const EMPTY_STORY: Story = { lines: [], kept: [], logObjects: [], moreLogObjects: 0, accounts: [] };

/** How many matches a story tells of, by rule. */
export function matchesIn({ lines }: Pick<Story, "lines">): ReadonlyMap<string, number> {
  const matches = new Map<string, number>();
  for (const line of lines) {
    for (const [rule, count] of Object.entries(line.matches)) matches.set(rule, (matches.get(rule) ?? 0) + count);
  }
  return matches;
}

export function sumOf(counts: Iterable<number>): number {
  let sum = 0;
  for (const count of counts) sum += count;
  return sum;
}
