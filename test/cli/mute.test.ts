import { commandAt, commandProcess } from "../support/command.ts";
import { alertIn, deployedSuite, keyCreated, userIdentityOf } from "../support/deployed-suite.ts";
import type { LocalRequest } from "../support/local-aws.ts";
import { CAROL, LocalMuteRole, MUTE_ROLE } from "../support/local-mute-role.ts";
import { ACCOUNT, record } from "../support/log-files.ts";
import { first, thoroughTest } from "../support/runs.ts";

const suite = await deployedSuite();
const ALICE = `arn:aws:iam::${ACCOUNT}:user/alice`;
const HOUR = 3_600_000;

let role: LocalMuteRole;
beforeEach(async () => {
  role = new LocalMuteRole(suite.healthTopicArn);
  role.outputs = { MuteRole: MUTE_ROLE, Table: suite.tableName, AlertTopic: suite.alertTopicArn };
  suite.aws.deliveryPath = role;
});

Object.assign(process.env, {
  AWS_ENDPOINT_URL: suite.aws.clientConfig.endpoint,
  AWS_REGION: "us-east-1",
  AWS_ACCESS_KEY_ID: "local",
  AWS_SECRET_ACCESS_KEY: "local",
});

/** Runs the command at the functions' time, or with a clock that is ahead of it. */
async function mute(args: readonly string[], ahead = 0) {
  role.now = await suite.functions.now();
  return commandAt(new Date(role.now + ahead).toISOString(), "mute", args);
}

/** The same in a process of its own, for several at once. */
async function muteBeside(args: readonly string[]) {
  role.now = await suite.functions.now();
  return commandProcess("mute", args, {
    CLOCK_AT: new Date(role.now).toISOString(),
    NODE_OPTIONS: `--import=${process.cwd()}/test/support/clock.mjs`,
  });
}

const ALICES = ["access-key-created", "--actor", ALICE, "--for", "4h", "--reason", "keys are rotated"];
const subjects = () => suite.taken(suite.alertTopicArn).map(({ fields }) => fields.Subject ?? "");
const idIn = ({ stdout }: { readonly stdout: string }) => /--end ([0-9a-f]{8})/.exec(stdout)?.[1] ?? "";
const isLedger = ({ target }: LocalRequest) => target.startsWith("DynamoDB_");
const trailStopped = (caller: string) =>
  record({
    eventSource: "cloudtrail.amazonaws.com",
    eventName: "StopLogging",
    requestParameters: { name: "main" },
    userIdentity: userIdentityOf(caller),
  });

test("a muted high alert stays out, a critical of the same incident rings, and the mute ends by itself", async () => {
  const made = await mute(ALICES);
  expect(made).toMatchObject({ code: 0, stderr: "" });
  expect(made.stdout).toMatch(/^Muted until 2026-11-21 01:\d\d UTC: access-key-created by arn:.*alice\n/);
  expect(role.assumed).toEqual([{ role: MUTE_ROLE, session: "mute-carol" }]);
  const { result: counts = {} } = await suite.deliver("one", keyCreated("alice"), keyCreated("alice"));
  expect(counts).toMatchObject({ objects: 1, failed: 0, alerts: 0 });
  await suite.minutes(1);
  expect(subjects()).toEqual([expect.stringMatching(/^\[MUTED\] access-key-created by alice until 2026-11-21 01:/)]);
  await suite.deliver("two", trailStopped("alice"));
  await suite.deliver("three", keyCreated("bob"));
  expect(subjects().slice(1)).toEqual([
    expect.stringMatching(/^\[CRITICAL\] CloudTrail stopped by alice/),
    expect.stringMatching(/^\[HIGH\] Access key created by bob/),
  ]);
  const { stdout } = await mute(["--list"]);
  expect(stdout).toMatch(/^[0-9a-f]{8} {2}until 2026-11-21 01:\d\d UTC {2}access-key-created by arn:.*alice\n/);
  expect(stdout).toContain(`2 matches muted; by ${CAROL}: keys are rotated\n`);
  await suite.functions.advance(4 * HOUR);
  await suite.minutes(2);
  expect(subjects().at(-1)).toBe("[MUTE ENDED] access-key-created by alice: 2 matches muted");
  expect((await mute(["--list"])).stdout).toBe("Nothing is muted.\n");
  await suite.deliver("four", keyCreated("alice"));
  await suite.minutes(6);
  expect(subjects().at(-1)).toMatch(/^\[HIGH\] Follow-up: Access key created by alice/);
});

test("a mute ends by command, and its announcements say by whom, for people and for machines", async () => {
  const id = idIn(await mute(ALICES));
  await suite.minutes(1);
  expect(await mute(["--end", `#${id}`])).toMatchObject({ code: 0, stdout: expect.stringContaining(`Ended ${id}: `) });
  await suite.minutes(2);
  const told = suite.taken(suite.alertTopicArn);
  expect(told.map(alertIn)).toMatchObject([
    { schema: "trailbell.mute/1", tells: "began", mute: id, rule: "access-key-created", actor: ALICE, by: CAROL },
    { schema: "trailbell.mute/1", tells: "ended", mute: id, endedBy: CAROL, matches: {} },
  ]);
  await suite.deliver("after", keyCreated("alice"));
  expect(subjects().at(-1)).toMatch(/^\[HIGH\] Access key created by alice/);
  expect(await mute(["--end", id])).toMatchObject({
    code: 1,
    stderr: `there is no mute ${id}: npm run mute -- --list\n`,
  });
});

