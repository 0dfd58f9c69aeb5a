import { publishHealthTo } from "./aws/sns.ts";
import { seeWayOut } from "./aws/way-out.ts";
import { describeAccount, type Naming } from "./core/alert/describe.ts";
import { answered } from "./core/health/finding.ts";
import { type Looked, lookHourly } from "./core/health/hourly.ts";
import type { StackPlace } from "./core/health/message.ts";
import type { WayOut } from "./core/health/way-out.ts";
import type { Deployed } from "./deployed.ts";
import { readTickEnvironment } from "./environment.ts";

/** The hourly look, wired; the tick loads it only when a look may be due. */
export function checkUp({ asset, environment, sns, store }: Deployed): Promise<Looked> {
  const { alertTopicArn, smsTopicArn, healthTopicArn } = environment;
  const wayOut: WayOut = {
    ...readTickEnvironment(process.env),
    topics: { alert: alertTopicArn, sms: smsTopicArn, health: healthTopicArn },
    recipients: asset.recipients,
  };
  const publish = publishHealthTo(sns);
  return lookHourly({
    store,
    wayOut,
    place: placeOf(wayOut.alerterArn, environment.metricsNamespace, asset.settings),
    listening: { naming: asset.settings, accountSilentAfterHours: asset.accountSilentAfterHours },
    see: () => seeWayOut(sns, wayOut),
    async tell(message, isHealthDeaf) {
      const told = await answered(publish(message, healthTopicArn));
      if ("value" in told && !isHealthDeaf) return;
      const isMailed = asset.recipients.some(({ topic }) => topic === "alert");
      const toldElsewhere = await answered(publish(message, isMailed ? alertTopicArn : smsTopicArn));
      if ("refused" in told && "refused" in toldElsewhere) throw new Error(told.refused);
    },
    now: Date.now,
    sleep: (time) => new Promise((resolve) => setTimeout(resolve, time)),
  });
}

/** The names of the deployment, from the function's ARN and the name of its metrics: `Trailbell/STACK`. */
function placeOf(alerterArn: string, metricsNamespace: string, naming: Naming): StackPlace {
  const [, , , region = "", accountId = ""] = alerterArn.split(":");
  return { stackName: metricsNamespace.split("/").pop() ?? "", account: describeAccount(accountId, naming), region };
}
