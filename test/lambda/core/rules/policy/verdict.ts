import type { CloudTrailRecord } from "../../../../../lambda/core/record/record.ts";
import type { KnownAccounts } from "../../../../../lambda/core/rules/accounts.ts";
import { OPENINGS } from "../../../../../lambda/core/rules/policy/judge.ts";
import type { Rule } from "../../../../../lambda/core/rules/rule.ts";
import { compileRules } from "../../../../../lambda/core/rules/rule-set.ts";

export const OWN = "111122223333";
export const KNOWN = "444455556666";
export const FOREIGN = "999999999999";
export const OWN_ORGANIZATION = "o-ownorg1234";

export const SETTINGS: KnownAccounts = { accounts: [KNOWN], organization: OWN_ORGANIZATION };

/** One rule for each question, named like it. */
const QUESTIONS: readonly Rule[] = [
  ...OPENINGS.map((opening) => ({ name: opening, policy: { opensTo: [opening] } })),
  ...["admin", "escalation"].map((right) => ({ name: right, policy: { allows: [right] } })),
  { name: "unreadable", policy: { unreadable: true } },
].map((rule) => ({ ...rule, place: "p:1", severity: "low", calls: ["*:*"] }));

const asked = compileRules(QUESTIONS, SETTINGS);
const askedWithoutSettings = compileRules(QUESTIONS, { accounts: [] });

/** What of all that can be asked holds for a record: `everyone, service`; nothing for what lets in nobody new. */
export function verdictOf(record: CloudTrailRecord, { withoutSettings = false } = {}): string {
  const { matched } = (withoutSettings ? askedWithoutSettings : asked).match(record, 0);
  return matched.map(({ name }) => name).join(", ");
}

/** A record of the own account. */
export function called(call: string, requestParameters: unknown): CloudTrailRecord {
  const [service, eventName] = call.split(":");
  return { eventSource: `${service}.amazonaws.com`, eventName, recipientAccountId: OWN, requestParameters };
}

type Parts = { readonly [element: string]: unknown };

/** A bucket's policy of one statement; what is not given allows reading to nobody. */
export function bucket(parts: Parts): CloudTrailRecord {
  return bucketOf([{ Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::photos/*", ...parts }]);
}

export function bucketOf(statement: unknown): CloudTrailRecord {
  return called("s3:PutBucketPolicy", {
    bucketName: "photos",
    bucketPolicy: { Version: "2012-10-17", Statement: statement },
  });
}

/** A bucket's policy for everyone under a condition. */
export function under(condition: unknown): CloudTrailRecord {
  return bucket({ Principal: "*", Condition: condition });
}

/** A role's trust policy of one statement. */
export function trust(parts: Parts): CloudTrailRecord {
  return called("iam:CreateRole", {
    roleName: "deploy",
    assumeRolePolicyDocument: JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", ...parts }],
    }),
  });
}

/** An identity's policy of one statement, or of several. */
export function identity(...statements: readonly Parts[]): CloudTrailRecord {
  return called("iam:PutUserPolicy", {
    userName: "bob",
    policyName: "work",
    policyDocument: JSON.stringify({
      Version: "2012-10-17",
      Statement: statements.map((parts) => ({ Effect: "Allow", Resource: "*", ...parts })),
    }),
  });
}

/** A policy variable: `${aws:username}`. */
export function variable(name: string): string {
  return `\${${name}}`;
}
