import { type LogObject, s3Uri } from "../envelope/log-object.ts";
import { isWhole } from "../log-file/content.ts";
import type { FetchedObject } from "../log-file/fetched.ts";
import { valueAt } from "../record/record.ts";
import { type DigestFile, DigestFileError, readDigestFile } from "./digest-file.ts";
import type { FoundDigest } from "./judge.ts";

/** Digests that are held at a time. */
const MAX_FETCHED = 40;

/** The reader of digests refuses what is larger. */
const MAX_STORED = 2 ** 25;

/** The digests of one invocation: each is fetched once, though it may be looked at twice. */
export class FetchedDigests {
  readonly #fetch: (logObject: LogObject) => Promise<FetchedObject>;
  readonly #found = new Map<string, FoundDigest>();

  constructor(fetch: (logObject: LogObject) => Promise<FetchedObject>) {
    this.#fetch = fetch;
  }

  /** Rejects as a log object's fetch does. */
  async get(logObject: LogObject): Promise<FoundDigest> {
    const place = s3Uri(logObject);
    const known = this.#found.get(place);
    if (known !== undefined) return known;
    const { content, metadata = {} } = await this.#fetch(logObject);
    const found = { logObject, stored: await wholeOf(content), metadata };
    if (this.#found.size >= MAX_FETCHED) this.#found.clear();
    this.#found.set(place, found);
    return found;
  }

  /** What a digest says, whether that is true or not; undefined if it is not there, or nobody can read it. */
  async said(logObject: LogObject): Promise<DigestFile | undefined> {
    try {
      return readDigestFile(logObject, (await this.get(logObject)).stored);
    } catch (error) {
      if (error instanceof DigestFileError || valueAt(error, "isPermanent") === true) return undefined;
      throw error;
    }
  }
}

async function wholeOf(content: FetchedObject["content"]): Promise<Uint8Array> {
  if (isWhole(content)) return content;
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of content) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > MAX_STORED) break;
  }
  return Buffer.concat(chunks);
}
