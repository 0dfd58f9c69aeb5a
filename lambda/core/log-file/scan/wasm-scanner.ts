import { FIELD_TREE } from "./field-tree.ts";
import { MODULE } from "./module.ts";
import { ROOM, type Scanned, type Scanner } from "./scanner.ts";
import type { Sketch } from "./sketch.ts";
import { tablesOf } from "./tables.ts";

// Where things stand in the module's memory, as assembly/memory.ts has it.
const ANSWER = 1024;
const TABLES = 2048;
const ELEMENTS = 65_536;
const ELEMENT_WORDS = 8;
const INPUT = ELEMENTS + 4 * ELEMENT_WORDS * ROOM;
const SPACES = 64;
const PAGE = 65_536;

const BECAUSE = ["more", "full", "closed", "broken"] as const;

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  scan(end: number, isFirst: number, levels: number, texts: number): void;
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
  #textsAt = 0;
  #texts: string | undefined;
  #textsEnd = 0;

  constructor(exports: Exports) {
    this.#exports = exports;
    this.#makeRoom(INPUT);
    this.#bytes.set(tablesOf(FIELD_TREE), TABLES);
  }

  run(bytes: Uint8Array, start: number, end: number, isFirst: boolean): Scanned {
    const stop = INPUT + end - start;
    const levels = stop + SPACES;
    this.#textsAt = levels + (end - start);
    // Each text is at most as long as its element, with a newline behind each field.
    this.#makeRoom(this.#textsAt + (end - start) + ROOM * (FIELD_TREE.slots + 1));
    this.#bytes.set(bytes.subarray(start, end), INPUT);
    this.#bytes.fill(0x20, stop, levels);
    this.#exports.scan(stop, isFirst ? 1 : 0, levels, this.#textsAt);
    this.#offset = start - INPUT;
    this.#texts = undefined;
    const [count = 0, next = 0, because = 0, textsEnd = 0] = this.#words.subarray(ANSWER / 4, ANSWER / 4 + 4);
    this.#textsEnd = textsEnd;
    return { count, next: next + this.#offset, because: BECAUSE[because] ?? "broken" };
  }

  #makeRoom(size: number): void {
    const { memory } = this.#exports;
    const missing = size - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
    if (this.#bytes.buffer === memory.buffer) return;
    this.#bytes = Buffer.from(memory.buffer);
    this.#words = new Int32Array(memory.buffer);
  }

  wordOf(index: number, word: number): number {
    return this.#words[ELEMENTS / 4 + ELEMENT_WORDS * index + word] as number;
  }

  placeOf(index: number, word: number): number {
    return this.wordOf(index, word) + this.#offset;
  }

  sketchOf(index: number): Sketch | undefined {
    const start = this.wordOf(index, 3);
    if (start === 0) return undefined;
    // One string of all, for each that is made from bytes costs as much as cutting many out of it.
    this.#texts ??= this.#bytes.toString("latin1", this.#textsAt, this.#textsEnd);
    const call = this.wordOf(index, 4);
    const caller = this.wordOf(index, 5);
    const session = this.wordOf(index, 6);
    return {
      call: this.#text(start, call),
      caller: this.#text(call, caller),
      credential: "",
      agent: "",
      session: this.#text(caller, session),
      address: this.#text(session, this.wordOf(index, 7)),
    };
  }

  #text(from: number, to: number): string {
    return (this.#texts as string).slice(from - this.#textsAt, to - this.#textsAt);
  }
}
