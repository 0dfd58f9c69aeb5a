import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { z } from "zod";
import { compileEventPattern } from "../../lambda/core/rules/event-pattern/event-pattern.ts";
import { EVENT_BRIDGE_OPERATORS, OPERATORS } from "../../lambda/core/rules/event-pattern/parse-operator.ts";
import { ruleSchema } from "../../lambda/rule-files/rule-schema.ts";
import { RETENTION_DAYS, settingsSchema } from "../../lib/settings-schema.ts";

/** The rows of a table below a heading: the names in the first cell, and the other cells. */
function rowsOf(page: string, heading: RegExp): readonly (readonly [names: readonly string[], ...cells: string[]])[] {
  const [, table = ""] = new RegExp(`${heading.source}[\\s\\S]*?\\n\\|[-|]+\\n((?:\\|.*\\n)+)`, "m").exec(page) ?? [];
  return table
    .trimEnd()
    .split("\n")
    .map((line) => line.slice(2, -2).split(" | "))
    .map(([first = "", ...cells]) => [Array.from(first.matchAll(/`([^`]+)`/g), ([, name = ""]) => name), ...cells]);
}

/** What a schema limits, by the path of the field: the numbers, of which those at which everything begins are left out. */
function limitsIn(schema: z.ZodType): ReadonlyMap<string, ReadonlySet<number>> {
  const found = new Map<string, Set<number>>();
  const look = (one: unknown, path: string): void => {
    if (typeof one !== "object" || one === null) return;
    const { properties = {}, items, additionalProperties, anyOf = [], ...own } = one as Record<string, never>;
    for (const word of ["minimum", "exclusiveMinimum", "maximum", "maxLength", "minItems", "maxItems"]) {
      const limit: unknown = own[word];
      if (typeof limit !== "number" || Math.abs(limit) >= Number.MAX_SAFE_INTEGER) continue;
      if (word !== "minItems" || limit > 1) found.set(path, (found.get(path) ?? new Set()).add(limit));
    }
    for (const [key, inner] of Object.entries(properties)) look(inner, path === "" ? key : `${path}.${key}`);
    for (const inner of [items, additionalProperties, ...(anyOf as unknown[])]) look(inner, path);
  };
  look(z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }), "");
  return found;
}

const numbersIn = (text: string) => Array.from(text.replaceAll(",", "").matchAll(/\d+/g), ([digits]) => Number(digits));

const RULES = readFileSync("docs/rules.md", "utf8");
const SETTINGS = readFileSync("docs/settings.md", "utf8");
const ofRules = rowsOf(RULES, /^## Limits/);
const ofSettings = rowsOf(SETTINGS, /^## Ranges/);

test("docs/rules.md lists the operators that there are, each with an example that is one", () => {
  const rows = rowsOf(RULES, /^## Patterns/).slice(1);
  expect(rows.map(([[name]]) => name).sort()).toEqual(["$or", ...OPERATORS].sort());
  const own = rows.slice(EVENT_BRIDGE_OPERATORS.length + 1).map(([[name]]) => name);
  expect(own.sort()).toEqual(OPERATORS.filter((name) => !EVENT_BRIDGE_OPERATORS.includes(name as never)).sort());
  for (const [[name = ""], example = ""] of rows) {
    const pattern = parse(example.slice(1, -1));
    expect(JSON.stringify(pattern)).toContain(`{"${name}":`);
    expect(() => compileEventPattern(pattern)).not.toThrow();
  }
});

test("docs/rules.md names the limits of a rule's fields", () => {
  const limits = limitsIn(ruleSchema);
  expect(limits.size).toBeGreaterThan(10);
  const told = new Map(
    ofRules.flatMap(([names, limit = ""]) => names.map((name) => [name, numbersIn(limit)] as const)),
  );
  for (const [field, numbers] of limits) {
    expect({ field, told: told.get(field)?.toSorted() }).toEqual({ field, told: [...numbers].sort() });
  }
});

test("the limits that no schema has are those that docs/rules.md names", () => {
  const limitOf = (field: string) => ofRules.find(([names]) => names.includes(field))?.[1] ?? "";
  const accepts = (fields: object) => ruleSchema.safeParse({ name: "a", calls: ["iam:*"], ...fields }).success;
  const within: { readonly [field: string]: (time: string) => object } = {
    "group.interval": (interval) => ({ group: { by: ["x"], interval } }),
    "threshold.within": (time) => ({ threshold: { count: 2, within: time } }),
    "after.within": (time) => ({ after: { pattern: {}, count: 1, within: time } }),
    "steps.within": (time) => ({ steps: { of: [{ calls: ["a:B"] }, { calls: ["a:C"] }], within: time } }),
    "first.again": (again) => ({ first: { of: "x", again } }),
    "first.learn": (learn) => ({ first: { of: "x", learn } }),
  };
  for (const [field, rule] of Object.entries(within)) {
    const [days = 0] = numbersIn(limitOf(field));
    expect({ field, most: accepts(rule(`${days}d`)), more: accepts(rule(`${days + 1}d`)) }).toEqual({
      field,
      most: true,
      more: false,
    });
  }
  const [depth = 0, ways = 0] = numbersIn(limitOf("pattern"));
  const deep = (levels: number): object => (levels === 1 ? { a: ["x"] } : { a: deep(levels - 1) });
  expect(() => compileEventPattern(deep(depth))).not.toThrow();
  expect(() => compileEventPattern(deep(depth + 2))).toThrow(`more than ${depth} levels`);
  const or = (count: number) => ({ $or: Array.from({ length: count }, () => ({ a: ["x"] })) });
  expect(() => compileEventPattern(or(ways))).not.toThrow();
  expect(() => compileEventPattern(or(ways + 1))).toThrow(`more than ${ways} combinations`);
});

test("docs/settings.md names the range of each setting that has one", () => {
  const limits = limitsIn(settingsSchema);
  expect(limits.size).toBeGreaterThan(10);
  const told = new Map(ofSettings.flatMap(([names, range = ""]) => names.map((name) => [name, range] as const)));
  for (const [path, numbers] of limits) {
    const [setting = ""] = path.replace(/^accountsFrom\./, "").split(".");
    expect({ path, lacks: [...numbers].filter((one) => !numbersIn(told.get(setting) ?? "").includes(one)) }).toEqual({
      path,
      lacks: [],
    });
  }
  expect(numbersIn(told.get("functionLogDays") ?? "")).toEqual([...RETENTION_DAYS]);
  const known = new Set([...limits.keys()].map((path) => path.replace(/^accountsFrom\./, "").split(".")[0]));
  expect([...told.keys()].filter((name) => !known.has(name) && name !== "functionLogDays")).toEqual([]);
});
