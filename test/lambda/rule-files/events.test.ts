import { warningsIn, warningsOfPattern, warningsOfSigma } from "../../support/warnings.ts";

const IAM = "eventSource: [iam.amazonaws.com]";
const OF_IAM = "no such call of iam is known";

test.each([
  ["a permission", "iam:PassRole", /^iam:PassRole is a permission, not a call: .*RunInstances/],
  ["another permission", "sts:TagSession", /^sts:TagSession is a permission, not a call: .*AssumeRole/],
  ["a permission of objects", "s3:GetObjectVersion", /is a permission, not a call: records hold GetObject$/],
  ["a permission to pass", "glue:PassConnection", /is a permission, not a call/],
  ["a permission for an API's methods", "apigateway:POST", /is a permission, not a call: .*CreateRestApi/],
  ["a permission for requests", "es:ESHttpGet", /that CloudTrail does not record/],
  ["a service of permissions", "rds-db:connect", /that CloudTrail does not record/],
  ["another service's call", "cloudtrail:CreateRoute", /^cloudtrail:CreateRoute: .*apigateway.*ec2\.amazonaws\.com/],
  ["one other service's call", "route53:TransferDomain", /is recorded by|did you mean/],
  ["a word too many", "s3:PutBucketEncryptionConfiguration", /did you mean PutBucketEncryption\?$/],
  ["a word too few", "iam:AttachPolicy", /did you mean AttachGroupPolicy, AttachRolePolicy or AttachUserPolicy\?/],
  ["a letter too few", "iam:CreateUsr", `iam:CreateUsr: ${OF_IAM}; did you mean CreateUser?`],
  ["singular for plural", "ec2:RunInstance", /did you mean RunInstances\?$/],
  ["a misspelt sign-in", "signin:ConsoleLogon", /did you mean ConsoleLogin\?$/],
  ["the service as event source", "iam.amazonaws.com:CreateUsr", /^iam:CreateUsr: .*CreateUser/],
  ["any service", "*:CreateUsr", /^CreateUsr: no such call is known; did you mean CreateUser\?$/],
  ["a wildcard that fits no call", "iam:Passs*", 'iam:Passs*: eventName like "Passs*": no known event of iam fits'],
  ["a wildcard that fits no service", "iamm*:CreateUser", "iamm*:CreateUser: no known service fits"],
  ["an unknown service", "iamm:CreateUser", "iamm:CreateUser: no service of that name is known; did you mean iam?"],
  ["the SDK's name of a service", "elbv2:DeleteLoadBalancer", /^elbv2:.* did you mean elasticloadbalancing\?$/],
  ["a service that is recorded as another", "docdb:DeleteDBCluster", /^docdb:.* did you mean rds\?$/],
  [
    "what is like nothing",
    "iam:Frobnicate",
    `iam:Frobnicate: ${OF_IAM}; it may be a permission without a call, or an event without an API`,
  ],
])("%s among calls draws a warning", (_, call, expected) => {
  for (const text of [`watch: ["${call}"]`, `rules: [{ name: x, calls: ["${call}"] }]`]) {
    const warnings = warningsIn(text);
    expect(warnings).toHaveLength(1);
    if (typeof expected === "string") expect(warnings[0]).toBe(expected);
    else expect(warnings[0]).toMatch(expected);
  }
});

test.each([
  "iam:CreateUser",
  "iam:createuser",
  "iam:*",
  "iam:Create*",
  "*:Create*",
  "*:DeleteTrail",
  "s3:ListAllMyBuckets",
  "s3:PutEncryptionConfiguration",
  "s3:PutBucketPublicAccessBlock",
  "s3:PutAccountPublicAccessBlock",
  "lambda:InvokeFunction",
  "lambda:DeleteFunction",
  "lambda:DeleteFunction20150331",
  "lambda:DeleteFunction2015*",
  "cloudfront:CreateDistribution2020_05_31",
  "cloudwatch:PutMetricAlarm",
  "monitoring:PutMetricAlarm",
  "application-autoscaling:RegisterScalableTarget",
  "autoscaling:RegisterScalableTarget",
  "rds-data:ExecuteStatement",
  "tag:TagResources",
  "signin:ConsoleLogin",
  "signin:SwitchRole",
  "sso:Authenticate",
  "sso-directory:AddMemberToGroup",
  "kms:RotateKey",
  "secretsmanager:RotationFailed",
  "ssm:UpdateInstanceInformation",
  "cognito-idp:Login_GET",
  "qldb:CreateLedger",
  "macie:UpdateMacieSession",
])("%s draws none", (call) => {
  expect(warningsIn(`watch: ["${call}"]`).filter((warning) => !warning.includes("own traffic"))).toEqual([]);
});

