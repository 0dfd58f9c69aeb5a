import { name } from "../alert/text.ts";
import { type Answer, type CheckName, type Finding, findingsOn } from "./finding.ts";

/** The topics that lead to people. */
export const TOPICS = ["alert", "sms", "health", "health-sms"] as const;
export type TopicName = (typeof TOPICS)[number];

/** Who is subscribed to something, and by what. */
export interface Hearer {
  readonly protocol: "email" | "https" | "sms";
  readonly endpoint: string;
}

/** A recipient in the settings, at one of the topics. */
export interface Recipient extends Hearer {
  readonly topic: TopicName;
}

/** A subscription as SNS lists it. */
export interface Subscription {
  readonly protocol: string;
  readonly endpoint: string;
  /** Its ARN, or a word in its place: `PendingConfirmation`, `Deleted`. */
  readonly arn: string;
  /** JSON, or empty; asked for only for recipients in the settings. */
  readonly filterPolicy?: Answer<string>;
}

const RESUBSCRIBE = "npm run doctor -- --resubscribe";

/** What whoever is subscribed anew must do, by protocol; phones need do nothing (SNS Developer Guide, "SMS"). */
const CONFIRM: { readonly [P in Hearer["protocol"]]?: string } = {
  email: "Each address confirms by the mail of AWS Notifications then, within 48 hours.",
  https: "An endpoint confirms by fetching SubscribeURL, as services that know SNS do by themselves.",
};

/** The same of whoever was asked already, and has not done it. */
const CONFIRM_LATE: typeof CONFIRM = {
  email: "SNS sends nothing before. The command has the mail of AWS Notifications sent again.",
  https: "SNS sends nothing before. The command has SNS ask again; the endpoint confirms by fetching SubscribeURL.",
};

/** How many names of a list a text holds. */
const MAX_NAMED = 10;

/** The name of the check of a topic's subscriptions. */
export function subscriptionsCheck(topic: TopicName): `${TopicName}-subscriptions` {
  return `${topic}-subscriptions`;
}

/** True if somebody is known to receive what is sent to a topic. */
export function hears(answer: Answer<readonly Subscription[]>): boolean {
  const isFree = ({ filterPolicy }: Subscription) =>
    filterPolicy === undefined || ("value" in filterPolicy && filterPolicy.value === "");
  return "value" in answer && answer.value.some((one) => isConfirmed(one) && isFree(one));
}

/** Compares a topic's subscriptions with the recipients in the settings. */
export function subscriptionFindings(
  topic: TopicName,
  recipients: readonly Recipient[],
  answer: Answer<readonly Subscription[]>,
): readonly Finding[] {
  const check = subscriptionsCheck(topic);
  const broken = (what: string, remedy: string, why?: string): Finding => ({
    check,
    state: "broken",
    what,
    remedy,
    ...(why !== undefined && { why }),
  });
  return findingsOn(check, `The subscriptions of the ${topic} topic`, answer, (subscriptions) => {
    const own = recipients.filter((recipient) => recipient.topic === topic);
    const others = subscriptions
      .filter((one) => one.arn !== "Deleted" && !own.some((recipient) => isOf(recipient, one)))
      .map((one) => foreign(check, topic, one));
    if (own.length > 0 && !subscriptions.some(isConfirmed)) {
      const left = namesOf(own);
      const waiting = subscriptions.filter(({ arn }) => arn === "PendingConfirmation").length;
      return [
        {
          ...broken(
            `Nobody is subscribed to the ${topic} topic: what is sent there reaches nobody. The settings name ${left}.`,
            RESUBSCRIBE,
            [
              waiting > 0 ? `${waiting} of its subscriptions wait to be confirmed.` : "It has no subscription.",
              ...new Set(own.flatMap(({ protocol }) => CONFIRM[protocol] ?? [])),
            ].join(" "),
          ),
          ...(topic === "alert" && { isTotal: true as const }),
        },
        ...others,
      ];
    }
    const missing = own.flatMap((recipient) => {
      const subscription = subscriptions.find((one) => isOf(recipient, one) && one.arn !== "Deleted");
      const who = nameOf(recipient);
      if (subscription === undefined) {
        return [broken(`${who} is not subscribed to the ${topic} topic.`, RESUBSCRIBE, CONFIRM[recipient.protocol])];
      }
      if (!isConfirmed(subscription)) {
        const what = `${who} has not confirmed the subscription to the ${topic} topic.`;
        return [broken(what, RESUBSCRIBE, CONFIRM_LATE[recipient.protocol])];
      }
      const { filterPolicy = { value: "" } } = subscription;
      return findingsOn(check, `The filter policy of ${who} at the ${topic} topic`, filterPolicy, (policy) =>
        isFilter(policy) ? [filtered(check, topic, who, subscription, policy)] : [],
      );
    });
    return [...missing, ...others];
  });
}

/** The recipients of a topic who receive nothing there. */
export function missingOf(recipients: readonly Hearer[], subscriptions: readonly Subscription[]): number {
  return recipients.filter((recipient) => !subscriptions.some((one) => isOf(recipient, one) && isConfirmed(one)))
    .length;
}

/** True for the subscription of a recipient in the settings. */
export function isOf({ protocol, endpoint }: Hearer, subscription: Subscription): boolean {
  return subscription.protocol === protocol && subscription.endpoint.toLowerCase() === endpoint.toLowerCase();
}

/** Whom texts name: of an https address the host, as what follows it may be a key that not everybody should read. */
export function nameOf({ protocol, endpoint }: Hearer): string {
  return name(protocol === "https" ? endpoint.replace(/^(https:\/\/[^/?#]+).*$/s, "$1/...") : endpoint);
}

export function isConfirmed({ arn }: Subscription): boolean {
  return arn.startsWith("arn:");
}

function isFilter(policy: string): boolean {
  return !/^\s*(?:\{\s*\}\s*)?$/.test(policy);
}

function filtered(check: CheckName, topic: TopicName, who: string, { arn }: Subscription, policy: string): Finding {
  const command = `aws sns set-subscription-attributes --subscription-arn ${plainArn(arn)} --attribute-name FilterPolicy --attribute-value '{}'`;
  return {
    check,
    state: "broken",
    what: `The subscription of ${who} to the ${topic} topic has a filter policy: SNS drops what does not fit it.`,
    why: `The policy is ${name(policy, 200)}.`,
    remedy: command,
  };
}

function foreign(check: CheckName, topic: TopicName, { protocol, endpoint, arn }: Subscription): Finding {
  const who = endpoint.startsWith(`${protocol}:`) ? name(endpoint) : `${name(protocol, 20)} ${name(endpoint)}`;
  return {
    check,
    state: "doubtful",
    what: `The ${topic} topic has a subscriber that the settings do not name: ${who}.`,
    why: "Whoever it is reads what is sent there.",
    remedy: `${protocol === "https" ? "If it is yours, name it in the setting endpoints. " : ""}If it is none of yours: aws sns unsubscribe --subscription-arn ${plainArn(arn)}`,
  };
}

/** An ARN that may stand in a command. */
function plainArn(arn: string): string {
  return /^arn:[\w:-]{1,400}$/.test(arn) ? arn : "ARN";
}

function namesOf(hearers: readonly Hearer[]): string {
  const named = hearers.slice(0, MAX_NAMED).map(nameOf);
  const more = hearers.length - named.length;
  return named.join(", ") + (more > 0 ? ` and ${more} more` : "");
}
