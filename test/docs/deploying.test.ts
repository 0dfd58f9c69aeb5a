import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { readSettings, refuseUnknownSettings } from "../../lib/settings.ts";
import { settingsSchema } from "../../lib/settings-schema.ts";
import { Recipe } from "../support/recipe.ts";
import { sampled, thoroughTest } from "../support/runs.ts";

const PAGE = readFileSync("docs/deploying.md", "utf8");
const INVESTIGATE = readFileSync("docs/investigate.md", "utf8");

/** The settings of each command on a page that deploys or synthesizes. */
function commandsIn(
  page: string,
): readonly (readonly [command: string, settings: { readonly [name: string]: string }])[] {
  return [...page.matchAll(/npx cdk (?:deploy|synth) [^\n`]+/g)].flatMap(([command]) => {
    const given = [...command.matchAll(/-c ([^\s=]+)=(\S+)/g)].map(
      ([, name = "", value = ""]) => [name, value] as const,
    );
    // Files that somebody makes just before.
    const own = given.filter(([name]) => name !== "bucketNotification" && name !== "accountsFrom");
    return given.length === 0 ? [] : [[command, Object.fromEntries(own)] as const];
  });
}

const COMMANDS = [...commandsIn(PAGE), ...commandsIn(INVESTIGATE)];

test("the pages have a command for each recipe", () => {
  expect(COMMANDS.length).toBeGreaterThan(20);
});

test.each(sampled(COMMANDS))("%s has settings that can be deployed, and cdk-nag finds nothing", (_, given) => {
  refuseUnknownSettings(Object.keys(given));
  const own = Object.fromEntries(Object.entries(given).filter(([name]) => /^[A-Za-z]+$/.test(name)));
  expect(() => readSettings("none.yaml", (name) => own[name])).not.toThrow();
  expect(() => new Recipe(own)).not.toThrow();
});

thoroughTest("each output for the other side that the page names is there in some recipe", () => {
  const named = new Set(
    [...PAGE.matchAll(/`(Other\w+)`/g)].map(([, name = ""]) => name).filter((name) => name !== "Other"),
  );
  const made = COMMANDS.flatMap(([, given]) => {
    const own = Object.fromEntries(Object.entries(given).filter(([name]) => /^[A-Za-z]+$/.test(name)));
    return Object.keys(new Recipe(own).template.Outputs);
  });
  expect([...named].filter((name) => !made.includes(name))).toEqual([]);
  expect([...new Set(made)].filter((name) => name.startsWith("Other") && !named.has(name))).toEqual([]);
});

test("routes as the page shows them are settings", () => {
  const [, yaml = ""] = /```yaml\n([\s\S]*?)```/.exec(PAGE) ?? [];
  expect(settingsSchema.safeParse({ source: "b-1", emails: ["a@example.com"], ...parse(yaml) }).success).toBe(true);
});

/** A table as the template has it. */
interface GlueTable {
  readonly PartitionKeys: readonly GlueColumn[];
  readonly Parameters: { readonly [name: string]: string };
  readonly StorageDescriptor: {
    readonly Columns: readonly GlueColumn[];
    readonly SerdeInfo: { readonly SerializationLibrary: string };
    readonly InputFormat: string;
    readonly OutputFormat: string;
    readonly Location: string;
  };
}

interface GlueColumn {
  readonly Name: string;
  readonly Type: string;
}

test("the table that one makes by hand is the one that the stack makes", () => {
  const [, ddl = ""] = /```sql\n(CREATE EXTERNAL TABLE[\s\S]*?)\n```/.exec(INVESTIGATE) ?? [];
  const recipe = new Recipe({ source: "my-log-bucket", emails: "a@example.com", athena: "true", stackName: "My-Bell" });
  const { TableInput } = recipe.of("AWS::Glue::Table").properties as { TableInput: GlueTable };
  const { StorageDescriptor: stored } = TableInput;
  expect(ddl).toBe(`CREATE EXTERNAL TABLE trailbell.records (
${stored.Columns.map(({ Name, Type }) => `  ${Name} ${Type}`).join(",\n")}
)
PARTITIONED BY (${TableInput.PartitionKeys.map(({ Name, Type }) => `${Name} ${Type}`).join(", ")})
ROW FORMAT SERDE '${stored.SerdeInfo.SerializationLibrary}'
STORED AS INPUTFORMAT '${stored.InputFormat}'
OUTPUTFORMAT '${stored.OutputFormat}'
LOCATION '${stored.Location}'
TBLPROPERTIES (
${Object.entries(TableInput.Parameters)
  .map(([name, value]) => `  '${name}' = '${value}'`)
  .join(",\n")}
)`);
  expect(recipe.of("AWS::Glue::Database").properties).toMatchObject({ DatabaseInput: { Name: "my_bell" } });
  expect(recipe.of("AWS::Athena::WorkGroup").properties).toMatchObject({
    Name: "My-Bell",
    WorkGroupConfiguration: { EnforceWorkGroupConfiguration: true, BytesScannedCutoffPerQuery: 107374182400 },
  });
  const inOrganization = new Recipe({
    source: "b-1",
    emails: "a@example.com",
    athena: "true",
    organization: "o-exampleorgid",
  });
  expect(JSON.stringify(inOrganization.of("AWS::Glue::Table").properties)).toContain(
    ["s3://b-1/AWSLogs/o-exampleorgid/", "{account}/CloudTrail/", "{region}/", "{day}"].join("$"),
  );
});
