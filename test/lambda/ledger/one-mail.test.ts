import type { Alert } from "../../../lambda/core/alert/alert.ts";
import type { Rule } from "../../../lambda/core/rules/rule.ts";
import { NOW, testDesk } from "../../support/desk-pipeline.ts";
import { logKey, record } from "../../support/log-files.ts";
import { inSession } from "../../support/sessions.ts";

const MINUTE = 60_000;

const FULL_MINUTE = Math.ceil(NOW / MINUTE) * MINUTE;

const rule = (name: string, severity: Rule["severity"], call: string, more: Partial<Rule> = {}): Rule => ({
  name,
  place: "rules/test.yaml:1",
  severity,
  calls: [call],
  ...more,
});

const KEY = rule("key", "medium", "iam:CreateAccessKey");
const ADMIN = rule("admin", "high", "iam:AttachUserPolicy");
const MANY = rule("many", "medium", "iam:*", { threshold: { count: 3, within: 10 * MINUTE } });

const key = (userName: string) => record({ requestParameters: { userName } });
const read = (eventName: string) => record({ eventName, requestParameters: null, readOnly: true });
const rulesOf = ({ parts }: Alert) => Object.assign({}, ...parts.map(({ rules }) => rules));

test("a mail tells what its incident has held back, also what another log file brought", async () => {
  const { deliver, desk, alerts } = testDesk([KEY, ADMIN]);
  await deliver([key("bob")]);
  await desk.advanceTo(NOW + 2 * MINUTE);
  await deliver([key("carl")]);
  await desk.advanceTo(NOW + 4 * MINUTE);
  await deliver([record({ eventName: "AttachUserPolicy", requestParameters: { userName: "carl" } })]);
  expect(alerts.map(rulesOf)).toEqual([{ key: 1 }, { admin: 1, key: 1 }]);
});

test("a mail tells what waits, also where its incident stands in place of one that cannot be read", async () => {
  const rules = [KEY, rule("user", "critical", "iam:CreateUser")];
  const user = (userName: string, session: string) => ({
    userIdentity: inSession({ role: "ops", name: session, key: `ASIA${session}`, opened: "2026-11-20T21:00:00Z" }),
    requestParameters: { userName },
  });
  const first = () => record({ ...user("bob", "one"), eventName: "CreateUser" });
  const other = testDesk(rules);
  await other.deliver([first()]);
  const { store, deliver, desk, alerts } = testDesk(rules);
  await store.commit(other.keys("incident#").map((place) => ({ key: place, expected: 0, next: { body: "junk" } })));
  await deliver([first()]);
  await deliver([record(user("carl", "one"))], logKey("waits"));
  // A session that was not met is looked at, and then held back.
  await deliver([record({ ...user("dave", "two"), eventName: "CreateUser" })], logKey("held"));
  await desk.advanceTo(NOW + 3 * MINUTE);
  expect(alerts.map(rulesOf)).toEqual([{ user: 1 }, { user: 1, key: 1 }]);
});

test("critical news is told within two minutes, also where more of it rings before the tick", async () => {
  const { deliver, desk, alerts } = testDesk([{ ...KEY, severity: "critical" }], {}, FULL_MINUTE + 100);
  await deliver([key("bob")]);
  await desk.advanceTo(FULL_MINUTE + 1_000);
  await deliver([key("carl")]);
  await desk.advanceTo(FULL_MINUTE + 2 * MINUTE - 100);
  await deliver([key("dave")]);
  await desk.advanceTo(FULL_MINUTE + 1_000 + 2 * MINUTE);
  expect(alerts.map(({ json }) => json).join()).toContain('"carl"');
});

test("what passes its threshold comes with what rings in the same log file, and each record once", async () => {
  const { deliver, desk, alerts } = testDesk([KEY, MANY]);
  await deliver([key("bob"), read("ListUsers"), read("ListRoles")]);
  await desk.runToEnd();
  expect(alerts.map(rulesOf)).toEqual([{ key: 1, many: 3 }]);
});

test("what passes a threshold of a low rule waits for the day's round-up, which tells all of it at once", async () => {
  const often = rule("often", "low", "iam:*", { threshold: { count: 2, within: 10 * MINUTE } });
  const { deliver, desk, alerts } = testDesk([often, rule("listed", "info", "iam:ListUsers")]);
  for (let i = 0; i < 4; i++) {
    await deliver([key(`a${i}`), key(`b${i}`), read("ListUsers")]);
    await desk.advanceTo(NOW + 30 * (i + 1) * MINUTE);
  }
  expect(alerts).toEqual([]);
  await desk.runToEnd();
  expect(alerts.map(({ subject, matches }) => ({ subject: subject.slice(0, 22), matches }))).toEqual([
    { subject: "[LOW] Daily round-up: ", matches: 16 },
  ]);
});

test("a day of more callers than one look finds is told in as few round-ups as hold them", async () => {
  const { deliver, desk, alerts } = testDesk([rule("listed", "low", "iam:ListUsers")]);
  for (let file = 0; file < 6; file++) {
    const callers = Array.from({ length: 60 }, (_, i) => {
      const arn = `arn:aws:iam::111122223333:user/u${i}`;
      return record({ eventName: "ListUsers", userIdentity: { type: "IAMUser", arn, userName: `u${i}` } });
    });
    await deliver(callers, logKey(`file${file}`));
  }
  await desk.runToEnd();
  expect(alerts.map(({ matches }) => matches)).toEqual([360]);
});
