import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { S3Client } from "@aws-sdk/client-s3";

/** A stored object: its bytes, in parts that may be the same buffer many times over. */
export interface StoredObject {
  readonly parts: readonly Buffer[];
  readonly etag: string;
}

/** How an answer's body is sent; left out, whole and at once. */
export interface Sending {
  /** Bytes of each write, in turn. */
  readonly pieces?: readonly number[];
  /** After so many bytes nothing more comes. */
  readonly stallAfter?: number;
  /** After so many bytes the connection is reset. */
  readonly resetAfter?: number;
  /** After so many bytes the body ends, though the answer's length says otherwise. */
  readonly endAfter?: number;
  /** No length is said. */
  readonly isWithoutLength?: boolean;
  readonly ignoresRange?: boolean;
}

/** A GetObject that arrived. */
export interface GetRequest {
  readonly key: string;
  readonly range: string | undefined;
  readonly ifMatch: string | undefined;
  /** Bytes of the body that were written. */
  sent: number;
  /** True once the client has hung up, or has got everything. */
  isClosed: boolean;
}

/** An S3 that only knows GetObject, and sends bodies as a test likes. */
export interface LocalS3 {
  readonly s3: S3Client;
  readonly settings: ReturnType<typeof settingsFor>;
  readonly objects: Map<string, StoredObject>;
  readonly requests: GetRequest[];
  /** Decides how the next answer is sent; may change what is stored. */
  sending: (request: GetRequest) => Sending;
  stop(): Promise<void>;
}

const HOST = "127.0.0.1";

function settingsFor(endpoint: string) {
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  return { endpoint, region: "us-east-1", credentials, forcePathStyle: true, maxAttempts: 1 };
}

export async function startLocalS3(): Promise<LocalS3> {
  const server = createServer((incoming, outgoing) => void answer(incoming, outgoing).catch(() => outgoing.destroy()));
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
  const settings = settingsFor(`http://${HOST}:${(server.address() as AddressInfo).port}`);
  const s3 = new S3Client(settings);

  async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { range, "if-match": ifMatch } = incoming.headers;
    const [path = ""] = (incoming.url ?? "").split("?");
    const key = decodeURIComponent(path.split("/").slice(2).join("/"));
    const request: GetRequest = { key, range, ifMatch, sent: 0, isClosed: false };
    outgoing.on("close", () => {
      request.isClosed = true;
    });
    local.requests.push(request);
    const sending = local.sending(request);
    const stored = local.objects.get(key);
    if (stored === undefined) return refuse(outgoing, 404, "NoSuchKey");
    if (ifMatch !== undefined && ifMatch !== stored.etag) return refuse(outgoing, 412, "PreconditionFailed");
    const size = stored.parts.reduce((sum, part) => sum + part.length, 0);
    const from = sending.ignoresRange ? 0 : Number(/^bytes=(\d+)-$/.exec(range ?? "")?.[1] ?? 0);
    outgoing.writeHead(from > 0 ? 206 : 200, {
      etag: stored.etag,
      ...(!sending.isWithoutLength && { "content-length": size - from }),
      ...(from > 0 && { "content-range": `bytes ${from}-${size - 1}/${size}` }),
    });
    await send(outgoing, request, stored.parts, from, sending);
  }

  const local: LocalS3 = {
    s3,
    settings,
    objects: new Map(),
    requests: [],
    sending: () => ({}),
    async stop() {
      s3.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return local;
}

function refuse(outgoing: ServerResponse, status: number, code: string): void {
  outgoing.writeHead(status, { "content-type": "text/xml" });
  outgoing.end(`<Error><Code>${code}</Code><Message>refused by the test</Message></Error>`);
}

async function send(
  outgoing: ServerResponse,
  request: GetRequest,
  parts: readonly Buffer[],
  from: number,
  { pieces, stallAfter, resetAfter, endAfter }: Sending,
): Promise<void> {
  const end = Math.min(...[stallAfter, resetAfter, endAfter].map((limit) => limit ?? Number.POSITIVE_INFINITY));
  let before = 0;
  let turn = 0;
  for (const part of parts) {
    for (let at = Math.max(0, from - before); at < part.length && request.sent < end && !request.isClosed; ) {
      const piece = part.subarray(at, at + Math.min(pieces?.[turn++ % pieces.length] ?? 2 ** 16, end - request.sent));
      at += piece.length;
      request.sent += piece.length;
      const isRoom = outgoing.write(piece);
      if (!isRoom) await room(outgoing);
    }
    before += part.length;
  }
  if (request.sent === end && stallAfter !== undefined) return;
  if (request.sent === end && (resetAfter ?? endAfter) !== undefined) {
    await sleep(20); // so that what was written arrives first
    if (resetAfter === undefined) outgoing.socket?.end();
    else outgoing.socket?.resetAndDestroy();
    return;
  }
  outgoing.end();
}

/** Waits until there is room for more, or nobody who wants it. */
async function room(outgoing: ServerResponse): Promise<void> {
  await new Promise<void>((resolve) => {
    const done = () => {
      outgoing.off("drain", done).off("close", done);
      resolve();
    };
    outgoing.on("drain", done).on("close", done);
  });
}
