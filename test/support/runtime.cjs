const { pathToFileURL } = require("node:url");
const Runtime = require("jest-runtime").default;
const { builtSuite, sourceMaps } = require("./suites.cjs");

const ownEnvironment = { ...process.env };

/** The globals of the suite that runs. */
let globals = {};
for (const name of ["afterAll", "afterEach", "beforeAll", "beforeEach", "describe", "it", "test"]) {
  globalThis[name] = asNow(() => globals[name]);
}
for (const name of ["console", "expect"]) {
  const own = globalThis[name];
  Object.defineProperty(globalThis, name, { configurable: true, get: () => globals[name] ?? own });
}

/** What a function is when it is called: a module that says `const motoTest = HAS_MOTO ? test : test.skip` is read once. */
function asNow(current) {
  return new Proxy(() => undefined, {
    apply: (_, self, args) => Reflect.apply(current(), self, args),
    get: (_, name) => (typeof current()[name] === "function" ? asNow(() => current()[name]) : current()[name]),
  });
}

/** CDK, what judges its templates, and what makes random cases. What throws errors that the code looks at is not among them. */
const NATIVE = /\/node_modules\/(?:aws-cdk-lib|constructs|cdk-nag|fast-check)\//;

/**
 * The runtime of jest, but the suites and all that they import are run by node itself, as global-setup.mjs built them: once
 * for all suites of a worker. In jest's sandbox each suite would load them anew. With --coverage it is jest that runs them,
 * for it counts lines there, but for packages that are only tools of the suites.
 */
module.exports = class extends Runtime {
  constructor(...given) {
    super(...given);
    const [{ rootDir }, environment] = given;
    const { collectCoverage } = given[5];
    this.own = { rootDir, global: environment.global, isSandboxed: collectCoverage };
  }

  async unstable_importModule(path, ...more) {
    const { rootDir, global, isSandboxed } = this.own;
    if (isSandboxed) return super.unstable_importModule(path, ...more);
    const built = path.endsWith(".test.ts") ? builtSuite(rootDir, path) : path;
    for (const name of Object.keys(process.env)) if (!(name in ownEnvironment)) delete process.env[name];
    Object.assign(process.env, ownEnvironment);
    globals = global;
    return import(pathToFileURL(built).href);
  }

  /** What runs the tests of a suite, and knows them: anew for each, but not what it needs of other packages. */
  requireInternalModule(path, ...more) {
    if (this.own.isSandboxed || !path.includes("/jest-circus/")) return super.requireInternalModule(path, ...more);
    delete require.cache[path];
    delete globalThis[Symbol.for("EVENT_HANDLERS")];
    return require(path);
  }

  teardown() {
    globals = {};
    super.teardown();
  }

  getSourceMaps() {
    return this.own.isSandboxed ? super.getSourceMaps() : sourceMaps(this.own.rootDir);
  }

  requireModuleOrMock(from, name) {
    return NATIVE.test(name) ? require(name) : super.requireModuleOrMock(from, name);
  }
};
module.exports.default = module.exports;
