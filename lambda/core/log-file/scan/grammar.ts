/** What a function answers in place of a position: the bytes end before the token does, or it is no JSON. */
export const MORE = -1;
export const BROKEN = -2;

export const QUOTE = 0x22;
export const COMMA = 0x2c;
export const COLON = 0x3a;
export const BACKSLASH = 0x5c;
export const OPEN_LIST = 0x5b;
export const CLOSE_LIST = 0x5d;
export const OPEN_OBJECT = 0x7b;
export const CLOSE_OBJECT = 0x7d;

const SPACE = 0x20;
const ZERO = 0x30;
const NINE = 0x39;

export function isSpace(byte: number | undefined): boolean {
  return byte === SPACE || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** The first byte from `at` on that is no white space, or `end`. */
export function skipSpace(bytes: Uint8Array, at: number, end: number): number {
  while (at < end && isSpace(bytes[at])) at++;
  return at;
}

/** The byte behind the string that opens at `at`. */
export function skipString(bytes: Uint8Array, at: number, end: number): number {
  for (let next = at + 1; next < end; next++) {
    const byte = bytes[next] as number;
    if (byte === QUOTE) return next + 1;
    if (byte < SPACE) return BROKEN;
    if (byte !== BACKSLASH) continue;
    next = lastOfEscape(bytes, next + 1, end);
    if (next < 0) return next;
  }
  return MORE;
}

/** The last byte of an escape, whose letter stands at `at`. */
function lastOfEscape(bytes: Uint8Array, at: number, end: number): number {
  if (at >= end) return MORE;
  switch (bytes[at]) {
    case QUOTE:
    case BACKSLASH:
    case 0x2f: // slash
    case 0x62: // b
    case 0x66: // f
    case 0x6e: // n
    case 0x72: // r
    case 0x74: // t
      return at;
    case 0x75: // u
      for (let digit = at + 1; digit <= at + 4; digit++) {
        if (digit >= end) return MORE;
        if (!isHexDigit(bytes[digit] as number)) return BROKEN;
      }
      return at + 4;
    default:
      return BROKEN;
  }
}

function isHexDigit(byte: number): boolean {
  const lower = byte | 0x20;
  return isDigit(byte) || (lower >= 0x61 && lower <= 0x66);
}

/** The byte behind the number, `true`, `false` or `null` that begins at `at`; what follows is for the caller to judge. */
export function skipWord(bytes: Uint8Array, at: number, end: number): number {
  switch (bytes[at]) {
    case 0x74:
      return skipLiteral(bytes, at, end, TRUE);
    case 0x66:
      return skipLiteral(bytes, at, end, FALSE);
    case 0x6e:
      return skipLiteral(bytes, at, end, NULL);
    default:
      return skipNumber(bytes, at, end);
  }
}

const TRUE = [...Buffer.from("true")];
const FALSE = [...Buffer.from("false")];
const NULL = [...Buffer.from("null")];

function skipLiteral(bytes: Uint8Array, at: number, end: number, literal: readonly number[]): number {
  for (let i = 1; i < literal.length; i++) {
    if (at + i >= end) return MORE;
    if (bytes[at + i] !== literal[i]) return BROKEN;
  }
  return at + literal.length;
}

function skipNumber(bytes: Uint8Array, at: number, end: number): number {
  let next = bytes[at] === 0x2d ? at + 1 : at; // minus
  // A zero stands alone in front of the point.
  next = bytes[next] === ZERO && next < end ? next + 1 : skipDigits(bytes, next, end);
  if (next > 0 && next < end && bytes[next] === 0x2e) next = skipDigits(bytes, next + 1, end);
  if (next > 0 && next < end && ((bytes[next] as number) | 0x20) === 0x65) {
    const sign = bytes[next + 1];
    next = skipDigits(bytes, next + (sign === 0x2b || sign === 0x2d ? 2 : 1), end);
  }
  return next;
}

/** The byte behind at least one digit. */
function skipDigits(bytes: Uint8Array, at: number, end: number): number {
  let next = at;
  while (next < end && isDigit(bytes[next] as number)) next++;
  if (next > at) return next;
  return at >= end ? MORE : BROKEN;
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= NINE;
}
