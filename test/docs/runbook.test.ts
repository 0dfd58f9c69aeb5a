import { readFileSync } from "node:fs";
import { Match } from "aws-cdk-lib/assertions";
import { synth } from "../support/synth.ts";

const RUNBOOK = readFileSync("docs/runbook.md", "utf8");
const KEY = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

/** Sections for all cases. */
const GENERAL = ["Which mail is it", "Names", "Put it back"];

const sections = Array.from(RUNBOOK.matchAll(/^## (.*)$/gm), ([, heading = ""]) => heading);

const whole = synth({
  source: "my-log-bucket",
  emails: "you@example.com",
  phones: "+14155550100",
  logKey: KEY,
  alarms: "full",
});

/** What the resources of one type say in a property, by id. */
const textsOf = (type: string, property: string, props?: object) =>
  Object.entries(whole.findResources(type, props)).map(([id, { Properties }]) => ({
    id,
    text: String(Properties[property]),
  }));

const texts = [
  ...textsOf("AWS::CloudWatch::Alarm", "AlarmDescription"),
  ...textsOf("AWS::Events::Rule", "Description", { Properties: { EventPattern: Match.anyValue() } }),
];

const namedIn = (text: string) => / docs\/runbook\.md, "(.*)"\.$/.exec(text)?.[1];

test("each alarm and each rule of the self-watch names a section that is there", () => {
  expect(texts.length).toBeGreaterThan(30);
  for (const { id, text } of texts) expect({ id, section: namedIn(text) }).toEqual({ id, section: expect.anything() });
  expect(sections).toEqual(expect.arrayContaining(texts.map(({ text }) => namedIn(text))));
});

test("the runbook says how severe each alarm and each change is", () => {
  const rows = Array.from(RUNBOOK.matchAll(/^\| (critical|high|medium|low) \| [^|]* \| ([^|]*) \| ([^|]*)\|$/gm));
  const severityOf = (text: string) => /^\[([A-Z]+)\] /.exec(text)?.[1]?.toLowerCase();
  const rowsOf = (isIt: (alarms: string, changes: string) => boolean) =>
    rows.filter(([, , alarms = "", changes = ""]) => isIt(alarms, changes)).map(([, severity]) => severity);
  for (const { id, text } of texts) {
    const section = namedIn(text) ?? "";
    const [, changed] = /^(.*) was changed$/.exec(section) ?? [];
    const isNamed = (alarms: string, changes: string) =>
      changed === undefined
        ? alarms.includes(`\`${section}\``)
        : changes.split(", ").some((one) => one.trim() === changed.charAt(0).toLowerCase() + changed.slice(1));
    const named = rowsOf(isNamed);
    const expected = named.length > 0 || changed === undefined ? named : ["critical"];
    expect({ id, severity: expected }).toEqual({ id, severity: [severityOf(text)] });
  }
});

test("the runbook has no section that nothing names, but those for all cases", () => {
  const named = texts.map(({ text }) => namedIn(text));
  expect(sections.filter((section) => !named.includes(section))).toEqual(GENERAL);
});

test("each section but the plainest says what to type", () => {
  const parts = RUNBOOK.split(/^## /m).slice(1);
  const without = parts.filter((part) => !part.includes("```sh\n")).map((part) => part.split("\n", 1)[0]);
  expect(without).toEqual(["Which mail is it", "EventsWait", "MemoryShort"]);
});
