import { TABLES, VALUES } from "./memory";

// The fields of sketches: which key leads to one, where its value stands, and the texts.

/** Multipliers that tell all names apart. */
const FIRST: usize = TABLES;
const LAST: usize = TABLES + 4;
/** How many bytes of VALUES are used. */
const USED: usize = TABLES + 8;
/** The end of each text's fields, in VALUES. */
const TEXTS: usize = TABLES + 16;
/** What stands for a kind of value. */
export const NULL: usize = TABLES + 32;
export const SCALAR: usize = TABLES + 33;
export const LIST: usize = TABLES + 34;
export const OBJECT: usize = TABLES + 35;
/** The least and the most that the first 16 and the last 16 bytes of a time may be. */
const TIME: usize = TABLES + 64;
const TIME_SIZE: usize = 22;
const DAY_SIZE: usize = 11;
/** The number of a key by the hash of its name, or 0; 1024 bytes. */
const NUMBERS: usize = TABLES + 128;
/** The keys, from number 1 on. */
const KEYS: usize = TABLES + 1024;
const KEY_SIZE: usize = 80;

// Within a key: its name and which bytes of 32 it has, its length, its object, its place in VALUES, what it stands for, and
// where it leads to.
const NAME: usize = 0;
const MASK: usize = 32;
const SIZE: usize = 64;
const IN_OBJECT: usize = 68;
const PLACE: usize = 72;
const AS: usize = 76;
const LEADS_TO: usize = 78;

const AS_VALUE: u32 = 0;
const AS_KIND: u32 = 1;

/** No object of the tree. */
export const OTHER_OBJECT: i32 = -1;

/** True if only a parser can tell what the element says. */
let isOdd: bool = false;
/** A bit for each key that came. */
let came: u64 = 0;

export function startFields(): void {
  isOdd = false;
  came = 0;
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
  const shape = <u32>size + (<u32>object << 8);
  const hash = (load<u32>(name) * load<u32>(FIRST)) ^ ((load<u32>(name + size - 4) + shape) * load<u32>(LAST));
  const key = KEYS + KEY_SIZE * <usize>load<u8>(NUMBERS + (hash >>> 23));
  const difference = v128.or(
    v128.and(v128.xor(v128.load(name), v128.load(key, NAME)), v128.load(key, MASK)),
    v128.and(v128.xor(v128.load(name, 16), v128.load(key, NAME + 16)), v128.load(key, MASK + 16)),
  );
  if (load<u32>(key, SIZE) == <u32>size && load<i32>(key, IN_OBJECT) == object && !v128.any_true(difference)) return key;
  noteOther(name, size);
  return 0;
}

/** A backslash may hide a name, and a dot a way. */
function noteOther(name: usize, size: usize): void {
  const dot = i8x16.splat(0x2e);
  const backslash = i8x16.splat(0x5c);
  for (let at: usize = 0; at < size; at += 16) {
    const bytes = v128.load(name + at);
    const odd = i8x16.bitmask(v128.or(i8x16.eq(bytes, dot), i8x16.eq(bytes, backslash)));
    if (odd != 0 && at + <usize>ctz(odd) < size) isOdd = true;
  }
}

/** Notes the string, number or literal that a key has. */
// @ts-ignore: decorator
@inline
export function noteScalar(key: usize, value: usize, size: usize, isNull: bool): void {
  const kind: u32 = load<u16>(key, AS);
  noteOnce(key);
  if (kind == AS_VALUE) {
    setValue(key, value, size);
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
  noteOnce(key);
  setValue(key, isList ? LIST : OBJECT, 1);
  const object: i32 = load<i16>(key, LEADS_TO);
  if (load<u16>(key, AS) != AS_KIND || (isList && object >= 0)) isOdd = true;
  return object;
}

// @ts-ignore: decorator
@inline
function noteOnce(key: usize): void {
  const bit = (<u64>1) << <u64>(load<u32>(key, PLACE) >> 3);
  if ((came & bit) != 0) isOdd = true;
  came |= bit;
}

// @ts-ignore: decorator
@inline
function setValue(key: usize, value: usize, size: usize): void {
  const place = VALUES + load<u32>(key, PLACE);
  store<u32>(place, <u32>value);
  store<u32>(place, <u32>size, 4);
}

/** True for a time whose parts are each in their range: what it says behind the T does not change the day. */
function isTime(value: usize): bool {
  const first = v128.load(value);
  const last = v128.load(value + TIME_SIZE - 16);
  const isBetween = v128.and(
    v128.and(i8x16.ge_u(first, v128.load(TIME)), i8x16.le_u(first, v128.load(TIME, 16))),
    v128.and(i8x16.ge_u(last, v128.load(TIME, 32)), i8x16.le_u(last, v128.load(TIME, 48))),
  );
  return i8x16.all_true(isBetween) && (load<u8>(value, 12) != 0x32 || load<u8>(value, 13) <= 0x33);
}

/** Writes the texts to `out` and notes their bounds in the element: the end of what is written. */
export function writeTexts(element: usize, out: usize): usize {
  if (isOdd) {
    store<u32>(element, 0, 12);
    return out;
  }
  store<u32>(element, <u32>out, 12);
  let at = VALUES;
  for (let text: usize = 0; text < 16; text += 4) {
    for (const end = VALUES + load<u32>(TEXTS + text); at < end; at += 8) {
      const value = <usize>load<u32>(at);
      const size = <usize>load<u32>(at, 4);
      v128.store(out, v128.load(value));
      for (let copied: usize = 16; copied < size; copied += 16) v128.store(out + copied, v128.load(value + copied));
      out += size;
      store<u8>(out++, 0x0a);
    }
    store<u32>(element + 16 + text, <u32>out);
  }
  return out;
}
