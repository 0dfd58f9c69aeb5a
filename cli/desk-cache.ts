import { createHash } from "node:crypto";
import { readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { LedgerSettings } from "../lambda/core/ledger/run.ts";
import { isObject } from "../lambda/core/record/record.ts";
import type { KnownAccounts } from "../lambda/core/rules/accounts.ts";
import { withPins } from "../lambda/core/rules/pinned.ts";
import type { Rule } from "../lambda/core/rules/rule.ts";
import type { Deployment } from "../lambda/core/rules/self.ts";
import { packPath } from "../lib/pack-path.ts";
import { PACKAGE } from "../lib/package-folder.ts";
import { cacheFolder, isOwn, madeFolder } from "./cache-folder.ts";
import type { Overrides, Told } from "./desk.ts";
import { settingsFile } from "./here.ts";

/** What a deployment with the project's settings would use, apart from the tests inside the rules. */
export interface DeskRules {
  readonly rules: readonly Rule[];
  readonly settings: LedgerSettings;
  readonly deployment: Deployment;
  readonly known: KnownAccounts;
  readonly told: Told;
}

/** The code that makes rules from files. */
const CODE = ["lambda/rule-files", "lambda/core", "lib", "cli/desk.ts", "cli/desk-cache.ts", "dist/rules.json"];
/** So many sets of rules are kept. */
const MAX_KEPT = 24;

/** What the cache keeps of a set of rules: in its first line, what it was made from; in the second, the set itself. */
interface Entry {
  readonly key: string;
  readonly packs: readonly string[];
  readonly sum: string;
}

/**
 * The rules of these files and folders, or of the settings' packs, as readDesk makes them, from the cache if nothing has
 * changed since: not the files, not the settings, not this program. Reading them anew takes half a second.
 * @throws RuleFilesError, SettingsError
 */
export async function deskRules(paths: readonly string[], overrides: Overrides = {}): Promise<DeskRules> {
  const name = `rules-${digest(JSON.stringify([PACKAGE, process.cwd(), paths, overrides])).slice(0, 24)}.json`;
  const file = join(cacheFolder(), name);
  const known = attempt(() => cached(file, paths));
  if (known !== undefined) return known;
  const { deskPacks, readDesk } = await import("./desk.ts");
  const packs = paths.length > 0 ? paths.map((path) => packPath(path)) : deskPacks(overrides);
  // Before the files are read: if they change meanwhile, the entry will not be taken for theirs.
  const key = attempt(() => keyOf(packs));
  const { rules, ...rest } = readDesk(paths, overrides);
  const desk: DeskRules = { ...rest, rules: rules.map(({ rule }) => withPins(rule)) };
  if (key !== undefined) attempt(() => keep(file, { key, packs }, desk));
  return desk;
}

function cached(file: string, paths: readonly string[]): DeskRules | undefined {
  if (!isOwn(file)) return undefined;
  const text = readFileSync(file, "utf8");
  const end = text.indexOf("\n");
  const entry: unknown = JSON.parse(text.slice(0, end));
  const body = text.slice(end + 1);
  if (!isEntry(entry) || digest(body) !== entry.sum) return undefined;
  return keyOf(paths.length > 0 ? paths.map((path) => packPath(path)) : entry.packs) === entry.key
    ? (JSON.parse(body) as DeskRules)
    : undefined;
}

function isEntry(value: unknown): value is Entry {
  return (
    isObject(value) && typeof value.key === "string" && typeof value.sum === "string" && Array.isArray(value.packs)
  );
}

/** Written whole or not at all: two processes may write at once, and others read. */
function keep(file: string, { key, packs }: Omit<Entry, "sum">, desk: DeskRules): void {
  const folder = madeFolder(cacheFolder());
  const body = JSON.stringify(desk);
  const entry: Entry = { key, packs, sum: digest(body) };
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, `${JSON.stringify(entry)}\n${body}`, { mode: 0o600 });
  renameSync(temporary, file);
  const others = readdirSync(folder).filter((name) => name.startsWith("rules-"));
  if (others.length <= MAX_KEPT) return;
  const byAge = others.map((name) => [statSync(join(folder, name)).mtimeMs, name] as const).sort(([a], [b]) => a - b);
  for (const [, name] of byAge.slice(0, others.length - MAX_KEPT)) rmSync(join(folder, name), { force: true });
}

/** What decides what the rules are: what the files say, how they are named in messages, and what reads them. */
function keyOf(packs: readonly string[]): string {
  const hash = createHash("sha256");
  const add = (...parts: readonly (string | Buffer)[]) => {
    for (const part of parts) hash.update(`${part.length} `).update(part);
  };
  add(readFileSync(join(PACKAGE, "package.json")), attempt(() => readFileSync(settingsFile())) ?? "none");
  for (const path of packs) {
    add(relative(process.cwd(), path));
    if (!statSync(path).isDirectory()) add(readFileSync(path));
    else for (const name of filesBelow(path, /\.ya?ml$/i)) add(name, readFileSync(join(path, name)));
  }
  // Who works on the code changes it without a new version; when it was written is enough here.
  for (const code of CODE) {
    const path = join(PACKAGE, code);
    for (const name of filesBelow(path, /\.(?:[cm]?[jt]s)$/)) {
      const { mtimeMs, size } = statSync(join(path, name));
      add(name, `${mtimeMs} ${size}`);
    }
  }
  return hash.digest("hex");
}

function filesBelow(path: string, named: RegExp): readonly string[] {
  const found = attempt(() =>
    statSync(path).isDirectory() ? readdirSync(path, { recursive: true, encoding: "utf8" }) : [""],
  );
  return (found ?? []).filter((name) => name === "" || named.test(name)).sort();
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** The cache is a convenience: what goes wrong with it is as if it were empty. */
function attempt<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}
