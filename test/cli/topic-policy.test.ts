import { admits, allowsCloudWatch } from "../../cli/doctor/resource-policy.ts";

const TOPIC = "arn:aws:sns:us-east-1:111122223333:health";
const ACCOUNT = "111122223333";
const ALLOW = {
  Effect: "Allow",
  Principal: { Service: "cloudwatch.amazonaws.com" },
  Action: "sns:Publish",
  Resource: TOPIC,
  Condition: { StringEquals: { "aws:SourceAccount": ACCOUNT } },
};
const DENY = { Effect: "Deny", Principal: { AWS: "*" }, Action: "sns:Publish", Resource: TOPIC };
const allows = (...Statement: readonly object[]) => allowsCloudWatch(JSON.stringify({ Statement }), TOPIC, ACCOUNT);

test.each<readonly [string, object]>([
  ["nothing", { ...DENY, Action: "sns:Subscribe" }],
  ["plain text", { ...DENY, Condition: { Bool: { "aws:SecureTransport": "false" } } }],
  [
    "everybody but a role and AWS's services",
    {
      ...DENY,
      Condition: {
        ArnNotEquals: { "aws:PrincipalArn": "arn:aws:iam::111122223333:role/tick" },
        Bool: { "aws:PrincipalIsAWSService": "false" },
      },
    },
  ],
  ["another topic", { ...DENY, Resource: `${TOPIC}-2` }],
])("a topic that denies %s takes alarms", (_, deny) => {
  expect(allows(ALLOW, deny)).toBe(true);
});

test.each<readonly [string, object]>([
  ["everybody", DENY],
  ["AWS's services", { ...DENY, Condition: { Bool: { "aws:PrincipalIsAWSService": "true" } } }],
  [
    "everybody but a role",
    { ...DENY, Principal: undefined, NotPrincipal: { AWS: "arn:aws:iam::111122223333:role/x" } },
  ],
  ["all but subscribing", { ...DENY, Action: undefined, NotAction: "sns:Subscribe" }],
  ["by a wildcard", { ...DENY, Action: "sns:Pub*" }],
  ["all topics", { ...DENY, Resource: "arn:aws:sns:*" }],
  ["from a day on", { ...DENY, Condition: { DateGreaterThan: { "aws:CurrentTime": "2020-01-01T00:00:00Z" } } }],
])("a topic that denies %s takes no alarms", (_, deny) => {
  expect(allows(ALLOW, deny)).toBe(false);
});

test.each<readonly [string, object]>([
  ["another account", { ...ALLOW, Condition: { StringEquals: { "aws:SourceAccount": "999999999999" } } }],
  ["another service", { ...ALLOW, Principal: { Service: "s3.amazonaws.com" } }],
  ["what is not known", { ...ALLOW, Condition: { StringEquals: { "aws:PrincipalOrgID": "o-1" } } }],
])("a topic that lets in %s takes no alarms", (_, allow) => {
  expect(allows(allow)).toBe(false);
});

const ROLE = `arn:aws:iam::${ACCOUNT}:role/Trailbell-AlerterRole`;
const admitsRole = (topic: string, ...Statement: readonly object[]) =>
  admits(JSON.stringify({ Statement }), "sns:Publish", topic, { role: ROLE, accountId: ACCOUNT });
const ONLY = (principal: string) => ({ ...DENY, Condition: { ArnNotEquals: { "aws:PrincipalArn": [principal] } } });
/** The statement that SNS gives each topic. */
const OWNER = { ...ALLOW, Principal: { AWS: "*" }, Condition: { StringEquals: { "AWS:SourceOwner": ACCOUNT } } };

test.each<readonly [string, readonly object[]]>([
  ["nothing at all", []],
  ["everybody but the role", [ONLY(ROLE)]],
  ["everybody but such roles", [ONLY(ROLE.replace("AlerterRole", "*"))]],
  ["plain text", [{ ...DENY, Condition: { Bool: { "aws:SecureTransport": "false" } } }]],
  ["AWS's services", [{ ...DENY, Condition: { Bool: { "aws:PrincipalIsAWSService": "true" } } }]],
  ["another account", [{ ...DENY, Principal: { AWS: "arn:aws:iam::999999999999:root" } }]],
])("a topic of the account that denies %s takes what the role publishes", (_, statements) => {
  expect(admitsRole(TOPIC, ...statements)).toBe(true);
});

test.each<readonly [string, object]>([
  ["everybody", DENY],
  ["everybody but another role", ONLY(`${ROLE}-2`)],
  ["the role", { ...DENY, Principal: { AWS: ROLE } }],
  ["its account", { ...DENY, Principal: { AWS: ACCOUNT } }],
  ["whoever is no service", { ...DENY, Condition: { Bool: { "aws:PrincipalIsAWSService": "false" } } }],
  ["other accounts' sources", { ...DENY, Condition: { StringNotEquals: { "aws:SourceAccount": ACCOUNT } } }],
  ["from a day on", { ...DENY, Condition: { DateGreaterThan: { "aws:CurrentTime": "2020-01-01T00:00:00Z" } } }],
])("a topic that denies %s takes nothing of the role, whatever else it allows", (_, deny) => {
  expect(admitsRole(TOPIC, OWNER, deny)).toBe(false);
});

test("a topic of another account must let the role in", () => {
  const foreign = TOPIC.replace(ACCOUNT, "999999999999");
  const onForeign = (statement: object) => ({ ...statement, Resource: foreign });
  expect(admitsRole(foreign)).toBe(false);
  expect(admitsRole(foreign, onForeign({ ...OWNER, Condition: { StringEquals: { "AWS:SourceOwner": "9" } } }))).toBe(
    false,
  );
  expect(
    admitsRole(
      foreign,
      onForeign({ ...ALLOW, Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Condition: undefined }),
    ),
  ).toBe(true);
  expect(admitsRole(foreign, onForeign({ ...OWNER }))).toBe(true);
});
