/** Reads a log file in a process of its own, and says how much memory that took at most, in MiB. */
import { createReadStream } from "node:fs";
import { DESK_LIMITS } from "../lambda/core/log-file/limits.ts";
import { readLogFile } from "../lambda/core/log-file/reader.ts";
import { watchMemory } from "../test/support/peak-memory.ts";

const [file = ""] = process.argv.slice(2);
const memory = watchMemory();
let seen = 0;
for await (const slice of readLogFile({ bucket: "bench", key: file }, createReadStream(file), undefined, DESK_LIMITS)) {
  seen += slice.seen;
  memory.look();
}
process.stdout.write(JSON.stringify({ seen, peak: memory.peak }));
