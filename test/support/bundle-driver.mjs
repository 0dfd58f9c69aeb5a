// Runs the produced bundles in a process of their own, as Lambda would: reads one JSON request per line, answers with one.
// It may be told to load bundles again: they start anew, as a new instance does, with the clock where it was at first. A
// function begins with its first invocation. That its bundle does so as the module that it is says test/lambda/bundle.test.ts.
import { AsyncLocalStorage } from "node:async_hooks";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { constants, Script } from "node:vm";

const realNow = Date.now;
const startedAt = realNow();
let ahead = 0;
// Requests are signed with the real time, which does not come from Date.now.
Date.now = () => realNow() + ahead;

// A tick that waits for its budget has its time at once; in a hurry so has whoever only sleeps, a promise's own function.
const realSetTimeout = setTimeout;
let isHurried = false;
globalThis.setTimeout = (callback, time, ...rest) => {
  const isSleep = isHurried && String(callback).includes("[native code]");
  if (time !== 12_000 && !isSleep) return realSetTimeout(callback, time, ...rest);
  ahead += time;
  return realSetTimeout(callback, 1, ...rest);
};

/** What both functions may take (lib/alert-stack.ts), in milliseconds. */
const TIMEOUT = 120_000;

let bundles = {};
let functions = {};
const scripts = new Map();
const ownEnvironment = { ...process.env };
const log = console.log;
// Of each invocation, however many run side by side.
const lines = new AsyncLocalStorage();
console.log = (line) => lines.getStore()?.push(line);

for await (const line of createInterface({ input: process.stdin })) {
  const { id, load, advance, hurry, time, invoke, event } = JSON.parse(line);
  if (load !== undefined) {
    isHurried = false;
    ahead = startedAt - realNow();
    for (const name of Object.keys(process.env)) if (!(name in ownEnvironment)) delete process.env[name];
    Object.assign(process.env, ownEnvironment);
    bundles = load;
    functions = {};
    answer(id, { result: "loaded" });
  } else if (advance !== undefined) {
    ahead += advance;
    answer(id, { result: "advanced" });
  } else if (hurry) {
    isHurried = true;
    answer(id, { result: "hurried" });
  } else if (time) {
    answer(id, { result: { now: Date.now() } });
  } else {
    const end = Date.now() + TIMEOUT;
    const own = [];
    const context = { getRemainingTimeInMillis: () => end - Date.now() };
    lines
      .run(own, async () => {
        functions[invoke] ??= started(bundles[invoke]);
        return functions[invoke](event, context);
      })
      .then(
        (result) => answer(id, { result, lines: own }),
        (error) => answer(id, { error: { errorType: error.name, errorMessage: error.message }, lines: own }),
      );
  }
}

process.exit(); // nobody asks any more

function answer(id, result) {
  log(JSON.stringify({ id, ...result }));
}

/** A new instance's handler. Its compiled code is that of all instances. */
function started({ script, url, variables }) {
  Object.assign(process.env, variables);
  const compiled =
    scripts.get(script) ??
    new Script(`(function (module, exports, require, moduleUrl) {${readFileSync(script, "utf8")}\n})`, {
      filename: script,
      importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    });
  scripts.set(script, compiled);
  const module = { exports: {} };
  compiled.runInThisContext()(module, module.exports, createRequire(url), url);
  return module.exports.handler;
}
