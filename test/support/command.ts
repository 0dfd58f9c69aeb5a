import { type ChildProcess, fork, spawn } from "node:child_process";
import { resolve } from "node:path";
import { ending, unref } from "./child.ts";

/** What a process left behind. */
export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end, with the environment of this process and what is added to it; in its folder if none is given. */
export async function run(
  program: string,
  args: readonly string[],
  environment: { readonly [name: string]: string } = {},
  cwd = process.cwd(),
): Promise<Finished> {
  const child = ending(
    spawn(program, args, { cwd, env: { ...process.env, ...environment }, stdio: ["ignore", "pipe", "pipe"] }),
  );
  const [stdout, stderr] = [child.stdout, child.stderr].map(async (stream) => {
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks).toString();
  });
  const code = await new Promise<number | null>((resolve, reject) => child.on("close", resolve).on("error", reject));
  return { code, stdout: (await stdout) ?? "", stderr: (await stderr) ?? "" };
}

/** Runs one of the commands in cli/, as global-setup.mjs built it, in a process of its own, with additions to the environment. */
export function commandProcess(
  name: string,
  args: readonly string[],
  environment: { readonly [name: string]: string } = {},
  cwd?: string,
): Promise<Finished> {
  return run(process.execPath, [resolve(`.commands/${name}.mjs`), ...args], environment, cwd);
}

let last: Promise<unknown> = Promise.resolve();

/**
 * The same, `command("invoke", "events/x.json")`, in one process for all suites of a worker, which is quicker. That a command
 * does the same in a process of its own is what test/cli/process.test.ts says.
 */
export function command(name: string, ...args: readonly string[]): Promise<Finished> {
  return inTurn({ name, args });
}

/** The same with additions to the environment, and in a folder. */
export function commandIn(
  environment: { readonly [name: string]: string },
  name: string,
  args: readonly string[],
  folder?: string,
): Promise<Finished> {
  return inTurn({ name, args, environment, folder });
}

/** The same with the clock set to a moment, `2026-11-20T21:29:30Z`. */
export function commandAt(at: string, name: string, args: readonly string[]): Promise<Finished> {
  return inTurn({ name, args, at });
}

/** What a host is asked for. */
interface Run {
  readonly name: string;
  readonly args: readonly string[];
  readonly at?: string;
  readonly environment?: { readonly [name: string]: string };
  readonly folder?: string | undefined;
}

function inTurn(asked: Run): Promise<Finished> {
  const finished = last.then(() => runInHost(asked));
  last = finished.catch(() => undefined);
  return finished;
}

/** The hosts of this worker: one has the machine's clock, another one that is set. */
const hosts = new Map<string, ChildProcess>();

async function runInHost(asked: Run): Promise<Finished> {
  const { name, at } = asked;
  const clock = at === undefined ? "of the machine" : "set";
  const child = hosts.get(clock) ?? ending(fork("test/support/command-host.mjs", { env: environmentOf(asked) }));
  hosts.set(clock, child);
  child.ref();
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null) => {
      hosts.delete(clock);
      reject(new Error(`${name} ended its host with ${code}`));
    };
    child.once("exit", onExit).once("message", (finished) => {
      child.off("exit", onExit);
      unref(child);
      resolve(finished as unknown as Finished);
    });
    child.send({ ...asked, environment: environmentOf(asked) });
  });
}

function environmentOf({ at, environment }: Run) {
  return { ...process.env, ...(at !== undefined && { CLOCK_AT: at }), ...environment };
}
