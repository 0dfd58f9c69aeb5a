import type { Rule } from "../../../lambda/core/rules/rule.ts";
import { everyCall, testDesk } from "../../support/desk-pipeline.ts";
import { record } from "../../support/log-files.ts";

const makes = (userName: string, second = 0, more: object = {}) =>
  record({
    eventName: "CreateUser",
    requestParameters: { userName },
    eventTime: `2026-11-20T21:25:${String(second).padStart(2, "0")}Z`,
    ...more,
  });
const each = { ...everyCall("medium", { name: "each" }), calls: ["iam:CreateUser"] };
const many: Rule = {
  ...everyCall("high", { name: "many" }),
  calls: ["iam:CreateUser"],
  threshold: { count: 2, within: 60_000 },
};

interface Told {
  readonly rules: readonly { readonly name: string; readonly matches: number }[];
  readonly lines: readonly {
    readonly rules: readonly string[];
    readonly records: number;
    readonly targets: readonly string[];
  }[];
}

async function toldOf(rules: readonly Rule[], records: readonly object[]) {
  const desk = testDesk(rules);
  await desk.deliver([...records]);
  await desk.desk.runToEnd();
  const [alert] = desk.alerts;
  return { email: alert?.email ?? "", told: JSON.parse(alert?.json ?? "{}") as Told, alerts: desk.alerts.length };
}

test("a record that passes a threshold and meets another rule by itself is listed once and counted once", async () => {
  const { email, told } = await toldOf([each, many], [makes("bob", 1), makes("carl", 2)]);
  expect(told.lines).toMatchObject([{ rules: ["many", "each"], records: 2, targets: ["bob", "carl"] }]);
  expect(told.rules).toMatchObject([
    { name: "many", matches: 2 },
    { name: "each", matches: 2 },
  ]);
  expect(email).toContain("; 2 times from 21:25:01 to 21:25:02 UTC\n");
});

test("what only one of the two rules meets stays in a line of its own", async () => {
  const only: Rule = { ...many, pattern: { requestParameters: { userName: [{ prefix: "x" }] } } };
  const { told, email } = await toldOf([each, only], [makes("x1", 1), makes("x2", 2), makes("bob", 3)]);
  expect(told.lines).toMatchObject([
    { rules: ["many", "each"], records: 2, targets: ["x1", "x2"] },
    { rules: ["each"], records: 1, targets: ["bob"] },
  ]);
  expect(told.rules).toMatchObject([
    { name: "many", matches: 2 },
    { name: "each", matches: 3 },
  ]);
  expect(email).toContain("; one of 3 calls from 21:25:01 to 21:25:03 UTC\n");
  expect(email).toMatch(/^21:25:03 {2}iam:CreateUser ok on bob \(each\)$/m);
});

test("records of which not all were kept stay as they are: nobody knows which are the same", async () => {
  const records = Array.from({ length: 60 }, (_, i) => makes(`user-${i}`, i % 60));
  const { told } = await toldOf([each, many], records);
  expect(told.lines.map(({ records: count }) => count)).toEqual([60, 60]);
});

test("two records with the same words are two", async () => {
  const { told } = await toldOf([each, { ...many, threshold: { count: 1, within: 60_000 } }], [makes("bob", 1)]);
  expect(told.lines).toMatchObject([{ records: 1 }]);
  const twice = await toldOf([each], [makes("bob", 1), makes("bob", 1)]);
  expect(twice.told.lines).toMatchObject([{ records: 2 }]);
});

test("the same id with another target is another record, and none hides the other", async () => {
  const eventID = "8091a802-1287-4f6b-2515-ab03ed485bed";
  const bobs: Rule = {
    ...many,
    threshold: { count: 1, within: 60_000 },
    pattern: { requestParameters: { userName: ["bob"] } },
  };
  const carls = { ...each, pattern: { requestParameters: { userName: ["carl"] } } };
  const { told } = await toldOf([bobs, carls], [makes("bob", 1, { eventID }), makes("carl", 2, { eventID })]);
  expect(told.lines.flatMap(({ targets }) => targets).toSorted()).toEqual(["bob", "carl"]);
});

test("a line that another takes up leaves what it knows of first times there", async () => {
  const first: Rule = { ...each, first: { of: ["sourceIPAddress"], by: "account", learn: 0, key: "k" } };
  const one: Rule = { ...many, threshold: { count: 1, within: 60_000 } };
  const { told } = await toldOf([first, one], [makes("bob", 1)]);
  expect(told.lines).toMatchObject([{ rules: ["many", "each"], records: 1 }]);
  expect(told).toMatchObject({ firstSeen: [expect.anything()] });
});
