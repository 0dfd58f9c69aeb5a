import { createHash } from "node:crypto";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readDesk } from "../../cli/desk.ts";
import { deskRules } from "../../cli/desk-cache.ts";
import { withPins } from "../../lambda/core/rules/pinned.ts";
import { commandIn, commandProcess } from "../support/command.ts";
import { record } from "../support/log-files.ts";
import { thoroughTest } from "../support/runs.ts";

const folder = mkdtempSync(join(tmpdir(), "trailbell-desk-cache-"));
const log = join(folder, "log.json");
writeFileSync(log, JSON.stringify({ Records: [record()] }));

let count = 0;
/** Rules and a cache of their own, and what replay says with them: the names of the rules that match. */
function world(yaml: string) {
  count++;
  const rules = join(folder, `rules-${count}.yaml`);
  const cache = join(folder, `cache-${count}`);
  writeFileSync(rules, yaml);
  const args = [log, "--json", "--rules", rules];
  const environment = { XDG_CACHE_HOME: cache };
  const inHost = () => commandIn(environment, "replay", args);
  const run = async (start = inHost) => {
    const { code, stdout, stderr } = await start();
    const names = stdout
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line).rule);
    return { code, names, stderr };
  };
  const entry = () => join(cache, "trailbell", readdirSync(join(cache, "trailbell"))[0] ?? "none");
  return { rules, cache, run, beside: () => run(() => commandProcess("replay", args, environment)), entry };
}

const ruleNamed = (name: string) => `rules: [{ name: ${name}, calls: [iam:CreateAccessKey] }]\n`;
const said = (name: string) => ({ code: 0, names: [name], stderr: "" });

test("the shipped rules come from the cache as they come from their files", async () => {
  const { rules, ...rest } = readDesk([]);
  const fresh = JSON.parse(JSON.stringify({ rules: rules.map(({ rule }) => withPins(rule)), ...rest }));
  expect(await deskRules([])).toEqual(fresh);
  expect(await deskRules([])).toEqual(fresh);
  const kept = readdirSync(join(process.env.XDG_CACHE_HOME ?? "", "trailbell"));
  expect(kept.filter((name) => name.startsWith("rules-")).length).toBeGreaterThan(0);
});

test("what is kept is used, readable by its user only, and never for other rules: not even for a change of the same size and time", async () => {
  const { rules, run, entry } = world(ruleNamed("one"));
  expect(await run()).toEqual(said("one"));
  expect(statSync(entry()).mode & 0o777).toBe(0o600);
  // That the cache answers shows where it says what the files do not.
  const kept = readFileSync(entry(), "utf8");
  const { mtime } = statSync(rules);
  writeFileSync(rules, ruleNamed("two"));
  utimesSync(rules, mtime, mtime);
  expect(await run()).toEqual(said("two"));
  writeFileSync(entry(), kept);
  expect(await run()).toEqual(said("two"));
});

test.each([
  ["cut off", (text: string) => text.slice(0, -20)],
  ["changed in one letter", (text: string) => text.replace("iam:CreateAccessKey", "iam:CreateAccessKez")],
  ["empty", () => ""],
  ["no JSON", () => "hello\nworld"],
  ["of another shape", () => "{}\n{}"],
])("an entry that is %s is not believed", async (_, damaged) => {
  const { run, entry } = world(ruleNamed("one"));
  await run();
  const kept = readFileSync(entry(), "utf8");
  writeFileSync(entry(), damaged(kept));
  expect(await run()).toEqual(said("one"));
  expect(readFileSync(entry(), "utf8")).toBe(kept);
});

test("an entry that others may write is not believed", async () => {
  const { run, entry } = world(ruleNamed("one"));
  await run();
  const [head = "", body = ""] = readFileSync(entry(), "utf8").split("\n");
  const forged = body.replace('"one"', '"two"');
  const sum = createHash("sha256").update(forged).digest("hex");
  writeFileSync(entry(), `${JSON.stringify({ ...JSON.parse(head), sum })}\n${forged}`);
  expect(await run()).toEqual(said("two")); // whoever can write the user's files needs no cache to deceive him
  chmodSync(entry(), 0o666);
  expect(await run()).toEqual(said("one"));
});

test("a fault in a rule file is told each time, and nothing is kept of it", async () => {
  const { run, cache } = world("rules: [{ name: one, severity: hgih }]\n");
  for (const _ of [1, 2]) expect(await run()).toMatchObject({ code: 1, stderr: expect.stringContaining("hgih") });
  expect(() => readdirSync(join(cache, "trailbell"))).toThrow();
});

thoroughTest(
  "processes that start at once do not disturb each other, and a folder that cannot be made is no fault",
  async () => {
    const { beside, cache } = world(ruleNamed("one"));
    expect(await Promise.all([beside(), beside(), beside(), beside()])).toEqual([1, 2, 3, 4].map(() => said("one")));
    expect(readdirSync(join(cache, "trailbell"))).toHaveLength(1);
    const blocked = world(ruleNamed("one"));
    writeFileSync(blocked.cache, "a file");
    expect(await blocked.run()).toEqual(said("one"));
  },
);
