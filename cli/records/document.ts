import { RecordsError } from "./fault.ts";

/** A part of a file that may hold a record, and where it stands: `Events[3]`. */
export interface Piece {
  readonly text: string;
  /** Empty for the whole of a file. */
  readonly place: string;
}

/** The lists that answers of AWS keep records in: log files, LookupEvents, CloudWatch Logs' subscriptions and FilterLogEvents. */
const LISTS = ["Records", "Events", "logEvents", "events"];

/** A piece that is larger is none that AWS makes; a record is at most 256 KB (CloudTrail User Guide, "Quotas"). */
const MAX_PIECE = 8 * 2 ** 20;
/** An answer of another tool is taken whole: ten thousand hits of Elasticsearch, which is the most it gives at once, are smaller. */
const MAX_DOCUMENT = 96 * 2 ** 20;

/** Only the first bytes of a key are compared. */
const MAX_KEY = 29;

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/**
 * Takes JSON apart, chunk by chunk: the elements of a list, of the lists that AWS's answers have, and objects that stand
 * by themselves or one after another. Only brackets and strings are looked at: each piece is parsed by who takes it.
 * @throws RecordsError for what is no JSON, or ends too early, after the pieces before it
 */
export async function* piecesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Piece, void, undefined> {
  const document = new Document();
  for await (const chunk of chunks) yield* document.push(chunk);
  document.end();
}

class Document {
  /** What earlier chunks hold of the piece that began there; joined once, when it ends. */
  #parts: Buffer[] = [];
  #partsLength = 0;
  #chunk: Buffer = Buffer.alloc(0);
  /** Where in the chunk the piece begins, 0 if it began in an earlier one; -1 outside of pieces. */
  #start = -1;
  #depth = 0;
  /** How deep pieces stand: 0 by themselves, 1 in a list, 2 in a list of an object. */
  #base = 0;
  #list = "";
  #index = 0;
  #count = 0;
  #isInString = false;
  /** True if an earlier chunk ended in a string, behind an odd number of backslashes. */
  #isEscaped = false;
  /** The last string, and the last one that a colon followed. */
  #string = "";
  #key = "";

  *push(chunk: Uint8Array): Generator<Piece, void, undefined> {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    this.#chunk = bytes;
    let next = 0;
    while (next < bytes.length) {
      if (this.#isInString) {
        next = this.#passString(next);
        if (!this.#isInString && this.#start >= 0 && this.#depth === this.#base) yield this.#piece(next);
        continue;
      }
      const at = next++;
      const byte = bytes[at] ?? 0;
      if (byte === QUOTE) {
        this.#isInString = true;
        if (this.#isKeyHere()) this.#string = "";
        if (this.#start < 0 && this.#depth === this.#base) this.#start = at;
      } else if (byte === OPEN_OBJECT || byte === OPEN_LIST) this.#open(byte, at);
      else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) {
        this.#depth--;
        if (this.#depth < 0) throw new RecordsError("the JSON is broken: a bracket closes that was never opened");
        if (this.#depth < this.#base) this.#base = 0;
        else if (this.#depth === this.#base && this.#start >= 0) yield this.#piece(next);
      } else if (byte === COLON && this.#depth === 1) this.#key = this.#string;
      else if (this.#depth === 0 && byte > 0x20 && byte !== COMMA) {
        throw new RecordsError("what follows is neither JSON nor lines of JSON");
      } else if (this.#start < 0 && this.#depth === this.#base && byte > 0x20 && byte !== COMMA) {
        // A number or a word stands where a record should; of one that is cut by a chunk's end, the rest counts again.
        while (next < bytes.length && isWordByte(bytes[next] ?? 0)) next++;
        this.#start = at;
        yield this.#piece(next);
      }
    }
    this.#hold();
  }

  end(): void {
    if (this.#depth > 0 || this.#isInString) throw new RecordsError("the JSON is cut off");
  }

  /** Takes the bytes of a string up to its closing quote or the chunk's end; returns where it goes on. */
  #passString(from: number): number {
    const bytes = this.#chunk;
    const quote = endOfString(bytes, from, this.#isEscaped);
    const end = quote === -1 ? bytes.length : quote;
    if (this.#isKeyHere())
      this.#string += bytes.toString("latin1", from, Math.min(end, from + MAX_KEY - this.#string.length));
    this.#isInString = quote === -1;
    this.#isEscaped = quote === -1 && isEscaped(bytes, from, end, this.#isEscaped);
    return quote === -1 ? end : end + 1;
  }

  #isKeyHere(): boolean {
    return this.#depth === 1 && this.#base !== 1;
  }

  /** Keeps what the chunk has of a piece that goes on. */
  #hold(): void {
    if (this.#start < 0) return;
    const part = this.#chunk.subarray(this.#start);
    this.#parts.push(part);
    this.#partsLength += part.length;
    this.#start = 0;
    if (this.#base > 0 && this.#partsLength > MAX_PIECE)
      throw new RecordsError(`${this.#place()} is larger than any record`);
    if (this.#partsLength > MAX_DOCUMENT) {
      throw new RecordsError(
        `it has neither Records, Events, logEvents nor events, and is larger than ${MAX_DOCUMENT} bytes; write one record a line (.jsonl)`,
      );
    }
  }

  #drop(): void {
    this.#start = -1;
    this.#parts = [];
    this.#partsLength = 0;
  }

  #open(byte: number, at: number): void {
    if (this.#depth === 1 && this.#base === 0 && byte === OPEN_LIST && LISTS.includes(this.#key)) {
      this.#base = 2;
      this.#list = this.#key;
      this.#index = 0;
      this.#drop();
    } else if (this.#depth === 0 && byte === OPEN_LIST) {
      this.#base = 1;
      this.#list = "";
      this.#index = 0;
    } else if (this.#start < 0 && this.#depth === this.#base) {
      this.#start = at;
      if (this.#depth === 0) this.#key = "";
    }
    this.#depth++;
  }

  /** The piece that ends before a byte of the chunk. */
  #piece(end: number): Piece {
    const place = this.#place();
    if (this.#base > 0) this.#index++;
    else this.#count++;
    const last = this.#chunk.subarray(this.#start, end);
    const whole = this.#parts.length === 0 ? last : Buffer.concat([...this.#parts, last]);
    this.#drop();
    return { text: whole.toString("utf8"), place };
  }

  #place(): string {
    if (this.#base > 0) return `${this.#list}[${this.#index}]`;
    return this.#count === 0 ? "" : `value ${this.#count + 1}`;
  }
}

/** The closing quote of a string whose bytes go on at `from`, -1 if it is not there yet. */
function endOfString(bytes: Buffer, from: number, isEscapedBefore: boolean): number {
  for (let at = bytes.indexOf(QUOTE, from); at !== -1; at = bytes.indexOf(QUOTE, at + 1)) {
    if (!isEscaped(bytes, from, at, isEscapedBefore)) return at;
  }
  return -1;
}

/** True for a byte of a string that stands behind an odd number of backslashes. */
function isEscaped(bytes: Buffer, from: number, at: number, isEscapedBefore: boolean): boolean {
  let first = at;
  while (first > from && bytes[first - 1] === BACKSLASH) first--;
  return ((at - first) % 2 === 1) !== (first === from && isEscapedBefore);
}

function isWordByte(byte: number): boolean {
  return byte > 0x20 && byte !== COMMA && byte !== CLOSE_LIST && byte !== CLOSE_OBJECT && byte !== QUOTE;
}
