// Runs the commands of cli/ one after another in this process, each from its entry on, as often as it is told to. What their
// modules have in common stays, and with it what makes the first run slow: a process of one's own takes six times as long.
import { setClock } from "./clock.mjs";

const written = { stdout: "", stderr: "" };
for (const name of Object.keys(written)) {
  process[name].write = (text) => {
    written[name] += text;
    return true;
  };
}

const home = process.cwd();
let runs = 0;
process.on("message", async ({ name, args, at, environment, folder = home }) => {
  Object.assign(written, { stdout: "", stderr: "" });
  if (at !== undefined) setClock(at);
  for (const variable of Object.keys(process.env)) if (!(variable in environment)) delete process.env[variable];
  Object.assign(process.env, environment);
  process.chdir(folder);
  process.argv = [process.execPath, name, ...args];
  process.exitCode = 0;
  runs++;
  await import(`../../.commands/${name}.mjs?${runs}`);
  process.emit("beforeExit", process.exitCode); // CDK's app writes what it made then
  process.stdout.removeAllListeners("error"); // each run adds its own
  process.send({ code: process.exitCode, ...written });
});
