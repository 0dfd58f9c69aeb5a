import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { listedKeys, type Objects, type SigningKey } from "./digests.ts";

/** A bucket that is only read, and CloudTrail's list of keys, for the real clients: quicker than a whole S3. */
export interface LocalBucket {
  readonly endpoint: string;
  /** What a shell needs so that its clients ask here. */
  readonly environment: { readonly [name: string]: string };
  objects: Objects;
  keys: readonly SigningKey[];
  /** Keys of objects that S3 refuses. */
  readonly refused: Set<string>;
  /** The regions that CloudTrail's keys were asked of, and the spans of time, as they came. */
  readonly askedKeys: { readonly region: string; readonly from: number; readonly until: number }[];
  /** AWS's name for why the keys are not told; undefined while they are. */
  keysRefused: string | undefined;
  /** Events that functions were invoked with, by the function's ARN. */
  readonly invoked: { readonly functionArn: string; readonly event: unknown; readonly type: string }[];
  /** How many objects were got. */
  got: number;
  /** How long each answer takes, in milliseconds. */
  latency: number;
  stop(): Promise<void>;
}

const PAGE = 1_000;

/** Starts one on 127.0.0.1. Sources: S3 API Reference, "ListObjectsV2", "GetObject"; CloudTrail's, "ListPublicKeys". */
export async function startBucket(
  objects: Objects = new Map(),
  keys: readonly SigningKey[] = [],
): Promise<LocalBucket> {
  const server = createServer((incoming, outgoing) => void answer(incoming, outgoing));
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    if (bucket.latency > 0) await sleep(bucket.latency);
    const url = new URL(incoming.url ?? "", endpoint);
    const target = String(incoming.headers["x-amz-target"] ?? "");
    if (target.endsWith(".ListPublicKeys")) {
      const { StartTime, EndTime } = JSON.parse(Buffer.concat(chunks).toString());
      const [, region = ""] = /Credential=[^/]+\/\d+\/([^/]+)\//.exec(incoming.headers.authorization ?? "") ?? [];
      bucket.askedKeys.push({ region, from: StartTime * 1000, until: EndTime * 1000 });
      const isRefused = bucket.keysRefused !== undefined;
      outgoing.writeHead(isRefused ? 400 : 200, { "content-type": "application/x-amz-json-1.1" });
      if (isRefused) return void outgoing.end(JSON.stringify({ __type: bucket.keysRefused, message: "no" }));
      return void outgoing.end(JSON.stringify(listedKeys(...bucket.keys)));
    }
    const [, functionArn] = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/.exec(url.pathname) ?? [];
    if (functionArn !== undefined) {
      const event: unknown = JSON.parse(Buffer.concat(chunks).toString());
      const type = String(incoming.headers["x-amz-invocation-type"]);
      bucket.invoked.push({ functionArn: decodeURIComponent(functionArn), event, type });
      return void outgoing.writeHead(202).end();
    }
    const [, , ...rest] = url.pathname.split("/");
    const key = decodeURIComponent(rest.join("/"));
    const xml = (status: number, body: string) =>
      void outgoing.writeHead(status, { "content-type": "text/xml" }).end(body);
    if (url.searchParams.has("location")) return xml(200, "<LocationConstraint>eu-central-1</LocationConstraint>");
    if (key === "") return xml(200, listing(url.searchParams, bucket.objects));
    if (bucket.refused.has(key)) return xml(403, "<Error><Code>AccessDenied</Code><Message>no</Message></Error>");
    const stored = bucket.objects.get(key);
    if (stored === undefined) return xml(404, "<Error><Code>NoSuchKey</Code><Message>none</Message></Error>");
    bucket.got++;
    const headers = Object.entries(stored.metadata).map(([name, value]) => [`x-amz-meta-${name}`, value]);
    outgoing.writeHead(200, { ...Object.fromEntries(headers), "content-length": stored.body.length });
    outgoing.end(stored.body);
  }

  const bucket: LocalBucket = {
    endpoint,
    environment: {
      AWS_ENDPOINT_URL: endpoint,
      AWS_ACCESS_KEY_ID: "local",
      AWS_SECRET_ACCESS_KEY: "local",
      AWS_REGION: "us-east-1",
      AWS_DEFAULT_REGION: "us-east-1",
    },
    objects,
    keys,
    refused: new Set(),
    askedKeys: [],
    keysRefused: undefined,
    invoked: [],
    got: 0,
    latency: 0,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return bucket;
}

function listing(query: URLSearchParams, objects: Objects): string {
  const [prefix, delimiter] = [query.get("prefix") ?? "", query.get("delimiter") ?? ""];
  const after = query.get("continuation-token") ?? query.get("start-after") ?? query.get("marker") ?? "";
  const encoded = (key: string) =>
    query.get("encoding-type") === "url" ? encodeURIComponent(key).replaceAll("%2F", "/") : key;
  const matching = [...objects.keys()].filter((key) => key.startsWith(prefix) && key > after).sort();
  if (delimiter !== "") {
    const folders = matching.flatMap((key) => {
      const [first = "", ...more] = key.slice(prefix.length).split(delimiter);
      return more.length > 0 ? [prefix + first + delimiter] : [];
    });
    const tags = [...new Set(folders)].map(
      (folder) => `<CommonPrefixes><Prefix>${encoded(folder)}</Prefix></CommonPrefixes>`,
    );
    return `<ListBucketResult><IsTruncated>false</IsTruncated>${tags.join("")}</ListBucketResult>`;
  }
  const page = matching.slice(0, PAGE);
  const isCut = matching.length > PAGE;
  const last = page.at(-1) ?? "";
  const next = isCut
    ? `<NextContinuationToken>${last}</NextContinuationToken><NextMarker>${encoded(last)}</NextMarker>`
    : "";
  const contents = page.map((key) => `<Contents><Key>${encoded(key)}</Key></Contents>`);
  const encoding = query.get("encoding-type") === "url" ? "<EncodingType>url</EncodingType>" : "";
  return `<ListBucketResult>${encoding}<IsTruncated>${isCut}</IsTruncated>${next}${contents.join("")}</ListBucketResult>`;
}
