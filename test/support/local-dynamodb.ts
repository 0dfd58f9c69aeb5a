/** An attribute of DynamoDB's JSON protocol. */
type Attribute = { readonly [type: string]: string };
type Item = { readonly [name: string]: Attribute };

/** What DynamoDB answers to a request: an HTTP status and JSON. */
export interface DynamoAnswer {
  readonly status: number;
  readonly body: object;
}

/**
 * The part of DynamoDB that the ledger uses, in this process: BatchGetItem, PutItem and TransactWriteItems
 * with Put, the UpdateItem that parks, and a Query of the index of what is due. The suite of the ledger's stores holds it to what moto_server
 * does. Tables exist once they are named.
 */
export class LocalDynamo {
  readonly #tables = new Map<string, Map<string, Item>>();

  /** Answers one request; `target` is its header x-amz-target. */
  answer(target: string, request: unknown): DynamoAnswer {
    const operation = target.split(".").pop();
    if (operation === "BatchGetItem") return this.#batchGet(request as BatchGet);
    if (operation === "TransactWriteItems") return this.#transact(request as Transact);
    if (operation === "PutItem") return this.#put(request as Condition & { readonly Item: Item });
    if (operation === "UpdateItem") return this.#park(request as Parked);
    if (operation === "Query") return this.#query(request as Query);
    return { status: 400, body: { __type: "UnknownOperationException", message: operation } };
  }

  #table(name: string): Map<string, Item> {
    const table = this.#tables.get(name) ?? new Map<string, Item>();
    this.#tables.set(name, table);
    return table;
  }

  #batchGet({ RequestItems }: BatchGet): DynamoAnswer {
    const Responses = Object.fromEntries(
      Object.entries(RequestItems).map(([name, { Keys }]) => [
        name,
        Keys.map(({ key }) => this.#table(name).get(key?.S ?? "")).filter((item) => item !== undefined),
      ]),
    );
    return { status: 200, body: { Responses, UnprocessedKeys: {} } };
  }

  #holds(put: Condition & { readonly Item: Item }): boolean {
    const { TableName, Item, ConditionExpression, ExpressionAttributeValues } = put;
    if (ConditionExpression === undefined) return true;
    const known = this.#table(TableName).get(Item.key?.S ?? "");
    const expected = ExpressionAttributeValues?.[":expected"]?.N;
    return expected === undefined ? known === undefined : known?.version?.N === expected;
  }

  #put(put: Condition & { readonly Item: Item }): DynamoAnswer {
    if (!this.#holds(put)) return { status: 400, body: { __type: "ConditionalCheckFailedException" } };
    this.#table(put.TableName).set(put.Item.key?.S ?? "", put.Item);
    return { status: 200, body: {} };
  }

  /** The one update that the ledger makes: an item is moved into another queue. */
  #park({ TableName, Key, ExpressionAttributeValues }: Parked): DynamoAnswer {
    const item = this.#table(TableName).get(Key.key?.S ?? "");
    if (item === undefined) return { status: 400, body: { __type: "ConditionalCheckFailedException", message: "" } };
    const queue = ExpressionAttributeValues[":parked"] ?? { S: "" };
    this.#table(TableName).set(Key.key?.S ?? "", { ...item, queue });
    return { status: 200, body: {} };
  }

  #transact({ TransactItems }: Transact): DynamoAnswer {
    const steps = TransactItems.map(({ Put }) => ({ Put, holds: this.#holds(Put) }));
    if (!steps.every(({ holds }) => holds)) {
      const CancellationReasons = steps.map(({ holds }) => ({ Code: holds ? "None" : "ConditionalCheckFailed" }));
      return {
        status: 400,
        body: { __type: "TransactionCanceledException", Message: "cancelled", CancellationReasons },
      };
    }
    for (const { Put } of steps) this.#table(Put.TableName).set(Put.Item.key?.S ?? "", Put.Item);
    return { status: 200, body: {} };
  }

  #query({ TableName, ExpressionAttributeValues, Limit }: Query): DynamoAnswer {
    const until = Number(ExpressionAttributeValues[":until"]?.N);
    const due = [...this.#table(TableName).values()]
      .filter(({ queue, dueAt }) => queue?.S === ExpressionAttributeValues[":queue"]?.S && Number(dueAt?.N) <= until)
      .sort((a, b) => Number(a.dueAt?.N) - Number(b.dueAt?.N))
      .slice(0, Limit);
    return { status: 200, body: { Items: due.map(({ key, queue, dueAt }) => ({ key, queue, dueAt })) } };
  }
}

interface BatchGet {
  readonly RequestItems: { readonly [table: string]: { readonly Keys: readonly Item[] } };
}

interface Condition {
  readonly TableName: string;
  readonly ConditionExpression?: string;
  readonly ExpressionAttributeValues?: Item;
}

interface Transact {
  readonly TransactItems: readonly { readonly Put: Condition & { readonly Item: Item } }[];
}

interface Parked {
  readonly TableName: string;
  readonly Key: Item;
  readonly ExpressionAttributeValues: Item;
}

interface Query {
  readonly TableName: string;
  readonly ExpressionAttributeValues: Item;
  readonly Limit: number;
}
