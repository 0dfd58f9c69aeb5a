import type { CloudTrailRecord } from "../record/record.ts";
import { isObject } from "../record/record.ts";
import { type Condition, type FieldPath, someScalar } from "./condition.ts";
import { canonicalAddress, folded, foldedCallName, type Scalar, type ValueTest } from "./value-test.ts";

/**
 * A value that a rule demands of a field: exactly, without case, as a call's name (without case and API version), or any
 * value at all. A record that has none of a rule's pins cannot match it.
 */
export type Pin =
  | { readonly field: FieldPath; readonly by: "exact"; readonly value: Scalar }
  | { readonly field: FieldPath; readonly by: "folded" | "call"; readonly value: string }
  | { readonly field: FieldPath; readonly by: "presence" };

/** How a pin is printed: `eventName=createuser (call)`. */
export function pinText(pin: Pin): string {
  const field = pin.field.join(".");
  if (pin.by === "presence") return `${field} present`;
  return pin.by === "exact" ? `${field}=${JSON.stringify(pin.value)}` : `${field}~${pin.value}`;
}

/**
 * The pins of a condition: whenever it holds, the record has at least one of them. Undefined when the condition can hold
 * without any value being there, so that every record has to be looked at.
 */
export function pinsOf(condition: Condition): readonly Pin[] | undefined {
  switch (condition.kind) {
    case "all": {
      const choices = condition.of.map(pinsOf).filter((pins) => pins !== undefined);
      return choices.sort((a, b) => cost(a) - cost(b))[0];
    }
    case "any": {
      const branches = condition.of.map(pinsOf);
      return branches.every((pins) => pins !== undefined) ? branches.flat() : undefined;
    }
    case "field":
      return condition.tests.flatMap((test) => pinsOfTest(condition.path, test));
    case "within":
      return pinsOf(condition.of)?.map((pin) => ({ ...pin, field: [...condition.path, ...pin.field] }));
    case "outcome":
      // Every refusal has an errorCode; other failures may have only a message.
      return condition.in.every((outcome) => outcome === "denied" || outcome === "dry-run")
        ? [{ field: ["errorCode"], by: "presence" }]
        : undefined;
    case "not":
    case "absent":
      return undefined;
    default:
      return condition satisfies never;
  }
}

function pinsOfTest(field: FieldPath, test: ValueTest): readonly Pin[] {
  switch (test.kind) {
    case "in":
      return test.values.map((value) =>
        // An address is met in any spelling, so its text is no pin.
        typeof value === "string" && canonicalAddress(value) !== undefined
          ? { field, by: "presence" }
          : { field, by: "exact", value },
      );
    case "equals":
      return [{ field, by: "folded", value: folded(test.text) }];
    case "call":
      return test.names.map((name) => ({ field, by: "call", value: foldedCallName(name) }));
    default:
      return [{ field, by: "presence" }];
  }
}

/** A guess at how many records a set of pins lets through: names of calls are rare, services and presence are common. */
function cost(pins: readonly Pin[]): number {
  return pins.reduce((sum, pin) => {
    const field = pin.field.join(".");
    if (pin.by === "presence") return sum + (field === "errorCode" || field === "errorMessage" ? 20 : 1000);
    if (field === "eventSource" || field === "userIdentity.type" || field === "eventType") return sum + 100;
    return sum + (typeof pin.value === "boolean" || pin.value === null ? 500 : 1);
  }, 0);
}

interface FieldIndex<T> {
  readonly path: FieldPath;
  readonly exact: Map<Scalar, T[]>;
  readonly folded: Map<string, T[]>;
  readonly call: Map<string, T[]>;
  readonly present: T[];
}

/** Finds what belongs to a record's values: one look-up per pinned field, however many pins there are. */
export class PinIndex<T> {
  readonly #fields = new Map<string, FieldIndex<T>>();
  readonly #everyRecord: T[] = [];

  /** Files an entry under its pins; without pins it is found for every record. */
  add(pins: readonly Pin[] | undefined, entry: T): void {
    if (pins === undefined) {
      this.#everyRecord.push(entry);
      return;
    }
    for (const pin of pins) {
      const field = this.#field(pin.field);
      if (pin.by === "presence") field.present.push(entry);
      else if (pin.by === "exact") append(field.exact, pin.value, entry);
      else append(field[pin.by], pin.value, entry);
    }
  }

  /** Calls `found` with each entry one of whose pins the record has; an entry may come more than once. */
  find(record: CloudTrailRecord, found: (entry: T) => void): void {
    this.#everyRecord.forEach(found);
    for (const field of this.#fields.values()) {
      let seen = false;
      eachScalar(record, field.path, (value) => {
        if (!seen) field.present.forEach(found);
        seen = true;
        field.exact.get(value)?.forEach(found);
        if (typeof value !== "string") return;
        if (field.folded.size > 0) field.folded.get(folded(value))?.forEach(found);
        if (field.call.size > 0) field.call.get(foldedCallName(value))?.forEach(found);
      });
    }
  }

  #field(path: FieldPath): FieldIndex<T> {
    const key = JSON.stringify(path);
    let field = this.#fields.get(key);
    if (field === undefined) {
      field = { path, exact: new Map(), folded: new Map(), call: new Map(), present: [] };
      this.#fields.set(key, field);
    }
    return field;
  }
}

function eachScalar(record: CloudTrailRecord, path: FieldPath, visit: (value: Scalar) => void): void {
  const [field = ""] = path;
  const own = record[field];
  if (path.length === 1 && !isObject(own) && !Array.isArray(own)) {
    if (own !== undefined && Object.hasOwn(record, field)) visit(own as Scalar);
    return;
  }
  someScalar(record, path, (value) => {
    visit(value);
    return false;
  });
}

function append<K, T>(map: Map<K, T[]>, key: K, entry: T): void {
  const entries = map.get(key);
  if (entries === undefined) map.set(key, [entry]);
  else entries.push(entry);
}
