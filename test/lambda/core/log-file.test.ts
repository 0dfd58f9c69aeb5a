import { gunzipSync, gzipSync } from "node:zlib";
import type { Content } from "../../../lambda/core/log-file/content.ts";
import { DEFAULT_LIMITS, DESK_LIMITS } from "../../../lambda/core/log-file/limits.ts";
import { readLogFile } from "../../../lambda/core/log-file/reader.ts";
import { CALL } from "../../../lambda/core/log-file/scan/sketch.ts";
import type { Sieve } from "../../../lambda/core/log-file/sieve.ts";
import { conformanceFile, conformanceFolder, conformanceTest } from "../../support/conformance.ts";
import { first, runs, thoroughTest } from "../../support/runs.ts";

const OBJECT = { bucket: "trail", key: "k" };

async function readContent(content: Content, limits = DEFAULT_LIMITS, sieve?: Sieve) {
  const names: unknown[] = [];
  let seen = 0;
  let malformed = 0;
  try {
    for await (const slice of readLogFile(OBJECT, content, sieve, limits)) {
      seen += slice.seen;
      malformed += slice.malformed;
      names.push(...slice.candidates.map(({ record }) => record.n));
    }
    return { seen, malformed, names, fault: undefined };
  } catch (error) {
    return { seen, malformed, names, fault: (error as Error).message };
  }
}

const read = (body: string | Buffer, limits = DEFAULT_LIMITS) => readContent(Buffer.from(body), limits);

/** The same bytes in chunks of these sizes, in turn; each time from the start. */
function cut(body: Buffer, ...sizes: readonly number[]): AsyncIterable<Buffer> {
  return {
    async *[Symbol.asyncIterator]() {
      for (let at = 0, turn = 0; at < body.length; turn++) {
        const size = sizes[turn % sizes.length] ?? 1;
        yield body.subarray(at, at + size);
        at += size;
      }
    },
  };
}

/** Chunks that come only once, like those of a socket. */
async function* onlyOnce(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield* chunks;
}

test.each([
  ["plain", '{"Records":[{"n":1},{"n":2}]}'],
  ["with spaces anywhere", ' {\r\n "Records" :\t[ {"n":1} ,\n{"n":2} ] } '],
  ["with other keys around it", '{"a":{"Records":[{"n":9}]},"Records":[{"n":1},{"n":2}],"b":[1,"]",null]}'],
  ["with its key in escapes", '{"\\u0052ecords":[{"n":1},{"n":2}]}'],
  ["with brackets, quotes and backslashes in strings", '{"Records":[{"x":"]}\\"{[\\\\","n":1},{"y":"\\\\\\"","n":2}]}'],
  ["with letters of several bytes", '{"Records":[{"x":"Zürich 日本 \u{1f600}","n":1},{"é":"\u2028","n":2}]}'],
  ["with a byte order mark", '\ufeff{"Records":[{"n":1},{"n":2}]}'],
])("records are found %s, wherever chunks begin and end", async (_, text) => {
  const found = { seen: 2, malformed: 0, names: [1, 2], fault: undefined };
  expect(await read(text)).toEqual(found);
  const body = Buffer.from(text);
  for (let at = 1; at < body.length; at++) {
    expect(await readContent(cut(body, at, body.length))).toEqual(found);
    expect(await readContent(onlyOnce(cut(body, at, 1, 2)))).toEqual(found);
  }
  const gzip = gzipSync(text);
  expect(await read(gzip)).toEqual(found);
  for (const size of [1, 2, 3, 7, 20]) expect(await readContent(cut(gzip, size))).toEqual(found);
});

test("elements that are no objects are counted, whatever they are", async () => {
  const text = '{"Records":[1,-2.5e3,"x",null,true,[],[{"n":9}],{"n":1}]}';
  expect(await read(text)).toEqual({ seen: 8, malformed: 7, names: [1], fault: undefined });
  expect(await readContent(cut(Buffer.from(text), 1))).toEqual(await read(text));
});

