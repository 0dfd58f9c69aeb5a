import { type Act, type Day, type Doing, HOUR, isWorkday, MINUTE } from "../act.ts";
import { lambda, roleSession } from "../callers.ts";
import { Hand } from "../hand.ts";
import { type Account, accountsFor, servicesOf } from "../organization.ts";
import type { Random } from "../random.ts";
import { destroyed, made, update } from "./cdk-resources.ts";
import { openByToken, openNext, runnerAddress, TOOLS } from "./runner.ts";
import { workTime } from "./terraform.ts";

const PRODUCTS = ["shop", "payments", "mobile"];

/** Deployments of the products that are written with CDK, and an environment for each of their pull requests. */
export function* cdk(day: Day): Generator<Doing> {
  const random = day.randomFor("cdk");
  for (let i = random.times(isWorkday(day) ? 9 : 0.3); i > 0; i--) {
    const own = random.fork(`deployment ${i}`);
    const start = workTime(day, own);
    yield { start, acts: () => deployment(start, own) };
  }
  for (let i = random.times(isWorkday(day) ? 4 : 0.2); i > 0; i--) {
    const own = random.fork(`preview ${i}`);
    const start = workTime(day, own);
    yield { start, acts: () => preview(start, own) };
  }
}

/** A merge is deployed stage by stage. */
function* deployment(start: number, random: Random): Generator<Act> {
  const product = random.pick(PRODUCTS);
  const stack = `${random.pick(servicesOf(accountsFor(product)[0] as Account))}-stack`;
  const fails = random.chance(0.12);
  // Every fifth merge brings a function that nobody has seen before.
  const added = random.chance(0.2)
    ? `${random.pick(["export", "sync", "notify", "audit"])}-${random.hex(3)}`
    : undefined;
  let time = start;
  for (const account of accountsFor(product)) {
    const end = yield* deploy(time, account, stack, random.fork(account.name), (hand) => update(hand, added, fails));
    if (added !== undefined) yield* firstRun(end, account, added, random);
    time = end + random.between(1, 6) * MINUTE;
    if (fails) return;
  }
}

/** A pull request gets an environment of its own, which goes some hours later. */
function* preview(start: number, random: Random): Generator<Act> {
  const account = accountsFor(random.pick(PRODUCTS))[0] as Account;
  const number = random.int(1000, 9999);
  const stack = `preview-${number}`;
  yield* deploy(start, account, stack, random.fork("made"), (hand) => made(hand, stack));
  const gone = start + random.between(1, 7) * HOUR;
  yield* deploy(gone, account, stack, random.fork("gone"), (hand) => destroyed(hand, stack), true);
}

type Resources = (hand: Hand) => Iterable<Act>;

/** What `cdk deploy` and CloudFormation do, as far as the caller's own stack goes. */
function* deploy(
  start: number,
  account: Account,
  stackName: string,
  random: Random,
  resources: Resources,
  isDestroy = false,
): Generator<Act, number> {
  const { id, region } = account;
  const runner = yield* openByToken(start, {
    account,
    role: "github-cdk",
    repository: stackName.startsWith("preview") ? "shop" : stackName,
    branch: "main",
    address: runnerAddress(random),
    userAgent: TOOLS.cdk,
    random,
  });
  const lookup = yield* openNext(runner, account, `cdk-hnb659fds-lookup-role-${id}-${region}`, "aws-cdk-runner");
  yield lookup.call("ssm:GetParameter", { name: "/cdk-bootstrap/hnb659fds/version" });
  yield lookup.call("ec2:DescribeVpcs", { filterSet: {} });
  runner.time = lookup.time;
  const files = yield* openNext(
    runner,
    account,
    `cdk-hnb659fds-file-publishing-role-${id}-${region}`,
    "aws-cdk-runner",
  );
  yield files.call("s3:GetBucketLocation", { bucketName: `cdk-hnb659fds-assets-${id}-${region}` });
  yield files.call("s3:GetBucketEncryption", { bucketName: `cdk-hnb659fds-assets-${id}-${region}` });
  runner.time = files.time;
  const hand = yield* openNext(runner, account, `cdk-hnb659fds-deploy-role-${id}-${region}`, "aws-cdk-runner");
  const stackId = `arn:aws:cloudformation:${region}:${id}:stack/${stackName}/${random.uuid()}`;
  yield hand.call("cloudformation:DescribeStacks", { stackName });
  yield hand.call("cloudformation:GetTemplate", { stackName, templateStage: "Original" });
  if (isDestroy) yield hand.call("cloudformation:DeleteStack", { stackName, roleARN: cfnRole(account) });
  else {
    const changeSetName = "cdk-deploy-change-set";
    yield hand.call(
      "cloudformation:CreateChangeSet",
      {
        stackName,
        changeSetName,
        changeSetType: "UPDATE",
        roleARN: cfnRole(account),
        capabilities: ["CAPABILITY_NAMED_IAM"],
        parameters: [],
      },
      { response: { stackId } },
    );
    for (let i = 0; i < 3; i++)
      yield hand.call("cloudformation:DescribeChangeSet", { stackName: stackId, changeSetName });
    yield hand.call("cloudformation:ExecuteChangeSet", { stackName, changeSetName, disableRollback: false });
  }
  const role = new Hand(
    roleSession(
      {
        account,
        role: `cdk-hnb659fds-cfn-exec-role-${id}-${region}`,
        name: "AWSCloudFormation",
        opened: hand.time,
        key: random.id("ASIA"),
        identity: { invokedBy: "cloudformation.amazonaws.com" },
      },
      "cloudformation.amazonaws.com",
      "cloudformation.amazonaws.com",
    ),
    account,
    hand.time,
    random,
    { pace: [300, 3_000] },
  );
  hand.pace = [4_000, 6_000];
  const left = [...resources(role)];
  // The command line asks how far the stack is, while CloudFormation works.
  while (left.length > 0 || hand.time < role.time + 5_000) {
    const next = left[0];
    if (next !== undefined && next.time <= hand.time) {
      yield next;
      left.shift();
    } else
      yield hand.call(random.chance(0.5) ? "cloudformation:DescribeStacks" : "cloudformation:DescribeStackEvents", {
        stackName: stackId,
      });
  }
  return hand.time;
}

const cfnRole = ({ id, region }: Account) => `arn:aws:iam::${id}:role/cdk-hnb659fds-cfn-exec-role-${id}-${region}`;

/** A new function with its new role, as it runs for the first time. */
function* firstRun(start: number, account: Account, functionName: string, random: Random): Generator<Act> {
  const hand = new Hand(lambda(account, functionName, start, random), account, start, random, { pace: [20, 400] });
  yield hand.call("logs:CreateLogStream", {
    logGroupName: `/aws/lambda/${functionName}`,
    logStreamName: `${new Date(start).toISOString().slice(0, 10)}/[$LATEST]${random.hex(32)}`,
  });
  const service = random.pick(servicesOf(account));
  yield hand.call("secretsmanager:GetSecretValue", { secretId: `${account.name}/${service}/database` });
  // The first role that somebody writes often forgets something.
  if (random.chance(0.3)) yield hand.call("sqs:GetQueueUrl", { queueName: service }, { error: "denied" });
}
