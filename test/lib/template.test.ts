import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CloudFormationClient, CreateStackCommand } from "@aws-sdk/client-cloudformation";
import { LambdaClient, ListFunctionsCommand } from "@aws-sdk/client-lambda";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { Code, Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import { wheelFiles } from "../../cli/models/wheel.ts";
import { ASSET_FILE } from "../../lambda/asset.ts";
import { isObject } from "../../lambda/core/record/record.ts";
import { packageVersion } from "../../lib/edition.ts";
import type { FunctionCode } from "../../lib/function-code.ts";
import { type Release, releases, writeReleases } from "../../lib/package/template.ts";
import { deployed, ofType } from "../support/deployed-template.ts";
import { isInstalled } from "../support/installed.ts";
import { motoTest, startMoto } from "../support/moto.ts";
import { thorough, thoroughTest } from "../support/runs.ts";
import { synth } from "../support/synth.ts";

/** Code that is made in no time; test/package runs the real one. */
const code: FunctionCode = (scope, id, entry, asset, props) => {
  const folder = mkdtempSync(join(tmpdir(), "trailbell-code-"));
  writeFileSync(join(folder, "index.mjs"), `// ${entry}`);
  writeFileSync(join(folder, ASSET_FILE), JSON.stringify(asset));
  return new LambdaFunction(scope, id, { ...props, handler: "index.handler", code: Code.fromAsset(folder) });
};

const made = (settings: { readonly [name: string]: string }) => releases("none.yaml", (name) => settings[name], code);

type Template = {
  readonly Parameters: { readonly [id: string]: { readonly Default?: string | number } };
  readonly Resources: { readonly [id: string]: { readonly Type: string } };
  readonly Conditions: { readonly [id: string]: unknown };
  readonly Mappings: { readonly [id: string]: unknown };
};
const templateOf = ({ template }: Release) => template as Template;

/** What Ref and Fn::GetAtt name, wherever they stand. */
function named(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(named);
  if (!isObject(value)) return [];
  const own = value["Fn::GetAtt"];
  const names = typeof value.Ref === "string" ? [value.Ref] : Array.isArray(own) ? [String(own[0])] : [];
  return [...names, ...Object.values(value).flatMap(named)];
}

const PLACE = { account: "111122223333", region: "us-east-1", stack: "Trailbell" };
/** What whoever deploys types in. */
const GIVEN = { AssetBucket: "my-assets", Email: "you@example.com", LogBucket: "my-log-bucket" };

const all = made({});
const kinds: readonly (readonly [string, Release])[] = all.map((release) => [release.name, release]);

/** The parameters with what is typed in and, for the others, their defaults. */
function filled(release: Release) {
  const parameters = Object.entries(templateOf(release).Parameters).map(
    ([id, { Default }]) => [id, GIVEN[id as keyof typeof GIVEN] ?? Default] as const,
  );
  for (const [id, value] of parameters) expect({ id, value }).toEqual({ id, value: expect.anything() });
  return deployed(release.template, PLACE, Object.fromEntries(parameters) as { [id: string]: string });
}

test("there is a template for a new trail and one for a bucket that exists, each with what it must ask", () => {
  const asked = all.map((release) => [release.name, Object.keys(templateOf(release).Parameters).sort()]);
  const always = ["AssetBucket", "AssetPrefix", "Email", "FunctionLogDays", "ServiceRole"];
  expect(asked).toEqual([
    ["new-trail", [...always, "LogExpiryDays"].sort()],
    ["existing-bucket", [...always, "LogBucket"].sort()],
  ]);
});

test.each(kinds)("of CDK's bootstrap and of values that were to be filled in nothing is left: %s", (_, release) => {
  const { Parameters, Resources } = templateOf(release);
  const text = JSON.stringify(release.template);
  expect(text).not.toMatch(/BootstrapVersion|AssetParameters|hnb659fds|\$\{Token|known-at-deployment|known@|e\+289/);
  const known = [...Object.keys(Parameters), ...Object.keys(Resources)];
  for (const name of named(release.template)) if (!name.startsWith("AWS::")) expect(known).toContain(name);
  // CloudFormation API Reference, "CreateStack": what a TemplateURL may hold.
  expect(text.length).toBeLessThan(1_000_000);
});

test.each(kinds)(
  "each function's code is among the archives, under the key that the parameters make: %s",
  (_, release) => {
    const functions = ofType(filled(release), "AWS::Lambda::Function").filter(
      ({ properties }) => (properties.Code as { S3Key?: string }).S3Key !== undefined,
    );
    expect(functions).toHaveLength(2);
    const folder = mkdtempSync(join(tmpdir(), "trailbell-release-"));
    const written = writeReleases(folder, [release]);
    expect(readdirSync(folder).sort()).toEqual([...written].sort());
    const contents = functions.map(({ properties }) => {
      const { S3Bucket, S3Key } = properties.Code as { S3Bucket: string; S3Key: string };
      expect(S3Bucket).toBe("my-assets");
      const [, name = ""] = /^trailbell\/[\d.]+\/(.*)$/.exec(S3Key) ?? [];
      const files = wheelFiles(join(folder, name));
      expect(files.map(({ path }) => path)).toEqual(["index.mjs", "rules.json"]);
      const { rules, recipients } = JSON.parse(files[1]?.read().toString() ?? "");
      expect(rules.length).toBeGreaterThan(250);
      // Whom nobody knows yet is not in there: the tick has them in its environment.
      expect(recipients).toEqual([]);
      return files[0]?.read().toString();
    });
    expect(contents.sort()).toEqual(["// handler", "// tick"]);
  },
);

test.each(kinds)("once its parameters are filled in, it is the stack that cdk deploy makes: %s", (_, release) => {
  const { source } = { source: release.name === "new-trail" ? "new-trail" : GIVEN.LogBucket };
  const own = deployed(synth({ source, emails: GIVEN.Email }).toJSON(), PLACE);
  const types = ["AWS::SNS::Subscription", "AWS::Lambda::Function", "AWS::Events::Rule"];
  const same = (resources: ReturnType<typeof filled>) =>
    resources.filter(({ type }) => !types.includes(type)).map(({ id, properties }) => [id, properties] as const);
  expect(Object.fromEntries(same(filled(release)))).toEqual(Object.fromEntries(same(own)));
  const ids = (resources: ReturnType<typeof filled>) =>
    resources.filter(({ type }) => type !== "AWS::SNS::Subscription").map(({ id }) => id);
  expect(ids(filled(release)).sort()).toEqual(ids(own).sort());
  const subscribed = (resources: ReturnType<typeof filled>) =>
    ofType(resources, "AWS::SNS::Subscription").map(({ properties }) => properties);
  expect(subscribed(filled(release))).toEqual(subscribed(own));
});

test.each(kinds)("the tick looks for the address that was typed in: %s", (_, release) => {
  const tick = ofType(filled(release), "AWS::Lambda::Function").find(({ id }) => id.startsWith("Tick"));
  const environment = tick?.properties.Environment as { Variables: { DELIVERY_PATH: string } } | undefined;
  const recipients = ["alert", "health"].map((topic) => ({ topic, protocol: "email", endpoint: GIVEN.Email }));
  expect(JSON.parse(environment?.Variables.DELIVERY_PATH ?? "{}").recipients).toEqual(recipients);
});

test.each(kinds)("only the name that is written in it fits the stack: %s", (_, release) => {
  const { Mappings, Conditions } = templateOf(release);
  expect(Mappings).toEqual({ StackNames: { Trailbell: { fits: "true" } } });
  const found = { "Fn::FindInMap": ["StackNames", { Ref: "AWS::StackName" }, "fits"] };
  expect(Conditions).toEqual({ StackNameFits: { "Fn::Equals": [found, "true"] } });
  expect(release.template).toMatchObject({ Outputs: { StackName: { Condition: "StackNameFits" } } });
});

test("what CloudFormation does with its service role does not ring; without one, everything rings", () => {
  const [release] = all;
  const rules = ofType(filled(release as Release), "AWS::Events::Rule").map(
    ({ properties }) => properties.EventPattern,
  );
  expect(JSON.stringify(rules)).toContain("arn:aws:iam::111122223333:role/(none)");
  expect(JSON.stringify(rules)).not.toContain("role/cdk-");
});

test("what the settings say is asked no more, and what is wrong in them is said", () => {
  const [release, ...others] = made({ source: "my-log-bucket", phones: "+14155550100", logExpiryDays: "30" });
  expect(others).toEqual([]);
  expect(Object.keys(templateOf(release as Release).Parameters)).toEqual(
    expect.not.arrayContaining(["LogBucket", "Email", "LogExpiryDays"]),
  );
  expect(() => made({ emails: "you" })).toThrow(/-c emails: an email address/);
  expect(() => made({ source: "new-trail", prefix: "a" })).toThrow(/prefix is for/);
});

thoroughTest("a topic that is given asks for no address, and a name in the settings is the stack's", () => {
  const alertTopic = "arn:aws:sns:us-east-1:111122223333:alerts";
  const [release] = made({ source: "new-trail", alertTopic, stackName: "Payments" });
  const { Parameters, Mappings } = templateOf(release as Release);
  expect(Object.keys(Parameters)).not.toContain("Email");
  expect(Mappings).toEqual({ StackNames: { Payments: { fits: "true" } } });
});

test("docs/deploying.md says what each parameter is", () => {
  const [, section = ""] =
    /^## With Terraform or the console\n([\s\S]*?)^## /m.exec(readFileSync("docs/deploying.md", "utf8")) ?? [];
  const rows = Array.from(section.matchAll(/^\| (`[A-Z].*?) \|/gm), ([, cell = ""]) => cell);
  const told = rows.flatMap((cell) => Array.from(cell.matchAll(/`(\w+)`/g), ([, name = ""]) => name));
  expect(told.sort()).toEqual(
    [...new Set(all.flatMap((release) => Object.keys(templateOf(release).Parameters)))].sort(),
  );
});

/** moto's CloudFormation makes functions out of archives in its S3; it knows parameters, maps and conditions. */
thorough(motoTest)(
  "CloudFormation takes it by its URL, with code out of the bucket that was named, and under no other name",
  async () => {
    const moto = await startMoto();
    const credentials = { accessKeyId: "local", secretAccessKey: "local" };
    const settings = { endpoint: moto.endpoint, region: "us-east-1", credentials, maxAttempts: 1 };
    const [s3, formation, lambda] = [
      new S3Client({ ...settings, forcePathStyle: true }),
      new CloudFormationClient(settings),
      new LambdaClient(settings),
    ];
    const [, release] = all;
    const folder = mkdtempSync(join(tmpdir(), "trailbell-release-"));
    const prefix = `trailbell/${packageVersion()}/`;
    for (const Bucket of ["my-assets", GIVEN.LogBucket]) await s3.send(new CreateBucketCommand({ Bucket }));
    for (const name of writeReleases(folder, release === undefined ? [] : [release])) {
      const Body = readFileSync(join(folder, name));
      await s3.send(new PutObjectCommand({ Bucket: "my-assets", Key: prefix + name, Body }));
    }
    const create = (StackName: string) =>
      formation.send(
        new CreateStackCommand({
          StackName,
          TemplateURL: `https://my-assets.s3.amazonaws.com/${prefix}existing-bucket.template.json`,
          Capabilities: ["CAPABILITY_IAM"],
          Parameters: Object.entries(GIVEN).map(([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue })),
        }),
      );
    await create("Trailbell");
    const { Functions = [] } = await lambda.send(new ListFunctionsCommand({}));
    const sizes = Functions.filter(({ Runtime }) => Runtime?.startsWith("nodejs")).map(({ CodeSize }) => CodeSize);
    const archives = [...(release?.archives.values() ?? [])].map(({ length }) => length);
    expect(sizes.sort()).toEqual(archives.sort());
    await expect(create("Another")).rejects.toThrow();
    for (const client of [s3, formation, lambda]) client.destroy();
    await moto.stop();
  },
);

const lintTest = thorough(isInstalled("cfn-lint") ? test : test.skip);
lintTest(`cfn-lint finds nothing (needs cfn-lint: pip install cfn-lint)`, () => {
  const folder = mkdtempSync(join(tmpdir(), "trailbell-release-"));
  const templates = writeReleases(folder, all).filter((name) => name.endsWith(".json"));
  // W3005: CDK writes dependencies that are there already.
  const files = templates.map((name) => join(folder, name));
  const { status, stdout } = spawnSync("cfn-lint", ["--ignore-checks", "W3005", "--", ...files], { encoding: "utf8" });
  expect({ status, stdout }).toEqual({ status: 0, stdout: "" });
});