test.each([
  ["cut off", '{"Records":[{"n":1},{"n":2', "the JSON is broken"],
  ["cut off behind a comma", '{"Records":[{"n":1},', "the JSON is broken"],
  ["cut off behind its list", '{"Records":[{"n":1}]', "the JSON is broken"],
  ["with a comma too many", '{"Records":[{"n":1},]}', "the JSON is broken"],
  ["with a comma missing", '{"Records":[{"n":1}{"n":2}]}', "the JSON is broken"],
  ["with the wrong bracket", '{"Records":[{"n":1}}}', "the JSON is broken"],
  ["with something behind it", '{"Records":[{"n":1}]}x', "the JSON is broken"],
  ["with a broken value beside it", '{"a":tru,"Records":[{"n":1}]}', "the JSON is broken"],
  ["with a broken value behind it", '{"Records":[{"n":1}],"a":[1,]}', "the JSON is broken"],
  ["with a comma too many behind it", '{"Records":[{"n":1}],}', "the JSON is broken"],
  ["with Records twice", '{"Records":[{"n":1}],"Records":[]}', "the JSON has Records twice"],
])("a file %s yields what was found, then fails", async (_, text, fault) => {
  const found = { seen: 1, malformed: 0, names: [1], fault: `s3://trail/k: ${fault}` };
  expect(await read(text)).toEqual(found);
  expect(await readContent(cut(Buffer.from(text), 1))).toEqual(found);
  expect(await read(gzipSync(text))).toEqual(found);
});

test.each<readonly [string, Buffer, string]>([
  ["nothing", Buffer.alloc(0), "the file is empty"],
  ["a gzip of nothing", gzipSync(""), "the file is empty"],
  ["one zero", Buffer.from([0]), "neither gzip nor JSON"],
  ["zeros", Buffer.alloc(5000), "neither gzip nor JSON"],
  ["spaces", Buffer.from("  "), "neither gzip nor JSON"],
  ["UTF-16", Buffer.from('\ufeff{"Records":[]}', "utf16le"), "the text is in UTF-16; log files are in UTF-8"],
  ["UTF-16 without a mark", Buffer.from('{"Records":[]}', "utf16le"), "the text is in UTF-16; log files are in UTF-8"],
  [
    "UTF-16, the other way round",
    Buffer.from('\ufeff{"Records":[]}', "utf16le").swap16(),
    "the text is in UTF-16; log files are in UTF-8",
  ],
  ["an empty object", Buffer.from("{}"), "the JSON has no Records; this is no log file"],
  ["a list", Buffer.from("[]"), "the JSON has no Records; this is no log file"],
  ["a file of three gzips", gzipSync(gzipSync(gzipSync('{"Records":[]}'))), "gzip within gzip within gzip"],
])("%s is no log file, and it is said why", async (_, body, fault) => {
  const found = { seen: 0, malformed: 0, names: [], fault: `s3://trail/k: ${fault}` };
  expect(await read(body)).toEqual(found);
  expect(await readContent(onlyOnce(cut(body, 1)))).toEqual(found);
});

test("a record that cannot be read hides none behind it", async () => {
  const deep = `${"[".repeat(600)}${"]".repeat(600)}`;
  for (const bad of [`{"x":${deep}}`, `{"x":"${"y".repeat(2000)}"}`, '{"x":tru}', "{'x':1}"]) {
    const limits = { ...DEFAULT_LIMITS, record: 1500 };
    const body = Buffer.from(`{"Records":[{"n":1},${bad},{"n":2}]}`);
    const found = await readContent(body, limits);
    expect(found).toMatchObject({ seen: 3, malformed: 1, names: [1, 2] });
    expect(found.fault).toMatch(
      /^s3:\/\/trail\/k: (?:the record at byte 20 is (?:nested deeper|larger)|the JSON is broken)/,
    );
    for (const size of [1, 700]) expect(await readContent(cut(body, size), limits)).toEqual(found);
  }
});

