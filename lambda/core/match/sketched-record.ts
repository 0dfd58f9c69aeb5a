import { SKETCH_FIELDS, SKETCH_TEXTS, type Sketch, type SketchField, type TextName } from "../log-file/scan/sketch.ts";
import type { CloudTrailRecord } from "../record/record.ts";
import { restored } from "../record/restored.ts";

/**
 * A record with nothing but what a sketch says, at midnight of its day: to whoever asks for no more than that, it is the
 * record itself. Undefined where the texts have to be decoded, or Insights speak of another call.
 */
export function sketchedRecord(sketch: Sketch): CloudTrailRecord | undefined {
  const record: Draft = {};
  for (let name = 0; name < FIELDS.length; name++) {
    const text = sketch.text(name as TextName);
    if (NOT_ASCII.test(text)) return undefined;
    let at = 0;
    for (const { path, as } of FIELDS[name] as readonly SketchField[]) {
      const end = text.indexOf("\n", at);
      const value = text.slice(at, end);
      at = end + 1;
      if (value === "") continue;
      if (as !== "kind") put(record, path, as === "day" ? `${value.slice(1)}T00:00:00Z` : scalarOf(value));
      else if (path[0] === "insightDetails" && value !== "n") return undefined;
    }
  }
  return restored(record, 0);
}

interface Draft {
  [field: string]: unknown;
}

const FIELDS = SKETCH_TEXTS.map((text) => SKETCH_FIELDS[text]);

// biome-ignore lint/suspicious/noControlCharactersInRegex: texts hold any byte
const NOT_ASCII = /[^\x00-\x7f]/;

/** The value of a raw scalar. */
function scalarOf(raw: string): unknown {
  return raw.startsWith('"') && !raw.includes("\\") ? raw.slice(1, -1) : JSON.parse(raw);
}

function put(record: Draft, path: readonly string[], value: unknown): void {
  let object = record;
  for (let i = 0; i < path.length - 1; i++) {
    const field = path[i] as string;
    object[field] ??= {};
    object = object[field] as Draft;
  }
  object[path[path.length - 1] as string] = value;
}
