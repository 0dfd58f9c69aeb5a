import { createPlainScanner } from "./plain-scanner.ts";
import type { Scanned, Scanner } from "./scanner.ts";
import { createWasmScanner } from "./wasm-scanner.ts";

let shared: Scanner | undefined;

/** The fastest scanner that runs here, one for all: whoever scans takes what was found before anybody else's turn. */
export function sharedScanner(): Scanner {
  shared ??= createScanner();
  return shared;
}

/** The scanner in WebAssembly, or the plain one where that is not to be had or does not work. */
export function createScanner(create: () => Scanner = () => createWasmScanner()): Scanner {
  const plain = createPlainScanner();
  try {
    const fast = create();
    return isSame(trialOf(fast), trialOf(plain)) ? fast : plain;
  } catch {
    return plain;
  }
}

/** A bit of everything: two records, escapes, spaces, and an end that is broken. */
const TRIAL = Buffer.from(`[
  {"eventVersion":"1.11","userIdentity":{"type":"AssumedRole","sessionContext":{"attributes":{"mfaAuthenticated":"false"}},
  "arn":"arn:aws:sts::111122223333:assumed-role/\\"\\u00e9\\\\/x"},"eventTime":"2026-11-20T21:25:09Z","eventName":"ListKeys",
  "requestParameters":{"document":"{\\"Version\\":\\"2012-10-17\\"}","n":[-1.5e+3,0,true]},"responseElements":null},
  {"event\\u004eame":[]}, "é", {"n":01}]`);

function trialOf(scanner: Scanner): readonly unknown[] {
  const scanned: Scanned = scanner.scan(TRIAL, 1, TRIAL.length, true);
  const elements = Array.from({ length: scanned.count }, (_, i) => {
    return [scanner.startOf(i), scanner.endOf(i), scanner.depthOf(i), scanner.sketchOf(i)];
  });
  return [scanned, elements];
}

function isSame(some: unknown, others: unknown): boolean {
  return JSON.stringify(some) === JSON.stringify(others);
}
