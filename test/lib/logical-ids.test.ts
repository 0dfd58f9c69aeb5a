import { readFileSync } from "node:fs";
import type { Template } from "aws-cdk-lib/assertions";
import { SETTINGS } from "../support/settings.ts";
import { synth } from "../support/synth.ts";

/**
 * The resources of stacks that are deployed, by their logical ids. CloudFormation deletes what has another id after an
 * upgrade, and makes it anew: topics would lose their subscriptions, the ledger what it remembers. Add new ones; take none
 * away but with a way to upgrade, in docs/upgrading.md.
 */
const PINNED = JSON.parse(readFileSync("test/lib/logical-ids.json", "utf8")) as {
  readonly [source: string]: { readonly [id: string]: string };
};

/** An adopted bucket with as much of the rest as there is. */
const ADOPTED = {
  source: "my-log-bucket",
  emails: "a@example.com",
  phones: "+14155550100",
  alarms: "full",
  healthSmsFrom: "high",
  prefix: "x/y",
  logKey: "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
};

/** What there is beside: another way to be told of log files, from another account, ways out, a table for SQL. */
const ROUTED = {
  source: "my-log-bucket",
  emails: "a@example.com",
  endpoints: "https://pager.example.com/x",
  announcedBy: "eventbridge",
  bucketAccount: "444455556666",
  routes: JSON.stringify([
    { name: "payments", severity: "high", emails: ["pay@example.com"], endpoints: ["https://pay.example.com/x"] },
  ]),
  chatFrom: "high",
  athena: "true",
};

const resourcesOf = (template: Template) =>
  (template.toJSON() as { Resources: { [id: string]: { Type: string; DeletionPolicy?: string } } }).Resources;

test.each([
  ["new-trail", SETTINGS],
  ["my-log-bucket", ADOPTED],
  ["routed", ROUTED],
])("an upgrade replaces nothing that is deployed, and what is new is pinned: %s", (source, settings) => {
  const found = Object.entries(resourcesOf(synth(settings))).map(([id, { Type }]) => [id, Type]);
  expect(Object.fromEntries(found)).toEqual(PINNED[source]);
});

test("what holds data outlives the stack; what holds none goes with it", () => {
  const kept = Object.entries(resourcesOf(synth(SETTINGS))).filter(
    ([, { DeletionPolicy }]) => DeletionPolicy === "Retain",
  );
  expect(kept.map(([, { Type }]) => Type).sort()).toEqual([
    "AWS::DynamoDB::Table",
    "AWS::S3::Bucket",
    "AWS::S3::Bucket",
  ]);
});
