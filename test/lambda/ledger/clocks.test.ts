import type { Alert } from "../../../lambda/core/alert/alert.ts";
import { createLedger } from "../../../lambda/core/ledger/ledger.ts";
import { Clock } from "../../../lambda/core/store/clock.ts";
import { createMemoryStore } from "../../../lambda/core/store/memory.ts";
import { everyCall, NOW, SETTINGS, testDesk } from "../../support/desk-pipeline.ts";
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

test.each(["budget", "incident"])(
  "a time in the %s that is days ahead moves no clock, and delays nothing",
  async (family) => {
    const memory = createMemoryStore();
    const ahead = NOW + 3 * 1_440 * MINUTE;
    const touched: string[] = [];
    const store = {
      ...memory,
      async commit(changes: Parameters<typeof memory.commit>[0]) {
        for (const { key } of changes) if (key.startsWith(family)) touched.push(key);
        return memory.commit(changes);
      },
    };
    const desk = testDesk([RULE], {}, NOW, { ...store, nextDue: memory.nextDue });
    await desk.deliver([record()]);
    const [key = ""] = touched;
    const { version = 0, body } = (await memory.read([key], NOW)).get(key) ?? {};
    const mail = { id: "00000000", at: ahead };
    const spoilt =
      family === "budget" ? { ...(body as object), at: ahead, tokens: 0 } : { ...(body as object), lastMail: mail };
    await memory.commit([{ key, expected: version, next: { body: spoilt } }]);
    desk.alerts.length = 0;
    await desk.deliver([record({ requestParameters: { userName: "carl" } })]);
    await desk.desk.advanceTo(NOW + 3 * MINUTE);
    expect(desk.alerts.map(({ email }) => email).join()).toContain("userName: carl");
    expect(desk.alerts.some(({ email }) => email.includes("could not be sent"))).toBe(false);
  },
);

test("clocks that run ahead of one another move nobody's by more than a quarter of an hour", () => {
  const clock = new Clock(() => NOW);
  for (const minutes of [15, 30, 45]) clock.saw(NOW + minutes * MINUTE);
  expect(clock.now()).toBe(NOW + 15 * MINUTE);
});
