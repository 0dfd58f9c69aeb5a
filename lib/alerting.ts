import { AnyPrincipal, Effect, type IRole, PolicyStatement, type Role } from "aws-cdk-lib/aws-iam";
import { type ITopic, Topic } from "aws-cdk-lib/aws-sns";
import { SmsSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import { Construct } from "constructs";
import type { Settings } from "./settings.ts";
import { subscribe } from "./subscribe.ts";

/** Where something is told: topics of mails and machines, and topics of phones, whose texts are short. */
export interface Told {
  readonly mails: readonly ITopic[];
  readonly texts: readonly ITopic[];
}

/** The topics that carry alerts to people, and who receives them. */
export class Alerting extends Construct {
  readonly alertTopic: ITopic;
  /** Has no DisplayName: SNS would put it in front of every text message. */
  readonly smsTopic: ITopic;
  /** Whoever has a topic already has somebody who hears it. */
  readonly #isMailed: boolean;
  readonly #topicKey: string | undefined;

  constructor(scope: Construct, id: string, { emails, endpoints, phones, alertTopic, topicKey }: Settings) {
    super(scope, id);
    this.#topicKey = alertTopic === undefined ? undefined : topicKey;
    this.#isMailed = emails.length + endpoints.length > 0 || alertTopic !== undefined;
    // No KMS key: each publish would write KMS records into the very trail that is read, and messages pass through only.
    this.alertTopic =
      alertTopic === undefined
        ? new Topic(this, "AlertTopic", { displayName: "Trailbell" })
        : Topic.fromTopicArn(this, "AlertTopic", alertTopic);
    this.smsTopic = new Topic(this, "SmsTopic");
    subscribe(this.alertTopic, { emails, endpoints });
    for (const phone of phones) this.smsTopic.addSubscription(new SmsSubscription(phone));
  }

  /** Where the guard of the self-watch tells: by mail, and by text if there is no mail or phones get texts on health. */
  guardTold(isTexted: boolean): Told {
    return {
      mails: this.#isMailed ? [this.alertTopic] : [],
      texts: isTexted || !this.#isMailed ? [this.smsTopic] : [],
    };
  }

  /**
   * Lets one role publish, and the guard where it tells, and keeps everybody else in the account from flooding the
   * topics.
   */
  grantPublishOnlyTo(publisher: Role, guard: IRole, { mails, texts }: Told): void {
    for (const topic of [this.alertTopic, this.smsTopic]) {
      const publishers = [...mails, ...texts].includes(topic) ? [publisher, guard] : [publisher];
      for (const role of publishers) {
        role.addToPrincipalPolicy(new PolicyStatement({ actions: ["sns:Publish"], resources: [topic.topicArn] }));
        if (topic === this.alertTopic) grantTopicKey(role, this.#topicKey);
      }
      // The policy of a topic that was there before is its owner's.
      topic.addToResourcePolicy(denyPlainText(topic));
      topic.addToResourcePolicy(onlyPublishedBy(topic, publishers));
    }
  }
}

/** Keeps everybody but these from publishing. */
export function onlyPublishedBy(topic: ITopic, publishers: readonly IRole[]): PolicyStatement {
  return new PolicyStatement({
    sid: "OnlyTheAlerterPublishes",
    effect: Effect.DENY,
    principals: [new AnyPrincipal()],
    actions: ["sns:Publish"],
    resources: [topic.topicArn],
    conditions: { ArnNotEquals: { "aws:PrincipalArn": publishers.map(({ roleArn }) => roleArn) } },
  });
}

/** Lets a role publish on a topic that is encrypted with a key of one's own (SNS Developer Guide, "Managing Amazon SNS encryption keys and costs"). */
export function grantTopicKey(role: IRole, key: string | undefined): void {
  if (key === undefined) return;
  const actions = ["kms:GenerateDataKey", "kms:Decrypt"];
  role.addToPrincipalPolicy(new PolicyStatement({ actions, resources: [key] }));
}

/** Refuses requests that are not encrypted in transit. */
export function denyPlainText(topic: ITopic): PolicyStatement {
  return new PolicyStatement({
    sid: "OnlyOverTls",
    effect: Effect.DENY,
    principals: [new AnyPrincipal()],
    actions: ["sns:Publish"],
    resources: [topic.topicArn],
    conditions: { Bool: { "aws:SecureTransport": "false" } },
  });
}
