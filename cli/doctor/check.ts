import { visible } from "../../lambda/core/alert/text.ts";
import type { Answer, Finding } from "../../lambda/core/health/finding.ts";

/** The result of one of the doctor's looks. */
export interface Check {
  /** `trail`, `alert-subscriptions` ...; docs/doctor.md has a section for each. */
  readonly check: string;
  readonly state: "ok" | "broken" | "doubtful" | "not checked";
  /** One line. */
  readonly says: string;
  readonly findings: readonly Finding[];
  /** True if AWS did not let it be seen, and nobody asked to leave it out. */
  readonly isUnread?: true;
}

/** What was found or, if nothing was, what is well. */
export function checkOf(check: string, findings: readonly Finding[], well: string): Check {
  const worst = findings.find(({ state }) => state === "broken") ?? findings.find(({ isUnread }) => !isUnread);
  if (worst !== undefined) return { check, state: worst.state, says: worst.what, findings };
  const [unread] = findings;
  if (unread === undefined) return { check, state: "ok", says: visible(well, 300), findings };
  return { check, state: "not checked", says: unread.what, findings, isUnread: true };
}

export function notChecked(check: string, says: string): Check {
  return { check, state: "not checked", says, findings: [] };
}

/** Something that is not as it should be. */
export function broken(check: string, what: string, remedy: string, why?: string): Finding {
  return { check, state: "broken", what, remedy, ...(why !== undefined && { why }) };
}

export function doubtful(check: string, what: string, remedy: string, why?: string): Finding {
  return { ...broken(check, what, remedy, why), state: "doubtful" };
}

/** True if AWS says that there is no such thing. */
export function isGone(answer: Answer<unknown>): boolean {
  return (
    "refused" in answer &&
    /^(?:ResourceNotFoundException|ResourceNotFound|NotFound|NotFoundException|NoSuchBucket|TrailNotFoundException|QueueDoesNotExist|AWS\.SimpleQueueService\.NonExistentQueue|NotFoundError)\b/.test(
      answer.refused,
    )
  );
}

/** What to do about a part of the stack that somebody deleted. */
export const REDEPLOY = "npx cdk deploy --revert-drift";
