import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { command } from "./support/command.ts";
import { alertsOf } from "./support/desk-pipeline.ts";
import { record } from "./support/log-files.ts";

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
  const shipped = parse(readFileSync("rules/essentials.yaml", "utf8")).rules;
  expect(shipped).toContainEqual({ ...rule, tests: expect.anything() });
});

test("every npm script that the README names exists", () => {
  const { scripts } = JSON.parse(readFileSync("package.json", "utf8"));
  const named = [...README.matchAll(/npm run (\w+)/g)].map(([, name = ""]) => name);
  expect(named.length).toBeGreaterThan(3);
  expect(Object.keys(scripts)).toEqual(expect.arrayContaining(named));
});

test("docs/alert-json.md names each field of the JSON, and no other", async () => {
  const { alerts } = await alertsOf([record()]);
  const rows = [...readFileSync("docs/alert-json.md", "utf8").matchAll(/^\| (`.*?`) \|/gm)].map(
    ([, cell = ""]) => cell,
  );
  const named = rows.flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name));
  expect(Object.keys(JSON.parse(alerts[0]?.json ?? "{}")).sort()).toEqual(named.sort());
});
