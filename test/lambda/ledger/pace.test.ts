import type { Rule } from "../../../lambda/core/rules/rule.ts";
import type { Severity } from "../../../lambda/core/rules/severity.ts";
import { createMemoryStore } from "../../../lambda/core/store/memory.ts";
import { everyCall, NOW, type TestDesk, testDesk } from "../../support/desk-pipeline.ts";
import { logKey, record } from "../../support/log-files.ts";

const MINUTE = 60_000;
const wait = ({ desk }: TestDesk, minutes: number) => desk.advanceTo(desk.now() + minutes * MINUTE);

let calls = 0;
/** A call in which there is something new each time. */
const news = (desk: TestDesk, eventName = "CreateAccessKey") => {
  const eventTime = new Date(desk.desk.now()).toISOString();
  return record({ eventTime, eventName, requestParameters: { userName: `user-${++calls}` } });
};
const deliverNews = (desk: TestDesk, ...calls: string[]) =>
  desk.deliver(calls.length === 0 ? [news(desk)] : calls.map((call) => news(desk, call)), logKey(`${desk.desk.now()}`));

/** Plays minutes with news in each; returns the minutes in which mails went. */
async function minutesOfMails(desk: TestDesk, minutes: number): Promise<readonly number[]> {
  const told: number[] = [];
  for (let minute = 0; minute < minutes; minute++) {
    const before = desk.alerts.length;
    await deliverNews(desk);
    told.push(...desk.alerts.slice(before).map(() => minute));
    const sent = desk.alerts.length;
    await wait(desk, 1);
    told.push(...desk.alerts.slice(sent).map(() => minute + 1));
  }
  return told;
}
const gapsOf = (minutes: readonly number[]) => minutes.slice(1).map((minute, i) => minute - (minutes[i] ?? 0));

/** Five mails of news in a row, the last of them just sent: the next news of high waits for twenty minutes. */
async function busy(severity: Severity = "high", more: Partial<Rule> = {}, others: readonly Rule[] = []) {
  const desk = testDesk([everyCall(severity, { calls: ["iam:CreateAccessKey"], ...more }), ...others]);
  while (desk.alerts.length < 5) {
    await deliverNews(desk);
    if (desk.alerts.length < 5) await wait(desk, 1);
  }
  return desk;
}

test.each([
  ["critical", 8, [2, 2, 2]],
  ["high", 62, [5, 5, 10, 20, 20]],
  ["medium", 75, [15, 15, 20, 20]],
] as const)(
  "the more mails an incident makes in an hour, the longer its next %s waits",
  async (severity, minutes, gaps) => {
    const desk = testDesk([everyCall(severity)]);
    const told = await minutesOfMails(desk, minutes);
    // The tick that tells may come a minute before the interval is over, and never after it.
    const early = gapsOf(told).map((gap, i) => (gaps[i] ?? Number.NaN) - gap);
    expect(told.length).toBeGreaterThan(gaps.length);
    expect(early.slice(0, gaps.length).filter((by) => by !== 0 && by !== 1)).toEqual([]);
    await desk.desk.runToEnd();
    expect(desk.alerts.reduce((sum, { matches }) => sum + matches, 0)).toBe(minutes);
  },
);

test("each mail says when the next may come, and then it comes", async () => {
  const desk = testDesk([everyCall("high")]);
  const told = await minutesOfMails(desk, 62);
  const said = desk.alerts.map(({ email }) => /next mail at (\d\d:\d\d) UTC/.exec(email)?.[1]);
  const real = told.map((minute) => new Date(NOW + minute * MINUTE).toISOString().slice(11, 16));
  const minuteOfDay = (text = "") => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
  expect(real).toHaveLength(6);
  for (const [i, text] of real.slice(1).entries()) {
    const late = (minuteOfDay(text) - minuteOfDay(said[i]) + 1_440) % 1_440;
    expect(late).toBeLessThanOrEqual(1);
  }
});

test("an hour without a mail makes the interval short again", async () => {
  const desk = await busy();
  await wait(desk, 61);
  await deliverNews(desk);
  expect(desk.alerts).toHaveLength(6);
  await deliverNews(desk);
  await wait(desk, 5);
  expect(desk.alerts).toHaveLength(7);
});

test("a severity that was not reached rings at once, however many mails went before", async () => {
  const stopped = everyCall("critical", { name: "stopped", calls: ["iam:DeleteUser"] });
  const desk = await busy("high", {}, [stopped]);
  await deliverNews(desk, "DeleteUser");
  expect(desk.alerts.at(-1)?.severity).toBe("critical");
  expect(desk.alerts).toHaveLength(6);
});

test("what is critical waits two minutes at most, and its mail tells what waits longer", async () => {
  const stopped = everyCall("critical", { name: "stopped", calls: ["iam:DeleteUser"] });
  const desk = await busy("high", {}, [stopped]);
  await deliverNews(desk, "DeleteUser");
  await deliverNews(desk, "CreateAccessKey");
  await wait(desk, 1);
  expect(desk.alerts).toHaveLength(6);
  await deliverNews(desk, "DeleteUser");
  await wait(desk, 1);
  expect(desk.alerts).toHaveLength(7);
  expect(desk.alerts.at(-1)).toMatchObject({ severity: "critical", matches: 2 });
});

test("the interval that a rule's own incidents have stays what it is", async () => {
  const desk = testDesk([everyCall("high", { group: { by: ["recipientAccountId"], interval: 3 * MINUTE } })]);
  const told = await minutesOfMails(desk, 20);
  expect(new Set(gapsOf(told).slice(0, 5))).toEqual(new Set([2]));
});

test("a head with times of tomorrow is none of ours", async () => {
  const desk = await busy();
  const [key = ""] = desk.keys(`incident#`);
  const item = (await desk.store.read([key], desk.desk.now())).get(key);
  const next = { body: { ...(item?.body as object), mails: [desk.desk.now() + 1_440 * MINUTE] } };
  expect(await desk.store.commit([{ key, expected: item?.version ?? 0, next }])).toBe(true);
  await deliverNews(desk);
  expect(desk.alerts).toHaveLength(6);
  expect(desk.alerts.at(-1)?.kind).toBe("alert");
  expect(desk.lines.at(-1)?.remarks.join()).toContain("ledger-item-unreadable");
});

test.each(["low", "medium"] as const)(
  "what came as critical is told in its time, although its rule is %s by then",
  async (milder) => {
    const store = createMemoryStore();
    const { deliver } = testDesk([everyCall("critical")], {}, NOW, store);
    await deliver([record()]);
    await deliver([record({ requestParameters: { userName: "the-second" } })], logKey("two"));
    const { desk, alerts } = testDesk([everyCall(milder)], {}, NOW, store);
    await desk.advanceTo(NOW);
    await desk.advanceTo(NOW + 2 * MINUTE);
    expect(alerts.map(({ email }) => email)).toEqual([expect.stringContaining("the-second")]);
  },
);

test("what was only tried waits as its milder severity says, where a threshold counted it too", async () => {
  const more = { outcome: "attempt", threshold: { count: 1, within: 60 * MINUTE } } as const;
  const { desk, deliver, alerts } = testDesk([everyCall("critical", more)]);
  const tried = (userName: string) => record({ errorCode: "AccessDenied", requestParameters: { userName } });
  await deliver([tried("first")]);
  await deliver([tried("second")], logKey("two"));
  await desk.advanceTo(NOW + 3 * MINUTE);
  expect(alerts).toHaveLength(1);
  await desk.advanceTo(NOW + 5 * MINUTE);
  expect(alerts.map(({ severity }) => severity)).toEqual(["high", "high"]);
});
