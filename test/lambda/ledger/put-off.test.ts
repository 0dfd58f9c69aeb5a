import { createDeskLedger } from "../../../cli/desk-ledger.ts";
import type { Alert } from "../../../lambda/core/alert/alert.ts";
import { foundIn } from "../../../lambda/core/incident/assign.ts";
import { BUDGET, type Budget } from "../../../lambda/core/outbox/budget.ts";
import { compileRules } from "../../../lambda/core/rules/rule-set.ts";
import { createMemoryStore } from "../../../lambda/core/store/memory.ts";
import { everyCall, NOW, SETTINGS } from "../../support/desk-pipeline.ts";
import { ACCOUNT, logKey, record } from "../../support/log-files.ts";

const MINUTE = 60_000;
const user = (name: string) => ({ type: "IAMUser", arn: `arn:aws:iam::${ACCOUNT}:user/${name}`, userName: name });

test("more texts than one commit puts off are put off in several, and the tick goes on with what else is due", async () => {
  const rules = compileRules([everyCall("critical")]);
  const store = createMemoryStore();
  const mails: Alert[] = [];
  const texts: Alert[] = [];
  let isRefusing = true;
  let largest = 0;
  const counting = {
    ...store,
    commit(changes: Parameters<typeof store.commit>[0]) {
      largest = Math.max(largest, changes.filter(({ key }) => key.startsWith("alert#")).length);
      return store.commit(changes);
    },
  };
  const { ledger, now, advanceTo, runToEnd } = createDeskLedger(
    rules.rules,
    SETTINGS,
    (alert) => void mails.push(alert),
    (alert) => {
      if (isRefusing) throw new Error("SNS refuses texts");
      texts.push(alert);
    },
    counting,
  );
  const deliver = async (name: string) => {
    const call = record({ userIdentity: user(name) });
    const intake = ledger.intake();
    const logObject = { bucket: "trail", key: logKey(name) };
    await intake.add([foundIn(call, logObject, rules.match(call, now()))].flatMap((one) => one ?? []));
    await intake.finish();
  };
  await advanceTo(NOW);
  // Twelve whose mails are out, and whose texts nobody took.
  for (let i = 0; i < 12; i++) {
    await deliver(`caller${i}`);
    await advanceTo(now() + 40_000);
  }
  expect([mails.length, texts.length]).toEqual([12, 0]);
  // Then other instances have sent all the texts that an hour allows.
  const last = now();
  const items = await store.read([BUDGET], last);
  const { version = 0, body } = items.get(BUDGET) ?? {};
  const used: Budget = { ...(body as Budget), texts: Array.from({ length: 10 }, () => last) };
  expect(await store.commit([{ key: BUDGET, expected: version, next: { body: used } }])).toBe(true);
  isRefusing = false;
  largest = 0;
  await advanceTo(now() + 2 * MINUTE);
  await deliver("another");
  await advanceTo(now() + 2 * MINUTE);
  expect(mails).toHaveLength(13);
  expect(mails.at(-1)?.email).toContain("No text message came with this alert");
  expect(texts).toHaveLength(0);
  expect(largest).toBe(8);
  // Nothing of them is due before the limit allows it.
  expect(store.nextDue()).toBeGreaterThanOrEqual(last + 60 * MINUTE);
  await runToEnd();
  // Ten texts an hour: the last two come in the hour after.
  expect(new Set(texts.map(({ id }) => id)).size).toBe(12);
  expect(mails).toHaveLength(13);
});
