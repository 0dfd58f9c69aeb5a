import { foundIn } from "../../../lambda/core/incident/assign.ts";
import { createLedger } from "../../../lambda/core/ledger/ledger.ts";
import type { LedgerSettings } from "../../../lambda/core/ledger/run.ts";
import type { CloudTrailRecord } from "../../../lambda/core/record/record.ts";
import type { Rule } from "../../../lambda/core/rules/rule.ts";
import { compileRules } from "../../../lambda/core/rules/rule-set.ts";
import { createMemoryStore } from "../../../lambda/core/store/memory.ts";
import { everyCall, NOW, SETTINGS } from "../../support/desk-pipeline.ts";
import { ACCOUNT, logKey, record } from "../../support/log-files.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/**
 * Log files come all the time, one every second and a half and also while the tick waits for the budget, each with somebody who
 * meets `flood`, from one account after another. After a minute comes one with a call that meets `real`; returns after how many
 * seconds each message told of it.
 */
async function toldWithin(flood: Rule, real: Rule, more: Partial<LedgerSettings> = {}) {
  const rules = compileRules([flood, real]);
  const store = createMemoryStore();
  const told: { readonly way: string; readonly at: number }[] = [];
  let now = NOW;
  const to = (way: string) => async (alert: { readonly email: string }) => {
    if (alert.email.includes("the-real-one")) told.push({ way, at: now });
  };
  const ledgerWith = (sleep: (time: number) => Promise<void>) =>
    createLedger({
      store,
      rules: rules.rules,
      settings: { ...SETTINGS, ...more },
      publish: { alert: to("alert"), sms: to("sms"), health: to("health"), "health-sms": to("health-sms") },
      now: () => now,
      sleep,
    });
  const reader = ledgerWith(async () => undefined);
  const deliver = async (one: CloudTrailRecord, key: string) => {
    const intake = reader.intake();
    const found = foundIn(one, { bucket: "trail", key }, rules.match(one, now));
    await intake.add(found === undefined ? [] : [found]);
    await intake.finish();
  };
  let files = 0;
  const flooded = async (until: number) => {
    for (; now < until; now += 1.5 * SECOND) {
      const recipientAccountId = String(222_200_000_000 + Math.floor(files++ / 40));
      const arn = `arn:aws:iam::${recipientAccountId}:user/u${files}`;
      const userIdentity = { type: "IAMUser", arn, userName: `u${files}` };
      const key = logKey(`${files}`).replaceAll(ACCOUNT, recipientAccountId);
      await deliver(record({ recipientAccountId, userIdentity }), key);
    }
  };
  const ticker = ledgerWith((time) => flooded(now + time));
  const ticks = async (count: number) => {
    for (let i = 0; i < count; i++) {
      const start = now;
      await ticker.tick();
      await flooded(start + MINUTE);
    }
  };
  await ticks(1);
  const start = now;
  const own = { eventSource: "sns.amazonaws.com", eventName: "DeleteTopic" };
  await deliver(record({ ...own, requestParameters: { topicArn: "the-real-one" } }), logKey("real"));
  await flooded(now + 30 * SECOND);
  await ticks(3);
  return Object.fromEntries(told.map(({ way, at }) => [way, (at - start) / SECOND]));
}

const noise = (severity: "critical" | "high") => everyCall(severity, { name: "noise", calls: ["iam:*"] });

test("a critical call about the alerter does not wait because it comes with more copies than are kept for critical", async () => {
  const real = everyCall("critical", { name: "topic-lost", calls: ["sns:*"], isAboutSelf: true });
  const told = await toldWithin(noise("high"), real, { healthTextsFrom: "critical" });
  expect(told).toEqual({ alert: 0, sms: 0, health: 0, "health-sms": 0 });
});

test("a critical call is told within two minutes, although others come with each log file and the budget is spent", async () => {
  const told = await toldWithin(noise("critical"), everyCall("critical", { name: "topic-lost", calls: ["sns:*"] }));
  expect(told.alert).toBeLessThanOrEqual(120);
});
