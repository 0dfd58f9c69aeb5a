import type { LogObject } from "../envelope/log-object.ts";
import { type CloudTrailRecord, isObject, textAt } from "../record/record.ts";
import { restored } from "../record/restored.ts";
import { LogFileError } from "./error.ts";
import type { ReadLimits } from "./limits.ts";
import type { Scanner } from "./scan/scanner.ts";
import { CALL, type Sketch } from "./scan/sketch.ts";
import type { Sieve } from "./sieve.ts";
import type { Passed } from "./unread.ts";

/** A record that some rule could match. */
export interface Candidate<A = unknown> {
  readonly record: CloudTrailRecord;
  /** What the sieve knows of all records like it; not there for records that it cannot judge. */
  readonly alike?: A | undefined;
}

/** A part of a log file: how many elements of `Records` it covers, and which of them some rule could match. */
export interface Slice<A = unknown> {
  /** Elements of `Records`, of any type. */
  readonly seen: number;
  /** Elements that are no JSON object, or cannot be read; they are in `seen` too. */
  readonly malformed: number;
  readonly candidates: readonly Candidate<A>[];
}

/** A slice is not larger than this: parsed, a record takes up to fifty times its bytes. */
const MAX_CANDIDATES = 100;
const MAX_BYTES = 2 ** 20;

const OPEN_OBJECT = 0x7b;

/** Puts slices together. */
export class SliceBuilder<A> {
  /** Elements since the last slice, and in all slices before. */
  seen = 0;
  #before = 0;
  #malformed = 0;
  #candidates: Candidate<A>[] = [];
  #bytes = 0;
  /** Records that cannot be read, in all slices. */
  unreadable = 0;
  /** Why the first of them cannot. */
  fault: LogFileError | undefined;
  readonly #logObject: LogObject;
  readonly #sieve: Sieve<A> | undefined;
  readonly #limits: ReadLimits;
  /** Of what the last scan found. */
  readonly #sketches: (Sketch | undefined)[] = [];

  constructor(logObject: LogObject, sieve: Sieve<A> | undefined, limits: ReadLimits) {
    this.#logObject = logObject;
    this.#sieve = sieve;
    this.#limits = limits;
  }

  get isFull(): boolean {
    return this.#candidates.length >= MAX_CANDIDATES || this.#bytes >= MAX_BYTES;
  }

  /** What was added since the last slice. */
  slice(): Slice<A> {
    const slice = { seen: this.seen, malformed: this.#malformed, candidates: this.#candidates };
    this.#before += this.seen;
    this.seen = 0;
    this.#malformed = 0;
    this.#candidates = [];
    this.#bytes = 0;
    return slice;
  }

  /** @throws LogFileError if there are more elements than the limit */
  refuseTooMany(): void {
    const { records } = this.#limits;
    if (this.#before + this.seen <= records) return;
    throw new LogFileError(this.#logObject, `more records than the limit of ${records}`);
  }

  /** Adds the elements that the scanner found in `bytes`, of which the first is the file's byte `place`. */
  addScanned(scanner: Scanner, count: number, bytes: Buffer, place: number): void {
    const sketches = this.#sketches;
    sketches.length = 0;
    if (this.#sieve !== undefined) for (let i = 0; i < count; i++) sketches.push(scanner.sketchOf(i));
    this.#sieve?.expect?.(sketches);
    for (let i = 0; i < count; i++) this.#addElement(scanner, i, sketches[i], bytes, place);
  }

  #addElement(scanner: Scanner, index: number, sketch: Sketch | undefined, bytes: Buffer, place: number): void {
    const start = scanner.startOf(index);
    const end = scanner.endOf(index);
    const depth = scanner.depthOf(index);
    if (end - start > this.#limits.record || depth > this.#limits.depth) {
      this.addPassed({ place: place + start, depth, bytes: bytes.subarray(start, end) });
      return;
    }
    if (bytes[start] !== OPEN_OBJECT) {
      this.#add(undefined);
      return;
    }
    if (sketch !== undefined && !isOfOtherEvent(sketch) && this.#sieve?.passesOver(sketch, index)) this.seen++;
    else this.#add(this.#parsed(bytes, start, end), end - start, sketch);
  }

  /** Adds an element of which nobody knows whether it is JSON. */
  addPassed({ place, depth, bytes }: Passed): void {
    const { record, depth: deepest } = this.#limits;
    const what = `the record at byte ${place}`;
    if (bytes === undefined || bytes.length > record) {
      this.#fail(`${what} is larger than the limit of ${record} bytes`);
    } else if (depth > deepest) {
      this.#fail(`${what} is nested deeper than ${deepest}`);
    } else {
      this.#add(this.#parsed(bytes), bytes.length);
      return;
    }
    this.#add(undefined);
  }

  /** The key or the value beside `Records` that these bytes are. */
  parseBeside({ place, bytes }: Passed): unknown {
    if (bytes !== undefined) return this.#parsed(bytes);
    this.#fail(`the value at byte ${place} is larger than the limit of ${this.#limits.record} bytes`);
    return undefined;
  }

  #add(value: unknown, size = 0, sketch?: Sketch): void {
    refuseOtherEvents(this.#logObject, value);
    this.seen++;
    if (isObject(value)) {
      const record = restored(value, this.#limits.depth);
      this.#candidates.push(sketch === undefined ? { record } : { record, alike: this.#sieve?.meet?.(record, sketch) });
      this.#bytes += size;
    } else {
      this.#malformed++;
    }
  }

  #parsed(bytes: Buffer, start = 0, end = bytes.length): unknown {
    try {
      return JSON.parse(bytes.toString("utf8", start, end));
    } catch {
      // What JSON.parse says quotes the text: contents of records do not belong in logs.
      this.#fail("the JSON is broken");
      return undefined;
    }
  }

  /** One record that cannot be read must not hide those behind it; the file still fails in the end. */
  #fail(what: string): void {
    this.unreadable++;
    this.fault ??= new LogFileError(this.#logObject, what);
  }
}

/** S3, SQS and Kinesis events have Records too; CloudTrail's event sources are host names. */
function refuseOtherEvents(logObject: LogObject, record: unknown): void {
  const [, source] = /^(aws:[a-z0-9-]{1,30})$/.exec(textAt(record, "eventSource") ?? "") ?? [];
  if (source !== undefined) throw new LogFileError(logObject, `Records are an event of ${source}, not log records`);
}

/** True for what must be parsed to be refused; the sieve has seen such a record in another file. */
function isOfOtherEvent(sketch: Sketch): boolean {
  return sketch.begins(CALL, '"aws:');
}
