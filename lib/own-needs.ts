import type { Rule } from "../lambda/core/rules/rule.ts";
import { type Need, needOf, needText } from "../lambda/rule-files/data-events.ts";
import { isShipped, packPath } from "./pack-path.ts";
import { NEW_TRAIL, type Settings } from "./settings.ts";
import { type EventSelector, selectedBy } from "./source/selectors.ts";

/** What a rule needs besides management events; none for those that come with Trailbell, whose reference says it. */
export function ownNeedOf(rule: Rule): Need | undefined {
  return isShipped(rule.place.replace(/:\d+$/, "")) ? undefined : needOf(rule);
}

/** Warns of rules of one's own that the new trail records nothing for; relative packs are below the folder. */
export function needNotes(
  rules: readonly Rule[],
  { source, packs, dataEvents = [], insights }: Settings,
  folder = ".",
): readonly string[] {
  // Rules that were read when the package was built have places of that time.
  if (source !== NEW_TRAIL || packs.every((pack) => isShipped(packPath(pack, folder)))) return [];
  const recorded = [...(dataEvents as readonly EventSelector[]).map(selectedBy), ...(insights ? ["Insights"] : [])];
  return rules.flatMap((rule) => {
    const need = ownNeedOf(rule);
    if (need === undefined || need.selected.every((kind) => recorded.includes(kind))) return [];
    const without = need.calls === undefined ? "without them it matches nothing" : "without them it misses those";
    return [
      `warning: ${rule.place}: ${rule.name} needs ${needText(need)}, which this trail does not record; ${without} (docs/deploying.md#a-new-trail: dataEvents, insights)`,
    ];
  });
}
