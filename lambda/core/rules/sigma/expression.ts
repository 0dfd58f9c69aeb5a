import { type Condition, joined } from "../condition.ts";
import { SigmaError } from "./error.ts";

/**
 * Reads a condition such as `selection and not 1 of filter_*` over named searches.
 * Source: Sigma Rules Specification 2.1, "Condition".
 * @throws SigmaError
 */
export function parseExpression(text: string, searches: ReadonlyMap<string, Condition>): Condition {
  const tokens = text.match(/[()|]|[^\s()|]+/g) ?? [];
  let at = 0;
  let depth = 0;
  const fail = (what: string): never => {
    throw new SigmaError(["condition"], what);
  };
  const isNext = (word: string) => tokens[at]?.toLowerCase() === word;
  const take = (word: string): boolean => {
    if (!isNext(word)) return false;
    at++;
    return true;
  };

  if (tokens.length === 0) fail("is empty");
  const condition = either();
  if (isNext("|")) fail("aggregations (everything behind |) are not supported");
  if (at < tokens.length) fail(`does not understand ${JSON.stringify(tokens[at])}`);
  return condition;

  function either(): Condition {
    const of = [both()];
    while (take("or")) of.push(both());
    return joined("any", of);
  }

  function both(): Condition {
    const of = [negated()];
    while (take("and")) of.push(negated());
    return joined("all", of);
  }

  function negated(): Condition {
    let times = 0;
    while (take("not")) times++;
    const inner = single();
    return times % 2 === 0 ? inner : { kind: "not", of: inner };
  }

  function single(): Condition {
    if (take("(")) {
      if (++depth > 100) fail("has more than 100 nested parentheses");
      const inner = either();
      if (!take(")")) fail("a ( is not closed");
      depth--;
      return inner;
    }
    const word = tokens[at++] ?? fail("ends too early");
    if (take("of")) return quantified(word.toLowerCase());
    if (word.toLowerCase() === "near") fail("near is not supported");
    return searches.get(word) ?? fail(`there is no search ${JSON.stringify(word)}`);
  }

  function quantified(quantity: string): Condition {
    if (quantity !== "1" && quantity !== "any" && quantity !== "all")
      fail(`"${quantity} of" is not supported, only 1, any and all`);
    const pattern = tokens[at++] ?? fail("ends too early");
    const of = [...searches].filter(([name]) => isMeant(name, pattern)).map(([, search]) => search);
    if (of.length === 0) fail(`there is no search like ${JSON.stringify(pattern)}`);
    return joined(quantity === "all" ? "all" : "any", of);
  }
}

/** `them` means all searches except those whose names begin with an underscore. */
function isMeant(name: string, pattern: string): boolean {
  if (pattern.toLowerCase() === "them") return !name.startsWith("_");
  const expression = pattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${expression.join(".*")}$`).test(name);
}
