import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { command } from "../support/command.ts";
import { alertsOf, everyCall } from "../support/desk-pipeline.ts";
import { ACCOUNT, record } from "../support/log-files.ts";

const GOOD = ["--for", "4h", "--reason", "x"];
test.each<[string, readonly string[], RegExp]>([
  ["nothing", [], /give one of INCIDENT-OR-RULE, --list and --end ID/],
  ["a critical rule", ["cloudtrail-stopped", ...GOOD], /cloudtrail-stopped is critical: that always rings/],
  [
    "a rule that watches the alerter",
    ["ledger-changed", ...GOOD],
    /ledger-changed watches the alerter itself: that always rings/,
  ],
  ["a notice", ["log-object-unreadable", ...GOOD], /always rings/],
  ["a rule of the round-up", ["iam-policy-changed", ...GOOD], /it rings nobody, and stands in the daily round-up/],
  ["a misspelt rule", ["acess-key-created", ...GOOD], /did you mean access-key-created\?/],
  ["two rules", ["a", "b", ...GOOD], /one rule or incident at a time/],
  ["no time", ["access-key-created", "--reason", "x"], /--for is missing/],
  [
    "a time that is none",
    ["access-key-created", "--for", "soon", "--reason", "x"],
    /--for soon is no time such as 30m or 4h/,
  ],
  ["two days", ["access-key-created", "--for", "2d", "--reason", "x"], /--for is 24h at most/],
  ["no reason", ["access-key-created", "--for", "4h"], /--reason is missing/],
  ["the mail's dots as a reason", ["access-key-created", "--for", "4h", "--reason", "..."], /--reason still says/],
  ["a reason of two lines", ["access-key-created", "--for", "4h", "--reason", "a\nb"], /--reason is one line/],
  [
    "a session",
    ["access-key-created", "--actor", `arn:aws:sts::${ACCOUNT}:assumed-role/deploy/x`, ...GOOD],
    /is a session: give the role's ARN, arn:aws:iam::ACCOUNT:role\/deploy/,
  ],
  [
    "a name as the mail says it",
    ["access-key-created", "--actor", "alice@example.com", ...GOOD],
    /--actor "alice@example\.com" would quiet nobody: it is the caller in full, for instance arn:aws:iam::ACCOUNT:user\/alice@example\.com; copy it from the row Quiet of the mail/,
  ],
  [
    "a part of an ARN",
    ["access-key-created", "--actor", "role/deploy-ci", ...GOOD],
    /for instance arn:aws:iam::ACCOUNT:role\/deploy-ci; copy/,
  ],
  [
    "no ARN of a caller",
    ["access-key-created", "--actor", `arn:aws:iam::${ACCOUNT}:group/ops`, ...GOOD],
    /quiet nobody/,
  ],
  [
    "everybody as a caller",
    ["access-key-created", "--actor", "*", ...GOOD],
    /--actor takes no wildcards: .*leave it out/,
  ],
  [
    "many callers",
    ["access-key-created", "--actor", `arn:aws:iam::${ACCOUNT}:role/deploy-*`, ...GOOD],
    /--actor takes no wildcards/,
  ],
  ["an account that is none", ["access-key-created", "--account", "prod", ...GOOD], /--account is twelve digits/],
  ["an account for a list", ["--list", "--account", ACCOUNT], /--account go with INCIDENT-OR-RULE/],
  ["a mute's id that is none", ["--end", "x"], /--end takes the id of a mute/],
])("a command line with %s is refused", async (_, args, says) => {
  const { code, stdout, stderr } = await command("mute", ...args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toMatch(says);
});

/** Callers of each kind, from where they call, and the key by which incidents know them. */
const CALLERS: readonly (readonly [key: string, userIdentity: object, from?: string])[] = [
  [`arn:aws:iam::${ACCOUNT}:user/team/mary@example.com`, { type: "IAMUser" }],
  [`arn:aws-cn:iam::${ACCOUNT}:role/ci/deploy`, { type: "AssumedRole" }],
  [`arn:aws:iam::${ACCOUNT}:root`, { type: "FederatedUser" }],
  ["AROAEXAMPLEID000000001", { type: "AssumedRole", principalId: "AROAEXAMPLEID000000001:build" }],
  [`root of ${ACCOUNT}`, { type: "Root", accountId: ACCOUNT }],
  [ACCOUNT, { type: "FederatedUser", principalId: `${ACCOUNT}:mary` }],
  ["AIDACKCEVSQ6C2EXAMPLE", { type: "AWSAccount", principalId: "AIDACKCEVSQ6C2EXAMPLE" }],
  ["SampleQualifier:mary", { type: "SAMLUser", principalId: "SampleQualifier:mary" }],
  [
    "accounts.google.com:app.example:104",
    { type: "WebIdentityUser", principalId: "accounts.google.com:app.example:104" },
  ],
  [
    "f12bb510-a011-702f-10dd-5607e2776000",
    { type: "IdentityCenterUser", onBehalfOf: { userId: "f12bb510-a011-702f-10dd-5607e2776000" } },
  ],
  ["192.0.2.44", { type: "AWSAccount", principalId: "", accountId: "ANONYMOUS_PRINCIPAL" }, "192.0.2.44"],
  ["2001:db8::7", { type: "Unknown" }, "2001:db8::7"],
  ["lambda.amazonaws.com", { type: "AWSService", invokedBy: "lambda.amazonaws.com" }, "lambda.amazonaws.com"],
  ["AWS Internal", { type: "AWSService" }, "AWS Internal"],
];

/** The caller in a command that a mail's row Quiet has, as a shell reads it. */
function actorIn(command: string): string | undefined {
  const asked = command.replace(/^npm run mute --/, "printf '%s\\n'");
  const words = execFileSync("sh", ["-c", asked], { encoding: "utf8" }).split("\n");
  return words[1] === "--actor" ? words[2] : undefined;
}

test("every caller is taken as a mail's row Quiet has it", async () => {
  const mails: string[] = [readFileSync("test/mails/__snapshots__/mails.test.ts.snap", "utf8")];
  for (const [key, more, from] of CALLERS) {
    const isArn = key.startsWith("arn:");
    const userIdentity = { ...more, ...(isArn && { arn: key, sessionContext: { sessionIssuer: { arn: key } } }) };
    const called = record({ userIdentity, sourceIPAddress: from });
    const { alerts } = await alertsOf([called], { rules: [everyCall("high")] });
    expect(JSON.parse(alerts[0]?.json ?? "").actor).toBe(key);
    mails.push(alerts[0]?.email ?? "");
  }
  const quieted = mails.flatMap((mail) => mail.match(/npm run mute -- .*/g) ?? []).flatMap((row) => actorIn(row) ?? []);
  // A shell takes what has a space for two words, so that the row has the incident's id.
  const all = CALLERS.map(([key]) => key);
  expect(quieted).toEqual(expect.arrayContaining(all.filter((key) => !key.includes(" "))));
  for (const actor of new Set([...quieted, ...all])) {
    const { stderr } = await command("mute", "access-key-created", "--actor", actor);
    // What is wrong with a caller is said first.
    expect({ actor, stderr }).toEqual({ actor, stderr: expect.stringContaining("--for is missing") });
  }
});
