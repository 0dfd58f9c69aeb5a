import { name, visible } from "../../lambda/core/alert/text.ts";
import { type Answer, broken, type Finding, findingsOn, REDEPLOY } from "../../lambda/core/health/finding.ts";
import { allowsCloudWatch } from "./resource-policy.ts";

/** An alarm of CloudWatch. */
export interface Alarm {
  readonly name: string;
  readonly state: string;
  readonly reason: string;
  readonly actionsEnabled: boolean;
  /** ARNs of what is notified when it rings. */
  readonly actions: readonly string[];
}

/** A topic that alarms publish to. */
export interface AlarmTopic {
  readonly arn: string;
  /** Its policy, as JSON. */
  readonly policy: Answer<string>;
  /** How many of its subscriptions are confirmed. */
  readonly confirmed: Answer<number>;
}

/** Walks from each alarm of the stack to its actions, their topics, the topics' policies and a subscription. */
export function alarmFindings(
  wanted: readonly string[],
  accountId: string,
  alarms: Answer<readonly Alarm[]>,
  topics: readonly AlarmTopic[],
): readonly Finding[] {
  const check = "alarms";
  return findingsOn(check, "The alarms", alarms, (found) => {
    const missing = wanted.filter((one) => !found.some((alarm) => alarm.name === one));
    return [
      ...listed(missing, (names) => broken(check, `${names} of the stack's alarms are gone.`, REDEPLOY)),
      ...listed(
        namesOf(found, ({ actionsEnabled }) => !actionsEnabled),
        (names, plain) =>
          broken(
            check,
            `The actions of ${names} are disabled: whatever happens, nobody is told.`,
            `aws cloudwatch enable-alarm-actions --alarm-names ${plain}`,
          ),
      ),
      ...listed(
        namesOf(found, ({ actions }) => actions.length === 0),
        (names) => broken(check, `${names} tell nobody: they have no action.`, REDEPLOY),
      ),
      ...topics.flatMap((topic) => topicFindings(topic, accountId)),
      ...listed(unheard(found, topics), (names) =>
        broken(
          check,
          `No confirmed subscription hears ${names}.`,
          "npm run doctor -- --resubscribe",
          "Their topics have none.",
        ),
      ),
      ...found.filter(({ state }) => state === "ALARM").map(ringing),
    ];
  });
}

function topicFindings({ arn, policy, confirmed }: AlarmTopic, accountId: string): readonly Finding[] {
  const check = "alarms";
  const topic = name(arn.split(":").pop() ?? arn);
  return [
    ...findingsOn(check, `The policy of the topic ${topic}`, policy, (text) =>
      allowsCloudWatch(text, arn, accountId)
        ? []
        : [
            broken(
              check,
              `The policy of the topic ${topic} does not let CloudWatch publish: alarms ring unheard.`,
              REDEPLOY,
              "It needs an Allow for cloudwatch.amazonaws.com with aws:SourceAccount, and no Deny that meets it.",
            ),
          ],
    ),
    ...findingsOn(check, `The subscriptions of the topic ${topic}`, confirmed, () => []),
  ];
}

/** Alarms of which it is known that nobody subscribes to any of their topics. */
function unheard(alarms: readonly Alarm[], topics: readonly AlarmTopic[]): readonly string[] {
  const isDeaf = (action: string) =>
    topics.some(({ arn, confirmed }) => arn === action && "value" in confirmed && confirmed.value === 0);
  return namesOf(alarms, ({ actions }) => actions.length > 0 && actions.every(isDeaf));
}

function ringing({ name: alarm, reason }: Alarm): Finding {
  const remedy = 'docs/runbook.md, "Alarms", says what to do.';
  return broken("alarms", `The alarm ${name(alarm)} rings now.`, remedy, visible(reason, 2000));
}

function namesOf(alarms: readonly Alarm[], isSo: (alarm: Alarm) => boolean): readonly string[] {
  return alarms.filter(isSo).map((alarm) => alarm.name);
}

/** One finding about all names, with the first of them; `plain` is for a command. */
function listed(names: readonly string[], tell: (names: string, plain: string) => Finding): readonly Finding[] {
  if (names.length === 0) return [];
  const shown = names.slice(0, 5).map((one) => name(one));
  const more = names.length > shown.length ? ` and ${names.length - shown.length} more` : "";
  return [tell(shown.join(", ") + more, names.filter((one) => /^[\w.-]+$/.test(one)).join(" "))];
}
