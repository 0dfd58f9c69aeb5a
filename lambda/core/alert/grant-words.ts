import type { ConditionTest, Statement } from "../rules/policy/statement.ts";
import { inert, name } from "./text.ts";

/** A part of a statement in words, and whether the words say all of it. */
export interface Words {
  readonly text: string;
  readonly isWhole: boolean;
}

/** The first of several texts, and how many more there are: `a, b and 3 more`. */
export function listed(texts: readonly string[], count = 4): Words {
  const more = texts.length - count;
  return more > 0
    ? { text: `${texts.slice(0, count).join(", ")} and ${more} more`, isWhole: false }
    : { text: texts.join(", "), isWhole: texts.every((text) => !text.includes("…")) };
}

/** ` on arn:aws:s3:::data/*`; nothing where a statement names no resource. */
export function resourcesIn({ resources, isNotResource }: Statement): Words {
  if (resources.length === 0) return { text: "", isWhole: true };
  const isAll = resources.some((resource) => resource === "*");
  const byWidth = resources.toSorted((a, b) => widthOf(b) - widthOf(a));
  const words = isAll ? { text: "everything", isWhole: true } : listed(byWidth.map(shown), 3);
  return { text: ` on ${isNotResource ? "everything but " : ""}${words.text}`, isWhole: words.isWhole };
}

/** Wildcards near the beginning reach farthest. */
function widthOf(arn: string): number {
  const at = arn.search(/[*?]/);
  return at < 0 ? 0 : 1 / (at + 1);
}

/** `no condition`, or `if aws:sourceip not 192.0.2.0/24`. */
export function conditionsIn(tests: readonly ConditionTest[]): Words {
  if (tests.length === 0) return { text: "no condition", isWhole: true };
  const all = tests.map(conditionIn);
  const words = listed(
    all.map(({ text }) => text),
    3,
  );
  return { text: `if ${words.text}`, isWhole: words.isWhole && all.every(({ isWhole }) => isWhole) };
}

/** Operators that the plain words express: the key is one of the values, or is none of them. */
const IS = /^(?:string(?:equals|equalsignorecase|like)|arn(?:equals|like)|ipaddress|bool)$/;
const IS_NOT = /^(?:stringnot(?:equals|equalsignorecase|like)|arnnot(?:equals|like)|notipaddress)$/;

function conditionIn({ operator, key, values, passesWithout }: ConditionTest): Words {
  const widest = values.toSorted((a, b) => Number(isWide(b)) - Number(isWide(a)));
  const words = listed(widest.map(shown), 3);
  const field = `${name(key)}`;
  if (operator === "null") {
    const isAbsent = values.every((value) => value.trim().toLowerCase() === "true");
    const isPresent = values.every((value) => value.trim().toLowerCase() === "false");
    if (isAbsent || isPresent) return { text: `${field} is ${isAbsent ? "absent" : "there"}`, isWhole: true };
  }
  const relation = IS.test(operator) ? "is" : IS_NOT.test(operator) ? "is not" : name(operator);
  const absent = passesWithout ? ` or ${field} is absent` : "";
  return {
    text: `${field} ${relation} ${words.text === "" ? "nothing" : words.text}${absent}`,
    isWhole: words.isWhole,
  };
}

function isWide(value: string): boolean {
  return /^[*?]+$|^(?:0\.0\.0\.0|::)\/0$/.test(value.trim());
}

/** Resources and values stand bare, with their wildcards; other text in quotes. */
function shown(text: string): string {
  return /^[\w*?=+,.@:/-]{1,120}$/.test(text) ? inert(text) : name(text);
}
