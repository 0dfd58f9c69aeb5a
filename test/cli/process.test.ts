import { command, commandProcess, run } from "../support/command.ts";
import { first, thoroughTest } from "../support/runs.ts";

const RULES = ["--rules", "test/support/rules"];
const BROKEN = ["--rules", "package.json"];

const RUNS = [
  ["invoke", 0, ["events/several-log-files.json"]],
  ["rules", 1, ["check", ...BROKEN]],
  ["replay", 1, ["events/trail-bucket", "nope", "--json", ...RULES]],
  ["doctor", 2, ["--stack", "no name"]],
  ["invoke", 1, ["events/missing-object.json", ...RULES]],
  ["invoke", 1, ["events/one-log-file.json", ...BROKEN]],
  ["invoke", 2, []],
  ["rules", 0, ["check", "rules"]],
  ["rules", 2, ["list", "--jsn"]],
  ["replay", 0, ["events/trail-bucket", ...RULES]],
  ["replay", 2, []],
] as const;

test.each(first(4, RUNS))(
  "%s ends with %i as a process of its own, and prints what it prints in the tests' host",
  async (name, code, args) => {
    const finished = await commandProcess(name, args);
    expect(finished.code).toBe(code);
    expect(finished.stdout + finished.stderr).not.toBe("");
    expect(await command(name, ...args)).toEqual(finished);
  },
);

test("a reader that stops early hides no fault", async () => {
  const pipe = (name: string, ...args: readonly string[]) =>
    run("bash", ["-c", 'set -o pipefail; "$@" | true', "-", process.execPath, `.commands/${name}.mjs`, ...args]);
  expect(await pipe("rules", "check", "package.json")).toMatchObject({ code: 1, stderr: "" });
  expect(await pipe("rules", "list", ...RULES)).toMatchObject({ code: 0, stderr: "" });
});

thoroughTest("npm run starts a command out of the checkout", async () => {
  const args = ["events/trail-bucket", ...RULES];
  const finished = await run("npm", ["run", "--silent", "replay", "--", ...args]);
  expect(finished.code).toBe(0);
  expect(await command("replay", ...args)).toEqual(finished);
});
