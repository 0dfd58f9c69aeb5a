import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LogObject } from "../../lambda/core/envelope/log-object.ts";
import { type Found, foundIn } from "../../lambda/core/incident/assign.ts";
import type { CloudTrailRecord } from "../../lambda/core/record/record.ts";
import { viewOf } from "../../lambda/core/record/view.ts";
import type { Rule } from "../../lambda/core/rules/rule.ts";
import type { Verdict } from "../../lambda/core/rules/rule-set.ts";
import type { Finding } from "./task.ts";

const MINUTE = 60_000;

/** A found record as text, from one thread to another or into a file. `placeOfRule` says where a rule stands in the task. */
export function findingOf(
  record: CloudTrailRecord,
  logObject: LogObject,
  { matched, preceding, noticed, steps }: Omit<Verdict, "excepted" | "exceptions">,
  placeOfRule: (rule: Rule) => number,
): Finding {
  const rules = [matched, preceding, noticed].map((of) => of.map(placeOfRule));
  return { minute: minuteOf(record), json: JSON.stringify([record, logObject, ...rules, steps]) };
}

/** The minute that a record comes in. None arrives in the future. */
export function minuteOf(record: CloudTrailRecord): number {
  return Math.floor(Math.min(viewOf(record).time ?? 0, Date.now()) / MINUTE) * MINUTE;
}

function foundFrom(json: string, rules: readonly Rule[]): Found {
  const [record, logObject, ...rest] = JSON.parse(json);
  const [matched, preceding, noticed] = (rest.slice(0, 3) as number[][]).map((of) => of.flatMap((i) => rules[i] ?? []));
  const verdict = { matched, preceding, noticed, excepted: [], exceptions: [], steps: rest[3] } as Verdict;
  return foundIn(record, logObject, verdict) ?? { record, logObject, rules: [], preceding: [] };
}

/** What waits in memory, in characters, before it goes to a file. */
const MAX_WAITING = 16 * 2 ** 20;

/**
 * Keeps what was found until all is read, and gives it back minute by minute. Beyond a few megabytes it lies in a file,
 * which nobody else can open and which is gone when the process ends.
 */
export class FoundStore {
  readonly #minutes: number[] = [];
  readonly #ends: number[] = [];
  #waiting: string[] = [];
  #size = 0;
  #written = 0;
  #fd: number | undefined;
  #folder: string | undefined;

  get length(): number {
    return this.#minutes.length;
  }

  add({ minute, json }: Finding): void {
    this.#minutes.push(minute);
    this.#waiting.push(json);
    this.#size += json.length;
    if (this.#size > MAX_WAITING) this.#write();
  }

  /** The minutes in their order, each with what came in it, in the order in which it was added. */
  *byMinute(rules: readonly Rule[]): Generator<readonly [minute: number, found: readonly Found[]], void, undefined> {
    if (this.#fd !== undefined) this.#write();
    const minutes = this.#minutes;
    const order = minutes.map((_, i) => i).sort((a, b) => (minutes[a] ?? 0) - (minutes[b] ?? 0) || a - b);
    let found: Found[] = [];
    for (const [n, i] of order.entries()) {
      const minute = minutes[i] ?? 0;
      found.push(foundFrom(this.#textAt(i), rules));
      const next = order[n + 1];
      if (next !== undefined && minutes[next] === minute) continue;
      yield [minute, found];
      found = [];
    }
  }

  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    if (this.#folder !== undefined) rmSync(this.#folder, { recursive: true, force: true });
    this.#fd = undefined;
    this.#folder = undefined;
  }

  #textAt(i: number): string {
    if (this.#fd === undefined) return this.#waiting[i] ?? "";
    const start = i === 0 ? 0 : (this.#ends[i - 1] ?? 0);
    const bytes = Buffer.allocUnsafe((this.#ends[i] ?? 0) - start);
    readSync(this.#fd, bytes, 0, bytes.length, start);
    return bytes.toString("utf8");
  }

  #write(): void {
    const fd = this.#fd ?? this.#open();
    for (const json of this.#waiting) {
      const bytes = Buffer.from(json);
      for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at, bytes.length - at, this.#written + at);
      this.#written += bytes.length;
      this.#ends.push(this.#written);
    }
    this.#waiting = [];
    this.#size = 0;
  }

  #open(): number {
    const folder = mkdtempSync(join(tmpdir(), "trailbell-replay-"));
    const file = join(folder, "found");
    this.#fd = openSync(file, "w+", 0o600);
    try {
      rmSync(folder, { recursive: true });
    } catch {
      // Where an open file cannot be removed, it is removed in the end.
      this.#folder = folder;
    }
    return this.#fd;
  }
}
