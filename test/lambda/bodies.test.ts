import { randomBytes } from "node:crypto";
import { setImmediate as afterReading, setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { gzipSync } from "node:zlib";
import { S3Client } from "@aws-sdk/client-s3";
import { createDeskLedger } from "../../cli/desk-ledger.ts";
import { fetchObjectWith } from "../../lambda/aws/s3.ts";
import { MAX_WHOLE } from "../../lambda/core/log-file/limits.ts";
import { readLogFile } from "../../lambda/core/log-file/reader.ts";
import { compileRules } from "../../lambda/core/rules/rule-set.ts";
import { DESK_DEPLOYMENT } from "../../lambda/core/rules/self.ts";
import { createPipeline } from "../../lambda/pipeline.ts";
import { type InvocationLine, NOW, SETTINGS, TEST_RULES } from "../support/desk-pipeline.ts";
import { type Sending, startLocalS3 } from "../support/local-s3.ts";
import { logKey, record, s3Event } from "../support/log-files.ts";
import { first } from "../support/runs.ts";
import { iamUser } from "../support/sessions.ts";

const local = await startLocalS3();
afterAll(() => local.stop());

const IDLE = 600;
const TIMES = { deadline: 20_000, idle: IDLE };
const fetchObject = fetchObjectWith(local.s3, TIMES);

beforeEach(() => {
  local.objects.clear();
  local.requests.length = 0;
  local.sending = () => ({});
});

/** Records with a number, of about a kilobyte that no gzip makes smaller. */
const numbered = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ n, noise: randomBytes(500).toString("hex") }));
const LARGE = gzipSync(JSON.stringify({ Records: numbered(3_000) }));
const SMALL = gzipSync(JSON.stringify({ Records: numbered(20) }));

function put(content: Buffer, etag = '"one"', key = "k"): void {
  local.objects.set(key, { parts: [content], etag });
}

const PLACE = { bucket: "trail", key: "k" };

/** How many records were read, each in its place, and why no more were. */
async function read(): Promise<{ readonly count: number; readonly fault?: Error }> {
  let count = 0;
  try {
    const { content } = await fetchObject(PLACE);
    for await (const { candidates } of readLogFile(PLACE, content)) {
      for (const { record } of candidates) {
        if (record.n !== count++) throw new Error(`record ${record.n} came as number ${count - 1}`);
      }
    }
    return { count };
  } catch (error) {
    return { count, fault: error as Error };
  }
}

/** One answer as it is said, all others whole. */
const once = (sending: Sending) => () => (local.requests.length === 1 ? sending : {});

test("the sizes that this is about", () => {
  expect(LARGE.length).toBeGreaterThan(1.5 * MAX_WHOLE);
  expect(SMALL.length).toBeLessThan(MAX_WHOLE);
});

test.each<readonly [string, Sending]>([
  ["at once", {}],
  ["in pieces of 64 KB", { pieces: [2 ** 16] }],
  ["in odd pieces", { pieces: [1, 997, 3, 70_001, 2, 16_384] }],
  ["without a length", { pieces: [4_001], isWithoutLength: true }],
])("a large object that is sent %s is read while it comes, with one request", async (_, sending) => {
  put(LARGE);
  local.sending = () => sending;
  expect(await read()).toEqual({ count: 3_000 });
  expect(local.requests).toHaveLength(1);
});

test.each<readonly [string, Sending]>([
  ["as a stream", { pieces: [1], isWithoutLength: true }],
  ["whole", { pieces: [1] }],
])("an object that is sent byte by byte is read %s", async (_, sending) => {
  put(SMALL);
  local.sending = () => sending;
  expect(await read()).toEqual({ count: 20 });
});

test.each<readonly [string, Buffer, Sending, number]>([
  ["a large object is reset", LARGE, { resetAfter: 700_000 }, 3_000],
  ["a large object stalls", LARGE, { stallAfter: 1_100_000 }, 3_000],
  ["a large object ends too soon", LARGE, { endAfter: 1_234_567 }, 3_000],
  ["a small object is reset", SMALL, { resetAfter: 5_000 }, 20],
  ["a small object stalls", SMALL, { stallAfter: 5_000 }, 20],
])("where %s, it is gone on with from there, if it is still the same", async (_, content, sending, count) => {
  put(content);
  local.sending = once(sending);
  expect(await read()).toEqual({ count });
  expect(local.requests).toMatchObject([{ range: undefined, ifMatch: undefined }, { ifMatch: '"one"' }]);
  const sent = local.requests[0]?.sent ?? 0;
  const from = Number(local.requests[1]?.range?.replace(/\D/g, "") ?? 0);
  expect(from).toBeLessThanOrEqual(sent);
  // A reset takes with it what the client has not read yet, which may be all.
  if (sending.resetAfter === undefined) expect(from).toBeGreaterThan(sent / 2);
});

