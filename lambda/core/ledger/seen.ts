import { createHash } from "node:crypto";
import { type CloudTrailRecord, eventTimeOf, textAt } from "../record/record.ts";
import { redact } from "../record/redaction.ts";
import type { Change, LedgerItem } from "./store.ts";

/** Records alert once in this time, in milliseconds, counted from the last one written beside them. */
export const REMEMBERED = 35 * 86_400_000;

/** Marks of one item: with its other attributes it stays below 300 KB of DynamoDB's 400. */
const MAX_MARKS = 18_000;
const MARK_BYTES = 16;
const HOUR = 3_600_000;

/**
 * What identifies a record: 16 hex digits of its id and 16 of the fields that a record of this id must have. A record
 * without eventID is identified by its content. Twins, the records that one call left in two accounts' trails, share
 * their sharedEventID and so their mark.
 */
export function markOf(record: CloudTrailRecord): string {
  const fields = (names: readonly string[]) => names.map((name) => textAt(record, name));
  const shared = textAt(record, "sharedEventID");
  if (shared !== undefined) {
    return digest(["shared", shared]) + digest(fields(["eventTime", "eventSource", "eventName"]));
  }
  const id = textAt(record, "eventID");
  if (id === undefined) {
    const content = digest(redact(record));
    return content + content;
  }
  const content = ["eventTime", "eventSource", "eventName", "recipientAccountId", "awsRegion"];
  return digest(id) + digest([id, ...fields(content)]);
}

/**
 * The item that remembers a record: one per rule, account, hour of eventTime and sixteenth of the ids, whatever group the
 * match ends up in. Twins have items that no account is part of.
 */
export function seenKeyOf(rule: string, accountId: string, mark: string, record: CloudTrailRecord): string {
  const time = eventTimeOf(record);
  const hour = time === undefined ? "none" : Math.floor(time / HOUR);
  const isShared = textAt(record, "sharedEventID") !== undefined;
  return `seen#${rule}#${digest([isShared ? "shared" : accountId, hour, mark.slice(0, 1)])}`;
}

/** What is known of a record: nothing, that it is there already, or that its id is there with other content. */
export type Sighting = "new" | "duplicate" | "conflict";

/** The marks behind one seen key. */
export class SeenMarks {
  readonly #marks = new Set<string>();
  readonly #ids = new Set<string>();

  look(mark: string): Sighting {
    if (this.#marks.has(mark)) return "duplicate";
    return this.#ids.has(mark.slice(0, 16)) ? "conflict" : "new";
  }

  add(mark: string): void {
    this.#marks.add(mark);
    this.#ids.add(mark.slice(0, 16));
  }

  addAll(bytes: Uint8Array): void {
    const text = Buffer.from(bytes).toString("hex");
    for (let at = 0; at < text.length; at += MARK_BYTES * 2) this.add(text.slice(at, at + MARK_BYTES * 2));
  }
}

/** What the first item of a chain says of the others: their number with itself, and what their keys end in. */
interface Chain {
  readonly parts: number;
  readonly generation: number;
}

/** The keys of a chain's further items, which the first one tells of. */
export function furtherKeys(key: string, first: LedgerItem | undefined): readonly string[] {
  const chain = first?.body as Chain | undefined;
  return chain === undefined ? [] : Array.from({ length: chain.parts - 1 }, (_, i) => partKey(key, chain, i + 1));
}

/** All marks behind a key, from the items of its chain. */
export function marksIn(key: string, items: ReadonlyMap<string, LedgerItem>): SeenMarks {
  const marks = new SeenMarks();
  for (const part of [key, ...furtherKeys(key, items.get(key))]) {
    const item = items.get(part);
    if (item?.body !== undefined && item.bytes !== undefined) marks.addAll(item.bytes);
  }
  return marks;
}

/** The changes that add marks to a chain: to its last item, and to new ones where that is full. */
export function changesToRemember(
  key: string,
  items: ReadonlyMap<string, LedgerItem>,
  marks: readonly string[],
  now: number,
): readonly Change[] {
  const first = items.get(key);
  // A chain that begins anew has other keys than one that has expired, and may not be gone yet.
  const chain = (first?.body as Chain | undefined) ?? { parts: 1, generation: now };
  const last = items.get(partKey(key, chain, chain.parts - 1));
  const old = (last?.body !== undefined && last.bytes) || new Uint8Array();
  const bytes = Buffer.concat([old, Buffer.from(marks.join(""), "hex")]);
  const size = MAX_MARKS * MARK_BYTES;
  const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
    bytes.subarray(i * size, (i + 1) * size),
  );
  const grown: Chain = { ...chain, parts: chain.parts - 1 + pieces.length };
  const expiresAt = now + REMEMBERED;
  const change = (name: string, piece: Uint8Array): Change => ({
    key: name,
    expected: items.get(name)?.version ?? 0,
    next: { body: grown, bytes: piece, expiresAt },
  });
  const changes = pieces.map((piece, i) => change(partKey(key, chain, chain.parts - 1 + i), piece));
  // The first item says how many there are, and must live as long as the last.
  return chain.parts === 1 ? changes : [change(key, first?.bytes ?? new Uint8Array()), ...changes];
}

function partKey(key: string, { generation }: Chain, part: number): string {
  return part === 0 ? key : `${key}#${generation}#${part}`;
}

/** 16 hex digits that stand for a value. */
export function digest(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 16);
}
