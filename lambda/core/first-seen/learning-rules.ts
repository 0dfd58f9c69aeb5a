import type { First } from "../rules/rule.ts";
import type { Access } from "../store/access.ts";
import { DEPLOYED, type Deployed, deployedOf } from "./remembered.ts";

/** How long rules with `first` learn, unless the settings say otherwise. */
export const LEARNING_DAYS = 14;

const DAY = 86_400_000;

/** That a rule is deployed is written again after this time, in milliseconds. */
const FRESH = 5 * DAY;

/** A rule that was not deployed for this long, in milliseconds, learns anew. */
const AWAY = 30 * DAY;

const TRIES = 8;

/** Since when each rule with `first` is deployed: it learns from then on, whether it notices anything or not. */
export class LearningRules {
  readonly #rules: ReadonlyMap<string, First>;
  readonly #learning: number;
  readonly #now: () => number;
  #deployed: Deployed | undefined;
  /** Until when none of them has to be written again, in milliseconds since the epoch. */
  #freshUntil = Number.NEGATIVE_INFINITY;

  /** `learning` is in milliseconds, `now` returns milliseconds since the epoch. */
  constructor(rules: readonly First[], learning: number, now: () => number) {
    this.#rules = new Map(rules.map((rule) => [rule.key, rule]));
    this.#learning = learning;
    this.#now = now;
  }

  get isEmpty(): boolean {
    return this.#rules.size === 0;
  }

  /** When a rule began to learn, in milliseconds since the epoch; undefined if that is not known. */
  since(rule: string): number | undefined {
    return this.#deployed?.[rule]?.since;
  }

  /**
   * Reads since when the rules learn; those that are new begin now.
   * @throws LedgerError
   */
  async read(access: Access): Promise<void> {
    for (let attempt = 1; attempt <= TRIES && this.#isLacking(); attempt++) {
      const items = await access.read([DEPLOYED]);
      const known = items.get(DEPLOYED, deployedOf) ?? {};
      this.#deployed = known;
      if (!this.#isLacking()) return;
      const now = this.#now();
      const own = Array.from(this.#rules.keys(), (key) => {
        const { since, at } = known[key] ?? { since: now, at: now };
        return [key, { since: at < now - AWAY ? now : since, at: now }] as const;
      });
      const body = { ...known, ...Object.fromEntries(own) };
      if ((await access.commit([items.change(DEPLOYED, { body })])) === "done") this.#deployed = body;
    }
  }

  /** Says until when rules learn; undefined once they all have learned, or if that cannot be read. */
  async remark(access: Access): Promise<string | undefined> {
    if (this.isEmpty) return undefined;
    const deployed = (await access.glance([DEPLOYED]))?.get(DEPLOYED, deployedOf);
    if (deployed === undefined) return undefined;
    const ends = Array.from(
      this.#rules.values(),
      ({ key, learn = this.#learning }) => (deployed[key]?.since ?? this.#now()) + learn,
    );
    const open = ends.filter((end) => end > this.#now());
    if (open.length === 0) return undefined;
    const rules = open.length === 1 ? "1 rule is" : `${open.length} rules are`;
    const until = new Date(Math.max(...open)).toISOString().slice(0, 10);
    return `${rules} still learning what is usual here, until ${until} at the latest (docs/rules.md#first-seen).`;
  }

  /** Asked by each invocation, so that what is known for days is not looked at again. */
  #isLacking(): boolean {
    const now = this.#now();
    if (now <= this.#freshUntil) return false;
    const ends = Array.from(
      this.#rules.keys(),
      (key) => (this.#deployed?.[key]?.at ?? Number.NEGATIVE_INFINITY) + FRESH,
    );
    this.#freshUntil = Math.min(...ends);
    return now > this.#freshUntil;
  }
}
