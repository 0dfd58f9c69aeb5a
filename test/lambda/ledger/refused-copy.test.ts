import { foundIn } from "../../../lambda/core/incident/assign.ts";
import { createLedger } from "../../../lambda/core/ledger/ledger.ts";
import { compileRules } from "../../../lambda/core/rules/rule-set.ts";
import { createMemoryStore } from "../../../lambda/core/store/memory.ts";
import { everyCall, NOW, SETTINGS } from "../../support/desk-pipeline.ts";
import { ACCOUNT, logKey, record } from "../../support/log-files.ts";

const MINUTE = 60_000;

test("a copy that is refused is tried less and less often, every 32 minutes at last, and dropped after a day", async () => {
  const rules = compileRules([everyCall("high", { isAboutSelf: true })]);
  const store = createMemoryStore();
  let now = NOW;
  const mails: number[] = [];
  const tries: number[] = [];
  const ledger = createLedger({
    store,
    rules: rules.rules,
    settings: SETTINGS,
    publish: {
      alert: async () => void mails.push(now),
      sms: async () => undefined,
      async health() {
        tries.push(now);
        throw new Error("the topic is gone");
      },
      "health-sms": async () => undefined,
    },
    now: () => now,
    sleep: async () => undefined,
  });
  const intake = ledger.intake();
  const one = record();
  const found = foundIn(one, { bucket: "trail", key: logKey("one") }, rules.match(one, now));
  await intake.add(found === undefined ? [] : [found]);
  await intake.finish();
  for (let due = store.nextDue(); due !== undefined && now < NOW + 3 * 1_440 * MINUTE; due = store.nextDue()) {
    now = Math.max(due, now + MINUTE);
    await ledger.tick();
  }
  expect(mails).toEqual([NOW]);
  const gaps = tries.slice(1).map((time, i) => Math.round((time - (tries[i] ?? 0)) / MINUTE));
  const often = gaps.findIndex((gap) => gap > 1);
  expect(often).toBe(10);
  expect(gaps.slice(often, often + 6)).toEqual([2, 4, 8, 16, 32, 32]);
  const lasted = ((tries.at(-1) ?? 0) - NOW) / MINUTE;
  expect(lasted).toBeGreaterThanOrEqual(1_440);
  expect(lasted).toBeLessThanOrEqual(1_440 + 33);
  expect(store.nextDue()).toBeUndefined();
});

test("text messages that SNS refuses for hours do not keep waiting what is new and critical", async () => {
  const rules = compileRules([everyCall("critical")]);
  const store = createMemoryStore();
  let now = NOW;
  const mails: string[] = [];
  const ledger = createLedger({
    store,
    rules: rules.rules,
    settings: SETTINGS,
    publish: {
      alert: async ({ subject }) => void mails.push(subject),
      async sms() {
        throw new Error("the topic is gone");
      },
      health: async () => undefined,
      "health-sms": async () => undefined,
    },
    now: () => now,
    async sleep(time) {
      now += time;
    },
  });
  const deliver = async (caller: string, userName: string) => {
    const userIdentity = { type: "IAMUser", arn: `arn:aws:iam::${ACCOUNT}:user/${caller}`, userName: caller };
    const one = record({ userIdentity, requestParameters: { userName } });
    const found = foundIn(one, { bucket: "trail", key: logKey(caller) }, rules.match(one, now));
    const intake = ledger.intake();
    await intake.add(found === undefined ? [] : [found]);
    await intake.finish();
  };
  const tick = async (minutes: number) => {
    for (let i = 0; i < minutes; i++) {
      const begun = now;
      await ledger.tick();
      now = Math.max(begun + MINUTE, now);
    }
  };
  await deliver("decoy", "bob");
  const [key = ""] = await store.due(now + MINUTE, 1);
  const body = (await store.read([key], now)).get(key)?.body as { readonly alert: object };
  for (let i = 0; i < 800; i++) {
    const alert = { ...body.alert, fullId: String(i).padStart(16, "0") };
    const next = { body: { ...body, claims: 20, alert }, dueAt: now + (i % 30) * MINUTE, urgency: "critical" as const };
    await store.commit([{ key: `alert#${alert.fullId}`, expected: 0, next }]);
  }
  await tick(60);
  await deliver("mallory", "bob");
  await deliver("mallory", "prodadmin");
  await tick(2);
  expect(mails.at(-1)).toContain("prodadmin");
});
