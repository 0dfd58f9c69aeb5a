import { pMapIterable } from "p-map";
import { mayHoldRecords, whyNotALogFile } from "../../lambda/core/envelope/log-object.ts";

/** An object as a bucket lists it. */
export interface StoredObject {
  readonly key: string;
  readonly size: number;
}

/** Lists a bucket. */
export interface Lister {
  /** One level: the folders below a prefix, and the objects beside them. */
  level(prefix: string): Promise<{ readonly folders: readonly string[]; readonly objects: readonly StoredObject[] }>;
  /** All objects below a prefix, in the order of their keys, from behind a key on. */
  below(prefix: string, after?: string): AsyncIterable<StoredObject>;
}

/** The time of the records that are wanted, in milliseconds since the epoch; infinite where there is no limit. */
export interface Window {
  readonly since: number;
  readonly until: number;
}

const DAY = 86_400_000;
/** Folders above AWSLogs are looked into this far. */
const MAX_ABOVE = 5;
/** Lists of accounts and regions that are begun at once. */
const AT_ONCE = 8;

/** A folder that is listed as a whole; the dates of a region's folder pick a part of it. */
interface Leaf {
  readonly prefix: string;
  readonly hasDates: boolean;
}

/**
 * The log objects below a prefix that may hold records of a window, account by account, region by region, by time. Objects
 * lie by the day of their delivery (CloudTrail User Guide, "Finding your CloudTrail log files"), which comes after the
 * call: a day more than the window is read.
 */
export async function* trailObjects(
  lister: Lister,
  given: string,
  window: Window,
): AsyncGenerator<StoredObject, void, undefined> {
  const prefix = await folderOf(lister, given);
  const hasWindow = Number.isFinite(window.since) || Number.isFinite(window.until);
  const leaves = hasWindow ? leavesBelow(lister, prefix, 0) : [{ prefix, hasDates: false }];
  const begun = pMapIterable(
    leaves,
    async (leaf) => {
      const objects = objectsOf(lister, leaf, window);
      return { first: await objects.next(), objects };
    },
    { concurrency: AT_ONCE },
  );
  for await (const { first, objects } of begun) {
    if (first.done) continue;
    yield first.value;
    yield* objects;
  }
}

/** A prefix without a slash at its end is a folder if there is one of that name. */
async function folderOf(lister: Lister, given: string): Promise<string> {
  if (given === "" || given.endsWith("/")) return given;
  const { folders } = await lister.level(given);
  return folders.includes(`${given}/`) ? `${given}/` : given;
}

async function* leavesBelow(lister: Lister, prefix: string, depth: number): AsyncGenerator<Leaf, void, undefined> {
  const level = levelOf(prefix);
  if (level === "region") return yield { prefix, hasDates: true };
  const { folders, objects } = await lister.level(prefix);
  if (level === "above") {
    const isLoose = objects.some(({ key }) => mayHoldRecords(key)) || folders.length === 0;
    const trails = folders.filter((folder) => folder.endsWith("/AWSLogs/") || folder === "AWSLogs/");
    // Somebody's own folders have no dates that could be relied on.
    if ((isLoose && trails.length === 0) || depth >= MAX_ABOVE) return yield { prefix, hasDates: false };
    for (const folder of trails.length > 0 ? trails : folders) yield* leavesBelow(lister, folder, depth + 1);
    return;
  }
  for (const folder of folders) {
    const name = folder.slice(0, -1).split("/").at(-1) ?? "";
    const isWanted =
      level === "accounts"
        ? /^(?:o-[a-z0-9]+|\d{12})$/.test(name)
        : level === "regions" ||
          name === "CloudTrail" ||
          (name.startsWith("CloudTrail-") && name !== "CloudTrail-Digest");
    if (isWanted) yield* leavesBelow(lister, folder, depth);
  }
}

/** What the folders below a prefix are. */
function levelOf(prefix: string): "above" | "accounts" | "kinds" | "regions" | "region" {
  const segments = prefix.split("/").slice(0, -1);
  const at = segments.lastIndexOf("AWSLogs");
  if (at === -1) return "above";
  const below = segments.slice(at + 1).filter((name) => !/^o-[a-z0-9]+$/.test(name));
  return (["accounts", "kinds", "regions"] as const)[below.length] ?? "region";
}

async function* objectsOf(
  lister: Lister,
  { prefix, hasDates }: Leaf,
  { since, until }: Window,
): AsyncGenerator<StoredObject, void, undefined> {
  const region = hasDates ? regionOf(prefix) : prefix;
  const [first, last] = [since, until + DAY].map(dayText);
  const after = hasDates && first !== undefined && `${region}${first}/` > prefix ? `${region}${first}/` : undefined;
  for await (const object of lister.below(prefix, after)) {
    const { key, size } = object;
    if (hasDates && last !== undefined && key.slice(region.length, region.length + last.length) > last) return;
    if (size === 0 || !isLogFile(key) || (hasDates && deliveryOf(key) < since)) continue;
    yield object;
  }
}

/** The folder of a region, from a prefix that may go on with a date. */
function regionOf(prefix: string): string {
  const segments = prefix.split("/");
  const at = segments.lastIndexOf("AWSLogs");
  const isOrganization = /^o-[a-z0-9]+$/.test(segments[at + 1] ?? "");
  return `${segments.slice(0, at + (isOrganization ? 5 : 4)).join("/")}/`;
}

/** Years of five digits would stand before all others. */
const LAST_DAY = Date.parse("9999-12-31");

function dayText(time: number): string | undefined {
  if (!Number.isFinite(time)) return undefined;
  return new Date(Math.min(time, LAST_DAY)).toISOString().slice(0, 10).replaceAll("-", "/");
}

function isLogFile(key: string): boolean {
  return key.split("/").includes("AWSLogs") ? whyNotALogFile(key) === undefined : mayHoldRecords(key);
}

/** When a log file was delivered, by its name; what has another name counts as delivered late. */
function deliveryOf(key: string): number {
  const [, date, hour, minute] = /_(\d{8})T(\d\d)(\d\d)Z_[^/]*$/.exec(key) ?? [];
  if (date === undefined) return Number.POSITIVE_INFINITY;
  // The minute is the one in which delivery began.
  return Date.parse(`${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}T${hour}:${minute}:59Z`);
}
