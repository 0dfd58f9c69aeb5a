import type { Threshold } from "../../../lambda/core/rules/rule.ts";
import { everyCall, testDesk } from "../../support/desk-pipeline.ts";
import { record } from "../../support/log-files.ts";
import { thoroughTest } from "../../support/runs.ts";

const MINUTE = 60_000;
const THRESHOLD: Threshold = { count: 100, within: 15 * MINUTE };
const WEIGHED: Threshold = { ...THRESHOLD, weight: ["requestParameters.delete.object", "requestParameters.keys"] };
const FROM_CONSOLE = { sessionCredentialFromConsole: ["true"], readOnly: [true] };

const deskWith = (threshold: Threshold) => testDesk([{ ...everyCall("medium"), threshold }]);
const keys = (count: number, prefix = "key") => Array.from({ length: count }, (_, i) => ({ key: `${prefix}-${i}` }));
const deleting = (object: unknown) => record({ eventName: "DeleteObjects", requestParameters: { delete: { object } } });

test.each([
  ["a list of 100", [deleting(keys(100))]],
  ["four lists of 25", [1, 2, 3, 4].map(() => deleting(keys(25)))],
  ["the longer of two lists", [record({ requestParameters: { delete: { object: keys(3) }, keys: keys(100) } })]],
  ["99 in a list and one that is no list", [deleting(keys(99)), deleting({ key: "alone" })]],
  ["99 in a list and one call without it", [deleting(keys(99)), record()]],
])("a match weighs what its list has elements: %s pass a threshold of 100", async (_, records) => {
  const desk = deskWith(WEIGHED);
  expect(await desk.deliver(records)).toMatchObject({ matches: records.length, alerts: 1, belowThreshold: 0 });
});

test.each([
  ["99 in a list", [deleting(keys(99))]],
  ["an empty list beside 98", [deleting(keys(98)), deleting([])]],
])("%s stay below it, and are counted as the records that they are", async (_, records) => {
  const desk = deskWith(WEIGHED);
  expect(await desk.deliver(records)).toMatchObject({ alerts: 0, belowThreshold: records.length });
});

test("weights are kept in the window between invocations", async () => {
  const desk = deskWith(WEIGHED);
  for (let i = 0; i < 3; i++) expect(await desk.deliver([deleting(keys(30))])).toMatchObject({ alerts: 0 });
  expect(await desk.deliver([deleting(keys(10))])).toMatchObject({ alerts: 1 });
  expect(desk.alerts[0]?.matches).toBe(4);
});

test("a list of a million weighs as much as the longest that a service takes", async () => {
  const desk = testDesk([{ ...everyCall("medium"), threshold: { ...WEIGHED, count: 500 } }]);
  expect(await desk.deliver([deleting(keys(100_000))])).toMatchObject({ alerts: 1 });
});

test("matches that are discounted count as one together", async () => {
  const desk = deskWith({ count: 3, within: 15 * MINUTE, discount: { pattern: FROM_CONSOLE, by: 10 } });
  const ofConsole = (count: number) =>
    Array.from({ length: count }, () => record({ sessionCredentialFromConsole: "true", readOnly: true }));
  expect(await desk.deliver(ofConsole(19))).toMatchObject({ alerts: 0 });
  expect(await desk.deliver([record()])).toMatchObject({ alerts: 0 });
  expect(await desk.deliver(ofConsole(1))).toMatchObject({ alerts: 1 });
});

describe("distinct values", () => {
  const distinct = { count: 5, within: 15 * MINUTE, distinct: "eventName" };
  const names = (count: number, more: object = {}, prefix = "List") =>
    Array.from({ length: count }, (_, i) => record({ eventName: `${prefix}${i}`, readOnly: true, ...more }));
  const console = { sessionCredentialFromConsole: "true" };

  test("of discounted matches count as so many parts, and in full once another match has them", async () => {
    const desk = deskWith({ ...distinct, discount: { pattern: FROM_CONSOLE, by: 4 } });
    expect(await desk.deliver(names(16, console))).toMatchObject({ alerts: 0 });
    // Three of the sixteen are met by a tool too: 13 / 4 + 3 = 6.25.
    expect(await desk.deliver(names(3))).toMatchObject({ alerts: 1 });
  });

  test("of discounted matches alone suffice where they are many", async () => {
    const desk = deskWith({ ...distinct, discount: { pattern: FROM_CONSOLE, by: 4 } });
    expect(await desk.deliver(names(20, console))).toMatchObject({ alerts: 1 });
  });

  test("of a list count one by one", async () => {
    const desk = deskWith({ ...distinct, distinct: "requestParameters.ids" });
    const asking = (...ids: readonly string[]) => record({ requestParameters: { ids } });
    expect(await desk.deliver([asking("a", "b", "c"), asking("b", "c", "d")])).toMatchObject({ alerts: 0 });
    expect(await desk.deliver([asking("e")])).toMatchObject({ alerts: 1 });
  });
});

thoroughTest(
  "a window of long lists stays below DynamoDB's 400 KB, and counts values that it has no room for by their lists",
  async () => {
    const distinct = { count: 500, within: 15 * MINUTE, distinct: "requestParameters.ids", over: { awsRegion: 2 } };
    const desk = deskWith(distinct);
    for (let file = 0; file < 14; file++) {
      const records = Array.from({ length: 50 }, (_, i) =>
        record({ requestParameters: { ids: Array.from({ length: 60 }, (_, id) => `instance-${file}-${i}-${id}`) } }),
      );
      expect(await desk.deliver(records)).toMatchObject({ unrecorded: 0, ledgerFailures: 0, belowThreshold: 50 });
    }
    expect(desk.largest).toBeLessThan(390_000);
    // Another region makes it enough.
    expect(await desk.deliver([record({ awsRegion: "eu-west-1" })])).toMatchObject({ alerts: 1 });
  },
);
