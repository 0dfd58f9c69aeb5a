import { command } from "../support/command.ts";
import { ACCOUNT } from "../support/log-files.ts";

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
  ["an account that is none", ["access-key-created", "--account", "prod", ...GOOD], /--account is twelve digits/],
  ["an account for a list", ["--list", "--account", ACCOUNT], /--account go with INCIDENT-OR-RULE/],
  ["a mute's id that is none", ["--end", "x"], /--end takes the id of a mute/],
])("a command line with %s is refused", async (_, args, says) => {
  const { code, stdout, stderr } = await command("mute", ...args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toMatch(says);
});
