import { readFileSync } from "node:fs";
import {
  DeleteTrailCommand,
  PutEventSelectorsCommand,
  StopLoggingCommand,
  UpdateTrailCommand,
} from "@aws-sdk/client-cloudtrail";
import {
  DeleteAlarmsCommand,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
  SetAlarmStateCommand,
} from "@aws-sdk/client-cloudwatch";
import { DeleteTableCommand, UpdateTableCommand, UpdateTimeToLiveCommand } from "@aws-sdk/client-dynamodb";
import {
  DeleteEventBusCommand,
  DeleteRuleCommand,
  DisableRuleCommand,
  PutPermissionCommand,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
} from "@aws-sdk/client-eventbridge";
import { CreateKeyCommand, DisableKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import {
  DeleteFunctionCommand,
  PutFunctionConcurrencyCommand,
  RemovePermissionCommand,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  PutBucketNotificationConfigurationCommand,
} from "@aws-sdk/client-s3";
import {
  DeleteTopicCommand,
  ListSubscriptionsByTopicCommand,
  SetSubscriptionAttributesCommand,
  SetTopicAttributesCommand,
  SubscribeCommand,
  UnsubscribeCommand,
} from "@aws-sdk/client-sns";
import { SendMessageCommand } from "@aws-sdk/client-sqs";
import { command, commandProcess } from "../support/command.ts";
import {
  ALARM,
  ALERTER,
  alarmOf,
  BUCKET,
  BUS,
  EMAIL,
  keyAt,
  notificationFor,
  patternOf,
  policyOf,
  publishedOnlyBy,
  SCHEDULE,
  SETTINGS,
  startDoctorWorld,
  TABLE_NAME,
  TICK,
  TRAIL,
  timeToLive,
  WATCH_RULE,
  type World,
} from "../support/doctor-world.ts";
import { HAS_MOTO, motoTest } from "../support/moto.ts";
import { IS_THOROUGH, thorough } from "../support/runs.ts";

/** A world of moto's takes long to fill: npm test leaves these to CI. */
const doctorTest = thorough(motoTest);
const running = HAS_MOTO && IS_THOROUGH ? await startDoctorWorld() : undefined;
afterAll(() => running?.stop());

let world: World;
beforeEach(async () => {
  if (running !== undefined) world = await running.deploy();
});

const WITH_SETTINGS = Object.entries(SETTINGS).flatMap(([name, value]) => ["-c", `${name}=${value}`]);

/** The shell's environment: the world's endpoint stays the same for the whole suite. */
const SHELL = {
  AWS_ENDPOINT_URL: running?.endpoint ?? "",
  AWS_REGION: "us-east-1",
  AWS_ACCESS_KEY_ID: "local",
  AWS_SECRET_ACCESS_KEY: "local",
  // moto says when a log file came, so doctor has its clock.
  CLOCK_SHIFT_DAYS: "0",
};
Object.assign(process.env, SHELL);

const doctor = (args: readonly string[]) => command("doctor", ...WITH_SETTINGS, ...args);

interface Said {
  readonly isSound: boolean;
  readonly checks: readonly {
    readonly check: string;
    readonly state: string;
    readonly says: string;
    readonly findings: readonly { readonly what: string; readonly remedy: string; readonly state: string }[];
  }[];
}

/** What doctor finds, as `check: state`, without what is well or left out. */
async function found(run = doctor) {
  const { code, stdout, stderr } = await run(["--json"]);
  if (stdout === "") throw new Error(stderr);
  const said = JSON.parse(stdout) as Said;
  const faults = said.checks.filter(({ state }) => state !== "ok").map(({ check, state }) => `${check}: ${state}`);
  const findings = said.checks.flatMap((check) => check.findings);
  return { code, faults, findings, said };
}

async function arnOfSubscription(topicArn: string): Promise<string> {
  const { Subscriptions = [] } = await world.clients.sns.send(
    new ListSubscriptionsByTopicCommand({ TopicArn: topicArn }),
  );
  return Subscriptions[0]?.SubscriptionArn ?? "";
}

type Plant = () => unknown;

/** Faults that can stand beside one another; each is one check's. */
const FAULTS: readonly [string, Plant, string, RegExp][] = [
  [
    "a trail that is stopped",
    () => world.clients.cloudtrail.send(new StopLoggingCommand({ Name: TRAIL })),
    "trail: broken",
    /^aws cloudtrail start-logging --name arn:aws:cloudtrail:us-east-1:123456789012:trail\/Trailbell-trail$/,
  ],
  [
    "a bucket without a log file",
    () => world.clients.s3.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: keyAt(world.now) })),
    "bucket: broken",
    /prefix/,
  ],
  [
    "a key that is disabled",
    () => world.clients.kms.send(new DisableKeyCommand({ KeyId: world.keyId })),
    "key: broken",
    /^aws kms enable-key --key-id arn:aws:kms:/,
  ],
  [
    "a notification that is emptied",
    () =>
      world.clients.s3.send(
        new PutBucketNotificationConfigurationCommand({ Bucket: BUCKET, NotificationConfiguration: {} }),
      ),
    "notification: broken",
    /^aws s3api put-bucket-notification-configuration --bucket trail-logs /,
  ],
  [
    "a permission that is removed",
    () => world.clients.lambda.send(new RemovePermissionCommand({ FunctionName: ALERTER, StatementId: "s3" })),
    "permission: broken",
    /^aws lambda add-permission --function-name Trailbell-Alerter /,
  ],
  [
    "a concurrency of 0",
    () =>
      world.clients.lambda.send(
        new PutFunctionConcurrencyCommand({ FunctionName: ALERTER, ReservedConcurrentExecutions: 0 }),
      ),
    "alerter-function: broken",
    /^aws lambda delete-function-concurrency --function-name Trailbell-Alerter$/,
  ],
  [
    "a tick that is deleted",
    () => world.clients.lambda.send(new DeleteFunctionCommand({ FunctionName: TICK })),
    "tick-function: broken",
    /^npx cdk deploy --revert-drift$/,
  ],
  [
    "a subscription that is lost",
    async () =>
      world.clients.sns.send(new UnsubscribeCommand({ SubscriptionArn: await arnOfSubscription(world.topics.alert) })),
    "alert-subscriptions: broken",
    /^npm run doctor -- --resubscribe/,
  ],
  [
    "phones that may cost no more",
    () =>
      world.clients.cloudwatch.send(
        new PutMetricDataCommand({
          Namespace: "AWS/SNS",
          MetricData: [{ MetricName: "SMSMonthToDateSpentUSD", Value: 10, Timestamp: new Date(world.now - 60_000) }],
        }),
      ),
    "sms: broken",
    /MonthlySpendLimit/,
  ],
  [
    "a filter policy",
    async () =>
      world.clients.sns.send(
        new SetSubscriptionAttributesCommand({
          SubscriptionArn: await arnOfSubscription(world.topics.health),
          AttributeName: "FilterPolicy",
          AttributeValue: '{"never":["x"]}',
        }),
      ),
    "health-subscriptions: broken",
    /--attribute-name FilterPolicy --attribute-value '\{\}'$/,
  ],
  [
    "alarms whose actions are disabled",
    () => world.clients.cloudwatch.send(new PutMetricAlarmCommand(alarmOf(world.topics.health, false))),
    "alarms: broken",
    /^aws cloudwatch enable-alarm-actions --alarm-names Trailbell-HealthTickLate$/,
  ],
  [
    "a table that may be deleted",
    () =>
      world.clients.dynamodb.send(new UpdateTableCommand({ TableName: TABLE_NAME, DeletionProtectionEnabled: false })),
    "table: broken",
    /--deletion-protection-enabled$/,
  ],
  [
    "a schedule that is disabled",
    () => world.clients.events.send(new DisableRuleCommand({ Name: SCHEDULE })),
    "schedule: broken",
    /^aws events enable-rule --name Trailbell-TickSchedule$/,
  ],
  [
    "a rule of the self-watch that is disabled",
    () => world.clients.events.send(new DisableRuleCommand({ Name: WATCH_RULE })),
    "self-watch: broken",
    /^aws events enable-rule --name Trailbell-self-watch-topics$/,
  ],
  [
    "a route that nobody hears",
    async () =>
      world.clients.sns.send(new UnsubscribeCommand({ SubscriptionArn: await arnOfSubscription(world.routeTopic) })),
    "other-ways: broken",
    /^npx cdk deploy --revert-drift, and whoever is missing confirms/,
  ],
  [
    "a bus that is deleted",
    async () => {
      await world.clients.events.send(new DeleteRuleCommand({ Name: "to-tickets", EventBusName: BUS }));
      await world.clients.events.send(new DeleteEventBusCommand({ Name: BUS }));
    },
    "bus: broken",
    /^Make a bus of that name/,
  ],
  [
    "a dead letter",
    () => world.clients.sqs.send(new SendMessageCommand({ QueueUrl: world.queueUrl, MessageBody: "{}" })),
    "dead-letters: broken",
    /^npm run redrive -- --queue http/,
  ],
  [
    "a function that fails",
    () => {
      world.lacking.functionError = "Unhandled";
      world.lacking.answer = { errorType: "Error", errorMessage: "environment variable LEDGER_TABLE is not set" };
    },
    "test: broken",
    /log/,
  ],
];

