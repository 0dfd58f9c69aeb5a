import type { Alert } from "../core/alert/alert.ts";
import { textAt, valueAt } from "../core/record/record.ts";
import { type Caller, signedCall } from "./signed-call.ts";

/** How long EventBridge may take, in milliseconds. */
const TIME = 5_000;

/**
 * Puts alerts on an EventBridge bus, as they are for machines. The entry is smaller than the message on the alert topic,
 * whose limit was EventBridge's own, and is no longer below it (EventBridge API Reference, "PutEvents").
 */
export function putOn(caller: Caller, bus: string): (alert: Pick<Alert, "json">) => Promise<void> {
  const headers = { "content-type": "application/x-amz-json-1.1", "x-amz-target": "AWSEvents.PutEvents" };
  return async ({ json }) => {
    const entry = { EventBusName: bus, Source: "trailbell", DetailType: "trailbell.alert", Detail: json };
    const body = JSON.stringify({ Entries: [entry] });
    const call = { service: "events", method: "POST", path: "/", headers, body } as const;
    const answer: unknown = JSON.parse(await signedCall(caller, call, AbortSignal.timeout(TIME)));
    // An entry may fail in an answer that says 200.
    if (valueAt(answer, "FailedEntryCount") === 0) return;
    const entries = valueAt(answer, "Entries");
    const failed: unknown = Array.isArray(entries) ? entries[0] : undefined;
    const reason = `${textAt(failed, "ErrorCode") ?? "no error code"}: ${textAt(failed, "ErrorMessage") ?? "no message"}`;
    throw new Error(`EventBridge did not take it: ${reason}`);
  };
}
