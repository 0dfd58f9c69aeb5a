import { randomBytes } from "node:crypto";
import { gunzipSync, gzipSync } from "node:zlib";
import { type Content, chunksOf } from "../../../lambda/core/log-file/content.ts";
import { inflated } from "../../../lambda/core/log-file/decompress.ts";
import { readLogFile } from "../../../lambda/core/log-file/reader.ts";
import { first, thoroughTest } from "../../support/runs.ts";

const OBJECT = { bucket: "trail", key: "k" };
const NO_LIMIT = Number.POSITIVE_INFINITY;

/** Chunks of some size, each time from the start. */
function cut(body: Buffer, size: number): AsyncIterable<Buffer> {
  return {
    async *[Symbol.asyncIterator]() {
      for (let at = 0; at < body.length; at += size) yield body.subarray(at, at + size);
    },
  };
}

/** Chunks that come only once, like those of a socket. */
async function* onlyOnce(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield* chunks;
}

/** How many records are read, each in its place, and why no more are. */
async function read(content: Content) {
  let count = 0;
  try {
    for await (const { candidates } of readLogFile(OBJECT, content)) {
      for (const { record } of candidates) if (record.n !== count++) throw new Error(`record ${record.n} is misplaced`);
    }
    return { count, fault: undefined };
  } catch (error) {
    return { count, fault: (error as Error).message };
  }
}

/** A text of records, some of them hard to compress. */
function textOf(count: number): Buffer {
  const records = Array.from({ length: count }, (_, n) => ({ n, noise: randomBytes(n % 400).toString("hex") }));
  return Buffer.from(JSON.stringify({ Records: records }));
}

const FEW = textOf(20);
const MANY = textOf(8_000);

/** All ways in which content can come. */
const waysOf = (body: Buffer): readonly (readonly [string, Content])[] => [
  ["whole", body],
  ["in chunks", cut(body, 10_007)],
  ["in chunks that come once", onlyOnce(cut(body, 65_536))],
];

/** Members of a gzip file, in which a text is cut anywhere. */
function membersOf(text: Buffer, size: number): Buffer {
  const members: Buffer[] = [];
  for (let at = 0; at < text.length; at += size) members.push(gzipSync(text.subarray(at, at + size)));
  return Buffer.concat(members);
}

test.each(
  first(1, [
    ["few records", FEW, 20, 400],
    ["many records", MANY, 8_000, 300_000],
  ]),
)(
  "of %s, one gzip, several members, a gzip in a gzip, and zeros behind a gzip are read",
  async (_, text, count, size) => {
    expect(gzipSync(MANY).length).toBeGreaterThan(2 ** 20);
    const gzip = gzipSync(text);
    const files = {
      gzip,
      members: membersOf(text, size),
      "gzip in a gzip": gzipSync(gzip),
      "gzip of members, cut anywhere": gzipSync(membersOf(text, size), { level: 0 }),
      "zeros behind it": Buffer.concat([gzip, Buffer.alloc(70_000)]),
      "not compressed": gzipSync(text, { level: 0 }),
      "no gzip": text,
    };
    for (const [what, file] of Object.entries(files)) {
      for (const [way, content] of waysOf(file)) {
        expect({ what, way, ...(await read(content)) }).toEqual({ what, way, count, fault: undefined });
      }
    }
  },
);

/** The same faults in one chunk and in many; the first is done in each run. */
const SIZES = [
  ["few records", FEW, 20],
  ["many records", MANY, 8_000],
] as const;

const wrong = (gzip: Buffer, fromEnd: number) => {
  const copy = Buffer.from(gzip);
  copy[gzip.length - fromEnd] = (copy[gzip.length - fromEnd] ?? 0) ^ 0xff;
  return copy;
};

