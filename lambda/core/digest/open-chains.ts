import type { LedgerStore } from "../store/store.ts";
import type { ChainIndex } from "./chain-index.ts";
import { type ChainState, chainKeyOf, chainStateOf } from "./chain-state.ts";
import type { ChainPath } from "./digest-path.ts";

/** A chain as an invocation changes it. */
export interface OpenChain {
  readonly path: ChainPath;
  readonly bucket: string;
  readonly state: ChainState;
}

interface Changing extends OpenChain {
  state: ChainState;
  readonly version: number;
  /** What was done to it, to be done again if somebody else was quicker. */
  readonly steps: ((state: ChainState) => ChainState)[];
}

const EXPIRES = 70 * 86_400_000;
const TRIES = 8;

/** The chains of one invocation, read once each and written at its end. */
export class OpenChains {
  readonly #store: LedgerStore;
  readonly #now: () => number;
  readonly #chains = new Map<string, Changing>();

  constructor(store: LedgerStore, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  /** Chains that were opened, by their names. */
  get all(): readonly (readonly [string, OpenChain])[] {
    return [...this.#chains];
  }

  async open(chain: string, path: ChainPath, bucket: string): Promise<OpenChain> {
    const known = this.#chains.get(chain);
    if (known !== undefined) return known;
    const key = chainKeyOf(chain);
    const item = (await this.#store.read([key], this.#now())).get(key);
    const open = { path, bucket, state: chainStateOf(item), version: item?.version ?? 0, steps: [] };
    this.#chains.set(chain, open);
    return open;
  }

  change(chain: string, step: (state: ChainState) => ChainState): void {
    const open = this.#chains.get(chain);
    open?.steps.push(step);
    if (open !== undefined) open.state = step(open.state);
  }

  /** Writes what was changed. Rejects if the store does. */
  async commit(index: ChainIndex): Promise<void> {
    for (const [chain, open] of this.#chains) {
      if (open.steps.length === 0) continue;
      await index.saw(chain);
      const key = chainKeyOf(chain);
      let { state, version } = open;
      for (let attempt = 1; attempt <= TRIES; attempt++) {
        const next = { body: state, expiresAt: this.#now() + EXPIRES };
        if (await this.#store.commit([{ key, expected: version, next }])) break;
        // Somebody else took a digest of the chain at the same time.
        const item = (await this.#store.read([key], this.#now())).get(key);
        version = item?.version ?? 0;
        state = open.steps.reduce((known, step) => step(known), chainStateOf(item));
      }
    }
  }
}
