import type { MatchGroup } from "../ledger/group.ts";
import type { Naming } from "./describe.ts";
import { describeAccount } from "./describe.ts";
import { callerOf, markOf, titleOf } from "./headline.ts";
import { inert } from "./text.ts";

/** SNS takes subjects of under 100 ASCII characters (SNS API Reference, "Publish"). */
const LIMIT = 99;

/** `[HIGH] Access key created by alice in prod (111122223333)`: severity first, account always whole. */
export function renderSubject(group: MatchGroup, naming: Naming): string {
  const start = `[${group.rule.severity.toUpperCase()}] ${markOf(group)}`;
  const end = ` in ${describeAccount(group.accountId, naming)}${group.total > 1 ? ` (${group.total} times)` : ""}`;
  const room = LIMIT - start.length - ascii(end).length;
  const title = titleOf(group);
  const caller = callerOf(group);
  const isSaid = title.toLowerCase().split(" ").includes(caller); // "Root used by root"
  const by = isSaid ? "" : ` by ${inert(caller, Math.min(40, Math.floor(room / 2)))}`;
  return ascii(start + inert(title, room - by.length) + by + end);
}

function ascii(text: string): string {
  return text
    .replaceAll("…", "..")
    .replace(/[^\x20-\x7e]/gu, "?")
    .slice(0, LIMIT);
}