test.each([
  [
    "a space before a name",
    `{ ${IAM}, eventName: [" CreateUser"] }`,
    /^eventName " CreateUser" has a space before or after it/,
  ],
  [
    "a space behind a name",
    '{ eventName: ["CreateUser "] }',
    /^eventName "CreateUser " has a space before or after it/,
  ],
  [
    "a space at a source",
    '{ eventSource: ["iam.amazonaws.com "], eventName: [CreateUser] }',
    /^eventSource .* has a space/,
  ],
  [
    "a name in another case",
    `{ ${IAM}, eventName: [createUser] }`,
    /upper and lower case count here; did you mean CreateUser\?/,
  ],
  ["a misspelt name", `{ ${IAM}, eventName: [CreateUsr] }`, `iam:CreateUsr: ${OF_IAM}; did you mean CreateUser?`],
  [
    "a misspelt name of any service",
    "{ eventName: [CreateUsr] }",
    "CreateUsr: no such call is known; did you mean CreateUser?",
  ],
  ["letters that changed places", "{ eventName: [CraeteUser] }", /did you mean CreateUser\?$/],
  ["a permission", `{ ${IAM}, eventName: [PassRole] }`, /^iam:PassRole is a permission/],
  ["a permission of any service", "{ eventName: [PassRole] }", /^PassRole is a permission/],
  [
    "another service's call",
    `{ ${IAM}, eventName: [StopLogging] }`,
    /StopLogging is recorded by cloudtrail\.amazonaws\.com/,
  ],
  [
    "an IAM name",
    "{ eventSource: [s3.amazonaws.com], eventName: [ListAllMyBuckets] }",
    /the record's event name is ListBuckets/,
  ],
  [
    "a name that has a version",
    "{ eventSource: [lambda.amazonaws.com], eventName: [DeleteFunction] }",
    /^lambda:DeleteFunction: Lambda records it with an API version/,
  ],
  [
    "such a name of CloudFront",
    "{ eventSource: [cloudfront.amazonaws.com], eventName: [CreateDistribution] }",
    /CloudFront records it with an API version/,
  ],
  [
    "a source without its ending",
    "{ eventSource: [iam], eventName: [CreateUser] }",
    'eventSource "iam" is in no record; did you mean iam.amazonaws.com?',
  ],
  [
    "EventBridge's name of a source",
    "{ eventSource: [aws.iam], eventName: [CreateUser] }",
    /did you mean iam\.amazonaws\.com\?/,
  ],
  [
    "a source in another case",
    "{ eventSource: [IAM.amazonaws.com], eventName: [CreateUser] }",
    /did you mean iam\.amazonaws\.com\?/,
  ],
  [
    "a source with another ending",
    "{ eventSource: [iam.amazon.com], eventName: [CreateUser] }",
    'eventSource "iam.amazon.com" is in no record; did you mean iam.amazonaws.com?',
  ],
  ["a source that is none", "{ eventSource: [example.org] }", 'eventSource "example.org" is in no record'],
  [
    "an unknown source",
    "{ eventSource: [iamm.amazonaws.com], eventName: [CreateUser] }",
    /no service of that name is known; did you mean iam\?/,
  ],
  [
    "a beginning that fits nothing",
    `{ ${IAM}, eventName: [{ prefix: Creat3 }] }`,
    'eventName beginning with "Creat3": no known event of iam fits',
  ],
  ["a wildcard that fits nothing", '{ eventName: [{ wildcard: "Cretae*User" }] }', /no known event fits/],
  [
    "what anything-but leaves out",
    `{ ${IAM}, eventName: [{ anything-but: [CreateUsr] }] }`,
    /did you mean CreateUser\?/,
  ],
  [
    "one arm of $or",
    `{ $or: [{ ${IAM}, eventName: [CreateUsr] }, { eventSource: [ec2.amazonaws.com], eventName: [RunInstances] }] }`,
    /^iam:CreateUsr/,
  ],
])("%s in a pattern draws a warning", (_, pattern, expected) => {
  const warnings = warningsOfPattern(pattern);
  expect(warnings).toHaveLength(1);
  if (typeof expected === "string") expect(warnings[0]).toBe(expected);
  else expect(warnings[0]).toMatch(expected);
});