/** Faults of a check that has one above, and what is only doubtful. */
const FURTHER: readonly [string, Plant, string, RegExp][] = [
  [
    "a route's topic that is deleted",
    () => world.clients.sns.send(new DeleteTopicCommand({ TopicArn: world.routeTopic })),
    "other-ways: broken",
    /^npx cdk deploy --revert-drift$/,
  ],
  [
    "a route's topic that shuts the functions out",
    () => world.clients.sns.send(new SetTopicAttributesCommand(publishedOnlyBy("Eve", world.routeTopic))),
    "other-ways: broken",
    /let arn:aws:iam::123456789012:role\/Trailbell-AlerterRole do sns:Publish\.$/,
  ],
  [
    "a chat without a channel",
    async () =>
      world.clients.sns.send(new UnsubscribeCommand({ SubscriptionArn: await arnOfSubscription(world.chatTopic) })),
    "other-ways: broken",
    /^In Amazon Q Developer in chat applications, add the topic/,
  ],
  [
    "a bus that leads nowhere",
    async () => {
      await world.clients.events.send(new DisableRuleCommand({ Name: "to-tickets", EventBusName: BUS }));
      const EventPattern = patternOf("aws.s3");
      await world.clients.events.send(new PutRuleCommand({ Name: "of-others", EventBusName: BUS, EventPattern }));
    },
    "bus: doubtful",
    /^Make a rule there with the pattern /,
  ],
  [
    "a bus that shuts the functions out",
    () => {
      const Condition = { StringEquals: { "events:source": "trailbell" } };
      const Resource = `arn:aws:events:us-east-1:123456789012:event-bus/${BUS}`;
      const Statement = [
        { Sid: "no", Effect: "Deny", Principal: "*", Action: "events:PutEvents", Resource, Condition },
      ];
      const Policy = JSON.stringify({ Version: "2012-10-17", Statement });
      return world.clients.events.send(new PutPermissionCommand({ EventBusName: BUS, Policy }));
    },
    "bus: broken",
    /^Let arn:aws:iam::123456789012:role\/Trailbell-AlerterRole do events:PutEvents there\.$/,
  ],
  [
    "a notification of another prefix",
    () => world.clients.s3.send(new PutBucketNotificationConfigurationCommand(notificationFor("trails/AWSLogs/"))),
    "notification: broken",
    /Event notifications/,
  ],
  [
    "subscriptions that wait to be confirmed",
    () => void world.lacking.waiting.push(world.topics.alert),
    "alert-subscriptions: broken",
    /--resubscribe/,
  ],
  [
    "a subscriber whom nobody named",
    () =>
      world.clients.sns.send(
        new SubscribeCommand({ TopicArn: world.topics.alert, Protocol: "email", Endpoint: "eve@example.net" }),
      ),
    "alert-subscriptions: doubtful",
    /^If it is none of yours: aws sns unsubscribe /,
  ],
  [
    "an alarm that rings",
    () =>
      world.clients.cloudwatch.send(
        new SetAlarmStateCommand({ AlarmName: ALARM, StateValue: "ALARM", StateReason: "a\u202eb" }),
      ),
    "alarms: broken",
    /runbook/,
  ],
  [
    "an alarm that is deleted",
    () => world.clients.cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: [ALARM] })),
    "alarms: broken",
    /^npx cdk deploy --revert-drift$/,
  ],
  [
    "an alarms' topic that CloudWatch may not publish to",
    () => world.clients.sns.send(new SetTopicAttributesCommand(policyOf(world.topics.health, "events.amazonaws.com"))),
    "alarms: broken",
    /^npx cdk deploy --revert-drift$/,
  ],
  [
    "items that do not expire",
    () => world.clients.dynamodb.send(new UpdateTimeToLiveCommand(timeToLive(false))),
    "table: broken",
    /update-time-to-live/,
  ],
  [
    "a table that is gone",
    async () => {
      const TableName = TABLE_NAME;
      await world.clients.dynamodb.send(new UpdateTableCommand({ TableName, DeletionProtectionEnabled: false }));
      await world.clients.dynamodb.send(new DeleteTableCommand({ TableName }));
    },
    "table: broken",
    /backups/,
  ],
  [
    "a trail that writes elsewhere",
    async () => {
      await world.clients.s3.send(new CreateBucketCommand({ Bucket: "elsewhere" }));
      await world.clients.cloudtrail.send(new UpdateTrailCommand({ Name: TRAIL, S3BucketName: "elsewhere" }));
    },
    "trail: broken",
    /^aws cloudtrail update-trail --name \S+ --s3-bucket-name /,
  ],
  [
    "a trail of reads only",
    () =>
      world.clients.cloudtrail.send(
        new PutEventSelectorsCommand({ TrailName: TRAIL, EventSelectors: [{ ReadWriteType: "ReadOnly" }] }),
      ),
    "trail: broken",
    /put-event-selectors with all management events$/,
  ],
  [
    "a trail without digests",
    () => world.clients.cloudtrail.send(new UpdateTrailCommand({ Name: TRAIL, EnableLogFileValidation: false })),
    "trail: doubtful",
    /--enable-log-file-validation$/,
  ],
  [
    "a trail below another prefix",
    () => world.clients.cloudtrail.send(new UpdateTrailCommand({ Name: TRAIL, S3KeyPrefix: "elsewhere" })),
    "trail: broken",
    /S3KeyPrefix/,
  ],
  [
    "a trail of one region",
    () => world.clients.cloudtrail.send(new UpdateTrailCommand({ Name: TRAIL, IsMultiRegionTrail: false })),
    "trail: doubtful",
    /--is-multi-region-trail$/,
  ],
  [
    "a schedule without the tick",
    () => world.clients.events.send(new RemoveTargetsCommand({ Rule: SCHEDULE, Ids: ["Target0"] })),
    "schedule: broken",
    /^npx cdk deploy --revert-drift$/,
  ],
  [
    "a rule of the self-watch without a target",
    () => world.clients.events.send(new RemoveTargetsCommand({ Rule: WATCH_RULE, Ids: ["Target0"] })),
    "self-watch: broken",
    /^npx cdk deploy --revert-drift$/,
  ],
  [
    "a rule of the self-watch with somebody else's target",
    () =>
      world.clients.events.send(
        new PutTargetsCommand({ Rule: WATCH_RULE, Targets: [{ Id: "Target0", Arn: `${world.topics.health}-2` }] }),
      ),
    "self-watch: broken",
    /^npx cdk deploy --revert-drift$/,
  ],
  [
    "the sandbox of text messages",
    () => {
      world.lacking.isSandbox = true;
    },
    "sms: doubtful",
    /^Verify your numbers/,
  ],
  [
    "another version",
    () => {
      world.lacking.outputs.Version = "0.1.0";
    },
    "version: doubtful",
    /^npx cdk deploy/,
  ],
  [
    "other rules",
    () => {
      world.lacking.outputs.Rules = "0123456789abcdef";
    },
    "version: doubtful",
    /^npx cdk deploy/,
  ],
  [
    "a test alert that SNS does not take",
    () => {
      world.lacking.answer = { objects: 0, matches: 1, listed: 0, pending: 1, alerts: 1 };
    },
    "test: broken",
    /log/,
  ],
];

