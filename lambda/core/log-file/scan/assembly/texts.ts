import { MOST_TEXTS, SLOT_COUNT, SLOTS, TABLE_OF_ASKED, TABLE_OF_OTHERS, TABLE_SIZE } from "./memory.ts";
import { TABLES, TEXTS, TEXTS_SIZE, WAITING } from "./memory.ts";

// Every text is kept once, so that JavaScript looks up its number only once; it writes it into the text. When there are too
// many all are forgotten, but never within a scan. What is not asked for of each element has a table of its own: it changes with
// each session, and would soon make the other one forget.
//
// To look a text up takes less time than to wait for the memory in which it is kept. So the texts of some dozens of elements
// are written one behind the other first, and are then looked up together: the memory answers all of them at once.

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

// Of a text that waits: where it stands, its slot, where its place is to be noted, and what was looked at meanwhile.
const TEXT: usize = 0;
const SLOT: usize = 4;
const NOTE: usize = 8;
const LOOKED: usize = 12;
const WAITING_SIZE: usize = 16;
const MOST_WAITING: usize = 96;

/** Behind the last text that waits, and where the next one is to be written. */
let waiting: usize = WAITING;
let next: usize = 0;

/** Where the next text that waits is to be written. */
// @ts-ignore: decorator
@inline
export function nextWaiting(): usize {
  return next + HEAD;
}

/** Where the next text of a table is to be written, of which none waits. */
export function nextText(table: usize): usize {
  return <usize>load<u32>(table, TOP) + HEAD;
}

/** True if all texts of one more element have room. */
export function hasRoom(table: usize): bool {
  return isRoom(table, <usize>load<u32>(table, TOP), 0);
}

/** The same for texts that wait; they are looked up if they are many. */
export function hasRoomToWait(): bool {
  const count = (waiting - WAITING) / WAITING_SIZE;
  if (count < MOST_WAITING && isRoom(TABLE_OF_ASKED, next, <u32>count)) return true;
  keepWaiting();
  return hasRoom(TABLE_OF_ASKED);
}

function isRoom(table: usize, top: usize, more: u32): bool {
  const end = TEXTS + TEXTS_SIZE + offsetOf(table);
  return top < end - RESERVE && load<u32>(table, COUNT) + more < MOST_TEXTS - 8;
}

/** Forgets the texts of a table if there is little room for more. */
export function makeRoomForTexts(): void {
  makeRoom(TABLE_OF_ASKED);
  makeRoom(TABLE_OF_OTHERS);
  next = <usize>load<u32>(TABLE_OF_ASKED, TOP);
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
  const text = <usize>load<u32>(table, TOP);
  finish(text, size);
  return find(table, text);
}

/** Lets the text that was written wait; where it is kept will be noted there. */
// @ts-ignore: decorator
@inline
export function wait(note: usize, size: usize): void {
  const hash = finish(next, size);
  store<u32>(waiting, <u32>next, TEXT);
  store<u32>(waiting, <u32>slotOf(TABLE_OF_ASKED, hash), SLOT);
  store<u32>(waiting, <u32>note, NOTE);
  waiting += WAITING_SIZE;
  next = behind(next, size);
}

/** Looks up the texts that wait. */
export function keepWaiting(): void {
  // Nobody reads what is stored here: but what was looked at is near.
  for (let at = WAITING; at < waiting; at += WAITING_SIZE) {
    store<u32>(at, load<u32>(load<u32>(at, SLOT)), LOOKED);
  }
  for (let at = WAITING; at < waiting; at += WAITING_SIZE) {
    const text = <usize>load<u32>(at, LOOKED);
    const size = <usize>load<u32>(load<u32>(at, TEXT), SIZE);
    store<u32>(at, load<u32>(text) ^ load<u32>(text + size), LOOKED);
  }
  for (let at = WAITING; at < waiting; at += WAITING_SIZE) {
    store<u32>(load<u32>(at, NOTE), find(TABLE_OF_ASKED, load<u32>(at, TEXT)));
  }
  waiting = WAITING;
  next = <usize>load<u32>(TABLE_OF_ASKED, TOP);
}

/** Writes what stands in front of a text and behind it; its hash. */
// @ts-ignore: decorator
@inline
function finish(text: usize, size: usize): u32 {
  const end = text + HEAD + size;
  v128.store(end, i64x2.splat(0));
  v128.store(end, i64x2.splat(0), 16);
  const hash = hashOf(text + HEAD, end);
  store<u32>(text, hash, HASH);
  store<u32>(text, <u32>size, SIZE);
  store<u32>(text, 0, NUMBER);
  return hash;
}

// @ts-ignore: decorator
@inline
function slotOf(table: usize, hash: u32): usize {
  return SLOTS + offsetOf(table) + ((<usize>hash & (SLOT_COUNT - 1)) << 2);
}

// @ts-ignore: decorator
@inline
function behind(text: usize, size: usize): usize {
  return (text + HEAD + size + 47) & ~15;
}

/** Where a text is kept that stands at the table's top or behind it, or an equal one. */
function find(table: usize, text: usize): u32 {
  const hash = load<u32>(text, HASH);
  const size = <usize>load<u32>(text, SIZE);
  const bytes = text + HEAD;
  const slots = SLOTS + offsetOf(table);
  let index = <usize>hash & (SLOT_COUNT - 1);
  let known = <usize>load<u32>(slots + (index << 2));
  while (known != 0) {
    if (load<u32>(known, HASH) == hash && load<u32>(known, SIZE) == <u32>size && isEqual(known + HEAD, bytes, bytes + size)) {
      return <u32>known;
    }
    index = (index + 1) & (SLOT_COUNT - 1);
    known = <usize>load<u32>(slots + (index << 2));
  }
  const top = <usize>load<u32>(table, TOP);
  const end = behind(text, size);
  // Texts that wait behind it are not touched, for it is moved to the front, or not at all.
  if (text != top) for (let from = text, to = top; from < end; from += 16, to += 16) v128.store(to, v128.load(from));
  store<u32>(slots + (index << 2), <u32>top);
  store<u32>(table, load<u32>(table, COUNT) + 1, COUNT);
  store<u32>(table, <u32>(top + end - text), TOP);
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
