import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { LEDGER_CLIENT_SETTINGS } from "../../lambda/aws/client-settings.ts";
import { dynamoStore } from "../../lambda/aws/dynamodb.ts";

/** A table that answers a batch with so many of its items, and leaves the rest for the next request. */
async function startTable(atOnce: number) {
  const asked: (readonly string[])[] = [];
  const server = createServer(async (request, answer) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { RequestItems } = JSON.parse(Buffer.concat(chunks).toString());
    const keys: readonly { readonly key: { readonly S: string } }[] = RequestItems.ledger.Keys;
    asked.push(keys.map(({ key }) => key.S));
    const [now, later] = [keys.slice(0, atOnce), keys.slice(atOnce)];
    const items = now.map(({ key }) => ({ key, version: { N: "1" }, body: { S: JSON.stringify(key.S) } }));
    const UnprocessedKeys = later.length === 0 ? {} : { ledger: { Keys: later, ConsistentRead: true } };
    answer.end(JSON.stringify({ Responses: { ledger: items }, UnprocessedKeys }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const client = new DynamoDBClient({ ...LEDGER_CLIENT_SETTINGS, endpoint, region: "us-east-1", credentials });
  return {
    asked,
    store: dynamoStore(client, "ledger"),
    stop() {
      client.destroy();
      server.close();
    },
  };
}

test("what DynamoDB leaves out of an answer is asked for again, and nothing twice", async () => {
  const table = await startTable(2);
  const found = await table.store.read(["a", "b", "c", "d", "e"], 0);
  expect([...found].map(([key, { body }]) => [key, body])).toEqual(["a", "b", "c", "d", "e"].map((key) => [key, key]));
  expect(table.asked).toEqual([["a", "b", "c", "d", "e"], ["c", "d", "e"], ["e"]]);
  table.stop();
});

test("a table that leaves out the same items again and again is at fault: they do not count as absent", async () => {
  const table = await startTable(0);
  await expect(table.store.read(["a"], 0)).rejects.toThrow("1 of the items asked of the ledger could not be read");
  table.stop();
}, 60_000);
