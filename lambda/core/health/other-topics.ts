import { type Answer, broken, type Finding, findingsOn } from "./finding.ts";
import { type Hearer, isConfirmed, missingOf, type Subscription } from "./subscriptions.ts";

/** A topic that alerts go to besides the four of every deployment: a route's, or the chat's. */
export interface WayTopic {
  /** `route payments`, or CHAT. */
  readonly called: string;
  readonly topicArn: string;
  /** Who should hear it; somebody must, if nobody is named. */
  readonly hearers: readonly Hearer[];
}

/** What the topic of the chat is called. */
export const CHAT = "the chat";

const ADD_CHANNEL = "In Amazon Q Developer in chat applications, add the topic to the channel's configuration.";
const RESUBSCRIBE = "npx cdk deploy --revert-drift, and whoever is missing confirms the mail of AWS Notifications.";

/** Tells whether what is sent there reaches somebody. */
export function wayTopicFindings(
  ways: readonly WayTopic[],
  answers: readonly Answer<readonly Subscription[]>[],
): readonly Finding[] {
  return ways.flatMap(({ called, hearers }, i) => {
    const answer = answers[i] ?? { refused: "no answer" };
    return findingsOn("other-ways", `The subscriptions of the topic of ${called}`, answer, (subscriptions) => {
      if (!subscriptions.some(isConfirmed)) {
        const what = `Nobody is subscribed to the topic of ${called}: what is sent there reaches nobody.`;
        return [broken("other-ways", what, called === CHAT ? ADD_CHANNEL : RESUBSCRIBE)];
      }
      const missing = missingOf(hearers, subscriptions);
      if (missing === 0) return [];
      const what = `${missing} of the ${hearers.length} recipients of ${called} receive nothing.`;
      return [broken("other-ways", what, RESUBSCRIBE, "They are not subscribed, or have not confirmed.")];
    });
  });
}
