import { isObject, textAt } from "../record/record.ts";

const A_RECORD = ". That looks like a record of a log file; what is wanted is S3's event, which names the log file";
/** A queue's consumer hands failures back one by one, and what Lambda gives up is in the queue's own dead letters. */
const A_QUEUE =
  ". That is a message of a queue, which is not read; subscribe the function to the topic that feeds the queue (announcedBy)";

/** What an event is, by its keys and never by its content. */
export function shapeOf(value: unknown): string {
  if (!isObject(value)) return Array.isArray(value) ? "a list" : value === null ? "null" : `a ${typeof value}`;
  const names = Object.keys(value).map((key) => JSON.stringify(key.slice(0, 40)));
  return names.length === 0 ? "an empty object" : `an object with the keys ${names.slice(0, 20).join(", ")}`;
}

/** What is to be done about an entry that announces nothing, as far as that is known. */
export function hintAt(entry: unknown): string {
  if (isObject(entry) && "userIdentity" in entry && "eventID" in entry) return A_RECORD;
  return textAt(entry, "eventSource") === "aws:sqs" ? A_QUEUE : "";
}
