import { type LogObject, s3Uri } from "../envelope/log-object.ts";
import { textAt } from "../record/record.ts";
import { type ChainState, headOf, isDone, isSound } from "./chain-state.ts";
import { compareHours } from "./compare-hours.ts";
import { type ChainPath, chainPathOf, dayFolder, digestChainOf, digestPathOf } from "./digest-path.ts";
import { FetchedDigests } from "./fetched-digests.ts";
import { type NamedOutcome, writeEntries } from "./named-files.ts";
import { type OpenChain, OpenChains } from "./open-chains.ts";
import type { ProofRun } from "./proof-run.ts";
import type { ProverEffects } from "./prover-effects.ts";
import { takeDigest, tellBroken } from "./take-digest.ts";

/** What came of an invocation's digests. */
export interface ProofOutcome {
  /** Log objects that were read because a digest names them. */
  readonly recovered: number;
  /** Why some digests must come again. */
  readonly faults: readonly unknown[];
  readonly remarks: readonly string[];
  /** Writes what was found: once all that was told is recorded. Rejects if the store does. */
  commit(): Promise<void>;
}

/** Verifies digests, and compares what they name with what was read. */
export type Prove = (asked: AskedDigests, run: ProofRun) => Promise<ProofOutcome>;

/** Digests that were announced, and chains of which the tick misses some. */
export interface AskedDigests {
  readonly digests: readonly LogObject[];
  readonly chains: readonly { readonly bucket: string; readonly chain: string }[];
}

const DAY = 86_400_000;

/** How many digests back a chain is followed to what is known of it: 35 days. */
const MAX_BACK = 900;

/** One function instance's prover. */
export function createProver(effects: ProverEffects): Prove {
  return async (asked, run) => {
    const proof = new Proof(effects, run);
    // What this instance has read and not written yet would count as unread.
    await effects.notes.flush(true);
    await proof.takeAll(asked);
    return proof.outcome();
  };
}

class Proof {
  readonly #effects: ProverEffects;
  readonly #run: ProofRun;
  readonly #chains: OpenChains;
  readonly #digests: FetchedDigests;
  readonly #entries: NamedOutcome["entries"][] = [];
  readonly #done = new Set<string>();
  readonly #faults: unknown[] = [];
  readonly #remarks: string[] = [];
  #recovered = 0;

  constructor(effects: ProverEffects, run: ProofRun) {
    this.#effects = effects;
    this.#run = run;
    this.#chains = new OpenChains(effects.store, run.now);
    this.#digests = new FetchedDigests(run.fetch);
  }

  async takeAll({ digests, chains }: AskedDigests): Promise<void> {
    const found: LogObject[] = [...digests];
    for (const { bucket, chain } of chains) {
      await this.#attempt(chain, async () => void found.push(...(await this.#newOnesOf(bucket, chain))));
    }
    const endOf = ({ key }: LogObject) => digestPathOf(key)?.end ?? 0;
    for (const logObject of found.toSorted((a, b) => endOf(a) - endOf(b))) {
      await this.#attempt(s3Uri(logObject), () => this.#takeWithThoseBefore(logObject));
    }
    for (const [chain, open] of this.#chains.all) {
      await this.#attempt(chain, () => this.#compareHours(chain, open));
    }
  }

