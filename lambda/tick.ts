import type { Context } from "aws-lambda";
import type { LedgerCounts } from "./core/ledger/run.ts";
import { deadlineOf } from "./deadline.ts";
import { readDeployed } from "./deployed.ts";
import { withMetrics } from "./metrics.ts";

const { environment, ledger } = readDeployed();

/** The entry of the function that runs every minute: sends what is due. What fails is tried again in the next minute. */
export async function handler(_event?: unknown, context?: Context): Promise<LedgerCounts> {
  const counts = await ledger.tick(deadlineOf(context));
  console.log(JSON.stringify(withMetrics(counts, environment.metricsNamespace, Date.now())));
  return counts;
}
