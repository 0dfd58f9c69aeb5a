import { randomBytes } from "node:crypto";
import { FIELD_TREE } from "./field-tree.ts";
import { SPACE } from "./grammar.ts";
import { MODULE } from "./module.ts";
import type { Scanned, Scanner } from "./scanner.ts";
import { ALWAYS_ASKED, numberOf, Sketch, type TextName } from "./sketch.ts";
import { tablesOf } from "./tables.ts";

/** An element in words (assembly/memory.ts). */
const ELEMENT_WORDS = 24;
const SKETCH_WORD = 3;
const TEXT_WORD = 4;
const VALUES_WORD = 12;
/** A text that is kept, in words: its hash, its size, and its number, which is 0 until it is asked for; then its bytes. */
const SIZE_WORD = 1;
const NUMBER_WORD = 2;
const TEXT_HEAD = 16;
/** Behind the bytes that are scanned. */
const SPACES = 64;
const PAGE = 65_536;

const PLACES = ["ANSWER", "ELEMENTS", "INPUT", "TABLES"] as const;

const BECAUSE = ["more", "full", "closed", "broken"] as const;

/** What the module exports; assembly/memory.ts explains the places in its memory, which are in bytes. */
interface Exports extends Readonly<Record<(typeof PLACES)[number], { readonly value: number }>> {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  scan(end: number, isFirst: number, levels: number): void;
  keep(element: number, text: number): number;
}

/** What is used of WebAssembly, which the types of Node.js do not know. */
interface Wasm {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object) => { readonly exports: Exports };
}

/**
 * The scanner in WebAssembly; `secrets` are 16 bytes by which it tells texts apart quickly.
 * @throws if there is no WebAssembly here, or none with SIMD
 */
export function createWasmScanner(secrets: Uint8Array = randomSecrets()): Scanner {
  const { WebAssembly } = globalThis as unknown as { readonly WebAssembly: Wasm };
  const module = new WebAssembly.Module(Buffer.from(MODULE, "base64"));
  const scan = new WasmScan(new WebAssembly.Instance(module).exports, secrets);
  return {
    scan: (bytes, start, end, isFirst) => scan.run(bytes, start, end, isFirst),
    startOf: (index) => scan.placeOf(index, 0),
    endOf: (index) => scan.placeOf(index, 1),
    depthOf: (index) => scan.wordOf(index, 2),
    sketchOf: (index) => scan.sketchOf(index),
  };
}

function randomSecrets(): Uint8Array {
  const secrets = randomBytes(16);
  // They are multiplied with, and an even number would lose a bit each time.
  for (const first of [0, 8]) secrets[first] = (secrets[first] as number) | 1;
  return secrets;
}

class WasmScan {
  readonly #exports: Exports;
  readonly #input: number;
  // In words.
  readonly #answer: number;
  readonly #elements: number;
  #bytes = Buffer.alloc(0);
  #words = new Int32Array();
  /** What to add to a place in the module's memory for one in the bytes. */
  #offset = 0;

  constructor(exports: Exports, secrets: Uint8Array) {
    this.#exports = exports;
    this.#input = exports.INPUT.value;
    this.#answer = exports.ANSWER.value / 4;
    this.#elements = exports.ELEMENTS.value / 4;
    this.#makeRoom(this.#input);
    this.#bytes.set(tablesOf(FIELD_TREE, secrets), exports.TABLES.value);
  }

