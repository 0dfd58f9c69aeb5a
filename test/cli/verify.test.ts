import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { command } from "../support/command.ts";
import { HOUR, LocalTrail, listedKeys, type Objects, signingKey, syncTo } from "../support/digests.ts";

const KEY = signingKey();
const OTHER = signingKey();
const SPKI = signingKey("spki");

/** The last full hour that is long over: what is not due yet is another matter. */
const END = Math.floor(Date.now() / HOUR) * HOUR - 40 * HOUR;
const SINCE = END - 12 * HOUR;
const iso = (time: number) => `${new Date(time).toISOString().slice(0, 19)}Z`;

interface World {
  readonly objects: Objects;
  readonly trail: LocalTrail;
  /** The keys of digests and files by the hour that they end, counted from the end: 0 is the last. */
  readonly hours: ReturnType<LocalTrail["hour"]>[];
}

/** Fifteen hours of one trail, three before what is asked and two behind it. */
function world(
  options: Partial<ConstructorParameters<typeof LocalTrail>[1]> = {},
  objects: Objects = new Map(),
): World {
  const trail = new LocalTrail(objects, { key: KEY, ...options });
  const hours: World["hours"] = [];
  for (let end = SINCE - 2 * HOUR; end <= END + 3 * HOUR; end += HOUR) hours[(END - end) / HOUR + 3] = trail.hour(end);
  return { objects, trail, hours };
}

const at = ({ hours }: World, back: number) => {
  const hour = hours[back + 3];
  if (hour === undefined) throw new Error(`no hour ${back}`);
  return hour;
};

async function verify(objects: Objects, more: readonly string[] = [], sync: Parameters<typeof syncTo>[2] = {}) {
  const folder = mkdtempSync(join(tmpdir(), "trailbell-verify-"));
  syncTo(folder, objects, sync);
  const keys = join(mkdtempSync(join(tmpdir(), "trailbell-keys-")), "keys.json");
  writeFileSync(keys, JSON.stringify(listedKeys(KEY, SPKI)));
  const span = ["--since", iso(SINCE), "--until", iso(END)];
  const { code, stdout, stderr } = await command("verify", folder, ...span, "--keys", keys, "--json", ...more);
  const report = JSON.parse(stdout);
  const told = report.findings as readonly {
    what: string;
    object: string | null;
    from: string;
    until: string;
    region: string;
    detail: string;
  }[];
  return { code, stderr, report, told, kinds: [...new Set(told.map(({ what }) => what))].sort() };
}

test("an untouched bucket is proven, hour by hour", async () => {
  const { code, report, kinds } = await verify(world().objects);
  expect({ code, kinds }).toEqual({ code: 0, kinds: [] });
  const [chain] = report.chains;
  expect(chain).toMatchObject({ account: "111122223333", region: "us-east-1", trail: "main", filesProven: 36 });
  expect(chain.hours).toHaveLength(12);
  expect(chain.hours.every((one: { state: string; files: number }) => one.state === "proven" && one.files === 3)).toBe(
    true,
  );
});

test.each([
  ["with underscores in the trail's name", { trail: "my_trail_us-east-1_2" }],
  ["of an organization", { organization: "o-exampleorgid" }],
  ["below a prefix with spaces", { prefix: "all my logs/of 2026" }],
  ["whose home is another region", { region: "eu-central-1", homeRegion: "us-east-1" }],
  ["of the European Sovereign Cloud", { region: "eusc-de-east-1", homeRegion: "eusc-de-east-1" }],
  ["signed with a key of the other form", { key: SPKI }],
])("a chain %s is proven", async (_, options) => {
  const { code, kinds, report } = await verify(world(options).objects);
  expect({ code, kinds, proven: report.chains[0].filesProven }).toEqual({ code: 0, kinds: [], proven: 36 });
});

test("two trails in one bucket name their own files", async () => {
  const { objects } = world();
  world({ trail: "second" }, objects);
  const { code, report } = await verify(objects);
  expect({ code, chains: report.chains.length }).toEqual({ code: 0, chains: 2 });
});

