import type { Alert } from "../../lambda/core/alert/alert.ts";
import type { CloudTrailRecord } from "../../lambda/core/record/record.ts";
import { DESK_DEPLOYMENT, fillSelf } from "../../lambda/core/rules/self.ts";
import type { Summary } from "../../lambda/pipeline.ts";
import { loadRules } from "../../lambda/rule-files/rule-files.ts";
import { warningsOf } from "../../lambda/rule-files/warnings.ts";
import { commandProcess } from "../support/command.ts";
import {
  CONFORMANCE,
  conformanceFile,
  conformanceJson,
  conformanceTest,
  hasConformance,
} from "../support/conformance.ts";
import { testDesk } from "../support/desk-pipeline.ts";
import { logKey } from "../support/log-files.ts";

const RULES = fillSelf(
  loadRules(["rules"]).map(({ rule }) => rule),
  DESK_DEPLOYMENT,
);

/** Some five minutes after the cases' records. */
const ARRIVAL = Date.parse("2026-11-20T10:05:00Z");

interface Told {
  readonly summary: Summary;
  readonly mails: readonly Alert[];
  readonly dailies: readonly Alert[];
  readonly remarks: string;
}

/** What one case leads to as a log object, by the shipped rules. */
async function deliver(file: string): Promise<Told> {
  const { deliver, desk, alerts, lines } = testDesk(RULES, { accounts: {} }, ARRIVAL);
  const summary = await deliver([], { key: logKey(file), body: conformanceFile("reports", file) });
  await desk.runToEnd();
  const isDaily = ({ subject }: Alert) => subject.includes("Daily round-up");
  return {
    summary,
    mails: alerts.filter((alert) => !isDaily(alert)),
    dailies: alerts.filter(isDaily),
    remarks: lines.flatMap(({ remarks }) => remarks).join("\n"),
  };
}

const recordsOf = (file: string): readonly CloudTrailRecord[] => conformanceJson("reports", file).Records;

/** A control without a right value of its own: all of it is read, and what it matches is told. */
async function isReadAndTold(file: string, told: number): Promise<void> {
  const { summary, mails } = await deliver(file);
  expect(summary).toMatchObject({ failed: 0, malformed: 0, records: recordsOf(file).length });
  expect(mails.reduce((sum, { matches }) => sum + matches, 0)).toBe(told);
}

async function isOneRefusedCaller(file: string): Promise<void> {
  const { mails } = await deliver(file);
  expect(mails.map(({ rule }) => rule)).toEqual(["unauthorized-calls"]);
}

/** The cases of reading and delivery: duplicates, grouping, thresholds, times, shapes, compression. */
const CASES: { readonly [file: string]: (file: string) => Promise<void> } = {
  "cross-account-denied-one-session.json": isOneRefusedCaller,
  "cross-account-denied-new-session-each.json": isOneRefusedCaller,
  "root-password-sprayed-over-accounts.json": (file) => isReadAndTold(file, 3),
  async "identity-center-users-without-username.json"(file) {
    const { dailies } = await deliver(file);
    expect(dailies.flatMap(({ parts }) => parts)).toHaveLength(3);
    for (const person of ["alice", "bob", "carol"]) {
      expect(dailies[0]?.parts.filter(({ subject }) => subject.includes(`by ${person}`))).toHaveLength(1);
    }
  },
  async "addendum-updated-data.json"(file) {
    const { mails } = await deliver(file);
    expect(mails.map(({ matches }) => matches)).toEqual([1]);
  },
  async "double-gzip.json.gz"(file) {
    const { summary, remarks } = await deliver(file);
    if (summary.failed === 0) expect(summary.records).toBeGreaterThan(0);
    else expect(remarks).toContain("gzip within gzip");
  },
  async "eventtime-without-zone.json"(file) {
    const clock = { CLOCK_AT: "2026-11-21T00:00:00Z", NODE_OPTIONS: "--import=./test/support/clock.mjs" };
    for (const TZ of ["UTC", "America/New_York", "Asia/Tokyo"]) {
      const { stdout } = await commandProcess("replay", ["--alerts", `${CONFORMANCE}/reports/${file}`], {
        ...clock,
        TZ,
      });
      expect(`${TZ}: ${stdout}`).toContain(`${TZ}: 2026-11-20 10:05  [HIGH]`);
    }
  },
  async "parameters-as-string.json"(file) {
    const { mails } = await deliver(file);
    expect(mails[0]?.email).toMatch(/What .*userName.*bob/);
    expect(mails[0]?.email).toMatch(/Result .*done/);
  },
  "eventtime-epoch-number.json": (file) => isReadAndTold(file, 1),
  // Of the three names only the list holds a watched one.
  "eventname-not-a-string.json": (file) => isReadAndTold(file, 1),
  "useridentity-not-an-object.json": (file) => isReadAndTold(file, 3),
  "batch-of-results-null.json": (file) => isReadAndTold(file, 0),
  "container-overrides-hidden.json": (file) => isReadAndTold(file, 0),
  async "rules-that-never-fire.yaml"(file) {
    const rules = loadRules([`${CONFORMANCE}/reports/${file}`]);
    expect(rules).toHaveLength(4);
    for (const { rule } of rules)
      expect({ rule: rule.name, warnings: warningsOf(rule, 0).length }).toEqual({ rule: rule.name, warnings: 1 });
  },
};

const INDEX: readonly { readonly case: string; readonly kind: string; readonly right: string }[] = hasConformance
  ? conformanceJson("reports", "index.json")
  : Object.keys(CASES).map((file) => ({ case: file, kind: "reading or delivery", right: "" }));

for (const { case: file, kind, right } of INDEX) {
  const check = CASES[file];
  if (check === undefined) continue;
  conformanceTest(`reports/${file} (${kind}): ${right}`, () => check(file));
}

conformanceTest("each case of reading and delivery is there, and the others are named", () => {
  const files = INDEX.map((one) => one.case);
  expect(files).toEqual(expect.arrayContaining(Object.keys(CASES)));
  const others = INDEX.filter((one) => !(one.case in CASES));
  process.stdout.write(
    `reports that are not asserted yet:\n${others.map(({ case: file, kind }) => `  ${file}: ${kind}\n`).join("")}`,
  );
});
