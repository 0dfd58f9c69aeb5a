const NAME = /\s*([A-Za-z_][\w.:/-]*)=/y;
const SPACE = /\s*/y;
/** Where a value ends that nothing quotes: in an object before the next name, in a list before the next comma. */
const FIELD_END = /[\]}]|,\s*(?=[A-Za-z_][\w.:/-]*=)/g;
const ELEMENT_END = /[\]},]/g;
const JSON_BEGINS = /(?:[[{]\s*)+["\]}\d]/y;
const JSON_TOKEN = /"(?:[^"\\]|\\.)*"|[[\]{}]/g;
/** Fields of records nest no deeper than this in a table's columns. */
const MAX_DEPTH = 20;

interface Read {
  readonly value: unknown;
  readonly end: number;
}

/**
 * An object or a list as Athena and CloudTrail Lake print it: `{type=IAMUser, sessioncontext=null}`, `[{arn=a}, {arn=b}]`.
 * Such a text quotes nothing: a value that holds `, name=` cannot be told from two. JSON within it is read as JSON, and
 * null is left out. Undefined for any other text.
 */
export function readRowText(text: string): unknown {
  const { value, end } = readAt(text, skipped(SPACE, text, 0), ELEMENT_END, 0);
  return text.slice(end).trim() === "" && typeof value === "object" ? value : undefined;
}

function readAt(text: string, at: number, bareEnd: RegExp, depth: number): Read {
  if (skipped(JSON_BEGINS, text, at) > at) return jsonAt(text, at);
  if (text[at] === "{" && depth < MAX_DEPTH) return objectAt(text, at, depth);
  if (text[at] === "[" && depth < MAX_DEPTH) return listAt(text, at, depth);
  bareEnd.lastIndex = at;
  const end = bareEnd.exec(text)?.index ?? text.length;
  const bare = text.slice(at, end).trim();
  return { value: bare === "null" ? undefined : bare, end };
}

function objectAt(text: string, open: number, depth: number): Read {
  const fields: [string, unknown][] = [];
  let at = open;
  do {
    at++;
    NAME.lastIndex = at;
    const name = NAME.exec(text)?.[1];
    if (name === undefined) break;
    const { value, end } = readAt(text, NAME.lastIndex, FIELD_END, depth + 1);
    if (value !== undefined) fields.push([name, value]);
    at = end;
  } while (text[at] === ",");
  return { value: Object.fromEntries(fields), end: text[at] === "}" ? at + 1 : at };
}

function listAt(text: string, open: number, depth: number): Read {
  const elements: unknown[] = [];
  let at = open;
  do {
    const { value, end } = readAt(text, skipped(SPACE, text, at + 1), ELEMENT_END, depth + 1);
    if (value !== undefined && value !== "") elements.push(value);
    at = end;
  } while (text[at] === ",");
  return { value: elements, end: text[at] === "]" ? at + 1 : at };
}

/** JSON that stands in a row's text: from its bracket to the one that closes it; what is none is a text to the end. */
function jsonAt(text: string, open: number): Read {
  let depth = 0;
  JSON_TOKEN.lastIndex = open;
  for (let token = JSON_TOKEN.exec(text); token !== null; token = JSON_TOKEN.exec(text)) {
    if (token[0] === "{" || token[0] === "[") depth++;
    else if (token[0] === "}" || token[0] === "]") depth--;
    if (depth > 0) continue;
    const end = JSON_TOKEN.lastIndex;
    try {
      return { value: JSON.parse(text.slice(open, end)), end };
    } catch {
      break;
    }
  }
  return { value: text.slice(open), end: text.length };
}

function skipped(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}
