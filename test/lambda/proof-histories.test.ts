import { everyCall } from "../support/desk-pipeline.ts";
import { HOUR, LocalTrail, type NamedObject, type Objects, signingKey } from "../support/digests.ts";
import { ACCOUNT, record } from "../support/log-files.ts";
import { type ProofDesk, proofDesk } from "../support/proof-desk.ts";
import { runs } from "../support/runs.ts";

const KEY = signingKey("pkcs1", 1024);
const START = Date.parse("2026-11-20T00:00:00Z");
const MINUTE = 60_000;

/** How many histories are played; 10,000 take a quarter of an hour. */
const COUNT = Number(process.env.PROOF_HISTORIES ?? runs(60, 3));
/** The seed of the first one. */
const FIRST = Number(process.env.PROOF_FIRST ?? 1);

/** Numbers from 0 to 1, the same for the same seed (Marsaglia, "Xorshift RNGs"). */
function numbers(seed: number): () => number {
  let state = seed * 2_654_435_761 + 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

type Event = readonly [time: number, act: () => Promise<unknown> | unknown];

interface Played {
  readonly desk: ProofDesk;
  readonly files: readonly NamedObject[];
}

/**
 * A history of nobody's tampering: files whose notices are lost, late or doubled, digests likewise and in any order, files
 * that only a backfill digest names, hours without an invocation, instances that end with what they had not written down.
 */
async function play(seed: number): Promise<Played> {
  const random = numbers(seed);
  const chance = (share: number) => random() < share;
  const between = (from: number, to: number) => from + Math.floor(random() * (to - from));
  const objects: Objects = new Map();
  const desk = await proofDesk(objects, [KEY], START, [everyCall("high")]);
  const events: Event[] = [];
  const files: NamedObject[] = [];
  const hours = between(3, 9);
  const trails = Array.from({ length: chance(0.3) ? 2 : 1 }, (_, i) => {
    const region = chance(0.5) ? "us-east-1" : "eu-west-1";
    return new LocalTrail(new Map(), { key: KEY, region, homeRegion: "us-east-1", trail: `trail_${i}` });
  });
  // For this long nothing is invoked; what came meanwhile comes at its end.
  const gap = chance(0.3) ? START + between(2, hours + 2) * HOUR : Number.POSITIVE_INFINITY;
  const gapEnd = gap + between(10, 55) * MINUTE;
  const invoked = (time: number) => (time > gap && time < gapEnd ? gapEnd : time);
  const appears = (time: number, from: Objects, key: string) => {
    const stored = from.get(key);
    if (stored) events.push([time, () => objects.set(key, stored)]);
  };
  const announce = (time: number, key: string, isKept: boolean) => {
    if (isKept) events.push([invoked(time), () => desk.deliver(key)]);
    if (isKept && chance(0.15)) events.push([invoked(time + between(1, 200) * MINUTE), () => desk.deliver(key)]);
  };
  for (const trail of trails) {
    // From the first digest on, files count.
    const first = trail.digest(START, []);
    appears(START, trail.objects, first);
    events.push([START + MINUTE, () => desk.deliver(first)]);
    let carried: NamedObject[] = [];
    const late: { readonly end: number; readonly at: number; readonly file: NamedObject }[] = [];
    for (let hour = 1; hour <= hours + 32; hour++) {
      const end = START + hour * HOUR;
      const isCalm = hour > hours;
      const named: NamedObject[] = [...carried];
      carried = [];
      for (let i = 0; i < (isCalm ? (hour % 8 === 0 ? 1 : 0) : between(0, 4)); i++) {
        const minute = between(2, 60);
        const time = end - HOUR + minute * MINUTE;
        const call = record({
          eventTime: new Date(time).toISOString().replace(".000", ""),
          recipientAccountId: ACCOUNT,
        });
        const file = trail.file(time, JSON.stringify({ Records: [call] }));
        files.push(file);
        appears(time, trail.objects, file.key);
        announce(time + between(0, 12) * MINUTE, file.key, isCalm || !chance(0.25));
        if (!isCalm && chance(0.1)) {
          late.push({ end, at: end + between(180, 900) * MINUTE, file });
          // Backfills of one hour are one digest.
          break;
        }
        if (minute > 57 && !isCalm) carried.push(file);
        else named.push(file);
      }
      const key = trail.digest(end, named);
      const time = end + between(4, 20) * MINUTE + (!isCalm && chance(0.25) ? between(10, 70) * MINUTE : 0);
      appears(time, trail.objects, key);
      announce(time + MINUTE, key, isCalm || !chance(0.2));
    }
    // Each names the one that was made before it, whatever hours they are about.
    for (const { end, at, file } of late.toSorted((a, b) => a.at - b.at)) {
      const backfill = trail.digest(end, [file], { backfillAt: at });
      appears(at, trail.objects, backfill);
      announce(at + between(1, 40) * MINUTE, backfill, chance(0.6));
    }
  }
  const last = START + (hours + 32) * HOUR;
  for (let time = START + 15 * MINUTE; time < last; time += chance(0.1) ? 45 * MINUTE : 15 * MINUTE) {
    events.push([invoked(time), () => desk.look()]);
    if (chance(0.05)) events.push([time, () => desk.restart()]);
  }
  const ordered = events.map((event, i) => [event, i] as const).sort(([[a], i], [[b], j]) => a - b || i - j);
  for (const [[time, act]] of ordered) {
    await desk.advanceTo(time);
    await act();
  }
  await desk.settle();
  return { desk, files };
}

test(`${COUNT} random histories of nobody's tampering end with every file read, each match told once, and nothing told falsely`, async () => {
  const wrong: unknown[] = [];
  for (let seed = FIRST; seed < FIRST + COUNT; seed++) {
    const { desk, files } = await play(seed);
    const unread = files.filter(({ key }) => !desk.fetched.has(key)).map(({ key }) => key);
    const others = desk.told().filter((rule) => rule !== "every-call");
    const matches = desk.alerts.reduce((sum, one) => sum + one.matches, 0);
    const isRight = unread.length === 0 && others.length === 0 && matches === files.length;
    if (!isRight) wrong.push({ seed, unread, others, matches, files: files.length });
  }
  expect(wrong).toEqual([]);
}, 14_400_000);
