import { StopLoggingCommand } from "@aws-sdk/client-cloudtrail";
import { PutFunctionConcurrencyCommand } from "@aws-sdk/client-lambda";
import { PutBucketNotificationConfigurationCommand } from "@aws-sdk/client-s3";
import { SetSubscriptionAttributesCommand, UnsubscribeCommand } from "@aws-sdk/client-sns";
import { seeWayOut } from "../../lambda/aws/way-out.ts";
import { type WayOut, wayOutFindings } from "../../lambda/core/health/way-out.ts";
import { ACCOUNT, ALERTER, BUCKET, EMAIL, PHONE, REGION, startDoctorWorld, TRAIL } from "../support/doctor-world.ts";
import { HAS_MOTO, motoTest } from "../support/moto.ts";

const running = HAS_MOTO ? await startDoctorWorld() : undefined;
afterAll(() => running?.stop());

motoTest("what the tick reads of SNS, S3, CloudTrail and Lambda says how things are, and what changed", async () => {
  const world = await running?.deploy();
  if (world === undefined) return;
  process.env.AWS_ENDPOINT_URL = world.endpoint;
  const { sns, s3, lambda, cloudtrail } = world.clients;
  const wayOut: WayOut = {
    topics: world.topics,
    recipients: [
      { topic: "alert", protocol: "email", endpoint: EMAIL },
      { topic: "sms", protocol: "sms", endpoint: PHONE },
      { topic: "health", protocol: "email", endpoint: EMAIL },
    ],
    logBucket: BUCKET,
    logPrefix: "AWSLogs/",
    trailArn: `arn:aws:cloudtrail:${REGION}:${ACCOUNT}:trail/${TRAIL}`,
    alerterArn: `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${ALERTER}`,
  };
  const sound = await seeWayOut(sns, wayOut);
  expect(wayOutFindings(wayOut, sound)).toEqual([]);
  expect(sound).toMatchObject({ trail: { value: { isLogging: true } }, alerter: { value: {} } });

  const arnOf = (topic: "alert" | "health") => {
    const answer = sound.subscriptions[topic];
    return "value" in answer ? (answer.value[0]?.arn ?? "") : "";
  };
  await sns.send(new UnsubscribeCommand({ SubscriptionArn: arnOf("alert") }));
  const filter = { AttributeName: "FilterPolicy", AttributeValue: '{"never":["x"]}' };
  await sns.send(new SetSubscriptionAttributesCommand({ SubscriptionArn: arnOf("health"), ...filter }));
  await s3.send(new PutBucketNotificationConfigurationCommand({ Bucket: BUCKET, NotificationConfiguration: {} }));
  await cloudtrail.send(new StopLoggingCommand({ Name: TRAIL }));
  const none = { FunctionName: ALERTER, ReservedConcurrentExecutions: 0 };
  await lambda.send(new PutFunctionConcurrencyCommand(none));
  const findings = wayOutFindings(wayOut, await seeWayOut(sns, wayOut));
  expect(findings.map(({ check, state }) => `${check}: ${state}`)).toEqual([
    "alert-subscriptions: broken",
    "health-subscriptions: broken",
    "notification: broken",
    "trail: broken",
    "alerter-function: broken",
  ]);

  const gone = {
    ...wayOut,
    logBucket: "no-such-bucket",
    trailArn: `${wayOut.trailArn}2`,
    alerterArn: `${wayOut.alerterArn}2`,
  };
  const refused = wayOutFindings(gone, await seeWayOut(sns, gone)).filter(({ isUnread }) => isUnread);
  expect(refused.map(({ check, why }) => `${check}: ${why?.split(":")[0]}`)).toEqual([
    "notification: NoSuchBucket",
    "trail: TrailNotFoundException",
    "alerter-function: ResourceNotFoundException",
  ]);
});
