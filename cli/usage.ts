import { existsSync, readFileSync } from "node:fs";
import { type ParseArgsConfig, parseArgs } from "node:util";
import { nearestText } from "../lambda/rule-files/nearest-name.ts";
import { whyUnread } from "./records/fault.ts";

/** A command line that cannot be understood; exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

let inCheckout: RegExp | undefined;

/** From now on, texts name these commands as those type them who have no checkout. */
export function speakAsPackage(commands: readonly string[]): void {
  inCheckout = new RegExp(`npm run (?:--silent )?(${commands.join("|")})\\b(?: --(?= ))?`, "g");
}

/** A text that names commands, as whoever reads it types them. */
export function asTyped(text: string): string {
  return inCheckout === undefined ? text : text.replace(inCheckout, "npx trailbell $1");
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
      process.stdout.write(asTyped(help));
      process.exit(0);
    }
    return parsed;
  } catch (error) {
    throw new UsageError(parseText(error, Object.keys(options)));
  }
}

/** What is wrong with options, and which one may be meant. */
function parseText(error: unknown, options: readonly string[]): string {
  const { code, message }: NodeJS.ErrnoException = error instanceof Error ? error : new Error(String(error));
  const [, unknown] = /^Unknown option '(-[^']+)'/.exec(message) ?? [];
  if (code !== "ERR_PARSE_ARGS_UNKNOWN_OPTION" || unknown === undefined) return message;
  const guess = nearestText(
    unknown,
    options.map((option) => `--${option}`),
  );
  return `unknown option ${unknown}${guess}`;
}

/**
 * Reads a file of JSON that an option names.
 * @throws UsageError
 */
export function readJsonFile(file: string, option: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    const why = cause instanceof SyntaxError ? `it is not JSON (${cause.message})` : whyUnread(cause);
    throw new UsageError(`${option} ${file}: ${why}`);
  }
}

/** Rule files and folders as they were given, each by itself or several with commas between them. */
export function ruleArguments(given: readonly string[] | undefined): readonly string[] {
  return (given ?? []).flatMap((paths) => (existsSync(paths) ? paths : paths.split(",").filter(Boolean)));
}

/**
 * A region as it was given; undefined if none was.
 * @throws UsageError
 */
export function checkedRegion(given: string | undefined): string | undefined {
  if (given !== undefined && !/^[a-z]{2,4}(?:-[a-z]+)+-\d$/.test(given)) {
    throw new UsageError("--region is a region such as us-east-1");
  }
  return given;
}

/**
 * The name of a stack as it was given.
 * @throws UsageError
 */
export function checkedStack(given: string): string {
  if (!/^[A-Za-z][A-Za-z0-9-]{0,127}$/.test(given)) throw new UsageError("--stack is the name of a stack");
  return given;
}

/** Runs a command: its number is the exit code, usage errors are 2, other errors 1 with their message. */
export async function runCommand(command: (args: readonly string[]) => Promise<number>): Promise<void> {
  // The SDK's note about versions of node is for those who maintain this, not for those who run it.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";
  // A reader such as `head` that stops early is no fault, and hides none that the command has found.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit();
    throw error;
  });
  try {
    process.exitCode = await command(process.argv.slice(2));
  } catch (error) {
    const isUsage = error instanceof UsageError;
    process.stderr.write(`${asTyped(error instanceof Error ? error.message : String(error))}\n`);
    if (isUsage) process.stderr.write("Use --help for more.\n");
    process.exitCode = isUsage ? 2 : 1;
  }
}
