import { closest } from "fastest-levenshtein";
import type { Rule } from "../core/rules/rule.ts";
import { ATTACK } from "./attack-techniques.ts";
import type { Doubt } from "./doubt.ts";
import type { Catalogue } from "./technique.ts";
import { THREATS } from "./threat-catalog.ts";

export const CATALOGUES: readonly Catalogue[] = [ATTACK, THREATS];

/** Ids of techniques that the catalogues do not have: the tables of what is covered would not show the rule there. */
export function doubtsOfTechniques(rule: Pick<Rule, "technique" | "threat">): readonly Doubt[] {
  return CATALOGUES.flatMap((catalogue) =>
    (rule[catalogue.field] ?? []).flatMap((id, i) =>
      doubtsOfId(catalogue, id).map((doubt) => ({ text: `${catalogue.field}: ${doubt}`, at: [catalogue.field, i] })),
    ),
  );
}

function doubtsOfId({ title, edition, techniques, beyond, replaced }: Catalogue, id: string): readonly string[] {
  const known = [...techniques, ...beyond];
  if (known.some((technique) => technique.id === id)) return [];
  const successor = Object.hasOwn(replaced, id) ? replaced[id] : undefined;
  if (successor !== undefined) return [`${id} is ${successor} in ${title}, ${edition}`];
  const ids = known.map((technique) => technique.id);
  const siblings = ids.filter((other) => other.split(".")[0] === id.split(".")[0]);
  const nearest = closest(id, siblings.length > 0 ? siblings : ids);
  const name = known.find((technique) => technique.id === nearest)?.name ?? "";
  return [`${title}, ${edition}, has no ${id}; the nearest is ${nearest} (${name})`];
}
