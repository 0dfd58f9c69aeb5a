import { grantsOf } from "../../../lambda/core/alert/grants.ts";
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
    `lets arn:aws:iam::${STRANGER}:role/build (foreign) assume it, if sts:externalid a1`,
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
  ["everyone", { ...READ, Principal: "*" }, "lets everyone do s3:GetObject, no condition"],
  [
    "everyone but one network",
    { ...READ, Principal: "*", Condition: { NotIpAddress: { "aws:SourceIp": "192.0.2.0/24" } } },
    "lets everyone do s3:GetObject, if aws:sourceip not 192.0.2.0/24",
  ],
  [
    "a user of its own",
    { Effect: "Allow", Action: "*", Resource: "*" },
    "allows everything on everything, no condition",
  ],
  ["nobody: rights on one resource", READ, "allows s3:GetObject on arn:aws:s3:::data/*, no condition"],
  [
    "all rights but one",
    { Effect: "Allow", NotAction: "iam:*", Resource: "*" },
    "allows everything but iam:* on everything, no condition",
  ],
  ["nobody: a refusal", { ...READ, Effect: "Deny", Principal: "*" }, "denies s3:GetObject"],
])("a policy that names %s is told in words", (_, statement, line) => {
  expect(grantsOf(trust(statement), KNOWN).lines.map((text) => text.replaceAll('"', ""))).toEqual([line]);
});

test("the worst statement comes first, and what is told in words is not shown as JSON", async () => {
  const own = { ...ASSUME, Principal: { AWS: ACCOUNT } };
  const open = { ...ASSUME, Principal: { AWS: STRANGER } };
  const { alerts } = await alertsOf([trust(own, open)], { rules: [everyCall()] });
  const [email = ""] = alerts.map((alert) => alert.email);
  expect(email).toContain(
    `What     roleName: deploy\nGrants   lets account ${STRANGER} (foreign) assume it, no condition\n         lets account ${ACCOUNT} (own)`,
  );
  expect(email).not.toContain("Statement");
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
