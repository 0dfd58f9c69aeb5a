import type { Condition } from "../core/rules/condition.ts";
import type { FieldPath } from "../core/rules/field-path.ts";
import type { ValueTest } from "../core/rules/operators.ts";

/** What one way through a condition asks of the event: its source, name and type. Undefined where it asks nothing. */
export interface AskedEvent {
  readonly source?: readonly ValueTest[];
  readonly name?: readonly ValueTest[];
  readonly type?: readonly ValueTest[];
}

/** At most this many ways through a condition are followed. */
const MAX_WAYS = 500;

const FIELDS: { readonly [path: string]: keyof AskedEvent } = {
  eventName: "name",
  eventSource: "source",
  eventType: "type",
  "insightDetails.eventName": "name",
  "insightDetails.eventSource": "source",
};

/**
 * The events that a condition asks for, and those that it leaves out. What is below a `not` applies to the events that
 * the rest asks for.
 */
export function askedEvents(condition: Condition, above: FieldPath = []): readonly AskedEvent[] {
  switch (condition.kind) {
    case "field":
    case "text": {
      const field = FIELDS[[...above, ...condition.path].join(".")];
      return [field === undefined ? {} : { [field]: condition.tests }];
    }
    case "within":
      return askedEvents(condition.of, [...above, ...condition.path]);
    case "not":
      return askedEvents(condition.of, above);
    case "any":
      return condition.of.flatMap((part) => askedEvents(part, above)).slice(0, MAX_WAYS);
    case "all": {
      const asked = combined(condition.of.filter(({ kind }) => kind !== "not").map((part) => askedEvents(part, above)));
      const left = condition.of.filter(({ kind }) => kind === "not").flatMap((part) => askedEvents(part, above));
      return [...asked, ...combined([asked, left])].slice(0, MAX_WAYS);
    }
    case "internet":
      return askedEvents(condition.of, above);
    case "absent":
    case "acting":
    case "outcome":
    case "policy":
    case "related":
    case "size":
      return [{}];
    default:
      return condition satisfies never;
  }
}

/** All of several parts; where two ask the same of the event, the later one is usually narrower. */
function combined(parts: readonly (readonly AskedEvent[])[]): readonly AskedEvent[] {
  return parts.reduce<readonly AskedEvent[]>(
    (all, part) => all.flatMap((left) => part.map((right) => ({ ...left, ...right }))).slice(0, MAX_WAYS),
    [{}],
  );
}
