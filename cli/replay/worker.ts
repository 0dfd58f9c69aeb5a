import { parentPort, workerData } from "node:worker_threads";
import type { DeskFile } from "../records/desk-file.ts";
import { createReading } from "./reading.ts";
import type { Part, ReadingTask } from "./task.ts";

/** What a thread is told to do, by its number. */
export interface Order {
  readonly index: number;
  readonly file: DeskFile;
}

/** What a thread says of a file; without a part, that it is done. */
export interface Answer {
  readonly index: number;
  readonly part?: Part;
}

/** What tells a thread of replay from others; cli/replay.ts asks for it. */
export const THREAD = "trailbell-replay";

/** Reads what the main thread orders, one file after another, until the thread is ended. */
export function serve(): void {
  const { task } = workerData as { readonly task: ReadingTask };
  const say = (answer: Answer) => parentPort?.postMessage(answer);
  let current = 0;
  const read = createReading(task, (_, part) => say({ index: current, part }));
  let last: Promise<void> = Promise.resolve();
  parentPort?.on("message", ({ index, file }: Order) => {
    last = last.then(async () => {
      current = index;
      await read(file);
      say({ index });
    });
    // What the reading does not expect ends the thread, and the main thread hears of it.
    last.catch((error: unknown) => {
      throw error;
    });
  });
}
