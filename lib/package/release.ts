import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";

/** Why there is no release; the checkout is as it was. */
export class ReleaseError extends Error {
  override readonly name = "ReleaseError";
}

/** Where the package and the templates go. */
export const OUT = "release.out";

const CHANGELOG = "CHANGELOG.md";
const CHANGED = ["package.json", "package-lock.json", CHANGELOG] as const;

/**
 * Makes a release of the checkout in the current folder: sets version and date, packs, makes the templates, commits and
 * tags. Pushes and publishes nothing.
 * @param version `0.2.0`, as the changelog's first section says
 * @param today `2026-11-29`
 * @returns what is left to type
 * @throws ReleaseError
 */
export function release(version: string, today: string): readonly string[] {
  const tag = `v${version}`;
  const changelog = readFileSync(CHANGELOG, "utf8");
  const faults = faultsOf(version, changelog, tag);
  if (faults.length > 0) throw new ReleaseError(faults.join("\n"));
  const before = run("git", "rev-parse", "HEAD").trim();
  try {
    writeFileSync(CHANGELOG, changelog.replace(`## ${version} (unreleased)`, `## ${version} (${today})`));
    run("npm", "version", version, "--no-git-tag-version", "--allow-same-version", "--ignore-scripts");
    mkdirSync(OUT, { recursive: true });
    run("npm", "pack", "--pack-destination", OUT);
    run("npm", "run", "--silent", "template", "--", "--out", OUT);
    run("git", "commit", "--quiet", "--message", `chore(release): ${version}`, "--", ...CHANGED);
    run("git", "tag", "--annotate", tag, "--message", `${version}, ${today}`);
  } catch (cause) {
    // Nothing is lost by it: what was not committed has been refused above.
    run("git", "reset", "--quiet", "--hard", before);
    throw new ReleaseError(`nothing is released: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
  const [{ name }] = [JSON.parse(readFileSync("package.json", "utf8")) as { name: string }];
  return ["git push --follow-tags", `npm publish ${OUT}/${name}-${version}.tgz`];
}

/** What stands in the way of a release. */
function faultsOf(version: string, changelog: string, tag: string): readonly string[] {
  const [, heading = "", section = ""] = /^## (.*)\n([\s\S]*?)(?=^## |$(?![\s\S]))/m.exec(changelog) ?? [];
  const dirty = run("git", "status", "--porcelain").trimEnd();
  return [
    ...(dirty === "" ? [] : [`what is not committed would not be in the release:\n${dirty}`]),
    ...(run("git", "tag", "--list", tag) === "" ? [] : [`there is a tag ${tag} already`]),
    ...(heading === `${version} (unreleased)`
      ? []
      : [`${CHANGELOG} begins with "## ${heading}"; wanted: "## ${version} (unreleased)"`]),
    ...(/^- /m.test(section) ? [] : [`${CHANGELOG} says nothing of ${version}`]),
    ...(section.includes("](docs/upgrading.md#") ? [] : [`${CHANGELOG} has no link to how to upgrade to ${version}`]),
  ];
}

function run(program: string, ...args: readonly string[]): string {
  return execFileSync(program, args, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
}
