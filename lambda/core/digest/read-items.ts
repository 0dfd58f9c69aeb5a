import { createHash } from "node:crypto";
import { type LogObject, logPathOf, s3Uri } from "../envelope/log-object.ts";
import { hasShape, isListOf, isRecordOf, isText } from "../store/guard.ts";
import type { LedgerItem } from "../store/store.ts";
import { hourOfLogFile } from "./digest-path.ts";

/** What is kept of a log object that was read. */
export interface ReadEntry {
  /** 16 hexadecimal digits that stand for the log object. */
  readonly object: string;
  /** SHA-256 of its uncompressed content, in hexadecimal. */
  readonly hash: string;
  readonly records: number;
  /** True once a digest has named it, with whatever hash. */
  readonly isNamed: boolean;
  /** True if it was read because a digest named it, and nobody had noted that it was read. */
  readonly isRecovered: boolean;
  /** Rules that its records met, some of them. */
  readonly rules: readonly string[];
}

/** The entries of one item, as it was read. */
export interface ReadPart {
  readonly key: string;
  readonly version: number;
  readonly entries: readonly ReadEntry[];
  /** True for an item that none of ours wrote: it is left as it is. */
  readonly isForeign: boolean;
}

/** Object, hash, records and flags, in bytes. */
const SIZE = 8 + 32 + 3 + 1;
const NAMED = 1;
const RECOVERED = 2;
const MAX_RECORDS = 0xffffff;

/** Entries of one item: adding to it rewrites all of it, and every kilobyte costs. */
export const MAX_ENTRIES = 250;

/** How many rules are kept of an object. */
const MAX_RULES = 5;

const HOUR = 3_600_000;
const REMEMBERED = 40 * 86_400_000;

/** Digests may be read again for this long, and what was read must be known then, in milliseconds. */
export const READ_REMEMBERED = REMEMBERED;

/** The items of an hour of an account and region: `read#111122223333#us-east-1#500000`; undefined for an object without an hour. */
export function readKeyOf(key: string): string | undefined {
  const { account, region = "" } = logPathOf(key) ?? {};
  const hour = hourOfLogFile(key);
  if (account === undefined || hour === undefined || !/^[a-z0-9-]{1,40}$/.test(region)) return undefined;
  return readKeyIn(account, region, hour);
}

/** The same for an hour, in milliseconds since the epoch. */
export function readKeyIn(account: string, region: string, hour: number): string {
  return `read#${account}#${region}#${Math.floor(hour / HOUR)}`;
}

/** The key of a further item of the same hour. */
export function partOf(key: string, part: number): string {
  return part === 0 ? key : `${key}#${part}`;
}

/** What stands for a log object. */
export function objectHash(logObject: LogObject): string {
  return createHash("sha256").update(s3Uri(logObject)).digest("hex").slice(0, 16);
}

const isBody = hasShape({ rules: isRecordOf(isListOf(isText)) });

/** An item as the table has it; one that cannot be read counts as empty. */
export function readPartOf(key: string, item: LedgerItem | undefined): ReadPart {
  const version = item?.version ?? 0;
  const bytes = Buffer.from(item?.bytes ?? []);
  const isSound = item?.body !== undefined && isBody(item.body) && bytes.length % SIZE === 0;
  if (!isSound) return { key, version, entries: [], isForeign: item?.isForeign ?? false };
  const { rules } = item.body as { readonly rules: { readonly [object: string]: readonly string[] } };
  const entries = Array.from({ length: bytes.length / SIZE }, (_, i): ReadEntry => {
    const own = bytes.subarray(i * SIZE, (i + 1) * SIZE);
    const object = own.toString("hex", 0, 8);
    const flags = own[SIZE - 1] ?? 0;
    return {
      object,
      hash: own.toString("hex", 8, 40),
      records: own.readUIntBE(40, 3),
      isNamed: (flags & NAMED) !== 0,
      isRecovered: (flags & RECOVERED) !== 0,
      rules: Object.hasOwn(rules, object) ? (rules[object] ?? []) : [],
    };
  });
  return { key, version, entries, isForeign: false };
}

/** Entries as an item's body and bytes. */
export function readItemOf(entries: readonly ReadEntry[]): { readonly body: unknown; readonly bytes: Uint8Array } {
  const bytes = Buffer.concat(
    entries.map(({ object, hash, records, isNamed, isRecovered }) => {
      const own = Buffer.alloc(SIZE);
      own.write(object, 0, 8, "hex");
      own.write(hash, 8, 32, "hex");
      own.writeUIntBE(Math.min(records, MAX_RECORDS), 40, 3);
      own[SIZE - 1] = (isNamed ? NAMED : 0) | (isRecovered ? RECOVERED : 0);
      return own;
    }),
  );
  const rules = entries.flatMap((one) =>
    one.rules.length === 0 ? [] : [[one.object, one.rules.slice(0, MAX_RULES)] as const],
  );
  return { body: { rules: Object.fromEntries(rules) }, bytes };
}

/** One entry for what two say of the same content. */
export function merged(a: ReadEntry, b: ReadEntry): ReadEntry {
  return {
    ...a,
    records: Math.max(a.records, b.records),
    isNamed: a.isNamed || b.isNamed,
    isRecovered: a.isRecovered || b.isRecovered,
    rules: [...new Set([...a.rules, ...b.rules])].slice(0, MAX_RULES),
  };
}
