import type { Span } from "../../lambda/core/digest/coverage.ts";

/** What can be wrong, and what it means: docs/completeness.md has a row for each. */
export const WRONG = [
  "digest-missing",
  "digest-broken",
  "digest-restarted",
  "log-object-missing",
  "log-object-changed",
  "log-object-forged",
  "no-digests",
] as const;

/** Why something could be neither proven nor refuted. */
export const OPEN = ["chain-begins", "signature-not-copied", "not-named-yet", "not-readable", "elsewhere"] as const;

/** Something that keeps an hour from being proven. */
export interface Finding extends Span {
  readonly what: (typeof WRONG)[number] | (typeof OPEN)[number];
  readonly account: string;
  readonly region: string;
  /** Undefined for what belongs to no chain. */
  readonly trail?: string;
  /** `s3://bucket/key`. */
  readonly object?: string;
  readonly detail: string;
}

/** True for what is wrong; false for what is only open. */
export function isWrong({ what }: Finding): boolean {
  return (WRONG as readonly string[]).includes(what);
}
