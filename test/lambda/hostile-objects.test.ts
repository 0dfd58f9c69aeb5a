import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { readLogFile } from "../../lambda/core/log-file/reader.ts";
import { CONFORMANCE } from "../support/conformance.ts";
import { everyCall, testDesk } from "../support/desk-pipeline.ts";
import { bombOf, logFile, logKey, record } from "../support/log-files.ts";
import { runs, thoroughTest } from "../support/runs.ts";

/** A generator of the same objects each time. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Real log files: the samples of this project, and the real cases where they are at hand. */
function realFiles(): readonly Buffer[] {
  const below = (folder: string) =>
    existsSync(folder)
      ? readdirSync(folder, { recursive: true, encoding: "utf8" })
          .filter((name) => name.endsWith(".json.gz") && !name.includes("Digest"))
          .map((name) => readFileSync(join(folder, name)))
      : [];
  return [...below("events/trail-bucket"), ...below(join(CONFORMANCE, "invictus")).slice(0, runs(6, 1))];
}

const MIB = 2 ** 20;
const nested = (depth: number) =>
  `{"Records":[${'{"a":['.repeat(depth)}1${"]}".repeat(depth)},${JSON.stringify(record())}]}`;

const CRAFTED: { readonly [what: string]: () => Uint8Array } = {
  // They take seconds; what becomes of one is also said by test/lambda/memory.
  ...(process.env.THOROUGH && {
    "a bomb of spaces": () => bombOf(1_100),
    "a bomb of brackets": () => gzipSync(`{"Records":[${"[".repeat(4 * MIB)}`),
    "a bomb of empty records": () => gzipSync(`{"Records":[${"{},".repeat(MIB)}{}]}`),
  }),
  "records nested 400 deep": () => gzipSync(nested(200)),
  "records nested 100,000 deep": () => gzipSync(nested(50_000)),
  "a string of 900 KiB": () =>
    gzipSync(JSON.stringify({ Records: [{ ...record(), userAgent: "x".repeat(900 * 1024) }] })),
  "a string of 17 MiB": () =>
    gzipSync(JSON.stringify({ Records: [{ ...record(), userAgent: "x".repeat(17 * MIB) }, record()] })),
  "invalid UTF-8": () =>
    gzipSync(
      Buffer.concat([Buffer.from('{"Records":[{"eventName":"'), Buffer.from([0xff, 0xc0, 0x80]), Buffer.from('"}]}')]),
    ),
  "a byte order mark": () => gzipSync(`\ufeff${JSON.stringify({ Records: [record()] })}`),
  "several gzip members": () => {
    const text = JSON.stringify({ Records: [record(), record()] });
    return Buffer.concat([gzipSync(text.slice(0, 50)), gzipSync(text.slice(50))]);
  },
  "garbage behind the gzip": () => Buffer.concat([logFile(record()), Buffer.from("garbage")]),
  "zeros behind the gzip": () => Buffer.concat([logFile(record()), Buffer.alloc(1024)]),
  "text behind the JSON": () => gzipSync(`${JSON.stringify({ Records: [record()] })} and more`),
  "two lists of records": () =>
    gzipSync(`{"Records":[${JSON.stringify(record())}],"Records":[${JSON.stringify(record())}]}`),
  "keys that are prototypes": () =>
    gzipSync(
      '{"Records":[{"__proto__":{"eventName":"x"},"constructor":1,"eventName":"CreateUser","eventSource":"iam.amazonaws.com"}]}',
    ),
  "fields of other types": () =>
    logFile({ eventName: 7, eventSource: [], userIdentity: "x", eventTime: {}, eventID: null, requestParameters: "y" }),
  "times out of range": () =>
    logFile(record({ eventTime: "+275760-09-13T00:00:00Z" }), record({ eventTime: "-000001-01-01T00:00:00Z" })),
  "an object of nothing": () => Buffer.alloc(0),
  "only half a magic number": () => Buffer.from([0x1f]),
  "a gzip header alone": () => Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]),
};

