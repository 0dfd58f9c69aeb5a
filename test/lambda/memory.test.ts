import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { run } from "../support/command.ts";
import { startLocalS3 } from "../support/local-s3.ts";
import { record } from "../support/log-files.ts";
import type { Read } from "../support/reading-driver.ts";
import { first, runs } from "../support/runs.ts";

const local = await startLocalS3();
const folder = mkdtempSync(join(tmpdir(), "trailbell-"));
const driver = join(folder, "driver.mjs");

beforeAll(async () => {
  await build({
    entryPoints: ["test/support/reading-driver.ts"],
    outfile: driver,
    bundle: true,
    minify: true,
    format: "esm",
    platform: "node",
    // What the function's own bundle has too.
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
    logLevel: "error",
  });
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await local.stop();
});

/** Reads an object that is put together of gzip members, in a process of its own. */
async function readElsewhere(parts: readonly Buffer[], isPassing = false): Promise<Read> {
  local.objects.set("k", { parts, etag: '"one"' });
  const request = JSON.stringify({ settings: local.settings, isPassing });
  const { stdout } = await run(process.execPath, [driver, request]);
  return JSON.parse(stdout);
}

const MIB = 2 ** 20;
/** More than the memory that it may take. */
const SIZE = runs(200, 120);

test.each(first(1, [true, false]))(
  `an object of ${SIZE} MB is read in the memory that a chunk takes, passed over: %s`,
  async (isPassing) => {
    const records = Array.from({ length: 1_000 }, (_, i) =>
      JSON.stringify(record({ userAgent: `agent/${i}`, requestParameters: { tags: "t".repeat(i), name: `u${i}` } })),
    );
    const text = records.join(",");
    const member = gzipSync(`${text},`);
    const members = Math.ceil((SIZE * MIB) / text.length);
    const parts = [gzipSync('{"Records":['), ...Array(members).fill(member), gzipSync("{}]}")];
    const { before, peak, ...read } = await readElsewhere(parts, isPassing);
    expect(read).toEqual({ seen: 1_000 * members + 1, candidates: isPassing ? 0 : 1_000 * members + 1 });
    expect(peak).toBeLessThan(150);
    expect(peak - before).toBeLessThan(110);
  },
);

/** Each is a gigabyte. */
const BOMBS = [
  ["records that are empty", "{},"],
  ["spaces", " "],
  ["brackets", "["],
  ["a string", "x"],
] as const;

test.each(first(1, BOMBS))("a bomb of %s is told of, in the memory that a chunk takes", async (what, one) => {
  const head = what === "a string" ? '{"Records":[{"x":"' : '{"Records":[';
  const member = gzipSync(Buffer.alloc(30 * MIB, one), { level: 9 });
  const { fault, peak } = await readElsewhere([gzipSync(head), ...Array(40).fill(member)], true);
  expect(fault).toMatch(/inflates to more than the limit of 1073741824 bytes|more records than the limit of 5000000/);
  expect(peak).toBeLessThan(200);
});
