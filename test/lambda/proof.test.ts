import { gunzipSync, gzipSync } from "node:zlib";
import { type ProofSummary, proofLine } from "../../lambda/core/digest/proof-summary.ts";
import type { Rule } from "../../lambda/core/rules/rule.ts";
import { everyCall, TEST_RULES } from "../support/desk-pipeline.ts";
import {
  HOUR,
  LocalTrail,
  type NamedObject,
  type Objects,
  type SigningKey,
  signingKey,
  type TrailOptions,
} from "../support/digests.ts";
import { ACCOUNT, record } from "../support/log-files.ts";
import { type ProofDesk, proofDesk } from "../support/proof-desk.ts";
import { sampled } from "../support/runs.ts";

const KEY = signingKey();
const OTHER = signingKey();
const SPKI = signingKey("spki");
const START = Date.parse("2026-11-20T00:00:00Z");
const MINUTE = 60_000;

interface World {
  readonly desk: ProofDesk;
  readonly trail: LocalTrail;
  readonly objects: Objects;
  /** One hour: its files are announced as they come, its digest a quarter of an hour after its end. */
  hour(options?: HourOptions): Promise<{ readonly files: readonly NamedObject[]; readonly digest: string }>;
}

interface HourOptions {
  /** The files that S3 does not announce, by their number. */
  readonly lost?: readonly number[];
  readonly isDigestLost?: boolean;
  readonly contents?: readonly string[];
  /** What somebody does before the digest comes. */
  readonly before?: (files: readonly NamedObject[]) => void;
  readonly after?: (digest: string) => void;
}

async function world(
  options: Partial<TrailOptions> = {},
  key: SigningKey = KEY,
  rules: readonly Rule[] = TEST_RULES,
): Promise<World> {
  const objects: Objects = new Map();
  const desk = await proofDesk(objects, [KEY, SPKI], START, rules);
  const trail = new LocalTrail(objects, { key, ...options });
  let end = START;
  async function hour({ lost = [], isDigestLost = false, contents = [], before, after }: HourOptions = {}) {
    end += HOUR;
    const files: NamedObject[] = [];
    for (let i = 0; i < 3; i++) {
      await desk.advanceTo(end - HOUR + (i + 1) * 15 * MINUTE);
      files.push(trail.file(desk.now(), contents[i]));
      if (!lost.includes(i)) await desk.deliver(files[i]?.key ?? "");
    }
    before?.(files);
    await desk.advanceTo(end + 15 * MINUTE);
    const digest = trail.digest(end, files);
    after?.(digest);
    if (!isDigestLost) await desk.deliver(digest);
    return { files, digest };
  }
  const one = { desk, trail, objects, hour };
  // The first digest tells when this deployment began to look.
  await hour();
  return one;
}

/** A log file's content with one record that rings. */
const ringing = (user: string, time: number) =>
  JSON.stringify({
    Records: [
      record({ requestParameters: { userName: user }, eventTime: `${new Date(time).toISOString().slice(0, 19)}Z` }),
    ],
  });

const recovered = ({ lines }: ProofDesk) => lines.reduce((sum, line) => sum + line.recovered, 0);

test.each([
  ["a plain chain", {}, KEY],
  [
    "an organization's, below a prefix with spaces, of a trail with underscores",
    { organization: "o-exampleorgid", prefix: "all my logs", trail: "my_trail" },
    KEY,
  ],
  ["one whose home is another region", { region: "eu-west-1", homeRegion: "us-east-1" }, KEY],
  ["one of the European Sovereign Cloud", { region: "eusc-de-east-1", homeRegion: "eusc-de-east-1" }, KEY],
  ["one signed with a key of the other form", {}, SPKI],
])("nothing is told of %s that is as it should be", async (_, options, key) => {
  const { desk, hour } = await world(options, key);
  for (let i = 0; i < 40; i++) await hour();
  await desk.settle();
  expect({ told: desk.told(), recovered: recovered(desk) }).toEqual({ told: [], recovered: 0 });
});

