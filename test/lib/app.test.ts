import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commandIn } from "../support/command.ts";
import { first } from "../support/runs.ts";
import { SETTINGS } from "../support/settings.ts";

const { context } = JSON.parse(readFileSync("cdk.json", "utf8"));

/** What the app makes when cdk runs it, with credentials for a region: its stacks, and what it says. */
async function appIn(region: string, settings: { readonly [name: string]: string } = {}, account = "") {
  const folder = mkdtempSync(join(tmpdir(), "trailbell-app-"));
  const { stderr } = await commandIn(
    {
      CDK_OUTDIR: folder,
      CDK_CONTEXT_JSON: JSON.stringify({ ...context, ...SETTINGS, ...settings, "aws:cdk:bundling-stacks": [] }),
      CDK_VALIDATION: "false",
      CDK_DISABLE_STACK_TRACE: "1",
      CDK_DEFAULT_REGION: region,
      CDK_DEFAULT_ACCOUNT: account,
    },
    "app",
    [],
  );
  const { artifacts } = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8"));
  const names = Object.entries(artifacts as { readonly [id: string]: { readonly type: string } })
    .filter(([, { type }]) => type === "aws:cloudformation:stack" || type === "cdk:cloud-assembly")
    .map(([id]) => id);
  const said = stderr.split("\n").filter((line) => /^(?:note|warning):/.test(line));
  return { names, said: said.filter((line) => !line.startsWith("note: -c")), all: said };
}

/** Where the app is made, with what settings; the stacks that it then has, and what it says. */
const REGIONS: readonly [string, string, { readonly [name: string]: string }, readonly string[], RegExp | undefined][] =
  [
    ["where IAM's calls surface, it is one stack", "us-east-1", {}, ["Trailbell"], undefined],
    [
      "elsewhere a second one stands beside it, in an assembly of its own",
      "eu-central-1",
      {},
      ["Trailbell", "assembly-Iam"],
      /^note: .*npx cdk deploy Iam\/TrailbellIam$/,
    ],
    ["unless the settings say otherwise", "eu-central-1", { watchIam: "false" }, ["Trailbell"], undefined],
    ["where they cannot be sent, it says so", "us-gov-east-1", {}, ["Trailbell"], /^warning: .*us-gov-east-1/],
    ["where the only region is IAM's own, there is nothing to say", "eusc-de-east-1", {}, ["Trailbell"], undefined],
    ["where China's surface, there is nothing to say", "cn-north-1", {}, ["Trailbell"], undefined],
    ["without a region it says what is not known", "", {}, ["Trailbell"], /^warning: the region is not known/],
  ];

test.each(first(2, REGIONS))("%s", async (_, region, settings, stacks, said) => {
  const app = await appIn(region, settings);
  expect(app.names.sort()).toEqual(stacks);
  expect(app.said).toEqual(said === undefined ? [] : [expect.stringMatching(said)]);
});

test("a topic of another region than the stack's is named: nothing can be published there", async () => {
  const topic = (region: string) => `arn:aws:sns:${region}:111122223333:pager`;
  const routes = [
    { name: "here", severity: "critical", topic: topic("us-east-1") },
    { name: "there", severity: "high", topic: topic("eu-west-1") },
  ];
  const { said } = await appIn("us-east-1", { routes: JSON.stringify(routes) });
  expect(said).toEqual([
    `warning: ${topic("eu-west-1")} is of another region than the stack (us-east-1): nothing can be published there`,
  ]);
});

test("a new trail of an account that is left out is told, as it would be read for nothing", async () => {
  const said = async (settings: { readonly [name: string]: string }) =>
    (await appIn("us-east-1", settings, "111122223333")).said;
  expect(await said({ onlyAccounts: "444455556666" })).toEqual([
    "warning: onlyAccounts leaves out the account of the stack (111122223333), and this trail records no other: nothing is read",
  ]);
  const organization = { organization: "o-exampleorgid", organizationTrail: "true" };
  expect(await said({ onlyAccounts: "444455556666", ...organization })).toEqual([]);
});

test("settings without effect are named, and whom -c names: CDK hands over the last of two -c only", async () => {
  const { all } = await appIn("us-east-1", { smsFrom: "high", emails: "a@example.com,b@example.com" });
  expect(all).toEqual([
    "warning: -c smsFrom: smsFrom has no effect without phones",
    "note: -c emails: a@example.com, b@example.com, and nobody else (several go into one -c, with commas)",
  ]);
});

test("a new trail that does not record what a rule of one's own needs is said, with the rule", async () => {
  const folder = mkdtempSync(join(tmpdir(), "trailbell-packs-"));
  const file = join(folder, "mine.yaml");
  const rules = Object.entries({ read: "s3:GetObject", made: "s3:CreateBucket", found: "dynamodb:GetItem" });
  const lines = rules.map(([name, call]) => `  - { name: ${name}, calls: [${call}] }\n`);
  writeFileSync(file, `rules:\n${lines.join("")}`);
  const FieldSelectors = [
    { Field: "eventCategory", Equals: ["Data"] },
    { Field: "resources.type", Equals: ["AWS::S3::Object"] },
  ];
  const { all } = await appIn("us-east-1", {
    packs: `rules,${file}`,
    dataEvents: JSON.stringify([{ FieldSelectors }]),
  });
  expect(all.filter((line) => line.startsWith("warning: "))).toEqual([
    `warning: ${file}:4: found needs data events of DynamoDB tables, which this trail does not record; without them it matches nothing (docs/deploying.md#a-new-trail: dataEvents, insights)`,
  ]);
});
