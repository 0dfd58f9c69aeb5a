import { isObject } from "../../lambda/core/record/record.ts";

/** What IAM knows of one request. */
export interface PolicyRequest {
  readonly action: string;
  readonly resource: string;
  /** `Service: name` or `AWS: arn`, as a statement's Principal would have it. */
  readonly principal: readonly [kind: "Service" | "AWS", name: string];
  readonly context: { readonly [key: string]: string };
}

interface Statement {
  readonly Effect: "Allow" | "Deny";
  readonly Action: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Principal?: { readonly [kind: string]: string | readonly string[] };
  readonly Condition?: { readonly [operator: string]: { readonly [key: string]: string | readonly string[] } };
}

/** What a policy says of a request; undefined where it is silent. Knows what the stack's policies use, no more. */
export function verdictOf(policy: unknown, request: PolicyRequest): "Allow" | "Deny" | undefined {
  const statements = (policy as { readonly Statement: readonly Statement[] }).Statement;
  const effects = statements.filter((statement) => applies(statement, request)).map(({ Effect }) => Effect);
  return effects.includes("Deny") ? "Deny" : effects[0];
}

function applies({ Action, Resource, Principal, Condition = {} }: Statement, request: PolicyRequest): boolean {
  const [kind, name] = request.principal;
  const ofPrincipal =
    Principal === undefined || list(Principal.AWS).includes("*") || list(Principal[kind]).includes(name);
  const onResource = Resource === undefined || list(Resource).some((pattern) => isLike(request.resource, pattern));
  const conditions = Object.entries(Condition).flatMap(([operator, tests]) =>
    Object.entries(tests).map(([key, values]) => holds(operator, request.context[key], list(values))),
  );
  return (
    ofPrincipal &&
    onResource &&
    list(Action).some((pattern) => isLike(request.action, pattern)) &&
    conditions.every(Boolean)
  );
}

/** Source: IAM User Guide, "IAM JSON policy elements: Condition operators": a missing key meets what is negated only. */
function holds(operator: string, value: string | undefined, values: readonly string[]): boolean {
  switch (operator) {
    case "StringEquals":
    case "Bool":
      return value !== undefined && values.includes(value);
    case "StringLike":
    case "ArnEquals":
    case "ArnLike":
      return value !== undefined && values.some((pattern) => isLike(value, pattern));
    case "ArnNotEquals":
      return value === undefined || !values.some((pattern) => isLike(value, pattern));
    default:
      throw new Error(`${operator} is not known here`);
  }
}

function isLike(text: string, pattern: string): boolean {
  const source = pattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${source.join(".*")}$`).test(text);
}

function list(values: unknown): readonly string[] {
  if (isObject(values)) throw new Error("a list of texts, or one text");
  return values === undefined ? [] : Array.isArray(values) ? values : [String(values)];
}
