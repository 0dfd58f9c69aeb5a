import { keep, keyOf, noSketch, noteOpened, noteScalar, startFields, writeTexts } from "./fields.ts";
import { BROKEN, CLOSED, ELEMENT_SIZE, FULL, MORE, QUOTES, ROOM } from "./memory.ts";
import { ANSWER, ELEMENTS, INPUT, TABLES } from "./memory.ts";
import { isBroken, knownQuotes, moreQuotes, startQuotes } from "./quotes.ts";
import { hasRoomToWait, keepWaiting, makeRoomForTexts } from "./texts.ts";
import { misfit, skipWord } from "./words.ts";

export { ANSWER, ELEMENTS, INPUT, keep, TABLES };

// Finds the elements of a JSON list as plain-scanner.ts does, which is the reference, and why this comes to the same:
//
// 1. quotes.ts looks at 64 bytes at a time, and lists where quotes stand that no backslash escapes. It takes them in turn to
//    open and to close a string. It checks what is within: no control character, no escape that JSON does not have.
// 2. The walk below goes from token to token. Every byte outside of strings it looks at, by the grammar of JSON. Where a
//    string may begin it compares the place with the next quote of the list, or sees the quote itself; where it ends the
//    list says. So it steps over strings, and over nothing else.
// 3. Both go through the same quotes in the same order. A quote outside of strings could be missing from the list only if a
//    backslash stood in front of it; a backslash outside of strings ends the walk first. So the list's turns of opening and
//    closing are those of the walk, and what quotes.ts takes for the inside of a string is the inside of a string.
// 4. At what is wrong within a string the list ends, as it does at the end of the bytes: then come places behind the end.
//    The string that holds the fault has no end, the walk arrives behind the end, and isBroken tells the one from the other.
// 5. Behind the end stand 64 spaces, in which no token goes on: whatever is cut off is seen to be so at the end or behind it.
//    A walk that stops in front of the end has met a byte that no further bytes could put right.
// 6. A number or a literal that is an element by itself needs the byte behind it; everything else ends with a byte of its own.

// What is open: nothing, a list, an object with no fields, or one of the tree, of which the first is the element itself.
const NOTHING: i32 = -3;
const LIST: i32 = -2;
const OTHER_OBJECT: i32 = -1;
const ELEMENT: i32 = 0;

const QUOTE: u32 = 0x22;
const COLON_QUOTE: u32 = 0x223a;
const COMMA_QUOTE: u32 = 0x222c;
const COMMA: u32 = 0x2c;
const COLON: u32 = 0x3a;
const OPEN_LIST: u32 = 0x5b;
const CLOSE_LIST: u32 = 0x5d;
const OPEN_OBJECT: u32 = 0x7b;
const CLOSE_OBJECT: u32 = 0x7d;

/** Where the walk through an element has ended. */
let position: usize = 0;
/** The first quote of the list that was not used yet. */
let quote: usize = 0;
/** How deep the element nests. */
let deepest: usize = 0;

/** Scans what stands at INPUT; `levels` is where what is open at each depth is kept. */
export function scan(end: usize, isFirst: bool, levels: usize): void {
  startQuotes(INPUT, end);
  makeRoomForTexts();
  quote = QUOTES;
  let next = INPUT;
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
    if (count == ROOM || !hasRoomToWait()) return answer(count, next, FULL);
    if (!isElement(at, end, levels)) return answer(count, next, position < end || isBroken() ? BROKEN : MORE);
    store<u32>(element, <u32>at);
    store<u32>(element, <u32>position, 4);
    store<u32>(element, <u32>deepest, 8);
    store<u32>(element, writeTexts(element), 12);
    next = position;
  }
}

function answer(count: i32, next: usize, because: i32): void {
  keepWaiting();
  store<i32>(ANSWER, count);
  store<u32>(ANSWER, <u32>next, 4);
  store<i32>(ANSWER, because, 8);
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

/**
 * Walks through an element; true if `position` is its end, false if it is the byte that does not fit. It is one function
 * because its state is in locals: that which functions share is in memory, and each token would wait for it.
 */
function isElement(begin: usize, end: usize, levels: usize): bool {
  let at = begin;
  let quotes = quote;
  let open: i32 = NOTHING;
  let level = levels;
  let key: usize = 0;
  let byte: u32 = load<u8>(at);
  deepest = levels;
  startFields();
  if (byte != OPEN_OBJECT) noSketch();
  for (;;) {
    if (quotes + 16 > knownQuotes) {
      moreQuotes(quotes);
      quotes = QUOTES;
    }
    let isBehind = false;
    if (open >= OTHER_OBJECT) {
      // A key, whose first quote should stand here.
      if (<usize>load<u32>(quotes) != at) {
        at = skipSpace(at, end);
        if (<usize>load<u32>(quotes) != at) return stop(at);
      }
      const close = <usize>load<u32>(quotes, 4);
      if (open >= 0) key = keyOf(at + 1, close - at - 1, open);
      if (load<u16>(close, 1) == COLON_QUOTE) {
        // What is most frequent: the key has a string, and behind it stands the next key.
        at = <usize>load<u32>(quotes, 12) + 1;
        if (key != 0) {
          noteScalar(key, close + 2, at - close - 2, false);
          key = 0;
        }
        quotes += 16;
        if (load<u16>(at) == COMMA_QUOTE) {
          at++;
          continue;
        }
        isBehind = true;
      } else {
        quotes += 8;
        at = close + 1;
        if (load<u8>(at) != COLON) {
          at = skipSpace(at, end);
          if (at >= end || load<u8>(at) != COLON) return stop(at);
        }
        at++;
        byte = load<u8>(at);
      }
    }
    if (!isBehind) {
      // A value.
      if (byte <= 0x20) {
        at = skipSpace(at, end);
        byte = load<u8>(at);
      }
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
        if (level > deepest) deepest = level;
        const isList = byte == OPEN_LIST;
        open = isList ? LIST : open == NOTHING ? ELEMENT : OTHER_OBJECT;
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
        const behind = skipWord(at);
        if (behind == 0) return stop(misfit);
        if (key != 0) {
          noteScalar(key, at, behind - at, byte == 0x6e);
          key = 0;
        }
        at = behind;
        if (open == NOTHING && !isEndOfWord(at, end)) return stop(at);
      }
    }
    // Behind a value.
    byte = load<u8>(at);
    while (byte != COMMA && open != NOTHING) {
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
    if (open == NOTHING) break;
    at++;
    byte = load<u8>(at);
  }
  if (at > end) return stop(at);
  position = at;
  quote = quotes;
  deepest -= levels;
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
