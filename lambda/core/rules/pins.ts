import { withoutApiVersion } from "../record/call.ts";
import type { CloudTrailRecord } from "../record/record.ts";
import { type Condition, type FieldPath, someScalar, someText } from "./condition.ts";
import { canonicalAddress, compileTest, folded, foldedCallName, type Scalar, type ValueTest } from "./value-test.ts";

/**
 * A value that a rule demands of a field: exactly, without case, as a call's name (without case and API version), or any
 * value at all. A record that has none of a rule's pins cannot match it.
 */
export type Pin =
  | { readonly field: FieldPath; readonly by: "exact"; readonly value: Scalar }
  | { readonly field: FieldPath; readonly by: "folded" | "call"; readonly value: string }
  /** As text, of the field or of anything within it. */
  | { readonly field: FieldPath; readonly by: "text"; readonly value: string }
  | { readonly field: FieldPath; readonly by: "presence" }
  /** Anything but null; where a test is given, anything that passes it as text. */
  | { readonly field: FieldPath; readonly by: "anything"; readonly such?: ValueTest };

/** How a pin is printed: `eventName=createuser (call)`. */
export function pinText(pin: Pin): string {
  const field = pin.field.join(".");
  if (pin.by === "presence" || pin.by === "anything") return `${field || "the record"} present`;
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
    case "text":
      // Of the whole record anything is there: a keyword is no pin.
      return condition.path.length === 0
        ? undefined
        : condition.tests.flatMap((test) => pinsOfText(condition.path, test));
    case "related":
      return [{ field: condition.path, by: "anything" }];
    case "not":
    case "absent":
      return undefined;
    default:
      return condition satisfies never;
  }
}

function pinsOfText(field: FieldPath, test: ValueTest): readonly Pin[] {
  if (test.kind === "equals") return test.texts.map((text) => ({ field, by: "text", value: folded(text) }));
  if (test.kind === "in") return test.values.map((value) => ({ field, by: "text", value: folded(String(value)) }));
  return [{ field, by: "anything", such: test }];
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
      return test.texts.map((text) => ({ field, by: "folded", value: folded(text) }));
    case "call":
      return test.names.map((name) => ({ field, by: "call", value: foldedCallName(name) }));
    default:
      return [{ field, by: "presence" }];
  }
}

/** A guess at how many records a set of pins lets through: names of calls are rare, services and presence are common. */
function cost(pins: readonly Pin[]): number {
  return pins.reduce((sum, pin) => sum + costOf(pin), 0);
}

function costOf(pin: Pin): number {
  const field = pin.field.join(".");
  if (pin.by === "presence" || pin.by === "anything") {
    return field === "errorCode" || field === "errorMessage" ? 20 : 1000;
  }
  switch (field) {
    case "eventName":
      return 1;
    case "errorCode":
      return 5;
    case "eventSource":
    case "userIdentity.type":
    case "eventType":
      return 100;
    default:
      // Every further field has to be looked up in every record.
      return typeof pin.value === "boolean" || pin.value === null ? 500 : 40;
  }
}

interface FieldIndex<T> {
  readonly path: FieldPath;
  readonly exact: Map<Scalar, T[]>;
  readonly folded: Map<string, T[]>;
  readonly call: Map<string, T[]>;
  readonly present: T[];
  readonly text: Map<string, T[]>;
  takesText: boolean;
  /** True at the length of each text that is filed in folded or text. */
  readonly lengths: boolean[];
  readonly anything: { readonly entry: T; readonly passes: (text: string) => boolean }[];
}

/** Finds what belongs to a record's values: one look-up per pinned field, however many pins there are. */
export class PinIndex<T> {
  readonly #fields = new Map<string, FieldIndex<T>>();
  readonly #list: FieldIndex<T>[] = [];
  readonly #checked: CloudTrailRecord[] = [];
  readonly #dotted: boolean[] = [];
  readonly #everyRecord: T[] = [];

  /** Files an entry under its pins; without pins it is found for every record. */
  add(pins: readonly Pin[] | undefined, entry: T): void {
    if (pins === undefined) {
      this.#everyRecord.push(entry);
      return;
    }
    for (const pin of pins) {
      const field = this.#field(pin.field);
      if (pin.by === "text" || pin.by === "anything") field.takesText = true;
      if (pin.by === "presence") field.present.push(entry);
      else if (pin.by === "anything") {
        field.anything.push({ entry, passes: pin.such === undefined ? () => true : compileTest(pin.such) });
      } else if (pin.by === "exact") append(field.exact, pin.value, entry);
      else append(field[pin.by], pin.value, entry);
      if (pin.by === "folded" || pin.by === "text") field.lengths[pin.value.length] = true;
    }
  }

