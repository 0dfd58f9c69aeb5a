import { gzipSync } from "node:zlib";
import { fetchObjectWith } from "../../lambda/aws/s3.ts";
import { publishSmsTo, publishTo } from "../../lambda/aws/sns.ts";
import type { Accepted } from "../../lambda/core/envelope/accept.ts";
import { createLedger, type Ledger } from "../../lambda/core/ledger/ledger.ts";
import { createObjectHistory } from "../../lambda/core/log-file/object-history.ts";
import { createProgress } from "../../lambda/core/log-file/progress.ts";
import { compileRules } from "../../lambda/core/rules/rule-set.ts";
import { DESK_DEPLOYMENT } from "../../lambda/core/rules/self.ts";
import { createMemoryStore } from "../../lambda/core/store/memory.ts";
import { createPipeline, InvocationError } from "../../lambda/pipeline.ts";
import { type InvocationLine, NOW, SETTINGS, TEST_RULES } from "../support/desk-pipeline.ts";
import { type Delivered, type LocalAws, startLocalAws } from "../support/local-aws.ts";
import { bombOf, logFile, logKey, record, s3Event } from "../support/log-files.ts";
import { thoroughTest } from "../support/runs.ts";

const aws = await startLocalAws();
afterAll(() => aws.stop());

let alertTopic: Awaited<ReturnType<LocalAws["createTopic"]>>;
let smsTopic: typeof alertTopic;
let lines: InvocationLine[];
let now: number;
let accepted: Accepted;
let ledger: Ledger;
let handler: ReturnType<typeof createPipeline>;

let run = 0;
beforeEach(async () => {
  run++;
  aws.refuse = () => undefined;
  aws.published.length = 0;
  lines = [];
  alertTopic = await aws.createTopic(`alerts-${run}`);
  smsTopic = await aws.createTopic(`texts-${run}`);
  now = NOW;
  accepted = {};
  const store = createMemoryStore();
  ledger = createLedger({
    store,
    rules: TEST_RULES,
    settings: SETTINGS,
    publish: {
      alert: publishTo(aws.sns, alertTopic.topicArn),
      sms: publishSmsTo(aws.sns, smsTopic.topicArn),
      health: async () => undefined,
      "health-sms": async () => undefined,
    },
    now: () => now,
    sleep: async () => undefined,
  });
  handler = createPipeline({
    rules: compileRules(TEST_RULES),
    ledger,
    history: createObjectHistory(store, () => now),
    progress: createProgress(store, () => now),
    deployment: DESK_DEPLOYMENT,
    get accepted() {
      return accepted;
    },
    fetchObject: fetchObjectWith(aws.s3, { deadline: 5_000, idle: 300 }),
    now: () => now,
    log: (summary, details) => lines.push({ ...summary, ...details }),
  });
});

/** The next minute's tick. */
async function minute(): Promise<void> {
  now += 60_000;
  await ledger.tick();
}

const accounts = (delivered: readonly Delivered[]) =>
  delivered.map(({ Message }) => JSON.parse(Message).records[0].record.requestParameters.userName).sort();

async function failureOf(event: unknown): Promise<InvocationError> {
  const error: unknown = await handler(event).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof InvocationError)) throw new Error(`expected an InvocationError, got ${String(error)}`);
  return error;
}

test("a log object becomes one message: the JSON for machines as default, the text for email", async () => {
  await aws.put("trail", logKey("a"), logFile(record({ eventName: "DescribeTrails" }), record()));
  const summary = await handler(s3Event("trail", logKey("a")));

  expect(summary).toMatchObject({ objects: 1, skipped: 0, failed: 0, records: 2, matches: 1, alerts: 1 });
  const [publish] = aws.published;
  expect(publish?.fields).toMatchObject({ MessageStructure: "json", TopicArn: alertTopic.topicArn });
  const { default: json, email } = JSON.parse(publish?.fields.Message ?? "");
  expect(email).toContain("iam:CreateAccessKey succeeded, 2026-11-20 21:25:09 UTC, 22:25:09 Berlin (4 min before");
  const [delivered] = await alertTopic.receive();
  expect(delivered?.Subject).toBe("[HIGH] Access key created by alice in prod (111122223333): bob");
  expect(delivered?.Message).toBe(json);
  expect(JSON.parse(json)).toMatchObject({
    schema: "trailbell.alert/2",
    severity: "high",
    matches: 1,
    rules: [{ name: "access-key-created", matches: 1 }],
    records: [{ rules: ["access-key-created"], source: `s3://trail/${logKey("a")}` }],
    logObjects: [`s3://trail/${logKey("a")}`],
  });
  expect(await smsTopic.receive()).toEqual([]);
});

