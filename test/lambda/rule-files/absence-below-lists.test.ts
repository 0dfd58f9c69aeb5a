import { warningsOfPattern, warningsOfSigma } from "../../support/warnings.ts";

const said = (warnings: readonly string[]) => warnings.filter((warning) => warning.includes("below the list"));
const below = (...lists: readonly string[]) =>
  lists.map((list) =>
    expect.stringMatching(
      new RegExp(`^exists: false below the list ${list.replaceAll(".", "\\.")} must hold for all .* each: to test`),
    ),
  );
const ABSENT = "[{ exists: false }]";

test.each([
  [
    "EC2's items",
    `{ requestParameters: { ipPermissions: { items: { ipRanges: ${ABSENT} } } } }`,
    "requestParameters.ipPermissions.items",
  ],
  [
    "items within items",
    `{ requestParameters: { ipPermissions: { items: { ipRanges: { items: { cidrIp: ${ABSENT} } } } } } }`,
    "requestParameters.ipPermissions.items.ipRanges.items",
  ],
  [
    "the same with dots",
    `{ requestParameters.ipPermissions.items.ipv6Ranges: ${ABSENT} }`,
    "requestParameters.ipPermissions.items",
  ],
  [
    "statements of a policy",
    `{ requestParameters: { bucketPolicy: { Statement: { Condition: ${ABSENT}, Effect: [Allow] } } } }`,
    "requestParameters.bucketPolicy.Statement",
  ],
  [
    "deep below a statement",
    `{ requestParameters: { bucketPolicy: { Statement: { Condition: { StringEquals: { "aws:PrincipalOrgID": ${ABSENT} } } } } } }`,
    "requestParameters.bucketPolicy.Statement",
  ],
  ["the record's resources", `{ resources: { accountId: ${ABSENT} } }`, "resources"],
  ["tags", `{ requestParameters: { tags: { value: ${ABSENT} } } }`, "requestParameters.tags"],
  [
    "a sibling that picks the element",
    `{ requestParameters: { items: { port: [22], proto: ${ABSENT} } } }`,
    "requestParameters.items",
  ],
  [
    "beside a value",
    `{ requestParameters: { items: { proto: [tcp, { exists: false }] } } }`,
    "requestParameters.items",
  ],
  [
    "an arm of $or",
    `{ requestParameters: { $or: [{ items: { proto: ${ABSENT} } }, { other: [x] }] } }`,
    "requestParameters.items",
  ],
])("exists: false at %s draws a warning that names the list", (_, pattern, list) => {
  expect(said(warningsOfPattern(pattern))).toEqual(below(list));
});

test("one warning a list, also of exceptions and of what comes before", () => {
  const pattern = `{ requestParameters: { items: { a: ${ABSENT}, b: ${ABSENT} } } }`;
  const beside = `, except: [{ reason: r, pattern: { resources: { ARN: ${ABSENT} } } }], after: { pattern: { requestParameters: { tags: { key: ${ABSENT} } } }, count: 1, within: 1h }`;
  expect(said(warningsOfPattern(pattern, beside))).toEqual(
    below("requestParameters.items", "requestParameters.tags", "resources"),
  );
});

test.each([
  ["a field that is in no list", `{ userIdentity: { invokedBy: ${ABSENT} } }`],
  ["the list itself", `{ requestParameters: { tags: ${ABSENT} } }`],
  ["resources that are not the record's", `{ requestParameters: { resources: { type: ${ABSENT} } } }`],
])("exists: false at %s draws none", (_, pattern) => {
  expect(said(warningsOfPattern(pattern))).toEqual([]);
});

test("that something is there below a list draws none, nor does Sigma's absence, which is asked of all", () => {
  expect(said(warningsOfPattern("{ requestParameters: { items: { a: [{ exists: true }] } } }"))).toEqual([]);
  expect(said(warningsOfSigma("selection: { eventName: x, requestParameters.items.a|exists: false }"))).toEqual([]);
});
