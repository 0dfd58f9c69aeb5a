import { createHash } from "node:crypto";
import pMap from "p-map";
import { CHAIN_REMEMBERED, DIGEST_DUE } from "../../lambda/core/digest/coverage.ts";
import { dayFolder, digestPathOf, hourOfLogFile } from "../../lambda/core/digest/digest-path.ts";
import type { AccountRegion } from "./account-region.ts";
import { createChainCheck } from "./chain.ts";
import type { ChainReport } from "./chain-report.ts";
import type { Finding } from "./finding.ts";
import type { KeyedDigest } from "./loaded-digest.ts";
import type { Question } from "./question.ts";

/** What came out for an account and region. */
export interface RegionReport {
  readonly account: string;
  readonly region: string;
  readonly chains: readonly ChainReport[];
  readonly findings: readonly Finding[];
  /** Log files that were found, and that no digest names. */
  readonly unnamed: number;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** A log file is in the digest of its hour, or in the next one. */
const NAMED_WITHIN = 2 * HOUR;

/** CloudTrail names what it forgot in a backfill digest; after this time it should have. */
const BACKFILLED_WITHIN = DAY;

/** How many digests are held at a time: their files are hashed together. */
const BATCH = 24;

/** Proves one account and region, day by day, so that no more than a few days' names are held. */
export async function verifyRegion(
  { root, account, region }: AccountRegion,
  question: Question,
): Promise<RegionReport> {
  const { bucket, from, until, now } = question;
  const findings: Finding[] = [];
  const folder = `${root}/CloudTrail-Digest/${region}`;
  const digests: KeyedDigest[] = [];
  for await (const key of bucket.keys(`${folder}/`, dayFolder(folder, from - CHAIN_REMEMBERED))) {
    const path = digestPathOf(key);
    if (path !== undefined) digests.push({ key, path });
    else if (!key.endsWith("/")) findings.push(notADigest(key));
  }
  const chains = [...chainsIn(digests).values()].map((own) => createChainCheck(own, { account, region }, question));
  const named = new Map<number, Set<number>>();
  const backfills = digests.filter(({ path }) => path.isBackfill && path.end > from - DAY);
  for (const chain of chains) {
    const some = backfills.filter(({ path }) => chain.isOf(path));
    await chain.take(some, (key) => note(named, key));
  }
  let unnamed = 0;
  for (let day = Math.floor(from / DAY) * DAY; day < until; day += DAY) {
    // The last day's files may be in the digests of the hours after it.
    const end = Math.min(day + DAY, until) + NAMED_WITHIN + HOUR;
    for (const chain of chains) {
      for (;;) {
        const some = chain.next(end, BATCH);
        if (some.length === 0) break;
        await chain.take(some, (key) => note(named, key));
      }
    }
    unnamed += await judgeUnnamed(day);
    for (const noted of named.keys()) if (noted < day) named.delete(noted);
  }
  const reports = chains.map((chain) => chain.report(findings));
  return {
    account,
    region,
    chains: reports,
    unnamed,
    findings: [...findings, ...reports.flatMap(({ findings: own }) => own)],
  };

  /** Finds the day's log files that no digest names. */
  async function judgeUnnamed(day: number): Promise<number> {
    let count = 0;
    for await (const key of bucket.keys(dayFolder(`${root}/CloudTrail/${region}`, day))) {
      const hour = hourOfLogFile(key) ?? day;
      if (hour + HOUR <= from || hour >= until || key.endsWith("/")) continue;
      if (named.get(dayOf(key))?.has(shortHash(key))) continue;
      count++;
      const finding = unnamedFinding(key, hour);
      if (finding !== undefined && findings.length < MAX_FINDINGS) findings.push(finding);
    }
    return count;
  }

  function unnamedFinding(key: string, hour: number): Finding | undefined {
    const about = {
      account,
      region,
      object: `s3://${bucket.name}/${key}`,
      from: hour,
      until: hour + HOUR,
    };
    if (chains.length === 0) {
      const detail = "no digest has come of this account and region: nothing proves what its log files hold";
      // One for all of them.
      return findings.some(({ what }) => what === "no-digests") ? undefined : { ...about, what: "no-digests", detail };
    }
    const isDue = chains.every((chain) => chain.covers({ from: hour, until: hour + NAMED_WITHIN }));
    // A digest that is gone, or broken, is told by itself.
    if (!isDue && hour + NAMED_WITHIN + DIGEST_DUE < now) return undefined;
    if (!isDue || hour + NAMED_WITHIN + BACKFILLED_WITHIN > now) {
      return { ...about, what: "not-named-yet", detail: "no digest names it yet" };
    }
    const detail =
      "no digest names it: somebody else wrote it, or a second trail that writes no digests has the same prefix";
    return { ...about, what: "log-object-forged", detail };
  }

  function notADigest(key: string): Finding {
    const object = `s3://${bucket.name}/${key}`;
    return { what: "digest-broken", account, region, object, from, until, detail: "its name is not that of a digest" };
  }
}

/** How many files are told one by one; the others are counted. */
const MAX_FINDINGS = 5_000;

function chainsIn(digests: readonly KeyedDigest[]): Map<string, [KeyedDigest, ...KeyedDigest[]]> {
  const chains = new Map<string, [KeyedDigest, ...KeyedDigest[]]>();
  for (const one of digests) {
    const { trail, homeRegion } = one.path;
    const name = `${trail} ${homeRegion}`;
    const known = chains.get(name);
    if (known === undefined) chains.set(name, [one]);
    else known.push(one);
  }
  return chains;
}

function note(named: Map<number, Set<number>>, key: string): void {
  const day = dayOf(key);
  const known = named.get(day);
  if (known === undefined) named.set(day, new Set([shortHash(key)]));
  else known.add(shortHash(key));
}

function dayOf(key: string): number {
  return Math.floor((hourOfLogFile(key) ?? 0) / DAY) * DAY;
}

/** 48 bits that stand for a key: a million of them take some 40 MB. */
function shortHash(key: string): number {
  return createHash("sha256").update(key).digest().readUIntBE(0, 6);
}

/** Proves all regions, some at a time. */
export function verifyRegions(regions: readonly AccountRegion[], question: Question): Promise<RegionReport[]> {
  return pMap(regions, (region) => verifyRegion(region, question), { concurrency: 4 });
}
