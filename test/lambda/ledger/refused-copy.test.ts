import { foundIn } from "../../../lambda/core/incident/assign.ts";
import { createLedger } from "../../../lambda/core/ledger/ledger.ts";
import { compileRules } from "../../../lambda/core/rules/rule-set.ts";
import { createMemoryStore } from "../../../lambda/core/store/memory.ts";
import { everyCall, NOW, SETTINGS } from "../../support/desk-pipeline.ts";
import { logKey, record } from "../../support/log-files.ts";

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
