import { createPlainScanner } from "../../lambda/core/log-file/scan/plain-scanner.ts";
import type { Scanned, Scanner } from "../../lambda/core/log-file/scan/scanner.ts";
import type { Sketch } from "../../lambda/core/log-file/scan/sketch.ts";
import { createWasmScanner } from "../../lambda/core/log-file/scan/wasm-scanner.ts";
import { KeptSketch } from "./sketch.ts";

export const PLAIN = createPlainScanner();
export const WASM = createWasmScanner();
export const SCANNERS: readonly (readonly [string, Scanner])[] = [
  ["plain", PLAIN],
  ["WebAssembly", WASM],
];

export interface FoundElement {
  readonly start: number;
  readonly end: number;
  readonly depth: number;
  readonly sketch: Sketch | undefined;
}

export interface Found extends Scanned {
  readonly elements: readonly FoundElement[];
}

/** What one scan finds. */
export function scanned(
  scanner: Scanner,
  bytes: Uint8Array,
  { start = 0, end = bytes.length, isFirst = true }: { start?: number; end?: number; isFirst?: boolean } = {},
): Found {
  const answer = scanner.scan(bytes, start, end, isFirst);
  const elements = Array.from({ length: answer.count }, (_, i) => ({
    start: scanner.startOf(i),
    end: scanner.endOf(i),
    depth: scanner.depthOf(i),
    sketch: keptOf(scanner.sketchOf(i)),
  }));
  return { ...answer, elements };
}

/** What the scans of bytes that come in pieces find; each piece ends at a cut. */
export function scannedInPieces(scanner: Scanner, bytes: Uint8Array, start: number, cuts: readonly number[]): Found {
  const elements: FoundElement[] = [];
  let next = start;
  let because: Scanned["because"] = "more";
  for (const end of [...cuts].sort((a, b) => a - b).concat(bytes.length)) {
    do {
      const found = scanned(scanner, bytes, { start: next, end: Math.max(next, end), isFirst: elements.length === 0 });
      elements.push(...found.elements);
      ({ next, because } = found);
    } while (because === "full");
    if (because !== "more") break;
  }
  return { count: elements.length, next, because, elements };
}

/** What both scanners find, which must be the same. */
export function scannedByBoth(
  bytes: Uint8Array,
  from: { start?: number; end?: number; isFirst?: boolean } = {},
): Found {
  const plain = scanned(PLAIN, bytes, from);
  mustBeSame(scanned(WASM, bytes, from), plain, bytes);
  return plain;
}

/** `expect` would take most of the time of a fuzz. */
export function mustBeSame(some: unknown, others: unknown, bytes: Uint8Array): void {
  if (JSON.stringify(some) === JSON.stringify(others)) return;
  expect({ text: Buffer.from(bytes).toString(), found: some }).toEqual({
    text: Buffer.from(bytes).toString(),
    found: others,
  });
}

function keptOf(sketch: Sketch | undefined): Sketch | undefined {
  return sketch && new KeptSketch(sketch);
}
