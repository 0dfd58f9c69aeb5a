/** Milliseconds of this process's cores that something takes; how busy the machine is does not show in them. */
export function cpuTimeOf(act: () => unknown): number {
  const start = process.cpuUsage();
  act();
  return cpuTimeSince(start);
}

/** The same of something that ends later. */
export async function cpuTimeUntil(act: () => Promise<unknown>): Promise<number> {
  const start = process.cpuUsage();
  await act();
  return cpuTimeSince(start);
}

function cpuTimeSince(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1_000;
}
