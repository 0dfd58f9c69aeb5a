import type { z } from "zod";

/** One issue of a schema in the words of the house: what was found, and what could stand there. */
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
        : `${field} must be ${articled(issue.expected)}, not ${JSON.stringify(issue.input)?.slice(0, 60)}`;
    case "too_small":
      return `${field} is empty`;
    case "too_big":
      return `${field} is longer than ${issue.maximum} characters`;
    case "invalid_key":
      return issue.issues[0]?.message ?? issue.message;
    default:
      return issue.message;
  }
}

function articled(expected: string): string {
  const words: { readonly [type: string]: string } = {
    array: "a list",
    object: "a mapping",
    record: "a mapping",
    boolean: "true or false",
    string: "text",
  };
  return words[expected] ?? expected;
}
