import type { Draft } from "../incident/draft.ts";
import { headOf } from "../incident/incident.ts";
import { dueAtOf, writing } from "../incident/writing.ts";
import { writtenOf } from "../incident/written.ts";
import { inTurns } from "../store/pool.ts";
import type { Run } from "./run.ts";

/** How many things are written down side by side. */
const SIDE_BY_SIDE = 8;

/** What came of writing down: what is due at once, and what could not be written. */
interface WrittenDown {
  readonly due: readonly Draft[];
  readonly unwritten: readonly Draft[];
}

/** Writes down what was found, the most severe first. */
export async function writeDown({ access, counts, given, links }: Run, drafts: readonly Draft[]): Promise<WrittenDown> {
  // First, so that the alerts of a file know what the file says of their sessions.
  await links.flush();
  if (drafts.length === 0) return { due: [], unwritten: [] };
  const due: Draft[] = [];
  const unwritten: Draft[] = [];
  try {
    const { mutes, now: asked } = given();
    // What is critical has nothing to ask.
    const also = drafts.some(({ severity }) => severity !== "critical") ? mutes.keys(asked) : [];
    const items = await access.read([...new Set(drafts.map(({ owner }) => owner)), ...also]);
    mutes.saw(items, also, asked);
    await inTurns(drafts, SIDE_BY_SIDE, async (draft) => {
      try {
        const now = given().now;
        const dueAt = dueAtOf(draft, items.get(draft.owner, headOf), given());
        const change = writing(draft, dueAt, now);
        let outcome = await access.commit([change]);
        if (outcome === "conflict") {
          // An item that was settled long ago may still be there.
          const known = await access.read([draft.key]);
          const isFree = known.get(draft.key, writtenOf) === undefined;
          if (isFree) outcome = await access.commit([known.change(draft.key, change.next)]);
        }
        // Somebody found and wrote down the very same at the same time.
        if (outcome === "conflict") counts.duplicates += draft.matches;
        else if (dueAt <= now) due.push(draft);
        else counts.held += draft.matches;
      } catch {
        unwritten.push(draft);
      }
    });
  } catch {
    return { due, unwritten: drafts };
  }
  return { due, unwritten };
}
