/** From the severity that wakes people to the one that only informs them. */
export const SEVERITIES = ["critical", "high", "medium", "low", "info"] as const;
export type Severity = (typeof SEVERITIES)[number];

/** What a severity means for those who are told. Times are in milliseconds. */
interface Traits {
  /** The longest that news waits after its incident's last mail; the tick that tells it comes every minute. */
  readonly newsWithin: number;
  /** The longest that it waits once mail after mail has told of its incident. */
  readonly newsAtMost: number;
  /** How long what is no news waits, by how many mails in a row had none; the last step stays. */
  readonly backOff: readonly [number, ...number[]];
  /** Which due items are looked at before others: see QUEUES. */
  readonly queue: (typeof QUEUES)[number];
  /** Its part of the text messages that an hour and a day allow: the others are left for more severe ones. */
  readonly texts: number;
  /** How many messages of the budget it leaves for more severe ones: a critical one finds room for mail and text. */
  readonly reserve: number;
  /** True if it is sent at once where there is no ledger. */
  readonly goesWithoutLedger: boolean;
  /** True if it waits for the daily round-up. */
  readonly isDaily: boolean;
  /** True if no mute covers it. */
  readonly alwaysRings: boolean;
  /** Its word in a text message; `smsFrom` says from which severity on there are any. */
  readonly sms: string;
}

/** The due index's partition keys, in the order in which they are asked for. No names of severities: the table keeps them. */
export const QUEUES = ["critical", "urgent", "due"] as const;

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const LADDER = [15 * MINUTE, HOUR, 6 * HOUR, DAY] as const;
const TWENTY_MINUTES = 20 * MINUTE;
const UNHURRIED = {
  newsWithin: DAY,
  newsAtMost: DAY,
  backOff: LADDER,
  queue: "due",
  texts: 0.5,
  reserve: 4.5,
  goesWithoutLedger: false,
  alwaysRings: false,
} as const;

/** All that differs between severities. Whoever adds one adds its row. */
export const TRAITS: { readonly [S in Severity]: Traits } = {
  critical: {
    newsWithin: 2 * MINUTE,
    newsAtMost: 2 * MINUTE,
    backOff: [15 * MINUTE, HOUR],
    queue: "critical",
    texts: 1,
    reserve: 0,
    goesWithoutLedger: true,
    isDaily: false,
    alwaysRings: true,
    sms: "CRIT",
  },
  high: {
    newsWithin: 5 * MINUTE,
    newsAtMost: TWENTY_MINUTES,
    backOff: [15 * MINUTE, HOUR, 6 * HOUR],
    queue: "urgent",
    texts: 0.8,
    reserve: 2,
    goesWithoutLedger: true,
    isDaily: false,
    alwaysRings: false,
    sms: "HIGH",
  },
  medium: { ...UNHURRIED, newsWithin: 15 * MINUTE, newsAtMost: TWENTY_MINUTES, isDaily: false, sms: "MED" },
  low: { ...UNHURRIED, isDaily: true, sms: "LOW" },
  info: { ...UNHURRIED, isDaily: true, sms: "INFO" },
};

/** A severity's place: 0 for the most severe. */
export function rankOf(severity: Severity): number {
  return SEVERITIES.indexOf(severity);
}

/** True when `severity` is at least as urgent as `floor`. */
export function isAtLeast(severity: Severity, floor: Severity): boolean {
  return rankOf(severity) <= rankOf(floor);
}

/** Orders the most severe first. */
export function bySeverity(a: { readonly severity: Severity }, b: { readonly severity: Severity }): number {
  return rankOf(a.severity) - rankOf(b.severity);
}

/** The worst of some severities; undefined for none. */
export function worstOf(severities: readonly Severity[]): Severity | undefined {
  return SEVERITIES.find((severity) => severities.includes(severity));
}
