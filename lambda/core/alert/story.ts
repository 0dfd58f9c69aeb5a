import type { LogObject } from "../envelope/log-object.ts";
import type { CloudTrailRecord } from "../record/record.ts";
import type { Line } from "./line.ts";

/** A record that an alert shows in full: redacted, and of bounded size. */
export interface KeptRecord {
  /** The key of its line. */
  readonly line: string;
  readonly record: CloudTrailRecord;
  readonly logObject: LogObject;
}

/** What an incident tells, of bounded size however many records it is made of: plain JSON. */
export interface Story {
  readonly lines: readonly Line[];
  readonly kept: readonly KeptRecord[];
  /** `s3://bucket/key`, and how many more there are. */
  readonly logObjects: readonly string[];
  readonly moreLogObjects: number;
  readonly accounts: readonly string[];
}

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
