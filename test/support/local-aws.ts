import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { CreateTopicCommand, SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import { CreateQueueCommand, GetQueueAttributesCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { buildApp } from "fauxqs";
import { LocalWayOut } from "./local-delivery-path.ts";
import { LocalDynamo } from "./local-dynamodb.ts";

/** A request that the local AWS got: its path and, for SNS, the fields of the call. */
export interface LocalRequest {
  /** The operation of services that name it in a header, DynamoDB for one; else empty. */
  readonly target: string;
  /** True once AWS has done what was asked, whether it was answered or not. */
  isTaken: boolean;
  readonly method: string;
  readonly path: string;
  readonly fields: { readonly [name: string]: string };
}

/** What a fault answers instead of AWS: an HTTP status with an error code. */
export interface Fault {
  readonly status: number;
  readonly code: string;
}

/** S3, SNS, SQS and the part of DynamoDB that the ledger uses in this process, behind a proxy that records what is asked and can refuse it. */
export interface LocalAws {
  readonly clientConfig: ReturnType<typeof clientConfigFor>;
  readonly s3: S3Client;
  readonly sns: SNSClient;
  readonly dynamodb: DynamoDBClient;
  /** The Publish calls that arrived, refused ones included, in order. */
  readonly published: LocalRequest[];
  /** The PutEvents calls that arrived, in the same way. */
  readonly events: { readonly entries: readonly BusEntry[]; isTaken: boolean }[];
  /** What the tick's hourly look sees; all is well unless a test spoils it. */
  deliveryPath: LocalWayOut;
  /**
   * Decides for each request whether it is refused, never answered ("silent"), answered with a body that never ends
   * ("stall") or is cut off ("cut"), done but not answered ("lost"), or not even taken ("reset"); undefined lets it pass.
   */
  refuse: (request: LocalRequest) => Fault | "silent" | "stall" | "cut" | "lost" | "reset" | undefined;
  put(bucket: string, key: string, body: Uint8Array): Promise<void>;
  /** A topic with a queue that is subscribed to it. */
  createTopic(name: string): Promise<{ readonly topicArn: string; receive(): Promise<Delivered[]> }>;
  stop(): Promise<void>;
}

/** What is put on an EventBridge bus. */
export interface BusEntry {
  readonly EventBusName: string;
  readonly Source: string;
  readonly DetailType: string;
  readonly Detail: string;
}

/** What SNS puts into a subscribed queue. */
export interface Delivered {
  readonly Subject?: string;
  readonly Message: string;
}

const HOST = "127.0.0.1";

function clientConfigFor(endpoint: string) {
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  return { endpoint, region: "us-east-1", credentials, forcePathStyle: true, retryMode: "standard", maxAttempts: 1 };
}

export async function startLocalAws(): Promise<LocalAws> {
  const app = buildApp({ logger: false });
  await app.listen({ host: HOST, port: 0 });
  const backend = (app.server.address() as AddressInfo).port;
  const published: LocalRequest[] = [];
  const events: LocalAws["events"] = [];
  const proxy = createServer((incoming, outgoing) => void forward(incoming, outgoing));
  // A client must not write into a connection that is closed because this process was busy for five seconds.
  proxy.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => proxy.listen(0, HOST, resolve));
  const clientConfig = clientConfigFor(`http://${HOST}:${(proxy.address() as AddressInfo).port}`);
  const s3 = new S3Client(clientConfig);
  const sns = new SNSClient(clientConfig);
  const sqs = new SQSClient(clientConfig);
  const dynamodb = new DynamoDBClient(clientConfig);
  const dynamo = new LocalDynamo();

  async function forward(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const isForm = incoming.headers["content-type"]?.includes("x-www-form-urlencoded") ?? false;
    const fields = isForm ? Object.fromEntries(new URLSearchParams(body.toString())) : {};
    const target = String(incoming.headers["x-amz-target"] ?? "");
    const request: LocalRequest = {
      method: incoming.method ?? "",
      path: incoming.url ?? "",
      fields,
      target,
      isTaken: false,
    };
    if (request.fields.Action === "Publish") published.push(request);
    const fault = local.refuse(request);
    if (target === "AWSEvents.PutEvents") {
      const put = { entries: JSON.parse(body.toString()).Entries as readonly BusEntry[], isTaken: fault === undefined };
      events.push(put);
      if (fault === "silent") return;
      const failed = typeof fault === "object" && fault.status === 200;
      const status = typeof fault === "object" ? fault.status : 200;
      const refused = { __type: typeof fault === "object" ? fault.code : "", message: "refused by the test" };
      const entry = failed ? { ErrorCode: refused.__type, ErrorMessage: refused.message } : { EventId: "1" };
      outgoing.writeHead(status, { "content-type": "application/x-amz-json-1.1" });
      outgoing.end(JSON.stringify(status === 200 ? { FailedEntryCount: failed ? 1 : 0, Entries: [entry] } : refused));
      return;
    }
    if (fault === "silent") return;
    if (fault === "stall") {
      outgoing.writeHead(200, { "content-length": "1000" }).write("x");
      return;
    }
    if (fault === "reset") {
      incoming.socket.destroy();
      return;
    }
    if (typeof fault === "object") {
      if (target.startsWith("DynamoDB_")) {
        outgoing.writeHead(fault.status, { "content-type": "application/x-amz-json-1.0" });
        outgoing.end(JSON.stringify({ __type: fault.code, message: "refused by the test" }));
        return;
      }
      const error = `<Error><Code>${fault.code}</Code><Message>refused by the test</Message></Error>`;
      const text = isForm ? `<ErrorResponse>${error}</ErrorResponse>` : error;
      outgoing.writeHead(fault.status, { "content-type": "text/xml" }).end(text);
      return;
    }
    if (target.startsWith("DynamoDB_")) {
      const { status, body: answer } = dynamo.answer(target, JSON.parse(body.toString()));
      if (fault !== undefined) return void incoming.socket.destroy();
      outgoing.writeHead(status, { "content-type": "application/x-amz-json-1.0" }).end(JSON.stringify(answer));
      return;
    }
    const seen = local.deliveryPath.answer(request);
    if (seen !== undefined) {
      const { status, type, date } = seen;
      outgoing.writeHead(status, { "content-type": type, ...(date !== undefined && { date }) }).end(seen.body);
      return;
    }
    const { method, url: path, headers } = incoming;
    request.isTaken = true;
    const passed = httpRequest({ host: HOST, port: backend, method, path, headers }, (answer) => {
      if (fault === "lost") {
        answer.resume().on("end", () => incoming.socket.destroy());
        return;
      }
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
      if (fault === "cut") {
        answer.once("data", (chunk: Buffer) => {
          outgoing.write(chunk.subarray(0, chunk.length / 2), () => incoming.socket.destroy());
        });
        return;
      }
      answer.pipe(outgoing);
    });
    passed.end(body);
  }

  const local: LocalAws = {
    clientConfig,
    s3,
    sns,
    dynamodb,
    published,
    events,
    deliveryPath: new LocalWayOut(""),
    refuse: () => undefined,
    async put(bucket, key, body) {
      await s3.send(new CreateBucketCommand({ Bucket: bucket })).catch(() => undefined);
      await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));
    },
    async createTopic(name) {
      const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: name }));
      const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: `${name}-queue` }));
      const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["QueueArn"] }));
      await sns.send(new SubscribeCommand({ TopicArn, Protocol: "sqs", Endpoint: Attributes?.QueueArn }));
      return {
        topicArn: TopicArn ?? "",
        async receive() {
          const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
          return Messages.map(({ Body = "" }) => asSnsDelivers(JSON.parse(Body) as Delivered));
        },
      };
    },
    async stop() {
      for (const client of [s3, sns, sqs, dynamodb]) client.destroy();
      proxy.closeAllConnections();
      await new Promise((resolve) => proxy.close(resolve));
      await app.close();
    },
  };
  return local;
}

/** fauxqs does not know MessageStructure and delivers all bodies; SNS gives a queue the default one. */
function asSnsDelivers(delivered: Delivered): Delivered {
  return delivered.Message.startsWith('{"default":')
    ? { ...delivered, Message: JSON.parse(delivered.Message).default }
    : delivered;
}
