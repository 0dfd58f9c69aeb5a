import { type Act, type Day, type Doing, HOUR, repeated } from "../act.ts";
import { linkedRole, service } from "../callers.ts";
import { Hand } from "../hand.ts";
import {
  ACCOUNTS,
  type Account,
  accountNamed,
  accountsOf,
  bucketsOf,
  HOME,
  instancesOf,
  lastingHex,
  servicesOf,
} from "../organization.ts";
import { callsOf, type Page } from "../people/pages.ts";
import type { Random } from "../random.ts";

const LOGS = accountNamed("log-archive");

/** What AWS's services do by themselves: more than half of all records. */
export function* awsServices(day: Day): Generator<Doing> {
  yield* repeated(day, "cloudtrail", 1, trailDelivery);
  yield* repeated(day, "delivery", 5, refusedDelivery);
  for (const account of ACCOUNTS) {
    const { name } = account;
    yield* repeated(day, `${name}/keys`, 16, (start, random) => dataKeys(start, account, random));
    yield* repeated(day, `${name}/config`, 120, (start, random) => configLook(start, account, random));
    yield* repeated(day, `${name}/rules`, 720, (start, random) => configRules(start, account, random));
    yield* repeated(day, `${name}/watchers`, 180, (start, random) => watchers(start, account, random));
    yield* repeated(day, `${name}/roles`, 9, (start, random) => assumedByServices(start, account, random));
  }
  for (const account of accountsOf("prod")) {
    yield* repeated(day, `${account.name}/table scaling`, 60, (start, random) => tableScaling(start, account, random));
  }
}

/** CloudTrail asks whether it may write, and takes a key. */
function* trailDelivery(start: number, random: Random): Generator<Act> {
  const hand = new Hand(service("cloudtrail.amazonaws.com"), LOGS, start, random);
  const bucketName = "trail-bucket";
  const resources = [["AWS::S3::Bucket", `arn:aws:s3:::${bucketName}`]] as const;
  for (const region of [HOME, "us-east-1"]) {
    yield hand.call(
      "s3:GetBucketAcl",
      { bucketName, Host: `${bucketName}.s3.${region}.amazonaws.com`, acl: "" },
      { resources, region },
    );
  }
  const account = random.pick(ACCOUNTS).id;
  yield hand.call("kms:GenerateDataKey", {
    keySpec: "AES_256",
    keyId: `arn:aws:kms:${HOME}:${LOGS.id}:key/${lastingHex(8, "trail")}`,
    encryptionContext: { "aws:cloudtrail:arn": `arn:aws:cloudtrail:${HOME}:${account}:trail/organization` },
  });
}

/** A load balancer whose logs a bucket's policy refuses, and nobody has noticed. */
function* refusedDelivery(start: number, random: Random): Generator<Act> {
  const account = accountNamed("search-prod");
  const hand = new Hand(service("delivery.logs.amazonaws.com"), account, start, random);
  const bucketName = bucketsOf(account)[2];
  for (let i = 0; i < 3; i++) {
    const key = `lb/AWSLogs/${account.id}/elasticloadbalancing/${random.hex(12)}.log.gz`;
    yield hand.call(
      "s3:PutObject",
      { bucketName, key, "x-amz-acl": "bucket-owner-full-control", "x-amz-server-side-encryption": "AES256" },
      {
        isData: true,
        error: ["AccessDenied", "Access Denied"],
        resources: [["AWS::S3::Object", `arn:aws:s3:::${bucketName}/${key}`]],
      },
    );
  }
}

function* dataKeys(start: number, account: Account, random: Random): Generator<Act> {
  const host = random.pick(["cloudtrail", "config", "sqs", "logs", "dynamodb", "rds", "backup"]);
  const hand = new Hand(service(`${host}.amazonaws.com`), account, start, random);
  const keyId = `arn:aws:kms:${account.region}:${account.id}:key/${lastingHex(8, "key", account.name)}`;
  const resources = [["AWS::KMS::Key", keyId]] as const;
  yield hand.call(
    "kms:GenerateDataKey",
    {
      keySpec: "AES_256",
      keyId,
      encryptionContext: { [`aws:${host}:arn`]: `arn:aws:${host}:${account.region}:${account.id}:${random.hex(8)}` },
    },
    { resources },
  );
  yield hand.call(
    "kms:Decrypt",
    {
      encryptionAlgorithm: "SYMMETRIC_DEFAULT",
      encryptionContext: { [`aws:${host}:arn`]: `arn:aws:${host}:${account.region}:${account.id}:${random.hex(8)}` },
    },
    { resources },
  );
}

const LOOKED_AT: readonly Page[] = [
  "network",
  "instances",
  "databases",
  "functions",
  "bucket",
  "tables",
  "queues",
  "keys",
];

/** AWS Config describes what may have changed. */
function* configLook(start: number, account: Account, random: Random): Generator<Act> {
  const hand = linkedHand(account, "config.amazonaws.com", "Config", "AWSConfig-Describe", start, random);
  for (const page of random.some(LOOKED_AT, 0.15)) yield* reads(hand, page);
}

