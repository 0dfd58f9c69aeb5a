import { sharedScanner } from "../../lambda/core/log-file/scan/create-scanner.ts";
import type { Sketch } from "../../lambda/core/log-file/scan/sketch.ts";

/** The sketch of an element of Records, as the reader gets it. */
export function sketchOfText(json: string): Sketch | undefined {
  const bytes = Buffer.from(`${json}]`);
  const { count } = sharedScanner().scan(bytes, 0, bytes.length, true);
  if (count !== 1) throw new Error("the text is no element");
  return sharedScanner().sketchOf(0)?.kept();
}
