import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { command } from "../support/command.ts";
import { ACCOUNT, logKey, record } from "../support/log-files.ts";

const folder = mkdtempSync(join(tmpdir(), "trailbell-replay-"));

function file(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}

const lines = (stdout: string) =>
  stdout
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));

/** The shipped rules are a product that changes. */
const OWN_RULES = ["--rules", "test/support/rules"];

const ringing = record();
const quiet = record({ eventName: "ListUsers" });
const wrapped = {
  Events: [{ EventId: "x", CloudTrailEvent: JSON.stringify(ringing) }, { CloudTrailEvent: "no JSON" }],
};

test("--alerts tells what would have been sent and when: incidents, follow-ups, duplicates and round-ups counted", async () => {
  const at = (minute: number, fields = {}) =>
    record({ eventTime: new Date(Date.parse("2026-11-20T12:00:00Z") + minute * 60_000).toISOString(), ...fields });
  const first = at(0);
  const rules = file(
    "alerts.yaml",
    `rules:
      - { name: key, severity: high, calls: [iam:CreateAccessKey] }
      - { name: listed, severity: low, calls: [iam:ListUsers] }
      - { name: probing, severity: medium, calls: [iam:GetUser], threshold: { count: 3, within: 10m } }`,
  );
  const logs = file(
    "alerts/one.json",
    JSON.stringify({
      Records: [
        ...[first, first, at(2), at(3), at(17, { requestParameters: { userName: "carol" } })],
        ...[at(1, { eventName: "ListUsers" }), at(30, { eventName: "GetUser" })],
      ],
    }),
  );
  const { stdout, code } = await command("replay", logs, "--rules", rules, "--alerts", "--json");
  expect(code).toBe(0);
  expect(lines(stdout).map(({ sentAt, kind, rule, matches }) => [sentAt, kind, rule, matches])).toEqual([
    ["2026-11-20T12:05:00.000Z", "alert", "key", 1],
    // What is no news waits for 15 minutes after the mail before, news of a severity that was reached for five at most.
    ["2026-11-20T12:20:00.000Z", "follow-up", "key", 2],
    ["2026-11-20T12:24:00.000Z", "follow-up", "key", 1],
    ["2026-11-21T08:01:00.000Z", "round-up", "listed", 1],
  ]);
  const text = await command("replay", logs, "--rules", rules, "--alerts");
  expect(text.stdout).toContain("2026-11-20 12:05  [HIGH] Key by alice in 111122223333: bob  #");
  expect(text.stdout).toContain("7 matches in 7 records of 1 file");
});

test.each([
  ["a log file", "a.json", JSON.stringify({ Records: [quiet, ringing] }), 0],
  ["a gzipped log file", "b.json.gz", gzipSync(JSON.stringify({ Records: [ringing] })), 0],
  ["an array", "c.json", JSON.stringify([quiet, ringing], null, 2), 0],
  ["one record", "d.json", JSON.stringify(ringing, null, 2), 0],
  ["lines of records", "e.jsonl", `${JSON.stringify(quiet)}\n\n${JSON.stringify(ringing)}\n`, 0],
  [
    "lines of log files, gzipped",
    "f.jsonl.gz",
    gzipSync(`${JSON.stringify({ Records: [ringing] })}\n${JSON.stringify([quiet])}`),
    0,
  ],
  ["what LookupEvents answers", "g.json", JSON.stringify(wrapped), 1],
])("%s is read", async (_, name, content, exit) => {
  const path = file(name, content);
  const { code, stdout } = await command("replay", path, "--json", ...OWN_RULES);
  expect(lines(stdout)).toEqual([
    {
      rule: "access-key-created",
      severity: "high",
      eventID: ringing.eventID,
      eventTime: "2026-11-20T21:25:09Z",
      eventSource: "iam.amazonaws.com",
      eventName: "CreateAccessKey",
      accountId: ACCOUNT,
      region: "us-east-1",
      actor: `arn:aws:iam::${ACCOUNT}:user/alice`,
      identity: "IAM user alice",
      source: path,
    },
  ]);
  expect(code).toBe(exit);
});

