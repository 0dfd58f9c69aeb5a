import { Token } from "aws-cdk-lib";
import type { OwnNames } from "./own-names.ts";
import type { TopicTest } from "./watched-calls.ts";

/**
 * How many characters the topics of one rule have together. Each stands in the pattern three times, and a pattern has 2,048
 * characters (EventBridge User Guide, "Quotas").
 */
const ROOM = 400;

/** The topics that people are told on, rule by rule: the stack's two and what fits beside them, then the others. */
export function topicsInRules(own: OwnNames): readonly [readonly TopicTest[], ...(readonly TopicTest[])[]] {
  const { arrivalTopicArn, alertTopicArn, smsTopicArn, wayTopics } = own;
  const first: TopicTest[] = [alertTopicArn, smsTopicArn];
  const rules: [TopicTest[], ...TopicTest[][]] = [first];
  let last = first;
  for (const topic of [...(arrivalTopicArn === undefined ? [] : [arrivalTopicArn]), ...wayTopics]) {
    if (lengthOf([...last, topic]) > ROOM) {
      last = [];
      rules.push(last);
    }
    last.push(topic);
  }
  return rules;
}

/** What only the deployment knows is about so long. */
const UNKNOWN = 140;

function lengthOf(topics: readonly TopicTest[]): number {
  const lengths = topics.map((topic) => (Token.isUnresolved(topic) ? UNKNOWN : JSON.stringify(topic).length));
  return lengths.reduce((sum, length) => sum + length, 0);
}
