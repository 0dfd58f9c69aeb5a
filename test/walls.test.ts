import { readdirSync, readFileSync } from "node:fs";
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
  const inputs = await inputsOf("lambda/handler.ts", "lambda/tick.ts", "cli/invoke.ts", "cli/rules.ts", "lib/app.ts");
  for (const [file, imports] of inputs) {
    if (!imports.some((path) => path.startsWith("@aws-sdk/"))) continue;
    expect(file).toMatch(/^(?:lambda\/aws\/|lambda\/(?:handler|deployed)\.ts$|cli\/aws\/)/);
  }
  const adapters = [...inputs].filter(([, imports]) => imports.some((path) => path.startsWith("lambda/aws/")));
  expect(adapters.map(([file]) => file).sort()).toEqual(["cli/aws/s3.ts", "lambda/deployed.ts", "lambda/handler.ts"]);
});

test("the function carries neither the YAML reader nor the schema", async () => {
  const inputs = await inputsOf("lambda/handler.ts", "lambda/tick.ts");
  const files = [...inputs.keys(), ...[...inputs.values()].flat()];
  expect(files.filter((file) => /^(?:yaml|zod)|rule-files|^lib\/|^cli\//.test(file))).toEqual([]);
});

test("synth loads no code that runs in the function but the core", async () => {
  const files = [...(await inputsOf("lib/app.ts")).keys()];
  expect(files.filter((file) => /^lambda\/(?:handler|tick|deployed|pipeline|aws)|^cli\//.test(file))).toEqual([]);
});

test("the ledger's files lead to one another without a circle, types included", () => {
  const folder = "lambda/core/ledger";
  const imports = new Map(
    readdirSync(folder).map((file) => {
      const text = readFileSync(`${folder}/${file}`, "utf8");
      return [file, Array.from(text.matchAll(/from "\.\/([\w-]+\.ts)"/g), ([, other = ""]) => other)] as const;
    }),
  );
  const circleFrom = (file: string, way: readonly string[]): readonly string[] | undefined => {
    if (way.includes(file)) return [...way.slice(way.indexOf(file)), file];
    for (const other of imports.get(file) ?? []) {
      const circle = circleFrom(other, [...way, file]);
      if (circle !== undefined) return circle;
    }
    return undefined;
  };
  expect([...imports.keys()].map((file) => circleFrom(file, [])).filter(Boolean)).toEqual([]);
});
