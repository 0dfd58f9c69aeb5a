import { MOST_TEXTS, NUMBERED, SLOTS, SLOT_COUNT, TABLES, TEXTS, TEXTS_SIZE } from "./memory.ts";

// Every text is kept once, and has a number: so that of equal texts JavaScript makes one string only. When there are too many
// all are forgotten, but never within a scan.

/** Two numbers that nobody outside knows, so that nobody can make texts that fall into one slot. */
const SECRETS: usize = TABLES + 768;

// Within a text that is kept: its hash, its size, its number, and its bytes, with zeros up to a multiple of 32.
const HASH: usize = 0;
const SIZE: usize = 4;
const NUMBER: usize = 8;
const HEAD: usize = 16;

/** What one element may need: all fields of the greatest size. */
const RESERVE: usize = 131072;

/** Behind the last text. */
let top: usize = TEXTS;
let count: i32 = 0;
let timesForgotten: i32 = 0;

/** Where the next text is to be written. */
export function nextText(): usize {
  return top + HEAD;
}

export function hasRoomForTexts(): bool {
  return top < TEXTS + TEXTS_SIZE - RESERVE && count < MOST_TEXTS - 8;
}

/** Forgets all texts if there is little room for more: how often that was. */
export function forgetTexts(): i32 {
  if (top > TEXTS + (TEXTS_SIZE >> 1) || count > MOST_TEXTS >> 1) {
    memory.fill(SLOTS, 0, SLOT_COUNT << 2);
    top = TEXTS;
    count = 0;
    timesForgotten++;
  }
  return timesForgotten;
}

/** The number of the text that was written: its own, or that of an equal one. */
export function numberOf(size: usize): u32 {
  const bytes = top + HEAD;
  const end = bytes + size;
  v128.store(end, i64x2.splat(0));
  v128.store(end, i64x2.splat(0), 16);
  const hash = hashOf(bytes, end);
  let slot = slotOf(<usize>hash);
  let text = <usize>load<u32>(slot);
  while (text != 0) {
    if (load<u32>(text, HASH) == hash && load<u32>(text, SIZE) == <u32>size && isEqual(text + HEAD, bytes, end)) {
      return load<u32>(text, NUMBER);
    }
    slot = slotOf(((slot - SLOTS) >> 2) + 1);
    text = <usize>load<u32>(slot);
  }
  store<u32>(slot, <u32>top);
  return keep(hash, size);
}

// @ts-ignore: decorator
@inline
function slotOf(hash: usize): usize {
  return SLOTS + ((hash & (SLOT_COUNT - 1)) << 2);
}

function keep(hash: u32, size: usize): u32 {
  count++;
  store<u32>(NUMBERED + (<usize>count << 2), <u32>top);
  store<u32>(top, hash, HASH);
  store<u32>(top, <u32>size, SIZE);
  store<u32>(top, count, NUMBER);
  top = (top + HEAD + size + 47) & ~15;
  return count;
}

// @ts-ignore: decorator
@inline
function hashOf(bytes: usize, end: usize): u32 {
  const one = load<u64>(SECRETS);
  const other = load<u64>(SECRETS, 8);
  let a = one;
  let b = other;
  let c = one;
  let d = other;
  for (let at = bytes; at < end; at += 32) {
    a = rotl(a ^ load<u64>(at), 29) * one;
    b = rotl(b ^ load<u64>(at, 8), 31) * other;
    c = rotl(c ^ load<u64>(at, 16), 37) * one;
    d = rotl(d ^ load<u64>(at, 24), 41) * other;
  }
  const hash = ((a ^ rotl(b, 17)) * one + c ^ rotl(d, 23)) * other;
  return <u32>(hash >>> 32);
}

// @ts-ignore: decorator
@inline
function isEqual(text: usize, bytes: usize, end: usize): bool {
  let difference = i64x2.splat(0);
  for (let at = bytes, other = text; at < end; at += 32, other += 32) {
    difference = v128.or(difference, v128.xor(v128.load(at), v128.load(other)));
    difference = v128.or(difference, v128.xor(v128.load(at, 16), v128.load(other, 16)));
  }
  return !v128.any_true(difference);
}
