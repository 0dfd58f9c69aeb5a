import { Aws, CfnCondition, CfnOutput, Fn, Stack } from "aws-cdk-lib";
import { Construct } from "constructs";
import type { Deployment } from "../lambda/core/rules/self.ts";
import type { WaysEnvironment } from "../lambda/environment.ts";
import type { Edition } from "./edition.ts";
import type { Settings } from "./settings.ts";
import type { OtherPart } from "./source/other-side.ts";

/** What only the outputs name. */
export interface OtherNames extends Edition {
  readonly watchRole: string;
  /** How the keys of log files begin. */
  readonly logPrefix: string;
  /** Empty without one. */
  readonly athenaWorkGroup: string;
  readonly ways: WaysEnvironment;
  readonly routeTopics: { readonly [route: string]: string };
  /**
   * How the logical ids of the parts begin: with nothing in the stack of this checkout, with the construct's path in the
   * stack of somebody's app. Doctor finds the parts by it.
   */
  readonly idPrefix: string;
  /** What has to be set where the stack does not reach, by the name of the output. */
  readonly otherSide: { readonly [output: string]: OtherPart };
}

/** The outputs: what is deployed, under the names that docs/runbook.md uses in its commands, and what to do next. */
export class Outputs extends Construct {
  readonly #prefix: string;

  constructor(scope: Construct, id: string, settings: Settings, own: Deployment, others: OtherNames) {
    super(scope, id);
    const { version, rules, watchRole, logPrefix, athenaWorkGroup, ways, routeTopics, idPrefix, otherSide } = others;
    this.#prefix = idPrefix;
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
      ChatTopic: ways.chat ?? "",
      RouteTopics: Object.keys(routeTopics).length === 0 ? "" : Stack.of(this).toJsonString(routeTopics),
      Bus: ways.bus ?? "",
      DeadLetterQueue: own.deadLetterQueueUrl,
      AthenaWorkGroup: athenaWorkGroup,
      Version: version,
      Rules: rules,
    });
    this.#sayJson(otherSide);
    this.#say(
      Object.fromEntries(nextSteps(settings, this.#namesOf(otherSide)).map((step, i) => [`Next${i + 1}`, step])),
    );
  }

  #namesOf(parts: OtherNames["otherSide"]): readonly string[] {
    return Object.entries(parts).map(([name, { unlessIn }]) => {
      const left = unlessIn === undefined ? "" : ` (not there if this is account ${unlessIn})`;
      return `${this.#prefix}${name}${left}`;
    });
  }

  #sayJson(parts: OtherNames["otherSide"]): void {
    for (const [name, { json, unlessIn }] of Object.entries(parts)) {
      const output = this.#output(name, Stack.of(this).toJsonString(json));
      if (unlessIn === undefined) continue;
      const expression = Fn.conditionNot(Fn.conditionEquals(Aws.ACCOUNT_ID, unlessIn));
      const condition = new CfnCondition(this, `${name}IsNeeded`, { expression });
      condition.overrideLogicalId(`${this.#prefix}${name}IsNeeded`);
      output.condition = condition;
    }
  }

  /** An empty name is one that the deployment lacks. */
  #say(outputs: { readonly [name: string]: string }): void {
    for (const [name, value] of Object.entries(outputs)) if (value !== "") this.#output(name, value);
  }

  #output(name: string, value: string): CfnOutput {
    const output = new CfnOutput(this, name, { value });
    // Constructs of the stack have some of these names.
    output.overrideLogicalId(`${this.#prefix}${name}`);
    return output;
  }
}

function nextSteps(settings: Settings, others: readonly string[]): readonly string[] {
  const { emails, endpoints, phones } = settings;
  const confirm = "Confirm the two mails that AWS Notifications sends to each address, within 48 hours.";
  return [
    ...(others.length > 0
      ? [
          `Set up the other side with the JSON in these outputs: ${others.join(", ")}. docs/deploying.md says what goes where.`,
        ]
      : []),
    ...(emails.length > 0 ? [`${confirm} After that they are deleted, and redeploying does not bring them back.`] : []),
    ...(endpoints.length > 0
      ? [
          "Services that know SNS confirm by themselves; an endpoint of yours must fetch each SubscribeURL that it gets.",
        ]
      : []),
    ...(phones.length > 0
      ? ["A new account sends text messages to verified numbers only: verify yours under SNS, Text messaging."]
      : []),
    "Ring it once: create an SNS topic and delete it again. The alerts come within about ten minutes.",
  ];
}