doctorTest("of a sound stack nothing is told, each check has a line, and one test event is sent", async () => {
  const { code, stdout, stderr } = await commandProcess("doctor", WITH_SETTINGS);
  expect(stderr).toBe("");
  expect(stdout).toMatch(/^Trailbell, 123456789012, us-east-1\n\nok /);
  const lines = stdout.trimEnd().split("\n").slice(2);
  expect(lines.filter((line) => !line.startsWith("ok "))).toEqual([]);
  expect(lines.length).toBeGreaterThan(15);
  expect(code).toBe(0);
  expect(world.lacking.invoked).toEqual([{ trailbell: "test", note: "npm run doctor" }]);
  const { said } = await found();
  expect(said).toMatchObject({ stack: "Trailbell", region: "us-east-1", isSound: true });
  // docs/doctor.md tells of each.
  const page = readFileSync("docs/doctor.md", "utf8");
  for (const { check } of said.checks) expect(page).toMatch(new RegExp(`^## ${check}$|\`${check}\``, "m"));
});

// "All at once" finds each of the first kind; with THOROUGH=1 each is also seen to be the only one.
doctorTest.each([...FAULTS, ...FURTHER])("%s is found, and nothing else", async (_, plant, expected, remedy) => {
  await plant();
  const { code, faults, findings } = await found();
  expect(faults).toEqual([expected]);
  expect(code).toBe(expected.endsWith("broken") ? 1 : 0);
  expect(findings.map((finding) => finding.remedy)).toEqual([expect.stringMatching(remedy)]);
});

