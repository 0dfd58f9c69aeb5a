import type { Alert } from "../alert/alert.ts";
import { decideLook } from "../incident/decide-look.ts";
import { lookOf } from "../incident/look.ts";
import { chainsOf } from "../links/chain.ts";
import type { Run } from "./run.ts";

/** Attempts against others who settle the same; after these the next tick does it. */
const TRIES = 16;

/** Looks again for who opened the sessions, if a mail could not say it; returns the mail that now does. */
export async function settleLook({ access, given }: Run, key: string): Promise<Alert | undefined> {
  const decided = await access.agree(TRIES, async () => {
    const { mutes, now } = given();
    const items = await mutes.readBeside(access, [key], now);
    const look = items.get(key, lookOf);
    if (look !== undefined) {
      const chains = await chainsOf(access, Object.keys(look.sessions));
      return decideLook(key, look, items, { ...given(), chains });
    }
    // The look expired while it was still due; a look that cannot be read is skipped elsewhere.
    return { changes: access.isUnreadable(key) ? [] : [items.change(key, { body: {}, expiresAt: now })] };
  });
  return decided?.alert;
}
