import type { AssignedMatch, AssignedRecord } from "../incident/assign.ts";
import type { Access } from "../store/access.ts";
import { SeenFingerprints, type Sighting, seenFingerprints } from "../store/seen.ts";

/** What is known of an invocation's matches: from the table, and from what the invocation itself has met. */
export class Sightings {
  readonly #access: Access;
  readonly #seen = new Map<string, SeenFingerprints>();

  constructor(access: Access) {
    this.#access = access;
  }

  get size(): number {
    return this.#seen.size;
  }

  clear(): void {
    this.#seen.clear();
  }

  /**
   * Reads the fingerprints behind keys that were not read yet. If that fails, nothing counts as known: today's are
   * checked again when the match is settled, and what 0.1.0 told may be told again.
   */
  async read(matches: readonly AssignedMatch[]): Promise<void> {
    const keys = new Set(matches.flatMap(({ seenKey, by01 }) => [seenKey, by01.key]));
    const unknown = [...keys].filter((key) => !this.#seen.has(key));
    if (unknown.length === 0) return;
    try {
      const items = await this.#access.read(unknown);
      for (const key of unknown) this.#seen.set(key, seenFingerprints(key, items));
    } catch {
      // The access has noted the failure.
      for (const key of unknown) this.#seen.set(key, new SeenFingerprints());
    }
  }

  /** Whether a match is told for the first time: not by this invocation, not before, and not by 0.1.0. Then it is noted. */
  meet({ seenKey, by01 }: AssignedMatch, { fingerprint }: Pick<AssignedRecord, "fingerprint">): Sighting {
    const all = [{ key: seenKey, fingerprint }, by01].map(
      (one) => this.#seen.get(one.key)?.look(one.fingerprint) ?? "new",
    );
    if (all.includes("duplicate")) return "duplicate";
    this.#seen.get(seenKey)?.add(fingerprint);
    return all.includes("conflict") ? "conflict" : "new";
  }
}
