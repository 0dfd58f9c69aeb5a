import { plainName } from "../../lambda/core/envelope/log-object.ts";
import type { Content } from "./content.ts";
import { isPlainLogFile } from "./content.ts";
import { isTable } from "./csv.ts";

/** What a file holds: a log file as CloudTrail writes it, lines of JSON, any other JSON, or a table. */
export type Shape = "log file" | "lines" | "document" | "table";

const LINES = /\.(?:jsonl|ndjson)$/i;

/** Tells a file's shape by its name and its beginning. What cannot be told counts as a log file, whose reader says what is wrong. */
export function shapeOf(name: string, { head, isWhole, isUtf16 }: Content): Shape {
  if (LINES.test(plainName(name))) return "lines";
  const text = head.toString("utf8");
  if (!/^\s*[[{]/.test(text)) return isTable(plainName(name), text) ? "table" : "log file";
  if (hasLines(text, isWhole)) return "lines";
  if (isUtf16) return "document";
  if (isPlainLogFile(head) && !isFollowed(text)) return "log file";
  return keysOf(text).includes("Records") && !isFollowed(text) ? "log file" : "document";
}

/** True if the first line is JSON of its own, and another one follows. */
function hasLines(text: string, isWhole: boolean): boolean {
  const end = text.trimStart().indexOf("\n");
  if (end === -1) return false;
  const [line, rest] = [text.trimStart().slice(0, end), text.trimStart().slice(end)];
  return isJson(line) && (rest.trim() !== "" || !isWhole);
}

/** True if something follows the first value of a text. */
function isFollowed(text: string): boolean {
  const end = scanned(text).end;
  return end !== undefined && text.slice(end).trim() !== "";
}

function keysOf(text: string): readonly string[] {
  return scanned(text).keys;
}

/** A string that is cut off goes to the end: else each quote within it would be tried as the beginning of another. */
const TOKEN = /"([^"\\]*(?:\\.[^"\\]*)*)(?:"|\\?$)|[[\]{}:]/gs;

/** The keys of a text's outermost object, as far as the text goes, and where the object ends. */
function scanned(text: string): { readonly keys: readonly string[]; readonly end?: number } {
  const keys: string[] = [];
  let depth = 0;
  let last = "";
  for (const { 0: token, 1: string, index } of text.matchAll(TOKEN)) {
    if (string !== undefined) last = string;
    else if (token === ":") {
      if (depth === 1) keys.push(last);
    } else if (token === "{" || token === "[") depth++;
    else if (--depth <= 0) return { keys, end: index + 1 };
  }
  return { keys };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
