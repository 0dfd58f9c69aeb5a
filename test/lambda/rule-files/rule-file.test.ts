import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { faultText } from "../../../lambda/rule-files/fault.ts";
import { readRuleFile } from "../../../lambda/rule-files/rule-file.ts";
import { loadRules, readRuleFiles } from "../../../lambda/rule-files/rule-files.ts";

const faults = (text: string) => readRuleFile("rules/x.yaml", text).faults.map(faultText);

test("a rule keeps what its author wrote, and where", () => {
  const text = `watch: [sns:CreateTopic, "lambda:*"]
rules:
  - name: key-made
    title: Key made
    description: A key.
    severity: high
    calls: [iam:CreateAccessKey]
    outcome: success
    pattern: { userIdentity: { type: [IAMUser] } }
    tests:
      - { name: yes, matches: true, record: { eventName: CreateAccessKey } }
`;
  const { rules, faults: none } = readRuleFile("rules/x.yaml", text);
  expect(none).toEqual([]);
  expect(rules.map(({ rule }) => rule)).toEqual([
    { name: "sns:CreateTopic", place: "rules/x.yaml:1", severity: "medium", calls: ["sns:CreateTopic"] },
    { name: "lambda:*", place: "rules/x.yaml:1", severity: "medium", calls: ["lambda:*"] },
    {
      name: "key-made",
      place: "rules/x.yaml:3",
      title: "Key made",
      description: "A key.",
      severity: "high",
      calls: ["iam:CreateAccessKey"],
      outcome: "success",
      pattern: { userIdentity: { type: ["IAMUser"] } },
    },
  ]);
  expect(rules[2]?.tests).toEqual([{ name: "yes", matches: true, record: { eventName: "CreateAccessKey" } }]);
});

test.each([
  [
    "a severity that is none",
    "rules:\n  - name: a\n    severity: hgih\n    calls: [a:B]",
    'rules/x.yaml:3: a: unknown severity "hgih"; one of critical, high, medium, low, info',
  ],
  [
    "an unknown key of a rule",
    "rules:\n  - name: a\n    calls: [a:B]\n    severty: low",
    /^rules\/x\.yaml:4: a: unknown key "severty"; one of name, title, description, /,
  ],
  [
    "an unknown key of the file",
    "rule:\n  - name: a",
    'rules/x.yaml:1: file: unknown key "rule"; one of watch, rules, overlay',
  ],
  [
    "an unknown key of a test",
    "rules:\n  - name: a\n    calls: [a:B]\n    tests:\n      - { name: t, matches: true, record: {}, why: x }",
    /^rules\/x\.yaml:5: a: unknown key "why"; one of name, matches, record/,
  ],
  ["a rule without name", "rules:\n  - calls: [a:B]", "rules/x.yaml:2: rules[0]: name is missing"],
  [
    "a name with capitals",
    "rules:\n  - name: MyRule\n    calls: [a:B]",
    /^rules\/x\.yaml:2: MyRule: a name is kebab-case/,
  ],
  [
    "a rule that demands nothing",
    "rules:\n  - name: a\n    severity: low",
    "rules/x.yaml:2: a: the rule is empty: it needs calls, a pattern, each or by",
  ],
  [
    "an opening that there is not, in a list",
    "rules:\n  - name: a\n    calls: [a:B]\n    policy:\n      opens-to: [everyone, everybody]",
    /^rules\/x\.yaml:5: a: unknown opens-to "everybody"; one of everyone, foreign-account/,
  ],
  [
    "an opening that there is not, by itself",
    "rules:\n  - name: a\n    calls: [a:B]\n    policy: { opens-to: everybody }",
    /^rules\/x\.yaml:4: a: unknown opens-to "everybody"; one of everyone, foreign-account/,
  ],
  [
    "rights that are no action",
    "rules:\n  - name: a\n    calls: [a:B]\n    policy: { allows: [administrator] }",
    'rules/x.yaml:4: a: allows takes admin, escalation, or actions such as iam:PassRole, not "administrator"',
  ],
  [
    "a question of a policy that asks nothing",
    "rules:\n  - name: a\n    calls: [a:B]\n    policy: {}",
    /^rules\/x\.yaml:4: a: policy takes opens-to, allows or both, or unreadable alone/,
  ],
  ["a question of any policy at all", "rules:\n  - name: a\n    policy: { allows: admin }", /^rules\/x\.yaml:\d: a: /],
  ["an empty list of calls", "rules:\n  - name: a\n    calls: []", "rules/x.yaml:3: a: calls is empty"],
  [
    "a call without service",
    "watch:\n  - sns:CreateTopic\n  - CreateUser",
    /^rules\/x\.yaml:3: CreateUser: "CreateUser" has no service; write service:EventName/,
  ],
  ["a call with spaces", "watch: ['iam:Create User']", /: "iam:Create User" is no service:EventName/],
  [
    "text where a list belongs",
    "rules:\n  - name: a\n    calls: iam:CreateUser",
    'rules/x.yaml:3: a: calls must be a list, not "iam:CreateUser"',
  ],
  [
    "a pattern that EventBridge refuses",
    "rules:\n  - name: a\n    pattern:\n      eventName: CreateUser",
    "rules/x.yaml:4: a: pattern.eventName: must be an object or a list",
  ],
  [
    "an operator that is none",
    "rules:\n  - name: a\n    pattern:\n      eventName:\n        - { prefex: Create }",
    /^rules\/x\.yaml:4: a: pattern\.eventName: unknown operator "prefex"; one of exists, prefix/,
  ],
  [
    "a runbook that is no https address",
    "rules:\n  - name: a\n    calls: [a:B]\n    runbook: javascript:alert(1)",
    /^rules\/x\.yaml:4: a: a runbook is an https/,
  ],
  ["YAML that is none", "rules:\n  - name: a\n   calls: x", /^rules\/x\.yaml:3: yaml: /],
  ["a key given twice", "rules:\n  - name: a\n    name: b", /^rules\/x\.yaml:3: yaml: Map keys must be unique/],
  ["an empty file", "# nothing", "rules/x.yaml:1: yaml: the file has neither watch, rules nor overlay"],
  ["a list instead of a mapping", "- a", /^rules\/x\.yaml:1: file: the file must be a mapping/],
  [
    "aliases that multiply",
    `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [${Array(9).fill("*a")}]\nc: &c [${Array(9).fill("*b")}]\nd: [${Array(9).fill("*c")}]`,
    /^rules\/x\.yaml:1: yaml: Excessive alias count/,
  ],
])("%s is named by file, line and rule", (_, text, expected) => {
  const [first = ""] = faults(text);
  if (typeof expected === "string") expect(first).toBe(expected);
  else expect(first).toMatch(expected);
});