/** Each: what is done to the bucket, and what must be told. */
const TAMPERINGS: [string, (world: World) => void, readonly string[]][] = [
  [
    "the newest hours are gone, with their digests",
    (one) => {
      for (const back of [-3, -2, -1, 0, 1, 2]) remove(one, back);
    },
    ["digest-missing"],
  ],
  [
    "everything of the time is gone",
    (one) => {
      for (let back = -3; back < 12; back++) remove(one, back);
    },
    ["digest-missing"],
  ],
  ["a file is added", ({ trail }) => void trail.file(END - 5 * HOUR, `{"Records":["forged"]}`), ["log-object-forged"]],
  [
    "logging was stopped and started",
    (one) => {
      one.objects.clear();
      for (let end = SINCE - HOUR; end <= END - 6 * HOUR; end += HOUR) one.trail.hour(end);
      one.trail.restart();
      for (let end = END - 3 * HOUR; end <= END + 3 * HOUR; end += HOUR) one.trail.hour(end);
    },
    ["digest-restarted"],
  ],
  [
    "logging was stopped and started within an hour, without a gap",
    (one) => {
      one.objects.clear();
      for (let end = SINCE - HOUR; end <= END - 6 * HOUR; end += HOUR) one.trail.hour(end);
      one.trail.restart();
      for (let end = END - 5 * HOUR; end <= END + 3 * HOUR; end += HOUR) one.trail.hour(end);
    },
    ["digest-restarted"],
  ],
  [
    "two hours in the middle are gone",
    (one) => {
      remove(one, 5);
      remove(one, 6);
    },
    ["digest-missing"],
  ],
  [
    "the oldest hours are gone",
    (one) => {
      for (let back = 9; back <= 14; back++) remove(one, back);
    },
    ["digest-missing"],
  ],
  [
    "a log file is modified",
    (one) => replace(one, at(one, 5).files[0]?.key, { body: gzipSync(`{"Records":[]}`) }),
    ["log-object-changed"],
  ],
  ["a log file is gone", (one) => void one.objects.delete(at(one, 5).files[1]?.key ?? ""), ["log-object-missing"]],
  [
    "two log files are swapped",
    (one) => {
      const [a, b] = at(one, 4).files;
      const [first, second] = [one.objects.get(a?.key ?? ""), one.objects.get(b?.key ?? "")];
      if (a && b && first && second) one.objects.set(a.key, second).set(b.key, first);
    },
    ["log-object-changed"],
  ],
  [
    "a digest is edited",
    (one) =>
      edit(one, at(one, 4).digest, (digest) => {
        digest.logFiles.pop();
      }),
    ["digest-broken"],
  ],
  [
    "an older digest lies under a newer one's key",
    (one) => replace(one, at(one, 3).digest, one.objects.get(at(one, 6).digest) ?? {}),
    ["digest-broken"],
  ],
  [
    "the signature is gone from a digest",
    (one) => replace(one, at(one, 3).digest, { metadata: {} }),
    ["digest-broken"],
  ],
  [
    "something follows the gzip of a log file",
    (one) => {
      const key = at(one, 3).files[0]?.key;
      replace(one, key, {
        body: Buffer.concat([one.objects.get(key ?? "")?.body ?? Buffer.alloc(0), Buffer.from("more")]),
      });
    },
    ["log-object-changed"],
  ],
  [
    "a digest is no gzip",
    (one) => replace(one, at(one, 3).digest, { body: Buffer.from("<Error>") }),
    ["digest-broken"],
  ],
  [
    "a digest says half of what was before it",
    (one) =>
      edit(one, at(one, 3).digest, (digest) => {
        digest.previousDigestSignature = null;
      }),
    ["digest-broken"],
  ],
  [
    "something that is no digest lies among them",
    (one) =>
      void one.objects.set(`${at(one, 3).digest.slice(0, -8)}.bak.json.gz`, { body: gzipSync("{}"), metadata: {} }),
    ["digest-broken"],
  ],
];

