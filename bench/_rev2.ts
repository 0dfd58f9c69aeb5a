import { createMemoryStore } from "../lambda/core/ledger/memory.ts";
import { createLedger } from "../lambda/core/ledger/ledger.ts";
import { createDeskLedger } from "../cli/desk-ledger.ts";
import { testDesk, SETTINGS, NOW } from "../test/support/desk-pipeline.ts";
import { record, logKey, logFile, ACCOUNT } from "../test/support/log-files.ts";
const log = (...a: unknown[]) => console.log(...a);
const run = async (name: string, f: () => Promise<void>) => { log(`\n=== ${name}`); const t = Date.now(); try { await f(); } catch (e) { log("THROWN", e instanceof Error ? e.stack?.split("\n").slice(0,5).join("\n") : e); } log("took", Date.now() - t, "ms"); };
const rule = (name: string, severity: any, calls: string[], more: object = {}) => ({ name, place: "t:1", severity, calls, ...more }) as any;
const user = (n: string) => ({ type: "IAMUser", arn: `arn:aws:iam::${ACCOUNT}:user/${n}`, accountId: ACCOUNT, userName: n });
// DynamoDB's limits
const strict = (store: any, seen: { largest: number; most: number; errors: string[] }) => {
  const commit = store.commit;
  store.commit = async (changes: any[]) => {
    seen.most = Math.max(seen.most, changes.length);
    if (changes.length > 100) { seen.errors.push(`ValidationException: ${changes.length} changes`); throw new Error("ValidationException: more than 100"); }
    for (const { key, next } of changes) {
      const size = Buffer.byteLength(JSON.stringify(next.body)) + (next.bytes?.length ?? 0) + 100;
      seen.largest = Math.max(seen.largest, size);
      if (size > 400 * 1024) { seen.errors.push(`${key.slice(0, 40)} ${size}`); throw new Error(`ValidationException: item ${size}`); }
    }
    return commit(changes);
  };
};
const fresh = () => ({ largest: 0, most: 0, errors: [] as string[] });

