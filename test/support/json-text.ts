import fc from "fast-check";
import { SKETCH_FIELDS } from "../../lambda/core/log-file/scan/sketch.ts";

/** A JSON value as text, beside what the text says. */
export interface JsonText {
  readonly text: string;
  readonly kind: "scalar" | "null" | "list" | "object";
  readonly depth: number;
  /** The members of an object, by their keys as they stand between the quotes. */
  readonly members: readonly (readonly [string, JsonText])[];
}

const space = fc.constantFrom("", "", "", "", "", " ", "\n", "\t\r ", `\n${" ".repeat(70)}`);

const fragment = fc.constantFrom(
  ...["a", "Zz", "0", " ", "é", "€", "😀", "\u007f", "{", "}", "[", "]", ",", ":", "Root", "x".repeat(63)],
  ...["\\n", '\\"', "\\\\", "\\/", "\\u00e9", "\\uD83d", '\\\\\\"', "\\b\\f\\r\\t"],
);
const escaped = fc.string({ unit: "grapheme" }).map((text) => JSON.stringify(text).slice(1, -1));
const long = fc.integer({ min: 1_000, max: 10_000 }).map((size) => "y".repeat(size));
const stringText = fc
  .array(
    fc.oneof({ weight: 80, arbitrary: fragment }, { weight: 10, arbitrary: escaped }, { weight: 1, arbitrary: long }),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(""));

const digits = fc.stringMatching(/^[0-9]{1,20}$/);
const numberText = fc
  .tuple(
    fc.constantFrom("", "-"),
    fc.oneof(
      fc.constant("0"),
      fc.tuple(fc.integer({ min: 1, max: 9 }), fc.option(digits, { nil: "" })).map((n) => n.join("")),
    ),
    fc.option(
      digits.map((text) => `.${text}`),
      { nil: "" },
    ),
    fc.option(
      fc.tuple(fc.constantFrom("e", "E"), fc.constantFrom("", "+", "-"), digits).map((e) => e.join("")),
      { nil: "" },
    ),
  )
  .map((parts) => parts.join(""));

const scalar = (text: string): JsonText => ({ text, kind: "scalar", depth: 0, members: [] });
const NULL: JsonText = { text: "null", kind: "null", depth: 0, members: [] };

const scalarText: fc.Arbitrary<JsonText> = fc.oneof(
  stringText.map((text) => scalar(`"${text}"`)),
  numberText.map(scalar),
  fc.constantFrom("true", "false").map(scalar),
  fc.constant(NULL),
);

function listOf(items: readonly (readonly [JsonText, string, string])[], inside: string): JsonText {
  const text = items.map(([item, before, behind]) => before + item.text + behind).join(",");
  const depth = 1 + Math.max(0, ...items.map(([item]) => item.depth));
  return { text: `[${text || inside}]`, kind: "list", depth, members: [] };
}

type Member = readonly [key: string, value: JsonText, spaces: readonly string[]];

function objectOf(members: readonly Member[], inside: string): JsonText {
  const text = members.map(([key, value, [a, b, c, d]]) => `${a}"${key}"${b}:${c}${value.text}${d}`).join(",");
  const depth = 1 + Math.max(0, ...members.map(([, value]) => value.depth));
  return { text: `{${text || inside}}`, kind: "object", depth, members: members.map(([key, value]) => [key, value]) };
}

const spaces = fc.tuple(space, space, space, space);

/** Any JSON. */
export const anyJson: fc.Arbitrary<JsonText> = fc.letrec<{ json: JsonText; list: JsonText; object: JsonText }>(
  (tie) => ({
    json: fc.oneof({ maxDepth: 5, depthSize: "small" }, scalarText, tie("list"), tie("object")),
    list: fc.tuple(fc.array(fc.tuple(tie("json"), space, space), { maxLength: 5 }), space).map((of) => listOf(...of)),
    object: fc
      .tuple(fc.array(fc.tuple(stringText, tie("json"), spaces), { maxLength: 5 }), space)
      .map((of) => objectOf(...of)),
  }),
).json;

const FIELDS = Object.values(SKETCH_FIELDS).flat();
const WAYS = new Set(FIELDS.flatMap(({ path }) => path.slice(0, -1).map((_, i) => path.slice(0, i + 1).join("."))));