test("a critical alert goes to the SMS topic as well, as plain text without subject", async () => {
  await aws.put("trail", logKey("root"), logFile(record({ userIdentity: { type: "Root" }, eventName: "CreateUser" })));
  await handler(s3Event("trail", logKey("root")));
  const [text] = await smsTopic.receive();
  expect(aws.published.find(({ fields }) => fields.TopicArn === smsTopic.topicArn)?.fields.Subject).toBeUndefined();
  expect(text?.Message).toMatch(/^CRIT root-used ok: root CreateUser prod-3333 192\.0\.2\.44 21:25Z #[0-9a-f]{8}$/);
});

test("every entry of the event is read, not just the first", async () => {
  const keys = Array.from({ length: 9 }, (_, i) => logKey(`many${i}`));
  for (const [i, key] of keys.entries()) {
    const user = { userName: `user-${i}` };
    await aws.put(
      "trail",
      key,
      logFile(record({ requestParameters: user, userIdentity: { type: "IAMUser", arn: `a${i}` } })),
    );
  }
  const summary = await handler(s3Event("trail", ...keys));
  expect(summary).toMatchObject({ objects: 9, records: 9, matches: 9, alerts: 9, listed: 5, pending: 4 });
  expect(accounts(await alertTopic.receive())).toHaveLength(5);
  await minute();
  expect(accounts(await alertTopic.receive())).toHaveLength(4);
});

test.each([
  ["a space", "my logs"],
  ["a plus", "a+b"],
  ["a percent sign", "50%25"],
  ["letters beyond ASCII", "Zürich/日本"],
])("a key with %s is decoded as S3 encodes it", async (_, prefix) => {
  const key = `${prefix}/${logKey("odd")}`;
  await aws.put("trail", key, logFile(record()));
  expect(await handler(s3Event("trail", key))).toMatchObject({ objects: 1, failed: 0, matches: 1 });
});

test("a digest delivered between two log files is skipped, and both log files are read", async () => {
  const digest = logKey("digest", "CloudTrail-Digest");
  await aws.put("trail", logKey("before"), logFile(record({ requestParameters: { userName: "before" } })));
  await aws.put("trail", digest, gzipSync(JSON.stringify({ digestStartTime: "2026-11-20T20:00:00Z", logFiles: [] })));
  await aws.put(
    "trail",
    logKey("after"),
    logFile(
      record({ eventName: "CreateUser", requestParameters: { userName: "after" }, userIdentity: { arn: "carol" } }),
    ),
  );
  const summary = await handler(s3Event("trail", logKey("before"), digest, logKey("after")));
  expect(summary).toMatchObject({ objects: 3, skipped: 1, failed: 0, records: 2, alerts: 2 });
  expect(accounts(await alertTopic.receive())).toEqual(["after", "before"]);
  expect(lines[0]?.remarks).toEqual([`s3://trail/${digest}: skipped, it is a digest`]);
});

const whole = logFile(record(), record());
const badChecksum = Buffer.from(whole);
badChecksum[whole.length - 8] = (badChecksum[whole.length - 8] ?? 0) ^ 0xff;

test.each([
  ["an empty object", Buffer.alloc(0), "the file is empty"],
  ["a gzip of nothing", gzipSync(""), "the file is empty"],
  ["a body that is neither gzip nor JSON", Buffer.from("<Error><Code>x</Code></Error>"), "neither gzip nor JSON"],
  ["a gzip cut in half", whole.subarray(0, whole.length / 2), "the gzip stream is cut off"],
  ["a gzip with a wrong checksum", badChecksum, "the gzip checksum is wrong"],
  ["JSON cut in half", gzipSync('{"Records":[{"eventName":'), "the JSON is broken"],
  ["JSON without Records", gzipSync('{"records":[]}'), "has no Records"],
  ["Records that is no list", gzipSync('{"Records":{}}'), "Records is no list"],
  ["an event of SQS", logFile({ eventSource: "aws:sqs", body: "{}" }), "Records are an event of aws:sqs"],
])("%s is told of by one alert that says which and why, and fails that object only", async (_, body, what) => {
  await aws.put("trail", logKey("bad"), body);
  await aws.put("trail", logKey("good"), logFile(record()));
  const summary = await handler(s3Event("trail", logKey("bad"), logKey("good")));
  expect(summary).toMatchObject({ objects: 2, failed: 1, alerts: 2 });
  const [notice, alert] = (await alertTopic.receive()).sort((a, b) => (a.Message < b.Message ? 1 : -1));
  const subjects = [notice?.Subject, alert?.Subject].map((subject) => subject?.replace(/ x\d+$/, "")).sort();
  expect(subjects).toEqual([
    "[HIGH] Access key created by alice in prod (111122223333): bob",
    "[HIGH] Log object unreadable in prod (111122223333)",
  ]);
  const told = aws.published.map(({ fields }) => fields.Message ?? "").find((text) => text.includes("unreadable"));
  expect(JSON.parse(told ?? "{}").email).toContain(logKey("bad"));
  expect(told).toContain(what);
  expect(lines[0]?.remarks.join()).toContain(`s3://trail/${logKey("bad")}: `);
  // A retry, or a second notification, tells nothing new.
  expect(await handler(s3Event("trail", logKey("bad")))).toMatchObject({ failed: 1, alerts: 0, held: 0 });
});

thoroughTest("a file that inflates beyond the limit is refused, however small it is in S3", async () => {
  await aws.put("trail", logKey("bomb"), bombOf(1_100));
  expect(await handler(s3Event("trail", logKey("bomb")))).toMatchObject({ failed: 1, alerts: 1 });
  expect(lines[0]?.remarks).toEqual([
    `s3://trail/${logKey("bomb")}: inflates to more than the limit of 1073741824 bytes`,
  ]);
});

test("an object that is gone is named with S3's reason, and the others are read", async () => {
  await aws.put("trail", logKey("here"), logFile(record()));
  const summary = await handler(s3Event("trail", logKey("gone"), logKey("here")));
  expect(lines[0]?.remarks.join()).toContain(`s3://trail/${logKey("gone")}: NoSuchKey`);
  expect(summary).toMatchObject({ objects: 2, failed: 1, alerts: 2 });
  const email = aws.published
    .map(({ fields }) => JSON.parse(fields.Message ?? "").email)
    .find((text) => /unreadable/.test(text));
  expect(email).toMatch(/^What {5}NoSuchKey: [^…]+$/m);
  expect(email.split(logKey("gone"))).toHaveLength(2);
});

test("a body that stalls fails that object only, in bounded time", async () => {
  await aws.put("trail", logKey("fine"), logFile(record()));
  aws.refuse = ({ path }) => (path.includes("stalled") ? "stall" : undefined);
  const error = await failureOf(s3Event("trail", logKey("stalled"), logKey("fine")));
  expect(error.message).toContain(`s3://trail/${logKey("stalled")}: BodyError: the body stalled for 300 ms`);
  expect(error.summary).toMatchObject({ objects: 2, failed: 1, alerts: 1 });
  expect(await alertTopic.receive()).toHaveLength(1);
});

test("keys cannot forge lines or control a terminal in errors, in alerts and in the log", async () => {
  const hostile = `AWSLogs/\u001b]0;owned\u0007\n- s3://fake/ok: all is well/${"x".repeat(700)}`;
  await handler(s3Event("trail", hostile));
  expect(JSON.stringify(lines)).not.toMatch(/\\u001b|\\n/);
  expect(JSON.parse(aws.published[0]?.fields.Message ?? "{}").email).not.toMatch(/\p{Cc}(?<!\n)|\n- s3/u);
  aws.refuse = ({ path }) => (path.includes("trail") ? { status: 403, code: "AccessDenied" } : undefined);
  const error = await failureOf(s3Event("trail", hostile));
  expect(error.message.split("\n")).toHaveLength(2);
  expect(error.message).toMatch(/^[^\p{C}]*\n[^\p{C}]*$/u);
  expect(error.message.length).toBeLessThan(2_200);
});

test("many faults make one error of bounded length", async () => {
  const keys = Array.from({ length: 60 }, (_, i) => logKey(`denied${i}`));
  aws.refuse = ({ path }) => (path.includes("denied") ? { status: 403, code: "AccessDenied" } : undefined);
  const error = await failureOf(s3Event("trail", ...keys));
  expect(error.message).toContain("60 of this invocation's steps failed");
  expect(error.message).toContain("- and 40 more, in the function's log");
  expect(lines[0]?.faults).toHaveLength(60);
});

test.each([
  ["a refusal", 403, "AccessDenied", "lacks s3:GetObject on that object, or kms:Decrypt on its key"],
  ["throttling", 503, "SlowDown", "SlowDown"],
  ["an error of S3", 500, "InternalError", "InternalError"],
  ["a disabled key", 400, "KMS.DisabledException", "must be allowed kms:Decrypt on the key of that object"],
])("%s is worth another try: the invocation fails, with the cause and the remedy", async (_, status, code, what) => {
  await aws.put("trail", logKey("other"), logFile(record()));
  aws.refuse = ({ path }) => (path.includes("refused") ? { status, code } : undefined);
  const error = await failureOf(s3Event("trail", logKey("refused"), logKey("other")));
  expect(error.message).toContain(what);
  expect(error.summary).toMatchObject({ objects: 2, failed: 1, alerts: 1 });
});

test("a body that breaks off is gone on with from there, and its records ring once", async () => {
  await aws.put("trail", logKey("breaks"), logFile(record()));
  let reads = 0;
  aws.refuse = ({ path, method }) => (method === "GET" && path.includes("breaks") && reads++ < 2 ? "cut" : undefined);
  expect(await handler(s3Event("trail", logKey("breaks")))).toMatchObject({ failed: 0, records: 1, alerts: 1 });
  expect(reads).toBe(3);
});

test("an object that was written a second time is told of, and what is new in it rings", async () => {
  const one = record();
  await aws.put("trail", logKey("again"), logFile(one));
  await handler(s3Event("trail", logKey("again")));
  expect(await handler(s3Event("trail", logKey("again")))).toMatchObject({ alerts: 0, duplicates: 1 });
  const carl = { requestParameters: { userName: "carl" } };
  const added = [record({ eventName: "CreateUser", ...carl }), record({ ...carl, userIdentity: { arn: "carol" } })];
  await aws.put("trail", logKey("again"), logFile(one, ...added));
  expect(await handler(s3Event("trail", logKey("again")))).toMatchObject({ alerts: 2, duplicates: 1, held: 1 });
  await handler(s3Event("trail", logKey("again")));
  const subjects = async () => (await alertTopic.receive()).map(({ Subject }) => Subject).sort();
  expect(await subjects()).toEqual([
    "[HIGH] Access key created by alice in prod (111122223333): bob",
    "[HIGH] Access key created by carol in prod (111122223333): carl",
    "[HIGH] Log object rewritten in prod (111122223333)",
  ]);
  // News of an incident that has told of worse is told 15 minutes after the mail before, at the latest.
  for (let passed = 0; passed < 13; passed++) await minute();
  expect(await subjects()).toEqual([]);
  await minute();
  await minute();
  expect(await subjects()).toEqual(["[MEDIUM] Follow-up: IAM user created by alice in prod (111122223333): carl"]);
});

test("an object that was written again before it was read for the first time is told of", async () => {
  await aws.put("trail", logKey("early"), logFile(record()));
  const { Records } = s3Event("trail", logKey("early"));
  const [entry] = Records;
  const announced = {
    ...entry,
    s3: { ...entry?.s3, object: { ...entry?.s3.object, eTag: "0123456789abcdef0123456789abcdef" } },
  };
  expect(await handler({ Records: [announced] })).toMatchObject({ alerts: 2, records: 1 });
  const subjects = (await alertTopic.receive()).map(({ Subject }) => Subject);
  expect(subjects).toContain("[HIGH] Log object rewritten in prod (111122223333)");
});

test("a record that names no recipient is judged by its caller's account", async () => {
  const userIdentity = { type: "IAMUser", userName: "alice", accountId: "999999999999" };
  const { recipientAccountId: _, ...bare } = record({ userIdentity });
  await aws.put("trail", logKey("bare"), logFile(bare));
  await handler(s3Event("trail", logKey("bare")));
  expect((await alertTopic.receive())[0]?.Subject).toContain("UNVERIFIED");
});

test.each([
  ["a wrong checksum", () => badChecksum],
  ["a stream that is broken near its end", () => brokenNearEnd()],
])("what stands before %s rings, beside the alert on the file", async (_, makeBody) => {
  await aws.put("trail", logKey("partly"), makeBody());
  const summary = await handler(s3Event("trail", logKey("partly")));
  expect(summary.failed).toBe(1);
  expect(summary.records).toBeGreaterThan(0);
  const subjects = (await alertTopic.receive()).map(({ Subject }) => Subject ?? "");
  expect(subjects.some((subject) => subject.includes("Access key created"))).toBe(true);
  expect(subjects.some((subject) => subject.includes("Log object unreadable"))).toBe(true);
});

function brokenNearEnd(): Buffer {
  const noise = () =>
    Buffer.from(Array.from({ length: 600 }, () => Math.floor(Math.random() * 256))).toString("base64");
  const file = logFile(...Array.from({ length: 400 }, () => record({ userAgent: noise() })));
  file.fill(0xff, file.length - 3000, file.length - 2000);
  return file;
}

test("a record below another account's path rings as UNVERIFIED, in an alert of its own and without links", async () => {
  const forged = record({ recipientAccountId: "999999999999" });
  await aws.put("trail", logKey("forged"), logFile(record(), forged));
  expect(await handler(s3Event("trail", logKey("forged")))).toMatchObject({ alerts: 2 });
  const messages = (await alertTopic.receive()).filter(({ Subject }) => Subject?.includes("UNVERIFIED"));
  expect(messages.map(({ Subject }) => Subject)).toEqual([
    "[HIGH] UNVERIFIED Access key created by alice in 999999999999: bob",
  ]);
  expect(JSON.parse(messages[0]?.Message ?? "{}")).toMatchObject({ unverified: true });
  const told = aws.published.map(({ fields }) => JSON.parse(fields.Message ?? "{}").email as string);
  const email = told.find((text) => text.startsWith("UNVERIFIED: ")) ?? "";
  expect(email).not.toContain("https://");
});

test("in an organization's trail a call across accounts is no forgery", async () => {
  const key = `AWSLogs/o-exampleorgid/${logKey("org").slice("AWSLogs/".length)}`;
  const across = record({
    recipientAccountId: "444455556666",
    userIdentity: { type: "AWSAccount", principalId: "AIDA:x", accountId: "111122223333" },
  });
  await aws.put("trail", key, logFile(across));
  await handler(s3Event("trail", key));
  expect((await alertTopic.receive())[0]?.Subject).not.toContain("UNVERIFIED");
});

test("where the settings name accounts, others' objects are not read, and told of once per account", async () => {
  accepted = { accounts: ["444455556666"], organization: "o-exampleorgid" };
  const own = logKey("mine").replaceAll("111122223333", "444455556666");
  const org = logKey("org").replace("AWSLogs/", "AWSLogs/o-exampleorgid/");
  for (const key of [own, org, logKey("foreign1"), logKey("foreign2")]) await aws.put("trail", key, logFile(record()));
  const summary = await handler(s3Event("trail", own, org, logKey("foreign1"), logKey("foreign2")));
  expect(summary).toMatchObject({ objects: 4, skipped: 2, records: 2, failed: 0 });
  await minute();
  const subjects = (await alertTopic.receive()).map(({ Subject }) => Subject);
  expect(subjects.filter((subject) => subject?.includes("foreign"))).toEqual([
    "[MEDIUM] Log object foreign in prod (111122223333)",
  ]);
});

test("an object that is named twice is read once, and a removal does not hide its creation", async () => {
  await aws.put("trail", logKey("twice"), logFile(record()));
  const { Records } = s3Event("trail", logKey("twice"), logKey("twice"));
  const removal = { ...Records[0], eventName: "ObjectRemoved:Delete" };
  const summary = await handler({ Records: [removal, ...Records] });
  expect(summary).toMatchObject({ objects: 3, skipped: 2, records: 1, alerts: 1 });
});

test("publishes keep a distance from one another, for SNS suspends a mailbox that gets too many a second", async () => {
  const records = Array.from({ length: 5 }, (_, i) => record({ userIdentity: { type: "IAMUser", arn: `paced${i}` } }));
  await aws.put("trail", logKey("paced"), logFile(...records));
  const before = Date.now();
  expect((await handler(s3Event("trail", logKey("paced")))).alerts).toBe(5);
  expect(Date.now() - before).toBeGreaterThanOrEqual(4 * 125 - 20);
});

test("elements of Records that are no objects are counted and reported, and the others matched", async () => {
  await aws.put("trail", logKey("mixed"), logFile(null, 7, "x", [record()], record()));
  expect(await handler(s3Event("trail", logKey("mixed")))).toMatchObject({ records: 5, malformed: 4, matches: 1 });
  expect(lines[0]?.remarks).toEqual([`s3://trail/${logKey("mixed")}: 4 elements of Records are no objects`]);
});

test("an uncompressed .json file is read as well, with a byte order mark too", async () => {
  const key = logKey("plain").replace(".json.gz", ".json");
  await aws.put("trail", key, Buffer.from(`\ufeff${JSON.stringify({ Records: [record()] })}`));
  expect(await handler(s3Event("trail", key))).toMatchObject({ records: 1, matches: 1 });
});

test("a publish that SNS refuses is noted by alert and topic, and made up for within two minutes", async () => {
  const other = { eventName: "CreateUser", requestParameters: { userName: "carl" }, userIdentity: { arn: "carol" } };
  const file = logFile(record(), record(other));
  await aws.put("trail", logKey("two"), file);
  aws.refuse = ({ fields }) =>
    fields.Subject?.includes("Access key") ? { status: 403, code: "AuthorizationError" } : undefined;
  const summary = await handler(s3Event("trail", logKey("two")));
  expect(summary).toMatchObject({ failed: 0, alerts: 2, publishFailures: 1, listed: 1, pending: 1 });
  expect(lines[0]?.remarks.join()).toMatch(
    /alert [0-9a-f]{8} of access-key-created was not published to the alert topic/,
  );
  expect(accounts(await alertTopic.receive())).toEqual(["carl"]);
  aws.refuse = () => undefined;
  await minute();
  await minute();
  expect(accounts(await alertTopic.receive())).toEqual(["bob"]);
});

test("where the email was refused and the text message was not, only the email is tried again", async () => {
  await aws.put("trail", logKey("root2"), logFile(record({ userIdentity: { type: "Root" }, eventName: "X" })));
  aws.refuse = ({ fields }) =>
    fields.TopicArn === alertTopic.topicArn ? { status: 400, code: "InvalidParameter" } : undefined;
  expect(await handler(s3Event("trail", logKey("root2")))).toMatchObject({ publishFailures: 1, pending: 1 });
  expect(await smsTopic.receive()).toHaveLength(1);
  aws.refuse = () => undefined;
  await minute();
  await minute();
  expect(await alertTopic.receive()).toHaveLength(1);
  expect(await smsTopic.receive()).toEqual([]);
});

test("a retry of the same event repeats nothing", async () => {
  const others = { eventName: "CreateUser", userIdentity: { arn: "carol" } };
  await aws.put("trail", logKey("again"), logFile(record(), record(others)));
  expect(await handler(s3Event("trail", logKey("again")))).toMatchObject({ matches: 2, alerts: 2, duplicates: 0 });
  expect(await alertTopic.receive()).toHaveLength(2);
  expect(await handler(s3Event("trail", logKey("again")))).toMatchObject({ matches: 2, alerts: 0, duplicates: 2 });
  expect(await alertTopic.receive()).toEqual([]);
});

test("a retry reads the version of a key that an earlier try did not reach, though it has read another", async () => {
  const keys = Array.from({ length: 8 }, (_, i) => logKey(`other${i}`));
  for (const key of keys) await aws.put("trail", key, logFile(record({ eventName: "DescribeTrails" })));
  await aws.put("trail", logKey("twice"), logFile(record()));
  const event = s3Event("trail", ...keys, logKey("twice"), logKey("twice"));
  for (const [i, { s3 }] of event.Records.slice(-2).entries()) Object.assign(s3.object, { versionId: `v${i}` });
  aws.refuse = ({ path }) => (path.includes("versionId=v1") ? { status: 503, code: "SlowDown" } : undefined);
  await failureOf(event);
  aws.refuse = () => undefined;
  expect(await handler(event)).toMatchObject({ objects: 10, skipped: 9, failed: 0, records: 1 });
});

test("one caller's matches share an alert over all rules: the worst in full, a line per call, no target left out", async () => {
  const keys = Array.from({ length: 150 }, (_, i) => record({ requestParameters: { userName: `u${i}` } }));
  const user = record({ eventName: "CreateUser", requestParameters: { userName: "carl" } });
  await aws.put("trail", logKey("storm"), logFile(user, ...keys, record({ errorCode: "AccessDenied" })));
  expect(await handler(s3Event("trail", logKey("storm")))).toMatchObject({
    matches: 151,
    alerts: 1,
    listed: 20,
    counted: 131,
  });
  const { default: json, email } = JSON.parse(aws.published[0]?.fields.Message ?? "");
  const name = (i: number) => `u${i}`;
  expect(email).toContain("What     userName: u0\n");
  expect(email).toContain(
    `21:25:09  iam:CreateAccessKey ok on ${keys.map((_, i) => name(i)).join(", ")}, 150 times until 21:25:09`,
  );
  expect(email).toContain("21:25:09  iam:CreateUser ok on carl (iam-user-created)\n");
  expect(email.match(/^Why /gm)).toHaveLength(2);
  const { lines: told, records } = JSON.parse(json);
  expect(told[0]).toMatchObject({ records: 150, targets: keys.map((_, i) => name(i)), moreTargets: 0 });
  expect(told[1]).toMatchObject({ rules: ["iam-user-created"], targets: ["carl"] });
  expect(records.length).toBeLessThanOrEqual(20);
  expect(aws.published[0]?.fields.Subject).toBe(
    "[HIGH] Access key created by alice in prod (111122223333): u0, u1, u2, 148 more",
  );
});

test.each([
  ["no event", undefined],
  ["a list", []],
  ["an object of another kind", { source: "aws.s3", detail: { secret: "hush" } }],
])("%s is refused by its shape, without its content", async (_, event) => {
  await expect(handler(event)).rejects.toThrow(/event is no event of S3, EventBridge, SNS or CloudTrail/);
  await expect(handler(event)).rejects.not.toThrow(/hush/);
});

test("entries that name no object or have an undecodable key fail, and the others are read", async () => {
  await aws.put("trail", logKey("ok"), logFile(record()));
  const event = s3Event("trail", logKey("ok"), "x");
  const odd = { s3: { bucket: { name: "trail" }, object: { key: "AWSLogs/%E0%A4%A" } } };
  const error = await failureOf({ Records: [{}, odd, ...event.Records] });
  expect(error.message).toContain("Records[0] names no S3 object");
  expect(error.message).toContain('Records[1]: key "AWSLogs/%E0%A4%A" is not form-encoded');
  expect(error.summary).toMatchObject({ objects: 4, skipped: 1, failed: 2, alerts: 1 });
});

test("a queue's message is refused, and the error says what to do instead", async () => {
  const message = { eventSource: "aws:sqs", messageId: "1", body: JSON.stringify(s3Event("trail", logKey("ok"))) };
  const error = await failureOf({ Records: [message] });
  expect(error.message).toContain("a message of a queue, which is not read; subscribe the function to the topic");
});

test("S3's test event is a quiet success", async () => {
  expect(await handler({ Service: "Amazon S3", Event: "s3:TestEvent" })).toMatchObject({ objects: 0, failed: 0 });
});
