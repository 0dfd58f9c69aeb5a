import { writeFileSync } from "node:fs";
import { basename } from "node:path";
import { READS } from "../../lambda/core/record/facts.ts";
import { aboutOf } from "../../lambda/core/record/target-calls.ts";
import { foldedName, namesIn } from "../../lambda/core/record/target-names.ts";
import { AROUND, MAKES, OTHER, OWN, type Ranked, ranked, rankOf } from "../../lambda/core/record/target-rank.ts";
import { modelsIn, type Reference, type ServiceModel, type Shape } from "./service-models.ts";

/**
 * Writes lambda/core/record/target-fields.ts: for which calls the names of the fields mislead, and what AWS's models say.
 *
 *   pip download --no-deps botocore
 *   npx tsx cli/models/target-fields.ts botocore-*.whl
 */

/** Services for which CloudTrail and the models use different names. */
const EVENT_SOURCES: { readonly [name: string]: string } = { apigatewayv2: "apigateway", sesv2: "ses" };

/** Required text fields that name nothing. */
const CONTENTS =
  /^(?:text|query|statement|sql|content|body|message|prompt|description|document|value|comment|reason|title|subject|type|status|state|action|attribute|policy|protocol|version|path|prefix|email|locale|format|mode|scope|data|template|definition|schedule|expression|code|notes?|language|currency|input|region|otp|asn|engine|callerreference|backfillfrom|cpucredit|usagedimension|inreplyto|subdirectory|requestroute|datasettitle|(?:aws)?accountid|attributename)$|(?:text|string|query|content|body|message|description|document|expression|type|status|state|token|date|time|uri|url|json|cidr|block|version|format|reason|policy|class|template|schedule|code|unit|region|size|mode|email|secret|password|definition|input|output|path|statement|key|handle|domain|endpoint)$/;

const [wheel] = process.argv.slice(2);
if (wheel === undefined) {
  console.error("usage: npx tsx cli/models/target-fields.ts WHEEL");
  process.exit(2);
}
const [, version = "unknown"] = /botocore-([\d.]+)-/.exec(basename(wheel)) ?? [];

/** service -> field -> calls */
const table = new Map<string, Map<string, Set<string>>>();
for (const [folder, model] of modelsIn(wheel)) {
  const service = EVENT_SOURCES[folder] ?? model.metadata.signingName ?? model.metadata.endpointPrefix;
  for (const operation of Object.keys(model.operations)) {
    // Read-only calls change nothing that anybody is told of, so they need no line in the table.
    const field = READS.test(operation) ? undefined : fieldOf(model, service, operation);
    if (field === undefined) continue;
    const fields = table.get(service) ?? new Map<string, Set<string>>();
    table.set(service, fields.set(field, (fields.get(field) ?? new Set()).add(operation)));
  }
}
const file = "lambda/core/record/target-fields.ts";
writeFileSync(file, sourceOf(version, new Date().toISOString().slice(0, 10)));
console.log(
  `${file}: ${[...table.values()].flatMap((fields) => [...fields.values()]).reduce((sum, { size }) => sum + size, 0)} calls`,
);

