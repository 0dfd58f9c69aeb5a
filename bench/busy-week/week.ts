import { type Act, DAY, type Day, type Doing, HOUR, isWorkday, MEASURED_FROM, type Planner } from "./act.ts";
import type { Attack } from "./attacks/attack.ts";
import { LEAKED_KEY } from "./attacks/leaked-key.ts";
import { MINING } from "./attacks/mining.ts";
import { PHISHED_SESSION } from "./attacks/phished-session.ts";
import { RANSOM_FROM_WITHIN } from "./attacks/ransom-from-within.ts";
import { STOLEN_INSTANCE_ROLE } from "./attacks/stolen-instance-role.ts";
import { STOLEN_MODELS } from "./attacks/stolen-models.ts";
import { ACCOUNT_CHORES } from "./chores/accounts.ts";
import { ALERTER_CHORES } from "./chores/alerter.ts";
import { happening } from "./chores/chore.ts";
import { DATA_CHORES } from "./chores/data.ts";
import { DEVELOPER_CHORES } from "./chores/developers.ts";
import { IAM_USER_CHORES } from "./chores/iam-users.ts";
import { IDENTITY_CENTER_CHORES } from "./chores/identity-center.ts";
import { OPERATION_CHORES } from "./chores/operations.ts";
import { ROOT_ONCE } from "./chores/root.ts";
import { rotations } from "./chores/rotation.ts";
import { SECURITY_CHORES } from "./chores/security.ts";
import { type LogFile, logFilesOf, type PlannedDay } from "./log-files.ts";
import { awsServices } from "./machines/aws-services.ts";
import { compute } from "./machines/compute.ts";
import { data } from "./machines/data.ts";
import { rounds } from "./machines/rounds.ts";
import { workdays } from "./people/workday.ts";
import { cdk } from "./pipelines/cdk.ts";
import { keys } from "./pipelines/keys.ts";
import { terraform } from "./pipelines/terraform.ts";
import { Random } from "./random.ts";

/** Which weeks are made. */
export interface WeekOptions {
  /** Another one makes other weeks; the same one the same records. */
  readonly seed: number;
  /** Days that are measured. */
  readonly days: number;
  /** Days before these, in which rules learn what is usual. */
  readonly learningDays: number;
  /** The share of what machines repeat that is played; people, pipelines, chores and attacks are played whole. */
  readonly share: number;
}

/** While rules learn, machines repeat themselves less often. */
export const LEARNING_SHARE = 0.25;

const CHORES = [
  ...IDENTITY_CENTER_CHORES,
  ...IAM_USER_CHORES,
  ...SECURITY_CHORES,
  ...OPERATION_CHORES,
  ...ACCOUNT_CHORES,
  ...DATA_CHORES,
  ...DEVELOPER_CHORES,
  ...ALERTER_CHORES,
];

const PLANNERS: readonly Planner[] = [
  workdays,
  terraform,
  cdk,
  keys,
  awsServices,
  compute,
  data,
  rounds,
  rotations,
  (day) => happening(day, CHORES),
];

/** The six attacks, of five kinds: what a sold key buys is played twice. */
export const ATTACKS: readonly Attack[] = [
  LEAKED_KEY,
  STOLEN_INSTANCE_ROLE,
  PHISHED_SESSION,
  STOLEN_MODELS,
  MINING,
  RANSOM_FROM_WITHIN,
];

/** The log files of a busy team's days, in the order in which they arrive. */
export function busyWeek(options: WeekOptions): Generator<LogFile> {
  return logFilesOf(doings(options), options.seed);
}

/** What begins on each day, day by day. */
function* doings(options: WeekOptions): Generator<PlannedDay> {
  for (let number = -options.learningDays; number < options.days; number++) {
    const day = dayOf(number, options);
    const plans = PLANNERS.flatMap((planner) => [...planner(day)]);
    if (number >= 0) plans.push(...rootOnce(day, options), ...attacksOn(day, options));
    yield { end: day.start + DAY, doings: plans };
  }
}

function dayOf(number: number, { seed, share }: WeekOptions): Day {
  const start = MEASURED_FROM + number * DAY;
  return {
    number,
    start,
    weekday: (((number % 7) + 7) % 7) as number,
    share: number < 0 ? share * LEARNING_SHARE : share,
    randomFor: (name) => new Random(`${seed}/${number}/${name}`),
  };
}

/** Root is used once in the measured days, on the second of them if there is one. */
function* rootOnce(day: Day, { days }: WeekOptions): Generator<Doing> {
  if (day.number !== Math.min(1, days - 1) || !isWorkday(day)) return;
  const random = day.randomFor("root");
  const start = day.start + random.between(9, 15) * HOUR;
  yield { start, acts: () => ROOT_ONCE(start, random, day) };
}

/** The attacks are spread over the measured days, one after the other. */
function* attacksOn(day: Day, { days }: WeekOptions): Generator<Doing> {
  for (const [i, attack] of ATTACKS.entries()) {
    if (Math.ceil(((i + 1) * days) / ATTACKS.length) - 1 !== day.number) continue;
    const random = day.randomFor(attack.name);
    const start = day.start + (attack.hour + random.between(0, 0.7)) * HOUR;
    yield { start, acts: () => marked(attack, start, random) };
  }
}

/** What follows the deed belongs to it. */
function* marked(attack: Attack, start: number, random: Random): Generator<Act> {
  let isDeed = false;
  for (const act of attack.acts(start, random)) {
    isDeed ||= act.isDeed === true;
    yield { ...act, attack: attack.name, ...(isDeed && { isDeed }) };
  }
}
