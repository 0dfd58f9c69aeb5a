import { Random } from "./random.ts";

/** An account of the organization. */
export interface Account {
  readonly id: string;
  readonly name: string;
  /** Where most of its things are. */
  readonly region: string;
  readonly stage: "core" | "dev" | "staging" | "prod";
  /** The addresses of its NAT gateways, through which its machines go out. */
  readonly exits: readonly string[];
}

export const ORGANIZATION = "o-exampleorgid";
export const IDENTITY_STORE = "d-9967000000";
export const SSO_INSTANCE = "arn:aws:sso:::instance/ssoins-6987000000000000";

/** Where Identity Center is, and most of the rest. */
export const HOME = "eu-central-1";

const STAGES: readonly (readonly [name: string, stage: Account["stage"], region?: string])[] = [
  ["management", "core"],
  ["audit", "core", "us-east-1"],
  ["log-archive", "core"],
  ["network", "core"],
  ["shared-services", "core"],
  ["backup", "core", "eu-west-1"],
  ["sandbox", "dev"],
  ["shop-dev", "dev"],
  ["shop-staging", "staging"],
  ["shop-prod", "prod"],
  ["payments-dev", "dev"],
  ["payments-staging", "staging"],
  ["payments-prod", "prod"],
  ["search-dev", "dev"],
  ["search-prod", "prod"],
  ["mobile-dev", "dev", "us-east-1"],
  ["mobile-prod", "prod", "us-east-1"],
  ["data-dev", "dev"],
  ["data-prod", "prod"],
  ["ml", "dev", "us-east-1"],
];

/** The twenty accounts. Audit is the one in which a desk's made-up deployment stands. */
export const ACCOUNTS: readonly Account[] = STAGES.map(([name, stage, region = HOME], i) => ({
  id: name === "audit" ? "111122223333" : `2109876501${String(i + 1).padStart(2, "0")}`,
  name,
  region,
  stage,
  exits: [0, 1, 2].map((zone) => `3.70.${i}.${20 + zone}`),
}));

/** An account that is made while the week runs. */
export const NEW_ACCOUNT: Account = {
  id: "210987650121",
  name: "loyalty-dev",
  region: HOME,
  stage: "dev",
  exits: ["3.70.21.20"],
};

/** The settings' names of accounts: the organization's, and a supplier's. */
export const SUPPLIER = "310987650199";
export const KNOWN_ACCOUNTS: { readonly [id: string]: string } = Object.fromEntries([
  ...[...ACCOUNTS, NEW_ACCOUNT].map(({ id, name }) => [id, name]),
  [SUPPLIER, "tax-advisors"],
]);

export function accountNamed(name: string): Account {
  const account = ACCOUNTS.find((one) => one.name === name);
  if (account === undefined) throw new Error(`there is no account ${name}`);
  return account;
}

export function accountsOf(...stages: readonly Account["stage"][]): readonly Account[] {
  return ACCOUNTS.filter(({ stage }) => stages.includes(stage));
}

/** The dev, staging and prod accounts of a product. */
export function accountsFor(product: string): readonly Account[] {
  return ACCOUNTS.filter(({ name }) => name === product || name.startsWith(`${product}-`));
}

/** Things that stay: the same words name the same thing in every run. */
const lasting = (...words: readonly string[]) => new Random(`lasting/${words.join("/")}`);
export const lastingId = (prefix: string, ...words: readonly string[]) => lasting(...words).id(prefix);
export const lastingHex = (digits: number, ...words: readonly string[]) => lasting(...words).hex(digits);
export const lastingUuid = (...words: readonly string[]) => lasting(...words).uuid();

/** Instances that run for weeks. */
export function instancesOf({ name, stage }: Account): readonly string[] {
  const count = stage === "prod" ? 9 : stage === "core" ? 1 : 3;
  return Array.from({ length: count }, (_, i) => `i-0${lastingHex(16, "instance", name, String(i))}`);
}

/** Buckets that an account always has. */
export function bucketsOf({ id, name }: Account): readonly string[] {
  const purposes = name.startsWith("data") ? ["lake", "athena-results", "exports"] : ["assets", "uploads", "artifacts"];
  return purposes.map((purpose) => `example-${name}-${purpose}-${id.slice(-4)}`);
}

/** What the teams' software is called. */
const SERVICES: { readonly [product: string]: readonly string[] } = {
  shop: ["cart", "checkout", "catalog", "pricing", "orders", "reviews"],
  payments: ["ledger", "invoicing", "payouts", "fraud", "webhooks"],
  search: ["indexer", "query", "suggest", "crawler"],
  mobile: ["gateway", "push", "profiles", "sessions"],
  data: ["ingest", "enrich", "reports", "quality"],
  ml: ["ranking", "embeddings", "labels"],
};

export function servicesOf({ name }: Account): readonly string[] {
  return SERVICES[name.split("-")[0] ?? ""] ?? ["portal", "jobs"];
}
