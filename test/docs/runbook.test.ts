import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Match } from "aws-cdk-lib/assertions";
import { healthMessage } from "../../lambda/core/health/message.ts";
import { trailFindings } from "../../lambda/core/health/trail.ts";
import { DESK_DEPLOYMENT } from "../../lambda/core/rules/self.ts";
import { run } from "../support/command.ts";
import { deployed } from "../support/deployed-template.ts";
import { NOW } from "../support/desk-pipeline.ts";
import { ACCOUNT, record } from "../support/log-files.ts";
import { SETTINGS } from "../support/settings.ts";
import { synth } from "../support/synth.ts";
import { eventOf, toldOf } from "../support/told.ts";

const RUNBOOK = readFileSync("docs/runbook.md", "utf8");
const KEY = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

/** Sections for all cases. */
const GENERAL = [
  "Names",
  "Which mail is it",
  "Put it back",
  "Read what was missed",
  "Quiet a mail",
  "A rule is noisy at 3 am",
  "Upgrade",
  "Remove it",
];

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

const blocks = Array.from(RUNBOOK.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm), ([, language, text = ""]) => ({
  language,
  text,
}));
const commands = blocks.filter(({ language }) => language === "sh").map(({ text }) => text.replaceAll(/ # .*$/gm, ""));

test("each name that a command uses is an output of the stack, and each word in capitals is explained", () => {
  const outputs = Object.keys({ ...whole.findOutputs("*"), ...synth({ ...SETTINGS }).findOutputs("*") });
  const names = new Set(commands.flatMap((text) => text.match(/(?<=\$)[A-Za-z]+/g) ?? []));
  expect(names.size).toBeGreaterThan(12);
  expect(outputs).toEqual(expect.arrayContaining([...names]));
  const [, table = ""] = /^## Names\n([\s\S]*?)^## /m.exec(RUNBOOK) ?? [];
  const words = new Set(commands.flatMap((text) => text.match(/(?<![\w$-])[A-Z][A-Z_]{3,}(?![\w-])/g) ?? []));
  const ofAws = ["SYSTEM"];
  expect(words.size).toBeGreaterThan(10);
  for (const word of words) {
    if (!ofAws.includes(word)) expect(table).toMatch(new RegExp(`^\\|.*\`${word}(?:\\.json)?\`.*\\|`, "m"));
  }
});

test("the block at the top prints each output but the advice, as what a shell takes", async () => {
  const folder = mkdtempSync(join(tmpdir(), "trailbell-runbook-"));
  // The command line of AWS, which prints a table with tabs.
  const aws = `#!/bin/sh\nprintf '%s\\n' "$@" > ${folder}/asked\nprintf 'Alerter\\tTrailbell-Alerter\\nLogBucket\\ttrail-bucket\\n'\n`;
  writeFileSync(join(folder, "aws"), aws, { mode: 0o755 });
  const [first = ""] = commands;
  const { stdout, stderr } = await run("sh", ["-c", first], { PATH: `${folder}:${process.env.PATH}` });
  expect({ stdout, stderr }).toEqual({ stdout: "Alerter=Trailbell-Alerter\nLogBucket=trail-bucket\n", stderr: "" });
  expect(readFileSync(join(folder, "asked"), "utf8").split("\n")).toEqual(
    expect.arrayContaining([
      "describe-stacks",
      'Stacks[0].Outputs[?!starts_with(OutputKey, `"Next"`)].[OutputKey,OutputValue]',
    ]),
  );
});

test("the mails that it shows are what is sent", () => {
  const shown = blocks.map(({ text }) => text);
  const [alarm] = textsOf("AWS::CloudWatch::Alarm", "AlarmDescription").filter(({ id }) =>
    id.startsWith("AlarmsDeadLetters"),
  );
  expect(shown).toContainEqual(expect.stringContaining(`- Description:                ${alarm?.text}\n`));

  const told = trailFindings(DESK_DEPLOYMENT.trailArn, { value: { isLogging: false } });
  const place = { stackName: "Trailbell", account: `prod (${ACCOUNT})`, region: "us-east-1" };
  const { subject, email } = healthMessage({ tells: "changed", severity: "critical", told, over: [] }, place, NOW);
  expect(shown).toContain(`Subject: ${subject}\n\n${email}`);

  const where = { account: ACCOUNT, region: "us-east-1", stack: "Trailbell" };
  const texted = deployed(synth({ ...SETTINGS, phones: "+14155550100", healthSmsFrom: "critical" }).toJSON(), where);
  const changed = record({
    eventSource: "lambda.amazonaws.com",
    eventName: "UpdateFunctionCode20150331v2",
    requestParameters: { functionName: "Trailbell-Alerter" },
    eventID: "8091a802-1287-4f6b-2515-ab03ed485bed",
  });
  const [mail, text] = toldOf(texted, where, eventOf(changed)).map((one) => `${one.text}\n`);
  expect(shown).toEqual(expect.arrayContaining([mail, text]));
});
