import { EACH_BACKSLASH, EACH_DOT, ELEMENT_HEAD, ELEMENT_SIZE, ELEMENT_VALUES } from "./memory.ts";
import { TABLE_OF_OTHERS, TABLES, VALUES } from "./memory.ts";
import { hasRoom, kept, nextText, nextWaiting, wait } from "./texts.ts";

// The fields of sketches: which key leads to one, where its value stands, and the texts.

/** A multiplier that tells all names apart. */
const MULTIPLIER: usize = TABLES;
/** How many bytes of VALUES are used. */
const USED: usize = TABLES + 8;
/** How many bytes it takes to say where an element's texts are, and where those are that are always asked for. */
const TEXTS_OF_ELEMENT: usize = TABLES + 12;
const ASKED_OF_ELEMENT: usize = TABLES + 4;
/** The end of each text's fields, in VALUES. */
const TEXT_ENDS: usize = TABLES + 16;
/** What stands for a kind of value. */
export const NULL: usize = TABLES + 48;
export const SCALAR: usize = TABLES + 49;
export const LIST: usize = TABLES + 50;
export const OBJECT: usize = TABLES + 51;
/** The least and the most that the first 16 and the last 16 bytes of a time may be. */
const TIME: usize = TABLES + 64;
const TIME_SIZE: usize = 22;
const DAY_SIZE: usize = 11;
/** A longer value is none of these fields'. */
const LONGEST: usize = 2048;
/** Sixteen bytes of ones, and sixteen of zeros. */
const ONES: usize = TABLES + 192;
const SIXTEEN: usize = 16;
/** The number of a key by the hash of its name, or 0; 512 bytes. */
const NUMBERS: usize = TABLES + 256;
/** The keys, from number 1 on. */
const KEYS: usize = TABLES + 1024;
const KEY_BITS: usize = 6;

// Within a key: its name, its length and its object, its place in VALUES, what it stands for, and where it leads to.
const NAME: usize = 0;
const SHAPE: usize = 32;
const PLACE: usize = 40;
const AS: usize = 44;
const LEADS_TO: usize = 46;

const AS_VALUE: u32 = 0;
const AS_KIND: u32 = 1;

/** True if only a parser can tell what the element says. */
let isOdd: bool = false;

export function startFields(): void {
  isOdd = false;
  const end = VALUES + load<u32>(USED);
  for (let at = VALUES; at < end; at += 16) v128.store(at, i64x2.splat(0));
}

export function noSketch(): void {
  isOdd = true;
}

/** The key of an object whose name stands there, or 0. */
// @ts-ignore: decorator
@inline
export function keyOf(name: usize, size: usize, object: i32): usize {
  const shape = <u32>size + ((<u32>object) << 8);
  const hash = (rotl(load<u32>(name), 7) + load<u32>(name + size - 4) + shape) * load<u32>(MULTIPLIER);
  const key = KEYS + (<usize>load<u8>(NUMBERS + (hash >>> 23)) << KEY_BITS);
  const isShape = load<u64>(key, SHAPE) == (<u64>size | ((<u64>object) << 32));
  if (size > SIXTEEN) return isShape && isLongName(name, size, key) ? key : otherKey(name, size);
  const bytes = v128.load(name);
  const mask = v128.load(ONES + SIXTEEN - size);
  if (isShape && !v128.any_true(v128.and(v128.xor(bytes, v128.load(key, NAME)), mask))) return key;
  if (v128.any_true(v128.and(oddOf(bytes), mask))) isOdd = true;
  return 0;
}

function isLongName(name: usize, size: usize, key: usize): bool {
  const start = v128.xor(v128.load(name), v128.load(key, NAME));
  const end = v128.xor(v128.load(name + size - SIXTEEN), v128.load(key + NAME + size - SIXTEEN));
  return !v128.any_true(v128.or(start, end));
}

function otherKey(name: usize, size: usize): usize {
  let odd = oddOf(v128.load(name + size - SIXTEEN));
  for (let at: usize = 0; at < size - SIXTEEN; at += SIXTEEN) odd = v128.or(odd, oddOf(v128.load(name + at)));
  if (v128.any_true(odd)) isOdd = true;
  return 0;
}

/** A backslash may hide a name, and a dot a way. */
// @ts-ignore: decorator
@inline
function oddOf(bytes: v128): v128 {
  return v128.or(i8x16.eq(bytes, v128.load(EACH_DOT)), i8x16.eq(bytes, v128.load(EACH_BACKSLASH)));
}

