import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import { DescribeTableCommand } from "@aws-sdk/client-dynamodb";
import { ListFunctionsCommand } from "@aws-sdk/client-lambda";
import {
  CreateBucketCommand,
  HeadObjectCommand,
  PutBucketNotificationConfigurationCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { ACCOUNT, Cloud, REGION } from "../support/cloud.ts";
import { logFile, record } from "../support/log-files.ts";
import { HAS_MOTO, motoTest } from "../support/moto.ts";
import { IS_THOROUGH, thorough } from "../support/runs.ts";

/** Synthesizes, bundles and deploys in processes of their own: the cost of a minute or more. */
const cloudTest = thorough(motoTest);

const FOLDER = mkdtempSync(join(tmpdir(), "trailbell-deployment-"));
const MEMBER = "444455556666";
const FOREIGN = "777788889999";
const ORGANIZATION = "o-exampleorgid";
const ADOPTED = "my-log-bucket";
const EMAILS = "emails=you@example.com";

let cloud: Cloud;
beforeAll(async () => {
  if (HAS_MOTO && IS_THOROUGH) cloud = await Cloud.start();
});
afterAll(() => cloud?.stop());

async function cdk(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await cloud.cdk(...args);
  if (code !== 0) throw new Error(`cdk ${args.join(" ")}: ${stdout}${stderr}`);
  return stdout + stderr;
}

const given = (settings: readonly string[]) => settings.flatMap((setting) => ["-c", setting]);
/** moto makes no change sets of stacks that exist. */
const diff = (...args: readonly string[]) => cloud.cdk("diff", "--method=template", "--fail", ...args);

interface Standing {
  readonly stack: string;
  /** The folder with what was synthesized and deployed. */
  readonly assembly: string;
  readonly parts: ReadonlyMap<string, string>;
  readonly partOf: (start: string) => string;
}

/** Deploys a recipe, which is not there before and as synthesized after. */
async function deploy(stack: string, ...settings: readonly string[]): Promise<Standing> {
  const assembly = join(FOLDER, stack);
  await cdk("deploy", "--require-approval", "never", "--output", assembly, ...given(settings));
  const after = await diff("--app", assembly);
  expect({ code: after.code, said: after.stdout + after.stderr }).toEqual({
    code: 0,
    said: expect.stringContaining("There were no differences"),
  });
  const parts = await cloud.partsOf(stack);
  const partOf = (start: string) => {
    const found = [...parts].filter(([id]) => new RegExp(`^${start}[0-9A-F]{8}$`).test(id));
    if (found.length !== 1) throw new Error(`${found.length} parts of ${stack} are called ${start}`);
    return found[0]?.[1] ?? "";
  };
  return { stack, assembly, parts, partOf };
}

/**
 * What moto's CloudFormation ignores: the custom resource that writes the bucket's notification, and subscriptions. Here
 * the notification names a queue, for moto runs no function. Events and filter are the deployed template's.
 */
async function connect({ stack }: Standing, bucket: string) {
  const { NotificationConfiguration } = await cloud.propertiesOf(stack, "Custom::S3BucketNotifications");
  const [{ Events, Filter }] = NotificationConfiguration.LambdaFunctionConfigurations;
  const { url, arn } = await cloud.createQueue(`events-of-${stack}`);
  const QueueConfigurations = [{ QueueArn: arn, Events, Filter }];
  await cloud.s3.send(
    new PutBucketNotificationConfigurationCommand({
      Bucket: bucket,
      NotificationConfiguration: { QueueConfigurations },
    }),
  );
  return url;
}

/** The deployed functions, downloaded. */
async function functionsOf({ partOf }: Standing, bucket: string, events: string) {
  const alerter = await cloud.download(partOf("Alerter"));
  const said: unknown[] = [];
  const tick = async (minutesAhead = 0) => {
    const invocation = await cloud.invoke(await cloud.download(partOf("Tick")), partOf("Tick"), {}, minutesAhead);
    said.push(invocation);
    return invocation;
  };
  return {
    tick,
    /** Puts a log file and hands S3's own event to the alerter, again if it fails, as Lambda does. */
    async deliver(Key: string) {
      await cloud.s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body: logFile(keyMade(Key)) }));
      const [event, ...more] = (await cloud.receive(events)).filter(({ Records }) => Records !== undefined);
      expect(more).toEqual([]);
      let invocation = await cloud.invoke(alerter, partOf("Alerter"), event);
      for (let retry = 0; retry < 2 && invocation.error; retry++)
        invocation = await cloud.invoke(alerter, partOf("Alerter"), event);
      said.push(invocation);
      return invocation;
    },
    /** The alerts in a queue, each once. On a busy machine moto may answer too late; what is due then, the tick sends. */
    async heard(queue: string, count: number) {
      const found = new Map<string, { readonly accountId: string; readonly call: string }>();
      for (let minute = 0; minute < 20; minute += 4) {
        if (minute > 0) await tick(minute);
        // The tick's hourly look also tells what moto left out, of no account.
        const heard = (await cloud.receive(queue)).filter(({ accountId }) => accountId !== undefined);
        for (const alert of heard) found.set(`${alert.accountId} ${alert.call}`, alert);
        if (found.size >= count) return [...found.values()];
      }
      throw new Error(`heard ${found.size} of ${count} alerts; the functions said ${JSON.stringify(said, null, 1)}`);
    },
  };
}

