// Runs the produced bundles in a process of their own, as Lambda would: reads one JSON request per line, answers with one.
// It may be told to load bundles again: they start anew, as a new instance does, with the clock where it was at first.
import { AsyncLocalStorage } from "node:async_hooks";
import { createInterface } from "node:readline";

const realNow = Date.now;
const started = realNow();
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

const functions = {};
const ownEnvironment = { ...process.env };
let loads = 0;
const log = console.log;
// Of each invocation, however many run side by side.
const lines = new AsyncLocalStorage();
console.log = (line) => lines.getStore()?.push(line);

for await (const line of createInterface({ input: process.stdin })) {
  const { id, load, advance, hurry, time, invoke, event } = JSON.parse(line);
  if (load !== undefined) {
    isHurried = false;
    ahead = started - realNow();
    loads++;
    for (const name of Object.keys(process.env)) if (!(name in ownEnvironment)) delete process.env[name];
    Object.assign(process.env, ownEnvironment);
    for (const [name, { file, variables }] of Object.entries(load)) {
      Object.assign(process.env, variables);
      functions[name] = (await import(`${file}?${loads}`)).handler;
    }
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
      .run(own, () => functions[invoke](event, context))
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
