import { logPathOf } from "../envelope/log-object.ts";

/** What the key of a digest says of it. */
export interface DigestPath {
  /** The key up to the region, which all digests of an account and region have in common: `[prefix/]AWSLogs/.../REGION`. */
  readonly folder: string;
  readonly organization?: string;
  readonly account: string;
  readonly region: string;
  readonly trail: string;
  readonly homeRegion: string;
  /** The end of the time that it covers, in milliseconds since the epoch. */
  readonly end: number;
  /** True for one that names files which the digest of their hour left out. */
  readonly isBackfill: boolean;
}

/**
 * Reads the key of a digest; undefined if it is none. A trail's name may hold underscores, so that what follows it is
 * read from the right.
 * Source: CloudTrail User Guide, "CloudTrail digest file structure".
 */
export function digestPathOf(key: string): DigestPath | undefined {
  const path = logPathOf(key);
  if (path?.kind !== "CloudTrail-Digest") return undefined;
  const { account, region, organization } = path;
  const name = key.slice(key.lastIndexOf("/") + 1);
  const parts = /^(\d{12})_CloudTrail-Digest_([a-z0-9-]+)_(.+)_([a-z0-9-]+)_(\d{8}T\d{6}Z)(_backfill)?\.json\.gz$/.exec(
    name,
  );
  if (parts === null) return undefined;
  const [, owner, from, trail = "", homeRegion = "", time = "", backfill] = parts;
  const end = timeIn(time);
  if (owner !== account || from !== region || end === undefined || !isRegion(region)) return undefined;
  const folder = key.split(`/CloudTrail-Digest/${region}/`, 1)[0];
  return {
    folder: `${folder}/CloudTrail-Digest/${region}`,
    account,
    region,
    trail,
    homeRegion,
    end,
    isBackfill: backfill !== undefined,
    ...(organization !== undefined && { organization }),
  };
}

/**
 * The name of the chain to which a digest belongs: one for each account, region, trail and home region in a folder, and
 * another for their backfills.
 */
export function digestChainOf({ folder, trail, homeRegion, isBackfill }: DigestPath): string {
  return `${folder} ${trail} ${homeRegion}${isBackfill ? " backfill" : ""}`;
}

/** What the name of a chain says. */
export type ChainPath = Omit<DigestPath, "end">;

/** Reads the name of a chain; undefined for another text. */
export function chainPathOf(chain: string): ChainPath | undefined {
  const [, folder, region, trail, homeRegion, backfill] =
    /^(.+\/CloudTrail-Digest\/([a-z0-9-]+)) (\S+) ([a-z0-9-]+)( backfill)?$/.exec(chain) ?? [];
  const { account, organization } = logPathOf(`${folder}/`) ?? {};
  if (!folder || !region || !trail || !homeRegion || account === undefined) return undefined;
  const isBackfill = backfill !== undefined;
  return {
    folder,
    account,
    region,
    trail,
    homeRegion,
    isBackfill,
    ...(organization !== undefined && { organization }),
  };
}

/** The key of a chain's digest that ends at a time, in milliseconds since the epoch. */
export function digestKeyAt(
  { folder, account, region, trail, homeRegion, isBackfill }: ChainPath,
  end: number,
): string {
  const time = new Date(end).toISOString().slice(0, 19).replace(/[-:]/g, "");
  const name = `${account}_CloudTrail-Digest_${region}_${trail}_${homeRegion}_${time}Z`;
  return `${dayFolder(folder, end)}${name}${isBackfill ? "_backfill" : ""}.json.gz`;
}

/** Where the digests of a day lie. `time` is in milliseconds since the epoch. */
export function dayFolder(folder: string, time: number): string {
  return `${folder}/${new Date(time).toISOString().slice(0, 10).replaceAll("-", "/")}/`;
}

/** A region's keys are asked for at a host that is named after it. */
function isRegion(text: string): boolean {
  return /^[a-z]{2,4}(?:-[a-z]+){1,3}-\d{1,2}$/.test(text);
}

/** `20261120T213000Z` as milliseconds since the epoch. */
function timeIn(text: string): number | undefined {
  const iso = text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z");
  const time = Date.parse(iso);
  return Number.isNaN(time) ? undefined : time;
}

/** The minute in which a log file was written, as its name tells, in milliseconds since the epoch. */
export function timeOfLogFile(key: string): number | undefined {
  const [, minute = ""] = /_(\d{8}T\d{4})Z_[^/]*$/.exec(key) ?? [];
  return minute === "" ? undefined : timeIn(`${minute}00Z`);
}

/** The hour in which a log file was written, as its name tells, in milliseconds since the epoch. */
export function hourOfLogFile(key: string): number | undefined {
  const time = timeOfLogFile(key);
  return time === undefined ? undefined : Math.floor(time / 3_600_000) * 3_600_000;
}