test("a file whose notice was lost is read when its digest comes, and its alert says why it is late", async () => {
  const { desk, hour } = await world();
  await hour();
  await hour({
    lost: [1],
    contents: [
      ringing("first", START + 2 * HOUR),
      ringing("late", START + 2.4 * HOUR),
      ringing("third", START + 2 * HOUR),
    ],
  });
  await desk.settle();
  expect(recovered(desk)).toBe(1);
  const late = desk.alerts.find(({ email }) => email.includes("userName: late"));
  expect(late?.subject).toContain("LATE ");
  expect(late?.email).toContain("LATE: the log file of these records was read only when CloudTrail's digest named it.");
  expect(JSON.parse(late?.json ?? "{}")).toMatchObject({ recovered: true, late: false });
  const all = desk.alerts.map(({ email }) => email).join("\n");
  for (const name of ["first", "late", "third"]) expect(all).toContain(name);
});

test("what a function instance had not written down is read once more, and told once", async () => {
  const { desk, hour } = await world();
  await hour({
    contents: [ringing("one", START + HOUR), ringing("two", START + HOUR)],
    before: () => desk.restart(),
  });
  await desk.settle();
  expect(recovered(desk)).toBeGreaterThan(0);
  const told = desk.alerts.reduce((sum, { matches }) => sum + matches, 0);
  expect(told).toBe(2);
});

/** Each: what is done, hour by hour, and what must be told. */
const TAMPERINGS: [string, (one: World) => Promise<void>, string][] = [
  [
    "a file that nobody read is gone",
    async ({ hour, objects }) => {
      await hour({ lost: [1], before: (files) => void objects.delete(files[1]?.key ?? "") });
    },
    "log-object-missing",
  ],
  [
    "a file was rewritten before it was read",
    async ({ hour, objects, desk }) => {
      await hour({
        lost: [1],
        before: ([, file]) => void objects.set(file?.key ?? "", { body: gzipSync(`{"Records":[]}`), metadata: {} }),
      });
      await desk.advanceTo(desk.now() + MINUTE);
    },
    "log-object-changed",
  ],
  [
    "a file was rewritten after it was read and named, and announced again",
    async ({ hour, objects, desk }) => {
      const { files } = await hour();
      const key = files[0]?.key ?? "";
      objects.set(key, { body: gzipSync(`{"Records":[],"a":1}`), metadata: {} });
      await desk.deliver(key);
      await hour();
      // The instance that would tell at once is gone; what was read is compared with what was named a day later.
      desk.restart();
      for (let i = 0; i < 30; i++) await hour();
    },
    "log-object-changed, log-object-rewritten",
  ],
  [
    "two files are swapped",
    async ({ hour, objects }) => {
      await hour({
        lost: [0, 1],
        before: ([a, b]) => {
          const [first, second] = [objects.get(a?.key ?? ""), objects.get(b?.key ?? "")];
          if (a && b && first && second) objects.set(a.key, second).set(b.key, first);
        },
      });
    },
    "log-object-changed",
  ],
  [
    "a file is forged",
    async ({ hour, trail, desk }) => {
      for (let i = 0; i < 6; i++) await hour();
      const forged = trail.file(desk.now() + MINUTE, ringing("framed", desk.now()));
      await desk.deliver(forged.key);
      for (let i = 0; i < 30; i++) await hour();
    },
    "log-object-forged",
  ],
  [
    "a digest is edited",
    async ({ hour, objects }) => {
      await hour({
        after: (digest) => {
          const stored = objects.get(digest);
          const body = JSON.parse(gunzipSync(stored?.body ?? "").toString());
          body.logFiles.pop();
          if (stored) objects.set(digest, { ...stored, body: gzipSync(JSON.stringify(body)) });
        },
      });
    },
    "digest-broken",
  ],
  [
    "a digest is none",
    async ({ hour, objects }) => {
      await hour({
        after: (digest) => void objects.set(digest, { body: gzipSync(`{"awsAccountId":"${ACCOUNT}"}`), metadata: {} }),
      });
    },
    "digest-broken",
  ],
  [
    "a digest is one that CloudTrail signed for the same place in another bucket",
    async ({ hour, objects }) => {
      const elsewhere = new LocalTrail(new Map(), { key: KEY, bucket: "other" });
      await hour({
        after: (digest) => {
          const stored = elsewhere.objects.get(elsewhere.digest(START + 3 * HOUR));
          if (stored) objects.set(digest, stored);
        },
      });
    },
    "digest-broken",
  ],
  [
    "a digest is sound, but another one than the next one names",
    async (one) => {
      const other = new LocalTrail(new Map(), { key: KEY });
      await one.hour({
        after: (digest) => {
          const stored = other.objects.get(other.digest(START + 3 * HOUR));
          if (stored) one.objects.set(digest, stored);
        },
      });
      await one.hour();
      await quiet(one, 1.5);
      for (let i = 0; i < 3; i++) await one.hour();
      await quiet(one, 0.5);
    },
    "digest-broken, digest-restarted",
  ],
  [
    "a digest has no signature",
    async ({ hour, objects }) => {
      await hour({
        after: (digest) => {
          const stored = objects.get(digest);
          if (stored) objects.set(digest, { ...stored, metadata: {} });
        },
      });
    },
    "digest-broken",
  ],
  [
    "an older digest lies under a newer one's key",
    async ({ hour, objects }) => {
      const { digest: older } = await hour();
      await hour({
        after: (digest) => {
          const stored = objects.get(older);
          if (stored) objects.set(digest, stored);
        },
      });
    },
    "digest-broken",
  ],
  [
    "a digest is of a foreign account's trail of the same name",
    async ({ hour, objects }) => {
      const foreign = new LocalTrail(new Map(), { key: KEY, account: "999999999999", bucket: "theirs" });
      await hour({
        after: (digest) => {
          const stored = foreign.objects.get(foreign.hour(START + 2 * HOUR).digest);
          if (stored) objects.set(digest, stored);
        },
      });
    },
    "digest-broken",
  ],
  [
    "a digest is signed with a key that CloudTrail does not list",
    async ({ hour, desk }) => {
      desk.keys = [OTHER];
      desk.restart();
      await hour();
    },
    "digest-broken",
  ],
  [
    "logging was stopped and started, and nobody was seen to do it",
    async ({ hour, trail }) => {
      await hour();
      trail.restart();
      await hour();
    },
    "digest-restarted",
  ],
];

