import { createReadStream, existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { DigestMetadata } from "../../lambda/core/digest/signature.ts";
import { isObject, textAt } from "../../lambda/core/record/record.ts";
import { GoneError, type LogBucket } from "./bucket.ts";

/** Where the objects of a copy lay. */
export interface CopiedFrom {
  readonly bucket: string;
  /** What `aws s3 sync` left out of the keys: empty, or with a slash at its end. */
  readonly prefix: string;
}

/** What lies beside a copied digest: S3 keeps its signature there, and a file system has no place for it. */
const SIDECAR = ".metadata.json";

/** A copy of a bucket, or of a part of it, as `aws s3 sync` leaves it. */
export function folderBucket(folder: string, { bucket, prefix }: CopiedFrom): LogBucket {
  const pathOf = (key: string) => join(folder, key.slice(prefix.length));
  function* below(key: string): Generator<string> {
    for (const entry of entriesOf(pathOf(key))) {
      if (entry.endsWith("/")) yield* below(key + entry);
      else if (!entry.endsWith(SIDECAR)) yield key + entry;
    }
  }
  return {
    name: bucket,
    async folders(start) {
      // What lies above the copy has one folder only: the next one on the way to it.
      if (prefix.startsWith(start) && prefix !== start) {
        const [next = ""] = prefix.slice(start.length).split("/", 1);
        return [`${start}${next}/`];
      }
      if (!start.startsWith(prefix)) return [];
      return entriesOf(pathOf(start)).flatMap((entry) => (entry.endsWith("/") ? [start + entry] : []));
    },
    async *keys(start, after = "") {
      if (!start.startsWith(prefix)) return;
      for (const key of below(start)) if (key > after) yield key;
    },
    async open(key) {
      const path = pathOf(key);
      if (!key.startsWith(prefix) || !existsSync(path)) throw new GoneError(`there is no ${path}`);
      return { chunks: createReadStream(path), metadata: sidecarOf(path) };
    },
  };
}

/** Names in S3's order, with a slash behind those of folders. */
function entriesOf(path: string): readonly string[] {
  if (!existsSync(path)) return [];
  return readdirSync(path, { withFileTypes: true })
    .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name))
    .sort((a, b) => (a < b ? -1 : 1));
}

/** What `aws s3api head-object` printed of the digest, or only its Metadata. */
function sidecarOf(path: string): DigestMetadata | undefined {
  if (!existsSync(path + SIDECAR)) return undefined;
  const said: unknown = JSON.parse(readFileSync(path + SIDECAR, "utf8"));
  const metadata = isObject(said) && isObject(said.Metadata) ? said.Metadata : said;
  if (!isObject(metadata)) return {};
  return Object.fromEntries(Object.entries(metadata).map(([name, value]) => [name.toLowerCase(), String(value)]));
}

/** How many digests are asked where they lay. */
const ASKED = 200;

/**
 * Where the objects of a copy lay, by what most of its digests say of themselves; undefined if it has none. Somebody who
 * can write a few digests can therefore not move the others.
 */
export function copiedFrom(folder: string): CopiedFrom | undefined {
  const votes = new Map<string, number>();
  let asked = 0;
  for (const path of digestsBelow(folder, "")) {
    if (asked++ >= ASKED) break;
    const place = statedPlace(join(folder, path), path);
    if (place !== undefined) votes.set(place, (votes.get(place) ?? 0) + 1);
  }
  const [winner] = [...votes].sort(([, a], [, b]) => b - a)[0] ?? [];
  if (winner === undefined) return undefined;
  const [bucket = "", prefix = ""] = winner.split("\n");
  return { bucket, prefix };
}

function* digestsBelow(folder: string, path: string): Generator<string> {
  for (const entry of entriesOf(join(folder, path))) {
    if (entry.endsWith("/")) {
      if (entry !== "CloudTrail/") yield* digestsBelow(folder, path + entry);
    } else if (entry.includes("_CloudTrail-Digest_") && entry.endsWith(".json.gz")) yield path + entry;
  }
}

function statedPlace(file: string, path: string): string | undefined {
  try {
    const said: unknown = JSON.parse(gunzipSync(readFileSync(file), { maxOutputLength: 64 * 2 ** 20 }).toString());
    const [bucket, key] = [textAt(said, "digestS3Bucket"), textAt(said, "digestS3Object")];
    const isHere = key === path || key?.endsWith(`/${path}`);
    return bucket !== undefined && key !== undefined && isHere ? `${bucket}\n${key.slice(0, -path.length)}` : undefined;
  } catch {
    return undefined;
  }
}
