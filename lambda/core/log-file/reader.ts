import type { LogObject } from "../envelope/log-object.ts";
import type { Content } from "./content.ts";
import { inflated, type Observe } from "./decompress.ts";
import { LogFileError } from "./error.ts";
import { Frame, NoRecords } from "./frame.ts";
import { DEFAULT_LIMITS, type ReadLimits } from "./limits.ts";
import { sharedScanner } from "./scan/create-scanner.ts";
import type { Sieve } from "./sieve.ts";
import { type Slice, SliceBuilder } from "./slice.ts";
import { BrokenJson, type Steps, Unread } from "./unread.ts";

/** How much is scanned in one step: what is learnt from some records is of use for the next ones. */
const STEP = 64 * 1024;

/** A file with more broken records than this is not read on. */
const MAX_UNREADABLE = 10_000;

const COMMA = 0x2c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;

/**
 * Reads a log file, `{"Records": [...]}` in JSON, gzipped or not, in as much memory as a chunk and the largest record take.
 * Records that the sieve passes over are counted and not parsed; without a sieve all are candidates. Of a file that is
 * read without a fault, `observe` has seen all that its gzip holds.
 * @throws LogFileError for what cannot be read, or what `content` throws, after yielding what was found before the fault
 */
export function readLogFile<A>(
  logObject: LogObject,
  content: Content,
  sieve?: Sieve<A>,
  limits: ReadLimits = DEFAULT_LIMITS,
  observe?: Observe,
): Slices<A> {
  const text = inflated(logObject, content, limits.inflated, observe);
  const unread = new Unread(text);
  const steps = readSlices(logObject, unread, sieve, limits);
  return Buffer.isBuffer(text) ? readAtOnce(unread, steps) : readAsItComes(unread, steps);
}

/** Of a small file that is there as a whole, nothing has to be waited for: promises would cost as much as scanning it. */
export type Slices<A> = Generator<Slice<A>, void, undefined> | AsyncGenerator<Slice<A>, void, undefined>;

function* readAtOnce<A>(unread: Unread, steps: SliceSteps<A>): Generator<Slice<A>, void, undefined> {
  try {
    for (let step = steps.next(true); !step.done; step = steps.next(step.value !== undefined)) {
      if (step.value !== undefined) yield step.value;
    }
  } finally {
    void unread.close();
  }
}

async function* readAsItComes<A>(unread: Unread, steps: SliceSteps<A>): AsyncGenerator<Slice<A>, void, undefined> {
  try {
    for (let step = steps.next(true); !step.done; ) {
      const { value } = step;
      if (value !== undefined) {
        yield value;
        step = steps.next(true);
        continue;
      }
      try {
        step = steps.next(await unread.grow());
      } catch (error) {
        step = steps.throw(error);
      }
    }
  } finally {
    const closing = unread.close();
    if (closing !== undefined) await closing;
  }
}

/** Steps that yield slices as well. */
type SliceSteps<A> = Generator<Slice<A> | undefined, void, boolean>;

function* readSlices<A>(
  logObject: LogObject,
  unread: Unread,
  sieve: Sieve<A> | undefined,
  limits: ReadLimits,
): SliceSteps<A> {
  const builder = new SliceBuilder(logObject, sieve, limits);
  const frame = new Frame(unread, limits.record, (value) => builder.parseBeside(value));
  let fault: unknown;
  let isJson = false;
  try {
    const first = yield* begin(logObject, unread);
    isJson = first === OPEN_OBJECT || first === OPEN_LIST;
    while (yield* frame.toRecords()) yield* readRecords(unread, builder, limits);
  } catch (error) {
    fault = yield* faultOf(error, logObject, unread, isJson);
  }
  if (builder.seen > 0) yield builder.slice();
  if (fault !== undefined || builder.fault !== undefined) throw fault ?? builder.fault;
}

/** Takes in the beginning of a file, to its first byte that is no space. */
function* begin(logObject: LogObject, unread: Unread): Steps<number> {
  while (unread.length < 3 && (yield));
  const [first, second, third] = unread.bytes;
  if (first === undefined) throw new LogFileError(logObject, "the file is empty");
  const isMarked = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  const isHalfZero = second !== undefined && (first === 0) !== (second === 0);
  if (isMarked || isHalfZero) throw new LogFileError(logObject, "the text is in UTF-16; log files are in UTF-8");
  // Some tools begin UTF-8 files with a byte order mark.
  if (first === 0xef && second === 0xbb && third === 0xbf) unread.at = 3;
  return yield* unread.next();
}

/** The elements of `Records`, from behind the opening bracket to behind the closing one. */
function* readRecords<A>(unread: Unread, builder: SliceBuilder<A>, limits: ReadLimits): SliceSteps<A> {
  // Others scan while a slice is looked at: what a scan found is taken at once.
  const scanner = sharedScanner();
  let isFirst = true;
  let step = STEP;
  for (;;) {
    const { bytes } = unread;
    const end = Math.min(unread.at + step, bytes.length);
    const { count, next, because } = scanner.scan(bytes, unread.at, end, isFirst);
    builder.addScanned(scanner, count, bytes, unread.placeOf(0));
    unread.at = next;
    isFirst &&= count === 0;
    // An element that does not end within a step is scanned again with as much more.
    step = count > 0 ? STEP : 2 * step;
    if (builder.isFull) yield builder.slice();
    builder.refuseTooMany();
    if (because === "closed") {
      unread.at++;
      return;
    }
    const isAtEnd = because === "more" && end === bytes.length;
    if (because !== "broken" && !isAtEnd) continue;
    if (builder.seen > 0) yield builder.slice();
    if (because === "broken" || unread.length > limits.record) {
      if (yield* passOne(unread, builder, isFirst, limits)) isFirst = false;
    } else if (!(yield)) {
      throw new BrokenJson();
    }
  }
}

/**
 * Reads the next element without the scanner; false if there is none, but only the bracket that closes the list.
 * @throws BrokenJson if nobody can say where it ends, or if too many of them are broken
 */
function* passOne<A>(unread: Unread, builder: SliceBuilder<A>, isFirst: boolean, limits: ReadLimits): Steps<boolean> {
  const byte = yield* unread.next();
  if (byte === CLOSE_LIST) return false;
  if (!isFirst) {
    if (byte !== COMMA) throw new BrokenJson();
    unread.at++;
    if ((yield* unread.next()) === CLOSE_LIST) throw new BrokenJson();
  }
  builder.addPassed(yield* unread.pass(limits.record));
  if (builder.unreadable > MAX_UNREADABLE) throw new BrokenJson();
  return true;
}

/** What is wrong with a file, without a word of its content. */
function* faultOf(error: unknown, logObject: LogObject, unread: Unread, isJson: boolean): Steps<unknown> {
  if (error instanceof NoRecords) return new LogFileError(logObject, isJson ? error.message : "neither gzip nor JSON");
  if (!(error instanceof BrokenJson)) return error;
  const fault = new LogFileError(logObject, isJson ? "the JSON is broken" : "neither gzip nor JSON");
  try {
    yield* unread.skipAll();
  } catch (cause) {
    // A gzip that is damaged in its middle becomes broken JSON before its checksum is reached.
    if (cause instanceof LogFileError) return cause;
  }
  return fault;
}