test.each(sampled(TAMPERINGS))("%s: that is told", async (_, tamper, expected) => {
  const one = await world();
  await one.hour();
  await tamper(one);
  await one.desk.settle();
  const told = new Set(one.desk.told().filter((rule) => rule !== "access-key-created"));
  expect([...told].sort().join(", ")).toBe(expected);
});

test("a file that is rewritten after it was read rings within minutes, if it is read again", async () => {
  const { desk, hour, objects } = await world();
  const { files } = await hour();
  const key = files[0]?.key ?? "";
  objects.set(key, { body: gzipSync(`{"Records":[],"a":1}`), metadata: {} });
  await desk.deliver(key);
  await hour();
  await hour();
  await desk.settle();
  expect(desk.told()).toEqual(["log-object-rewritten"]);
});

test("a chain that begins anew after a call that was seen is not told", async () => {
  const { desk, hour, trail } = await world();
  await hour();
  const call = record({
    eventSource: "cloudtrail.amazonaws.com",
    eventName: "StopLogging",
    requestParameters: { name: "main" },
    eventTime: "2026-11-20T02:10:00Z",
  });
  await hour({ contents: [JSON.stringify({ Records: [call] })] });
  trail.restart();
  await hour();
  await desk.settle();
  expect(desk.told()).not.toContain("digest-restarted");
});

test("a forged file's alert names the object and the rules that it rang", async () => {
  const { desk, hour, trail } = await world();
  for (let i = 0; i < 6; i++) await hour();
  const forged = trail.file(desk.now() + MINUTE, ringing("framed", desk.now()));
  await desk.deliver(forged.key);
  for (let i = 0; i < 30; i++) await hour();
  await desk.settle();
  const told = desk.alerts.find(({ rule }) => rule === "log-object-forged");
  expect(told?.email).toContain(forged.key);
  expect(told?.email).toContain("it rang access-key-created");
  expect(told?.severity).toBe("critical");
});

