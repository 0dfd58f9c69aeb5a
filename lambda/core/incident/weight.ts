import type { CloudTrailRecord } from "../record/record.ts";
import { viewOf } from "../record/view.ts";
import { compileCondition, type Predicate } from "../rules/condition.ts";
import { scalarsAt, someSize } from "../rules/field-path.ts";
import type { Discount, Threshold } from "../rules/rule.ts";
import { discountCondition } from "../rules/rule-set.ts";
import { hashOf } from "../store/seen.ts";
import { targetText } from "./belonging.ts";
import type { WindowEntry } from "./window-entry.ts";

/** List elements beyond this number are not counted one by one: no service takes more in one call. */
const MAX_WEIGHT = 1_000;
/** How many different values a window keeps of one record. */
const MAX_VALUES = 50;

/** How much a match counts in its rule's window. */
export function weighed(
  record: CloudTrailRecord,
  threshold: Threshold | undefined,
): Pick<WindowEntry, "weight" | "isLight" | "value" | "values"> {
  const { distinct, weight = [], discount } = threshold ?? {};
  const elements = Math.max(1, ...weight.map((path) => lengthAt(record, path)));
  const isLight = discount !== undefined && isDiscounted(record, discount);
  const counted = Math.min(elements, MAX_WEIGHT) / (isLight ? discount.by : 1);
  const values = distinct === undefined ? [] : [...new Set(scalarsAt(record, distinct.split(".")))];
  return {
    ...(counted !== 1 && { weight: counted }),
    ...(isLight && { isLight }),
    ...(distinct !== undefined && { value: valueText(record, distinct) }),
    ...(values.length > 1 && { values: values.slice(0, MAX_VALUES).map((value) => shortText([value])) }),
  };
}

function lengthAt(record: CloudTrailRecord, path: string): number {
  let longest = 0;
  someSize(record, path.split("."), (size) => {
    longest = Math.max(longest, size);
    return false;
  });
  return longest;
}

const discounts = new WeakMap<Discount, Predicate>();

function isDiscounted(record: CloudTrailRecord, discount: Discount): boolean {
  const holds = discounts.get(discount) ?? compileCondition(discountCondition(discount));
  discounts.set(discount, holds);
  return holds(record, record);
}

/** A field's values as one short text; `actor` is no field but the caller, `target` what the call was about. */
export function valueText(record: CloudTrailRecord, field: string): string {
  if (field === "actor") return shortText(viewOf(record).actor);
  return shortText(field === "target" ? targetText(record) : scalarsAt(record, field.split(".")));
}

function shortText(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length <= 16 ? text : hashOf(text);
}
