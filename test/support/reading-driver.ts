/** Reads one object from a local S3 in a process of its own, with nothing beside it, and says what that took. */
import { S3Client } from "@aws-sdk/client-s3";
import { fetchObjectWith } from "../../lambda/aws/s3.ts";
import { readLogFile } from "../../lambda/core/log-file/reader.ts";

/** What the process says, as a line of JSON. */
export interface Read {
  readonly seen: number;
  readonly candidates: number;
  readonly fault?: string;
  /** MiB of the process before it reads, and at most. */
  readonly before: number;
  readonly peak: number;
}

const { settings, isPassing } = JSON.parse(process.argv[2] ?? "");
const place = { bucket: "trail", key: "k" };
const before = process.memoryUsage.rss();
let seen = 0;
let candidates = 0;
let fault: string | undefined;
try {
  const { content } = await fetchObjectWith(new S3Client(settings))(place);
  const sieve = isPassing ? { passesOver: () => true } : undefined;
  for await (const slice of readLogFile(place, content, sieve)) {
    seen += slice.seen;
    candidates += slice.candidates.length;
  }
} catch (error) {
  fault = (error as Error).message;
}
const read: Read = {
  seen,
  candidates,
  ...(fault !== undefined && { fault }),
  before: Math.round(before / 2 ** 20),
  peak: Math.round(process.resourceUsage().maxRSS / 1024),
};
process.stdout.write(`${JSON.stringify(read)}\n`);
process.exit();