test("what the last line of a mail says does what it says", async () => {
  await suite.deliver("one", keyCreated("alice"));
  const [mail] = suite
    .taken(suite.alertTopicArn)
    .map(({ fields }) => JSON.parse(fields.Message ?? "{}").email as string);
  const [, line = ""] = /\nQuiet {4}.*\n {9}npm run mute -- (.*)\n/.exec(mail ?? "") ?? [];
  const words = line.replace('"..."', "rotation").split(" ");
  expect(words).toEqual(["access-key-created", "--actor", ALICE, "--for", "4h", "--reason", "rotation"]);
  expect(await mute(words)).toMatchObject({ code: 0 });
  await suite.functions.advance(HOUR);
  expect((await suite.deliver("two", keyCreated("alice"))).result).toMatchObject({ muted: 1 });
});

thoroughTest("two people at once, a throttled table and lost answers: each mute is there once", async () => {
  let asked = 0;
  suite.aws.refuse = (request) => {
    if (!isLedger(request) || asked > 12) return undefined;
    asked++;
    if (asked % 3 === 1) return { status: 400, code: "ProvisionedThroughputExceededException" };
    return asked % 3 === 2 && request.target.endsWith("PutItem") ? "lost" : undefined;
  };
  const made = await Promise.all([1, 2, 3].map(() => muteBeside(ALICES)));
  suite.aws.refuse = () => undefined;
  expect(made.map(({ code, stderr }) => (code === 0 ? code : stderr))).toEqual([0, 0, 0]);
  const listed = JSON.parse((await mute(["--list", "--json"])).stdout);
  expect(listed.mutes.map(({ id }: { id: string }) => id).sort()).toEqual(made.map(idIn).sort());
  expect(listed.unreadable).toBe(0);
});

thoroughTest(
  "while the table is throttled nobody knows of mutes: what is high rings, and comes again under the mute",
  async () => {
    await mute(ALICES);
    suite.aws.refuse = (request) =>
      isLedger(request) ? { status: 400, code: "ProvisionedThroughputExceededException" } : undefined;
    const one = keyCreated("alice");
    await suite.deliver("one", one);
    suite.aws.refuse = () => undefined;
    expect(suite.told()).toMatchObject([{ mayRepeat: true, rules: [{ name: "access-key-created" }] }]);
    // Lambda tries again what failed.
    expect((await suite.deliver("one", one)).error).toBeUndefined();
    await suite.minutes(10);
    expect(suite.told().filter(({ mayRepeat }) => mayRepeat === false)).toEqual([]);
  },
);

thoroughTest("two functions at once swallow each match once, and the numbers reconcile", async () => {
  await mute(["access-key-created", "--for", "4h", "--reason", "load test"]);
  const files = Array.from({ length: 8 }, (_, i) => [keyCreated(`caller-${i % 3}`), keyCreated("alice")]);
  const done = await Promise.all(files.map((records, i) => suite.deliver(`file-${i}`, ...records)));
  for (const { result = {} } of done) {
    const {
      matches,
      listed,
      counted,
      pending,
      held,
      belowThreshold,
      duplicates,
      toldElsewhere,
      excepted,
      muted,
      unrecorded,
    } = result as { [count: string]: number };
    const parts = [
      listed,
      counted,
      pending,
      held,
      belowThreshold,
      duplicates,
      toldElsewhere,
      excepted,
      muted,
      unrecorded,
    ];
    expect(parts.reduce((sum = 0, part = 0) => sum + part, 0)).toBe(matches);
  }
  await suite.minutes(1);
  const { mutes } = JSON.parse((await mute(["--list", "--json"])).stdout);
  expect(mutes).toMatchObject([{ matches: 16 }]);
});

thoroughTest("a laptop whose clock is wrong mutes by AWS's", async () => {
  for (const ahead of [2 * HOUR, -3 * 24 * HOUR]) {
    const { stdout } = await mute(ALICES, ahead);
    const listed = JSON.parse((await mute(["--list", "--json"])).stdout);
    expect(stdout).toMatch(/^Muted until 2026-11-21 01:/);
    expect(listed.unreadable).toBe(0);
  }
});

test.each(
  first<[string, (one: LocalMuteRole) => unknown, readonly string[], RegExp]>(1, [
    [
      "a role that may not be assumed",
      (one) => Object.assign(one, { isRefused: true }),
      ["--list"],
      /^you may not assume arn:.*MuteRole \(AccessDenied: .*sts:AssumeRole/,
    ],
    [
      "a stack of an earlier version",
      (one) => Object.assign(one, { outputs: { Table: "x" } }),
      ["--list"],
      /has no role for mutes: deploy this version first/,
    ],
    ["no such stack", () => undefined, ["--list", "--stack", "Nope"], /^there is no stack Nope in us-east-1/],
  ]),
)("%s is said, with what to do", async (_, spoil, args, says) => {
  spoil(role);
  const { code, stdout, stderr } = await mute(args);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toMatch(says);
});
