import { isObject } from "./record.ts";
import { isTypedSecret } from "./secret-commands.ts";
import { fieldsOf } from "./secret-fields.ts";
import { type Holding, holdingOf, isHarmlessValue, isReference, isSecretLabel, REDACTED } from "./secret-names.ts";
import { redactFreeText } from "./secret-text.ts";

export { REDACTED };

/** Nothing below this depth is sent: no CloudTrail record comes near it, and recursion must end. */
const MAX_DEPTH = 64;

/** Lists of settings have the key in one field and the value in another: `{"name": "DB_PASSWORD", "value": "..."}`. */
const NAME_FIELD = /^(?:(?:parameter|option|header|attribute)?(?:name|key)|attribute|path)$/i;
const VALUE_FIELD = /^(?:(?:parameter|option|header|attribute)?values?|defaultValue)$/i;

type JsonObject = { readonly [key: string]: unknown };

/** What a walk has met on its way down. */
interface Way {
  readonly depth: number;
  /** What the fields above hold. */
  readonly holding: Holding;
  /** What fields of the call hold, whatever their names. */
  readonly fields: ReadonlyMap<string, Holding>;
}

const TOP: Way = { depth: 0, holding: "anything", fields: new Map() };

/**
 * A copy of a JSON value, such as a record, with every secret replaced by `[redacted]`, at any depth, even inside
 * strings that hold JSON: by the names of the fields, by the record's call, and by what texts look like. Maps of
 * variables keep their names. true, false and null cannot be a credential and stay (`passwordResetRequired: true`).
 */
export function redact(value: unknown): unknown {
  return walk(value, TOP);
}

/** One field of a record, redacted as it would be inside it: which of its own fields are secret depends on the call. */
export function redactedPart(record: JsonObject, part: string): unknown {
  const { eventSource, eventName } = record;
  const whole = redact({ eventSource, eventName, [part]: record[part] });
  return (whole as JsonObject)[part];
}

function walk(value: unknown, way: Way): unknown {
  if (typeof value === "string") return way.holding === "anything" ? redactText(value, way) : hidden(value, way);
  if (typeof value === "number") return way.holding === "anything" ? value : REDACTED;
  if (typeof value !== "object" || value === null) return value;
  if (way.depth > MAX_DEPTH) return REDACTED;
  const below = { ...way, depth: way.depth + 1 };
  return Array.isArray(value) ? walkList(value, below) : walkObject(value as JsonObject, below);
}

/** A value in a place where values are removed. */
function hidden(value: string, way: Way): unknown {
  if (way.holding !== "variables" && isHarmlessValue(value)) return value;
  const [, name] = (way.holding !== "secret" && /^(\w+=)./s.exec(value)) || [];
  return name === undefined ? REDACTED : name + REDACTED;
}

function walkList(list: readonly unknown[], way: Way): unknown {
  const shown = list.map((element, i) => {
    const before = list[i - 1];
    const isOptionsValue = typeof element === "string" && typeof before === "string" && isSecretOption(before);
    if (isOptionsValue && !/^--?[A-Za-z]/.test(element)) return REDACTED;
    if (isTypedSecret(list, i)) return REDACTED;
    return walk(element, isObject(element) && way.holding !== "anything" && isAboutNames(element) ? open(way) : way);
  });
  return shown.length > 1 && shown.every((element) => element === REDACTED) ? REDACTED : shown;
}

/** An option of a command whose value is the next element: `["--password", "..."]`. */
function isSecretOption(element: string): boolean {
  return element.length <= 100 && /^--?[A-Za-z][\w.-]*$/.test(element) && isSecretLabel(element);
}

/** A list of variables may also say things about them other than their values. */
function isAboutNames(element: JsonObject): boolean {
  const keys = Object.keys(element);
  return keys.some((key) => NAME_FIELD.test(key)) && !keys.some((key) => VALUE_FIELD.test(key));
}

function open(way: Way): Way {
  return { ...way, holding: "anything" };
}

