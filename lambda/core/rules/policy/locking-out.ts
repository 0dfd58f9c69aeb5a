import { type CloudTrailRecord, timeOf } from "../../record/record.ts";
import { viewOf } from "../../record/view.ts";
import type { Statement } from "./statement.ts";

/** A session lives twelve hours at most; a date that is further back than a day stops none. */
const DAY = 86_400_000;

/**
 * True for a statement that takes every right from its holder, as AWSDenyAll does, or from the sessions that exist, as
 * AWSRevokeOlderSessions does. Of other conditions it is taken that they hold for whom it is about.
 * Source: IAM User Guide, "Revoke IAM role temporary security credentials".
 */
export function locksOut(statement: Statement, record: CloudTrailRecord): boolean {
  const { isAllow, actions, isNotAction, resources, isNotResource, tests } = statement;
  if (isAllow) return false;
  const deniesAll = isNotAction || actions.some((action) => /^\*+(?::\*+)?$/.test(action.trim()));
  const isEverywhere = isNotResource || resources.some((resource) => /^\*+$/.test(resource.trim()));
  const at = viewOf(record).time ?? Number.NEGATIVE_INFINITY;
  const isOver = tests.some(
    ({ key, operator, values }) =>
      key === "aws:tokenissuetime" &&
      operator.startsWith("dateless") &&
      values.every((value) => (timeOf(value) ?? at) < at - DAY),
  );
  return deniesAll && isEverywhere && !isOver;
}
