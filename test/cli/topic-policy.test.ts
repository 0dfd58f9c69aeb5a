import { allowsCloudWatch } from "../../cli/doctor/alarms.ts";

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
