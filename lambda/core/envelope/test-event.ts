/** `{ "trailbell": "test", "note": "after the move" }`: makes one alert marked TEST. The note is printable ASCII. */
export interface TestEvent {
  readonly note?: string;
}

const MAX_NOTE = 100;

/** What a test alert is asked for with, for people. */
export const TEST_EVENT = `{ "trailbell": "test" }, with a note of at most ${MAX_NOTE} printable ASCII characters if you like`;

/** The test alert that an event asks for with the key `trailbell`; undefined if it asks for something else. */
export function testIn(event: object): TestEvent | undefined {
  const { trailbell, note, ...others } = event as { readonly [name: string]: unknown };
  const isNote = note === undefined || (typeof note === "string" && note.length <= MAX_NOTE && /^[ -~]*$/.test(note));
  if (trailbell !== "test" || !isNote || Object.keys(others).length > 0) return undefined;
  return note === undefined ? {} : { note };
}
