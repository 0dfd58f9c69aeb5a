import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parse } from "yaml";
import { failuresOf } from "../cli/rules/test.ts";
import { OPERATORS } from "../lambda/core/rules/event-pattern/parse-operator.ts";
import { DESK_DEPLOYMENT } from "../lambda/core/rules/self.ts";
import { readRuleFile } from "../lambda/rule-files/rule-file.ts";
import { ruleSchema } from "../lambda/rule-files/rule-schema.ts";
import { settingsSchema } from "../lib/settings-schema.ts";
import { command } from "./support/command.ts";
import { loadedRules } from "./support/loaded-rules.ts";
import { record } from "./support/log-files.ts";

const RULES = readFileSync("docs/rules.md", "utf8");
const README = readFileSync("README.md", "utf8");

function blocks(markdown: string, language: string): readonly string[] {
  return Array.from(markdown.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm))
    .filter(([, found]) => found === language)
    .map(([, , text = ""]) => text);
}

test("the README shows a shipped rule, and the email and the text message as npm start prints them", async () => {
  const { scripts } = JSON.parse(readFileSync("package.json", "utf8"));
  const [, sample] = scripts.start.split("tsx cli/invoke.ts ");
  const { stdout } = await command("invoke", sample);
  const [email = "", sms = ""] = blocks(README, "");
  expect(email).toMatch(/^Subject: /);
  expect(stdout).toContain(`\n${email}`);
  expect(sms).toMatch(/^CRIT /);
  expect(stdout).toContain(`\n${sms}`);
  const [rule] = parse(blocks(README, "yaml")[0] ?? "").rules;
  const shipped = parse(readFileSync("rules/attacks/persistence.yaml", "utf8")).rules;
  expect(shipped).toContainEqual({ ...rule, tests: expect.anything() });
});

test("the alert that docs/tuning.md explains is one of the samples'", async () => {
  const [, samples = "", id = ""] =
    /replay -- (\S+) --explain (\w+)/.exec(readFileSync("docs/tuning.md", "utf8")) ?? [];
  const { stdout, code } = await command("replay", samples, "--explain", id);
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining(`Alert    ${id} of incident`) });
});

const PAGES = [".", "docs", "docs/decisions"].flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith(".md"))
    .map((name) => join(folder, name)),
);

test("every npm script that a page or a rule names exists", () => {
  const { scripts } = JSON.parse(readFileSync("package.json", "utf8"));
  const texts = [
    ...PAGES.map((page) => readFileSync(page, "utf8")),
    ...loadedRules("rules").map(({ rule }) => `${rule.why} ${rule.do}`),
  ];
  const named = texts.flatMap((text) =>
    [...text.matchAll(/npm run (?:--silent )?(\w+(?::\w+)?)/g)].map(([, name = ""]) => name),
  );
  expect(new Set(named).size).toBeGreaterThan(3);
  expect(Object.keys(scripts)).toEqual(expect.arrayContaining([...new Set(named)]));
});

/** What GitHub makes of a heading. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\w\- ]/g, "")
    .replaceAll(" ", "-");
}

test("every link of a page to a file of the project leads there, and to a heading that is there", () => {
  const links = PAGES.flatMap((page) =>
    [...readFileSync(page, "utf8").matchAll(/\]\((?!https:)([^)\s]+)\)/g)].map(([, link = ""]) => ({ page, link })),
  );
  expect(links.length).toBeGreaterThan(8);
  for (const { page, link } of links) {
    const [path = "", anchor] = link.split("#");
    const file = path === "" ? page : join(dirname(page), path);
    expect({ page, link, exists: existsSync(file) }).toEqual({ page, link, exists: true });
    if (anchor === undefined) continue;
    const headings = [...readFileSync(file, "utf8").matchAll(/^#+ (.*)$/gm)].map(([, text = ""]) => anchorOf(text));
    expect({ page, link, headings }).toEqual({ page, link, headings: expect.arrayContaining([anchor]) });
  }
});

test("docs/settings.md has a row for each setting, and trailbell.config.yaml shows it", () => {
  const [page = ""] = readFileSync("docs/settings.md", "utf8").split("\n## Ranges");
  const told = Array.from(page.matchAll(/^\| (`.*?) \|/gm), ([, cell = ""]) => cell.match(/\w+/g) ?? []).flat();
  expect(told.sort()).toEqual(Object.keys(settingsSchema.shape).sort());
  const shown = readFileSync("trailbell.config.yaml", "utf8");
  for (const name of told) expect(shown).toMatch(new RegExp(`^# ${name}:`, "m"));
});

test("every test that docs/promises.md names is there, and each promise of docs/delivery.md has a row", () => {
  const page = readFileSync("docs/promises.md", "utf8");
  const named = [...new Set(Array.from(page.matchAll(/`(test\/[\w/-]+)`/g), ([, path = ""]) => path))];
  expect(named.length).toBeGreaterThan(20);
  for (const path of named) expect({ path, exists: existsSync(`${path}.test.ts`) }).toEqual({ path, exists: true });
  const [, promised = ""] =
    /^## What is promised\n([\s\S]*?)^## /m.exec(readFileSync("docs/delivery.md", "utf8")) ?? [];
  const promises = Array.from(promised.matchAll(/^- \*\*(.*?)\.?\*\*/gm), ([, promise = ""]) => promise);
  expect(promises.length).toBeGreaterThan(5);
  for (const promise of promises) expect(page).toContain(`\n| ${promise} | \`test/`);
});

