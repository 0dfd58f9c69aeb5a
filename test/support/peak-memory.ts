/** Looks at this process's memory now and then; maxRSS begins with what the parent process took. */
export function watchMemory(): { look(): void; readonly peak: number } {
  let peak = 0;
  const look = () => {
    peak = Math.max(peak, process.memoryUsage.rss());
  };
  look();
  setInterval(look, 2).unref();
  return {
    look,
    /** In MiB. */
    get peak() {
      look();
      return Math.round(peak / 2 ** 20);
    },
  };
}
