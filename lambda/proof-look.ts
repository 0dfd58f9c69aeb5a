import { invokeAs } from "./aws/invoke.ts";
import { lookAtChains } from "./core/digest/look.ts";
import { noticeOf } from "./core/rules/notices.ts";
import type { Deployed } from "./deployed.ts";
import { readTickEnvironment } from "./environment.ts";

/**
 * The look at the digests' chains, wired; the tick loads it only when one may be due.
 * @returns how many percent of the last day's hours are proven; undefined if there are no digests
 */
export async function lookAtProof({ sns, store, ledger }: Deployed, deadline: number): Promise<number | undefined> {
  const { logBucket: bucket, alerterArn } = readTickEnvironment(process.env);
  const invoke = invokeAs(sns.config);
  const summary = await lookAtChains({
    store,
    bucket,
    ask: (chains) => invoke(alerterArn, { trailbell: "digests", chains: chains.map((chain) => ({ bucket, chain })) }),
    async tell(notices) {
      const intake = ledger.intake(deadline);
      await intake.add(
        notices.map(({ rule, logObject, reason, identity }) => noticeOf(rule, logObject, reason, identity, Date.now())),
      );
      const { faults } = await intake.finish();
      if (faults.length > 0) throw faults[0];
    },
    now: Date.now,
  });
  if (summary === undefined || summary.expected === 0) return undefined;
  return Math.floor((summary.proven / summary.expected) * 100);
}
