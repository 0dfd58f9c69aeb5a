import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { thoroughTest } from "../support/runs.ts";

const PAGE = readFileSync("docs/architecture.md", "utf8");

const pathsIn = (text: string) => [...text.matchAll(/`([\w-]+(?:[/.][\w.-]+)*\/?)`/g)].map(([, path = ""]) => path);

interface ChangeRequest {
  readonly adds: string;
  readonly first: string;
  /** What the compiler asks for. */
  readonly compiler: readonly string[];
  /** What a test asks for. */
  readonly tests: readonly string[];
  readonly byHand: readonly string[];
}

const [, requestTable = ""] = /^## Twelve change requests\n([\s\S]*?)(?=^## |$(?![\s\S]))/m.exec(PAGE) ?? [];
const REQUESTS: readonly ChangeRequest[] = Array.from(
  requestTable.matchAll(/^\| (an? .*?) \| (.*?) \| (.*?)\| (.*?)\| (.*?)\|$/gm),
  ([, adds = "", first = "", compiler = "", tests = "", byHand = ""]) => ({
    adds,
    first: pathsIn(first)[0] ?? "",
    compiler: pathsIn(compiler).sort(),
    tests: pathsIn(tests),
    byHand: pathsIn(byHand),
  }),
);

/** A text of a file, and what takes its place. */
type Edit = readonly [file: string, from: string, to: string];

interface Trial {
  readonly adds: string;
  /** How the request begins: with the first file, and what the compiler does not name. */
  readonly edits: readonly Edit[];
}

const RULES = "lambda/core/rules";
const TRIALS: readonly Trial[] = [
  { adds: "a severity", edits: [[`${RULES}/severity.ts`, '["critical", ', '["fatal", "critical", ']] },
  {
    adds: "an operator of patterns",
    edits: [
      [`${RULES}/event-pattern/parse-operator.ts`, '"names-resource",\n]', '"names-resource", "odd"]'],
      [`${RULES}/operators.ts`, '{ readonly kind: "block" }', '{ readonly kind: "block" } | { readonly kind: "odd" }'],
    ],
  },
  {
    adds: "a kind of condition, as a new field of rules needs",
    edits: [
      [`${RULES}/rule.ts`, "export interface Narrowing {", "export interface Narrowing { readonly odd?: true;"],
      [
        `${RULES}/condition.ts`,
        '{ readonly kind: "acting"; readonly is: Acting }',
        '{ readonly kind: "acting"; readonly is: Acting } | { readonly kind: "odd" }',
      ],
    ],
  },
  {
    adds: "a way out, beside mail and SMS",
    edits: [
      [
        "lambda/core/outbox/ways.ts",
        "const WAYS = {",
        "const WAYS = { odd: { word: 'odd', isCopy: true, isUncounted: true, isOptional: true, isNeeded: () => false },",
      ],
    ],
  },
  {
    adds: "an identity type",
    edits: [
      [
        "lambda/core/record/identity-types.ts",
        "export const IDENTITY_TYPES = {",
        "export const IDENTITY_TYPES = { Odd: { kind: 'odd caller', isPerson: false, isHand: false },",
      ],
    ],
  },
  {
    adds: "a family of items in the ledger",
    edits: [["lambda/core/ledger/families.ts", 'DUE_SORTS = ["written", ', 'DUE_SORTS = ["odd", "written", ']],
  },
];

function requestOf({ adds }: Pick<Trial, "adds">): ChangeRequest {
  const request = REQUESTS.find((one) => one.adds === adds);
  if (request === undefined) throw new Error(`docs/architecture.md has no row for ${adds}`);
  return request;
}

const FOLDER = mkdtempSync(join(tmpdir(), "trailbell-architecture-"));
afterAll(() => rmSync(FOLDER, { recursive: true }));

/**
 * For each list of edits the files that do not compile after them. One run of the compiler reads all copies: it reads what
 * they import of packages once.
 */
