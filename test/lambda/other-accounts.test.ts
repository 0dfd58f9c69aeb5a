import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { S3Client } from "@aws-sdk/client-s3";
import { SNSClient } from "@aws-sdk/client-sns";
import { credentialsOf } from "../../lambda/aws/assumed-role.ts";
import { seeDeliveryPath } from "../../lambda/aws/delivery-path.ts";
import { fetchObjectWith } from "../../lambda/aws/s3.ts";
import { readEnvelope } from "../../lambda/core/envelope/envelope.ts";
import type { Arrival } from "../../lambda/core/health/arrival.ts";
import { type DeliveryPath, deliveryPathFindings } from "../../lambda/core/health/delivery-path.ts";
import { trafficOf } from "../../lambda/core/rules/own-traffic.ts";
import { DESK_DEPLOYMENT, type Deployment } from "../../lambda/core/rules/self.ts";
import { command } from "../support/command.ts";
import { startLocalAws } from "../support/local-aws.ts";
import { LocalWayOut, notificationOf } from "../support/local-delivery-path.ts";
import { record } from "../support/log-files.ts";

const ARCHIVE = "444455556666";
const READ_ROLE = `arn:aws:iam::${ARCHIVE}:role/trailbell-reader`;

/** An S3 and an STS that note who asks. */
async function startArchive(expiresIn: number, refusal?: string) {
  const asked: { readonly what: string; readonly key: string }[] = [];
  const server = createServer(async (request, answer) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const [, key = ""] = /Credential=([^/]+)\//.exec(request.headers.authorization ?? "") ?? [];
    const fields = new URLSearchParams(Buffer.concat(chunks).toString());
    if (fields.get("Action") === "AssumeRole") {
      asked.push({ what: `AssumeRole ${fields.get("RoleArn")} ${fields.get("RoleSessionName")}`, key });
      if (refusal !== undefined) {
        const error = `<Error><Type>Sender</Type><Code>AccessDenied</Code><Message>${refusal}</Message></Error>`;
        return void answer.writeHead(403).end(`<ErrorResponse>${error}</ErrorResponse>`);
      }
      const expiration = new Date(Date.now() + expiresIn).toISOString();
      const tags = {
        AccessKeyId: `ASIATAKEN${asked.length}`,
        SecretAccessKey: "s&amp;t",
        SessionToken: "t",
        Expiration: expiration,
      };
      const credentials = Object.entries(tags).map(([name, value]) => `<${name}>${value}</${name}>`);
      answer.writeHead(200, { "content-type": "text/xml" });
      answer.end(
        `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>${credentials.join("")}</Credentials></AssumeRoleResult></AssumeRoleResponse>`,
      );
      return;
    }
    asked.push({ what: `${request.method} ${request.url?.split("?")[0]}`, key });
    answer.writeHead(200, { etag: '"e"', "content-length": 8 }).end("log file");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { asked, endpoint, stop: () => server.close() };
}

/** Fetches with the role in the archive. */
function fetchFromArchive(endpoint: string) {
  const own = { region: "us-east-1", credentials: { accessKeyId: "AKIAOWN", secretAccessKey: "x" } };
  const credentials = credentialsOf(new SNSClient(own).config, READ_ROLE, DESK_DEPLOYMENT.functionName);
  return fetchObjectWith(new S3Client({ region: "us-east-1", endpoint, forcePathStyle: true, credentials }));
}

test("a role that does not trust the functions is named, with what it lacks", async () => {
  const who = "arn:aws:sts::111122223333:assumed-role/Trailbell-AlerterRole/Trailbell-Alerter";
  const archive = await startArchive(
    0,
    `User: ${who} is not authorized to perform: sts:AssumeRole on resource: ${READ_ROLE}`,
  );
  process.env.AWS_ENDPOINT_URL_STS = archive.endpoint;
  try {
    const refused = await fetchFromArchive(archive.endpoint)({ bucket: "org-logs", key: "a" }).catch(
      (error: unknown) => error,
    );
    expect(refused).toMatchObject({
      isPermanent: false,
      message: expect.stringContaining(`The trust policy of ${READ_ROLE} must let the function's role assume it`),
    });
  } finally {
    delete process.env.AWS_ENDPOINT_URL_STS;
    archive.stop();
  }
});

test.each([
  ["for an hour with one session", 3_600_000, 1],
  ["with a new session when the old one ends", 1_000, 2],
])("log files of another account are read with the role there, %s", async (_, expiresIn, sessions) => {
  const archive = await startArchive(expiresIn);
  process.env.AWS_ENDPOINT_URL_STS = archive.endpoint;
  try {
    const fetchObject = fetchFromArchive(archive.endpoint);
    for (const key of ["a", "b"]) {
      const { content } = await fetchObject({ bucket: "org-logs", key });
      expect(Buffer.from(content as Uint8Array).toString()).toBe("log file");
    }
    expect(archive.asked[0]).toEqual({ what: `AssumeRole ${READ_ROLE} Trailbell-Alerter`, key: "AKIAOWN" });
    const reads = archive.asked.filter(({ what }) => what.startsWith("GET"));
    expect(reads.map(({ what }) => what)).toEqual(["GET /org-logs/a", "GET /org-logs/b"]);
    for (const { key } of reads) expect(key).toMatch(/^ASIATAKEN\d+$/);
    expect(new Set(reads.map(({ key }) => key)).size).toBe(sessions);
  } finally {
    delete process.env.AWS_ENDPOINT_URL_STS;
    archive.stop();
  }
});

const THERE: Deployment = { ...DESK_DEPLOYMENT, readRoleArn: READ_ROLE };
const session = (arn: string, name: string) => ({
  type: "AssumedRole",
  arn: `${arn.replace(":iam:", ":sts:").replace(":role/", ":assumed-role/")}/${name}`,
  sessionContext: { sessionIssuer: { arn } },
});
const own = session(DESK_DEPLOYMENT.roleArn, "Trailbell-Alerter");
const fromAfar = { type: "AWSAccount", accountId: "111122223333", principalId: "AROAEXAMPLE:Trailbell-Alerter" };
const read = record({
  eventSource: "s3.amazonaws.com",
  eventName: "GetObject",
  requestParameters: { bucketName: "trail-bucket" },
});
const decrypt = record({
  eventSource: "kms.amazonaws.com",
  eventName: "Decrypt",
  requestParameters: { encryptionContext: { "aws:s3:arn": "arn:aws:s3:::trail-bucket/AWSLogs/x" } },
});
const assume = record({
  eventSource: "sts.amazonaws.com",
  eventName: "AssumeRole",
  requestParameters: { roleArn: READ_ROLE, roleSessionName: "Trailbell-Alerter" },
});

test.each([
  ["a read with the other account's role", { ...read, userIdentity: session(READ_ROLE, "Trailbell-Alerter") }],
  ["a decryption with it", { ...decrypt, userIdentity: session(READ_ROLE, "Trailbell-Alerter") }],
  ["a read as the other account records it", { ...read, userIdentity: fromAfar }],
  ["a decryption as the other account records it", { ...decrypt, userIdentity: fromAfar }],
  ["that the role is assumed", { ...assume, userIdentity: own }],
  ["that the role is assumed, as the other account records it", { ...assume, userIdentity: fromAfar }],
])("%s is own traffic", (_, one) => {
  expect(trafficOf(one, THERE)).toBe("own");
});

test.each([
  ["another session of that role", { ...read, userIdentity: session(READ_ROLE, "mallory") }],
  [
    "that role on another bucket",
    { ...read, requestParameters: { bucketName: "b" }, userIdentity: session(READ_ROLE, "Trailbell-Alerter") },
  ],
  [
    "that role, which deletes",
    { ...read, eventName: "DeleteObject", userIdentity: session(READ_ROLE, "Trailbell-Alerter") },
  ],
  ["a third account", { ...read, userIdentity: { ...fromAfar, accountId: "777788889999" } }],
  [
    "another session of this account",
    { ...decrypt, userIdentity: { ...fromAfar, principalId: "AROAEXAMPLE:mallory" } },
  ],
  [
    "another role that is assumed",
    {
      ...assume,
      requestParameters: { ...(assume.requestParameters as object), roleArn: `${READ_ROLE}2` },
      userIdentity: own,
    },
  ],
])("%s is not", (_, one) => {
  expect(trafficOf(one, THERE)).toBe("other");
});

test("without such a role its calls are somebody else's", () => {
  expect(trafficOf({ ...read, userIdentity: session(READ_ROLE, "Trailbell-Alerter") }, DESK_DEPLOYMENT)).toBe("other");
});

const wrapped = (message: unknown) => ({
  Records: [
    { EventSource: "aws:sns", Sns: { Message: typeof message === "string" ? message : JSON.stringify(message) } },
  ],
});

test("an archived object is told as archived, though its key could be read in another way", async () => {
  const asked: string[] = [];
  const server = createServer((request, answer) => {
    const isRaw = /a(?:\+|%2B)b/.test(request.url ?? "");
    asked.push(request.url ?? "");
    const code = isRaw ? "InvalidObjectState" : "NoSuchKey";
    answer.writeHead(isRaw ? 403 : 404).end(`<Error><Code>${code}</Code><Message>no</Message></Error>`);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const s3 = new S3Client({
    ...{ region: "us-east-1", endpoint, forcePathStyle: true },
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  });
  const fetched = fetchObjectWith(s3)({ bucket: "trail", key: "AWSLogs/a+b", otherKey: "AWSLogs/a b" });
  await expect(fetched).rejects.toMatchObject({
    isPermanent: true,
    message: expect.stringContaining("The object is archived: restore it, and hand the event back"),
  });
  // The client asks again where its clock and the server's differ.
  expect(new Set(asked).size).toBe(1);
  server.close();
});

test.each([
  [
    "a changed item",
    { messageType: "ConfigurationItemChangeNotification", configurationItem: {}, recordVersion: "1.3" },
  ],
  ["an item that is too large", { messageType: "OversizedConfigurationItemChangeNotification", recordVersion: "1.3" }],
  ["a compliance", { messageType: "ComplianceChangeNotification", recordVersion: "1.0" }],
  ["a snapshot", { messageType: "ConfigurationSnapshotDeliveryCompleted", s3Bucket: "b", s3ObjectKey: "AWSLogs/x" }],
  ["a history", { messageType: "ConfigurationHistoryDeliveryCompleted", s3ObjectKey: "AWSLogs/x", s3Bucket: "b" }],
  ["an evaluation", { messageType: "ConfigRulesEvaluationStarted", recordVersion: "1.0" }],
  [
    "a compliance by EventBridge",
    { source: "aws.config", "detail-type": "Config Rules Compliance Change", detail: {} },
  ],
])("AWS Config's message of %s on a shared topic is passed over, and counted", (_, message) => {
  expect(readEnvelope(wrapped(message))).toMatchObject({ others: 1, faults: [], logObjects: [], skipped: [] });
});

test("a log file between two of Config's messages is read, and the line of the invocation counts them", async () => {
  const { Records } = JSON.parse(readFileSync("events/sns-cloudtrail-delivery.json", "utf8"));
  const config = wrapped({ messageType: "ConfigurationItemChangeNotification" }).Records;
  const file = join(mkdtempSync(join(tmpdir(), "trailbell-config-")), "event.json");
  writeFileSync(file, JSON.stringify({ Records: [...config, ...Records, ...config] }));
  const { stdout } = await command("invoke", file);
  const counts = JSON.parse(stdout.trim().split("\n").pop() ?? "{}");
  expect(counts).toMatchObject({ objects: 2, failed: 0, skipped: 0, otherMessages: 2 });
  expect(readEnvelope(wrapped({ messageType: "Something" }))).toMatchObject({ others: 0, faults: [expect.anything()] });
});

const TOPIC = "arn:aws:sns:us-east-1:111122223333:bucket-events";
const RULE = "Trailbell-log-files";
const { functionArn } = DESK_DEPLOYMENT;

describe("how log files are announced", () => {
  test.each<[string, Arrival, Partial<LocalWayOut>, RegExp | undefined]>([
    ["a rule that is well", { rule: RULE, isElsewhere: true }, {}, undefined],
    [
      "a rule that is gone",
      { rule: RULE, isElsewhere: true },
      { watchRule: { targets: [] } },
      /which hands on log files, is gone/,
    ],
    [
      "a rule that is off",
      { rule: RULE, isElsewhere: true },
      { watchRule: { State: "DISABLED", targets: [] } },
      /is disabled/,
    ],
    [
      "a rule that calls another",
      { rule: RULE, isElsewhere: true },
      { watchRule: { State: "ENABLED", targets: ["x"] } },
      /no longer hands/,
    ],
    [
      "a bucket that sends nothing",
      { rule: RULE, isElsewhere: false },
      { notification: notificationOf({}) },
      /no longer sends its events/,
    ],
    [
      "a bucket that sends",
      { rule: RULE, isElsewhere: false },
      { notification: "<NotificationConfiguration><EventBridgeConfiguration/></NotificationConfiguration>" },
      undefined,
    ],
    [
      "a topic that lost the function",
      { topicArn: TOPIC, isElsewhere: false },
      {},
      /The function is no longer subscribed to/,
    ],
    [
      "a topic with the function",
      { topicArn: TOPIC, isElsewhere: false },
      { others: { "bucket-events": [{ protocol: "lambda", endpoint: functionArn, isConfirmed: true }] } },
      undefined,
    ],
    ["a topic of another account", { topicArn: TOPIC.replace("1111", "4444"), isElsewhere: true }, {}, undefined],
    ["another account's own notification", { isElsewhere: true }, { notification: notificationOf({}) }, undefined],
  ])("of %s the hourly look says what is wrong", async (_, arrival, spoilt, what) => {
    const aws = await startLocalAws();
    process.env.AWS_ENDPOINT_URL = aws.clientConfig.endpoint;
    try {
      const healthTopic = DESK_DEPLOYMENT.healthTopicArn;
      aws.deliveryPath = new LocalWayOut(functionArn);
      Object.assign(aws.deliveryPath, spoilt);
      const deliveryPath: DeliveryPath = {
        topics: { alert: "a", sms: "s", health: healthTopic, "health-sms": "h" },
        recipients: [],
        logBucket: "trail-bucket",
        logPrefix: "AWSLogs/",
        trailArn: "",
        alerterArn: functionArn,
        watchRules: [],
        arrival,
      };
      const findings = deliveryPathFindings(deliveryPath, await seeDeliveryPath(aws.sns, deliveryPath)).filter(
        ({ check }) => check === "notification",
      );
      expect(findings).toEqual(
        what === undefined ? [] : [expect.objectContaining({ what: expect.stringMatching(what), isTotal: true })],
      );
    } finally {
      delete process.env.AWS_ENDPOINT_URL;
      await aws.stop();
    }
  });
});
