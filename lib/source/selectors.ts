import { isObject } from "../../lambda/core/record/record.ts";

/** One field of AWS's AdvancedEventSelector, as the AWS CLI takes it. */
interface FieldSelector {
  readonly Field: string;
  readonly [operator: string]: string | readonly string[];
}

export interface EventSelector {
  readonly Name?: string;
  readonly FieldSelectors: readonly FieldSelector[];
}

/** Source: CloudTrail API Reference, "AdvancedFieldSelector". */
const FIELDS = [
  ...["eventCategory", "eventName", "eventSource", "eventType", "readOnly", "resources.ARN", "resources.type"],
  ...["errorCode", "sessionCredentialFromConsole", "userIdentity.arn", "vpcEndpointId"],
];
const OPERATORS = ["Equals", "StartsWith", "EndsWith", "NotEquals", "NotStartsWith", "NotEndsWith"];

/** A trail takes so many values over all selectors. */
const MAX_VALUES = 500;

/** Ours take some of the values, and there are at most four of them. */
const MAX_OWN_VALUES = 20;

/** What is wrong with a list of advanced event selectors; undefined for a valid one. */
export function selectorsFault(selectors: readonly unknown[]): string | undefined {
  if (selectors.length === 0) return "dataEvents is an empty list";
  for (const [i, selector] of selectors.entries()) {
    const fault = selectorFault(selector);
    if (fault !== undefined) return `dataEvents: selector ${i + 1}: ${fault}`;
  }
  const values = (selectors as readonly EventSelector[]).flatMap(({ FieldSelectors }) =>
    FieldSelectors.flatMap((field) => OPERATORS.flatMap((operator) => field[operator] ?? [])),
  );
  return values.length > MAX_VALUES - MAX_OWN_VALUES
    ? `dataEvents has ${values.length} values, and a trail takes ${MAX_VALUES}, ${MAX_OWN_VALUES} of which are kept for leaving out the alerter's own`
    : undefined;
}

function selectorFault(selector: unknown): string | undefined {
  const wanted = 'it is written like { "Name": "...", "FieldSelectors": [{ "Field": "...", "Equals": ["..."] }] }';
  if (!isObject(selector)) return wanted;
  const { Name, FieldSelectors, ...others } = selector;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) return `unknown key ${JSON.stringify(unknown)}; ${wanted}`;
  if (Name !== undefined && (typeof Name !== "string" || Name.length > 1000))
    return "Name is a text of 1,000 characters";
  if (!Array.isArray(FieldSelectors) || FieldSelectors.length === 0) return wanted;
  const seen = new Set<string>();
  for (const field of FieldSelectors as readonly unknown[]) {
    const fault = fieldFault(field, seen);
    if (fault !== undefined) return fault;
  }
  const valuesOf = (name: string) => equalsOf({ FieldSelectors } as EventSelector, name);
  const [category, ...categories] = valuesOf("eventCategory");
  if (category === "Management") {
    return "it selects management events, all of which are recorded anyway: leave it out";
  }
  if (categories.length > 0 || (category !== "Data" && category !== "NetworkActivity")) {
    return "eventCategory equals Data or NetworkActivity, and each selector has it";
  }
  const needed = category === "Data" ? "resources.type" : "eventSource";
  return valuesOf(needed).length === 1 ? undefined : `with ${category}, ${needed} has Equals and one value`;
}

function fieldFault(field: unknown, seen: Set<string>): string | undefined {
  if (!isObject(field) || typeof field.Field !== "string") return "each of FieldSelectors has a Field";
  const { Field, ...operators } = field;
  if (!FIELDS.includes(Field)) return `unknown Field ${JSON.stringify(Field)}; one of ${FIELDS.join(", ")}`;
  if (seen.has(Field)) return `Field ${Field} is given twice; a field takes several operators`;
  seen.add(Field);
  if (Object.keys(operators).length === 0) return `Field ${Field} has no operator; one of ${OPERATORS.join(", ")}`;
  for (const [operator, values] of Object.entries(operators)) {
    if (!OPERATORS.includes(operator)) {
      return `Field ${Field}: unknown operator ${JSON.stringify(operator)}; one of ${OPERATORS.join(", ")}`;
    }
    const isList = Array.isArray(values) && values.length > 0;
    if (!isList || !values.every((value) => typeof value === "string" && value !== "" && value.length <= 2048)) {
      return `Field ${Field}: ${operator} is a list of texts`;
    }
  }
  return undefined;
}

function equalsOf({ FieldSelectors }: EventSelector, name: string): readonly string[] {
  const values = FieldSelectors.find(({ Field }) => Field === name)?.Equals;
  return values === undefined ? [] : Array.isArray(values) ? values : [values as string];
}

/** What kind of event a valid selector switches on: a resources.type of data events, or `NetworkActivity`. */
export function selectedBy(selector: EventSelector): string {
  const [category = ""] = equalsOf(selector, "eventCategory");
  return category === "Data" ? (equalsOf(selector, "resources.type")[0] ?? "") : category;
}

/** What the alerter itself does data events on, by the type of resource: each ARN is a beginning. */
export type OwnResources = { readonly [type: string]: readonly string[] };

/** A selector as CloudFormation has it, without what the alerter's own work on its own resources would add. */
export function withoutOwn(selector: EventSelector, own: OwnResources) {
  const [type = ""] = equalsOf(selector, "resources.type");
  const left = own[type] ?? [];
  const fields = selector.FieldSelectors.map(lowered);
  if (left.length === 0) return { ...named(selector), fieldSelectors: fields };
  const arn = fields.find(({ field }) => field === "resources.ARN");
  // Conditions that leave out all count, whatever the others select (CloudTrail User Guide, "Filtering data events").
  const leaving = {
    field: "resources.ARN",
    ...arn,
    notStartsWith: [...((arn?.notStartsWith as readonly string[] | undefined) ?? []), ...left],
  };
  return { ...named(selector), fieldSelectors: [...fields.filter((field) => field !== arn), leaving] };
}

function named({ Name }: EventSelector) {
  return Name === undefined ? {} : { name: Name };
}

/** CloudFormation writes the names with a capital, and CDK with a small letter. */
function lowered({ Field, ...operators }: FieldSelector): { field: string; [operator: string]: unknown } {
  const entries = Object.entries(operators).map(([name, values]) => [name[0]?.toLowerCase() + name.slice(1), values]);
  return { field: Field, ...Object.fromEntries(entries) };
}
