import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { wheelFiles } from "../../cli/models/wheel.ts";
import { buildPackage } from "../../lib/package/build.ts";
import { releases, writeReleases } from "../../lib/package/template.ts";
import { prebuiltFunction } from "../../lib/prebuilt-function.ts";
import { bundledFunctions } from "../support/bundle.ts";
import { IS_THOROUGH, skippedTest, thorough } from "../support/runs.ts";

/** Needs some 60 MB of packages, from npm's cache or from the registry. */
const HAS_REGISTRY = IS_THOROUGH && spawnSync("npm", ["view", "constructs@10.8.1", "version"]).status === 0;
const packageTest = thorough(HAS_REGISTRY ? test : skippedTest("needs npm's registry"));

const FOLDER = mkdtempSync(join(tmpdir(), "trailbell-package-"));
/** Somebody who has the package and no CDK, and somebody with an app. */
const [DESK, APP] = [join(FOLDER, "desk"), join(FOLDER, "app")];

/** The package's manifest as it is here. */
const MANIFEST = JSON.parse(readFileSync("package.json", "utf8"));

let built: readonly string[] = [];
let tarball = "";

function run(cwd: string, program: string, args: readonly string[], environment = {}) {
  const env = { ...process.env, ...environment };
  const { status, stdout, stderr } = spawnSync(program, args, { cwd, env, encoding: "utf8" });
  return { code: status, stdout, stderr };
}

function done(cwd: string, program: string, ...args: readonly string[]): string {
  const finished = run(cwd, program, args);
  if (finished.code !== 0) throw new Error(`${program} ${args.join(" ")}: ${finished.stdout}${finished.stderr}`);
  return finished.stdout;
}

const npxTrailbell = (...args: readonly string[]) => run(DESK, "npx", ["--no-install", "trailbell", ...args]);

/** What npx starts, in half of the time. */
const trailbell = (...args: readonly string[]) => run(DESK, join(DESK, "node_modules/.bin/trailbell"), args);

beforeAll(async () => {
  if (!HAS_REGISTRY) return;
  built = await buildPackage();
  // Built just now; what prepack says would stand before the name.
  tarball = join(FOLDER, done(".", "npm", "pack", "--ignore-scripts", "--pack-destination", FOLDER).trim());
  const { devDependencies } = MANIFEST;
  const cdk = ["aws-cdk-lib", "constructs"].map((name) => `${name}@${devDependencies[name]}`);
  for (const [folder, others] of [
    [DESK, []],
    [APP, cdk],
  ] as const) {
    mkdirSync(folder);
    writeFileSync(join(folder, "package.json"), '{ "private": true }');
    done(folder, "npm", "install", "--prefer-offline", "--no-audit", "--no-fund", tarball, ...others);
  }
});

// It is 300 MB.
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

packageTest(
  "the package depends on what it imports, no more and no less, and CDK is brought by whoever has an app",
  () => {
    const { dependencies, peerDependencies } = MANIFEST;
    expect(built).toEqual([...Object.keys(dependencies), ...Object.keys(peerDependencies)].sort());
    const installed = readdirSync(join(DESK, "node_modules"));
    expect(installed).toContain("yaml");
    for (const name of ["aws-cdk-lib", "constructs", "esbuild", "tsx", "typescript"])
      expect(installed).not.toContain(name);
  },
);

packageTest("the package holds what is built, rules, samples and pages; no sources, no tests; less than 2 MB", () => {
  const files = done(FOLDER, "tar", "-tzf", tarball).trim().split("\n");
  const folders = new Set(files.map((file) => file.split("/").slice(1, 2).join()));
  expect([...folders].sort()).toEqual(["LICENSE", "README.md", "dist", "docs", "events", "package.json", "rules"]);
  expect(files.filter((file) => /(?<!\.d)\.[cm]?ts$/.test(file))).toEqual([]);
  const size = statSync(tarball).size;
  process.stdout.write(`the package is ${Math.round(size / 1024)} KB\n`);
  expect(size).toBeLessThan(2 * 1024 * 1024);
});

