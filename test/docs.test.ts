import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { OPERATORS } from "../lambda/core/rules/event-pattern/field-demand.ts";
import { compileRules } from "../lambda/core/rules/rule-set.ts";
import { DESK_DEPLOYMENT, fillSelf } from "../lambda/core/rules/self.ts";
import { readRuleFile } from "../lambda/rule-files/rule-file.ts";
import { readRuleFiles } from "../lambda/rule-files/rule-files.ts";
import { ruleSchema } from "../lambda/rule-files/rule-schema.ts";
import { command } from "./support/command.ts";

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

test("every npm script that the README names exists", () => {
  const { scripts } = JSON.parse(readFileSync("package.json", "utf8"));
  const named = [...README.matchAll(/npm run (\w+)/g)].map(([, name = ""]) => name);
  expect(named.length).toBeGreaterThan(3);
  expect(Object.keys(scripts)).toEqual(expect.arrayContaining(named));
});

test("every example in docs/rules.md is a rule file without fault, and its tests pass", () => {
  const examples = blocks(RULES, "yaml").map((text) => readRuleFile("docs/rules.md", text));
  expect(examples.flatMap(({ faults }) => faults)).toEqual([]);
  const tested = examples.flatMap(({ rules }) => rules).filter(({ tests }) => tests.length > 0);
  expect(tested.length).toBeGreaterThan(12);
  for (const { rule, tests } of tested) {
    const ruleSet = compileRules(fillSelf([rule], DESK_DEPLOYMENT));
    expect(tests.map(({ matches }) => matches)).toEqual(expect.arrayContaining([true, false]));
    for (const { name, record: example, matches } of tests) {
      expect({ rule: rule.name, name, matches: ruleSet.match(example, 0).matched.length > 0 }).toEqual({
        rule: rule.name,
        name,
        matches,
      });
    }
  }
});

test("no shipped rule sends people to the round-up: what is low also stands in mails, beside what is worse", () => {
  const { rules, faults } = readRuleFiles(["rules"]);
  expect(faults).toEqual([]);
  expect(rules.filter(({ rule }) => /round-up/.test(rule.do ?? "")).map(({ rule }) => rule.name)).toEqual([]);
});

test("the overlay in docs/sigma.md is one", () => {
  const [, overlay = ""] = blocks(readFileSync("docs/sigma.md", "utf8"), "yaml");
  const { faults, overlays } = readRuleFile("docs/sigma.md", overlay);
  expect(faults).toEqual([]);
  expect(overlays.map(({ rule }) => rule)).toEqual(["aws_enum_buckets", "aws_iam_backdoor_users_keys"]);
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
