import { CfnOutput, type Stack } from "aws-cdk-lib";
import { Construct } from "constructs";
import type { Deployment } from "../lambda/core/rules/self.ts";
import type { Edition } from "./edition.ts";
import type { Settings } from "./settings.ts";

/** What only the outputs name. */
export interface OtherNames extends Edition {
  readonly watchRole: string;
  /** How the keys of log files begin. */
  readonly logPrefix: string;
}

/** A stack's outputs: what is deployed, under the names that docs/runbook.md uses in its commands, and what to do next. */
export class Outputs extends Construct {
  constructor(stack: Stack, id: string, settings: Settings, own: Deployment, others: OtherNames) {
    super(stack, id);
    const { version, rules, watchRole, logPrefix } = others;
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
      MuteRole: own.muteRoleArn,
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
    this.#say(Object.fromEntries(nextSteps(settings).map((step, i) => [`Next${i + 1}`, step])));
  }

  /** An empty name is one that the deployment lacks. */
  #say(outputs: { readonly [name: string]: string }): void {
    for (const [name, value] of Object.entries(outputs)) {
      // Constructs of the stack have some of these names.
      if (value !== "") new CfnOutput(this, name, { value }).overrideLogicalId(name);
    }
  }
}

function nextSteps({ emails, phones }: Settings): readonly string[] {
  const confirm = "Confirm the two mails that AWS Notifications sends to each address, within 48 hours.";
  return [
    ...(emails.length > 0 ? [`${confirm} After that they are deleted, and redeploying does not bring them back.`] : []),
    ...(phones.length > 0
      ? ["A new account sends text messages to verified numbers only: verify yours under SNS, Text messaging."]
      : []),
    "Ring it once: create an SNS topic and delete it again. The alerts come within about ten minutes.",
  ];
}
