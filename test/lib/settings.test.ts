import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readRuleFile } from "../../lambda/rule-files/rule-file.ts";
import { assetOf } from "../../lib/rule-bundle.ts";
import { placesOf, readSettings, refuseUnknownSettings, SettingsError } from "../../lib/settings.ts";
import { notesOn } from "../../lib/settings-notes.ts";
import { thoroughTest } from "../support/runs.ts";

const folder = mkdtempSync(join(tmpdir(), "trailbell-"));

function read(yaml: string, overrides: { readonly [name: string]: string } = {}) {
  const file = join(folder, "trailbell.config.yaml");
  writeFileSync(file, yaml);
  return readSettings(file, (name) => overrides[name]);
}

const ENOUGH = "source: new-trail\nemails: [you@example.com]\n";

test("a source and a recipient are enough", () => {
  expect(read(ENOUGH)).toMatchObject({
    source: "new-trail",
    smsFrom: "critical",
    packs: ["trailbell/rules"],
    logExpiryDays: 365,
    silentAfterHours: 3,
    alarms: "default",
    watchIam: true,
  });
});

thoroughTest("without firstSeen, the rules that need its memory are not deployed, and no others are missing", () => {
  const namesWith = (overrides: { readonly [name: string]: string }) => {
    const asset = assetOf(read(ENOUGH, overrides), "trailbell.config.yaml");
    return { rules: asset.rules, learningDays: asset.settings.learningDays };
  };
  const [all, rest] = [namesWith({ learningDays: "30" }), namesWith({ firstSeen: "false" })];
  expect(all.learningDays).toBe(30);
  const firsts = all.rules.filter(({ first }) => first !== undefined);
  expect(firsts.length).toBeGreaterThan(5);
  expect(rest.rules).toEqual(all.rules.filter((rule) => !firsts.includes(rule)));
});

test("numbers and flags on the command line are no text", () => {
  expect(
    read(ENOUGH, { smsSpendLimit: "2.5", silentAfterHours: "6", watchIam: "false", healthSmsFrom: "high" }),
  ).toMatchObject({
    smsSpendLimit: 2.5,
    silentAfterHours: 6,
    watchIam: false,
    healthSmsFrom: "high",
  });
});

test("the command line overrides the file, with lists by commas", () => {
  const overrides = { emails: "a@example.com, b@example.com", source: "my-bucket", functionLogDays: "30" };
  expect(read(`${ENOUGH}phones: ["+14155550100"]\n`, { ...overrides, accounts: "111122223333=prod" })).toMatchObject({
    source: "my-bucket",
    emails: ["a@example.com", "b@example.com"],
    phones: ["+14155550100"],
    functionLogDays: 30,
    accounts: { "111122223333": "prod" },
  });
});

test("single rules are switched off or weighed otherwise, but not those that are not there, or watch the alerter itself", () => {
  const settings = read(
    `${ENOUGH}disable: { iam-user-created: our portal }\nseverity: { access-key-created: critical }\n`,
  );
  const { rules } = assetOf(settings, "trailbell.config.yaml");
  expect(rules.some(({ name }) => name === "iam-user-created")).toBe(false);
  expect(rules.find(({ name }) => name === "access-key-created")?.severity).toBe("critical");
  const changed = (disable: { readonly [rule: string]: string }) => () =>
    assetOf({ ...settings, disable }, "trailbell.config.yaml");
  expect(changed({ nope: "x" })).toThrow("trailbell.config.yaml:1: nope: ");
  expect(changed({ "own-trail-stopped": "x" })).toThrow(
    /own-trail-stopped: rules of self-protection.yaml can be neither/,
  );
});

test("what cannot be a threshold or a duration is refused with what to write", () => {
  const faults = (threshold: string) =>
    readRuleFile("x.yaml", `rules: [{ name: a, calls: [iam:CreateUser], threshold: ${threshold} }]`).faults.map(
      ({ message }) => message,
    );
  expect(faults("{ count: 5, within: 10m, distinct: eventName }")).toEqual([]);
  expect(faults("{ count: 5, within: 10 minutes }").join()).toContain("90s, 5m, 1h or 1d");
  expect(faults("{ count: 5, within: 2d }").join()).toContain("a duration is at most 1d");
  expect(faults("{ count: 1, within: 5m }").join()).not.toBe("");
  expect(faults("{ count: 5, within: 5m, distint: eventName }").join()).toContain("distinct");
});

