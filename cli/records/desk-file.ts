import type { LogObject } from "../../lambda/core/envelope/log-object.ts";

/** A file that a command reads: on disk, from standard input, or from elsewhere and in memory already. */
export interface DeskFile {
  /** How it is named to people: its path, or `s3://bucket/key`. */
  readonly name: string;
  /** What stands for it in alerts. */
  readonly logObject: LogObject;
  /** A path ("-" for standard input), or the bytes. */
  readonly content: string | Uint8Array;
  /** Bytes as stored, as far as they are known. */
  readonly size?: number;
  /** True if it was found in a folder, not named: what is beside log files there is no fault of anybody's. */
  readonly isFound?: boolean;
  /** Why it could not be fetched. */
  readonly unread?: string;
}

/** Standard input, as it is given on a command line. */
export const STDIN = "-";

/** A file on this machine; in alerts, its path stands for the object. */
export function localFile(path: string, size?: number): DeskFile {
  return {
    name: path === STDIN ? "standard input" : path,
    logObject: { bucket: "desk", key: path },
    content: path,
    ...(size !== undefined && { size }),
  };
}
