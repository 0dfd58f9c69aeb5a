import { type Act, type Day, type Doing, HOUR, isWorkday, MINUTE } from "../act.ts";
import { openNext } from "../pipelines/runner.ts";
import type { Random } from "../random.ts";
import { browse, look, shell } from "./browse.ts";
import { changeByHand } from "./changes.ts";
import type { Page } from "./pages.ts";
import {
  type Access,
  accessesOf,
  at,
  homeOf,
  type Job,
  NEWCOMERS,
  networkOf,
  PEOPLE,
  type Person,
  phoneOf,
} from "./person.ts";
import { commandLineSignIn, openRole, portalSignIn } from "./sign-in.ts";

/** Which pages a job looks at, most often first. */
const PAGES_OF: { readonly [J in Job]: readonly Page[] } = {
  platform: [
    "instances",
    "stack",
    "containers",
    "cluster",
    "network",
    "metrics",
    "logs",
    "identity",
    "databases",
    "keys",
    "domains",
    "backups",
  ],
  security: ["findings", "history", "identity", "keys", "bucket", "network", "organization"],
  identity: ["people", "organization", "history", "identity"],
  developer: [
    "logs",
    "functions",
    "containers",
    "metrics",
    "stack",
    "queues",
    "tables",
    "bucket",
    "parameters",
    "databases",
    "secrets",
    "images",
  ],
  data: ["queries", "jobs", "bucket", "logs", "studio"],
  ml: ["studio", "models", "bucket", "logs", "instances", "images"],
  database: ["databases", "metrics", "logs", "secrets", "backups"],
  finance: ["costs"],
  support: ["logs", "metrics", "containers", "queues", "support"],
};

/** How much of the work is done at a command line. */
const TYPED: { readonly [J in Job]: number } = {
  platform: 0.55,
  security: 0.4,
  identity: 0.15,
  developer: 0.45,
  data: 0.3,
  ml: 0.5,
  database: 0.3,
  finance: 0,
  support: 0,
};

/** The ordinary days of thirty people, and of those who join them. */
export function* workdays(day: Day): Generator<Doing> {
  const newcomers = NEWCOMERS.filter(([from]) => from <= day.number).map(([, person]) => person);
  for (const person of [...PEOPLE, ...newcomers]) {
    const random = day.randomFor(`${person.name}/workday`);
    const isIn = random.chance(isWorkday(day) ? 0.88 : 0.06);
    if (isIn) yield* workday(person, day, random);
    else if (random.chance(0.06)) yield peek(person, day, random);
  }
}

function* workday(person: Person, day: Day, random: Random): Generator<Doing> {
  const address = networkOf(person, day);
  const begin = at(person, day, random.between(7.6, 10.2));
  const mistakes = random.chance(0.05) ? random.int(1, 3) : 0;
  const visit = { person, address, userAgent: person.browser, random: random.fork("sign-in"), mistakes };
  yield { start: begin, acts: () => portalSignIn(begin, visit) };
  const sessions = random.int(2, 6);
  for (let i = 0; i < sessions; i++) {
    const own = random.fork(i);
    const start = begin + 2 * MINUTE + own.between(0, 8 * HOUR);
    // Somebody who goes home at four works on from there.
    const isLater = start > begin + 7 * HOUR && own.chance(0.3);
    yield { start, acts: () => session(person, isLater ? homeOf(person, day) : address, start, own) };
  }
}

/** Somebody has a look in the evening or on a day off, mostly from the phone or from home. */
function peek(person: Person, day: Day, random: Random): Doing {
  const start = at(person, day, random.between(10, 22));
  const address = random.chance(0.5) ? phoneOf(random) : homeOf(person, day);
  return {
    start,
    *acts() {
      yield* portalSignIn(start, { person, address, userAgent: person.browser, random: random.fork("sign-in") });
      yield* session(person, address, start + MINUTE, random);
    },
  };
}

/** Opens an account, looks at things, and sometimes changes one. */
export function* session(person: Person, address: string, start: number, random: Random): Generator<Act> {
  const access = pickAccess(person, random);
  if (random.chance(TYPED[person.job])) {
    yield* typed(person, address, start, access, random);
    return;
  }
  const visit = { person, address, userAgent: person.browser, random };
  const hand = yield* openRole(start, access, "console", visit);
  const { permissionSet } = access;
  yield* browse(hand, "home", permissionSet);
  const pages = random.int(2, 6);
  for (let i = 0; i < pages; i++) {
    hand.wait(random.between(0.3, 6) * MINUTE);
    const favourites = PAGES_OF[person.job];
    const page = random.chance(0.9)
      ? (favourites[Math.floor(favourites.length * random.next() ** 2)] as Page)
      : random.pick(ANY_PAGE);
    yield* browse(hand, page, permissionSet);
  }
  yield* changeByHand(hand, person, access);
}

function* typed(person: Person, address: string, start: number, access: Access, random: Random): Generator<Act> {
  const visit = { person, address, userAgent: person.cli, random };
  let begin = start;
  if (random.chance(0.4)) {
    yield* commandLineSignIn(start, visit);
    begin += MINUTE;
  }
  const hand = yield* openRole(begin, access, "command line", visit);
  const { permissionSet } = access;
  yield* look(hand, permissionSet, random.int(3, 18));
  if (permissionSet === "AdministratorAccess" || permissionSet === "Developer") {
    if (random.chance(0.12)) yield* shell(hand);
  }
  hand.wait(random.between(1, 15) * MINUTE);
  yield* look(hand, permissionSet, random.int(1, 8));
  if (person.job === "platform" && random.chance(0.15)) {
    const next = yield* openNext(hand, hand.account, "maintenance", person.name);
    yield* look(next, permissionSet, random.int(2, 9));
  }
  // A session that is over is only noticed by those who go on working.
  if (random.chance(0.04)) yield hand.call("ec2:DescribeInstances", null, { error: EXPIRED });
  yield* changeByHand(hand, person, access);
}

const EXPIRED = ["ExpiredTokenException", "The security token included in the request is expired"] as const;

const ANY_PAGE = Object.values(PAGES_OF).flat();

/** The first accesses of a person are those that she uses most. */
function pickAccess(person: Person, random: Random): Access {
  const accesses = accessesOf(person);
  const flat = person.job === "platform" ? 1 : 2;
  return accesses[Math.floor(accesses.length * random.next() ** flat)] as Access;
}
