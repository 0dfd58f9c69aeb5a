import { deskRules } from "../../cli/desk-cache.ts";
import { createDeskLedger } from "../../cli/desk-ledger.ts";
import { inputsOf } from "../../cli/records/inputs.ts";
import { recordsOfFile } from "../../cli/records/read.ts";
import type { CloudTrailRecord } from "../../lambda/core/record/record.ts";
import { viewOf } from "../../lambda/core/record/view.ts";
import { compileRules } from "../../lambda/core/rules/rule-set.ts";
import { createPipeline } from "../../lambda/pipeline.ts";
import { command } from "../support/command.ts";
import { CONFORMANCE, conformanceTest } from "../support/conformance.ts";
import { ACCOUNT, logFile, logKey, s3Event } from "../support/log-files.ts";
import { first } from "../support/runs.ts";

const MINUTE = 60_000;

/** What the function sends if it is invoked for each of these, at its time; and how many matches it counts. */
async function invoked(objects: readonly (readonly [at: number, records: readonly CloudTrailRecord[]])[]) {
  const { rules, settings, known, deployment } = await deskRules([]);
  const sent: unknown[] = [];
  let matches = 0;
  const desk = createDeskLedger(
    rules,
    settings,
    ({ kind, rule, severity, matches: of, subject }) =>
      void sent.push({ sentAt: new Date(desk.now()).toISOString(), kind, rule, severity, matches: of, subject }),
    () => undefined,
  );
  const bodies = new Map<string, Buffer>();
  const pipeline = createPipeline({
    rules: compileRules(rules, known),
    ledger: desk.ledger,
    deployment,
    accepted: {},
    now: desk.now,
    log: (line) => {
      matches += line.matches - line.excepted;
    },
    fetchObject: async ({ key }) => ({ content: bodies.get(key) ?? Buffer.alloc(0) }),
  });
  for (const [at, records] of objects) {
    await desk.advanceTo(at);
    // A record that lies below another account's path is not believed.
    const accounts = [...new Set(records.map((record) => viewOf(record).account ?? "none"))];
    const keys = accounts.map((account) => {
      const own = records.filter((record) => (viewOf(record).account ?? "none") === account);
      const key = logKey(`${bodies.size}`).replaceAll(ACCOUNT, account);
      bodies.set(key, logFile(...own));
      return key;
    });
    await pipeline(s3Event("desk", ...keys));
  }
  await desk.runToEnd();
  return { sent, matches };
}

for (const name of first(1, ["stratus", "invictus"])) {
  conformanceTest(`replay over ${name} finds and sends what the function does, invoked minute by minute`, async () => {
    const folder = `${CONFORMANCE}/${name}`;
    const minutes = new Map<number, CloudTrailRecord[]>();
    let bad = 0;
    for (const { name: path } of inputsOf([folder]).files) {
      const { records, faults } = await recordsOfFile(path);
      bad += faults.length;
      for (const record of records) {
        const minute = Math.floor((viewOf(record).time ?? 0) / MINUTE) * MINUTE;
        minutes.set(minute, [...(minutes.get(minute) ?? []), record]);
      }
    }
    const objects = [...minutes]
      .sort(([a], [b]) => a - b)
      .map(([minute, records]) => [minute + 5 * MINUTE, records] as const);
    const expected = await invoked(objects);
    expect(expected.matches).toBeGreaterThan(50);
    expect(expected.sent.length).toBeGreaterThan(5);

    const alerts = await command("replay", folder, "--alerts", "--json");
    expect(alerts.code).toBe(bad > 0 ? 1 : 0);
    const sent = alerts.stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(sent.map(({ id: _, ...alert }) => alert)).toEqual(expected.sent);
    const matches = await command("replay", folder, "--json");
    expect(matches.stdout.trim().split("\n")).toHaveLength(expected.matches);
  });
}
