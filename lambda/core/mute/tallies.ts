import { networkOf } from "../record/facts.ts";
import type { Exception, Rule } from "../rules/rule.ts";
import type { Access } from "../store/access.ts";
import type { Swallowed } from "./swallow.ts";
import { entryKey, MAX_NETWORKS, SWALLOWED, swallowedOf, type Tally, withTallies } from "./swallowed.ts";

const DAY = 86_400_000;

/** Exceptions are written down this long after the last time, in milliseconds; mutes at once, for their end is announced. */
const PERIOD = 5 * 60_000;

/** How many sorts of what is left out an instance counts: more than a deployment's rules have exceptions that are in use. */
const MAX_TALLIES = 500;

/** Attempts against other instances that write theirs: what is left after them waits for the next invocation of this one. */
const TRIES = 12;

type OpenTally = Omit<Tally, "networks" | "matches"> & { matches: number; readonly networks: Set<string> };

/**
 * What one function instance has left out: counted in memory, and written into one item. What an instance has not written
 * when it ends is lost.
 */
export class Tallies {
  readonly #open = new Map<string, OpenTally>();
  readonly #nextDue: ((now: number) => number) | undefined;
  #scheduledAt = Number.NEGATIVE_INFINITY;
  #writtenAt = Number.NEGATIVE_INFINITY;

  /** `nextDue` tells when the next weekly round-up is made; without it there is none, and exceptions are not counted. */
  constructor(nextDue: ((now: number) => number) | undefined) {
    this.#nextDue = nextDue;
  }

  /** Counts a record that an exception left out, by the address or the service that it came from. */
  excepted(address: string | undefined, rule: Rule, { reason, until }: Exception): void {
    if (this.#nextDue === undefined) return;
    const network = networkOf(address?.slice(0, 64));
    const tally = { kind: "except", rule: rule.name, reason, ...(until !== undefined && { until }) } as const;
    this.#add({ ...tally, matches: 1, networks: network === undefined ? [] : [network] });
  }

  /** Counts what a mute swallowed. */
  muted(all: readonly Swallowed[]): void {
    for (const { mute, rule, reason, matches, networks } of all) {
      this.#add({ kind: "mute", mute, rule, reason, matches, networks });
    }
  }

  /** Sees once a day to it that the weekly round-up comes, which tells of exceptions that end. Never rejects. */
  async schedule(access: Access, now: number): Promise<void> {
    if (this.#nextDue === undefined || now < this.#scheduledAt + DAY || access.isDown) return;
    try {
      const items = await access.glance([SWALLOWED]);
      if (items === undefined) return;
      this.#scheduledAt = now;
      if (items.dueAt(SWALLOWED) !== undefined) return;
      const body = withTallies(items.get(SWALLOWED, swallowedOf), [], now);
      await access.commit([items.change(SWALLOWED, { body, dueAt: this.#nextDue(now), urgency: "info" })]);
    } catch {
      // The access has noted the failure; tomorrow is early enough.
    }
  }

  /** Writes down what was counted, if it is time. Never rejects: what fails is written with the next. */
  async flush(access: Access, now: number): Promise<void> {
    if (this.#open.size === 0 || access.isDown) return;
    const isUrgent = [...this.#open.values()].some(({ kind }) => kind === "mute");
    if (!isUrgent && now < this.#writtenAt + PERIOD) return;
    try {
      for (let attempt = 1; attempt <= TRIES; attempt++) {
        const items = await access.glance([SWALLOWED]);
        if (items === undefined) return;
        const taken = [...this.#open];
        this.#open.clear();
        const tallies = taken.map(([, tally]) => ({ ...tally, networks: [...tally.networks] }));
        const known = items.get(SWALLOWED, swallowedOf);
        const dueAt = items.dueAt(SWALLOWED) ?? this.#nextDue?.(now);
        const change = items.change(SWALLOWED, {
          body: withTallies(known, tallies, now),
          ...(dueAt !== undefined && { dueAt, urgency: "info" as const }),
        });
        // What may have been written is not counted twice.
        if ((await this.#commit(access, change, taken)) !== "conflict") {
          this.#writtenAt = now;
          return;
        }
        await access.wait(Math.random() * 30 * attempt);
      }
    } catch {
      // The access has noted the failure.
    }
  }

  async #commit(
    access: Access,
    change: Parameters<Access["commit"]>[0][number],
    taken: readonly [string, OpenTally][],
  ) {
    try {
      const outcome = await access.commit([change]);
      if (outcome === "conflict") this.#giveBack(taken);
      return outcome;
    } catch (error) {
      this.#giveBack(taken);
      throw error;
    }
  }

  #giveBack(taken: readonly [string, OpenTally][]): void {
    for (const [, tally] of taken) this.#add({ ...tally, networks: [...tally.networks] });
  }

  #add(tally: Tally): void {
    const key = entryKey(tally);
    const known = this.#open.get(key);
    if (known === undefined && this.#open.size >= MAX_TALLIES) return;
    const own: OpenTally = known ?? { ...tally, matches: 0, networks: new Set() };
    own.matches += tally.matches;
    // One more than is kept shows that there are more.
    for (const network of tally.networks) if (own.networks.size <= MAX_NETWORKS) own.networks.add(network);
    this.#open.set(key, own);
  }
}
