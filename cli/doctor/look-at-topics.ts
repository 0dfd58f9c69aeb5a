import { type Answer, answered, type Finding } from "../../lambda/core/health/finding.ts";
import {
  isConfirmed,
  type Subscription,
  subscriptionFindings,
  subscriptionsCheck,
  TOPICS,
  type TopicName,
} from "../../lambda/core/health/subscriptions.ts";
import { counted } from "../terminal/counted.ts";
import { ALARMS_CHECK, type AlarmTopic, alarmFindings } from "./alarms.ts";
import { broken, type Check, checkOf, isGone, notChecked, REDEPLOY } from "./check.ts";
import { textingFindings } from "./engine.ts";
import type { Patient } from "./patient.ts";

/** What leads to people: the topics and their subscriptions, text messages, the alarms and their topic. */
export async function lookAtTopics(patient: Patient): Promise<readonly Check[]> {
  const { parts, checkout, aws, now } = patient;
  const arns = topicArns(patient);
  const subscriptions = await Promise.all(TOPICS.map((topic) => lookAtTopic(patient, topic, arns[topic])));
  const hasPhones = checkout.recipients.some(({ protocol }) => protocol === "sms");
  const texting = async () => ({ ...(await aws.topics.texting()), spent: await aws.engine.spent(now) });
  return [
    ...subscriptions,
    hasPhones
      ? checkOf("sms", textingFindings(await answered(texting())), "out of the sandbox, below the limit of spending")
      : notChecked("sms", "the settings name no phone"),
    await lookAtAlarms(patient, parts.alarms),
  ];
}

/** The ARNs of the three topics; undefined for one that the stack does not have. */
export function topicArns({ parts }: Pick<Patient, "parts">): { readonly [T in TopicName]: string | undefined } {
  return { alert: parts.alertTopic, sms: parts.smsTopic, health: parts.healthTopic };
}

async function lookAtTopic({ checkout, aws }: Patient, topic: TopicName, arn: string | undefined): Promise<Check> {
  const check = subscriptionsCheck(topic);
  if (arn === undefined) return checkOf(check, [broken(check, `The stack has no ${topic} topic.`, REDEPLOY)], "");
  const own = checkout.recipients.filter((recipient) => recipient.topic === topic);
  const answer = await answered(aws.topics.subscriptions(arn, own));
  if (isGone(answer)) return checkOf(check, [broken(check, `The ${topic} topic is gone.`, REDEPLOY)], "");
  const confirmed = "value" in answer ? answer.value.filter(isConfirmed).length : 0;
  const well = `${counted(confirmed, "subscription")} confirmed`;
  if (checkout.recipients.length > 0)
    return checkOf(check, subscriptionFindings(topic, checkout.recipients, answer), well);
  return checkOf(check, anybody(topic, answer), `${well}; whose they should be the settings do not say`);
}

/** If the settings name nobody, somebody must still be there, except for text messages. */
function anybody(topic: TopicName, answer: Answer<readonly Subscription[]>): readonly Finding[] {
  const findings = subscriptionFindings(topic, [], answer).filter(({ isUnread }) => isUnread);
  if ("refused" in answer || topic === "sms" || answer.value.some(isConfirmed)) return findings;
  const remedy = "Write emails into trailbell.config.yaml, then npm run doctor -- --resubscribe.";
  return [
    broken(
      subscriptionsCheck(topic),
      `Nobody is subscribed to the ${topic} topic: what is sent there reaches nobody.`,
      remedy,
    ),
  ];
}

async function lookAtAlarms({ stack, aws }: Patient, names: readonly string[]): Promise<Check> {
  const check = ALARMS_CHECK;
  if (names.length === 0) return checkOf(check, [broken(check, "The stack has no alarms.", REDEPLOY)], "");
  const alarms = await answered(aws.engine.alarms(names));
  const actions = "value" in alarms ? alarms.value.flatMap((alarm) => alarm.actions) : [];
  const arns = [...new Set(actions)].filter((arn) => /^arn:[\w-]+:sns:/.test(arn));
  const topics: readonly AlarmTopic[] = await Promise.all(
    arns.map(async (arn) => ({
      arn,
      policy: await answered(aws.topics.policy(arn)),
      confirmed: await answered(aws.topics.subscriptions(arn, []).then((list) => list.filter(isConfirmed).length)),
    })),
  );
  return checkOf(
    check,
    alarmFindings(names, stack.accountId, alarms, topics),
    `${counted(names.length, "alarm")}, none rings`,
  );
}
