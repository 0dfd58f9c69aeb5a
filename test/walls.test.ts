import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

/** The files that a module pulls in, by esbuild's account, with the packages as `npm:name`. */
async function inputsOf(...entryPoints: readonly string[]): Promise<Map<string, readonly string[]>> {
  const { metafile } = await build({
    entryPoints: [...entryPoints],
    bundle: true,
    write: false,
    metafile: true,
    platform: "node",
    format: "esm",
    outdir: "out",
    packages: "external",
  });
  return new Map(
    Object.entries(metafile.inputs).map(([file, { imports }]) => [file, imports.map(({ path }) => path)] as const),
  );
}

const isBuiltin = (path: string) => path.startsWith("node:");

test("core imports itself and node's builtins only", async () => {
  const inputs = await inputsOf("lambda/pipeline.ts", "lambda/core/ledger/ledger.ts", "lambda/core/rules/rule-set.ts");
  const core = [...inputs].filter(([file]) => file.startsWith("lambda/core/"));
  expect(core.length).toBeGreaterThan(40);
  for (const [file, imports] of core) {
    const foreign = imports.filter((path) => !path.startsWith("lambda/core/") && !isBuiltin(path));
    expect({ file, foreign }).toEqual({ file, foreign: [] });
  }
});

test("the SDK is imported by the adapters and the wiring only", async () => {
  const inputs = await inputsOf("lambda/handler.ts", "lambda/tick.ts", "cli/trailbell.ts", "lib/app.ts");
  for (const [file, imports] of inputs) {
    if (!imports.some((path) => path.startsWith("@aws-sdk/"))) continue;
    expect(file).toMatch(/^(?:lambda\/aws\/|lambda\/(?:handler|deployed)\.ts$|cli\/aws\/)/);
  }
  const adapters = [...inputs].filter(
    ([file, imports]) => !file.startsWith("lambda/aws/") && imports.some((path) => path.startsWith("lambda/aws/")),
  );
  expect(adapters.map(([file]) => file).sort()).toEqual([
    ...["engine", "event-history", "intake", "log-bucket", "mutes", "organization", "s3", "stack", "topics"].map(
      (name) => `cli/aws/${name}.ts`,
    ),
    "lambda/checkup.ts",
    "lambda/deployed.ts",
    "lambda/handler.ts",
    "lambda/proof-look.ts",
  ]);
});

test("the function carries neither the YAML reader nor the schema", async () => {
  const inputs = await inputsOf("lambda/handler.ts", "lambda/tick.ts");
  const files = [...inputs.keys(), ...[...inputs.values()].flat()];
  expect(files.filter((file) => /^(?:yaml|zod)|rule-files|^lib\/|^cli\//.test(file))).toEqual([]);
});

test("synth loads no code that runs in the function but the core", async () => {
  const files = [...(await inputsOf("lib/app.ts", "lib/trailbell.ts")).keys()];
  expect(files.filter((file) => /^lambda\/(?:handler|tick|deployed|pipeline|aws)|^cli\//.test(file))).toEqual([]);
});

test("the commands do without CDK, which whoever has only the package lacks", async () => {
  const inputs = await inputsOf("cli/trailbell.ts");
  expect([...inputs.keys()]).toEqual(expect.arrayContaining(["cli/doctor.ts", "lib/settings.ts"]));
  expect([...inputs.values()].flat().filter((path) => /^(?:aws-cdk-lib|constructs)/.test(path))).toEqual([]);
});

test("the package's construct needs no esbuild", async () => {
  const inputs = await inputsOf("lib/trailbell.ts", "lib/iam-watch.ts");
  const bundlers = [...inputs.values()].flat().filter((path) => /esbuild|lambda-nodejs/.test(path));
  expect(bundlers).toEqual([]);
});

/** The rooms of core, each above those that it may use. */
const ROOMS = [
  "record",
  "envelope",
  "rules",
  "store",
  "links",
  "log-file",
  "digest",
  "alert",
  "first-seen",
  "match",
  "outbox",
  "mute",
  "incident",
  "health",
  "ledger",
];

/** What a file imports of core, types included: esbuild erases these. */
function importsOf(file: string): readonly string[] {
  const text = readFileSync(file, "utf8");
  return Array.from(text.matchAll(/(?:from|import) "(\.[^"]+)"/g), ([, path = ""]) => join(file, "..", path));
}

function sourcesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts"))
    .map((path) => join(folder, path));
}

/** All but what is compiled for WebAssembly, which has imports of its own kind. */
const CORE = sourcesIn("lambda/core").filter((file) => !file.includes("/assembly/"));
const roomOf = (file: string) => file.split("/")[2] ?? "";

test("the rooms of core use those below them only, types included", () => {
  expect(new Set(CORE.map(roomOf))).toEqual(new Set(ROOMS));
  for (const file of CORE) {
    const above = importsOf(file).filter((path) => ROOMS.indexOf(roomOf(path)) > ROOMS.indexOf(roomOf(file)));
    expect({ file, above }).toEqual({ file, above: [] });
  }
});

test("the files of core lead to one another without a circle, types included", () => {
  const done = new Set<string>();
  const circleFrom = (file: string, way: readonly string[]): readonly string[] | undefined => {
    if (way.includes(file)) return [...way.slice(way.indexOf(file)), file];
    if (done.has(file)) return undefined;
    const circles = importsOf(file).map((other) => circleFrom(other, [...way, file]));
    done.add(file);
    return circles.find((circle) => circle !== undefined);
  };
  expect(CORE.map((file) => circleFrom(file, [])).filter(Boolean)).toEqual([]);
});

test("what a record says is asked of its view, everywhere but in core/record", () => {
  const asked = /\b(?:identityOf|actorOf|mfaOf|outcomeOf|accountOf|accountsOf|eventTimeOf|callOf|originOf|factsOf)\b/;
  const files = ["lambda", "cli"].flatMap(sourcesIn).filter((file) => !file.includes("core/record/"));
  expect(files.length).toBeGreaterThan(80);
  const beside = files.filter((file) =>
    Array.from(readFileSync(file, "utf8").matchAll(/^import [^;]*? from "[^"]*record\/[^"]*";/gms)).some(([text]) =>
      asked.test(text),
    ),
  );
  expect(beside).toEqual([]);
});

test("what suites have in common registers nothing as it is loaded, for it is loaded once for many suites", () => {
  const files = sourcesIn("test/support");
  expect(files.length).toBeGreaterThan(40);
  for (const file of files) {
    const registered = readFileSync(file, "utf8").match(/^(?:(?:after|before)(?:All|Each)|test|it|describe)\b.*$/gm);
    expect({ file, registered }).toEqual({ file, registered: null });
  }
});

/** Lists that are longer than a file of code may be: published names, no code. */
const DATA = ["attack-techniques.ts", "event-name-list.ts", "threat-catalog.ts"];

test("no file of code is longer than 250 lines", () => {
  const files = ["lambda", "lib", "cli", "bench"].flatMap((room) =>
    readdirSync(room, { recursive: true, encoding: "utf8" }).map((name) => join(room, name)),
  );
  const code = files.filter((path) => path.endsWith(".ts") && !DATA.some((name) => path.endsWith(name)));
  expect(code.length).toBeGreaterThan(300);
  expect(code.filter((path) => readFileSync(path, "utf8").split("\n").length > 251)).toEqual([]);
});
