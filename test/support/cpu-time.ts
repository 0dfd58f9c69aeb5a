/** Milliseconds of this process's cores that something takes; how busy the machine is does not show in them. */
export function cpuTimeOf(act: () => unknown): number {
  const start = process.cpuUsage();
  act();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1_000;
}
