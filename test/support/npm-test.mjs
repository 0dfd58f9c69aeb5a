// Runs the suites, with jest's arguments if there are any, and beside them what else must hold. What fails is said at once,
// and by its name in the end.
import { spawn } from "node:child_process";

const BESIDE = ["types", "lint"];
/** Two that compute and two for suites that wait (runner.cjs) keep two cores busy. */
const WORKERS = ["--maxWorkers=4"];
const given = process.argv.slice(2);
const failed = [];

function script(name, args, stdio) {
  const child = spawn("npm", ["run", "--silent", name, "--", ...args], { stdio });
  const output = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => output.push(chunk));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      if (code !== 0) {
        failed.push(name);
        if (output.length > 0) process.stderr.write(`\n${Buffer.concat(output)}\nnpm run ${name} failed\n\n`);
      }
      resolve();
    });
  });
}

await Promise.all([
  script(
    "jest",
    [...(given.some((arg) => /^(?:--maxWorkers|-w|-i|--runInBand)/.test(arg)) ? [] : WORKERS), ...given],
    "inherit",
  ),
  ...BESIDE.map((name) => script(name, [], ["ignore", "pipe", "pipe"])),
]);
if (failed.length > 0) {
  process.stderr.write(`failed: ${failed.join(", ")}\n`);
  process.exitCode = 1;
}
