import { needOf } from "../../../lambda/rule-files/data-events.ts";
import { readRuleFile } from "../../../lambda/rule-files/rule-file.ts";
import { CATALOGUES, doubtsOfTechniques } from "../../../lambda/rule-files/technique-warnings.ts";
import { loadedRules } from "../../support/loaded-rules.ts";

const SHIPPED = loadedRules("rules");
const RULES = SHIPPED.map(({ rule }) => rule);

describe.each(CATALOGUES.map((catalogue) => [catalogue.title, catalogue] as const))("%s", (_, catalogue) => {
  const { techniques, beyond, replaced, field } = catalogue;
  const named = new Set(RULES.flatMap((rule) => rule[field] ?? []));
  const isShown = (id: string) => [...named].some((one) => one === id || one.startsWith(`${id}.`));

  test("every technique is shown by a rule, or has a reason why none shows it; none has both", () => {
    const wrong = techniques.filter(({ id, missing }) => isShown(id) === (missing !== undefined));
    expect(wrong.map(({ id, missing }) => ({ id, missing, shown: isShown(id) }))).toEqual([]);
  });

  test("what is missing of a technique is said only where a rule shows the rest", () => {
    expect(techniques.filter(({ id, partly }) => partly !== undefined && !isShown(id)).map(({ id }) => id)).toEqual([]);
  });

  test("every id that a shipped rule names is in the list, once, and what is outside it is named by a rule", () => {
    const ids = [...techniques, ...beyond].map(({ id }) => id);
    expect([...named].filter((id) => !ids.includes(id))).toEqual([]);
    expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([]);
    expect(beyond.filter(({ id }) => !named.has(id)).map(({ id }) => id)).toEqual([]);
  });

  test("an id that was given up leads to one that is there", () => {
    const ids = [...techniques, ...beyond].map(({ id }) => id);
    expect(Object.keys(replaced).filter((id) => ids.includes(id))).toEqual([]);
    expect(Object.values(replaced).filter((id) => !ids.includes(id))).toEqual([]);
  });
});

test("every shipped rule names a technique of ATT&CK", () => {
  const lacking = RULES.filter(({ name, technique }) => technique === undefined && !name.includes(":"));
  expect(lacking.map(({ name }) => name)).toEqual([]);
});

test.each([
  [
    "an id that ATT&CK has given up",
    { technique: ["T1562.008"] },
    ["technique: T1562.008 is T1685.002 in MITRE ATT&CK for IaaS, version 19"],
  ],
  [
    "a sub-technique that does not exist, with the nearest of its technique",
    { technique: ["T1098.009"] },
    [
      "technique: MITRE ATT&CK for IaaS, version 19, has no T1098.009; the nearest is T1098.001 (Additional Cloud Credentials)",
    ],
  ],
  [
    "an id of AWS's catalog with a letter too few",
    { threat: ["T1496.007"] },
    [
      "threat: AWS's Threat Technique Catalog, mid-2026, has no T1496.007; the nearest is T1496.001 (Resource Hijacking: Compute Hijacking)",
    ],
  ],
  [
    "an id whose technique is there, with what that has, though other ids look more alike",
    { threat: ["T1213.001"] },
    [
      "threat: AWS's Threat Technique Catalog, mid-2026, has no T1213.001; the nearest is T1213.A013 (Data from Information Repositories: RDS Instance Manipulation)",
    ],
  ],
  ["nothing where ids are in their own field", { technique: ["T1685.002"], threat: ["T1562.008"] }, []],
])("check warns of %s", (_, rule, doubts) => {
  expect(doubtsOfTechniques(rule).map(({ text }) => text)).toEqual(doubts);
});

test("a rule that names an id in the wrong form is refused, with its line", () => {
  const { faults } = readRuleFile(
    "a.yaml",
    "rules:\n  - name: a\n    calls: [iam:CreateUser]\n    threat: [AML.T0001]\n",
  );
  expect(faults).toEqual([
    expect.objectContaining({
      line: 4,
      message: expect.stringMatching(/^a threat is an id of AWS's Threat Technique Catalog such as T1496\.A007/),
    }),
  ]);
});

function rule(text: string) {
  const { rules, faults } = readRuleFile("a.yaml", `rules:\n  - name: a\n    ${text}\n`);
  expect(faults).toEqual([]);
  const [tested] = rules;
  return tested?.rule ?? RULES[0];
}

test.each([
  ["calls that change settings", "calls: [s3:PutBucketPolicy, iam:CreateUser]", undefined],
  ["reading objects", "calls: [s3:GetObject]", { of: "data events of S3 objects", selected: ["AWS::S3::Object"] }],
  [
    "objects and settings",
    "calls: [s3:PutBucketAcl, s3:PutObjectAcl]",
    { of: "data events of S3 objects", selected: ["AWS::S3::Object"], calls: ["s3:PutObjectAcl"] },
  ],
  [
    "two kinds of data",
    "calls: [lambda:Invoke, dynamodb:GetItem]",
    {
      of: "data events of Lambda functions, data events of DynamoDB tables",
      selected: ["AWS::Lambda::Function", "AWS::DynamoDB::Table"],
    },
  ],
  [
    "a step that reads objects",
    "steps: { within: 1h, of: [{ calls: [iam:CreateUser] }, { calls: [s3:GetObject] }] }",
    { of: "data events of S3 objects", selected: ["AWS::S3::Object"], calls: ["s3:GetObject"] },
  ],
  ["Insights", "pattern: { eventType: [AwsCloudTrailInsight] }", { of: "Insights events", selected: ["Insights"] }],
  [
    "refusals at endpoints",
    "pattern: { eventType: [AwsVpceEvent] }",
    { of: "network activity events", selected: ["NetworkActivity"] },
  ],
  [
    "objects by a pattern",
    "pattern: { eventSource: [s3.amazonaws.com], eventName: [GetObject] }",
    { of: "data events of S3 objects", selected: ["AWS::S3::Object"] },
  ],
  ["all of a service by a pattern", "pattern: { eventSource: [s3.amazonaws.com] }", undefined],
  ["kinds that a trail has anyway", "pattern: { eventType: [AwsApiCall, AwsVpceEvent] }", undefined],
])("what a rule on %s needs", (_, text, need) => {
  const read = rule(text);
  expect(read === undefined ? read : needOf(read)).toEqual(need);
});

test("shipped rules need data events exactly where the records of their tests say that they are such", () => {
  const kinds = SHIPPED.flatMap(({ rule, tests }) =>
    tests
      .filter(({ matches, record }) => matches && record.managementEvent !== undefined)
      .map(({ record }) => ({ rule: rule.name, isData: record.managementEvent === false, need: needOf(rule)?.of })),
  );
  expect(kinds.length).toBeGreaterThan(0);
  expect(kinds.filter(({ isData, need }) => isData !== (need !== undefined))).toEqual([]);
});
