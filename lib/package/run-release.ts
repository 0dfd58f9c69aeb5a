import { ReleaseError, release } from "./release.ts";

const HELP = `Usage: npm run release -- VERSION

Makes a release of what is committed: sets version and date, makes the package and the templates in release.out/, commits
and tags. Then it prints what to push. CHANGELOG.md must begin with a section "## VERSION (unreleased)".
`;

const [version = "", ...rest] = process.argv.slice(2);
if (version === "--help" || version === "-h") process.stdout.write(HELP);
else if (rest.length > 0 || !/^\d+\.\d+\.\d+(?:-[\da-z.-]+)?$/.test(version)) {
  process.stderr.write(HELP);
  process.exitCode = 2;
} else {
  try {
    const left = release(version, new Date().toISOString().slice(0, 10));
    process.stdout.write(`Tagged v${version}. Look at it (git show v${version}), then type:\n`);
    for (const command of left) process.stdout.write(`  ${command}\n`);
  } catch (error) {
    if (!(error instanceof ReleaseError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
