import { holdingOf, isHarmlessValue, isReference, isSecretLabel, REDACTED } from "./secret-names.ts";

/** What a text assigns to a name: from the name's end to `end`, and what is shown instead. */
interface Given {
  readonly end: number;
  readonly shown: string;
}

/** An option of a command; its value is found by code, not by pattern, since it may contain further options. */
const OPTION = /(?<![\w-])--?([A-Za-z][\w.-]*)[ \t]+(?=[^\s-])/g;

/** Commands without the values of secret options: `--password hunter2`. */
export function withoutOptions(text: string): string {
  return withoutGiven(text, OPTION, ({ 1: name = "" }, start) =>
    isSecretLabel(name) ? word(text, start, wordEnd(text, start, false)) : undefined,
  );
}

const QUALIFIERS = "secret|access|api|private|session|auth|authentication|authorization|verification|mfa|security";
/** A name, the quote that ends it, and its sign. */
const ASSIGNMENT = new RegExp(
  String.raw`(?<![\w.-])((?:(?:${QUALIFIERS}) )?[\w.-]+)(\\*["'])?\]?[ \t]*(=>|:=|==?|:)[ \t]*`,
  "gi",
);
const NAME = /^-*(?:parameter|option|header)?[_-]?(?:name|key)$/i;
const VALUE = /^-*(?:parameter|option|header)?[_-]?value$/i;
const HEADER = /(?:authorization|cookie)$/i;

/** Text without the values of secret names: `PASSWORD=...`, `"token": "..."`, YAML with its blocks and lists. */
export function withoutAssigned(text: string): string {
  let namesSecret = false;
  return withoutGiven(text, ASSIGNMENT, (match, start) => {
    const { 1: name = "", 2: quote, 3: sign, index } = match;
    const before = text[index - 1] ?? "\n";
    if (sign === ":" && quote === undefined && !isColonOfField(text, start, before)) return undefined;
    if (NAME.test(name)) namesSecret = isSecretLabel(firstWord(text.slice(start, start + 200)));
    const isSecret = isSecretLabel(name) || (namesSecret && VALUE.test(name));
    if (VALUE.test(name)) namesSecret = false;
    const column = sign === ":" && quote === undefined ? columnOf(text, index) : undefined;
    if (!isSecret) return column === undefined ? undefined : mapped(name, text, start, column);
    const block = column === undefined ? undefined : blockEnd(text, start, column);
    if (block !== undefined) return { end: block, shown: REDACTED };
    if (column !== undefined || HEADER.test(name)) return word(text, start, lineEnd(text, start));
    return word(text, start, wordEnd(text, start, /[?&#]/.test(before)));
  });
}

function firstWord(text: string): string {
  return text.slice(0, wordEnd(text, 0, false));
}

/** A colon within an ARN or an action (`secret:db`, `kms:Decrypt`) gives no value to the word before it. */
function isColonOfField(text: string, start: number, before: string): boolean {
  return /[ \t\n"']/.test(text[start - 1] ?? "") || /^["'\r\n]?$/.test(text[start] ?? "") || /[\s,;{(]/.test(before);
}

function withoutGiven(
  text: string,
  pattern: RegExp,
  given: (match: RegExpExecArray, start: number) => Given | undefined,
): string {
  let shown = "";
  let done = 0;
  for (const match of text.matchAll(pattern)) {
    if (match.index < done) continue;
    const start = match.index + match[0].length;
    const found = given(match, start);
    if (found === undefined) continue;
    shown += text.slice(done, start) + found.shown;
    done = found.end;
  }
  return shown + text.slice(done);
}

/** Removes one word and leaves its quotes where they are. */
function word(text: string, start: number, end: number): Given | undefined {
  const value = text.slice(start, end);
  const [, quote = ""] = QUOTE.exec(value.slice(0, 20)) ?? [];
  const inner = value.slice(quote.length, quote !== "" && value.endsWith(quote) ? -quote.length : undefined);
  if (isHarmlessValue(inner)) return undefined;
  return { end, shown: `${quote}${REDACTED}${quote}` };
}

const QUOTE = /^(\\*["'])/;

/** Where a value ends: after its closing quote, or before whatever ends a word. */
function wordEnd(text: string, start: number, isQuery: boolean): number {
  return quotedEnd(text, start) ?? nextOf(isQuery ? /[\s;"'<>&]/g : /[\s;"'<>]/g, text, start);
}

/** Where a value ends that is quoted or takes the rest of its line. */
function lineEnd(text: string, start: number): number {
  return quotedEnd(text, start) ?? nextOf(/[\r\n"]/g, text, start);
}

function quotedEnd(text: string, start: number): number | undefined {
  const [, quote] = QUOTE.exec(text.slice(start, start + 20)) ?? [];
  if (quote === undefined) return undefined;
  for (let at = start + quote.length; ; ) {
    const end = text.indexOf(quote, at);
    if (end === -1) return text.length;
    if (text[end - 1] !== "\\") return end + quote.length;
    at = end + 1;
  }
}

function nextOf(pattern: RegExp, text: string, start: number): number {
  pattern.lastIndex = start;
  return pattern.exec(text)?.index ?? text.length;
}

/** The column of a name that comes first on its line, apart from YAML list marks. */
function columnOf(text: string, index: number): number | undefined {
  let at = index;
  while (at > 0 && /[ \t-]/.test(text[at - 1] ?? "")) at--;
  return at === 0 || text[at - 1] === "\n" ? index - at : undefined;
}

/** The end of the deeper lines below a YAML key whose own line holds no value, or only a block mark. */
function blockEnd(text: string, start: number, column: number): number | undefined {
  const rest = text.slice(start, nextOf(/\n/g, text, start));
  if (!/^(?:[|>][+-]?\d?)?\s*$/.test(rest.slice(0, 80))) return undefined;
  let end = start + rest.length;
  const first = end;
  while (end < text.length) {
    const next = nextOf(/\n/g, text, end + 1);
    const line = text.slice(end + 1, next);
    const indent = line.search(/\S/);
    if (indent !== -1 && indent < column + (line[indent] === "-" ? 0 : 1)) break;
    end = next;
  }
  return end > first ? end : undefined;
}

/** The lines of a YAML map of variables or parameters, without the values. */
function mapped(name: string, text: string, start: number, column: number): Given | undefined {
  const holding = holdingOf(name);
  const end = holding === "variables" || holding === "parameters" ? blockEnd(text, start, column) : undefined;
  if (end === undefined) return undefined;
  const lines = text.slice(start, end);
  const shown = lines.replace(
    /^([ \t]*(?:- +)?["']?)([\w.-]+)(["']?(?::[ \t]+|=))(\S.*)$/gm,
    (line, head: string, key: string, sign: string, value: string) =>
      NAME.test(key) || (holding === "parameters" && isReference(key)) || isHarmlessValue(value)
        ? line
        : head + key + sign + REDACTED,
  );
  return { end, shown };
}
