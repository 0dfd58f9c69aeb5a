import pMap from "p-map";
import type { LogBucket } from "./bucket.ts";

/** An account and region of which a bucket holds something. */
export interface AccountRegion {
  /** `[prefix/]AWSLogs/[o-id/]ACCT`, without a slash at its end. */
  readonly root: string;
  readonly account: string;
  readonly region: string;
}

/** How deep below the given prefix AWSLogs is looked for: a user's prefix may have several segments. */
const MAX_DEPTH = 6;
const SIDE_BY_SIDE = 8;

/**
 * The accounts and regions below a prefix, which may end anywhere from above `AWSLogs/` to an account's folder.
 */
export async function regionsBelow(bucket: LogBucket, prefix: string): Promise<readonly AccountRegion[]> {
  const start = prefix === "" || prefix.endsWith("/") ? prefix : `${prefix}/`;
  const roots = await accountRoots(bucket, start, MAX_DEPTH);
  const regions = await pMap(roots, (root) => regionsOf(bucket, root), { concurrency: SIDE_BY_SIDE });
  return regions.flat().sort((a, b) => (`${a.root} ${a.region}` < `${b.root} ${b.region}` ? -1 : 1));
}

/** The folders of accounts, `.../AWSLogs/[o-id/]ACCT/`. */
async function accountRoots(bucket: LogBucket, at: string, depth: number): Promise<readonly string[]> {
  const segments = at.split("/");
  const [last = "", above = ""] = [segments.at(-2), segments.at(-3)];
  const isInside = segments.includes("AWSLogs");
  if (isInside && /^\d{12}$/.test(last)) return [at];
  if (depth === 0) return [];
  const folders = await bucket.folders(at);
  const isListOfAccounts = last === "AWSLogs" || (above === "AWSLogs" && /^o-[a-z0-9]+$/.test(last));
  const wanted = isListOfAccounts
    ? folders.filter((folder) => /\/(?:\d{12}|o-[a-z0-9]+)\/$/.test(folder))
    : // Above AWSLogs there may be other things than logs: only what leads on is followed.
      folders.filter((folder) => !isInside || /\/AWSLogs\/$/.test(folder));
  const direct = wanted.filter((folder) => /(?:^|\/)AWSLogs\/$/.test(folder));
  const followed = isListOfAccounts || direct.length === 0 ? wanted : direct;
  const found = await pMap(followed, (folder) => accountRoots(bucket, folder, depth - 1), {
    concurrency: SIDE_BY_SIDE,
  });
  return found.flat();
}

async function regionsOf(bucket: LogBucket, root: string): Promise<readonly AccountRegion[]> {
  const kinds = ["CloudTrail-Digest/", "CloudTrail/"];
  const folders = await Promise.all(kinds.map((kind) => bucket.folders(root + kind)));
  const regions = new Set(folders.flat().map((folder) => folder.split("/").at(-2) ?? ""));
  const account = root.split("/").at(-2) ?? "";
  return [...regions].map((region) => ({ root: root.slice(0, -1), account, region }));
}
