import { randomUUID } from "node:crypto";
import { closeSync, openSync, readSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { UsageError } from "../../usage.ts";
import { PAGE_START } from "./page.ts";

/**
 * Refuses a name under which no page should be written, before hours of reading are spent on it.
 * @throws UsageError
 */
export function checkPageFile(path: string): void {
  if (path === "") throw new UsageError("--html needs the name of a file to write");
  const folder = dirname(path);
  if (!kindOf(folder)?.isDirectory()) throw new UsageError(`--html: there is no folder ${folder}`);
  const there = kindOf(path);
  if (there?.isDirectory()) throw new UsageError(`--html: ${path} is a folder; name a file, such as ${nameIn(path)}`);
  if (path.endsWith("/")) throw new UsageError(`--html: there is no folder ${path}`);
  if (there !== undefined && !(there.isFile() && isPage(path))) {
    throw new UsageError(`--html: ${path} is there, and no page of replay's: name another file, or remove it`);
  }
}

function nameIn(folder: string): string {
  return `${folder.replace(/\/+$/, "")}/replay.html`;
}

function kindOf(path: string) {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    throw new UsageError(`--html: ${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function isPage(path: string): boolean {
  const bytes = Buffer.alloc(PAGE_START.length);
  const fd = openSync(path, "r");
  try {
    readSync(fd, bytes, 0, bytes.length, 0);
  } finally {
    closeSync(fd);
  }
  return bytes.toString("latin1") === PAGE_START;
}

/** Writes the page for its owner's eyes only: whole or not at all, and through no link that lies there. */
export function writePage(path: string, page: string): void {
  const temporary = `${path}.${randomUUID().slice(0, 8)}.new`;
  try {
    writeFileSync(temporary, page, { mode: 0o600, flag: "wx" });
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`--html: ${path} cannot be written: ${why}`, { cause: error });
  }
}
