import type { MatchGroup } from "../ledger/group.ts";
import { clock, describeCall } from "./describe.ts";
import { headOf } from "./headline.ts";
import { name } from "./text.ts";

const MAX_SHOWN = 5;

/** What a round-up adds to an alert's subject: the first call, when, where, from where, about what. */
export function partDetail(group: MatchGroup): string {
  const { firstTime, lastTime, regions, addresses, targets } = group;
  return [
    describeCall(headOf(group).record),
    spanText(firstTime, lastTime),
    distinctText(regions),
    addresses.length > 0 && `from ${distinctText(addresses)}`,
    targets.length > 0 && `on ${distinctText(targets)}`,
  ]
    .filter(Boolean)
    .join("; ")
    .slice(0, 300);
}

/** Distinct values of a group: the first ones, and how many more there are. */
export function distinctText(values: readonly string[], shown = MAX_SHOWN): string {
  const rest = values.length - shown;
  // A tally stops at 50 of a kind.
  const more = rest > 0 ? [`${values.length >= 50 ? "at least " : ""}${rest} more`] : [];
  return [...values.slice(0, shown).map((text) => name(text, 60)), ...more].join(", ");
}

function spanText(firstTime: number | undefined, lastTime: number | undefined): string | undefined {
  if (firstTime === undefined || lastTime === undefined) return undefined;
  const [first = "", last] = [firstTime, lastTime].map((time) => clock(time, "UTC"));
  return first === last ? `${first} UTC` : `${first} to ${last} UTC`;
}
