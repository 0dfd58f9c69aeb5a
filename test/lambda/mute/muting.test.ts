import { openMuteBook } from "../../../cli/mute/ledger.ts";
import type { LedgerSettings } from "../../../lambda/core/ledger/run.ts";
import { MUTES, type Mute } from "../../../lambda/core/mute/mute.ts";
import type { Rule } from "../../../lambda/core/rules/rule.ts";
import type { Severity } from "../../../lambda/core/rules/severity.ts";
import type { LedgerStore } from "../../../lambda/core/store/store.ts";
import { NOW, testDesk } from "../../support/desk-pipeline.ts";
import { HOSTILE } from "../../support/hostile.ts";
import { ACCOUNT, logKey, record } from "../../support/log-files.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const ALICE = `arn:aws:iam::${ACCOUNT}:user/alice`;
const BOB = `arn:aws:iam::${ACCOUNT}:user/bob`;

const rule = (name: string, severity: Severity, calls: readonly string[], more: Partial<Rule> = {}): Rule => ({
  name,
  place: "rules/test.yaml:1",
  severity,
  calls,
  ...more,
});

const RULES = [
  rule("key-made", "high", ["iam:CreateAccessKey"]),
  rule("key-noted", "low", ["iam:CreateAccessKey"]),
  rule("user-changed", "medium", ["iam:CreateAccessKey", "iam:CreateUser"]),
  rule("trail-stopped", "critical", ["cloudtrail:StopLogging"]),
  rule("topic-removed", "high", ["sns:DeleteTopic"], { isAboutSelf: true }),
  rule("many-reads", "high", ["s3:GetObject"], { threshold: { count: 3, within: 10 * MINUTE } }),
  rule("from-address", "high", ["ec2:RunInstances"], { group: { by: ["sourceIPAddress"] } }),
];

const mute = (more: Partial<Mute> = {}): Mute => ({
  id: "0a1b2c3d",
  of: { rule: "key-made" },
  at: NOW,
  until: NOW + 4 * HOUR,
  reason: "keys are rotated",
  by: "arn:aws:iam::111122223333:user/carol",
  ...more,
});

/** Writes mutes as the command does. */
async function put(store: LedgerStore, ...mutes: readonly Mute[]) {
  const known = await store.read([MUTES], NOW);
  const next = { body: { mutes }, dueAt: NOW };
  await store.commit([{ key: MUTES, expected: known.get(MUTES)?.version ?? 0, next }]);
}

const of = (caller: string, service: string, eventName: string, more: object = {}) =>
  record({
    eventSource: `${service}.amazonaws.com`,
    eventName,
    userIdentity: { type: "IAMUser", arn: caller, accountId: ACCOUNT },
    ...more,
  });
const key = (caller = ALICE, more: object = {}) => of(caller, "iam", "CreateAccessKey", more);
const stop = (caller = ALICE) => of(caller, "cloudtrail", "StopLogging", { requestParameters: { name: "main" } });

let files = 0;

function muted(rules = RULES, settings: Partial<LedgerSettings> = {}) {
  const own = testDesk(rules, settings);
  return {
    ...own,
    deliver: (...records: readonly unknown[]) => own.deliver(records, logKey(`mute${++files}`)),
    put: (...mutes: readonly Mute[]) => put(own.store, ...mutes),
    after: (time: number) => own.desk.advanceTo(NOW + time),
    subjects: () => own.alerts.map(({ subject }) => subject),
    ringing: () => own.alerts.filter(({ rule: name }) => !name.startsWith("mute-")).map(({ subject }) => subject),
  };
}