/** Its rules, and those of Security Hub, judge everything twice a day. */
function* configRules(start: number, account: Account, random: Random): Generator<Act> {
  const hub = linkedHand(account, "securityhub.amazonaws.com", "SecurityHub", "securityhub", start, random);
  yield hub.call("config:DescribeConfigRules", { configRuleNames: [] });
  for (let i = 0; i < 12; i++)
    yield hub.call("config:GetComplianceDetailsByConfigRule", {
      configRuleName: `securityhub-rule-${i}-${lastingHex(8, account.name)}`,
    });
  const rules = linkedHand(
    account,
    "config.amazonaws.com",
    "ConfigConforms",
    "ConfigConformsWorkflow",
    hub.time,
    random,
  );
  yield* reads(rules, "identity");
  yield* reads(rules, "bucket");
}

/** Inspector, Trusted Advisor, Access Analyzer and others have a look. */
function* watchers(start: number, account: Account, random: Random): Generator<Act> {
  const [host, role, page] = random.pick([
    ["inspector2.amazonaws.com", "AmazonInspector2", "instances"],
    ["trustedadvisor.amazonaws.com", "TrustedAdvisor", "network"],
    ["support.amazonaws.com", "Support", "identity"],
    ["access-analyzer.amazonaws.com", "AccessAnalyzer", "identity"],
    ["resource-explorer-2.amazonaws.com", "ResourceExplorer", "queues"],
    ["compute-optimizer.amazonaws.com", "ComputeOptimizer", "instances"],
  ] as const);
  const hand = linkedHand(account, host, role, role, start, random);
  for (const act of reads(hand, page)) if (random.chance(0.5)) yield act;
}

/** Services open the roles that they were given. */
function* assumedByServices(start: number, account: Account, random: Random): Generator<Act> {
  const software = random.pick(servicesOf(account));
  const [host, role, name] = random.pick([
    ["lambda.amazonaws.com", `${software}-worker-role`, `${software}-worker`],
    ["lambda.amazonaws.com", `${software}-worker-role`, `${software}-worker`],
    ["ecs-tasks.amazonaws.com", `${software}-task`, random.hex(32)],
    ["ec2.amazonaws.com", `${account.name}-node`, random.pick(instancesOf(account))],
    ["ec2.amazonaws.com", `${account.name}-node`, random.pick(instancesOf(account))],
    ["scheduler.amazonaws.com", `${software}-schedule`, random.hex(32)],
    ["states.amazonaws.com", `${software}-workflow`, random.id("", 24)],
    ["events.amazonaws.com", `${software}-events`, random.hex(32)],
  ] as const);
  const hand = new Hand(service(host), account, start, random);
  yield hand.call(
    "sts:AssumeRole",
    { roleArn: `arn:aws:iam::${account.id}:role/${role}`, roleSessionName: name },
    {
      response: {
        credentials: {
          accessKeyId: random.id("ASIA"),
          sessionToken: "IQoJ...",
          expiration: new Date(start + 6 * HOUR).toUTCString(),
        },
        assumedRoleUser: {
          assumedRoleId: `${random.id("AROA")}:${name}`,
          arn: `arn:aws:sts::${account.id}:assumed-role/${role}/${name}`,
        },
      },
      resources: [["AWS::IAM::Role", `arn:aws:iam::${account.id}:role/${role}`]],
    },
  );
}

/** Application Auto Scaling sets the alarms of tables and services anew. */
function* tableScaling(start: number, account: Account, random: Random): Generator<Act> {
  const hand = linkedHand(
    account,
    "dynamodb.application-autoscaling.amazonaws.com",
    "ApplicationAutoScaling_DynamoDBTable",
    "AutoScaling-ManageAlarms",
    start,
    random,
  );
  const alarm = `TargetTracking-table/${account.name}-sessions-${random.pick(["AlarmHigh", "AlarmLow"])}-${random.uuid()}`;
  yield hand.call("cloudwatch:DescribeAlarms", { alarmNames: [alarm] });
  yield hand.call("cloudwatch:PutMetricAlarm", { alarmName: alarm, threshold: random.int(10, 900) });
  yield hand.call("cloudwatch:DeleteAlarms", { alarmNames: [alarm] });
  yield hand.call("dynamodb:UpdateTable", {
    tableName: `${account.name}-sessions`,
    provisionedThroughput: { readCapacityUnits: random.int(5, 90), writeCapacityUnits: 20 },
  });
}

export function linkedHand(
  account: Account,
  host: string,
  role: string,
  session: string,
  start: number,
  random: Random,
): Hand {
  return new Hand(linkedRole(account, host, role, session, start), account, start, random, { pace: [10, 120] });
}

/** The reads of a page, by a service that may do them all. */
export function* reads(hand: Hand, page: Page): Generator<Act> {
  const bucketName = hand.random.pick(bucketsOf(hand.account));
  for (const call of callsOf(page)) {
    // What has no meaning outside of the console, and what is no read.
    if (/^(?:signin|health|notifications|support|freetier):|Presigned|StartQ|AccessKubernetes/.test(call)) continue;
    yield hand.call(
      call,
      call.startsWith("s3:GetBucket") ? { bucketName, Host: `${bucketName}.s3.${hand.region}.amazonaws.com` } : null,
    );
  }
}
