import type { Alert } from "../../lambda/core/alert/alert.ts";
import { isForRoundUp } from "../../lambda/core/incident/rule-book.ts";
import { outcomeOf } from "../../lambda/core/record/outcome.ts";
import type { CloudTrailRecord } from "../../lambda/core/record/record.ts";
import { viewOf } from "../../lambda/core/record/view.ts";
import { asAttempted, type Rule } from "../../lambda/core/rules/rule.ts";
import { compileRules } from "../../lambda/core/rules/rule-set.ts";
import { DESK_DEPLOYMENT, fillSelf } from "../../lambda/core/rules/self.ts";
import type { Severity } from "../../lambda/core/rules/severity.ts";
import { testDesk } from "../support/desk-pipeline.ts";
import { intrusion, isAttackers, type LoggedMinute } from "../support/intrusion.ts";
import { loadedRules } from "../support/loaded-rules.ts";
import { logFile } from "../support/log-files.ts";

const MINUTE = 60_000;

const RULES = compileRules(
  fillSelf(
    loadedRules("rules").map(({ rule }) => rule),
    DESK_DEPLOYMENT,
  ),
);

/** Thresholds that the attacker passes, and nobody else. */
const PASSED = [
  "key-explores-account",
  "key-refused-in-several-services",
  "unauthorized-calls",
  "secrets-read-in-volume",
  "objects-deleted-in-batches",
];

/**
 * Mails by caller, at the most. A mail goes out when a severity is reached for the first time; other news waits from the last
 * mail on, for 2, 5 or 15 minutes, and longer after the third within an hour; and what comes in one minute is told at once.
 */
const MOST_MAILS: { readonly [caller: string]: number } = {
  // What its stolen key explored, and what was refused four minutes later: news of the same severity waits.
  "user/ci-deploy": 2,
  // High for the first time, then for ten minutes: two more after 5 minutes each, and what is medium after 15.
  "role/maintenance": 4,
  // For half an hour: what is critical in three of its minutes, high twice after 5 minutes, then after 10, 20 and 20.
  "user/backup-svc": 3 + 5,
  // The only one of the others who does something that rings.
  "user/alice": 1,
};

interface Mail {
  readonly at: number;
  readonly alert: Alert;
  readonly actor: string;
  readonly lines: readonly {
    readonly call: string;
    readonly rules: readonly string[];
    readonly targets: readonly string[];
  }[];
}

interface Act {
  readonly arrival: number;
  readonly record: CloudTrailRecord;
  readonly rule: string;
  readonly severity: Severity;
}

/** Plays log objects as they arrive, with a tick in each minute. */
async function play(minutes: readonly LoggedMinute[]) {
  const [start, end] = [minutes[0]?.arrival ?? 0, (minutes.at(-1)?.arrival ?? 0) + 30 * MINUTE];
  const { deliver, desk, alerts, texts } = testDesk(RULES.rules, {}, start);
  const sentAt: number[] = [];
  const note = () => {
    while (sentAt.length < alerts.length) sentAt.push(desk.now());
  };
  for (let time = start; time < end; time += MINUTE) {
    await desk.advanceTo(time);
    note();
    for (const { key, records } of minutes.filter(({ arrival }) => arrival === time)) {
      await deliver([], { key, body: logFile(...records) });
    }
    note();
  }
  await desk.runToEnd();
  note();
  const mails = alerts.flatMap((alert, i): Mail[] => {
    return alert.kind === "round-up" ? [] : [{ at: sentAt[i] ?? 0, alert, ...JSON.parse(alert.json) }];
  });
  return { mails, roundUps: alerts.filter(({ kind }) => kind === "round-up"), texts };
}

/** The rules that a record meets and that are to tell of it. */
function metBy(record: CloudTrailRecord): readonly Rule[] {
  return RULES.match(record, 0).matched.filter(({ name, threshold, after, steps }) => {
    return (
      after === undefined &&
      steps === undefined &&
      (threshold === undefined || (PASSED.includes(name) && isAttackers(record)))
    );
  });
}

