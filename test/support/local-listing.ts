import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** An object as a bucket lists it; the time in milliseconds since the epoch. */
export interface Listed {
  readonly key: string;
  readonly at: number;
}

/** A bucket that can only be listed, in pages of a thousand keys as S3 has them, with times of one's own. */
export interface LocalListing {
  readonly endpoint: string;
  objects: readonly Listed[];
  /** The queries that came. */
  readonly asked: URLSearchParams[];
  stop(): Promise<void>;
}

const PAGE = 1_000;

/** Starts one on 127.0.0.1. Source: S3 API Reference, "ListObjectsV2". */
export async function startListing(): Promise<LocalListing> {
  const asked: URLSearchParams[] = [];
  const server = createServer((incoming, outgoing) => {
    const query = new URL(incoming.url ?? "", "http://local").searchParams;
    asked.push(query);
    outgoing.writeHead(200, { "content-type": "text/xml" }).end(answerTo(query, listing.objects));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const listing: LocalListing = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    objects: [],
    asked,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return listing;
}

function answerTo(query: URLSearchParams, objects: readonly Listed[]): string {
  const [prefix, delimiter] = [query.get("prefix") ?? "", query.get("delimiter") ?? ""];
  const after = query.get("continuation-token") ?? query.get("start-after") ?? "";
  const matching = objects.filter(({ key }) => key.startsWith(prefix)).toSorted((a, b) => (a.key < b.key ? -1 : 1));
  if (delimiter !== "") {
    const folders = matching.map(({ key }) => prefix + key.slice(prefix.length).split(delimiter, 1)[0] + delimiter);
    const tags = [...new Set(folders)].map((folder) => `<CommonPrefixes><Prefix>${folder}</Prefix></CommonPrefixes>`);
    return `<ListBucketResult>${tags.join("")}</ListBucketResult>`;
  }
  const left = matching.filter(({ key }) => key > after);
  const page = left.slice(0, PAGE);
  const contents = page.map(
    ({ key, at }) => `<Contents><Key>${key}</Key><LastModified>${new Date(at).toISOString()}</LastModified></Contents>`,
  );
  const next = left.length > PAGE ? `<NextContinuationToken>${page.at(-1)?.key}</NextContinuationToken>` : "";
  return `<ListBucketResult><IsTruncated>${next !== ""}</IsTruncated>${next}${contents.join("")}</ListBucketResult>`;
}
