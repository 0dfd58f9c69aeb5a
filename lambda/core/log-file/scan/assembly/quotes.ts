import { EACH_BACKSLASH, EACH_QUOTE, EACH_SPACE, QUOTES, WINDOW } from "./memory.ts";

// Finds the quotes that open and close strings, 64 bytes at a time, and checks what stands between them: that escapes are
// such, and that no control character is there. It takes any quote that no backslash escapes to open or to close a string.
// That holds as long as what is outside of strings is JSON, which the walk from quote to quote checks byte by byte.

/** The first byte that was not looked through yet, and the end of all. */
let looked: usize = 0;
let end: usize = 0;
/** True if `looked` is within a string. */
let isWithin: bool = false;
/** One if the byte at `looked` is escaped. */
let isEscaped: u64 = 0;
/** What is wrong within a string; from there on no quotes are known. */
let isBad: bool = false;
/** The end of the known quotes. */
export let knownQuotes: usize = QUOTES;

export function startQuotes(from: usize, to: usize): void {
  looked = from;
  end = to;
  isWithin = false;
  isEscaped = 0;
  isBad = false;
  knownQuotes = QUOTES;
}

/** True if a string holds what no string may hold; the walk gets no further than this string. */
export function isBroken(): bool {
  return isBad;
}

/**
 * Looks for more quotes, when at most three are left from `rest` on, and moves these to the front: at least until there are
 * four. Behind the last one of all stands a byte behind the end, where no walk comes, as often as is asked for.
 */
export function moreQuotes(rest: usize): void {
  let out = QUOTES;
  for (; rest < knownQuotes; rest += 4, out += 4) store<u32>(out, load<u32>(rest));
  // From memory, for constants would be made anew for each use.
  const quote = v128.load(EACH_QUOTE);
  const backslash = v128.load(EACH_BACKSLASH);
  const space = v128.load(EACH_SPACE);
  const wasWithin = isWithin;
  const first = out;
  let at = looked;
  while (at < end && out < QUOTES + 16 && !isBad) {
    let stop = min(at + WINDOW, end);
    for (; at < stop; at += 64) {
      const a = v128.load(at);
      const b = v128.load(at, 16);
      const c = v128.load(at, 32);
      const d = v128.load(at, 48);
      let quotes = maskOf(i8x16.eq(a, quote), i8x16.eq(b, quote), i8x16.eq(c, quote), i8x16.eq(d, quote));
      const backslashes = v128.or(
        v128.or(i8x16.eq(a, backslash), i8x16.eq(b, backslash)),
        v128.or(i8x16.eq(c, backslash), i8x16.eq(d, backslash)),
      );
      const controls = i8x16.sub_sat_u(space, i8x16.min_u(i8x16.min_u(a, b), i8x16.min_u(c, d)));
      if (v128.any_true(v128.or(backslashes, controls)) || isEscaped != 0) {
        quotes = carefully(at, quotes, wasWithin != (((out - first) & 4) != 0));
        if (isBad) stop = at;
      }
      out = spread(at, quotes, out);
    }
  }
  looked = at;
  isWithin = wasWithin != (((out - first) & 4) != 0);
  if (at >= end || isBad) {
    for (let i: usize = 0; i < 16; i += 4) store<u32>(out + i, <u32>end + 1);
    out += 16;
  }
  knownQuotes = out;
}

// @ts-ignore: decorator
@inline
function maskOf(a: v128, b: v128, c: v128, d: v128): u64 {
  return (
    <u64>(<u32>i8x16.bitmask(a) | (<u32>i8x16.bitmask(b) << 16)) |
    (<u64>(<u32>i8x16.bitmask(c) | (<u32>i8x16.bitmask(d) << 16)) << 32)
  );
}

