import { visible } from "../../lambda/core/alert/text.ts";
import type { CheckName, Finding } from "../../lambda/core/health/finding.ts";

/** The result of one of the doctor's looks. */
export interface Check {
  readonly check: CheckName;
  readonly state: "ok" | "broken" | "doubtful" | "not checked";
  /** One line. */
  readonly says: string;
  readonly findings: readonly Finding[];
  /** True if AWS did not let it be seen, and nobody asked to leave it out. */
  readonly isUnread?: true;
}

/** What was found or, if nothing was, what is well. */
export function checkOf(check: CheckName, findings: readonly Finding[], well: string): Check {
  const worst = findings.find(({ state }) => state === "broken") ?? findings.find(({ isUnread }) => !isUnread);
  if (worst !== undefined) return { check, state: worst.state, says: worst.what, findings };
  const [unread] = findings;
  if (unread === undefined) return { check, state: "ok", says: visible(well, 300), findings };
  return { check, state: "not checked", says: unread.what, findings, isUnread: true };
}

export function notChecked(check: CheckName, says: string): Check {
  return { check, state: "not checked", says, findings: [] };
}