test("a store that knows no ranges is read as well", async () => {
  put(LARGE);
  local.sending = () =>
    local.requests.length === 1 ? { resetAfter: 900_000 } : { ignoresRange: true, pieces: [50_000] };
  expect(await read()).toEqual({ count: 3_000 });
});

test("a body that breaks off again and again is given up after three tries that bring little", async () => {
  put(LARGE);
  local.sending = () => ({ endAfter: 300_000 });
  const { count, fault } = await read();
  expect(count).toBeGreaterThan(300);
  expect(fault).toMatchObject({ name: "FetchError", isPermanent: false });
  expect(fault?.message).toMatch(/^s3:\/\/trail\/k: BodyError: the body broke off/);
  expect(local.requests).toHaveLength(3);
});

test("a body that breaks off again and again is gone on with as long as each try brings much", async () => {
  const parts = Array(4).fill(LARGE.subarray(0, -1000));
  local.objects.set("k", { parts, etag: '"one"' });
  local.sending = () => ({ endAfter: 1_300_000 });
  let size = 0;
  for await (const chunk of (await fetchObject(PLACE)).content as AsyncIterable<Uint8Array>) size += chunk.length;
  expect(size).toBe(4 * (LARGE.length - 1000));
  expect(local.requests.length).toBeGreaterThan(4);
});

test("a large object that is replaced while it is read fails for now, and says so", async () => {
  put(LARGE);
  local.sending = () => {
    if (local.requests.length > 1) put(LARGE, '"two"');
    return { endAfter: 900_000 };
  };
  const { count, fault } = await read();
  expect(count).toBeGreaterThan(500);
  expect(fault?.message).toBe("s3://trail/k: ReplacedError: the object was replaced while it was being read");
  expect(fault).toMatchObject({ name: "FetchError", isPermanent: false });
});

test("a small object that is replaced while it is read is read anew, with a remark", async () => {
  put(SMALL);
  const other = gzipSync(JSON.stringify({ Records: [{ n: 77 }] }));
  local.sending = () => {
    if (local.requests.length > 1) put(other, '"two"');
    return local.requests.length === 1 ? { resetAfter: 5_000 } : {};
  };
  const fetched = await fetchObject(PLACE);
  expect(fetched).toMatchObject({ etag: "two", replaced: "one" });
  expect(Buffer.compare(fetched.content as Buffer, other)).toBe(0);
});

test("a large object that is gone when it is gone on with is gone for good", async () => {
  put(LARGE);
  local.sending = () => {
    if (local.requests.length > 1) local.objects.clear();
    return { resetAfter: 900_000 };
  };
  expect((await read()).fault).toMatchObject({ name: "FetchError", isPermanent: true });
});

test("of a large object with damaged gzip everything in front of the damage is read, to the last record", async () => {
  // Stored, not compressed, so that the damage is where it is put.
  const text = Buffer.from(JSON.stringify({ Records: numbered(3_000) }));
  const stored = gzipSync(text, { level: 0 });
  const at = stored.indexOf('{"n":2000,');
  const cases = [
    [2_000, Buffer.concat([stored.subarray(0, at), Buffer.alloc(100, 0xff)])],
    [3_000, Buffer.concat([gzipSync(text), Buffer.alloc(50_000, "garbage")])],
  ] as const;
  for (const [records, damaged] of cases) {
    put(damaged);
    const { count, fault } = await read();
    expect(count).toBe(records);
    expect(fault?.message).toMatch(/^s3:\/\/trail\/k: the gzip stream is (?:cut off|broken)/);
  }
});

test.each(
  first<[act: string, pause: () => unknown]>(1, [
    ["waits", () => sleep(2 * IDLE)],
    ["works", () => busy(2 * IDLE)],
  ]),
)("while whoever reads a large object %s for long, the body does not count as stalled", async (_, pause) => {
  put(LARGE);
  local.sending = () => ({ pieces: [10_000] });
  const { content } = await fetchObject(PLACE);
  await pause();
  let seen = 0;
  let pauses = 0;
  for await (const slice of readLogFile(PLACE, content)) {
    seen += slice.seen;
    if (pauses++ < 3) await pause();
  }
  expect(seen).toBe(3_000);
  expect(local.requests).toHaveLength(1);
});