/** Keys that are no fields, for all their likeness; the last few may hide one. */
const OTHER_KEYS = [
  "",
  "a",
  "id",
  "eventNam",
  "eventNames",
  "EventName",
  "eventVersion",
  "requestParameters",
  "tlsDetails",
];
const STRANGE_KEYS = [
  "__proto__",
  "é",
  "sessionCredentialFromConsol\u00e9",
  "event\\u004eame",
  "userIdentity.type",
  "x\\\\",
];

const time = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom("2026-11-20T21:25:09Z", "2026-11-21T00:00:00Z", "1999-01-01T23:59:59Z") },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      ...["2026-11-20T24:00:00Z", "2026-11-20T21:25:09", "2026-11-20T21:25:09.123Z", "2026-11-20", "", "now"],
      ...["2026-11-20T21:60:09Z", "2026-11-20 21:25:09Z", "2026-1\u00e9-20T21:25:9Z", "2026-11-20T30:25:09Z"],
    ),
  },
);

function valueAt(way: string): fc.Arbitrary<JsonText> {
  if (way === "eventTime") return time.map((text) => scalar(`"${text}"`));
  if (!WAYS.has(way)) return fc.oneof({ weight: 30, arbitrary: scalarText }, { weight: 1, arbitrary: anyJson });
  return fc.oneof(
    { weight: 30, arbitrary: fieldsUnder(way) },
    { weight: 1, arbitrary: fc.constant(NULL) },
    { weight: 1, arbitrary: anyJson },
  );
}

/** An object with some of the fields that stand under a way. */
function fieldsUnder(way: string): fc.Arbitrary<JsonText> {
  const under = way === "" ? "" : `${way}.`;
  const ways = [...new Set([...FIELDS.map(({ path }) => path.join(".")), ...WAYS])];
  const names = ways.filter((one) => one.startsWith(under)).map((one) => one.slice(under.length));
  const own = names.filter((name) => !name.includes("."));
  const member = (key: fc.Arbitrary<string>) =>
    key.chain((name) => fc.tuple(fc.constant(name), own.includes(name) ? valueAt(under + name) : anyJson, spaces));
  const members = fc.tuple(
    fc.shuffledSubarray(own).chain((some) => fc.tuple(...some.map((name) => member(fc.constant(name))))),
    fc.array(member(fc.constantFrom(...OTHER_KEYS)), { maxLength: 3 }),
    fc.oneof(
      { weight: 20, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.array(member(fc.constantFrom(...STRANGE_KEYS, ...own)), { maxLength: 2 }) },
    ),
  );
  return fc.tuple(members, fc.nat(), space).map(([[some, others, strange], turn, inside]) => {
    const all = [...others, ...some, ...strange];
    const first = turn % (all.length || 1);
    return objectOf([...all.slice(first), ...all.slice(0, first)], inside);
  });
}

/** An object that is like a record. */
export const recordText: fc.Arbitrary<JsonText> = fieldsUnder("");

/** The sketch of an element by the letter of shape: slowly, and from what the text was made of. */
export function naiveSketch(element: JsonText): object | undefined {
  const found = new Map<string, JsonText>();
  if (element.kind !== "object" || !noteFields(element, "", found)) return undefined;
  const texts = Object.entries(SKETCH_FIELDS).map(([text, fields]) => {
    const lines = fields.map(({ path, as }) => lineOf(found.get(path.join(".")), as));
    return [text, lines.includes(undefined) ? undefined : lines.map((line) => `${line}\n`).join("")] as const;
  });
  return texts.some(([, text]) => text === undefined) ? undefined : Object.fromEntries(texts);
}

/** False if the object is odd. */
function noteFields(object: JsonText, under: string, found: Map<string, JsonText>): boolean {
  return object.members.every(([key, value]) => {
    if (key.includes("\\") || key.includes(".")) return false;
    const way = under + key;
    const isWay = WAYS.has(way);
    if (!isWay && !FIELDS.some(({ path }) => path.join(".") === way)) return true;
    if (found.has(way)) return false;
    found.set(way, value);
    if (!isWay || value.kind === "null") return true;
    return value.kind === "object" && noteFields(value, `${way}.`, found);
  });
}

function lineOf(value: JsonText | undefined, as: "value" | "kind" | "day"): string | undefined {
  if (value === undefined) return "";
  if (as === "kind") return value.kind.charAt(0);
  if (value.kind === "list" || value.kind === "object" || Buffer.byteLength(value.text) > 2048) return undefined;
  const text = Buffer.from(value.text).toString("latin1");
  if (as === "value") return text;
  return /^"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\dZ"$/.test(text)
    ? text.slice(0, 11)
    : undefined;
}
