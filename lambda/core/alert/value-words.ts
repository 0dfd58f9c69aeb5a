import { isObject } from "../record/record.ts";
import { clock } from "./describe.ts";
import { oddFirst } from "./story/odd-names.ts";
import { inert, name } from "./text.ts";

/** How long a value may be in words; one text in it gets less. */
const LIMIT = 200;
const MAX_TEXT = 120;
/** How much of a long name's end is shown. */
const TAIL = 30;

/** Deeper than this, values are shown as JSON. */
const MAX_DEPTH = 8;

/** Lists that EC2 and IAM wrap into an object, whose only field says nothing. */
const WRAPPERS = /^(?:items?|members?)$/;

/**
 * Any value of a record on one line, in words: names bare, other text in quotes, `accessKeyId AKIA..., status Active` for
 * an object (also inside a string), `add (userId 111122223333)` for one within it. What finds no room is counted.
 */
export function valueWords(any: unknown, limit = LIMIT): string {
  return words(any, limit, 0);
}

function words(any: unknown, room: number, depth: number): string {
  const inner = typeof any === "string" ? (jsonIn(any) ?? any) : any;
  if (typeof inner === "string") return inner === "" ? '""' : bothEnds(inner, Math.min(MAX_TEXT, Math.max(room, 20)));
  if (typeof inner !== "object" || inner === null) return String(inner);
  if (depth > MAX_DEPTH) return inert(JSON.stringify(inner), Math.max(room, 20));
  const own = unwrapped(inner);
  if (!isObject(own) && !Array.isArray(own)) return words(own, room, depth + 1);
  const parts: readonly Part[] = Array.isArray(own)
    ? inRoom(own, room).map((element) => (left) => within(element, left, depth))
    : scalarsFirst(own).map(
        ([key, value]) =>
          (left) =>
            `${name(key, 60)} ${key === "expiration" && typeof value === "string" ? timeText(value) : within(value, left, depth)}`,
      );
  return parts.length === 0 ? "empty" : listed(parts, room);
}

/** A list; of names for which there is no room, or of objects that hold them, those come first that are least alike. */
function inRoom(list: readonly unknown[], room: number): readonly unknown[] {
  const texts = list.map((one) => (typeof one === "string" ? one : String(JSON.stringify(one))));
  if (texts.join(", ").length <= room) return list;
  const byText = new Map(texts.map((text, i) => [text, list[i]]));
  return oddFirst(texts).map((text) => byText.get(text));
}

/** The end of a key or a path says which one it is; it may begin like a hundred others. Other texts lose their end. */
function bothEnds(text: string, limit: number): string {
  if (text.length <= limit || limit < 3 * TAIL || !/^[\w+=.@/:-]+$/.test(text)) return name(text, limit);
  const end = text.slice(-TAIL);
  // Shown, a dot takes three characters.
  const dots = (text.slice(0, limit) + end).split(".").length;
  return name(`${text.slice(0, limit - TAIL - 1 - 2 * dots)}…${end}`, limit);
}

function scalarsFirst(object: object): readonly (readonly [string, unknown])[] {
  return Object.entries(object).sort(([, a], [, b]) => Number(isComposite(a)) - Number(isComposite(b)));
}

type Part = (room: number) => string;

/** The parts that find room, the first always, and how many more there are. */
function listed(parts: readonly Part[], room: number): string {
  let text = "";
  for (const [i, part] of parts.entries()) {
    const next = part(room - text.length);
    if (i > 0 && text.length + next.length + 2 > room) return `${text} and ${parts.length - i} more`;
    text += i === 0 ? next : `, ${next}`;
  }
  return text;
}

// STS writes times as Java does, in UTC: `Nov 30, 2024, 8:43:17 PM`, in some versions with a narrow space.
const JAVA_TIME = /^[A-Z][a-z]{2} \d{1,2}, \d{4},? \d{1,2}:\d{2}:\d{2}[ \u202f][AP]M$/;

/** When credentials expire, as all times of a mail are written; other text as it is. */
export function timeText(text: string): string {
  const time = JAVA_TIME.test(text) ? Date.parse(`${text.replace("\u202f", " ")} UTC`) : Number.NaN;
  return Number.isNaN(time) ? name(text) : `${clock(time, "UTC")} UTC`;
}

function within(value: unknown, room: number, depth: number): string {
  const text = words(value, room, depth + 1);
  return isComposite(value) && text !== "empty" ? `(${text})` : text;
}

function isComposite(value: unknown): boolean {
  return typeof value === "string" ? jsonIn(value) !== undefined : typeof value === "object" && value !== null;
}

function unwrapped(value: object): unknown {
  if (Array.isArray(value)) return value.length === 1 ? value[0] : value;
  const [[key, inner] = ["", undefined], ...others] = Object.entries(value);
  return others.length === 0 && WRAPPERS.test(key) && Array.isArray(inner) ? unwrapped(inner) : value;
}

/** Policies and the like are JSON in a string. */
function jsonIn(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
