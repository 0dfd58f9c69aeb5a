/** The column at which the values of rows begin, behind labels of eight letters at most. */
const LABEL_WIDTH = 9;

/** A labelled row; further values stand below the first. No values, no row. docs/reading-a-mail.md says what each label says. */
export function row(label: string, ...values: readonly (string | undefined)[]): readonly string[] {
  return values
    .filter((text) => text !== undefined && text !== "")
    .map((text, i) => `${(i === 0 ? label : "").padEnd(LABEL_WIDTH)}${text}`);
}

/** Columns of a screen on which a mail is read, and those that a row's value has. */
const COLUMNS = 100;
export const ROOM = COLUMNS - LABEL_WIDTH;

/** How many lines rows take on such a screen, or on one of other columns. */
export function screenLines(rows: readonly string[], columns = COLUMNS): number {
  return rows.reduce((sum, text) => sum + Math.max(1, Math.ceil(text.length / columns)), 0);
}

/** Rows in at most `limit` lines of a screen: long ones lose their ends, and of several labels each keeps half of the lines at most. */
export function shortRows(rows: readonly string[], limit: number): readonly string[] {
  if (screenLines(rows) <= limit) return rows;
  const labels = rows.filter((text) => !text.startsWith(" ")).length;
  const most = labels === 1 ? limit : Math.ceil(limit / 2);
  let ofLabel = 0;
  const first = rows.filter((text) => {
    ofLabel = text.startsWith(" ") ? ofLabel + 1 : 1;
    return ofLabel <= most;
  });
  return first.slice(0, limit).map((text) => shortLine(text));
}

/** How much of a long name's end is kept, and from what length on. */
const [TAIL, LONG_NAME] = [30, 60];

/** Text in one line of a screen: a long one loses its end; if that is a long name, its middle, for the end says which it is. */
export function shortLine(text: string, columns = COLUMNS): string {
  if (text.length <= columns) return text;
  const [last = ""] = /[\w+=.@/:-]+$/.exec(text) ?? [];
  if (last.length >= LONG_NAME && text.length - last.length + TAIL < columns / 2 + TAIL)
    return `${text.slice(0, columns - TAIL - 1)}…${text.slice(-TAIL)}`;
  return `${Array.from(text)
    .slice(0, columns - 1)
    .join("")}…`;
}
