const { join, relative } = require("node:path");
const { default: TestRunner } = require("jest-runner");

/** Suites that mostly wait: for a server that does not answer, for a pause between calls, for processes that begin. */
const WAITING = new Set(
  [
    "cli/accounts",
    "cli/doctor-usage",
    "cli/mute",
    "cli/replay-history",
    "cli/replay-runs",
    "cli/replay-s3",
    "cli/verify-s3",
    "lambda/bodies",
    "lambda/broken-items",
    "lambda/checkup",
    "lambda/delivery",
    "lambda/faults",
    "lambda/other-ways",
    "lambda/outages",
    "lambda/self-protection",
    "lambda/sns-limits",
    "lambda/test-alert",
    "lib/app",
  ].map((name) => join("test", `${name}.test.ts`)),
);

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
    const waiting = tests.filter(({ path, context }) => WAITING.has(relative(context.config.rootDir, path)));
    const others = tests.filter((test) => !waiting.includes(test));
    await Promise.all([
      waiting.length > 0 && this.forWaiting.runTests(waiting, watcher, options),
      others.length > 0 && super.runTests(others, watcher, options),
    ]);
  }
};
module.exports.default = module.exports;
