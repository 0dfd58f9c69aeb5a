import { inert } from "../alert/text.ts";
import type { Severity } from "../rules/severity.ts";

/** What is looked at; docs/doctor.md has a section for each. Of some, doctor alone or the hourly look alone knows. */
export const CHECKS = [
  "stack",
  "trail",
  "bucket",
  "key",
  "notification",
  "permission",
  "alerter-function",
  "tick-function",
  "reading",
  "silence",
  "alert-subscriptions",
  "sms-subscriptions",
  "health-subscriptions",
  "health-sms-subscriptions",
  "sms",
  "alarms",
  "other-ways",
  "bus",
  "table",
  "schedule",
  "self-watch",
  "dead-letters",
  "version",
  "test",
] as const;
export type CheckName = (typeof CHECKS)[number];

/** Something that keeps alerts from arriving, or may. Its texts quote AWS's answers only after making them inert. */
export interface Finding {
  readonly check: CheckName;
  readonly state: "broken" | "doubtful";
  /** Without anything that changes from look to look, so that one fault is told once. */
  readonly what: string;
  readonly why?: string;
  /** What to type, or to do. */
  readonly remedy: string;
  /** True if AWS did not say how it is. */
  readonly isUnread?: true;
  /** True if no alert arrives at all. */
  readonly isTotal?: true;
}

/** The order of findings: what stops all alerts, what is broken, what is doubtful, what is unknown. */
export function byWeight(a: Finding, b: Finding): number {
  return rankOf(a) - rankOf(b);
}

function rankOf({ state, isTotal, isUnread }: Finding): number {
  return isUnread ? 3 : state === "doubtful" ? 2 : isTotal ? 0 : 1;
}

/** The severity of a finding, as alarms have it: from it on phones hear of the alerter's health. */
export function severityOf({ state, isTotal }: Finding): Severity {
  return state === "doubtful" ? "medium" : isTotal ? "critical" : "high";
}

/** What AWS said, or why it said nothing. */
export type Answer<T> = { readonly value: T } | { readonly refused: string };

/** Something that is not as it should be. */
export function broken(check: CheckName, what: string, remedy: string, why?: string): Finding {
  return { check, state: "broken", what, remedy, ...(why !== undefined && { why }) };
}

export function doubtful(check: CheckName, what: string, remedy: string, why?: string): Finding {
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

/** Awaits an answer: a rejection becomes a refusal, named after its error. */
export async function answered<T>(asked: Promise<T>): Promise<Answer<T>> {
  try {
    return { value: await asked };
  } catch (error) {
    return { refused: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
  }
}

/** The findings about an answer, or the one that there is none. `subject` reads on as "... could not be looked at". */
export function findingsOn<T>(
  check: CheckName,
  subject: string,
  answer: Answer<T>,
  judge: (value: T) => readonly Finding[],
): readonly Finding[] {
  if ("value" in answer) return judge(answer.value);
  const remedy = "If it stays so, look for a policy, a permissions boundary or an endpoint that changed.";
  const what = `${subject} could not be looked at.`;
  return [{ check, state: "doubtful", what, why: inert(answer.refused, 300), remedy, isUnread: true }];
}