test("what is muted stays out, is counted, and is not sent when the mute is over", async () => {
  const { deliver, put, after, alerts, subjects, desk } = muted([RULES[0] as Rule]);
  await put(mute({ of: { rule: "key-made", actor: ALICE } }));
  const summary = await deliver(key(), key());
  expect(summary).toMatchObject({ matches: 2, muted: 2, alerts: 0, listed: 0, held: 0, pending: 0 });
  await after(5 * HOUR);
  expect(subjects()).toEqual([
    "[MUTED] key-made by alice until 2026-11-21 01:29 UTC",
    "[MUTE ENDED] key-made by alice: 2 matches muted",
  ]);
  expect(alerts[1]?.email).toContain("Count    2 matches of key-made\nFrom     192.0.2.0/24\n");
  await desk.runToEnd();
  expect(alerts).toHaveLength(2);
});

test("a mute ends by itself: the same thing afterwards is news, for nobody was told of it", async () => {
  const { deliver, put, after, ringing } = muted([RULES[0] as Rule]);
  await put(mute());
  await deliver(key());
  await after(4 * HOUR - MINUTE);
  await deliver(key());
  expect(ringing()).toEqual([]);
  await after(4 * HOUR);
  expect(await deliver(key())).toMatchObject({ muted: 0, listed: 1 });
  expect(ringing()).toEqual(["[HIGH] Key made by alice in prod (111122223333): bob"]);
});

test("a record that was muted never rings, whatever brings it again", async () => {
  const { deliver, put, after, ringing } = muted([RULES[0] as Rule]);
  await put(mute());
  const one = key();
  await deliver(one);
  await after(5 * HOUR);
  expect(await deliver(one)).toMatchObject({ matches: 1, duplicates: 1 });
  expect(ringing()).toEqual([]);
});

test("a critical of the same incident rings, and so do severities that are not muted", async () => {
  const { deliver, put, ringing, texts, after } = muted();
  // Written by hand: the command refuses a critical rule.
  await put(mute({ of: { rule: "key-made", actor: ALICE } }), mute({ id: "00000001", of: { rule: "trail-stopped" } }));
  const summary = await deliver(key(), stop());
  // The medium rule of the same record rings; the high one, which is muted, does not.
  expect(summary).toMatchObject({ matches: 4, muted: 1 });
  await after(20 * MINUTE);
  expect(ringing()).toEqual(["[CRITICAL] Trail stopped by alice in prod (111122223333): main, CreateAccessKey bob"]);
  expect(texts).toHaveLength(1);
});

test("a mail that only unmuted rules make has their severity and names no other", async () => {
  const { deliver, put, alerts, after } = muted();
  await put(mute());
  await deliver(key());
  await after(MINUTE);
  const [mail] = alerts.filter(({ rule: name }) => name === "user-changed");
  expect(mail?.subject).toMatch(/^\[MEDIUM\] User changed by alice/);
  expect(JSON.parse(mail?.json ?? "{}").rules.map((one: Rule) => one.name)).toEqual(["user-changed", "key-noted"]);
  expect(mail?.email).not.toContain("key-made");
});

test("what a mute leaves of a call waits as the severity of what is left says", async () => {
  const { deliver, put, ringing, after } = muted();
  await deliver(of(ALICE, "iam", "CreateUser"));
  await put(mute());
  await after(MINUTE);
  await deliver(key());
  await after(12 * MINUTE);
  expect(ringing()).toHaveLength(1);
  await after(16 * MINUTE);
  expect(ringing()).toEqual([
    expect.stringMatching(/^\[MEDIUM\] User/),
    expect.stringMatching(/^\[MEDIUM\] Follow-up/),
  ]);
});

test("where nothing of a record is left but what waits for the round-up, that goes too", async () => {
  const { deliver, put, alerts, desk } = muted(RULES.slice(0, 2));
  await put(mute());
  expect(await deliver(key())).toMatchObject({ matches: 2, muted: 2 });
  await desk.runToEnd();
  expect(alerts.map(({ rule: name }) => name)).toEqual(["mute-began", "mute-ended"]);
});

test("rules that watch the alerter ring, whatever is muted", async () => {
  const { deliver, put, ringing } = muted();
  await put(mute({ of: { rule: "topic-removed" } }));
  expect(await deliver(of(ALICE, "sns", "DeleteTopic"))).toMatchObject({ muted: 0, listed: 1 });
  expect(ringing()).toHaveLength(1);
});

