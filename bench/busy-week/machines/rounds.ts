import { type Act, type Day, type Doing, HOUR, isWorkday, MINUTE, repeated } from "../act.ts";
import { lambda, roleSession } from "../callers.ts";
import { Hand } from "../hand.ts";
import { instancesSet } from "../makings.ts";
import {
  ACCOUNTS,
  type Account,
  accountNamed,
  accountsOf,
  instancesOf,
  lastingHex,
  lastingId,
} from "../organization.ts";
import { callsOf, type Page } from "../people/pages.ts";
import { openByToken, runnerAddress } from "../pipelines/runner.ts";
import type { Random } from "../random.ts";
import { reads } from "./aws-services.ts";

/** Those that go round all accounts: products of others that watch, the schedule of instances, the sweep of the sandbox. */
export function* rounds(day: Day): Generator<Doing> {
  for (const account of [...accountsOf("prod"), accountNamed("audit")]) {
    yield* repeated(day, `${account.name}/monitoring`, 16, (start, random) => monitoring(start, account, random));
  }
  const random = day.randomFor("rounds");
  for (const [i, account] of ACCOUNTS.entries()) {
    const own = random.fork(`posture ${account.name}`);
    if (!own.chance(Math.max(0.3, day.share))) continue;
    const start = day.start + 22 * HOUR + i * 3 * MINUTE;
    yield { start, acts: () => posture(start, account, own) };
  }
  for (const account of accountsOf("dev", "staging")) {
    if (!isWorkday(day)) continue;
    const own = random.fork(`schedule ${account.name}`);
    for (const [hour, call] of [
      [6, "StartInstances"],
      [18, "StopInstances"],
    ] as const) {
      const start = day.start + hour * HOUR + own.between(0, MINUTE);
      yield { start, acts: () => schedule(start, account, call, own.fork(call)) };
    }
  }
  const night = day.start + 23 * HOUR;
  yield { start: night, acts: () => sweep(night, random.fork("sweep")) };
}

/** A product for monitoring, which reads through a role that trusts its account. */
const MONITORING = { account: "464620000001", addresses: ["240.3.0.10", "240.3.0.11", "240.3.0.12"] };
const MONITORED: readonly Page[] = ["instances", "containers", "databases", "queues", "tables", "functions"];

function* monitoring(start: number, account: Account, random: Random): Generator<Act> {
  const key = random.id("ASIA");
  const caller = roleSession(
    { account, role: "MonitoringIntegrationRole", name: "MonitoringIntegration", opened: start, key },
    random.pick(MONITORING.addresses),
    "aws-sdk-go-v2/1.36.3 os/linux lang/go#1.24.2 monitoring-crawler",
  );
  const roleArn = `arn:aws:iam::${account.id}:role/MonitoringIntegrationRole`;
  const product = {
    userIdentity: { type: "AWSAccount", principalId: lastingId("AROA", "product"), accountId: MONITORING.account },
  };
  const door = new Hand({ ...caller, ...product }, account, start, random);
  yield door.call(
    "sts:AssumeRole",
    { roleArn, roleSessionName: "MonitoringIntegration", externalId: lastingHex(32, "external", account.name) },
    {
      response: { credentials: { accessKeyId: key } },
      resources: [["AWS::IAM::Role", roleArn]],
      fields: { sharedEventID: random.uuid() },
    },
  );
  const hand = new Hand(caller, account, door.time, random, { pace: [20, 200] });
  for (const call of callsOf(random.pick(MONITORED))) {
    if (!random.chance(0.6) || /GetRolePolicy|StartQ/.test(call)) continue;
    const isBusy = random.chance(0.01);
    yield hand.call(call, null, isBusy ? { error: ["ThrottlingException", "Rate exceeded"] } : {});
  }
  // The role has not kept up with what the product would like to see.
  for (const call of ["support:DescribeTrustedAdvisorChecks", "organizations:DescribeOrganization"]) {
    if (random.chance(0.2)) yield hand.call(call, null, { error: "denied" });
  }
}