test("every fault of a file is named, not just the first", () => {
  expect(
    faults(
      "rules:\n  - { name: A, calls: [a:B] }\n  - { name: b, calls: [a:B], severity: x }\n  - { name: c, foo: 1 }",
    ),
  ).toHaveLength(3);
});

test("files and folders are read at any depth, and a name that is taken is named with both places", () => {
  const folder = mkdtempSync(join(tmpdir(), "trailbell-rules-"));
  mkdirSync(join(folder, "deep"));
  writeFileSync(join(folder, "a.yaml"), "rules: [{ name: same, calls: [a:B] }]");
  writeFileSync(join(folder, "deep", "b.yml"), "\nrules:\n  - { name: same, calls: [a:C] }");
  writeFileSync(join(folder, "notes.txt"), "not a rule");
  const { rules, faults: found } = readRuleFiles([folder]);
  expect(rules).toHaveLength(2);
  expect(found.map(faultText)).toEqual([
    `${folder}/deep/b.yml:3: same: the name is taken by the rule at ${folder}/a.yaml:1`,
  ]);
  expect(() => loadRules([folder])).toThrow(/the name is taken/);
});

test.each([
  ["a file that is not there", "nope.yaml", "there is no such file or folder"],
  ["a folder without rules", "events/trail-bucket", "the folder has no .yaml file"],
])("%s is a fault", (_, path, message) => {
  expect(readRuleFiles([path]).faults.map(faultText)).toEqual([`${path}:1: file: ${message}`]);
});

const SIGMA = `title: Keys
author: somebody
logsource: { product: aws }
level: high
detection:
  selection: { eventName: CreateAccessKey }
  condition: selection
`;

function folderOf(files: { readonly [name: string]: string }): string {
  const folder = mkdtempSync(join(tmpdir(), "trailbell-overlay-"));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

test("an overlay switches off and changes rules of other files, which stay as they are", () => {
  const overlay = `overlay:
  keys:
    severity: low
    group: { by: [userIdentity.arn] }
    except: [{ reason: the job, pattern: { userIdentity: { userName: [job] } } }]
  noisy: { disable: too much of it }
`;
  const folder = folderOf({ "keys.yml": SIGMA, "noisy.yml": SIGMA, "overlay.yaml": overlay });
  const { rules, faults: none } = readRuleFiles([folder]);
  expect(none).toEqual([]);
  expect(rules.map(({ rule }) => rule)).toEqual([
    expect.objectContaining({
      name: "keys",
      severity: "low",
      group: { by: ["userIdentity.arn"] },
      except: [{ reason: "the job", pattern: { userIdentity: { userName: ["job"] } } }],
    }),
  ]);
});

test.each([
  ["a rule that is not there", "overlay: { nope: { severity: low } }", "nope: there is no rule of that name"],
  [
    "an unknown key",
    "overlay: { keys: { levl: low } }",
    'keys: unknown key "levl"; one of disable, severity, except, group',
  ],
  [
    "a severity that is none",
    "overlay: { keys: { severity: hgih } }",
    'keys: unknown severity "hgih"; one of critical',
  ],
  ["an empty exception", "overlay: { keys: { except: [{ reason: r }] } }", "keys: the exception is empty"],
])("an overlay with %s is a fault", (_, overlay, message) => {
  const folder = folderOf({ "keys.yml": SIGMA, "overlay.yaml": overlay });
  expect(readRuleFiles([folder]).faults.map(faultText)).toEqual([
    expect.stringContaining(`${folder}/overlay.yaml:1: ${message}`),
  ]);
});

test("one word is a list of one", () => {
  const { rules, faults: none } = readRuleFile(
    "rules/x.yaml",
    `rules:
  - name: a
    calls: [iam:PutUserPolicy]
    policy: { allows: admin, opens-to: everyone }
    threshold: { count: 5, within: 5m, weight: requestParameters.keys }
`,
  );
  expect(none).toEqual([]);
  expect(rules[0]?.rule).toMatchObject({
    policy: { allows: ["admin"], opensTo: ["everyone"] },
    threshold: { weight: ["requestParameters.keys"] },
  });
});
