import type { Alert } from "../alert/alert.ts";
import { isOneOf, type Shape } from "../store/guard.ts";

/** Where an alert goes, besides the topics of routes. Whoever adds one must say how it is published: see Publishers. */
const WAYS = ["alert", "sms", "health", "health-sms", "bus", "chat"] as const;

/** `to:NAME` is the topic of a route, which takes the place of the alert topic. */
export type Way = (typeof WAYS)[number] | `to:${string}`;

type Publish = (alert: Alert) => Promise<void>;

/** How to publish an alert, for each way; absent where the deployment does not have it. Effects reject on failure. */
export interface Publishers {
  readonly alert: Publish;
  readonly sms: Publish;
  readonly health: Publish;
  readonly "health-sms": Publish;
  readonly bus?: Publish;
  readonly chat?: Publish;
  readonly routes?: { readonly [name: string]: Publish };
}

export const isWay: Shape = (value) => isOneOf(WAYS)(value) || (typeof value === "string" && value.startsWith("to:"));

/** The ways that an alert needs: what is done to the alerter itself is also told on the topics of health. */
export function waysOf({ route, sms, chat, parts }: Alert): readonly Way[] {
  const needed: { readonly [W in (typeof WAYS)[number]]: boolean } = {
    alert: route === undefined,
    sms: sms !== undefined,
    health: parts.some((part) => part.isAboutSelf === true),
    "health-sms": parts.some((part) => part.isHealthTexted === true),
    bus: parts.some((part) => part.isOnBus === true),
    chat: chat !== undefined,
  };
  return [...(route === undefined ? [] : [`to:${route}` as const]), ...WAYS.filter((way) => needed[way])];
}

/** The way of the mail: the alert topic, or a route's. */
export function mainOf(todo: readonly Way[]): Way | undefined {
  return todo.find((way) => way === "alert" || way.startsWith("to:"));
}

/** True for what only repeats the mail elsewhere: it is dropped in the end, if nobody takes it. */
export function isCopy(way: Way): boolean {
  return way.startsWith("health") || way === "bus" || way === "chat";
}

/** How many of the messages that people may get these ways take: buses have no mailbox, and chats no limit like SNS's. */
export function costOf(todo: readonly Way[]): number {
  return todo.filter((way) => way !== "bus" && way !== "chat").length;
}

/** After this many claims, the alert topic gets what the topic of a route refuses. */
const ROUTE_CLAIMS = 10;

/**
 * How to publish by a way. What a route's topic keeps refusing, or a route that is gone was to tell, the alert topic
 * tells; undefined for a copy that the deployment no longer makes.
 */
export function publisherOf(publishers: Publishers, way: Way, claims: number): Publish | undefined {
  if (way.startsWith("to:")) {
    const name = way.slice("to:".length);
    const { routes = {} } = publishers;
    const own = Object.hasOwn(routes, name) ? routes[name] : undefined;
    return claims > ROUTE_CLAIMS ? publishers.alert : (own ?? publishers.alert);
  }
  return publishers[way as (typeof WAYS)[number]];
}