function walkObject(object: JsonObject, way: Way): unknown {
  const fields = way.depth === 1 ? fieldsOf(object.eventSource, object.eventName) : way.fields;
  const here = way.holding === "variables" && isDescription(object) ? open({ ...way, fields }) : { ...way, fields };
  const valueHolds = holdingOfValue(object, here.holding);
  return Object.fromEntries(
    Object.entries(object).map(([key, inner]) => {
      const isValue = valueHolds !== undefined && VALUE_FIELD.test(key);
      const isName = valueHolds !== undefined && NAME_FIELD.test(key);
      const holding = isValue
        ? (here.fields.get(key) ?? valueHolds)
        : isName
          ? "anything"
          : holdingOfField(key, inner, here);
      return [
        key,
        isSpelledOut(inner, holding) ? redactText(inner, { ...here, holding }) : walk(inner, { ...here, holding }),
      ];
    }),
  );
}

/** CodeBuild's `environment` describes its machine, and resources that are called environments have an ARN. */
function isDescription(object: JsonObject): boolean {
  return [object.computeType, object.arn, object.environmentArn].some(
    (value) => typeof value === "string" && /^arn:aws|^(?:BUILD|CUSTOM|ATTRIBUTE|AUTO)_/.test(value),
  );
}

function holdingOfField(key: string, inner: unknown, { holding, fields }: Way): Holding {
  if (holding === "variables") return holding;
  const own = fields.get(key) ?? holdingOf(key);
  if (own === "secret" || (own === "header" && !hasFields(inner))) return "secret";
  if (own === "header") return holding;
  const isMap = typeof inner === "object" || isJson(inner);
  if (own !== "anything" && isMap) return own;
  return holding !== "anything" && isReference(key) ? "anything" : holding;
}

function hasFields(inner: unknown): boolean {
  return isObject(inner) || (Array.isArray(inner) && inner.some(isObject));
}

/** What the value of a pair holds; undefined for anything but a pair of a name and a value. */
function holdingOfValue(object: JsonObject, above: Holding): Holding | undefined {
  const keys = Object.keys(object);
  const nameKey = keys.find((key) => NAME_FIELD.test(key) && typeof object[key] === "string");
  if (nameKey === undefined || !keys.some((key) => VALUE_FIELD.test(key))) return undefined;
  const label = String(object[nameKey]);
  if (above === "secret" || above === "variables") return above;
  if (isSecretLabel(label) || isMarkedSecret(object) || isPathOfVariable(label)) return "secret";
  // Database engines' settings are no secrets; CloudFormation calls its parameters' names keys.
  return above === "anything" || isReference(label) || /^parameterName$/i.test(nameKey) ? "anything" : above;
}

/** How services say that a value is secret: SSM, EventBridge, Elastic Beanstalk. */
function isMarkedSecret({ type, isValueSecret, namespace }: JsonObject): boolean {
  return (
    type === "SecureString" || isValueSecret === true || namespace === "aws:elasticbeanstalk:application:environment"
  );
}

/** A JSON patch names what it changes by path: `/Environment/Variables/URL`. */
function isPathOfVariable(label: string): boolean {
  return (
    label.startsWith("/") &&
    label.length <= 500 &&
    label.split("/").some((name) => /^(?:environment|variables)$/i.test(name))
  );
}

/** A map held in a string as JSON. */
function isSpelledOut(inner: unknown, holding: Holding): inner is string {
  return (holding === "variables" || holding === "parameters") && isJson(inner);
}

function isJson(value: unknown): value is string {
  return typeof value === "string" && /^\s*[[{]/.test(value);
}

/** IAM returns policies URL-encoded. */
const ENCODED_JSON = /^\s*%(?:7B|5B|22)/i;

function redactText(text: string, way: Way): string {
  if (way.depth > MAX_DEPTH) return REDACTED;
  if (ENCODED_JSON.test(text)) return redactEncoded(text, way);
  if (!/^\s*[[{"]/.test(text)) return redactFreeText(text);
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return redactFreeText(text); // not JSON after all, or cut
  }
  const clean = JSON.stringify(walk(parsed, { ...way, depth: way.depth + 1 }));
  return clean.includes(REDACTED) ? clean : text;
}

function redactEncoded(text: string, way: Way): string {
  let decoded: string;
  try {
    decoded = decodeURIComponent(text);
  } catch {
    return redactFreeText(text);
  }
  const clean = redactText(decoded, { ...way, depth: way.depth + 1 });
  return clean === decoded ? text : clean;
}
