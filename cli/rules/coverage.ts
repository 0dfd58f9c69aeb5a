import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { type Found, foundIn } from "../../lambda/core/incident/assign.ts";
import type { LedgerSettings } from "../../lambda/core/ledger/run.ts";
import { type CloudTrailRecord, textAt } from "../../lambda/core/record/record.ts";
import { viewOf } from "../../lambda/core/record/view.ts";
import type { Pin } from "../../lambda/core/rules/pins.ts";
import { pinsOf } from "../../lambda/core/rules/pins.ts";
import { asAttempted, type Rule } from "../../lambda/core/rules/rule.ts";
import { compileRules, conditionOf, isMet, type RuleSet } from "../../lambda/core/rules/rule-set.ts";
import { isAtLeast } from "../../lambda/core/rules/severity.ts";
import { isRecordOf, isText } from "../../lambda/core/store/guard.ts";
import { deskRules } from "../desk-cache.ts";
import { inputsOf } from "../records/inputs.ts";
import { readRecords, recordsOfFile } from "../records/read.ts";
import { alertsOf, byMinute } from "../replay/alerts.ts";
import { readJsonFile, UsageError } from "../usage.ts";
import { countsText } from "./techniques.ts";

/** A rule that names more events than this watches for a kind of thing, not for one thing. */
const MAX_EVENT_NAMES = 12;

export interface CoverageOptions {
  readonly rules: readonly string[];
  /** Records whose user agent holds this text, of a tool that plays attacks, are not counted as noise. */
  readonly exceptAgent?: string | undefined;
  /** A file that maps other people's detections, as in verdicts, to our rules: a name, or the names that share the work. */
  readonly map?: string | undefined;
}

/**
 * Prints how much rules ring on log files in a folder. Where the folder has `index.json` (a log's name to the event names
 * that signal the technique in it), how many techniques ring; where it has `panther-cases.json` and a map is given, how
 * often verdicts agree.
 */
export async function coverage(folder: string, { rules: paths, exceptAgent, map }: CoverageOptions): Promise<number> {
  const { rules: all, settings, known } = await deskRules(paths);
  const rules = compileRules(all, known);
  const cases = join(folder, "panther-cases.json");
  if (existsSync(cases)) {
    if (map === undefined) process.stdout.write("verdicts: give --map FILE\n");
    else verdicts(rules, cases, map);
    return 0;
  }
  const index = join(folder, "index.json");
  if (existsSync(index)) await techniques(rules, folder, index, settings);
  const { files, faults } = inputsOf([folder]);
  for (const fault of faults) process.stderr.write(`${fault}\n`);
  if (files.length === 0) return 1;
  let failed = faults.length;
  let records = 0;
  const found: Found[] = [];
  const fault = (text: string) => {
    failed++;
    process.stderr.write(`${text}\n`);
  };
  for (const file of files) {
    if (basename(file.name) === "index.json") continue;
    for await (const slice of readRecords(file, undefined, fault)) {
      // A package.json beside the logs is one object, too.
      if (slice.strange !== undefined && !slice.candidates.some(({ record }) => isMet(rules.match(record, Date.now()))))
        continue;
      for (const { record } of slice.candidates) {
        if (exceptAgent !== undefined && (textAt(record, "userAgent") ?? "").includes(exceptAgent)) continue;
        records++;
        found.push(...findingOf(rules, record, file.name));
      }
    }
  }
  const matches = found.flatMap(({ rules: matched }) => matched);
  const { sent } = await alertsOf(byMinute(found), rules.rules, settings);
  const severities = new Map(rules.rules.map(({ name, severity }) => [name, severity]));
  const byRule = new Map<string, number>();
  for (const rule of sent.flatMap(({ alert }) => alert.parts.flatMap((part) => Object.keys(part.rules)))) {
    const key = `${(severities.get(rule) ?? "").padEnd(8)}  ${rule}`;
    byRule.set(key, (byRule.get(key) ?? 0) + 1);
  }
  const rate = records === 0 ? 0 : (1000 * sent.length) / records;
  process.stdout.write(
    `noise: ${records} records, ${matches.length} matches, ${sent.length} messages, ${rate.toFixed(1)} per 1,000 records\n`,
  );
  for (const [rule, count] of [...byRule].sort(([, a], [, b]) => b - a)) {
    process.stdout.write(`${String(count).padStart(6)}  ${rule}\n`);
  }
  return failed > 0 ? 1 : 0;
}

/** Prints how many of the published techniques the rules show; docs/rules-reference.md has the tables. */
export async function techniqueCoverage(paths: readonly string[]): Promise<number> {
  process.stdout.write(countsText((await deskRules(paths)).rules));
  return 0;
}

/** A rule rings on a record: severity medium or above, and it names few events. */
function rings(rules: RuleSet, record: CloudTrailRecord): readonly Rule[] {
  return rules
    .match(record, Date.now())
    .matched.filter(
      (rule) => isAtLeast(asAttempted(rule, viewOf(record).outcome).severity, "medium") && isNarrow(rule),
    );
}

function isNarrow(rule: Rule): boolean {
  const pins: readonly Pin[] = pinsOf(conditionOf(rule)) ?? [];
  const names = new Set(pins.filter(({ field }) => field.join(".") === "eventName").map((pin) => JSON.stringify(pin)));
  return names.size > 0 && names.size <= MAX_EVENT_NAMES;
}