/** Writes the places of the bits: eight at a time, for to count them takes longer than to write some in vain. */
// @ts-ignore: decorator
@inline
function spread(at: usize, quotes: u64, out: usize): usize {
  let bits = quotes;
  let to = out;
  do {
    store<u32>(to, <u32>at + <u32>ctz(bits));
    bits &= bits - 1;
    store<u32>(to, <u32>at + <u32>ctz(bits), 4);
    bits &= bits - 1;
    store<u32>(to, <u32>at + <u32>ctz(bits), 8);
    bits &= bits - 1;
    store<u32>(to, <u32>at + <u32>ctz(bits), 12);
    bits &= bits - 1;
    store<u32>(to, <u32>at + <u32>ctz(bits), 16);
    bits &= bits - 1;
    store<u32>(to, <u32>at + <u32>ctz(bits), 20);
    bits &= bits - 1;
    store<u32>(to, <u32>at + <u32>ctz(bits), 24);
    bits &= bits - 1;
    store<u32>(to, <u32>at + <u32>ctz(bits), 28);
    bits &= bits - 1;
    to += 32;
  } while (bits != 0);
  return out + (<usize>popcnt(quotes) << 2);
}

/** The quotes of 64 bytes with backslashes or control characters, without those that are escaped. */
function carefully(at: usize, all: u64, isWithinAtFirst: bool): u64 {
  const quotes = withoutEscaped(at, all);
  const within = withinOf(quotes) ^ (isWithinAtFirst ? -1 : 0);
  const controls = controlsOf(at) & within;
  return controls == 0 ? quotes : upTo(ctz(controls), quotes);
}

function withoutEscaped(at: usize, quotes: u64): u64 {
  let escaped = isEscaped;
  let escapes = bytesAre(at, 0x5c) & ~isEscaped;
  isEscaped = 0;
  while (escapes != 0) {
    const bit = ctz(escapes);
    if (!isEscape(at + <usize>bit + 1)) return upTo(bit, quotes & ~escaped);
    if (bit == 63) isEscaped = 1;
    escaped |= (<u64>2) << bit;
    escapes &= ~((<u64>3) << bit);
  }
  return quotes & ~escaped;
}

/** The quotes in front of what is wrong. */
function upTo(bit: u64, quotes: u64): u64 {
  isBad = true;
  return quotes & (((<u64>1) << bit) - 1);
}

function bytesAre(at: usize, byte: i8): u64 {
  const all = i8x16.splat(byte);
  return maskOf(
    i8x16.eq(v128.load(at), all),
    i8x16.eq(v128.load(at, 16), all),
    i8x16.eq(v128.load(at, 32), all),
    i8x16.eq(v128.load(at, 48), all),
  );
}

function controlsOf(at: usize): u64 {
  const space = i8x16.splat(0x20);
  return maskOf(
    i8x16.lt_u(v128.load(at), space),
    i8x16.lt_u(v128.load(at, 16), space),
    i8x16.lt_u(v128.load(at, 32), space),
    i8x16.lt_u(v128.load(at, 48), space),
  );
}

/** The bits from each odd quote on to the next one: each is the exclusive or of all quotes up to it. */
function withinOf(quotes: u64): u64 {
  let bits = quotes;
  bits ^= bits << 1;
  bits ^= bits << 2;
  bits ^= bits << 4;
  bits ^= bits << 8;
  bits ^= bits << 16;
  return bits ^ (bits << 32);
}

/** True if what follows a backslash may; what is behind the end may be anything. */
function isEscape(at: usize): bool {
  if (at >= end) return true;
  switch (load<u8>(at)) {
    case 0x22: // quote
    case 0x2f: // slash
    case 0x5c: // backslash
    case 0x62: // b
    case 0x66: // f
    case 0x6e: // n
    case 0x72: // r
    case 0x74: // t
      return true;
    case 0x75: // u
      for (let digit = at + 1; digit < min(at + 5, end); digit++) if (!isHexDigit(load<u8>(digit))) return false;
      return true;
    default:
      return false;
  }
}

function isHexDigit(byte: u8): bool {
  const lower = byte | 0x20;
  return (byte >= 0x30 && byte <= 0x39) || (lower >= 0x61 && lower <= 0x66);
}
