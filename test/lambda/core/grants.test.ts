import { grantsOf } from "../../../lambda/core/alert/grants.ts";
import type { CloudTrailRecord } from "../../../lambda/core/record/record.ts";
import { NOBODY_KNOWN } from "../../../lambda/core/rules/accounts.ts";
import { alertsOf, everyCall } from "../../support/desk-pipeline.ts";
import { HOSTILE } from "../../support/hostile.ts";
import { ACCOUNT, record } from "../../support/log-files.ts";

const KNOWN = { accounts: ["222222222222"], organization: "o-exampleorgid" };
const STRANGER = "999999999999";

function trust(...statements: readonly object[]) {
  const document = { Version: "2012-10-17", Statement: statements };
  return record({
    eventName: "CreateRole",
    requestParameters: { roleName: "deploy", assumeRolePolicyDocument: JSON.stringify(document) },
  });
}

const ASSUME = { Effect: "Allow", Action: "sts:AssumeRole" };
const READ = { Effect: "Allow", Action: ["s3:GetObject"], Resource: "arn:aws:s3:::data/*" };

const OWN = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`;
const EVERYONE = { ...READ, Principal: "*" };

test.each<readonly [string, object, string]>([
  [
    "a stranger",
    { ...ASSUME, Principal: { AWS: `arn:aws:iam::${STRANGER}:root` } },
    `lets account ${STRANGER} (foreign) assume it, no condition`,
  ],
  [
    "a role of a stranger, under a condition",
    {
      ...ASSUME,
      Principal: { AWS: `arn:aws:iam::${STRANGER}:role/build` },
      Condition: { StringEquals: { "sts:ExternalId": "a1" } },
    },
    `lets arn:aws:iam::${STRANGER}:role/build (foreign) assume it, if sts:externalid is a1`,
  ],
  [
    "an account that the settings name",
    { ...ASSUME, Principal: { AWS: "222222222222" } },
    "lets account 222222222222 (known) assume it, no condition",
  ],
  [
    "the own account",
    { ...ASSUME, Principal: { AWS: ACCOUNT } },
    `lets account ${ACCOUNT} (own) assume it, no condition`,
  ],
  [
    "a service",
    { ...ASSUME, Principal: { Service: "ec2.amazonaws.com" } },
    "lets the service ec2.amazonaws.com assume it, no condition",
  ],
  [
    "a shared provider of identities",
    {
      Effect: "Allow",
      Action: "sts:AssumeRoleWithWebIdentity",
      Principal: { Federated: `arn:aws:iam::${ACCOUNT}:oidc-provider/token.actions.githubusercontent.com` },
    },
    `lets identities of arn:aws:iam::${ACCOUNT}:oidc-provider/token[.]actions[.]githubusercontent[.]com assume it, no condition`,
  ],
  ["everyone", EVERYONE, "lets everyone do s3:GetObject on arn:aws:s3:::data/*, no condition"],
  [
    "everyone but those of one network",
    { ...EVERYONE, Condition: { NotIpAddress: { "aws:SourceIp": "192.0.2.0/24" } } },
    "lets everyone do s3:GetObject on arn:aws:s3:::data/*, if aws:sourceip is not 192.0.2.0/24",
  ],
  [
    "everyone without an organization",
    { ...EVERYONE, Condition: { Null: { "aws:PrincipalOrgID": "true" } } },
    "lets everyone do s3:GetObject on arn:aws:s3:::data/*, if aws:principalorgid is absent",
  ],
  [
    "everyone with MFA, or with a key that knows none",
    { ...EVERYONE, Condition: { BoolIfExists: { "aws:MultiFactorAuthPresent": "true" } } },
    "lets everyone do s3:GetObject on arn:aws:s3:::data/*, if aws:multifactorauthpresent is true or aws:multifactorauthpresent is absent",
  ],
  [
    "everyone until a date",
    { ...EVERYONE, Condition: { DateLessThan: { "aws:CurrentTime": "2099-01-01" } } },
    "lets everyone do s3:GetObject on arn:aws:s3:::data/*, if aws:currenttime datelessthan 2099-01-01",
  ],
  [
    "everyone in several networks, one of which is all there are",
    {
      ...EVERYONE,
      Condition: { IpAddress: { "aws:SourceIp": ["10.0.0.0/8", "10.1.0.0/16", "192.0.2.0/24", "0.0.0.0/0"] } },
    },
    "lets everyone do s3:GetObject on arn:aws:s3:::data/*, if aws:sourceip is 0.0.0.0/0, 10.0.0.0/8, 10.1.0.0/16 and 1 more",
  ],
  [
    "everyone but one role",
    { ...READ, NotPrincipal: { AWS: OWN("a") } },
    `lets everyone but {AWS:${OWN("a")}} do s3:GetObject on arn:aws:s3:::data/*, no condition`,
  ],
  [
    "own roles, and a stranger behind them",
    { ...ASSUME, Principal: { AWS: [OWN("a"), OWN("b"), OWN("c"), OWN("d"), `arn:aws:iam::${STRANGER}:root`] } },
    `lets account ${STRANGER} (foreign), ${OWN("a")} (own), ${OWN("b")} (own), ${OWN("c")} (own) and 1 more assume it, no condition`,
  ],
  [
    "own roles, and everyone behind them",
    { ...ASSUME, Principal: { AWS: [OWN("a"), OWN("b"), OWN("c"), OWN("d"), "*"] } },
    `lets everyone, ${OWN("a")} (own), ${OWN("b")} (own), ${OWN("c")} (own) and 1 more assume it, no condition`,
  ],
  [
    "nobody: all rights",
    { Effect: "Allow", Action: "*", Resource: "*" },
    "allows everything on everything, no condition",
  ],
  ["nobody: rights on one resource", READ, "allows s3:GetObject on arn:aws:s3:::data/*, no condition"],
  [
    "nobody: all rights but one",
    { Effect: "Allow", NotAction: "iam:*", Resource: "*" },
    "allows everything but iam:* on everything, no condition",
  ],
  [
    "nobody: the widest right last",
    {
      Effect: "Allow",
      Action: ["s3:GetObject", "s3:ListBucket", "logs:PutLogEvents", "sqs:SendMessage", "sns:Publish", "iam:*"],
      Resource: "*",
    },
    "allows iam:*, s3:GetObject, s3:ListBucket, logs:PutLogEvents and 2 more on everything, no condition",
  ],
  [
    "nobody: the widest resource last",
    { Effect: "Allow", Action: "iam:PassRole", Resource: [OWN("a"), OWN("b"), OWN("c"), "arn:aws:iam::*:role/*"] },
    `allows iam:PassRole on arn:aws:iam::*:role/*, ${OWN("a")}, ${OWN("b")} and 1 more, no condition`,
  ],
  [
    "whom it refuses, and when",
    { ...EVERYONE, Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": "false" } } },
    "denies everyone s3:GetObject on arn:aws:s3:::data/*, if aws:securetransport is false",
  ],
  [
    "everybody but the stranger, whom it refuses",
    { Effect: "Deny", NotPrincipal: { AWS: STRANGER }, Action: "s3:*", Resource: "*" },
    `denies everyone but {AWS:${STRANGER}} s3:* on everything, no condition`,
  ],
])("a policy that names %s is told in words", (_, statement, line) => {
  expect(grantsOf(trust(statement), KNOWN).lines.map((text) => text.replaceAll(/["\\]/g, ""))).toEqual([line]);
});

const PARAMETER = "assumeRolePolicyDocument";
const isShown = (one: CloudTrailRecord) => !grantsOf(record(one), KNOWN).told.has(PARAMETER);
const documented = (Statement: readonly object[], more: object = {}): CloudTrailRecord => ({
  eventName: "CreateRole",
  requestParameters: { [PARAMETER]: JSON.stringify({ Version: "2012-10-17", Statement, ...more }) },
});

test("the words stand for the document where they say all of it", () => {
  expect(isShown(documented([{ ...ASSUME, Principal: { AWS: STRANGER } }]))).toBe(false);
});

test.each<readonly [string, CloudTrailRecord]>([
  ["more principals", documented([{ ...ASSUME, Principal: { AWS: ["a", "b", "c", "d", "e"].map(OWN) } }])],
  ["more actions", documented([{ ...READ, Action: ["a:A", "a:B", "a:C", "a:D", "a:E"] }])],
  ["more resources", documented([{ ...READ, Resource: ["a", "b", "c", "d"].map((key) => `arn:aws:s3:::${key}`) }])],
  [
    "more values",
    documented([{ ...EVERYONE, Condition: { StringEquals: { "aws:PrincipalOrgID": ["o-1", "o-2", "o-3", "o-4"] } } }]),
  ],
  [
    "more statements",
    documented(["a", "b", "c", "d", "e"].map((key) => ({ ...READ, Resource: `arn:aws:s3:::${key}` }))),
  ],
  ["a statement that cannot be read", documented([EVERYONE, { ...ASSUME, Principal: { AWS: [{ x: STRANGER }] } }])],
  ["something else beside it", documented([EVERYONE], { Comment: "payload" })],
  ["a very long name", documented([{ ...READ, Resource: `arn:aws:s3:::${"x".repeat(300)}` }])],
])("with %s the document is shown beside the words", (_, one) => {
  expect(isShown(one)).toBe(true);
});

const STRANGERS = { Statement: [{ ...ASSUME, Principal: { AWS: STRANGER } }] };

test.each<readonly [string, CloudTrailRecord]>([
  [
    "takes a policy away",
    { eventName: "DetachRolePolicy", requestParameters: { policyArn: "arn:aws:iam::aws:policy/AdministratorAccess" } },
  ],
  [
    "answers with what it removed",
    {
      eventSource: "ecr.amazonaws.com",
      eventName: "DeleteRepositoryPolicy",
      responseElements: { policyText: STRANGERS },
    },
  ],
  [
    "only limits",
    {
      eventSource: "organizations.amazonaws.com",
      eventName: "CreatePolicy",
      requestParameters: { content: STRANGERS },
    },
  ],
  [
    "asks for a session",
    { eventSource: "sts.amazonaws.com", eventName: "AssumeRole", requestParameters: { policy: STRANGERS } },
  ],
  ["describes something", { eventName: "CreateRole", requestParameters: { description: JSON.stringify(STRANGERS) } }],
  [
    "names its own account",
    {
      eventSource: "quicksight.amazonaws.com",
      eventName: "RegisterUser",
      requestParameters: { awsAccountId: ACCOUNT },
    },
  ],
])("a call that %s grants nothing", (_, one) => {
  expect(grantsOf(record(one), KNOWN).lines).toEqual([]);
});

test("a command that looks like a policy hides nothing that stands beside it", async () => {
  const command = ["sh", "-c", "touch x", JSON.stringify({ Statement: [{ ...READ, Effect: "Deny" }] })];
  const job = record({
    eventSource: "batch.amazonaws.com",
    eventName: "SubmitJob",
    requestParameters: { overrides: { command } },
  });
  const { alerts } = await alertsOf([job], { rules: [everyCall()] });
  expect(alerts[0]?.email).toContain('(sh, -c, "touch x", (Statement ');
});

test("a permission without actions only names whom it is for", () => {
  const share = record({
    eventSource: "ram.amazonaws.com",
    eventName: "CreateResourceShare",
    requestParameters: { principals: [STRANGER], name: "x" },
  });
  expect(grantsOf(share, KNOWN).lines).toEqual([`names account ${STRANGER} (foreign), no condition`]);
});

test("rights that lead to others together come before those that do not", () => {
  const statements = [1, 2, 3, 4].map((i) => ({ ...READ, Resource: `arn:aws:s3:::b${i}/*` }));
  const passing = { Effect: "Allow", Action: "iam:PassRole", Resource: "*" };
  const running = { Effect: "Allow", Action: "lambda:CreateFunction", Resource: "*" };
  const { lines } = grantsOf(trust(...statements, passing, running), KNOWN);
  expect(lines.slice(0, 2)).toEqual([
    "allows iam:PassRole on everything, no condition",
    "allows lambda:CreateFunction on everything, no condition",
  ]);
  expect(lines.at(-1)).toBe("and 2 more statements");
});

test("of a refused call the mail says what was asked for", async () => {
  const refused = { ...trust({ ...ASSUME, Principal: "*" }), errorCode: "AccessDenied" };
  const { alerts } = await alertsOf([record(refused)], { rules: [everyCall()] });
  expect(alerts[0]?.email).toContain("\nAsked    lets everyone assume it, no condition\n");
});

test.each<readonly [string, string, RegExp]>([
  [
    "padded with space",
    `{${" ".repeat(9_000)}"Statement":[{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}]}`,
    /^Grants {3}lets everyone assume it, no condition$/m,
  ],
  [
    "padded with a name",
    JSON.stringify({ Statement: [{ ...ASSUME, Sid: "x".repeat(30_000), Principal: "*" }] }),
    /^Grants {3}a policy that is too long to be told here/m,
  ],
])("a policy that is %s does not go unsaid", async (_, text, expected) => {
  const one = record({ eventName: "UpdateAssumeRolePolicy", requestParameters: { policyDocument: text } });
  const { alerts } = await alertsOf([one], { rules: [everyCall()] });
  expect(alerts[0]?.email).toMatch(expected);
});

test("the worst statement comes first, and what is told in words is not shown as JSON", async () => {
  const own = { ...ASSUME, Principal: { AWS: ACCOUNT } };
  const open = { ...ASSUME, Principal: { AWS: STRANGER } };
  const { alerts } = await alertsOf([trust(own, open)], { rules: [everyCall()] });
  const [email = ""] = alerts.map((alert) => alert.email);
  expect(email).toContain(
    `What     roleName: deploy\nGrants   lets account ${STRANGER} (foreign) assume it, no condition\n         lets account ${ACCOUNT} (own)`,
  );
  expect(email).not.toContain("assumeRolePolicyDocument");
});

test("of many statements the worst are told, with their number, and the document is shown beside them", async () => {
  const reading = Array.from({ length: 9 }, (_, i) => ({ ...READ, Resource: `arn:aws:s3:::b${i}/*` }));
  const { alerts } = await alertsOf([trust(...reading, { ...ASSUME, Principal: "*" })], { rules: [everyCall()] });
  const [email = ""] = alerts.map((alert) => alert.email);
  expect(email).toMatch(/^Grants {3}lets everyone assume it, no condition$/m);
  expect(email).toMatch(/^ {9}and 6 more statements$/m);
  expect(email).toContain("assumeRolePolicyDocument: ");
});

test("a document that cannot be read is shown as it is", async () => {
  const broken = record({ eventName: "CreateRole", requestParameters: { assumeRolePolicyDocument: '{"Statement' } });
  const { alerts } = await alertsOf([broken], { rules: [everyCall()] });
  expect(alerts[0]?.email).toContain("assumeRolePolicyDocument: ");
  expect(alerts[0]?.email).not.toMatch(/^Grants/m);
});

test.each(HOSTILE.map((text) => [text.slice(0, 40), text]))("%j forges nothing from within a policy", (_, long) => {
  const text = long.slice(0, 1000);
  const statement = {
    Effect: "Allow",
    Principal: { AWS: [text, `arn:aws:iam::${STRANGER}:role/${text}`], Service: text, Federated: text },
    Action: [text, `s3:${text}`],
    Resource: text,
    Condition: { StringEquals: { [text]: text } },
  };
  const { lines } = grantsOf(trust(statement, { ...statement, Principal: undefined }), NOBODY_KNOWN);
  expect(lines.length).toBeGreaterThan(0);
  for (const line of lines) {
    expect(line).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]|\p{Default_Ignorable_Code_Point}/u);
    expect(line).not.toMatch(/evil[.。．]com|www\.evil|https?:\/\/evil/u);
    expect(line).not.toMatch(/^(?:lets everyone do everything|denies)/);
  }
});
