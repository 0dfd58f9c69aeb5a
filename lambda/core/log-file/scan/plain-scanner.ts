import { keyAt, NO_FIELD, ODD_KEY } from "./field-names.ts";
import { FieldNotes, KIND_LIST, KIND_NULL, KIND_OBJECT, KIND_SCALAR } from "./field-notes.ts";
import {
  BROKEN,
  CLOSE_LIST,
  CLOSE_OBJECT,
  COLON,
  COMMA,
  isSpace,
  MORE,
  OPEN_LIST,
  OPEN_OBJECT,
  QUOTE,
  skipSpace,
  skipString,
  skipWord,
} from "./grammar.ts";
import { ROOM, type Scanned, type Scanner } from "./scanner.ts";
import type { Sketch } from "./sketch.ts";

/** What is open: a list, an object with no fields of a sketch, or one of FIELD_TREE by its number. */
const LIST = -2;
const OTHER_OBJECT = -1;
const ELEMENT = 0;

const LETTER_N = 0x6e;

/**
 * The scanner in plain TypeScript, byte by byte. It is the reference for the one in WebAssembly, and stands in for it.
 */
export function createPlainScanner(): Scanner {
  const scan = new PlainScan();
  return {
    scan: (bytes, start, end, isFirst) => scan.run(bytes, start, end, isFirst),
    startOf: (index) => scan.starts[index] as number,
    endOf: (index) => scan.ends[index] as number,
    depthOf: (index) => scan.depths[index] as number,
    sketchOf: (index) => scan.sketchOf(index),
  };
}

class PlainScan {
  readonly starts = new Int32Array(ROOM);
  readonly ends = new Int32Array(ROOM);
  readonly depths = new Int32Array(ROOM);
  readonly #notes = new FieldNotes();
  #bytes: Uint8Array = new Uint8Array();
  #end = 0;
  /** What is open at each depth. */
  #open = new Int8Array(64);
  #depth = 0;
  #deepest = 0;
  /** The key in FIELD_TREE whose value comes next. */
  #key = NO_FIELD;

  run(bytes: Uint8Array, start: number, end: number, isFirst: boolean): Scanned {
    this.#bytes = bytes;
    this.#end = end;
    this.#notes.restart();
    let next = start;
    for (let count = 0; ; count++) {
      const begin = this.#beginOfElement(next, isFirst && count === 0);
      if (begin === MORE) return { count, next, because: "more" };
      if (begin === BROKEN) return { count, next, because: "broken" };
      if (bytes[begin] === CLOSE_LIST) return { count, next: begin, because: "closed" };
      if (count === ROOM) return { count, next, because: "full" };
      const behind = this.#element(begin);
      if (behind === MORE) return { count, next, because: "more" };
      if (behind === BROKEN) return { count, next, because: "broken" };
      this.starts[count] = begin;
      this.ends[count] = behind;
      this.depths[count] = this.#deepest;
      this.#notes.write(count, bytes, behind - begin);
      next = behind;
    }
  }

  sketchOf(index: number): Sketch | undefined {
    return this.#notes.sketchOf(index);
  }

