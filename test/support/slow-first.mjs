import Sequencer from "@jest/test-sequencer";

/** What takes longest, with THOROUGH=1 above all: begun last, it would leave the other cores idle. */
const SLOW = [
  "test/lambda/ledger/histories",
  "test/cli/doctor",
  "test/cli/busy-week",
  "test/lambda/ledger/ledger",
  "test/lambda/proof-histories",
  "test/cli/mute",
  "test/lambda/checkup",
  "test/lib/recipes",
  "test/lib/alert-stack",
  "test/lib/template",
  "test/lib/self-watch",
];

/** What mostly waits, for a server that does not answer: side by side these would leave all cores idle. */
const WAITING = ["test/lambda/outages", "test/lambda/faults", "test/lambda/other-ways", "test/lambda/bodies"];

/** How many others run while one waits, or so. */
const APART = 12;

/** The order of jest where it knows from an earlier run how long each suite takes; a fresh checkout knows nothing. */
// biome-ignore lint/style/noDefaultExport: jest wants it
export default class SlowFirst extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    const isKnown = sorted.some(({ duration }) => duration != null);
    if (!isKnown) sorted.sort((a, b) => rankOf(SLOW, a) - rankOf(SLOW, b));
    const others = sorted.filter((test) => !WAITING.includes(nameOf(test)));
    const waiting = sorted
      .filter((test) => WAITING.includes(nameOf(test)))
      .sort((a, b) => rankOf(WAITING, a) - rankOf(WAITING, b));
    waiting.forEach((test, i) => void others.splice(i * APART, 0, test));
    return others;
  }
}

const nameOf = ({ path }) => path.replace(/^.*\/(?=test\/)/, "").replace(/\.test\.ts$/, "");

function rankOf(names, test) {
  const rank = names.indexOf(nameOf(test));
  return rank < 0 ? names.length : rank;
}
