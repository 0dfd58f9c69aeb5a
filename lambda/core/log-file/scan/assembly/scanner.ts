import {
  keyOf,
  noSketch,
  noteOpened,
  noteScalar,
  OTHER_OBJECT,
  startFields,
  writeTexts,
} from "./fields";
import { ANSWER, BROKEN, CLOSED, ELEMENTS, ELEMENT_SIZE, FULL, INPUT, MORE, QUOTES, ROOM } from "./memory";
import { isBroken, knownQuotes, moreQuotes, startQuotes } from "./quotes";

// What is open, beside the objects of the tree: a list.
const LIST: i32 = -2;
const ELEMENT: i32 = 0;

const QUOTE: u32 = 0x22;
const COMMA: u32 = 0x2c;
const COLON: u32 = 0x3a;
const OPEN_LIST: u32 = 0x5b;
const CLOSE_LIST: u32 = 0x5d;
const OPEN_OBJECT: u32 = 0x7b;
const CLOSE_OBJECT: u32 = 0x7d;

/** Where the element ends that begins at `at`, or where it stops being JSON, and which of both. */
let position: usize = 0;
let quote: usize = 0;
let deepest: i32 = 0;
/** The end of the texts that were written. */
let textsEnd: usize = 0;

/** Scans what stands at INPUT; `levels` is where what is open at each depth is kept, `texts` where the texts go. */
export function scan(end: usize, isFirst: bool, levels: usize, texts: usize): void {
  startQuotes(INPUT, end);
  quote = QUOTES;
  let next = INPUT;
  textsEnd = texts;
  let element = ELEMENTS;
  for (let count = 0; ; count++, element += ELEMENT_SIZE) {
    let at = skipSpace(next, end);
    if (at < end && load<u8>(at) == CLOSE_LIST) return answer(count, at, CLOSED);
    if (!isFirst || count > 0) {
      if (at < end && load<u8>(at) != COMMA) return answer(count, next, BROKEN);
      at = skipSpace(at + 1, end);
    }
    if (at >= end) return answer(count, next, MORE);
    if (load<u8>(at) == CLOSE_LIST) return answer(count, next, BROKEN);
    if (count == ROOM) return answer(count, next, FULL);
    if (!isElement(at, end, levels)) return answer(count, next, position < end || isBroken() ? BROKEN : MORE);
    store<u32>(element, <u32>at);
    store<u32>(element, <u32>position, 4);
    store<i32>(element, deepest, 8);
    textsEnd = writeTexts(element, textsEnd);
    next = position;
  }
}

function answer(count: i32, next: usize, because: i32): void {
  store<i32>(ANSWER, count);
  store<u32>(ANSWER, <u32>next, 4);
  store<i32>(ANSWER, because, 8);
  store<u32>(ANSWER, <u32>textsEnd, 12);
}

function skipSpace(from: usize, end: usize): usize {
  let at = from;
  while (at < end && isSpace(load<u8>(at))) at++;
  return at;
}

// @ts-ignore: decorator
@inline
function isSpace(byte: u32): bool {
  return byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09;
}

