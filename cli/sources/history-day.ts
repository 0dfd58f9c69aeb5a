import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import { isObject } from "../../lambda/core/record/record.ts";
import { madeFolder } from "../cache-folder.ts";
import { SourceError } from "./source.ts";

/** Some events of Event history, the newest first, and what to ask for the next ones. */
export interface HistoryPage {
  readonly events: readonly { readonly id: string; readonly time: number; readonly json: string }[];
  readonly token?: string;
}

/** Asks Event history for a time; both ends, in milliseconds since the epoch, are within it. */
export type Lookup = (asked: {
  readonly since: number;
  readonly until: number;
  readonly token: string | undefined;
}) => Promise<HistoryPage>;

const DAY = 86_400_000;
const SECOND = 1_000;
/** Events are there a quarter of an hour after the call, at the latest in general (CloudTrail User Guide, "Event history"). */
const LATENESS = 20 * 60_000;
/** A lock that nobody has touched for so long was left behind. */
const ABANDONED = 60_000;

/** What is there of a day: all between two times. */
interface Known {
  readonly from: number;
  readonly to: number;
}

/**
 * Brings a file up to date with one day of one region: a record on each line. Only what is not there yet is asked for; what
 * an interrupted run has fetched stays.
 * @throws SourceError if another process is at the same day, and what `lookup` rejects with
 */
export async function fetchDay(
  file: string,
  day: number,
  lookup: Lookup,
  now: number,
  onEvents: (count: number) => void,
): Promise<void> {
  const end = Math.min(day + DAY - SECOND, now);
  let known = knownOf(file);
  if (known !== undefined && known.from <= day && known.to >= end) return;
  madeFolder(dirname(file));
  const lock = `${file}.lock`;
  takeLock(lock);
  try {
    known = knownOf(file) ?? { from: end, to: end };
    const ids = idsIn(file);
    const settled = Math.min(day + DAY - SECOND, now - LATENESS);

    /** Fetches a time, the newest first; `reached` hears how far back it has come. */
    const fetch = async (since: number, until: number, reached: (time: number) => void) => {
      let token: string | undefined;
      do {
        utimesSync(lock, new Date(), new Date());
        const page = await lookup({ since, until, token });
        const fresh = page.events.filter(({ id, json }) => isRecord(json) && !ids.has(id));
        for (const { id } of fresh) ids.add(id);
        appendFileSync(file, fresh.map(({ json }) => `${json.replaceAll("\n", " ")}\n`).join(""), { mode: 0o600 });
        onEvents(fresh.length);
        token = page.token;
        reached(token === undefined ? since : Math.min(until, ...page.events.map(({ time }) => time)));
      } while (token !== undefined);
    };
    const note = (next: Known) => {
      known = next;
      writeFileSync(`${file}.new`, JSON.stringify(next), { mode: 0o600 });
      renameSync(`${file}.new`, `${file}.json`);
    };
    const { from, to } = known;
    // What was asked for too early to be complete is asked for again.
    if (to < end) {
      await fetch(Math.max(day, to - LATENESS), end, () => undefined);
      note({ from, to: Math.max(to, settled) });
    }
    if (from > day) await fetch(day, from, (time) => note({ from: time, to: Math.min(known?.to ?? end, settled) }));
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

function knownOf(file: string): Known | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(`${file}.json`, "utf8"));
    if (!existsSync(file) || !isObject(value)) return undefined;
    const { from, to } = value;
    return typeof from === "number" && typeof to === "number" ? { from, to } : undefined;
  } catch {
    return undefined;
  }
}

/** The events in a file; a line that an interrupted run has left half written is taken away. */
function idsIn(file: string): Set<string> {
  if (!existsSync(file)) return new Set();
  const bytes = readFileSync(file);
  const end = bytes.lastIndexOf(0x0a) + 1;
  if (end < bytes.length) truncateSync(file, end);
  const lines = bytes.toString("utf8", 0, end).split("\n");
  return new Set(lines.flatMap((line) => /"eventID"\s*:\s*"([^"]+)"/.exec(line)?.[1] ?? []));
}

function isRecord(json: string): boolean {
  try {
    return isObject(JSON.parse(json));
  } catch {
    return false;
  }
}

/** Two processes must not write the same file. */
function takeLock(lock: string): void {
  try {
    if (Date.now() - statSync(lock).mtimeMs > ABANDONED) rmSync(lock, { recursive: true, force: true });
  } catch {
    // Nobody has it.
  }
  try {
    mkdirSync(lock);
  } catch {
    throw new SourceError(
      `another replay is fetching the same day of Event history; let it finish (its lock is ${lock})`,
    );
  }
}
