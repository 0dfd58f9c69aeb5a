import pMap from "p-map";
import { type KnownDigest, linkTo, signatureHashOf } from "../../lambda/core/digest/chain-link.ts";
import { ContentError, hashContent } from "../../lambda/core/digest/content-hash.ts";
import { DIGEST_DUE, gapsIn, type Span } from "../../lambda/core/digest/coverage.ts";
import type { DigestFile, NamedFile } from "../../lambda/core/digest/digest-file.ts";
import type { DigestPath } from "../../lambda/core/digest/digest-path.ts";
import { judgeDigest } from "../../lambda/core/digest/judge.ts";
import { GoneError } from "./bucket.ts";
import { type ChainReport, hoursOf, isToldAt } from "./chain-report.ts";
import type { Finding } from "./finding.ts";
import { type KeyedDigest, type LoadedDigest, loadDigest, signaturesIn, spanOf } from "./loaded-digest.ts";
import type { Question } from "./question.ts";

/** The check of one chain, fed with its digests in order. */
export interface ChainCheck {
  isOf(path: DigestPath): boolean;
  /** The next standard digests that end by a time, at most so many. */
  next(until: number, limit: number): readonly KeyedDigest[];
  /** Checks digests and the files that they name; `note` gets the key of each such file. */
  take(digests: readonly KeyedDigest[], note: (key: string) => void): Promise<void>;
  /** True if sound digests cover a span. */
  covers(span: Span): boolean;
  /** What came out; `beside` are findings of its account and region that belong to no chain. */
  report(beside: readonly Finding[]): ChainReport;
}

/** Digests that are read, and files that are hashed, at a time. */
const DIGESTS = 8;
const FILES = 32;
const HOUR = 3_600_000;

/** A digest as far as the ones around it need to know it. */
interface Read extends Span {
  readonly key: string;
  readonly isSound: boolean;
  readonly isStart: boolean;
}

