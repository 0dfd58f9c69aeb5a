/** A Sigma rule that is wrong or asks for something unsupported; the message names it. */
export class SigmaError extends Error {
  override readonly name = "SigmaError";
  /** Where in the detection: the search's name and the field. */
  readonly path: readonly string[];

  constructor(path: readonly string[], what: string) {
    super(path.length === 0 ? what : `${path.join(".")}: ${what}`);
    this.path = path;
  }
}