  /** Where the next element begins, or the bracket that closes the list. */
  #beginOfElement(from: number, isFirst: boolean): number {
    const at = this.#tokenAt(from);
    if (isFirst || at < 0 || this.#bytes[at] === CLOSE_LIST) return at;
    if (this.#bytes[at] !== COMMA) return BROKEN;
    const next = this.#tokenAt(at + 1);
    return this.#bytes[next] === CLOSE_LIST ? BROKEN : next;
  }

  #tokenAt(from: number): number {
    const at = skipSpace(this.#bytes, from, this.#end);
    return at < this.#end ? at : MORE;
  }

  /** The byte behind the element that begins at `begin`. */
  #element(begin: number): number {
    this.#depth = 0;
    this.#deepest = 0;
    this.#key = NO_FIELD;
    this.#notes.begin();
    if (this.#bytes[begin] !== OPEN_OBJECT) this.#notes.odd();
    let at = begin;
    for (;;) {
      const byte = this.#bytes[at] as number;
      if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
        this.#enter(byte);
        const inside = this.#tokenAt(at + 1);
        if (inside < 0) return inside;
        if (this.#bytes[inside] !== this.#closing()) {
          at = this.#valueFrom(inside);
          if (at < 0) return at;
          continue;
        }
        at = inside;
      } else {
        at = this.#scalar(at);
        if (at < 0) return at;
      }
      at = this.#close(at);
      if (at < 0 || this.#depth === 0) return at;
      const next = this.#tokenAt(at + 1);
      at = next < 0 ? next : this.#valueFrom(next);
      if (at < 0) return at;
    }
  }

  #enter(byte: number): void {
    const isObject = byte === OPEN_OBJECT;
    let opened = isObject ? OTHER_OBJECT : LIST;
    if (this.#key >= 0) {
      const object = this.#notes.opened(this.#key, isObject ? KIND_OBJECT : KIND_LIST);
      if (isObject && object >= 0) opened = object;
      this.#key = NO_FIELD;
    } else if (isObject && this.#depth === 0) {
      opened = ELEMENT;
    }
    this.#depth++;
    if (this.#depth > this.#deepest) this.#deepest = this.#depth;
    if (this.#depth === this.#open.length) this.#open = twice(this.#open);
    this.#open[this.#depth] = opened;
  }

  #closing(): number {
    return this.#open[this.#depth] === LIST ? CLOSE_LIST : CLOSE_OBJECT;
  }

  /** Where the value begins of which `at` is the first byte; in an object that is its key's. */
  #valueFrom(at: number): number {
    const object = this.#open[this.#depth] as number;
    if (object === LIST) return at;
    if (this.#bytes[at] !== QUOTE) return BROKEN;
    const behind = skipString(this.#bytes, at, this.#end);
    if (behind < 0) return behind;
    if (object >= 0) this.#look(at + 1, behind - 1, object);
    const colon = this.#tokenAt(behind);
    if (colon < 0) return colon;
    return this.#bytes[colon] === COLON ? this.#tokenAt(colon + 1) : BROKEN;
  }

  /** Remembers what a key leads to. */
  #look(start: number, end: number, object: number): void {
    this.#key = keyAt(this.#bytes, start, end, object);
    if (this.#key === ODD_KEY) this.#notes.odd();
  }

  /** The byte behind a string, a number or a literal. */
  #scalar(at: number): number {
    const isString = this.#bytes[at] === QUOTE;
    const behind = isString ? skipString(this.#bytes, at, this.#end) : skipWord(this.#bytes, at, this.#end);
    if (behind < 0) return behind;
    if (this.#key >= 0) {
      const kind = this.#bytes[at] === LETTER_N ? KIND_NULL : KIND_SCALAR;
      this.#notes.scalar(this.#key, kind, this.#bytes, at, behind);
    }
    this.#key = NO_FIELD;
    return isString || this.#depth > 0 ? behind : this.#endOfWord(behind);
  }

  /** A number may go on in the next bytes, and no word ends where another begins. */
  #endOfWord(at: number): number {
    if (at === this.#end) return MORE;
    const byte = this.#bytes[at];
    return isSpace(byte) || byte === COMMA || byte === CLOSE_LIST ? at : BROKEN;
  }

  /** Closes all that ends at `from`: the byte behind it, or the comma within what is still open. */
  #close(from: number): number {
    let at = from;
    while (this.#depth > 0) {
      at = this.#tokenAt(at);
      if (at < 0 || this.#bytes[at] === COMMA) return at;
      if (this.#bytes[at] !== this.#closing()) return BROKEN;
      this.#depth--;
      at++;
    }
    return at;
  }
}

function twice(bytes: Int8Array): Int8Array<ArrayBuffer> {
  const larger = new Int8Array(2 * bytes.length);
  larger.set(bytes);
  return larger;
}
