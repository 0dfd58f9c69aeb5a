import type { Condition } from "../core/rules/condition.ts";
import { compileTest, type ValueTest } from "../core/rules/operators.ts";
import { partsOf } from "../core/rules/watch-list.ts";
import { type AskedEvent, askedEvents } from "./asked-events.ts";
import type { FieldDoubt } from "./doubt.ts";
import { type Comparison, doubtsOfName, doubtsOfNameTest, doubtsOfService, paddedText } from "./event-doubts.ts";
import { knownServices } from "./event-names.ts";

/** Why an entry of `calls` never matches, as far as is known, in words. */
export function doubtsOfCall(entry: string): readonly string[] {
  const { service, name } = partsOf(entry);
  const said = (doubts: readonly string[]) => doubts.map((doubt) => `${entry}: ${doubt}`);
  const isWild = service.includes("*");
  const services = isWild ? servicesLike(service) : [service];
  if (services.length === 0) return said(["no known service fits"]);
  const ofService = isWild ? [] : doubtsOfService(service);
  if (ofService.length > 0) return said(ofService);
  const asked = service === "*" ? undefined : services;
  if (!name.includes("*")) return doubtsOfName(asked, name, "call");
  return said(doubtsOfNameTest(asked, { kind: "call-like", parts: name.split("*") }));
}

/** Why a condition's tests on an event's source and name never match, as far as is known. */
export function doubtsOfEvents(condition: Condition): readonly FieldDoubt[] {
  return askedEvents(condition).flatMap(doubtsOfAsked);
}

function doubtsOfAsked({ source, name, type }: AskedEvent): readonly FieldDoubt[] {
  const sources = source?.flatMap(positive);
  const doubts = (sources ?? []).flatMap(doubtsOfSource).map((text) => ({ text, field: ["eventSource"] }));
  const isCall = type === undefined || type.some((test) => compileTest(test)("AwsApiCall"));
  if (doubts.length > 0 || name === undefined || !isCall) return doubts;
  const isNarrow = source?.every(({ kind }) => kind !== "none-of" && kind !== "present") ?? false;
  const services = isNarrow ? [...new Set(sources?.flatMap(servicesOf))] : undefined;
  return name
    .flatMap(positive)
    .flatMap((test) => doubtsOfNames(services, test))
    .map((text) => ({ text, field: ["eventName"] }));
}

/** The values that anything-but excludes: a misspelt name excludes nothing. */
function positive(test: ValueTest): readonly ValueTest[] {
  return test.kind === "none-of" ? test.tests.flatMap(positive) : [test];
}

function doubtsOfNames(services: readonly string[] | undefined, test: ValueTest): readonly string[] {
  const doubtsOf = (names: readonly unknown[], comparison: Comparison) =>
    names.flatMap((name) => (typeof name === "string" ? doubtsOfName(services, name, comparison) : []));
  if (test.kind === "in") return doubtsOf(test.values, "exact");
  if (test.kind === "equals") return doubtsOf(test.texts, test.fold ? "folded" : "exact");
  return test.kind === "call" ? doubtsOf(test.names, "call") : doubtsOfNameTest(services, test);
}

const SUFFIX = ".amazonaws.com";

/** An event source as written in a rule: records have `iam.amazonaws.com`, not `iam` or `aws.iam`. */
function doubtsOfSource(test: ValueTest): readonly string[] {
  if (test.kind === "in")
    return test.values.flatMap((value) => (typeof value === "string" ? strange(value, false) : []));
  if (test.kind === "equals") return test.texts.flatMap((text) => strange(text, test.fold === true));
  return test.kind === "present" || servicesOf(test).length > 0 ? [] : ["no known event source fits eventSource"];
}

function strange(source: string, isFolded: boolean): readonly string[] {
  const written = isFolded ? source.toLowerCase() : source;
  if (written !== written.trim()) return [paddedText("eventSource", source)];
  const service = written.endsWith(SUFFIX) ? written.slice(0, -SUFFIX.length) : undefined;
  if (service !== undefined && service === service.toLowerCase()) {
    return doubtsOfService(service).map((doubt) => `eventSource ${source}: ${doubt}`);
  }
  // There is no list of China's event sources.
  if (written.endsWith(`${SUFFIX}.cn`)) return [];
  const bare = written
    .toLowerCase()
    .replace(/^aws\./, "")
    .replace(/\.am[a-z]*\.com$/, "");
  const meant = knownServices().has(bare) ? `; did you mean ${bare}${SUFFIX}?` : "";
  return [`eventSource ${JSON.stringify(source)} is in no record${meant}`];
}

/** The services whose event source passes a test. */
function servicesOf(test: ValueTest): readonly string[] {
  if (test.kind === "in") return test.values.flatMap((value) => (typeof value === "string" ? [serviceOf(value)] : []));
  if (test.kind === "equals") return test.texts.map(serviceOf);
  const passes = compileTest(test);
  return [...knownServices()].filter((service) => passes(`${service}${SUFFIX}`));
}

function serviceOf(source: string): string {
  const folded = source.toLowerCase();
  return folded.endsWith(SUFFIX) ? folded.slice(0, -SUFFIX.length) : folded;
}

function servicesLike(wildcard: string): readonly string[] {
  return servicesOf({ kind: "wildcard", parts: `${wildcard}${SUFFIX}`.split("*") });
}