thoroughTest("records around the limit and larger than any chunk are read, or told of by their place", async () => {
  const sized = (n: number, size: number) => `{"n":${n},"x":"${'\\\\\\"]}'.repeat((size - 40) / 6)}"}`.padEnd(size);
  const MIB = 2 ** 20;
  const body = Buffer.from(
    `{"Records":[${[sized(1, 300_000), sized(2, MIB - 10), sized(3, 3 * MIB), sized(4, 90)].join(" , ")}]}`,
  );
  const place = body.indexOf('{"n":3');
  const found = {
    seen: 4,
    malformed: 1,
    names: [1, 2, 4],
    fault: `s3://trail/k: the record at byte ${place} is larger than the limit of 1048576 bytes`,
  };
  expect(await readContent(body)).toEqual(found);
  expect(await readContent(cut(body, 1_000, 65_536, 3))).toEqual(found);
  expect(await readContent(cut(gzipSync(body), 1_000))).toEqual(found);
  // Large ones are passed over like others.
  const passing = { passesOver: () => true };
  expect(await readContent(cut(body, 65_536), DEFAULT_LIMITS, passing)).toEqual({ ...found, names: [] });
});

test("a value beside Records may have any size; one that is larger than a record fails the file in the end", async () => {
  const body = (size: number) =>
    Buffer.from(`{"a":"${"x".repeat(size)}","Records":[{"n":1}],"b":[${"1,".repeat(size)}1]}`);
  expect(await read(body(100_000))).toEqual({ seen: 1, malformed: 0, names: [1], fault: undefined });
  const found = {
    seen: 1,
    malformed: 0,
    names: [1],
    fault: "s3://trail/k: the value at byte 5 is larger than the limit of 1048576 bytes",
  };
  expect(await read(body(3_000_000))).toEqual(found);
  expect(await readContent(cut(body(3_000_000), 5_000))).toEqual(found);
});

thoroughTest("spaces may be of any length", async () => {
  const space = " ".repeat(3_000_000);
  const body = Buffer.from(
    `${space}{${space}"Records":[${space}{"n":1}${space},${space}{"n":2}${space}]${space}}${space}`,
  );
  const found = { seen: 2, malformed: 0, names: [1, 2], fault: undefined };
  expect(await read(body)).toEqual({ ...found, seen: 2 });
  expect(await readContent(cut(body, 100_001))).toEqual(found);
});

test("there is a limit of bytes and one of records; a desk has neither", async () => {
  const records = Array.from({ length: 500 }, (_, n) => ({ n }));
  const text = JSON.stringify({ Records: records });
  for (const content of [Buffer.from(text), gzipSync(text), cut(Buffer.from(text), 100), cut(gzipSync(text), 100)]) {
    const { names, fault } = await readContent(content, { ...DEFAULT_LIMITS, inflated: 3_000 });
    expect(names.length).toBeGreaterThan(200);
    expect(fault).toMatch(/^s3:\/\/trail\/k: (?:inflates to more|larger) than the limit of 3000 bytes$/);
    const few = await readContent(content, { ...DEFAULT_LIMITS, records: 100 });
    expect(few.fault).toBe("s3://trail/k: more records than the limit of 100");
    expect(few.names.length).toBeGreaterThan(100);
    expect((await readContent(content, DESK_LIMITS)).names).toHaveLength(500);
  }
});

thoroughTest("a file that is broken everywhere is given up, and what it is said to be is short", async () => {
  const { seen, fault } = await read(`{"Records":[${"tru,".repeat(200_000)}1]}`);
  expect(seen).toBe(10_001);
  expect(fault).toBe("s3://trail/k: the JSON is broken");
});

