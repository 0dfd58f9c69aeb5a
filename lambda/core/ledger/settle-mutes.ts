import type { Alert } from "../alert/alert.ts";
import type { Naming } from "../alert/describe.ts";
import { announceBegin, announceEnd } from "../mute/announce.ts";
import { AFTER_END, MUTES, muteItemDue, muteOf, mutesOf } from "../mute/mute.ts";
import { entriesOfMute, SWALLOWED, swallowedOf } from "../mute/swallowed.ts";
import { newAlert } from "../outbox/outbox.ts";
import type { Items } from "../store/items.ts";
import { type Run, TRIES } from "./run.ts";

/** A transaction holds 100 changes; what is left comes with the next round. */
const MAX_ANNOUNCED = 60;

/** Announces mutes that began or are over, and drops the latter. `idle` are those of the keys at which none stand. */
export async function settleMutes(
  { access, effects }: Run,
  keys: readonly string[],
): Promise<{ readonly alerts: readonly Alert[]; readonly idle: readonly string[] }> {
  const decided = await access.agree(TRIES, async () => {
    const items = await access.read([MUTES, SWALLOWED]);
    return { ...decideMutes(items, access.now(), effects.settings), idle: access.besides(MUTES, keys, items) };
  });
  return decided ?? { alerts: [], idle: [] };
}

function decideMutes(items: Items, now: number, naming: Naming) {
  const item = items.get(MUTES, mutesOf);
  const alerts: Alert[] = [];
  if (item === undefined) return { changes: [], alerts };
  const swallowed = items.get(SWALLOWED, swallowedOf);
  const left = item.mutes.flatMap((entry) => {
    const mute = muteOf(entry, now);
    // Nobody knows what it is: it stays.
    if (mute === undefined || alerts.length >= MAX_ANNOUNCED) return [entry];
    if (mute.isAnnounced !== true) alerts.push(announceBegin(mute, naming));
    if (mute.until + AFTER_END > now) return [{ ...entry, isAnnounced: true }];
    alerts.push(announceEnd(mute, naming, entriesOfMute(swallowed, mute.id)));
    return [];
  });
  const dueAt = muteItemDue(left.flatMap((entry) => muteOf(entry, now) ?? []));
  const next = { body: { ...item, mutes: left }, ...(dueAt !== undefined && { dueAt, urgency: "info" as const }) };
  return { changes: [items.change(MUTES, next), ...alerts.map((alert) => newAlert(alert, now))], alerts };
}
