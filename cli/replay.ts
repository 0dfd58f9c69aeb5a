import { describeIdentity } from "../lambda/core/alert/describe.ts";
import { inert } from "../lambda/core/alert/text.ts";
import { type Found, foundIn } from "../lambda/core/incident/place.ts";
import { LEARNING_DAYS } from "../lambda/core/ledger/run.ts";
import { type CloudTrailRecord, isObject, textAt } from "../lambda/core/record/record.ts";
import { viewOf } from "../lambda/core/record/view.ts";
import { type Rule, SEVERITIES } from "../lambda/core/rules/rule.ts";
import { compileRules } from "../lambda/core/rules/rule-set.ts";
import { readDesk } from "./desk.ts";
import { alertLine, alertsOf, alertText, bystanders } from "./replay/alerts.ts";
import { inputsOf } from "./replay/inputs.ts";
import { recordsOfFile } from "./replay/records.ts";
import { counted } from "./terminal/counted.ts";
import { checkedTime, readArguments, runCommand, UsageError } from "./usage.ts";

const HELP = `Usage: npm run replay -- PATH... [--rules PATH]... [--since TIME] [--until TIME] [--alerts [--learn]] [--json]

Runs the rules over existing log files and shows which records each rule matches.

PATH is a file (.json, .json.gz, .jsonl) or a folder of them. A file holds {"Records": [...]}, an array of records, one
record, or an answer of LookupEvents. A .jsonl file holds one of these on each line.

  --rules PATH   rule file or folder, instead of the packs of trailbell.config.yaml; may be repeated
  --since TIME   only records from this time on, for instance 2026-11-20 or 2026-11-20T21:00:00Z
  --until TIME   only records before this time
  --alerts       what would have been sent, and when: after incidents, thresholds, duplicates and round-ups, as if each
                 record had arrived five minutes after its eventTime
  --learn        with --alerts and --since: rules with "first" learn what is usual from the records before --since
  --json         one line of JSON per match (or, with --alerts, per alert) on stdout, and nothing else

Exit code: 0; 1 if an input could not be read (stderr names each); 2 if the command line is wrong.
`;

const DAY = 86_400_000;

