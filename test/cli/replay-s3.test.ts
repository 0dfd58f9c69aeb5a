import { commandIn } from "../support/command.ts";
import { type LocalTrail, startLocalTrail } from "../support/local-trail.ts";
import { logFile, record } from "../support/log-files.ts";

const BUCKET = "trail-bucket";
const OWN_RULES = ["--rules", "test/support/rules"] as const;
let trail: LocalTrail;

beforeEach(async () => {
  trail = await startLocalTrail(BUCKET);
});
afterEach(() => trail.stop());

/** Puts a log file with one record that rings, delivered five minutes after it happened. */
function put(folder: string, region: string, time: string, account = "111122223333", kind = "CloudTrail"): string {
  const delivered = new Date(Date.parse(time) + 5 * 60_000).toISOString();
  const day = delivered.slice(0, 10).replaceAll("-", "/");
  const stamp = delivered.slice(0, 16).replace(/[-:]/g, "");
  const name = `${account}_${kind}_${region}_${stamp}Z_${"x".repeat(16)}.json.gz`;
  const key = `${folder}AWSLogs/${account}/${kind}/${region}/${day}/${name}`;
  trail.objects.set(
    key,
    logFile(record({ eventTime: time, awsRegion: region, recipientAccountId: account.slice(-12) })),
  );
  return key;
}

async function replay(...args: readonly string[]) {
  const { code, stdout, stderr } = await commandIn(trail.environment, "replay", [...args, "--json", ...OWN_RULES]);
  const found = stdout
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  return { code, stderr, sources: found.map(({ source }) => source), found };
}

const named = (...keys: readonly string[]) => keys.map((key) => `s3://${BUCKET}/${key}`);
const lists = () => trail.asked.filter(({ kind }) => kind === "list");
const gets = () => trail.asked.filter(({ kind }) => kind === "get").map(({ of }) => of);

test("of a bucket, accounts and regions are found, organizations' too, and only the objects of that time are fetched", async () => {
  const wanted = [
    put("", "eu-central-1", "2026-11-20T21:25:09Z"),
    put("", "us-east-1", "2026-11-20T23:58:00Z"), // delivered on the next day
    put("", "us-east-1", "2026-11-21T01:00:00Z"),
  ];
  const organization = "AWSLogs/o-exampleorgid/444455556666/CloudTrail/us-east-1/2026/11/20/";
  const inOrganization = `${organization}444455556666_CloudTrail_us-east-1_20261120T2230Z_${"y".repeat(16)}.json.gz`;
  trail.objects.set(inOrganization, logFile(record({ eventTime: "2026-11-20T22:25:00Z" })));
  // Before, long after, and what is no log file of CloudTrail.
  for (let day = 1; day < 20; day++) put("", "us-east-1", `2026-11-${String(day).padStart(2, "0")}T12:00:00Z`);
  put("", "us-east-1", "2026-11-20T01:00:00Z");
  for (let hour = 10; hour < 20; hour++) put("", "us-east-1", `2026-11-25T${hour}:00:00Z`);
  put("", "us-east-1", "2026-11-20T22:00:00Z", "111122223333", "CloudTrail-Digest");
  trail.objects.set("AWSLogs/111122223333/Config/us-east-1/2026/11/20/config.json.gz", logFile());
  trail.objects.set("AWSLogs/111122223333/CloudTrail/", Buffer.alloc(0));

  const { code, stderr, sources } = await replay(
    `s3://${BUCKET}`,
    "--since",
    "2026-11-20T20:00",
    "--until",
    "2026-11-21T02:00",
  );
  expect(stderr).toBe("");
  expect(code).toBe(0);
  expect(sources.toSorted()).toEqual(named(...wanted, inOrganization).toSorted());
  // The days before are not even listed, and those behind no further than a page.
  expect(lists().find(({ of, after }) => of.endsWith("us-east-1/") && after?.endsWith("2026/11/20/"))).toBeDefined();
  expect(lists().length).toBeLessThan(20);
  expect(gets().filter((key) => !/2026\/11\/2[01]/.test(key))).toEqual([]);
});