test.each(TAMPERINGS)("%s: that is told, and nothing else", async (_, tamper, expected) => {
  const one = world();
  tamper(one);
  const { code, kinds } = await verify(one.objects);
  expect({ code, kinds: kinds.filter((kind) => expected.includes(kind)) }).toEqual({
    code: 1,
    kinds: expected.toSorted(),
  });
  expect(kinds.filter((kind) => !expected.includes(kind) && kind !== "log-object-forged")).toEqual([]);
});

test("what is told of a forged file names it and its hour; of a gap, from when to when", async () => {
  const one = world();
  const forged = one.trail.file(END - 5 * HOUR + 60_000);
  remove(one, 1);
  remove(one, 2);
  const { told, report } = await verify(one.objects);
  expect(told.find(({ what }) => what === "log-object-forged")).toMatchObject({
    object: `s3://trail/${forged.key}`,
    from: iso(END - 5 * HOUR),
    until: iso(END - 4 * HOUR),
  });
  expect(told.find(({ what }) => what === "digest-missing")).toMatchObject({
    from: iso(END - 3 * HOUR),
    until: iso(END - HOUR),
  });
  const states = report.chains[0].hours.map((one: { state: string }) => one.state);
  expect(states.slice(-6)).toEqual(["proven", "wrong", "proven", "wrong", "wrong", "proven"]);
});

test("another region's files are gone: that region is told, whether something of it is left or an earlier report has it", async () => {
  const { objects } = world();
  world({ region: "eu-west-1", homeRegion: "us-east-1" }, objects);
  const whole = await verify(objects);
  const earlier = join(mkdtempSync(join(tmpdir(), "trailbell-report-")), "earlier.json");
  writeFileSync(earlier, JSON.stringify(whole.report));
  expect({ code: whole.code, chains: whole.report.chains.length }).toEqual({ code: 0, chains: 2 });

  const isOfTime = (key: string) => key.includes("/eu-west-1/") && Number(/_(\d{8})T/.exec(key)?.[1]) > 0;
  const all = [...objects.keys()].filter(isOfTime);
  const before = all.filter((key) => key.includes(compactHour(SINCE - 2 * HOUR)));
  for (const key of all) if (!before.includes(key)) objects.delete(key);
  const some = await verify(objects);
  expect({ code: some.code, told: some.told.map(({ what, region }) => `${what} ${region}`) }).toEqual({
    code: 1,
    told: ["digest-missing eu-west-1"],
  });

  for (const key of before) objects.delete(key);
  const { code, kinds } = await verify(objects, ["--expect", earlier]);
  expect({ code, kinds }).toEqual({ code: 1, kinds: ["digest-missing"] });
});

test("digests of a foreign account's trail of the same name, put in the place of ours, are told", async () => {
  const one = world();
  const foreign = world({ account: "999999999999", bucket: "theirs" });
  for (const back of [3, 4]) {
    const { body, metadata } = foreign.objects.get(at(foreign, back).digest) ?? {};
    replace(one, at(one, back).digest, { body, metadata } as never);
  }
  const { code, kinds } = await verify(one.objects);
  expect({ code, kinds }).toEqual({ code: 1, kinds: ["digest-broken"] });
});

test("a whole chain that is signed with a key of somebody else's is told", async () => {
  const { code, told } = await verify(world({ key: OTHER }).objects);
  expect(code).toBe(1);
  expect(told.filter(({ what }) => what === "digest-broken")).toHaveLength(12);
});

test("a key of somebody else's that bears the fingerprint of CloudTrail's is no help", async () => {
  const { code, told } = await verify(world({ key: { ...OTHER, fingerprint: KEY.fingerprint } }).objects);
  expect(code).toBe(1);
  expect(told.filter(({ what }) => what === "digest-broken").map(({ detail }) => detail)).toEqual(
    Array(12).fill("its content is not what CloudTrail signed"),
  );
});

