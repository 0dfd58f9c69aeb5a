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
    'rules/x.yaml:4: a: unknown key "severty"; did you mean severity?',
  ],
  [
    "an unknown key that resembles none",
    "rules:\n  - name: a\n    calls: [a:B]\n    zzz: low",
    /^rules\/x\.yaml:4: a: unknown key "zzz"; one of name, title, description, /,
  ],
  ["an unknown key of the file", "rule:\n  - name: a", 'rules/x.yaml:1: file: unknown key "rule"; did you mean rules?'],
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
    "rules/x.yaml:2: a: the rule is empty: it needs one of calls, by, pattern, each",
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
    /^rules\/x\.yaml:4: a: policy takes opens-to, allows or both, or unreadable or locks-out alone/,
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
    "rules/x.yaml:4: a: pattern.eventName: must be a list: [CreateUser]",
  ],
  [
    "an operator that is none",
    "rules:\n  - name: a\n    pattern:\n      eventName:\n        - { prefex: Create }",
    'rules/x.yaml:4: a: pattern.eventName: unknown operator "prefex"; did you mean prefix?',
  ],
  [
    "a name of the deployment that is none",
    "rules:\n  - name: a\n    pattern: { x: [{ self: logBuket }] }",
    "rules/x.yaml:3: a: unknown name { self: logBuket }; did you mean logBucket?",
  ],
  [
    "an operator that resembles none",
    "rules:\n  - name: a\n    pattern:\n      eventName: [{ zzz: Create }]",
    /^rules\/x\.yaml:4: a: pattern\.eventName: unknown operator "zzz"; one of exists, prefix/,
  ],
  [
    "a field at fault below EventBridge's envelope and $or",
    "rules:\n  - name: a\n    pattern:\n      detail:\n        $or:\n          - eventName: [a]\n          - requestParameters.x:\n              y: z",
    "rules/x.yaml:8: a: pattern.requestParameters.x.y: must be a list: [z]",
  ],
  [
    "a runbook that is no https address",
    "rules:\n  - name: a\n    calls: [a:B]\n    runbook: javascript:alert(1)",
    /^rules\/x\.yaml:4: a: a runbook is an https/,
  ],
  [
    "a key given twice",
    "rules:\n  - name: a\n    name: b",
    "rules/x.yaml:3: yaml: the key name stands here for the second time",
  ],
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

test.each([
  ["severity", "severty: low", "severity"],
  ["threshold", "threshold: { count: 3, within: 5m, distict: eventName }", "distinct"],
  ["its discount", "threshold: { count: 3, within: 5m, discount: { pattern: { a: [b] }, byy: 2 } }", "by"],
  ["group", "group: { intervall: 5m }", "interval"],
  ["first", "first: { of: network, agian: 5d }", "again"],
  ["after", "after: { pattern: { a: [b] }, count: 1, within: 5m, cuont: 2 }", "count"],
  ["steps", "steps: { within: 5m, ordr: given, of: [{ calls: [a:B] }, { calls: [a:C] }] }", "order"],
  ["a step", "steps: { within: 5m, of: [{ calls: [a:B] }, { calls: [a:C], outcme: any }] }", "outcome"],
  [
    "a step's policy",
    "steps: { within: 5m, of: [{ calls: [a:B] }, { calls: [a:C], policy: { allow: admin } }] }",
    "allows",
  ],
  ["except", "except: [{ reason: x, calls: [a:B], untill: 2030-01-01 }]", "until"],
  ["an exception's each", "except: [{ reason: x, each: { in: x, pattern: { a: [b] }, patern: 1 } }]", "pattern"],
  ["policy", "policy: { open-to: everyone }", "opens-to"],
  ["tests", "tests: [{ name: x, match: true, record: {} }]", "matches"],
])("a mistyped key of %s is told with the one that was probably meant", (_, text, meant) => {
  const found = faults(`rules:\n  - name: a\n    calls: [a:B]\n    ${text}`);
  expect(found).toContainEqual(
    expect.stringMatching(new RegExp(`^rules/x\\.yaml:4: a: unknown key "[\\w-]+"; did you mean ${meant}\\?$`)),
  );
});

test("a mistyped key of an overlay's exception is told likewise, and each unknown key with its own line", () => {
  const overlay = (text: string) => faults(`overlay:\n  other:\n    ${text}`);
  expect(overlay("except: [{ reason: x, calls: [a:B], untill: x }]")).toEqual([
    'rules/x.yaml:3: other: unknown key "untill"; did you mean until?',
  ]);
  expect(overlay("severty: low\n    disabel: x")).toEqual([
    'rules/x.yaml:3: other: unknown key "severty"; did you mean severity?',
    'rules/x.yaml:4: other: unknown key "disabel"; did you mean disable?',
  ]);
});

test.each([
  [
    "a key too far left",
    "rules:\n  - name: a\n   calls: [a:B]",
    3,
    '"calls" is indented by 3 spaces; did you mean 4, as "name" above it?',
  ],
  [
    "a key too far right",
    "rules:\n  - name: a\n    calls: [a:B]\n     severity: low",
    4,
    '"severity" is indented by 5 spaces; did you mean 4, as "calls" above it?',
  ],
  [
    "a key below its dash",
    "rules:\n  - name: a\n  calls: [a:B]",
    3,
    '"calls" is indented by 2 spaces; did you mean 4, as "name" above it?',
  ],
  [
    "a dash beside the others",
    "rules:\n    - name: a\n      calls: [a:B]\n   - name: b",
    4,
    '"- name: b" is indented by 3 spaces; did you mean 4, as "- name: a" above it?',
  ],
  ["a tab", "rules:\n\t- name: a", 2, "a tab indents this line; YAML takes spaces only"],
  [
    "a colon in a text",
    "rules:\n  - name: a\n    why: Look: a thing",
    3,
    'a text with ": " in it is a mapping to YAML; put it in quotes',
  ],
  [
    "an open bracket",
    "rules:\n  - name: a\n    calls: [a:B\n    severity: low",
    3,
    "nothing closes the [ in this line",
  ],
  [
    "an open brace",
    "rules:\n  - name: a\n    group: { by: [actor]\n    severity: low",
    3,
    "nothing closes the { in this line",
  ],
  ["an open quote", 'rules:\n  - name: a\n    why: "Look\n    calls: [a:B]\n', 3, 'nothing closes the " in this line'],
  ["a brace too many", "rules:\n  - name: a\n    group: { by: [actor] }}", 3, "the } has nothing to close"],
  [
    "a key without its colon",
    "rules:\n  - name: a\n    severity low",
    3,
    '"severity low" has no colon after its key, and no dash before it',
  ],
  [
    "a call that begins with a star",
    "watch:\n  - sns:CreateTopic\n  - *:CreateUser",
    3,
    "YAML takes *:CreateUser for a reference; if it is a text, put it in quotes",
  ],
  [
    "a text that begins with @",
    "rules:\n  - name: a\n    why: @alice",
    3,
    "no value begins with @ in YAML; put it in quotes",
  ],
  ["two documents", "watch: [a:B]\n---\nwatch: [a:C]", 2, "a second document begins here (---); a file holds one"],
])("%s is told in plain words, on the line to mend", (_, text, line, expected) => {
  const [first = ""] = faults(text);
  expect(first).toBe(`rules/x.yaml:${line}: yaml: ${expected}`);
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
