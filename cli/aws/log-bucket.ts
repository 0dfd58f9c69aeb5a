import { S3Client } from "@aws-sdk/client-s3";
import { listPublicKeysAs } from "../../lambda/aws/public-keys.ts";
import type { ListKeys } from "../../lambda/core/digest/key-ring.ts";
import { GoneError, type LogBucket } from "../verify/bucket.ts";
import { openBucket } from "./bucket.ts";

/** A bucket in S3, with the credentials and the region of the shell; a bucket elsewhere is followed to its region. */
export async function s3Bucket(name: string): Promise<LogBucket> {
  const bucket = await openBucket(name);
  return {
    name,
    folders: async (prefix) => (await bucket.level(prefix)).folders,
    async *keys(prefix, after) {
      for await (const { key } of bucket.below(prefix, after || undefined)) yield key;
    },
    async open(key) {
      try {
        return await bucket.open(key);
      } catch (error) {
        const { name: reason, message } = error instanceof Error ? error : new Error(String(error));
        if (reason === "NoSuchKey" || reason === "NotFound") throw new GoneError(message, { cause: error });
        throw error;
      }
    },
  };
}

/** CloudTrail's public keys, asked in each region that digests come from. */
export function listPublicKeys(): ListKeys {
  return listPublicKeysAs(new S3Client({}).config);
}
