import { canonicalAddress } from "./address.ts";
import type { Condition } from "./condition.ts";
import type { FieldPath, Scalar } from "./field-path.ts";
import { folded, foldedCallName, type ValueTest } from "./operators.ts";

/**
 * A value that a rule demands of a field: exact, without case, as a call's name (without case and API version), or any
 * value at all. A record with none of a rule's pins cannot match it.
 */
export type Pin =
  | { readonly field: FieldPath; readonly by: "exact"; readonly value: Scalar }
  | { readonly field: FieldPath; readonly by: "folded" | "call"; readonly value: string }
  /** As text: of the field, or of anything within it. */
  | { readonly field: FieldPath; readonly by: "text"; readonly value: string }
  | { readonly field: FieldPath; readonly by: "presence" }
  /** Anything but null; if a test is given, anything that passes it as text. */
  | { readonly field: FieldPath; readonly by: "anything"; readonly such?: ValueTest };

/** A pin in words: a value in quotes counts as it is, one without in any case. */
export function pinText(pin: Pin): string {
  const field = pin.field.join(".");
  if (pin.by === "presence" || pin.by === "anything") return `${field || "the record"} present`;
  return pin.by === "exact" ? `${field}=${JSON.stringify(pin.value)}` : `${field}=${pin.value}`;
}

/**
 * The pins of a condition: whenever it holds, the record has at least one of them. Undefined when the condition can hold
 * even if no value is there, so that every record must be checked.
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
      // A whole record always has some value: a keyword is no pin.
      return condition.path.length === 0
        ? undefined
        : condition.tests.flatMap((test) => pinsOfText(condition.path, test));
    case "related":
      return [{ field: condition.path, by: "anything" }];
    case "internet":
      return pinsOf(condition.of);
    case "policy":
      return [
        { field: ["requestParameters"], by: "anything" },
        { field: ["responseElements"], by: "anything" },
      ];
    case "not":
    case "absent":
    case "size":
    case "acting":
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
        // An address matches in any spelling, so its text is no pin.
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

/** A guess at how many records a set of pins lets through: call names are rare, services and presence are common. */
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
    case "userIdentity.type":
    case "eventType":
      return 100;
    case "eventSource":
      return 150;
    default:
      // A field that no other rule pins would be looked up in every record for this one rule.
      return typeof pin.value === "boolean" || pin.value === null ? 500 : 120;
  }
}