test.each([
  [
    "a name of one of several sources",
    "{ eventSource: [iam.amazonaws.com, ec2.amazonaws.com], eventName: [CreateUser, RunInstances] }",
  ],
  [
    "sources and names in arms of $or",
    `{ $or: [{ ${IAM}, eventName: [CreateUser] }, { eventSource: [ec2.amazonaws.com], eventName: [RunInstances] }] }`,
  ],
  ["a name in any case", `{ ${IAM}, eventName: [{ equals-ignore-case: CREATEUSER }] }`],
  ["a name with its version", "{ eventSource: [lambda.amazonaws.com], eventName: [DeleteFunction20150331] }"],
  [
    "a beginning that a version fits",
    "{ eventSource: [lambda.amazonaws.com], eventName: [{ prefix: DeleteFunction2015 }] }",
  ],
  [
    "a name that one service has with a version and one without",
    "{ eventSource: [lambda.amazonaws.com, iam.amazonaws.com], eventName: [GetPolicy] }",
  ],
  [
    "an event that is no call",
    "{ eventSource: [ec2.amazonaws.com], eventType: [AwsServiceEvent], eventName: [SomethingHappened] }",
  ],
  ["a source by its end", "{ eventSource: [{ suffix: .amazonaws.com }], eventName: [CreateUser] }"],
  ["a source of China", "{ eventSource: [iam.amazonaws.com.cn], eventName: [CreateUser] }"],
  ["anything but a source", "{ eventSource: [{ anything-but: s3.amazonaws.com }], eventName: [CreateUser] }"],
  [
    "the call of an Insights record",
    "{ insightDetails: { eventSource: [iam.amazonaws.com], eventName: [CreateUser] } }",
  ],
])("%s draws none", (_, pattern) => {
  expect(warningsOfPattern(pattern)).toEqual([]);
});

test("patterns of exceptions and of what comes before are judged too", () => {
  const beside =
    ", except: [{ reason: r, pattern: { eventName: [CreatUser] } }], after: { pattern: { eventName: [ListUsrs] }, count: 1, within: 1h }";
  expect(warningsOfPattern("{ eventName: [CreateUser] }", beside)).toEqual([
    "ListUsrs: no such call is known; did you mean ListUsers?",
    "CreatUser: no such call is known; did you mean CreateUser?",
  ]);
});

test.each([
  [
    "a misspelt name",
    "selection: { eventSource: iam.amazonaws.com, eventName: createusr }",
    "selection",
    /did you mean CreateUser\?/,
  ],
  [
    "an end that nothing has",
    "selection: { eventSource: iam.amazonaws.com, eventName|endswith: Usr }",
    "selection",
    /no known event of iam fits/,
  ],
  [
    "a source without its ending",
    "selection: { eventSource: iam, eventName: CreateUser }",
    "selection",
    /did you mean iam\.amazonaws\.com\?/,
  ],
  [
    "what a filter leaves out",
    "selection: { eventSource: s3.amazonaws.com }, filter: { eventName: GetObjct }",
    "selection and not filter",
    /^s3:GetObjct: .*did you mean GetObject\?/,
  ],
])("%s in a Sigma rule draws a warning", (_, searches, condition, expected) => {
  const warnings = warningsOfSigma(searches, condition).filter((warning) => !warning.includes("own traffic"));
  expect(warnings).toEqual([expect.stringMatching(expected)]);
});

test.each([
  ["a name in any case", "selection: { eventSource: iam.amazonaws.com, eventName: CREATEUSER }", "selection"],
  [
    "searches of one source each",
    "a: { eventSource: iam.amazonaws.com, eventName: CreateUser }, b: { eventSource: ec2.amazonaws.com, eventName: RunInstances }",
    "1 of them",
  ],
])("%s in a Sigma rule draws none", (_, searches, condition) => {
  expect(warningsOfSigma(searches, condition)).toEqual([]);
});
