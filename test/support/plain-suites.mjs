// The tests of suites, in this process, as often as somebody asks, which jest does not do. Suites find jest's globals here as
// far as those of lambda/ use them; snapshots are not among them.
import { expect } from "expect";
import { bind } from "jest-each";

/** The describe that is being read, in which hooks and tests are noted. */
let place = placeIn(undefined, "");
const ends = [];

/** The tests of the suites that were imported. */
export const tests = [];

function placeIn(outer, name) {
  return { outer, name, starts: [], befores: [], afters: [] };
}

function test(title, run) {
  const name = [...around(place).map((one) => one.name), title].filter(Boolean).join(" ");
  const alike = tests.filter((one) => one.name === name).length;
  tests.push({ id: alike === 0 ? name : `${name} (${alike + 1})`, name, run, place });
}

function describe(name, register) {
  const outer = place;
  place = placeIn(outer, name);
  register();
  place = outer;
}

/** A place and those around it, the outermost first. */
function around(one) {
  return one === undefined ? [] : [...around(one.outer), one];
}

// `each` knows no `done`: a test with more parameters than its row has values would wait for somebody to call it.
const nothing = Object.assign(() => undefined, { each: bind(() => undefined, false) });
Object.assign(test, { each: bind(test, false), skip: nothing });
Object.assign(describe, { each: bind(describe, false), skip: nothing });
Object.assign(globalThis, {
  expect,
  test,
  it: test,
  describe,
  beforeEach: (act) => place.befores.push(act),
  afterEach: (act) => place.afters.unshift(act),
  beforeAll: (act) => place.starts.push({ act }),
  afterAll: (act) => ends.unshift(act),
});

/** Imports a suite; its tests are named after it. */
export async function importSuite(name, url) {
  const outer = place;
  place = placeIn(outer, name);
  await import(url);
  place = outer;
}

/** Runs a test with what stands around it; what suites do before all of their tests is done once. Returns what failed first. */
export async function faultOf({ run, place: own }) {
  const places = around(own);
  const faults = [];
  const tried = async (act) => {
    try {
      await act();
    } catch (fault) {
      faults.push(fault);
    }
  };
  await tried(async () => {
    for (const once of places.flatMap(({ starts }) => starts)) {
      once.done ??= Promise.resolve(once.act());
      await once.done;
    }
    for (const act of places.flatMap(({ befores }) => befores)) await act();
    await run();
  });
  for (const act of places.toReversed().flatMap(({ afters }) => afters)) await tried(act);
  return faults[0];
}

/** Does what suites do after their last test. */
export async function endSuites() {
  for (const act of ends.splice(0)) await act();
}
