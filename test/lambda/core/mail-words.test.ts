import type { Rule } from "../../../lambda/core/rules/rule.ts";
import { everyCall, testDesk } from "../../support/desk-pipeline.ts";
import { ACCOUNT, record } from "../../support/log-files.ts";

type Fields = { readonly [field: string]: unknown };

const of = (call: string, requestParameters: unknown, more: Fields = {}) => {
  const [service, eventName] = call.split(":");
  return record({ eventSource: `${service}.amazonaws.com`, eventName, requestParameters, ...more });
};

async function mailOf(records: readonly unknown[], rules: readonly Rule[] = [everyCall("high")], start?: number) {
  const desk = testDesk(rules, {}, start);
  await desk.deliver([...records]);
  await desk.desk.runToEnd();
  const [{ subject = "", email = "", sms = "", json = "{}", chat = "" } = {}] = desk.alerts;
  return { subject, email, sms, chat, lines: JSON.parse(json).lines };
}

const at = (second: number) => ({ eventTime: `2026-11-20T21:25:${String(second).padStart(2, "0")}Z` });

test.each<readonly [string, Fields, string]>([
  [
    "ssm:GetParameters",
    { names: Array.from({ length: 14 }, (_, i) => `/db/${String.fromCharCode(97 + i)}`), withDecryption: true },
    "ssm:GetParameters ok on /db/a, /db/b, ..., /db/m, /db/n, and 10 more",
  ],
  ["secretsmanager:BatchGetSecretValue", { secretIdList: ["orders", "users"] }, "ok on orders, users"],
  [
    "ec2:TerminateInstances",
    { instancesSet: { items: ["i-0a", "i-0b", "i-0c"].map((instanceId) => ({ instanceId })) } },
    "ok on i-0a, i-0b, i-0c",
  ],
  ["ec2:DeleteTags", { resourcesSet: { items: [{ resourceId: "i-1" }, { resourceId: "i-2" }] } }, "ok on i-1, i-2"],
])("of %s the line names all that the call was about, as far as there is room", async (call, parameters, text) => {
  const { email } = await mailOf([of(call, parameters), of("iam:CreateUser", { userName: "bob" })]);
  expect(email).toContain(text);
});

test.each<readonly [string, Fields, unknown]>([
  [
    "a group that its own rules name",
    { groupId: "sg-1", ipPermissions: { items: [{ groups: { items: [{ groupId: "sg-1" }, { groupId: "sg-2" }] } }] } },
    ["sg-1"],
  ],
  ["one name in a list", { names: ["/db/a"] }, ["/db/a"]],
  ["the same name twice", { names: ["/db/a", "/db/a"] }, ["/db/a"]],
])("%s is one name", async (_, parameters, targets) => {
  const { lines } = await mailOf([of("ec2:AuthorizeSecurityGroupIngress", parameters)]);
  expect(lines[0].targets).toEqual(targets);
});

test("machines that one call of many stopped are gone for whatever else was made of each", async () => {
  const { email } = await mailOf([
    of("ec2:RunInstances", {}, { ...at(10), responseElements: { instancesSet: { items: [{ instanceId: "i-0b" }] } } }),
    of("ec2:TerminateInstances", { instancesSet: { items: [{ instanceId: "i-0a" }, { instanceId: "i-0b" }] } }, at(20)),
  ]);
  expect(email).not.toContain("aws ec2 stop-instances");
});

test("an image that is gone is not taken back from anybody", async () => {
  const shared = { imageId: "ami-1", launchPermission: { add: { items: [{ userId: "999999999999" }] } } };
  const mail = async (...more: readonly object[]) =>
    (await mailOf([of("ec2:ModifyImageAttribute", shared, at(10)), ...more])).email;
  expect(await mail()).toContain("aws ec2 modify-image-attribute --image-id ami-1 ");
  expect(await mail(of("ec2:DeregisterImage", { imageId: "ami-1" }, at(20)))).not.toContain("modify-image-attribute");
});

