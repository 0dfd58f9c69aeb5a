import type { Alert } from "../alert/alert.ts";
import { sumOf } from "../alert/story.ts";
import { type Counts, type Decision, NO_MATCHES } from "../incident/decision.ts";

/** What became of the matches in one item that was written down, and where they are told. */
export interface Taken extends Readonly<Counts> {
  /** The head or window that has them now; absent while they are written down for another one. */
  readonly owner?: string | undefined;
  /** The alert that tells of them; none if they are held back. */
  readonly alert?: Alert;
}

/** What was settled. */
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
  /** What is in an item that was handed on: keys of \`taken\`. */
  readonly #origins = new Map<string, readonly string[]>();

  /** Notes a decision on an owner that is committed. */
  note(owner: string, { taken, alert, passedOn, swallowed = [] }: Decision): void {
    this.muted += sumOf(swallowed.map(({ matches }) => matches));
    for (const [key, counts] of taken) {
      this.toldElsewhere += counts.toldElsewhere;
      if (this.#origins.has(key)) this.#mute(key, counts.muted);
      else this.taken.set(key, counts);
    }
    const origins = [...taken.keys()].flatMap((key) => this.#origins.get(key) ?? [key]);
    for (const key of origins) this.#add(key, { owner: passedOn === undefined ? owner : undefined });
    if (passedOn !== undefined) this.#origins.set(passedOn.key, origins);
    if (passedOn?.waits === false) this.handedOn.push(passedOn.key);
    if (alert === undefined) return;
    this.alerts.push(alert);
    // A mail tells all that its head held back, including what was taken earlier.
    for (const [key, one] of this.taken) if (one.owner === owner) this.#add(key, { alert: one.alert ?? alert });
  }

  /** Divides what was muted of something handed on among what is in it, so that each match counts once. */
  #mute(handedOn: string, muted: number): void {
    let left = muted;
    for (const key of this.#origins.get(handedOn) ?? []) {
      const { fresh, below, muted: before } = this.taken.get(key) ?? NO_MATCHES;
      const share = Math.min(fresh - below, left);
      left -= share;
      this.#add(key, { muted: before + share });
    }
  }

  #add(key: string, more: Partial<Taken>): void {
    const one = this.taken.get(key);
    if (one !== undefined) this.taken.set(key, { ...one, ...more });
  }
}
