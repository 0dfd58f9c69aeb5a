import type { MatchGroup } from "../ledger/group.ts";
import { isInsight } from "../record/insight.ts";
import { isNotice } from "../rules/notices.ts";
import { describeAccount, type Naming } from "./describe.ts";
import { callerOf, headOf, isRoot, markOf, titleOf } from "./headline.ts";
import { ascii } from "./text.ts";

/** SNS takes subjects of under 100 ASCII characters (SNS API Reference, "Publish"). */
const LIMIT = 99;

/** Characters that title and caller have at least. */
const MIN_TITLE = 24;

/** `[HIGH] Access key created by alice in prod (111122223333)`: severity first; account and count are always whole. */
export function renderSubject(group: MatchGroup, naming: Naming, late = false): string {
  const marks = `${group.isUnverified ? "UNVERIFIED " : ""}${late ? "LATE " : ""}${group.follows === undefined ? "" : "Follow-up: "}${markOf(group)}`;
  const start = `[${group.rule.severity.toUpperCase()}] ${marks}`;
  const count = group.total > 1 ? ` x${group.total}` : "";
  const named = ascii(` in ${describeAccount(group.accountId, naming)}${count}`);
  // Of a name that leaves no room for the title the digits stay.
  const end = start.length + named.length <= LIMIT - MIN_TITLE ? named : ascii(` in ${group.accountId}${count}`);
  const title = ascii(titleOf(group));
  const room = LIMIT - start.length - end.length;
  // "Root used by root" says it twice.
  const isSaid = isNotice(group.rule) || isInsight(headOf(group).record) || (isRoot(group) && /\broot\b/i.test(title));
  const caller = isSaid ? "" : ` by ${ascii(callerOf(group))}`;
  const by = shortened(caller, Math.max(20, room - title.length));
  return (start + shortened(title, room - by.length) + by + end).slice(0, LIMIT);
}

function shortened(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, Math.max(0, length - 2))}..`;
}