test("a mute is about the caller, the account or the incident that it names", async () => {
  const one = [RULES[0] as Rule];
  const ringsWith = async (what: Mute["of"], ...records: readonly unknown[]) => {
    const { deliver, put, ringing } = muted(one);
    await put(mute({ of: what }));
    await deliver(...records);
    return ringing().map((subject) => / by (\w+)/.exec(subject)?.[1]);
  };
  expect(await ringsWith({ rule: "key-made", actor: ALICE }, key(), key(BOB))).toEqual(["bob"]);
  expect(await ringsWith({ rule: "key-made", account: ACCOUNT }, key(), key(BOB))).toEqual([]);
  expect(await ringsWith({ rule: "key-made", account: "999999999999" }, key())).toEqual(["alice"]);
  expect(await ringsWith({ rule: "another" }, key())).toEqual(["alice"]);
  const { deliver, put, alerts, ringing } = muted(one);
  await deliver(key());
  const incident = (JSON.parse(alerts[0]?.json ?? "{}").incident as string).slice(0, 8);
  expect(alerts[0]?.email).toContain(` of incident ${incident}; next mail at `);
  await put(mute({ of: { incident } }));
  await deliver(key(), key(BOB));
  expect(ringing().map((subject) => / by (\w+)/.exec(subject)?.[1])).toEqual(["alice", "bob"]);
});

test("in an incident that callers share, only lines of the muted caller are quiet", async () => {
  const { deliver, put, ringing } = muted();
  const run = (caller: string) => of(caller, "ec2", "RunInstances", { requestParameters: { instanceType: "t3.nano" } });
  await put(mute({ of: { rule: "from-address", actor: ALICE } }));
  expect(await deliver(run(ALICE))).toMatchObject({ muted: 1 });
  expect(ringing()).toEqual([]);
  expect(await deliver(run(BOB))).toMatchObject({ muted: 0, listed: 1 });
  expect(ringing()).toHaveLength(1);
});

test("a name proves nothing below another account's path: only mutes without one hold there", async () => {
  const path = logKey("forged").replaceAll(ACCOUNT, "999999999999");
  for (const [what, rings] of [
    [{ rule: "key-made", actor: ALICE }, 1],
    [{ rule: "key-made" }, 0],
  ] as const) {
    const desk = testDesk([RULES[0] as Rule]);
    await put(desk.store, mute({ of: what }));
    await desk.deliver([key()], path);
    expect(desk.alerts).toHaveLength(rings);
  }
});

test("what was held back when the mute began is quiet too, and what was not muted stays held", async () => {
  const { deliver, put, after, ringing, alerts } = muted();
  await deliver(key());
  await deliver(key(ALICE, { requestParameters: { userName: "carl" } }));
  expect(ringing()).toHaveLength(1);
  await after(MINUTE);
  await put(mute({ at: NOW + MINUTE }));
  await after(HOUR);
  expect(ringing().slice(1)).toEqual([expect.stringMatching(/^\[MEDIUM\] Follow-up: User changed by alice/)]);
  expect(alerts.at(-1)?.email).not.toContain("key-made");
});

test("a threshold goes on counting, and what passes it meanwhile is quiet", async () => {
  const { deliver, put, after, ringing } = muted();
  const read = (at: string) => of(ALICE, "s3", "GetObject", { eventTime: `2026-11-20T21:${at}Z` });
  await put(mute({ of: { rule: "many-reads" }, until: NOW + 3 * MINUTE }));
  expect(await deliver(read("25:00"), read("25:01"))).toMatchObject({ belowThreshold: 2, muted: 0 });
  expect(await deliver(read("25:02"), read("25:03"))).toMatchObject({ belowThreshold: 0, muted: 2 });
  expect(ringing()).toEqual([]);
  await after(3 * MINUTE);
  expect(await deliver(read("25:04"))).toMatchObject({ muted: 0, listed: 1 });
  expect(ringing()).toHaveLength(1);
});