  /** Calls `found` with each entry one of whose pins the record has; an entry may come more than once. */
  find(record: CloudTrailRecord, found: (entry: T) => void): void {
    if (this.#everyRecord.length > 0) this.#everyRecord.forEach(found);
    for (let i = 0; i < this.#list.length; i++) {
      const field = this.#list[i] as FieldIndex<T>;
      const value = this.#only(record, field.path);
      if (value === undefined) continue;
      if (value === MANY) this.#findMany(record, field, found);
      else this.#findOne(value, field, found);
    }
  }

  /** The scalar at a path that leads through plain objects only; undefined when there is none. */
  #only(record: CloudTrailRecord, path: FieldPath): Scalar | undefined | typeof MANY {
    let value: unknown = record;
    // Counted by hand: this runs for each pinned field of each record.
    for (let i = 0; i < path.length; i++) {
      if (typeof value !== "object" || value === null) return undefined;
      if (Array.isArray(value)) return MANY;
      if (this.#isDotted(value as CloudTrailRecord, i)) return MANY;
      const field = path[i] ?? "";
      if (field === "__proto__") return MANY;
      value = (value as CloudTrailRecord)[field];
    }
    if (typeof value === "object" && value !== null) return MANY;
    return typeof value === "function" ? undefined : (value as Scalar | undefined); // what every object inherits
  }

  /** Whether an object has a field with a dot in its name; the last answers are kept, for fields lie in few objects. */
  #isDotted(object: CloudTrailRecord, depth: number): boolean {
    if (this.#checked[depth] !== object) {
      this.#checked[depth] = object;
      this.#dotted[depth] = hasDottedField(object);
    }
    return this.#dotted[depth] ?? true;
  }

  /** Nearly always a field holds one scalar. */
  #findOne(value: Scalar, field: FieldIndex<T>, found: (entry: T) => void): void {
    if (field.present.length > 0) field.present.forEach(found);
    if (field.exact.size > 0) field.exact.get(value)?.forEach(found);
    if (value === null) return;
    const text = typeof value === "string" ? value : String(value);
    // Folding keeps lengths: a text of another length than all that is filed need not be folded.
    const low = field.lengths[text.length] || field.call.size > 0 ? folded(text) : undefined;
    if (low !== undefined && typeof value === "string") this.#findName(low, field, found);
    if (field.takesText) this.#findText(text, low, field, found);
  }

  #findMany(record: CloudTrailRecord, field: FieldIndex<T>, found: (entry: T) => void): void {
    let seen = false;
    someScalar(record, field.path, (value) => {
      if (!seen) field.present.forEach(found);
      seen = true;
      field.exact.get(value)?.forEach(found);
      if (typeof value === "string") this.#findName(folded(value), field, found);
      return false;
    });
    if (!field.takesText) return;
    someText(record, field.path, (text, isOwn) => {
      this.#findText(text, isOwn ? folded(text) : undefined, field, found);
      return false;
    });
  }

  /** What is filed without case, and under names of calls; `low` is the folded value. */
  #findName(low: string, field: FieldIndex<T>, found: (entry: T) => void): void {
    if (field.folded.size > 0) field.folded.get(low)?.forEach(found);
    if (field.call.size > 0) field.call.get(withoutApiVersion(low.trim()))?.forEach(found);
  }

  /** What is filed as text; `low` is undefined where no text of this length is. */
  #findText(text: string, low: string | undefined, field: FieldIndex<T>, found: (entry: T) => void): void {
    if (field.anything.length > 0) {
      for (const { entry, passes } of field.anything) if (passes(text)) found(entry);
    }
    if (low !== undefined) field.text.get(low)?.forEach(found);
  }

  #field(path: FieldPath): FieldIndex<T> {
    const key = JSON.stringify(path);
    let field = this.#fields.get(key);
    if (field === undefined) {
      field = {
        path,
        exact: new Map(),
        folded: new Map(),
        call: new Map(),
        present: [],
        text: new Map(),
        anything: [],
        takesText: false,
        lengths: [],
      };
      this.#fields.set(key, field);
      this.#list.push(field);
    }
    return field;
  }
}

/** Stands for anything but one scalar: lists, objects, fields with dots in their names. */
const MANY = Symbol("many");

function hasDottedField(object: CloudTrailRecord): boolean {
  for (const field in object) if (field.includes(".")) return true;
  return false;
}

function append<K, T>(map: Map<K, T[]>, key: K, entry: T): void {
  const entries = map.get(key);
  if (entries === undefined) map.set(key, [entry]);
  else entries.push(entry);
}