const accounts = (count: number) => Array.from({ length: count }, (_, i) => ({ userId: String(999999999999 - i) }));

test.each([
  ["a snapshot", "ec2:ModifySnapshotAttribute", "snapshotId", "createVolumePermission", "reset-snapshot-attribute"],
  ["an image", "ec2:ModifyImageAttribute", "imageId", "launchPermission", "reset-image-attribute"],
])(
  "%s that went to many accounts is taken back at once by name, below the lock-out; if all lose it, somebody is asked first",
  async (_, call, id, list, reset) => {
    const shared = (count: number) => mailOf([of(call, { [id]: "x-1", [list]: { add: { items: accounts(count) } } })]);
    const command = (count: number) =>
      ` *if [^\\n]*\\n +aws ec2 modify-\\w+-attribute .* --user-ids 999999999999 (?:\\d{12} ){${count - 1}}--region`;
    expect((await shared(9)).email).toMatch(new RegExp(`\\nAt once [^\\n]*\\n${command(9)}`));
    const { email } = await shared(40);
    expect(email).toMatch(/\nAt once [^\n]*\n {9}what Undo begins with; it is too long to stand here\nLock out /);
    expect(email).toMatch(new RegExp(`\\nUndo {5}at once, before anybody is asked:\\n${command(40)}`));
    const all = (await shared(60)).email;
    expect(all).toMatch(
      new RegExp(
        `\\nUndo {5}then, [^\\n]*\\n +${reset}: there are too many[^\\n]*\\n[^\\n]*\\n +aws ec2 ${reset} --\\w+-id x-1 --attribute ${list} --region us-east-1\\n`,
      ),
    );
    expect(all).not.toContain("left out");
  },
);

test("of a call about a thousand things a mail names the first and counts the others, and the JSON has all that a line takes", async () => {
  const items = Array.from({ length: 1_000 }, (_, i) => ({ instanceId: `i-${String(i).padStart(17, "0")}` }));
  const terminated = of("ec2:TerminateInstances", { instancesSet: { items } });
  const { subject, email, lines } = await mailOf([terminated]);
  expect(subject).toMatch(/: TerminateInstances i-0{17}, 999 more$/);
  expect(email).toContain("\nGone     unless there is a backup: instance i-00000000000000000, ");
  expect(email).toContain(", 997 more\n");
  const [line] = lines;
  expect([new Set(line.targets).size, line.moreTargets]).toEqual([500, 500]);
  const long = items.slice(0, 400).map(({ instanceId }) => ({ instanceId: instanceId.padEnd(99, "x") }));
  const [cut] = (await mailOf([of("ec2:TerminateInstances", { instancesSet: { items: long } })])).lines;
  expect(cut.targets.length).toBeGreaterThan(290);
  expect(cut.targets.length + cut.moreTargets).toBe(400);
  expect(Buffer.byteLength(JSON.stringify(cut.targets))).toBeLessThan(31_000);
});

test("what was done to one thing many times is told with what it was", async () => {
  const joined = Array.from({ length: 16 }, (_, i) =>
    of("iam:AddUserToGroup", { userName: "bob", groupName: `g${i}` }),
  );
  const { email } = await mailOf(joined);
  expect(email).toContain(
    "         6 more calls to undo are NOT here: iam:AddUserToGroup of bob into group g10, g11, g12, g13 and 2 more\n",
  );
  const many = Array.from({ length: 40 }, (_, i) => of("iam:AddUserToGroup", { userName: "bob", groupName: `g${i}` }));
  expect((await mailOf(many)).email).toMatch(
    / {9}30 more calls to undo are NOT here: iam:AddUserToGroup of bob into group g\d+, g\d+, g\d+, g\d+ and 26 more\n/,
  );
});