test.each(first(1, SIZES))(
  "of %s in a gzip whose end is wrong all are read, and the file fails in the end",
  async (_, text, count) => {
    const gzip = gzipSync(text);
    const files: readonly (readonly [string, Buffer])[] = [
      ["the gzip checksum is wrong (incorrect data check)", wrong(gzip, 8)],
      ["the gzip checksum is wrong (incorrect length check)", wrong(gzip, 1)],
      ["the gzip stream is cut off", gzip.subarray(0, -1)],
      ["the gzip stream is cut off", gzip.subarray(0, -8)],
      ["the gzip stream is cut off", gzipSync(gzip).subarray(0, -8)],
      ["the gzip checksum is wrong (incorrect data check)", gzipSync(wrong(gzip, 8))],
    ];
    for (const [what, file] of files) {
      for (const [way, content] of waysOf(file)) {
        expect({ way, ...(await read(content)) }).toEqual({ way, count, fault: `s3://trail/k: ${what}` });
      }
    }
  },
);

test.each(first(1, SIZES))(
  "of %s with garbage behind the gzip all are read, and the file fails in the end",
  async (_, text, count) => {
    for (const garbage of ["x", "garbage", "g".repeat(100), "more ".repeat(20_000)]) {
      const body = Buffer.concat([gzipSync(text), Buffer.from(garbage)]);
      for (const [way, content] of waysOf(body)) {
        const found = await read(content);
        expect(found.fault).toMatch(/^s3:\/\/trail\/k: the gzip stream is (?:broken|cut off)/);
        // What comes only once cannot be looked at more closely.
        if (way === "in chunks that come once") expect(found.count).toBeGreaterThanOrEqual(count - 2_000);
        else expect({ way, count: found.count }).toEqual({ way, count });
      }
    }
  },
);

test("a gzip that is cut off at any byte brings all that zlib makes of it", async () => {
  const text = textOf(60);
  const gzip = gzipSync(text);
  for (let end = 1; end < gzip.length; end += 61) {
    for (const content of [gzip.subarray(0, end), onlyOnce(cut(gzip.subarray(0, end), 100))]) {
      const found = await read(content);
      if (end > 1) expect(found.fault).toBe("s3://trail/k: the gzip stream is cut off");
      const known = gunzipSync(gzip.subarray(0, end), { finishFlush: 2 }).toString();
      const whole = [...known.matchAll(/"noise":"[0-9a-f]*"\}/g)].length;
      expect({ end, count: found.count }).toEqual({ end, count: whole });
    }
  }
});

test("damage in the middle of a gzip is what is told of, not the broken JSON that it leads to", async () => {
  const text = MANY;
  const stored = gzipSync(text, { level: 0 });
  const at = stored.indexOf('{"n":5000,');
  stored.fill("x", at, at + 3);
  for (const [way, content] of waysOf(stored)) {
    const { count, fault } = await read(content);
    expect({ way, fault }).toEqual({ way, fault: "s3://trail/k: the gzip checksum is wrong (incorrect data check)" });
    expect(count).toBeGreaterThanOrEqual(5_000);
  }
});

thoroughTest("what is inflated is the text, in chunks that are not small", async () => {
  for (const [, content] of waysOf(gzipSync(MANY))) {
    const chunks: Buffer[] = [];
    for await (const chunk of chunksOf(inflated(OBJECT, content, NO_LIMIT))) chunks.push(Buffer.from(chunk));
    expect(Buffer.compare(Buffer.concat(chunks), MANY)).toBe(0);
    expect(chunks.length).toBeLessThanOrEqual(Math.ceil(MANY.length / 2 ** 14));
  }
});

test("chunks are only taken as they are needed, and closed when no more are", async () => {
  let taken = 0;
  let isClosed = false;
  const body = gzipSync(MANY);
  async function* counted() {
    try {
      for await (const chunk of cut(body, 1_000)) {
        taken++;
        yield chunk;
      }
    } finally {
      isClosed = true;
    }
  }
  for await (const _ of readLogFile(OBJECT, counted())) break;
  expect(isClosed).toBe(true);
  expect(taken).toBeLessThan(100);
});
