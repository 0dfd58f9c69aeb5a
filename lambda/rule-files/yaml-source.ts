import { isMap, isNode, isScalar, LineCounter, parseDocument, visit } from "yaml";
import { yamlFault } from "./yaml-fault.ts";

/** A YAML text as data, with the line of each of its values. */
export interface YamlSource {
  readonly data: unknown;
  /** The line, from 1, of the value at a path, or of the nearest value above it. */
  readonly lineAt: (path: readonly PropertyKey[]) => number;
}

/** A text that is not YAML. */
export class YamlError extends Error {
  override readonly name = "YamlError";
  readonly line: number;

  constructor(line: number, message: string) {
    super(message);
    this.line = line;
  }
}

/** @throws YamlError with the line of the first fault */
export function readYaml(text: string): YamlSource {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [error] = document.errors;
  if (error !== undefined) {
    const { line, message } = yamlFault(text, error);
    throw new YamlError(line, message);
  }
  visit(document, {
    Scalar(key, { value, range, source }) {
      const line = lines.linePos(range?.[0] ?? 0).line;
      if (key === "key" && value === "__proto__") throw new YamlError(line, "__proto__ cannot be a key");
      if (typeof value === "number" && /^0\d/.test(source ?? "")) {
        throw new YamlError(line, `${source} would lose its zero; if it is an id, write it in quotes`);
      }
      if (typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value)) {
        throw new YamlError(line, `${value} is too large for a number; if it is an id, write it in quotes`);
      }
    },
  });
  let data: unknown;
  try {
    data = document.toJS();
  } catch (cause) {
    visit(document, {
      Alias(_, alias) {
        if (alias.resolve(document) !== undefined) return;
        const line = lines.linePos(alias.range?.[0] ?? 0).line;
        throw new YamlError(line, `YAML takes *${alias.source} for a reference; if it is a text, put it in quotes`);
      },
    });
    // Only toJS refuses aliases that multiply without end.
    throw new YamlError(1, cause instanceof Error ? cause.message : String(cause));
  }
  return {
    data,
    lineAt(path) {
      for (let length = path.length; length > 0; length--) {
        const parent = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true);
        const last = path[length - 1];
        // The key tells the line of a mapping's entry; the value may begin further down.
        const node = isMap(parent)
          ? parent.items.find(({ key }) => isScalar(key) && key.value === last)?.key
          : document.getIn(path.slice(0, length), true);
        if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
      }
      return 1;
    },
  };
}
