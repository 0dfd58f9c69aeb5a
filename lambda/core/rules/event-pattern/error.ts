/** A pattern that EventBridge would refuse, or that asks for something no record can answer. */
export class EventPatternError extends Error {
  override readonly name = "EventPatternError";
  /** The field in the pattern, joined by dots; empty for the pattern as a whole. */
  readonly path: string;

  constructor(path: string, what: string) {
    super(path === "" ? `pattern: ${what}` : `pattern.${path}: ${what}`);
    this.path = path;
  }
}