/** Walks from quote to quote; true if `position` is the end of the element, false if it is the byte that does not fit. */
function isElement(begin: usize, end: usize, levels: usize): bool {
  let at = begin;
  let quotes = quote;
  let lastQuotes = knownQuotes - 16;
  let open: i32 = LIST;
  let level = levels;
  let deepestLevel = levels;
  let key: usize = 0;
  let byte: u32 = load<u8>(at);
  startFields();
  if (byte != OPEN_OBJECT) noSketch();
  for (;;) {
    if (quotes > lastQuotes) {
      moreQuotes(quotes);
      quotes = QUOTES;
      lastQuotes = knownQuotes - 16;
    }
    if (open != LIST) {
      // A key, whose first quote should stand here.
      if (<usize>load<u32>(quotes) != at) {
        at = skipSpace(at, end);
        if (<usize>load<u32>(quotes) != at || at >= end) return stop(at);
      }
      const close = <usize>load<u32>(quotes, 4);
      quotes += 8;
      if (open >= 0) key = keyOf(at + 1, close - at - 1, open);
      at = close + 1;
      byte = load<u8>(at);
      if (byte != COLON) {
        at = skipSpace(at, end);
        if (at >= end || load<u8>(at) != COLON) return stop(at);
      }
      at++;
      byte = load<u8>(at);
    }
    if (byte <= 0x20) {
      at = skipSpace(at, end);
      byte = load<u8>(at);
    }
    // A value.
    if (byte == QUOTE) {
      const behind = <usize>load<u32>(quotes, 4) + 1;
      quotes += 8;
      if (key != 0) {
        noteScalar(key, at, behind - at, false);
        key = 0;
      }
      at = behind;
    } else if (byte == OPEN_OBJECT || byte == OPEN_LIST) {
      store<i8>(level, <i8>open);
      level++;
      deepestLevel = max(deepestLevel, level);
      const isList = byte == OPEN_LIST;
      open = isList ? LIST : level == levels + 1 ? ELEMENT : OTHER_OBJECT;
      if (key != 0) {
        const object = noteOpened(key, isList);
        if (!isList) open = object;
        key = 0;
      }
      at++;
      byte = load<u8>(at);
      if (byte <= 0x20) {
        at = skipSpace(at, end);
        byte = load<u8>(at);
      }
      if (byte != (isList ? CLOSE_LIST : CLOSE_OBJECT)) continue;
      level--;
      open = load<i8>(level);
      at++;
    } else {
      const behind = skipWord(at, end);
      if (behind == 0) return false;
      if (key != 0) {
        noteScalar(key, at, behind - at, byte == 0x6e);
        key = 0;
      }
      at = behind;
      if (level == levels && !isEndOfWord(at, end)) return stop(at);
    }
    // Behind a value.
    byte = load<u8>(at);
    while (byte != COMMA && level > levels) {
      if (byte == (open == LIST ? CLOSE_LIST : CLOSE_OBJECT)) {
        level--;
        open = load<i8>(level);
        at++;
      } else {
        const next = skipSpace(at, end);
        if (next == at) return stop(at);
        at = next;
      }
      byte = load<u8>(at);
    }
    if (level == levels) break;
    at++;
    byte = load<u8>(at);
  }
  if (at > end) return stop(at);
  position = at;
  quote = quotes;
  deepest = <i32>(deepestLevel - levels);
  return true;
}

function stop(at: usize): bool {
  position = at;
  return false;
}

/** A number may go on in the next bytes, and no word ends where another begins. */
function isEndOfWord(at: usize, end: usize): bool {
  if (at >= end) return false;
  const byte = load<u8>(at);
  return isSpace(byte) || byte == COMMA || byte == CLOSE_LIST;
}

/** The byte behind a number or a literal, or 0 if it is none, with the byte that does not fit in `position`. */
function skipWord(at: usize, end: usize): usize {
  switch (load<u8>(at)) {
    case 0x74: // t
      return load<u32>(at) == 0x65757274 ? at + 4 : skipLiteral(at, 0x65757274);
    case 0x66: // f
      return load<u32>(at + 1) == 0x65736c61 ? at + 5 : skipLiteral(at + 1, 0x65736c61);
    case 0x6e: // n
      return load<u32>(at) == 0x6c6c756e ? at + 4 : skipLiteral(at, 0x6c6c756e);
    default:
      return skipNumber(at);
  }
}

/** Finds the byte that is not of a literal. */
function skipLiteral(at: usize, literal: u32): usize {
  stop(at + <usize>(ctz(load<u32>(at) ^ literal) >> 3));
  return 0;
}

/** No digit stands behind the end, for spaces do. */
function skipNumber(from: usize): usize {
  let at = from;
  if (load<u8>(at) == 0x2d) at++; // minus
  if (load<u8>(at) == 0x30) {
    at++; // a zero stands alone in front of the point
  } else {
    at = skipDigits(at);
    if (at == 0) return 0;
  }
  if (load<u8>(at) == 0x2e) {
    at = skipDigits(at + 1);
    if (at == 0) return 0;
  }
  if ((load<u8>(at) | 0x20) == 0x65) {
    const sign = load<u8>(at + 1);
    at = skipDigits(sign == 0x2b || sign == 0x2d ? at + 2 : at + 1);
  }
  return at;
}

/** The byte behind at least one digit. */
function skipDigits(from: usize): usize {
  let at = from;
  while (<u32>load<u8>(at) - 0x30 <= 9) at++;
  if (at > from) return at;
  stop(at);
  return 0;
}
