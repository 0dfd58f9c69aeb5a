import { presentable } from "../../record/presentable.ts";
import type { CloudTrailRecord } from "../../record/record.ts";
import { scalarsAt } from "../../rules/field-path.ts";
import { unlinkedWord } from "../text.ts";

/** What a rule's command may hold in braces: a field's path, `{requestParameters.userName}`; with a star, all of its values. */
export const PLACEHOLDER = /\{([A-Za-z][\w.]*)(\*?)\}/g;

/** How many values a star may stand for. */
const MAX_VALUES = 50;

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
    const places = Array.from(template.matchAll(PLACEHOLDER), ([text, path = "", star]) => {
      return { text, limit: star === "" ? 1 : MAX_VALUES, values: scalarsAt(shown, path.split(".")) };
    });
    if (places.some(({ values }) => values.length === 0 || values.includes(null))) continue;
    if (!places.every(({ values, limit }) => values.length <= limit && values.every(isPlain))) left++;
    else {
      const words = new Map(places.map(({ text, values }) => [text, values.map(String).map(unlinkedWord).join(" ")]));
      filled.push(template.replace(PLACEHOLDER, (text) => words.get(text) ?? text));
    }
  }
  return { filled, left };
}

/**
 * Commands as they are pasted together: with credentials of another account they do nothing, and say so. Names are the same
 * in many accounts. An interactive shell must not end, so there is no exit. `isShort` saves a line, where no comment is last.
 */
export function guarded(account: string, commands: readonly string[], isShort = false): readonly string[] {
  if (commands.length === 0 || !/^\d{12}$/.test(account)) return commands;
  // At the end of a line, && needs no backslash, and a space behind it does no harm.
  const lines = commands.flatMap((command) => command.split("\n"));
  const start = `if [ "$(aws sts get-caller-identity --query Account --output text)" = ${account} ]; then`;
  const end = `else echo "not ${account}: nothing done"; fi`;
  return isShort ? [start, ...lines.slice(0, -1), `${lines.at(-1)}; ${end}`] : [start, ...lines, end];
}

/** Commands that differ in one word alone become one: `for one in a b; do aws ssm terminate-session --session-id $one; done`. */
export function folded(commands: readonly string[]): readonly string[] {
  const [first, ...others] = commands;
  if (first === undefined) return [];
  const words = first.split(" ");
  const differing = (command: string) => {
    const own = command.split(" ");
    const at = words.flatMap((word, i) => (word === own[i] ? [] : [i]));
    return own.length === words.length && at.length === 1 ? at[0] : undefined;
  };
  const at = others.map(differing).find((one) => one !== undefined);
  const alike = at === undefined ? [] : others.filter((command) => differing(command) === at);
  const rest = folded(others.filter((command) => !alike.includes(command)));
  if (at === undefined) return [first, ...rest];
  const values = [first, ...alike].map((command) => command.split(" ")[at]);
  return [`for one in ${values.join(" ")}; do ${words.with(at, "$one").join(" ")}; done`, ...rest];
}

/** Words between commands: pasted with them, they do no harm. */
export function note(text: string): string {
  return `# ${text}`;
}

/** A word that no shell takes for more than one word, and no command for an option. */
export function isPlain(value: unknown): boolean {
  if (typeof value === "number") return Number.isSafeInteger(value) && value >= 0;
  if (typeof value !== "string") return false;
  return /^\/?[A-Za-z0-9_][\w+=,.@:/-]{0,199}$/.test(value) && !value.includes("://") && !HIDDEN.test(value);
}

/** What CloudTrail writes in place of names that may be mistyped passwords (CloudTrail User Guide, "Sign-in"). */
const HIDDEN = /^HIDDEN_/;
