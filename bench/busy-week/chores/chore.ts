import { type Act, type Day, type Doing, isWorkday, MINUTE } from "../act.ts";
import type { Hand } from "../hand.ts";
import { browse } from "../people/browse.ts";
import {
  type Access,
  accessesOf,
  homeOf,
  type Job,
  networkOf,
  type PermissionSet,
  type Person,
  peopleOf,
} from "../people/person.ts";
import { openRole, portalSignIn } from "../people/sign-in.ts";
import type { Random } from "../random.ts";

/** Something that a team does now and then. */
export interface Chore {
  readonly name: string;
  /** How often in a week, on average. */
  readonly perWeek: number;
  /** When: in working hours, on any day at any hour, or at night. */
  readonly when?: "work" | "any" | "night";
  acts(start: number, random: Random, day: Day): Iterable<Act>;
}

/** The chores that happen on a day. Those of working days happen on these alone. */
export function* happening(day: Day, chores: readonly Chore[]): Generator<Doing> {
  for (const chore of chores) {
    const { name, perWeek, when = "work" } = chore;
    const random = day.randomFor(`chore ${name}`);
    const average = when === "work" ? (isWorkday(day) ? perWeek / 5 : 0) : perWeek / 7;
    for (let i = random.times(average); i > 0; i--) {
      const own = random.fork(i);
      const hour =
        when === "work" ? own.between(7.5, 16.5) : when === "any" ? own.between(0, 23) : own.between(21, 27.5);
      const start = day.start + hour * 60 * MINUTE;
      yield { start, acts: () => chore.acts(start, own, day) };
    }
  }
}

/** What a person does with a hand that she has opened for it. */
type Work = (hand: Hand, random: Random) => Iterable<Act>;

export interface Opening {
  readonly permissionSet: PermissionSet;
  /** Which of the accounts that the person may open so; any of them if left out. */
  readonly account?: string;
  readonly way?: "console" | "command line";
  /** From home, whatever the day's network is. */
  readonly isAtHome?: true;
}

/** One of a job's people opens an account and does something. */
export function byHand(
  job: Job,
  { permissionSet, account, way = "console", isAtHome }: Opening,
  work: Work,
): Chore["acts"] {
  return function* (start, random, day) {
    const person = random.pick(peopleOf(job));
    const may = accessesOf(person).filter(
      (one) => one.permissionSet === permissionSet && (account === undefined || one.account.name === account),
    );
    const access = random.pick(may);
    const address = isAtHome ? homeOf(person, day) : networkOf(person, day);
    if (isAtHome)
      yield* portalSignIn(start, { person, address, userAgent: person.browser, random: random.fork("sign-in") });
    yield* opened(start + (isAtHome ? MINUTE : 0), person, access, address, way, random, work);
  };
}

/** A person opens an account, sees its first page, and works. */
export function* opened(
  start: number,
  person: Person,
  access: Access,
  address: string,
  way: "console" | "command line",
  random: Random,
  work: Work,
): Generator<Act> {
  const visit = { person, address, userAgent: way === "console" ? person.browser : person.cli, random };
  const hand = yield* openRole(start, access, way, visit);
  if (way === "console") {
    yield* browse(hand, "home", access.permissionSet);
    hand.pace = [1_500, 15_000];
  }
  hand.wait(random.between(5_000, 60_000));
  yield* work(hand, random);
}
