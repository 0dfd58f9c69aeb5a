import { isDeepStrictEqual } from "node:util";
import type { Pin } from "./pins.ts";
import { pinsOf } from "./pins.ts";
import type { Rule } from "./rule.ts";
import { wholeCondition } from "./rule-set.ts";
import { DESK_DEPLOYMENT, type Deployment, fillSelf } from "./self.ts";

/** A deployment that has none of the parts that a pattern may name. */
const NOTHING_DEPLOYED = Object.fromEntries(
  Object.keys(DESK_DEPLOYMENT).map((name) => [name, ""]),
) as unknown as Deployment;

/** The rule with its pins, if they are the same in every deployment: no pin is a name of the deployment's. */
export function withPins(rule: Rule): Rule {
  const pins = pinsIn(rule, DESK_DEPLOYMENT);
  return pins === undefined || !isDeepStrictEqual(pins, pinsIn(rule, NOTHING_DEPLOYED)) ? rule : { ...rule, pins };
}

function pinsIn(rule: Rule, deployment: Deployment): readonly Pin[] | undefined {
  const [filled = rule] = fillSelf([rule], deployment);
  return pinsOf(wholeCondition(filled));
}
