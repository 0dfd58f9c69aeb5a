import { commandsFrom } from "../../../lambda/core/alert/commands.ts";
import { revokeLines } from "../../../lambda/core/alert/revoke.ts";
import { everyCall, testDesk } from "../../support/desk-pipeline.ts";
import { record } from "../../support/log-files.ts";

const DELETE = "aws iam delete-login-profile --user-name {requestParameters.userName}";

test.each([
  ["bob", "aws iam delete-login-profile --user-name bob"],
  ["bob@example-corp", "aws iam delete-login-profile --user-name bob@example-corp"],
  ["a+b=c,d.1_e-f", "aws iam delete-login-profile --user-name a+b=c,d.1_e-f"],
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
  "evil.example",
  "https://evil",
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

test("several values, numbers and credentials are no names", () => {
  const several = { requestParameters: { userName: ["bob", "carl"] } };
  expect(commandsFrom([DELETE], several)).toEqual({ filled: [], left: 1 });
  expect(commandsFrom([DELETE], { requestParameters: { userName: 7 } })).toEqual({ filled: [], left: 1 });
  const secret = commandsFrom(["aws x {requestParameters.password}"], { requestParameters: { password: "hunter2" } });
  expect(secret).toEqual({ filled: [], left: 1 });
});

const mailOf = async (one: { readonly [field: string]: unknown }, key?: string) => {
  const desk = testDesk([{ ...everyCall("high"), do: "Take it back.", commands: [DELETE] }]);
  await desk.deliver([record(one)], key);
  return { email: desk.alerts[0]?.email ?? "", rules: JSON.parse(desk.alerts[0]?.json ?? "{}").rules };
};

test("the mail says what to type below what to do, and machines get it too", async () => {
  const { email, rules } = await mailOf({ requestParameters: { userName: "bob" } });
  expect(email).toContain("\nDo       Take it back.\nType     aws iam delete-login-profile --user-name bob\n");
  expect(rules[0].commands).toEqual(["aws iam delete-login-profile --user-name bob"]);
});

test("the mail says where a name is none", async () => {
  const { email, rules } = await mailOf({ requestParameters: { userName: "bob; reboot" } });
  expect(email).toContain("\nType     (one command left out: the record has no plain name for it)\n");
  expect(rules[0].commands).toEqual([]);
});

test("what was refused is not to be undone", async () => {
  const { email } = await mailOf({ requestParameters: { userName: "bob" }, errorCode: "AccessDenied" });
  expect(email).not.toContain("Type ");
});

test("the mail names the command that shows all else that the key did", async () => {
  const userIdentity = { type: "IAMUser", userName: "alice", accessKeyId: "AKIAIOSFODNN7EXAMPLE" };
  const { email } = await mailOf({ userIdentity });
  expect(email).toMatch(
    /^More {5}aws cloudtrail lookup-events .*AttributeValue=AKIAIOSFODNN7EXAMPLE --region us-east-1$/m,
  );
  const hostile = await mailOf({ userIdentity: { ...userIdentity, accessKeyId: "AKIA; reboot" } });
  expect(hostile.email).not.toContain("More ");
});

const REFUSAL =
  `--policy-name RevokeOlderSessions --policy-document '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*",` +
  `"Resource":"*","Condition":{"DateLessThan":{"aws:TokenIssueTime":"'$(date -u +%FT%TZ)'"}}}]}'`;
const ROLE = {
  type: "AssumedRole",
  accessKeyId: "ASIAIOSFODNN7EXAMPLE",
  arn: "arn:aws:sts::111122223333:assumed-role/deploy/build",
};
const issuer = (path: string, userName = "deploy") => ({
  sessionContext: { sessionIssuer: { arn: `arn:aws:iam::111122223333:role${path}${userName}`, userName } },
});

test.each<readonly [string, object, readonly string[]]>([
  [
    "a long-term key",
    { type: "IAMUser", userName: "alice", accessKeyId: "AKIAIOSFODNN7EXAMPLE" },
    [
      "this key of alice:",
      "aws iam update-access-key --user-name alice --access-key-id AKIAIOSFODNN7EXAMPLE --status Inactive",
    ],
  ],
  [
    "a user's session",
    { type: "IAMUser", userName: "alice", accessKeyId: "ASIAIOSFODNN7EXAMPLE" },
    ["all sessions until now of alice:", `aws iam put-user-policy --user-name alice ${REFUSAL}`],
  ],
  [
    "a role",
    { ...ROLE, ...issuer("/") },
    [
      "all sessions until now, whoever has them, of the role deploy:",
      `aws iam put-role-policy --role-name deploy ${REFUSAL}`,
    ],
  ],
  ["a person of Identity Center", { ...ROLE, ...issuer("/aws-reserved/sso.amazonaws.com/") }, []],
  ["a service's own role", { ...ROLE, ...issuer("/aws-service-role/ecs.amazonaws.com/") }, []],
  ["a role whose name is none", { ...ROLE, ...issuer("/", "deploy; rm") }, []],
  ["a caller of another account", { ...ROLE, ...issuer("/"), accountId: "999999999999" }, []],
  ["root", { type: "Root", accessKeyId: "ASIAIOSFODNN7EXAMPLE" }, []],
  ["a service", { type: "AWSService", invokedBy: "ec2.amazonaws.com" }, []],
])("what takes the credentials of %s away", (_, userIdentity, lines) => {
  expect(revokeLines(record({ userIdentity }))).toEqual(lines);
});

test.each([
  ["was refused", { errorCode: "AccessDenied" }, "The call was refused, so nothing was done."],
  ["failed", { errorCode: "NoSuchEntity" }, "The call failed, so nothing was done."],
])("of a call that %s the mail says so before its advice", async (_, fields, text) => {
  const { email } = await mailOf(fields);
  expect(email).toContain(`\nDo       ${text} Find out who tried, and why. Had it worked:\n         Take it back.\n`);
});

test("where one call worked, the advice comes first", async () => {
  const desk = testDesk([{ ...everyCall("high"), do: "Take it back." }]);
  await desk.deliver([record({ errorCode: "AccessDenied" }), record({ eventName: "DeleteUser" })]);
  expect(desk.alerts[0]?.email).toContain("\nDo       Take it back.\n");
});
