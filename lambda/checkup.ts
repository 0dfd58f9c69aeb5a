import { seeDeliveryPath } from "./aws/delivery-path.ts";
import { publishHealthTo, publishTextTo } from "./aws/sns.ts";
import { describeAccount, type Naming } from "./core/alert/describe.ts";
import type { DeliveryPath } from "./core/health/delivery-path.ts";
import { type Looked, lookHourly } from "./core/health/hourly.ts";
import type { StackPlace } from "./core/health/message.ts";
import { CHAT, type WayTopic } from "./core/health/other-topics.ts";
import { type HealthPublishers, tellHealth } from "./core/health/tell.ts";
import type { Deployed } from "./deployed.ts";
import { readTickEnvironment } from "./environment.ts";

/** The hourly look, wired; the tick loads it only when a look may be due. */
export function checkUp({ asset, environment, sns, store, routeTopics }: Deployed): Promise<Looked> {
  const { topics } = environment;
  const { settings } = asset;
  const watched = readTickEnvironment(process.env);
  const recipients = [...asset.recipients, ...(watched.recipients ?? [])];
  const { chat } = environment.ways;
  const ways: readonly WayTopic[] = [
    ...Object.entries(routeTopics).map(([name, topicArn]) => ({
      called: `route ${name}`,
      topicArn,
      hearers: asset.routeHearers?.[name] ?? [],
    })),
    ...(chat === undefined ? [] : [{ called: CHAT, topicArn: chat, hearers: [] }]),
  ];
  const deliveryPath: DeliveryPath = { ...watched, topics, recipients, ways };
  const hearers = {
    isMailed: asset.isTopicGiven === true || recipients.some(({ topic }) => topic === "alert"),
    textsFrom: settings.healthTextsFrom,
  };
  const [publishMail, publishText] = [publishHealthTo(sns), publishTextTo(sns)];
  const publish: HealthPublishers = {
    mail: (message, topic) => publishMail(message, topics[topic]),
    text: ({ sms }, topic) => publishText(sms, topics[topic]),
  };
  return lookHourly({
    store,
    deliveryPath,
    place: placeOf(deliveryPath.alerterArn, environment.stackName, settings),
    listening: { naming: settings, accountSilentAfterHours: asset.accountSilentAfterHours },
    see: () => seeDeliveryPath(sns, deliveryPath),
    tell: (message, isDeaf) => tellHealth(message, hearers, isDeaf, publish),
    now: Date.now,
    sleep: (time) => new Promise((resolve) => setTimeout(resolve, time)),
  });
}

/** The names of the deployment, of which the function's ARN has some. */
function placeOf(alerterArn: string, stackName: string, naming: Naming): StackPlace {
  const [, , , region = "", accountId = ""] = alerterArn.split(":");
  return { stackName, account: describeAccount(accountId, naming), region };
}
