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
  if (owner !== account || from !== region || end === undefined) return undefined;
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

/** Where the digests of a day lie. `time` is in milliseconds since the epoch. */
export function dayFolder(folder: string, time: number): string {
  return `${folder}/${new Date(time).toISOString().slice(0, 10).replaceAll("-", "/")}/`;
}

/** `20261120T213000Z` as milliseconds since the epoch. */
function timeIn(text: string): number | undefined {
  const iso = text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z");
  const time = Date.parse(iso);
  return Number.isNaN(time) ? undefined : time;
}

/** The hour in which a log file was written, as its name tells, in milliseconds since the epoch. */
export function hourOfLogFile(key: string): number | undefined {
  const [, day = "", hour = ""] = /_(\d{8})T(\d\d)\d\dZ_[^/]*$/.exec(key) ?? [];
  return day === "" ? undefined : timeIn(`${day}T${hour}0000Z`);
}
