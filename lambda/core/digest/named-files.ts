import { type LogObject, s3Uri } from "../envelope/log-object.ts";
import { NOTICES } from "../rules/notices.ts";
import { grouped } from "../store/grouped.ts";
import { inTurns } from "../store/pool.ts";
import type { LedgerStore } from "../store/store.ts";
import type { DigestFile, NamedFile } from "./digest-file.ts";
import { timeOfLogFile } from "./digest-path.ts";
import type { ProofRun } from "./proof-run.ts";
import { objectHash, type ReadEntry, readKeyOf } from "./read-items.ts";
import { partChange, readParts, withEntries } from "./read-notes.ts";

/** What came of the files that a digest names. */
export interface NamedOutcome {
  readonly records: number;
  readonly recovered: number;
  /** Files that are not what the digest says, or could not be read. */
  readonly wrong: number;
  /** Files that were written before anything was read here: they are left as they are. */
  readonly early: number;
  /** Files that there was no time, or no way, to read: the digest must come again. */
  readonly unread: number;
  /** What is then known of the files, by the item's key. */
  readonly entries: ReadonlyMap<string, readonly ReadEntry[]>;
}

/** How many files are read at a time. */
const SIDE_BY_SIDE = 4;
const TRIES = 6;

/**
 * Compares the files that a digest names with what was read, and reads those that nobody has read. `since` is when this
 * deployment began to, in milliseconds since the epoch.
 */
export async function compareNamed(
  digest: DigestFile,
  store: LedgerStore,
  since: number,
  run: ProofRun,
): Promise<NamedOutcome> {
  const keys = [...new Set(digest.files.flatMap(({ key }) => readKeyOf(key) ?? []))];
  const parts = await readParts(store, keys, run.now());
  const all = [...parts.values()].flat().flatMap((part) => part.entries);
  const known = grouped(all, ({ object }) => object);
  const entries = new Map<string, ReadEntry[]>();
  const counts = { records: 0, recovered: 0, wrong: 0, unread: 0, early: 0 };
  const add = (key: string | undefined, entry: ReadEntry) => {
    if (key === undefined) return;
    entries.set(key, [...(entries.get(key) ?? []), entry]);
  };
  await inTurns(digest.files, SIDE_BY_SIDE, async (file) => {
    const own = known.get(objectHash(file)) ?? [];
    if (own.length === 0 && (timeOfLogFile(file.key) ?? 0) < since) {
      counts.early++;
      return;
    }
    const outcome = await compareFile(file, digest, own, run);
    if (outcome.isUnread) counts.unread++;
    if (outcome.isWrong) counts.wrong++;
    const key = readKeyOf(file.key);
    for (const entry of outcome.entries) add(key, { ...entry, isNamed: true });
    const right = outcome.entries.find(({ hash }) => hash === file.hash);
    counts.records += right?.records ?? 0;
    if (right?.isRecovered) counts.recovered++;
  });
  return { ...counts, entries };
}

interface FileOutcome {
  readonly entries: readonly ReadEntry[];
  readonly isWrong?: true;
  readonly isUnread?: true;
}

async function compareFile(
  file: NamedFile,
  digest: DigestFile,
  own: readonly ReadEntry[],
  run: ProofRun,
): Promise<FileOutcome> {
  const logObject: LogObject = { bucket: file.bucket, key: file.key };
  const place = s3Uri(logObject);
  const tellChanged = (hash: string) => {
    const reason = `its content had SHA-256 ${hash.slice(0, 12)}..., and CloudTrail wrote ${file.hash.slice(0, 12)}...`;
    return run.tell(NOTICES.changed, logObject, reason, `${place} ${hash}`);
  };
  const others = own.filter(({ hash }) => hash !== file.hash);
  for (const { hash } of others) await tellChanged(hash);
  const right = own.find(({ hash }) => hash === file.hash);
  if (right !== undefined) return { entries: own, ...(others.length > 0 && { isWrong: true }) };
  if (file.bucket !== digest.bucket) return { entries: own, isWrong: true };
  if (!run.hasTime()) return { entries: own, isUnread: true };
  // The object may have been restored since somebody else's content was read.
  const read = await run.read(logObject);
  if (read.is === "unread") return { entries: own, isUnread: true };
  if (read.is === "gone") {
    const what = others.length > 0 ? "by now it is gone" : "it was gone before it was read";
    await run.tell(NOTICES.missing, logObject, `the digest of ${digest.endText} names it; ${what}`, place);
    return { entries: own, isWrong: true };
  }
  if (read.is === "unreadable") return { entries: own, isWrong: true };
  const { hash, records, rules } = read.content;
  const entry = { object: objectHash(logObject), hash, records, rules, isNamed: true, isRecovered: hash === file.hash };
  if (hash !== file.hash && others.every((other) => other.hash !== hash)) await tellChanged(hash);
  return { entries: [...own, entry], ...((hash !== file.hash || others.length > 0) && { isWrong: true }) };
}

/** Writes what is known of files after their digest was looked at. Rejects if the store does. */
export async function writeEntries(
  store: LedgerStore,
  entries: NamedOutcome["entries"],
  now: () => number,
): Promise<void> {
  for (const [key, own] of entries) {
    const nameOf = ({ object, hash }: ReadEntry) => object + hash;
    for (let attempt = 1; attempt <= TRIES; attempt++) {
      const parts = (await readParts(store, [key], now())).get(key) ?? [];
      let left = own;
      let isDone = true;
      for (const [i, part] of parts.entries()) {
        const here = new Set(part.entries.map(nameOf));
        const isLast = i === parts.length - 1;
        const mine = left.filter((entry) => here.has(nameOf(entry)) || (isLast && !part.isForeign));
        if (mine.length === 0) continue;
        const { all, rest } = withEntries(part, mine);
        left = [...left.filter((entry) => !mine.includes(entry)), ...rest];
        isDone = (await store.commit([partChange(part, all, now())])) && isDone;
      }
      // What had no room begins another part.
      if (isDone && left.length === 0) break;
    }
  }
}
