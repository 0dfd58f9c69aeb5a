import type { Act } from "../act.ts";
import type { Hand } from "../hand.ts";
import type { Person } from "./person.ts";

/** A small change that somebody makes by hand, and how often of a hundred. */
export type Change = readonly [weight: number, acts: (hand: Hand, person: Person) => Iterable<Act>];
