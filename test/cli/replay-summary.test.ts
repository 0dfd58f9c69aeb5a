import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { command } from "../support/command.ts";
import { ACCOUNT, record } from "../support/log-files.ts";

const folder = mkdtempSync(join(tmpdir(), "trailbell-replay-summary-"));

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const START = Date.parse("2026-11-20T12:00:00Z");
const ROLE = `arn:aws:iam::${ACCOUNT}:role/ci`;

/** A call by a role, some minutes after the start. */
const byRole = (minute: number, fields = {}) =>
  record({
    eventTime: new Date(START + minute * 60_000).toISOString(),
    requestParameters: { userName: `user-${minute}` },
    userIdentity: {
      type: "AssumedRole",
      arn: `arn:aws:sts::${ACCOUNT}:assumed-role/ci/build`,
      principalId: "AROAEXAMPLE:build",
      accountId: ACCOUNT,
      sessionContext: { sessionIssuer: { type: "Role", arn: ROLE, userName: "ci", accountId: ACCOUNT } },
    },
    ...fields,
  });

const rules = file(
  "rules.yaml",
  `rules:
  - { name: key, severity: high, calls: [iam:CreateAccessKey] }
  - { name: gone, severity: critical, calls: [iam:DeleteUser] }
  - { name: listed, severity: low, calls: [iam:ListUsers] }
  - { name: never, severity: medium, calls: [iam:CreateUser] }
  - { name: news, severity: medium, calls: [iam:TagUser], first: { of: sourceNetwork } }`,
);
const log = file(
  "log.json",
  JSON.stringify([
    ...Array.from({ length: 9 }, (_, i) => byRole(i * 30)),
    record({ eventTime: new Date(START).toISOString() }),
    ...Array.from({ length: 6 }, (_, i) => byRole(i * 1440, { eventName: "DeleteUser" })),
    byRole(1, { eventName: "ListUsers", recipientAccountId: "444455556666" }),
  ]),
);
const replay = (...args: readonly string[]) => command("replay", log, "--rules", rules, ...args);

test("the summary says of each rule how much came by whom, the gravest first, and which rules are silent", async () => {
  const { stdout } = await replay();
  expect(stdout.slice(stdout.indexOf("\n\n"))).toMatch(`

      6  critical  gone    by ${ROLE}, in ${ACCOUNT}
     10  high      key     by ${ROLE} (9) and 1 other, in ${ACCOUNT}
      1  low       listed  by ${ROLE}, in 444455556666
17 matches in 17 records of 1 file
2 rules never matched; of 1 with "first", only --alerts can tell (--unmatched lists them)

The noisiest.`);
  expect((await replay("--unmatched")).stdout).toContain("\n         medium    never\n");
});

test("a caller is named whole and as ARNs are written, so that it can be pasted", async () => {
  const role = `arn:aws:iam::${ACCOUNT}:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Administrator_0123456789abcdef`;
  const userIdentity = {
    type: "AssumedRole",
    arn: `arn:aws:sts::${ACCOUNT}:assumed-role/AWSReservedSSO_Administrator_0123456789abcdef/eve@example.com`,
    principalId: "AROAEXAMPLE:eve@example.com",
    accountId: ACCOUNT,
    sessionContext: { sessionIssuer: { type: "Role", arn: role, accountId: ACCOUNT } },
  };
  const own = file("person.json", JSON.stringify([byRole(0, { userIdentity })]));
  const { stdout } = await command("replay", own, "--rules", rules);
  expect(stdout).toContain(`by ${role}/eve@example.com, in ${ACCOUNT}`);
});

test("with --alerts it counts mails and texts by day, as they would have come", async () => {
  const { stdout } = await replay("--alerts");
  const days = stdout.split("\n").filter((line) => /^2026-\d\d-\d\d {2,}\d+ mails? /.test(line));
  expect(days[0]).toMatch(/^2026-11-20 {2,}\d+ mails {2}\d+ texts?$/);
  const total = days.reduce((sum, line) => sum + Number(/(\d+) mail/.exec(line)?.[1]), 0);
  const sent = stdout.split("\n").filter((line) => /^2026-\d\d-\d\d \d\d:\d\d {2}\[/.test(line));
  expect(total).toBe(sent.length);
  expect(stdout).toContain(`${total} mails and `);
  expect(stdout).toMatch(/ 10 {2}high {6}key {5}in \d+ mails {2}by /);
  expect(stdout).toMatch(/ 1 {2}low {7}listed {2}in 1 round-up {2}by /);
});

test("the suggested exception, put into a file, quiets what it was made for and nothing else; of critical rules there is none", async () => {
  for (const mode of [[], ["--alerts"]]) {
    const { stdout } = await replay(...mode);
    const except = stdout.slice(stdout.indexOf("overlay:"));
    expect(except).toContain(`key: # 9 matches by ${ROLE}`);
    expect(except).not.toContain("gone");
    const overlay = file(`overlay${mode.length}.yaml`, except);
    expect(await command("rules", "check", rules, overlay)).toMatchObject({ code: 0 });
    const quieted = await replay("--rules", overlay, "--json");
    const names = quieted.stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line).rule);
    expect(names.filter((name) => name === "key")).toHaveLength(1);
    expect(names.filter((name) => name === "gone")).toHaveLength(6);
  }
});

test("rules draft --except says the same of a record's caller, and refuses callers whom none should name", async () => {
  const one = file("one.json", JSON.stringify(byRole(0)));
  const drafted = await command("rules", "draft", one, "--except", "key");
  expect(drafted.stdout).toContain(
    `pattern: { userIdentity: { sessionContext: { sessionIssuer: { arn: ["${ROLE}"] } } } }`,
  );
  const overlay = file("drafted.yaml", drafted.stdout);
  expect(await command("rules", "check", rules, overlay)).toMatchObject({ code: 0 });
  const root = file(
    "root.json",
    JSON.stringify(record({ userIdentity: { type: "Root", arn: `arn:aws:iam::${ACCOUNT}:root` } })),
  );
  expect(await command("rules", "draft", root, "--except", "key")).toMatchObject({ code: 2 });
});

test("--explain shows one mail in full, by the beginning of its id, and says so if there is none", async () => {
  const listed = await replay("--alerts", "--json");
  const [first] = listed.stdout
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  const { stdout, code } = await replay("--explain", first.id);
  expect(code).toBe(0);
  expect(stdout).toContain(`Subject: ${first.subject}\n`);
  expect(stdout).toContain("\nWho ");
  expect(await replay("--explain", "zzzz")).toMatchObject({ code: 2, stderr: expect.stringContaining(first.id) });
});