/** The field that names a call's target in its model, where the field names suggest another; undefined elsewhere. */
function fieldOf(model: ServiceModel, service: string, operation: string): string | undefined {
  const { input, output, http } = model.operations[operation] ?? {};
  const { members = {}, required = [] } = shapeOf(model, input) ?? {};
  const parameters = exampleOf(model, members);
  if (aboutOf(`${service}:${operation}`, { record: {}, parameters, response: () => ({}) }).target !== undefined)
    return undefined;
  const chosen = bestOf(parameters, operation);
  const made = bestOf(exampleOf(model, shapeOf(model, output)?.members ?? {}), operation);
  if (MAKES.test(operation) && made?.rank[0] === OWN) return undefined;
  const isNeeded = (name: string) => required.some((own) => foldedName(own) === name);
  const isText = (name: string) => members[name] !== undefined && texts(model, members[name]) !== undefined;
  const needed = required.filter((name) => isText(name) && !CONTENTS.test(foldedName(name)));
  const named = bestOf(Object.fromEntries(needed.map((name) => [name, "x"])), operation);
  if (chosen !== undefined && chosen.rank[0] === OWN) {
    // An update may give a new name, and beside it the name of what is updated.
    const isNew = /^(?:name|arn|id|identifier)$/.test(chosen.field) && needed.length > 0;
    if (chosen.within !== "") return undefined;
    if (isText(memberOf(members, chosen.field)) && (isNeeded(chosen.field) || (!isNew && named?.rank[0] !== OWN)))
      return undefined;
  } else if (chosen?.rank[0] === OTHER && chosen.within === "" && isNeeded(chosen.field)) {
    if (isText(memberOf(members, chosen.field))) return undefined;
  }
  // A field in a request's path names the target of the request.
  const inPath = needed.find((name) => http?.requestUri.includes(`{${members[name]?.locationName ?? name}`));
  const best = named !== undefined && named.rank[0] < AROUND ? named.field : (inPath ?? needed[0] ?? "");
  const folded = foldedName(best);
  return folded === "" || folded === chosen?.field ? undefined : folded;
}

function memberOf(members: NonNullable<Shape["members"]>, field: string): string {
  return Object.keys(members).find((name) => foldedName(name) === field) ?? "";
}

function bestOf(parameters: unknown, operation: string): Ranked | undefined {
  return ranked(namesIn(parameters), (named) => rankOf(named, operation))[0];
}

/** Parameters with a text in each field that can have one, two levels deep. */
function exampleOf(model: ServiceModel, members: NonNullable<Shape["members"]>, depth = 1): object {
  return Object.fromEntries(
    Object.entries(members).flatMap(([name, reference]): readonly (readonly [string, unknown])[] => {
      const shape = shapeOf(model, reference);
      const element = shapeOf(model, shape?.member);
      const inner = (structure: Shape) => exampleOf(model, structure.members ?? {}, depth - 1);
      if (shape?.type === "structure") return depth === 0 ? [] : [[name, inner(shape)]];
      if (element?.type === "structure") return depth === 0 ? [] : [[name, [inner(element)]]];
      const text = texts(model, reference, true);
      return text === undefined ? [] : [[name, text]];
    }),
  );
}

/** An example of what a field may hold, where that is text that can be a name; with `any` also a word of a fixed list. */
function texts(model: ServiceModel, reference: Reference, any = false): string | readonly string[] | undefined {
  const shape = shapeOf(model, reference);
  if (shape?.type === "string") return shape.enum === undefined || any ? "x" : undefined;
  if (shape?.type !== "list" || shape.member === undefined) return undefined;
  const element = shapeOf(model, shape.member);
  return element?.type === "string" && (element.enum === undefined || any) ? ["x"] : undefined;
}

function shapeOf(model: ServiceModel, reference: Reference | undefined): Shape | undefined {
  return reference === undefined ? undefined : model.shapes[reference.shape];
}

function sourceOf(version: string, date: string): string {
  const lines = [...table]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([service, fields]) => {
      const parts = [...fields]
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([field, calls]) => `${field}=${[...calls].toSorted().join(",")}`);
      return `${service} ${parts.join(" ")}`;
    });
  return `// Made by cli/models/target-fields.ts from AWS's service models in botocore ${version}, on ${date}.
const TABLE = \`
${lines.join("\n")}
\`;

let fields: ReadonlyMap<string, string> | undefined;

/**
 * The field that names a call's target, in lower case, where the field names suggest another; undefined for calls whose
 * field names already tell.
 */
export function targetFieldOf(call: string): string | undefined {
  fields ??= new Map(TABLE.trim().split("\\n").flatMap(entriesOf));
  return fields.get(call);
}

function entriesOf(line: string): readonly (readonly [string, string])[] {
  const [service, ...groups] = line.split(" ");
  return groups.flatMap((group) => {
    const [field = "", calls = ""] = group.split("=");
    return calls.split(",").map((call) => [\`\${service}:\${call}\`, field] as const);
  });
}
`;
}
