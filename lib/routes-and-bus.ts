import { Stack } from "aws-cdk-lib";
import { type IRole, PolicyStatement, type Role } from "aws-cdk-lib/aws-iam";
import { type ITopic, Topic } from "aws-cdk-lib/aws-sns";
import { Construct } from "constructs";
import { type OtherWays, routeTopicName, type WaysEnvironment } from "../lambda/environment.ts";
import { denyPlainText, onlyPublishedBy } from "./alerting.ts";
import type { TopicTest } from "./self-watch/watched-calls.ts";
import type { Settings } from "./settings.ts";
import { subscribe } from "./subscribe.ts";

/** The topics of routes and of the chat, and the bus: what a deployment has beside its topics of alerts and health. */
export class RoutesAndBus extends Construct {
  /** By the names of the routes. */
  readonly routes: ReadonlyMap<string, ITopic>;
  readonly chatTopic: ITopic | undefined;
  readonly #busArn: string | undefined;
  readonly #bus: string | undefined;

  constructor(scope: Construct, id: string, { routes, chatFrom, bus }: Settings) {
    super(scope, id);
    const { stackName } = Stack.of(this);
    this.routes = new Map(
      routes.map(({ name, topic, ...hearers }) => {
        const sink: ITopic =
          topic === undefined
            ? new Topic(this, idOf(name), { topicName: routeTopicName(stackName, name), displayName: "Trailbell" })
            : Topic.fromTopicArn(this, idOf(name), topic);
        subscribe(sink, hearers);
        return [name, sink];
      }),
    );
    this.chatTopic = chatFrom === undefined ? undefined : new Topic(this, "ChatTopic");
    this.#bus = bus;
    this.#busArn =
      bus === undefined || bus.startsWith("arn:")
        ? bus
        : Stack.of(this).formatArn({ service: "events", resource: "event-bus", resourceName: bus });
  }

  /** The topics, each with a name for alarms and the dashboard. */
  get topics(): { readonly [name: string]: ITopic } {
    const routed = [...this.routes].map(([name, topic]) => [`Route${idOf(name)}`, topic] as const);
    return { ...Object.fromEntries(routed), ...(this.chatTopic !== undefined && { Chat: this.chatTopic }) };
  }

  /** Tests for all of them: those of the stack's own routes have names that begin alike. */
  get topicTests(): readonly TopicTest[] {
    const ownRoute = { wildcard: `*:${routeTopicName(Stack.of(this).stackName, "")}*` };
    const routed = [...this.routes.values()].map((topic) => (topic instanceof Topic ? ownRoute : topic.topicArn));
    return [...new Set<TopicTest>(routed), ...(this.chatTopic === undefined ? [] : [this.chatTopic.topicArn])];
  }

  /** ARNs by the names of the routes. */
  get routeTopics(): { readonly [route: string]: string } {
    return Object.fromEntries([...this.routes].map(([name, { topicArn }]) => [name, topicArn]));
  }

  /** What the functions have to know of them; undefined if there is nothing. */
  get environment(): WaysEnvironment | undefined {
    const others: OtherWays = { bus: this.#bus, chat: this.chatTopic?.topicArn };
    return Object.values(others).every((way) => way === undefined) ? undefined : others;
  }

  /** Lets one role publish, and keeps everybody else in the account from flooding the topics. */
  grantPublishOnlyTo(publisher: Role): void {
    for (const topic of Object.values(this.topics)) {
      publisher.addToPrincipalPolicy(new PolicyStatement({ actions: ["sns:Publish"], resources: [topic.topicArn] }));
      topic.addToResourcePolicy(denyPlainText(topic));
      topic.addToResourcePolicy(onlyPublishedBy(topic, [publisher as IRole]));
    }
    if (this.#busArn !== undefined) {
      publisher.addToPrincipalPolicy(
        new PolicyStatement({
          actions: ["events:PutEvents"],
          resources: [this.#busArn],
          conditions: { StringEquals: { "events:source": "trailbell" } },
        }),
      );
    }
  }
}

function idOf(name: string): string {
  return name.replace(/(?:^|-)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
