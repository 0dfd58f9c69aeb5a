import type { Alert } from "../alert/alert.ts";
import { sumOf } from "../alert/story/story.ts";
import type { Counts, Decision } from "../incident/decision.ts";

/** What became of the matches in one item that was written down, and where they are told. */
export interface Taken extends Counts {
  /** The head or window that has them now; absent while they are written down for another one. */
  owner?: string | undefined;
  /** The alert that tells of them; none if they are held back. */
  alert?: Alert;
}

export class Settlement {
  readonly alerts: Alert[] = [];
  /** By the key of what was written down before; without what others have settled. */
  readonly taken = new Map<string, Taken>();
  /** Keys of what was written down for other owners, to be settled next. */
  readonly handedOn: string[] = [];
  /** Keys that are due and come to nothing: none of ours wrote them. */
  readonly idle: string[] = [];
  /** Matches that mutes swallowed, of what was held back as well. */
  muted = 0;
  toldElsewhere = 0;
  /** What of `taken` is in an item that was handed on. */
  readonly #origins = new Map<string, readonly Taken[]>();

  /** Notes a decision on an owner that is committed. */
  note(owner: string, { taken, alert, passedOn, swallowed = [] }: Decision): void {
    this.muted += sumOf(swallowed.map(({ matches }) => matches));
    const origins = [...taken].flatMap(([key, counts]) => this.#originsOf(key, counts));
    for (const one of origins) one.owner = passedOn === undefined ? owner : undefined;
    if (passedOn !== undefined) this.#origins.set(passedOn.key, origins);
    if (passedOn?.waits === false) this.handedOn.push(passedOn.key);
    if (alert === undefined) return;
    this.alerts.push(alert);
    // A mail tells all that its head held back, including what was taken earlier.
    for (const one of this.taken.values()) if (one.owner === owner) one.alert ??= alert;
  }

  /** What an item that was taken is made of; what was muted of it is divided, so that each match counts once. */
  #originsOf(key: string, counts: Readonly<Counts>): readonly Taken[] {
    this.toldElsewhere += counts.toldElsewhere;
    const origins = this.#origins.get(key);
    if (origins === undefined) {
      const own: Taken = { ...counts };
      this.taken.set(key, own);
      return [own];
    }
    let left = counts.muted;
    for (const one of origins) {
      const share = Math.min(one.fresh - one.below, left);
      left -= share;
      one.muted += share;
    }
    return origins;
  }
}
