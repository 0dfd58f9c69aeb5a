import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { ACCOUNT } from "./log-files.ts";

/** A request that came: "list", "get", "lookup" or "sts", what it asked for, and when. */
export interface TrailRequest {
  readonly kind: "list" | "get" | "lookup" | "sts";
  /** The prefix, the key, or the region. */
  readonly of: string;
  /** Of a list: where it starts. */
  readonly after?: string;
  readonly at: number;
}

/** An event of Event history. */
export interface HistoryEvent {
  readonly region: string;
  readonly time: number;
  readonly id: string;
  readonly json: string;
}

/**
 * S3's lists and objects, CloudTrail's LookupEvents and STS's GetCallerIdentity, for real SDK clients in processes of their
 * own. Pages are small. (moto has no LookupEvents, and no throttling or expiry.)
 * Source: S3 API Reference, "ListObjectsV2"; CloudTrail API Reference, "LookupEvents".
 */
export interface LocalTrail {
  /** Variables that lead the SDK here. */
  environment: { readonly [name: string]: string };
  readonly objects: Map<string, Buffer>;
  events: readonly HistoryEvent[];
  readonly asked: TrailRequest[];
  /** AWS's name of an error that a request is refused with. */
  refuse: (request: TrailRequest) => string | undefined;
  /** How long an object takes, in milliseconds. */
  delay: number;
  stop(): Promise<void>;
}

const KEYS_A_PAGE = 7;
const EVENTS_A_PAGE = 5;
const STATUS: { readonly [code: string]: number } = {
  SlowDown: 503,
  NoSuchKey: 404,
  NoSuchBucket: 404,
  AccessDenied: 403,
};

export async function startLocalTrail(bucket: string): Promise<LocalTrail> {
  const server = createServer((incoming, outgoing) => void answer(incoming, outgoing));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const trail: LocalTrail = {
    environment: {
      AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      AWS_ACCESS_KEY_ID: "AKIALOCAL",
      AWS_SECRET_ACCESS_KEY: "local",
      AWS_REGION: "eu-central-1",
      AWS_PROFILE: "",
      AWS_CONFIG_FILE: "/nowhere",
      AWS_SHARED_CREDENTIALS_FILE: "/nowhere",
    },
    objects: new Map(),
    events: [],
    asked: [],
    refuse: () => undefined,
    delay: 0,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };

  async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const url = new URL(incoming.url ?? "", "http://local");
    const [, , region = ""] = /Credential=[^/]+\/\d+\/([^/]+)/.exec(incoming.headers.authorization ?? "") ?? [];
    const signed = /Credential=[^/]+\/\d+\/([^/]+)\/(\w+)/.exec(incoming.headers.authorization ?? "");
    const target = String(incoming.headers["x-amz-target"] ?? "");
    const key = decodeURIComponent(url.pathname).slice(bucket.length + 2);
    const request: TrailRequest = target.endsWith(".LookupEvents")
      ? { kind: "lookup", of: signed?.[1] ?? region, at: Date.now() }
      : incoming.method === "POST"
        ? { kind: "sts", of: "", at: Date.now() }
        : url.searchParams.has("list-type")
          ? {
              kind: "list",
              of: url.searchParams.get("prefix") ?? "",
              at: Date.now(),
              ...(url.searchParams.has("start-after") && { after: url.searchParams.get("start-after") ?? "" }),
            }
          : { kind: "get", of: key, at: Date.now() };
    trail.asked.push(request);
    const code = trail.refuse(request) ?? (request.kind === "get" && !trail.objects.has(key) ? "NoSuchKey" : undefined);
    if (code !== undefined) {
      const isJson = request.kind === "lookup";
      const text = isJson
        ? JSON.stringify({ __type: code, message: "refused by the test" })
        : `<Error><Code>${code}</Code><Message>refused by the test</Message></Error>`;
      outgoing.writeHead(STATUS[code] ?? 400, { "content-type": isJson ? "application/x-amz-json-1.1" : "text/xml" });
      outgoing.end(text);
      return;
    }
    if (request.kind === "get") {
      await sleep(trail.delay);
      outgoing.writeHead(200, { "content-type": "binary/octet-stream" }).end(trail.objects.get(key));
    } else if (request.kind === "list") {
      outgoing.writeHead(200, { "content-type": "text/xml" }).end(listed(url.searchParams));
    } else if (request.kind === "sts") {
      const result = `<GetCallerIdentityResult><Account>${ACCOUNT}</Account></GetCallerIdentityResult>`;
      outgoing
        .writeHead(200, { "content-type": "text/xml" })
        .end(`<GetCallerIdentityResponse>${result}</GetCallerIdentityResponse>`);
    } else {
      outgoing
        .writeHead(200, { "content-type": "application/x-amz-json-1.1" })
        .end(looked(request.of, JSON.parse(body)));
    }
  }

  function listed(query: URLSearchParams): string {
    const [prefix, delimiter] = [query.get("prefix") ?? "", query.get("delimiter") ?? ""];
    const after = query.get("continuation-token") ?? query.get("start-after") ?? "";
    const entries = new Map<string, string>();
    for (const key of [...trail.objects.keys()].sort()) {
      if (!key.startsWith(prefix)) continue;
      const end = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
      const name = end === -1 ? key : key.slice(0, end + 1);
      if (name <= after || entries.has(name)) continue;
      const size = trail.objects.get(key)?.length ?? 0;
      const tag =
        end === -1
          ? `<Contents><Key>${xml(name)}</Key><Size>${size}</Size></Contents>`
          : `<CommonPrefixes><Prefix>${xml(name)}</Prefix></CommonPrefixes>`;
      entries.set(name, tag);
    }
    const page = [...entries].slice(0, KEYS_A_PAGE);
    const hasMore = entries.size > page.length;
    const next = hasMore ? `<NextContinuationToken>${xml(page.at(-1)?.[0] ?? "")}</NextContinuationToken>` : "";
    return `<ListBucketResult><IsTruncated>${hasMore}</IsTruncated>${next}${page.map(([, tag]) => tag).join("")}</ListBucketResult>`;
  }

  function looked(region: string, asked: { StartTime: number; EndTime: number; NextToken?: string }): string {
    const matching = trail.events
      .filter(
        (event) =>
          event.region === region && event.time >= asked.StartTime * 1000 && event.time <= asked.EndTime * 1000,
      )
      .toSorted((a, b) => b.time - a.time);
    const start = Number(asked.NextToken ?? 0);
    const page = matching.slice(start, start + EVENTS_A_PAGE);
    return JSON.stringify({
      Events: page.map(({ id, time, json }) => ({ EventId: id, EventTime: time / 1000, CloudTrailEvent: json })),
      ...(start + EVENTS_A_PAGE < matching.length && { NextToken: String(start + EVENTS_A_PAGE) }),
    });
  }
  return trail;
}

function xml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
