import { PutEventSelectorsCommand, StopLoggingCommand, UpdateTrailCommand } from "@aws-sdk/client-cloudtrail";
import { DisableRuleCommand, EnableRuleCommand, PutTargetsCommand } from "@aws-sdk/client-eventbridge";
import { PutFunctionConcurrencyCommand } from "@aws-sdk/client-lambda";
import { CreateBucketCommand, PutBucketNotificationConfigurationCommand } from "@aws-sdk/client-s3";
import { SetSubscriptionAttributesCommand, UnsubscribeCommand } from "@aws-sdk/client-sns";
import { seeDeliveryPath } from "../../lambda/aws/delivery-path.ts";
import { type DeliveryPath, deliveryPathFindings } from "../../lambda/core/health/delivery-path.ts";
import {
  ACCOUNT,
  ALERTER,
  BUCKET,
  EMAIL,
  PHONE,
  REGION,
  startDoctorWorld,
  TRAIL,
  WATCH_RULE,
} from "../support/doctor-world.ts";
import { motoTest } from "../support/moto.ts";
import { thorough } from "../support/runs.ts";

let running: Awaited<ReturnType<typeof startDoctorWorld>> | undefined;
afterAll(() => running?.stop());

thorough(motoTest)(
  "what the tick reads of SNS, S3, CloudTrail, Lambda and EventBridge says how things are, and what changed",
  async () => {
    running = await startDoctorWorld();
    const world = await running.deploy();
    process.env.AWS_ENDPOINT_URL = world.endpoint;
    const { sns, s3, lambda, cloudtrail, events } = world.clients;
    const deliveryPath: DeliveryPath = {
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
      watchRules: [WATCH_RULE],
    };
    const sound = await seeDeliveryPath(sns, deliveryPath);
    expect(deliveryPathFindings(deliveryPath, sound)).toEqual([]);
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
    await s3.send(new CreateBucketCommand({ Bucket: "elsewhere" }));
    const other = { S3BucketName: "elsewhere", EnableLogFileValidation: false, IsMultiRegionTrail: false };
    await cloudtrail.send(new UpdateTrailCommand({ Name: TRAIL, ...other }));
    const EventSelectors = [{ ReadWriteType: "ReadOnly" as const }];
    await cloudtrail.send(new PutEventSelectorsCommand({ TrailName: TRAIL, EventSelectors }));
    await events.send(new DisableRuleCommand({ Name: WATCH_RULE }));
    const none = { FunctionName: ALERTER, ReservedConcurrentExecutions: 0 };
    await lambda.send(new PutFunctionConcurrencyCommand(none));
    const findings = deliveryPathFindings(deliveryPath, await seeDeliveryPath(sns, deliveryPath));
    expect(findings.map(({ check, state }) => `${check}: ${state}`)).toEqual([
      "alert-subscriptions: broken",
      "health-subscriptions: broken",
      "notification: broken",
      "trail: broken",
      "trail: broken",
      "trail: broken",
      "trail: doubtful",
      "trail: doubtful",
      "alerter-function: broken",
      "self-watch: broken",
    ]);
    await events.send(new EnableRuleCommand({ Name: WATCH_RULE }));
    const onWatch = async () =>
      deliveryPathFindings(deliveryPath, await seeDeliveryPath(sns, deliveryPath)).filter(
        ({ check }) => check === "self-watch",
      );
    expect(await onWatch()).toEqual([]);
    const elsewhere = { Id: "Target0", Arn: `${world.topics.health}-2` };
    await events.send(new PutTargetsCommand({ Rule: WATCH_RULE, Targets: [elsewhere] }));
    expect(await onWatch()).toMatchObject([{ what: expect.stringMatching(/tells nobody/) }]);

    const gone = {
      ...deliveryPath,
      logBucket: "no-such-bucket",
      trailArn: `${deliveryPath.trailArn}2`,
      alerterArn: `${deliveryPath.alerterArn}2`,
      watchRules: ["Trailbell-self-watch-none"],
    };
    const lost = deliveryPathFindings(gone, await seeDeliveryPath(sns, gone));
    expect(lost.filter(({ isUnread }) => isUnread).map(({ check, why }) => `${check}: ${why?.split(":")[0]}`)).toEqual([
      "notification: NoSuchBucket",
    ]);
    expect(lost.map(({ what }) => what)).toEqual(
      expect.arrayContaining([
        `The trail ${TRAIL}2 is gone: nothing that happens is told.`,
        `The function ${ALERTER}2 is gone.`,
        expect.stringMatching(/^The self-watch's rule Trailbell-self-watch-none is gone/),
      ]),
    );
  },
);
