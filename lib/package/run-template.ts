import { parseArgs } from "node:util";
import { RuleFilesError } from "../../lambda/rule-files/fault.ts";
import { prebuiltFunction } from "../prebuilt-function.ts";
import { refuseUnknownSettings, SettingsError } from "../settings.ts";
import { SETTINGS_FILE } from "../settings-file.ts";
import { buildPackage } from "./build.ts";
import { releases, writeReleases } from "./template.ts";

const HELP = `Usage: npm run template -- [-c SETTING=VALUE]... [--stack NAME] [--out DIR]

Makes CloudFormation templates with their archives, for whoever deploys without CDK: docs/deploying.md says how. Settings are
those of trailbell.config.yaml and of -c; what they leave open (the bucket, the address) becomes a parameter.

  --stack NAME   what the stack will be called (default: as stackName says, or Trailbell)
  --out DIR      where the files go (default: template.out/)
`;

const { values } = parseArgs({
  options: {
    context: { type: "string", short: "c", multiple: true, default: [] },
    stack: { type: "string" },
    out: { type: "string", default: "template.out" },
    help: { type: "boolean", short: "h" },
  },
});

try {
  if (values.help) process.stdout.write(HELP);
  else await make();
} catch (error) {
  if (!(error instanceof SettingsError || error instanceof RuleFilesError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

async function make(): Promise<void> {
  const given = new Map(values.context.map((text) => [text.split("=", 1)[0] ?? "", text.slice(text.indexOf("=") + 1)]));
  refuseUnknownSettings([...given.keys()]);
  await buildPackage();
  const all = releases(SETTINGS_FILE, (name) => given.get(name), prebuiltFunction, values.stack);
  for (const file of writeReleases(values.out, all)) process.stdout.write(`${values.out}/${file}\n`);
}