test("a digest that CloudTrail signed for the same place in another bucket is told", async () => {
  const one = world();
  const elsewhere = world({ bucket: "other" });
  const key = at(one, 3).digest;
  const { body, metadata } = elsewhere.objects.get(key) ?? {};
  replace(one, key, { body, metadata } as never);
  const { code, told } = await verify(one.objects);
  const broken = told.filter(({ what }) => what === "digest-broken");
  expect({ code, broken: broken.map(({ detail }) => detail) }).toEqual({
    code: 1,
    broken: [`it belongs to s3://other/${key}`],
  });
});

test("a digest that is sound, but another one than the next one names, is told", async () => {
  const one = world();
  const other = new LocalTrail(new Map(), { key: KEY });
  const key = other.digest(END - 3 * HOUR, at(one, 3).files);
  replace(one, key, other.objects.get(key) ?? {});
  const { code, told } = await verify(one.objects);
  expect({ code, details: told.map(({ detail }) => detail) }).toEqual({
    code: 1,
    details: expect.arrayContaining([
      "the digest before it is not the one that it names: its content has another hash",
    ]),
  });
});

test("a backfill digest that names a late file proves it", async () => {
  const one = world();
  const late = one.trail.file(END - 5 * HOUR + 60_000);
  expect((await verify(one.objects)).kinds).toEqual(["log-object-forged"]);
  one.trail.digest(END - 4 * HOUR, [late], { backfillAt: END + 9 * HOUR });
  const { code, report } = await verify(one.objects);
  expect({ code, proven: report.chains[0].filesProven }).toEqual({ code: 0, proven: 37 });
});

test("digests whose order of arrival was another one are proven: only what they say counts", async () => {
  const one = world();
  const shuffled: Objects = new Map([...one.objects].reverse());
  expect((await verify(shuffled)).code).toBe(0);
});

test("a trail that begins in the time leaves what was before it open", async () => {
  const objects: Objects = new Map();
  const trail = new LocalTrail(objects, { key: KEY });
  for (let end = END - 6 * HOUR; end <= END + 3 * HOUR; end += HOUR) trail.hour(end);
  const { code, kinds, report } = await verify(objects);
  expect({ code, kinds }).toEqual({ code: 3, kinds: ["chain-begins"] });
  expect(report.chains[0].hours.map((one: { state: string }) => one.state)).toEqual([
    ...Array(5).fill("open"),
    ...Array(7).fill("proven"),
  ]);
});

test("log files without any digest prove nothing, and neither does a place where nothing is", async () => {
  const one = world();
  for (const key of one.objects.keys()) if (key.includes("CloudTrail-Digest")) one.objects.delete(key);
  expect(await verify(one.objects)).toMatchObject({ code: 1, kinds: ["no-digests"] });
  expect(await verify(new Map())).toMatchObject({ code: 1, stderr: expect.stringContaining("everything is gone") });
});

test("a copy without metadata has its signatures from the digests behind; what nobody vouches for stays open", async () => {
  const one = world();
  expect((await verify(one.objects, [], { metadata: false })).code).toBe(0);
  for (const back of [-3, -2, -1]) remove(one, back);
  const { code, kinds, told } = await verify(one.objects, [], { metadata: false });
  expect({ code, kinds }).toEqual({ code: 3, kinds: ["signature-not-copied"] });
  expect(told.map(({ object }) => object)).toEqual([`s3://trail/${at(one, 0).digest}`]);
  edit(one, at(one, 4).digest, (digest) => {
    digest.logFiles.pop();
  });
  expect((await verify(one.objects, [], { metadata: false })).code).toBe(1);
});

test("a copy of what lies below a prefix is taken for what most of its digests say, or for what --from says", async () => {
  const { objects } = world({ prefix: "my logs" });
  expect((await verify(objects, [], { below: "my logs/" })).code).toBe(0);
  expect((await verify(objects, ["--from", "s3://trail/my logs"], { below: "my logs/" })).code).toBe(0);
  expect((await verify(objects, ["--from", "s3://other"], { below: "my logs/" })).code).toBe(1);
});

