import type { Alert } from "../../../lambda/core/alert/alert.ts";
import { createLedger } from "../../../lambda/core/ledger/ledger.ts";
import { createMemoryStore } from "../../../lambda/core/store/memory.ts";
import { everyCall, NOW, SETTINGS } from "../../support/desk-pipeline.ts";
import { logKey, record } from "../../support/log-files.ts";

const MINUTE = 60_000;
const RULE = everyCall("critical");

test.each([
  ["ten minutes ahead", 10],
  ["fifteen minutes ahead", 15],
  ["ten minutes behind", -10],
])("a critical that follows one of a process whose clock is %s waits two minutes, no longer", async (_, skew) => {
  const store = createMemoryStore();
  const sent: Alert[] = [];
  let now = NOW;
  const ledgerOf = (ahead: number) =>
    createLedger({
      store,
      rules: [RULE],
      settings: SETTINGS,
      publish: {
        alert: async (alert) => void sent.push(alert),
        sms: async () => undefined,
        health: async () => undefined,
        "health-sms": async () => undefined,
      },
      now: () => now + ahead * MINUTE,
      sleep: async () => undefined,
    });
  const take = async (ledger: ReturnType<typeof ledgerOf>, userName: string) => {
    const intake = ledger.intake();
    const logObject = { bucket: "trail", key: logKey(userName) };
    await intake.add([
      { record: record({ requestParameters: { userName } }), logObject, rules: [RULE], preceding: [] },
    ]);
    await intake.finish();
  };
  await take(ledgerOf(skew), "first");
  expect(sent).toHaveLength(1);
  // The tick runs on the slow clock, in a process that is as old as the others.
  const other = ledgerOf(0);
  await take(other, "second");
  for (let minute = 0; minute < 2; minute++) {
    now += MINUTE;
    await other.tick();
  }
  expect(sent.at(-1)?.email).toContain("userName: second");
});
