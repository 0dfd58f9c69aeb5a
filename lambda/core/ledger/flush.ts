import { partOf } from "../alert/alert.ts";
import { renderRoundUp } from "../alert/round-up.ts";
import { NOTICES } from "../rules/notices.ts";
import { asAttempted, type Rule } from "../rules/rule.ts";
import { type Circumstances, decideFlush, emptied, flushKeysOf, heldGroup, knownHead, newAlert } from "./decide.ts";
import { type GroupHead, isForRoundUp } from "./group.ts";
import type { LedgerEffects } from "./ledger.ts";
import { alertKey } from "./outbox.ts";
import type { LedgerItem } from "./store.ts";

/** What became of the groups that were due. */
export interface Flushed {
  /** The alerts that were made. */
  readonly alertKeys: readonly string[];
  readonly tampered: number;
  readonly failures: readonly unknown[];
}

interface DueHead {
  readonly key: string;
  readonly item: LedgerItem;
  readonly head: GroupHead;
  readonly rule: Rule;
}

/** Groups of one round-up; a transaction holds 100 items. */
const MAX_IN_ROUND_UP = 80;

/**
 * Makes alerts of groups whose interval has ended: a follow-up of each, and round-ups of those that are low or info.
 * Where another run was quicker, nothing is done.
 */
export async function flushDue(effects: LedgerEffects, due: readonly string[], given: Circumstances): Promise<Flushed> {
  const keys = due.filter((key) => key.startsWith("group#"));
  const items = keys.length === 0 ? new Map<string, LedgerItem>() : await effects.store.read(keys, given.now);
  const heads = keys.flatMap((key) => dueHead(key, items.get(key), effects.rules, given.now));
  const alertKeys: string[] = [];
  const failures: unknown[] = [];
  let tampered = 0;
  for (const { key, head, rule } of heads.filter(({ rule }) => !isForRoundUp(rule.severity))) {
    try {
      const current = await effects.store.read(flushKeysOf(key, head), given.now);
      const decision = decideFlush(key, current, rule, given);
      if (decision === undefined || !(await effects.store.commit(decision.changes))) continue;
      alertKeys.push(decision.alertKey);
      if (decision.tampered) tampered++;
    } catch (error) {
      failures.push(error);
    }
  }
  const forRoundUp = heads.filter(({ rule }) => isForRoundUp(rule.severity));
  for (let at = 0; at < forRoundUp.length; at += MAX_IN_ROUND_UP) {
    try {
      const told = forRoundUp.slice(at, at + MAX_IN_ROUND_UP);
      const parts = told.map(({ head, rule }) => partOf(heldGroup(head, rule), given.settings));
      const roundUp = renderRoundUp(parts, "daily");
      const changes = told.map(({ key, item, head }) => emptied(key, item, head, given.now));
      if (await effects.store.commit([...changes, newAlert(roundUp, given.now)])) alertKeys.push(alertKey(roundUp));
    } catch (error) {
      failures.push(error);
    }
  }
  return { alertKeys, tampered, failures };
}

/** A head that holds matches back and whose interval has ended; a rule that is gone is known by its name only. */
function dueHead(key: string, item: LedgerItem | undefined, rules: readonly Rule[], now: number): readonly DueHead[] {
  const { head } = knownHead(item, now);
  if (item === undefined || head?.held === undefined || head.openUntil > now) return [];
  const { rule: name, severity } = head;
  const rule = [...rules, ...Object.values(NOTICES)].find((one) => one.name === name) ?? {
    name,
    severity,
    place: "a rule that is no longer there",
  };
  return [{ key, item, head, rule: asAttempted(rule, head.outcome) }];
}
