import { withoutApiVersion } from "../core/record/call.ts";
import { eventNamesOf, servicesOf } from "../core/rules/call-aliases.ts";
import { compileTest, type ValueTest } from "../core/rules/operators.ts";
import { everyName, knownServices, namesOfService, servicesWith } from "./event-names.ts";
import { versionedBy, withVersions } from "./event-versions.ts";
import { nearestText } from "./nearest-name.ts";
import { permissionOnly } from "./permissions.ts";
import { similarNames } from "./similar-name.ts";
import { textsIn } from "./texts-in.ts";

/** How a rule compares an event's name: as calls do (any case, any API version), without case, or exactly. */
export type Comparison = "call" | "folded" | "exact";

/**
 * Why no record has an event's name, as far as is known, in words; empty when there is no doubt. Any of `services` may
 * have the name; undefined stands for all services.
 */
export function doubtsOfName(
  services: readonly string[] | undefined,
  name: string,
  comparison: Comparison,
): readonly string[] {
  if (name !== name.trim())
    return [`eventName ${JSON.stringify(name)} has a space before or after it; names in records do not`];
  const bare = withoutApiVersion(name);
  // A name with an underscore is a page's or a console's, not an API's: Login_GET, Instruments_Create.
  if (bare === "" || bare.includes("_")) return [];
  const named = services ?? [];
  const recorded = services === undefined ? servicesWith(bare) : named.flatMap(servicesOf);
  const call = named.length === 1 ? `${named[0]}:${name}` : name;
  const having = recorded.flatMap((service) => {
    const known = namesOfService(service)?.get(bare.toLowerCase());
    return known === undefined ? [] : [{ service, known }];
  });
  const same = comparison === "exact" ? having.filter(({ known }) => known === bare) : having;
  if (same.length > 0) return comparison === "call" || bare !== name ? [] : doubtsOfVersion(same, call);
  const [aliased] = named.flatMap((service) => eventNamesOf(service, bare).slice(1));
  if (aliased !== undefined) {
    return comparison === "call" ? [] : [`${call} is an IAM action; the record's event name is ${aliased}`];
  }
  const [other] = having;
  if (other !== undefined) return [`${call}: upper and lower case count here; did you mean ${other.known}?`];
  const permission = (services ?? ["iam", "s3", "sts"]).flatMap((service) => permissionOnly(service, bare) ?? []);
  if (permission.length > 0) return [`${call} ${permission[0]}`];
  // Nothing can be said about an unknown service, or one whose events are not known.
  if (recorded.some((service) => namesOfService(service) === undefined && !isAlias(service))) return [];
  return strangeName(services, call, bare);
}

/** What to say about a name that is compared with the spaces around it. */
export function paddedText(field: string, text: string): string {
  return `${field} ${JSON.stringify(text)} has a space at its beginning or end; values in records do not`;
}

/** An IAM prefix under which nothing is recorded; records have its alias. */
function isAlias(service: string): boolean {
  return servicesOf(service).length > 1;
}

/** The distance of a slip of the fingers: two letters swapped in a word of six. */
const MISTYPED = 0.7;
/** A name that several services have does not tell which one was meant: TagResource. */
const MAX_SERVICES = 5;

/** What to say about a name that none of the services has. */
function strangeName(services: readonly string[] | undefined, call: string, name: string): readonly string[] {
  const own = new Set(services === undefined ? everyName() : services.flatMap(servicesOf).flatMap(namesOf));
  const unknown = `${call}: no such call${services === undefined ? "" : ` of ${listed(services, "or")}`} is known`;
  const mistyped = similarNames(name, own, MISTYPED);
  if (mistyped.length > 0) return [`${unknown}; did you mean ${listed(mistyped, "or")}?`];
  if (services === undefined || own.size === 0) return [];
  const similar = similarNames(name, own);
  const elsewhere = servicesWith(name).map((service) => `${service}.amazonaws.com`);
  const hints = [
    ...(similar.length > 0 ? [`did you mean ${listed(similar, "or")}?`] : []),
    ...(elsewhere.length > 0 && elsewhere.length <= MAX_SERVICES
      ? [`${name} is recorded by ${listed(elsewhere, "and")}`]
      : []),
  ];
  return hints.length > 0
    ? [`${unknown}; ${hints.join(" ")}`]
    : [`${unknown}; it may be a permission without a call, or an event without an API`];
}

function namesOf(service: string): readonly string[] {
  return [...(namesOfService(service)?.values() ?? [])];
}

/** A bare name, where every record of the call also has its API version. */
function doubtsOfVersion(
  having: readonly { readonly service: string; readonly known: string }[],
  call: string,
): readonly string[] {
  const owners = having.map(({ service, known }) => versionedBy(service, known));
  const [owner] = owners;
  return owner === undefined || owners.includes(undefined)
    ? []
    : [`${call}: ${owner} records it with an API version after the name; this rule sees only the bare name`];
}

/** How a part of a name is looked for; of patterns, a name is like them. */
const SHOWN: { readonly [kind: string]: string } = {
  prefix: "beginning with",
  suffix: "ending with",
  contains: "with",
};

/** A test on event names (a beginning, an end or a wildcard) that no known name passes. */
export function doubtsOfNameTest(services: readonly string[] | undefined, test: ValueTest): readonly string[] {
  const [sought] = textsIn(test);
  if (sought === undefined || sought.as === "whole") return [];
  const recorded = services?.flatMap(servicesOf);
  if (recorded?.some((service) => namesOfService(service) === undefined && !isAlias(service))) return [];
  const names = recorded?.flatMap((service) => withVersions(service, namesOf(service))) ?? [...everyName()];
  const passes = compileTest(test);
  if (names.length === 0 || names.some((name) => passes(name))) return [];
  const of = services === undefined ? "" : ` of ${listed(services, "or")}`;
  const word = SHOWN[test.kind] ?? "like";
  return [`eventName ${word} ${JSON.stringify(sought.text)}: no known event${of} fits`];
}

/** Why no record comes from a service, named as in `calls`. */
export function doubtsOfService(service: string): readonly string[] {
  if (knownServices().has(service)) return [];
  const sdk = Object.hasOwn(SDK_NAMES, service) ? SDK_NAMES[service] : undefined;
  const hint = sdk === undefined ? nearestText(service, [...knownServices()]) : `; did you mean ${sdk}?`;
  return [`no service of that name is known${hint}`];
}

/** Names in the SDK, the command line and the console for services that sign, and are recorded, under another name. */
const SDK_NAMES: { readonly [name: string]: string } = {
  amp: "aps",
  apigatewayv2: "apigateway",
  cognito: "cognito-idp",
  docdb: "rds",
  efs: "elasticfilesystem",
  elb: "elasticloadbalancing",
  elbv2: "elasticloadbalancing",
  emr: "elasticmapreduce",
  eventbridge: "events",
  msk: "kafka",
  mwaa: "airflow",
  neptune: "rds",
  resourcegroupstaggingapi: "tagging",
  sesv2: "ses",
  "sso-admin": "sso",
  stepfunctions: "states",
};

/** `a`, `a or b`, `a, b or c` */
function listed(names: readonly string[], word: "and" | "or"): string {
  const last = names.at(-1) ?? "";
  return names.length < 2 ? last : `${names.slice(0, -1).join(", ")} ${word} ${last}`;
}
