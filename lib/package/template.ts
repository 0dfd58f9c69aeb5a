import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, CfnCondition, CfnMapping, CfnOutput, CfnParameter, Fn, Stack } from "aws-cdk-lib";
import { AlertPath } from "../alert-stack.ts";
import { packageVersion } from "../edition.ts";
import type { FunctionCode } from "../function-code.ts";
import { assetOf } from "../rule-bundle.ts";
import { NEW_TRAIL, readDeskSettings, type Settings, settingsOf } from "../settings.ts";
import { RETENTION_DAYS } from "../settings-schema.ts";
import { byKnown, tokensOf, withoutTokens } from "../tokens.ts";
import { FLAGS } from "../trailbell.ts";
import { DEPLOYING, ReleaseSynthesizer } from "./release-synthesizer.ts";

/** A template, and the archives that it wants to find in its bucket. */
export interface Release {
  readonly name: string;
  readonly template: object;
  readonly archives: ReadonlyMap<string, Buffer>;
}

/**
 * Templates for CloudFormation alone: one for a new trail and one for a bucket that exists, unless the settings say which.
 * What the settings leave open and a template can ask for becomes a parameter.
 * @throws SettingsError, RuleFilesError
 */
export function releases(
  file: string,
  override: (name: string) => unknown,
  code: FunctionCode,
  name?: string,
): readonly Release[] {
  const given = readDeskSettings(file, override);
  const stackName = name ?? given.stackName ?? "Trailbell";
  const kinds = given.source === undefined ? [NEW_TRAIL, undefined] : [given.source];
  return kinds.map((source) => {
    const outdir = mkdtempSync(join(tmpdir(), "trailbell-template-"));
    const synthesizer = new ReleaseSynthesizer(outdir);
    const app = new App({
      analyticsReporting: false,
      context: Object.fromEntries(FLAGS.map((flag) => [flag, true])),
      outdir,
    });
    const kind = source === NEW_TRAIL ? NEW_TRAIL : "existing-bucket";
    const description = `Trailbell ${packageVersion()}, ${kind}: alerts from CloudTrail log files. Name the stack ${stackName}.`;
    const stack = new Stack(app, stackName, { synthesizer, description });
    askForPlace(stack);
    holdToName(stack);
    const settings = withParameters(stack, { ...given, source }, file);
    const asset = assetOf(settings, file);
    new AlertPath(stack, "Default", settings, { ...asset, recipients: byKnown(asset.recipients).known }, code);
    const { template } = app.synth().getStackByName(stackName);
    return { name: kind, template, archives: synthesizer.archives };
  });
}

/** Writes each template and the archives into a folder, and returns the names of the files. */
export function writeReleases(folder: string, all: readonly Release[]): readonly string[] {
  mkdirSync(folder, { recursive: true });
  const files = all.flatMap(({ name, template, archives }) => [
    [`${name}.template.json`, JSON.stringify(template)] as const,
    ...archives,
  ]);
  for (const [name, content] of files) writeFileSync(join(folder, name), content);
  return [...new Set(files.map(([name]) => name))];
}

function askForPlace(stack: Stack): void {
  new CfnParameter(stack, DEPLOYING.bucket, {
    description: "The bucket, in the region of this stack, that holds the .zip files of this release",
    allowedPattern: "^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$",
  });
  new CfnParameter(stack, DEPLOYING.prefix, {
    description: "What stands before the names of the .zip files in their keys; empty, or with a slash at its end",
    default: `trailbell/${packageVersion()}/`,
    allowedPattern: "^([^/].*/)?$",
  });
  new CfnParameter(stack, DEPLOYING.role, {
    description:
      "The name of CloudFormation's service role, if this stack has one: what CloudFormation does with it does not ring",
    // No role can have this name.
    default: "(none)",
    allowedPattern: "^([A-Za-z0-9_+=,.@-]{1,64}|[(]none[)])$",
  });
}

/**
 * Has CloudFormation refuse another name: the parts know one another by names that begin with the stack's, and these are
 * written in the template. A name that is not in the map cannot be found.
 */
function holdToName(stack: Stack): void {
  const names = new CfnMapping(stack, "StackNames", { mapping: { [stack.stackName]: { fits: "true" } } });
  const fits = Fn.findInMap(names.logicalId, Fn.ref("AWS::StackName"), "fits");
  const condition = new CfnCondition(stack, "StackNameFits", { expression: Fn.conditionEquals(fits, "true") });
  new CfnOutput(stack, "StackName", { value: stack.stackName, condition });
}

/** The settings, checked as for any deployment, with parameters for what they leave open. */
function withParameters(
  stack: Stack,
  given: Omit<Settings, "source"> & { readonly source: string | undefined },
  file: string,
): Settings {
  const source = given.source ?? asked(stack, "LogBucket", BUCKET);
  const isHeard =
    given.emails.length + given.endpoints.length + given.phones.length > 0 || given.alertTopic !== undefined;
  const open = { ...given, source, emails: isHeard ? given.emails : [asked(stack, "Email", EMAIL)] };
  const days = (id: string, Default: number, description: string, limits: object) =>
    new CfnParameter(stack, id, { type: "Number", default: Default, description, ...limits }).valueAsNumber;
  return {
    ...settingsOf(withoutTokens(open, file), file, stack.stackName),
    ...tokensOf(open),
    functionLogDays: days("FunctionLogDays", given.functionLogDays, "Days until the functions' own logs are deleted", {
      allowedValues: [...RETENTION_DAYS] as unknown as string[],
    }),
    ...(source === NEW_TRAIL && {
      logExpiryDays: days("LogExpiryDays", given.logExpiryDays, "Days until log files are deleted", {
        minValue: 1,
        maxValue: 36_500,
      }),
    }),
  };
}

const BUCKET = {
  description: "The bucket that your trail writes to, in this account and region; its other notifications are kept",
  allowedPattern: "^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$",
};

const EMAIL = {
  description: "Who is alerted: one address, for instance of a list. It confirms two mails within 48 hours",
  allowedPattern: "^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$",
};

function asked(stack: Stack, id: string, props: { readonly description: string; readonly allowedPattern: string }) {
  return new CfnParameter(stack, id, props).valueAsString;
}
