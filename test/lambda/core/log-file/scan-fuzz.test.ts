import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { runInThisContext } from "node:vm";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import type { Scanned } from "../../../../lambda/core/log-file/scan/scanner.ts";
import { SKETCH_FIELDS, type Sketch } from "../../../../lambda/core/log-file/scan/sketch.ts";
import { isObject, valueAt } from "../../../../lambda/core/record/record.ts";
import { conformanceFile, conformanceFolder, hasConformance } from "../../../support/conformance.ts";
import { anyJson, type JsonText, naiveSketch, recordText } from "../../../support/json-text.ts";
import { record } from "../../../support/log-files.ts";
import { runs } from "../../../support/runs.ts";
import {
  type Found,
  type FoundElement,
  mustBeSame,
  PLAIN,
  scannedByBoth,
  scannedInPieces,
  WASM,
} from "../../../support/scans.ts";

const element = fc.oneof({ weight: 3, arbitrary: recordText }, { weight: 1, arbitrary: anyJson });
const gap = fc.constantFrom("", "", "", " ", "\r\n\t");
const elements = fc.array(fc.tuple(element, gap, gap), { maxLength: 6 });
const fewElements = fc.array(fc.tuple(element, gap, gap), { maxLength: 2 });

interface List {
  readonly bytes: Buffer;
  readonly found: Scanned & {
    readonly elements: readonly (Omit<FoundElement, "sketch"> & { readonly sketch?: object | undefined })[];
  };
}

/** A list without its opening bracket, and what is to be found in it. */
function listOf(items: readonly (readonly [JsonText, string, string])[]): List {
  const parts: string[] = [];
  let size = 0;
  const put = (text: string) => {
    parts.push(text);
    size += Buffer.byteLength(text);
    return size;
  };
  const found = items.map(([item, before, behind], i) => {
    const start = put(i === 0 ? before : `,${before}`);
    const end = put(item.text);
    put(behind);
    return { start, end, depth: item.depth, sketch: naiveSketch(item) };
  });
  const bytes = Buffer.from(`${parts.join("")}]`);
  return { bytes, found: { count: found.length, next: size, because: "closed", elements: found } };
}

test("any list is found as it was made, in one go and in pieces", () => {
  let sketches = 0;
  let odd = 0;
  fc.assert(
    fc.property(elements, fc.array(fc.nat()), (items, places) => {
      const { bytes, found } = listOf(items);
      JSON.parse(`[${bytes}`);
      mustBeSame(scannedByBoth(bytes), found, bytes);
      const cuts = places.map((place) => place % bytes.length);
      for (const scanner of [PLAIN, WASM]) mustBeSame(scannedInPieces(scanner, bytes, 0, cuts), found, bytes);
      for (const { sketch } of found.elements) sketch === undefined ? odd++ : sketches++;
    }),
    { numRuns: runs(4_000, 150) },
  );
  // Enough of both.
  expect(sketches).toBeGreaterThan(100);
  expect(odd).toBeGreaterThan(100);
});

test("wherever a list is cut, what is whole is found, and the rest waits for more", () => {
  fc.assert(
    fc.property(fewElements, fc.nat(70), (items, spaces) => {
      const { bytes: list, found } = listOf(items);
      // So that the cuts meet blocks of 64 bytes at any place.
      const bytes = Buffer.concat([Buffer.alloc(spaces, " "), list]);
      const step = Math.ceil(bytes.length / 2_000);
      for (let end = 0; end < bytes.length; end += step) {
        const whole = found.elements.filter((one) => isWholeBefore(one.end + spaces, end, bytes));
        const next = whole.length === 0 ? 0 : (whole.at(-1)?.end ?? 0) + spaces;
        for (const scanner of [PLAIN, WASM]) {
          const cut = scanner.scan(bytes, 0, end, true);
          mustBeSame(cut, { count: whole.length, next, because: "more" }, bytes.subarray(0, end));
        }
      }
    }),
    { numRuns: runs(150, 10) },
  );
});

