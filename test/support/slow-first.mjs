import Sequencer from "@jest/test-sequencer";

/** What takes longest, with THOROUGH=1 above all: begun last, it would leave the other cores idle. */
const SLOW = [
  "test/lambda/ledger/histories",
  "test/cli/doctor",
  "test/cli/busy-week",
  "test/lambda/outages",
  "test/lambda/faults",
  "test/lambda/other-ways",
  "test/lambda/bodies",
  "test/cli/replay-history",
  "test/lambda/ledger/ledger",
  "test/lambda/ledger/hiding",
  "test/mails/mails",
  "test/lambda/proof-histories",
  "test/cli/mute",
  "test/lambda/checkup",
  "test/lambda/delivery",
  "test/lib/recipes",
  "test/lib/alert-stack",
  "test/lib/template",
  "test/lib/self-watch",
  "test/conformance/coverage",
  "test/cli/replay-runs",
  "test/cli/rules",
  "test/cli/verify-validator",
  "test/lambda/memory",
];

/** The order of jest where it knows from an earlier run how long each suite takes; a fresh checkout knows nothing. */
// biome-ignore lint/style/noDefaultExport: jest wants it
export default class SlowFirst extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    const isKnown = sorted.some(({ duration }) => duration != null);
    return isKnown ? sorted : sorted.sort((a, b) => rankOf(a) - rankOf(b));
  }
}

function rankOf({ path }) {
  const rank = SLOW.indexOf(path.replace(/^.*\/(?=test\/)/, "").replace(/\.test\.ts$/, ""));
  return rank < 0 ? SLOW.length : rank;
}
