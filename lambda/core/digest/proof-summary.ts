import { hasShape, isCount, type Shaped } from "../store/guard.ts";
import { type ChainState, isSound } from "./chain-state.ts";
import { DIGEST_DUE, gapsIn } from "./coverage.ts";
import type { ChainPath } from "./digest-path.ts";

/** What is proven of the last day whose digests must be there. */
export type ProofSummary = Shaped<typeof isProofSummary>;
export const isProofSummary = hasShape({
  /** Hours in which all accounts and regions are proven, of `hours`. */
  wholeHours: isCount,
  hours: isCount,
  accounts: isCount,
  regions: isCount,
  /** Hours of single accounts and regions, and those of them that are proven. */
  expected: isCount,
  proven: isCount,
  records: isCount,
  recovered: isCount,
});

const HOUR = 3_600_000;
const HOURS = 24;

interface SummedChain {
  readonly path: ChainPath;
  readonly state: ChainState;
}

/** Sums up what is known of chains. `now` is in milliseconds since the epoch. */
export function summaryOf(chains: readonly SummedChain[], now: number): ProofSummary {
  const until = Math.floor((now - DIGEST_DUE - HOUR) / HOUR) * HOUR;
  const from = until - HOURS * HOUR;
  // A chain that ended before has been told, and is expected no more.
  const alive = chains.filter(({ state }) => state.done.some(({ end }) => end > from));
  const open = new Set<number>();
  const seen = new Set<number>();
  let expected = 0;
  let proven = 0;
  for (const { state } of alive) {
    const spans = state.done
      .filter((one) => one.state === "proven")
      .map(({ start, end }) => ({ from: start, until: end }));
    const began = state.done[0]?.start ?? until;
    for (let hour = from; hour < until; hour += HOUR) {
      if (hour < began) continue;
      expected++;
      seen.add(hour);
      if (gapsIn({ from: hour, until: hour + HOUR }, spans).length === 0) proven++;
      else open.add(hour);
    }
  }
  const digests = alive.flatMap(({ state }) =>
    state.done.filter((one) => isSound(one) && one.end > from && one.end <= until),
  );
  return {
    wholeHours: seen.size - open.size,
    hours: seen.size,
    accounts: new Set(alive.map(({ path }) => path.account)).size,
    regions: new Set(alive.map(({ path }) => path.region)).size,
    expected,
    proven,
    records: digests.reduce((sum, { records }) => sum + records, 0),
    recovered: digests.reduce((sum, { recovered }) => sum + recovered, 0),
  };
}

/** The line of the daily round-up: `Log files: 24 of 24 hours proven for 17 accounts and 18 regions; 1,204,331 records.` */
export function proofLine(summary: ProofSummary): string {
  const { wholeHours, hours, accounts, regions, expected, proven, records, recovered } = summary;
  const count = (number: number, noun: string) => `${number.toLocaleString("en-US")} ${noun}${number === 1 ? "" : "s"}`;
  const open =
    proven < expected ? ` ${count(expected - proven, "hour")} of single accounts and regions could not be proven.` : "";
  const late =
    recovered > 0
      ? ` ${count(recovered, "log file")} ${recovered === 1 ? "was" : "were"} read only because a digest named them.`
      : "";
  return `Log files: ${wholeHours} of ${count(hours, "hour")} proven for ${count(accounts, "account")} and ${count(regions, "region")}; ${count(records, "record")}.${open}${late}`;
}
