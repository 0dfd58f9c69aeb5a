import type { Alert } from "../alert/alert.ts";
import { isOneOf, type Shape } from "../store/guard.ts";

interface Trait {
  /** In the function's log. */
  readonly word: string;
  /** True for what only repeats the mail elsewhere: it is dropped in the end, if nobody takes it. */
  readonly isCopy?: true;
  /** True for what does not count against the budget: buses have no mailbox, and chats no limit like SNS's. */
  readonly isUncounted?: true;
  /** True for what only some deployments have. */
  readonly isOptional?: true;
  readonly isNeeded: (alert: Alert) => boolean;
}

/** Where an alert goes, besides the topics of routes. */
const WAYS = {
  alert: { word: "the alert topic", isNeeded: ({ route }) => route === undefined },
  sms: { word: "the sms topic", isNeeded: ({ sms }) => sms !== undefined },
  // What is done to the alerter itself is also told on the topics of health.
  health: { word: "the health topic", isCopy: true, isNeeded: ({ parts }) => parts.some((part) => part.isAboutSelf) },
  "health-sms": {
    word: "the health-sms topic",
    isCopy: true,
    isNeeded: ({ parts }) => parts.some((part) => part.isHealthTexted),
  },
  bus: {
    word: "the bus",
    isCopy: true,
    isUncounted: true,
    isOptional: true,
    isNeeded: ({ parts }) => parts.some((part) => part.isOnBus),
  },
  chat: {
    word: "the chat topic",
    isCopy: true,
    isUncounted: true,
    isOptional: true,
    isNeeded: ({ chat }) => chat !== undefined,
  },
} as const satisfies { readonly [way: string]: Trait };
const TRAITS: { readonly [W in FixedWay]: Trait } = WAYS;

type FixedWay = keyof typeof WAYS;
type WaysThat<T> = { [W in FixedWay]: (typeof WAYS)[W] extends T ? W : never }[FixedWay];
const FIXED_WAYS = Object.keys(WAYS) as readonly FixedWay[];

/** The ways that only some deployments have. */
export type OtherWay = WaysThat<{ readonly isOptional: true }>;

/** The ways on which an alert is told once more. */
export type Copy = WaysThat<{ readonly isCopy: true }>;

/** `to:NAME` is the topic of a route, which takes the place of the alert topic. */
export type Way = FixedWay | `to:${string}`;

type Publish = (alert: Alert) => Promise<void>;

/** How to publish an alert, for each way; absent where the deployment does not have it. Effects reject on failure. */
export type Publishers = { readonly [W in Exclude<FixedWay, OtherWay>]: Publish } & Partial<OtherPublishers>;

/** The same of what only some deployments have, and of the topics of routes. */
export type OtherPublishers = { readonly [W in OtherWay]: Publish | undefined } & {
  readonly routes: { readonly [name: string]: Publish };
};

/** Publishers of all copies, whether a deployment has them or not. */
export function forCopies(publish: (way: Copy) => Promise<void>): { readonly [W in Copy]: Publish } {
  const ways = FIXED_WAYS.filter((way): way is Copy => isCopy(way));
  const publishers = ways.map((way) => [way, (_: Alert) => publish(way)] as const);
  return Object.fromEntries(publishers) as { readonly [W in Copy]: Publish };
}

export const isWay: Shape<Way> = (value) =>
  isOneOf(FIXED_WAYS)(value) || (typeof value === "string" && value.startsWith("to:"));

/** The ways that an alert needs. */
export function waysOf(alert: Alert): readonly Way[] {
  const needed = FIXED_WAYS.filter((way) => WAYS[way].isNeeded(alert));
  return alert.route === undefined ? needed : [`to:${alert.route}`, ...needed];
}

/** The way of the mail: the alert topic, or a route's. */
export function mainOf(todo: readonly Way[]): Way | undefined {
  return todo.find((way) => way === "alert" || way.startsWith("to:"));
}

/** True for what only repeats the mail elsewhere. */
export function isCopy(way: Way): boolean {
  return isFixed(way) && TRAITS[way].isCopy === true;
}

/** How many of the messages that people may get these ways take. */
export function costOf(todo: readonly Way[]): number {
  return todo.filter((way) => !isFixed(way) || !TRAITS[way].isUncounted).length;
}

/** A way, in the function's log. */
export function wordOf(way: Way): string {
  return isFixed(way) ? WAYS[way].word : `the topic of route ${way.slice("to:".length)}`;
}

function isFixed(way: Way): way is FixedWay {
  return Object.hasOwn(WAYS, way);
}

/** After this many claims, the alert topic gets what the topic of a route refuses. */
const ROUTE_CLAIMS = 10;

/**
 * How to publish by a way. What a route's topic keeps refusing, or a route that is gone was to tell, the alert topic
 * tells; undefined for a copy that the deployment no longer makes.
 */
export function publisherOf(publishers: Publishers, way: Way, claims: number): Publish | undefined {
  if (isFixed(way)) return publishers[way];
  const { routes = {} } = publishers;
  const name = way.slice("to:".length);
  const own = Object.hasOwn(routes, name) ? routes[name] : undefined;
  return claims > ROUTE_CLAIMS ? publishers.alert : (own ?? publishers.alert);
}