/** Somebody makes an access key, some minutes ago, in the account of the log file. */
function keyMade(key: string) {
  const [, accountId = ""] = /\/(\d{12})\//.exec(key) ?? [];
  const userIdentity = { type: "IAMUser", arn: `arn:aws:iam::${accountId}:user/alice`, accountId, userName: "alice" };
  const eventTime = new Date(Date.now() - 300_000).toISOString().replace(/\.\d+/, "");
  return record({ userIdentity, eventTime, recipientAccountId: accountId });
}

function keyIn(account: string, before = "AWSLogs/"): string {
  const [day = "", time = ""] = new Date().toISOString().split("T");
  const stamp = `${day.replaceAll("-", "")}T${time.slice(0, 5).replace(":", "")}Z`;
  return `${before}${account}/CloudTrail/${REGION}/${day.replaceAll("-", "/")}/${account}_CloudTrail_${REGION}_${stamp}_aB3dEf6hIj9kLmNo.json.gz`;
}

async function destroy({ stack, assembly, parts }: Standing): Promise<void> {
  await cdk("destroy", "--force", "--app", assembly);
  const { Stacks = [] } = await cloud.cloudFormation
    .send(new DescribeStacksCommand({ StackName: stack }))
    .catch(() => ({ Stacks: [] }));
  expect(Stacks.map(({ StackStatus }) => StackStatus)).toEqual([]);
  const { Functions = [] } = await cloud.lambda.send(new ListFunctionsCommand());
  const names = new Set(parts.values());
  expect(Functions.filter(({ FunctionName = "" }) => names.has(FunctionName))).toEqual([]);
}

cloudTest("the account is bootstrapped from a folder without an app", async () => {
  const said = await cdk("bootstrap", "--app", "", `aws://${ACCOUNT}/${REGION}`);
  expect(said).toContain("bootstrapped");
});

cloudTest(
  "1. a new trail: deployed, it alerts on what lands in its bucket; destroyed, it leaves logs and ledger",
  async () => {
    const settings = ["source=new-trail", EMAILS];
    const standing = await deploy("Trailbell", ...settings);
    // Synthesized and bundled anew, with another setting: nothing else differs.
    const changed = await diff(...given([...settings, "silentAfterHours=5"]));
    expect(changed.code).toBe(1);
    expect(`${changed.stdout}${changed.stderr}`.match(/^\[[-+~]\].*/gm)).toEqual([
      expect.stringMatching(/^\[~\] AWS::CloudWatch::Alarm .*Silent/),
    ]);

    const bucket = standing.partOf("SourceLogBucket");
    const { deliver, heard, tick } = await functionsOf(standing, bucket, await connect(standing, bucket));
    const alerts = await cloud.hear(standing.partOf("AlertingAlertTopic"), "alerts");
    const health = await cloud.hear(standing.partOf("HealthTopic"), "health");
    const key = keyIn(ACCOUNT);
    const { result, error } = await deliver(key);
    expect({ result, error }).toMatchObject({ result: { objects: 1, records: 1, failed: 0 } });
    expect(await heard(alerts, 1)).toEqual([
      expect.objectContaining({
        kind: "alert",
        severity: "high",
        call: "iam:CreateAccessKey",
        accountId: ACCOUNT,
        logObjects: [`s3://${bucket}/${key}`],
      }),
    ]);
    // Its hourly look finds all parts by their deployed names but for what moto left out, and says so on the health topic.
    expect((await tick()).result).toMatchObject({ oldestPendingSeconds: 0, unreadableItems: 0 });
    const [told, ...others] = await cloud.receive(health);
    const broken = told?.findings.filter(({ state }: { state: string }) => state === "broken");
    expect(others).toEqual([]);
    expect(broken.map(({ check }: { check: string }) => check).sort()).toEqual([
      "alert-subscriptions",
      "health-subscriptions",
      "notification",
      "trail",
    ]);
    expect(await cloud.receive(alerts)).toEqual([]);

    await destroy(standing);
    await cloud.s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
    await cloud.dynamodb.send(new DescribeTableCommand({ TableName: standing.partOf("LedgerTable") }));
  },
);

