import { SigmaError } from "./error.ts";

const MODIFIERS = [
  "all",
  "cased",
  "cidr",
  "contains",
  "endswith",
  "exists",
  "fieldref",
  "gt",
  "gte",
  "i",
  "ignorecase",
  "lt",
  "lte",
  "m",
  "multiline",
  "dotall",
  "neq",
  "re",
  "s",
  "startswith",
] as const;

/** What follows a field's name: `commandLine|contains|all`. */
export type Modifier = (typeof MODIFIERS)[number];

/** Modifiers that say what is done with a value: one at most, except that fieldref also takes a place to look at. */
const KINDS: readonly Modifier[] = [
  "contains",
  "startswith",
  "endswith",
  "re",
  "cidr",
  "exists",
  "fieldref",
  "lt",
  "lte",
  "gt",
  "gte",
];
/** Where a value may stand in a text. */
export const PLACES: readonly Modifier[] = ["contains", "startswith", "endswith"];
const REGEX_FLAGS: readonly Modifier[] = ["i", "ignorecase", "m", "multiline", "s", "dotall"];

/** @throws SigmaError where modifiers do not go together, or a keyword has one that needs a field */
export function refuseContradictions(
  modifiers: ReadonlySet<Modifier>,
  isKeyword: boolean,
  path: readonly string[],
): void {
  const given = (among: readonly Modifier[]) => among.filter((modifier) => modifiers.has(modifier));
  const refuse = (a: string, b: string): never => {
    throw new SigmaError(path, `the modifiers ${a} and ${b} do not go together`);
  };
  const [first, second, third] = given(KINDS);
  if (second !== undefined) {
    const isReference = modifiers.has("fieldref") && given(PLACES).length === 1 && third === undefined;
    if (!isReference) refuse(first ?? "", second);
  }
  const [flag] = given(REGEX_FLAGS);
  if (flag !== undefined && !modifiers.has("re")) throw new SigmaError(path, `the modifier ${flag} goes only with re`);
  const [caseless] = given(["re", "cidr", "exists", "lt", "lte", "gt", "gte"]);
  if (modifiers.has("cased") && caseless !== undefined) refuse("cased", caseless);
  if (modifiers.has("all") && modifiers.has("exists")) refuse("all", "exists");
  const [misplaced] = given(["cidr", "exists", "fieldref", "lt", "lte", "gt", "gte"]);
  if (isKeyword && misplaced !== undefined) throw new SigmaError(path, `the modifier ${misplaced} needs a field`);
}

/** The modifier of such a name. */
export function modifierOf(name: string, path: readonly string[]): Modifier {
  const known = MODIFIERS.find((modifier) => modifier === name);
  if (known === undefined) throw new SigmaError(path, `the modifier ${JSON.stringify(name)} is not supported`);
  return known;
}
