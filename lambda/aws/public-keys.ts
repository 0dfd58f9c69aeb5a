import type { ListKeys } from "../core/digest/key-ring.ts";
import { textAt, valueAt } from "../core/record/record.ts";
import { type Caller, signedCall } from "./signed-call.ts";

/** How long CloudTrail may take, in milliseconds. */
const TIME = 5_000;
const TRIES = 3;
const MAX_PAGES = 10;

/** AWS's names for what no other try changes: a right that is missing, or a region that the account has not enabled. */
const REFUSED =
  /^(?:AccessDenied|UnrecognizedClient|InvalidClientTokenId|OptInRequired|AuthFailure|SubscriptionRequired)/;

/**
 * Asks CloudTrail for its public keys, in any region; what is refused for good rejects with `isRefused`.
 * Source: CloudTrail API Reference, "ListPublicKeys".
 */
export function listPublicKeysAs(caller: Caller): ListKeys {
  return async (region, from, until) => {
    const inRegion: Caller = { ...caller, region: async () => region };
    const keys: { readonly fingerprint: string; readonly value: Uint8Array }[] = [];
    let NextToken: string | undefined;
    for (let page = 0; page < MAX_PAGES && (page === 0 || NextToken !== undefined); page++) {
      const answer = await ask(inRegion, { StartTime: from / 1000, EndTime: until / 1000, NextToken });
      const listed = valueAt(answer, "PublicKeyList");
      for (const key of Array.isArray(listed) ? listed : []) {
        const [fingerprint, value] = [textAt(key, "Fingerprint"), textAt(key, "Value")];
        if (fingerprint === undefined || value === undefined) continue;
        keys.push({ fingerprint, value: Buffer.from(value, "base64") });
      }
      NextToken = textAt(answer, "NextToken");
    }
    return keys;
  };
}

async function ask(caller: Caller, request: object): Promise<unknown> {
  const headers = {
    "content-type": "application/x-amz-json-1.1",
    "x-amz-target": "CloudTrail_20131101.ListPublicKeys",
  };
  const call = { service: "cloudtrail", method: "POST", path: "/", headers, body: JSON.stringify(request) } as const;
  for (let attempt = 1; ; attempt++) {
    try {
      return JSON.parse(await signedCall(caller, call, AbortSignal.timeout(TIME)));
    } catch (error) {
      const name = error instanceof Error ? error.name : "";
      // There is no such region, and so no such host.
      const isUnknownHost = valueAt(error, "cause", "code") === "ENOTFOUND";
      if (REFUSED.test(name) || isUnknownHost) throw Object.assign(error as Error, { isRefused: true });
      if (attempt >= TRIES) throw error;
    }
  }
}