const rate = (state: string) => ({
  eventType: "AwsCloudTrailInsight",
  eventCategory: "Insight",
  ...{ eventID: `insight-${state}`, sharedEventID: "one-insight", recipientAccountId: ACCOUNT, awsRegion: "us-east-1" },
  ...at(30),
  insightDetails: {
    state,
    eventSource: "ec2.amazonaws.com",
    eventName: "RunInstances",
    insightType: "ApiCallRateInsight",
  },
});

/** Calls and rates of an account in one incident. */
const OF_ACCOUNT: Rule = {
  ...{ name: "any", place: "rules/test.yaml:1", severity: "high" },
  pattern: { recipientAccountId: [ACCOUNT] },
  group: { by: ["recipientAccountId"] },
};

test("a rate beside calls is told as a rate, in the mail and in its subject", async () => {
  const own = { recipientAccountId: ACCOUNT };
  const calls = [..."ABCDE"].map((letter, i) => of(`iam:Create${letter}`, { userName: `u${i}` }, { ...own, ...at(i) }));
  const { email, subject } = await mailOf([...calls, rate("Start")], [OF_ACCOUNT]);
  expect(email).toMatch(/more lines below: .*the rate of ec2:RunInstances/);
  expect(`${subject}\n${email}`).not.toMatch(/insight ec2/);
  expect(subject).not.toMatch(/(?<!rate of )RunInstances/);
});

test("a chat and a round-up tell a rate in words", async () => {
  const desk = testDesk([OF_ACCOUNT], { chatFrom: "high" });
  await desk.deliver([rate("Start")]);
  expect(desk.alerts[0]?.chat).toContain("ec2:RunInstances was called unusually often");
  expect(desk.alerts[0]?.chat).not.toContain("insight ec2");
  const daily = testDesk([{ ...OF_ACCOUNT, severity: "low" }]);
  await daily.deliver([rate("Start"), of("iam:CreateUser", { userName: "bob" }, { recipientAccountId: ACCOUNT })]);
  await daily.desk.runToEnd();
  expect(daily.alerts[0]?.email).toContain("ec2:RunInstances was called unusually often");
  expect(`${daily.alerts[0]?.subject}${daily.alerts[0]?.email}`).not.toContain("insight ec2");
});

test("a record in two lines is one of the calls that a mail counts", async () => {
  const each = { ...everyCall("medium", { name: "each" }), calls: ["iam:CreateUser"] };
  const some: Rule = {
    ...everyCall("high", { name: "some" }),
    calls: ["iam:CreateUser"],
    threshold: { count: 2, within: 60_000 },
  };
  const b = { ...each, pattern: { requestParameters: { userName: ["b"] } } };
  // The rule with the threshold tells of all three, the other of one of them.
  const { email, subject, lines } = await mailOf(
    ["a", "b", "c"].map((userName, i) => of("iam:CreateUser", { userName }, at(i))),
    [some, b],
  );
  expect(lines).toHaveLength(2);
  expect(email).toContain("; one of 3 calls from 21:25:00 to 21:25:02 UTC");
  expect(email).toMatch(/^Alert {4}\w+ of incident \w+, 3 records;/m);
  expect(subject).not.toContain("4");
});

test.each([
  ["2026-11-20T21:29:30Z", /; next mail at 21:3\d UTC \(22:3\d Berlin\) if/],
  // In Berlin it is tomorrow already.
  ["2026-11-20T22:58:00Z", /; next mail at 23:0\d UTC \(2026-11-21 00:0\d Berlin\) if/],
  ["2026-11-20T23:58:00Z", /; next mail at 2026-11-21 00:0\d UTC \(01:0\d Berlin\) if/],
])("at %s the next mail has a date where that is another day's", async (now, text) => {
  const desk = testDesk([everyCall("high")], {}, Date.parse(now));
  await desk.deliver([of("iam:CreateUser", { userName: "bob" }, { eventTime: now })]);
  expect(desk.alerts[0]?.email).toMatch(text);
});
