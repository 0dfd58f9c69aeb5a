import { commandIn, run } from "../support/command.ts";
import { HOUR, LocalTrail, signingKey } from "../support/digests.ts";
import { isInstalled } from "../support/installed.ts";
import { startBucket } from "../support/local-bucket.ts";
import { thorough } from "../support/runs.ts";

const KEY = signingKey();
const bucket = await startBucket(new Map(), [KEY]);
afterAll(() => bucket.stop());

const END = Math.floor(Date.now() / HOUR) * HOUR - 40 * HOUR;
const iso = (time: number) => `${new Date(time).toISOString().slice(0, 19)}Z`;

function trailOf(hours: number, files: number, options: object = {}): LocalTrail {
  const trail = new LocalTrail(bucket.objects, { key: KEY, ...options });
  for (let end = END - hours * HOUR; end <= END + 3 * HOUR; end += HOUR) trail.hour(end, files);
  return trail;
}

beforeEach(() => {
  bucket.objects = new Map();
  bucket.refused.clear();
  bucket.askedKeys.length = 0;
  bucket.latency = 0;
});

const verify = (path: string, hours: number, ...more: readonly string[]) =>
  commandIn(bucket.environment, "verify", [path, "--since", iso(END - hours * HOUR), "--until", iso(END), ...more]);

test("a bucket is proven where it lies, with the keys of each region, whatever the prefix ends at", async () => {
  const options = { prefix: "all logs/2026", organization: "o-exampleorgid" };
  trailOf(6, 3, { ...options, region: "eu-west-1", homeRegion: "us-east-1" });
  trailOf(6, 3, { ...options, account: "444455556666" });
  for (const prefix of ["", "/all logs", "/all logs/2026/AWSLogs/", "/all logs/2026/AWSLogs/o-exampleorgid"]) {
    const { code, stdout, stderr } = await verify(`s3://trail${prefix}`, 6, "--json");
    expect({ prefix, code, stderr, chains: JSON.parse(stdout).chains.length }).toEqual({
      prefix,
      code: 0,
      stderr: "",
      chains: 2,
    });
  }
  expect(new Set(bucket.askedKeys.map(({ region }) => region))).toEqual(new Set(["eu-west-1", "us-east-1"]));
  // Up to two hours after the end, for CloudTrail may sign with the next key by then.
  const [asked] = bucket.askedKeys;
  expect((asked?.until ?? 0) - (asked?.from ?? 0)).toBe(3 * HOUR);
  const one = await verify("s3://trail/all logs/2026/AWSLogs/o-exampleorgid/444455556666", 6, "--json");
  expect(JSON.parse(one.stdout).chains).toMatchObject([{ account: "444455556666" }]);
}, 60_000);

test("what S3 refuses is open, not wrong", async () => {
  const trail = trailOf(6, 3);
  const [some = ""] = [...bucket.objects.keys()].filter((key) => key.startsWith(`${trail.root}/CloudTrail/`)).slice(10);
  bucket.refused.add(some);
  const { code, stdout } = await verify("s3://trail", 6, "--json");
  expect({ code, findings: JSON.parse(stdout).findings }).toEqual({
    code: 3,
    findings: [expect.objectContaining({ what: "not-readable", object: `s3://trail/${some}`, isWrong: false })],
  });
});

/** CloudTrail's own validator, if this machine has it; test/cli/verify-validator asks it in each run. */
const cliTest = isInstalled("aws") ? test : test.skip;

/** Files of 42 hours: 2,016 of them, as in an hour of a large account. */
const FILES = 48;

const SPAN = [iso(END - 42 * HOUR), iso(END)] as const;

let ownTime = Number.NaN;

thorough(test)(
  "many log files are verified in bounded memory",
  async () => {
    trailOf(42, FILES);
    // What small objects take S3 at best.
    bucket.latency = 20;
    const started = performance.now();
    const args = [".commands/verify.mjs", "s3://trail", "--since", SPAN[0], "--until", SPAN[1]];
    const { code, stdout, stderr } = await run(
      process.execPath,
      ["--max-old-space-size=64", ...args],
      bucket.environment,
    );
    ownTime = performance.now() - started;
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(new RegExp(`^PROVEN: ${42 * FILES} log files of 1 chain`, "m"));
  },
  240_000,
);

thorough(cliTest)(
  "as AWS's validator verifies them (needs the aws command)",
  async () => {
    trailOf(42, FILES);
    bucket.latency = 20;
    const arn = "arn:aws:cloudtrail:us-east-1:111122223333:trail/main";
    const asked = ["--trail-arn", arn, "--s3-bucket", "trail", "--start-time", SPAN[0], "--end-time", SPAN[1]];
    const begun = performance.now();
    const theirs = await run("aws", ["cloudtrail", "validate-logs", ...asked], bucket.environment);
    const theirTime = performance.now() - begun;
    process.stdout.write(
      `${42 * FILES} log files: ${Math.round(ownTime)} ms; AWS's validator ${Math.round(theirTime)} ms\n`,
    );
    // It takes in the hours at both ends.
    expect(theirs.stdout).toContain(`${44 * FILES}/${44 * FILES} log files valid`);
  },
  240_000,
);
