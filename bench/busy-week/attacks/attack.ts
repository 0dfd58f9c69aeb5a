import type { Act } from "../act.ts";
import type { Random } from "../random.ts";

/** An intrusion as published reports tell it. */
export interface Attack {
  readonly name: string;
  /** The hour of its day, in UTC, at which it begins. */
  readonly hour: number;
  /** Whose networks are not the team's. */
  readonly addresses: readonly string[];
  acts(start: number, random: Random): Iterable<Act>;
}

/** Marks a call as what the attack is about. */
export const deed = (act: Act): Act => ({ ...act, isDeed: true });

/** An account that nobody in the organization knows. */
export const STRANGERS = "999988887777";
