import type { Alert } from "../../lambda/core/alert/alert.ts";
import { outcomeOf } from "../../lambda/core/record/outcome.ts";
import type { CloudTrailRecord } from "../../lambda/core/record/record.ts";
import type { Rule } from "../../lambda/core/rules/rule.ts";
import { DESK_DEPLOYMENT, fillSelf } from "../../lambda/core/rules/self.ts";
import type { Summary } from "../../lambda/summary.ts";
import { command, commandProcess } from "../support/command.ts";
import {
  CONFORMANCE,
  conformanceFile,
  conformanceJson,
  conformanceTest,
  hasConformance,
} from "../support/conformance.ts";
import { testDesk } from "../support/desk-pipeline.ts";
import { loadedRules } from "../support/loaded-rules.ts";
import { logKey } from "../support/log-files.ts";

const RULES = fillSelf(
  loadedRules("rules").map(({ rule }) => rule),
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
async function deliver(file: string, rules: readonly Rule[] = RULES): Promise<Told> {
  const { deliver, desk, alerts, lines } = testDesk(rules, { accounts: {} }, ARRIVAL);
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

/** The rules that a case rings, of those named; what else it rings is its own affair. */
function rings(...rules: readonly string[]): (file: string) => Promise<void> {
  return async (file) => expect(await rungBy(file)).toEqual(expect.arrayContaining(rules));
}

function doesNotRing(...rules: readonly string[]): (file: string) => Promise<void> {
  return async (file) => {
    const rung = await rungBy(file);
    for (const rule of rules) expect(rung).not.toContain(rule);
  };
}

async function rungBy(file: string): Promise<readonly string[]> {
  const { mails, dailies } = await deliver(file);
  const named = mails.flatMap(({ json }): readonly { readonly name: string }[] => JSON.parse(json).rules);
  return [...named.map(({ name }) => name), ...dailies.flatMap(({ parts }) => parts.map(({ rule }) => rule))];
}

/** Nothing that wakes or mails anybody, but for the daily round-up. */
async function isSilent(file: string): Promise<void> {
  const { mails } = await deliver(file);
  expect(mails.map(({ subject }) => subject)).toEqual([]);
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
};

/** The cases of rules: policies, accounts, networks, AWS's own work. */
const RULE_CASES: { readonly [file: string]: (file: string) => Promise<void> } = {
  "policy-public-beside-conditioned.json": rings("bucket-opened-to-everyone"),
  "policy-public-beside-other-key-condition.json": rings("bucket-opened-to-everyone"),
  "policy-tls-only-condition.json": rings("bucket-opened-to-everyone"),
  "policy-public-beside-tls-deny.json": rings("bucket-opened-to-everyone"),
  "policy-userid-condition.json": doesNotRing("bucket-opened-to-everyone"),
  "policy-lowercase-orgid-condition.json": doesNotRing("bucket-opened-to-everyone"),
  "policy-arnlike-principalarn-condition.json": doesNotRing("bucket-opened-to-everyone"),
  "cross-account-opens-bucket.json": rings("bucket-opened-to-everyone"),
  "sns-public-beside-default-statement.json": rings("resource-opened-to-everyone"),
  "kms-public-beside-conditioned.json": rings("resource-opened-to-everyone"),
  "kms-public-in-list.json": rings("resource-opened-to-everyone"),
  "kms-deny-everyone.json": doesNotRing("resource-opened-to-everyone"),
  "bucket-shared-with-bare-account-id.json": rings("bucket-shared-with-account"),
  "bucket-shared-with-foreign-role.json": rings("bucket-shared-with-account"),
  "bucket-shared-with-own-account.json": doesNotRing("bucket-shared-with-account", "bucket-opened-to-everyone"),
  "trust-everyone.json": rings("role-opened-to-everyone", "role-trusts-account"),
  "trust-everyone-beside-condition.json": rings("role-opened-to-everyone"),
  "trust-foreign-account-in-list.json": rings("role-trusts-account"),
  "trust-foreign-account-bare-id.json": rings("role-trusts-account"),
  "trust-foreign-account-beside-condition.json": rings("role-trusts-account"),
  "gov-admin-policy.json": rings("admin-policy-attached"),
  "load-balancer-controller-opens-443.json": doesNotRing("security-group-opened", "security-group-opened-widely"),
  "state-manager-sends-command.json": isSilent,
  "inspector-sends-command-everywhere.json": isSilent,
  "identity-center-provisions-admin.json": isSilent,
  "autoscaling-ends-many.json": isSilent,
  "console-home-of-a-developer.json": isSilent,
  async "rules-that-never-fire.yaml"(file) {
    const { stderr, code } = await command("rules", "check", `${CONFORMANCE}/reports/${file}`);
    expect(code).toBe(0);
    for (const call of [
      "iam:PassRole",
      "cloudtrail:CreateRoute",
      "s3:PutBucketEncryptionConfiguration",
      "iam:CreateUsr",
    ]) {
      expect(stderr).toContain(call);
    }
  },
};

/** The cases of who called, and of what became of it. */
const IDENTITY_CASES: { readonly [file: string]: (file: string) => Promise<void> } = {
  async "role-session-source-identity.json"(file) {
    expect((await deliver(file)).mails[0]?.email).toMatch(/^Who .*source identity carol@example\.com/m);
  },
  async "root-assumed-session.json"(file) {
    const { mails } = await deliver(file);
    expect(mails.map(({ rule, severity, sms }) => [rule, severity, sms])).toEqual([
      ["root-session-used", "high", undefined],
    ]);
    expect(mails[0]?.email).toMatch(/^Who .*opened by sts:AssumeRoot, MFA unknown$/m);
    expect(mails[0]?.email).not.toContain("change the password");
  },
  async "service-event-failure-in-details.json"(file) {
    const { stdout } = await command("replay", `${CONFORMANCE}/reports/${file}`, "--alerts");
    expect(stdout).toContain("identity-center-sign-in-failed");
    expect(outcomeOf(recordsOf(file)[0] ?? {})).toBe("failed");
  },
  async "service-event-kms-rotate.json"(file) {
    const everything: Rule = { name: "everything", place: "a", severity: "medium", calls: ["*:*"] };
    const { mails } = await deliver(file, [everything]);
    expect(mails[0]?.email).toContain("key/12345678-1234-1234-1234-123456789012");
    expect(mails[0]?.email).toContain("rotationType: AUTOMATIC");
  },
  "china-signin.json": rings("console-sign-in-without-mfa"),
};

/** The cases that are asserted. */
const ALL_CASES = { ...CASES, ...RULE_CASES, ...IDENTITY_CASES };

const INDEX: readonly { readonly case: string; readonly kind: string; readonly right: string }[] = hasConformance
  ? conformanceJson("reports", "index.json")
  : Object.keys(ALL_CASES).map((file) => ({ case: file, kind: "reading, delivery or rules", right: "" }));

for (const { case: file, kind, right } of INDEX) {
  const check = ALL_CASES[file];
  if (check === undefined) continue;
  conformanceTest(`reports/${file} (${kind}): ${right}`, () => check(file));
}

conformanceTest("each asserted case is there, and the others are named", () => {
  const files = INDEX.map((one) => one.case);
  expect(files).toEqual(expect.arrayContaining(Object.keys(ALL_CASES)));
  const others = INDEX.filter((one) => !(one.case in ALL_CASES));
  process.stdout.write(
    `reports that are not asserted yet:\n${others.map(({ case: file, kind }) => `  ${file}: ${kind}\n`).join("")}`,
  );
});
