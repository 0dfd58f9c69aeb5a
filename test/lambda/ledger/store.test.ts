import { dynamoStore } from "../../../lambda/aws/dynamodb.ts";
import { createMemoryStore } from "../../../lambda/core/store/memory.ts";
import type { LedgerStore } from "../../../lambda/core/store/store.ts";
import { startLocalAws } from "../../support/local-aws.ts";
import { HAS_MOTO, startMoto } from "../../support/moto.ts";

const aws = await startLocalAws();
afterAll(() => aws.stop());
const moto = HAS_MOTO ? await startMoto() : undefined;
afterAll(() => moto?.stop());

const NOW = Date.parse("2026-11-20T21:30:00Z");

/** What every store must do; the ledger relies on nothing else. */
function suite(makeStore: () => Promise<LedgerStore>): void {
  let store: LedgerStore;
  beforeEach(async () => {
    store = await makeStore();
  });

  test("what was committed is read back, with bytes and due time, and what was not is absent", async () => {
    const bytes = Uint8Array.from([0, 1, 254, 255]);
    const body = { text: "Zürich \u0000", list: [1, { a: null }], empty: "" };
    expect(await store.commit([{ key: "a", expected: 0, next: { body, bytes, dueAt: NOW } }])).toBe(true);
    const items = await store.read(["a", "b"], NOW);
    expect([...items.keys()]).toEqual(["a"]);
    const { bytes: read, ...item } = items.get("a") ?? { version: 0, body: undefined };
    expect(item).toEqual({ version: 1, body, dueAt: NOW });
    expect([...(read ?? [])]).toEqual([...bytes]);
  });

  test("a commit on a version that is no longer there changes nothing, not even the other items", async () => {
    await store.commit([{ key: "a", expected: 0, next: { body: 1 } }]);
    expect(await store.commit([{ key: "a", expected: 0, next: { body: 2 } }])).toBe(false);
    const both = [
      { key: "b", expected: 0, next: { body: 3 } },
      { key: "a", expected: 7, next: { body: 3 } },
    ];
    expect(await store.commit(both)).toBe(false);
    const items = await store.read(["a", "b"], NOW);
    expect(items.get("a")).toEqual({ version: 1, body: 1 });
    expect(items.has("b")).toBe(false);
  });

  test("what is parked is no longer due, and stays as it is", async () => {
    for (const key of ["a", "b"]) await store.commit([{ key, expected: 0, next: { body: { of: key }, dueAt: NOW } }]);
    await store.park("a");
    expect(await store.due(NOW, 10)).toEqual(["b"]);
    expect((await store.read(["a"], NOW)).get("a")?.body).toEqual({ of: "a" });
  });

  test("of writers on the same version one wins", async () => {
    const wins = await Promise.all(
      Array.from({ length: 8 }, (_, i) => store.commit([{ key: "race", expected: 0, next: { body: i } }])),
    );
    expect(wins.filter(Boolean)).toHaveLength(1);
  });

  test("an item counts as absent from the moment at which it expires, and can be written anew", async () => {
    await store.commit([{ key: "a", expected: 0, next: { body: 1, expiresAt: NOW } }]);
    expect((await store.read(["a"], NOW - 1000)).get("a")?.body).toBe(1);
    const { version, body } = (await store.read(["a"], NOW)).get("a") ?? { version: 0, body: "none" };
    expect([version, body]).toEqual([1, undefined]);
    expect(await store.commit([{ key: "a", expected: version, next: { body: 2 } }])).toBe(true);
    expect((await store.read(["a"], NOW + 1)).get("a")).toEqual({ version: 2, body: 2 });
  });

  test("what is due is found oldest first, and no longer once it is not due", async () => {
    for (const [key, dueAt] of [
      ["c", NOW + 1],
      ["b", NOW],
      ["a", NOW - 5],
      ["never", undefined],
    ] as const) {
      await store.commit([{ key, expected: 0, next: { body: 1, ...(dueAt !== undefined && { dueAt }) } }]);
    }
    expect(await store.due(NOW, 10)).toEqual(["a", "b"]);
    expect(await store.due(NOW + 1, 2)).toEqual(["a", "b"]);
    await store.commit([{ key: "a", expected: 1, next: { body: 1 } }]);
    expect(await store.due(NOW + 1, 10)).toEqual(["b", "c"]);
  });

  test("more items than one request holds are read, also where a key is asked for twice", async () => {
    const keys = Array.from({ length: 230 }, (_, i) => `k${i}`);
    for (let at = 0; at < keys.length; at += 50) {
      await store.commit(keys.slice(at, at + 50).map((key) => ({ key, expected: 0, next: { body: key } })));
    }
    expect((await store.read([...keys, "k1"], NOW)).size).toBe(230);
  });
}

describe("in memory", () => suite(async () => createMemoryStore()));

describe("in DynamoDB's stand-in for tests", () => {
  let tables = 0;
  suite(async () => dynamoStore(aws.dynamodb, `ledger-${++tables}`));
});

describe("in DynamoDB", () => {
  if (moto === undefined) {
    test.skip('the same (needs moto_server: pip install "moto[server]")', () => undefined);
    return;
  }
  let tables = 0;
  suite(async () => {
    await moto.createTable(`ledger-${++tables}`);
    return dynamoStore(moto.client, `ledger-${tables}`);
  });
});
