import { setTimeout as sleep } from "node:timers/promises";
import {
  type AttributeValue,
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  type Put,
  PutItemCommand,
  QueryCommand,
  TransactionCanceledException,
  TransactionConflictException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { valueAt } from "../core/record/record.ts";
import { QUEUES, TRAITS } from "../core/rules/severity.ts";
import type { Change, LedgerItem, LedgerStore } from "../core/store/store.ts";
import { TABLE } from "../table.ts";

/** DynamoDB's limit of one BatchGetItem (API Reference). */
const MAX_READ = 100;

/** The ledger in a DynamoDB table of the layout that table.ts describes. */
export function dynamoStore(client: DynamoDBClient, tableName: string): LedgerStore {
  async function readSome(keys: readonly string[], now: number, found: Map<string, LedgerItem>): Promise<void> {
    let wanted = keys.map((key) => ({ key: { S: key } }));
    // An answer holds at most 16 MB, of 40 that there may be, and what throttling allows; the rest is asked for again. That it
    // is refused must be known soon: whoever asks tries again, and an invocation has seconds left to record.
    for (let attempt = 0; wanted.length > 0; attempt++) {
      if (attempt > 5) throw new Error(`${wanted.length} of the items asked of the ledger could not be read`);
      if (attempt > 0) await sleep(25 * 2 ** Math.min(attempt, 6));
      const { Responses, UnprocessedKeys } = await client.send(
        new BatchGetItemCommand({ RequestItems: { [tableName]: { Keys: wanted, ConsistentRead: true } } }),
      );
      for (const item of Responses?.[tableName] ?? []) found.set(item.key?.S ?? "", itemOf(item, now));
      wanted = (UnprocessedKeys?.[tableName]?.Keys ?? []) as typeof wanted;
    }
  }

  const store: LedgerStore = {
    async read(keys, now) {
      const found = new Map<string, LedgerItem>();
      const distinct = [...new Set(keys)];
      for (let at = 0; at < distinct.length; at += MAX_READ) {
        await readSome(distinct.slice(at, at + MAX_READ), now, found);
      }
      return found;
    },
    async commit(changes) {
      const [first, ...others] = changes.map((change) => putOf(tableName, change));
      if (first === undefined) return true;
      try {
        // What is written in a transaction costs twice.
        if (others.length === 0) await client.send(new PutItemCommand(first));
        else {
          const TransactItems: TransactWriteItem[] = [first, ...others].map((Put) => ({ Put }));
          await client.send(new TransactWriteItemsCommand({ TransactItems }));
        }
        return true;
      } catch (error) {
        if (isConflict(error)) return false;
        throw error;
      }
    },
    async due(until, limit) {
      const keys: string[] = [];
      for (const queue of QUEUES) {
        if (keys.length >= limit) break;
        const { Items = [] } = await client.send(
          new QueryCommand({
            TableName: tableName,
            IndexName: TABLE.dueIndex,
            KeyConditionExpression: "#queue = :queue AND #dueAt <= :until",
            ExpressionAttributeNames: { "#queue": TABLE.dueQueue, "#dueAt": TABLE.dueAt },
            ExpressionAttributeValues: { ":queue": { S: queue }, ":until": { N: String(until) } },
            Limit: limit - keys.length,
          }),
        );
        keys.push(...Items.map(({ key }) => key?.S ?? ""));
      }
      return keys;
    },
    async park(key) {
      const parked = client.send(
        new UpdateItemCommand({
          TableName: tableName,
          Key: { [TABLE.partitionKey]: { S: key } },
          UpdateExpression: "SET #queue = :parked",
          // The index may name an item that is gone; the update must not create it anew.
          ConditionExpression: "attribute_exists(#key)",
          ExpressionAttributeNames: { "#queue": TABLE.dueQueue, "#key": TABLE.partitionKey },
          ExpressionAttributeValues: { ":parked": { S: TABLE.parked } },
        }),
      );
      await parked.catch((error: unknown) => {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      });
    },
  };
  return {
    read: (keys, now) => tellingTimeouts(store.read(keys, now)),
    commit: (changes) => tellingTimeouts(store.commit(changes)),
    due: (until, limit) => tellingTimeouts(store.due(until, limit)),
    park: (key) => tellingTimeouts(store.park(key)),
  };
}

/** Marks the error of a request that got no answer; the SDK calls a reset connection a timeout too. */
async function tellingTimeouts<T>(request: Promise<T>): Promise<T> {
  try {
    return await request;
  } catch (error) {
    const isReset = ["ECONNRESET", "EPIPE"].includes(String(valueAt(error, "code")));
    if (error instanceof Error && error.name === "TimeoutError" && !isReset) Object.assign(error, { isTimeout: true });
    if (isRefusal(error)) Object.assign(error as Error, { isRefused: true });
    throw error;
  }
}

function itemOf(item: { readonly [name: string]: AttributeValue }, now: number): LedgerItem {
  const version = Number(item.version?.N);
  // DynamoDB deletes days after the time to live has passed (Developer Guide, "Using time to live"): it counts at once.
  const isExpired = item.expiresAt?.N !== undefined && Number(item.expiresAt.N) * 1000 <= now;
  const body = isExpired ? undefined : parsed(item.body?.S);
  const isForeign = !Number.isSafeInteger(version) || version < 1 || (!isExpired && body === undefined);
  return {
    version,
    body,
    ...(isForeign && { isForeign }),
    ...(!isExpired && item.bytes?.B && { bytes: item.bytes.B }),
    ...(!isExpired && item.dueAt?.N !== undefined && { dueAt: Number(item.dueAt.N) }),
  };
}

function parsed(json: string | undefined): unknown {
  try {
    return JSON.parse(json ?? "") ?? undefined;
  } catch {
    return undefined; // not written by us, whoever wrote it
  }
}

// Names stand apart from expressions: hundreds of words are reserved there (Developer Guide, "Reserved words").
function putOf(TableName: string, { key, expected, next }: Change): Put {
  const { body, bytes, dueAt, urgency = "info", expiresAt } = next;
  const condition: Omit<Put, "TableName" | "Item"> =
    expected === 0
      ? { ConditionExpression: "attribute_not_exists(#key)", ExpressionAttributeNames: { "#key": TABLE.partitionKey } }
      : {
          ConditionExpression: "#version = :expected",
          ExpressionAttributeNames: { "#version": "version" },
          ExpressionAttributeValues: { ":expected": { N: String(expected) } },
        };
  const Item = {
    key: { S: key },
    version: { N: String(expected + 1) },
    body: { S: JSON.stringify(body) },
    ...(bytes && bytes.length > 0 && { bytes: { B: bytes } }),
    ...(dueAt !== undefined && { queue: { S: TRAITS[urgency].queue }, dueAt: { N: String(dueAt) } }),
    ...(expiresAt !== undefined && { expiresAt: { N: String(Math.ceil(expiresAt / 1000)) } }),
  };
  return { TableName, Item, ...condition };
}

/** True for a request that breaks one of DynamoDB's limits or rules, whoever makes it and when. */
function isRefusal(error: unknown): boolean {
  if (error instanceof TransactionCanceledException) {
    return (error.CancellationReasons ?? []).some(({ Code }) => Code === "ValidationError");
  }
  return error instanceof Error && error.name === "ValidationException";
}

/** Reasons for a cancelled transaction that go away (API Reference, "TransactWriteItems"). */
const PASSING = new Set([
  "ConditionalCheckFailed",
  "TransactionConflict",
  "ThrottlingError",
  "ProvisionedThroughputExceeded",
]);

/** True where another writer was quicker, before this transaction or at the same time, or the table is throttled: all pass. */
function isConflict(error: unknown): boolean {
  // A single put loses against a transaction too.
  if (error instanceof ConditionalCheckFailedException || error instanceof TransactionConflictException) return true;
  if (!(error instanceof TransactionCanceledException)) return false;
  const codes = (error.CancellationReasons ?? []).map(({ Code }) => Code).filter((code) => code !== "None");
  return codes.length > 0 && codes.every((code) => PASSING.has(code ?? ""));
}
