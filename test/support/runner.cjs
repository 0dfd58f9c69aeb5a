const { default: TestRunner } = require("jest-runner");

/** Suites that mostly wait: for a server that does not answer, for a pause between calls, for a function's process. */
const WAITING =
  /\/test\/(?:lambda\/(?:outages|faults|other-ways|bodies|delivery|checkup|broken-items|self-protection|test-alert)|cli\/(?:mute|replay-history))\.test\.ts$/;

/** Workers for these, if there are enough: they leave room for others. */
const FOR_WAITING = 2;

/**
 * The runner of jest, but what mostly waits has workers of its own. So the cores stay busy with few workers: each one more
 * loads and compiles everything once more.
 */
module.exports = class extends TestRunner {
  constructor(globalConfig, context) {
    const workers = Math.min(FOR_WAITING, Math.floor(globalConfig.maxWorkers / 2));
    super({ ...globalConfig, maxWorkers: globalConfig.maxWorkers - workers }, context);
    this.forWaiting = workers > 0 && new TestRunner({ ...globalConfig, maxWorkers: workers }, context);
  }

  on(event, listener) {
    const ends = [super.on(event, listener), ...(this.forWaiting ? [this.forWaiting.on(event, listener)] : [])];
    return () => {
      for (const end of ends) end();
    };
  }

  async runTests(tests, watcher, options) {
    if (options.serial || !this.forWaiting) return super.runTests(tests, watcher, options);
    const waiting = tests.filter(({ path }) => WAITING.test(path));
    const others = tests.filter((test) => !waiting.includes(test));
    await Promise.all([
      waiting.length > 0 && this.forWaiting.runTests(waiting, watcher, options),
      others.length > 0 && super.runTests(others, watcher, options),
    ]);
  }
};
module.exports.default = module.exports;
