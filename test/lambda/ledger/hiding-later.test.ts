import { createLedger } from "../../../lambda/core/ledger/ledger.ts";
import { MUTES } from "../../../lambda/core/mute/mute.ts";
import type { Threshold } from "../../../lambda/core/rules/rule.ts";
import { createMemoryStore } from "../../../lambda/core/store/memory.ts";
import { everyCall, NOW, SETTINGS, testDesk } from "../../support/desk-pipeline.ts";
import { loadedRules } from "../../support/loaded-rules.ts";
import { ACCOUNT, logKey, record } from "../../support/log-files.ts";

const MINUTE = 60_000;
const ALICE = `arn:aws:iam::${ACCOUNT}:user/alice`;

test("who writes a user's name in another way at each step, which is one name to IAM, hides no sequence", async () => {
  const all = loadedRules("rules").map(({ rule }) => rule);
  const rules = all.filter(({ name }) => name === "admin-with-credentials-made");
  const desk = testDesk(rules);
  const policyArn = "arn:aws:iam::aws:policy/AdministratorAccess";
  await desk.deliver([
    record({ eventName: "CreateUser", requestParameters: { userName: "helper" } }),
    record({ eventName: "AttachUserPolicy", requestParameters: { userName: "Helper", policyArn } }),
    record({ eventName: "CreateAccessKey", requestParameters: { userName: "HELPER" } }),
  ]);
  await desk.desk.advanceTo(desk.desk.now() + MINUTE);
  expect(desk.alerts.map(({ subject }) => subject)).toEqual([expect.stringMatching(/^\[CRITICAL\] Administrator/)]);
});

test("what is muted stays out although the clock of the one who looks is behind that of the one who told", async () => {
  const rule = everyCall("high");
  const store = createMemoryStore();
  const sent: string[] = [];
  const ledgerOf = (ahead: number) =>
    createLedger({
      store,
      rules: [rule],
      settings: SETTINGS,
      publish: {
        alert: async ({ subject }) => void sent.push(subject),
        sms: async () => undefined,
        health: async () => undefined,
        "health-sms": async () => undefined,
      },
      now: () => NOW + ahead,
      sleep: async () => undefined,
    });
  const take = async (ahead: number, userName: string) => {
    const intake = ledgerOf(ahead).intake();
    const logObject = { bucket: "trail", key: logKey(userName) };
    const own = record({ requestParameters: { userName } });
    await intake.add([{ record: own, logObject, rules: [rule], preceding: [] }]);
    return (await intake.finish()).counts;
  };
  await take(5 * MINUTE, "first");
  const mute = {
    id: "00000000",
    at: NOW,
    until: NOW + 60 * MINUTE,
    reason: "rotation",
    by: "carol",
    isAnnounced: true,
  };
  const body = { mutes: [{ ...mute, of: { rule: rule.name, actor: ALICE } }] };
  await store.commit([{ key: MUTES, expected: 0, next: { body } }]);
  expect(await take(0, "second")).toMatchObject({ muted: 1, held: 0 });
  expect(sent).toHaveLength(1);
});

test("a code that takes another domain away is news, also if AWS calls it a read to ask for one", async () => {
  const all = loadedRules("rules").map(({ rule }) => rule);
  const desk = testDesk(all.filter(({ name }) => name === "domain-moving-away"));
  for (const domainName of ["decoy.example", "real.example"]) {
    const call = { eventSource: "route53domains.amazonaws.com", eventName: "RetrieveDomainAuthCode", readOnly: true };
    await desk.deliver([record({ ...call, requestParameters: { domainName } })], logKey(domainName));
    await desk.desk.advanceTo(desk.desk.now() + 2 * MINUTE);
  }
  expect(desk.alerts.map(({ subject }) => subject)).toEqual([
    expect.stringMatching(/^\[CRITICAL\] Transfer of a domain .*decoy/),
    expect.stringMatching(/^\[CRITICAL\] Follow-up: Transfer of a domain .*real/),
  ]);
});

