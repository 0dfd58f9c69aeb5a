import { type AlertPart, partOf } from "../alert/alert.ts";
import { renderRoundUp } from "../alert/round-up.ts";
import { NOTICES } from "../rules/notices.ts";
import { asAttempted, type Rule } from "../rules/rule.ts";
import { type Circumstances, decideFlush, emptied, flushKeysOf, heldGroup, knownHead, newAlert } from "./decide.ts";
import { type GroupHead, isForRoundUp } from "./group.ts";
import type { LedgerEffects } from "./ledger.ts";
import { alertKey, MAX_FOLDED } from "./outbox.ts";
import type { LedgerItem } from "./store.ts";

/** What became of the groups that were due. */
export interface Flushed {
  /** The alerts that were made. */
  readonly alertKeys: readonly string[];
  readonly tampered: number;
  readonly failures: readonly unknown[];
  /** How long the group that could not be told is due, in seconds. */
  readonly oldestSeconds: number;
}

interface DueHead {
  readonly key: string;
  readonly item: LedgerItem;
  readonly head: GroupHead;
  readonly rule: Rule;
}

/**
 * Makes alerts of groups whose interval has ended: a follow-up of each, and round-ups of those that are low or info. What
 * another run was quicker with is left to it; a group that cannot be told stops no other.
 */
export async function flushDue(effects: LedgerEffects, due: readonly string[], given: Circumstances): Promise<Flushed> {
  const keys = due.filter((key) => key.startsWith("group#"));
  if (keys.length === 0) return { alertKeys: [], tampered: 0, failures: [], oldestSeconds: 0 };
  const flush = new Flush(effects, given);
  const heads = await flush.read(keys);
  for (const one of heads.filter(({ rule }) => !isForRoundUp(rule.severity))) await flush.followUp(one);
  const forRoundUp = heads.filter(({ rule }) => isForRoundUp(rule.severity)).map(({ key }) => key);
  for (let at = 0; at < forRoundUp.length; at += MAX_FOLDED) await flush.roundUp(forRoundUp.slice(at, at + MAX_FOLDED));
  return flush.result();
}

class Flush {
  readonly #effects: LedgerEffects;
  readonly #given: Circumstances;
  readonly #alertKeys: string[] = [];
  readonly #failures: unknown[] = [];
  #tampered = 0;
  #oldest = 0;

  constructor(effects: LedgerEffects, given: Circumstances) {
    this.#effects = effects;
    this.#given = given;
  }

  result(): Flushed {
    return {
      alertKeys: this.#alertKeys,
      tampered: this.#tampered,
      failures: this.#failures,
      oldestSeconds: Math.round(this.#oldest / 1000),
    };
  }

  /** The heads that hold matches back and whose interval has ended, as they are now. */
  async read(keys: readonly string[]): Promise<readonly DueHead[]> {
    const items = await this.#effects.store.read(keys, this.#given.now);
    return keys.flatMap((key) => this.#dueHead(key, items.get(key)));
  }

  async followUp({ key, head, rule }: DueHead): Promise<void> {
    try {
      const items = await this.#effects.store.read(flushKeysOf(key, head, rule), this.#given.now);
      const decision = decideFlush(key, items, rule, this.#given);
      if (decision === undefined || !(await this.#effects.store.commit(decision.changes))) return;
      this.#alertKeys.push(decision.alertKey);
      if (decision.tampered) this.#tampered++;
    } catch (error) {
      this.#failed(head, error);
      await this.#reset(key, error);
    }
  }

  /** One round-up; where a group changes meanwhile it is tried again, at last in halves. */
  async roundUp(keys: readonly string[], tries = 3): Promise<void> {
    const { store } = this.#effects;
    try {
      const heads = await this.read(keys);
      const parts: AlertPart[] = [];
      const told: DueHead[] = [];
      for (const one of heads) {
        try {
          parts.push(partOf(heldGroup(one.head, one.rule, this.#given.now), this.#given.settings));
          told.push(one);
        } catch (error) {
          this.#failed(one.head, error);
          await this.#reset(one.key, error);
        }
      }
      if (told.length === 0) return;
      const roundUp = renderRoundUp(parts, "daily");
      const changes = told.map(({ key, item, head }) => emptied(key, item, head, this.#given.now));
      if (await store.commit([...changes, newAlert(roundUp, this.#given.now)])) {
        this.#alertKeys.push(alertKey(roundUp));
        return;
      }
    } catch (error) {
      this.#failures.push(error);
      return;
    }
    if (tries > 1) return this.roundUp(keys, tries - 1);
    if (keys.length < 2) return;
    const half = Math.ceil(keys.length / 2);
    await this.roundUp(keys.slice(0, half));
    await this.roundUp(keys.slice(half));
  }

  /** A rule that is gone is known by its name only. */
  #dueHead(key: string, item: LedgerItem | undefined): readonly DueHead[] {
    const { head } = knownHead(item, this.#given.now);
    if (item === undefined || head?.held === undefined || head.openUntil > this.#given.now) return [];
    const { rule: name, severity } = head;
    const known = [...this.#effects.rules, ...Object.values(NOTICES)].find((one) => one.name === name);
    const rule = known ?? { name, severity, place: "a rule that is no longer there" };
    return [{ key, item, head, rule: asAttempted(rule, head.outcome) }];
  }

  #failed({ openUntil }: GroupHead, error: unknown): void {
    this.#failures.push(error);
    this.#oldest = Math.max(this.#oldest, this.#given.now - openUntil);
  }

  /** Empties a group whose matches cannot be told: none of ours is so, somebody else wrote it, and the alarm says so. */
  async #reset(key: string, error: unknown): Promise<void> {
    if (!(error instanceof TypeError)) return;
    this.#tampered++;
    const { store } = this.#effects;
    try {
      const item = (await store.read([key], this.#given.now)).get(key);
      const { head } = knownHead(item, this.#given.now);
      if (item !== undefined && head !== undefined) await store.commit([emptied(key, item, head, this.#given.now)]);
    } catch (failure) {
      this.#failures.push(failure);
    }
  }
}
