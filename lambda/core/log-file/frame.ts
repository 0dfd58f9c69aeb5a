import { BrokenJson, type Passed, type Steps, type Unread } from "./unread.ts";

/** JSON that is whole but is no log file. */
export class NoRecords extends Error {
  override readonly name = "NoRecords";
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** As it is written in nearly all files. */
const RECORDS = Buffer.from('"Records"');

const NO_LOG_FILE = "the JSON has no Records; this is no log file";

/** What stands around the records of a log file: `{ ..., "Records": [ ... ], ... }`. */
export class Frame {
  readonly #unread: Unread;
  readonly #parse: (value: Passed) => unknown;
  readonly #limit: number;
  #isOpen = false;
  #hasRecords = false;

  /** `parse` gets each key, and each value that stands beside `Records`; of none more than `limit` bytes are kept. */
  constructor(unread: Unread, limit: number, parse: (value: Passed) => unknown) {
    this.#unread = unread;
    this.#limit = limit;
    this.#parse = parse;
  }

  /**
   * Goes on to the first byte within `Records`, or to the end of the file. Whoever reads the list leaves off behind its
   * closing bracket.
   * @returns false at the end of the file
   * @throws BrokenJson, NoRecords
   */
  *toRecords(): Steps<boolean> {
    while (yield* this.#toKey()) {
      const key = this.#unread.passText(RECORDS) ? "Records" : this.#parse(yield* this.#unread.pass(this.#limit));
      yield* this.#expect(COLON);
      const first = yield* this.#unread.next();
      if (key === "Records") {
        if (this.#hasRecords) throw new NoRecords("the JSON has Records twice");
        if (first !== OPEN_LIST) throw new NoRecords("Records is no list");
        this.#hasRecords = true;
        this.#unread.at++;
        return true;
      }
      this.#parse(yield* this.#unread.pass(this.#limit));
    }
    if (!this.#hasRecords) throw new NoRecords(NO_LOG_FILE);
    if ((yield* this.#unread.next()) !== -1) throw new BrokenJson();
    return false;
  }

  /** Goes to the next key; false behind the last of them, and behind the bracket that closes the object. */
  *#toKey(): Steps<boolean> {
    const isFirst = !this.#isOpen;
    if (isFirst && (yield* this.#unread.next()) !== OPEN_OBJECT) throw new NoRecords(NO_LOG_FILE);
    if (isFirst) this.#unread.at++;
    this.#isOpen = true;
    const isClosed = (yield* this.#unread.next()) === CLOSE_OBJECT;
    if (isClosed) {
      this.#unread.at++;
      return false;
    }
    if (!isFirst) yield* this.#expect(COMMA);
    if ((yield* this.#unread.next()) !== QUOTE) throw new BrokenJson();
    return true;
  }

  *#expect(byte: number): Steps<void> {
    if ((yield* this.#unread.next()) !== byte) throw new BrokenJson();
    this.#unread.at++;
  }
}
