import { type Day, HOUR } from "../act.ts";
import {
  ACCOUNTS,
  type Account,
  accountNamed,
  accountsFor,
  accountsOf,
  lastingHex,
  lastingUuid,
} from "../organization.ts";
import type { Random } from "../random.ts";

/** Somebody who works with the accounts. */
export interface Person {
  readonly name: string;
  /** The name in Identity Center, which is the name of her sessions. */
  readonly email: string;
  readonly userId: string;
  readonly job: Job;
  /** The product that she works on. */
  readonly product?: string;
  /** Hours that her clock is ahead of UTC. */
  readonly zone: number;
  readonly office: string;
  /** The number of her home's network. */
  readonly home: number;
  /** True where the provider gives her home another address each day. */
  readonly isHomeMoving: boolean;
  readonly browser: string;
  readonly cli: string;
}

export type Job =
  | ("platform" | "security" | "identity" | "developer" | "data" | "ml" | "database" | "finance")
  | "support";

/** What somebody may open: a permission set in an account. */
export interface Access {
  readonly account: Account;
  readonly permissionSet: PermissionSet;
}

export type PermissionSet =
  | ("AdministratorAccess" | "SecurityAudit" | "SecurityAdmin" | "IdentityAdmin" | "Developer" | "ReadOnlyAccess")
  | ("DataScientist" | "DatabaseAdmin" | "Billing" | "SupportUser");

const TEAM: readonly (readonly [name: string, job: Job, product?: string, zone?: number])[] = [
  ["ada", "platform"],
  ["boris", "platform"],
  ["chidi", "platform", undefined, -5],
  ["dara", "platform", undefined, 5.5],
  ["edda", "security"],
  ["farid", "security"],
  ["greta", "security", undefined, -5],
  ["hana", "identity"],
  ["ivo", "identity"],
  ["jana", "developer", "shop"],
  ["kofi", "developer", "shop"],
  ["lena", "developer", "shop"],
  ["milan", "developer", "shop", 5.5],
  ["nadia", "developer", "payments"],
  ["omar", "developer", "payments"],
  ["petra", "developer", "payments", -5],
  ["quentin", "developer", "search"],
  ["rosa", "developer", "search"],
  ["sven", "developer", "search", 5.5],
  ["tara", "developer", "mobile", -5],
  ["ugo", "developer", "mobile", -5],
  ["vera", "data", "data"],
  ["wim", "data", "data"],
  ["xenia", "data", "data"],
  ["yara", "ml", "ml"],
  ["zeno", "ml", "ml"],
  ["alba", "database"],
  ["bela", "finance"],
  ["cora", "support"],
  ["dimo", "support"],
];

const BROWSERS = [
  "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
  "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0",
];
const TOOLS = [
  "aws-cli/2.31.21 md/awscrt#0.27.6 ua/2.1 os/macos#25.1.0 md/arch#arm64 lang/python#3.13.7 md/pyimpl#CPython",
  "aws-cli/2.31.3 md/awscrt#0.27.6 ua/2.1 os/linux#6.8.0 md/arch#x86_64 lang/python#3.13.7 md/pyimpl#CPython",
  "aws-cli/2.28.9 md/awscrt#0.26.1 ua/2.1 os/windows#11 md/arch#amd64 lang/python#3.13.4 md/pyimpl#CPython",
];

const personOf = ([name, job, product, zone = 1]: (typeof TEAM)[number], i: number): Person => ({
  name,
  email: `${name}@example.com`,
  userId: lastingUuid("person", name),
  job,
  ...(product !== undefined && { product }),
  zone,
  office: zone === 1 ? "240.0.0" : zone === -5 ? "240.1.0" : "240.4.0",
  home: 10 + i,
  isHomeMoving: i % 3 === 0,
  browser: BROWSERS[i % BROWSERS.length] as string,
  cli: TOOLS[i % TOOLS.length] as string,
});

