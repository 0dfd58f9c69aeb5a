import { type ParseArgsConfig, parseArgs } from "node:util";

/** A command line that cannot be understood; exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/**
 * Parses a command's arguments; where `--help` is among them, prints the command's help and ends.
 * @throws UsageError
 */
export function readArguments<T extends NonNullable<ParseArgsConfig["options"]>>(
  args: readonly string[],
  help: string,
  options: T,
) {
  try {
    const parsed = parseArgs({
      args: [...args],
      allowPositionals: true,
      strict: true,
      options: { ...options, help: { type: "boolean", short: "h" } } as T & { help: { type: "boolean" } },
    });
    if ((parsed.values as { help?: boolean }).help) {
      process.stdout.write(help);
      process.exit(0);
    }
    return parsed;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/**
 * A region as it was given; undefined if none was.
 * @throws UsageError
 */
export function checkedRegion(given: string | undefined): string | undefined {
  if (given !== undefined && !/^[a-z]{2}(?:-[a-z]+)+-\d$/.test(given)) {
    throw new UsageError("--region is a region such as us-east-1");
  }
  return given;
}

/**
 * A time as it was given, in milliseconds since the epoch; undefined if none was.
 * @throws UsageError
 */
export function checkedTime(text: string | undefined, option: string): number | undefined {
  if (text === undefined) return undefined;
  const isIso = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))?$/.test(text);
  const time = isIso ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time))
    throw new UsageError(`${option}: write 2026-11-20 (UTC) or 2026-11-20T21:00:00Z, not ${text}`);
  return time;
}

/** Runs a command: its number is the exit code, usage errors are 2, other errors 1 with their message. */
export async function runCommand(command: (args: readonly string[]) => Promise<number>): Promise<void> {
  // A reader such as `head` that stops early is no fault.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(0);
    throw error;
  });
  try {
    process.exitCode = await command(process.argv.slice(2));
  } catch (error) {
    const isUsage = error instanceof UsageError;
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    if (isUsage) process.stderr.write("Use --help for more.\n");
    process.exitCode = isUsage ? 2 : 1;
  }
}