test("without source it says what to write and what a second trail costs", () => {
  expect(() => read("emails: [you@example.com]")).toThrow(SettingsError);
  expect(() => read("emails: [you@example.com]")).toThrow(
    /source is missing.*\n.*source: new-trail.*\$2 per 100,000\n.*my-log-bucket/,
  );
});

test("without recipient it says what to write", () => {
  expect(() => read("source: new-trail")).toThrow(/nobody would be alerted\. Write\n\s+emails: \[you@example\.com\]/);
});

test.each([
  ["an unknown setting", `${ENOUGH}emial: x`, {}, /config\.yaml:3: unknown key "emial"; one of source, emails/],
  ["a severity", `${ENOUGH}smsFrom: urgent`, {}, /:3: unknown smsFrom "urgent"; one of critical, high/],
  [
    "an address",
    "source: new-trail\nemails:\n  - you@example.com\n  - nonsense",
    {},
    /:4: an email address is written like you@example\.com, not "nonsense"/,
  ],
  ["a bucket with s3://", ENOUGH, { source: "s3://b" }, /-c source: source is new-trail or the name of a bucket/],
  ["a phone number", ENOUGH, { phones: "0123" }, /-c phones: a phone number is written like/],
  ["an account without digits", `${ENOUGH}accounts: { prod: "111122223333" }`, {}, /accounts maps twelve digits/],
  ["a time zone", `${ENOUGH}timeZone: Mars/Olympus`, {}, /:3: timeZone is an IANA name/],
  [
    "a retention that CloudWatch Logs has not",
    `${ENOUGH}functionLogDays: 31`,
    {},
    /:3: functionLogDays is one of 1, 3/,
  ],
  ["text for a list", "source: new-trail\nemails: you@example.com", {}, /:2: emails must be a list/],
  [
    "a number that is none",
    ENOUGH,
    { logExpiryDays: "soon" },
    /-c logExpiryDays: logExpiryDays must be a number, not "soon"/,
  ],
  ["a silence of more than a day", `${ENOUGH}silentAfterHours: 48`, {}, /:3: silentAfterHours must be at most 24/],
  [
    "half an hour of silence",
    ENOUGH,
    { silentAfterHours: "0.5" },
    /-c silentAfterHours: silentAfterHours must be a whole number/,
  ],
  ["nothing to spend", `${ENOUGH}smsSpendLimit: 0`, {}, /:3: smsSpendLimit /],
  ["a set of alarms", ENOUGH, { alarms: "all" }, /-c alarms: unknown alarms "all"; one of default, full/],
  ["neither true nor false", ENOUGH, { dashboard: "yes" }, /-c dashboard: dashboard must be true or false/],
  ["a concurrency that stops all", `${ENOUGH}reservedConcurrency: 0`, {}, /:3: reservedConcurrency must be at least 1/],
  ["no days at all", `${ENOUGH}logExpiryDays: 0`, {}, /:3: logExpiryDays must be at least 1/],
  ["a severity of texts on health", `${ENOUGH}healthSmsFrom: urgent`, {}, /:3: unknown healthSmsFrom "urgent"; .*none/],
  [
    "a setting's old name",
    `${ENOUGH}emial: x\nhealthSms: true`,
    {},
    /:4: this is healthSmsFrom now, .*: info in place of true, none in place of false$/,
  ],
  ["an address given twice", ENOUGH, { emails: "a@example.com,A@example.com" }, /-c emails: names somebody twice/],
  ["a misspelt new-trail", ENOUGH, { source: "newtrail" }, /-c source: source is new-trail or/],
  ["an address for a bucket", ENOUGH, { source: "192.168.0.1" }, /-c source: source is new-trail or/],
  [
    "a prefix with AWSLogs",
    ENOUGH,
    { source: "b-1", prefix: "a/AWSLogs" },
    /-c prefix: prefix is what stands before AWSLogs/,
  ],
  [
    "data events of another trail",
    ENOUGH,
    { source: "b-1", ownDataEvents: "true" },
    /ownDataEvents is for new-trail; of a trail that you have, set its event selectors/,
  ],
  ["a prefix for a new trail", ENOUGH, { prefix: "a" }, /prefix is for a bucket that you have, not for new-trail/],
  [
    "a map of rules by -c",
    ENOUGH,
    { disable: "x" },
    /^-c disable: disable can be set in trailbell\.config\.yaml only, as/,
  ],
  ["severities by -c", ENOUGH, { severity: "x=high" }, /^-c severity: severity can be set in trailbell\.config/],
  ["a list for a file", "- source", {}, /config\.yaml:1: settings are a mapping/],
  ["a broken file", "source: [", {}, /config\.yaml:1: /],
])("%s that cannot be is named with its place", (_, yaml, overrides, message) => {
  expect(() => read(yaml, overrides)).toThrow(message);
});

