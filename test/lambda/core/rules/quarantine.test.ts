import { PARTITIONS } from "../../../../lambda/core/record/regions.ts";
import { compileRules } from "../../../../lambda/core/rules/rule-set.ts";
import { DESK_KNOWN } from "../../../../lambda/core/rules/self.ts";
import { loadedRules } from "../../../support/loaded-rules.ts";
import { record } from "../../../support/log-files.ts";

/** As ARNs write them (botocore's partitions.json). */
const NAMES_OF_PARTITIONS = [
  "aws",
  "aws-cn",
  "aws-us-gov",
  "aws-eusc",
  "aws-iso",
  "aws-iso-b",
  "aws-iso-e",
  "aws-iso-f",
];
const NAMES = [
  "AWSCompromisedKeyQuarantine",
  "AWSCompromisedKeyQuarantineV2",
  "AWSCompromisedKeyQuarantineV3",
  "AWSExposedCredentialPolicy_DO_NOT_REMOVE",
];

const ruleSet = compileRules(
  loadedRules("rules")
    .map(({ rule }) => rule)
    .filter(({ name }) => ["access-key-quarantined-by-aws", "quarantine-removed"].includes(name)),
  DESK_KNOWN,
);

function rungBy(eventName: string, parameters: { readonly [name: string]: string }): readonly string[] {
  const call = record({
    eventSource: "iam.amazonaws.com",
    eventName,
    userIdentity: { type: "IAMUser", userName: "alice", arn: "arn:aws:iam::111122223333:user/alice" },
    requestParameters: { userName: "alice", ...parameters },
  });
  return ruleSet.match(call, 0).matched.map(({ name }) => name);
}

test.each(NAMES_OF_PARTITIONS)(
  "in the partition %s AWS's quarantine is seen when it comes and when it goes",
  (partition) => {
    const policyArn = `arn:${partition}:iam::aws:policy/AWSCompromisedKeyQuarantineV3`;
    expect(rungBy("AttachUserPolicy", { policyArn })).toEqual(["access-key-quarantined-by-aws"]);
    expect(rungBy("DetachUserPolicy", { policyArn })).toEqual(["quarantine-removed"]);
  },
);

test.each(NAMES)("%s in the user itself is seen when it comes and when it goes", (policyName) => {
  expect(rungBy("PutUserPolicy", { policyName })).toEqual(["access-key-quarantined-by-aws"]);
  expect(rungBy("DeleteUserPolicy", { policyName })).toEqual(["quarantine-removed"]);
});

test("there is a name for each partition that is known", () => {
  expect(NAMES_OF_PARTITIONS).toHaveLength(["aws", ...PARTITIONS].length);
});

test("other policies are no quarantine", () => {
  const policyArn = "arn:aws:iam::111122223333:policy/x:iam::aws:policy/AWSCompromisedKeyQuarantineV3";
  expect([...rungBy("AttachUserPolicy", { policyArn }), ...rungBy("DetachUserPolicy", { policyArn })]).toEqual([]);
  const policyName = "s3-access";
  expect([...rungBy("PutUserPolicy", { policyName }), ...rungBy("DeleteUserPolicy", { policyName })]).toEqual([]);
});
