import { readdirSync } from "node:fs";
import { recordsOfFile } from "../../cli/records/read.ts";
import { accountOf, type CloudTrailRecord, eventTimeOf } from "../../lambda/core/record/record.ts";
import type { Rule } from "../../lambda/core/rules/rule.ts";
import { compileRules } from "../../lambda/core/rules/rule-set.ts";
import { DESK_DEPLOYMENT, fillSelf } from "../../lambda/core/rules/self.ts";
import { CONFORMANCE, conformanceTest } from "../support/conformance.ts";
import { testDesk } from "../support/desk-pipeline.ts";
import { loadedRules } from "../support/loaded-rules.ts";
import { ACCOUNT, logKey } from "../support/log-files.ts";

const MINUTE = 60_000;

const rules = fillSelf(
  loadedRules("rules").map(({ rule }) => rule),
  DESK_DEPLOYMENT,
);

/** Records of files that CloudTrail or somebody's tool wrote, in the order of their time. */
async function realRecords(folder: string): Promise<readonly CloudTrailRecord[]> {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) =>
    /\.json(?:\.gz)?$/.test(file),
  );
  const read = await Promise.all(files.sort().map((file) => recordsOfFile(`${folder}/${file}`)));
  return read.flatMap(({ records }) => records).filter((record) => eventTimeOf(record) !== undefined);
}

/** What people receive of the first match of a rule among real records; undefined where it matches none. */
async function mailOf(rule: Rule, all: readonly CloudTrailRecord[]): Promise<string | undefined> {
  const { match } = compileRules([rule]);
  const met = all.filter((record) => {
    const { matched, preceding } = match(record, 0);
    return matched.length + preceding.length > 0;
  });
  const [first] = met;
  if (first === undefined) return undefined;
  const start = eventTimeOf(first) ?? 0;
  const hasWindow = rule.threshold !== undefined || rule.after !== undefined;
  const near = met.filter((record) => Math.abs((eventTimeOf(record) ?? 0) - start) < 60 * MINUTE);
  const last = Math.max(...near.map((record) => eventTimeOf(record) ?? 0));
  const desk = testDesk([rule], {}, (hasWindow ? last : start) + 5 * MINUTE);
  const key = logKey("one").replaceAll(ACCOUNT, accountOf(first) ?? ACCOUNT);
  await desk.deliver(hasWindow ? near.filter((record) => accountOf(record) === accountOf(first)) : [first], key);
  await desk.desk.runToEnd();
  const [alert] = desk.alerts;
  return (
    alert && [`Subject: ${alert.subject}`, ...(alert.sms ? [`SMS: ${alert.sms}`] : []), "", alert.email].join("\n")
  );
}

/** Lines of a first screen, and its columns. */
const SCREEN = 25;
const COLUMNS = 100;

/** Lines of the longest screen that anybody reads at once: in a mail of a whole incident, more stands above. */
const LONG_SCREEN = 30;

/**
 * On which line of a screen the commands that lock the caller out end, from the subject on; where they are for another
 * account, those that undo what was done here. 0 where there are none.
 */
function lastLineOfLockOut(mail: string): number {
  const text = mail.replace(/^SMS: .*\n/m, "");
  const [, undo] = /^([\s\S]*\nUndo .*(?:\n {9}[^ ].*)*)\n(?:Gone .*\n)?Lock out /.exec(text) ?? [];
  const lockOut = /^([\s\S]*\nLock out .*(?:\n {9}[^ #].*)+)\n/;
  const upTo = undo ?? lockOut.exec(text)?.[1];
  return (upTo?.split("\n") ?? []).reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / COLUMNS)), 0);
}

/** Lines and columns of a narrow screen. */
const [NARROW_SCREEN, NARROW] = [24, 80];

/** On which line of a narrow screen all ends that stands above the first command. 0 where there is none. */
function lastLineAboveCommands(mail: string): number {
  const [, above = ""] = /^([\s\S]*?\n(?:At once|Undo {4}|Lock out) .*)/.exec(mail.replace(/^SMS: .*\n/m, "")) ?? [];
  if (above === "") return 0;
  return above.split("\n").reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / NARROW)), 0);
}

const SOURCES: readonly (readonly [string, string, number])[] = [
  ["events", "events", 4],
  ["stratus", `${CONFORMANCE}/stratus`, 20],
  ["invictus", `${CONFORMANCE}/invictus`, 20],
];

for (const [name, folder, least] of SOURCES) {
  (name === "events" ? test : conformanceTest)(`the mails of shipped rules on real records of ${name}`, async () => {
    const records = await realRecords(folder);
    const mails = await Promise.all(rules.map(async (rule) => [rule.name, await mailOf(rule, records)] as const));
    const told = mails.filter(([, mail]) => mail !== undefined);
    expect(told.length).toBeGreaterThanOrEqual(least);
    for (const [rule, mail] of told) expect(mail).toMatchSnapshot(rule);
    const late = told.filter(([, mail = ""]) => lastLineOfLockOut(mail) > SCREEN).map(([rule]) => rule);
    expect(late).toEqual([]);
    const low = told.filter(([, mail = ""]) => lastLineAboveCommands(mail) > NARROW_SCREEN).map(([rule]) => rule);
    expect(low).toEqual([]);
  });
}

/** What people receive of all that real records tell, as log files of five minutes bring it, account by account. */
async function mailsOfIncidents(all: readonly CloudTrailRecord[]): Promise<readonly string[]> {
  const mails: string[] = [];
  for (const account of new Set(all.map(accountOf))) {
    const own = all.filter((record) => accountOf(record) === account);
    const slots = new Map<number, CloudTrailRecord[]>();
    for (const record of own) {
      const slot = Math.floor((eventTimeOf(record) ?? 0) / (5 * MINUTE));
      slots.set(slot, [...(slots.get(slot) ?? []), record]);
    }
    const [first = 0] = [...slots.keys()].toSorted((a, b) => a - b);
    const desk = testDesk(rules, {}, (first + 2) * 5 * MINUTE);
    for (const [slot, records] of [...slots].toSorted(([a], [b]) => a - b)) {
      await desk.desk.advanceTo((slot + 2) * 5 * MINUTE);
      await desk.deliver(records, logKey(`file${slot}`).replaceAll(ACCOUNT, account ?? ACCOUNT));
    }
    await desk.desk.runToEnd();
    for (const { kind, subject, email } of desk.alerts) {
      if (kind !== "round-up") mails.push([`Subject: ${subject}`, "", email].join("\n"));
    }
  }
  return mails;
}

conformanceTest("in a mail of a whole incident, what locks the caller out ends on the first screen too", async () => {
  for (const folder of ["stratus", "invictus"]) {
    const mails = await mailsOfIncidents(await realRecords(`${CONFORMANCE}/${folder}`));
    const ends = mails.map(lastLineOfLockOut).filter((line) => line > 0);
    expect(ends.length).toBeGreaterThanOrEqual(5);
    expect(Math.max(...ends)).toBeLessThanOrEqual(LONG_SCREEN);
  }
});
