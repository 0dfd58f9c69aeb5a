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
  #bytes = Buffer.alloc(0);
  /** Up to where the bytes have been looked at. */
  #at = 0;
  /** Where the piece begins; -1 outside of pieces. */
  #start = -1;
  #depth = 0;
  /** How deep pieces stand: 0 by themselves, 1 in a list, 2 in a list of an object. */
  #base = 0;
  #list = "";
  #index = 0;
  #count = 0;
  /** The last string, and the last one that a colon followed. */
  #string = "";
  #key = "";

  *push(chunk: Uint8Array): Generator<Piece, void, undefined> {
    // What no piece needs any more is let go.
    const from = this.#start >= 0 ? this.#start : this.#at;
    this.#bytes = Buffer.concat([this.#bytes.subarray(from), chunk]);
    this.#at -= from;
    if (this.#start >= 0) this.#start = 0;
    const bytes = this.#bytes;
    while (this.#at < bytes.length) {
      const at = this.#at;
      const byte = bytes[at] ?? 0;
      if (byte === QUOTE) {
        const end = endOfString(bytes, at);
        if (end === -1) break;
        if (this.#depth === 1 && this.#base !== 1)
          this.#string = bytes.toString("latin1", at + 1, Math.min(end, at + 30));
        if (this.#start < 0 && this.#depth === this.#base) yield this.#piece(at, end + 1);
        this.#at = end + 1;
        continue;
      }
      this.#at++;
      if (byte === OPEN_OBJECT || byte === OPEN_LIST) this.#open(byte, at);
      else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) {
        this.#depth--;
        if (this.#depth < 0) throw new RecordsError("the JSON is broken: a bracket closes that was never opened");
        if (this.#depth < this.#base) this.#base = 0;
        else if (this.#depth === this.#base && this.#start >= 0) {
          const start = this.#start;
          this.#start = -1;
          yield this.#piece(start, at + 1);
        }
      } else if (byte === COLON && this.#depth === 1) this.#key = this.#string;
      else if (this.#depth === 0 && byte > 0x20 && byte !== COMMA) {
        throw new RecordsError("what follows is neither JSON nor lines of JSON");
      } else if (this.#start < 0 && this.#depth === this.#base && byte > 0x20 && byte !== COMMA) {
        // A number or a word stands where a record should; of one that is cut by a chunk's end, the rest counts again.
        let end = this.#at;
        while (end < bytes.length && isWordByte(bytes[end] ?? 0)) end++;
        yield this.#piece(at, end);
        this.#at = end;
      }
    }
    const held = bytes.length - (this.#start >= 0 ? this.#start : this.#at);
    if (this.#base > 0 && held > MAX_PIECE) throw new RecordsError(`${this.#place()} is larger than any record`);
    if (held > MAX_DOCUMENT) {
      throw new RecordsError(
        `it has neither Records, Events, logEvents nor events, and is larger than ${MAX_DOCUMENT} bytes; write one record a line (.jsonl)`,
      );
    }
  }

  end(): void {
    if (this.#depth > 0 || this.#at < this.#bytes.length) throw new RecordsError("the JSON is cut off");
  }

  #open(byte: number, at: number): void {
    if (this.#depth === 1 && this.#base === 0 && byte === OPEN_LIST && LISTS.includes(this.#key)) {
      this.#base = 2;
      this.#list = this.#key;
      this.#index = 0;
      this.#start = -1;
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

  #piece(start: number, end: number): Piece {
    const place = this.#place();
    if (this.#base > 0) this.#index++;
    else this.#count++;
    return { text: this.#bytes.toString("utf8", start, end), place };
  }

  #place(): string {
    if (this.#base > 0) return `${this.#list}[${this.#index}]`;
    return this.#count === 0 ? "" : `value ${this.#count + 1}`;
  }
}

/** The closing quote of the string that opens at a byte, -1 if it is not there yet. */
function endOfString(bytes: Buffer, open: number): number {
  for (let at = bytes.indexOf(QUOTE, open + 1); at !== -1; at = bytes.indexOf(QUOTE, at + 1)) {
    let backslashes = 0;
    while (bytes[at - 1 - backslashes] === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return at;
  }
  return -1;
}

function isWordByte(byte: number): boolean {
  return byte > 0x20 && byte !== COMMA && byte !== CLOSE_LIST && byte !== CLOSE_OBJECT && byte !== QUOTE;
}