test("LookupEvents' wrapper is read alone and by line, and a damaged file is no record", async () => {
  const [wrapper] = wrapped.Events;
  const alone = await command("replay", file("alone.json", JSON.stringify(wrapper)), "--json", ...OWN_RULES);
  expect(lines(alone.stdout)).toHaveLength(1);
  const byLine = await command("replay", file("by-line.jsonl", `${JSON.stringify(wrapper)}\n`), "--json", ...OWN_RULES);
  expect(lines(byLine.stdout)).toHaveLength(1);
  const damaged = await command("replay", file("damaged.json", '{"Records":{"a":1}}'));
  expect(damaged).toMatchObject({ code: 1, stderr: expect.stringContaining("damaged.json: Records is no list") });
});

test("a file of one object that is no record is told, unless a rule matches it; in lists and lines, any object is one", async () => {
  const other = { name: "photos", version: "1.0.0" };
  const alone = file("package.json", JSON.stringify(other, null, 2));
  const refused = await command("replay", alone, ...OWN_RULES);
  expect(refused).toMatchObject({
    code: 1,
    stdout: "",
    stderr: expect.stringContaining(`${alone}: no CloudTrail log`),
  });
  const rules = file("photos.yaml", "rules: [{ name: photos, pattern: { name: [photos] } }]");
  file("beside/index.json", JSON.stringify(other));
  file("beside/log.json", JSON.stringify({ Records: [ringing] }));
  const beside = await command("replay", join(folder, "beside"), ...OWN_RULES);
  expect(beside).toMatchObject({ code: 0, stderr: "", stdout: expect.stringContaining("in 1 record of 2 files") });
  const met = await command("replay", alone, "--json", "--rules", rules);
  expect({ code: met.code, found: lines(met.stdout).length }).toEqual({ code: 0, found: 1 });
  const note = "has a field of CloudTrail's records";
  for (const [name, content, stderr] of [
    ["part.json", JSON.stringify({ userAgent: "x" }), ""],
    ["list.json", JSON.stringify([other]), note],
    ["mixed.json", JSON.stringify([other, ringing]), ""],
    ["two.json", JSON.stringify(other) + JSON.stringify(other), note],
    ["lines.jsonl", JSON.stringify(other), note],
    ["records.json", JSON.stringify({ Records: [other] }), ""],
  ] as const) {
    const read = await command("replay", file(name, content), ...OWN_RULES);
    expect(read).toMatchObject({ code: 0, stderr: stderr === "" ? "" : expect.stringContaining(stderr) });
  }
  const known = await command("replay", file("photos.jsonl", JSON.stringify(other)), "--rules", rules);
  expect(known).toMatchObject({ code: 0, stderr: "" });
});

test("fields that a record has not are null, and a pattern rule needs no eventName", async () => {
  const rules = file("rules.yaml", "rules: [{ name: odd, pattern: { a: [1] } }]");
  const { stdout } = await command("replay", file("odd.json", '{"a":1}'), "--rules", rules, "--json");
  expect(lines(stdout)[0]).toEqual({
    rule: "odd",
    severity: "medium",
    eventID: null,
    eventTime: null,
    eventSource: null,
    eventName: null,
    accountId: null,
    region: null,
    actor: expect.any(String),
    identity: null,
    source: join(folder, "odd.json"),
  });
});

test("of a folder everything is read at any depth, but for digests; what cannot be read is named, and the rest done", async () => {
  const root = "bucket";
  file(`${root}/${logKey("one")}`, gzipSync(JSON.stringify({ Records: [ringing] })));
  file(
    `${root}/${logKey("digest", "CloudTrail-Digest")}`,
    gzipSync('{"eventName":"CreateAccessKey","eventSource":"iam.amazonaws.com"}'),
  );
  file(`${root}/deep/x.json`, JSON.stringify([ringing]));
  file(`${root}/notes.txt`, "no");
  const broken = file(`${root}/broken.json.gz`, gzipSync("{}").subarray(0, 10));
  const mixed = file(`${root}/mixed.jsonl`, `${JSON.stringify(ringing)}\nnot json\n`);
  const { code, stdout, stderr } = await command(
    "replay",
    join(folder, root),
    join(folder, "nope"),
    "--json",
    ...OWN_RULES,
  );
  expect(code).toBe(1);
  expect(lines(stdout)).toHaveLength(3);
  expect(stderr).toContain(`${broken}: `);
  expect(stderr).toContain(`${mixed}:2: not JSON`);
  expect(stderr).toContain(`${join(folder, "nope")}: there is no such file or folder`);
});

