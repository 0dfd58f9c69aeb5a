import { FIELD_TREE } from "./field-tree.ts";
import { BACKSLASH } from "./grammar.ts";

/** What a key leads to if it is none of FIELD_TREE's: to nothing, or to what only a parser can tell. */
export const NO_FIELD = -1;
export const ODD_KEY = -2;

const DOT = 0x2e;

interface Named {
  readonly name: Uint8Array;
  /** Its place in FIELD_TREE. */
  readonly key: number;
}

/** The keys of each object by a hash of their names. */
const BUCKETS: readonly (readonly Named[])[] = buckets();

function buckets(): readonly (readonly Named[])[] {
  const made: Named[][] = Array.from({ length: FIELD_TREE.objects * 64 }, () => []);
  for (const [key, { object, name: text }] of FIELD_TREE.keys.entries()) {
    const name = Buffer.from(text);
    made[bucketOf(object, name, 0, name.length)]?.push({ name, key });
  }
  return made;
}

/** The length and two letters tell most names apart. */
function bucketOf(object: number, bytes: Uint8Array, start: number, end: number): number {
  const first = bytes[start] as number;
  const last = bytes[end - 1] as number;
  return object * 64 + (((end - start) ^ (first << 1) ^ (last << 2)) & 63);
}

/** The key of an object in FIELD_TREE whose name stands between `start` and `end`. */
export function keyAt(bytes: Uint8Array, start: number, end: number, object: number): number {
  for (const { name, key } of BUCKETS[bucketOf(object, bytes, start, end)] as readonly Named[]) {
    if (name.length === end - start && isAt(bytes, start, name)) return key;
  }
  for (let at = start; at < end; at++) {
    if (bytes[at] === BACKSLASH || bytes[at] === DOT) return ODD_KEY;
  }
  return NO_FIELD;
}

function isAt(bytes: Uint8Array, start: number, name: Uint8Array): boolean {
  for (let i = 0; i < name.length; i++) if (bytes[start + i] !== name[i]) return false;
  return true;
}