await run("P1b again", async () => {
  const rules = [rule("p", "critical", ["iam:P*"]), rule("q", "critical", ["iam:Q*"])];
  const d = testDesk(rules);
  await d.deliver([record({ eventName: "QCall", userIdentity: user("carl") })]);
  const P = () => record({ eventName: "PCall", userIdentity: user("mallory") }), Q = () => record({ eventName: "QCall", userIdentity: user("mallory") });
  const commit = d.store.commit; let crash = true;
  (d.store as any).commit = async (c: any) => { if (crash && c.length > 1) throw new Error("crash"); return commit(c); };
  await d.deliver([P(), Q(), Q()], logKey("w1")).catch(() => 0);
  await d.deliver([P(), P(), P()], logKey("w2")).catch(() => 0);
  crash = false;
  try { await d.desk.advanceTo(NOW + 24 * 3600_000); } catch (e) { log("desk:", String(e)); }
  log("alerts of mallory:", d.alerts.filter((a) => a.email.includes("mallory")).length);
});
await run("P2a junk daily head stops the round-up", async () => {
  const d = testDesk([rule("l", "low", ["iam:*"])]);
  await d.deliver([record()]);
  const line = { key: "k", rules: ["l"], severity: "low", call: "iam:X", outcome: "success", isRead: false, records: 1, matches: { l: 1 }, firstTime: 1e300, lastTime: 1e300, isLate: false, targets: [], moreTargets: 0, sources: [], regions: [], callers: [], moreCallers: 0, facts: [], hasMoreFacts: false };
  await d.store.commit([{ key: "daily#junk", expected: 0, next: { body: { incident: { key: "junk", kind: "daily", accountId: ACCOUNT, actor: "x" }, told: {}, reached: {}, step: 0, held: { lines: [line], kept: [], logObjects: [], moreLogObjects: 0, accounts: [] } }, dueAt: NOW } }]);
  try { await d.desk.advanceTo(NOW + 3 * 86_400_000); } catch (e) { log("desk:", String(e)); }
  log("round-ups in 3 days:", d.alerts.length, (await d.desk.ledger.tick() as any).notes);
});
await run("P2b junk alert madeAt stops the publishing", async () => {
  const d = testDesk([rule("c", "critical", ["iam:*"])]);
  await d.store.commit([{ key: "alert#junk", expected: 0, next: { body: { alert: { id: "j", fullId: "j", kind: "alert", severity: "critical", subject: "s", email: "e", json: "{}", parts: [{ severity: "critical", subject: "s", detail: "d" }] }, madeAt: -1e300, claims: 0, todo: ["alert"] }, dueAt: NOW - 1000, isUrgent: true } }]);
  d.failPublishes = true; await d.deliver([record()]); d.failPublishes = false;
  let n = 0; for (let m = 1; m < 10; m++) { await d.desk.advanceTo(NOW + m * 60_000).catch((e) => log(String(e))); const t: any = await d.desk.ledger.tick(); if (t.notes.length) log(m, t.notes.slice(0, 2)); }
  log("alerts", d.alerts.map((a) => a.id));
});
await run("P2c alerts waiting from 0.1.0 (parts without rules), then more than the budget", async () => {
  const d = testDesk([rule("c", "critical", ["iam:*"])]);
  for (let i = 0; i < 8; i++) await d.store.commit([{ key: `alert#old${i}`, expected: 0, next: { body: { alert: { id: `o${i}`, fullId: `o${i}`, kind: "alert", severity: "medium", rule: "x", matches: 1, subject: "s", email: "e", json: "{}", parts: [{ id: `o${i}`, fullId: `o${i}`, severity: "medium", rule: "x", subject: "s", detail: "d", accountId: ACCOUNT, actor: "a", outcome: "success", matches: 1, isTexted: false }] }, madeAt: NOW - 1000, claims: 0, todo: ["alert"] }, dueAt: NOW - 1000 } }]);
  d.failPublishes = true; await d.deliver([record()]); d.failPublishes = false;
  for (let m = 1; m < 30; m++) { await d.desk.advanceTo(NOW + m * 60_000).catch((e) => m === 1 && log(String(e))); const t: any = await d.desk.ledger.tick(); if (t.notes.length && m % 8 === 1) log(m, t.notes.slice(0, 2)); }
  log("sent in 30 min:", d.alerts.map((a) => a.id), "critical told:", d.alerts.some((a) => a.severity === "critical"));
});
await run("P7 200 due items of known families that nobody owns", async () => {
  const d = testDesk([rule("c", "critical", ["iam:*"])]);
  for (let i = 0; i < 200; i++) await d.store.commit([{ key: `seen2#junk${i}`, expected: 0, next: { body: { parts: 1, generation: 1 }, dueAt: NOW - 1000, isUrgent: true } }]);
  await d.deliver([record()], logKey("a"));
  await d.deliver([record({ requestParameters: { userName: "second" } })], logKey("b"));
  try { await d.desk.advanceTo(NOW + 6 * 3600_000); } catch (e) { log("desk:", String(e)); }
  log("alerts in 6 h:", d.alerts.length);
});
await run("P7b in# 'done' / empty alert due", async () => {
  const d = testDesk([rule("c", "critical", ["iam:*"])]);
  for (let i = 0; i < 200; i++) await d.store.commit([{ key: `in#incident#j${i}#x`, expected: 0, next: { body: "done", dueAt: NOW - 1000, isUrgent: true } }]);
  await d.deliver([record()], logKey("a"));
  await d.deliver([record({ requestParameters: { userName: "second" } })], logKey("b"));
  try { await d.desk.advanceTo(NOW + 6 * 3600_000); } catch (e) { log("desk:", String(e)); }
  log("alerts in 6 h:", d.alerts.length);
});
await run("P12", async () => {
  const d = testDesk([rule("c", "critical", ["iam:*"])], {}, NOW + 5_000);
  await d.deliver([record()], logKey("a"));
  const t0 = NOW + 5_000; const at: number[] = [];
  await d.desk.advanceTo(t0 + 1_000);
  await d.deliver([record({ requestParameters: { userName: "carl" } })], logKey("b"));
  for (let s = 2; s < 400; s += 1) { await d.desk.advanceTo(t0 + s * 1000); if (d.alerts.length > 1) { log("told", s - 1, "s after arrival", d.alerts.length); break; } }
});
await run("P9 duplicates in folded lines", async () => {
  const d = testDesk([rule("c", "critical", ["*:*"])]);
  await d.deliver([record()], logKey("a"));
  await d.desk.advanceTo(NOW + 1_000);
  const recs = Array.from({ length: 80 }, (_, i) => record({ eventName: `Call${i}`, eventTime: "2026-11-20T21:28:00Z" }));
  const s1 = await d.deliver(recs, logKey("b"));
  const s2 = await d.deliver([...recs, record({ eventName: "More" })], logKey("c"));
  await d.desk.advanceTo(NOW + 3 * 3600_000);
  log("matches in mails:", d.alerts.map((a) => a.matches), "should be 1 and 81; held", s1.held, s2.held, s2.duplicates);
});
