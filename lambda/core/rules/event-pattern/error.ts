/** A word that is not known, and those that are. */
export interface UnknownWord {
  readonly word: string;
  readonly known: readonly string[];
}

/** A pattern that EventBridge would refuse, or that asks for something no record can answer. */
export class EventPatternError extends Error {
  override readonly name = "EventPatternError";
  /** The field in the pattern, joined by dots; empty for the pattern as a whole. */
  readonly path: string;
  readonly unknown: UnknownWord | undefined;

  constructor(path: string, what: string, unknown?: UnknownWord) {
    super(path === "" ? `pattern: ${what}` : `pattern.${path}: ${what}`);
    this.path = path;
    this.unknown = unknown;
  }
}
