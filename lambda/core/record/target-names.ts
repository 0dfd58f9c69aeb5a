import { isObject } from "./record.ts";
import { REDACTED } from "./secret-names.ts";

/** A text in a record that may be what a call was about. */
export interface Named {
  /** The field's name: letters and digits in lower case, in the singular. */
  readonly field: string;
  /** The same for the object or list around it; empty on the first level. */
  readonly within: string;
  /** True for a field of an object in a list. */
  readonly isListed: boolean;
  readonly text: string;
}

/** How many elements of a list, and how many levels of objects, are looked at. */
const MAX_ELEMENTS = 10;
const MAX_NESTED = 200;
const MAX_FIELD = 64;
const MAX_NAME = 1024;

/**
 * The texts on the first level of parameters, and those in the objects and lists there: `userName`, `names[]`,
 * `instancesSet.items[].instanceId`. What CloudTrail wraps in a request (`{"CreateFlowLogsRequest": {...}}`) is unwrapped.
 */
export function namesIn(parameters: unknown, depth = 1): readonly Named[] {
  const found: Named[] = [];
  addFields(found, unwrapped(parameters), { within: "", isListed: false, depth });
  return found;
}

export function unwrapped(parameters: unknown): unknown {
  if (!isObject(parameters)) return parameters;
  const keys = Object.keys(parameters);
  const [wrapper] = keys.length <= 2 ? keys.filter((key) => /(?:Request|Response|Input)$/.test(key)) : [];
  return wrapper !== undefined && isObject(parameters[wrapper]) ? parameters[wrapper] : parameters;
}

interface Place {
  readonly within: string;
  readonly isListed: boolean;
  /** How many levels of objects below this one are looked at. */
  readonly depth: number;
}

function addFields(found: Named[], object: unknown, place: Place): void {
  if (!isObject(object)) return;
  for (const [key, value] of Object.entries(object)) {
    if (key.length <= MAX_FIELD && !SKIPPED.test(key)) addField(found, foldedName(key), value, place);
  }
}

function addField(found: Named[], field: string, value: unknown, place: Place): void {
  const { within, isListed, depth } = place;
  if (typeof value === "string") {
    if (isName(value, field)) found.push({ field, within, isListed, text: value });
    return;
  }
  const elements = elementsOf(value);
  if (elements === undefined) {
    if (depth > 0 && found.length < MAX_NESTED) addFields(found, value, { within: field, isListed, depth: depth - 1 });
    return;
  }
  for (const element of elements.slice(0, MAX_ELEMENTS)) {
    const before = found.length;
    if (typeof element === "string") addField(found, field, element, place);
    else if (found.length < MAX_NESTED) addFields(found, element, { within: field, isListed: true, depth: depth - 1 });
    if (found.length > before) return;
  }
}

/**
 * Lists as CloudTrail writes them: plain, as `{"items": [...]}` (EC2), `{"item": ...}`, and as `{"tag": 1, "content":
 * "vpc-1"}`, which is one element of a list without brackets.
 */
export function elementsOf(value: unknown): readonly unknown[] | undefined {
  if (Array.isArray(value)) return value.map(contentOf);
  if (!isObject(value)) return undefined;
  if (typeof value.content === "string" && Object.hasOwn(value, "tag")) return [value.content];
  const items = value.items ?? value.item ?? value.member;
  if (items === undefined || Object.keys(value).length > 2) return undefined;
  return Array.isArray(items) ? items.map(contentOf) : [contentOf(items)];
}

function contentOf(element: unknown): unknown {
  return isObject(element) && typeof element.content === "string" ? element.content : element;
}

/** The text of a first-level field, however its name is written; even text that could be no name, such as `*`. */
export function topText(parameters: unknown, field: string): string | undefined {
  return texts(parameters, field)[0];
}

/** The texts of a first-level field: one, or those of a list. */
export function texts(parameters: unknown, field: string): readonly string[] {
  const value = topField(parameters, field);
  const all = typeof value === "string" ? [value] : (elementsOf(value) ?? []);
  return all.filter((text) => typeof text === "string" && text !== "" && !text.includes(REDACTED)) as string[];
}

/** A first-level field, however its name is written. */
export function topField(parameters: unknown, field: string): unknown {
  const inner = unwrapped(parameters);
  return isObject(inner)
    ? Object.entries(inner).find(([key]) => foldedName(key) === foldedName(field))?.[1]
    : undefined;
}

/** The text of a field in a first-level object or list. */
export function nestedText(parameters: unknown, field: string): string | undefined {
  return namesIn(parameters, 3).find((named) => named.field === foldedName(field) && named.within !== "")?.text;
}

/** `arn:aws:iam::aws:policy/AdministratorAccess` -> `AdministratorAccess`, `arn:aws:sns:us-east-1:1:news` -> `news`. */
export function lastPart(text: string): string {
  const [, resource] = /^arn:(?:[^:]*:){4}(.+)$/.exec(text) ?? [];
  if (resource !== undefined) return resource.replace(/^.*\/(?=.)/, "");
  return text.replace(/^https:\/\/[^/]+\/\d{12}\/(?=[^/]+$)/, "");
}

/** `dBInstanceIdentifiers` -> `dbinstanceidentifier`, `trailNameList` -> `trailname`, `volumeSet` -> `volume`. */
export function foldedName(key: string): string {
  const folded = key.toLowerCase().replace(/[^a-z0-9]/g, "");
  const bare = folded.replace(/(?<=.{3}s?)(?:list|set|toadd)$/, "");
  return /(?:[^s]s)$/.test(bare) && !/(?:status|alias|access|address|https|dns|kms|analysis)$/.test(bare)
    ? bare.slice(0, -1)
    : bare;
}

/** Objects and lists that hold no target, and texts that are no target whatever their field is called. */
const SKIPPED =
  /filter(?:s|Set|Groups?)?$|^tag|tags$|tagSpecification|tagSet|policy$|document$|^x-amz|headers?$|^host$|^dryRun|token$|password|secretString|environment$|overrides$|userData$|^metadata$|encryptionContext|orderBy|^sort|^features$/i;

/** Digits, dates, regions, switches, what CloudTrail hid, and text that is more than a name. */
const NO_NAME =
  /^(?:true|false|null|none|[-+]?\d+(?:[.,]\d+)*%?|\d{1,2}:\d\d(?::\d\d)?|\d{4}-\d\d-\d\d(?:[T ].*)?|[a-z]{3} \d{1,2}, \d{4}.*|(?:us|eu|ap|sa|ca|me|af|il|mx|cn|eusc)(?:-(?:gov|isoz?[a-f]?|de))?-(?:north|south|east|west|central){1,2}-\d[a-z]?|vpc|standard|HIDDEN_DUE_TO_SECURITY_REASONS|\*|\/)$/i;

function isName(text: string, field: string): boolean {
  if (text.length === 0 || text.length > MAX_NAME || text.includes(REDACTED)) return false;
  if (/^\d{12}$/.test(text)) return /account|target|principal|user|owner|name/.test(field);
  return !NO_NAME.test(text) && !/^[\s{["]|^-----|[\r\n]/.test(text);
}
