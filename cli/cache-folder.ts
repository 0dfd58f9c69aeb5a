import { mkdirSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** Where a user's programs keep what they can make again (XDG Base Directory Specification; on Windows, LOCALAPPDATA). */
export function cacheFolder(): string {
  const { XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  if (XDG_CACHE_HOME) return join(XDG_CACHE_HOME, "trailbell");
  if (process.platform === "win32" && LOCALAPPDATA) return join(LOCALAPPDATA, "trailbell");
  return join(homedir(), ".cache", "trailbell");
}

/** Makes a folder that only its user can enter, if it is not there. */
export function madeFolder(folder: string): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folder;
}

/** True if a file is the user's own, and nobody else can write it: what others write is not trusted. */
export function isOwn(file: string): boolean {
  const { uid, mode } = statSync(file);
  const own = process.getuid?.();
  return own === undefined || (uid === own && (mode & 0o022) === 0);
}
