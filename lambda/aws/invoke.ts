import { type Caller, signedCall } from "./signed-call.ts";

/** How long Lambda may take to accept an event, in milliseconds. */
const TIME = 5_000;

/** Hands an event to a function, which runs later. Rejects if Lambda does not take it. */
export function invokeAs(caller: Caller): (functionArn: string, event: object) => Promise<void> {
  return async (functionArn, event) => {
    const path = `/2015-03-31/functions/${encodeURIComponent(functionArn)}/invocations`;
    const headers = { "x-amz-invocation-type": "Event", "content-type": "application/json" };
    const call = { service: "lambda", method: "POST", path, headers, body: JSON.stringify(event) } as const;
    await signedCall(caller, call, AbortSignal.timeout(TIME));
  };
}
