const Runtime = require("jest-runtime").default;

/** CDK, what judges its templates, and what makes random cases. What throws errors that the code looks at is not among them. */
const NATIVE = /\/node_modules\/(?:aws-cdk-lib|constructs|cdk-nag|fast-check)\//;

/**
 * The runtime of jest, but packages that are only tools of the suites are loaded as node does it, once for all suites of a
 * worker: in jest's sandbox each suite would load them anew, and they would run at half the speed there. What they see of
 * `process.env` is the environment in which jest began.
 */
module.exports = class extends Runtime {
  requireModuleOrMock(from, name) {
    return NATIVE.test(name) ? require(name) : super.requireModuleOrMock(from, name);
  }
};
module.exports.default = module.exports;