  run(bytes: Uint8Array, start: number, end: number, isFirst: boolean): Scanned {
    const stop = this.#input + end - start;
    const levels = stop + SPACES;
    this.#makeRoom(levels + end - start + SPACES);
    this.#bytes.set(bytes.subarray(start, end), this.#input);
    this.#bytes.fill(SPACE, stop, levels);
    this.#exports.scan(stop, isFirst ? 1 : 0, levels);
    this.#offset = start - this.#input;
    const count = this.#words[this.#answer] as number;
    const next = this.#words[this.#answer + 1] as number;
    const because = BECAUSE[this.#words[this.#answer + 2] as number] ?? "broken";
    return { count, next: next + this.#offset, because };
  }

  /** The views are made anew when the memory has grown. */
  #makeRoom(size: number): void {
    const { memory } = this.#exports;
    const missing = size - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
    if (this.#bytes.buffer === memory.buffer) return;
    this.#bytes = Buffer.from(memory.buffer);
    this.#words = new Int32Array(memory.buffer);
  }

  wordOf(index: number, word: number): number {
    return this.#words[this.#elementOf(index) + word] as number;
  }

  placeOf(index: number, word: number): number {
    return this.wordOf(index, word) + this.#offset;
  }

  sketchOf(index: number): Sketch | undefined {
    return this.wordOf(index, SKETCH_WORD) === 0 ? undefined : new WasmSketch(this, index);
  }

  /** It is looked up only once as long as the module keeps the text. */
  numberOf(index: number, name: TextName): number {
    if (this.#isEmpty(index, name)) return numberOfEmpty(name);
    const place = this.#keep(index, name);
    if (place === 0) return numberOf(this.#valuesOf(index, name));
    const known = this.#words[place / 4 + NUMBER_WORD] as number;
    if (known !== 0) return known;
    const number = numberOf(this.#keptAt(place));
    this.#words[place / 4 + NUMBER_WORD] = number;
    return number;
  }

  textOf(index: number, name: TextName): string {
    const place = this.#keep(index, name);
    return place === 0 ? this.#valuesOf(index, name) : this.#keptAt(place);
  }

  sizeOf(index: number, name: TextName): number {
    const place = this.#placeOf(index, name);
    if (place !== 0) return this.#words[place / 4 + SIZE_WORD] as number;
    let size = 0;
    const end = this.#valueOf(index, name + 1);
    for (let word = this.#valueOf(index, name); word < end; word += 2) size += (this.#words[word + 1] as number) + 1;
    return size;
  }

  begins(index: number, name: TextName, text: string): boolean {
    const place = this.#placeOf(index, name);
    const start = place === 0 ? (this.#words[this.#valueOf(index, name)] as number) : place + TEXT_HEAD;
    for (let i = 0; i < text.length; i++) if (this.#bytes[start + i] !== text.charCodeAt(i)) return false;
    return true;
  }

  #elementOf(index: number): number {
    return this.#elements + ELEMENT_WORDS * index;
  }

  /** Where a text is kept from now on; 0 if there is no room for it. */
  #keep(index: number, name: TextName): number {
    return this.#placeOf(index, name) || this.#exports.keep(4 * this.#elementOf(index), name);
  }

  /** True if a text that is not always asked for has no values: AWS's own services have neither keys nor sessions. */
  #isEmpty(index: number, name: TextName): boolean {
    if (name < ALWAYS_ASKED) return false;
    const end = this.#valueOf(index, name + 1);
    for (let word = this.#valueOf(index, name); word < end; word += 2) if (this.#words[word + 1] !== 0) return false;
    return true;
  }

  /** Where a text is kept; 0 if it is not. */
  #placeOf(index: number, name: TextName): number {
    return this.#words[this.#elementOf(index) + TEXT_WORD + name] as number;
  }

  #keptAt(place: number): string {
    const start = place + TEXT_HEAD;
    return this.#bytes.toString("latin1", start, start + (this.#words[place / 4 + SIZE_WORD] as number));
  }

  /** A text that is not kept, from its values. */
  #valuesOf(index: number, name: TextName): string {
    let text = "";
    const end = this.#valueOf(index, name + 1);
    for (let word = this.#valueOf(index, name); word < end; word += 2) {
      const start = this.#words[word] as number;
      text += `${this.#bytes.toString("latin1", start, start + (this.#words[word + 1] as number))}\n`;
    }
    return text;
  }

  /** The word that says where the first value of a text begins; the next one says how long it is. */
  #valueOf(index: number, name: number): number {
    return this.#elementOf(index) + VALUES_WORD + 2 * (endOf(name - 1) - FIRST_OTHER);
  }
}

const ENDS = FIELD_TREE.texts.map(([, end]) => end);

/** The number of fields up to the end of a text. */
function endOf(name: number): number {
  return ENDS[name] as number;
}

/** The first field that is not always asked for. */
const FIRST_OTHER = endOf(ALWAYS_ASKED - 1);

/** The numbers of texts without a value. */
const EMPTY: number[] = [];

function numberOfEmpty(name: TextName): number {
  EMPTY[name] ??= numberOf("\n".repeat(endOf(name) - endOf(name - 1)));
  return EMPTY[name];
}

class WasmSketch extends Sketch {
  readonly #scan: WasmScan;
  readonly #index: number;

  constructor(scan: WasmScan, index: number) {
    super();
    this.#scan = scan;
    this.#index = index;
  }

  text(name: TextName): string {
    return this.#scan.textOf(this.#index, name);
  }

  override number(name: TextName): number {
    return this.#scan.numberOf(this.#index, name);
  }

  override size(name: TextName): number {
    return this.#scan.sizeOf(this.#index, name);
  }

  override begins(name: TextName, text: string): boolean {
    return this.#scan.begins(this.#index, name, text);
  }
}
