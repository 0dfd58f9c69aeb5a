import { isObject, textAt, valueAt } from "../record/record.ts";
import { type AskedChain, askedChainsIn } from "./asked-chain.ts";
import { A_DIGEST, type LogObject, s3Uri, versionName, whyNotALogFile } from "./log-object.ts";
import { isOtherMessage } from "./other-messages.ts";
import { hintAt, shapeOf } from "./shape.ts";
import { TEST_EVENT, type TestEvent, testIn } from "./test-event.ts";

/** What an invocation's event asks for, entry by entry: no part of it is dropped silently. */
export interface Envelope {
  readonly logObjects: readonly LogObject[];
  readonly skipped: readonly { readonly place: string; readonly reason: string }[];
  readonly faults: readonly EnvelopeError[];
  /** Digests that were created; they are among what is skipped, too. */
  readonly digests: readonly LogObject[];
  /** Chains of digests that the event asks to look at. */
  readonly chains: readonly AskedChain[];
  /** Test alerts that the event asks for. */
  readonly tests: readonly TestEvent[];
  /** Messages of other services that share a topic with CloudTrail, AWS Config's for instance: they announce nothing. */
  readonly others: number;
  /** When the oldest object was announced, in milliseconds since the epoch. */
  readonly announcedAt?: number;
  /** When it arrived, the same: the latest time that it, or what it is wrapped in, bears. */
  readonly arrivedAt?: number;
}

/** An event, or one of its entries, in a shape that nobody is known to send. */
export class EnvelopeError extends Error {
  override readonly name = "EnvelopeError";
}

/** What is found besides announced objects. */
interface Beside {
  readonly faults: EnvelopeError[];
  readonly tests: TestEvent[];
  readonly chains: AskedChain[];
  /** When what is wrapped around announcements was sent. */
  readonly times: number[];
  others: number;
}

/** One object that an event announces. */
interface Announced {
  readonly logObject: LogObject;
  readonly eventName?: string | undefined;
  readonly at?: number | undefined;
}

/** Envelopes nest: an on-failure record of an SNS message with an EventBridge event. */
const MAX_DEPTH = 5;

/**
 * The log objects that an event announces. S3's own event, EventBridge's "Object Created", CloudTrail's notification of a
 * delivery, SNS around any of these, Lambda's record of a failed invocation; and the event that asks
 * for a test alert.
 * Sources: S3 User Guide, "Event message structure" and "EventBridge event message structure"; SNS Developer Guide,
 * "Fanout to Lambda functions"; CloudTrail User Guide, "Configuring Amazon SNS notifications"; Lambda Developer Guide,
 * "Retaining records of asynchronous invocations".
 * @throws EnvelopeError for an event of another shape; it names the shape's keys, never its content
 */
export function readEnvelope(event: unknown): Envelope {
  const beside: Beside = { faults: [], tests: [], chains: [], times: [], others: 0 };
  const announced = announcedBy(event, "event", beside, 0);
  const logObjects: LogObject[] = [];
  const digests: LogObject[] = [];
  const skipped: { place: string; reason: string }[] = [];
  const seen = new Set<string>();
  for (const { logObject, eventName } of announced) {
    const place = s3Uri(logObject);
    const version = announced.length > 1 ? versionName(logObject) : "";
    const reason =
      eventName !== undefined && !/^(?:s3:)?ObjectCreated:/.test(eventName)
        ? "no object was created"
        : seen.has(version)
          ? "the event names it twice"
          : whyNotALogFile(logObject.key);
    if (reason !== undefined) {
      skipped.push({ place, reason });
      if (reason === A_DIGEST) digests.push(logObject);
      continue;
    }
    seen.add(version);
    logObjects.push(logObject);
  }
  const { times: sent, ...others } = beside;
  const times = announced.map(({ at }) => at ?? Number.NaN).filter(Number.isFinite);
  const all = [...times, ...sent].filter(Number.isFinite);
  return {
    logObjects,
    digests,
    skipped,
    ...others,
    ...(times.length > 0 && { announcedAt: Math.min(...times) }),
    ...(all.length > 0 && { arrivedAt: Math.max(...all) }),
  };
}

function announcedBy(event: unknown, place: string, beside: Beside, depth: number): readonly Announced[] {
  if (depth > MAX_DEPTH) throw new EnvelopeError(`${place} is nested deeper than ${MAX_DEPTH} envelopes`);
  const entries = valueAt(event, "Records");
  // Most events are nothing but entries, and need not be asked for anything else.
  if (Array.isArray(entries) && isObject(event) && Object.keys(event).length === 1) {
    return announcedByEntries(entries, place, beside, depth);
  }
  const payload = valueAt(event, "requestPayload");
  if (payload !== undefined) {
    beside.times.push(timeAt(event, "timestamp"));
    return announcedBy(payload, `${place}.requestPayload`, beside, depth + 1);
  }
  if (isSetUpMessage(event)) return [];
  const chains = askedChainsIn(event);
  if (chains !== undefined) {
    beside.chains.push(...chains);
    return [];
  }
  if (isOtherMessage(event)) {
    beside.others++;
    return [];
  }
  if (isObject(event) && valueAt(event, "trailbell") !== undefined) {
    const test = testIn(event);
    if (test === undefined) {
      throw new EnvelopeError(`${place} asks for nothing that is known; what is wanted is ${TEST_EVENT}`);
    }
    beside.tests.push(test);
    return [];
  }
  if (textAt(event, "detail-type") !== undefined) return [announcedByEventBridge(event, place)];
  if (valueAt(event, "s3ObjectKey") !== undefined) return announcedByCloudTrail(event, place);
  if (Array.isArray(entries)) return announcedByEntries(entries, place, beside, depth);
  throw new EnvelopeError(
    `${place} is no event of S3, EventBridge, SNS or CloudTrail that announces objects: it is ${shapeOf(event)}`,
  );
}

