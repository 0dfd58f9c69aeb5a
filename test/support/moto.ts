import { type ChildProcess, spawn } from "node:child_process";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { TABLE } from "../../lambda/table.ts";
import { end, ending } from "./child.ts";
import { isInstalled } from "./installed.ts";
import { skippedTest } from "./runs.ts";

/** True where moto_server is installed: AWS's APIs on this machine, DynamoDB among them. */
export const HAS_MOTO = isInstalled("moto_server");

/** A test that needs DynamoDB; where there is none it says so instead. */
export const motoTest = HAS_MOTO ? test : skippedTest('needs moto_server: pip install "moto[server]"');

/** A DynamoDB of one's own. */
export interface Moto {
  readonly endpoint: string;
  readonly client: DynamoDBClient;
  /** Makes an empty ledger table. */
  createTable(name: string): Promise<void>;
  stop(): Promise<void>;
}

/** Starts moto_server on a free port of 127.0.0.1. */
export async function startMoto(): Promise<Moto> {
  const port = await freePort();
  const server = ending(spawn("moto_server", ["-H", "127.0.0.1", "-p", String(port)], { stdio: "ignore" }));
  const endpoint = `http://127.0.0.1:${port}`;
  await answering(endpoint, server);
  const client = new DynamoDBClient({
    endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
    // moto checks and writes a transaction in two steps, between which its threads may change: one request at a time.
    requestHandler: { httpAgent: { maxSockets: 1 } },
  });
  return {
    endpoint,
    client,
    async createTable(TableName) {
      await client.send(
        new CreateTableCommand({
          TableName,
          BillingMode: "PAY_PER_REQUEST",
          AttributeDefinitions: [
            { AttributeName: TABLE.partitionKey, AttributeType: "S" },
            { AttributeName: TABLE.dueQueue, AttributeType: "S" },
            { AttributeName: TABLE.dueAt, AttributeType: "N" },
          ],
          KeySchema: [{ AttributeName: TABLE.partitionKey, KeyType: "HASH" }],
          GlobalSecondaryIndexes: [
            {
              IndexName: TABLE.dueIndex,
              KeySchema: [
                { AttributeName: TABLE.dueQueue, KeyType: "HASH" },
                { AttributeName: TABLE.dueAt, KeyType: "RANGE" },
              ],
              Projection: { ProjectionType: "KEYS_ONLY" },
            },
          ],
        }),
      );
    },
    stop() {
      client.destroy();
      return end(server);
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}

async function answering(endpoint: string, server: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 3_000; attempt++) {
    if (server.exitCode !== null) throw new Error(`moto_server ended with ${server.exitCode}`);
    const answer = await fetch(`${endpoint}/moto-api/`).catch(() => undefined);
    if (answer !== undefined) return;
    await sleep(100);
  }
  await end(server);
  throw new Error(`moto_server does not answer at ${endpoint}`);
}