test("a mute that is ended is over within twenty seconds, and people are told by whom", async () => {
  const { deliver, put, after, ringing, subjects, alerts } = muted([RULES[0] as Rule]);
  const running = mute({ at: NOW - MINUTE });
  await put(running);
  await deliver(key());
  await after(MINUTE);
  await put({ ...running, isAnnounced: true, until: NOW + MINUTE, endedBy: "arn:aws:iam::111122223333:user/dave" });
  await after(MINUTE + 20_000);
  await deliver(key());
  expect(ringing()).toHaveLength(1);
  await after(4 * MINUTE);
  expect(subjects().at(-1)).toBe("[MUTE ENDED] key-made: 1 match muted");
  expect(alerts.at(-1)?.email).toContain("Ended    by arn:aws:iam::111122223333:user/dave");
});

test.each<[string, object]>([
  ["for longer than a day", { ...mute(), until: NOW + 25 * HOUR }],
  ["of a clock that is a year ahead", { ...mute(), at: NOW + 8760 * HOUR, until: NOW + 8761 * HOUR }],
  [
    "of a later version, which narrows it by a word of its own",
    { ...mute(), of: { rule: "key-made", network: "192.0.2.0/24" } },
  ],
  ["of nothing in particular", { ...mute(), of: {} }],
  ["that is none", { mute: "key-made" }],
])("an entry %s mutes nothing, and is kept", async (_, entry) => {
  const { deliver, put, ringing, after, store } = muted([RULES[0] as Rule]);
  await put(entry as Mute, mute({ id: "00000002", of: { rule: "another" } }));
  await deliver(key());
  expect(ringing()).toHaveLength(1);
  await after(26 * HOUR);
  const left = (await store.read([MUTES], NOW)).get(MUTES)?.body;
  expect(left).toEqual({ mutes: [entry] });
});

test("an item of a later version keeps what this one does not know", async () => {
  const { deliver, store, after, ringing } = muted([RULES[0] as Rule]);
  const entry = { ...mute(), ticket: "OPS-1" };
  const body = { mutes: [entry], policy: { hours: 4 } };
  await store.commit([{ key: MUTES, expected: 0, next: { body, dueAt: NOW } }]);
  expect(await deliver(key())).toMatchObject({ muted: 1 });
  await after(2 * MINUTE);
  expect((await store.read([MUTES], NOW)).get(MUTES)?.body).toEqual({
    ...body,
    mutes: [{ ...entry, isAnnounced: true }],
  });
  expect(ringing()).toEqual([]);
});

test("an item that cannot be read mutes nothing, is kept, and stops no announcement of what replaces it", async () => {
  const { deliver, store, ringing, lines } = muted([RULES[0] as Rule]);
  await store.commit([{ key: MUTES, expected: 0, next: { body: { mutes: "all" }, dueAt: NOW } }]);
  expect(await deliver(key())).toMatchObject({ muted: 0, listed: 1, unreadableItems: 1 });
  expect(ringing()).toHaveLength(1);
  expect(lines[0]?.remarks).toContainEqual(expect.stringContaining("ledger-item-unreadable: mutes is left as it is"));
  expect((await store.read([MUTES], NOW)).get(MUTES)?.body).toEqual({ mutes: "all" });
});

test("where the item cannot be read, the command writes beside it, and what it writes holds and is announced", async () => {
  const { deliver, store, after, ringing, subjects, desk } = muted([RULES[0] as Rule]);
  await store.commit([{ key: MUTES, expected: 0, next: { body: { mutes: "all" }, dueAt: NOW } }]);
  const made = await openMuteBook(store, () => NOW).add({ rule: "key-made" }, HOUR, "work", "somebody");
  expect(await deliver(key())).toMatchObject({ muted: 1 });
  await after(2 * HOUR);
  expect(ringing()).toEqual([]);
  expect(subjects()).toEqual([expect.stringMatching(/^\[MUTED\] key-made/), "[MUTE ENDED] key-made: 1 match muted"]);
  expect((await store.read([MUTES], NOW)).get(MUTES)?.body).toEqual({ mutes: "all" });
  expect(made.id).toMatch(/^[0-9a-f]{8}$/);
  expect(await store.due(desk.now() + 26 * HOUR, 10)).toEqual([]);
});

