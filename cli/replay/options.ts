import type { Overrides } from "../desk.ts";
import { timeOf } from "../times.ts";
import { readArguments, ruleArguments, UsageError } from "../usage.ts";
import { checkPageFile } from "./html/file.ts";

const HELP = `Usage: npm run replay -- PATH... [--rules PATH]... [--since TIME] [--until TIME] [--alerts [--learn]] [--html FILE] [--json]
       npm run replay -- s3://BUCKET[/PREFIX] [--since TIME] [--until TIME] ...
       npm run replay -- --event-history [--regions A,B|all] [--since TIME] ...

Runs the rules over existing log files and shows which records each rule matches.

From S3, log files of any account and region below the prefix are read; with --since, only those of that time are fetched.
Event history is what CloudTrail keeps for each account without a trail: management events of the last 90 days, by region.
It is asked as fast as CloudTrail allows, a hundred events a second, and kept in your cache (~/.cache/trailbell).
Credentials are those of your shell, as the AWS CLI finds them.

PATH is a file, a folder of them, or - for standard input. A file holds {"Records": [...]} as CloudTrail writes it, a list
of records, one record, or what LookupEvents, EventBridge or CloudWatch Logs make of them; gzipped or not; one below the
other in .jsonl and .ndjson. Of exports (Elasticsearch, OpenSearch, Splunk, Datadog, Logs Insights and their like) what
counts is that each document still holds the record, as an object or as a text of JSON: in _source, _raw, event.original.
CloudTrail Lake's and Athena's answers are read by row, and tables (.csv) if they are named: Lake's, Athena's, those with
records as JSON in a column, and the one that the console downloads from Event history. Of a folder, all .json, .json.gz,
.jsonl and .ndjson at any depth are read, behind links too, but for digests.

A record is any JSON object. Only a file of one object that has no field of CloudTrail's records, such as eventName or
userIdentity, and that no rule matches is no log: stderr says so if it was named, and in a folder it is passed over. Of a
list or of lines that hold nothing else, stderr says that none is a record.

  --rules PATH   rule file or folder, instead of the packs of trailbell.config.yaml; may be repeated, or a,b
  --since TIME   only records from this time on: 7d, 24h, 2026-11-20, 2026-11-20T21:00 (UTC)
  --until TIME   only records before this time
  --event-history
                 reads Event history of your account; without --since, the last 7 days
  --regions LIST regions for --event-history: a,b or all (default: the region of your shell, and the one with IAM's events)
  -c NAME=VALUE  a setting, instead of that of trailbell.config.yaml, as for cdk deploy; may be repeated
  --profile NAME profile of your AWS configuration
  --alerts       what would have been sent, and when: after incidents, thresholds, duplicates and round-ups, as if each
                 record had arrived five minutes after its eventTime
  --learn        with --alerts and --since: rules with "first" learn what is usual from the records before --since
  --explain ID   the mail of one alert in full, by the id that --alerts shows
  --html FILE    writes a page to look at, for a browser: incidents over time, and the alerts with mails and records, to
                 search and filter; in one file, which loads nothing and sends nothing
  --unmatched    lists the rules that never matched
  --after FILE   goes on behind this file, as a replay that was interrupted says; the files before it are not read
  --threads N    read in N threads; left out, as many as there are cores where that is quicker
  --json         one line of JSON per match (or, with --alerts, per alert) on stdout, and nothing else

Progress is shown if stderr is a terminal. Ctrl-C prints what is known by then, and how to go on.

Exit code: 0; 1 if an input could not be read (stderr names each); 2 if the command line is wrong; 130 after Ctrl-C.
`;

/** What a replay was asked to do. */
export interface ReplayOptions {
  readonly paths: readonly string[];
  readonly rules: readonly string[];
  readonly overrides: Overrides;
  /** Milliseconds since the epoch; infinite where there is no limit. */
  readonly since: number;
  readonly until: number;
  readonly alerts: boolean;
  readonly learn: boolean;
  readonly json: boolean;
  readonly after?: string | undefined;
  readonly eventHistory: boolean;
  readonly regions?: string | undefined;
  readonly threads?: number | undefined;
  /** The id of an alert whose mail is wanted. */
  readonly explain?: string | undefined;
  /** The file to which a page is written. */
  readonly html?: string | undefined;
  readonly unmatched: boolean;
}

/**
 * Reads the command line.
 * @throws UsageError
 */
export function readOptions(args: readonly string[]): ReplayOptions {
  const { values, positionals: paths } = readArguments(args, HELP, {
    rules: { type: "string", multiple: true },
    context: { type: "string", multiple: true, short: "c" },
    since: { type: "string" },
    until: { type: "string" },
    alerts: { type: "boolean" },
    learn: { type: "boolean" },
    json: { type: "boolean" },
    after: { type: "string" },
    "event-history": { type: "boolean" },
    regions: { type: "string" },
    profile: { type: "string" },
    explain: { type: "string" },
    html: { type: "string" },
    unmatched: { type: "boolean" },
    threads: { type: "string" },
  });
  const eventHistory = values["event-history"] ?? false;
  if (paths.length === 0 && !eventHistory) {
    throw new UsageError("replay needs at least one file, folder or s3://bucket/prefix, or --event-history");
  }
  if (values.regions !== undefined && !eventHistory) throw new UsageError("--regions goes with --event-history");
  const now = Date.now();
  const since = timeOf(values.since, "--since", now) ?? (eventHistory ? now - WEEK : Number.NEGATIVE_INFINITY);
  const until = timeOf(values.until, "--until", now) ?? Number.POSITIVE_INFINITY;
  if (since >= until) throw new UsageError("--since must be before --until");
  const alerts = values.alerts === true || values.explain !== undefined || values.html !== undefined;
  if (values.explain === "") throw new UsageError("--explain needs the id of an alert, as --alerts shows it");
  if (values.html !== undefined) checkPageFile(values.html);
  if (values.learn && (!alerts || values.since === undefined)) {
    throw new UsageError("--learn needs --alerts and --since: it learns from the records before that time");
  }
  // The SDK looks for it there.
  if (values.profile !== undefined) process.env.AWS_PROFILE = values.profile;
  return {
    paths,
    rules: ruleArguments(values.rules),
    overrides: overridesOf(values.context ?? []),
    since,
    until,
    alerts,
    learn: values.learn ?? false,
    json: values.json ?? false,
    after: values.after,
    eventHistory,
    regions: values.regions,
    threads: threadsOf(values.threads),
    explain: values.explain,
    html: values.html,
    unmatched: values.unmatched ?? false,
  };
}

const MAX_THREADS = 64;
const WEEK = 7 * 86_400_000;

/** Settings of the command line, as CDK takes them. */
function overridesOf(given: readonly string[]): Overrides {
  return Object.fromEntries(
    given.map((text) => {
      const [, name, value] = /^([A-Za-z]+)=(.*)$/s.exec(text) ?? [];
      if (name === undefined || value === undefined) throw new UsageError(`-c is NAME=VALUE, not ${text}`);
      return [name, value];
    }),
  );
}

function threadsOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const count = /^\d{1,3}$/.test(text) ? Number(text) : Number.NaN;
  if (count >= 1 && count <= MAX_THREADS) return count;
  throw new UsageError(`--threads is a number from 1 to ${MAX_THREADS}, not ${text}`);
}