packageTest(
  "npx trailbell runs from an empty folder: it lists rules, and rings on the samples that come with it",
  () => {
    const rules = npxTrailbell("rules", "list", "--json");
    const here = run(".", process.execPath, [".commands/rules.mjs", "list", "--json"]);
    expect(rules).toEqual({ ...here, stderr: "" });
    const sample = "events/several-log-files.json";
    const given = npxTrailbell("invoke", sample);
    const sent = { ...given, stderr: given.stderr.replace("node_modules/trailbell/", "") };
    expect(sent).toEqual(run(".", process.execPath, [".commands/invoke.mjs", sample]));
    expect(sent.stdout).toMatch(/^Subject: \[CRITICAL\] /m);
  },
);

packageTest("replay reads files of one's own, with the settings and the rules that lie beside them", () => {
  const record = { eventSource: "iam.amazonaws.com", eventName: "CreateAccessKey", eventTime: "2026-11-20T21:25:55Z" };
  writeFileSync(join(DESK, "log.json"), JSON.stringify({ Records: [record] }));
  writeFileSync(join(DESK, "mine.yaml"), "watch: [iam:CreateAccessKey]\n");
  const names = (text: string) =>
    text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line).rule);
  expect(names(trailbell("replay", "log.json", "--json").stdout)).toEqual([
    "access-key-created",
    "admin-with-credentials-made",
  ]);
  writeFileSync(join(DESK, "trailbell.config.yaml"), "packs: [trailbell/rules/attacks, mine.yaml]\n");
  const all = ["access-key-created", "admin-with-credentials-made", "iam:CreateAccessKey"];
  expect(names(trailbell("replay", "log.json", "--json").stdout).sort()).toEqual(all);
  expect(names(trailbell("replay", "log.json", "--json", "--rules", "mine.yaml").stdout)).toEqual([
    "iam:CreateAccessKey",
  ]);
});

packageTest(
  "a command that does not exist is answered with the nearest, and help names commands as they are typed",
  () => {
    expect(trailbell("repaly")).toMatchObject({
      code: 2,
      stdout: "",
      stderr: expect.stringMatching(/did you mean replay\?/),
    });
    expect(trailbell()).toMatchObject({ code: 2, stderr: expect.stringMatching(/^Usage: npx trailbell COMMAND/) });
    expect(trailbell("--version")).toMatchObject({ code: 0, stdout: `${MANIFEST.version}\n` });
    const help = trailbell("--help");
    expect(help).toMatchObject({ code: 0, stderr: "" });
    const commands = Array.from(help.stdout.matchAll(/^ {2}([a-z]+) /gm), ([, name = ""]) => name);
    const { scripts } = JSON.parse(readFileSync("package.json", "utf8"));
    const inCheckout = Object.keys(scripts).filter((name) => scripts[name] === `tsx cli/${name}.ts`);
    expect(commands.sort()).toEqual(inCheckout.sort());
    for (const name of commands) {
      const { code, stdout } = trailbell(name, "--help");
      expect(code).toBe(0);
      expect(stdout).toMatch(new RegExp(`^Usage: npx trailbell ${name} `));
      expect(stdout).not.toContain("npm run");
    }
    expect(trailbell("replay")).toMatchObject({ code: 2 });
  },
);

/** The app of docs/deploying.md, in which somebody has rules of their own. */
const BLOCKS = readFileSync("docs/deploying.md", "utf8").matchAll(/^ *```ts\n(.*?)^ *```$/gms);
const SOURCE = Array.from(BLOCKS, ([, text = ""]) => text.replace(/^ +(?=import|new)/gm, "")).join("");

/** The same for node, as a module of either kind. */
const asCommonJs = (source: string) => source.replace(/^import (.*) from (.*);$/gm, "const $1 = require($2);");

function synthesized(file: string, source: string) {
  writeFileSync(join(APP, file), source);
  const outdir = join(APP, `${file}.out`);
  const finished = run(APP, process.execPath, [file], { CDK_OUTDIR: outdir, CDK_VALIDATION: "false" });
  const template = join(outdir, "Security.template.json");
  return {
    ...finished,
    outdir,
    template: existsSync(template) ? JSON.parse(readFileSync(template, "utf8")) : undefined,
  };
}

/** A template with its lists in one order: CDK puts the resources of a policy into one that depends on the process. */
function inOrder(template: object): unknown {
  return JSON.parse(JSON.stringify(template), (_, value) =>
    Array.isArray(value) ? value.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)) : value,
  );
}

