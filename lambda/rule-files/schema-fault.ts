import { z } from "zod";
import { nearestText } from "./nearest-name.ts";

/** An issue of several unknown keys as one issue for each, so that each is told with its own line. */
export function singleKeys(issue: z.core.$ZodIssue): readonly z.core.$ZodIssue[] {
  return issue.code === "unrecognized_keys" ? issue.keys.map((key) => ({ ...issue, keys: [key] })) : [issue];
}

/** One issue of a file in our own words: what was found, and what was probably meant or may be there. */
export function issueText(issue: z.core.$ZodIssue, schema: z.ZodType): string {
  const field = String(issue.path.findLast((part) => typeof part === "string") ?? "the file");
  switch (issue.code) {
    case "unrecognized_keys": {
      const [key = ""] = issue.keys;
      const known = keysAt(schema, issue.path);
      return `unknown key ${JSON.stringify(key)}${nearestText(key, known) || `; one of ${known.join(", ")}`}`;
    }
    case "invalid_value":
      return issue.input === undefined
        ? `${field} is missing`
        : `unknown ${field} ${JSON.stringify(issue.input)}; one of ${issue.values.join(", ")}`;
    case "invalid_type":
      return issue.input === undefined
        ? `${field} is missing`
        : `${field} must be ${articled(issue.expected)}, not ${quote(issue.input)}`;
    case "too_small":
      if (issue.origin === "array" && Number(issue.minimum) > 1)
        return `${field} needs at least ${issue.minimum} entries`;
      return isCount(issue.origin) ? `${field} must be at least ${issue.minimum}` : `${field} is empty`;
    case "too_big":
      if (issue.origin === "array") return `${field} has at most ${issue.maximum} entries`;
      return `${field} must be at most ${issue.maximum}${isCount(issue.origin) ? "" : " characters long"}`;
    case "invalid_union": {
      // Of a list or its only element, the form that was written.
      const isOther = (one: z.core.$ZodIssue) => one.code === "invalid_type" && one.path.length === 0;
      const [fault] = issue.errors.find((faults) => !faults.some(isOther)) ?? issue.errors.at(-1) ?? [];
      if (fault === undefined) return issue.message;
      const input = fault.path.reduce<unknown>((value, part) => Object(value)[part], issue.input);
      return issueText({ ...fault, input, path: [...issue.path, ...fault.path] } as z.core.$ZodIssue, schema);
    }
    case "invalid_key":
      return issue.issues[0]?.message ?? issue.message;
    default:
      return typeof issue.input === "string" ? `${issue.message}, not ${quote(issue.input)}` : issue.message;
  }
}

/** The keys that may stand at a path. */
function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): readonly string[] {
  let here: unknown = schema;
  for (const part of path) {
    here = bare(here);
    if (here instanceof z.ZodObject) here = here.shape[String(part)];
    else if (here instanceof z.ZodArray) here = here.element;
    else if (here instanceof z.ZodRecord) here = here.valueType;
    else return [];
  }
  here = bare(here);
  return here instanceof z.ZodObject ? Object.keys(here.shape) : [];
}

function bare(schema: unknown): unknown {
  return schema instanceof z.ZodOptional || schema instanceof z.ZodDefault ? bare(schema.unwrap()) : schema;
}

function isCount(origin: string): boolean {
  return origin === "number" || origin === "int";
}

function quote(input: unknown): string {
  return (JSON.stringify(input) ?? String(input)).slice(0, 60);
}

function articled(expected: string): string {
  const words: { readonly [type: string]: string } = {
    array: "a list",
    object: "a mapping",
    record: "a mapping",
    boolean: "true or false",
    string: "text",
    number: "a number",
    int: "a whole number",
  };
  return words[expected] ?? expected;
}
