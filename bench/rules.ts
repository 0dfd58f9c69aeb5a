import { existsSync } from "node:fs";
import type { CloudTrailRecord } from "../lambda/core/record/record.ts";
import { compileCondition } from "../lambda/core/rules/condition.ts";
import type { Rule } from "../lambda/core/rules/rule.ts";
import { compileRules, conditionOf } from "../lambda/core/rules/rule-set.ts";
import { DESK_DEPLOYMENT, fillSelf } from "../lambda/core/rules/self.ts";
import { loadRules } from "../lambda/rule-files/rule-files.ts";
import { cpuOf, print } from "./measure.ts";

/** A realistic mix of rules: most watch calls, some add a pattern, some pin another field. */
export function rulesOf(count: number): readonly Rule[] {
  return Array.from({ length: count }, (_, i): Rule => {
    const head = { name: `rule-${i}`, place: `bench:${i}`, severity: "medium" as const };
    const call = `service${i % 60}:Operation${i}`;
    switch (i % 5) {
      case 0:
        return {
          ...head,
          calls: [call],
          outcome: "success",
          pattern: { requestParameters: { name: [{ prefix: "x" }] } },
        };
      case 1:
        return { ...head, pattern: { eventName: [`Operation${i}`], userIdentity: { type: ["IAMUser", "Root"] } } };
      case 2:
        return { ...head, pattern: { errorCode: [`Code${i}`] }, calls: [`service${i % 60}:*`] };
      default:
        return { ...head, calls: [call, `${call}Again`] };
    }
  });
}

/** Records of usual size that no rule matches. */
export function recordsOf(count: number): readonly CloudTrailRecord[] {
  return Array.from({ length: count }, (_, i) => ({
    eventVersion: "1.11",
    userIdentity: {
      type: i % 3 === 0 ? "AWSService" : "IAMUser",
      principalId: "AIDACKCEVSQ6C2EXAMPLE",
      arn: `arn:aws:iam::111122223333:user/user-${i % 50}`,
      accountId: "111122223333",
      accessKeyId: "AKIAIOSFODNN7EXAMPLE",
      userName: `user-${i % 50}`,
    },
    eventTime: "2026-11-20T21:25:09Z",
    eventSource: `service${i % 60}.amazonaws.com`,
    eventName: `Describe${i % 400}`,
    awsRegion: "us-east-1",
    sourceIPAddress: "192.0.2.44",
    userAgent: "Boto3/1.40.61 md/Botocore#1.40.61 lang/python#3.12.3",
    requestParameters: {
      maxResults: 50,
      filterSet: { items: [{ name: "vpc-id", valueSet: { items: [{ value: "vpc-1" }] } }] },
    },
    responseElements: null,
    requestID: `request-${i}`,
    eventID: `00000000-0000-4000-8000-${String(i).padStart(12, "0")}`,
    readOnly: true,
    eventType: "AwsApiCall",
    managementEvent: true,
    recipientAccountId: "111122223333",
    eventCategory: "Management",
  }));
}

const records = recordsOf(5_000);

function engine(rules: readonly Rule[]): () => number {
  const ruleSet = compileRules(rules);
  const matched = records.flatMap((record) => ruleSet.match(record, 0).matched);
  if (matched.length > 0) throw new Error(`the records are to match no rule, and match ${matched[0]?.name}`);
  return () => records.reduce((sum, record) => sum + ruleSet.match(record, 0).matched.length, 0);
}

function plainLoop(rules: readonly Rule[]): () => number {
  const conditions = rules.map((rule) => compileCondition(conditionOf(rule)));
  return () => records.reduce((sum, record) => sum + conditions.filter((holds) => holds(record, record)).length, 0);
}

/** The shipped rules, with the names of a desk in them. */
export function shippedRules(): readonly Rule[] {
  return fillSelf(
    loadRules(["rules"]).map(({ rule }) => rule),
    DESK_DEPLOYMENT,
  );
}

/** What rules cost per record that none of them matches, as ratios to ten rules in the same run. */
export function benchRules(): void {
  const shipped = shippedRules();
  const ten = cpuOf(engine(rulesOf(10)), records.length);
  print("rules, per record that none matches", [
    ["10 rules, indexed (baseline)", ten, 1],
    ["1,000 rules, indexed", ...ratio(cpuOf(engine(rulesOf(1000)), records.length), ten)],
    ["1,000 rules, plain loop", ...ratio(cpuOf(plainLoop(rulesOf(1000)), records.length), ten)],
    [`${shipped.length} shipped rules, indexed`, ...ratio(cpuOf(engine(shipped), records.length), ten)],
  ]);
  benchSigma(shipped);
}

/** What Sigma rules cost beside the shipped ones: SigmaHQ's, where they are at hand. */
function benchSigma(shipped: readonly Rule[]): void {
  const folder = "../shared/conformance/sigma";
  if (!existsSync(folder)) {
    console.log("\nSigma rules: skipped, there are none at hand");
    return;
  }
  const sigma = loadRules([folder]).map(({ rule }) => rule);
  const alone = cpuOf(engine(shipped), records.length);
  print(`${sigma.length} Sigma rules, per record that none matches`, [
    [`${shipped.length} shipped rules alone (baseline)`, alone, 1],
    [`with ${sigma.length} Sigma rules`, ...ratio(cpuOf(engine([...shipped, ...sigma]), records.length), alone)],
  ]);
}

function ratio(nanoseconds: number, baseline: number): [number, number] {
  return [nanoseconds, nanoseconds / baseline];
}