test("a small file that would take gigabytes once parsed is read within its own size", async () => {
  const before = process.memoryUsage.rss();
  const mebibytes = runs(60, 20);
  const nested = gzipSync(Buffer.alloc(mebibytes * 2 ** 20, "["));
  expect((await read(nested)).fault).toBe("s3://trail/k: the JSON has no Records; this is no log file");
  const inRecords = gzipSync(Buffer.concat([Buffer.from('{"Records":['), Buffer.alloc(mebibytes * 2 ** 20, "[")]));
  expect((await read(inRecords)).fault).toBe("s3://trail/k: the JSON is broken");
  expect(process.memoryUsage.rss() - before).toBeLessThan(runs(400, 250) * 2 ** 20);
});

test("no text of a record comes into an error", async () => {
  const { fault } = await read('{"Records":[{"eventSource":"aws:\\nFORGED","secret":hush}]}');
  expect(fault).toBe("s3://trail/k: the JSON is broken");
});

test("what the sieve passes over is counted and not delivered; what it cannot judge is", async () => {
  const text = JSON.stringify({
    Records: [
      { n: 1, eventName: "A" },
      { n: 2, eventName: "B" },
      { n: 3, eventName: ["A"] },
      7,
      { n: 4, eventName: "A", eventSource: "x" },
    ],
  });
  const asked: string[] = [];
  const sieve: Sieve = {
    passesOver(sketch) {
      asked.push(sketch.text(CALL));
      return sketch.text(CALL).includes('"A"');
    },
  };
  expect(await readContent(Buffer.from(text), DEFAULT_LIMITS, sieve)).toEqual({
    seen: 5,
    malformed: 1,
    names: [2, 3],
    fault: undefined,
  });
  expect(asked).toHaveLength(3);
  const slices = readLogFile(OBJECT, Buffer.from(text), {
    passesOver: () => false,
    meet: ({ n }, sketch) => `${n} ${sketch.text(CALL).split("\n")[1]}`,
  });
  const { value } = await slices.next();
  expect(value?.candidates.map(({ alike }) => alike)).toEqual(['1 "A"', '2 "B"', undefined, '4 "A"']);
});

test("another service's event is refused, though the sieve would pass over it", async () => {
  const text = '{"Records":[{"eventSource":"aws:sqs"}]}';
  const { fault } = await readContent(Buffer.from(text), DEFAULT_LIMITS, { passesOver: () => true });
  expect(fault).toBe("s3://trail/k: Records are an event of aws:sqs, not log records");
});

test("slices are small, so that few parsed records are in memory, and come before more is waited for", async () => {
  const large = "x".repeat(400_000);
  const records = [...Array(1_000).fill({}), ...Array(20).fill({ large })];
  for await (const { candidates } of readLogFile(OBJECT, Buffer.from(JSON.stringify({ Records: records })))) {
    const large = candidates.filter(({ record }) => record.large !== undefined).length;
    expect(large).toBeLessThanOrEqual(3);
  }
  let isAskedForMore = false;
  async function* stuck() {
    yield Buffer.from('{"Records":[{"n":1},{"n":2},{"n":');
    yield Buffer.alloc(2 ** 16, " ");
    isAskedForMore = true;
    yield Buffer.from("3}]}");
  }
  const slices = readLogFile(OBJECT, stuck());
  expect((await slices.next()).value).toMatchObject({ seen: 2 });
  expect(isAskedForMore).toBe(false);
  await slices.return();
});

test("two files that are read side by side do not disturb each other", async () => {
  const file = (from: number) => {
    const Records = Array.from({ length: 400 }, (_, i) => ({ n: from + i, eventName: `E${from + i}` }));
    return Buffer.from(JSON.stringify({ Records }));
  };
  const sieve: Sieve = { passesOver: (sketch) => !sketch.text(CALL).includes("5") };
  const names = (from: number) => Array.from({ length: 400 }, (_, i) => from + i).filter((n) => `${n}`.includes("5"));
  const [one, other] = await Promise.all([
    readContent(cut(file(0), 300), DEFAULT_LIMITS, sieve),
    readContent(cut(file(1_000), 200), DEFAULT_LIMITS, sieve),
  ]);
  expect(one).toEqual({ seen: 400, malformed: 0, names: names(0), fault: undefined });
  expect(other).toEqual({ seen: 400, malformed: 0, names: names(1_000), fault: undefined });
});

