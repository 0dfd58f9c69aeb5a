import { existsSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { z } from "zod";
import { isObject } from "../lambda/core/record/record.ts";
import { nearestText } from "../lambda/rule-files/nearest-name.ts";
import { issueText, singleKeys } from "../lambda/rule-files/schema-fault.ts";
import { readYaml, YamlError, type YamlSource } from "../lambda/rule-files/yaml-source.ts";
import { withAccountsFrom } from "./account-settings.ts";
import { waysFaults } from "./route-settings.ts";
import { SETTINGS_FILE } from "./settings-file.ts";
import { settingsSchema } from "./settings-schema.ts";
import { sourceFaults } from "./source/source-settings.ts";
import { stackFaults } from "./stack-settings.ts";

type Parsed = z.infer<typeof settingsSchema>;

/** Every knob of a deployment. */
export type Settings = Parsed & { readonly source: string };

export const NEW_TRAIL = "new-trail";

/** Settings that cannot be deployed; the message names each setting and says what to write. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
}

/**
 * Reads trailbell.config.yaml (which may be missing), overridden by what `-c` gives, and demands what a deployment needs.
 * `override` returns the text of `-c name=...`, or undefined.
 * @throws SettingsError
 */
export function readSettings(file: string, override: (name: string) => unknown): Settings {
  return deployable(parse(file, override), file, override);
}

/**
 * Checks settings that were given as values, as a file's are, for a stack that has its name already. `place` is what
 * messages begin with.
 * @throws SettingsError
 */
export function settingsOf(given: object, place: string, stackName: string): Settings {
  const settings = validated(given, ([name]) => (name === undefined ? place : `${place}: ${String(name)}`));
  return deployable({ ...settings, stackName }, place);
}

/**
 * Demands what a deployment needs. `override` is left out where there is no command line.
 * @throws SettingsError
 */
function deployable(settings: Parsed, file: string, override?: (name: string) => unknown): Settings {
  const missing: string[] = [];
  const misplaced: (readonly [name: string, text: string])[] = [];
  if (settings.source === undefined)
    missing.push(override ? `${MISSING_SOURCE}\n  or pass it as -c source=...` : MISSING_SOURCE);
  const { emails, endpoints, phones, alertTopic } = settings;
  if (emails.length + endpoints.length + phones.length === 0 && alertTopic === undefined)
    missing.push(override ? `${MISSING_RECIPIENT}, or pass -c emails=you@example.com` : MISSING_RECIPIENT);
  if (settings.source === NEW_TRAIL) {
    if (settings.prefix !== undefined) {
      misplaced.push(["prefix", `prefix is for a bucket that you have, not for ${NEW_TRAIL}`]);
    }
  }
  misplaced.push(
    ...sourceFaults(settings, settings.source === NEW_TRAIL),
    ...stackFaults(settings),
    ...waysFaults(settings),
  );
  if (settings.source !== NEW_TRAIL && settings.ownDataEvents) {
    const text = `ownDataEvents is for ${NEW_TRAIL}; of a trail that you have, set its event selectors (docs/self-watch.md)`;
    misplaced.push(["ownDataEvents", text]);
  }
  const faults = [
    ...missing.map((text) => `${file}: ${text}`),
    ...misplaced.map(([name, text]) => `${override?.(name) === undefined ? file : `-c ${name}`}: ${text}`),
  ];
  if (faults.length > 0) throw new SettingsError(faults.join("\n"));
  return settings as Settings;
}

/** Settings that have another name now, and what to write. */
const RENAMED = new Map([
  [
    "healthSms",
    "this is healthSmsFrom now, the lowest severity that phones get: info in place of true, none in place of false",
  ],
]);

/**
 * Refuses a `-c` name that is no setting: a misspelt one would have no effect. CDK's own names contain characters other
 * than letters.
 * @throws SettingsError
 */
export function refuseUnknownSettings(given: readonly string[]): void {
  const names = Object.keys(settingsSchema.shape);
  const unknown = given.filter((name) => /^[A-Za-z]+$/.test(name) && !names.includes(name));
  if (unknown.length > 0) {
    const textOf = (name: string) =>
      RENAMED.get(name) ?? `no such setting${nearestText(name, names) || `; one of ${names.join(", ")}`}`;
    throw new SettingsError(unknown.map((name) => `-c ${name}: ${textOf(name)}`).join("\n"));
  }
}

/**
 * Reads the settings that a desk can use; none is required. `override` works as for a deployment.
 * @throws SettingsError
 */
export function readDeskSettings(file: string, override: (name: string) => unknown = () => undefined): Parsed {
  return parse(file, override);
}

/** Where settings are given, by their names: `-c name`, or the file and the line. */
export function placesOf(file: string, override: (name: string) => unknown): ReadonlyMap<string, string> {
  const source = sourceOf(file);
  const names = Object.keys(settingsSchema.shape);
  return new Map(
    names.flatMap((name) => {
      if (override(name) !== undefined) return [[name, `-c ${name}`]];
      const isWritten = isObject(source.data) && source.data[name] !== undefined;
      return isWritten ? [[name, `${file}:${source.lineAt([name])}`]] : [];
    }),
  );
}

const MISSING_SOURCE = `source is missing. Write one of
    source: new-trail        a new trail and bucket; a second copy of management events costs about $2 per 100,000
    source: my-log-bucket    the bucket that your trail already writes to; its notification is added`;

const MISSING_RECIPIENT = `nobody would be alerted. Write
    emails: [you@example.com]
  or phones: ["+14155550100"]`;

function parse(file: string, override: (name: string) => unknown): Parsed {
  const source = sourceOf(file);
  const written: unknown = source.data ?? {};
  if (!isObject(written)) throw new SettingsError(`${file}:1: settings are a mapping of names to values`);
  const names = Object.keys(settingsSchema.shape);
  const overrides = Object.fromEntries(
    names.map((name) => [name, overrideOf(name, override(name))]).filter(([, value]) => value !== undefined),
  );
  const read = Object.entries(written).map(([name, value]) => {
    const isJson = formOf(name) === "json" && typeof value === "string";
    return [name, isJson ? jsonFrom(`${file}:${source.lineAt([name])}`, name, value, dirname(file)) : value];
  });
  return validated({ ...Object.fromEntries(read), ...overrides }, (path) => {
    const [name = ""] = path;
    return Object.hasOwn(overrides, name) ? `-c ${String(name)}` : `${file}:${source.lineAt(path)}`;
  });
}

/**
 * Holds settings against the schema. `placeOf` says where the one at a path is given.
 * @throws SettingsError naming every fault
 */
function validated(given: object, placeOf: (path: readonly PropertyKey[]) => string): Parsed {
  const parsed = settingsSchema.safeParse(given, { reportInput: true });
  if (parsed.success) return withAccountsFrom(parsed.data);
  const faults = parsed.error.issues.flatMap(singleKeys).map((issue) => {
    const keys = issue.code === "unrecognized_keys" ? issue.keys : [];
    const path = [...issue.path, ...keys];
    return `${placeOf(path)}: ${RENAMED.get(path.join(".")) ?? issueText(issue, settingsSchema)}`;
  });
  throw new SettingsError(faults.join("\n"));
}

function sourceOf(file: string): YamlSource {
  if (!existsSync(file)) return { data: undefined, lineAt: () => 1 };
  try {
    return readYaml(readFileSync(file, "utf8"));
  } catch (error) {
    if (error instanceof YamlError) throw new SettingsError(`${file}:${error.line}: ${error.message}`);
    throw error;
  }
}

/** How a setting is written where everything is text; what may be written for it says so. */
function formOf(name: string): "flag" | "number" | "list" | "json" | "map" | "text" {
  let schema = (settingsSchema.shape as { readonly [name: string]: z.core.$ZodType })[name];
  while (schema instanceof z.ZodDefault || schema instanceof z.ZodOptional) schema = schema.unwrap();
  if (schema instanceof z.ZodBoolean) return "flag";
  if (schema instanceof z.ZodNumber) return "number";
  if (schema instanceof z.ZodArray) return schema.element._zod.def.type === "string" ? "list" : "json";
  if (schema instanceof z.ZodRecord) return schema.valueType._zod.def.type === "array" ? "json" : "map";
  return schema instanceof z.ZodObject || schema instanceof z.ZodUnknown ? "json" : "text";
}

/**
 * The value of a setting on the command line, where everything is text: lists by commas, accounts as id=name.
 * @throws SettingsError for what can be written in the file only
 */
function overrideOf(name: string, given: unknown): unknown {
  if (typeof given !== "string") return given;
  if (name === "accounts") return Object.fromEntries(given.split(",").map((entry) => entry.split("=")));
  switch (formOf(name)) {
    case "list":
      return given.split(",").map((entry) => entry.trim());
    case "flag":
      return given === "true" ? true : given === "false" ? false : given;
    case "number":
      return /^-?\d+(?:\.\d+)?$/.test(given) ? Number(given) : given;
    case "json":
      return jsonFrom(`-c ${name}`, name, given, ".");
    case "map":
      throw new SettingsError(`-c ${name}: ${name} can be set in ${SETTINGS_FILE} only, as ${name}: { RULE: ... }`);
    default:
      return given;
  }
}

/** A setting that may be JSON, or the name of a file with it. */
function jsonFrom(place: string, name: string, given: string, folder: string): unknown {
  try {
    const isJson = /^\s*[[{]/.test(given);
    return JSON.parse(isJson ? given : readFileSync(resolve(folder, given), "utf8"));
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    throw new SettingsError(`${place}: ${name} is JSON, or the name of a file with JSON: ${cause}`);
  }
}
