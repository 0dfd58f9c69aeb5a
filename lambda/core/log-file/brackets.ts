const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/**
 * Finds where one JSON value ends, over any number of buffers: brackets are counted, strings skipped, and the rest is not
 * checked. So a value that is broken or too large is passed, and none behind it is lost.
 */
export class Brackets {
  /** How deep the value nests, as far as it was looked at. */
  deepest = 0;
  #depth = 0;
  #isBegun = false;
  #isInString = false;
  #isInWord = false;
  #isEscaped = false;

  /**
   * The byte behind the value, or -1 if it goes on behind these bytes.
   * @returns undefined where no value can begin
   */
  endIn(bytes: Uint8Array, from: number): number | undefined {
    for (let at = from; at < bytes.length; at++) {
      const byte = bytes[at] ?? 0;
      if (this.#isInString) {
        at = this.#stringEnd(bytes, at);
        if (at === -1) return -1;
        this.#isInString = false;
      } else if (this.#isInWord) {
        // A number or a word ends where something else follows.
        if (!isWordByte(byte)) return at;
        continue;
      } else if (byte === QUOTE) {
        this.#isInString = true;
        this.#isBegun = true;
        continue;
      } else if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
        this.#isBegun = true;
        this.#depth++;
        if (this.#depth > this.deepest) this.deepest = this.#depth;
      } else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) {
        if (!this.#isBegun) return undefined;
        this.#depth--;
      } else if (this.#depth > 0) {
        continue;
      } else if (isWordByte(byte)) {
        this.#isInWord = true;
        continue;
      } else {
        return undefined;
      }
      if (this.#depth === 0) return at + 1;
    }
    return -1;
  }

  /** The closing quote of the string that is open, or -1. */
  #stringEnd(bytes: Uint8Array, from: number): number {
    for (let at = from; at < bytes.length; at++) {
      if (this.#isEscaped) this.#isEscaped = false;
      else if (bytes[at] === BACKSLASH) this.#isEscaped = true;
      else if (bytes[at] === QUOTE) return at;
    }
    return -1;
  }
}

function isWordByte(byte: number): boolean {
  return byte > 0x20 && byte !== COMMA && byte !== CLOSE_LIST && byte !== CLOSE_OBJECT && byte !== COLON;
}
