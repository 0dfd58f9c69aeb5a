import { workerData } from "node:worker_threads";
import { runCommand } from "./usage.ts";

// This module is the command, and also what each of its threads starts with.
if (workerData?.thread === "trailbell-replay") {
  const { serve } = await import("./replay/worker.ts");
  serve();
} else {
  await runCommand(async (args) => {
    const { replay } = await import("./replay/command.ts");
    return replay(args, import.meta.url);
  });
}