function findingOf(rules: RuleSet, record: CloudTrailRecord, file: string): readonly Found[] {
  const found = foundIn(record, { bucket: "desk", key: file }, rules.match(record, Date.now()));
  return found === undefined ? [] : [found];
}

/** Each technique's log by itself, through a ledger of its own: what rings is what a mail tells of. */
async function techniques(rules: RuleSet, folder: string, index: string, settings: LedgerSettings): Promise<void> {
  const signals = JSON.parse(readFileSync(index, "utf8")) as { readonly [technique: string]: readonly string[] };
  let rung = 0;
  let named = 0;
  let others = 0;
  let othersRung = 0;
  for (const [technique, names] of Object.entries(signals)) {
    const file = join(folder, `${technique}.json`);
    if (!existsSync(file)) continue;
    const { records } = await recordsOfFile(file);
    const isSignal = (record: CloudTrailRecord) => names.includes(textAt(record, "eventName") ?? "");
    const { sent } = await alertsOf(
      byMinute(records.flatMap((record) => findingOf(rules, record, file))),
      rules.rules,
      settings,
    );
    const mails = sent.filter(({ alert }) => alert.kind !== "round-up");
    const mailed = new Set(mails.flatMap(({ alert }) => alert.parts.flatMap((part) => Object.keys(part.rules))));
    const toldOf = (record: CloudTrailRecord) => rings(rules, record).filter(({ name }) => mailed.has(name));
    const by = new Set(records.filter(isSignal).flatMap((record) => toldOf(record).map(({ name }) => name)));
    if (names.length > 0) {
      named++;
      if (by.size > 0) rung++;
      process.stdout.write(`${by.size > 0 ? "✓" : "✗"} ${technique}  ${[...by].join(", ")}\n`);
    }
    const quiet = records.filter((record) => record.readOnly === true && !isSignal(record));
    others += quiet.length;
    othersRung += quiet.filter((record) => toldOf(record).length > 0).length;
  }
  const share = others === 0 ? 0 : (100 * othersRung) / others;
  process.stdout.write(
    `techniques: ${rung} of ${named} make a mail; of ${others} other read-only events ${othersRung} are in one (${share.toFixed(1)} %)\n`,
  );
}

interface Verdict {
  readonly rule: string;
  readonly test: string;
  readonly expected: boolean;
  readonly rule_kind: string;
  readonly event: CloudTrailRecord;
}

/** Verdicts that rest on what a site configures, or on whose addresses are whose: a record cannot prove them. */
const UNPROVED = ["site-config", "ip-class"];

/** Names of our rules, by what others call their detection. */
type NameMap = { readonly [theirs: string]: string | readonly string[] };

/** @throws UsageError */
function readMap(file: string): NameMap {
  const map = readJsonFile(file, "--map");
  if (isRecordOf((names) => [names].flat().every(isText))(map)) return map as NameMap;
  throw new UsageError(`--map ${file}: it maps no detections to names of rules, such as {"theirs": "ours"}`);
}

function verdicts(rules: RuleSet, casesFile: string, mapFile: string): void {
  const map = readMap(mapFile);
  const { cases } = JSON.parse(readFileSync(casesFile, "utf8")) as { readonly cases: readonly Verdict[] };
  const counts = { positive: 0, positiveAgree: 0, negative: 0, negativeAgree: 0 };
  const proved = new Set<string>();
  let quieter = 0;
  for (const { rule, test, expected, event } of cases.filter(({ rule_kind }) => !UNPROVED.includes(rule_kind))) {
    const ours = [map[rule] ?? []].flat();
    if (ours.length === 0) continue;
    proved.add(rule);
    const verdict = ourVerdict(rules, event, ours);
    if (verdict === "quieter") quieter++;
    const kind = expected ? "positive" : "negative";
    counts[kind]++;
    if ((verdict === "told") === expected) counts[`${kind}Agree`]++;
    else process.stdout.write(`✗ ${rule} / ${ours.join(", ")}: "${test}" should${expected ? "" : " not"} match\n`);
  }
  const share = (agree: number, all: number) =>
    `${agree} of ${all} (${((100 * agree) / Math.max(1, all)).toFixed(1)} %)`;
  process.stdout.write(
    `verdicts: ${Object.keys(map).length} counterparts, ${proved.size} with cases that a record proves; ` +
      `agree on ${share(counts.positiveAgree, counts.positive)} positive and ` +
      `${share(counts.negativeAgree, counts.negative)} negative cases; ` +
      `${quieter} are refused attempts that are below medium and count as not told\n`,
  );
}

/**
 * What the named rules say of a record, as far as the record alone decides: what is counted or remembered over time is
 * left out, here as in the verdicts of others. `quieter` is a refused attempt that every rule lowers to below medium:
 * only a line of the daily round-up, where the others have an alert or nothing.
 */
function ourVerdict(rules: RuleSet, record: CloudTrailRecord, names: readonly string[]): "told" | "quieter" | "silent" {
  const { matched, noticed } = rules.match(record, Date.now());
  const ours = [...matched, ...noticed].filter(({ name }) => names.includes(name));
  if (ours.length === 0) return "silent";
  const { outcome } = viewOf(record);
  const isTold = ours.some((rule) => {
    const { severity } = asAttempted(rule, outcome);
    return severity === rule.severity || isAtLeast(severity, "medium");
  });
  return isTold ? "told" : "quieter";
}