test("without a ledger nobody knows of mutes: what is high rings", async () => {
  const own = muted([RULES[0] as Rule]);
  await own.put(mute());
  const desk = testDesk([RULES[0] as Rule], {}, NOW, own.store);
  desk.ledgerDown = true;
  await desk.deliver([key()]);
  expect(desk.alerts.map(({ json }) => JSON.parse(json).mayRepeat)).toEqual([true]);
});

test("mutes cost no call of the table: they are read beside what is read anyway, and not again for twenty seconds", async () => {
  const counts = [];
  for (const isMuted of [false, true]) {
    const desk = testDesk([RULES[0] as Rule]);
    if (isMuted) await put(desk.store, mute({ of: { rule: "another" } }));
    await desk.deliver([key()]);
    counts.push(desk.calls);
  }
  expect(counts[1]).toBe(counts[0]);
});

test("mutes are announced once, however many ticks come at once, and many at once in turns", async () => {
  const { put, after, subjects, store, desk } = muted([RULES[0] as Rule]);
  const many = Array.from({ length: 50 }, (_, i) => mute({ id: (i + 16).toString(16).padStart(8, "0") }));
  await put(...many);
  await after(10 * MINUTE);
  await Promise.all([desk.ledger.tick(), desk.ledger.tick()]);
  const told = subjects().filter((subject) => subject.startsWith("[MUTED]"));
  const folded = desk.alertsOfTicks;
  expect(told.length).toBeLessThanOrEqual(50);
  expect(folded).toBeGreaterThanOrEqual(50);
  const item = (await store.read([MUTES], NOW)).get(MUTES)?.body as { mutes: Mute[] };
  expect(item.mutes.every(({ isAnnounced }) => isAnnounced)).toBe(true);
});

test.each(HOSTILE.map((text) => [text.slice(0, 40), text.slice(0, 150)]))(
  "%j in a mute can forge nothing in its announcements",
  async (_, text) => {
    const { put, after, alerts } = muted([RULES[0] as Rule]);
    await put(
      mute({ of: { rule: text, actor: text, account: text.slice(0, 90) }, reason: text, by: text, endedBy: text }),
    );
    await after(5 * HOUR);
    expect(alerts.map(({ rule: name }) => name)).toEqual(["mute-began", "mute-ended"]);
    for (const { subject, email } of alerts) {
      expect(subject).toMatch(
        /^\[MUTE(?:D| ENDED)\] [\x20-\x7e]{1,70}(?: until 2026-11-21 01:29 UTC|: nothing was muted)$/,
      );
      expect(subject.length).toBeLessThan(100);
      expect(subject + email).not.toMatch(/evil[.。．]com|www\.evil|https?:\/\//u);
      expect(email).not.toMatch(/[^\P{C}\n]|[\p{Zl}\p{Zp}]|\p{Default_Ignorable_Code_Point}/u);
      expect(email).not.toMatch(/^(?:Subject:|Who {6}root user)/m);
    }
  },
);

test("an announcement that SNS refuses is sent once SNS takes it", async () => {
  const own = testDesk([RULES[0] as Rule]);
  await put(own.store, mute());
  own.failPublishes = true;
  await own.desk.advanceTo(NOW + 3 * MINUTE);
  expect(own.alerts).toEqual([]);
  own.failPublishes = false;
  await own.desk.advanceTo(NOW + 6 * MINUTE);
  expect(own.alerts.map(({ rule: name }) => name)).toEqual(["mute-began"]);
});
