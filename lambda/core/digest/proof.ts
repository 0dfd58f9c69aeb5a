import { type LogObject, logPathOf } from "../envelope/log-object.ts";
import type { CloudTrailRecord } from "../record/record.ts";
import type { LedgerStore } from "../store/store.ts";
import { createChainIndex, type KnownChains } from "./chain-index.ts";
import type { FindKey } from "./key-ring.ts";
import type { ProofRun } from "./proof-run.ts";
import { type AskedDigests, createProver, type ProofOutcome } from "./prover.ts";
import type { ProverEffects } from "./prover-effects.ts";
import { createReadNotes, type ReadContent, type Rewritten } from "./read-notes.ts";
import { createTrailCalls } from "./trail-calls.ts";

/** Proves from digests that every log file was read, and has those read that were not. */
export interface Proof {
  /** Notes what a log object held that was read to its end, and whose matches are recorded. */
  note(logObject: LogObject, content: ReadContent): void;
  /** Looks for calls after which digests begin anew. */
  follow(record: CloudTrailRecord): void;
  /** Log objects that were read with several contents, as far as it was noticed since it was last asked. */
  rewritten(): readonly Rewritten[];
  /** True if digests name the log objects of this one's account and region: nobody else need notice a rewrite. Never rejects. */
  isCovered(logObject: LogObject): Promise<boolean>;
  /** Verifies digests. Rejects only if the store does. */
  prove(asked: AskedDigests, run: ProofRun): Promise<ProofOutcome>;
  /** Writes what was noted, if it is time. Never rejects. */
  flush(): Promise<void>;
}

/** The proof of one function instance, in the ledger's store. `now` returns milliseconds since the epoch. */
export function createProof(
  store: LedgerStore,
  { findKey, listKeys, now }: { findKey: FindKey; listKeys: ProverEffects["listKeys"]; now: () => number },
): Proof {
  const index = createChainIndex(store, now);
  const notes = createReadNotes(store, now);
  const calls = createTrailCalls(store, now);
  const prove = createProver({ store, index, notes, calls, findKey, listKeys });
  let folders: { readonly of: KnownChains; readonly names: ReadonlySet<string> } | undefined;
  let silentUntil = 0;
  return {
    note: (logObject, content) => notes.note(logObject, content),
    rewritten: () => notes.rewritten(),
    follow: (record) => calls.follow(record),
    async isCovered({ key }) {
      if (now() < silentUntil) return false;
      try {
        const known = await index.known();
        if (folders?.of !== known) {
          folders = {
            of: known,
            names: new Set([...known.keys()].map((chain) => chain.replace(/ \S+ \S+( backfill)?$/, ""))),
          };
        }
        const { region, kind } = logPathOf(key) ?? {};
        const [root = ""] = key.split(`/${kind}/${region}/`, 1);
        return kind === "CloudTrail" && folders.names.has(`${root}/CloudTrail-Digest/${region}`);
      } catch {
        silentUntil = now() + PAUSE;
        return false;
      }
    },
    prove,
    async flush() {
      await notes.flush();
      await calls.flush();
    },
  };
}

/** After a failure the table is not asked for this long, in milliseconds. */
const PAUSE = 60_000;
