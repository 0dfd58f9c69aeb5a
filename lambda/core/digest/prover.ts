import { type LogObject, placeOf } from "../envelope/log-object.ts";
import { isWhole } from "../log-file/content.ts";
import type { FetchedObject } from "../log-file/fetched.ts";
import { textAt, valueAt } from "../record/record.ts";
import { NOTICES } from "../rules/notices.ts";
import type { LedgerStore } from "../store/store.ts";
import type { ChainIndex } from "./chain-index.ts";
import { linkTo, signatureHashOf } from "./chain-link.ts";
import {
  type ChainState,
  chainKeyOf,
  chainStateOf,
  type DoneDigest,
  doubtOf,
  headOf,
  isDone,
  isSound,
  keptHash,
  knownAs,
  withDigest,
} from "./chain-state.ts";
import { compareHours } from "./compare-hours.ts";
import { type DigestFile, DigestFileError, readDigestFile } from "./digest-file.ts";
import { type ChainPath, chainPathOf, type DigestPath, dayFolder, digestChainOf, digestPathOf } from "./digest-path.ts";
import { judgeDigest } from "./judge.ts";
import type { FindKey } from "./key-ring.ts";
import { compareNamed, type NamedOutcome, writeEntries } from "./named-files.ts";
import type { ProofRun } from "./proof-run.ts";
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

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** How many digests back a chain is followed to what is known of it: 35 days. */
const MAX_BACK = 900;

/** Digests that are held at a time. */
const MAX_FETCHED = 40;

/** How long after a digest's end the log file of the call that began its chain may be read. */
const CALL_WITHIN = 2 * HOUR;

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

interface OpenChain {
  readonly path: ChainPath;
  readonly bucket: string;
  state: ChainState;
  version: number;
  readonly steps: ((state: ChainState) => ChainState)[];
}

class Proof {
  readonly #effects: ProverEffects;
  readonly #run: ProofRun;
  readonly #chains = new Map<string, OpenChain>();
  readonly #entries: NamedOutcome["entries"][] = [];
  readonly #done = new Set<string>();
  readonly #faults: unknown[] = [];
  readonly #remarks: string[] = [];
  readonly #fetched = new Map<string, { readonly fetched: FetchedObject; readonly stored: Uint8Array }>();
  #recovered = 0;

  constructor(effects: ProverEffects, run: ProofRun) {
    this.#effects = effects;
    this.#run = run;
  }

  async takeAll({ digests, chains }: AskedDigests): Promise<void> {
    const found: LogObject[] = [...digests];
    for (const { bucket, chain } of chains) {
      await this.#attempt(chain, async () => void found.push(...(await this.#newOnesOf(bucket, chain))));
    }
    const endOf = ({ key }: LogObject) => digestPathOf(key)?.end ?? 0;
    for (const logObject of found.toSorted((a, b) => endOf(a) - endOf(b))) {
      await this.#attempt(placeOf(logObject), () => this.#takeWithThoseBefore(logObject));
    }
    for (const [chain, open] of this.#chains) {
      await this.#attempt(chain, () => this.#compareHours(chain, open));
    }
  }