test("hours whose digests need not have come yet are pending", async () => {
  const objects: Objects = new Map();
  const trail = new LocalTrail(objects, { key: KEY });
  const now = Math.floor(Date.now() / HOUR) * HOUR;
  for (let end = now - 6 * HOUR; end <= now - 2 * HOUR; end += HOUR) trail.hour(end);
  const young = trail.file(now - HOUR);
  const { code, report, told } = await verify(objects, ["--since", iso(now - 5 * HOUR), "--until", iso(now)]);
  const states = report.chains[0].hours.map((one: { state: string }) => one.state);
  expect(states).toEqual(["proven", "proven", "proven", "pending", "open"]);
  expect({ code, told: told.map(({ what, object }) => `${what} ${object}`) }).toEqual({
    code: 3,
    told: [`not-named-yet s3://trail/${young.key}`],
  });
});

test("of the future nothing is asked", async () => {
  const { report } = await verify(world().objects, ["--until", "2099-01-01"]);
  expect(Date.parse(report.until)).toBeLessThanOrEqual(Date.parse(report.at));
});

test("people get a table, what is wrong, and what it does not prove", async () => {
  const one = world();
  one.objects.delete(at(one, 5).files[1]?.key ?? "");
  const folder = mkdtempSync(join(tmpdir(), "trailbell-verify-"));
  syncTo(folder, one.objects);
  const keys = join(folder, "keys.txt");
  writeFileSync(keys, JSON.stringify(listedKeys(KEY)));
  const { stdout, code } = await command(
    "verify",
    folder,
    ...["--since", iso(SINCE), "--until", iso(END), "--keys", keys],
  );
  expect(code).toBe(1);
  expect(stdout).toMatch(/^account +region +trail +proven +wrong +open +pending +files +as signed$/m);
  expect(stdout).toMatch(/^111122223333 +us-east-1 +main +11 +1 +0 +0 +36 +35$/m);
  expect(stdout).toContain(`log-object-missing: 111122223333 us-east-1 main, ${iso(END - 6 * HOUR)} to`);
  expect(stdout).toContain("NOT PROVEN: 1 finding of something wrong; 35 log files of 1 chain");
  expect(stdout).toContain("This does not prove\n- that the trail was told to record everything");
});

test.each([
  [["--since", "yesterday"], /--since: write 7d, 24h, 2026-11-20/],
  [["--since", "2026-02-31"], /--since: write 7d, 24h, 2026-11-20/],
  [["--keys", "package.json"], /no PublicKeyList/],
  [["--keys", "nope.json"], /^--keys nope.json: there is no such file or folder/],
  [["--keys", "README.md"], /^--keys README.md: it is not JSON/],
  [["--expect", "nope.json"], /^--expect nope.json: there is no such file or folder/],
  [["--expect", "package.json"], /no report of npm run verify/],
  [["--since", "2026-11-20", "--until", "2026-11-20"], /before --until/],
])("a command line with %p is refused", async (args, message) => {
  const { code, stderr } = await command("verify", "docs", ...args);
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(message) });
});

const compactHour = (time: number) => iso(time).replace(/[-:]/g, "").slice(0, 11);

function remove(one: World, back: number): void {
  const { digest, files } = at(one, back);
  for (const key of [digest, ...files.map((file) => file.key)]) one.objects.delete(key);
}

function replace({ objects }: World, key: string | undefined, next: Partial<{ body: Buffer; metadata: object }>): void {
  const known = objects.get(key ?? "");
  if (key === undefined || known === undefined) throw new Error(`no ${key}`);
  objects.set(key, { ...known, ...next } as typeof known);
}

// biome-ignore lint/suspicious/noExplicitAny: whatever a test makes of it
function edit(one: World, key: string, change: (digest: any) => void): void {
  const digest = JSON.parse(gunzipSync(one.objects.get(key)?.body ?? "").toString());
  change(digest);
  replace(one, key, { body: gzipSync(JSON.stringify(digest)) });
}
