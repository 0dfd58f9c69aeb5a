import { foundIn } from "../../../lambda/core/incident/assign.ts";
import { createLedger } from "../../../lambda/core/ledger/ledger.ts";
import type { CloudTrailRecord } from "../../../lambda/core/record/record.ts";
import { compileRules } from "../../../lambda/core/rules/rule-set.ts";
import { createMemoryStore } from "../../../lambda/core/store/memory.ts";
import { everyCall, NOW, SETTINGS, testDesk } from "../../support/desk-pipeline.ts";
import { ACCOUNT, logKey, record } from "../../support/log-files.ts";

const MINUTE = 60_000;
const OTHER = "444455556666";
const RULES = 40;

test.each([
  ["critical", 2],
  ["high", 5],
] as const)(
  "no number of callers and rules of one account holds a %s call of another for %d minutes",
  async (severity, minutes) => {
    const flooding = Array.from({ length: RULES }, (_, i) =>
      everyCall(severity, { name: `rule-${i}`, calls: [`service${i}:*`] }),
    );
    const rules = compileRules([...flooding, everyCall(severity, { calls: ["iam:*"] })]);
    let now = NOW;
    const mails: { readonly email: string; readonly at: number }[] = [];
    const none = async () => undefined;
    const ledger = createLedger({
      store: createMemoryStore(),
      rules: rules.rules,
      settings: SETTINGS,
      publish: {
        alert: async ({ email }) => void mails.push({ email, at: now }),
        sms: none,
        health: none,
        "health-sms": none,
      },
      now: () => now,
      // A tick waits while what may be sent is refilled.
      async sleep(time) {
        now += time;
      },
    });
    const deliver = async (account: string, records: readonly CloudTrailRecord[]) => {
      const intake = ledger.intake();
      const logObject = { bucket: "trail", key: logKey(account).replaceAll(ACCOUNT, account) };
      await intake.add(records.flatMap((one) => foundIn(one, logObject, rules.match(one, now)) ?? []));
      await intake.finish();
    };
    const flood = Array.from({ length: RULES * 49 }, (_, i) => {
      const userIdentity = { type: "IAMUser", arn: `arn:aws:iam::${OTHER}:user/u${i}`, userName: `u${i}` };
      return record({ recipientAccountId: OTHER, eventSource: `service${i % RULES}.amazonaws.com`, userIdentity });
    });
    await deliver(OTHER, flood);
    await deliver(ACCOUNT, [record({ requestParameters: { userName: "the-real-one" } })]);
    for (let minute = 0; minute < 15; minute++) {
      now = Math.max(now, NOW + minute * MINUTE);
      await ledger.tick();
    }
    const told = mails.find(({ email }) => email.includes("the-real-one"))?.at ?? Number.POSITIVE_INFINITY;
    expect(told - NOW).toBeLessThan(minutes * MINUTE);
  },
);

test("no flood that comes after an outage of SNS holds a critical call that was refused in it", async () => {
  const desk = testDesk([everyCall("critical")]);
  desk.failPublishes = true;
  await desk.deliver([record({ requestParameters: { userName: "the-real-one" } })]);
  await desk.desk.advanceTo(NOW + 3 * MINUTE);
  desk.failPublishes = false;
  for (let minute = 3; minute < 6; minute++) {
    const flood = Array.from({ length: 30 }, (_, i) => {
      const userIdentity = { type: "IAMUser", arn: `arn:aws:iam::${OTHER}:user/u${i}`, userName: `u${i}` };
      return record({ recipientAccountId: OTHER, userIdentity, requestParameters: { userName: `decoy-${minute}` } });
    });
    await desk.deliver(flood, logKey(`flood-${minute}`).replaceAll(ACCOUNT, OTHER));
    await desk.desk.advanceTo(NOW + (minute + 1) * MINUTE);
  }
  expect(desk.alerts.map(({ email }) => email).join()).toContain("the-real-one");
});

test("no flood of mediums, which waits and goes on, takes from a high alert the places for all its copies", async () => {
  const rules = compileRules([
    everyCall("medium", { name: "flood", calls: ["ec2:*"] }),
    everyCall("high", { calls: ["iam:*"], isAboutSelf: true }),
  ]);
  let now = NOW;
  let told: number | undefined;
  const none = async () => undefined;
  const pass = async (time: number) => {
    for (const end = now + time; now < end && told === undefined; now += 1_000) await flood();
  };
  const ledger = createLedger({
    store: createMemoryStore(),
    rules: rules.rules,
    settings: { ...SETTINGS, smsFrom: "high", healthTextsFrom: "high" },
    publish: {
      async alert({ email }) {
        if (email.includes("the-real-one")) told = now;
      },
      sms: none,
      health: none,
      "health-sms": none,
    },
    now: () => now,
    // Other log files come while a tick waits for what is refilled.
    sleep: async (time) => (time < 10_000 ? undefined : pass(time)),
  });
  const deliver = async (account: string, records: readonly CloudTrailRecord[]) => {
    const intake = ledger.intake();
    const logObject = { bucket: "trail", key: logKey(account).replaceAll(ACCOUNT, account) };
    await intake.add(records.flatMap((one) => foundIn(one, logObject, rules.match(one, now)) ?? []));
    await intake.finish();
  };
  let count = 0;
  const flood = () => {
    const account = `${444455556666 + count}`;
    const records = Array.from({ length: 8 }, () => {
      const userName = `u${count++}`;
      const userIdentity = { type: "IAMUser", arn: `arn:aws:iam::${account}:user/${userName}`, userName };
      return record({ recipientAccountId: account, eventSource: "ec2.amazonaws.com", userIdentity });
    });
    return deliver(account, records);
  };
  const minute = async () => {
    const end = now + MINUTE;
    await ledger.tick();
    await pass(end - now);
  };
  for (let i = 0; i < 4; i++) await minute();
  const arrival = now;
  await deliver(ACCOUNT, [record({ requestParameters: { userName: "the-real-one" } })]);
  for (let i = 0; i < 3; i++) await minute();
  expect((told ?? Number.POSITIVE_INFINITY) - arrival).toBeLessThan(1.5 * MINUTE);
});