test("every example in docs/rules.md is a rule file without fault, and its tests pass", async () => {
  const examples = blocks(RULES, "yaml").map((text) => readRuleFile("docs/rules.md", text));
  expect(examples.flatMap(({ faults }) => faults)).toEqual([]);
  const tested = examples.flatMap(({ rules }) => rules).filter(({ tests }) => tests.length > 0);
  expect(tested.length).toBeGreaterThan(12);
  for (const { rule, tests } of tested) {
    expect(tests.map(({ matches }) => matches)).toEqual(expect.arrayContaining([true, false]));
    expect(await failuresOf({ rule, tests })).toEqual([]);
  }
});

test("no shipped rule sends people to the round-up: what is low also stands in mails, beside what is worse", () => {
  expect(loadedRules("rules").length).toBeGreaterThan(100);
  expect(
    loadedRules("rules")
      .filter(({ rule }) => /round-up/.test(rule.do ?? ""))
      .map(({ rule }) => rule.name),
  ).toEqual([]);
});

test("the overlay in docs/sigma.md is one", () => {
  const [, overlay = ""] = blocks(readFileSync("docs/sigma.md", "utf8"), "yaml");
  const { faults, overlays } = readRuleFile("docs/sigma.md", overlay);
  expect(faults).toEqual([]);
  expect(overlays.map(({ rule }) => rule)).toEqual(["aws_enum_buckets", "aws_iam_backdoor_users_keys"]);
});

test("docs/rules.md shows what explain says of a shipped rule", async () => {
  const path = join(mkdtempSync(join(tmpdir(), "trailbell-docs-")), "record.json");
  writeFileSync(path, JSON.stringify(record({ errorCode: "LimitExceededException" })));
  const { stdout } = await command("rules", "explain", "access-key-created", path);
  expect(blocks(RULES, "")).toEqual([stdout]);
});

test("docs/coverage.md shows the figures that coverage prints, and they are those of the tables", async () => {
  const { stdout, stderr, code } = await command("rules", "coverage");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  process.stdout.write(stdout);
  expect(blocks(readFileSync("docs/coverage.md", "utf8"), "")).toEqual([stdout]);
  const sections = readFileSync("docs/rules-reference.md", "utf8")
    .split(/^## (?=MITRE|AWS)/m)
    .slice(1);
  const counted = sections.map((section) => {
    const told = [...section.matchAll(/^\| \[A?T[^|]*\| (yes|partly|no) \|/gm)].map(([, word = ""]) => word);
    const count = (word: string) => told.filter((one) => one === word).length;
    return `of ${told.length} techniques ${count("yes")} covered, ${count("partly")} partly, ${count("no")} not`;
  });
  expect(counted).toHaveLength(2);
  expect(
    stdout
      .trimEnd()
      .split("\n")
      .map((line) => line.replace(/^.*?: /, "")),
  ).toEqual(counted);
});

test("coverage counts the rules that it is given, and a technique by those of its sub-techniques", async () => {
  const path = join(mkdtempSync(join(tmpdir(), "trailbell-coverage-")), "rules.yaml");
  const one = (ids: string) => `rules:\n  - { name: a, calls: [iam:CreateUser], ${ids} }\n`;
  const figures = async (ids: string) => {
    writeFileSync(path, one(ids));
    const { stdout } = await command("rules", "coverage", "--rules", path);
    return stdout.replace(/^.*?: /gm, "");
  };
  expect(await figures("technique: [T1136.003], threat: [T1562.A001]")).toBe(
    "of 101 techniques 2 covered, 0 partly, 99 not\nof 54 techniques 1 covered, 0 partly, 53 not\n",
  );
  // A rule of one's own may show what the shipped ones do not: its reason falls away.
  expect(await figures("technique: [T1654, T1535], threat: [T1098.A001, T1535]")).toBe(
    "of 101 techniques 1 covered, 1 partly, 99 not\nof 54 techniques 1 covered, 1 partly, 52 not\n",
  );
});

test("docs/rules.md has an example of every operator, and every field of a rule", () => {
  for (const operator of OPERATORS) expect(RULES).toMatch(new RegExp(`\\{ ${operator}: `));
  for (const inner of ["prefix", "suffix", "equals-ignore-case", "wildcard"]) {
    expect(RULES).toContain(`{ anything-but: { ${inner}: `);
  }
  for (const field of Object.keys(ruleSchema.shape)) {
    expect(RULES).toMatch(new RegExp(`^\\|.*\`${field}\`.*\\|$`, "m"));
  }
  for (const name of Object.keys(DESK_DEPLOYMENT)) expect(RULES).toContain(`\`${name}\``);
});
