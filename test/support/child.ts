import type { ChildProcess } from "node:child_process";

const children = new Set<ChildProcess>();
process.on("exit", () => {
  for (const child of children) child.kill("SIGKILL");
});

/** Ends a process, and waits until it has ended. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = new Promise((resolve) => child.on("close", resolve));
  child.kill("SIGKILL");
  await closed;
}

/** The same process, which now ends with this one at the latest, whatever a test forgets or fails in. */
export function ending<C extends ChildProcess>(child: C): C {
  children.add(child);
  child.on("close", () => children.delete(child));
  return child;
}

/** Lets this process end though the other runs on, which waits for what it is asked next. */
export function unref(child: ChildProcess): void {
  child.unref();
  for (const held of [child.channel, child.stdin, child.stdout]) (held as { unref?: () => void } | null)?.unref?.();
}
