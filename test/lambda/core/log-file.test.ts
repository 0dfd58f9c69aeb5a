import { gzipSync } from "node:zlib";
import { DEFAULT_LIMITS } from "../../../lambda/core/log-file/limits.ts";
import { readLogFile } from "../../../lambda/core/log-file/reader.ts";

const OBJECT = { bucket: "trail", key: "k" };

async function read(body: string | Buffer, limits = DEFAULT_LIMITS) {
  const names: unknown[] = [];
  let seen = 0;
  let malformed = 0;
  try {
    for await (const slice of readLogFile(OBJECT, Buffer.from(body), undefined, limits)) {
      seen += slice.seen;
      malformed += slice.malformed;
      names.push(...slice.candidates.map(({ record }) => record.n));
    }
    return { seen, malformed, names, fault: undefined };
  } catch (error) {
    return { seen, malformed, names, fault: (error as Error).message };
  }
}

test.each([
  ["plain", '{"Records":[{"n":1},{"n":2}]}'],
  ["with spaces anywhere", ' {\r\n "Records" :\t[ {"n":1} ,\n{"n":2} ] } '],
  ["with other keys around it", '{"a":{"Records":[{"n":9}]},"Records":[{"n":1},{"n":2}],"b":[1,"]",null]}'],
  ["with its key in escapes", '{"\\u0052ecords":[{"n":1},{"n":2}]}'],
  ["with brackets, quotes and backslashes in strings", '{"Records":[{"x":"]}\\"{[\\\\","n":1},{"y":"\\\\\\"","n":2}]}'],
])("records are found %s", async (_, text) => {
  expect(await read(text)).toEqual({ seen: 2, malformed: 0, names: [1, 2], fault: undefined });
  expect((await read(gzipSync(text))).names).toEqual([1, 2]);
});

test("elements that are no objects are counted, whatever they are", async () => {
  const text = '{"Records":[1,-2.5e3,"x",null,true,[],[{"n":9}],{"n":1}]}';
  expect(await read(text)).toEqual({ seen: 8, malformed: 7, names: [1], fault: undefined });
});

test.each([
  ["cut off", '{"Records":[{"n":1},{"n":2', "the JSON is broken"],
  ["with a comma too many", '{"Records":[{"n":1},]}', "the JSON is broken"],
  ["with a comma missing", '{"Records":[{"n":1}{"n":2}]}', "the JSON is broken"],
  ["with something behind it", '{"Records":[{"n":1}]}x', "the JSON is broken"],
  ["with Records twice", '{"Records":[{"n":1}],"Records":[]}', "the JSON has Records twice"],
])("a file %s yields what was found, then fails", async (_, text, fault) => {
  expect(await read(text)).toEqual({ seen: 1, malformed: 0, names: [1], fault: `s3://trail/k: ${fault}` });
});

test("a record that cannot be read hides none behind it", async () => {
  const deep = `${"[".repeat(600)}${"]".repeat(600)}`;
  for (const bad of [`{"x":${deep}}`, `{"x":"${"y".repeat(2000)}"}`, '{"x":tru}', "{'x':1}"]) {
    const limits = { ...DEFAULT_LIMITS, record: 1500 };
    const found = await read(`{"Records":[{"n":1},${bad},{"n":2}]}`, limits);
    expect(found).toMatchObject({ seen: 3, malformed: 1, names: [1, 2] });
    expect(found.fault).toMatch(
      /^s3:\/\/trail\/k: (?:the record at byte 20 is (?:nested deeper|larger)|the JSON is broken)/,
    );
  }
});

test("of a gzip stream that is cut off the records in front are read", async () => {
  const records = Array.from({ length: 500 }, (_, i) => ({ n: i, x: Math.random().toString(36).repeat(5) }));
  const whole = gzipSync(JSON.stringify({ Records: records }));
  const { names, fault } = await read(whole.subarray(0, whole.length * 0.6));
  expect(names.length).toBeGreaterThan(100);
  expect(names).toEqual(names.map((_, i) => i));
  expect(fault).toBe("s3://trail/k: the gzip stream is cut off");
});

test("a small file that would take gigabytes once parsed is read within its own size", async () => {
  const before = process.memoryUsage.rss();
  const nested = gzipSync(Buffer.alloc(60 * 2 ** 20, "["));
  expect((await read(nested)).fault).toBe("s3://trail/k: the JSON has no Records; this is no log file");
  const inRecords = gzipSync(Buffer.concat([Buffer.from('{"Records":['), Buffer.alloc(60 * 2 ** 20, "[")]));
  expect((await read(inRecords)).fault).toBe("s3://trail/k: the JSON is broken");
  expect(process.memoryUsage.rss() - before).toBeLessThan(400 * 2 ** 20);
});

test("no text of a record comes into an error", async () => {
  const { fault } = await read('{"Records":[{"eventSource":"aws:\\nFORGED","secret":hush}]}');
  expect(fault).toBe("s3://trail/k: the JSON is broken");
});