doctorTest("all at once are found, the broken first, each with what mends it", async () => {
  for (const [, plant] of FAULTS) await plant();
  const { faults } = await found();
  expect(faults.sort()).toEqual(FAULTS.map(([, , expected]) => expected).sort());
  const { stdout, code } = await doctor([]);
  expect(code).toBe(1);
  expect(stdout.match(/^\d+\. BROKEN {2}/gm)?.length).toBeGreaterThanOrEqual(FAULTS.length);
  for (const [, , expected, remedy] of FAULTS) {
    const check = expected.split(":")[0];
    const [, block = ""] = new RegExp(`^\\d+\\. BROKEN  ${check}: .*\\n((?:   .*\\n?)*)`, "m").exec(stdout) ?? [];
    expect(block.split("   Do   ").pop()?.trimEnd()).toMatch(remedy);
  }
});

doctorTest("disabled alarms are enabled by one command that names them all, in the report as in the JSON", async () => {
  const names = Array.from({ length: 40 }, (_, i) => `Trailbell-AlarmsWithAVeryLongNameAsCloudFormationMakesThem${i}`);
  for (const AlarmName of names) {
    await world.clients.cloudwatch.send(
      new PutMetricAlarmCommand({ ...alarmOf(world.topics.health, false), AlarmName }),
    );
  }
  world.lacking.alarms.push(...names);
  const { stdout } = await doctor(["--no-test"]);
  expect(stdout).toContain(`   Do   aws cloudwatch enable-alarm-actions --alarm-names ${names.join(" ")}\n`);
});

