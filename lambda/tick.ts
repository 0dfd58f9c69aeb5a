import type { Context } from "aws-lambda";
import type { Looked } from "./core/health/hourly.ts";
import type { LedgerCounts } from "./core/ledger/run.ts";
import { deadlineOf } from "./deadline.ts";
import { readDeployed } from "./deployed.ts";
import { withMetrics } from "./metrics.ts";

const deployed = readDeployed();

/** What must be left of the invocation's time for a look, in milliseconds. */
const TIME_TO_LOOK = 55_000;

/** After a failed look, this many milliseconds pass before the next. */
const SOON = 5 * 60_000;

/** When the digests' chains are looked at again, and what was last known of them. */
let chains: { readonly nextAt: number; readonly provenPercent?: number; readonly notes: readonly string[] } = {
  nextAt: 0,
  notes: [],
};

let looked: Looked = { nextAt: 0, recipientsMissing: 0, wayOutFaults: 0, unreadableItems: 0, notes: [] };

/** What a tick counts: what the ledger did, and what the last look at the way out found. */
export interface TickCounts extends LedgerCounts {
  /** Those whom the settings name, and who receive nothing at one of their topics. */
  readonly recipientsMissing: number;
  /** What is broken on the way of alerts. */
  readonly wayOutFaults: number;
  /** Of the hours of accounts and regions of the last day, how many are proven; absent if there are no digests. */
  readonly provenPercent?: number;
}

/**
 * The entry of the function that runs every minute: sends what is due, and looks once an hour whether alerts can arrive at
 * all. What fails is tried again in the next minute.
 */
export async function handler(_event?: unknown, context?: Context): Promise<TickCounts> {
  const deadline = deadlineOf(context);
  const { notes, ...sent } = await deployed.ledger.tick(deadline);
  const isDue = Date.now() >= looked.nextAt && Date.now() + TIME_TO_LOOK <= deadline;
  if (isDue) looked = await look();
  const isChainsDue = deployed.asset.provesLogs && Date.now() >= chains.nextAt && Date.now() + TIME_TO_LOOK <= deadline;
  if (isChainsDue) chains = await lookAtDigests(deadline);
  const { provenPercent } = chains;
  const { recipientsMissing, wayOutFaults } = looked;
  const unreadableItems = sent.unreadableItems + (isDue ? looked.unreadableItems : 0);
  const counts = {
    ...sent,
    unreadableItems,
    recipientsMissing,
    wayOutFaults,
    ...(provenPercent !== undefined && { provenPercent }),
  };
  const line = { ...counts, notes: [...notes, ...(isDue ? looked.notes : []), ...(isChainsDue ? chains.notes : [])] };
  console.log(JSON.stringify(withMetrics(line, deployed.environment.metricsNamespace, Date.now())));
  return line;
}

async function look(): Promise<Looked> {
  try {
    // Loaded only now: the minutes between two looks do not pay for its clients.
    const { checkUp } = await import("./checkup.ts");
    return await checkUp(deployed);
  } catch (error) {
    const note = `checkup: ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`;
    return { ...looked, nextAt: Date.now() + SOON, unreadableItems: 0, notes: [note] };
  }
}

async function lookAtDigests(deadline: number): Promise<typeof chains> {
  const nextAt = Date.now() + SOON;
  try {
    const { lookAtProof } = await import("./proof-look.ts");
    const provenPercent = await lookAtProof(deployed, deadline);
    return { nextAt, notes: [], ...(provenPercent !== undefined && { provenPercent }) };
  } catch (error) {
    const note = `digests: ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`;
    return { ...chains, nextAt, notes: [note] };
  }
}
