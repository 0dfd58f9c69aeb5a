import { snsMessage } from "../../../lambda/core/alert/machine.ts";
import { createLedger } from "../../../lambda/core/ledger/ledger.ts";
import type { Severity } from "../../../lambda/core/rules/severity.ts";
import type { LedgerStore } from "../../../lambda/core/store/store.ts";
import { everyCall, NOW, type TestDesk, testDesk } from "../../support/desk-pipeline.ts";
import { logKey, record } from "../../support/log-files.ts";
import { inSession } from "../../support/sessions.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const wait = ({ desk }: TestDesk, minutes: number) => desk.advanceTo(desk.now() + minutes * MINUTE);
const many = (count: number, fields: (i: number) => Parameters<typeof record>[0]) =>
  Array.from({ length: count }, (_, i) => record(fields(i)));
const on = (userName: string) => ({ requestParameters: { userName } });
const matchesIn = ({ alerts }: TestDesk) => alerts.reduce((sum, { matches }) => sum + matches, 0);

test("what many files have held back for an incident, over a week's hours, is settled in commits that DynamoDB takes", async () => {
  const desk = testDesk([everyCall("high")]);
  await desk.deliver([record()]);
  for (let file = 0; file < 8; file++) {
    const old = (i: number) => new Date(NOW - (20 * file + i) * HOUR).toISOString();
    const records = many(20, (i) => ({ ...on(`${file}-${i}`), eventTime: old(i) }));
    expect(await desk.deliver(records, logKey(`file-${file}`))).toMatchObject({ held: 20 });
  }
  await wait(desk, 10);
  expect(desk.mostChanges).toBeLessThanOrEqual(100);
  expect(desk.alerts).toHaveLength(2);
  expect(matchesIn(desk)).toBe(161);
});

test("a new target behind more known ones than a line remembers is news", async () => {
  const desk = testDesk([everyCall("high")]);
  const known = (file: string) =>
    desk.deliver(
      many(250, (i) => on(`known-${i}`)),
      logKey(file),
    );
  await known("one");
  await known("two");
  await wait(desk, 20);
  const before = desk.alerts.length;
  await desk.deliver([...many(250, (i) => on(`known-${i}`)), record(on("the-new-one"))], logKey("three"));
  await wait(desk, 6);
  expect(desk.alerts.slice(before).map(({ email }) => email.includes("the-new-one"))).toEqual([true]);
});

test.each(["語", '"'])(
  "a record that meets many rules with the longest texts (%s) is told, and SNS takes it",
  async (letter) => {
    const text = letter.repeat(1_000);
    const texts = { description: text, why: text, do: text };
    const rules = Array.from({ length: 45 }, (_, i) => everyCall("critical", { name: `rule-${i}`, ...texts }));
    const desk = testDesk(rules);
    await desk.deliver([record()]);
    const [alert] = desk.alerts;
    expect(Buffer.byteLength(snsMessage(alert?.json ?? "", alert?.email ?? ""))).toBeLessThanOrEqual(262_144);
    expect(JSON.parse(alert?.json ?? "{}")).toMatchObject({ lines: [{ rules: rules.map(({ name }) => name) }] });
  },
);

interface Put {
  readonly madeAt: number;
  readonly dueAt: number;
  readonly todo: string;
  readonly severity: Severity;
}

/** Puts an alert into the outbox, as if an earlier run had made it. */
async function putAlert(desk: TestDesk, id: string, more: Partial<Put> = {}) {
  const { madeAt = NOW, dueAt = NOW, todo = "alert", severity = "critical" } = more;
  const texts = { id, fullId: id, subject: id, email: id, sms: id, json: "{}" };
  const alert = { ...texts, kind: "alert", severity, rule: "old", matches: 1, parts: [] };
  // It was claimed once, so nothing folds it.
  const next = { body: { alert, madeAt, claims: 1, todo: [todo] }, dueAt, urgency: severity };
  await desk.store.commit([{ key: `alert#${id}`, expected: 0, next }]);
}

/** One invocation three minutes later, which sends what the tick did not. */
async function withoutTick(desk: TestDesk) {
  desk.ticks = false;
  await wait(desk, 3);
  await desk.deliver([record({ eventName: "ListUsers", readOnly: true })]);
}

test("an alert from the future is none of ours: it is told to whoever runs the alerter, and sent to nobody", async () => {
  const desk = testDesk([everyCall("high", { calls: ["iam:CreateAccessKey"] })]);
  await putAlert(desk, "in-time");
  await putAlert(desk, "a-minute-ahead", { madeAt: NOW + MINUTE });
  await putAlert(desk, "a-day-ahead", { madeAt: NOW + 24 * HOUR });
  await withoutTick(desk);
  expect(desk.alerts.map(({ subject }) => subject).sort()).toEqual(["a-minute-ahead", "in-time"]);
  expect(desk.lines.at(-1)?.remarks.join()).toContain("ledger-item-unreadable: alert#a-day-ahead ");
  desk.ticks = true;
  await wait(desk, 30 * 60);
  expect(desk.alerts.filter(({ subject }) => subject === "a-day-ahead")).toEqual([]);
});