doctorTest("a log file that lies there unread is found once the function had time for it", async () => {
  const later = {
    NODE_OPTIONS: "--import=./test/support/clock.mjs",
    CLOCK_AT: new Date(world.now + 26 * 3_600_000).toISOString(),
  };
  const { faults } = await found((args) => commandProcess("doctor", [...WITH_SETTINGS, ...args], later));
  expect(faults).toEqual(["bucket: broken", "reading: broken"]);
});

doctorTest(
  "of a bucket that was brought, a trail of this account is looked at, and one of another is not missed",
  async () => {
    world.lacking.without.push("SourceTrail");
    expect(await found()).toMatchObject({ code: 0, faults: [] });
    await world.clients.cloudtrail.send(new StopLoggingCommand({ Name: TRAIL }));
    expect(await found()).toMatchObject({ code: 1, faults: ["trail: broken"] });
    await world.clients.cloudtrail.send(new DeleteTrailCommand({ Name: TRAIL }));
    expect(await found()).toMatchObject({ code: 0, faults: ["trail: not checked"] });
  },
);

doctorTest("where nobody says who should be subscribed, somebody must be all the same", async () => {
  const alone = () => command("doctor", "--json", "--no-test");
  expect((await alone()).code).toBe(0);
  const SubscriptionArn = await arnOfSubscription(world.topics.health);
  await world.clients.sns.send(new UnsubscribeCommand({ SubscriptionArn }));
  const { code, stdout } = await alone();
  expect(code).toBe(1);
  expect(stdout).toContain("Nobody is subscribed to the health topic");
});

