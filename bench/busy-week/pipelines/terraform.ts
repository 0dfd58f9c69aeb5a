import { type Act, type Day, type Doing, HOUR, isWorkday, MINUTE } from "../act.ts";
import type { Hand } from "../hand.ts";
import { ACCOUNTS, type Account, accountNamed, accountsOf } from "../organization.ts";
import type { Random } from "../random.ts";
import { openByToken, openNext, runnerAddress, TOOLS } from "./runner.ts";
import { CHANGES, type Change } from "./terraform-changes.ts";
import { plan } from "./terraform-plan.ts";

const HUB = accountNamed("shared-services");
/** Plans only read, and read the same: some are left out where machines play but a share, yet never most of them. */
const LEAST_SHARE = 0.3;

const WITH_PRODUCTS = accountsOf("dev", "staging", "prod");

/** Requests and merges of the infrastructure's repository, and the nightly look for drift. */
export function* terraform(day: Day): Generator<Doing> {
  const random = day.randomFor("terraform");
  for (let i = random.times(isWorkday(day) ? 22 : 1); i > 0; i--) {
    const own = random.fork(`request ${i}`);
    if (!own.chance(Math.max(LEAST_SHARE, day.share))) continue;
    const start = workTime(day, own);
    yield { start, acts: () => request(start, own) };
  }
  for (let i = random.times(isWorkday(day) ? 10 : 0.4); i > 0; i--) {
    const own = random.fork(`merge ${i}`);
    const start = workTime(day, own);
    yield { start, acts: () => merge(start, own) };
  }
  // Robots repeat themselves: what drifts in one night drifts in the next.
  for (const [i, account] of ACCOUNTS.entries()) {
    const own = random.fork(`drift ${account.name}`);
    if (!own.chance(Math.max(LEAST_SHARE, day.share))) continue;
    const start = day.start + 1.5 * HOUR + i * 4 * MINUTE + own.between(0, MINUTE);
    yield { start, acts: () => drift(start, account, own) };
  }
}

/** A time at which teams in three zones merge: most in the European day. */
export function workTime(day: Day, random: Random): number {
  const hour = random.chance(0.8) ? random.between(7, 17) : random.between(4, 22);
  return day.start + hour * HOUR;
}

function* opened(start: number, role: "terraform-plan" | "terraform-apply", account: Account, random: Random) {
  const hub = yield* openByToken(start, {
    account: HUB,
    role: `github-${role}`,
    repository: "infrastructure",
    branch: role === "terraform-apply" ? "main" : "feature",
    address: runnerAddress(random),
    userAgent: TOOLS.terraform,
    random,
  });
  return yield* openNext(hub, account, role, `terraform-${random.hex(8)}`);
}

/** A pull request: a plan of one account, twice if the first one finds a mistake. */
function* request(start: number, random: Random): Generator<Act> {
  const account = random.pick(WITH_PRODUCTS);
  const share = random.between(0.3, 1);
  let time = start;
  for (let tries = random.chance(0.25) ? 2 : 1; tries > 0; tries--) {
    const hand = yield* opened(time, "terraform-plan", account, random);
    yield* plan(hand, share);
    time = hand.time + random.between(2, 9) * MINUTE;
  }
}

/** A merge goes to one account, or to all stages of a product, one after the other. */
function* merge(start: number, random: Random): Generator<Act> {
  const first = random.pick(WITH_PRODUCTS);
  const product = first.name.split("-")[0] ?? "";
  const accounts = random.chance(0.4) ? WITH_PRODUCTS.filter(({ name }) => name.startsWith(product)) : [first];
  const changes = Array.from({ length: random.int(1, 3) }, () => pickChange(random));
  let time = start;
  for (const account of accounts) {
    const hand = yield* opened(time, "terraform-apply", account, random);
    yield* plan(hand, random.between(0.3, 0.8));
    const isDone = yield* apply(hand, changes, random);
    time = hand.time + random.between(1, 5) * MINUTE;
    if (!isDone) return;
  }
}

/** Applies changes; some runs stop at a right that the role lacks, or at a limit, and are tried again. */
function* apply(hand: Hand, changes: readonly Change[], random: Random): Generator<Act, boolean> {
  const fault = random.next();
  for (const [, acts] of changes) {
    if (fault < 0.06) {
      for (let i = 0; i < 3; i++) yield hand.call("scheduler:CreateSchedule", { name: "nightly" }, { error: "denied" });
      return false;
    }
    if (fault < 0.1) {
      yield hand.call(
        "lambda:PutFunctionConcurrency20171031",
        { reservedConcurrentExecutions: 50 },
        {
          error: [
            "InvalidParameterValueException",
            "Specified ReservedConcurrentExecutions decreases account's UnreservedConcurrentExecution below its minimum value",
          ],
        },
      );
      return false;
    }
    if (fault < 0.12) {
      // The session of an hour is over in the middle of it.
      for (let i = 0; i < 4; i++)
        yield hand.call("ec2:DescribeSecurityGroups", null, {
          error: ["ExpiredToken", "The security token included in the request is expired"],
        });
      return false;
    }
    yield* acts(hand);
  }
  return true;
}

function pickChange(random: Random): Change {
  let left = random.between(
    0,
    CHANGES.reduce((sum, [weight]) => sum + weight, 0),
  );
  for (const change of CHANGES) {
    left -= change[0];
    if (left < 0) return change;
  }
  return CHANGES[0] as Change;
}

function* drift(start: number, account: Account, random: Random): Generator<Act> {
  const hand = yield* opened(start, "terraform-plan", account, random);
  yield* plan(hand);
}
