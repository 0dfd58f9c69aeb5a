import { FIELD_TREE } from "./field-tree.ts";
import { ROOM } from "./scanner.ts";
import { Sketch, type TextName } from "./sketch.ts";

/** The kinds of values, as the letters that stand for them in a text. */
export const KIND_NULL = 0x6e;
export const KIND_SCALAR = 0x73;
export const KIND_LIST = 0x6c;
export const KIND_OBJECT = 0x6f;

const NEWLINE = 0x0a;
/** A longer value is none of these fields'. */
const LONGEST = 2048;
/** A time as far as its day, from its quote on. */
const DAY = '"2026-11-20'.length;
/** The least and the most that may stand at each place of a time. */
export const EARLIEST_TIME = Buffer.from('"0000-00-00T00:00:00Z"');
export const LATEST_TIME = Buffer.from('"9999-19-39T29:59:59Z"');
const [MONTH, DATE, HOUR] = [6, 9, 12];
const [ZERO, ONE, TWO, THREE] = [0x30, 0x31, 0x32, 0x33];

const { keys, slots, texts } = FIELD_TREE;

/** The keys whose values are fields, in the order of their slots. */
const FIELDS: readonly number[] = keys
  .map((_, key) => key)
  .filter((key) => slotOf(key) >= 0)
  .sort((a, b) => slotOf(a) - slotOf(b));

function slotOf(key: number): number {
  return keys[key]?.slot ?? -1;
}

const TAKES_KIND = Uint8Array.from(keys, ({ as }) => Number(as === "kind"));
const TAKES_DAY = Uint8Array.from(keys, ({ as }) => Number(as === "day"));
const LEADS_TO = Int8Array.from(keys, ({ leadsTo }) => leadsTo);

/** Notes where the fields of an element stand, and writes their texts, those of all elements one behind the other. */
export class FieldNotes {
  #isOdd = false;
  /** For each key the kind of its value, or 0 if it did not come. */
  readonly #kinds = new Uint8Array(keys.length);
  /** For each key where what stands for its scalar begins and ends. */
  readonly #starts = new Int32Array(keys.length);
  readonly #ends = new Int32Array(keys.length);

  #written = Buffer.allocUnsafe(2 ** 16);
  #length = 0;
  /** For each element where its first text begins, and where each text ends; -1 in front if it is odd. */
  readonly #bounds = new Int32Array(ROOM * (texts.length + 1));

  /** A new scan begins. */
  restart(): void {
    this.#length = 0;
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
  scalar(key: number, kind: number, bytes: Uint8Array, start: number, end: number): void {
    this.#note(key, kind);
    this.#starts[key] = start;
    this.#ends[key] = end;
    if (TAKES_KIND[key] === 1) {
      if (kind === KIND_SCALAR && LEADS_TO[key] !== -1) this.#isOdd = true;
    } else if (TAKES_DAY[key] === 1) {
      // Of any other time nobody can say the day without reading it.
      if (!isTime(bytes, start, end)) this.#isOdd = true;
      this.#ends[key] = start + DAY;
    } else if (end - start > LONGEST) {
      this.#isOdd = true;
    }
  }

  /** The value of a key is an object or a list. Which object of the tree it is, or -1. */
  opened(key: number, kind: number): number {
    this.#note(key, kind);
    const object = LEADS_TO[key] as number;
    if (TAKES_KIND[key] === 0 || (object >= 0 && kind === KIND_LIST)) this.#isOdd = true;
    return object;
  }

  /** Of a key that comes twice only a parser knows the value. */
  #note(key: number, kind: number): void {
    if (this.#kinds[key] !== 0) this.#isOdd = true;
    this.#kinds[key] = kind;
  }

  /** Writes the texts of the element that ends here, which is `size` bytes long. */
  write(index: number, bytes: Uint8Array, size: number): void {
    let bounds = index * (texts.length + 1);
    this.#bounds[bounds] = -1;
    if (this.#isOdd) return;
    this.#makeRoom(size + slots);
    this.#bounds[bounds] = this.#length;
    let slot = 0;
    for (const [, end] of texts) {
      this.#writeText(bytes, slot, end);
      this.#bounds[++bounds] = this.#length;
      slot = end;
    }
  }

  #writeText(bytes: Uint8Array, from: number, to: number): void {
    const written = this.#written;
    let length = this.#length;
    for (let slot = from; slot < to; slot++) {
      const key = FIELDS[slot] as number;
      const kind = this.#kinds[key] as number;
      if (kind !== 0 && TAKES_KIND[key] === 1) {
        written[length++] = kind;
      } else if (kind !== 0) {
        const end = this.#ends[key] as number;
        for (let at = this.#starts[key] as number; at < end; at++) written[length++] = bytes[at] as number;
      }
      written[length++] = NEWLINE;
    }
    this.#length = length;
  }

  #makeRoom(size: number): void {
    if (this.#length + size <= this.#written.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#length + size, 2 * this.#written.length));
    this.#written.copy(larger, 0, 0, this.#length);
    this.#written = larger;
  }

  sketchOf(index: number): Sketch | undefined {
    return (this.#bounds[index * (texts.length + 1)] as number) < 0 ? undefined : new WrittenSketch(this, index);
  }

  textOf(index: number, name: TextName): string {
    const bounds = index * (texts.length + 1) + name;
    return this.#written.toString("latin1", this.#bounds[bounds], this.#bounds[bounds + 1]);
  }
}

class WrittenSketch extends Sketch {
  readonly #notes: FieldNotes;
  readonly #index: number;

  constructor(notes: FieldNotes, index: number) {
    super();
    this.#notes = notes;
    this.#index = index;
  }

  text(name: TextName): string {
    return this.#notes.textOf(this.#index, name);
  }
}

/** True for a time as CloudTrail writes it, with each part in its range: what it says behind the T does not change the day. */
function isTime(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start !== LATEST_TIME.length) return false;
  for (let i = 0; i < LATEST_TIME.length; i++) {
    const byte = bytes[start + i] as number;
    if (byte < (EARLIEST_TIME[i] as number) || byte > (LATEST_TIME[i] as number)) return false;
  }
  const at = (place: number) => bytes[start + place] as number;
  return (
    (at(MONTH) === ZERO ? at(MONTH + 1) > ZERO : at(MONTH + 1) <= TWO) &&
    (at(DATE) !== ZERO || at(DATE + 1) > ZERO) &&
    (at(DATE) !== THREE || at(DATE + 1) <= ONE) &&
    (at(HOUR) !== TWO || at(HOUR + 1) <= THREE)
  );
}