function announcedByEntries(
  entries: readonly unknown[],
  place: string,
  beside: Beside,
  depth: number,
): readonly Announced[] {
  return entries.flatMap((entry: unknown, i) => {
    try {
      return announcedByEntry(entry, place === "event" ? `Records[${i}]` : `${place}.Records[${i}]`, beside, depth);
    } catch (error) {
      // One entry of unknown shape must not take others with it.
      if (!(error instanceof EnvelopeError)) throw error;
      beside.faults.push(error);
      return [];
    }
  });
}

/** What S3 and CloudTrail send once, when a notification is set up. */
function isSetUpMessage(event: unknown): boolean {
  return textAt(event, "Event") === "s3:TestEvent" || event === "CloudTrail validation message.";
}

function announcedByEntry(entry: unknown, place: string, beside: Beside, depth: number): readonly Announced[] {
  const message = textAt(entry, "Sns", "Message");
  if (message !== undefined) {
    beside.times.push(timeAt(entry, "Sns", "Timestamp"));
    return announcedBy(messageOf(message), `${place}.Sns.Message`, beside, depth + 1);
  }
  return [announcedByS3(entry, place)];
}

/** A message is JSON, except the one that CloudTrail sends as plain text. */
function messageOf(message: string): unknown {
  try {
    return JSON.parse(message);
  } catch {
    return message;
  }
}

function announcedByS3(entry: unknown, place: string): Announced {
  const bucket = textAt(entry, "s3", "bucket", "name");
  const key = textAt(entry, "s3", "object", "key");
  if (bucket === undefined || key === undefined) {
    throw new EnvelopeError(`${place} names no S3 object: it is ${shapeOf(entry)}${hintAt(entry)}`);
  }
  const at = timeAt(entry, "eventTime");
  const version = versionOf(textAt(entry, "s3", "object", "versionId"), textAt(entry, "s3", "object", "eTag"));
  return { logObject: { bucket, key: decodedKey(key, place), ...version }, eventName: textAt(entry, "eventName"), at };
}

function announcedByEventBridge(event: unknown, place: string): Announced {
  const bucket = textAt(event, "detail", "bucket", "name");
  const key = textAt(event, "detail", "object", "key");
  if (bucket === undefined || key === undefined) {
    throw new EnvelopeError(`${place} is an EventBridge event that names no S3 object: it is ${shapeOf(event)}`);
  }
  const isCreated = textAt(event, "detail-type") === "Object Created";
  // Its keys are said to be unencoded; if there is no such object, the key is decoded like S3's own.
  const decoded = /[%+]/.test(key) ? safelyDecoded(key) : undefined;
  return {
    logObject: {
      bucket,
      key,
      ...(decoded !== undefined && decoded !== key && { otherKey: decoded }),
      ...versionOf(textAt(event, "detail", "object", "version-id"), textAt(event, "detail", "object", "etag")),
    },
    eventName: isCreated ? "ObjectCreated:" : "other",
    at: timeAt(event, "time"),
  };
}

/** In milliseconds since the epoch; NaN where no time stands there. */
function timeAt(event: unknown, ...path: readonly string[]): number {
  return Date.parse(textAt(event, ...path) ?? "");
}

function versionOf(versionId: string | undefined, etag: string | undefined) {
  return { ...(versionId !== undefined && { versionId }), ...(etag !== undefined && { etag }) };
}

function announcedByCloudTrail(event: unknown, place: string): readonly Announced[] {
  const bucket = textAt(event, "s3Bucket");
  const keys = valueAt(event, "s3ObjectKey");
  const isList = Array.isArray(keys) && keys.every((key) => typeof key === "string" && key !== "");
  if (bucket === undefined || !isList) {
    throw new EnvelopeError(`${place} is a CloudTrail notification that names no objects: it is ${shapeOf(event)}`);
  }
  return (keys as readonly string[]).map((key) => ({ logObject: { bucket, key } }));
}

function decodedKey(key: string, place: string): string {
  const decoded = safelyDecoded(key);
  if (decoded === undefined) throw new EnvelopeError(`${place}: key ${JSON.stringify(key)} is not form-encoded`);
  return decoded;
}

/** S3 form-encodes keys in notifications: "+" is a space (S3 User Guide, "Event message structure"). */
function safelyDecoded(key: string): string | undefined {
  if (!/[%+]/.test(key)) return key;
  try {
    return decodeURIComponent(key.replaceAll("+", " "));
  } catch {
    return undefined;
  }
}
