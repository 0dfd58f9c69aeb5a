/** One element of `Records`: where it stands in the bytes, and how deep it nests. */
export interface Element {
  readonly start: number;
  readonly end: number;
  readonly depth: number;
}

/** JSON that ends or goes wrong at a byte; what came before it has been yielded. */
export class BrokenJson extends Error {
  override readonly name = "BrokenJson";
}

/** JSON that is whole but is no log file. */
export class NoRecords extends Error {
  override readonly name = "NoRecords";
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/**
 * Finds the elements of `{"Records": [...]}` without parsing them, so that memory holds one parsed record at a time and
 * no shape of the file can multiply its size. What stands between the elements is checked here; each element is
 * checked by whoever parses it.
 * @throws BrokenJson, NoRecords
 */
export function* elementsOf(bytes: Buffer): Generator<Element, void, undefined> {
  let at = skipSpace(bytes, 0);
  if (bytes[at] !== OPEN_OBJECT) throw new NoRecords("the JSON has no Records; this is no log file");
  at = skipSpace(bytes, at + 1);
  let seen = false;
  while (bytes[at] !== CLOSE_OBJECT) {
    const key = elementAt(bytes, at);
    if (bytes[at] !== QUOTE) throw new BrokenJson();
    const value = skipSpace(bytes, expect(bytes, skipSpace(bytes, key.end), COLON));
    if (parsedKey(bytes, key) === "Records") {
      if (seen) throw new NoRecords("the JSON has Records twice");
      seen = true;
      at = yield* listAt(bytes, value);
    } else {
      at = elementAt(bytes, value).end;
    }
    at = nextOrClose(bytes, at, CLOSE_OBJECT);
  }
  if (!seen) throw new NoRecords("the JSON has no Records; this is no log file");
  if (skipSpace(bytes, at + 1) !== bytes.length) throw new BrokenJson();
}

function* listAt(bytes: Buffer, start: number): Generator<Element, number, undefined> {
  if (bytes[start] !== OPEN_LIST) throw new NoRecords("Records is no list");
  let at = skipSpace(bytes, start + 1);
  while (bytes[at] !== CLOSE_LIST) {
    const element = elementAt(bytes, at);
    yield element;
    at = nextOrClose(bytes, element.end, CLOSE_LIST);
  }
  return at + 1;
}

/** After a value: the start of the next one after a comma, or the closing bracket. */
function nextOrClose(bytes: Buffer, end: number, close: number): number {
  const at = skipSpace(bytes, end);
  if (bytes[at] === close) return at;
  const next = skipSpace(bytes, expect(bytes, at, COMMA));
  if (bytes[next] === close) throw new BrokenJson();
  return next;
}

/** The JSON value that begins at a byte: brackets are counted, strings skipped, and the rest is not checked. */
function elementAt(bytes: Buffer, start: number): Element {
  let depth = 0;
  let deepest = 0;
  for (let at = start; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      at = endOfString(bytes, at);
    } else if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
      depth++;
      if (depth > deepest) deepest = depth;
    } else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) {
      depth--;
    } else if (depth > 0) {
      continue;
    } else {
      // A number or a word ends where something else follows.
      while (at < bytes.length && isWordByte(bytes[at] ?? 0)) at++;
      if (at === start) throw new BrokenJson();
      return { start, end: at, depth: 0 };
    }
    if (depth === 0) return { start, end: at + 1, depth: deepest };
    if (depth < 0) throw new BrokenJson();
  }
  throw new BrokenJson();
}

/** The closing quote of the string that opens at a byte: the next quote after an even number of backslashes. */
function endOfString(bytes: Buffer, open: number): number {
  for (let at = bytes.indexOf(QUOTE, open + 1); at !== -1; at = bytes.indexOf(QUOTE, at + 1)) {
    let backslashes = 0;
    while (bytes[at - 1 - backslashes] === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return at;
  }
  throw new BrokenJson();
}

function parsedKey(bytes: Buffer, { start, end }: Element): unknown {
  try {
    return JSON.parse(bytes.toString("utf8", start, end));
  } catch {
    throw new BrokenJson();
  }
}

function expect(bytes: Buffer, at: number, byte: number): number {
  if (bytes[at] !== byte) throw new BrokenJson();
  return at + 1;
}

function skipSpace(bytes: Buffer, from: number): number {
  let at = from;
  while (bytes[at] === 0x20 || bytes[at] === 0x0a || bytes[at] === 0x0d || bytes[at] === 0x09) at++;
  return at;
}

function isWordByte(byte: number): boolean {
  return byte > 0x20 && byte !== COMMA && byte !== CLOSE_LIST && byte !== CLOSE_OBJECT && byte !== COLON;
}
