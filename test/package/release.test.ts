import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { first, thorough } from "../support/runs.ts";

const FOLDERS: string[] = [];
afterAll(() => {
  for (const folder of FOLDERS) rmSync(folder, { recursive: true });
});

/** `npm run release`, as global-setup.mjs built it. */
const SCRIPT = resolve(".commands/run-release.mjs");
const NOTES = "- Rings louder.\n- How to upgrade: [from 0.1.0](docs/upgrading.md#from-010).\n";
const CHANGELOG = `# Changelog\n\n## 0.2.0 (unreleased)\n\n${NOTES}\n## 0.1.0\n\n- Rings.\n`;

const packageJson = (version: string, template: string) =>
  `${JSON.stringify({ name: "trailbell", version, scripts: { template }, files: ["CHANGELOG.md"] }, null, 2)}\n`;

/** A checkout with one commit, in which `npm run template` writes a file. */
function checkout(files: { readonly [name: string]: string } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "trailbell-release-"));
  FOLDERS.push(folder);
  const path = (name: string) => join(folder, name);
  const write = (name: string, text: string) => writeFileSync(path(name), text);
  const git = (...args: readonly string[]) => execFileSync("git", args, { cwd: folder, encoding: "utf8" }).trim();
  const all = {
    "CHANGELOG.md": CHANGELOG,
    ".gitignore": "release.out/\n",
    "package.json": packageJson("0.1.0", "node template.mjs"),
    "package-lock.json": `${JSON.stringify({ name: "trailbell", version: "0.1.0", lockfileVersion: 3, packages: { "": { name: "trailbell", version: "0.1.0" } } }, null, 2)}\n`,
    "template.mjs": `import { writeFileSync } from "node:fs"; writeFileSync(process.argv[3] + "/Trailbell.json", "{}");\n`,
    ...files,
  };
  for (const [name, text] of Object.entries(all)) write(name, text);
  git("init", "--quiet", "--initial-branch=main");
  git("config", "user.name", "somebody");
  git("config", "user.email", "somebody@example.com");
  git("add", ".");
  git("commit", "--quiet", "--message", "feat: rings");
  const release = (...args: readonly string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [SCRIPT, ...args], {
      cwd: folder,
      encoding: "utf8",
    });
    return { code: status, stdout, stderr };
  };
  const read = (name: string) => readFileSync(path(name), "utf8");
  return { path, write, git, release, read };
}

const day = () => new Date().toISOString().slice(0, 10);

test("a release sets version and date, packs, makes the templates, commits and tags, and says what to push", () => {
  const { git, release, read, path } = checkout();
  const days = [day()];
  const { code, stdout, stderr } = release("0.2.0");
  days.push(day());
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.not.stringContaining("nothing is released") });
  expect(stdout).toContain("git push --follow-tags");
  expect(stdout).toContain("npm publish release.out/trailbell-0.2.0.tgz");
  expect(JSON.parse(read("package.json")).version).toBe("0.2.0");
  expect(JSON.parse(read("package-lock.json")).packages[""].version).toBe("0.2.0");
  const [, date] = /^## 0\.2\.0 \((.*)\)$/m.exec(read("CHANGELOG.md")) ?? [];
  expect(days).toContain(date);
  expect(readdirSync(path("release.out")).sort()).toEqual(["Trailbell.json", "trailbell-0.2.0.tgz"]);
  expect(git("status", "--porcelain")).toBe("");
  expect(git("log", "-1", "--format=%s")).toBe("chore(release): 0.2.0");
  expect(git("rev-parse", "v0.2.0^{commit}")).toBe(git("rev-parse", "HEAD"));
});

const FAULTS: readonly (readonly [string, { readonly [file: string]: string }, string])[] = [
  [
    "templates that cannot be made",
    { "package.json": packageJson("0.1.0", "node -e process.exit(3)") },
    "nothing is released",
  ],
  [
    "a changelog of another version",
    { "CHANGELOG.md": CHANGELOG.replace("0.2.0", "0.3.0") },
    'begins with "## 0.3.0 (unreleased)"',
  ],
  [
    "a changelog that was released already",
    { "CHANGELOG.md": CHANGELOG.replace("unreleased", "2026-11-29") },
    'wanted: "## 0.2.0 (unreleased)"',
  ],
  ["a changelog that says nothing", { "CHANGELOG.md": CHANGELOG.replace(NOTES, "") }, "says nothing of 0.2.0"],
  [
    "a changelog without a word on upgrading",
    { "CHANGELOG.md": CHANGELOG.replace(/- How.*\n/, "") },
    "has no link to how to upgrade",
  ],
];

thorough(test).each(FAULTS)("%s is no release: it is said, and nothing is changed", (_, files, why) => {
  const { git, release } = checkout(files);
  const before = git("rev-parse", "HEAD");
  expect(release("0.2.0")).toEqual({ code: 1, stdout: "", stderr: expect.stringContaining(why) });
  expect({ status: git("status", "--porcelain"), head: git("rev-parse", "HEAD"), tags: git("tag") }).toEqual({
    status: "",
    head: before,
    tags: "",
  });
});

thorough(test).each([
  ["commit", "pre-commit", "exit 1"],
  // The tag is what this refuses; the commit is there by then.
  ["tag", "reference-transaction", "while read _ _ ref; do case $ref in refs/tags/*) exit 1;; esac; done"],
])("where git refuses the %s, the checkout is as it was", (_, hook, script) => {
  const { git, release, write, path, read } = checkout();
  write(`.git/hooks/${hook}`, `#!/bin/sh\n${script}\n`);
  chmodSync(path(`.git/hooks/${hook}`), 0o755);
  const before = git("rev-parse", "HEAD");
  expect(release("0.2.0")).toMatchObject({
    code: 1,
    stdout: "",
    stderr: expect.stringContaining("nothing is released"),
  });
  expect({ status: git("status", "--porcelain"), head: git("rev-parse", "HEAD"), tags: git("tag") }).toEqual({
    status: "",
    head: before,
    tags: "",
  });
  expect(read("CHANGELOG.md")).toBe(CHANGELOG);
});

test("what is not committed, and a tag that is there, are named", () => {
  const { git, release, write } = checkout();
  write("forgotten.ts", "");
  git("tag", "v0.2.0");
  const { code, stderr } = release("0.2.0");
  expect(code).toBe(1);
  expect(stderr).toContain("?? forgotten.ts");
  expect(stderr).toContain("there is a tag v0.2.0 already");
});

test.each(first(1, [[["v0.2.0"]], [[]], [["next"]], [["0.2.0", "0.3.0"]]]))(
  "%j is no version, and exits with 2",
  (args) => {
    expect(checkout().release(...args)).toMatchObject({ code: 2, stderr: expect.stringContaining("Usage: ") });
  },
);
