import type { ListedMatch, MatchGroup } from "../ledger/group.ts";
import { callOf } from "../record/call.ts";
import { shortIdentity } from "./describe.ts";

/** The match that stands for the group. */
export function headOf(group: MatchGroup): ListedMatch {
  const [head] = group.listed;
  if (head === undefined) throw new Error(`group of ${group.rule.name} has no match`);
  return head;
}

/** What happened, in words: the rule's name as a sentence, or the call where the rule is just an entry of a watch list. */
export function titleOf(group: MatchGroup): string {
  const { name } = group.rule;
  if (name.includes(":")) return callOf(headOf(group).record);
  const words = name.replaceAll("-", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Who called, in few words; raw text. */
export function callerOf(group: MatchGroup): string {
  return group.actor === "many actors" ? "many callers" : shortIdentity(headOf(group).record);
}

/** An attempt that did not succeed is marked, unless the rule watches for nothing else: `DENIED `. */
export function markOf({ rule, outcome }: MatchGroup): string {
  const expected = rule.outcome !== undefined && rule.outcome !== "any";
  return outcome === "success" || expected ? "" : `${outcome.toUpperCase()} `;
}
