import { pMapIterable } from "p-map";
import type { DeskFile } from "../records/desk-file.ts";
import { refusalOf } from "./refusal.ts";
import type { ResumePoint } from "./resume-point.ts";
import type { S3Location } from "./s3-location.ts";
import { type Source, SourceError } from "./source.ts";
import { type StoredObject, trailObjects, type Window } from "./trail-walk.ts";

/** Objects that are fetched at once, and those that wait to be read beside them. */
const AT_ONCE = 16;
const AHEAD = 32;
/** Keys of a first look that judges how much there is to do. */
const SAMPLE = 300;
/** So many objects in a row that cannot be fetched are no accident. */
const MAX_FAILED = 25;

/** The log files below a place in S3 that may hold records of a window; they are fetched while others are read. */
export async function s3Source(
  { bucket, prefix }: S3Location,
  window: Window,
  resumePoint: ResumePoint,
): Promise<Source> {
  const { openBucket } = await import("../aws/bucket.ts");
  const { get, ...lister } = await openBucket(bucket);
  const listed = trailObjects(lister, prefix, window);
  let [files, bytes, failed] = [0, 0, 0];
  let [isListed, isEmpty] = [false, true];

  const nameOf = (key: string) => `s3://${bucket}/${key}`;
  async function* counted(): AsyncGenerator<StoredObject, void, undefined> {
    for await (const object of listed) {
      isEmpty = false;
      if (resumePoint.isBehind(nameOf(object.key))) continue;
      files++;
      bytes += object.size;
      yield object;
    }
    isListed = true;
    if (isEmpty) throw new SourceError(`${nameOf(prefix)}: there is no log file of that time`);
  }
  async function fetched({ key, size }: StoredObject): Promise<DeskFile> {
    const file = { name: nameOf(key), logObject: { bucket, key }, size };
    try {
      const content = await get(key);
      failed = 0;
      return { ...file, content };
    } catch (error) {
      const { text, isFinal } = refusalOf(error, "s3:GetObject on it, and kms:Decrypt on its key if it has one");
      if (isFinal || ++failed >= MAX_FAILED) throw new SourceError(`${file.name}: ${text}`, { cause: error });
      return { ...file, content: new Uint8Array(), unread: text };
    }
  }

  const objects = counted();
  const sample: StoredObject[] = [];
  while (sample.length < SAMPLE) {
    const next = await objects.next();
    if (next.done) break;
    sample.push(next.value);
  }
  async function* all() {
    yield* sample;
    yield* objects;
  }
  return {
    files: pMapIterable(all(), fetched, { concurrency: AT_ONCE, backpressure: AHEAD }),
    sample: sample.map(({ key, size }) => ({ name: key, size })),
    known: () => (isListed ? { files, bytes } : {}),
  };
}
