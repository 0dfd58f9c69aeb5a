import type { z } from "zod";

/** One schema issue in our own words: what was found, and what may be there. */
export function issueText(
  issue: z.core.$ZodIssue,
  allowed: (path: readonly PropertyKey[]) => readonly string[],
): string {
  const field = String(issue.path.findLast((part) => typeof part === "string") ?? "the file");
  switch (issue.code) {
    case "unrecognized_keys": {
      const keys = issue.keys.map((key) => JSON.stringify(key)).join(", ");
      return `unknown key ${keys}; one of ${allowed(issue.path).join(", ")}`;
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
      return issueText({ ...fault, input, path: [...issue.path, ...fault.path] } as z.core.$ZodIssue, allowed);
    }
    case "invalid_key":
      return issue.issues[0]?.message ?? issue.message;
    default:
      return typeof issue.input === "string" ? `${issue.message}, not ${quote(issue.input)}` : issue.message;
  }
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
