import { createPlainScanner } from "./plain-scanner.ts";
import type { Scanner } from "./scanner.ts";
import { createWasmScanner } from "./wasm-scanner.ts";

let shared: Scanner | undefined;

/** The fastest scanner that runs here, one for all: whoever scans takes what was found before anybody else's turn. */
export function sharedScanner(): Scanner {
  shared ??= createScanner();
  return shared;
}

/** The scanner in WebAssembly, or the plain one where that is not to be had or does not work. */
export function createScanner(create: () => Scanner = () => createWasmScanner()): Scanner {
  try {
    const scanner = create();
    return isRight(scanner) ? scanner : createPlainScanner();
  } catch {
    return createPlainScanner();
  }
}

/** A bit of everything: two records, escapes, spaces, and an end that is broken. */
const TRIAL = Buffer.from(`[
  {"eventVersion":"1.11","userIdentity":{"type":"AssumedRole","sessionContext":{"attributes":{"mfaAuthenticated":"false"}},
  "arn":"arn:aws:sts::111122223333:assumed-role/\\"\\u00e9\\\\/x"},"eventTime":"2026-11-20T21:25:09Z","eventName":"ListKeys",
  "requestParameters":{"document":"{\\"Version\\":\\"2012-10-17\\"}","n":[-1.5e+3,0,true]},"responseElements":null},
  {"event\\u004eame":[]}, "é", {"n":01}]`);

const EXPECTED = [
  { count: 3, next: 390, because: "broken" },
  [
    [4, 359, 4],
    [363, 384, 2],
    [386, 390, 0],
  ],
  [
    {
      call: '\n"ListKeys"\n\n\n\n\n\n\nn\n\n\n',
      caller: '"AssumedRole"\n\n\n\n\n\n\n"false"\n\n\n\n\n\n\n"2026-11-20\n',
      address: "\n",
      credential: "\n",
      session: '"arn:aws:sts::111122223333:assumed-role/\\"\\u00e9\\\\/x"\n\n\n\n',
      agent: "\n",
    },
    null,
    null,
  ],
];

/** The answer is written down, for to run the plain scanner too would double the time of the first log file. */
function isRight(scanner: Scanner): boolean {
  const { count, next, because } = scanner.scan(TRIAL, 1, TRIAL.length, true);
  const each = Array.from({ length: count }, (_, i) => i);
  const places = each.map((i) => [scanner.startOf(i), scanner.endOf(i), scanner.depthOf(i)]);
  const sketches = each.map((i) => scanner.sketchOf(i));
  return JSON.stringify([{ count, next, because }, places, sketches]) === JSON.stringify(EXPECTED);
}
