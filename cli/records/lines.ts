import type { Piece } from "./document.ts";
import { RecordsError } from "./fault.ts";

const NEWLINE = 0x0a;
const MAX_LINE = 256 * 2 ** 20;

/** The lines of a text that are not empty; their places are `2` for the second. */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Piece, void, undefined> {
  let number = 0;
  const parts: Uint8Array[] = [];
  let size = 0;
  const take = (end: Uint8Array): Piece | undefined => {
    number++;
    const text = Buffer.concat([...parts, end]).toString("utf8");
    parts.length = 0;
    size = 0;
    return text.trim() === "" ? undefined : { text, place: String(number) };
  };
  for await (const chunk of chunks) {
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, from)) {
      const line = take(chunk.subarray(from, at));
      if (line !== undefined) yield line;
      from = at + 1;
    }
    parts.push(chunk.subarray(from));
    size += chunk.length - from;
    if (size > MAX_LINE) throw new RecordsError(`line ${number + 1} is larger than ${MAX_LINE} bytes`);
  }
  const last = take(Buffer.alloc(0));
  if (last !== undefined) yield last;
}
