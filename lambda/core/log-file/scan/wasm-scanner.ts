import { randomBytes } from "node:crypto";
import { FIELD_TREE } from "./field-tree.ts";
import { SPACE } from "./grammar.ts";
import { MODULE } from "./module.ts";
import type { Scanned, Scanner } from "./scanner.ts";
import { type Sketch, sketchFrom } from "./sketch.ts";
import { tablesOf } from "./tables.ts";

/** An element in words: its begin, its end, its depth, and the number of its sketch. */
const ELEMENT_WORDS = 4;
/** Behind the bytes that are scanned. */
const SPACES = 64;
const PAGE = 65_536;

const PLACES = ["ANSWER", "ELEMENTS", "INPUT", "NUMBERED", "TABLES"] as const;

const BECAUSE = ["more", "full", "closed", "broken"] as const;

/** What the module exports; the places in its memory, which assembly/memory.ts explains, are in bytes. */
interface Exports extends Readonly<Record<(typeof PLACES)[number], { readonly value: number }>> {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  scan(end: number, isFirst: number, levels: number): void;
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
  readonly #numbered: number;
  #bytes = Buffer.alloc(0);
  #words = new Int32Array();
  /** What to add to a place in the module's memory for one in the bytes. */
  #offset = 0;
  /** How often the module has forgotten its texts. */
  #timesForgotten = 0;
  /** The texts and the sketches by their numbers. */
  #texts: (string | undefined)[] = [];
  #sketches: (Sketch | undefined)[] = [];

  constructor(exports: Exports, secrets: Uint8Array) {
    this.#exports = exports;
    this.#input = exports.INPUT.value;
    this.#answer = exports.ANSWER.value / 4;
    this.#elements = exports.ELEMENTS.value / 4;
    this.#numbered = exports.NUMBERED.value / 4;
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
    const [count = 0, next = 0, because = 0, timesForgotten = 0] = this.#words.subarray(this.#answer, this.#answer + 4);
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
    return this.#words[this.#elements + ELEMENT_WORDS * index + word] as number;
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
    return this.#words[this.#numbered + number] as number;
  }
}