test("what the content throws is thrown, after what came before", async () => {
  async function* broken() {
    yield Buffer.from('{"Records":[{"n":1},{"n":2},');
    throw new Error("the network is gone");
  }
  expect(await readContent(broken())).toEqual({ seen: 2, malformed: 0, names: [1, 2], fault: "the network is gone" });
});

conformanceTest(
  "of real and odd files as many elements are seen as JSON.parse counts, in chunks of any size",
  async () => {
    for (const folder of ["invictus", "stratus", "odd"]) {
      for (const name of conformanceFolder(folder).filter((name) => /\.json(?:\.gz)?$/.test(name))) {
        const file = conformanceFile(folder, name);
        const text = name.endsWith(".gz") ? gunzipSync(file) : file;
        const parsed = JSON.parse(text.toString());
        const records = Array.isArray(parsed) ? parsed : parsed.Records;
        if (records === undefined) continue;
        const whole = Array.isArray(parsed) ? Buffer.from(`{"Records":${text}}`) : file;
        for (const content of [whole, cut(whole, 997), cut(gzipSync(whole), 331)]) {
          let seen = 0;
          const delivered: unknown[] = [];
          const reading = async () => {
            for await (const slice of readLogFile(OBJECT, content)) {
              seen += slice.seen;
              delivered.push(...slice.candidates.map(({ record }) => record));
            }
          };
          const isOther = records.some(({ eventSource }: { eventSource?: string }) => eventSource?.startsWith("aws:"));
          if (isOther) {
            await expect(reading()).rejects.toThrow(/Records are an event of aws:/);
            continue;
          }
          await reading();
          expect({ name, seen }).toEqual({ name, seen: records.length });
          expect(delivered).toEqual(records);
        }
      }
    }
  },
);

const canGiveBack = "transfer" in ArrayBuffer.prototype;
const where = canGiveBack ? "" : " (skipped: this version of node cannot)";
(canGiveBack ? test : test.skip)(`a large file's chunks give their memory back as they are read${where}`, async () => {
  const record = JSON.stringify({ eventName: "A", x: "y".repeat(1_000) });
  const content = gzipSync(`{"Records":[${Array.from({ length: 40_000 }, () => record).join()}]}`);
  const before = process.memoryUsage().arrayBuffers;
  let most = 0;
  let seen = 0;
  const sieve: Sieve = {
    passesOver: () => {
      if (seen++ % 1_000 === 0) most = Math.max(most, process.memoryUsage().arrayBuffers - before);
      return true;
    },
  };
  expect((await readContent(cut(content, 65_536), DEFAULT_LIMITS, sieve)).seen).toBe(40_000);
  // Of 40 MB; a garbage collector comes too late for that.
  expect(most).toBeLessThan(10 * 2 ** 20);
});

test.each(
  first(1, [
    ["streamed", (bytes: Buffer) => cut(bytes, 65_536)],
    ["whole", (bytes: Buffer) => bytes],
  ]),
)("the limit of bytes holds though chunks are given back as they are read, %s", async (_, contentOf) => {
  // Of no size that divides a chunk: each chunk ends within a record.
  const record = JSON.stringify({ eventName: "A", x: "y".repeat(1_500) });
  const content = gzipSync(`{"Records":[${Array.from({ length: 40_000 }, () => record).join()}]}`);
  const limits = { ...DEFAULT_LIMITS, inflated: 10_000_000 };
  const { seen, fault } = await readContent(contentOf(content), limits, { passesOver: () => true });
  expect(fault).toBe("s3://trail/k: inflates to more than the limit of 10000000 bytes");
  expect(seen).toBeLessThan(7_000);
});