doctorTest(
  "phones that hear of health are looked for on their own topic, and what only they hear is heard",
  async () => {
    const withPhones = (args: readonly string[]) => doctor(["-c", "healthSmsFrom=critical", "--no-test", ...args]);
    // The deployed settings are others.
    const { faults, said } = await found(withPhones);
    expect(faults).toEqual(["health-sms-subscriptions: broken", "version: doubtful", "test: not checked"]);
    // Phones need not confirm.
    expect(JSON.stringify(said)).not.toContain("confirms by the mail");
    await withPhones(["--resubscribe"]);
    expect((await found(withPhones)).faults).toEqual(["version: doubtful", "test: not checked"]);
    const SubscriptionArn = await arnOfSubscription(world.topics.health);
    await world.clients.sns.send(new UnsubscribeCommand({ SubscriptionArn }));
    const nobody = () => command("doctor", "--json", "--no-test");
    expect((await nobody()).stdout).toContain("No confirmed subscription hears Trailbell-HealthTickLate.");
    const both = {
      ...alarmOf(world.topics.health, true),
      AlarmActions: [world.topics.health, world.topics["health-sms"]],
    };
    await world.clients.cloudwatch.send(new PutMetricAlarmCommand(both));
    await world.clients.sns.send(new SetTopicAttributesCommand(policyOf(world.topics["health-sms"])));
    expect((await nobody()).code).toBe(0);
  },
);

doctorTest("functions that somebody changed after the deployment are doubtful", async () => {
  world.lacking.deployedAt -= 24 * 3_600_000;
  const { code, faults, findings } = await found();
  expect({ code, faults }).toEqual({ code: 0, faults: ["alerter-function: doubtful", "tick-function: doubtful"] });
  expect(findings[0]?.what).toMatch(/^The function Trailbell-Alerter was changed after the last deployment, /);
});