test("a misspelt setting on the command line is refused, CDK's own context is not", () => {
  expect(() => refuseUnknownSettings(["emails", "cli-telemetry", "@aws-cdk/core:x", "aws:cdk:y"])).not.toThrow();
  expect(() => refuseUnknownSettings(["healthSms"])).toThrow(/^-c healthSms: this is healthSmsFrom now/);
  expect(() => refuseUnknownSettings(["email"])).toThrow(/-c email: no such setting; did you mean emails\?/);
});

test.each([
  ["a*b", /-c prefix: prefix holds "\*", which a permission takes for a wildcard/],
  ["a?b", /prefix holds "\?"/],
  ["$" + "{x}", /prefix holds "\$"/],
  ["a\tb", /prefix holds "\\t", a control character/],
  ["\u30ed", /prefix holds "\u30ed", which no permission may hold/],
  ["\u00fc".repeat(190), /too long for S3's filter/],
  ["", /^-c prefix: leave prefix out if keys begin with AWSLogs\/; otherwise write it /],
  ["/a", /without a slash at its ends or two together, like trails\/main, not "\/a"$/],
  ["a/", /without a slash at its ends/],
  ["a//b", /or two together/],
  ["/AWSLogs/", /^-c prefix: leave prefix out .*not "\/AWSLogs\/"$/],
  ["a ", /no space at its ends/],
  ["x".repeat(201), /at most 200 characters/],
])("the prefix %j is refused, and the character named", (prefix, message) => {
  expect(() => read(ENOUGH, { source: "b-1", prefix })).toThrow(message);
});

const PHONES_ALONE = 'source: new-trail\nphones: ["+14155550100"]\n';

test.each<[string, string, { readonly [name: string]: string }, readonly string[]]>([
  ["enough", ENOUGH, {}, []],
  [
    "phones and their settings",
    `${PHONES_ALONE}emails: [a@example.com]\nsmsFrom: high\nhealthSmsFrom: critical`,
    {},
    [],
  ],
  ["a severity of texts without phones", `${ENOUGH}smsFrom: high`, {}, [":3: smsFrom has no effect without phones"]],
  [
    "a limit and texts on health without phones",
    `${ENOUGH}smsSpendLimit: 5\nhealthSmsFrom: high`,
    {},
    [":3: smsSpendLimit has no effect without phones", ":4: healthSmsFrom has no effect without phones"],
  ],
  ["no texts on health, without phones", `${ENOUGH}healthSmsFrom: none`, {}, []],
  [
    "an expiry for another's bucket",
    `${ENOUGH}logExpiryDays: 30`,
    { source: "b-1" },
    [":3: logExpiryDays has no effect on a bucket", "note: if S3 says that configurations overlap"],
  ],
  ["an expiry for one's own", `${ENOUGH}logExpiryDays: 30`, {}, []],
  ["phones alone", PHONES_ALONE, {}, []],
  [
    "phones alone, for the worst",
    `${PHONES_ALONE}healthSmsFrom: critical`,
    {},
    [":3: nobody hears of what is less severe than critical"],
  ],
  [
    "phones alone, for nothing",
    PHONES_ALONE,
    { healthSmsFrom: "none" },
    ["-c healthSmsFrom: nobody hears of the alerter's own"],
  ],
  [
    "a topic alone",
    "source: new-trail\nalertTopic: arn:aws:sns:us-east-1:111122223333:a",
    {},
    [":2: nobody hears of the"],
  ],
  [
    "topics alone",
    "source: new-trail\nalertTopic: arn:aws:sns:us-east-1:111122223333:a\nhealthTopic: arn:aws:sns:us-east-1:111122223333:h",
    {},
    [],
  ],
  [
    "subnets",
    `${ENOUGH}subnets: [subnet-0123456789abcdef0]\nsecurityGroups: [sg-0123456789abcdef0]`,
    {},
    ["cloudtrail (the hourly look); and proveLogs: false, unless"],
  ],
  [
    "people by -c",
    "source: new-trail",
    { emails: "a@example.com" },
    ["note: -c emails: a@example.com, and nobody else"],
  ],
])("of %s whoever deploys reads what may surprise", (_, yaml, overrides, expected) => {
  const file = join(folder, "trailbell.config.yaml");
  const settings = read(yaml, overrides);
  const notes = notesOn(
    settings,
    placesOf(file, (name) => overrides[name]),
  );
  expect(notes).toEqual(expected.map((text) => expect.stringContaining(text)));
});