async function replay(args: readonly string[]): Promise<number> {
  const { values, positionals: paths } = readArguments(args, HELP, {
    rules: { type: "string", multiple: true },
    since: { type: "string" },
    until: { type: "string" },
    alerts: { type: "boolean" },
    learn: { type: "boolean" },
    json: { type: "boolean" },
  });
  if (paths.length === 0) throw new UsageError("replay needs at least one file or folder");
  const since = checkedTime(values.since, "--since") ?? Number.NEGATIVE_INFINITY;
  const until = checkedTime(values.until, "--until") ?? Number.POSITIVE_INFINITY;
  if (since >= until) throw new UsageError("--since must be before --until");
  if (values.learn && (!values.alerts || values.since === undefined)) {
    throw new UsageError("--learn needs --alerts and --since: it learns from the records before that time");
  }
  const elsewhere = paths.find((path) => path.startsWith("s3://"));
  if (elsewhere !== undefined)
    throw new UsageError(`${elsewhere}: replay reads files and folders; copy it with aws s3 sync`);
  const isWithin = (record: CloudTrailRecord) => {
    if (values.since === undefined && values.until === undefined) return true;
    const time = viewOf(record).time;
    return time !== undefined && time >= since && time < until;
  };
  const isBefore = (record: CloudTrailRecord) => (viewOf(record).time ?? Number.POSITIVE_INFINITY) < since;
  const { rules, settings, known } = readDesk(values.rules ?? []);
  const ruleSet = compileRules(
    rules.map(({ rule }) => rule),
    known,
  );
  const { files, faults } = inputsOf(paths);
  const totals = new Map<Rule, number>();
  let failed = faults.length;
  let records = 0;
  const found: Found[] = [];
  const isBystander = bystanders(ruleSet);
  let learnedFrom = since;
  for (const fault of faults) process.stderr.write(`${fault}\n`);

  for (const file of files) {
    const read = recordsOfFile(file);
    failed += read.faults.length;
    for (const fault of read.faults) process.stderr.write(`${fault}\n`);
    for (const record of read.records) {
      const isLearned = values.learn === true && isBefore(record);
      if (!isLearned && !isWithin(record)) continue;
      // Expired exceptions no longer apply, however old the record is: today's rules are tried.
      const verdict = ruleSet.match(record, Date.now());
      // For a file on a desk, its path stands for the object.
      const logObject = { bucket: "desk", key: file };
      const one = foundIn(record, logObject, isLearned ? { ...verdict, matched: [], preceding: [] } : verdict);
      if (values.alerts && one !== undefined) found.push(one);
      else if (values.alerts && isBystander(record)) found.push({ record, logObject, rules: [], preceding: [] });
      if (isLearned) {
        learnedFrom = Math.min(learnedFrom, viewOf(record).time ?? since);
        continue;
      }
      records++;
      for (const rule of verdict.matched) {
        totals.set(rule, (totals.get(rule) ?? 0) + 1);
        if (values.alerts) continue;
        process.stdout.write(
          values.json ? `${JSON.stringify(matchLine(rule, record, file))}\n` : textLine(rule, record),
        );
      }
    }
  }
  // What there is before --since is all there is to learn from.
  const learned = Math.min(settings.learningDays ?? LEARNING_DAYS, Math.floor((since - learnedFrom) / DAY));
  if (values.learn && learned === 0) {
    process.stderr.write(
      "There is less than a day before --since to learn from: much that is usual will count as new.\n",
    );
  }
  const { sent, learning } = values.alerts
    ? await alertsOf(found, ruleSet.rules, values.learn ? { ...settings, learningDays: learned } : settings)
    : { sent: [], learning: 0 };
  for (const alert of sent) {
    process.stdout.write(values.json ? `${JSON.stringify(alertLine(alert))}\n` : alertText(alert));
  }
  if (!values.json) process.stdout.write(summary(totals, files.length, records));
  if (learning > 0) process.stderr.write(learningText(learning, values.learn ? learned : settings.learningDays));
  return failed > 0 ? 1 : 0;
}

/** A match as scripts read it; the shape is a contract. */
function matchLine({ name, severity }: Rule, record: CloudTrailRecord, source: string) {
  const text = (field: string) => textAt(record, field) ?? null;
  return {
    rule: name,
    severity,
    eventID: text("eventID"),
    eventTime: text("eventTime"),
    eventSource: text("eventSource"),
    eventName: text("eventName"),
    accountId: viewOf(record).account ?? null,
    region: text("awsRegion"),
    identity: isObject(record.userIdentity) ? describeIdentity(record) : null,
    source,
  };
}

function textLine({ name, severity }: Rule, record: CloudTrailRecord): string {
  const time = inert(textAt(record, "eventTime") ?? "no time", 30).padEnd(20);
  const call = inert(viewOf(record).call);
  return `${time}  ${severity.padEnd(8)}  ${name}  ${call}  ${describeIdentity(record)}\n`;
}

function summary(totals: ReadonlyMap<Rule, number>, files: number, records: number): string {
  const rank = ({ severity }: Rule) => SEVERITIES.indexOf(severity);
  const rows = [...totals].sort(([a, m], [b, n]) => rank(a) - rank(b) || n - m);
  const lines = rows.map(
    ([{ name, severity }, count]) => `${String(count).padStart(7)}  ${severity.padEnd(8)}  ${name}`,
  );
  const matches = rows.reduce((sum, [, count]) => sum + count, 0);
  return `${["", ...lines, `${counted(matches, "match")} in ${counted(records, "record")} of ${counted(files, "file")}`].join("\n")}\n`;
}

function learningText(learning: number, days = LEARNING_DAYS): string {
  const records = counted(learning, "record");
  return `Rules with first were learning for ${counted(days, "day")}: ${records} of that time would have been told. They learn from what is before TIME with --since TIME --learn; two weeks are enough.\n`;
}

await runCommand(replay);
