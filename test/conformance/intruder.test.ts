import { gunzipSync } from "node:zlib";
import type { Alert } from "../../lambda/core/alert/alert.ts";
import { isForRoundUp } from "../../lambda/core/incident/rule-book.ts";
import { outcomeOf } from "../../lambda/core/record/outcome.ts";
import { type CloudTrailRecord, textAt } from "../../lambda/core/record/record.ts";
import { viewOf } from "../../lambda/core/record/view.ts";
import { asAttempted, type Rule } from "../../lambda/core/rules/rule.ts";
import { compileRules } from "../../lambda/core/rules/rule-set.ts";
import { DESK_DEPLOYMENT, fillSelf } from "../../lambda/core/rules/self.ts";
import { command } from "../support/command.ts";
import { CONFORMANCE, conformanceFile, conformanceFolder, conformanceTest } from "../support/conformance.ts";
import { testDesk } from "../support/desk-pipeline.ts";
import { loadedRules } from "../support/loaded-rules.ts";
import { logFile } from "../support/log-files.ts";
import { first } from "../support/runs.ts";

/** How many mails one intruder may make in 45 minutes. */
const MOST_MAILS = 6;

const MINUTE = 60_000;
const INTRUDED = "123837392027";

const RULES = compileRules(
  fillSelf(
    loadedRules("rules").map(({ rule }) => rule),
    DESK_DEPLOYMENT,
  ),
);

interface LogFile {
  readonly key: string;
  /** When CloudTrail wrote it, by its name. */
  readonly writtenAt: number;
  readonly records: readonly CloudTrailRecord[];
}

interface Sent {
  readonly at: number;
  readonly alert: Alert;
}

function logFiles(): readonly LogFile[] {
  const names = conformanceFolder("invictus").filter((name) => name.endsWith(".json.gz"));
  const files = names.map((name): LogFile => {
    const [, year, month, day, hour, minute] = /_(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)Z_/.exec(name) ?? [];
    const own = name.replace(/^\d{12}/, INTRUDED);
    return {
      key: `AWSLogs/${INTRUDED}/CloudTrail/us-east-1/${year}/${month}/${day}/${own}`,
      writtenAt: Date.parse(`${year}-${month}-${day}T${hour}:${minute}:00Z`),
      records: JSON.parse(gunzipSync(conformanceFile("invictus", name)).toString()).Records,
    };
  });
  return files.sort((a, b) => a.writtenAt - b.writtenAt);
}

/** The same records in a log file for each minute, five minutes after their calls: so long does CloudTrail take. */
function logFilesByMinute(): readonly LogFile[] {
  const minutes = new Map<number, CloudTrailRecord[]>();
  for (const record of logFiles().flatMap(({ records }) => records)) {
    const writtenAt = Math.ceil((viewOf(record).time ?? Number.NaN) / MINUTE + 5) * MINUTE;
    minutes.set(writtenAt, [...(minutes.get(writtenAt) ?? []), record]);
  }
  return [...minutes]
    .sort(([a], [b]) => a - b)
    .map(([writtenAt, records]) => ({
      key: `AWSLogs/${INTRUDED}/CloudTrail/us-east-1/2023/07/10/${INTRUDED}_CloudTrail_us-east-1_20230710T1200Z_${writtenAt}abc.json.gz`,
      writtenAt,
      records,
    }));
}

/** What is sent where each of these files comes at its time, and days go by. */
async function play(files: readonly (readonly [at: number, file: LogFile])[]) {
  const { deliver, desk, alerts, lines } = testDesk(RULES.rules, { accounts: {} }, files[0]?.[0]);
  const sent: Sent[] = [];
  const note = () => {
    while (sent.length < alerts.length) sent.push({ at: desk.now(), alert: alerts[sent.length] as Alert });
  };
  for (const [at, { key, records }] of files) {
    for (let time = desk.now() + MINUTE; time <= at; time += MINUTE) {
      await desk.advanceTo(time);
      note();
    }
    await desk.advanceTo(Math.max(at, desk.now()));
    note();
    await deliver([], { key, body: logFile(...records) });
    note();
  }
  for (let minute = 0; minute < 60; minute++) {
    await desk.advanceTo(desk.now() + MINUTE);
    note();
  }
  await desk.runToEnd();
  note();
  expect(lines.reduce((sum, { records }) => sum + records, 0)).toBe(
    sumOf(files.map(([, { records }]) => records.length)),
  );
  const isRoundUp = ({ alert }: Sent) => alert.subject.includes("Daily round-up");
  return { mails: sent.filter((one) => !isRoundUp(one)), roundUps: sent.filter(isRoundUp) };
}

const severityOf = (rule: Rule, record: CloudTrailRecord) => asAttempted(rule, outcomeOf(record)).severity;
const hasWindow = ({ threshold, after, steps }: Rule) =>
  threshold !== undefined || after !== undefined || steps !== undefined;
const met = new Map<CloudTrailRecord, readonly Rule[]>();

function rulesOf(record: CloudTrailRecord): readonly Rule[] {
  const rules = met.get(record) ?? RULES.match(record, 0).matched;
  met.set(record, rules);
  return rules;
}

const idsOf = (records: readonly CloudTrailRecord[]) => new Set(records.map((record) => textAt(record, "eventID")));
const sumOf = (counts: readonly number[]) => counts.reduce((sum, count) => sum + count, 0);

