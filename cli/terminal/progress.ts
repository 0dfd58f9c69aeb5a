/** How far a reading has come. */
export interface Standing {
  readonly files: number;
  /** How many there will be, as far as that is known. */
  readonly ofFiles?: number;
  /** The part of the work that is done, from 0 to 1, as far as that is known. */
  readonly share?: number;
  readonly records: number;
  readonly matches: number;
  /** What it is doing, where it does not read files. */
  readonly doing?: string;
}

/** A line at the foot of a terminal that says how far a command has come. */
export interface Progress {
  show(standing: Standing): void;
  /** Takes the line away, so that something else can be printed. */
  clear(): void;
}

const EVERY = 200;

/** Shows progress on a terminal; on anything else nothing, so that pipes and log files stay clean. */
export function createProgress(
  stream: Pick<NodeJS.WriteStream, "isTTY" | "columns" | "write"> = process.stderr,
  now: () => number = Date.now,
): Progress {
  if (!stream.isTTY || process.env.TERM === "dumb") return { show: () => undefined, clear: () => undefined };
  const start = now();
  let shownAt = 0;
  let isShown = false;
  return {
    show(standing) {
      if (now() - shownAt < EVERY) return;
      shownAt = now();
      isShown = true;
      const line = progressText(standing, now() - start).slice(0, Math.max(20, (stream.columns || 80) - 1));
      stream.write(`\r\x1b[K${line}`);
    },
    clear() {
      if (isShown) stream.write("\r\x1b[K");
      isShown = false;
      shownAt = 0;
    },
  };
}

/** `1,204 of 4,000 files  96,320 records (81,000/s)  12 matches  about 40 s left` */
export function progressText(standing: Standing, elapsed: number): string {
  const { files, ofFiles, share, records, matches, doing } = standing;
  const number = (value: number) => Math.round(value).toLocaleString("en-US");
  const left = share !== undefined && share > 0.02 && elapsed > 1_000 ? (elapsed * (1 - share)) / share : undefined;
  return [
    doing,
    `${number(files)}${ofFiles === undefined ? "" : ` of ${number(ofFiles)}`} files`,
    `${number(records)} records (${number((1000 * records) / Math.max(1, elapsed))}/s)`,
    `${number(matches)} ${matches === 1 ? "match" : "matches"}`,
    left !== undefined && `about ${spanText(left)} left`,
  ]
    .filter(Boolean)
    .join("  ");
}

function spanText(time: number): string {
  const seconds = Math.ceil(time / 1000);
  if (seconds < 60) return `${seconds} s`;
  return seconds < 3600 ? `${Math.ceil(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}
