import { spawn } from "node:child_process";
import { ending } from "./child.ts";

/** What a process left behind. */
export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end, with the environment of this process and what is added to it. */
export async function run(
  program: string,
  args: readonly string[],
  environment: { readonly [name: string]: string } = {},
): Promise<Finished> {
  const child = ending(
    spawn(program, args, { env: { ...process.env, ...environment }, stdio: ["ignore", "pipe", "pipe"] }),
  );
  const [stdout, stderr] = [child.stdout, child.stderr].map(async (stream) => {
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks).toString();
  });
  const code = await new Promise<number | null>((resolve, reject) => child.on("close", resolve).on("error", reject));
  return { code, stdout: (await stdout) ?? "", stderr: (await stderr) ?? "" };
}

/** Runs one of the commands in cli/, as global-setup.mjs built it, as a process: `command("invoke", "events/x.json")`. */
export function command(name: string, ...args: readonly string[]): Promise<Finished> {
  return commandWith(name, args);
}

/** The same with additions to the environment. */
export function commandWith(
  name: string,
  args: readonly string[],
  environment: { readonly [name: string]: string } = {},
): Promise<Finished> {
  return run(process.execPath, [`.commands/${name}.mjs`, ...args], environment);
}
