import Sequencer from "@jest/test-sequencer";

/** What takes longest, with THOROUGH=1 above all: begun last, it would leave the other cores idle. */
const SLOW = [
  "test/lambda/ledger/histories",
  "test/cli/doctor",
  "test/cli/busy-week",
  "test/lambda/ledger/ledger",
  "test/lambda/proof-histories",
  "test/cli/mute",
  "test/lambda/other-ways",
  "test/lambda/checkup",
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
  const rank = SLOW.findIndex((name) => path.endsWith(`${name}.test.ts`));
  return rank < 0 ? SLOW.length : rank;
}