doctorTest("a part that the stack does not have is broken, and a stack of something else is refused", async () => {
  world.lacking.without.push("LedgerTable", "TickSchedule", "DeadLetters", "HealthTopic", "HealthTickLate");
  const { faults } = await found();
  expect(faults).toEqual(
    // The self-watch tells a topic that is not the stack's.
    ["health-subscriptions", "alarms", "table", "schedule", "self-watch", "dead-letters"].map(
      (check) => `${check}: broken`,
    ),
  );
  world.lacking.without.push("Alerter");
  expect((await doctor([])).stderr).toMatch(/^the stack Trailbell in us-east-1 is none of Trailbell's/);
});

doctorTest("what may not be looked at is said, and is not sound", async () => {
  world.lacking.refused.push("DescribeTable", "GetSMSSandboxAccountStatus", "DescribeAlarms");
  const { code, faults, findings } = await found();
  expect(faults).toEqual(["sms: not checked", "alarms: not checked", "table: not checked"]);
  expect(new Set(findings.map(({ state }) => state))).toEqual(new Set(["not checked"]));
  expect(code).toBe(1);
});

doctorTest("--no-test sends nothing, and --resubscribe subscribes whoever is missing", async () => {
  const SubscriptionArn = await arnOfSubscription(world.topics.alert);
  await world.clients.sns.send(new UnsubscribeCommand({ SubscriptionArn }));
  const { stdout, stderr, code } = await doctor(["--no-test", "--resubscribe"]);
  expect(stderr).toMatch(new RegExp(`^subscribed ${EMAIL} to the alert topic; .*\n$`));
  expect(stdout).toMatch(/^not checked +test +--no-test$/m);
  expect(code).toBe(0);
  expect(world.lacking.invoked).toEqual([]);
  const again = await doctor(["--no-test", "--resubscribe"]);
  expect(again.stderr).toBe("nobody was subscribed: all are already\n");
  const endpoint = "https://pager.example.com/integration/0123/enqueue";
  const { stderr: paged } = await doctor(["-c", `endpoints=${endpoint}`, "--no-test", "--resubscribe"]);
  const shown = "https[:]//pager[.]example[.]com/...";
  expect(paged).toBe(
    ["alert", "health"].map((topic) => `subscribed ${shown} to the ${topic} topic; ${FETCHES}\n`).join(""),
  );
});

const FETCHES = "the endpoint confirms by fetching SubscribeURL, as services that know SNS do by themselves";

doctorTest("text of AWS's answers cannot write to the terminal", async () => {
  await world.clients.sns.send(
    new SubscribeCommand({
      TopicArn: world.topics.alert,
      Protocol: "https",
      Endpoint: "https://evil.example/\u001b[2J",
    }),
  );
  const { stdout } = await doctor(["--no-test"]);
  expect(stdout).toContain("evil[.]example");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for
  expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
});

doctorTest.each<[string, readonly string[], number, RegExp]>([
  ["no such stack", ["--stack", "Nope"], 1, /^there is no stack Nope in us-east-1: is it deployed/],
  ["a setting twice", ["-c", "emails=a@example.com"], 2, /^-c emails is given twice: write a list as one/],
  ["no such stack, by the settings", ["-c", "stackName=Nope"], 1, /^there is no stack Nope in us-east-1/],
])("%s is said clearly", async (_, args, code, text) => {
  const finished = await doctor(args);
  expect(finished.stderr).toMatch(text);
  expect(finished).toMatchObject({ code, stdout: "" });
});

doctorTest("a bucket and its key in another region are sound where they are", async () => {
  const region = "eu-west-1";
  const elsewhere = new KMSClient({
    endpoint: world.endpoint,
    region,
    credentials: world.clients.kms.config.credentials,
  });
  const { KeyMetadata } = await elsewhere.send(new CreateKeyCommand({}));
  const Variables = { DEPLOYMENT: JSON.stringify({ logKeyArn: KeyMetadata?.Arn }) };
  await world.clients.lambda.send(
    new UpdateFunctionConfigurationCommand({ FunctionName: ALERTER, Environment: { Variables } }),
  );
  world.lacking.bucketRegion = region;
  const { said } = await found();
  const states = said.checks.filter(({ check }) => ["bucket", "key"].includes(check)).map(({ state }) => state);
  expect(states).toEqual(["ok", "ok"]);
});
