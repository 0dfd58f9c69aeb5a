import type { YAMLParseError } from "yaml";

/** What is wrong with a text that is not YAML: the line where it can be mended, and words for whoever wrote it. */
export interface YamlFault {
  /** From 1. */
  readonly line: number;
  readonly message: string;
}

/** A fault of the parser in words that say what was probably meant; its own words where nothing better is known. */
export function yamlFault(text: string, { code, message, pos }: YAMLParseError): YamlFault {
  const lines = text.split(/\r?\n/);
  const line = text.slice(0, pos[0]).split("\n").length;
  const written = lines[line - 1] ?? "";
  switch (code) {
    case "TAB_AS_INDENT":
      return { line, message: "a tab indents this line; YAML takes spaces only" };
    case "DUPLICATE_KEY":
      return { line, message: `the key ${wordAt(text, pos[0])} stands here for the second time` };
    case "BAD_SCALAR_START":
      return { line, message: `no value begins with ${text.charAt(pos[0])} in YAML; put it in quotes` };
    case "MULTIPLE_DOCS":
      return { line, message: "a second document begins here (---); a file holds one" };
    case "UNEXPECTED_TOKEN":
      if (/^[}\]]$/.test(text.charAt(pos[0])))
        return { line, message: `the ${text.charAt(pos[0])} has nothing to close` };
      break;
    default:
  }
  const open = unclosed(lines, line, message);
  if (open !== undefined) return open;
  if (TEXT_WITH_COLON.test(written)) {
    return { line, message: `a text with ": " in it is a mapping to YAML; put it in quotes` };
  }
  const wanted = INDENTATION.has(code) ? neighbour(lines, line) : undefined;
  if (wanted !== undefined) {
    const spaces = indentOf(written);
    const [own, other] = [JSON.stringify(shownOf(written)), JSON.stringify(wanted.shown)];
    return {
      line,
      message: `${own} is indented by ${spaces} ${spaces === 1 ? "space" : "spaces"}; did you mean ${wanted.indent}, as ${other} above it?`,
    };
  }
  return code === "MISSING_CHAR" && !written.includes(":")
    ? { line, message: `${JSON.stringify(written.trim())} has no colon after its key, and no dash before it` }
    : { line, message };
}

const INDENTATION: ReadonlySet<string> = new Set(["BAD_INDENT", "MISSING_CHAR", "BLOCK_AS_IMPLICIT_KEY"]);

/** `description: Key made: for bob` */
const TEXT_WITH_COLON = /^\s*(?:- +)?[\w-]+: +[^\s"'[{|>&*#].*?: /;

/** The line whose bracket or quote nothing closes. */
function unclosed(lines: readonly string[], line: number, message: string): YamlFault | undefined {
  const [, closing = ""] = /end with a ([}\]])|Missing closing (["'])/.exec(message)?.filter(Boolean) ?? [];
  if (closing === "") return undefined;
  const opening = closing === "]" ? "[" : closing === "}" ? "{" : closing;
  const count = (text: string, letter: string) => text.split(letter).length - 1;
  const isOpen = (text: string) =>
    opening === closing ? count(text, opening) % 2 === 1 : count(text, opening) > count(text, closing);
  const at = lines.slice(0, line).findLastIndex(isOpen);
  return at === -1 ? undefined : { line: at + 1, message: `nothing closes the ${opening} in this line` };
}

/** The key, or the dash, above a line whose column the line's own probably should have. */
function neighbour(
  lines: readonly string[],
  line: number,
): { readonly indent: number; readonly shown: string } | undefined {
  const written = lines[line - 1] ?? "";
  const isDash = /^\s*- /.test(written);
  const indent = indentOf(written);
  let nearest: { readonly indent: number; readonly shown: string } | undefined;
  let bound = Number.POSITIVE_INFINITY;
  for (const above of lines.slice(0, line - 1).reverse()) {
    if (above.trim() === "" || above.trimStart().startsWith("#") || indentOf(above) >= bound) continue;
    bound = indentOf(above);
    const dash = /^(\s*- +)/.exec(above)?.[1];
    if (isDash && dash === undefined) continue;
    const column = isDash || dash === undefined ? indentOf(above) : dash.length;
    if (nearest === undefined || Math.abs(column - indent) < Math.abs(nearest.indent - indent)) {
      nearest = { indent: column, shown: isDash ? above.trim() : keyIn(above) || above.trim() };
    }
  }
  return nearest?.indent === indent ? undefined : nearest;
}

function wordAt(text: string, at: number): string {
  return /^(?:"[^"\n]*"|'[^'\n]*'|[^\s:]+)/.exec(text.slice(at, at + 100))?.[0] ?? "";
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

/** A line's key, or the line. */
function shownOf(line: string): string {
  return /^\s*- /.test(line) ? line.trim() : keyIn(line) || line.trim();
}

function keyIn(line: string): string {
  return /^\s*(?:- +)?([^\s:]+):/.exec(line)?.[1] ?? "";
}
