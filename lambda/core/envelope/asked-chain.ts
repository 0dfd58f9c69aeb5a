import { textAt, valueAt } from "../record/record.ts";

/**
 * What the tick asks for when digests do not come, `{ "trailbell": "digests", "chains": [...] }`: that those of a chain be
 * looked for in its bucket.
 */
export interface AskedChain {
  readonly bucket: string;
  /** `[prefix/]AWSLogs/ACCT/CloudTrail-Digest/REGION TRAIL HOMEREGION`. */
  readonly chain: string;
}

/** The chains that an event asks to look at; undefined for any other event. */
export function askedChainsIn(event: unknown): readonly AskedChain[] | undefined {
  const asked = valueAt(event, "trailbell") === "digests" ? valueAt(event, "chains") : undefined;
  return Array.isArray(asked) && asked.every(isAskedChain) ? asked : undefined;
}

function isAskedChain(value: unknown): value is AskedChain {
  return textAt(value, "bucket") !== undefined && textAt(value, "chain") !== undefined;
}