  outcome(): ProofOutcome {
    const { store, index } = this.#effects;
    return {
      recovered: this.#recovered,
      faults: this.#faults,
      remarks: this.#remarks,
      commit: async () => {
        for (const entries of this.#entries) await writeEntries(store, entries, this.#run.now);
        await this.#chains.commit(index);
      },
    };
  }

  /** A digest that cannot be looked at now stops no other. */
  async #attempt(what: string, act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (cause) {
      const message = textAt(cause, "message") ?? String(cause);
      this.#faults.push(message.includes(what) ? cause : new Error(`${what}: ${message}`, { cause }));
    }
  }

  /** The digests of the last two days that nobody has looked at: their announcements are lost. */
  async #newOnesOf(bucket: string, chain: string): Promise<readonly LogObject[]> {
    const path = chainPathOf(chain);
    if (path === undefined) return [];
    const now = this.#run.now();
    const found: LogObject[] = [];
    for (const day of [now - 2 * DAY, now - DAY, now]) {
      for (const key of await this.#effects.listKeys(bucket, dayFolder(path.folder, day))) {
        const own = digestPathOf(key);
        if (own === undefined || own.trail !== path.trail || own.homeRegion !== path.homeRegion) continue;
        const { state } = await this.#chains.open(digestChainOf(own), own, bucket);
        if (!isDone(state, own)) found.push({ bucket, key });
      }
    }
    return found;
  }

  /** A digest whose forerunners nobody has looked at brings them along, the oldest first. */
  async #takeWithThoseBefore(logObject: LogObject): Promise<void> {
    const path = digestPathOf(logObject.key);
    if (path === undefined) return tellBroken(this.#run, logObject, "its name is not that of a digest");
    const open = await this.#chains.open(digestChainOf(path), path, logObject.bucket);
    const back: LogObject[] = [];
    for (let at = logObject; back.length < MAX_BACK; ) {
      const before = await this.#before(at, open);
      if (before === undefined || [logObject, ...back].some(({ key }) => key === before.key)) break;
      back.unshift(before);
      at = before;
    }
    for (const one of [...back, logObject]) {
      // The next ones would only find that this one is missing.
      if (!(await this.#take(one, digestChainOf(path), open))) return;
    }
  }

  /** The digest before one, if it is there and nobody has looked at it. */
  async #before({ bucket, key }: LogObject, { state }: OpenChain): Promise<LogObject | undefined> {
    const previous = (await this.#digests.said({ bucket, key }))?.previous;
    const [path, own] = [digestPathOf(previous?.key ?? ""), digestPathOf(key)];
    if (previous === undefined || path === undefined || own === undefined) return undefined;
    if (previous.bucket !== bucket || digestChainOf(path) !== digestChainOf(own)) return undefined;
    // A backfill digest names the one that was made before it, which may be about a later hour.
    if (own.isBackfill ? previous.key === key : path.end >= own.end) return undefined;
    // What was before the first one that came is nobody's business here.
    const oldest = state.done.find(isSound)?.end;
    if (oldest === undefined || path.end < oldest || isDone(state, path)) return undefined;
    const before = { bucket, key: previous.key };
    return (await this.#digests.said(before)) === undefined ? undefined : before;
  }

  /** False if the digest must come again. */
  async #take(logObject: LogObject, chain: string, open: OpenChain): Promise<boolean> {
    const place = s3Uri(logObject);
    const path = digestPathOf(logObject.key);
    if (path === undefined || this.#done.has(place)) return true;
    const taken = await takeDigest(logObject, path, open.state, this.#digests, this.#effects, this.#run);
    const { step, outcome, fault, remark } = taken;
    if (outcome !== undefined) {
      this.#entries.push(outcome.entries);
      this.#recovered += outcome.recovered;
    }
    if (remark !== undefined) this.#remarks.push(remark);
    if (fault !== undefined) {
      this.#faults.push(fault);
      return false;
    }
    this.#done.add(place);
    if (step !== undefined) this.#chains.change(chain, step);
    return true;
  }

  /** Compares what was read a day ago with what digests name by now. */
  async #compareHours(chain: string, open: OpenChain): Promise<void> {
    if (open.path.isBackfill || headOf(open.state) === undefined) return;
    const siblings = await this.#siblings(chain, open);
    const { store, listKeys } = this.#effects;
    const { path, bucket, state } = open;
    const takeBackfills = async () => {
      for (const day of [state.comparedUntil, state.comparedUntil + DAY]) {
        for (const key of await listKeys(bucket, dayFolder(path.folder, day))) {
          const own = digestPathOf(key);
          if (own === undefined || !own.isBackfill) continue;
          const known = await this.#chains.open(digestChainOf(own), own, bucket);
          if (!isDone(known.state, own)) await this.#takeWithThoseBefore({ bucket, key });
        }
      }
      const named = this.#entries.flatMap((entries) => [...entries.values()].flat());
      return new Set(named.map(({ object, hash }) => object + hash));
    };
    const effects = { store, listKeys, run: this.#run };
    const compared = await compareHours({ path, bucket, state, siblings }, effects, takeBackfills);
    if (compared !== undefined) this.#chains.change(chain, (known) => ({ ...known, ...compared }));
  }

  /** The other chains of the account and region: what they name was read as well. */
  async #siblings(chain: string, open: OpenChain): Promise<readonly ChainState[]> {
    const today = Math.floor(this.#run.now() / DAY);
    const paths = [...(await this.#effects.index.known())].flatMap(([name, day]): [string, ChainPath][] => {
      const path = name === chain || day < today - 7 ? undefined : chainPathOf(name);
      return path === undefined || path.isBackfill || path.folder !== open.path.folder ? [] : [[name, path]];
    });
    return Promise.all(paths.map(async ([name, path]) => (await this.#chains.open(name, path, open.bucket)).state));
  }
}
