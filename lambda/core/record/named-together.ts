import { factName } from "./facts.ts";
import { type CloudTrailRecord, isObject } from "./record.ts";
import { redactedPart } from "./redaction.ts";
import { REDACTED } from "./secret-names.ts";
import { elementsOf, unwrapped } from "./target-names.ts";
import { viewOf } from "./view.ts";

/** How many levels of objects are looked through, and how many elements of a list. */
const MAX_DEPTH = 3;
const MAX_ELEMENTS = 1_000;

/**
 * All that a call was about if it names several in one list, as GetParameters and TerminateInstances do: its target and those
 * beside it, in their order and as facts have them. Empty if it names but one.
 */
export function namedTogether(record: CloudTrailRecord): readonly string[] {
  const { target } = viewOf(record).facts;
  const parameters = unwrapped(redactedPart(record, "requestParameters"));
  if (target === undefined || isNamedAlone(parameters, target)) return [];
  const list = listWith(parameters, target) ?? listWith(redactedPart(record, "responseElements"), target) ?? [];
  const names = [...new Set(list)];
  return names.length > 1 ? names : [];
}

/** True for a target with a field of its own: lists that name it too are about something else. */
function isNamedAlone(parameters: unknown, target: string): boolean {
  return isObject(parameters) && Object.values(parameters).some((value) => isNamed(value, target));
}

function isNamed(value: unknown, target: string): boolean {
  return typeof value === "string" && factName(value) === target;
}

/** The texts of the list that has the target, or those of the field by which its objects have it. */
function listWith(value: unknown, target: string, depth = MAX_DEPTH): readonly string[] | undefined {
  const elements = elementsOf(value)?.slice(0, MAX_ELEMENTS);
  if (elements?.some((element) => isNamed(element, target))) return namesOf(elements);
  const objects = elements?.filter(isObject) ?? [];
  const [field] = objects.flatMap((one) => Object.keys(one).filter((key) => isNamed(one[key], target)));
  if (field !== undefined) return namesOf(objects.map((one) => one[field]));
  const inner = elements ?? (isObject(value) ? Object.values(value) : []);
  if (depth === 0) return undefined;
  for (const one of inner) {
    const found = listWith(one, target, depth - 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

function namesOf(values: readonly unknown[]): readonly string[] {
  return values.flatMap((one) =>
    typeof one === "string" && one !== "" && !one.includes(REDACTED) ? [factName(one)] : [],
  );
}