/** Starts the check of a chain, of which these are all digests. */
export function createChainCheck(
  all: readonly [KeyedDigest, ...KeyedDigest[]],
  at: { readonly account: string; readonly region: string },
  question: Question,
): ChainCheck {
  const { bucket, findKey, from, until, now } = question;
  const { trail, homeRegion } = all[0].path;
  const standard = all.filter((one) => !one.path.isBackfill).sort((a, b) => a.path.end - b.path.end);
  const findings: Finding[] = [];
  const known = new Map<string, KnownDigest & { readonly isSound: boolean }>();
  const read: Read[] = [];
  const filesOf = new Map<number, number>();
  let digests = 0;
  let proven = 0;
  // The one before the span says whether the first one in it follows.
  const first = standard.findIndex((one) => one.path.end > from);
  let position = first === -1 ? standard.length : Math.max(0, first - 1);
  if (first === -1) {
    const last = standard.at(-1);
    if (last !== undefined) read.push({ key: last.key, ...spanOf(last), isSound: false, isStart: false });
  }

  const isAsked = (span: Span) => span.until > from && span.from < until;
  const tell = (what: Finding["what"], span: Span, detail: string, key?: string) => {
    const object = key === undefined ? {} : { object: `s3://${bucket.name}/${key}` };
    if (isAsked(span)) findings.push({ what, ...at, trail, from: span.from, until: span.until, detail, ...object });
  };

  /** What a digest says, if what it names is to be looked at. */
  async function judged(
    loaded: LoadedDigest,
    signatures: ReadonlyMap<string, string>,
  ): Promise<DigestFile | undefined> {
    const { key, path, stored, said } = loaded;
    const span = spanOf(loaded);
    const signature = signatures.get(key);
    const metadata = loaded.metadata ?? (signature === undefined ? undefined : { signature });
    const logObject = { bucket: bucket.name, key };
    const verdict = metadata && (await judgeDigest({ logObject, stored, metadata }, findKey));
    digests++;
    const isSound = verdict?.is === "sound";
    const signatureHash = isSound ? signatureHashOf(verdict.signature) : "";
    if (said !== undefined) known.set(key, { bucket: bucket.name, key, hash: said.hash, signatureHash, isSound });
    if (verdict === undefined) {
      const remedy = "put what head-object prints of it beside the file, as KEY.metadata.json";
      tell("signature-not-copied", span, `the copy lacks its signature, and no later digest has it: ${remedy}`, key);
    } else if (verdict.is !== "sound") tell("digest-broken", span, verdict.what, key);
    else {
      const { previous } = verdict.digest;
      const link = linkTo(verdict.digest, (_, before) => known.get(before));
      if (link.is === "differs" && known.get(previous?.key ?? "")?.isSound) {
        tell("digest-broken", span, `the digest before it is not the one that it names: ${link.what}`, key);
      }
    }
    if (!path.isBackfill) read.push({ key, ...span, isSound, isStart: isSound && said?.previous === undefined });
    return isSound || verdict === undefined ? said : undefined;
  }

  async function checkFile({ bucket: place, key, hash }: NamedFile, span: Span): Promise<void> {
    if (place !== bucket.name) return tell("elsewhere", span, `s3://${place}/${key} lies in another bucket`);
    try {
      const content = await hashContent((await bucket.open(key)).chunks);
      if (content === hash) proven++;
      else tell("log-object-changed", span, `its content has another hash than its digest names: ${content}`, key);
    } catch (error) {
      if (error instanceof GoneError) tell("log-object-missing", span, "a digest names it, and it is not there", key);
      else tell(error instanceof ContentError ? "log-object-changed" : "not-readable", span, messageOf(error), key);
    }
  }

  return {
    isOf: (other) => other.trail === trail && other.homeRegion === homeRegion,
    next(end, limit) {
      const start = position;
      while (position < standard.length && position - start < limit && (standard[position]?.path.end ?? 0) <= end) {
        position++;
      }
      return standard.slice(start, position);
    },
    async take(some, note) {
      const last = standard.findIndex(({ key }) => key === some.at(-1)?.key);
      // The one behind them is read for the signature that it holds; what is wrong with it is told in its own turn.
      const behind = last === -1 ? [] : standard.slice(last + 1, last + 2);
      const loaded = await pMap([...some, ...behind], (one) => loadDigest(bucket, one), { concurrency: DIGESTS });
      const signatures = signaturesIn(
        bucket.name,
        loaded.filter((one) => "stored" in one),
      );
      const files: { readonly file: NamedFile; readonly span: Span }[] = [];
      for (const one of loaded.slice(0, some.length)) {
        const span = spanOf(one);
        if ("reason" in one) {
          const isGone = one.reason instanceof GoneError;
          tell(isGone ? "digest-missing" : "not-readable", span, messageOf(one.reason), one.key);
          if (!one.path.isBackfill) read.push({ key: one.key, ...span, isSound: false, isStart: false });
          continue;
        }
        const digest = await judged(one, signatures);
        if (digest === undefined) continue;
        for (const { key } of digest.files) note(key);
        if (!isAsked(span)) continue;
        const hour = Math.floor((digest.end - 1) / HOUR) * HOUR;
        filesOf.set(hour, (filesOf.get(hour) ?? 0) + digest.files.length);
        files.push(...digest.files.map((file) => ({ file, span })));
      }
      await pMap(files, ({ file, span }) => checkFile(file, span), { concurrency: FILES });
    },
    covers: (span) =>
      gapsIn(
        span,
        read.filter(({ isSound }) => isSound),
      ).length === 0,
    report(beside) {
      tellGaps();
      const hours = hoursOf({ from, until }, this.covers, [...findings, ...beside], filesOf);
      const ordered = findings.toSorted((a, b) => a.from - b.from);
      return { ...at, trail, homeRegion, hours, digests, proven, findings: ordered };
    },
  };

  function tellGaps(): void {
    const ordered = read.toSorted((a, b) => a.from - b.from);
    for (const gap of gapsIn({ from, until: Math.min(until, now) }, ordered)) {
      const before = ordered.findLast((one) => one.until <= gap.from + 1);
      const after = ordered.find((one) => one.from >= gap.until - 1);
      // The digest that is next to come covers an hour from the end of the last one on.
      if (after === undefined && gap.from + HOUR > now - DIGEST_DUE) continue;
      if (after?.isStart && before === undefined) {
        tell("chain-begins", gap, "the chain begins behind this time: nothing proves what was before", after.key);
      } else if (after?.isStart) {
        tell(
          "digest-restarted",
          gap,
          "the chain begins anew behind this time: logging, or digests, were off",
          after.key,
        );
      } else {
        const last = before === undefined ? "" : `; the last one before it is ${before.key.split("/").pop()}`;
        tell("digest-missing", gap, `there is no digest of this time${last}`, after?.key);
      }
    }
    ordered.forEach((one, i) => {
      if (!one.isStart || i === 0 || isToldAt(findings, `s3://${bucket.name}/${one.key}`)) return;
      tell("digest-restarted", one, "the chain begins anew here: logging, or digests, were off", one.key);
    });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
