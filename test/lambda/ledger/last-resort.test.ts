import { foundIn } from "../../../lambda/core/incident/assign.ts";
import { waysOf } from "../../../lambda/core/outbox/ways.ts";
import type { CloudTrailRecord } from "../../../lambda/core/record/record.ts";
import type { Rule } from "../../../lambda/core/rules/rule.ts";
import { compileRules } from "../../../lambda/core/rules/rule-set.ts";
import { everyCall, NOW, type TestDesk, testDesk } from "../../support/desk-pipeline.ts";
import { ACCOUNT, logKey, record } from "../../support/log-files.ts";
import { thoroughTest } from "../../support/runs.ts";

const MINUTE = 60_000;
const HOSTILE = "666677778888";

/** Names of accounts. Whoever asks for the name of the hostile one gets an error, as any fault in making a mail gives. */
const accounts = {
  [ACCOUNT]: "prod",
  get [HOSTILE](): string {
    throw new TypeError("no name\nBcc: everybody@evil.example");
  },
};

const identity = { type: "IAMUser", arn: `arn:aws:iam::${HOSTILE}:user/mallory`, userName: "mallory" };
const hostile = (fields: object = {}) => record({ userIdentity: identity, recipientAccountId: HOSTILE, ...fields });
const named = (userName: string) => ({ requestParameters: { userName } });

/** A desk whose invocations find records of both accounts, each below its own account's path. */
function deskWith(...rules: readonly Rule[]) {
  const own = testDesk(rules, { accounts });
  const set = compileRules(rules);
  const deliver = async (...records: readonly CloudTrailRecord[]) => {
    await own.desk.advanceTo(NOW);
    const intake = own.desk.ledger.intake();
    const found = records.flatMap((one, i) => {
      const key = logKey(`${i}`).replaceAll(ACCOUNT, String(one.recipientAccountId));
      return foundIn(one, { bucket: "trail-bucket", key }, set.match(one, 0)) ?? [];
    });
    await intake.add(found);
    return (await intake.finish()).counts;
  };
  return { own, deliver, alerts: own.alerts, texts: own.texts, desk: own.desk };
}

const plainOf = ({ alerts }: Pick<TestDesk, "alerts">) =>
  alerts.filter(({ email }) => email.includes("could not be made"));

test("an incident whose mail cannot be made is told in a plain form, at once, and stops no other", async () => {
  const { alerts, texts, deliver, desk } = deskWith(everyCall("critical"));
  const summary = await deliver(hostile(), record());
  expect(summary).toMatchObject({ alerts: 2, listed: 1, counted: 1, pending: 0, ledgerFailures: 0 });
  expect(alerts.map(({ subject }) => subject).sort()).toEqual([
    "[CRITICAL] Every call by alice in prod (111122223333): CreateAccessKey bob",
    "[CRITICAL] every-call: the mail could not be made",
  ]);
  const [plain] = plainOf({ alerts });
  expect(plain?.email).toMatch(/^ {2}The mail could not be made: "TypeError: no name\\u\{a\}/m);
  expect(plain?.email).not.toMatch(/^Bcc:/m);
  expect(plain?.email).not.toContain("evil.example");
  expect(plain?.email).toContain(`Account ${HOSTILE}; every-call x1`);
  expect(plain?.email).toContain(`s3://trail-bucket/AWSLogs/${HOSTILE}/`);
  expect(JSON.parse(plain?.json ?? "{}")).toMatchObject({ kind: "alert", severity: "critical", id: plain?.id });
  expect(texts.filter((text) => /^CRIT every-call: .* #[0-9a-f]{8}$/.test(text))).toHaveLength(1);
  // Whoever looks after the alerter hears of it, once.
  expect(alerts.map((alert) => waysOf(alert).filter((way) => way.startsWith("health")))).toEqual(
    alerts.map((alert) => (alert === plain ? ["health"] : [])),
  );
  await desk.runToEnd();
  expect(alerts).toHaveLength(2);
});

test("the tick tells it too, in its time, beside the follow-ups of others", async () => {
  const { alerts, deliver, desk } = deskWith(everyCall("high"));
  await deliver(hostile(), record());
  await desk.advanceTo(desk.now() + MINUTE);
  await deliver(hostile(named("carl")), record(named("carl")));
  alerts.length = 0;
  await desk.advanceTo(desk.now() + 5 * MINUTE);
  expect(alerts.map(({ kind, subject }) => [kind, subject]).sort()).toEqual([
    ["follow-up", "[HIGH] Follow-up: Every call by alice in prod (111122223333): CreateAccessKey carl"],
    ["follow-up", "[HIGH] every-call: the mail could not be made"],
  ]);
  await desk.runToEnd();
  expect(alerts).toHaveLength(2);
});

test("the daily round-up names it with its log file, and tells the others as ever", async () => {
  const { alerts, deliver, desk } = deskWith(everyCall("low"));
  expect(await deliver(hostile(), record())).toMatchObject({ held: 2 });
  await desk.runToEnd();
  expect(alerts).toHaveLength(1);
  expect(alerts[0]?.email).toContain("[LOW] Every call by alice in prod");
  expect(alerts[0]?.email).toContain("[LOW] every-call: the mail could not be made");
  expect(alerts[0]?.email).toContain(`s3://trail-bucket/AWSLogs/${HOSTILE}/`);
});

test("without a ledger the message tells the others in full, and it in a line", async () => {
  const { alerts, deliver, own } = deskWith(
    everyCall("high"),
    everyCall("critical", { name: "worst", calls: ["iam:Worst"] }),
  );
  own.ledgerDown = true;
  expect(await deliver(record({ eventName: "Worst" }), hostile())).toMatchObject({ listed: 2, counted: 1 });
  expect(alerts).toHaveLength(1);
  expect(alerts[0]?.email).toContain("[HIGH] every-call: the mail could not be made");
  expect(alerts[0]?.email).toContain("iam:Worst");
  alerts.length = 0;
  await deliver(hostile({ eventName: "Worst" }), record());
  expect(alerts[0]?.subject).toBe("[CRITICAL] worst: the mail could not be made");
  expect(alerts[0]?.email).toContain("[HIGH] Every call by alice in prod");
  expect(alerts[0]?.email).toContain("May repeat");
});

thoroughTest(
  "a round-up of fifty that cannot be made is sent, each with its beginning",
  async () => {
    const { alerts, deliver, desk } = deskWith(everyCall("low"));
    const callers = Array.from({ length: 95 }, (_, i) => `caller-${i}`);
    const records = callers.flatMap((userName) => {
      const userIdentity = { ...identity, userName, arn: `arn:aws:iam::${HOSTILE}:user/${userName}` };
      return Array.from({ length: 30 }, (_, i) => hostile({ userIdentity, ...named(`${userName}-${i}`) }));
    });
    await deliver(...records, record());
    await desk.runToEnd();
    expect(alerts.length).toBeGreaterThan(0);
    for (const { email, json } of alerts) expect(Buffer.byteLength(email + json)).toBeLessThan(262_144);
    const text = alerts.map(({ email }) => email).join("\n");
    // Callers beyond fifty share an incident.
    expect(text.match(/every-call: the mail could not be made/g)).toHaveLength(51);
    expect(text).toContain("[LOW] Every call by alice in prod");
    expect(text).toMatch(/^ +and \d+ more; alert/m);
  },
  60_000,
);
