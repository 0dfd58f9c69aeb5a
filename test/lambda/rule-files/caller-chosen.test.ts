import { warningsOfPattern, warningsOfSigma } from "../../support/warnings.ts";

const CALL = "eventName: [CreateUser]";
const said = (warnings: readonly string[]) => warnings.filter((warning) => /leaves records out|^except /.test(warning));

test.each([
  [
    "anything but a user agent",
    "userAgent: [{ anything-but: terraform }]",
    /^it leaves records out by userAgent, which callers choose: an attacker can choose a value that is left out$/,
  ],
  ["anything but a beginning of it", "userAgent: [{ anything-but: { prefix: aws-cli } }]", /by userAgent, which/],
  [
    "no source identity",
    "userIdentity: { sessionContext: { sourceIdentity: [{ exists: false }] } }",
    /by userIdentity\.sessionContext\.sourceIdentity, which/,
  ],
  [
    "anything but a session's name",
    'requestParameters: { roleSessionName: [{ anything-but: { wildcard: "ci-*" } }] }',
    /by requestParameters\.roleSessionName, which/,
  ],
  [
    "anything but a version of TLS",
    "tlsDetails: { tlsVersion: [{ anything-but: TLSv1.2 }] }",
    /by tlsDetails\.tlsVersion, which/,
  ],
  [
    "anything but an end of a name",
    "userIdentity: { arn: [{ anything-but: { suffix: /deploy } }] }",
    /by a part of userIdentity\.arn \(suffix\)/,
  ],
  [
    "anything but a role's beginning",
    "userIdentity: { sessionContext: { sessionIssuer: { userName: [{ anything-but: { prefix: CI } }] } } }",
    /by a part of .*userName \(prefix\)/,
  ],
  [
    "anything but a session",
    'userIdentity: { arn: [{ anything-but: "arn:aws:sts::111122223333:assumed-role/r/robot" }] }',
    /by the session name in userIdentity\.arn/,
  ],
])("a pattern for %s draws a warning", (_, field, expected) => {
  expect(said(warningsOfPattern(`{ ${CALL}, ${field} }`))).toEqual([expect.stringMatching(expected)]);
});

test.each([
  ["a tool's user agent", "userAgent: [{ prefix: TruffleHog }]"],
  ["a source identity", "userIdentity: { sessionContext: { sourceIdentity: [{ exists: true }] } }"],
  ["a session's name", 'requestParameters: { roleSessionName: ["pwned"] }'],
  ["names that fit", 'userIdentity: { arn: [{ wildcard: "*:user/temp-*" }] }'],
  ["anything but a kind of caller", "userIdentity: { type: [{ anything-but: Root }] }"],
  ["anything but what AWS calls", "userIdentity: { invokedBy: [{ exists: false }] }"],
  ["anything but a service", "userIdentity: { invokedBy: [{ anything-but: { suffix: .amazonaws.com } }] }"],
  [
    "anything but one role",
    'userIdentity: { sessionContext: { sessionIssuer: { arn: [{ anything-but: "arn:aws:iam::111122223333:role/r" }] } } }',
  ],
  [
    "anything but AWS's own roles",
    'userIdentity: { arn: [{ anything-but: { wildcard: "arn:aws:iam::*:role/aws-service-role/*" } }] }',
  ],
  ["anything but a kind of key", "userIdentity: { accessKeyId: [{ anything-but: { prefix: AKIA } }] }"],
  ["anything but a name in the call", "requestParameters: { userName: [{ anything-but: { prefix: svc- } }] }"],
])("a pattern for %s draws none", (_, field) => {
  expect(said(warningsOfPattern(`{ ${CALL}, ${field} }`))).toEqual([]);
});

test.each([
  ["userAgent: [{ exists: false }]", 'except "r" looks at userAgent, which callers choose'],
  ["userAgent: [{ anything-but: x }]", 'except "r" looks at userAgent, which callers choose'],
  ["requestParameters: { externalId: [x] }", 'except "r" looks at requestParameters.externalId, which callers choose'],
  [
    "userIdentity: { arn: [{ prefix: x }] }",
    'except "r" pins userIdentity.arn by prefix: a caller may choose a name that fits',
  ],
])("an exception for { %s } draws a warning", (pattern, expected) => {
  expect(said(warningsOfPattern(`{ ${CALL} }`, `, except: [{ reason: r, pattern: { ${pattern} } }]`))).toEqual([
    expected,
  ]);
});

const SELECTION = "selection: { eventName: CreateUser }";

test.each([
  ["a filter on a user agent", `${SELECTION}, filter: { userAgent|contains: Jersey }`, "selection and not filter", 1],
  ["a filter on a name", `${SELECTION}, filter: { userIdentity.arn|endswith: /deploy }`, "selection and not filter", 1],
  ["neq", "selection: { eventName: CreateUser, userAgent|neq: x }", "selection", 1],
  [
    "a filter of a filter",
    `${SELECTION}, filter: { eventName: CreateUser }, tool: { userAgent: x }`,
    "selection and not (filter and not tool)",
    0,
  ],
  ["a tool's user agent", "selection: { eventName: CreateUser, userAgent|contains: Jersey }", "selection", 0],
])("in a Sigma rule, %s: so many warnings", (_, searches, condition, count) => {
  expect(said(warningsOfSigma(searches, condition))).toHaveLength(count);
});