cloudTest("2. a bucket that one has: its log files ring, what else is put there does not", async () => {
  await cloud.s3.send(new CreateBucketCommand({ Bucket: ADOPTED }));
  const standing = await deploy("Adopted", `source=${ADOPTED}`, EMAILS, "stackName=Adopted", "prefix=trails/main");
  expect([...standing.parts.keys()].filter((id) => /LogBucket/.test(id))).not.toContainEqual(
    expect.stringMatching(/^SourceLogBucket[0-9A-F]{8}$/),
  );
  const events = await connect(standing, ADOPTED);
  const { deliver, heard } = await functionsOf(standing, ADOPTED, events);
  const alerts = await cloud.hear(standing.partOf("AlertingAlertTopic"), "alerts-of-adopted");
  // No event comes of them; if one did, the next delivery would see two.
  for (const Key of ["reports/x.json.gz", keyIn(ACCOUNT), `${keyIn(ACCOUNT, "trails/main/AWSLogs/")}.txt`]) {
    await cloud.s3.send(new PutObjectCommand({ Bucket: ADOPTED, Key, Body: "x" }));
  }
  const key = keyIn(ACCOUNT, "trails/main/AWSLogs/");
  expect(await deliver(key)).toMatchObject({ result: { objects: 1, records: 1, failed: 0 } });
  expect(await heard(alerts, 1)).toEqual([
    expect.objectContaining({ call: "iam:CreateAccessKey", logObjects: [`s3://${ADOPTED}/${key}`] }),
  ]);
  await destroy(standing);
  await cloud.s3.send(new HeadObjectCommand({ Bucket: ADOPTED, Key: key }));
});

cloudTest(
  "5. an organization's trail: accounts have their names and routes, other organizations' files are left out",
  async () => {
    const standing = await deploy(
      "Organization",
      "source=new-trail",
      EMAILS,
      "stackName=Organization",
      `organization=${ORGANIZATION}`,
      "organizationTrail=true",
      `accounts=${MEMBER}=payments`,
      `tags=${JSON.stringify({ money: [MEMBER] })}`,
      `routes=${JSON.stringify([{ name: "payments", tags: ["money"], emails: ["pay@example.com"] }])}`,
    );
    const bucket = standing.partOf("SourceLogBucket");
    const { deliver, heard } = await functionsOf(standing, bucket, await connect(standing, bucket));
    const alerts = await cloud.hear(standing.partOf("AlertingAlertTopic"), "alerts-of-organization");
    const routed = await cloud.hear(standing.partOf("WaysPayments"), "alerts-of-payments");
    const of = (account: string, organization = ORGANIZATION) => keyIn(account, `AWSLogs/${organization}/`);
    expect(await deliver(of(ACCOUNT))).toMatchObject({ result: { records: 1, skipped: 0 } });
    expect(await deliver(of(MEMBER))).toMatchObject({ result: { records: 1, skipped: 0 } });
    expect(await deliver(of(FOREIGN, "o-anotherorgid"))).toMatchObject({ result: { records: 0, skipped: 1 } });
    expect(await heard(routed, 1)).toEqual([
      expect.objectContaining({ accountId: MEMBER, accountName: "payments", call: "iam:CreateAccessKey" }),
    ]);
    expect((await heard(alerts, 2)).map(({ accountId, call }) => [accountId, call])).toEqual([
      [ACCOUNT, "iam:CreateAccessKey"],
      // That somebody else's trail writes here is told, once.
      [FOREIGN, "trailbell:log-object-foreign"],
    ]);
    await destroy(standing);
  },
);
