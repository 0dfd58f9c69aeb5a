import { EARLIEST_TIME, KIND_LIST, KIND_NULL, KIND_OBJECT, KIND_SCALAR, LATEST_TIME } from "./field-notes.ts";
import type { FieldKey, FieldTree } from "./field-tree.ts";

const LETTERS = 32;
const TIME = 64;
const NUMBERS = 128;
const KEYS = 1024;
const KEY_SIZE = 80;
const NAME_SIZE = 32;
const AS = { value: 0, kind: 1, day: 2 };

/** The fields of sketches as assembly/fields.ts reads them. */
export function tablesOf({ keys, texts }: FieldTree): Uint8Array {
  const bytes = Buffer.alloc(KEYS + KEY_SIZE * (keys.length + 1));
  const ordered = [...keys].sort((a, b) => rankOf(a) - rankOf(b));
  if (ordered.length > 64) throw new Error("more keys than an element has bits for");
  const [first, last] = multipliersFor(ordered);
  bytes.writeUInt32LE(first, 0);
  bytes.writeUInt32LE(last, 4);
  bytes.writeUInt32LE(8 * ordered.length, 8);
  for (const [text, [, end]] of texts.entries()) bytes.writeUInt32LE(8 * end, 16 + 4 * text);
  bytes.set([KIND_NULL, KIND_SCALAR, KIND_LIST, KIND_OBJECT], LETTERS);
  for (const [i, time] of [EARLIEST_TIME, LATEST_TIME].entries()) {
    bytes.set(time.subarray(0, 16), TIME + 16 * i);
    bytes.set(time.subarray(-16), TIME + 32 + 16 * i);
  }
  for (const [place, key] of ordered.entries()) {
    bytes[NUMBERS + hashOf(key, first, last)] = place + 1;
    writeKey(bytes, KEYS + KEY_SIZE * (place + 1), key, place);
  }
  return bytes;
}

/** Fields come in the order of their slots, keys that only lead on behind them. */
function rankOf({ slot }: FieldKey): number {
  return slot < 0 ? Number.POSITIVE_INFINITY : slot;
}

function writeKey(bytes: Buffer, at: number, { name, object, as, leadsTo }: FieldKey, place: number): void {
  if (name.length < 3 || name.length > NAME_SIZE) throw new Error(`${name} is too short or too long`);
  bytes.write(name, at);
  bytes.fill(0xff, at + NAME_SIZE, at + NAME_SIZE + name.length);
  bytes.writeUInt32LE(name.length, at + 64);
  bytes.writeInt32LE(object, at + 68);
  bytes.writeUInt32LE(8 * place, at + 72);
  bytes.writeUInt16LE(AS[as], at + 76);
  bytes.writeInt16LE(leadsTo, at + 78);
}

/** Multipliers by which no two keys have the same hash. */
function multipliersFor(keys: readonly FieldKey[]): readonly [number, number] {
  for (let seed = 1; seed < 10_000; seed++) {
    const first = Math.imul(seed, 0x9e3779b1) >>> 0;
    const last = Math.imul(seed, 0x85ebca77) >>> 0;
    if (new Set(keys.map((key) => hashOf(key, first, last))).size === keys.length) return [first, last];
  }
  throw new Error("no multipliers tell the names apart");
}

/** As keyOf in assembly/fields.ts; in front of a name and behind it stands a quote. */
function hashOf({ name, object }: FieldKey, first: number, last: number): number {
  const bytes = Buffer.from(`"${name}"`);
  const end = bytes.readUInt32LE(name.length - 3) + name.length + (object << 8);
  return (Math.imul(bytes.readUInt32LE(1), first) ^ Math.imul(end, last)) >>> 23;
}
