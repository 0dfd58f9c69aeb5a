import { quantity } from "./quantity.ts";
import { inert, name, quoted } from "./text.ts";

/** What exceptions and mutes left out in a week, and which exceptions end. */
export interface Week {
  readonly left: readonly Left[];
  /** Matches left out by what found no room above. */
  readonly others: number;
  readonly ending: readonly Ending[];
}

/** What one exception of a rule, or one mute, left out. */
export interface Left {
  readonly kind: "except" | "mute";
  readonly rule: string;
  readonly reason: string;
  /** The mute's id. */
  readonly mute?: string;
  /** The last day of an exception. */
  readonly until?: string;
  readonly matches: number;
  readonly networks: readonly string[];
  /** Those that it had not met before this week. */
  readonly newNetworks: readonly string[];
  /** True if there are more networks than are named. */
  readonly hasMore: boolean;
}

/** An exception that ends, or has ended. */
export interface Ending {
  readonly rule: string;
  readonly reason: string;
  readonly until: string;
  readonly isOver: boolean;
}

/** How many lines of each sort a mail has. */
const MAX_LINES = 30;

/** The section as text: what was left out, the most first, then what ends. */
export function weekText({ left, others, ending }: Week): string {
  const more = left.slice(MAX_LINES).reduce((sum, { matches }) => sum + matches, others);
  const lines = [
    ...left.slice(0, MAX_LINES).flatMap(leftLines),
    ...(more > 0 ? [`and ${quantity(more, "match", "es")} by others`] : []),
  ];
  const ends = ending.slice(0, MAX_LINES).map((one) => {
    const verb = one.isOver ? "ended on" : "ends on";
    return `${name(one.rule)}: ${quoted(one.reason, 200)} ${verb} ${one.until}`;
  });
  return [
    ...(lines.length > 0 ? ["Left out this week by exceptions and mutes:", ...lines, ""] : []),
    ...(ends.length > 0 ? ["Exceptions that end, after which these rules ring again:", ...ends, ""] : []),
  ].join("\n");
}

function leftLines({ kind, rule, reason, mute, until, matches, networks, newNetworks, hasMore }: Left) {
  const by = kind === "mute" ? `mute ${mute}` : `except${until === undefined ? "" : ` until ${until}`}`;
  const known = networks.filter((network) => !newNetworks.includes(network));
  const from = known.length === 0 ? [] : [`from ${known.map(shown).join(", ")}${hasMore ? " and others" : ""}`];
  const fresh = newNetworks.length === 0 ? [] : [`NOT SEEN BEFORE: ${newNetworks.map(shown).join(", ")}`];
  return [
    `${name(rule)}: ${quantity(matches, "match", "es")}, ${by}: ${quoted(reason, 200)}`,
    ...[...fresh, ...from].map((text) => `  ${text}`),
  ];
}

function shown(network: string): string {
  return name(network, 60);
}

/** The section in one line, for a subject. */
export function weekTitle({ left, others, ending }: Week): string {
  const matches = left.reduce((sum, one) => sum + one.matches, others);
  const fresh = new Set(left.flatMap(({ newNetworks }) => newNetworks)).size;
  return [
    matches > 0 && `${quantity(matches, "match", "es")} left out`,
    fresh > 0 && quantity(fresh, "new network"),
    ending.length > 0 && `${quantity(ending.length, "exception")} ending`,
  ]
    .filter(Boolean)
    .join(", ");
}

/** The section for machines. */
export function weekJson({ left, others, ending }: Week) {
  return {
    leftOut: left.slice(0, MAX_LINES).map(({ hasMore, ...one }) => ({ ...one, moreNetworks: hasMore })),
    leftOutByOthers: left.slice(MAX_LINES).reduce((sum, { matches }) => sum + matches, others),
    ending: ending.slice(0, MAX_LINES).map(({ reason, ...one }) => ({ ...one, reason: inert(reason, 200) })),
  };
}