export const PEOPLE: readonly Person[] = TEAM.map(personOf);

/** Who joins, and on which measured day; negative while rules learn. */
export const NEWCOMERS: readonly (readonly [day: number, person: Person])[] = [
  [-6, personOf(["enno", "developer", "payments"], TEAM.length)],
  [1, personOf(["finn", "developer", "shop"], TEAM.length + 1)],
];

export function personNamed(name: string): Person {
  const person = PEOPLE.find((one) => one.name === name);
  if (person === undefined) throw new Error(`there is no ${name}`);
  return person;
}

export const peopleOf = (...jobs: readonly Job[]) => PEOPLE.filter(({ job }) => jobs.includes(job));

/** What a person may open, what she opens most first. */
export function accessesOf({ job, product = "" }: Person): readonly Access[] {
  const may = (accounts: readonly Account[], permissionSet: PermissionSet) =>
    accounts.map((account) => ({ account, permissionSet }));
  const own = accountsFor(product);
  switch (job) {
    case "platform":
      return may(ACCOUNTS, "AdministratorAccess");
    case "security":
      return [...may([accountNamed("audit")], "SecurityAdmin"), ...may(ACCOUNTS, "SecurityAudit")];
    case "identity":
      return [...may([accountNamed("management")], "IdentityAdmin"), ...may(accountsOf("dev"), "ReadOnlyAccess")];
    case "developer":
    case "ml":
      return [
        ...may(
          own.filter(({ stage }) => stage === "dev"),
          "Developer",
        ),
        ...may([accountNamed("sandbox")], "Developer"),
        ...may(
          own.filter(({ stage }) => stage !== "dev"),
          "ReadOnlyAccess",
        ),
      ];
    case "data":
      return may(own, "DataScientist");
    case "database":
      return may(accountsOf("prod", "staging"), "DatabaseAdmin");
    case "finance":
      return may([accountNamed("management")], "Billing");
    case "support":
      return may(accountsOf("prod"), "SupportUser");
  }
}

/** The role that Identity Center makes for a permission set in an account. */
export function roleOf({ account, permissionSet }: Access): string {
  const suffix = lastingHex(16, "permission set", account.id, permissionSet);
  return `aws-reserved/sso.amazonaws.com/eu-central-1/AWSReservedSSO_${permissionSet}_${suffix}`;
}

/** The network from which somebody works on a day, and her address in it. */
export function networkOf(person: Person, day: Day): string {
  const random = day.randomFor(`${person.name}/network`);
  const where = random.next();
  const isWeekend = day.weekday > 4;
  if (where < 0.42 && !isWeekend) return `${person.office}.${random.int(10, 13)}`;
  if (where < 0.92) return homeOf(person, day);
  if (where < 0.96) return phoneOf(random);
  return elsewhere(random);
}

/** A home's address. Some providers give another one each day, out of sixteen networks. */
export function homeOf(person: Person, day: Day): string {
  if (!person.isHomeMoving) return `240.${person.home}.0.77`;
  const random = day.randomFor(`${person.name}/home`);
  return `240.${96 + ((person.home + random.int(0, 15)) % 16)}.0.${random.int(2, 250)}`;
}

/** A phone's hot spot: its provider has many networks. */
export function phoneOf(random: Random): string {
  return random.chance(0.3)
    ? `2001:db8:${random.int(1, 3)}:${random.hex(3)}::${random.hex(4)}`
    : `240.${random.int(200, 215)}.0.${random.int(2, 250)}`;
}

/** A café, a train or a hotel, each time another. */
function elsewhere(random: Random): string {
  return `240.${random.int(220, 254)}.0.${random.int(2, 250)}`;
}

/** The time at a person's hour of a day, in milliseconds since the epoch. */
export function at(person: Pick<Person, "zone">, day: Day, hour: number): number {
  return day.start + (hour - person.zone) * HOUR;
}
