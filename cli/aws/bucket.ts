import type { Readable } from "node:stream";
import { GetObjectCommand, ListObjectsV2Command, type ListObjectsV2CommandOutput, S3Client } from "@aws-sdk/client-s3";
import { refusalOf } from "../sources/refusal.ts";
import { SourceError } from "../sources/source.ts";
import type { Lister, StoredObject } from "../sources/trail-walk.ts";

/** A bucket of which a person reads: there is time, and a profile may ask for more than a function's role does. */
export interface Bucket extends Lister {
  /** An object's bytes. Rejects with the SDK's errors. */
  get(key: string): Promise<Uint8Array>;
  /** An object's bytes as they come, and what its writer noted beside them. Rejects with the SDK's errors. */
  open(key: string): Promise<{ readonly chunks: AsyncIterable<Uint8Array>; readonly metadata: Record<string, string> }>;
}

/** Tries of one request, with longer and longer waits, which is what S3 wants when it is asked too fast. */
const TRIES = 8;
/** Sockets: two requests for each object that is read at a time. */
const SOCKETS = 128;
/** Tries to read a body that breaks off, which the SDK does not do. */
const BODY_TRIES = 3;

/** Opens a bucket in whatever region it is, with the credentials of the shell. */
export async function openBucket(bucket: string): Promise<Bucket> {
  const s3 = await clientOf();

  async function* pages(asked: { Prefix: string; Delimiter?: string; StartAfter?: string | undefined }) {
    let ContinuationToken: string | undefined;
    do {
      let page: ListObjectsV2CommandOutput;
      try {
        page = await s3.send(new ListObjectsV2Command({ Bucket: bucket, ...asked, ContinuationToken }));
      } catch (cause) {
        const { text } = refusalOf(cause, `s3:ListBucket on ${bucket}`);
        throw new SourceError(`s3://${bucket}/${asked.Prefix}: ${text}`, { cause });
      }
      yield page;
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken !== undefined);
  }
  const objectsOf = ({ Contents = [] }: ListObjectsV2CommandOutput): readonly StoredObject[] =>
    Contents.map(({ Key = "", Size = 0 }) => ({ key: Key, size: Size }));

  return {
    async level(prefix) {
      const [folders, objects]: [string[], StoredObject[]] = [[], []];
      for await (const page of pages({ Prefix: prefix, Delimiter: "/" })) {
        folders.push(...(page.CommonPrefixes ?? []).flatMap(({ Prefix }) => Prefix ?? []));
        objects.push(...objectsOf(page));
      }
      return { folders, objects };
    },
    async *below(prefix, after) {
      for await (const page of pages({ Prefix: prefix, StartAfter: after })) yield* objectsOf(page);
    },
    async open(key) {
      const { Body, Metadata = {} } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      // In node the body is a stream of buffers; the SDK's type covers browsers as well.
      return { chunks: Body as unknown as Readable, metadata: Metadata };
    },
    async get(key) {
      for (let attempt = 1; ; attempt++) {
        const { Body, ContentLength } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
        try {
          const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array();
          if (ContentLength === undefined || bytes.length === ContentLength) return bytes;
          throw new Error(`its body broke off after ${bytes.length} of ${ContentLength} bytes`);
        } catch (error) {
          if (attempt >= BODY_TRIES) throw error;
        }
      }
    },
  };
}

async function clientOf(): Promise<S3Client> {
  const settings = {
    maxAttempts: TRIES,
    followRegionRedirects: true,
    requestHandler: {
      connectionTimeout: 5_000,
      socketTimeout: 30_000,
      httpsAgent: { maxSockets: SOCKETS },
      httpAgent: { maxSockets: SOCKETS },
    },
    // Stand-ins for S3 have no host for each bucket.
    ...(process.env.AWS_ENDPOINT_URL !== undefined && { forcePathStyle: true }),
  };
  const client = new S3Client(settings);
  // S3 says in which region a bucket is, but only to those who ask somewhere.
  const region = await client.config.region().catch(() => undefined);
  return region === undefined
    ? new S3Client({ ...settings, region: process.env.AWS_DEFAULT_REGION ?? "us-east-1" })
    : client;
}