/** Sends a body in pieces with pauses, whatever this thread does meanwhile. */
const SLOW_SERVER = `
  const { parentPort, workerData: { body, pause } } = require("node:worker_threads");
  let requests = 0;
  const server = require("node:http").createServer(async (request, response) => {
    parentPort.postMessage({ requests: ++requests });
    response.writeHead(200, { "content-length": body.length });
    for (let at = 0; at < body.length; at += body.length / 10) {
      response.write(body.subarray(at, at + body.length / 10));
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
    response.end();
  });
  server.listen(0, "127.0.0.1", () => parentPort.postMessage({ port: server.address().port }));
`;

test("the network is not blamed for work that other objects make", async () => {
  const body = Buffer.alloc(2 * MAX_WHOLE);
  const worker = new Worker(SLOW_SERVER, { eval: true, workerData: { body, pause: IDLE / 2 } });
  let requests = 0;
  const port = await new Promise<number>((resolve) =>
    worker.on("message", (message) => {
      requests = message.requests ?? 0;
      if (message.port !== undefined) resolve(message.port);
    }),
  );
  const s3 = new S3Client({ ...local.settings, endpoint: `http://127.0.0.1:${port}` });
  const { content } = await fetchObjectWith(s3, TIMES)(PLACE);
  const work = (async () => {
    for (let round = 0; round < 3; round++) {
      // Behind this turn's look at the network: what runs next are the timers, which are all late then.
      await afterReading();
      busy(1.5 * IDLE);
    }
  })();
  let size = 0;
  for await (const chunk of content as AsyncIterable<Uint8Array>) size += chunk.length;
  await work;
  s3.destroy();
  await worker.terminate();
  expect({ size, requests }).toEqual({ size: body.length, requests: 1 });
});

test("a body that is not there when the invocation's time is over fails, and is not tried again", async () => {
  put(LARGE);
  local.sending = () => ({ stallAfter: 900_000 });
  const began = Date.now();
  const patient = fetchObjectWith(local.s3, { deadline: 900_000, idle: 900_000 });
  const { content } = await patient(PLACE, Date.now() + 1_500);
  const reading = async () => {
    for await (const _ of readLogFile(PLACE, content));
  };
  await expect(reading()).rejects.toThrow(/BodyError: the body was not there in time/);
  expect(Date.now() - began).toBeLessThan(600_000);
  expect(local.requests).toHaveLength(1);
});

test("whoever stops reading closes the connection", async () => {
  const parts = Array(40).fill(LARGE);
  local.objects.set("k", { parts, etag: '"one"' });
  const { content } = await fetchObject(PLACE);
  for await (const _ of readLogFile(PLACE, content)) break;
  for (let i = 0; i < 100 && local.requests[0]?.isClosed === false; i++) await sleep(50);
  expect(local.requests).toMatchObject([{ isClosed: true }]);
  expect(local.requests[0]?.sent).toBeLessThan(20 * LARGE.length);
});

test("in the pipeline: what breaks for now is tried again, what was read before rings once, and other objects are read", async () => {
  const [large, other] = [logKey("large"), logKey("other")];
  const user = (userName: string) => record({ requestParameters: { userName }, userIdentity: iamUser(userName) });
  put(gzipSync(JSON.stringify({ Records: [user("first"), ...numbered(3_000), user("last")] })), '"one"', large);
  put(gzipSync(JSON.stringify({ Records: [user("other")] })), '"one"', other);
  const lines: InvocationLine[] = [];
  const subjects: string[] = [];
  const desk = createDeskLedger(
    TEST_RULES,
    SETTINGS,
    ({ subject }) => void subjects.push(subject),
    () => undefined,
  );
  await desk.advanceTo(NOW);
  const handler = createPipeline({
    rules: compileRules(TEST_RULES),
    ledger: desk.ledger,
    deployment: DESK_DEPLOYMENT,
    accepted: {},
    fetchObject,
    now: desk.now,
    log: (summary, details) => void lines.push({ ...summary, ...details }),
  });
  local.sending = ({ key }) => (key === large ? { resetAfter: 300_000 } : {});
  await expect(handler(s3Event("trail", large, other))).rejects.toThrow(`s3://trail/${large}: BodyError`);
  expect(lines[0]).toMatchObject({ objects: 2, failed: 1 });
  local.sending = () => ({});
  expect(await handler(s3Event("trail", large, other))).toMatchObject({ objects: 2, failed: 0, records: 3_003 });
  await desk.runToEnd();
  expect(subjects.map((subject) => subject.split(": ").pop()).sort()).toEqual(["first", "last", "other"]);
});

function busy(time: number): void {
  const end = performance.now() + time;
  while (performance.now() < end);
}
