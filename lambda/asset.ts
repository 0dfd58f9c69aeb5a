import type { Accepted } from "./core/envelope/accept.ts";
import type { Hearer, Recipient } from "./core/health/subscriptions.ts";
import type { LedgerSettings } from "./core/ledger/run.ts";
import type { KnownAccounts } from "./core/rules/accounts.ts";
import type { Rule } from "./core/rules/rule.ts";

/** The name of the file beside the bundled functions. */
export const ASSET_FILE = "rules.json";

/** What synth writes beside the functions: validated rules, and how alerts name things and when they come. */
export interface Asset {
  readonly rules: readonly Rule[];
  readonly settings: LedgerSettings;
  /** What the settings name as one's own, for rules that ask whose an account is. */
  readonly known: KnownAccounts;
  /** Whose log objects are read. */
  readonly accepted: Accepted;
  /** Who should receive what, for the tick, which checks whether they can. */
  readonly recipients: readonly Recipient[];
  /** True if what is read is compared with CloudTrail's digests. */
  readonly provesLogs: boolean;
  /** True if the alert topic was there before: it is heard by others than the settings name. */
  readonly isTopicGiven?: boolean;
  /** Topics that were there before, by the names of their routes; those of the other routes are the stack's own. */
  readonly routeTopics?: { readonly [route: string]: string };
  /** Who hears the topics of routes, by the routes' names. */
  readonly routeHearers?: { readonly [route: string]: readonly Hearer[] };
  /** An account and region that wrote daily are missed after this many hours; 0: never. */
  readonly accountSilentAfterHours: number;
}
