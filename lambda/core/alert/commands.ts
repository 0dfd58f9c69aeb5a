import { presentable } from "../record/presentable.ts";
import type { CloudTrailRecord } from "../record/record.ts";
import { scalarsAt } from "../rules/field-path.ts";
import { unlinkedWord } from "./text.ts";

/** What a rule's command may hold in braces: a field's path, `{requestParameters.userName}`. */
export const PLACEHOLDER = /\{([A-Za-z][\w.]*)\}/g;

/** Commands made from a record. */
export interface Commands {
  /** Ready to be typed. */
  readonly filled: readonly string[];
  /** How many were left out because a value might be more than one word of the command. */
  readonly left: number;
}

/** Commands whose placeholders are filled from the record; a command whose fields it lacks is left out uncounted. */
export function commandsFrom(templates: readonly string[], record: CloudTrailRecord): Commands {
  const shown = presentable(record);
  const filled: string[] = [];
  let left = 0;
  for (const template of templates) {
    const values = new Map<string, readonly unknown[]>();
    for (const [, path = ""] of template.matchAll(PLACEHOLDER)) values.set(path, scalarsAt(shown, path.split(".")));
    if ([...values.values()].some((found) => found.length === 0 || found.includes(null))) continue;
    if (![...values.values()].every((found) => found.length === 1 && isPlain(found[0]))) left++;
    else filled.push(template.replace(PLACEHOLDER, (_, path: string) => unlinkedWord(String(values.get(path)?.[0]))));
  }
  return { filled, left };
}

/** A word that no shell takes for more than one word, and no command for an option. */
function isPlain(value: unknown): boolean {
  if (typeof value !== "string") return false;
  return /^[A-Za-z0-9_][\w+=,.@:/-]{0,199}$/.test(value) && !value.includes("://") && !HIDDEN.test(value);
}

/** What CloudTrail writes in place of names that may be mistyped passwords (CloudTrail User Guide, "Sign-in"). */
const HIDDEN = /^HIDDEN_/;