test("a link that leads nowhere stops no file behind it, and a folder named like a file is a folder", async () => {
  file("links/dated.json/x.json", JSON.stringify([ringing]));
  file("links/last.json", JSON.stringify([ringing]));
  const link = join(folder, "links", "gone.json");
  symlinkSync(join(folder, "nowhere"), link);
  const { code, stdout, stderr } = await command("replay", join(folder, "links"), "--json", ...OWN_RULES);
  expect({ code, stderr }).toEqual({ code: 1, stderr: `${link}: there is no such file or folder\n` });
  expect(lines(stdout)).toHaveLength(2);
});

test("folders are read behind links too, each once, and one that may not be read stops no other", async () => {
  file("linking/linked/b.json", JSON.stringify([ringing]));
  file("linking/elsewhere/2026/a.json", JSON.stringify([ringing]));
  const at = (name: string) => join(folder, "linking", "linked", name);
  symlinkSync(join(folder, "linking", "elsewhere"), at("more"));
  symlinkSync(join(folder, "linking"), at("up"));
  symlinkSync("round", at("round"));
  mkdirSync(at("closed"), { mode: 0 });
  const { code, stdout, stderr } = await command("replay", dirname(at("b.json")), "--json", ...OWN_RULES);
  // Root reads everything.
  const closed = userInfo().uid === 0 ? "" : `${at("closed")}: you may not read it (its permissions forbid it)\n`;
  expect({ code, stderr }).toEqual({ code: closed === "" ? 0 : 1, stderr: closed });
  expect(lines(stdout)).toHaveLength(2);
});

test("--since and --until cut by eventTime", async () => {
  const path = file(
    "times.json",
    JSON.stringify([record(), record({ eventTime: "2026-11-19T00:00:00Z" }), record({ eventTime: "never" })]),
  );
  const count = async (...options: string[]) =>
    lines((await command("replay", path, "--json", ...options, ...OWN_RULES)).stdout).length;
  expect(await count()).toBe(3);
  expect(await count("--since", "2026-11-20")).toBe(1);
  expect(await count("--until", "2026-11-20")).toBe(1);
});

test("without --json there is a line per match, then the rules with their counts", async () => {
  const { stdout } = await command(
    "replay",
    file("text.json", JSON.stringify([ringing, ringing, quiet])),
    ...OWN_RULES,
  );
  expect(stdout).toBe(`2026-11-20T21:25:09Z  high      access-key-created  iam:CreateAccessKey  IAM user alice
2026-11-20T21:25:09Z  high      access-key-created  iam:CreateAccessKey  IAM user alice

      2  high      access-key-created  by arn:aws:iam::111122223333:user/alice, in 111122223333
2 matches in 3 records of 1 file
21 rules never matched (--unmatched lists them)
`);
});

test.each([
  ["no path", []],
  ["a time that is none", ["events", "--since", "yesterday-ish"]],
  ["an unknown option", ["events", "--jsn"]],
  ["a time in words", ["events", "--since", "foo 1"]],
  ["an end before the beginning", ["events", "--since", "2026-11-21", "--until", "2026-11-20"]],
  ["a bucket of no name", ["s3://"]],
])("%s is a usage error", async (_, args) => {
  expect((await command("replay", ...args)).code).toBe(2);
});

test("--learn lets rules with first learn from what is before --since; without it they say that they only learned", async () => {
  const at = (day: number, sourceIPAddress: string) =>
    record({
      eventTime: new Date(Date.parse("2026-11-01T12:00:00Z") + day * 86_400_000).toISOString(),
      sourceIPAddress,
    });
  const rules = file(
    "first.yaml",
    `rules: [{ name: new-network, severity: high, calls: ["iam:*"], first: { of: sourceNetwork } }]`,
  );
  const logs = file(
    "first/one.json",
    JSON.stringify([at(0, "192.0.2.1"), at(5, "192.0.2.2"), at(6, "192.0.2.3"), at(7, "203.0.113.1")]),
  );
  const base = ["replay", logs, "--rules", rules, "--alerts", "--json", "--since", "2026-11-07"] as const;
  const [learned, not] = [await command(...base, "--learn"), await command(...base)];
  expect(lines(learned.stdout).map(({ rule, matches }) => ({ rule, matches }))).toEqual([
    { rule: "new-network", matches: 1 },
  ]);
  expect(not.stdout).toBe("");
  expect(not.stderr).toContain("--since TIME --learn");
  expect(await command("replay", logs, "--learn")).toMatchObject({ code: 2 });
});
