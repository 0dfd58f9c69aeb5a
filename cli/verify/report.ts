import { quantity } from "../../lambda/core/alert/quantity.ts";
import { visible } from "../../lambda/core/alert/text.ts";
import { isObject, textAt, valueAt } from "../../lambda/core/record/record.ts";
import { readJsonFile, UsageError } from "../usage.ts";
import type { ChainReport } from "./chain-report.ts";
import { type Finding, isWrong } from "./finding.ts";
import type { Question } from "./question.ts";
import type { RegionReport } from "./region-report.ts";

export const SCHEMA = "trailbell.verify/1";

/** Which chain of which account and region. */
export type ChainName = Pick<ChainReport, "account" | "region" | "trail" | "homeRegion">;

/** What came out for all accounts and regions. */
export interface Proof {
  readonly regions: readonly RegionReport[];
  /** What concerns no account and region that was found. */
  readonly findings: readonly Finding[];
}

/** What an auditor must know of a proof, whatever it says. */
export const LIMITS = [
  "that the trail was told to record everything: its event selectors, regions and accounts are settings, and no digest names them",
  "the hours whose digests need not have come yet: a digest comes up to 2 h 15 min after its hour",
  "an account or region of which the bucket holds nothing any more, unless --expect names a report in which it was",
  "what a log file says: CloudTrail signs that it wrote the file, not that its callers told the truth",
];

/** 0: everything is proven; 1: something is wrong; 3: nothing is wrong, but not everything could be judged. */
export function exitCodeOf(proof: Proof): 0 | 1 | 3 {
  const findings = findingsOf(proof);
  if (findings.some(isWrong)) return 1;
  const hours = proof.regions.flatMap(({ chains }) => chains.flatMap((chain) => chain.hours));
  return findings.length > 0 || hours.length === 0 || hours.some(({ state }) => state === "pending") ? 3 : 0;
}

export function findingsOf({ regions, findings }: Proof): readonly Finding[] {
  return [...findings, ...regions.flatMap((region) => region.findings)];
}

/**
 * The chains of an earlier report, which are expected to be there still.
 * @throws UsageError
 */
export function readExpected(file: string): readonly ChainName[] {
  const said = readJsonFile(file, "--expect");
  const chains = valueAt(said, "chains");
  if (textAt(said, "schema") !== SCHEMA || !Array.isArray(chains)) {
    throw new UsageError(`${file}: it is no report of npm run verify -- --json`);
  }
  return chains.filter(isObject).map((chain) => ({
    account: textAt(chain, "account") ?? "",
    region: textAt(chain, "region") ?? "",
    trail: textAt(chain, "trail") ?? "",
    homeRegion: textAt(chain, "homeRegion") ?? "",
  }));
}

/** What is missing of what an earlier report found. */
export function missingOf(
  expected: readonly ChainName[],
  regions: readonly RegionReport[],
  span: Question,
): readonly Finding[] {
  const nameOf = ({ account, region, trail, homeRegion }: ChainName) => `${account} ${region} ${trail} ${homeRegion}`;
  const found = new Set(regions.flatMap(({ chains }) => chains.map(nameOf)));
  return expected
    .filter((chain) => !found.has(nameOf(chain)))
    .map(({ account, region, trail }) => ({
      what: "digest-missing",
      account,
      region,
      trail,
      from: span.from,
      until: span.until,
      detail: "an earlier report has this chain, and nothing of it is left",
    }));
}

/** The report as a table for people. */
export function proofText(proof: Proof, question: Question): string {
  const chains = proof.regions.flatMap((region) => region.chains);
  const rows = chains.map((chain) => {
    const count = (state: string) => chain.hours.filter((one) => one.state === state).length;
    const files = chain.hours.reduce((sum, one) => sum + one.files, 0);
    const cells = [
      chain.account,
      chain.region,
      visible(chain.trail, 40),
      count("proven"),
      count("wrong"),
      count("open"),
    ];
    return [...cells, count("pending"), files, chain.proven].map(String);
  });
  const head = ["account", "region", "trail", "proven", "wrong", "open", "pending", "files", "as signed"];
  const findings = findingsOf(proof).toSorted((a, b) => Number(isWrong(b)) - Number(isWrong(a)) || a.from - b.from);
  const shown = findings.slice(0, MAX_SHOWN).map(findingText);
  const more = findings.length - shown.length;
  const span = `${isoTime(question.from)} to ${isoTime(question.until)}`;
  return [
    `s3://${question.bucket.name}, ${span}: hours by account, region and trail`,
    rows.length === 0 ? "No digest was found." : table([head, ...rows]),
    ...(shown.length > 0 ? [shown.join("\n")] : []),
    ...(more > 0 ? [`and ${more} more; --json has all of them`] : []),
    `${sentence(proof)}\n\nThis does not prove\n${LIMITS.map((limit) => `- ${limit}`).join("\n")}`,
  ]
    .join("\n\n")
    .concat("\n");
}

const MAX_SHOWN = 200;

function sentence(proof: Proof): string {
  const code = exitCodeOf(proof);
  const findings = findingsOf(proof);
  const wrong = findings.filter(isWrong).length;
  const chains = proof.regions.flatMap((region) => region.chains);
  const files = chains.reduce((sum, chain) => sum + chain.proven, 0);
  const what = `${quantity(files, "log file")} of ${quantity(chains.length, "chain")}`;
  if (code === 0) return `PROVEN: ${what} are what CloudTrail signed, and none is missing.`;
  if (code === 1)
    return `NOT PROVEN: ${quantity(wrong, "finding")} of something wrong; ${what} are what CloudTrail signed.`;
  return `OPEN: nothing is wrong, but not everything could be judged; ${what} are what CloudTrail signed.`;
}

function findingText({ what, from, until, account, region, trail, object, detail }: Finding): string {
  const where = [account, region, ...(trail === undefined ? [] : [visible(trail, 60)])].join(" ");
  const lines = [`${what}: ${where}, ${isoTime(from)} to ${isoTime(until)}`, `  ${visible(detail, 400)}`];
  return [...lines, ...(object === undefined ? [] : [`  ${visible(object, 1_200)}`])].join("\n");
}

/** The same for machines: one JSON object. */
export function proofJson(proof: Proof, question: Question): string {
  const findings = findingsOf(proof);
  return `${JSON.stringify({
    schema: SCHEMA,
    bucket: question.bucket.name,
    since: isoTime(question.from),
    until: isoTime(question.until),
    at: isoTime(question.now),
    exitCode: exitCodeOf(proof),
    chains: proof.regions.flatMap(({ chains }) =>
      chains.map(({ account, region, trail, homeRegion, digests, proven, hours }) => ({
        account,
        region,
        trail,
        homeRegion,
        digests,
        filesProven: proven,
        hours: hours.map(({ hour, state, files }) => ({ hour: isoTime(hour), state, files })),
      })),
    ),
    findings: findings.map(({ from, until, trail, object, ...finding }) => ({
      ...finding,
      isWrong: isWrong({ from, until, ...finding }),
      trail: trail ?? null,
      object: object ?? null,
      from: isoTime(from),
      until: isoTime(until),
    })),
    doesNotProve: LIMITS,
  })}\n`;
}

function isoTime(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`;
}

/** Columns wide enough for their longest cell; what is no number stands left. */
function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  const cell = (text: string, i: number) => (i < 3 ? text.padEnd(widths[i] ?? 0) : text.padStart(widths[i] ?? 0));
  return rows.map((row) => row.map(cell).join("  ").trimEnd()).join("\n");
}
