import { createHash } from "node:crypto";
import { type CloudTrailRecord, NOTICE_SOURCE, textAt } from "../record/record.ts";
import { redact } from "../record/redaction.ts";
import { viewOf } from "../record/view.ts";
import { bodyOf, hasShape, isCount, type Shape, type Shaped } from "./guard.ts";
import type { Items } from "./items.ts";
import type { Change } from "./store.ts";

/** A record alerts once in this time, in milliseconds, counted from the last record written beside it. */
export const REMEMBERED = 35 * 86_400_000;

/** How many fingerprints one item takes: adding some rewrites it. Items of 0.1.0 hold up to 18,000. */
const MAX_FINGERPRINTS = 1_000;
export const FINGERPRINT_BYTES = 16;
const HOUR = 3_600_000;

/** What a record of some id must have: another with the same id but other values is another record. */
const FIELDS_OF_TWINS = ["eventTime", "eventSource", "eventName", "errorCode"];
const FIELDS_01 = ["eventTime", "eventSource", "eventName", "recipientAccountId", "awsRegion"];

/**
 * What identifies a record: 16 hex digits of its id and 16 of what it says of the call. A record without eventID is
 * identified by its content.
 */
export function fingerprintOf(record: CloudTrailRecord): string {
  const id = idOf(record);
  if (id === undefined) return fingerprintOfContent(record);
  // Notices of one identity are the same, whatever object they name first.
  if (textAt(record, "eventSource") === NOTICE_SOURCE) return fingerprintOf01(record);
  const content = [...fieldsOf(record, [...FIELDS_01, "errorCode"]), record.requestParameters ?? null];
  // A sign-in that failed says so in words.
  const { outcome } = viewOf(record);
  const said = outcome === "success" || textAt(record, "errorCode") !== undefined ? [] : [outcome];
  return hashOf(id) + hashOf([id, ...content, ...said]);
}

/** The fingerprint that 0.1.0 gave the record: the two that one call leaves in two accounts' trails had the same. */
function fingerprintOf01(record: CloudTrailRecord): string {
  const id = idOf(record);
  const shared = textAt(record, "sharedEventID");
  if (shared !== undefined) {
    const content = [fieldsOf(record, FIELDS_OF_TWINS), record.requestParameters];
    return hashOf(["shared", shared]) + hashOf(content);
  }
  return id === undefined ? fingerprintOfContent(record) : hashOf(id) + hashOf([id, ...fieldsOf(record, FIELDS_01)]);
}

/** One that updates an earlier one (addendum) is that one, as long as it says the same of the call. */
function idOf(record: CloudTrailRecord): string | undefined {
  return textAt(record, "addendum", "originalEventID") ?? textAt(record, "eventID");
}

function fingerprintOfContent(record: CloudTrailRecord): string {
  const content = hashOf(redact(record));
  return content + content;
}

function fieldsOf(record: CloudTrailRecord, names: readonly string[]) {
  return names.map((name) => textAt(record, name));
}

/**
 * The item that remembers a match: one per incident (or window), rule and hour of eventTime, so that whoever settles an
 * incident is the only one to use its items.
 */
export function seenKeyOf(incidentKey: string, rule: string, record: CloudTrailRecord): string {
  return `seen2#${hashOf([incidentKey, rule, hourOf(record)])}`;
}

/** Where 0.1.0 remembered a match (by rule, account, hour and sixteenth of the ids), and as what. */
export function seenBy01(rule: string, accountId: string, record: CloudTrailRecord) {
  const fingerprint = fingerprintOf01(record);
  const key = `seen#${rule}#${hashOf([textAt(record, "sharedEventID") === undefined ? accountId : "shared", hourOf(record), fingerprint.slice(0, 1)])}`;
  return { key, fingerprint };
}

function hourOf(record: CloudTrailRecord): number | "none" {
  const time = viewOf(record).time;
  return time === undefined ? "none" : Math.floor(time / HOUR);
}

/** What is known of a record: nothing, that it is there, or that its id is there with other content. */
export type Sighting = "new" | "duplicate" | "conflict";

/** The fingerprints behind one seen key. */
export class SeenFingerprints {
  readonly #fingerprints = new Set<string>();
  readonly #ids = new Set<string>();