/** How often each rule is told of. */
function toldIn(sent: readonly Sent[]): ReadonlyMap<string, number> {
  const told = new Map<string, number>();
  for (const [name, count] of sent.flatMap(({ alert }) => alert.parts.flatMap(({ rules }) => Object.entries(rules)))) {
    told.set(name, (told.get(name) ?? 0) + count);
  }
  return told;
}

/** True if an alert tells of a record, with its rule and its target: in a line, or as a part of a round-up. */
function tells({ json }: Alert, record: CloudTrailRecord, rule: string): boolean {
  const { call, target } = viewOf(record).facts;
  const { lines = [], alerts = [] } = JSON.parse(json) as {
    readonly lines?: readonly {
      readonly call: string;
      readonly rules: readonly string[];
      readonly targets: readonly string[];
    }[];
    readonly alerts?: readonly { readonly rules: object; readonly detail: string }[];
  };
  return (
    lines.some(
      (line) => line.call === call && line.rules.includes(rule) && (!target || line.targets.includes(target)),
    ) || alerts.some(({ rules, detail }) => Object.hasOwn(rules, rule) && detail.includes(target ?? ""))
  );
}

const endOf = (files: readonly LogFile[]) => Math.max(...files.map(({ writtenAt }) => writtenAt)) + 5 * MINUTE;

let atOnce: ReturnType<typeof play> | undefined;

function playedAtOnce() {
  const files = logFiles();
  atOnce ??= play(files.map((file) => [endOf(files), file] as const));
  return atOnce;
}

const ARRIVALS = [
  ["at once", MOST_MAILS, logFiles, (_: LogFile, end: number) => end],
  // One more: who opened a role's session stands in a file that is written five minutes after that of the session's calls.
  ["each when it was written", MOST_MAILS + 1, logFiles, ({ writtenAt }: LogFile) => writtenAt],
  ["a minute's calls after the other's", MOST_MAILS, logFilesByMinute, ({ writtenAt }: LogFile) => writtenAt],
] as const;

for (const [when, mostMails, filesOf, arrivalOf] of first<(typeof ARRIVALS)[number]>(1, ARRIVALS)) {
  conformanceTest(
    `an intruder of 45 minutes makes ${mostMails} mails at most, if his log files come ${when}`,
    async () => {
      const files = filesOf();
      expect(logFiles()).toHaveLength(27);
      const end = endOf(files);
      const { mails, roundUps } =
        when === "at once" ? await playedAtOnce() : await play(files.map((file) => [arrivalOf(file), file] as const));
      process.stdout.write(
        `intruder: ${files.length} log files ${when}: ${mails.length} mails, ${roundUps.length} round-up\n` +
          mails.map(({ at, alert }) => `  ${new Date(at).toISOString().slice(11, 16)}  ${alert.subject}\n`).join(""),
      );
      expect(mails.length).toBeLessThanOrEqual(mostMails);

      const told = toldIn(mails);
      const records = files.flatMap((file) => file.records);
      const loud = (record: CloudTrailRecord) =>
        rulesOf(record).filter((rule) => !isForRoundUp(severityOf(rule, record)));
      for (const record of records) {
        for (const { name } of loud(record).filter((rule) => !hasWindow(rule)))
          expect([...told.keys()]).toContain(name);
      }
      // Of what is counted, that passes which passes if all is known from the beginning.
      const all = await playedAtOnce();
      expect([...told.keys()].sort()).toEqual([...toldIn(all.mails).keys()].sort());
      expect(
        [...told.keys()].filter((name) => RULES.rules.some((rule) => rule.name === name && hasWindow(rule))).length,
      ).toBeGreaterThan(2);

      const matching = (name: string, some = records) =>
        idsOf(some.filter((record) => rulesOf(record).some((rule) => rule.name === name))).size;
      const daily = toldIn(roundUps);
      for (const [name, count] of told)
        expect([name, count + (daily.get(name) ?? 0) <= matching(name)]).toEqual([name, true]);
      // A record that a mail tells of stands in no round-up.
      const isMailed = (record: CloudTrailRecord) => loud(record).some(({ name }) => told.get(name) === matching(name));
      const unmailed = records.filter((record) => !isMailed(record));
      expect(daily.size).toBeGreaterThan(5);
      for (const [name, count] of daily) expect([name, count <= matching(name, unmailed)]).toEqual([name, true]);

      const criticals = files.flatMap((file) =>
        file.records.flatMap((record) =>
          rulesOf(record)
            .filter((rule) => severityOf(rule, record) === "critical" && !hasWindow(rule))
            .map((rule) => {
              const arrival = arrivalOf(file, end);
              const mail = mails.find(({ at, alert }) => at >= arrival && tells(alert, record, rule.name));
              return { rule: rule.name, minutes: mail === undefined ? undefined : (mail.at - arrival) / MINUTE };
            }),
        ),
      );
      expect(criticals.length).toBeGreaterThan(2);
      expect(criticals.filter(({ minutes }) => minutes === undefined || minutes > 2)).toEqual([]);
    },
  );
}

conformanceTest(
  `the replay of his records, each five minutes after its call, makes ${MOST_MAILS} mails at most`,
  async () => {
    const { stdout } = await command("replay", `${CONFORMANCE}/invictus`, "--alerts", "--json");
    const alerts = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { readonly kind: string; readonly subject: string });
    const mails = alerts.filter(({ kind }) => kind !== "round-up");
    process.stdout.write(`intruder: replayed, ${mails.length} mails, ${alerts.length - mails.length} round-up\n`);
    expect(mails.length).toBeGreaterThan(0);
    expect(mails.length).toBeLessThanOrEqual(MOST_MAILS);
  },
);
