import { execFileSync, spawnSync } from "node:child_process";
import { commandsFrom, guarded } from "../../../lambda/core/alert/response/commands.ts";
import { lockOutOf } from "../../../lambda/core/alert/response/lock-out.ts";
import type { Rule } from "../../../lambda/core/rules/rule.ts";
import { everyCall, testDesk } from "../../support/desk-pipeline.ts";
import { loadedRules } from "../../support/loaded-rules.ts";
import { ACCOUNT, logKey, record } from "../../support/log-files.ts";

const DELETE = "aws iam delete-login-profile --user-name {requestParameters.userName}";

test.each([
  ["bob", "aws iam delete-login-profile --user-name bob"],
  ["bob@example-corp", "aws iam delete-login-profile --user-name bob@example-corp"],
  ["a+b=c,d.1_e-f", "aws iam delete-login-profile --user-name a+b=c,d.1_e-f"],
  // No mail program makes a link of it, and the shell takes the quotes away.
  ["alice.smith", "aws iam delete-login-profile --user-name alice'.'smith"],
  ["alice@example.com", "aws iam delete-login-profile --user-name alice@example'.'com"],
  ["_ci", "aws iam delete-login-profile --user-name _ci"],
  ["/aws/lambda/web", "aws iam delete-login-profile --user-name /aws/lambda/web"],
])("the name %p is filled in", (userName, filled) => {
  expect(commandsFrom([DELETE], { requestParameters: { userName } })).toEqual({ filled: [filled], left: 0 });
});

test.each([
  "bob; rm -rf /",
  "bob && curl example",
  "bob|sh",
  "$(id)",
  "`id`",
  "$HOME",
  "bob bob",
  "bob\nrm",
  "'bob'",
  '"bob"',
  "--debug",
  "-rf",
  "~root",
  "=ls",
  "bob*",
  "bob?",
  "{a,b}",
  "bob\\",
  "bob#",
  "bob\u202ebob",
  "b\u0430b",
  "HIDDEN_DUE_TO_SECURITY_REASONS",
  "https://evil",
  "//evil",
  "/-rf",
  "",
  "x".repeat(300),
])("%p is no plain name, so its command is left out", (userName) => {
  expect(commandsFrom([DELETE], { requestParameters: { userName } })).toEqual({ filled: [], left: 1 });
});

test.each([
  ["nothing", {}],
  ["null", { requestParameters: { userName: null } }],
  ["parameters that are a text", { requestParameters: "bob" }],
])("a record that has %s there has no such command", (_, one) => {
  expect(commandsFrom([DELETE], one)).toEqual({ filled: [], left: 0 });
});

test("several values, broken numbers and credentials are no names", () => {
  const several = { requestParameters: { userName: ["bob", "carl"] } };
  expect(commandsFrom([DELETE], several)).toEqual({ filled: [], left: 1 });
  for (const userName of [-7, 1.5, 2 ** 60, Number.NaN]) {
    expect(commandsFrom([DELETE], { requestParameters: { userName } })).toEqual({ filled: [], left: 1 });
  }
  const entry = { requestParameters: { userName: 100 } };
  expect(commandsFrom([DELETE], entry).filled).toEqual(["aws iam delete-login-profile --user-name 100"]);
  const secret = commandsFrom(["aws x {requestParameters.password}"], { requestParameters: { password: "hunter2" } });
  expect(secret).toEqual({ filled: [], left: 1 });
});

/** What the mail has to undo calls, in the account that was called. */
const undone = (...lines: readonly string[]) =>
  `\nUndo     ${["then, if it was not meant:", ...guarded(ACCOUNT, lines)].join(`\n${" ".repeat(9)}`)}\n`;

const TAKEN_BACK = { ...everyCall("high"), do: "Take it back.", commands: [DELETE] };

const mailOf = async (one: { readonly [field: string]: unknown }, rules: readonly Rule[] = [TAKEN_BACK]) => {
  const desk = testDesk(rules);
  await desk.deliver([record(one)]);
  return { email: desk.alerts[0]?.email ?? "", rules: JSON.parse(desk.alerts[0]?.json ?? "{}").rules };
};

test("the mail says what to type below what to do, and machines get it too", async () => {
  const { email, rules } = await mailOf({ requestParameters: { userName: "bob" } });
  expect(email).toContain(undone("aws iam delete-login-profile --user-name bob"));
  expect(rules[0].commands).toEqual(["aws iam delete-login-profile --user-name bob"]);
});

test("the mail says where a name is none", async () => {
  const { email, rules } = await mailOf({ requestParameters: { userName: "bob; reboot" } });
  expect(email).toContain("\nUndo     one command left out: the record has no plain name for it\n");
  expect(rules[0].commands).toEqual([]);
});

test("what was refused is not to be undone", async () => {
  const { email } = await mailOf({ requestParameters: { userName: "bob" }, errorCode: "AccessDenied" });
  expect(email).not.toContain("Undo ");
});

test("the mail names the command that shows all else that the key did", async () => {
  const userIdentity = { type: "IAMUser", userName: "alice", accessKeyId: "AKIAIOSFODNN7EXAMPLE" };
  const { email } = await mailOf({ userIdentity });
  expect(email).toMatch(
    /^Look {5}with credentials of 111122223333; others show another account:\n {9}aws cloudtrail lookup-events .*AttributeValue=AKIAIOSFODNN7EXAMPLE --region us-east-1 --max-items 50 \\$/m,
  );
  const hostile = await mailOf({ userIdentity: { ...userIdentity, accessKeyId: "AKIA; reboot" } });
  expect(hostile.email).not.toContain("Look ");
});

