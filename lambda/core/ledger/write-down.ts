import { headOf } from "../incident/incident.ts";
import { counting } from "../incident/open-incidents.ts";
import { beginningIn, dueAtOf, writing } from "../incident/writing.ts";
import { type Draft, writtenOf } from "../incident/written.ts";
import { inTurns } from "../store/pool.ts";
import { type Run, SIDE_BY_SIDE, TRIES } from "./run.ts";

/** Writes down what was found, the most severe first. Returns what is due at once, and what could not be written. */
export async function writeDown(run: Run, drafts: readonly Draft[]) {
  const { access, counts, given, links } = run;
  // First, so that the alerts of a file know what the file says of their sessions.
  await links.flush();
  const due: Draft[] = [];
  const unwritten: Draft[] = [];
  if (drafts.length === 0) return { due, unwritten };
  const { mutes, now: asked } = given();
  const owners = [...new Set(drafts.map(({ owner }) => owner))];
  const items = await mutes.readBeside(access, owners, asked).catch(() => undefined);
  if (items === undefined) return { due, unwritten: drafts };
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
  // Before they are settled, or invocations at the same time would open more incidents than there may be.
  await inTurns([...beginningIn(due, items, asked)], SIDE_BY_SIDE, async ([key, stories]) => {
    const incidents = stories.map(({ incident }) => incident.key);
    const reserve = async () => ({ changes: counting(key, incidents, await access.read([key]), asked) });
    // Where it fails, the access has noted it, and the limit is not exact.
    await access.agree(TRIES, reserve).catch(() => undefined);
  });
  return { due, unwritten };
}
