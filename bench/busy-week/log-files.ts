import { type Act, type Doing, MINUTE } from "./act.ts";
import { Heap } from "./heap.ts";
import { ORGANIZATION } from "./organization.ts";
import { Random } from "./random.ts";

/** A log file as CloudTrail delivers it. */
export interface LogFile {
  readonly key: string;
  /** Milliseconds since the epoch. */
  readonly arrival: number;
  readonly acts: readonly Act[];
}

/** CloudTrail collects for about five minutes, and then takes a while to deliver (CloudTrail User Guide). */
const SLOT = 5 * MINUTE;
const DELAYS = [1.5 * MINUTE, 3.5 * MINUTE] as const;

/** Busy accounts and regions get several files in one slot. */
const MOST_RECORDS = 150;

/** What begins on a day that ends at `end`; nothing of it begins before the day. */
export interface PlannedDay {
  readonly end: number;
  readonly doings: readonly Doing[];
}

interface Slot {
  /** The account, the kind of log and the region. */
  readonly place: string;
  readonly end: number;
  readonly acts: Act[];
}

/**
 * Log files in the order of their arrival, from what begins on each day. Each account and region has its own, each with five
 * minutes of its own. Only what is under way is held in memory.
 */
export function* logFilesOf(days: Iterable<PlannedDay>, seed: number): Generator<LogFile> {
  const open = new Map<string, Slot>();
  const ending = new Heap<Slot>();
  const due = new Heap<LogFile>();
  const endUntil = (time: number) => {
    while (ending.least !== undefined && ending.least <= time) {
      const slot = ending.pop();
      open.delete(slot.place);
      for (const file of filesOf(slot, seed)) due.push(file.arrival, file);
    }
  };
  for (const act of inOrder(days)) {
    endUntil(act.time);
    while (due.least !== undefined && due.least <= act.time) yield due.pop();
    const place = placeOf(act);
    let slot = open.get(place);
    if (slot === undefined) {
      slot = { place, end: endOf(place, act.time), acts: [] };
      open.set(place, slot);
      ending.push(slot.end, slot);
    }
    slot.acts.push(act);
  }
  endUntil(Number.POSITIVE_INFINITY);
  while (due.least !== undefined) yield due.pop();
}

/** All that is done, by time. */
function* inOrder(days: Iterable<PlannedDay>): Generator<Act> {
  const starting = new Heap<Doing>();
  const running = new Heap<{ readonly act: Act; readonly rest: Iterator<Act> }>();
  const push = (rest: Iterator<Act>, soonest: number) => {
    const { done, value } = rest.next();
    // Two hands of one doing may overlap by moments: nobody acts in the past.
    if (!done) running.push(Math.max(value.time, soonest), { act: value, rest });
  };
  function* until(end: number): Generator<Act> {
    for (;;) {
      const start = starting.least ?? Number.POSITIVE_INFINITY;
      const next = running.least ?? Number.POSITIVE_INFINITY;
      if (Math.min(start, next) >= end) return;
      if (start <= next) push(starting.pop().acts()[Symbol.iterator](), start);
      else {
        const { act, rest } = running.pop();
        yield act.time === next ? act : { ...act, time: next };
        push(rest, next);
      }
    }
  }
  for (const { end, doings } of days) {
    for (const doing of doings) starting.push(doing.start, doing);
    yield* until(end);
  }
  yield* until(Number.POSITIVE_INFINITY);
}

function placeOf({ record }: Act): string {
  const kind = record.eventCategory === "Insight" ? "CloudTrail-Insight" : "CloudTrail";
  return `${record.recipientAccountId}/${kind}/${record.awsRegion}`;
}

/** Each place has its own beat. */
function endOf(place: string, time: number): number {
  let sum = 0;
  for (const letter of place) sum = (sum * 31 + letter.charCodeAt(0)) % 300;
  const phase = sum * 1_000;
  return (Math.floor((time - phase) / SLOT) + 1) * SLOT + phase;
}

function* filesOf({ place, end, acts }: Slot, seed: number): Generator<LogFile> {
  const random = new Random(`${seed}/${place}/${end}`);
  const [account, kind, region] = place.split("/");
  const stamp = new Date(Math.ceil(end / SLOT) * SLOT).toISOString();
  const folder = `AWSLogs/${ORGANIZATION}/${account}/${kind}/${region}/${stamp.slice(0, 10).replaceAll("-", "/")}`;
  const minute = stamp.slice(0, 16).replace(/[-:]/g, "");
  for (let i = 0; i < acts.length; i += MOST_RECORDS) {
    yield {
      key: `${folder}/${account}_${kind}_${region}_${minute}Z_${random.id("")}.json.gz`,
      arrival: Math.round(end + random.between(...DELAYS)),
      acts: acts.slice(i, i + MOST_RECORDS),
    };
  }
}
