import type { Readable } from "node:stream";
import { CloudTrailClient, ListPublicKeysCommand } from "@aws-sdk/client-cloudtrail";
import { GetObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { CLIENT_SETTINGS } from "../../lambda/aws/client-settings.ts";
import type { ListKeys } from "../../lambda/core/digest/key-ring.ts";
import { GoneError, type LogBucket } from "../verify/bucket.ts";

/** Sockets: two requests for each object that is read at a time. */
const SOCKETS = 128;

/** A bucket in S3, with the credentials and the region of the shell; a bucket elsewhere is followed to its region. */
export function s3Bucket(name: string): LogBucket {
  // The SDK's note about versions of node is for those who maintain this, not for those who run it.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";
  const { requestHandler } = CLIENT_SETTINGS;
  const s3 = new S3Client({
    ...CLIENT_SETTINGS,
    requestHandler: { ...requestHandler, httpsAgent: { maxSockets: SOCKETS }, httpAgent: { maxSockets: SOCKETS } },
    maxAttempts: 5,
    followRegionRedirects: true,
    ...(process.env.AWS_ENDPOINT_URL !== undefined && { forcePathStyle: true }),
  });
  return {
    name,
    async folders(Prefix) {
      const found: string[] = [];
      let ContinuationToken: string | undefined;
      do {
        const page = await s3.send(
          new ListObjectsV2Command({ Bucket: name, Prefix, Delimiter: "/", ContinuationToken }),
        );
        found.push(...(page.CommonPrefixes ?? []).flatMap(({ Prefix: one }) => one ?? []));
        ContinuationToken = page.NextContinuationToken;
      } while (ContinuationToken !== undefined);
      return found;
    },
    async *keys(Prefix, StartAfter) {
      let ContinuationToken: string | undefined;
      do {
        const page = await s3.send(
          new ListObjectsV2Command({ Bucket: name, Prefix, StartAfter: StartAfter || undefined, ContinuationToken }),
        );
        for (const { Key } of page.Contents ?? []) if (Key !== undefined) yield Key;
        ContinuationToken = page.NextContinuationToken;
      } while (ContinuationToken !== undefined);
    },
    async open(Key) {
      try {
        const { Body, Metadata = {} } = await s3.send(new GetObjectCommand({ Bucket: name, Key }));
        // In node the body is a stream of buffers; the SDK's type covers browsers as well.
        return { chunks: Body as unknown as Readable, metadata: Metadata };
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
  const clients = new Map<string, CloudTrailClient>();
  return async (region, from, until) => {
    const client = clients.get(region) ?? new CloudTrailClient({ ...CLIENT_SETTINGS, region, maxAttempts: 5 });
    clients.set(region, client);
    const keys: { fingerprint: string; value: Uint8Array }[] = [];
    let NextToken: string | undefined;
    do {
      const page = await client.send(
        new ListPublicKeysCommand({ StartTime: new Date(from), EndTime: new Date(until), NextToken }),
      );
      for (const { Fingerprint, Value } of page.PublicKeyList ?? []) {
        if (Fingerprint !== undefined && Value !== undefined) keys.push({ fingerprint: Fingerprint, value: Value });
      }
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    return keys;
  };
}
