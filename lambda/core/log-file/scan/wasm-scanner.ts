import { FIELD_TREE } from "./field-tree.ts";
import { SPACE } from "./grammar.ts";
import { MODULE } from "./module.ts";
import { ROOM, type Scanned, type Scanner } from "./scanner.ts";
import { type Sketch, sketchFrom } from "./sketch.ts";
import { tablesOf } from "./tables.ts";

// Where things stand in the module's memory, as assembly/memory.ts has it.
const ANSWER = 1024 / 4;
const TABLES = 2048;
const ELEMENTS = 65_536 / 4;
const ELEMENT_WORDS = 4;
const NUMBERED = ELEMENTS + ELEMENT_WORDS * ROOM + 32_768;
const MOST_TEXTS = 16_384;
const TEXTS_SIZE = 2 ** 21;
const INPUT = 4 * (NUMBERED + MOST_TEXTS) + TEXTS_SIZE;
const SPACES = 64;
const PAGE = 65_536;

const BECAUSE = ["more", "full", "closed", "broken"] as const;

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  scan(end: number, isFirst: number, levels: number): void;
}

/** What is used of WebAssembly, which the types of Node.js do not know. */
interface Wasm {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object) => { readonly exports: Exports };
}

/** The scanner in WebAssembly. @throws if there is none here, or none with SIMD */
export function createWasmScanner(): Scanner {
  const { WebAssembly } = globalThis as unknown as { readonly WebAssembly: Wasm };
  const module = new WebAssembly.Module(Buffer.from(MODULE, "base64"));
  const scan = new WasmScan(new WebAssembly.Instance(module).exports);
  return {
    scan: (bytes, start, end, isFirst) => scan.run(bytes, start, end, isFirst),
    startOf: (index) => scan.placeOf(index, 0),
    endOf: (index) => scan.placeOf(index, 1),
    depthOf: (index) => scan.wordOf(index, 2),
    sketchOf: (index) => scan.sketchOf(index),
  };
}

class WasmScan {
  readonly #exports: Exports;
  #bytes = Buffer.alloc(0);
  #words = new Int32Array();
  /** What to add to a place in the module's memory for one in the bytes. */
  #offset = 0;
  /** How often the module has forgotten its texts. */
  #timesForgotten = 0;
  /** The texts and the sketches by their numbers. */
  #texts: (string | undefined)[] = [];
  #sketches: (Sketch | undefined)[] = [];

  constructor(exports: Exports) {
    this.#exports = exports;
    this.#makeRoom(INPUT);
    this.#bytes.set(tablesOf(FIELD_TREE), TABLES);
  }

  run(bytes: Uint8Array, start: number, end: number, isFirst: boolean): Scanned {
    const stop = INPUT + end - start;
    const levels = stop + SPACES;
    this.#makeRoom(levels + end - start + SPACES);
    this.#bytes.set(bytes.subarray(start, end), INPUT);
    this.#bytes.fill(SPACE, stop, levels);
    this.#exports.scan(stop, isFirst ? 1 : 0, levels);
    this.#offset = start - INPUT;
    const [count = 0, next = 0, because = 0, timesForgotten = 0] = this.#words.subarray(ANSWER, ANSWER + 4);
    if (timesForgotten !== this.#timesForgotten) {
      this.#timesForgotten = timesForgotten;
      this.#texts = [];
      this.#sketches = [];
    }
    return { count, next: next + this.#offset, because: BECAUSE[because] ?? "broken" };
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
    return this.#words[ELEMENTS + ELEMENT_WORDS * index + word] as number;
  }

  placeOf(index: number, word: number): number {
    return this.wordOf(index, word) + this.#offset;
  }

  sketchOf(index: number): Sketch | undefined {
    const number = this.wordOf(index, 3);
    if (number === 0) return undefined;
    this.#sketches[number] ??= this.#sketch(number);
    return this.#sketches[number];
  }

  #sketch(number: number): Sketch {
    const at = this.#text(number) / 4;
    const text = (index: number) => this.#textOf(this.#words[at + 4 + index] as number);
    return sketchFrom(text);
  }

  #textOf(number: number): string {
    const at = this.#text(number);
    this.#texts[number] ??= this.#bytes.toString("latin1", at + 16, at + 16 + (this.#words[at / 4 + 1] as number));
    return this.#texts[number];
  }

  /** Where a text is kept: its size is the second word, and its bytes come after the fourth. */
  #text(number: number): number {
    return this.#words[NUMBERED + number] as number;
  }
}
