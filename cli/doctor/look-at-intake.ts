import { quantity } from "../../lambda/core/alert/quantity.ts";
import { LOG_SUFFIX } from "../../lambda/core/envelope/log-object.ts";
import { functionCheck, functionFindings } from "../../lambda/core/health/concurrency.ts";
import { type Answer, answered, broken, REDEPLOY } from "../../lambda/core/health/finding.ts";
import { notificationFindings, sampleKey } from "../../lambda/core/health/notification.ts";
import { setupFindings, trailFindings, type WantedTrail } from "../../lambda/core/health/trail.ts";
import { textAt } from "../../lambda/core/record/record.ts";
import type { DeployedFunction } from "../aws/intake.ts";
import { type Check, checkOf, notChecked } from "./check.ts";
import {
  bucketFindings,
  changeFindings,
  keyFindings,
  permissionFindings,
  readingFindings,
  timeText,
} from "./intake.ts";
import type { Patient } from "./patient.ts";

/** What log files pass: the trail, the bucket, its key and notification, the functions. */
export async function lookAtIntake({ stack, parts, checkout, aws, now }: Patient): Promise<readonly Check[]> {
  const { alerter = "", tick = "", logBucket: bucket } = parts;
  const { accountId, region, partition } = stack;
  const arnOf = (functionName: string) => `arn:${partition}:lambda:${region}:${accountId}:function:${functionName}`;
  const [alerting, ticking] = await Promise.all([alerter, tick].map((name) => answered(aws.intake.function(name))));
  if (alerting === undefined || ticking === undefined) return [];
  const functions = [
    functionCheckOf("alerter", arnOf(alerter), alerting, stack.updatedAt),
    functionCheckOf("tick", arnOf(tick), ticking, stack.updatedAt),
  ];
  if (bucket === undefined) {
    return [
      checkOf("bucket", [broken("bucket", "The stack does not say which log bucket is its own.", REDEPLOY)], ""),
      ...functions,
    ];
  }
  const prefix =
    variableOf(ticking, "DELIVERY_PATH", "logPrefix") ??
    (checkout.prefix === undefined ? "AWSLogs/" : `${checkout.prefix}/AWSLogs/`);
  const keyArn = variableOf(alerting, "DEPLOYMENT", "logKeyArn") ?? "";
  const [trail, newest, key, notification, policy, lastRun] = await Promise.all([
    lookAtTrail({ stack, parts, checkout, aws, now }, { bucket, logPrefix: prefix }),
    answered(aws.intake.newest(bucket, prefix, accountId, now)),
    keyArn === "" ? undefined : answered(aws.engine.key(keyArn)),
    answered(aws.intake.notification(bucket)),
    answered(aws.intake.policy(alerter)),
    answered(aws.engine.lastRun(alerter, now)),
  ]);
  const object = "value" in newest ? newest.value : undefined;
  const isLogFile = object?.key.startsWith(prefix) && object.key.endsWith(LOG_SUFFIX);
  const realKey = isLogFile ? object?.key : undefined;
  const wanted = {
    bucket,
    functionArn: arnOf(alerter),
    prefix,
    sampleKey: realKey ?? sampleKey(prefix, accountId, region),
  };
  const permitted = { functionName: alerter, bucket, accountId, partition };
  const run =
    "value" in lastRun && lastRun.value !== undefined ? `last ran ${timeText(lastRun.value)}` : "has nothing to read";
  return [
    trail,
    checkOf(
      "bucket",
      bucketFindings(bucket, prefix, newest, now),
      `${bucket}: newest log file ${object ? timeText(object.at) : ""}`,
    ),
    key === undefined ? notChecked("key", "no key of one's own") : checkOf("key", keyFindings(keyArn, key), "enabled"),
    // Announced in another way: the tick looks at what can be seen of that.
    ...(isAnnouncedOtherwise(ticking)
      ? (["notification", "permission"] as const).map((check) =>
          notChecked(check, "the bucket does not invoke the function"),
        )
      : [
          checkOf(
            "notification",
            notificationFindings(wanted, notification),
            `${realKey ? "selects the newest log file" : "selects what CloudTrail writes"}, for ${alerter}`,
          ),
          checkOf("permission", permissionFindings(permitted, policy), `S3 may invoke ${alerter}`),
        ]),
    ...functions,
    checkOf("reading", readingFindings(object, lastRun, now), `${alerter} ${run}`),
  ];
}

function functionCheckOf(
  called: "alerter" | "tick",
  arn: string,
  answer: Answer<DeployedFunction>,
  deployedAt: number | undefined,
): Check {
  const check = functionCheck(called);
  const name = arn.split(":").pop() ?? arn;
  const reserved = "value" in answer ? answer.value.reserved : undefined;
  const well = `${name} may run${reserved === undefined ? "" : `, ${reserved} at a time`}`;
  const changedAt = "value" in answer ? answer.value.changedAt : undefined;
  const findings = [...functionFindings(called, arn, answer), ...changeFindings(check, name, changedAt, deployedAt)];
  return checkOf(check, findings, well);
}

/** A text in a variable that holds JSON; undefined if there is none. */
function variableOf(answer: Answer<DeployedFunction>, variable: string, field: string): string | undefined {
  try {
    return "value" in answer ? textAt(JSON.parse(answer.value.variables[variable] ?? ""), field) : undefined;
  } catch {
    return undefined;
  }
}

function isAnnouncedOtherwise(tick: Answer<DeployedFunction>): boolean {
  return "value" in tick && /"arrival":\{/.test(tick.value.variables.DELIVERY_PATH ?? "");
}

async function lookAtTrail({ stack, parts, aws }: Patient, wanted: WantedTrail): Promise<Check> {
  const check = "trail";
  const { bucket } = wanted;
  const judge = async (arn: string) => [
    ...trailFindings(arn, await answered(aws.intake.trail(arn))),
    ...setupFindings(arn, wanted, await answered(aws.intake.trailSetup(arn))),
  ];
  if (parts.trail !== undefined) {
    const { partition, region, accountId } = stack;
    const arn = `arn:${partition}:cloudtrail:${region}:${accountId}:trail/${parts.trail.split("/").pop()}`;
    return checkOf(check, await judge(arn), `${parts.trail} logs all regions into ${bucket}`);
  }
  const trails = await answered(aws.intake.trailsTo(bucket));
  if ("refused" in trails) return checkOf(check, trailFindings("any", trails), "");
  if (trails.value.length === 0)
    return notChecked(check, `no trail of this account writes into ${bucket}, perhaps another's`);
  const judged = await Promise.all(trails.value.map(judge));
  // One of them is enough.
  const isWell = judged.some((findings) => findings.length === 0);
  return checkOf(
    check,
    isWell ? [] : judged.flat(),
    `${quantity(trails.value.length, "trail")} of this account write into ${bucket}`,
  );
}
