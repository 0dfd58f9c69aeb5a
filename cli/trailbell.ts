#!/usr/bin/env node
import module from "node:module";
import { join } from "node:path";
import { closest } from "fastest-levenshtein";
import { packageVersion } from "../lib/edition.ts";
import { cacheFolder, isOwn, madeFolder } from "./cache-folder.ts";
import { runCommand, speakAsPackage, UsageError } from "./usage.ts";

/** The commands, each with what it does and its file in cli/; in a checkout each is a script of package.json. */
const COMMANDS: { readonly [name: string]: readonly [text: string, load: () => Promise<unknown>] } = {
  rules: ["check, test, list, explain and draft rules", () => import("./rules.ts")],
  replay: ["run the rules over log files that you have", () => import("./replay.ts")],
  invoke: ["run the function on your desk, on an event", () => import("./invoke.ts")],
  doctor: ["look at a deployed stack from the trail to the mailbox", () => import("./doctor.ts")],
  mute: ["quiet a mail for some hours", () => import("./mute.ts")],
  verify: ["prove from CloudTrail's digests which log files are whole", () => import("./verify.ts")],
  accounts: ["write the names, tags and routes of an organization's accounts", () => import("./accounts.ts")],
  redrive: ["hand dead letters back to the function", () => import("./redrive.ts")],
};

const HELP = `Usage: npx trailbell COMMAND ...

${Object.entries(COMMANDS)
  .map(([name, [text]]) => `  ${name.padEnd(9)}${text}\n`)
  .join("")}
npx trailbell COMMAND --help says more. Settings are those of trailbell.config.yaml in the folder where you are, if it is
there. events/ has samples that come with Trailbell: npx trailbell invoke events/several-log-files.json

  --version  prints the version
`;

/** The same commands as npm run has in a checkout, for whoever has installed the package. */
async function trailbell([name, ...rest]: readonly string[]): Promise<number> {
  if (name === undefined || name === "--help" || name === "-h") {
    (name === undefined ? process.stderr : process.stdout).write(HELP);
    return name === undefined ? 2 : 0;
  }
  if (name === "--version" || name === "-v") {
    process.stdout.write(`${packageVersion()}\n`);
    return 0;
  }
  const [, load] = Object.hasOwn(COMMANDS, name) ? (COMMANDS[name] ?? []) : [];
  if (load === undefined) {
    const names = Object.keys(COMMANDS);
    throw new UsageError(
      `trailbell has no command ${name}; did you mean ${closest(name, names)}? One of ${names.join(", ")}`,
    );
  }
  process.argv.splice(2, process.argv.length, ...rest);
  speakAsPackage(Object.keys(COMMANDS));
  keepCompiled();
  // The command runs as it is loaded, and sets the exit code.
  await load();
  return Number(process.exitCode ?? 0);
}

/** Has node keep what it compiles, so that the next command starts sooner. Node 20 cannot. */
function keepCompiled(): void {
  try {
    const folder = madeFolder(join(cacheFolder(), "compiled"));
    if (isOwn(folder)) module.enableCompileCache?.(folder);
  } catch {
    // It starts without.
  }
}

await runCommand(trailbell);
