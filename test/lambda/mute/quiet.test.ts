import { execFileSync } from "node:child_process";
import type { Alert } from "../../../lambda/core/alert/alert.ts";
import { muteCommand } from "../../../lambda/core/alert/quiet.ts";
import { alertsOf, everyCall } from "../../support/desk-pipeline.ts";
import { HOSTILE } from "../../support/hostile.ts";
import { ACCOUNT, logKey, record } from "../../support/log-files.ts";
import { sampled } from "../../support/runs.ts";

/** Texts that try to be more than one word of a command. */
const OF_SHELLS = [
  "$(touch owned)",
  "`touch owned`",
  "x; touch owned",
  "x && touch owned #",
  "x | sh",
  "x > owned",
  "a'b",
  'a"b',
  "a\\nb",
  "~root",
  "*",
  "{a,b}",
  "!!",
  "%PATH%",
  "$HOME",
  "--end",
  "-rf",
  "x --for 24h",
  "x\ttab",
  "",
];

const alice = { type: "IAMUser", arn: `arn:aws:iam::${ACCOUNT}:user/alice`, accountId: ACCOUNT };
const HIGH = everyCall("high");

const WHERE = /(?:\n {9}\((?:npm run: to be typed|docs\/tuning\.md lies) in the Trailbell checkout.*\))+$/;
const ONCE_SURE = /^only once you know that it was meant:\n {9}/;
const quietOf = ({ email }: Alert) =>
  /\nQuiet {4}(.*(?:\n {9}.*)*)\n$/.exec(email)?.[1]?.replace(WHERE, "").replace(ONCE_SURE, "");
const quietIn = async (...args: Parameters<typeof alertsOf>) => (await alertsOf(...args)).alerts.map(quietOf);

/** The words that a shell makes of a command. */
function wordsOf(command: string): readonly string[] {
  const asked = command.replace(/^npm run mute --/, "printf '%s\\n'");
  return execFileSync("sh", ["-c", asked], { encoding: "utf8" }).trimEnd().split("\n");
}

const ENDS = ["--for", "4h", "--reason", "..."];

test("a mail's last line quiets its rule for its caller, as one shell word each", async () => {
  for (const arn of [alice.arn, `arn:aws:iam::${ACCOUNT}:user/team/mary.smith@example.com`]) {
    const [quiet = ""] = await quietIn([record({ userIdentity: { ...alice, arn } })], { rules: [HIGH] });
    expect(wordsOf(quiet)).toEqual(["every-call", "--actor", arn, ...ENDS]);
    // No mail program makes a link of it.
    expect(quiet).not.toMatch(/smith\.|example\.com/);
  }
});

test.each(sampled([...HOSTILE, ...OF_SHELLS]).map((text) => [text.slice(0, 40), text]))(
  "a caller of the name %j can put nothing into the command: the incident is quieted by its id",
  async (_, text) => {
    for (const userIdentity of [
      { type: "IAMUser", arn: text, userName: text, accountId: ACCOUNT },
      { type: "IAMUser", arn: `${alice.arn}${text}`, userName: text, accountId: ACCOUNT },
      { type: "AssumedRole", sessionContext: { sessionIssuer: { arn: `${alice.arn}/${text}`, userName: text } } },
      { type: "Unknown", principalId: text },
    ]) {
      const [quiet = ""] = await quietIn([record({ userIdentity, sourceIPAddress: text })], { rules: [HIGH] });
      const words = wordsOf(quiet);
      expect(words.slice(-4)).toEqual(ENDS);
      expect(words.length === 5 ? words[0] : words.slice(0, 2)).toEqual(
        words.length === 5 ? expect.stringMatching(/^[0-9a-f]{8}$/) : ["every-call", "--actor"],
      );
      expect(quiet).toMatch(/^npm run mute -- [\w:/.'-]+(?: --actor [\w+=,.@:/'-]+)? --for 4h --reason "\.\.\."$/);
    }
  },
);

test.each(OF_SHELLS)("no command is made with a rule or a caller called %j", (text) => {
  expect(muteCommand({ subject: text })).toBeUndefined();
  expect(muteCommand({ subject: "rule", actor: text })).toBeUndefined();
});

test("several rules, and callers who share an incident, are quieted by its id", async () => {
  const incidentOf = ({ json }: Alert) => JSON.parse(json).incident.slice(0, 8);
  for (const rules of [
    [HIGH, { ...everyCall("medium"), name: "another" }],
    [everyCall("high", { group: { by: ["sourceIPAddress"] } })],
  ]) {
    const [alert] = (await alertsOf([record()], { rules })).alerts;
    expect(alert && quietOf(alert)).toBe(`npm run mute -- ${alert && incidentOf(alert)} --for 4h --reason "..."`);
  }
});

test("what is critical is not quieted; what rings beside it is", async () => {
  const always =
    'What is critical always rings. If this is daily work, give the rule an exception (docs/tuning.md, "Quiet what is no news").';
  expect(await quietIn([record()], { rules: [everyCall("critical")] })).toEqual([always]);
  const another = { ...everyCall("high"), name: "another" };
  // On the same record it is told with what is critical, whatever is muted.
  expect(await quietIn([record()], { rules: [everyCall("critical"), another] })).toEqual([always]);
  const rules = [everyCall("critical", { calls: ["iam:CreateAccessKey"] }), { ...another, calls: ["iam:CreateUser"] }];
  expect(await quietIn([record(), record({ eventName: "CreateUser" })], { rules })).toEqual([
    expect.stringMatching(
      /^What is critical always rings\. .* To quiet the rest, only once you know that it was meant:\n {9}npm run mute -- [0-9a-f]{8} --for 4h --reason "\.\.\."$/,
    ),
  ]);
});

test("what watches the alerter, and what somebody may have made up, has no such line", async () => {
  expect(await quietIn([record()], { rules: [everyCall("high", { isAboutSelf: true })] })).toEqual([undefined]);
  const key = logKey("forged").replaceAll(ACCOUNT, "999999999999");
  expect(await quietIn([record()], { rules: [HIGH], key })).toEqual([undefined]);
});
