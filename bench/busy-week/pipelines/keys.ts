import { type Act, DAY, type Day, type Doing, HOUR, isWorkday, MEASURED_FROM, MINUTE, repeated } from "../act.ts";
import { type Caller, iamUser, longTermKey } from "../callers.ts";
import { Hand } from "../hand.ts";
import { type Account, accountNamed, accountsFor, bucketsOf, HOME, servicesOf } from "../organization.ts";
import type { Random } from "../random.ts";
import { workTime } from "./terraform.ts";

/** A user with a long-term key, and where it works. */
interface KeyUser {
  readonly account: Account;
  readonly user: string;
  readonly address: string;
  readonly agent: string;
  /** The measured day on which it gets another key; negative while rules learn. */
  readonly rotatedOn?: number;
}

/** What most organizations still have some of. */
export const KEYS = {
  jenkins: {
    account: accountNamed("search-prod"),
    user: "jenkins-deploy",
    address: "240.5.0.20",
    agent: "aws-cli/2.15.30 Python/3.11.8 Linux/6.1.0-18-amd64 exe/x86_64.debian.12",
    rotatedOn: 2,
  },
  uploader: {
    account: accountNamed("backup"),
    user: "onprem-backup",
    address: "240.6.0.4",
    agent: "aws-sdk-go/1.55.5 (go1.22.4; linux; amd64) S3Manager",
  },
  reports: {
    account: accountNamed("data-prod"),
    user: "bi-dashboards",
    address: "240.7.0.30",
    agent: "Boto3/1.34.162 md/Botocore#1.34.162 ua/2.0 os/linux#5.15 lang/python#3.10.14",
    rotatedOn: -9,
  },
  mailer: {
    account: accountNamed("shop-prod"),
    user: "ses-mailer",
    address: "240.6.0.9",
    agent: "aws-sdk-php/3.320.1 ua/2.0 OS/Linux#6.1 lang/php#8.3.10",
    rotatedOn: 4,
  },
  chatbot: {
    account: accountNamed("ml"),
    user: "support-chatbot",
    address: "240.6.0.12",
    agent: "Boto3/1.40.12 md/Botocore#1.40.12 ua/2.1 os/linux#6.1 lang/python#3.12.5",
  },
} satisfies { readonly [name: string]: KeyUser };

export type KeyName = keyof typeof KEYS;

/** When a key is replaced, in milliseconds since the epoch; undefined if it is not. */
export function rotationOf({ rotatedOn }: KeyUser): number | undefined {
  return rotatedOn === undefined ? undefined : MEASURED_FROM + rotatedOn * DAY + 10 * HOUR;
}

/** The key that a user has at a time. */
export function keyAt(name: KeyName, time: number): string {
  const { account, user } = KEYS[name];
  return longTermKey(account, user, time < (rotationOf(KEYS[name]) ?? Number.POSITIVE_INFINITY) ? 0 : 1);
}

/** The holder of a key, where it always is. */
export function keyHolder(name: KeyName, time: number): Caller {
  const { account, user, address, agent } = KEYS[name];
  return iamUser(account, user, address, agent, { key: keyAt(name, time) });
}

function handOf(name: KeyName, start: number, random: Random, region?: string): Hand {
  const { account } = KEYS[name];
  return new Hand(keyHolder(name, start), account, start, random, region === undefined ? {} : { region });
}

/** The days of the long-term keys. */
export function* keys(day: Day): Generator<Doing> {
  const random = day.randomFor("keys");
  for (let i = random.times(isWorkday(day) ? 5 : 0.3); i > 0; i--) {
    const own = random.fork(`jenkins ${i}`);
    const start = workTime(day, own);
    yield { start, acts: () => jenkins(start, own) };
  }
  const night = day.start + 2 * HOUR + random.between(0, 10 * MINUTE);
  yield { start: night, acts: () => upload(night, random.fork("upload")) };
  yield* repeated(day, "reports", 60, (start, own) => reports(start, own), [5, 20]);
  yield* repeated(day, "mailer", 240, (start, own) => mailer(start, own));
  yield* repeated(day, "chatbot", 12, (start, own) => chatbot(start, own), [6, 21]);
}

/** The old build server deploys search's containers. */
function* jenkins(start: number, random: Random): Generator<Act> {
  const hand = handOf("jenkins", start, random);
  const service = random.pick(servicesOf(accountsFor("search")[0] ?? hand.account));
  yield hand.call("sts:GetCallerIdentity");
  yield hand.call("ecr:GetAuthorizationToken");
  for (let i = 0; i < 5; i++) yield hand.call("ecr:InitiateLayerUpload", { repositoryName: service });
  yield hand.call("ecr:PutImage", { repositoryName: service, imageTag: random.hex(7) });
  yield hand.call("ecs:RegisterTaskDefinition", {
    family: service,
    containerDefinitions: [
      { name: service, image: `${hand.account.id}.dkr.ecr.${HOME}.amazonaws.com/${service}:${random.hex(7)}` },
    ],
  });
  yield hand.call("ecs:UpdateService", { cluster: hand.account.name, service, taskDefinition: service });
  hand.pace = [14_000, 16_000];
  for (let i = random.int(6, 16); i > 0; i--)
    yield hand.call("ecs:DescribeServices", { cluster: hand.account.name, services: [service] });
}

function* upload(start: number, random: Random): Generator<Act> {
  const hand = handOf("uploader", start, random);
  yield hand.call("s3:ListBuckets");
  const bucketName = bucketsOf(hand.account)[1] ?? "";
  for (let i = 0; i < 60; i++) {
    const key = `onprem/${new Date(start).toISOString().slice(0, 10)}/part-${i}.zst`;
    yield hand.call(
      "s3:PutObject",
      { bucketName, key, Host: `${bucketName}.s3.${hand.region}.amazonaws.com` },
      { isData: true, resources: [["AWS::S3::Object", `arn:aws:s3:::${bucketName}/${key}`]] },
    );
  }
}

/** The dashboards ask Athena, which reads the lake for them. */
function* reports(start: number, random: Random): Generator<Act> {
  const hand = handOf("reports", start, random);
  const queryExecutionId = random.uuid();
  yield hand.call(
    "athena:StartQueryExecution",
    { queryString: "HIDDEN_DUE_TO_SECURITY_REASONS", workGroup: "reports" },
    { response: { queryExecutionId } },
  );
  for (let i = 0; i < 6; i++) yield hand.call("athena:GetQueryExecution", { queryExecutionId });
  yield hand.call("athena:GetQueryResults", { queryExecutionId });
  yield hand.call("glue:GetTable", { databaseName: "lake", name: "orders" });
}

function* mailer(start: number, random: Random): Generator<Act> {
  const hand = handOf("mailer", start, random);
  yield hand.call("ses:GetSendQuota");
  yield hand.call("ses:GetSendStatistics");
}

function* chatbot(start: number, random: Random): Generator<Act> {
  const hand = handOf("chatbot", start, random);
  for (let i = random.int(1, 5); i > 0; i--)
    yield hand.call("bedrock:InvokeModel", { modelId: "anthropic.claude-haiku-4-5-20251001-v1:0" });
}
