import { quantity } from "../../lambda/core/alert/quantity.ts";
import { type Answer, answered, broken, type Finding, isGone, REDEPLOY } from "../../lambda/core/health/finding.ts";
import {
  isConfirmed,
  type Subscription,
  subscriptionFindings,
  subscriptionsCheck,
  TOPICS,
  type TopicName,
} from "../../lambda/core/health/subscriptions.ts";
import { type AlarmTopic, alarmFindings } from "./alarms.ts";
import { type Check, checkOf, notChecked } from "./check.ts";
import { textingFindings } from "./engine.ts";
import type { Patient } from "./patient.ts";

type Answers = { readonly [T in TopicName]: Answer<readonly Subscription[]> | undefined };

/** What leads to people: the topics and their subscriptions, text messages, the alarms and their topics. */
export async function lookAtTopics(patient: Patient): Promise<readonly Check[]> {
  const { parts, checkout, aws, now } = patient;
  const arns = topicArns(patient);
  const ask = async (topic: TopicName) => {
    const [arn, own] = [arns[topic], checkout.recipients.filter((recipient) => recipient.topic === topic)];
    return [topic, arn && (await answered(aws.topics.subscriptions(arn, own)))] as const;
  };
  const answers = Object.fromEntries(await Promise.all(TOPICS.map(ask))) as Answers;
  const hasPhones = checkout.recipients.some(({ protocol }) => protocol === "sms");
  const texting = async () => ({ ...(await aws.topics.texting()), spent: await aws.engine.spent(now) });
  return [
    ...TOPICS.map((topic) => topicCheck(patient, topic, answers)),
    hasPhones
      ? checkOf("sms", textingFindings(await answered(texting())), "out of the sandbox, below the limit of spending")
      : notChecked("sms", "the settings name no phone"),
    await lookAtAlarms(patient, parts.alarms),
  ];
}

/** The ARNs of the topics; undefined for one that the stack does not have. */
export function topicArns({ parts }: Pick<Patient, "parts">): { readonly [T in TopicName]: string | undefined } {
  const { alertTopic, smsTopic, healthTopic, healthSmsTopic } = parts;
  return { alert: alertTopic, sms: smsTopic, health: healthTopic, "health-sms": healthSmsTopic };
}

function topicCheck({ checkout }: Patient, topic: TopicName, answers: Answers): Check {
  const check = subscriptionsCheck(topic);
  const answer = answers[topic];
  if (answer === undefined) return checkOf(check, [broken(check, `The stack has no ${topic} topic.`, REDEPLOY)], "");
  if (isGone(answer)) return checkOf(check, [broken(check, `The ${topic} topic is gone.`, REDEPLOY)], "");
  const confirmed = "value" in answer ? answer.value.filter(isConfirmed).length : 0;
  const well = `${quantity(confirmed, "subscription")} confirmed`;
  if (checkout.recipients.length > 0)
    return checkOf(check, subscriptionFindings(topic, checkout.recipients, answer), well);
  return checkOf(check, anybody(topic, answers), `${well}; whose they should be the settings do not say`);
}

/** The topic that tells phones the same. */
const FOR_PHONES: { readonly [topic in TopicName]?: TopicName } = { alert: "sms", health: "health-sms" };

/** If the settings name nobody, somebody must still be there, by mail or by phone. */
function anybody(topic: TopicName, answers: Answers): readonly Finding[] {
  const answer = answers[topic];
  const phones = FOR_PHONES[topic];
  if (answer === undefined) return [];
  const findings = subscriptionFindings(topic, [], answer).filter(({ isUnread }) => isUnread);
  const hears = (one: Answers[TopicName]) => one !== undefined && "value" in one && one.value.some(isConfirmed);
  if ("refused" in answer || phones === undefined || hears(answer) || hears(answers[phones])) return findings;
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
  const check = "alarms";
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
    `${quantity(names.length, "alarm")}, none rings`,
  );
}
