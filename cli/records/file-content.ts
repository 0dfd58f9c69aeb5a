import { createReadStream, readFileSync, statSync } from "node:fs";
import type { Content } from "../../lambda/core/log-file/content.ts";
import { MAX_WHOLE } from "../../lambda/core/log-file/limits.ts";

const CHUNK = 2 ** 20;

/** A file's content: what is small whole, which is quicker, and the rest in chunks, from the start each time it is asked for. */
export function fileContent(path: string): Content {
  if (statSync(path).size <= MAX_WHOLE) return readFileSync(path);
  return { [Symbol.asyncIterator]: () => createReadStream(path, { highWaterMark: CHUNK })[Symbol.asyncIterator]() };
}
