import { Aws, CfnCondition, CfnOutput, Fn, type Stack } from "aws-cdk-lib";
import { Construct } from "constructs";
import type { Deployment } from "../lambda/core/rules/self.ts";
import type { Edition } from "./edition.ts";
import type { Settings } from "./settings.ts";
import type { OtherPart } from "./source/other-side.ts";

/** What only the outputs name. */
export interface OtherNames extends Edition {
  readonly watchRole: string;
  /** How the keys of log files begin. */
  readonly logPrefix: string;
  /** What has to be set where the stack does not reach, by the name of the output. */
  readonly otherSide: { readonly [output: string]: OtherPart };
}

/** A stack's outputs: what is deployed, under the names that docs/runbook.md uses in its commands, and what to do next. */
export class Outputs extends Construct {
  constructor(stack: Stack, id: string, settings: Settings, own: Deployment, others: OtherNames) {
    super(stack, id);
    const { version, rules, watchRole, logPrefix, otherSide } = others;
    this.#say({
      Account: own.accountId,
      Region: own.region,
      Alerter: own.functionName,
      AlerterLog: own.functionLogGroup,
      Tick: own.tickFunctionName,
      TickLog: own.tickLogGroup,
      Role: own.roleName,
      Schedule: own.scheduleName,
      WatchRole: watchRole,
      LogBucket: own.logBucket,
      LogPrefix: logPrefix,
      Trail: own.trailName,
      LogKey: own.logKeyArn,
      Table: own.ledgerTableName,
      TableArn: own.ledgerTableArn,
      AlertTopic: own.alertTopicArn,
      SmsTopic: own.smsTopicArn,
      HealthTopic: own.healthTopicArn,
      HealthSmsTopic: own.healthSmsTopicArn,
      DeadLetterQueue: own.deadLetterQueueUrl,
      Version: version,
      Rules: rules,
    });
    this.#sayJson(stack, otherSide);
    this.#say(Object.fromEntries(nextSteps(settings, Object.keys(otherSide)).map((step, i) => [`Next${i + 1}`, step])));
  }

  #sayJson(stack: Stack, parts: OtherNames["otherSide"]): void {
    for (const [name, { json, unlessIn }] of Object.entries(parts)) {
      const output = new CfnOutput(this, name, { value: stack.toJsonString(json) });
      output.overrideLogicalId(name);
      if (unlessIn === undefined) continue;
      const expression = Fn.conditionNot(Fn.conditionEquals(Aws.ACCOUNT_ID, unlessIn));
      const condition = new CfnCondition(this, `${name}IsNeeded`, { expression });
      condition.overrideLogicalId(`${name}IsNeeded`);
      output.condition = condition;
    }
  }

  /** An empty name is one that the deployment lacks. */
  #say(outputs: { readonly [name: string]: string }): void {
    for (const [name, value] of Object.entries(outputs)) {
      // Constructs of the stack have some of these names.
      if (value !== "") new CfnOutput(this, name, { value }).overrideLogicalId(name);
    }
  }
}

function nextSteps(settings: Settings, others: readonly string[]): readonly string[] {
  const { emails, phones } = settings;
  const confirm = "Confirm the two mails that AWS Notifications sends to each address, within 48 hours.";
  return [
    ...(others.length > 0
      ? [
          `Set up the other side with the JSON in the outputs that begin with Other: docs/deploying.md says what goes where.`,
        ]
      : []),
    ...(emails.length > 0 ? [`${confirm} After that they are deleted, and redeploying does not bring them back.`] : []),
    ...(phones.length > 0
      ? ["A new account sends text messages to verified numbers only: verify yours under SNS, Text messaging."]
      : []),
    "Ring it once: create an SNS topic and delete it again. The alerts come within about ten minutes.",
  ];
}