function actsOf({ arrival, records }: LoggedMinute): readonly Act[] {
  return records.flatMap((record) =>
    metBy(record)
      .map((rule) => ({ arrival, record, rule: rule.name, severity: asAttempted(rule, outcomeOf(record)).severity }))
      .filter(({ severity }) => !isForRoundUp(severity)),
  );
}

function mailOf({ arrival, record, rule }: Act, mails: readonly Mail[]): Mail | undefined {
  const { call, target } = viewOf(record).facts;
  return mails.find(({ at, lines }) => {
    const isIts = (line: Mail["lines"][number]) =>
      line.call === call && line.rules.includes(rule) && (target === undefined || line.targets.includes(target));
    return at >= arrival && lines.some(isIts);
  });
}

function countsOf(rules: Iterable<readonly [rule: string, count: number]>): { readonly [rule: string]: number } {
  const counts: { [rule: string]: number } = {};
  for (const [rule, count] of rules) counts[rule] = (counts[rule] ?? 0) + count;
  return counts;
}

const toldIn = (alerts: readonly Alert[]) =>
  countsOf(alerts.flatMap(({ parts }) => parts.flatMap(({ rules }) => Object.entries(rules))));

test("an intrusion among ordinary work is told in time, in few mails, and each record in one of them", async () => {
  const minutes = intrusion();
  const records = minutes.flatMap((minute) => minute.records);
  const acts = minutes.flatMap(actsOf);
  const { mails, roundUps, texts } = await play(minutes);

  const callerOf = ({ actor }: Mail) => actor.replace(/^arn:aws:iam::\d+:/, "");
  const byCaller = countsOf(mails.map((mail) => [callerOf(mail), 1] as const));
  const delays = countsOf(
    acts.map((act) => {
      const delay = ((mailOf(act, mails)?.at ?? Number.NaN) - act.arrival) / MINUTE;
      const at = new Date(act.arrival).toISOString().slice(11, 16);
      return [`  ${at}  ${act.severity.padEnd(8)}  ${act.rule.padEnd(28)} told after ${delay} min`, 1] as const;
    }),
  );
  process.stdout.write(
    `intrusion: ${records.length} records in ${minutes.length} log objects, ${mails.length} mails, ` +
      `${roundUps.length} round-up, ${texts.length} text messages\n` +
      Object.entries(byCaller)
        .map(([caller, count]) => `  ${count} of ${caller}\n`)
        .join("") +
      Object.entries(delays)
        .map(([line, count]) => `${line}${count > 1 ? `, ${count} records` : ""}\n`)
        .join(""),
  );

  const isMailed = (record: CloudTrailRecord) => acts.some((act) => act.record === record);
  const unmailed = records.filter((record) => !isMailed(record)).flatMap(metBy);
  expect(toldIn(mails.map(({ alert }) => alert))).toMatchObject(countsOf(acts.map(({ rule }) => [rule, 1])));
  expect(toldIn(roundUps)).toEqual(countsOf(unmailed.map(({ name }) => [name, 1])));

  expect(acts.filter((act) => mailOf(act, mails) === undefined)).toEqual([]);
  const criticals = acts.filter(({ severity }) => severity === "critical");
  expect(criticals).toHaveLength(3);
  for (const act of criticals) expect(mailOf(act, mails)?.at).toBeLessThanOrEqual(act.arrival + 2 * MINUTE);

  for (const minute of minutes) {
    const own = actsOf(minute).filter(({ record }) => isAttackers(record));
    expect(new Set(own.map((act) => mailOf(act, mails)?.alert.id)).size).toBe(Math.min(1, own.length));
  }

  expect(Object.keys(byCaller).sort()).toEqual(Object.keys(MOST_MAILS).sort());
  for (const [caller, count] of Object.entries(byCaller)) expect(count).toBeLessThanOrEqual(MOST_MAILS[caller] ?? 0);
  expect(roundUps).toHaveLength(1);
  expect(texts).toHaveLength(4);
});
