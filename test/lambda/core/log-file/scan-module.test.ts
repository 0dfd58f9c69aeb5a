import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { promisify } from "node:util";
import { createScanner, sharedScanner } from "../../../../lambda/core/log-file/scan/create-scanner.ts";
import { MODULE } from "../../../../lambda/core/log-file/scan/module.ts";
import { createPlainScanner } from "../../../../lambda/core/log-file/scan/plain-scanner.ts";
import type { Scanner } from "../../../../lambda/core/log-file/scan/scanner.ts";
import { CALL, CALLER } from "../../../../lambda/core/log-file/scan/sketch.ts";
import { createWasmScanner } from "../../../../lambda/core/log-file/scan/wasm-scanner.ts";
import { thoroughTest } from "../../../support/runs.ts";
import { scanned } from "../../../support/scans.ts";

const BUILD = "lambda/core/log-file/scan/assembly/build.mjs";

/** `test`, or a skipped test whose name says why: compiling takes four seconds. */
const ascTest = (name: string, body: () => Promise<void>) =>
  process.env.THOROUGH && existsSync("node_modules/assemblyscript")
    ? test(name, body)
    : test.skip(`${name} (needs assemblyscript; with THOROUGH=1)`, body);

ascTest("the module is what its source compiles to", async () => {
  await promisify(execFile)(process.execPath, [BUILD, "--check"]);
});

test("the module stays small", () => {
  expect(Buffer.from(MODULE, "base64").length).toBeLessThan(12_000);
});

const LIST = Buffer.from('{"eventName":"ListKeys"},[{"a":1}]]');
const FOUND = { because: "closed", elements: [{ start: 0, sketch: { address: "\n" } }, { depth: 2 }] };

/** What a scan of LIST finds, as plain data. */
const foundBy = (scanner: Scanner): unknown => JSON.parse(JSON.stringify(scanned(scanner, LIST)));

/** A scanner whose name tells where it comes from. */
const counting = (create: () => Scanner) => {
  let scans = 0;
  const made = createScanner(() => {
    const scanner = create();
    return {
      ...scanner,
      scan: (...args) => {
        scans++;
        return scanner.scan(...args);
      },
    };
  });
  const before = scans;
  expect(foundBy(made)).toMatchObject(FOUND);
  return { before, after: scans - before };
};

test("the scanner in WebAssembly is used once it has shown what it finds", () => {
  expect(counting(() => createWasmScanner())).toEqual({ before: 1, after: 1 });
  // What it is to find is what the reference finds.
  expect(counting(createPlainScanner)).toEqual({ before: 1, after: 1 });
});

test.each<readonly [string, (fast: Scanner) => Partial<Scanner>]>([
  ["misses an element", (fast) => ({ scan: (...args) => ({ ...fast.scan(...args), count: 1 }) })],
  ["has an element end too late", (fast) => ({ endOf: (index) => fast.endOf(index) + 1 })],
  ["has no sketches", () => ({ sketchOf: () => undefined })],
  [
    "fails",
    () => ({
      depthOf: () => {
        throw new Error("unreachable");
      },
    }),
  ],
])("one that %s is left alone", (_, wrong) => {
  const fast = createWasmScanner();
  expect(counting(() => ({ ...fast, ...wrong(fast) }))).toEqual({ before: 1, after: 0 });
});

test("where there is no WebAssembly the plain scanner does it", () => {
  const { WebAssembly } = globalThis as { WebAssembly?: unknown };
  try {
    Reflect.deleteProperty(globalThis, "WebAssembly");
    expect(() => createWasmScanner()).toThrow();
    expect(foundBy(createScanner())).toMatchObject(FOUND);
  } finally {
    Object.assign(globalThis, { WebAssembly });
  }
  expect(() => createWasmScanner()).not.toThrow();
});

test("texts that have the same hash are told apart", () => {
  const scanner = createWasmScanner(new Uint8Array(16));
  const texts = Array.from({ length: 300 }, (_, i) => JSON.stringify({ eventName: `e${i % 200}`, awsRegion: `r${i}` }));
  const { elements } = scanned(scanner, Buffer.from(`${texts.join(",")}]`));
  expect(elements.map(({ sketch }) => [sketch?.text(CALL).trim(), sketch?.text(CALLER).trim()])).toEqual(
    texts.map((_, i) => [`"e${i % 200}"`, `"r${i}"`]),
  );
  expect(elements[250]?.sketch?.number(CALL)).toBe(elements[50]?.sketch?.number(CALL));
});

test("all share one scanner", () => {
  expect(sharedScanner()).toBe(sharedScanner());
});

thoroughTest("a scanner takes what memory its bytes need, and no more for having scanned more often", () => {
  const scanner = createScanner();
  const megabyte = Buffer.from(`"${"x".repeat(2 ** 20)}"`);
  const records = Buffer.from(`${Array.from({ length: 4_000 }, (_, i) => `{"eventName":"e${i}"}`).join()}]`);
  const before = process.memoryUsage.rss();
  for (let i = 0; i < 500; i++) {
    expect(scanner.scan(megabyte, 0, megabyte.length, true)).toMatchObject({ count: 1, because: "more" });
    expect(scanner.scan(records, 0, records.length, true)).toMatchObject({ count: 4_000, because: "closed" });
  }
  expect(process.memoryUsage.rss() - before).toBeLessThan(32 * 2 ** 20);
});