test("no number of failures around a sign-in, which its own log file brings later, takes those before it from its rule", async () => {
  const all = loadedRules("rules").map(({ rule }) => rule);
  const desk = testDesk(all.filter(({ name }) => name === "sign-in-after-failures"));
  const signIn = (ConsoleLogin: string, second: number) =>
    record({
      eventTime: new Date(Date.parse("2026-11-20T21:24:00Z") + second * 1000).toISOString().replace(".000", ""),
      eventType: "AwsConsoleSignIn",
      eventSource: "signin.amazonaws.com",
      eventName: "ConsoleLogin",
      requestParameters: null,
      responseElements: { ConsoleLogin },
    });
  await desk.deliver(Array.from({ length: 720 }, (_, i) => signIn("Failure", 2 + Math.floor(i / 12))));
  await desk.deliver([signIn("Success", 35)], logKey("two"));
  await desk.desk.advanceTo(desk.desk.now() + MINUTE);
  expect(desk.alerts.map(({ subject }) => subject)).toEqual([expect.stringMatching(/^\[CRITICAL\] Sign-in made/)]);
});

test("no number of further calls of its first step, between two log files, takes the order from a sequence", async () => {
  const all = loadedRules("rules").map(({ rule }) => rule);
  const desk = testDesk(all.filter(({ name }) => name === "instance-taken-over-by-user-data"));
  const call = (eventName: string, second: number, requestParameters: object) => {
    const eventTime = new Date(Date.parse("2026-11-20T21:24:00Z") + second * 1000).toISOString().replace(".000", "");
    return record({ eventSource: "ec2.amazonaws.com", eventName, eventTime, requestParameters });
  };
  const of = (instanceId: string) => ({ instancesSet: { items: [{ instanceId }] } });
  await desk.deliver([call("StopInstances", -70 * 60, of("i-0a"))]);
  const decoys = Array.from({ length: 720 }, (_, i) => call("StopInstances", 30 + Math.floor(i / 36), of("i-0a")));
  const script = { instanceId: "i-0b", userData: "<sensitiveDataRemoved>" };
  const taken = [call("StopInstances", 5, of("i-0b")), call("ModifyInstanceAttribute", 20, script)];
  await desk.deliver([...taken, ...decoys], logKey("two"));
  await desk.deliver([call("StartInstances", 75, of("i-0b"))], logKey("three"));
  await desk.desk.advanceTo(desk.desk.now() + MINUTE);
  expect(desk.alerts.map(({ subject }) => subject)).toEqual([expect.stringMatching(/^\[HIGH\] Instance taken/)]);
});

test.each([
  ["StopInstances", 10],
  ["StartInstances", 30],
])("no number of second steps around the real one hides a sequence whose %s comes last", async (late, second) => {
  const all = loadedRules("rules").map(({ rule }) => rule);
  const desk = testDesk(all.filter(({ name }) => name === "instance-taken-over-by-user-data"));
  // All of it within one fiftieth of the hour.
  const call = (eventName: string, second: number, instanceId: string) => {
    const eventTime = new Date(Date.parse("2026-11-20T21:20:24Z") + second * 1000).toISOString().replace(".000", "");
    const requestParameters =
      eventName === "ModifyInstanceAttribute"
        ? { instanceId, userData: "<sensitiveDataRemoved>" }
        : { instancesSet: { items: [{ instanceId }] } };
    return record({ eventSource: "ec2.amazonaws.com", eventName, eventTime, requestParameters });
  };
  const decoys = Array.from({ length: 720 }, (_, i) => call("ModifyInstanceAttribute", i % 2 === 0 ? 5 : 50, "i-0a"));
  const other = late === "StopInstances" ? call("StartInstances", 30, "i-0b") : call("StopInstances", 10, "i-0b");
  await desk.deliver([...decoys, other, call("ModifyInstanceAttribute", 20, "i-0b")]);
  await desk.deliver([call(late, second, "i-0b")], logKey("two"));
  await desk.desk.advanceTo(desk.desk.now() + MINUTE);
  expect(desk.alerts.map(({ subject }) => subject)).toEqual([expect.stringMatching(/^\[HIGH\] Instance taken/)]);
});

