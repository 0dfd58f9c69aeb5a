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
import { join, resolve } from "node:path";
import { thoroughTest } from "../support/runs.ts";

const PAGE = readFileSync("docs/architecture.md", "utf8");

const pathsIn = (text: string) => [...text.matchAll(/`([\w-]+(?:[/.][\w.-]+)*\/?)`/g)].map(([, path = ""]) => path);

interface ChangeRequest {
  readonly adds: string;
  readonly first: string;
  readonly others: readonly string[];
  /** What the compiler names. */
  readonly broken: readonly string[];
}

const [, requestTable = ""] = /^## Twelve change requests\n([\s\S]*?)(?=^## |$(?![\s\S]))/m.exec(PAGE) ?? [];
const REQUESTS: readonly ChangeRequest[] = Array.from(
  requestTable.matchAll(/^\| (an? .*?) \| (.*?) \| (.*?) \| (.*?)\|$/gm),
  ([, adds = "", first = "", others = "", broken = ""]) => ({
    adds,
    first: pathsIn(first)[0] ?? "",
    others: pathsIn(others),
    broken: pathsIn(broken).sort(),
  }),
);

/** How a request begins: a text of the first of its files that has it, and what takes its place. */
const TRIALS: readonly (readonly [adds: string, from: string, to: string])[] = [
  ["a severity", '["critical", ', '["urgent", "critical", '],
  [
    "an operator of patterns",
    '{ readonly kind: "present" }',
    '{ readonly kind: "present" } | { readonly kind: "odd" }',
  ],
  [
    "a kind of condition, as a new field of rules needs",
    '{ readonly kind: "acting"; readonly is: Acting }',
    '{ readonly kind: "acting"; readonly is: Acting } | { readonly kind: "odd" }',
  ],
  [
    "a way out, beside mail and SMS",
    "const WAYS = {",
    "const WAYS = { odd: { word: 'odd', isCopy: true, isCounted: false, isNeeded: () => false },",
  ],
];

const FOLDER = mkdtempSync(join(tmpdir(), "trailbell-architecture-"));
afterAll(() => rmSync(FOLDER, { recursive: true }));

/** The files that do not compile once these requests have begun. */
function brokenBy(trials: typeof TRIALS): readonly string[] {
  const folder = mkdtempSync(join(FOLDER, "trial-"));
  for (const part of ["lambda", "lib", "cli", "bench"]) cpSync(part, join(folder, part), { recursive: true });
  symlinkSync(resolve("node_modules"), join(folder, "node_modules"));
  const options = JSON.parse(readFileSync("tsconfig.json", "utf8"));
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ ...options, include: ["lambda", "lib", "cli"] }));
  writeFileSync(join(folder, "package.json"), readFileSync("package.json"));
  for (const [adds, from, to] of trials) {
    const { first = "", others = [] } = REQUESTS.find((request) => request.adds === adds) ?? {};
    const named = [first, ...others].filter((path) => path.endsWith(".ts") && existsSync(join(folder, path)));
    const file = named.find((path) => readFileSync(join(folder, path), "utf8").includes(from));
    expect({ adds, isThere: file !== undefined }).toEqual({ adds, isThere: true });
    writeFileSync(join(folder, file ?? ""), readFileSync(join(folder, file ?? ""), "utf8").replace(from, to));
  }
  const tsc = resolve("node_modules/.bin/tsc");
  const { stdout } = spawnSync(tsc, ["--noEmit", "--pretty", "false", "--singleThreaded"], {
    cwd: folder,
    encoding: "utf8",
  });
  return [...new Set(Array.from(stdout.matchAll(/^([^\s(]+)\(\d+,\d+\): error/gm), ([, file = ""]) => file))].sort();
}

test("docs/architecture.md answers twelve change requests, each with a first file", () => {
  expect(REQUESTS).toHaveLength(12);
  expect(new Set(REQUESTS.map(({ first }) => first)).size).toBe(12);
  for (const { adds, first, others } of REQUESTS) {
    expect({ adds, first, others: others.length }).toEqual({
      adds,
      first: expect.stringMatching(/\.ts$/),
      others: expect.any(Number),
    });
    expect(others).not.toContain(first);
  }
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

thoroughTest(
  "the compiler names the files that the page says it names, and no other; as it is, the code compiles",
  () => {
    const told = REQUESTS.filter(({ broken }) => broken.length > 0);
    expect(told.map(({ adds }) => adds)).toEqual(TRIALS.map(([adds]) => adds));
    expect(brokenBy(TRIALS)).toEqual([...new Set(told.flatMap(({ broken }) => broken))].sort());
    expect(brokenBy([])).toEqual([]);
    for (const trial of TRIALS) {
      const [adds] = trial;
      expect({ adds, broken: brokenBy([trial]) }).toEqual({
        adds,
        broken: told.find((one) => one.adds === adds)?.broken,
      });
    }
  },
);

test.each(REQUESTS.filter(({ broken }) => broken.length > 0))(
  "each file that $adds breaks speaks of what the files before it export",
  ({ first, others, broken }) => {
    const named = [first, ...others];
    for (const file of broken.filter((one) => !named.includes(one))) {
      const text = readFileSync(file, "utf8");
      const isImported = named.some((path) => text.includes(`/${path.split("/").pop()}"`));
      expect({ file, isImported }).toEqual({
        file,
        isImported: true,
      });
    }
  },
);
