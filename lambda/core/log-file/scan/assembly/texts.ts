import { MOST_TEXTS, SLOT_COUNT, SLOTS, TABLE_OF_ASKED, TABLE_OF_OTHERS, TABLE_SIZE } from "./memory.ts";
import { TABLES, TEXTS, TEXTS_SIZE } from "./memory.ts";

// Every text is kept once, so that JavaScript looks up its number only once; it writes it into the text. When there are too
// many all are forgotten, but never within a scan. What is not asked for of each element has a table of its own: it changes with
// each session, and would soon make the other one forget.

/** Two numbers that nobody outside knows, so that nobody can make texts that fall into one slot. */
const SECRETS: usize = TABLES + 768;

// Within a table.
const COUNT: usize = 0;
const TOP: usize = 4;

// Within a text that is kept: its hash, its size, its number, and its bytes, with zeros up to a multiple of 32.
const HASH: usize = 0;
const SIZE: usize = 4;
const NUMBER: usize = 8;
const HEAD: usize = 16;

/** What one element may need: all fields of the greatest size. */
const RESERVE: usize = 131072;

/** How far the slots and the texts of a table are behind those of the first. */
// @ts-ignore: decorator
@inline
function offsetOf(table: usize): usize {
  return table == TABLE_OF_ASKED ? 0 : TABLE_SIZE;
}

/** Where the next text of a table is to be written. */
// @ts-ignore: decorator
@inline
export function nextText(table: usize): usize {
  return <usize>load<u32>(table, TOP) + HEAD;
}

/** True if all texts of one more element have room. */
export function hasRoom(table: usize): bool {
  const end = TEXTS + TEXTS_SIZE + offsetOf(table);
  return <usize>load<u32>(table, TOP) < end - RESERVE && load<u32>(table, COUNT) < MOST_TEXTS - 8;
}

/** Forgets the texts of a table if there is little room for more. */
export function makeRoomForTexts(): void {
  makeRoom(TABLE_OF_ASKED);
  makeRoom(TABLE_OF_OTHERS);
}

function makeRoom(table: usize): void {
  const top = <usize>load<u32>(table, TOP);
  const offset = offsetOf(table);
  const isFresh = top == 0;
  if (!isFresh && top <= TEXTS + (TEXTS_SIZE >> 1) + offset && load<u32>(table, COUNT) <= MOST_TEXTS >> 1) return;
  memory.fill(SLOTS + offset, 0, SLOT_COUNT << 2);
  store<u32>(table, 0, COUNT);
  store<u32>(table, <u32>(TEXTS + offset), TOP);
}

/** Where the text that was written is kept, or an equal one. */
export function kept(table: usize, size: usize): u32 {
  const top = <usize>load<u32>(table, TOP);
  const bytes = top + HEAD;
  const end = bytes + size;
  v128.store(end, i64x2.splat(0));
  v128.store(end, i64x2.splat(0), 16);
  const hash = hashOf(bytes, end);
  const slots = SLOTS + offsetOf(table);
  let index = <usize>hash & (SLOT_COUNT - 1);
  let text = <usize>load<u32>(slots + (index << 2));
  while (text != 0) {
    if (load<u32>(text, HASH) == hash && load<u32>(text, SIZE) == <u32>size && isEqual(text + HEAD, bytes, end)) {
      return <u32>text;
    }
    index = (index + 1) & (SLOT_COUNT - 1);
    text = <usize>load<u32>(slots + (index << 2));
  }
  store<u32>(slots + (index << 2), <u32>top);
  store<u32>(top, hash, HASH);
  store<u32>(top, <u32>size, SIZE);
  store<u32>(top, 0, NUMBER);
  store<u32>(table, load<u32>(table, COUNT) + 1, COUNT);
  store<u32>(table, <u32>((top + HEAD + size + 47) & ~15), TOP);
  return <u32>top;
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
