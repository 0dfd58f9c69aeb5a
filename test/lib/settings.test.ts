import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readSettings, SettingsError } from "../../lib/settings.ts";

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
    packs: ["rules"],
    logExpiryDays: 365,
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
  ["an address", "source: new-trail\nemails:\n  - you@example.com\n  - nonsense", {}, /:4: emails holds an address/],
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
  ["a broken file", "source: [", {}, /config\.yaml:1: /],
])("%s that cannot be is named with its place", (_, yaml, overrides, message) => {
  expect(() => read(yaml, overrides)).toThrow(message);
});
