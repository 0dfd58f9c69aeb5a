/** CPU time of one operation in nanoseconds (user and system), the best of several runs after a warm-up. */
export function cpuOf(run: () => unknown, operations: number): number {
  run();
  run();
  const runs = Array.from({ length: 7 }, () => {
    const before = process.cpuUsage();
    let repeats = 0;
    do {
      run();
      repeats++;
    } while (total(process.cpuUsage(before)) < 60_000);
    return (total(process.cpuUsage(before)) * 1000) / (operations * repeats);
  });
  return Math.min(...runs);
}

function total({ user, system }: NodeJS.CpuUsage): number {
  return user + system;
}

/** Prints a table of costs with their ratios to the baseline of the same run. */
export function print(title: string, rows: readonly (readonly [string, number, number])[]): void {
  console.log(`\n${title}`);
  for (const [name, nanoseconds, ratio] of rows) {
    console.log(`  ${name.padEnd(34)} ${nanoseconds.toFixed(0).padStart(8)} ns  ${ratio.toFixed(2).padStart(8)} x`);
  }
}
