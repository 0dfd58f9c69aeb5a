import { setTimeout as sleep } from "node:timers/promises";
import { CloudTrailClient } from "@aws-sdk/client-cloudtrail";
import { signedCall } from "../../lambda/aws/signed-call.ts";
import { isObject, textAt, valueAt } from "../../lambda/core/record/record.ts";
import { homeRegionOf } from "../../lambda/core/record/regions.ts";

/** An account of the organization. */
export interface Member {
  readonly id: string;
  readonly name: string;
  readonly tags: { readonly [key: string]: string };
}

const TRIES = 8;
const TIME = 15_000;

/**
 * Lists the accounts of the organization by their ids, with the credentials of the shell: those of its management account
 * or of a delegated administrator.
 * @param withTags costs a request for each account
 * @throws Error named like AWS's error
 */
export async function readMembers(withTags: boolean): Promise<readonly Member[]> {
  const own = new CloudTrailClient();
  const home = homeOf((await own.config.region().catch(() => undefined)) ?? "");
  const { config } = new CloudTrailClient({ region: home });
  const call = async (operation: string, body: object): Promise<unknown> => {
    for (let tried = 1; ; tried++) {
      try {
        const headers = {
          "content-type": "application/x-amz-json-1.1",
          "x-amz-target": `AWSOrganizationsV20161128.${operation}`,
        };
        const asked = {
          service: "organizations",
          method: "POST",
          path: "/",
          headers,
          body: JSON.stringify(body),
        } as const;
        return JSON.parse(await signedCall(config, asked, AbortSignal.timeout(TIME)));
      } catch (error) {
        if (tried === TRIES || !isPassing(error)) throw error;
        await sleep(250 * 2 ** tried);
      }
    }
  };
  const all = async (operation: string, asked: object, list: string): Promise<readonly unknown[]> => {
    const found: unknown[] = [];
    let token: string | undefined;
    do {
      const page = await call(operation, { ...asked, ...(token !== undefined && { NextToken: token }) });
      const entries = valueAt(page, list);
      if (Array.isArray(entries)) found.push(...entries);
      token = textAt(page, "NextToken");
    } while (token !== undefined);
    return found;
  };
  const members: Member[] = [];
  for (const account of (await all("ListAccounts", {}, "Accounts")).filter(isObject)) {
    const id = textAt(account, "Id") ?? "";
    const tags = withTags ? await all("ListTagsForResource", { ResourceId: id }, "Tags") : [];
    members.push({
      id,
      name: textAt(account, "Name") ?? "",
      tags: Object.fromEntries(tags.map((tag) => [textAt(tag, "Key") ?? "", textAt(tag, "Value") ?? ""])),
    });
  }
  return members.sort((one, other) => (one.id < other.id ? -1 : 1));
}

/** Organizations answers in one region of each partition (AWS General Reference, "Organizations endpoints and quotas"). */
function homeOf(region: string): string {
  return region.startsWith("cn-") ? "cn-northwest-1" : (homeRegionOf(region) ?? "us-east-1");
}

function isPassing(error: unknown): boolean {
  const { name = "" } = error instanceof Error ? error : {};
  return /TooManyRequests|Throttl|ServiceException|ServiceUnavailable|TimeoutError|^HTTP 5/.test(name);
}