test("a backfill digest that names a late file heals it, even if nobody announced it", async () => {
  const { desk, hour, trail } = await world();
  for (let i = 0; i < 6; i++) await hour();
  const at = desk.now();
  const late = trail.file(at + MINUTE);
  await desk.deliver(late.key);
  for (let i = 0; i < 10; i++) await hour();
  trail.digest(Math.ceil(at / HOUR) * HOUR, [late], { backfillAt: desk.now() });
  for (let i = 0; i < 20; i++) await hour();
  await desk.settle();
  expect(desk.told()).toEqual([]);
});

test.each(["is brought along by the one made after it", "comes an hour after it, unannounced"])(
  "a backfill digest of a later hour, made before one of an earlier hour, %s",
  async (how) => {
    const { desk, hour, trail, objects } = await world();
    const ends: number[] = [];
    for (let i = 0; i < 6; i++) {
      await hour();
      ends.push(Math.ceil(desk.now() / HOUR) * HOUR);
    }
    const [end = 0, , , later = 0, latest = 0] = ends;
    const backfill = (of: number) => trail.digest(of, [trail.file(of - MINUTE)], { backfillAt: desk.now() });
    await desk.deliver(backfill(end));
    const unannounced = backfill(latest);
    const stored = objects.get(unannounced);
    const comesLate = how.startsWith("comes");
    if (comesLate) objects.delete(unannounced);
    await desk.deliver(backfill(later));
    expect(recovered(desk)).toBe(comesLate ? 2 : 3);
    await hour();
    await desk.look();
    if (comesLate && stored !== undefined) objects.set(unannounced, stored);
    for (let i = 0; i < 6; i++) {
      await hour();
      await desk.look();
    }
    await desk.settle();
    expect({ recovered: recovered(desk), told: desk.told() }).toEqual({ recovered: 3, told: [] });
  },
);

test("digests whose announcements were lost come with the next one, and so do their files", async () => {
  const { desk, hour } = await world();
  await hour();
  for (let i = 0; i < 5; i++) await hour({ isDigestLost: true, lost: [0, 1, 2] });
  await hour();
  await desk.settle();
  expect({ recovered: recovered(desk), told: desk.told() }).toEqual({ recovered: 15, told: [] });
});

test("digests that come late and in any order end quiet", async () => {
  const { desk, hour, objects } = await world();
  await hour();
  const late: string[] = [];
  const held = new Map<string, NonNullable<ReturnType<Objects["get"]>>>();
  for (let i = 0; i < 4; i++) {
    const { digest } = await hour({ isDigestLost: true });
    late.push(digest);
    const stored = objects.get(digest);
    if (stored) held.set(digest, stored);
    objects.delete(digest);
  }
  for (const digest of [2, 0, 3, 1].map((i) => late[i] ?? "")) {
    const stored = held.get(digest);
    if (stored) objects.set(digest, stored);
    await desk.deliver(digest);
    await desk.deliver(digest);
  }
  for (let i = 0; i < 6; i++) await hour();
  await desk.settle();
  expect({ told: desk.told(), recovered: recovered(desk) }).toEqual({ told: [], recovered: 0 });
});

test("a region whose keys cannot be asked for is told once, and its files are read all the same", async () => {
  const { desk, hour } = await world();
  desk.isRefused = true;
  desk.restart();
  for (let i = 0; i < 3; i++)
    await hour({
      lost: [1],
      contents: ["", ringing(`user-${i}`, desk.now())].slice(0, 2).map((one) => one || `{"Records":[],"i":${i}}`),
    });
  await desk.settle();
  expect(desk.told().filter((rule) => rule !== "access-key-created")).toEqual(["digest-unverified"]);
  expect(desk.alerts.map(({ email }) => email).join()).toContain("user-2");
});

