import { EARLIEST_TIME, KIND_LIST, KIND_NULL, KIND_OBJECT, KIND_SCALAR, LATEST_TIME } from "./field-notes.ts";
import type { FieldKey, FieldTree } from "./field-tree.ts";
import { BACKSLASH, DOT, QUOTE, SPACE } from "./grammar.ts";
import { ALWAYS_ASKED } from "./sketch.ts";

const LETTERS = 48;
const TIME = 64;
const BYTES = 128;
const ONES = 192;
const NUMBERS = 256;
const SECRETS = 768;
const KEYS = 1024;
const KEY_SIZE = 64;
const NAME_SIZE = 32;
const SHAPE = 32;
/** Fields that an element has room for, of texts that are not always asked for. */
const MOST_OTHERS = 6;
const AS = { value: 0, kind: 1, day: 2 };

/** The fields of sketches as assembly/fields.ts reads them. */
export function tablesOf({ keys, slots, texts }: FieldTree, secrets: Uint8Array): Uint8Array {
  const bytes = Buffer.alloc(KEYS + KEY_SIZE * (keys.length + 1));
  const asked = texts[ALWAYS_ASKED - 1]?.[1] ?? 0;
  if (slots - asked > MOST_OTHERS) throw new Error("an element has no room for so many fields");
  const ordered = [...keys].sort((a, b) => rankOf(a) - rankOf(b));
  const sums = ordered.map(sumOf);
  const multiplier = multiplierFor(sums);
  bytes.writeUInt32LE(multiplier, 0);
  bytes.writeUInt32LE(4 * ALWAYS_ASKED, 4);
  bytes.writeUInt32LE(8 * ordered.length, 8);
  bytes.writeUInt32LE(4 * texts.length, 12);
  for (const [text, [, end]] of texts.entries()) bytes.writeUInt32LE(8 * end, 16 + 4 * text);
  bytes.set([KIND_NULL, KIND_SCALAR, KIND_LIST, KIND_OBJECT], LETTERS);
  for (const [i, time] of [EARLIEST_TIME, LATEST_TIME].entries()) {
    bytes.set(time.subarray(0, 16), TIME + 16 * i);
    bytes.set(time.subarray(-16), TIME + 32 + 16 * i);
  }
  for (const [i, byte] of [QUOTE, BACKSLASH, SPACE, DOT].entries()) {
    bytes.fill(byte, BYTES + 16 * i, BYTES + 16 * i + 16);
  }
  bytes.fill(0xff, ONES, ONES + 16);
  bytes.set(secrets, SECRETS);
  // The key with the number 0 is none, and no name has its shape.
  bytes.fill(0xff, KEYS + SHAPE, KEYS + SHAPE + 8);
  for (const [place, key] of ordered.entries()) {
    bytes[NUMBERS + hashOf(sums[place] as number, multiplier)] = place + 1;
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
  bytes.writeUInt32LE(name.length, at + SHAPE);
  bytes.writeInt32LE(object, at + SHAPE + 4);
  bytes.writeUInt32LE(8 * place, at + 40);
  bytes.writeUInt16LE(AS[as], at + 44);
  bytes.writeInt16LE(leadsTo, at + 46);
}

/** A multiplier by which no two keys have the same hash. */
function multiplierFor(sums: readonly number[]): number {
  for (let seed = 1; seed < 10_000; seed++) {
    const multiplier = Math.imul(seed, 0x9e3779b1) >>> 0;
    if (new Set(sums.map((sum) => hashOf(sum, multiplier))).size === sums.length) return multiplier;
  }
  throw new Error("no multiplier tells the names apart");
}

// As keyOf in assembly/fields.ts does it.

function hashOf(sum: number, multiplier: number): number {
  return Math.imul(sum, multiplier) >>> 23;
}

/** Of the first four bytes of a name and its last four; in front of a name and behind it stands a quote. */
function sumOf({ name, object }: FieldKey): number {
  const bytes = Buffer.from(`"${name}"`);
  const first = bytes.readUInt32LE(1);
  const last = bytes.readUInt32LE(name.length - 3);
  return ((first << 7) | (first >>> 25)) + last + name.length + (object << 8);
}
