import { ListObjectsV2Command, type S3Client } from "@aws-sdk/client-s3";

/** Pages of a thousand keys: a day of an account and region has 24 digests of each trail. */
const MAX_PAGES = 20;

/** Lists the keys in a bucket that begin so, in order, and not without end. Rejects as S3 does. */
export function listKeysWith(s3: S3Client): (bucket: string, prefix: string) => Promise<readonly string[]> {
  return async (Bucket, Prefix) => {
    const keys: string[] = [];
    let ContinuationToken: string | undefined;
    for (let page = 0; page < MAX_PAGES && (page === 0 || ContinuationToken !== undefined); page++) {
      const answer = await s3.send(new ListObjectsV2Command({ Bucket, Prefix, ContinuationToken }));
      keys.push(...(answer.Contents ?? []).flatMap(({ Key }) => Key ?? []));
      ContinuationToken = answer.NextContinuationToken;
    }
    return keys;
  };
}
