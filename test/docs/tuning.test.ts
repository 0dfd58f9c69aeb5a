import { execFile } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { startLocalTrail } from "../support/local-trail.ts";
import { logFile, logKey, record } from "../support/log-files.ts";
import { thoroughTest } from "../support/runs.ts";

thoroughTest("every command of docs/tuning.md does what it says", async () => {
  const folder = mkdtempSync(join(tmpdir(), "trailbell-tuning-"));
  const project = process.cwd();
  for (const name of ["events", "rules"]) symlinkSync(join(project, name), join(folder, name));
  writeFileSync(
    join(folder, "record.json"),
    JSON.stringify(record({ eventSource: "sns.amazonaws.com", eventName: "DeleteTopic" })),
  );
  // npm run NAME -- ... runs the commands as they were built for the tests.
  mkdirSync(join(folder, "bin"));
  const npm = join(folder, "bin/npm");
  writeFileSync(
    npm,
    `#!/bin/sh\n[ "$2" = --silent ] && shift; name=$2; shift 3; exec "${process.execPath}" "${project}/.commands/$name.mjs" "$@"\n`,
  );
  chmodSync(npm, 0o755);

  const trail = await startLocalTrail("my-log-bucket");
  const yesterday = new Date(Date.now() - 86_400_000);
  const at = (time: Date, prefix = "") => {
    const [day, minute] = [
      time.toISOString().slice(0, 10).replaceAll("-", "/"),
      time.toISOString().slice(0, 16).replace(/[-:]/g, ""),
    ];
    const key = prefix + logKey("one").replace("2026/11/20", day).replace("20261120T2130", minute);
    trail.objects.set(key, logFile(record({ eventTime: time.toISOString() })));
  };
  at(yesterday);
  at(new Date("2026-11-20T19:00:00Z"), "my prefix/");
  const event = record({ eventTime: yesterday.toISOString() });
  const time = Math.floor(yesterday.getTime() / 1000) * 1000;
  trail.events = [{ region: "us-east-1", time, id: String(event.eventID), json: JSON.stringify(event) }];

  const environment = {
    ...process.env,
    ...trail.environment,
    PATH: `${join(folder, "bin")}:${process.env.PATH}`,
    XDG_CACHE_HOME: join(folder, "cache"),
  };
  // Whatever the day is, the exception has not ended.
  const page = readFileSync("docs/tuning.md", "utf8").replace("until: 2027-02-28", "until: 2999-12-31");
  const blocks = Array.from(page.matchAll(/^```sh\n([\s\S]*?)^```$/gm), ([, text = ""]) => text);
  expect(blocks.length).toBeGreaterThan(6);
  const printed: string[] = [];
  try {
    for (const block of blocks) {
      const { stdout } = await promisify(execFile)("sh", ["-e", "-c", block], { cwd: folder, env: environment });
      printed.push(stdout);
    }
  } finally {
    await trail.stop();
  }
  const [history = "", bucket = ""] = printed;
  expect(history).toContain("Access key created by alice");
  // A line for each of the block's two commands.
  expect(bucket.match(/^\d.*Access key created by alice/gm)).toHaveLength(2);
  expect(printed.find((text) => text.includes("Subject: [HIGH] Follow-up"))).toContain("\nWho ");
  expect(printed.find((text) => text.includes("✓ rule sns:CreateTopic"))).toBeDefined();
  const sampled = printed.filter((text) => text.includes("matches in 13 records"));
  expect(sampled[0]).toContain("CloudTrail change attempted by mallory");
  expect(sampled.at(-2)).not.toContain("CloudTrail change attempted by mallory");
  expect(sampled.at(-1)).toContain("records of 7 files");
});
