import type { Span } from "../../lambda/core/digest/coverage.ts";
import { type Finding, isWrong } from "./finding.ts";

/** How an hour of a chain turned out. */
export interface HourReport {
  /** The start of the hour, in milliseconds since the epoch. */
  readonly hour: number;
  /** `pending`: its digest need not have come yet. */
  readonly state: "proven" | "wrong" | "open" | "pending";
  /** Log files that digests name which end in this hour. */
  readonly files: number;
}

/** What came out for the chain of one trail in an account and region. */
export interface ChainReport {
  readonly account: string;
  readonly region: string;
  readonly trail: string;
  readonly homeRegion: string;
  readonly hours: readonly HourReport[];
  /** Digests that were read, and log files that they name and that are what they say. */
  readonly digests: number;
  readonly proven: number;
  readonly findings: readonly Finding[];
}

const HOUR = 3_600_000;

/** The hours of a span. `files`: how many each hour has. */
export function hoursOf(
  { from, until }: Span,
  isCovered: (span: Span) => boolean,
  findings: readonly Finding[],
  files: ReadonlyMap<number, number>,
): readonly HourReport[] {
  const list: HourReport[] = [];
  for (let hour = Math.floor(from / HOUR) * HOUR; hour < until; hour += HOUR) {
    const own = findings.filter((one) => one.from < hour + HOUR && one.until > hour);
    const covered = isCovered({ from: Math.max(hour, from), until: Math.min(hour + HOUR, until) });
    const state = own.some(isWrong) ? "wrong" : own.length > 0 ? "open" : covered ? "proven" : "pending";
    list.push({ hour, state, files: files.get(hour) ?? 0 });
  }
  return list;
}

/** True if it was told already that a chain begins with this object. */
export function isToldAt(findings: readonly Finding[], object: string): boolean {
  return findings.some(
    (one) => (one.what === "digest-restarted" || one.what === "chain-begins") && one.object === object,
  );
}