/** The security team's tool reads everything each night. */
function* posture(start: number, account: Account, random: Random): Generator<Act> {
  const caller = roleSession(
    { account, role: "posture-audit", name: "nightly", opened: start, key: random.id("ASIA") },
    random.pick(accountNamed("audit").exits),
    "Boto3/1.40.61 md/Botocore#1.40.61 lang/python#3.13.9 posture/5.1",
  );
  const hand = new Hand(caller, account, start, random, { pace: [30, 300] });
  for (const page of ["identity", "bucket", "network", "functions", "databases", "keys", "secrets", "backups"] as const)
    yield* reads(hand, page);
  for (const name of ["GetAccountAuthorizationDetails", "GetCredentialReport", "GenerateCredentialReport"])
    yield hand.call(`iam:${name}`);
  for (const id of instancesOf(account).slice(0, 4))
    yield hand.call("ec2:DescribeInstanceAttribute", { instanceId: id, attribute: "userData" });
  for (const call of [
    "macie2:GetMacieSession",
    "fms:ListPolicies",
    "shield:DescribeSubscription",
    "bedrock:GetModelInvocationLoggingConfiguration",
    "drs:DescribeJobs",
  ]) {
    yield hand.call(call, null, random.chance(0.4) ? { error: "denied" } : {});
  }
}

/** Machines for work stop in the evening and start in the morning. */
function* schedule(
  start: number,
  account: Account,
  call: "StartInstances" | "StopInstances",
  random: Random,
): Generator<Act> {
  const hand = new Hand(lambda(account, "instance-scheduler", start, random), account, start, random);
  yield hand.call("ec2:DescribeInstances", {
    filterSet: { items: [{ name: "tag:schedule", valueSet: { items: [{ value: "office-hours" }] } }] },
  });
  const ids = instancesOf(account);
  yield hand.call(`ec2:${call}`, instancesSet(...ids), {
    response: { requestId: random.uuid(), ...instancesSet(...ids) },
  });
}

const SWEPT = ["eu-central-1", "us-east-1", "eu-west-1", "us-west-2", "ap-southeast-1"];

/** The sandbox is emptied each night by a tool that deletes all it finds, in every region in use. */
function* sweep(start: number, random: Random): Generator<Act> {
  const account = accountNamed("sandbox");
  const opened = yield* openByToken(start, {
    account,
    role: "sandbox-sweep",
    repository: "sandbox",
    branch: "main",
    address: runnerAddress(random),
    userAgent: "aws-sdk-go/1.55.5 (go1.24.0; linux; amd64) aws-nuke/3.50",
    random,
  });
  let hand = opened;
  for (const region of SWEPT) {
    hand = hand.as(hand.caller, { region, pace: [10, 60] });
    for (const page of ["instances", "functions", "databases", "tables", "queues", "network"] as const)
      yield* reads(hand, page);
    for (const call of [
      "workspaces:DescribeWorkspaces",
      "gamelift:ListFleets",
      "sagemaker:ListNotebookInstances",
      "lightsail:GetInstances",
      "bedrock:ListCustomModels",
    ]) {
      yield hand.call(call, null, random.chance(0.3) ? { error: "denied" } : {});
    }
  }
  hand = hand.as(hand.caller, { region: account.region, pace: [200, 1_500] });
  for (let i = random.times(3); i > 0; i--)
    yield hand.call("ec2:TerminateInstances", instancesSet(`i-0${random.hex(16)}`));
  for (let i = random.times(3); i > 0; i--)
    yield hand.call("lambda:DeleteFunction20150331", { functionName: `poc-${random.hex(4)}` });
  for (let i = random.times(2); i > 0; i--) {
    const bucketName = `example-sandbox-poc-${random.hex(4)}`;
    yield hand.call(
      "s3:DeleteBucket",
      { bucketName },
      { resources: [["AWS::S3::Bucket", `arn:aws:s3:::${bucketName}`]] },
    );
  }
  for (let i = random.times(2); i > 0; i--) {
    const roleName = `poc-${random.hex(4)}-role`;
    yield hand.call("iam:DetachRolePolicy", { roleName, policyArn: "arn:aws:iam::aws:policy/AdministratorAccess" });
    yield hand.call("iam:DeleteRole", { roleName });
  }
  for (let i = random.times(0.5); i > 0; i--) {
    const userName = `poc-${random.hex(4)}`;
    yield hand.call("iam:DeleteAccessKey", { userName, accessKeyId: lastingHex(16, userName).toUpperCase() });
    yield hand.call("iam:DeleteUser", { userName });
  }
  for (let i = random.times(1.5); i > 0; i--)
    yield hand.call("dynamodb:DeleteTable", { tableName: `poc-${random.hex(4)}` });
  for (let i = random.times(2); i > 0; i--) yield hand.call("ec2:DeleteVolume", { volumeId: `vol-0${random.hex(16)}` });
  for (let i = random.times(2); i > 0; i--)
    yield hand.call("logs:DeleteLogGroup", { logGroupName: `/aws/lambda/poc-${random.hex(4)}` });
}
