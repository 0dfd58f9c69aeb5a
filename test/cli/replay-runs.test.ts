import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { ending } from "../support/child.ts";
import { command } from "../support/command.ts";
import { logFile, record } from "../support/log-files.ts";
import { first, thorough, thoroughTest } from "../support/runs.ts";

const folder = mkdtempSync(join(tmpdir(), "trailbell-replay-runs-"));
const OWN_RULES = ["--rules", "test/support/rules"] as const;

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}

/** Forty log files of very different sizes, a few damaged, whose records are minutes apart. */
function manyFiles(): string {
  let minute = 0;
  for (let i = 0; i < 40; i++) {
    const records = Array.from({ length: i % 7 === 0 ? 120 : 3 }, (_, n) =>
      record({
        eventTime: new Date(Date.parse("2026-11-20T00:00:00Z") + minute++ * 60_000).toISOString(),
        eventName: n % 5 === 0 ? "CreateAccessKey" : "ListUsers",
        userIdentity: { type: "IAMUser", arn: `arn:aws:iam::111122223333:user/u${i % 4}`, userName: `u${i % 4}` },
        requestParameters: { userName: `u${n}` },
      }),
    );
    const whole = logFile(...records);
    file(`many/${String(i).padStart(2, "0")}.json.gz`, i % 13 === 5 ? whole.subarray(0, -20) : whole);
  }
  return join(folder, "many");
}

test.each(first(1, [["--json"], ["--alerts"], ["--alerts", "--json"], []]))(
  "threads print what one prints, in the order of the files: %s %s",
  async (...options) => {
    const many = manyFiles();
    const own = options.filter((option) => option !== undefined);
    const one = await command("replay", many, ...OWN_RULES, ...own, "--threads", "1");
    const three = await command("replay", many, ...OWN_RULES, ...own, "--threads", "3");
    expect(one.code).toBe(1);
    expect(one.stderr.match(/the gzip stream is cut off/g)).toHaveLength(3);
    expect(one.stdout.split("\n").length).toBeGreaterThan(5);
    expect(three).toEqual(one);
  },
);

test("Ctrl-C prints what is known and how to go on, and --after goes on there", async () => {
  const first = file("first.json", JSON.stringify([record()]));
  const second = file("second one.json", JSON.stringify([record(), record()]));
  const child = ending(
    spawn(process.execPath, [".commands/replay.mjs", first, second, "-", ...OWN_RULES], { stdio: "pipe" }),
  );
  let [stdout, stderr] = ["", ""];
  child.stderr.on("data", (text) => {
    stderr += text;
  });
  const code = await new Promise((resolve) => {
    child.on("close", resolve);
    child.stdout.on("data", (text) => {
      stdout += text;
      // The third file is a pipe to which nobody writes.
      if (stdout.split("\n").length > 3 && !child.killed) child.kill("SIGINT");
    });
  });
  expect(code).toBe(130);
  expect(stdout).toContain("3 matches in 3 records of 2 files");
  expect(stderr).toContain("Interrupted after 2 of 3 files.");
  expect(stderr).toContain(`--after '${second}'`);
  const rest = await command("replay", first, second, "--json", "--after", first, ...OWN_RULES);
  expect(rest.stdout.trim().split("\n")).toHaveLength(2);
  expect(await command("replay", first, "--after", "nope")).toMatchObject({ code: 2 });
});

thoroughTest("Ctrl-C within a file says how many of its records count in this run and in the next", async () => {
  const first = file("before.json", JSON.stringify([record()]));
  const child = ending(
    spawn(process.execPath, [".commands/replay.mjs", first, "-", ...OWN_RULES], { stdio: ["pipe", "pipe", "pipe"] }),
  );
  // What ends does not read on.
  child.stdin.on("error", () => {});
  child.stdin.write(`{"Records":[${Array.from({ length: 5_000 }, () => JSON.stringify(record())).join()},`);
  let [stdout, stderr] = ["", ""];
  child.stderr.on("data", (text) => {
    stderr += text;
  });
  await new Promise((resolve) => {
    child.on("close", resolve);
    child.stdout.on("data", (text) => {
      stdout += text;
      if (stdout.split("\n").length > 600 && !child.killed) child.kill("SIGINT");
    });
  });
  const [, begun] = /The first (\d+) records of the next file count here, and in the next run again/.exec(stderr) ?? [];
  expect(Number(begun)).toBeGreaterThan(500);
  expect(stdout).toContain(`matches in ${Number(begun) + 1} records of 1 file`);
});

const hasScript = spawnSync("script", ["--version"]).error === undefined;

thorough(hasScript ? test : test.skip)("progress is shown on a terminal only (needs the program script)", () => {
  const many = manyFiles();
  const run = `${process.execPath} .commands/replay.mjs ${many} --json --threads 1 ${OWN_RULES.join(" ")}`;
  const terminal = spawnSync("script", ["-qec", run, "/dev/null"], {
    encoding: "utf8",
    env: { ...process.env, TERM: "xterm" },
  });
  const shown = terminal.stdout.split("\r\x1b[K").filter((line) => /^\d+ of 40 files {2}[\d,]+ records \(/.test(line));
  expect(shown.length).toBeGreaterThan(5);
  expect(spawnSync("sh", ["-c", run], { encoding: "utf8" }).stderr).not.toContain("\x1b");
});

test("what --alerts must remember of many records lies in a file, and comes back in its order", async () => {
  const padding = "x".repeat(60_000);
  const records = Array.from({ length: 400 }, (_, i) =>
    record({
      eventTime: new Date(Date.parse("2026-11-20T00:00:00Z") + ((i * 7919) % 400) * 60_000).toISOString(),
      requestParameters: { userName: `user-${i}`, padding },
    }),
  );
  const path = file("large.json.gz", gzipSync(JSON.stringify({ Records: records })));
  const { stdout, code } = await command("replay", path, "--alerts", "--json", ...OWN_RULES);
  const alerts = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(code).toBe(0);
  expect(alerts[0]).toMatchObject({ sentAt: "2026-11-20T00:05:00.000Z", kind: "alert", matches: 1 });
  expect(alerts.reduce((sum, { matches }) => sum + matches, 0)).toBe(400);
  expect(alerts.map(({ sentAt }) => sentAt)).toEqual(alerts.map(({ sentAt }) => sentAt).toSorted());
});