/** Looks as the tick does, for this many hours in which nothing comes. */
async function quiet({ desk }: World, hours: number): Promise<void> {
  const until = desk.now() + hours * HOUR;
  while (desk.now() < until) {
    await desk.advanceTo(desk.now() + 15 * MINUTE);
    await desk.look();
  }
}

test("a chain that writes no more digests is told after 2 h 15 min, once; then it goes on", async () => {
  const one = await world();
  await one.hour();
  await quiet(one, 2);
  await one.desk.settle();
  expect(one.desk.told()).toEqual([]);
  await quiet(one, 30);
  await one.desk.settle();
  expect(one.desk.told()).toEqual(["digests-silent"]);
  expect(one.desk.alerts[0]?.email).toContain("the last digest of trail main in us-east-1 ends 2026-11-20T02:00:00Z");
  expect(one.desk.alerts[0]?.severity).toBe("high");
});

test("a region that falls silent is told, and the others are not", async () => {
  const one = await world();
  const second = new LocalTrail(one.objects, { key: KEY, region: "eu-west-1", homeRegion: "us-east-1" });
  for (let i = 0; i < 3; i++) {
    await one.hour();
    if (i < 1) await one.desk.deliver(second.digest(START + (i + 2) * HOUR));
    await one.desk.look();
  }
  for (let i = 0; i < 4; i++) {
    await one.hour();
    for (let j = 0; j < 3; j++) {
      await one.desk.advanceTo(one.desk.now() + 10 * MINUTE);
      await one.desk.look();
    }
  }
  await one.desk.settle();
  expect(one.desk.told()).toEqual(["digests-silent"]);
  expect(one.desk.alerts[0]?.email).toContain("eu-west-1");
});

test("the newest digests' announcements are lost: the look finds them before the chain counts as silent", async () => {
  const one = await world();
  await one.hour();
  for (let i = 0; i < 3; i++) await one.hour({ isDigestLost: true, lost: [0] });
  await quiet(one, 1);
  await one.desk.settle();
  expect({ told: one.desk.told(), recovered: recovered(one.desk) }).toEqual({ told: [], recovered: 3 });
});

test("a digest in the middle that never comes is told after three hours, and not before", async () => {
  const one = await world();
  await one.hour();
  const { digest } = await one.hour({ isDigestLost: true });
  one.objects.delete(digest);
  await one.hour();
  await quiet(one, 0.5);
  for (let i = 0; i < 2; i++) await one.hour();
  await one.desk.look();
  await one.desk.settle();
  expect(one.desk.told()).toEqual([]);
  for (let i = 0; i < 2; i++) {
    await one.hour();
    await quiet(one, 0.25);
  }
  await one.desk.settle();
  expect(one.desk.told()).toEqual(["digest-broken"]);
  expect(one.desk.alerts[0]?.email).toContain("the digest before it is not there");
});

test("the look sums up the day, and the round-up says it", async () => {
  const one = await world();
  for (let i = 0; i < 30; i++) {
    await one.hour({ ...(i === 20 && { lost: [1] }), contents: [JSON.stringify({ Records: [{}, {}] })] });
    await one.desk.look();
  }
  const summary = await one.desk.look();
  expect(summary).toMatchObject({ wholeHours: 24, hours: 24, accounts: 1, regions: 1, expected: 24, proven: 24 });
  expect(summary?.recovered).toBe(1);
  expect(proofLine(summary as ProofSummary)).toBe(
    "Log files: 24 of 24 hours proven for 1 account and 1 region; 48 records. 1 log file was read only because a digest named them.",
  );
});

test("the daily round-up says what is proven", async () => {
  const one = await world({}, KEY, [everyCall("low")]);
  for (let i = 0; i < 26; i++) {
    await one.hour();
    await one.desk.look();
  }
  await one.hour({ contents: [ringing("bob", one.desk.now())] });
  await one.desk.settle();
  expect(one.desk.alerts).toHaveLength(1);
  expect(one.desk.alerts[0]?.email).toMatch(
    /^Log files: 24 of 24 hours proven for 1 account and 1 region; \d+ records\.$/m,
  );
});
