import type { Pattern } from "./own-deployment.ts";
import { anyOf, startingWith } from "./own-names.ts";

/** Calls on what both the watch and its guard look at, as parts of a pattern besides `userIdentity`. */
export interface WatchedCalls {
  readonly pattern: Pattern;
  /** The fields of requestParameters that may name what was changed. */
  readonly on: readonly string[];
}

/** A topic's ARN, or a test that fits the ARNs of topics and those of their subscriptions. */
export type TopicTest = string | { readonly wildcard: string };

/** Changes of topics, their policies and subscriptions. */
export function onTopics(topics: readonly TopicTest[]): WatchedCalls {
  return {
    pattern: {
      eventSource: ["sns.amazonaws.com"],
      eventName: ["DeleteTopic", "Unsubscribe", ...startingWith("Set", "AddP", "RemoveP", "PutData")],
      requestParameters: anyOf({
        topicArn: topics,
        resourceArn: topics,
        subscriptionArn: topics.map((topic) => (typeof topic === "string" ? { prefix: `${topic}:` } : topic)),
      }),
    },
    on: ["topicArn", "resourceArn", "subscriptionArn"],
  };
}

/** Changes of roles and their policies, by tests for their names. */
export function onRoles(roleName: readonly unknown[]): WatchedCalls {
  return {
    pattern: {
      eventSource: ["iam.amazonaws.com"],
      eventName: startingWith("Add", "Attach", "Delete", "Detach", "Put", "Update"),
      requestParameters: { roleName },
    },
    on: ["roleName"],
  };
}

/** Changes of EventBridge rules and their targets, by tests for their names. */
export function onRules(names: readonly unknown[]): WatchedCalls {
  return {
    pattern: {
      eventSource: ["events.amazonaws.com"],
      eventName: ["DisableRule", "DeleteRule", "PutRule", "PutTargets", "RemoveTargets"],
      requestParameters: anyOf({ name: names, rule: names }),
    },
    on: ["name", "rule"],
  };
}
