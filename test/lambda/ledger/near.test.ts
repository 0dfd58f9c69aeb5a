import { everyCall, NOW, type TestDesk, testDesk } from "../../support/desk-pipeline.ts";
import { ACCOUNT, logKey, record } from "../../support/log-files.ts";
import { iamUser } from "../../support/sessions.ts";

const MINUTE = 60_000;
const OTHER = "444455556666";

const at = (seconds: number) => `${new Date(NOW + seconds * 1000).toISOString().slice(0, 19)}Z`;
const does = (user: string, seconds: number, more: object = {}) =>
  record({ userIdentity: iamUser(user), sourceIPAddress: "8.8.8.8", eventTime: at(seconds), ...more });
const rules = [everyCall("high", { calls: ["iam:CreateAccessKey"] })];

let files = 0;
async function minuteLater(desk: TestDesk, records: readonly object[], minutes = 1, account = ACCOUNT) {
  await desk.desk.advanceTo(desk.desk.now() + minutes * MINUTE);
  await desk.deliver([...records], logKey(`f${++files}`).replaceAll(ACCOUNT, account));
  await desk.desk.advanceTo(desk.desk.now() + MINUTE);
}
const fromRow = ({ alerts }: TestDesk) => /^From {5}.*\n {9}(.*)$/m.exec(alerts.at(-1)?.email ?? "")?.[1];
const idOf = ({ alerts }: TestDesk) => alerts[0]?.id;

test("a mail names the alert of somebody else who called from the same address within the hour", async () => {
  const desk = testDesk(rules);
  await minuteLater(desk, [does("alice", -60)]);
  expect(fromRow(desk)).toBeUndefined();
  await minuteLater(desk, [does("bob", -15)]);
  expect(desk.alerts).toHaveLength(2);
  expect(fromRow(desk)).toBe(`the address of alert ${idOf(desk)} too (alice, 45 s before)`);
});

test.each<readonly [string, readonly object[], readonly object[], number, string | undefined]>([
  ["calls that were made later", [does("alice", 30)], [does("bob", 0)], 1, "(alice, 30 s after)"],
  ["calls of the same second", [does("alice", 0)], [does("bob", 0)], 1, "(alice, at the same time)"],
  [
    "a name that is none",
    [does("alice, 1 s before), call her", 0)],
    [does("bob", 5)],
    1,
    '("alice, 1 s before), call her", 5 s before)',
  ],
  ["another address", [does("alice", 0)], [does("bob", 1, { sourceIPAddress: "8.8.4.4" })], 1, undefined],
  ["an hour in between", [does("alice", 0)], [does("bob", 3_700)], 62, undefined],
  [
    "a private address, which is another one in each network",
    [does("alice", 0, { sourceIPAddress: "10.0.0.7" })],
    [does("bob", 1, { sourceIPAddress: "10.0.0.7" })],
    1,
    undefined,
  ],
  [
    "a service",
    [does("alice", 0, { sourceIPAddress: "cloudformation.amazonaws.com" })],
    [does("bob", 1, { sourceIPAddress: "cloudformation.amazonaws.com" })],
    1,
    undefined,
  ],
  [
    "the caller's own alert",
    [does("alice", 0)],
    [does("alice", 1, { requestParameters: { userName: "x" } })],
    6,
    undefined,
  ],
])("what a mail says of an alert before it: %s", async (_, first, then, minutes, text) => {
  const desk = testDesk(rules);
  await minuteLater(desk, first);
  await minuteLater(desk, then, minutes);
  expect(desk.alerts.length).toBeGreaterThan(1);
  const told = fromRow(desk);
  if (text === undefined) expect(told).toBeUndefined();
  else expect(told).toContain(text);
});

test("an alert of another account names it, and one that anybody may have made up is not remembered", async () => {
  const desk = testDesk(rules);
  const there = { ...does("alice", 0), recipientAccountId: OTHER, userIdentity: iamUser("alice", OTHER) };
  await minuteLater(desk, [there], 1, OTHER);
  await minuteLater(desk, [does("bob", 45)]);
  expect(fromRow(desk)).toContain(`(alice in ${OTHER}, 45 s before)`);
  const forged = testDesk(rules);
  await minuteLater(forged, [{ ...there, recipientAccountId: ACCOUNT }], 1, OTHER);
  expect(forged.alerts[0]?.email).toContain("UNVERIFIED");
  await minuteLater(forged, [does("bob", 45)]);
  expect(fromRow(forged)).toBeUndefined();
});

test("the alert of a rule with incidents of its own is named by its title, and names others", async () => {
  const guessed = everyCall("medium", {
    name: "password-guessed",
    title: "Passwords guessed",
    calls: ["signin:ConsoleLogin"],
    group: { by: ["sourceIPAddress"], acrossAccounts: true },
  });
  const guess = (seconds: number) =>
    does("carl", seconds, { eventSource: "signin.amazonaws.com", eventName: "ConsoleLogin" });
  const desk = testDesk([...rules, guessed]);
  await minuteLater(desk, [guess(0)]);
  await minuteLater(desk, [does("alice", 45)]);
  expect(fromRow(desk)).toBe(`the address of alert ${idOf(desk)} too (Passwords guessed, 45 s before)`);
  const reverse = testDesk([...rules, guessed]);
  await minuteLater(reverse, [does("alice", 0)]);
  await minuteLater(reverse, [guess(45)]);
  expect(fromRow(reverse)).toBe(`the address of alert ${idOf(reverse)} too (alice, 45 s before)`);
});

test("it costs no call of the store, and many alerts leave little behind", async () => {
  const calls = async (sourceIPAddress: string) => {
    const desk = testDesk(rules);
    await minuteLater(desk, [does("alice", 0)]);
    await minuteLater(desk, [does("bob", 1, { sourceIPAddress })]);
    return desk.calls;
  };
  expect(await calls("8.8.8.8")).toBe(await calls("10.0.0.7"));
  const desk = testDesk(rules);
  for (let i = 0; i < 12; i++) await minuteLater(desk, [does(`user-${i}`, i * 100)]);
  expect(desk.alerts).toHaveLength(12);
  expect(fromRow(desk)).toContain("(user-10, ");
  const budget = (await desk.store.read(["budget"], desk.desk.now())).get("budget");
  expect(JSON.stringify(budget)).toContain("user-11");
  expect(JSON.stringify(budget)).not.toContain("user-5");
});