function mutated(file: Buffer, kind: number, pick: (below: number) => number): Buffer {
  const copy = Buffer.from(file);
  const text = () => gunzipSync(file).toString();
  switch (kind) {
    case 0:
      return copy.subarray(0, pick(copy.length));
    case 1:
      for (let i = 0; i < 5; i++) copy[pick(copy.length)] = pick(256);
      return copy;
    case 2: {
      const json = Buffer.from(text());
      for (let i = 0; i < 5; i++) json[pick(json.length)] = pick(256);
      return gzipSync(json);
    }
    case 3:
      return gzipSync(text().slice(0, pick(text().length)));
    case 4: {
      const [at, length] = [pick(text().length), pick(200)];
      return gzipSync(text().slice(0, at) + text().slice(at + length));
    }
    case 5: {
      const at = pick(text().length);
      return gzipSync(text().slice(0, at) + text().slice(pick(text().length), at + pick(500)) + text().slice(at));
    }
    default:
      return Buffer.concat([copy.subarray(0, pick(copy.length)), copy.subarray(pick(copy.length))]);
  }
}

const OBJECTS = runs(300, 24);

test(`of ${OBJECTS} hostile or broken objects each ends in alerts or in one that tells of it, and memory stays bounded`, async () => {
  const pick = random(20261120);
  const files = realFiles();
  expect(files.length).toBeGreaterThan(3);
  const crafted = Object.entries(CRAFTED);
  const mutations = Array.from({ length: OBJECTS - crafted.length }, (_, i) => () => {
    const file = files[pick(files.length)] ?? Buffer.alloc(0);
    return mutated(file, i % 7, pick);
  });
  const objects = [...crafted, ...mutations.map((make, i) => [`mutation ${i}`, make] as const)];
  const desk = testDesk([everyCall("medium")]);
  let failed = 0;
  // What other suites took in this process before does not count.
  const before = process.memoryUsage.rss();
  let largest = 0;
  for (const [i, [what, make]] of objects.entries()) {
    const body = make();
    // Each must be told of, or read; what the reader itself says decides which.
    let fault: string | undefined;
    try {
      for await (const _ of readLogFile({ bucket: "trail-bucket", key: "k" }, body, undefined))
        largest = Math.max(largest, process.memoryUsage.rss() - before);
    } catch (error) {
      fault = (error as Error).message;
    }
    const summary = await desk.deliver([], { key: keyOf(i), body });
    expect({ what, objects: summary.objects, failed: summary.failed }).toEqual({
      what,
      objects: 1,
      failed: fault === undefined ? 0 : 1,
    });
    expect({ what, unrecorded: summary.unrecorded }).toEqual({ what, unrecorded: 0 });
    failed += summary.failed;
  }
  // The good one behind all of them.
  expect(await desk.deliver([record()])).toMatchObject({ failed: 0, records: 1, matches: 1 });
  await desk.desk.runToEnd();
  expect(failed).toBeGreaterThan(OBJECTS / 3);
  expect(failed).toBeLessThan(OBJECTS);
  const notices = desk.alerts.flatMap(({ parts }) => parts).filter(({ rule }) => rule === "log-object-unreadable");
  expect(notices.reduce((sum, { matches }) => sum + matches, 0)).toBe(failed);
  expect(largest).toBeLessThan(1_769 * MIB);
});

const keyOf = (i: number) =>
  `AWSLogs/111122223333/CloudTrail/us-east-1/2026/11/20/111122223333_CloudTrail_us-east-1_20261120T2130Z_h${String(i).padStart(15, "0")}.json.gz`;

thoroughTest(
  "records that are far too large are an alert, take no memory to speak of, and hide none of the others",
  async () => {
    const empty = "{},".repeat(2 * MIB);
    const hostile = `{"eventName":"x","requestParameters":[${empty}0]}`;
    const body = Buffer.from(`{"Records":[${Array(6).fill(hostile).join(",")},${JSON.stringify(record())}]}`);
    const before = process.memoryUsage().heapUsed;
    const desk = testDesk([everyCall("high")]);
    const { records, matches } = await desk.deliver([], { key: logKey("large"), body });
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(200 * MIB);
    expect({ records, matches }).toEqual({ records: 7, matches: 2 });
    const told = desk.alerts.map(({ email }) => email).join("\n");
    expect(told).toMatch(/the record at byte \d+ is larger than the limit of 1048576 bytes/);
    expect(told).toContain("iam:CreateAccessKey succeeded");
  },
);
