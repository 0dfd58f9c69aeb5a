/** The column at which the values of a mail's rows begin. */
const LABEL = 9;

/** A labelled row; further values stand below the first. No values, no row. */
export function row(label: string, ...values: readonly (string | undefined)[]): readonly string[] {
  return values
    .filter((text) => text !== undefined && text !== "")
    .map((text, i) => `${(i === 0 ? label : "").padEnd(LABEL)}${text}`);
}
