import { eventNamesOf, servicesOf } from "./call-aliases.ts";
import { type Condition, joined } from "./condition.ts";
import { folded, type ValueTest } from "./operators.ts";

/** Why an entry of a watch list cannot be read, or undefined when it can. */
export function faultOfCall(entry: string): string | undefined {
  if (/^[a-z0-9*][a-z0-9.*-]*:[A-Za-z0-9_*]+$/i.test(entry)) return undefined;
  return entry.includes(":")
    ? `${JSON.stringify(entry)} is no service:EventName; letters, digits and * only`
    : `${JSON.stringify(entry)} has no service; write service:EventName, for instance iam:CreateUser`;
}

/**
 * Compiles entries such as `iam:CreateUser`, `lambda:*` or `s3.amazonaws.com:Put*`, any of which must fit the record's
 * eventSource and eventName. Compares without case, and ignores event names' API versions on both sides.
 */
export function compileCalls(entries: readonly string[]): Condition {
  const namesByService = new Map<string, string[]>();
  for (const entry of entries) {
    const { service, name } = partsOf(entry);
    for (const recorded of servicesOf(service)) {
      const names = namesByService.get(recorded) ?? [];
      namesByService.set(recorded, [...names, ...eventNamesOf(service, name)]);
    }
  }
  const services = [...namesByService].map(([service, names]): Condition => {
    const name: Condition = { kind: "field", path: ["eventName"], tests: nameTests(names) };
    return service === "*" ? name : { kind: "all", of: [sourceCondition(service), name] };
  });
  return joined("any", services);
}

/** An entry's service in lower case, without `.amazonaws.com`, and its event name as written. */
export function partsOf(entry: string): { readonly service: string; readonly name: string } {
  const separator = entry.indexOf(":");
  const service = folded(entry.slice(0, separator)).replace(/\.amazonaws\.com$/, "");
  return { service, name: entry.slice(separator + 1) };
}

function sourceCondition(service: string): Condition {
  const test: ValueTest = service.includes("*")
    ? { kind: "wildcard", parts: `${service}.amazonaws.com`.split("*"), fold: true }
    : { kind: "equals", texts: [`${service}.amazonaws.com`], fold: true };
  return { kind: "field", path: ["eventSource"], tests: [test] };
}

function nameTests(names: readonly string[]): readonly ValueTest[] {
  const exact = names.filter((name) => !name.includes("*"));
  const wildcards = names.filter((name) => name.includes("*"));
  return [
    ...(exact.length > 0 ? [{ kind: "call", names: exact } as const] : []),
    ...wildcards.map((name) => ({ kind: "call-like", parts: name.split("*") }) as const),
  ];
}
