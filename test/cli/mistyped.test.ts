import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { command, commandProcess } from "../support/command.ts";
import { record } from "../support/log-files.ts";

const folder = mkdtempSync(join(tmpdir(), "trailbell-mistyped-"));

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const json = JSON.stringify;
const log = file("log.json", json({ Records: [record(), record()] }));
const many = Array.from({ length: 29 }, (_, i) =>
  record({ eventName: i === 7 || i === 20 ? "CreateAccessKey" : "ListUsers" }),
);
const long = file("many.json", json({ Records: many }));
const cases = mkdtempSync(join(tmpdir(), "trailbell-cases-"));
writeFileSync(join(cases, "panther-cases.json"), json({ cases: [] }));
const mapped = (map: string) => ["coverage", cases, "--map", map] as const;
const RULES = ["--rules", "test/support/rules"] as const;

test.each([
  ["invoke", [log], 2, `${log} is a log file, not an event that announces one: use npm run replay -- ${log}`],
  ["invoke", [file("list.json", json([record()]))], 2, "use npm run replay"],
  ["invoke", [file("one.json", json(record()))], 2, "use npm run replay"],
  ["invoke", [file("log.json.gz", gzipSync(json({ Records: [record()] })))], 2, "use npm run replay"],
  ["invoke", [file("looked.json", json({ Events: [{ CloudTrailEvent: "{}" }] }))], 2, "use npm run replay"],
  ["invoke", [join(folder, "nope.json")], 2, "nope.json: there is no such file or folder"],
  ["invoke", [folder], 2, "it is a folder, not a file"],
  ["replay", [join(folder, "nope")], 1, "nope: there is no such file or folder"],
  ["replay", [log, "--jsn"], 2, "unknown option --jsn; did you mean --json?"],
  [
    "replay",
    [log, "--since", "yesterday"],
    2,
    "--since: write 7d, 24h, 2026-11-20 or 2026-11-20T21:00 (UTC), not yesterday",
  ],
  ["replay", [log, "--regions", "all"], 2, "--regions goes with --event-history"],
  ["replay", [mkdtempSync(join(tmpdir(), "trailbell-empty-"))], 1, "the folder has no file that ends with .json"],
  ["rules", ["chekc"], 2, "unknown command chekc; did you mean check?"],
  ["rules", ["frobnicate"], 2, "unknown command frobnicate\n"],
  ["rules", ["coverage", join(folder, "nope")], 1, "nope: there is no such file or folder"],
  ["rules", ["coverage", "--map", long], 2, "coverage needs a folder with log files"],
  ["rules", mapped(join(folder, "nope.json")), 2, "nope.json: there is no such file or folder"],
  ["rules", mapped(file("map.txt", "a: b")), 2, "map.txt: it is not JSON"],
  ["rules", mapped(long), 2, `--map ${long}: it maps no detections to names of rules`],
  ["rules", ["explain", "access-key-create", log, ...RULES], 2, "did you mean access-key-created?"],
  ["rules", ["explain", "access-key-created", folder, ...RULES], 1, "it is a folder, not a file"],
  ["rules", ["draft", join(folder, "nope.json")], 1, "there is no such file or folder"],
  ["rules", ["check", join(folder, "nope.yaml")], 1, "there is no such file or folder"],
] as const)("%s %j is answered", async (name, args, code, message) => {
  const finished = await command(name, ...args);
  expect(finished.code).toBe(code);
  expect(finished.stdout + finished.stderr).toContain(message);
});

test("rules are given one by one, or several with commas", async () => {
  const one = file("one.yaml", "rules: [{ name: one, calls: [iam:CreateAccessKey] }]");
  const two = file("two.yaml", "rules: [{ name: two, calls: [iam:CreateAccessKey] }]");
  const lines = async (...args: readonly string[]) => (await command("replay", log, "--json", ...args)).stdout;
  expect(await lines("--rules", `${one},${two}`)).toBe(await lines("--rules", one, "--rules", two));
  expect((await lines("--rules", `${one},${two}`)).trim().split("\n")).toHaveLength(4);
  expect((await command("rules", "list", "--rules", `${one},${two}`)).stdout).toContain("two");
});

test.each([
  "7d",
  "24h",
  "90m",
  "2w",
  "2026-11-20",
  "2026-11-20T21:00",
  "2026-11-20 21:00",
  "2026-11-20T21:00:00Z",
  "2026-11-20T22:00+01:00",
])("--since takes %s", async (since) => {
  const now = file(
    "now.json",
    json([record({ eventTime: new Date().toISOString() }), record({ eventTime: "2020-01-01T00:00:00Z" })]),
  );
  const { code, stdout } = await command("replay", now, "--since", since, "--json", ...RULES);
  expect({ code, lines: stdout.trim().split("\n").length }).toEqual({ code: 0, lines: 1 });
});

test("explain of many records explains those that match, or the one that is asked for; else it shows what can be asked for", async () => {
  const matching = await command("rules", "explain", "access-key-created", long, ...RULES);
  expect(matching.stdout).toContain("record 8 of 29\n✓ rule");
  expect(matching.stdout).toContain("record 21 of 29\n✓ rule");
  expect(matching.stdout).not.toContain("record 1 of 29");
  expect(matching).toMatchObject({
    code: 0,
    stderr: expect.stringContaining("2 of 29 records match; --event ID explains any other"),
  });
  const one = await command(
    "rules",
    "explain",
    "access-key-created",
    long,
    "--event",
    String(many[3]?.eventID),
    ...RULES,
  );
  expect(one.stdout).toMatch(/^record 4 of 29\n✗ rule/);
  const none = await command("rules", "explain", "root-used", long, ...RULES);
  expect(none).toMatchObject({
    code: 2,
    stderr: expect.stringContaining(`name one with --event ID:\n  ${many[0]?.eventID}  iam:ListUsers`),
  });
  const unknown = await command("rules", "explain", "root-used", long, "--event", "x", ...RULES);
  expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining("has the eventID x") });
});

test("no help has a line that a terminal breaks", async () => {
  const names = ["rules", "replay", "invoke", "doctor", "mute", "verify", "accounts", "redrive", "trailbell"];
  const helps = await Promise.all(names.map((name) => commandProcess(name, ["--help"])));
  const long = helps.flatMap(({ stdout }) => stdout.split("\n").filter((line) => line.length > 130));
  expect(helps.map(({ code, stdout }) => [code, stdout !== ""])).toEqual(names.map(() => [0, true]));
  expect(long).toEqual([]);
});