test("a rule's own look-up is told like that of the caller's key, and once where both are the same", async () => {
  const pack = loadedRules("rules").map(({ rule }) => rule);
  const rules = pack.filter(({ name }) => name === "access-key-created");
  const looks = ({ email }: { readonly email: string }) =>
    Array.from(
      email.matchAll(
        /^[\w ]{9}aws cloudtrail lookup-events .*AttributeValue=(\w+) --region us-east-1 --max-items 50 \\\n {11}--query 'Events\[\]\.\[EventTime,EventName,Resources\[0\]\.ResourceName\]' --output text$/gm,
      ),
      ([, key]) => key,
    );
  const made = (accessKeyId: string) => ({
    userIdentity: { type: "IAMUser", userName: "alice", accessKeyId: "AKIAIOSFODNN7EXAMPLE" },
    responseElements: { accessKey: { userName: "bob", accessKeyId } },
  });
  expect(rules).toHaveLength(1);
  const [other, own] = ["AKIAI44QH8DHBEXAMPLE", "AKIAIOSFODNN7EXAMPLE"];
  expect(looks(await mailOf(made(other), rules))).toEqual([other, own]);
  expect(looks(await mailOf(made(own), rules))).toEqual([own]);
});

test("the shipped rules call it locking out, as the mail's row does", () => {
  const other =
    /(?:revoke|deactivate|take) (?:away )?(?:their|its|the caller's) (?:credentials|rights)|take (?:their|its) credentials/i;
  const texts = loadedRules("rules").map(({ rule }) => ({ name: rule.name, do: rule.do ?? "" }));
  expect(texts.filter((one) => other.test(one.do))).toEqual([]);
  expect(texts.filter((one) => /\block (?:them|it|the caller) out\b/i.test(one.do)).length).toBeGreaterThan(50);
});

test("the shipped rules look calls up as the mail does", () => {
  const commands = loadedRules("rules").flatMap(({ rule }) => rule.commands ?? []);
  const lookUps = commands.filter((command) => /AttributeKey=(?:Username|AccessKeyId),/.test(command));
  expect(lookUps.length).toBeGreaterThan(3);
  for (const command of lookUps) {
    expect(command).toMatch(
      / --region \{awsRegion\} --max-items 50 --query 'Events\[\]\.\[EventTime,EventName,Resources\[0\]\.ResourceName\]' --output text$/,
    );
  }
});

/** What the shell makes of the document: the time is when the command is typed. */
const REFUSAL = ["--policy-name", "RevokeOlderSessions", "--policy-document"];
const DOCUMENT = {
  Version: "2012-10-17",
  Statement: {
    Effect: "Deny",
    Action: "*",
    Resource: "*",
    Condition: { DateLessThan: { "aws:TokenIssueTime": "NOW" } },
  },
};

/** What the commands print in a shell with credentials of an account; one of them may fail, each may tell its words. */
function printed(lines: readonly string[], account = ACCOUNT, failing = "none", telling = ":"): string {
  const aws = `aws() { if [ "$1" = sts ]; then echo ${account}; return; fi; ${telling}; [ "$2" != ${failing} ]; }`;
  const script = `date() { printf NOW; }\n${aws}\n${lines.join("\n")}\ntrue`;
  return execFileSync("/bin/sh", ["-c", script], { encoding: "utf8" });
}

/** The words that the shell gives to `aws`, for each command. */
function typed(lines: readonly string[], account = ACCOUNT, failing = "none"): readonly (readonly string[])[] {
  return printed(lines, account, failing, `printf '%s\\0' "$@"; printf '\\1'`)
    .replaceAll(/[\w.-]+ denied\n/g, "")
    .split("\u0001")
    .slice(0, -1)
    .map((call) => call.split("\0").slice(0, -1));
}

/** What the mail has against a caller. */
const against = (userIdentity: object) => guarded(ACCOUNT, lockOutOf(record({ userIdentity }))?.commands ?? [], true);

const OWN = { accountId: ACCOUNT };
const keyOf = (userName: string, partition = "aws") => ({
  ...{ ...OWN, type: "IAMUser", userName, accessKeyId: "AKIAIOSFODNN7EXAMPLE" },
  arn: `arn:${partition}:iam::${ACCOUNT}:user/${userName}`,
});
const ROLE = { ...OWN, type: "AssumedRole", accessKeyId: "ASIAIOSFODNN7EXAMPLE" };
const issuer = (path: string, userName = "deploy", kind = "role", account = "111122223333") => ({
  sessionContext: { sessionIssuer: { arn: `arn:aws:iam::${account}:${kind}${path}${userName}`, userName } },
});

test.each<readonly [string, object, readonly string[]]>([
  [
    "a long-term key",
    keyOf("alice.smith"),
    [
      "iam attach-user-policy --user-name alice.smith --policy-arn arn:aws:iam::aws:policy/AWSDenyAll",
      "iam update-access-key --user-name alice.smith --access-key-id AKIAIOSFODNN7EXAMPLE --status Inactive",
    ],
  ],
  [
    "a user's session",
    { ...keyOf("alice", "aws-us-gov"), accessKeyId: "ASIAIOSFODNN7EXAMPLE" },
    ["iam attach-user-policy --user-name alice --policy-arn arn:aws-us-gov:iam::aws:policy/AWSDenyAll"],
  ],
  [
    "a user on a path who signed in in China",
    { ...OWN, type: "IAMUser", userName: "bob", arn: `arn:aws-cn:iam::${ACCOUNT}:user/team/ops/bob` },
    ["iam attach-user-policy --user-name bob --policy-arn arn:aws-cn:iam::aws:policy/AWSDenyAll"],
  ],
  [
    "a federated session, by its user",
    {
      ...{ ...OWN, type: "FederatedUser", arn: `arn:aws:sts::${ACCOUNT}:federated-user/for-carl` },
      ...issuer("/", "alice", "user"),
    },
    ["iam attach-user-policy --user-name alice --policy-arn arn:aws:iam::aws:policy/AWSDenyAll"],
  ],
  ["a role", { ...ROLE, ...issuer("/path/") }, ["iam put-role-policy --role-name deploy"]],
])("what takes the credentials of %s away", (_, userIdentity, commands) => {
  const found = against(userIdentity);
  for (const line of found) expect(line.length).toBeLessThan(170);
  const words = typed(found).map((all) => (all.includes("--policy-document") ? all.slice(0, -4) : all).join(" "));
  expect(words).toEqual(commands);
  for (const all of typed(found).filter((one) => one.includes("--policy-document"))) {
    expect(all.slice(-4, -1)).toEqual(REFUSAL);
    expect(JSON.parse(all.at(-1) ?? "")).toEqual(DOCUMENT);
  }
});

test("with the credentials of another account nothing is typed, and the shell says so and goes on", () => {
  for (const userIdentity of [{ ...ROLE, ...issuer("/") }, keyOf("alice")]) {
    const lines = against(userIdentity);
    expect(typed(lines).length).toBeGreaterThan(0);
    expect(printed([...lines, "echo next"], "999999999999")).toBe(`not ${ACCOUNT}: nothing done\nnext\n`);
  }
});

/** What a shell of the management account of an organization does with what is typed against root. */
function againstRoot(accessKeyId: string, management = "999999999999", known = true, made = "echo p-1") {
  const userIdentity = { ...OWN, type: "Root", arn: `arn:aws-us-gov:iam::${ACCOUNT}:root`, accessKeyId };
  const { byHand = [], commands = [], back = [], backElsewhere = [] } = lockOutOf(record({ userIdentity })) ?? {};
  expect([commands, back]).toEqual([[], []]);
  const aws = `aws() { case "$2" in describe-organization) echo ${management};; describe-account) ${known};; create-policy) ${made};; list-policies) echo p-2;; esac; }`;
  const recorded = `aws() { printf '%s\\0' "$@" >&2; printf '\\1' >&2; ask "$@"; }`;
  const paste = (lines: readonly string[]) => {
    const script = [aws.replace("aws()", "ask()"), recorded, ...lines].join("\n");
    const { stdout, stderr } = spawnSync("/bin/sh", ["-c", script], { encoding: "utf8" });
    const calls = stderr.split("\u0001").slice(0, -1);
    return { stdout, calls: calls.map((call) => call.split("\0").slice(0, -1)) };
  };
  return { byHand, ...paste(byHand), taken: paste(backElsewhere).calls };
}

test("root of a member account is denied everything by a policy of the organization, but for sessions of the management account", () => {
  const { stdout, calls } = againstRoot("ASIAIOSFODNN7EXAMPLE");
  expect(calls.map(([, call]) => call)).toEqual([
    "describe-organization",
    "describe-account",
    "create-policy",
    "attach-policy",
  ]);
  expect(JSON.parse(calls[2]?.at(-1) ?? "")).toEqual({
    Version: "2012-10-17",
    Statement: {
      ...{ Effect: "Deny", Action: "*", Resource: "*" },
      Condition: {
        ArnEquals: { "aws:PrincipalArn": `arn:aws-us-gov:iam::${ACCOUNT}:root` },
        Null: { "aws:AssumedRoot": "true" },
      },
    },
  });
  expect(calls[3]?.slice(2)).toEqual(["--policy-id", "p-1", "--target-id", ACCOUNT]);
  expect(stdout).toBe(`root of ${ACCOUNT} denied by p-1\n`);
});

test("a second try against root attaches the policy that the first one made, and what takes it back finds it", () => {
  const { stdout, calls, taken } = againstRoot("ASIAIOSFODNN7EXAMPLE", "999999999999", true, "return 1");
  expect(calls.slice(2).map(([, call]) => call)).toEqual(["create-policy", "list-policies", "attach-policy"]);
  expect(calls[3]).toContain(`Policies[?Name=='${calls[2]?.[5]}'].Id`);
  expect(calls[4]?.slice(2)).toEqual(["--policy-id", "p-2", "--target-id", ACCOUNT]);
  expect(stdout).toBe(`root of ${ACCOUNT} denied by p-2\n`);
  expect(taken).toEqual([
    calls[3],
    ["organizations", "detach-policy", "--policy-id", "p-2", "--target-id", ACCOUNT],
    ["organizations", "delete-policy", "--policy-id", "p-2"],
  ]);
});

test("nothing is made against root of the management account, or in another organization", () => {
  const ofManagement = againstRoot("ASIAIOSFODNN7EXAMPLE", ACCOUNT);
  expect(ofManagement.calls.map(([, call]) => call)).toEqual(["describe-organization"]);
  expect(ofManagement.stdout).toBe(`${ACCOUNT} is the management account: no policy stops its root\n`);
  const other = againstRoot("ASIAIOSFODNN7EXAMPLE", "999999999999", false);
  expect(other.calls.map(([, call]) => call)).toEqual(["describe-organization", "describe-account"]);
});

test("root's key is switched off by root alone", () => {
  const key = "aws iam update-access-key --access-key-id AKIAIOSFODNN7EXAMPLE --status Inactive";
  expect(againstRoot("AKIAIOSFODNN7EXAMPLE").byHand.slice(-2)).toEqual([
    expect.stringMatching(/^# In the management account, .* remove all keys\. In CloudShell, as root:$/),
    key,
  ]);
  expect(againstRoot("ASIAIOSFODNN7EXAMPLE").byHand.join()).not.toContain("update-access-key");
});

test("a user whose policies are full still loses the key", () => {
  const ofKey = against(keyOf("alice"));
  expect(typed(ofKey, ACCOUNT, "attach-user-policy")).toHaveLength(2);
});

test("the commands say that they have worked, and only then", () => {
  for (const userIdentity of [keyOf("alice"), { ...ROLE, ...issuer("/") }]) {
    const lines = against(userIdentity);
    expect(printed(lines)).toMatch(/^(?:alice|role) denied\n$/);
    expect(printed(lines, ACCOUNT, lines[1]?.split(" ")[2])).toBe("");
  }
});

test.each<readonly [string, { readonly [field: string]: unknown }]>([
  ["a service's own role", { userIdentity: { ...ROLE, ...issuer("/aws-service-role/ecs.amazonaws.com/") } }],
  ["a role whose name is none", { userIdentity: { ...ROLE, ...issuer("/", "deploy; rm") } }],
  ["a caller of another account", { userIdentity: { ...ROLE, ...issuer("/"), accountId: "999999999999" } }],
  ["a role of another account", { userIdentity: { ...ROLE, ...issuer("/", "deploy", "role", "999999999999") } }],
  ["a caller whose account is not told", { userIdentity: { ...ROLE, ...issuer("/"), accountId: undefined } }],
  [
    "root in a session that the management account opened",
    { userIdentity: { ...OWN, type: "Root", sessionContext: { assumedRoot: "true" } } },
  ],
  ["a service", { userIdentity: { type: "AWSService", invokedBy: "ec2.amazonaws.com" } }],
  [
    "a stranger who does not know the password",
    {
      ...{ eventType: "AwsConsoleSignIn", eventName: "ConsoleLogin", responseElements: { ConsoleLogin: "Failure" } },
      userIdentity: { ...OWN, type: "IAMUser", userName: "alice" },
    },
  ],
])("there is nothing to type against %s", (_, fields) => {
  expect(lockOutOf(record(fields))).toBeUndefined();
});

test.each([
  ["us-east-1", ""],
  ["eu-central-1", "us-east-1"],
  ["us-gov-east-1", "us-gov-west-1"],
  ["cn-northwest-1", "cn-north-1"],
  ["eusc-de-east-1", ""],
])("calls from %s are looked up there and where those to IAM are", async (awsRegion, home) => {
  const { email } = await mailOf({ userIdentity: keyOf("alice"), awsRegion });
  const asked = typed(lookOf(email)).map((all) => all.slice(0, 6).join(" "));
  expect(asked).toEqual(
    [awsRegion, home].flatMap((region) =>
      region === ""
        ? []
        : [
            `cloudtrail lookup-events --lookup-attributes AttributeKey=Username,AttributeValue=alice --region ${region}`,
          ],
    ),
  );
  const where = home === "" ? "" : `, then in ${home}, which has those to IAM`;
  expect(email).toContain(
    `\n         # the last 50 calls of alice in ${awsRegion}${where}, some minutes late; each region has its own\n`,
  );
});

/** The command of the row that looks. */
function lookOf(email: string): readonly string[] {
  return [...(/\nLook {5}.*\n {9}(.*)\n {9}( {2}--query .*)/.exec(email) ?? [])].slice(1);
}

test("of a call that is known many times the look-up shows the others", async () => {
  const desk = testDesk([everyCall("high")]);
  await desk.deliver(Array.from({ length: 10 }, () => record({ userIdentity: keyOf("alice") })));
  const [{ email } = { email: "" }] = desk.alerts;
  expect(typed(lookOf(email))[0]?.slice(6)).toEqual([
    ...[
      "--max-items",
      "200",
      "--query",
      "Events[?EventName!='CreateAccessKey'].[EventTime,EventName,Resources[0].ResourceName]",
    ],
    ...["--output", "text"],
  ]);
  expect(email).toContain("# the last 200 calls of alice in us-east-1, without CreateAccessKey, some minutes late;");
});

test("the calls of a user who has just signed in are found by the name", async () => {
  const signsIn = { eventSource: "signin.amazonaws.com", eventName: "ConsoleLogin", eventType: "AwsConsoleSignIn" };
  const userIdentity = { ...OWN, type: "IAMUser", userName: "alice" };
  const { email } = await mailOf({ ...signsIn, userIdentity, responseElements: { ConsoleLogin: "Success" } });
  expect(email).toContain("AttributeKey=Username,AttributeValue=alice --region us-east-1 --max-items 50 \\\n");
  expect(email).toContain("# the last 50 calls of alice in us-east-1, some minutes late; each region has its own\n");
});

const SSO_ROLE = "AWSReservedSSO_Data_Admin_0123456789abcdef";
const SSO_PERSON = {
  ...{ ...ROLE, arn: `arn:aws:sts::${ACCOUNT}:assumed-role/${SSO_ROLE}/alice@example.com` },
  ...issuer("/aws-reserved/sso.amazonaws.com/", SSO_ROLE),
};

/** The row that locks out, line by line; what is typed elsewhere is put back from the end of a mail. */
function lockOutIn(email = ""): readonly string[] {
  const linesOf = (label: string) =>
    (new RegExp(`\\n${label}([\\s\\S]*?)\\n(?=\\w|\\n|$)`).exec(email)?.[1] ?? "")
      .split("\n")
      .map((line) => line.trim());
  const [heading = "", ...there] = linesOf("Lock out ");
  const [, ...atTheEnd] = linesOf("In full {2}");
  const here = there.filter((line) => !atTheEnd.includes(line));
  return [heading, ...here.filter((line) => !/ at In full\.$/.test(line)), ...atTheEnd];
}

test("a person of Identity Center cannot be stopped in the account: the mail says so, and where and how they can", async () => {
  const { email } = await mailOf({ userIdentity: SSO_PERSON, requestParameters: { userName: "bob" } });
  const [here, first, noted, ...lines] = lockOutIn(email);
  expect(here).toBe(
    "if alice@example.com denies it or does not answer in 10 minutes: only in IAM Identity Center, in the account and region that run it (often the management account), in this order (IAM lets nobody change this role)",
  );
  expect(first).toMatch(/^# 1\. There, in the console of IAM Identity Center: disable the user /);
  expect(noted).toBe("# 2. There, for 4: note id, assignments and groups of the user");
  expect(lines.at(-2)).toMatch(
    / the inline policy of permission set Data_Admin \(put-inline-policy-to-permission-set .*, then provision-permission-set$/,
  );
  expect(lines.at(-1)).toBe("# 4. There: take away the assignments and groups");
  // IAM lets nobody put a policy on such a role.
  expect(lines.join("\n")).not.toContain("aws iam ");
  // What can be done here comes first.
  expect(email.indexOf("\nUndo ")).toBeGreaterThan(0);
  expect(email).toContain(
    "\nUndo     in this account, if alice@example.com denies it or does not answer in 10 minutes:\n",
  );
  expect(email.indexOf("\nUndo ")).toBeLessThan(email.indexOf("\nLock out "));
});

/** What a shell does that stands in the directory's account, and then in the management account. */
const typedThere = (lines: readonly string[], account = "444455556666", made = "") => {
  const aws = `aws() { case "$2" in get-caller-identity) echo "$THERE";; list-instances) printf 'arn:aws:sso:::instance/i\\td-1\\n';; get-user-id) echo u-9;; create-policy) [ -z "$MADE" ] && echo p-7;; list-policies) echo p-8;; esac; code=$?; printf '%s\\0' "$@" >&2; printf '\\1' >&2; return $code; }`;
  const { stderr } = spawnSync("/bin/bash", ["-c", `${aws}\n${lines.join("\n")}`], {
    encoding: "utf8",
    env: { THERE: account, MADE: made },
  });
  return stderr
    .split("\u0001")
    .slice(0, -1)
    .map((call) => call.split("\0").slice(0, -1));
};

test("what is typed in the directory's account notes what the user has, then denies this user everything", async () => {
  const lines = lockOutIn((await mailOf({ userIdentity: SSO_PERSON })).email);
  const calls = typedThere(lines.slice(1));
  expect(calls.map(([, call]) => call)).toEqual([
    "list-instances",
    "get-user-id",
    "list-account-assignments-for-principal",
    "list-group-memberships-for-member",
    "describe-organization",
    "describe-account",
    "create-policy",
    "attach-policy",
  ]);
  expect(calls[1]).toContain("d-1");
  expect(JSON.parse(calls[1]?.at(-1) ?? "")).toEqual({
    UniqueAttribute: { AttributePath: "userName", AttributeValue: "alice@example.com" },
  });
  expect(JSON.parse(calls[6]?.at(-1) ?? "").Statement).toEqual([
    { Effect: "Deny", Action: "*", Resource: "*", Condition: { StringEquals: { "identitystore:UserId": "u-9" } } },
  ]);
  expect(calls[7]).toEqual(["organizations", "attach-policy", "--policy-id", "p-7", "--target-id", ACCOUNT]);
  const again = typedThere(lines.slice(1), "444455556666", "before");
  expect(again.slice(-2)).toEqual([
    expect.arrayContaining(["list-policies", "Policies[?Name=='Deny-u-9'].Id"]),
    ["organizations", "attach-policy", "--policy-id", "p-8", "--target-id", ACCOUNT],
  ]);
});

test("what a person of Identity Center was denied by is found by its name, taken away and deleted", async () => {
  const { email } = await mailOf({ userIdentity: SSO_PERSON });
  const [, back = ""] = /\nLet in {3}again, if it was meant after all:\n([\s\S]*?)\n(?=\w|\n|$)/.exec(email) ?? [];
  expect(typedThere(["user=u-9", ...back.split("\n")])).toEqual([
    expect.arrayContaining(["list-policies", "Policies[?Name=='Deny-u-9'].Id"]),
    ["organizations", "detach-policy", "--policy-id", "p-8", "--target-id", ACCOUNT],
    ["organizations", "delete-policy", "--policy-id", "p-8"],
  ]);
});

test("where the record names the directory, the mail names its account and the user's id; made-up ones it does not", async () => {
  const of = async (identityStoreArn: string, userId: string) =>
    lockOutIn((await mailOf({ userIdentity: { ...SSO_PERSON, onBehalfOf: { identityStoreArn, userId } } })).email);
  const named = await of("arn:aws:identitystore::444455556666:identitystore/d-9067642ac7", "94482488-3041-7011-f3f3");
  expect(named[0]).toMatch(/ in account 444455556666 and its region, /);
  const id = (lines: readonly string[]) => typedThere(lines.slice(1)).at(-2)?.at(-1);
  expect(id(named)).toContain('"identitystore:UserId":"94482488-3041-7011-f3f3"');
  const second = named.findIndex((line) => line.startsWith("# 3. "));
  expect(typedThere(named.slice(1, second), "999999999999").map(([, call]) => call)).toEqual(["get-caller-identity"]);
  // Typed alone, in another account, it has the user.
  expect(id(named.slice(second))).toContain('"identitystore:UserId":"94482488-3041-7011-f3f3"');
  const madeUp = await of("go to evil.example", "x; reboot");
  expect(madeUp[0]).toContain("in the account and region that run it");
  expect(id(madeUp)).toContain('"identitystore:UserId":"u-9"');
});

const makesUser = (userName: string, more: object = {}) =>
  record({ eventName: "CreateUser", requestParameters: { userName }, userIdentity: keyOf("alice"), ...more });

/** `CreateUser bob`: calls about users, one second after the other. */
const inTurn = (...calls: readonly string[]) =>
  calls.map((text, i) => {
    const [eventName, userName = ""] = text.split(" ");
    return makesUser(userName, { eventName, eventTime: `2026-11-20T21:25:1${i}Z` });
  });

const mailAbout = async (records: readonly object[]) => {
  const desk = testDesk([everyCall("high", { do: "Ask." })]);
  await desk.deliver([...records]);
  await desk.desk.runToEnd();
  return desk.alerts[0]?.email ?? "";
};

/** Which user is denied everything by what the row has to type. */
const denied = (lines: readonly string[]) =>
  typed(lines.slice(1).filter((line) => !line.startsWith("#"))).flatMap((words) =>
    words[1] === "attach-user-policy" ? [words[3]] : [],
  );

const at = (second: number) => ({ eventTime: `2026-11-20T21:25:${second}Z` });
const renames = (userName: string, newUserName: string, more: object) =>
  makesUser(userName, { eventName: "UpdateUser", requestParameters: { userName, newUserName }, ...more });

const inASecond = [
  ["bob", "tmp"],
  ["tmp", "bak"],
  ["bak", "svc-backup"],
].map(([from = "", to = ""]) => renames(from, to, at(20)));

test("the users whom the caller made are locked out with the caller, in one command, and not once more below", async () => {
  const policyArn = "arn:aws:iam::aws:policy/AdministratorAccess";
  const email = await mailAbout([
    makesUser("bob"),
    makesUser("bob", { eventName: "AttachUserPolicy", requestParameters: { userName: "bob", policyArn } }),
  ]);
  const lines = lockOutIn(email);
  expect(lines[0]).toBe(
    "if alice denies it or does not answer in 10 minutes: user alice and the new user bob are denied everything in prod (111122223333), programs too. If that is you, let somebody else type it",
  );
  expect(denied(lines)).toEqual(["alice", "bob"]);
  // Some shells know no comments.
  expect(lines.filter((one) => one.startsWith("#"))).toEqual([]);
  const back = (/\nLet in {3}again[^\n]*\n([\s\S]*?)\n(?=\w|\n)/.exec(email)?.[1] ?? "").split("\n");
  expect(typed(back).map((words) => words.join(" "))).toEqual([
    "iam detach-user-policy --user-name alice --policy-arn arn:aws:iam::aws:policy/AWSDenyAll",
    "iam detach-user-policy --user-name bob --policy-arn arn:aws:iam::aws:policy/AWSDenyAll",
    "iam update-access-key --user-name alice --access-key-id AKIAIOSFODNN7EXAMPLE --status Active",
  ]);
  expect(email).toContain(
    "aws iam detach-user-policy --user-name bob --policy-arn arn:aws:iam::aws:policy/AdministratorAccess",
  );
  expect(email).not.toContain("put-user-policy");
});

test.each<readonly [string, readonly object[], readonly string[], RegExp]>([
  ["several", [makesUser("b"), makesUser("c")], ["alice", "b", "c"], /user alice and 2 new users \(below\) are denied/],
  [
    "more than fit",
    ["b", "c", "d", "e", "f", "g"].map((user) => makesUser(user)),
    ["alice", "b", "c", "d", "e"],
    /user alice and 4 new users \(below; 2 more under Undo\) are denied/,
  ],
  [
    "one who is gone by now",
    [
      makesUser("bob", { eventTime: "2026-11-20T21:25:10Z" }),
      makesUser("bob", { eventName: "DeleteUser", eventTime: "2026-11-20T21:25:20Z" }),
    ],
    ["alice"],
    /user alice is denied everything in/,
  ],
  [
    "one who was made again, before somebody else was deleted",
    inTurn("DeleteUser bob", "CreateUser bob", "DeleteUser carl"),
    ["alice", "bob"],
    /user alice and the new user bob are denied/,
  ],
  [
    "one who is gone by now, as somebody else was before",
    inTurn("DeleteUser carl", "CreateUser bob", "DeleteUser bob"),
    ["alice"],
    /user alice is denied everything in/,
  ],
  [
    "one who could not be made",
    [makesUser("bob", { errorCode: "AccessDenied" })],
    ["alice"],
    /user alice is denied everything in/,
  ],
  ["a name that is none", [makesUser("bob; reboot")], ["alice"], /user alice is denied everything in/],
  ["one with a dot", [makesUser("bob.smith")], ["alice", "bob.smith"], /the new user "?bob\[?.\]?smith"? are denied/],
  [
    "one who has another name by now",
    [
      makesUser("bob", { eventTime: "2026-11-20T21:25:10Z" }),
      makesUser("bob", {
        eventName: "UpdateUser",
        requestParameters: { userName: "bob", newUserName: "svc-backup" },
        eventTime: "2026-11-20T21:25:20Z",
      }),
    ],
    ["alice", "svc-backup"],
    /user alice and the new user svc-backup are denied/,
  ],
  ...[inASecond, inASecond.toReversed()].map(
    (all, i) =>
      [
        `one who got other names within a second, ${i === 0 ? "in turn" : "which the log file has the wrong way round"}`,
        [makesUser("bob", at(10)), ...all],
        ["alice", "svc-backup"],
        /user alice and the new user svc-backup are denied/,
      ] as const,
  ),
  [
    "one who has another name by now, where a new one of the old name was deleted",
    [
      makesUser("bob", at(10)),
      renames("bob", "svc", at(20)),
      makesUser("bob", at(30)),
      makesUser("bob", { eventName: "DeleteUser", ...at(40) }),
    ],
    ["alice", "svc"],
    /user alice and the new user svc are denied/,
  ],
  [
    "one who has another name by now, where a new one of the old name was deleted in the second of the rename",
    [makesUser("bob", at(10)), renames("bob", "svc", at(20)), makesUser("bob", { eventName: "DeleteUser", ...at(20) })],
    ["alice", "svc"],
    /user alice and the new user svc are denied/,
  ],
])("users whom the caller made: %s", async (_, records, users, text) => {
  const lines = lockOutIn(await mailAbout(records));
  expect(denied(lines)).toEqual(users);
  expect(lines[0]).toMatch(text);
});

test("a user made by somebody whom no command locks out is locked out all the same", async () => {
  const email = await mailAbout([makesUser("bob", { userIdentity: SSO_PERSON })]);
  const lines = lockOutIn(email);
  expect(lines[0]).toMatch(
    /10 minutes: the new user bob is denied everything in prod \(111122223333\); the caller only in IAM Identity Center/,
  );
  expect(denied(lines.slice(0, 3))).toEqual(["bob"]);
  expect(email).toMatch(/\nLet in {3}again, .*\n.*\n +aws iam detach-user-policy --user-name bob /);
  const root = { ...OWN, type: "Root", arn: `arn:aws:iam::${ACCOUNT}:root`, accessKeyId: "ASIAIOSFODNN7EXAMPLE" };
  const ofRoot = lockOutIn(await mailAbout([makesUser("bob", { userIdentity: root })]));
  expect(ofRoot[0]).toBe(
    "unless somebody confirms it in 10 minutes: the new user bob is denied everything in prod (111122223333); the caller only from the management account of the organization, or a delegated administrator of its policies, and only if this is a member account",
  );
  expect(denied(ofRoot)).toEqual(["bob"]);
});

test("whom a role's session made is denied everything first, then the role's sessions", async () => {
  const arn = `arn:aws:sts::${ACCOUNT}:assumed-role/deploy/ci`;
  const lines = lockOutIn(await mailAbout([makesUser("bob", { userIdentity: { ...ROLE, ...issuer("/"), arn } })]));
  expect(lines[0]).toBe(
    "if the role's owner denies it or does not answer in 10 minutes: the new user bob, and then the role's sessions until now (programs', yours) are denied everything in prod (111122223333); whoever can open it comes back",
  );
  const words = typed(lines.slice(1).filter((line) => !line.startsWith("#")));
  expect(words.map(([, command, , name]) => [command, name])).toEqual([
    ["attach-user-policy", "bob"],
    ["put-role-policy", "deploy"],
  ]);
});

test("a user of whom an earlier mail told that they were made is locked out with the caller who now gives them a key", async () => {
  const at = (minute: number) => ({ eventTime: `2026-11-20T21:${minute}:00Z` });
  const gives = (userName: string) => makesUser(userName, { eventName: "CreateAccessKey", ...at(30) });
  const second = async (first: readonly object[], then: readonly object[]) => {
    const desk = testDesk([everyCall("high")]);
    await desk.deliver([...first]);
    await desk.deliver([...then], logKey("two"));
    await desk.desk.runToEnd();
    return lockOutIn(desk.alerts[1]?.email);
  };
  const lines = await second([makesUser("bob", at(20))], [gives("bob"), gives("dora")]);
  expect(lines[0]).toMatch(/user alice and the new user bob are denied/);
  expect(denied(lines)).toEqual(["alice", "bob"]);
  const gone = makesUser("bob", { eventName: "DeleteUser", ...at(25) });
  const again = makesUser("bob", at(27));
  expect(denied(await second([makesUser("bob", at(20)), gone, again], [gives("bob")]))).toEqual(["alice", "bob"]);
  expect(
    denied(await second([makesUser("bob", at(20))], [gives("bob"), { ...gone, eventTime: at(31).eventTime }])),
  ).toEqual(["alice"]);
});

test("what somebody was given under an old name is taken back under the new one, and from the new bob under his own", async () => {
  const at = (second: number) => ({ eventTime: `2026-11-20T21:25:${String(second).padStart(2, "0")}Z` });
  const renames = { userName: "bob", newUserName: "svc" };
  const login = (second: number) => makesUser("bob", { eventName: "CreateLoginProfile", ...at(second) });
  const email = await mailAbout([
    login(10),
    makesUser("bob", { eventName: "UpdateUser", requestParameters: renames, ...at(20) }),
    login(30),
  ]);
  expect(Array.from(email.matchAll(/delete-login-profile --user-name (\w+)/g), ([, user]) => user)).toEqual([
    "svc",
    "bob",
  ]);
});

test("what somebody of the same name is called in another account by now changes no command", async () => {
  const desk = testDesk([everyCall("high", { group: { by: ["actor"], acrossAccounts: true } })]);
  const other = "444455556666";
  await desk.deliver([makesUser("carl")]);
  await desk.deliver([makesUser("bob", { eventName: "CreateLoginProfile", ...at(10) })]);
  const renamed = renames("bob", "svc", { ...at(20), recipientAccountId: other });
  await desk.deliver([renamed], logKey("other").replaceAll(ACCOUNT, other));
  await desk.desk.runToEnd();
  const [, { email, matches } = { email: "", matches: 0 }] = desk.alerts;
  expect(matches).toBe(2);
  expect(email).toContain("aws iam delete-login-profile --user-name bob\n");
});

test("the mail says whom and what it hits, from medium on and where there is but one caller", async () => {
  const { email } = await mailOf({ userIdentity: keyOf("alice") });
  expect(email).toContain(
    "\nLock out if alice denies it or does not answer in 10 minutes: user alice is denied everything in prod (111122223333), programs too. If that is you, let somebody else type it\n         if [ ",
  );
  expect(email).toContain(
    "\nGoes on  sessions of roles that alice opened (Look shows which); to take the lock-out back: Let in, below\n",
  );
  const desk = testDesk([everyCall("high", { group: { by: ["eventName"] } })]);
  await desk.deliver([record({ userIdentity: keyOf("alice") }), record({ userIdentity: keyOf("bob") })]);
  expect(desk.alerts.length).toBeGreaterThan(0);
  for (const alert of desk.alerts) expect(alert.email).not.toContain("Lock out");
});

test.each<readonly [string, object, string]>([
  ["a user of the account", keyOf("alice"), "alice"],
  ["a user with a strange name", keyOf("nobody. Then go home"), '"nobody. Then go home"'],
  ["a user of another account", { ...keyOf("alice"), accountId: "999999999999" }, "the caller"],
  ["a role", { ...ROLE, ...issuer("/") }, "the owner of role deploy"],
  ["a role of a long name", { ...ROLE, ...issuer("/", "deploy".repeat(5)) }, "the role's owner"],
  ["a role of a service", { ...ROLE, ...issuer("/aws-service-role/x/") }, "the caller"],
  ["root", { ...OWN, type: "Root" }, "whoever holds the root credentials"],
  ["root of another account", { ...OWN, type: "Root", accountId: "999999999999" }, "the caller"],
])("advice to ask the caller names %s if that is a person, or the owner of a role", async (_, userIdentity, who) => {
  const desk = testDesk([everyCall("high", { do: "Ask the caller. Then sleep." })]);
  await desk.deliver([record({ userIdentity })]);
  expect(desk.alerts[0]?.email).toContain(`\nDo       Ask ${who}. Then sleep.\n`);
});

test("where new credentials are live and it is critical, the lock-out comes first, and who is asked is asked then", async () => {
  const rule = everyCall("critical", {
    do: "Ask the caller now. If it was not them, lock the caller out, then sleep.",
  });
  const of = async (eventName: string) => {
    const desk = testDesk([rule]);
    await desk.deliver([record({ eventName, userIdentity: keyOf("alice"), requestParameters: { userName: "bob" } })]);
    return desk.alerts[0]?.email ?? "";
  };
  const live = await of("CreateAccessKey");
  expect(live).toContain(
    "\nDo       Lock the caller out now, then ask alice. If they deny it or do not answer in 10 minutes, then sleep.\n",
  );
  expect(live).toContain("\nLock out now, before you ask: user alice is denied everything");
  const other = await of("AddUserToGroup");
  expect(other).toContain(
    "\nDo       Ask alice now. If they deny it or do not answer in 10 minutes, lock the caller out, then sleep.\n",
  );
  expect(other).toContain("\nLock out as Do says: ");
});

test.each([
  ["Do not lock anybody out before you have called Legal.", false],
  ["Don't lock them out: they are on call.", false],
  ["Call Legal, then lock them out.", true],
])("advice that says not to lock anybody out takes the lock-out away: %s", async (advice, isThere) => {
  const desk = testDesk([everyCall("high", { do: advice })]);
  await desk.deliver([record({ userIdentity: keyOf("alice") })]);
  const { email = "" } = desk.alerts[0] ?? {};
  expect(email).toContain(`\nDo       ${advice}\n`);
  expect(/\n(?:Lock out|Let in)/.test(email)).toBe(isThere);
});

test("below the first rule's advice, the others do not say once more whom to ask and lock out", async () => {
  const first = everyCall("high", { do: "Ask the caller. If it was not them, lock them out and sleep." });
  const second = everyCall("medium", {
    name: "second",
    why: "It matters.",
    do: "Ask the caller. If it was not them, lock them out, detach the policy, and rest.",
  });
  const { email } = await mailOf({ userIdentity: keyOf("alice") }, [first, second]);
  expect(email).toContain("\nDo       If it was not meant: detach the policy, and rest.\n");
  expect(email.match(/Ask alice/g)).toHaveLength(1);
});

test("of a role whose opener nobody knows, the mail shows who may open it", async () => {
  const show = "aws iam get-role --role-name deploy --query Role.AssumeRolePolicyDocument\n";
  const arn = `arn:aws:sts::${ACCOUNT}:assumed-role/deploy/ci`;
  expect((await mailOf({ userIdentity: { ...ROLE, ...issuer("/"), arn } })).email).toContain(show);
  expect((await mailOf({ userIdentity: SSO_PERSON })).email).not.toContain("aws iam get-role");
  expect((await mailOf({ userIdentity: keyOf("alice") })).email).not.toContain("aws iam get-role");
});

test("where the advice says when to lock out, the lock-out does not say it once more", async () => {
  const advice = "Ask the caller. If it was not them, lock them out and sleep.";
  for (const [userIdentity, who] of [
    [keyOf("alice"), "user alice is denied everything"],
    [{ ...ROLE, ...issuer("/") }, "the role's sessions until now"],
    [SSO_PERSON, "only in IAM Identity Center"],
  ] as const) {
    const { email } = await mailOf({ userIdentity, requestParameters: { userName: "bob" } }, [
      everyCall("high", { do: advice }),
    ]);
    expect(email).toMatch(/\nDo {7}(?:First .*, then a|A)sk .*\. If they deny it or do not answer in 10 minutes, /);
    expect(email).toContain(`\nLock out as Do says: ${who}`);
    expect(email.match(/in 10 minutes/g)).toHaveLength(1);
  }
});

test("parameters that fit once ARNs are short do not stand twice", async () => {
  const long = (name: string) => `arn:aws:iam::${ACCOUNT}:policy/${name}/${"x".repeat(70)}`;
  const of = async (requestParameters: object) =>
    (await mailOf({ userIdentity: keyOf("alice"), requestParameters })).email;
  expect(await of({ a: long("a"), b: long("b"), c: "c" })).not.toContain("More of the call:");
  expect(await of({ a: long("a"), b: "b".repeat(110), c: "c".repeat(110) })).toContain("More of the call:");
});

test("what locks the caller out is not said twice", async () => {
  const off =
    "aws iam update-access-key --user-name {userIdentity.userName} --access-key-id {userIdentity.accessKeyId} --status Inactive";
  const desk = testDesk([{ ...everyCall("high"), commands: [off, DELETE] }]);
  await desk.deliver([record({ userIdentity: keyOf("alice"), requestParameters: { userName: "bob" } })]);
  expect(desk.alerts[0]?.email).toContain(undone("aws iam delete-login-profile --user-name bob"));
  expect(desk.alerts[0]?.email.match(/update-access-key.* Inactive/g)).toHaveLength(1);
});

const attempted = { ...everyCall("high"), do: "Take it back.", outcome: "attempt" } as const;

test.each([
  ["an attempt", attempted, 1, "The call was refused"],
  ["several attempts", attempted, 2, "All calls were refused"],
  ["reading", { ...attempted, outcome: "any" as const }, 1, "The call was refused"],
])("of %s that was refused the mail says that only the caller matters", async (_, rule, count, text) => {
  const desk = testDesk([rule]);
  const userIdentity = keyOf("alice");
  await desk.deliver(Array.from({ length: count }, () => record({ errorCode: "AccessDenied", userIdentity })));
  const [{ email } = { email: "" }] = desk.alerts;
  expect(email).toContain(
    `\nDo       Ask alice why. If they deny it or do not answer in 10 minutes, lock them out and look at what else they did. ${text}, so there is nothing to undo.\n`,
  );
  expect(email).toContain("\nLock out as Do says: user alice is denied everything in prod (111122223333), ");
  expect(email).not.toContain("Take it back.");
  expect(email).not.toContain("\nUndo");
});

test.each([
  ["one call worked", attempted, [record({ errorCode: "AccessDenied" }), record({ eventName: "DeleteUser" })]],
  [
    "the rule is about refusals",
    { ...attempted, outcome: "any" as const, pattern: { errorCode: ["AccessDenied"] } },
    [record({ errorCode: "AccessDenied" })],
  ],
])("where %s, the advice comes as it is", async (_, rule, records) => {
  const desk = testDesk([rule]);
  await desk.deliver(records);
  expect(desk.alerts[0]?.email).toContain("\nDo       Take it back.\n");
});

test("of an IAM user the mail shows which roles were opened, whose sessions go on", async () => {
  const { email } = await mailOf({ userIdentity: keyOf("alice") });
  const [, ...lines] =
    /(?:^|\n) {9}(aws cloudtrail.* --max-items 200 \\\n.*)\n {9}# roles that alice opened /.exec(email) ?? [];
  expect(typed(lines)[0]?.slice(2)).toEqual([
    ...[
      "--lookup-attributes",
      "AttributeKey=Username,AttributeValue=alice",
      "--region",
      "us-east-1",
      "--max-items",
      "200",
    ],
    ...["--query", "Events[?EventName=='AssumeRole'].[EventTime,Resources[].ResourceName]", "--output", "text"],
  ]);
});

test("the call that opened a session is looked for where nobody knows who opened it", async () => {
  const arn = `arn:aws:sts::${ACCOUNT}:assumed-role/deploy/ci`;
  const { email } = await mailOf({
    userIdentity: { ...ROLE, ...issuer("/"), arn, accessKeyId: "ASIAIOSFODNN7EXAMPLE" },
  });
  const [, ...lines] = /\n {9}(aws cloudtrail.*\n.*)\n {9}# who opened the session, /.exec(email) ?? [];
  expect(typed(lines)[0]?.slice(3, 6)).toEqual([
    ...["AttributeKey=ResourceName,AttributeValue=ASIAIOSFODNN7EXAMPLE", "--region", "us-east-1"],
  ]);
  expect(email).not.toContain("# roles that ");
});