function brokenBy(trials: readonly (readonly Edit[])[]): readonly (readonly string[])[] {
  const copies = trials.map((_, i) => `trial-${i}`);
  for (const [i, edits] of trials.entries()) makeCopy(join(FOLDER, `trial-${i}`), edits);
  symlinkSync(resolve("node_modules"), join(FOLDER, "node_modules"));
  const { exclude, ...options } = JSON.parse(readFileSync("tsconfig.json", "utf8"));
  const inEach = (paths: readonly string[]) => copies.flatMap((copy) => paths.map((path) => join(copy, path)));
  const config = { ...options, include: inEach(["lambda", "lib", "cli"]), exclude: inEach(exclude) };
  writeFileSync(join(FOLDER, "tsconfig.json"), JSON.stringify(config));
  const tsc = resolve("node_modules/.bin/tsc");
  const { stdout } = spawnSync(tsc, ["--noEmit", "--pretty", "false", "--singleThreaded"], {
    cwd: FOLDER,
    encoding: "utf8",
    maxBuffer: Number.POSITIVE_INFINITY,
  });
  const broken = sorted(Array.from(stdout.matchAll(/^([^\s(]+)\(\d+,\d+\): error/gm), ([, file = ""]) => file));
  return copies.map((copy) => broken.filter((file) => file.startsWith(`${copy}/`)).map((file) => relative(copy, file)));
}

/** What is compiled, with these edits. */
function makeCopy(folder: string, edits: readonly Edit[]): void {
  for (const part of ["lambda", "lib", "cli", "bench"]) cpSync(part, join(folder, part), { recursive: true });
  cpSync("package.json", join(folder, "package.json"));
  for (const [file, from, to] of edits) {
    const text = readFileSync(join(folder, file), "utf8");
    expect({ file, from, isThere: text.includes(from) }).toEqual({ file, from, isThere: true });
    writeFileSync(join(folder, file), text.replace(from, to));
  }
}

function sorted(paths: readonly string[]): readonly string[] {
  return [...new Set(paths)].sort();
}

test("docs/architecture.md answers twelve change requests, each with a first file and all others once", () => {
  expect(REQUESTS).toHaveLength(12);
  expect(new Set(REQUESTS.map(({ first }) => first)).size).toBe(12);
  for (const { adds, first, compiler, tests, byHand } of REQUESTS) {
    expect({ adds, first }).toEqual({ adds, first: expect.stringMatching(/\.ts$/) });
    const others = [...compiler, ...tests, ...byHand];
    expect({ adds, others: others.sort() }).toEqual({ adds, others: sorted(others) });
    expect([...tests, ...byHand]).not.toContain(first);
  }
});

test("what the page says that a test asks for, a test reads", () => {
  const texts = readdirSync("test", { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && !name.endsWith("architecture.test.ts"))
    .map((name) => readFileSync(join("test", name), "utf8"));
  const asked = sorted(REQUESTS.flatMap(({ tests }) => tests)).filter((path) => !/^test\/|\/$/.test(path));
  expect(asked.length).toBeGreaterThan(6);
  expect(asked.filter((path) => !texts.some((text) => text.includes(`"${path}"`)))).toEqual([]);
});

test("every path that docs/architecture.md and the decisions name is there", () => {
  const decisions = readdirSync("docs/decisions").map((name) => readFileSync(join("docs/decisions", name), "utf8"));
  const paths = [PAGE, ...decisions].flatMap(pathsIn).filter((path) => path.includes("/"));
  expect(paths.length).toBeGreaterThan(80);
  const isThere = (path: string) =>
    [path, `lambda/${path}`, `lambda/core/log-file/${path}`].some((one) => existsSync(one));
  expect(paths.filter((path) => !isThere(path))).toEqual([]);
});

test("the rooms of core stand in docs/architecture.md in the order that test/walls.test.ts holds", () => {
  const [, rooms = ""] = /const ROOMS = \[([\s\S]*?)\]/.exec(readFileSync("test/walls.test.ts", "utf8")) ?? [];
  const [, table = ""] = /^\| room of core \|.*\n\| ?-.*\n((?:\|.*\n)+)/m.exec(PAGE) ?? [];
  const told = Array.from(table.matchAll(/^\| `([\w-]+)` \|/gm), ([, room]) => room);
  expect(told).toEqual(Array.from(rooms.matchAll(/"([\w-]+)"/g), ([, room]) => room));
});

thoroughTest("the compiler asks for the files that the page says it asks for, and no other", () => {
  const led = REQUESTS.filter(({ compiler }) => compiler.some((path) => path.endsWith(".ts")));
  expect(led.map(({ adds }) => adds)).toEqual(TRIALS.map(({ adds }) => adds));
  for (const trial of TRIALS) {
    expect({ trial: trial.adds, begins: trial.edits[0]?.[0] }).toEqual({
      trial: trial.adds,
      begins: requestOf(trial).first,
    });
  }
  const [untouched, ...broken] = brokenBy([[], ...TRIALS.map(({ edits }) => edits)]);
  expect(untouched).toEqual([]);
  expect(TRIALS.map(({ adds }, i) => ({ adds, broken: broken[i] }))).toEqual(
    TRIALS.map((trial) => ({ adds: trial.adds, broken: requestOf(trial).compiler })),
  );
});