packageTest(
  "the construct synthesizes in an empty app, required or imported, with its own code and everybody's rules",
  () => {
    mkdirSync(join(APP, "security/rules"), { recursive: true });
    writeFileSync(join(APP, "security/rules/mine.yaml"), "watch: [s3:PutBucketWebsite]\n");
    const imported = synthesized("app.mjs", SOURCE);
    const required = synthesized("app.cjs", asCommonJs(SOURCE));
    expect(imported).toMatchObject({ code: 0 });
    expect(inOrder(required.template)).toEqual(inOrder(imported.template));
    const { Resources, Outputs } = imported.template;
    for (const [id, entry] of Object.entries({ TrailbellAlerter: "handler", TrailbellTick: "tick" })) {
      const found = Object.keys(Resources).find((one) => one.startsWith(id) && Resources[one].Properties?.Code) ?? "";
      const { S3Key } = Resources[found].Properties.Code;
      const asset = join(imported.outdir, `asset.${S3Key.replace(".zip", "")}`);
      expect(readFileSync(join(asset, "index.mjs"))).toEqual(readFileSync(`dist/functions/${entry}/index.mjs`));
      const { rules, recipients } = JSON.parse(readFileSync(join(asset, "rules.json"), "utf8"));
      const names = rules.map(({ name }: { name: string }) => name);
      expect(names).toEqual(expect.arrayContaining(["access-key-created", "s3:PutBucketWebsite"]));
      expect(recipients).toContainEqual({ topic: "alert", protocol: "email", endpoint: "you@example.com" });
    }
    expect(Object.keys(Outputs)).toEqual(expect.arrayContaining(["TrailbellAlerter", "TrailbellRules"]));
    expect(existsSync(join(imported.outdir, "SecurityIam.template.json"))).toBe(true);
  },
);

packageTest("what is wrong with the props is said by their names, before anything is deployed", () => {
  const wrong = SOURCE.replace('emails: ["you@example.com"]', 'emails: ["you"], smsForm: "high", logKey: "alias/x"');
  const { code, stderr } = synthesized("wrong.mjs", wrong);
  expect(code).not.toBe(0);
  expect(stderr).toMatch(/Security\/Trailbell: emails: an email address is written like/);
  expect(stderr).toMatch(/Security\/Trailbell: smsForm: unknown key/);
  expect(stderr).toMatch(/Security\/Trailbell: logKey: /);
});

packageTest("the types say what the props are, in a .mts and in a .cts", () => {
  const wrong = `
new Stack(app, trailbell.alertTopic.topicName);
// @ts-expect-error: no such setting
new Trailbell(stack, "Misspelt", { source: "new-trail", emails: ["you@example.com"], smsForm: "high" });
// @ts-expect-error: source is missing
new Trailbell(stack, "Sourceless", { emails: ["you@example.com"] });
// @ts-expect-error: not a severity
new Trailbell(stack, "Dire", { source: "new-trail", emails: ["you@example.com"], smsFrom: "dire" });
`;
  const files = ["typed.mts", "typed.cts"].map((name) => join(APP, name));
  for (const file of files) writeFileSync(file, SOURCE + wrong);
  const options = ["--noEmit", "--strict", "--module", "nodenext", "--lib", "esnext,dom", "--types", "", ...files];
  expect(run(APP, process.execPath, [resolve("node_modules/typescript/bin/tsc"), ...options])).toMatchObject({
    code: 0,
    stdout: "",
  });
});

packageTest(
  "the functions that the package and the templates carry are, to the byte, those that cdk deploy bundles",
  async () => {
    const { alerter, tick } = await bundledFunctions();
    const [release] = releases("none.yaml", () => undefined, prebuiltFunction);
    const [name = ""] = writeReleases(FOLDER, release === undefined ? [] : [release]).filter((file) =>
      /zip$/.test(file),
    );
    const archived = wheelFiles(join(FOLDER, name)).map((file) => file.read());
    const bundled = [alerter, tick].map(({ asset }) => readFileSync(join(asset, "index.mjs")));
    expect(bundled.some((code) => archived[0]?.equals(code))).toBe(true);
    expect(readFileSync("dist/functions/handler/index.mjs").equals(bundled[0] ?? Buffer.alloc(0))).toBe(true);
    expect(readFileSync("dist/functions/tick/index.mjs").equals(bundled[1] ?? Buffer.alloc(0))).toBe(true);
  },
);
