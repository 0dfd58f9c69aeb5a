import { isCount, isRecordOf, isTime } from "../store/guard.ts";
import { hashOf } from "../store/seen.ts";
import type { LedgerStore } from "../store/store.ts";
import { CHAIN_REMEMBERED } from "./coverage.ts";

/** Which chains there are: `folder trail home-region`, and the day on which a digest of each last came. */
export type KnownChains = ReadonlyMap<string, number>;

/** The chains of all accounts and regions, as a function instance knows them. */
export interface ChainIndex {
  /** As the table had them within the last hour. Rejects if the table does not answer. */
  known(): Promise<KnownChains>;
  /** Notes that a digest of a chain came. Rejects if the table does not answer. */
  saw(chain: string): Promise<void>;
  /** When the first digest was looked at here, in milliseconds since the epoch: from now on, if none was. Rejects likewise. */
  since(): Promise<number>;
}

const DAY = 86_400_000;
const FRESH = 3_600_000;
const ITEMS = 16;
const TRIES = 6;

/** Chains of one item: it holds 400 KB. */
const MAX_CHAINS = 1_500;

const SINCE = "digests-since";

const KEYS: readonly string[] = Array.from({ length: ITEMS }, (_, i) => `digest-chains#${i.toString(16)}`);

/** All chains of an account share an item. */
function keyOf(chain: string): string {
  const [account = ""] = chain.split("/CloudTrail-Digest/", 1);
  return `digest-chains#${hashOf(account).slice(0, 1)}`;
}

/** Reads all chains that wrote a digest within 35 days. */
export async function readChains(store: LedgerStore, now: number): Promise<KnownChains> {
  const items = await store.read(KEYS, now);
  const today = Math.floor(now / DAY);
  return new Map(
    [...items.values()]
      .flatMap(({ body }) => Object.entries(daysOf(body)))
      .filter(([, day]) => day <= today + 1 && day * DAY > now - CHAIN_REMEMBERED - DAY),
  );
}

/** The index over the ledger's store. `now` returns milliseconds since the epoch. */
export function createChainIndex(store: LedgerStore, now: () => number): ChainIndex {
  let chains = new Map<string, number>();
  let readAt = Number.NEGATIVE_INFINITY;
  let began: number | undefined;

  async function known(): Promise<KnownChains> {
    if (now() - readAt >= FRESH || now() < readAt) {
      chains = new Map(await readChains(store, now()));
      readAt = now();
    }
    return chains;
  }

  return {
    known,
    async since() {
      for (let attempt = 1; began === undefined && attempt <= TRIES; attempt++) {
        const item = (await store.read([SINCE], now())).get(SINCE);
        if (isTime(item?.body)) began = item?.body as number;
        else if (await store.commit([{ key: SINCE, expected: item?.version ?? 0, next: { body: now() } }]))
          began = now();
      }
      return began ?? now();
    },
    async saw(chain) {
      const today = Math.floor(now() / DAY);
      if ((await known()).get(chain) === today) return;
      const key = keyOf(chain);
      for (let attempt = 1; attempt <= TRIES; attempt++) {
        const item = (await store.read([key], now())).get(key);
        if (item?.isForeign) return;
        const kept = Object.entries({ ...daysOf(item?.body), [chain]: today })
          .filter(([, day]) => day * DAY > now() - CHAIN_REMEMBERED - DAY)
          .sort(([, a], [, b]) => b - a)
          .slice(0, MAX_CHAINS);
        const next = { body: Object.fromEntries(kept), expiresAt: now() + 2 * CHAIN_REMEMBERED };
        if (!(await store.commit([{ key, expected: item?.version ?? 0, next }]))) continue;
        chains.set(chain, today);
        return;
      }
    },
  };
}

function daysOf(body: unknown): { readonly [chain: string]: number } {
  return isRecordOf(isCount)(body) ? (body as { readonly [chain: string]: number }) : {};
}
