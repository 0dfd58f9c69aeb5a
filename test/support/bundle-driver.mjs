// Runs the produced bundles in a process of their own, as Lambda would: reads one JSON request per line, answers with one.
import { createInterface } from "node:readline";

const realNow = Date.now;
let ahead = 0;
// Requests are signed with the real time, which does not come from Date.now.
Date.now = () => realNow() + ahead;

// A tick that waits for its budget has its time at once.
const realSetTimeout = setTimeout;
globalThis.setTimeout = (callback, time, ...rest) => {
  if (time !== 12_000) return realSetTimeout(callback, time, ...rest);
  ahead += time;
  return realSetTimeout(callback, 1, ...rest);
};

const functions = {};
const log = console.log;
const lines = [];
console.log = (line) => lines.push(line);

for await (const line of createInterface({ input: process.stdin })) {
  const { id, load, advance, invoke, event } = JSON.parse(line);
  if (load !== undefined) {
    for (const [name, { file, variables }] of Object.entries(load)) {
      Object.assign(process.env, variables);
      functions[name] = (await import(file)).handler;
    }
    answer(id, { result: "loaded" });
  } else if (advance !== undefined) {
    ahead += advance;
    answer(id, { result: "advanced" });
  } else {
    functions[invoke](event).then(
      (result) => answer(id, { result }),
      (error) => answer(id, { error: { errorType: error.name, errorMessage: error.message } }),
    );
  }
}

process.exit(); // nobody asks any more

function answer(id, result) {
  log(JSON.stringify({ id, ...result, lines: lines.splice(0) }));
}