/** Notes the string, number or literal that a key has. */
// @ts-ignore: decorator
@inline
export function noteScalar(key: usize, value: usize, size: usize, isNull: bool): void {
  const kind: u32 = load<u16>(key, AS);
  if (kind == AS_VALUE) {
    setValue(key, value, size);
    if (size > LONGEST) isOdd = true;
  } else if (kind == AS_KIND) {
    setValue(key, isNull ? NULL : SCALAR, 1);
    if (!isNull && load<i16>(key, LEADS_TO) >= 0) isOdd = true;
  } else {
    setValue(key, value, DAY_SIZE);
    if (size != TIME_SIZE || !isTime(value)) isOdd = true;
  }
}

/** Notes the object or list that a key has: which object of the tree it is. */
export function noteOpened(key: usize, isList: bool): i32 {
  setValue(key, isList ? LIST : OBJECT, 1);
  const object: i32 = load<i16>(key, LEADS_TO);
  if (load<u16>(key, AS) != AS_KIND || (isList && object >= 0)) isOdd = true;
  return object;
}

/** Of a key that comes twice only a parser knows the value. */
// @ts-ignore: decorator
@inline
function setValue(key: usize, value: usize, size: usize): void {
  const place = VALUES + load<u32>(key, PLACE);
  if (load<u32>(place) != 0) isOdd = true;
  store<u64>(place, <u64>value | ((<u64>size) << 32));
}

/** True for a time whose parts are each in their range: what it says behind the T does not change the day. */
function isTime(value: usize): bool {
  const first = v128.load(value);
  const last = v128.load(value + TIME_SIZE - 16);
  const isBetween = v128.and(
    v128.and(i8x16.ge_u(first, v128.load(TIME)), i8x16.le_u(first, v128.load(TIME, 16))),
    v128.and(i8x16.ge_u(last, v128.load(TIME, 32)), i8x16.le_u(last, v128.load(TIME, 48))),
  );
  const month = load<u8>(value, 7);
  const date = load<u8>(value, 10);
  return (
    i8x16.all_true(isBetween) &&
    (load<u8>(value, 6) == 0x30 ? month > 0x30 : month <= 0x32) &&
    (load<u8>(value, 9) != 0x30 || date > 0x30) &&
    (load<u8>(value, 9) != 0x33 || date <= 0x31) &&
    (load<u8>(value, 12) != 0x32 || load<u8>(value, 13) <= 0x33)
  );
}

/** Lets the element's texts wait, or notes where their values stand; false if it has no sketch. */
export function writeTexts(element: usize): bool {
  if (isOdd) return false;
  const places = element + ELEMENT_HEAD;
  const asked = <usize>load<u32>(ASKED_OF_ELEMENT);
  let at = VALUES;
  let text: usize = 0;
  for (; text < asked; text += 4) {
    const end = VALUES + load<u32>(TEXT_ENDS + text);
    wait(places + text, writeText(nextWaiting(), at, end));
    at = end;
  }
  for (const all = <usize>load<u32>(TEXTS_OF_ELEMENT); text < all; text += 4) store<u32>(places + text, 0);
  for (let to = element + ELEMENT_VALUES; to < element + ELEMENT_SIZE; to += 16, at += 16) v128.store(to, v128.load(at));
  return true;
}

/** Where a text of an element is kept that is not always asked for; 0 if there is no room for it. */
export function keep(element: usize, text: usize): u32 {
  if (!hasRoom(TABLE_OF_OTHERS)) return 0;
  const values = element + ELEMENT_VALUES - load<u32>(TEXT_ENDS + load<u32>(ASKED_OF_ELEMENT) - 4);
  const end = TEXT_ENDS + (text << 2);
  const start = nextText(TABLE_OF_OTHERS);
  const place = kept(TABLE_OF_OTHERS, writeText(start, values + load<u32>(end - 4), values + load<u32>(end)));
  store<u32>(element + ELEMENT_HEAD + (text << 2), place);
  return place;
}

/** Writes a text; its size. */
// @ts-ignore: decorator
@inline
function writeText(start: usize, from: usize, end: usize): usize {
  let out = start;
  for (let at = from; at < end; at += 8) {
    const value = <usize>load<u32>(at);
    const length = <usize>load<u32>(at, 4);
    v128.store(out, v128.load(value));
    for (let copied: usize = 16; copied < length; copied += 16) v128.store(out + copied, v128.load(value + copied));
    out += length;
    store<u8>(out++, 0x0a);
  }
  return out - start;
}