/** A word needs what follows it. */
function isWholeBefore(end: number, cut: number, bytes: Buffer): boolean {
  return /["\]}]/.test(String.fromCharCode(bytes[end - 1] ?? 0)) ? end <= cut : end < cut;
}

const FILES = readdirSync("events", { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".json.gz"))
  .map((file) => gunzipSync(readFileSync(join("events", file))))
  .filter((file) => file.includes('"Records"'));

/** Records as they come, and with spaces between all tokens. */
const REAL: readonly string[] = FILES.flatMap((file): readonly unknown[] => JSON.parse(file.toString()).Records)
  .concat(record({ errorCode: "AccessDenied", requestParameters: { policyDocument: '{"Version":"2012-10-17"}' } }))
  .flatMap((one) => [JSON.stringify(one), JSON.stringify(one, null, 2)]);

/** Bytes that JSON is made of, and others. */
const BYTES = [...Buffer.from('{}[],:"\\ \n0159-+.eEtruefalsn/bu.xé\u0001\u007f'), 0x00, 0x80, 0xff];
const mutation = fc.record({
  what: fc.constantFrom("change", "change", "insert", "remove", "double", "move"),
  at: fc.nat(),
  byte: fc.constantFrom(...BYTES),
  size: fc.nat(80),
  to: fc.nat(),
});

function mutated(
  bytes: Buffer,
  { what, at, byte, size, to }: { what: string; at: number; byte: number; size: number; to: number },
) {
  const place = at % bytes.length;
  const other = to % bytes.length;
  const part = bytes.subarray(place, place + size);
  const [front, behind] = [bytes.subarray(0, place), bytes.subarray(place)];
  switch (what) {
    case "change":
      return Buffer.concat([front, Buffer.from([byte]), behind.subarray(1)]);
    case "insert":
      return Buffer.concat([front, Buffer.from([byte]), behind]);
    case "remove":
      return Buffer.concat([front, behind.subarray(size % 20)]);
    case "double":
      return Buffer.concat([front, part, behind]);
    default:
      return Buffer.concat([bytes.subarray(0, other), part, bytes.subarray(other)]);
  }
}

const damagedLists = fc
  .tuple(
    fc.array(
      fc.oneof(
        fc.constantFrom(...REAL),
        element.map(({ text }) => text),
      ),
      { minLength: 1, maxLength: 3 },
    ),
    fc.array(mutation, { maxLength: 3 }),
  )
  .map(([texts, mutations]) => mutations.reduce(mutated, Buffer.from(`${texts.join(",")}]`)))
  .filter(({ length }) => length > 0);

/** Pieces of JSON in any order. */
const soups = fc
  .array(
    fc.constantFrom(
      ...[
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        '"',
        '"a"',
        '""',
        "\\",
        "\\n",
        "\\u00e9",
        '\\"',
        "0",
        "1",
        "-",
        ".",
        "e",
        "+",
        "true",
      ],
      ...[
        "false",
        "null",
        "t",
        " ",
        "\n",
        "\t",
        "\u0001",
        "é",
        "x",
        '"eventName":',
        '"userIdentity":{',
        '"a":',
        '{"a":1}',
        "[1]",
      ],
    ),
    { minLength: 1, maxLength: 14 },
  )
  .map((parts) => Buffer.from(`${parts.join("")}]`));

test.each([
  ["records with damage", damagedLists, 20_000],
  ["pieces of JSON in any order", soups, 60_000],
])("of %s what JSON.parse refuses is never found whole, and what it reads is", (_name, lists, all) => {
  const met = { whole: 0, broken: 0 };
  fc.assert(
    fc.property(lists, fc.array(fc.nat(), { maxLength: 3 }), (bytes, places) => {
      const found = scannedByBoth(bytes);
      met[judge(bytes, found)]++;
      const cuts = places.map((place) => place % bytes.length);
      for (const end of cuts) scannedByBoth(bytes, { end });
      for (const scanner of [PLAIN, WASM]) mustBeSame(scannedInPieces(scanner, bytes, 0, cuts), found, bytes);
    }),
    { numRuns: runs(all, 500) },
  );
  expect(met.whole).toBeGreaterThan(10);
  expect(met.broken).toBeGreaterThan(100);
});

test("real log files are found whole, and their sketches say what their records say", () => {
  expect(FILES.length).toBeGreaterThan(5);
  const more = hasConformance ? conformanceFolder("invictus").filter((file) => file.endsWith(".gz")) : [];
  for (const file of [...FILES, ...more.map((name) => gunzipSync(conformanceFile("invictus", name)))]) {
    const records = file.indexOf('"Records":[') + '"Records":['.length;
    const end = file.lastIndexOf("]") + 1;
    const bytes = file.subarray(records, end);
    const found = scannedByBoth(bytes);
    expect(judge(bytes, found)).toBe("whole");
    expect(found.elements.filter(({ sketch }) => sketch === undefined)).toEqual([]);
  }
});

/** Whether JSON.parse reads the list: it must be of the same mind, element by element. */
function judge(bytes: Buffer, { because, next, elements }: Found): "whole" | "broken" {
  const list = parsedList(bytes);
  const isWhole = because === "closed" && bytes.toString("latin1", next + 1).trim() === "";
  mustBeSame(isWhole, list !== undefined, bytes);
  if (list !== undefined) mustBeSame(elements.length, list.length, bytes);
  for (const [i, { start, end, sketch }] of elements.entries()) {
    const value: unknown = JSON.parse(bytes.toString("utf8", start, end));
    if (list !== undefined && JSON.stringify(value) !== JSON.stringify(list[i])) {
      // Of two equal keys in one object, JSON.parse of node 24 now and then takes the first, by what it has parsed before.
      const [own, all] = [bytes.toString("utf8", start, end), `[${bytes}`].map((text) => runInThisContext(`(${text})`));
      mustBeSame(own, all[i], bytes);
    }
    if (sketch !== undefined) mustBeSame(valuesOf(sketch), valuesIn(value), bytes);
  }
  return isWhole ? "whole" : "broken";
}

function parsedList(bytes: Buffer): readonly unknown[] | undefined {
  try {
    return JSON.parse(`[${bytes}`);
  } catch {
    return undefined;
  }
}

/** What a sketch says of each field, parsed. */
function valuesOf(sketch: Sketch): readonly unknown[] {
  const texts = sketch.toJSON();
  return Object.entries(SKETCH_FIELDS).flatMap(([text, fields]) => {
    const lines = (texts[text] ?? "").split("\n");
    return fields.map(({ path, as }, i) => {
      const line = Buffer.from(lines[i] ?? "", "latin1").toString();
      if (line === "" || as === "kind") return [path, line];
      return [path, JSON.parse(as === "day" ? `${line}"` : line)];
    });
  });
}

/** The same, from the record. */
function valuesIn(value: unknown): readonly unknown[] {
  return Object.values(SKETCH_FIELDS).flatMap((fields) =>
    fields.map(({ path, as }) => {
      const field = valueAt(value, ...path);
      if (field === undefined) return [path, ""];
      if (as === "value") return [path, field];
      return [path, as === "kind" ? letterOf(field) : dayOf(String(field))];
    }),
  );
}

/** Of a time that is none, as damage makes it (month 51), no sketch says the day. */
function dayOf(time: string): string {
  return Number.isNaN(Date.parse(time)) ? "none" : time.slice(0, "2026-11-20".length);
}

function letterOf(value: unknown): string {
  if (value === null) return "n";
  if (Array.isArray(value)) return "l";
  return isObject(value) ? "o" : "s";
}
