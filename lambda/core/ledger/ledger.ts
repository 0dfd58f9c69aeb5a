import { sendDue } from "./due.ts";
import { type Intake, LedgerIntake } from "./intake.ts";
import { createRuns, finished, type LedgerCounts, type LedgerEffects } from "./run.ts";

/** Remembers what was alerted, and sends each alert once, whatever crashes, repeats or is refused. */
export interface Ledger {
  /** The matches of one invocation, which has until `deadline`, in milliseconds since the epoch. */
  intake(deadline?: number): Intake;
  /** True if it notes who opened which session, and wants to see the calls that open them. */
  readonly followsSessions: boolean;
  /** The run of each minute: what is due rings, what waits is sent. */
  tick(deadline?: number): Promise<LedgerCounts & { readonly notes: readonly string[] }>;
}

/** Rounds of a tick in which it waits for the budget. */
const WAITS = 4;

/** A ledger over its effects; one per function instance. */
export function createLedger(effects: LedgerEffects): Ledger {
  const runOf = createRuns(effects);
  const hasEnding = effects.rules.some(({ except }) => except?.some(({ until }) => until !== undefined));
  return {
    followsSessions: effects.settings.followSessions ?? true,
    intake: (deadline = Number.POSITIVE_INFINITY) => new LedgerIntake(runOf(deadline)),
    async tick(deadline = Number.POSITIVE_INFINITY) {
      const run = runOf(deadline);
      await sendDue(run, 0, WAITS);
      await run.tallies.flush(run.access, run.access.now());
      if (hasEnding) await run.tallies.schedule(run.access, run.access.now());
      return { ...finished(run), notes: run.notes };
    },
  };
}
