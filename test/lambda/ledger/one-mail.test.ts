import type { Alert } from "../../../lambda/core/alert/alert.ts";
import type { Rule } from "../../../lambda/core/rules/rule.ts";
import { NOW, testDesk } from "../../support/desk-pipeline.ts";
import { record } from "../../support/log-files.ts";

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
