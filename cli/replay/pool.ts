import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { plainName } from "../../lambda/core/envelope/log-object.ts";
import type { DeskFile } from "../records/desk-file.ts";
import { createReading } from "./reading.ts";
import type { Part, ReadingTask, TakePart } from "./task.ts";
import { type Answer, type Order, THREAD } from "./worker.ts";

/** Files that are read in a row, until the signal stops it. */
export interface Reading {
  readonly files: Iterable<DeskFile> | AsyncIterable<DeskFile>;
  readonly task: ReadingTask;
  /** Parts of files, in the order of the files. */
  readonly take: TakePart;
  /** A file was read to its end, and so were all before it. */
  readonly done: (file: DeskFile) => void;
  readonly stop: AbortSignal;
}

/** Reads files in this thread. */
export async function readHere({ files, task, take, done, stop }: Reading): Promise<void> {
  const read = createReading(task, (file, part) => {
    // What is still read after the stop is of no use any more.
    if (!stop.aborted) take(file, part);
  });
  await orStopped(stop, async () => {
    for await (const file of files) {
      if (stop.aborted) return;
      await read(file);
      if (stop.aborted) return;
      done(file);
      // Signals are heard only between turns.
      await new Promise(setImmediate);
    }
  });
}

/** Waits for work, or for the stop: what is being read may be a pipe that delivers nothing. */
async function orStopped(stop: AbortSignal, work: () => Promise<void>): Promise<void> {
  const stopped = new Promise<void>((resolve) => stop.addEventListener("abort", () => resolve()));
  await Promise.race([work(), stopped]);
}

/** What a thread has in hand at once, so that it never waits for the next file. */
const IN_HAND = 3;
/** How far threads may be ahead of the file that is next to be handed on: in files, and in characters found. */
const AHEAD = 64;
const MAX_HELD = 64 * 2 ** 20;

/** Reads files in threads; their order stays. `entry` is the module that serves in a thread. */
export async function readInThreads(reading: Reading, threads: number, entry: string): Promise<void> {
  const { files, task, take, done, stop } = reading;
  const waiting = new Map<number, { readonly file: DeskFile; readonly parts: Part[]; isDone: boolean }>();
  let next = 0;
  let held = 0;
  let failure: unknown;
  let wake = () => {};

  const handOn = () => {
    for (let one = waiting.get(next); one !== undefined; one = waiting.get(next)) {
      for (const part of one.parts.splice(0)) {
        held -= sizeOf(part);
        take(one.file, part);
      }
      if (!one.isDone) return;
      waiting.delete(next);
      next++;
      done(one.file);
    }
  };
  const workers = Array.from({ length: threads }, () => {
    const own = { worker: startWorker(entry, task), inHand: new Map<number, string>() };
    own.worker.on("message", ({ index, part }: Answer) => {
      const one = waiting.get(index);
      if (one === undefined || stop.aborted) return;
      if (part === undefined) {
        one.isDone = true;
        own.inHand.delete(index);
      } else {
        one.parts.push(part);
        held += sizeOf(part);
      }
      handOn();
      wake();
    });
    own.worker.on("error", (cause) => {
      const [file = "a file"] = own.inHand.values();
      failure ??= new Error(`${file}: the thread that read it ended: ${cause.message}`, { cause });
      wake();
    });
    return own;
  });
  stop.addEventListener("abort", () => wake());
  /** Waits until something is true; false if the reading was stopped before. */
  const until = async (isTrue: () => boolean): Promise<boolean> => {
    while (!isTrue()) {
      if (failure !== undefined) throw failure;
      if (stop.aborted) return false;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    return true;
  };

  const order = async () => {
    let index = 0;
    for await (const file of files) {
      const free = () => workers.find(({ inHand }) => inHand.size < IN_HAND);
      const hasRoom = () => free() !== undefined && index - next < AHEAD && held < MAX_HELD;
      if (!(await until(hasRoom))) return;
      const least = workers.reduce((a, b) => (b.inHand.size < a.inHand.size ? b : a));
      least.inHand.set(index, file.name);
      waiting.set(index, { file, parts: [], isDone: false });
      const one: Order = { index, file };
      least.worker.postMessage(one, ownBuffers(file));
      index++;
    }
    await until(() => next === index);
  };
  try {
    await orStopped(stop, order);
  } finally {
    await Promise.all(workers.map(({ worker }) => worker.terminate()));
  }
}

/** Bytes that can be handed over instead of copied: no other file shares their memory. */
function ownBuffers({ content }: DeskFile): ArrayBuffer[] {
  if (typeof content === "string" || !(content.buffer instanceof ArrayBuffer)) return [];
  return content.byteLength === content.buffer.byteLength && content.byteLength > 0 ? [content.buffer] : [];
}

function sizeOf({ lines, found }: Part): number {
  return lines.length + found.reduce((sum, { json }) => sum + json.length, 0);
}

function startWorker(entry: string, task: ReadingTask): Worker {
  const options = { workerData: { thread: THREAD, task } };
  if (!/\.ts(?:\?|$)/.test(entry)) return new Worker(new URL(entry), options);
  // tsx does not follow into threads of node 20 by itself.
  const register = JSON.stringify(import.meta.resolve("tsx/esm/api"));
  const code = `import(${register}).then(({ register }) => { register(); return import(${JSON.stringify(entry)}); })`;
  return new Worker(code, { ...options, eval: true });
}

/** What one thread reads in the time that others take to start: bytes of JSON. */
const WORTH_THREADS = 16 * 2 ** 20;
const MAX_THREADS = 8;
/** How much smaller log files get by gzip, about. */
const GZIP = 10;

/** How many threads are worth their start for these files; 0 if one is enough. */
export function threadsFor(files: readonly Pick<DeskFile, "name" | "size">[]): number {
  const bytes = files.reduce((sum, { name, size = 0 }) => sum + size * (plainName(name) === name ? 1 : GZIP), 0);
  const threads = Math.min(availableParallelism(), MAX_THREADS, files.length);
  return threads < 2 || bytes < WORTH_THREADS ? 0 : threads;
}