test("of alerts that are as severe, the older go first", async () => {
  const desk = testDesk([everyCall("high", { calls: ["iam:CreateAccessKey"] })]);
  const ages = [3, 9, 1, 7, 5, 8, 2, 6, 4, 0];
  for (const age of ages) await putAlert(desk, `${age}`, { madeAt: NOW - age * MINUTE, severity: "high" });
  await withoutTick(desk);
  expect(desk.alerts.map(({ subject }) => subject)).toEqual(["9", "8", "7", "6", "5"]);
});

test("a mail goes before texts whose mails are out, however severe they are", async () => {
  const desk = testDesk([everyCall("high", { calls: ["iam:CreateAccessKey"] })]);
  for (let i = 0; i < 9; i++) await putAlert(desk, `text-${i}`, { todo: "sms", madeAt: NOW - HOUR });
  await putAlert(desk, "the-mail", { severity: "high" });
  await withoutTick(desk);
  expect(desk.alerts.map(({ subject }) => subject)).toEqual(["the-mail"]);
});

describe("critical news that is due with much else goes first", () => {
  const rules = [
    everyCall("medium", { calls: ["iam:CreateAccessKey"] }),
    everyCall("critical", { name: "user-lost", calls: ["iam:DeleteUser"] }),
  ];
  const session = (key: string) => inSession({ role: "Admin", name: "one", key, opened: "2026-11-20T21:00:00Z" });
  const lost = (userName: string, key: string) =>
    record({ eventName: "DeleteUser", userIdentity: session(key), ...on(userName) });

  /** A second before it is due. */
  const BEFORE = NOW + MINUTE - 1_000;

  /** A caller whose critical news is held back for a minute: by the incident itself, for it is of another session. */
  async function held() {
    const desk = testDesk(rules);
    await desk.deliver([lost("first", "ASIA1")]);
    await desk.deliver([lost("the-critical", "ASIA2")], logKey("two"));
    desk.alerts.length = 0;
    return desk;
  }

  test("before more waiting alerts than are sent at once", async () => {
    const desk = await held();
    for (let i = 0; i < 95; i++) await putAlert(desk, `waiting-${i}`, { severity: "high", dueAt: BEFORE });
    await wait(desk, 2);
    expect(desk.alerts[0]?.email).toContain("the-critical");
  });

  test("before more incidents than one look finds", async () => {
    const other = testDesk(rules);
    await other.deliver([record()]);
    await other.deliver([record(on("carl"))], logKey("two"));
    const key = other.keys("in#incident#").at(-1) ?? "";
    const { body, bytes = new Uint8Array() } = (await other.store.read([key], NOW)).get(key) ?? { body: undefined };
    const written = body as { readonly incident: object };
    const desk = await held();
    for (let i = 0; i < 250; i++) {
      const incident = { ...written.incident, key: `${i}`.padStart(16, "0") };
      const next = { body: { ...written, incident }, bytes, dueAt: BEFORE, urgency: "medium" as const };
      await desk.store.commit([{ key: `in#incident#${incident.key}#one`, expected: 0, next }]);
    }
    await wait(desk, 2);
    expect(desk.alerts[0]?.email).toContain("the-critical");
  });
});

test("of two senders at the same moment, of whom one was refused once, one sends", async () => {
  const desk = testDesk([everyCall("high")]);
  await putAlert(desk, "the-only-one");
  const { store } = desk;
  const sent: string[] = [];
  const send = async () => undefined;
  const senderOf = (commit: LedgerStore["commit"], alert: () => Promise<void>) =>
    createLedger({
      store: { read: store.read, due: store.due, park: store.park, commit },
      rules: [],
      settings: { accounts: {}, smsFrom: "critical", roundUpHour: 8 },
      publish: { alert, sms: send, health: send, "health-sms": send },
      now: () => NOW,
      sleep: send,
    });
  let end = () => {};
  const ended = new Promise<void>((resolve) => (end = resolve));
  let other: Promise<unknown> | undefined;
  const publishing = new Promise<void>((begun) => {
    const first = senderOf(store.commit, async () => {
      sent.push("first");
      begun();
      await ended;
    });
    const second = senderOf(
      async (changes) => {
        if (other !== undefined) return store.commit(changes);
        other = first.tick();
        await publishing;
        throw new Error("refused");
      },
      async () => {
        sent.push("second");
      },
    );
    void second.tick().then(end);
  });
  await ended;
  await other;
  expect(sent).toEqual(["first"]);
});
