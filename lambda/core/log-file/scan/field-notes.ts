import { FIELD_TREE, type FieldKey } from "./field-tree.ts";
import { ROOM } from "./scanner.ts";
import type { Sketch } from "./sketch.ts";

/** The kinds of values, as the letters that stand for them in a text. */
export const KIND_NULL = 0x6e;
export const KIND_SCALAR = 0x73;
export const KIND_LIST = 0x6c;
export const KIND_OBJECT = 0x6f;

const NEWLINE = 0x0a;
/** A time as far as its day, from its quote on. */
const DAY = '"2026-11-20'.length;
/** At most what stands at each place of a time: any digit from 0 on, or just this byte. */
const PATTERN = Buffer.from('"9999-99-99T29:59:59Z"');
const HOUR = PATTERN.indexOf("T") + 1;
const [ZERO, ONE, TWO, THREE, NINE] = [0x30, 0x31, 0x32, 0x33, 0x39];

const { keys, slots, texts } = FIELD_TREE;

/** The keys whose values are fields, in the order of their slots. */
const FIELDS: readonly number[] = keys
  .map((_, key) => key)
  .filter((key) => slotOf(key) >= 0)
  .sort((a, b) => slotOf(a) - slotOf(b));

function slotOf(key: number): number {
  return keys[key]?.slot ?? -1;
}

/** Notes where the fields of an element stand, and writes their texts, those of all elements one behind the other. */
export class FieldNotes {
  #isOdd = false;
  /** For each key the kind of its value, or 0 if it did not come. */
  readonly #kinds = new Uint8Array(keys.length);
  /** For each key where its scalar begins and ends. */
  readonly #starts = new Int32Array(keys.length);
  readonly #ends = new Int32Array(keys.length);

  #written = Buffer.allocUnsafe(2 ** 16);
  #length = 0;
  #texts: string | undefined;
  /** For each element where its first text begins, and where each text ends; -1 in front if it is odd. */
  readonly #bounds = new Int32Array(ROOM * (texts.length + 1));

  /** A new scan begins. */
  restart(): void {
    this.#length = 0;
    this.#texts = undefined;
  }

  /** A new element begins. */
  begin(): void {
    this.#isOdd = false;
    this.#kinds.fill(0);
  }

  /** Only a parser can tell what this element says. */
  odd(): void {
    this.#isOdd = true;
  }

  /** The value of a key is a scalar. */
  scalar(key: number, kind: number, start: number, end: number): void {
    this.#note(key, kind);
    this.#starts[key] = start;
    this.#ends[key] = end;
    if (kind === KIND_SCALAR && (keys[key] as FieldKey).leadsTo >= 0) this.#isOdd = true;
  }

  /** The value of a key is an object or a list. Which object of the tree it is, or -1. */
  opened(key: number, kind: number): number {
    this.#note(key, kind);
    const { leadsTo, as } = keys[key] as FieldKey;
    if (as !== "kind" || (leadsTo >= 0 && kind === KIND_LIST)) this.#isOdd = true;
    return leadsTo;
  }

  #note(key: number, kind: number): void {
    if (this.#kinds[key] !== 0) this.#isOdd = true;
    this.#kinds[key] = kind;
  }

  /** Writes the texts of the element that ends here, which is `size` bytes long. */
  write(index: number, bytes: Uint8Array, size: number): void {
    const bounds = index * (texts.length + 1);
    this.#makeRoom(size + slots);
    const start = this.#length;
    let slot = 0;
    for (const [text, [, endSlot]] of texts.entries()) {
      while (slot < endSlot) this.#writeField(bytes, FIELDS[slot++] as number);
      this.#bounds[bounds + text + 1] = this.#length;
    }
    this.#bounds[bounds] = this.#isOdd ? -1 : start;
    if (this.#isOdd) this.#length = start;
  }

  #writeField(bytes: Uint8Array, key: number): void {
    const kind = this.#kinds[key] as number;
    if (kind !== 0) {
      const { as } = keys[key] as FieldKey;
      if (as === "kind") this.#written[this.#length++] = kind;
      else this.#writeScalar(bytes, this.#starts[key] as number, this.#ends[key] as number, as === "day");
    }
    this.#written[this.#length++] = NEWLINE;
  }

  #writeScalar(bytes: Uint8Array, start: number, end: number, isDay: boolean): void {
    // Of any other time nobody can say the day without reading it.
    if (isDay && !isTime(bytes, start, end)) this.#isOdd = true;
    const stop = isDay && !this.#isOdd ? start + DAY : end;
    for (let at = start; at < stop; at++) this.#written[this.#length++] = bytes[at] as number;
  }

  #makeRoom(size: number): void {
    if (this.#length + size <= this.#written.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#length + size, 2 * this.#written.length));
    this.#written.copy(larger, 0, 0, this.#length);
    this.#written = larger;
  }

  sketchOf(index: number): Sketch | undefined {
    const bounds = index * (texts.length + 1);
    const start = this.#bounds[bounds] as number;
    if (start < 0) return undefined;
    // One string of all, for each that is made from bytes costs as much as cutting many out of it.
    this.#texts ??= this.#written.toString("latin1", 0, this.#length);
    const all = this.#texts;
    const text = (index: number) => all.slice(this.#bounds[bounds + index], this.#bounds[bounds + index + 1]);
    return { call: text(0), caller: text(1), session: text(2), address: text(3) };
  }
}

/** True for a time as CloudTrail writes it, with each part in its range: what it says behind the T does not change the day. */
function isTime(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start !== PATTERN.length) return false;
  for (let i = 0; i < PATTERN.length; i++) {
    const most = PATTERN[i] as number;
    const byte = bytes[start + i] as number;
    if (byte > most || byte < (most >= ONE && most <= NINE ? ZERO : most)) return false;
  }
  return bytes[start + HOUR] !== TWO || (bytes[start + HOUR + 1] as number) <= THREE;
}
