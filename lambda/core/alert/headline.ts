import { MANY_ACTORS, type MatchGroup } from "../ledger/group.ts";
import type { ListedMatch } from "../ledger/tally.ts";
import { identityOf, ROOT_USER } from "../record/identity.ts";
import type { CloudTrailRecord } from "../record/record.ts";
import { describeCall, shortIdentity } from "./describe.ts";
import { inert } from "./text.ts";

/** The match that stands for the group. */
export function headOf(group: MatchGroup): ListedMatch {
  const [head] = group.listed;
  return head ?? { record: knownOf(group), logObject: { bucket: "unknown", key: "unknown" } };
}

/** What is known of matches of which none was kept: they were counted only. */
function knownOf({ accountId, firstTime, regions, addresses }: MatchGroup): CloudTrailRecord {
  return {
    recipientAccountId: accountId,
    ...(firstTime !== undefined && { eventTime: new Date(firstTime).toISOString() }),
    awsRegion: regions[0],
    sourceIPAddress: addresses[0],
  };
}

/** Words of rule names that are not written as the others. */
const SPELLINGS: { readonly [word: string]: string } = {
  api: "API",
  aws: "AWS",
  cloudtrail: "CloudTrail",
  ec2: "EC2",
  guardduty: "GuardDuty",
  iam: "IAM",
  kms: "KMS",
  lambda: "Lambda",
  mfa: "MFA",
  s3: "S3",
  saml: "SAML",
  sns: "SNS",
  vpc: "VPC",
};

/** What happened, in words: the rule's name as a sentence, or the call where the rule is an entry of a watch list. */
export function titleOf(group: MatchGroup): string {
  const { name, title } = group.rule;
  if (title !== undefined) return inert(title);
  if (isWatched(group)) return describeCall(headOf(group).record);
  const words = name.split("-").map((word) => SPELLINGS[word] ?? word);
  const sentence = words.join(" ");
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}

/** True for a rule that is just an entry of a watch list, which has the entry for its name. */
export function isWatched({ rule }: MatchGroup): boolean {
  return rule.name.includes(":");
}

/** Who called, in few words. */
export function callerOf(group: MatchGroup): string {
  return group.actor === MANY_ACTORS ? "many callers" : shortIdentity(headOf(group).record);
}

/** True when the root user called. */
export function isRoot(group: MatchGroup): boolean {
  return group.actor !== MANY_ACTORS && identityOf(headOf(group).record).kind === ROOT_USER;
}

/** An attempt that did not succeed is marked, unless the rule watches for nothing else: `DENIED `. */
export function markOf({ rule, outcome }: MatchGroup): string {
  const expected = rule.outcome !== undefined && rule.outcome !== "any" && rule.outcome !== "attempt";
  return outcome === "success" || expected ? "" : `${outcome.toUpperCase()} `;
}
