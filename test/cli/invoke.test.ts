import { cpSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { command, commandProcess, type Finished } from "../support/command.ts";
import { logFile, logKey, record, s3Event } from "../support/log-files.ts";

const folder = mkdtempSync(join(tmpdir(), "trailbell-"));

function counts({ stdout }: Finished) {
  return JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "");
}

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const SAMPLES = {
  "one-log-file.json": [0, { objects: 1, records: 3, matches: 5, listed: 3, alerts: 2 }, /IAM user created by alice/],
  "several-log-files.json": [
    0,
    { objects: 3, records: 5, matches: 7, listed: 6, alerts: 3 },
    /CloudTrail stopped by deploy-ci/,
  ],
  "usual-day.json": [0, { objects: 1, records: 4, alerts: 1 }, /\[LOW\] Daily round-up: IAM role created by alice/],
  "new-network.json": [0, { objects: 1, records: 2, alerts: 0 }, /^\{/],
  "encoded-key.json": [
    0,
    { objects: 1, records: 3, matches: 3, alerts: 1 },
    /trail logs\/50%\+ growth\/Zürich\/AWSLogs/,
  ],
  "digest-delivered.json": [0, { objects: 3, skipped: 1, records: 3, matches: 5, alerts: 2 }, /Access key created/],
  "missing-object.json": [1, { objects: 2, failed: 1, records: 1, matches: 3, alerts: 2 }, /Log object unreadable/],
  "empty-event.json": [0, { objects: 0, records: 0, matches: 0, alerts: 0 }, /^\{/],
  "test-event.json": [0, { objects: 0, records: 0, matches: 0, alerts: 0 }, /^\{/],
  "test-alert.json": [
    0,
    { objects: 0, records: 0, matches: 1, listed: 1, alerts: 1 },
    /\[HIGH\] TEST alert, nothing happened in 111122223333/,
  ],
  "trail-update-failed.json": [
    0,
    { objects: 1, records: 1, alerts: 1 },
    /\[MEDIUM\] CloudTrail change attempted by mallory/,
  ],
  "lambda-calls.json": [
    0,
    { objects: 1, records: 2, matches: 4, alerts: 1 },
    /\[LOW\] Lambda function changed by operations .*billing \(DeleteFunction\)/,
  ],
  "eventbridge.json": [0, { objects: 1, records: 3, matches: 5 }, /IAM user created by alice/],
  "sns-s3.json": [0, { objects: 1, records: 3, matches: 5 }, /IAM user created by alice/],
  "sns-eventbridge.json": [0, { objects: 1, records: 3, matches: 5 }, /IAM user created by alice/],
  "cloudtrail-delivery.json": [0, { objects: 2, records: 4, matches: 5 }, /CloudTrail stopped by deploy-ci/],
  "sns-cloudtrail-delivery.json": [0, { objects: 2, records: 4, matches: 5 }, /CloudTrail stopped by deploy-ci/],
  "sns-test-event.json": [0, { objects: 0, records: 0, matches: 0, alerts: 0 }, /^\{/],
  "sns-several-kinds.json": [0, { objects: 4, records: 8, matches: 12 }, /Access key created by alice/],
  "on-failure-record.json": [0, { objects: 3, records: 5, matches: 7, alerts: 3 }, /CloudTrail stopped by deploy-ci/],
  "insights.json": [0, { objects: 1, records: 2, matches: 2, alerts: 2 }, /Rate {5}/],
} as const;

test("the first lines say that nothing is sent, and which log files were read; a blank one parts them from the mails", async () => {
  const first = async (...args: readonly string[]) => {
    const lines = (await command("invoke", ...args)).stderr.split("\n");
    return lines.slice(0, lines.indexOf("") + 1);
  };
  const desk = "Desk run: nothing is sent. Below is what the mailbox and the phone would get.";
  const [one, two, three] = await Promise.all(
    ["one-log-file", "several-log-files", "empty-event"].map((name) => first(`events/${name}.json`)),
  );
  expect(one).toEqual([
    desk,
    expect.stringMatching(/^Read from events\/trail-bucket: 111122223333_CloudTrail_us-east-1_\w+\.json\.gz$/),
    "",
  ]);
  const listed = expect.stringMatching(/^ {2}111122223333_CloudTrail_[\w-]+\.json\.gz$/);
  expect(two).toEqual([desk, "Read from events/trail-bucket:", listed, listed, listed, ""]);
  expect(three).toEqual([desk, "No log file is read: the event announces none.", ""]);
  const keys = Array.from({ length: 9 }, (_, i) => logKey(`n${i}`));
  const many = file("many.json", JSON.stringify(s3Event("trail-bucket", ...keys)));
  expect((await first(many)).at(-2)).toBe("  and 5 more");
});

test("every sample in events/ is run here", () => {
  const samples = readdirSync("events").filter((name) => name.endsWith(".json"));
  expect(samples.sort()).toEqual(Object.keys(SAMPLES).sort());
});

test.each(Object.entries(SAMPLES))("events/%s does what its name says", async (name, [code, expected, text]) => {
  const finished = await command("invoke", `events/${name}`);
  expect(counts(finished)).toMatchObject({ skipped: 0, failed: 0, publishFailures: 0, ...expected });
  expect(finished.stdout).toMatch(text);
  expect(finished.code).toBe(code);
  // CloudTrail's own notification bears no time: it is run at the present, all others at theirs.
  expect(/^Subject: .* LATE /m.test(finished.stdout)).toBe(name === "cloudtrail-delivery.json");
});

test("what one caller did in one log file is one mail that names every rule, and other callers have their own", async () => {
  const { stdout } = await command("invoke", "events/several-log-files.json");
  const subjects = stdout.split("\n").filter((line) => line.startsWith("Subject: "));
  expect(subjects).toEqual([
    "Subject: [CRITICAL] Root used in 111122223333: CreateTopic nightly-export, 1 read",
    expect.stringMatching(/^Subject: \[CRITICAL\] CloudTrail stopped by deploy-ci in 111122223333/),
    "Subject: [HIGH] Access key created by alice in 111122223333: bob, key AKIAI44QH8DHBEXAMPLE",
  ]);
  // What a terminal shows when all has run through.
  const [, list = ""] = /\n── 5 messages, from the top ─+\n([\s\S]*?)\n\n── counts /.exec(stdout) ?? [];
  expect(list.split("\n").map((line) => line.replace(/(?<=^SMS {4}CRIT \S+ ).*/, "..."))).toEqual([
    `email  ${subjects[0]?.slice("Subject: ".length)}`,
    "SMS    CRIT root-used ...",
    `email  ${subjects[1]?.slice("Subject: ".length)}`,
    "SMS    CRIT cloudtrail-stopped ...",
    `email  ${subjects[2]?.slice("Subject: ".length)}`,
  ]);
  expect(stdout).toContain("\nAlso 1 read (Get) of nightly-export\n");
  expect(stdout).toMatch(/^Rule {5}root-used, .*\n {9}sns:CreateTopic, /m);
});

test("of a usual day and one two weeks later, the desk tells what is new", async () => {
  const { stdout } = await command("invoke", "events/usual-day.json", "events/new-network.json");
  expect(stdout).toContain("Subject: [HIGH] Key used from a new network by build in 111122223333");
  expect(stdout).toContain("New      network 203.0.0.0/16: never seen from this caller in 16 days of calls\n");
});

test("an event that is none is named, and stops no other", async () => {
  const bad = file("no-event.json", '{"foo":1}');
  const { code, stdout, stderr } = await command(
    "invoke",
    bad,
    "events/missing-object.json",
    "events/several-log-files.json",
  );
  expect(code).toBe(1);
  expect(stderr).toContain(`${bad}: event is no event of S3`);
  expect(stdout).toMatch(/Subject: \[CRITICAL\] .*Root used in /);
});

test("the missing object is named on stderr", async () => {
  const { stderr } = await command("invoke", "events/missing-object.json");
  expect(stderr).toMatch(/s3:\/\/trail-bucket\/AWSLogs\/.*_Vd3kPn8xQe5sLt0G\.json\.gz: NoSuchKey/);
});

test("key material in a response is not printed, not even the placeholder", async () => {
  const rules = file("keypair.yaml", "watch: [ec2:CreateKeyPair]");
  const { stdout } = await command("invoke", "events/encoded-key.json", "--rules", rules);
  expect(stdout).toContain("Result   keyFingerprint: 4e:5f:1a:77");
  expect(stdout).not.toContain("sensitiveDataRemoved");
});

test("--rules replaces the shipped rules, --store the folder of log objects, and events add up", async () => {
  const store = mkdtempSync(join(tmpdir(), "trailbell-store-"));
  const path = join(store, "my-bucket", logKey("mine"));
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, logFile(record(), record({ eventName: "ListUsers" })));
  const event = file("event.json", JSON.stringify(s3Event("my-bucket", logKey("mine"))));
  const rules = file("rules.yaml", "rules: [{ name: users-listed, severity: critical, calls: [iam:List*] }]");
  const finished = await command("invoke", event, event, "--rules", rules, "--store", store);
  expect(counts(finished)).toMatchObject({ objects: 2, records: 4, matches: 2, alerts: 1, duplicates: 1 });
  expect(finished.stdout).toContain("[CRITICAL] Users listed by alice in 111122223333");
  expect(finished.stdout).toMatch(/── SMS, \d+ of 160 characters/);
});

test("a key that EventBridge names in its encoded form is found in the store", async () => {
  const store = mkdtempSync(join(tmpdir(), "trailbell-store-"));
  const key = `trail logs/50%+/${logKey("encoded")}`;
  const path = join(store, "my-bucket", key);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, logFile(record()));
  const event = {
    "detail-type": "Object Created",
    detail: { bucket: { name: "my-bucket" }, object: { key: key.split("/").map(encodeURIComponent).join("/") } },
  };
  const finished = await command("invoke", file("encoded.json", JSON.stringify(event)), "--store", store);
  expect(counts(finished)).toMatchObject({ objects: 1, failed: 0, records: 1 });
});

test("a key cannot lead out of the store", async () => {
  cpSync("events/empty-event.json", join(folder, "secret.json.gz"));
  const store = join(folder, "store");
  const event = file("escape.json", JSON.stringify(s3Event("b", "AWSLogs/../../../../secret.json.gz")));
  const finished = await command("invoke", event, "--store", store);
  expect(finished.code).toBe(1);
  expect(counts(finished)).toMatchObject({ objects: 1, failed: 1, records: 0 });
});

test.each([
  ["no event file", []],
  ["an unknown option", ["events/empty-event.json", "--nope"]],
  ["an event file that is not there", ["events/nope.json"]],
  ["an event file that is no JSON", ["README.md"]],
  ["--aws with --store", ["events/empty-event.json", "--aws", "--store", "events"]],
])("%s is a usage error", async (_, args) => {
  const { code, stdout, stderr } = await command("invoke", ...args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).not.toBe("");
});

test("broken rules stop it before anything is read, by file and line", async () => {
  const rules = file("broken.yaml", "rules:\n  - name: x\n    severity: hgih\n    calls: [iam:CreateUser]\n");
  const { code, stderr } = await command("invoke", "events/one-log-file.json", "--rules", rules);
  expect(code).toBe(1);
  expect(stderr).toContain(`${rules}:3: x: unknown severity "hgih"; one of critical, high, medium, low, info`);
});

test("--help explains and ends", async () => {
  const { code, stdout } = await commandProcess("invoke", ["--help"]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^Usage: npm run invoke -- EVENT\.json/);
});

test("an event whose matches make no alert says why", async () => {
  const { stderr } = await command("invoke", "events/new-network.json");
  expect(stderr).toContain(
    "no alert: 1 match (1 below a rule's threshold, 2 from which rules still learn what is usual)",
  );
  expect(stderr).not.toContain("no rule matched");
});
