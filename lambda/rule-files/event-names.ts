import { ALIASED_SERVICES } from "../core/rules/call-aliases.ts";
import { EVENT_NAMES } from "./event-name-list.ts";
import { OTHER_EVENTS, OTHER_SOURCES } from "./other-events.ts";
import { PERMISSION_SERVICES } from "./permissions.ts";

/**
 * What CloudTrail is known to record. Used for warnings only: a new service or call is missing here at first. Services
 * are named as in event sources, without `.amazonaws.com`.
 */
interface KnownEvents {
  readonly services: ReadonlySet<string>;
  /** Names of events by service, each by its lower-case form; a service is missing where its names are not known. */
  readonly names: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

let events: KnownEvents | undefined;

/** Read on first use, because the list is long. */
function knownEvents(): KnownEvents {
  events ??= readEvents();
  return events;
}

function readEvents(): KnownEvents {
  const names = new Map<string, Map<string, string>>();
  const add = (service: string, added: readonly string[]) => {
    const known = names.get(service) ?? new Map<string, string>();
    names.set(service, known);
    for (const name of added) known.set(name.toLowerCase(), name);
  };
  for (const line of EVENT_NAMES.trim().split("\n")) {
    const [service = "", ...added] = line.split(" ");
    add(service, added);
  }
  for (const [service, added] of Object.entries(OTHER_EVENTS)) add(service, added.split(/\s+/));
  const services = [...names.keys(), ...OTHER_SOURCES, ...PERMISSION_SERVICES, ...ALIASED_SERVICES];
  return { services: new Set(services), names };
}

/** Every service that is known. */
export function knownServices(): ReadonlySet<string> {
  return knownEvents().services;
}

/** The names of a service's events, each by its lower-case form; undefined where they are not known. */
export function namesOfService(service: string): ReadonlyMap<string, string> | undefined {
  return knownEvents().names.get(service);
}

/** The services that record an event of that name, whatever its case. */
export function servicesWith(name: string): readonly string[] {
  const folded = name.toLowerCase();
  return [...knownEvents().names].flatMap(([service, names]) => (names.has(folded) ? [service] : []));
}

/** Every name of an event. */
export function* everyName(): Iterable<string> {
  for (const names of knownEvents().names.values()) yield* names.values();
}