  outcome(): ProofOutcome {
    return {
      recovered: this.#recovered,
      faults: this.#faults,
      remarks: this.#remarks,
      commit: () => this.#commit(),
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
        const { state } = await this.#open(digestChainOf(own), own, bucket);
        if (!isDone(state, own.end)) found.push({ bucket, key });
      }
    }
    return found;
  }

  async #open(chain: string, path: ChainPath, bucket: string): Promise<OpenChain> {
    const known = this.#chains.get(chain);
    if (known !== undefined) return known;
    const key = chainKeyOf(chain);
    const item = (await this.#effects.store.read([key], this.#run.now())).get(key);
    const open: OpenChain = { path, bucket, state: chainStateOf(item), version: item?.version ?? 0, steps: [] };
    this.#chains.set(chain, open);
    return open;
  }

  #step(open: OpenChain, step: (state: ChainState) => ChainState): void {
    open.steps.push(step);
    open.state = step(open.state);
  }

  /** A digest whose forerunners nobody has looked at brings them along, the oldest first. */
  async #takeWithThoseBefore(logObject: LogObject): Promise<void> {
    const path = digestPathOf(logObject.key);
    if (path === undefined) return this.#tellBroken(logObject, "its name is not that of a digest");
    const open = await this.#open(digestChainOf(path), path, logObject.bucket);
    const back: LogObject[] = [];
    const oldest = open.state.done[0]?.end;
    for (let at = logObject; oldest !== undefined && back.length < MAX_BACK; ) {
      const before = await this.#before(at, open, oldest);
      if (before === undefined) break;
      back.unshift(before);
      at = before;
    }
    for (const one of [...back, logObject]) {
      // The next ones would only find that this one is missing.
      if (!(await this.#take(one, open))) return;
    }
  }

  /** The digest before one, if it is there and nobody has looked at it. */
  async #before({ bucket, key }: LogObject, open: OpenChain, oldest: number): Promise<LogObject | undefined> {
    const said = await this.#said({ bucket, key });
    const previous = said?.previous;
    const [path, own] = [digestPathOf(previous?.key ?? ""), digestPathOf(key)];
    if (previous === undefined || path === undefined || own === undefined) return undefined;
    if (previous.bucket !== bucket || digestChainOf(path) !== digestChainOf(own)) return undefined;
    const isKnown = open.state.done.some(({ end }) => end === path.end);
    if (isKnown || path.end <= oldest || path.end >= own.end) return undefined;
    const before = { bucket, key: previous.key };
    return (await this.#said(before)) === undefined ? undefined : before;
  }

  /** A digest, which is fetched once, though it may be looked at twice. */
  async #fetch(logObject: LogObject) {
    const place = placeOf(logObject);
    const known = this.#fetched.get(place);
    if (known !== undefined) return known;
    const fetched = await this.#run.fetch(logObject);
    const one = { fetched, stored: await contentOf(fetched) };
    if (this.#fetched.size >= MAX_FETCHED) this.#fetched.clear();
    this.#fetched.set(place, one);
    return one;
  }

  async #said(logObject: LogObject): Promise<DigestFile | undefined> {
    try {
      return readDigestFile(logObject, (await this.#fetch(logObject)).stored);
    } catch (error) {
      if (error instanceof DigestFileError || valueAt(error, "isPermanent") === true) return undefined;
      throw error;
    }
  }

  /** False if the digest must come again. */
  async #take(logObject: LogObject, open: OpenChain): Promise<boolean> {
    const place = placeOf(logObject);
    if (this.#done.has(place)) return true;
    const { tell, now } = this.#run;
    const path = digestPathOf(logObject.key) as DigestPath;
    let fetched: FetchedObject;
    let stored: Uint8Array;
    try {
      ({ fetched, stored } = await this.#fetch(logObject));
    } catch (error) {
      if (valueAt(error, "isGone") !== true) throw error;
      await this.#tellBroken(logObject, "it was announced, and is gone");
      this.#done.add(place);
      return true;
    }
    let isUnverified = false;
    const verdict = await judgeDigest({ logObject, stored, metadata: fetched.metadata ?? {} }, async (wanted) => {
      try {
        return await this.#effects.findKey(wanted);
      } catch (error) {
        // What is refused today is refused tomorrow; what fails otherwise comes again.
        if (valueAt(error, "isRefused") !== true) throw error;
        isUnverified = true;
        return undefined;
      }
    });
    if (isUnverified) {
      const reason = "CloudTrail's public keys of this region cannot be asked for";
      await tell(NOTICES.digestUnverified, logObject, reason, path.region);
    } else if (verdict.is !== "sound") await this.#tellBroken(logObject, verdict.what);
    if (verdict.is !== "sound") {
      const empty = { files: 0, records: 0, recovered: 0, hash: "", signatureHash: "" };
      const broken: DoneDigest = { ...empty, start: path.end - HOUR, end: path.end, state: "broken" };
      // Anybody can give an object any name: only what may be of a chain that there is, is kept of it.
      const isKept = isUnverified || open.state.done.length > 0;
      if (isKept && path.end <= now() + 2 * HOUR) this.#step(open, (state) => withDigest(state, broken));
      this.#done.add(place);
      // Files that an unverified digest names are read all the same; that proves nothing.
      if (isUnverified) await this.#compare(readDigestFile(logObject, stored));
      return true;
    }
    const { digest, signature } = verdict;
    const outcome = await this.#compare(digest);
    if (outcome.unread > 0) {
      this.#faults.push(new Error(`${place}: ${outcome.unread} of the log files that it names are not read yet`));
      return false;
    }
    const doubt = await this.#linked(logObject, digest, open);
    const done: DoneDigest = {
      start: digest.start,
      end: path.end,
      hash: keptHash(digest.hash),
      signatureHash: signatureHashOf(signature),
      files: digest.files.length,
      records: outcome.records,
      recovered: outcome.recovered,
      state: outcome.wrong + outcome.early > 0 ? "wrong" : "proven",
    };
    this.#step(open, (state) => ({
      ...withDigest(state, done, doubt),
      comparedUntil: state.comparedUntil || Math.ceil(digest.start / HOUR) * HOUR,
    }));
    this.#done.add(place);
    if (outcome.recovered > 0) {
      this.#remarks.push(
        `${place}: ${outcome.recovered} of its log files had not been noted as read, and were read now`,
      );
    }
    if (now() - digest.end > 35 * DAY) this.#remarks.push(`${place}: it is older than what is remembered`);
    return true;
  }

  async #compare(digest: DigestFile): Promise<NamedOutcome> {
    const outcome = await compareNamed(digest, this.#effects.store, await this.#effects.index.since(), this.#run);
    this.#entries.push(outcome.entries);
    this.#recovered += outcome.recovered;
    return outcome;
  }

  /** What is doubtful of a digest's place in its chain; a beginning that nobody caused is told at once. */
  async #linked(logObject: LogObject, digest: DigestFile, open: OpenChain) {
    const { state } = open;
    const previousEnd = digestPathOf(digest.previous?.key ?? "")?.end ?? 0;
    const link = linkTo(digest, (bucket, key) => {
      const known = knownAs(state, previousEnd, { bucket, key });
      // Only a part of each hash is kept.
      return (
        known && {
          ...known,
          hash: known.hash === keptHash(digest.previous?.hash ?? "") ? (digest.previous?.hash ?? "") : known.hash,
        }
      );
    });
    const before = state.done.findLast((one) => one.end < digest.end && isSound(one));
    if (link.is === "start") {
      const isAgain = state.done.some(({ end, hash }) => end === digest.end && hash === keptHash(digest.hash));
      if (before === undefined || isAgain || open.path.isBackfill) return undefined;
      if (await this.#effects.calls.sawBetween(before.end - CALL_WITHIN, digest.end + CALL_WITHIN)) return undefined;
      const reason = `the one before it ends ${new Date(before.end).toISOString().slice(0, 19)}Z, and it does not name it`;
      await this.#run.tell(NOTICES.digestRestarted, logObject, reason, placeOf(logObject));
      return undefined;
    }
    // What was before the first one that came is not known, and neither is what is long ago.
    if (link.is === "follows" || before === undefined) return undefined;
    const isBeforeAll = previousEnd < (state.done[0]?.end ?? 0);
    if (link.is === "unknown" && isBeforeAll) return undefined;
    const what = link.is === "unknown" ? "the digest before it is not there" : `of the one before it, ${link.what}`;
    return doubtOf(digest, previousEnd, what, this.#run.now());
  }

  #tellBroken(logObject: LogObject, what: string): Promise<void> {
    return this.#run.tell(NOTICES.digestBroken, logObject, what, `${placeOf(logObject)} ${what}`);
  }

  /** Compares what was read a day ago with what digests name by now. */
  async #compareHours(chain: string, open: OpenChain): Promise<void> {
    if (open.path.isBackfill || headOf(open.state) === undefined) return;
    const siblings = await this.#siblings(chain, open);
    const { store, listKeys } = this.#effects;
    const { path, bucket, state } = open;
    const compared = await compareHours(
      { path, bucket, state, siblings },
      { store, listKeys, run: this.#run },
      async () => {
        for (const day of [open.state.comparedUntil, open.state.comparedUntil + DAY]) {
          for (const key of await listKeys(bucket, dayFolder(path.folder, day))) {
            const own = digestPathOf(key);
            if (own === undefined || !own.isBackfill) continue;
            const { state: known } = await this.#open(digestChainOf(own), own, bucket);
            if (!isDone(known, own.end)) await this.#takeWithThoseBefore({ bucket, key });
          }
        }
        return new Set(
          this.#entries.flatMap((entries) => [...entries.values()].flat().map(({ place, hash }) => place + hash)),
        );
      },
    );
    if (compared !== undefined) this.#step(open, (now) => ({ ...now, ...compared }));
  }

  /** The other chains of the account and region: what they name was read as well. */
  async #siblings(chain: string, open: OpenChain): Promise<readonly ChainState[]> {
    const today = Math.floor(this.#run.now() / DAY);
    const names = [...(await this.#effects.index.known())]
      .filter(([name, day]) => name.startsWith(`${open.path.folder} `) && name !== chain && day >= today - 7)
      .map(([name]) => name)
      .filter((name) => chainPathOf(name)?.isBackfill === false);
    return Promise.all(
      names.map(async (name) => (await this.#open(name, chainPathOf(name) as ChainPath, open.bucket)).state),
    );
  }

  async #commit(): Promise<void> {
    const { store, index } = this.#effects;
    const { now } = this.#run;
    for (const entries of this.#entries) await writeEntries(store, entries, now);
    for (const [chain, open] of this.#chains) {
      if (open.steps.length === 0) continue;
      await index.saw(chain);
      const key = chainKeyOf(chain);
      let { state, version } = open;
      for (let attempt = 1; attempt <= TRIES; attempt++) {
        const next = { body: state, expiresAt: now() + 70 * DAY };
        if (await store.commit([{ key, expected: version, next }])) break;
        // Somebody else took a digest of the chain at the same time.
        const item = (await store.read([key], now())).get(key);
        version = item?.version ?? 0;
        state = open.steps.reduce((known, step) => step(known), chainStateOf(item));
      }
    }
  }
}

const TRIES = 8;

async function contentOf({ content }: FetchedObject): Promise<Uint8Array> {
  if (isWhole(content)) return content;
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of content) {
    chunks.push(chunk);
    size += chunk.length;
    // The reader of digests refuses what is larger.
    if (size > 2 ** 25) break;
  }
  return Buffer.concat(chunks);
}
