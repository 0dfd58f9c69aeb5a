import { Access, faultText } from "../store/access.ts";
import { Clock } from "../store/clock.ts";
import type { LedgerStore } from "../store/store.ts";
import { CHECKUP, type Checkup, checkupOf, decideCheckup, nextLook } from "./checkup.ts";
import { type DeliveryPath, deliveryPathFindings, recipientsMissing, type Sight } from "./delivery-path.ts";
import { answered } from "./finding.ts";
import { HOUR, readHeard } from "./heard.ts";
import { type HealthMessage, healthMessage, type StackPlace } from "./message.ts";
import { type Listening, silenceFindings } from "./silence.ts";
import { hears, type TopicName } from "./subscriptions.ts";

/** What the hourly look needs from outside. */
export interface HourlyEffects {
  readonly store: LedgerStore;
  readonly deliveryPath: DeliveryPath;
  readonly listening: Listening;
  readonly place: StackPlace;
  /** Reads how things are; what cannot be read is replaced by the reason. */
  readonly see: () => Promise<Sight>;
  /** Publishes a message on the topics of health, and on others where nobody is known to hear it there. */
  readonly tell: (message: HealthMessage, isDeaf: (topic: TopicName) => boolean) => Promise<void>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly sleep: (time: number) => Promise<void>;
}

/** What came of a look, or of asking whether one is due. */
export interface Looked {
  /** Before this there is nothing to do, in milliseconds since the epoch. */
  readonly nextAt: number;
  /** From the last look, whoever made it. */
  readonly recipientsMissing: number;
  readonly wayOutFaults: number;
  readonly unreadableItems: number;
  readonly notes: readonly string[];
}

/** After a failure the next try comes this many milliseconds later. */
const SOON = 5 * 60_000;

/**
 * Looks at the way out once an hour, whoever asks and however often, and tells what changed. A look is claimed before
 * it is told, so that only one of two ticks tells it; what could not be told is told by the next.
 */
export async function lookHourly(effects: HourlyEffects): Promise<Looked> {
  const { store, deliveryPath, listening, place, see, tell, now, sleep } = effects;
  const notes: string[] = [];
  const access = new Access(store, { [CHECKUP]: { guard: checkupOf } }, new Clock(now), sleep, notes);
  const looked = (nextAt: number, checkup?: Checkup): Looked => ({
    nextAt,
    recipientsMissing: checkup?.missing ?? 0,
    wayOutFaults: checkup?.faults ?? 0,
    unreadableItems: access.unreadable,
    notes,
  });
  const items = await access.glance([CHECKUP]);
  if (items === undefined) return looked(now() + SOON);
  const before = items.get(CHECKUP, checkupOf);
  if (before !== undefined && now() < nextLook(before)) return looked(nextLook(before), before);

  const [sight, heard] = await Promise.all([see(), answered(readHeard(store, now()))]);
  const since = before?.since ?? before?.at ?? now();
  const findings = [...deliveryPathFindings(deliveryPath, sight), ...silenceFindings(listening, heard, since, now())];
  // The log holds no addresses.
  notes.push(...findings.map(({ check, state, isUnread }) => `${check}: ${isUnread ? "unread" : state}`));
  const decision = decideCheckup(before, findings, recipientsMissing(deliveryPath, sight), now());
  const { tells } = decision;
  const next = { ...decision.next, isUnheard: "value" in heard && heard.value.length === 0 };
  // Saved as if nothing had been told yet: if this run ends before telling, the next look tells it.
  const { severity: _, ...bare } = next;
  const asBefore = before?.severity === undefined ? {} : { severity: before.severity };
  const claimed = tells === undefined ? next : { ...bare, ...asBefore, ringing: before?.ringing ?? [] };
  const save = async (checkup: Checkup) => {
    const known = await access.read([CHECKUP]);
    return access.commit([known.change(CHECKUP, { body: checkup })]);
  };
  if ((await access.commit([items.change(CHECKUP, { body: claimed })])) !== "done") return looked(now() + SOON, before);
  if (tells === undefined) return looked(nextLook(next), next);
  try {
    const isDeaf = (topic: TopicName) => !hears(sight.subscriptions[topic]);
    await tell(healthMessage({ ...decision, tells }, place, now()), isDeaf);
    await save({ ...next, toldAt: now() });
    return looked(nextLook(next), next);
  } catch (error) {
    notes.push(`health: ${faultText(error)}`);
    await save({ ...claimed, isUnheard: false, at: next.at - HOUR + SOON });
    return looked(now() + SOON, next);
  }
}
