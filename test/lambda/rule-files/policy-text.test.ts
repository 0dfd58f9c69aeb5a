import { POLICY_FIELDS } from "../../../lambda/rule-files/policy-fields.ts";
import { warningsOfPattern, warningsOfSigma } from "../../support/warnings.ts";

const said = (warnings: readonly string[]) => warnings.filter((warning) => warning.includes("use policy: to judge"));
const looked = (...fields: readonly string[]) =>
  fields.map((field) =>
    expect.stringMatching(new RegExp(`^${field.replaceAll(".", "\\.")}: the rule reads a policy as text`)),
  );

const nested = (field: string, demands: unknown) =>
  JSON.stringify({
    requestParameters: field.split(".").reduceRight<unknown>((inner, name) => ({ [name]: inner }), demands),
  });

test("the fields that hold policies are named once each", () => {
  expect(POLICY_FIELDS).toHaveLength(new Set(POLICY_FIELDS).size);
  expect(POLICY_FIELDS).toEqual(expect.arrayContaining(["policyDocument", "bucketPolicy", "attributes.Policy"]));
});

test.each(POLICY_FIELDS)("a text match on requestParameters.%s draws a warning", (field) => {
  const pattern = nested(field, [{ wildcard: '*"Principal":"\\\\*"*' }]);
  expect(said(warningsOfPattern(pattern))).toEqual(looked(`requestParameters.${field}`));
});

test.each([
  ["prefix", { prefix: '{"Version"' }],
  ["suffix", { suffix: "}" }],
  ["wildcard", { wildcard: "*iam:PassRole*" }],
  ["anything-but wildcard", { "anything-but": { wildcard: '*"Condition"*' } }],
  ["anything-but prefix", { "anything-but": { prefix: "{" } }],
  ["prefix without case", { prefix: { "equals-ignore-case": "{" } }],
  ["the whole text", '{"Statement":[]}'],
  ["the whole text without case", { "equals-ignore-case": '{"statement":[]}' }],
])("so does %s", (_, demand) => {
  expect(said(warningsOfPattern(nested("policyDocument", [demand])))).toEqual(
    looked("requestParameters.policyDocument"),
  );
});

test("each field has its warning, those of exceptions and of what comes before too", () => {
  const demand = '[{ wildcard: "*x*" }]';
  const beside = `, except: [{ reason: r, pattern: { requestParameters: { policyText: ${demand} } } }], after: { pattern: { requestParameters: { policyInJson: ${demand} } }, count: 1, within: 1h }`;
  const pattern = `{ requestParameters: { $or: [{ policy: ${demand} }, { resourcePolicy: ${demand} }] } }`;
  expect(said(warningsOfPattern(pattern, beside))).toEqual(
    looked(...["policy", "resourcePolicy", "policyInJson", "policyText"].map((field) => `requestParameters.${field}`)),
  );
});

test.each([
  ["that a policy is there", nested("policyDocument", [{ exists: true }])],
  ["that none is there", nested("policy", [{ exists: false }])],
  ["a policy's ARN", nested("policyArn", [{ suffix: "/AdministratorAccess" }])],
  ["a policy's name", nested("policyName", [{ prefix: "Admin" }])],
  ["an attribute that is no policy", nested("attributeValue", [{ prefix: "alerts" }])],
  ["a field of a parsed policy", nested("bucketPolicy.Statement.Effect", ["Allow"])],
])("a look at %s draws none", (_, pattern) => {
  expect(said(warningsOfPattern(pattern))).toEqual([]);
});

test.each([
  [
    "contains",
    'selection: { requestParameters.policyDocument|contains: \'"Action":"*"\' }',
    "requestParameters.policyDocument",
  ],
  ["startswith", "selection: { requestParameters.policy|startswith: '{' }", "requestParameters.policy"],
  ["re", "selection: { requestParameters.bucketPolicy|re: 'Principal.*' }", "requestParameters.bucketPolicy"],
  ["a star", "selection: { requestParameters.policyText: '*Allow*' }", "requestParameters.policyText"],
  ["the object above", 'selection: { requestParameters|contains: \'"Effect":"Allow"\' }', "requestParameters"],
  ["an escaped text in it", "selection: { requestParameters|contains: '\\\\\"Effect\\\\\":' }", "requestParameters"],
  ["keywords", 'selection: [ \'"Principal":"*"\' ]', "keywords"],
])("in Sigma rules %s draws one", (_, searches, field) => {
  expect(said(warningsOfSigma(searches))).toEqual(looked(field));
});

test.each([
  ["another text in the object above", "selection: { requestParameters|contains: 'AdministratorAccess' }"],
  ["a keyword", "selection: [ 'mimikatz' ]"],
])("in Sigma rules %s draws none", (_, searches) => {
  expect(said(warningsOfSigma(searches))).toEqual([]);
});
