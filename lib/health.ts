import { Lazy, Stack } from "aws-cdk-lib";
import { AnyPrincipal, Effect, type IRole, PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { type ITopic, Topic } from "aws-cdk-lib/aws-sns";
import { SmsSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import { Construct } from "constructs";
import { isAtLeast, type Severity } from "../lambda/core/rules/severity.ts";
import { denyPlainText, grantTopicKey, type Told } from "./alerting.ts";
import { healthTextsFrom } from "./recipients.ts";
import type { Settings } from "./settings.ts";
import { subscribe } from "./subscribe.ts";

/** The topics that tell of the alerter's own health, and who hears them. */
export class Health extends Construct {
  readonly topic: ITopic;
  /**
   * For phones, from a severity on: neither CloudWatch's alarms nor EventBridge send what a subscription could filter by
   * severity. Has no DisplayName: SNS would put it in front of every text message.
   */
  readonly smsTopic: Topic;
  readonly #textsFrom: Severity | undefined;
  readonly #publishers: string[] = [];
  readonly #topicKey: string | undefined;

  constructor(scope: Construct, id: string, settings: Settings) {
    super(scope, id);
    this.topic =
      settings.healthTopic === undefined
        ? new Topic(this, "Topic", { displayName: "Trailbell health" })
        : Topic.fromTopicArn(this, "Topic", settings.healthTopic);
    this.#topicKey = settings.healthTopic === undefined ? undefined : settings.topicKey;
    this.smsTopic = new Topic(this, "SmsTopic");
    this.#textsFrom = healthTextsFrom(settings);
    this.#admitOnlyOwn(this.topic);
    this.#admitOnlyOwn(this.smsTopic);
    subscribe(this.topic, settings);
    if (this.isTexted) for (const phone of settings.phones) this.smsTopic.addSubscription(new SmsSubscription(phone));
  }

  /** True if phones get something at all. */
  get isTexted(): boolean {
    return this.#textsFrom !== undefined;
  }

  /** Where something of a severity is told. */
  toldOf(severity: Severity): Told {
    const isTexted = this.#textsFrom !== undefined && isAtLeast(severity, this.#textsFrom);
    return { mails: [this.topic], texts: isTexted ? [this.smsTopic] : [] };
  }

  /** Lets a role publish; besides CloudWatch's alarms, nobody else can. */
  grantPublish(role: IRole): void {
    this.#publishers.push(role.roleArn);
    const resources = [this.topic.topicArn, this.smsTopic.topicArn];
    role.addToPrincipalPolicy(new PolicyStatement({ actions: ["sns:Publish"], resources }));
    grantTopicKey(role, this.#topicKey);
  }

  /** Does nothing to a topic that was there before: its policy is its owner's. */
  #admitOnlyOwn(topic: ITopic): void {
    topic.addToResourcePolicy(denyPlainText(topic));
    // A topic with a policy of its own no longer has SNS's default one, and SnsAction adds no permission: without this
    // statement alarms change their state and nobody hears of it.
    topic.addToResourcePolicy(
      new PolicyStatement({
        sid: "AlarmsPublish",
        principals: [new ServicePrincipal("cloudwatch.amazonaws.com")],
        actions: ["sns:Publish"],
        resources: [topic.topicArn],
        conditions: { StringEquals: { "aws:SourceAccount": Stack.of(this).account } },
      }),
    );
    topic.addToResourcePolicy(
      new PolicyStatement({
        sid: "OnlyAlarmsAndOwnRolesPublish",
        effect: Effect.DENY,
        principals: [new AnyPrincipal()],
        actions: ["sns:Publish"],
        resources: [topic.topicArn],
        conditions: {
          ArnNotEquals: { "aws:PrincipalArn": Lazy.list({ produce: () => this.#publishers }) },
          // A service has no ARN, which is unequal to all ARNs; the statement above says which service may publish.
          Bool: { "aws:PrincipalIsAWSService": "false" },
        },
      }),
    );
  }
}
