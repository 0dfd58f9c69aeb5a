import { Lazy, Stack } from "aws-cdk-lib";
import { AnyPrincipal, Effect, type IRole, PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Topic } from "aws-cdk-lib/aws-sns";
import { EmailSubscription, SmsSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import { Construct } from "constructs";
import { denyPlainText } from "./alerting.ts";
import type { Settings } from "./settings.ts";
import { hasHealthTexts } from "./way-out.ts";

/** The topic that tells of the alerter's own health, and who hears it. */
export class Health extends Construct {
  readonly topic: Topic;
  readonly #publishers: string[] = [];

  constructor(scope: Construct, id: string, settings: Settings) {
    super(scope, id);
    this.topic = new Topic(this, "Topic", { displayName: "Trailbell health" });
    this.topic.addToResourcePolicy(denyPlainText(this.topic));
    // A topic with a policy of its own no longer has SNS's default one, and SnsAction adds no permission: without this
    // statement alarms change their state and nobody hears of it.
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        sid: "AlarmsPublish",
        principals: [new ServicePrincipal("cloudwatch.amazonaws.com")],
        actions: ["sns:Publish"],
        resources: [this.topic.topicArn],
        conditions: { StringEquals: { "aws:SourceAccount": Stack.of(this).account } },
      }),
    );
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        sid: "OnlyAlarmsAndOwnRolesPublish",
        effect: Effect.DENY,
        principals: [new AnyPrincipal()],
        actions: ["sns:Publish"],
        resources: [this.topic.topicArn],
        conditions: {
          ArnNotEquals: { "aws:PrincipalArn": Lazy.list({ produce: () => this.#publishers }) },
          // A service has no ARN, which is unequal to all ARNs; the statement above says which service may publish.
          Bool: { "aws:PrincipalIsAWSService": "false" },
        },
      }),
    );
    for (const email of settings.emails) this.topic.addSubscription(new EmailSubscription(email));
    if (hasHealthTexts(settings))
      for (const phone of settings.phones) this.topic.addSubscription(new SmsSubscription(phone));
  }

  /** Lets a role publish; besides CloudWatch's alarms, nobody else can. */
  grantPublish(role: IRole): void {
    this.#publishers.push(role.roleArn);
    role.addToPrincipalPolicy(new PolicyStatement({ actions: ["sns:Publish"], resources: [this.topic.topicArn] }));
  }
}