test.each<readonly [string, Omit<Threshold, "within">, object, number]>([
  ["of another service", { count: 5, over: { eventSource: 3 } }, { eventSource: "kms.amazonaws.com" }, 1],
  ["that count in full", { count: 60, discount: { pattern: { readOnly: [true] }, by: 100 } }, { readOnly: false }, 40],
])("no number of values takes those %s from a threshold", async (_, threshold, own, size) => {
  const counted = { distinct: "requestParameters.userName", within: 15 * MINUTE };
  const rule = everyCall("critical", { threshold: { ...counted, ...threshold } });
  const desk = testDesk([rule]);
  const call = (userName: string, second: number, fields: object) => {
    const eventTime = new Date(Date.parse("2026-11-20T21:20:00Z") + second * 1000).toISOString().replace(".000", "");
    return record({ eventTime, readOnly: true, requestParameters: { userName }, ...fields });
  };
  const several = (name: string, count: number, second: number, fields: object) =>
    Array.from({ length: count }, (_, i) => call(`${name}-${i}`, second, fields));
  await desk.deliver(several("the-real-one", size, 0, own));
  await desk.deliver(several("decoy", 400, 60, {}), logKey("two"));
  await desk.deliver(several("further", 400, 90, {}), logKey("three"));
  expect(desk.alerts).toEqual([]);
  await desk.deliver(several("last", 20, 120, { ...own, eventSource: "s3.amazonaws.com" }), logKey("four"));
  await desk.desk.advanceTo(desk.desk.now() + MINUTE);
  expect(desk.alerts.map(({ json }) => json)).toEqual([expect.stringContaining("the-real-one")]);
});

test.each([
  ["critical", "in files of their own", {}, 2],
  ["critical", "in one file", {}, 2],
  ["critical", "in files of their own", { threshold: { count: 1, within: MINUTE } }, 2],
  ["high", "in one file", {}, 5],
] as const)(
  "what a %s rule groups by is news also beyond the fiftieth group, and of reads (%s)",
  async (severity, how, more, minutes) => {
    const group = { by: ["requestParameters.secretId"] };
    const desk = testDesk([everyCall(severity, { calls: ["secretsmanager:GetSecretValue"], group, ...more })]);
    const read = (secretId: string) =>
      record({
        eventSource: "secretsmanager.amazonaws.com",
        eventName: "GetSecretValue",
        readOnly: true,
        requestParameters: { secretId },
      });
    const decoys = Array.from({ length: 54 }, (_, i) => read(`decoy-${i}`));
    const files = how === "in one file" ? [decoys] : decoys.map((one) => [one]);
    for (const [i, file] of files.entries()) await desk.deliver(file, logKey(`file-${i}`));
    await desk.desk.advanceTo(desk.desk.now() + 3 * MINUTE);
    await desk.deliver([read("the-real-one")], logKey("real"));
    await desk.desk.advanceTo(desk.desk.now() + minutes * MINUTE);
    const told = desk.alerts.length;
    expect(desk.alerts.at(-1)?.email).toContain("the-real-one");
    // The same again is none.
    await desk.deliver([read("the-real-one")], logKey("again"));
    await desk.desk.advanceTo(desk.desk.now() + minutes * MINUTE);
    expect(desk.alerts).toHaveLength(told);
  },
);

test("a rule that no text told of has its text, although another one stands first in its mail", async () => {
  const noise = everyCall("critical", { name: "noise", calls: ["iam:*"] });
  const desk = testDesk([noise, everyCall("critical", { name: "key-lost", calls: ["kms:*"] })]);
  for (let i = 0; i < 12; i++) {
    const userIdentity = { type: "IAMUser", arn: `arn:aws:iam::${ACCOUNT}:user/u${i}`, userName: `u${i}` };
    await desk.deliver([record({ userIdentity })], logKey(`noise-${i}`));
    await desk.desk.advanceTo(desk.desk.now() + 2 * MINUTE);
  }
  expect(desk.texts).toHaveLength(9);
  const of = (eventName: string) => record({ eventSource: "kms.amazonaws.com", eventName });
  await desk.deliver([record(), of("DisableKey"), of("ScheduleKeyDeletion")], logKey("real"));
  expect(desk.alerts.at(-1)?.subject).toMatch(/^\[CRITICAL\] Noise by alice/);
  expect(desk.texts).toHaveLength(10);
});

const KEY = {
  requestParameters: { userName: "the-real-one" },
  responseElements: { accessKey: { accessKeyId: "AKIAI44QH8DHBEXAMPLE", userName: "the-real-one" } },
};
const POLICY = {
  eventName: "PutUserPolicy",
  requestParameters: { userName: "the-real-one", policyName: "p", policyDocument: "x".repeat(20_000) },
};

const POLICY_OF_BUCKET = {
  eventSource: "s3.amazonaws.com",
  eventName: "PutBucketPolicy",
  requestParameters: {
    bucketName: "the-real-one",
    bucketPolicy: {
      Statement: Array.from({ length: 12 }, (_, i) => ({
        Effect: "Allow",
        Principal: "*",
        Resource: `${i}`.repeat(90),
      })),
    },
  },
};
const notes = (count: number, length: number) => Array.from({ length: count }, (_, i) => `${i}`.repeat(length));

