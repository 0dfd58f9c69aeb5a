import Sequencer from "@jest/test-sequencer";

/** What takes longest, with THOROUGH=1 above all: begun last, it would leave the other cores idle. */
const SLOW = [
  "test/lambda/ledger/histories",
  "test/deployment/deployment",
  "test/cli/doctor",
  "test/lambda/ledger/histories-dynamodb",
  "test/lambda/ledger/ledger",
  "test/docs/architecture",
  "test/lambda/core/redaction",
  "test/lambda/core/match/sieve",
  "test/cli/verify-validator",
  "test/cli/busy-week",
  "test/lambda/core/log-file/scan-fuzz",
  "test/docs/tuning",
  "test/lambda/hostile-objects",
  "test/lib/removal",
  "test/cli/process",
  "test/lambda/memory",
  "test/lib/template",
  "test/lambda/ledger/hiding",
  "test/mails/mails",
  "test/lib/recipes",
  "test/lib/alert-stack",
  "test/lambda/proof-histories",
  "test/lib/self-watch",
  "test/conformance/coverage",
  "test/cli/rules",
  "test/package/release",
  "test/lambda/core/commands",
  "test/cli/replay-html",
  "test/lambda/told-once",
  // Of those that mostly wait, which have workers of their own (runner.cjs).
  "test/lambda/outages",
  "test/cli/verify-s3",
  "test/lambda/faults",
  "test/lambda/checkup",
  "test/lambda/other-ways",
  "test/lambda/broken-items",
  "test/lambda/bodies",
  "test/cli/replay-history",
  "test/cli/mute",
  "test/lambda/delivery",
  "test/cli/replay-runs",
];

/**
 * The order of jest where it knows from an earlier run how long each suite takes; a fresh checkout knows nothing, and with
 * THOROUGH=1 it may know how long they took without, when the longest had nothing to do.
 */
// biome-ignore lint/style/noDefaultExport: jest wants it
export default class SlowFirst extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    const isKnown = process.env.THOROUGH === undefined && sorted.some(({ duration }) => duration != null);
    return isKnown ? sorted : sorted.sort((a, b) => rankOf(a) - rankOf(b));
  }
}

function rankOf({ path }) {
  const rank = SLOW.indexOf(path.replace(/^.*\/(?=test\/)/, "").replace(/\.test\.ts$/, ""));
  return rank < 0 ? SLOW.length : rank;
}
