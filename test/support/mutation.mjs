// Stryker's runner of tests for this project (stryker.config.json). It loads the suites near a file once, into one process,
// and runs for each mutant only the tests that come to its line, until one fails: a run of jest takes seconds to begin.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const LEDGER = ["test/lambda/ledger/", "test/lambda/mute/"];

/** Where the suites near a room stand, if not in the folder that mirrors it. */
const NEAR = [
  ["lambda/core/incident/", LEDGER],
  ["lambda/core/ledger/", LEDGER],
  ["lambda/core/mute/", LEDGER],
  ["lambda/core/outbox/", LEDGER],
  ["lambda/core/store/", LEDGER],
  ["lambda/core/alert/", ["test/lambda/core/"]],
];

/** Suites that wait for servers, or compare what mails look like with what jest keeps of it. */
const ONLY_IN_JEST = /^test\/(?:mails|deployment|package)\/|\/(?:store|histories)\.test\.ts$/;

/** Those near the files, or those whose paths begin as SUITES says. */
function suitesFor(files) {
  const near = (file) => NEAR.find(([room]) => file.startsWith(room))?.[1] ?? [`test/${file.replace(/[^/]*$/, "")}`];
  const asked = process.env.SUITES?.split(" ") ?? files.flatMap(near);
  return readdirSync("test", { recursive: true })
    .map((name) => join("test", name))
    .filter((path) => path.endsWith(".test.ts") && !ONLY_IN_JEST.test(path))
    .filter((path) => asked.some((one) => path.startsWith(one)))
    .sort();
}

/** How long each test took without a mutant, in milliseconds. */
const TIMES = ".suites/times.json";

/** A module of the copy in which the mutants are: Stryker loads this one from the checkout. */
const moduleHere = (path) => import(pathToFileURL(path).href);

class SuitesRunner {
  static inject = ["options"];

  #files;
  #suites = [];
  #loaded;
  #times = {};
  /** What the mutants look at. */
  #stryker = {};

  constructor({ mutate }) {
    this.#files = mutate.map((one) => one.replace(/:\d.*$/, ""));
    globalThis.__stryker__ = this.#stryker;
  }

  capabilities() {
    return { reloadEnvironment: false };
  }

  async init() {
    this.#suites = suitesFor(this.#files);
    if (this.#suites.length === 0) throw new Error(`no suites are near ${this.#files}: name some in SUITES`);
    await moduleHere("test/support/environment.mjs");
    const { default: prepareAndBuild, prepare } = await moduleHere("test/support/global-setup.mjs");
    // Of this copy, by the process before this one; all mutants are in the code, and one at a time is awake.
    if (existsSync(TIMES)) {
      this.#times = JSON.parse(readFileSync(TIMES, "utf8"));
      return prepare();
    }
    const isMatch = (path) => this.#suites.some((suite) => path.endsWith(`/${suite}`));
    await prepareAndBuild({ rootDir: process.cwd(), testPathPatterns: { toExecutor: () => ({ isMatch }) } });
  }

  async #load() {
    if (this.#loaded !== undefined) return this.#loaded;
    this.#loaded = await moduleHere("test/support/plain-suites.mjs");
    const { default: places } = await moduleHere("test/support/suites.cjs");
    for (const suite of this.#suites) {
      const built = places.builtSuite(process.cwd(), suite);
      await this.#loaded.importSuite(suite, pathToFileURL(built).href);
    }
    return this.#loaded;
  }

  async dryRun() {
    const { tests, faultOf } = await this.#load();
    const results = [];
    for (const test of tests) {
      this.#stryker.currentTestId = test.id;
      const began = performance.now();
      const fault = await faultOf(test);
      const timeSpentMs = performance.now() - began;
      this.#times[test.id] = timeSpentMs;
      const failed = { status: 1, failureMessage: String(fault?.stack ?? fault) };
      results.push({ id: test.id, name: test.name, timeSpentMs, ...(fault === undefined ? { status: 0 } : failed) });
    }
    this.#stryker.currentTestId = undefined;
    writeFileSync(TIMES, JSON.stringify(this.#times));
    return { status: "complete", tests: results, mutantCoverage: this.#stryker.mutantCoverage };
  }

  async mutantRun({ activeMutant, testFilter, mutantActivation, hitLimit }) {
    if (mutantActivation === "static") this.#stryker.activeMutant = activeMutant.id;
    const { tests, faultOf } = await this.#load();
    // What is short comes first.
    const chosen = tests
      .filter(({ id }) => testFilter?.includes(id) ?? true)
      .sort((a, b) => this.#times[a.id] - this.#times[b.id]);
    Object.assign(this.#stryker, { activeMutant: activeMutant.id, hitLimit, hitCount: hitLimit && 0 });
    let nrOfTests = 0;
    for (const test of chosen) {
      nrOfTests++;
      const fault = await faultOf(test);
      if (this.#stryker.hitCount > hitLimit) return { status: "timeout", reason: "it runs on and on" };
      if (fault === undefined) continue;
      // What a mutant left behind in the modules must not be blamed on the next one: Stryker starts another process then.
      if (mutantActivation !== "static") {
        this.#stryker.activeMutant = undefined;
        if ((await faultOf(test)) !== undefined) throw new Error(`${test.id} fails without a mutant, too`);
      }
      return { status: "killed", killedBy: [test.id], failureMessage: String(fault?.message ?? fault), nrOfTests };
    }
    return { status: "survived", nrOfTests };
  }

  async dispose() {
    await this.#loaded?.endSuites();
  }
}

export const strykerPlugins = [{ kind: "TestRunner", name: "suites", injectableClass: SuitesRunner }];