test("a prefix may have spaces, lead into the middle of the folders, or name one object; without a time all is read", async () => {
  const first = put("my trail logs/", "us-east-1", "2026-11-20T21:25:09Z");
  const second = put("my trail logs/", "eu-central-1", "2026-10-01T21:25:09Z");
  const other = put("my trail logs 2/", "eu-central-1", "2026-11-20T21:25:09Z");
  expect((await replay(`s3://${BUCKET}/my trail logs`)).sources.toSorted()).toEqual(named(first, second).toSorted());
  expect((await replay(`s3://${BUCKET}/my trail logs/`, "--since", "2026-11-01")).sources).toEqual(named(first));
  expect((await replay(`s3://${BUCKET}`, "--since", "2026-11-01")).sources.toSorted()).toEqual(
    named(first, other).toSorted(),
  );
  const region = `s3://${BUCKET}/my trail logs/AWSLogs/111122223333/CloudTrail/us-east-1/`;
  expect((await replay(region, "--since", "2026-11-20T21:00")).sources).toEqual(named(first));
  expect((await replay(`s3://${BUCKET}/${second}`)).sources).toEqual(named(second));
  expect(await replay(`s3://${BUCKET}/nothing`, "--since", "7d")).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("there is no log file of that time"),
  });
});

test("a year that stands for no end is none for S3 either", async () => {
  const wanted = put("", "us-east-1", "2026-11-20T21:25:09Z");
  const { sources } = await replay(`s3://${BUCKET}`, "--since", "2026-11-20", "--until", "9999-12-31");
  expect(sources).toEqual(named(wanted));
});

test("objects are fetched beside each other, what is throttled is asked for again, and an object that cannot be had is named", async () => {
  const keys = Array.from({ length: 30 }, (_, i) =>
    put("", "us-east-1", `2026-11-20T10:${String(i).padStart(2, "0")}:00Z`),
  );
  trail.delay = 200;
  const slow = new Set(keys.slice(0, 4));
  trail.refuse = ({ kind, of }) => {
    if (kind === "get" && slow.delete(of)) return "SlowDown";
    if (kind === "get" && of === keys[7]) return "AccessDenied";
    return undefined;
  };
  const started = Date.now();
  const { code, stderr, sources } = await replay(`s3://${BUCKET}/`, "--threads", "2");
  expect(code).toBe(1);
  expect(sources).toEqual(named(...keys.filter((_, i) => i !== 7)));
  expect(stderr).toBe(
    `s3://${BUCKET}/${keys[7]}: AccessDenied: you need s3:GetObject on it, and kms:Decrypt on its key if it has one\n`,
  );
  const times = trail.asked.filter(({ kind }) => kind === "get").map(({ at }) => at - started);
  const together = times.filter((time) => time - (times[0] ?? 0) < 150).length;
  expect(together).toBeGreaterThan(8);
});

test("credentials that expire end it with what is known and how to go on, and it goes on there", async () => {
  const keys = Array.from({ length: 60 }, (_, i) =>
    put("", "us-east-1", `2026-11-20T10:${String(i).padStart(2, "0")}:00Z`),
  );
  trail.refuse = ({ kind, of }) => (kind === "get" && of >= (keys[40] ?? "") ? "ExpiredToken" : undefined);
  const broken = await replay(`s3://${BUCKET}/`);
  expect(broken.code).toBe(1);
  expect(broken.stderr).toContain("your AWS credentials have expired (ExpiredToken): sign in again");
  const [, last = ""] = /--after (\S+)/.exec(broken.stderr) ?? [];
  expect(broken.sources).toContain(last);
  trail.refuse = () => undefined;
  trail.asked.length = 0;
  const rest = await replay(`s3://${BUCKET}/`, "--after", last);
  expect(rest.code).toBe(0);
  expect([...broken.sources, ...rest.sources]).toEqual(named(...keys));
  expect(gets()).not.toContain(keys[0]);
});

test.each([
  ["NoSuchBucket", "there is no such bucket"],
  ["AccessDenied", "you need s3:ListBucket on trail-bucket"],
  ["InvalidAccessKeyId", "AWS does not know your credentials"],
  ["ExpiredToken", "your AWS credentials have expired"],
])("a bucket that answers %s is explained", async (code, message) => {
  trail.refuse = () => code;
  expect(await replay(`s3://${BUCKET}/AWSLogs/`)).toMatchObject({ code: 1, stderr: expect.stringContaining(message) });
});

test("without credentials it says where they could come from", async () => {
  const { AWS_ACCESS_KEY_ID: _, AWS_SECRET_ACCESS_KEY: __, ...rest } = trail.environment;
  const environment = { ...rest, AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "", AWS_EC2_METADATA_DISABLED: "true" };
  const { code, stderr } = await commandIn(environment, "replay", [`s3://${BUCKET}`, ...OWN_RULES]);
  expect(code).toBe(1);
  expect(stderr).toContain("there are no AWS credentials here");
});