test.each([
  ["25 small ones in a file", 25, 1, [], KEY, "aws iam update-access-key --user-name the-real-one"],
  ["45 small ones in a file", 45, 1, [], KEY, "aws iam update-access-key --user-name the-real-one"],
  ["25 large ones in a file", 25, 1, notes(9, 7_000), KEY, "aws iam update-access-key --user-name the-real-one"],
  ["25 small ones in files of their own", 25, 25, [], KEY, "aws iam update-access-key --user-name the-real-one"],
  [
    "45 of some size in two files",
    45,
    2,
    notes(1, 7_000),
    POLICY,
    "aws iam delete-user-policy --user-name the-real-one",
  ],
  ["45 large ones in two files", 45, 2, notes(9, 7_000), POLICY, "aws iam delete-user-policy --user-name the-real-one"],
  [
    "48 of few words in a file",
    48,
    1,
    notes(8, 90),
    POLICY_OF_BUCKET,
    "aws s3api delete-bucket-policy --bucket the-real-one",
  ],
])(
  "%s, other calls of the same caller, take the record of the real one from no mail",
  async (_, count, files, note, fields, undo) => {
    const desk = testDesk([everyCall("critical")]);
    const decoys = () =>
      Array.from({ length: count }, (_, i) =>
        record({
          eventName: `Tag${String.fromCharCode(65 + (i % 26), 65 + i / 26)}`,
          eventTime: "2026-11-20T21:20:00Z",
          requestParameters: { userName: `u${i}`, note },
        }),
      );
    await desk.deliver(decoys());
    await desk.desk.advanceTo(desk.desk.now() + 5 * MINUTE);
    const [before, real] = [decoys(), [1, 2, 3].map(() => record(fields))];
    const size = Math.ceil(count / files);
    for (let i = 1; i < files; i++) await desk.deliver(before.splice(0, size), logKey(`before-${i}`));
    await desk.deliver([...before, ...real], logKey("real"));
    await desk.desk.advanceTo(desk.desk.now() + 2 * MINUTE);
    const { subject, email = "" } = desk.alerts.at(-1) ?? {};
    expect(subject).toMatch(/^\[CRITICAL\] Follow-up: Every call by alice in prod.*-one/);
    expect(desk.texts.at(-1)).toMatch(/^CRIT every-call ok: alice .* the-real-one/);
    expect(email).toContain(undo);
    expect(real.map(({ eventID }) => eventID)).toContainEqual(/^Event .*#\/events\/(\S+)/m.exec(email)?.[1]);
    expect(email).toMatch(/^Lock out/m);
  },
);

test.each(["in one file", "in files of their own", "in files in the wrong order"])(
  "what meets a rule itself also comes before its next match, %s",
  async (how) => {
    // Refusals are calls too.
    const after = { pattern: { errorCode: ["AccessDenied"] }, count: 3, within: 60 * MINUTE };
    const desk = testDesk([everyCall("critical", { after })]);
    const call = (minute: number, fields: object) => record({ eventTime: `2026-11-20T21:1${minute}:00Z`, ...fields });
    const refused = [1, 2, 3].map((minute) => call(minute, { errorCode: "AccessDenied" }));
    const all = [...refused, call(4, { requestParameters: { userName: "the-real-one" } })];
    const files = how === "in one file" ? [all] : all.map((one) => [one]);
    if (how === "in files in the wrong order") files.reverse();
    for (const [i, file] of files.entries()) await desk.deliver(file, logKey(`file-${i}`));
    await desk.desk.advanceTo(desk.desk.now() + MINUTE);
    expect(desk.alerts.map(({ subject }) => subject)).toEqual([expect.stringMatching(/ the-real-one$/)]);
  },
);

test("a lost answer of the table, whichever it is, holds no critical call for more than two minutes", async () => {
  const late: number[] = [];
  for (let lost = 1; lost <= 8; lost++) {
    const memory = createMemoryStore();
    let commits = 0;
    const store = {
      ...memory,
      async commit(changes: Parameters<typeof memory.commit>[0]) {
        const isDone = await memory.commit(changes);
        commits++;
        if (commits === lost) throw new Error("the answer is lost");
        return isDone;
      },
    };
    const desk = testDesk([everyCall("critical")], {}, NOW, store);
    await desk.deliver([record()]);
    await desk.desk.advanceTo(NOW + 2 * MINUTE);
    if (desk.alerts.length === 0 || desk.texts.length === 0) late.push(lost);
  }
  expect(late).toEqual([]);
});
