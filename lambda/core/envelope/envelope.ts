import { isObject, textAt, valueAt } from "../record/record.ts";
import { type LogObject, placeOf, whyNotALogFile } from "./log-object.ts";

/** What an invocation's event asks for, entry by entry: nothing of it is dropped without a word. */
export interface Envelope {
  readonly logObjects: readonly LogObject[];
  readonly skipped: readonly { readonly place: string; readonly reason: string }[];
  readonly faults: readonly EnvelopeError[];
  /** When the oldest object was announced, in milliseconds since the epoch. */
  readonly announcedAt?: number;
}

/** An event, or one entry of it, that is not what S3 sends. */
export class EnvelopeError extends Error {
  override readonly name = "EnvelopeError";
}

/**
 * The log objects that an S3 event names; every entry of `Records` becomes a log object, a skip or a fault.
 * Source: S3 User Guide, "Event message structure".
 * @throws EnvelopeError for an event of another shape; it names the shape's keys, never its content
 */
export function readEnvelope(event: unknown): Envelope {
  const entries = valueAt(event, "Records");
  // S3 sends it once, when a notification is set up (S3 User Guide, "Event notification types and destinations").
  if (entries === undefined && textAt(event, "Event") === "s3:TestEvent") {
    return { logObjects: [], skipped: [], faults: [] };
  }
  if (!Array.isArray(entries)) throw new EnvelopeError(`event is no S3 event with Records: it is ${shapeOf(event)}`);
  const logObjects: LogObject[] = [];
  const skipped: { place: string; reason: string }[] = [];
  const faults: EnvelopeError[] = [];
  const seen = new Set<string>();
  entries.forEach((entry: unknown, i) => {
    try {
      const logObject = logObjectOf(entry, `Records[${i}]`);
      const place = placeOf(logObject);
      const eventName = textAt(entry, "eventName");
      const reason =
        eventName !== undefined && !/^(?:s3:)?ObjectCreated:/.test(eventName)
          ? "no object was created"
          : seen.has(place)
            ? "the event names it twice"
            : whyNotALogFile(logObject.key);
      if (reason !== undefined) {
        skipped.push({ place, reason });
        return;
      }
      seen.add(place);
      logObjects.push(logObject);
    } catch (error) {
      if (!(error instanceof EnvelopeError)) throw error;
      faults.push(error);
    }
  });
  const times = entries.map((entry) => Date.parse(textAt(entry, "eventTime") ?? "")).filter(Number.isFinite);
  return { logObjects, skipped, faults, ...(times.length > 0 && { announcedAt: Math.min(...times) }) };
}

const RECORD_HINT = ". That looks like a record of a log file; what is wanted is S3's event, which names the log file";

function logObjectOf(entry: unknown, place: string): LogObject {
  const bucket = textAt(entry, "s3", "bucket", "name");
  const key = textAt(entry, "s3", "object", "key");
  if (bucket === undefined || key === undefined) {
    const hint = isObject(entry) && "userIdentity" in entry && "eventID" in entry ? RECORD_HINT : "";
    throw new EnvelopeError(`${place} names no S3 object: it is ${shapeOf(entry)}${hint}`);
  }
  return { bucket, key: decodedKey(key, place) };
}

function decodedKey(key: string, place: string): string {
  try {
    // S3 form-encodes keys in notifications: "+" is a space (S3 User Guide, "Event message structure").
    return decodeURIComponent(key.replaceAll("+", " "));
  } catch (cause) {
    throw new EnvelopeError(`${place}: key ${JSON.stringify(key)} is not form-encoded`, { cause });
  }
}

function shapeOf(value: unknown): string {
  if (!isObject(value)) return Array.isArray(value) ? "a list" : value === null ? "null" : `a ${typeof value}`;
  const keys = Object.keys(value).slice(0, 20);
  return keys.length === 0
    ? "an empty object"
    : `an object with the keys ${keys.map((key) => JSON.stringify(key.slice(0, 40))).join(", ")}`;
}
