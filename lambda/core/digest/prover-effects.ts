import type { LedgerStore } from "../store/store.ts";
import type { ChainIndex } from "./chain-index.ts";
import type { FindKey } from "./key-ring.ts";
import type { ReadNotes } from "./read-notes.ts";
import type { TrailCalls } from "./trail-calls.ts";

/** What the proof needs from outside. Effects reject on failure. */
export interface ProverEffects {
  readonly store: LedgerStore;
  readonly index: ChainIndex;
  readonly notes: ReadNotes;
  readonly calls: TrailCalls;
  readonly findKey: FindKey;
  /** The keys in a bucket that begin so, in order. */
  readonly listKeys: (bucket: string, prefix: string) => Promise<readonly string[]>;
}