  look(fingerprint: string): Sighting {
    const id = fingerprint.slice(0, 16);
    if (this.#fingerprints.has(fingerprint)) return "duplicate";
    return this.#ids.has(id) ? "conflict" : "new";
  }

  add(fingerprint: string): void {
    this.#fingerprints.add(fingerprint);
    this.#ids.add(fingerprint.slice(0, 16));
  }
}

/** Fingerprints as they are stored. */
export function fingerprintsIn(bytes: Uint8Array): readonly string[] {
  const text = Buffer.from(bytes).toString("hex");
  return Array.from({ length: Math.floor(bytes.length / FINGERPRINT_BYTES) }, (_, i) =>
    text.slice(i * FINGERPRINT_BYTES * 2, (i + 1) * FINGERPRINT_BYTES * 2),
  );
}

export function bytesOf(fingerprints: readonly string[]): Uint8Array {
  return Buffer.from(fingerprints.join(""), "hex");
}

const isPartCount: Shape<number> = (value) => isCount(value) && (value as number) <= 5_000;

/** What a chain's first item says of the others: how many items there are in all, and how their keys end. */
export type Chain = Shaped<typeof isChain>;
const isChain = hasShape({ parts: isPartCount, generation: isCount });

/** The chain as the ledger has it; undefined if it cannot be read. */
export const chainOf = bodyOf(isChain);

/** The keys of a chain's further items, according to the first one. */
export function furtherKeys(key: string, chain: Chain | undefined): readonly string[] {
  return chain === undefined ? [] : Array.from({ length: chain.parts - 1 }, (_, i) => partKey(key, chain, i + 1));
}

/** All fingerprints behind a key, from the items of its chain. */
export function seenFingerprints(key: string, items: Items): SeenFingerprints {
  const fingerprints = new SeenFingerprints();
  for (const part of [key, ...furtherKeys(key, items.get(key, chainOf))]) {
    for (const fingerprint of fingerprintsIn(items.bytes(part))) fingerprints.add(fingerprint);
  }
  return fingerprints;
}

/** What is known behind seen keys, and what a decision adds to it. */
export class Recall {
  readonly #items: Items;
  readonly #known = new Map<string, SeenFingerprints>();
  readonly #added = new Map<string, string[]>();

  constructor(items: Items) {
    this.#items = items;
  }

  /** Keys that got new fingerprints. */
  get added(): Iterable<string> {
    return this.#added.keys();
  }

  knows(key: string, fingerprint: string): boolean {
    return this.#at(key).look(fingerprint) === "duplicate";
  }

  add(key: string, fingerprint: string): void {
    if (this.knows(key, fingerprint)) return;
    this.#at(key).add(fingerprint);
    const added = this.#added.get(key);
    if (added === undefined) this.#added.set(key, [fingerprint]);
    else added.push(fingerprint);
  }

  /** The changes that remember what was added. */
  changes(now: number): readonly Change[] {
    return [...this.#added].flatMap(([key, fingerprints]) => changesToRemember(key, this.#items, fingerprints, now));
  }

  #at(key: string): SeenFingerprints {
    const known = this.#known.get(key) ?? seenFingerprints(key, this.#items);
    this.#known.set(key, known);
    return known;
  }
}

/** The changes that add fingerprints to a chain: to its last item, and to new ones once that is full. */
function changesToRemember(key: string, items: Items, fingerprints: readonly string[], now: number): readonly Change[] {
  // A new chain needs other keys than an expired one, whose items may not be gone yet.
  const chain = items.get(key, chainOf) ?? { parts: 1, generation: now };
  const last = partKey(key, chain, chain.parts - 1);
  const bytes = Buffer.concat([items.bytes(last), bytesOf(fingerprints)]);
  const size = Math.max(MAX_FINGERPRINTS * FINGERPRINT_BYTES, items.bytes(last).length);
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    // A longer item of 0.1.0 stays as it is.
    const length = pieces.length === 0 ? size : MAX_FINGERPRINTS * FINGERPRINT_BYTES;
    pieces.push(bytes.subarray(at, at + length));
    at += length;
  }
  const grown: Chain = { ...chain, parts: chain.parts - 1 + pieces.length };
  const expiresAt = now + REMEMBERED;
  const changes = pieces.map((piece, i) =>
    items.change(partKey(key, chain, chain.parts - 1 + i), { body: grown, bytes: piece, expiresAt }),
  );
  // The first item says how many there are, so it must live as long as the last.
  if (chain.parts === 1) return changes;
  return [items.change(key, { body: grown, bytes: items.bytes(key), expiresAt }), ...changes];
}

function partKey(key: string, { generation }: Chain, part: number): string {
  return part === 0 ? key : `${key}#${generation}#${part}`;
}

/** 16 hex digits that stand for a value. */
export function hashOf(value: unknown): string {
  return longHashOf(value).slice(0, 16);
}

/** 32 hex digits, 128 bits: nobody finds two values that have the same. */
export function longHashOf(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 32);
}
