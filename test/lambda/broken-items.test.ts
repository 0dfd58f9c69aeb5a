import { type AttributeValue, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { callers, deployedSuite, isPublish, keyCreated, userIdentityOf } from "../support/deployed-suite.ts";
import { NOW } from "../support/desk-pipeline.ts";
import { logFile, s3Event } from "../support/log-files.ts";
import { first, thoroughTest } from "../support/runs.ts";

const suite = await deployedSuite();
const { aws, deliver, minutes, told } = suite;

describe("junk in the table holds up none of seven alerts that wait", () => {
  type Item = { readonly [name: string]: AttributeValue };
  const due = (queue = "urgent", dueAt = 1) => ({ queue: { S: queue }, dueAt: { N: String(dueAt) } });
  const version = { N: "1" };

  async function put(...items: readonly Item[]): Promise<void> {
    const { tableName: TableName } = suite;
    await Promise.all(items.map((Item) => aws.dynamodb.send(new PutItemCommand({ TableName, Item: { ...Item } }))));
  }

  /** Seven high alerts that SNS has refused, the junk, and SNS back again. Expects that all are told. */
  async function expectAllTold(put: () => Promise<void>): Promise<void> {
    await suite.functions.hurry();
    aws.refuse = (request) => (isPublish(request) ? { status: 400, code: "AuthorizationError" } : undefined);
    const { result, error } = await deliver("seven", ...callers(7).map(keyCreated));
    expect(error).toBeUndefined();
    await put();
    expect(told()).toEqual([]);
    aws.refuse = () => undefined;
    const unreadable = await minutes(3);
    expect(new Set(told().map(({ actor }) => actor))).toEqual(
      new Set(callers(7).map((caller) => userIdentityOf(caller).arn)),
    );
    expect(told()).toHaveLength(7);
    expect((result?.unreadableItems ?? 0) + unreadable).toBeGreaterThan(0);
  }

  /** Of an alert with which nothing else is wrong. */
  function alertBody(todo: unknown) {
    const texts = { id: "1", fullId: "1", subject: "1", email: "1", json: "{}" };
    const alert = { ...texts, kind: "alert", severity: "high", parts: [] };
    return { S: JSON.stringify({ alert, madeAt: NOW, claims: 0, todo }) };
  }

  const cases: [string, readonly Item[]][] = [
    [
      "an alert whose body is no JSON, and one without body",
      [
        { key: { S: "alert#1" }, version, body: { S: "{" }, ...due() },
        { key: { S: "alert#2" }, version, ...due() },
      ],
    ],
    [
      "300 due items of another kind",
      Array.from({ length: 300 }, (_, i) => ({
        key: { S: `other#${i}` },
        version,
        body: { S: "{}" },
        ...due(i % 3 === 0 ? "due" : "urgent", i),
      })),
    ],
    ["a budget that is no JSON", [{ key: { S: "budget" }, version, body: { S: "full" } }]],
    ["an alert whose `todo` is a text", [{ key: { S: "alert#3" }, version, body: alertBody("alert"), ...due() }]],
    ["an alert without version", [{ key: { S: "alert#4" }, body: alertBody(["alert"]), ...due() }]],
    [
      "an incident, what was written for one, and a group of 0.1.0, whose bodies are no JSON",
      ["incident#5", "in#incident#6#a", "group#7"].map((key) => ({
        key: { S: key },
        version,
        body: { S: "{" },
        ...due(),
      })),
    ],
    [
      "a budget without version",
      [{ key: { S: "budget" }, body: { S: JSON.stringify({ tokens: 5, at: NOW, texts: [] }) } }],
    ],
    [
      "a budget of -1,000,000",
      [{ key: { S: "budget" }, version, body: { S: JSON.stringify({ tokens: -1_000_000, at: NOW, texts: [] }) } }],
    ],
  ];
  test.each(first(1, cases))("%s", async (_, items) => {
    await expectAllTold(() => put(...items));
  });

  test("the incident of one of them, whose body is no JSON", async () => {
    await deliver("before", keyCreated("caller-0"));
    const [{ incident }] = told();
    aws.published.length = 0;
    await put({ key: { S: `incident#${incident}` }, version: { N: "1" }, body: { S: "{" }, ...due() });
    await expectAllTold(async () => undefined);
  });
});

describe("50 objects in one event, while S3 takes 20 seconds for each of four at a time", () => {
  const keys = () => Array.from({ length: 50 }, (_, i) => suite.keyOf(`${i}`));

  /** Lambda's three tries. Returns the objects that each asked for. */
  async function tryThrice() {
    for (const key of keys()) await aws.put("trail", key, logFile(keyCreated("caller")));
    const asked: Set<string>[] = [];
    aws.refuse = ({ method, path }) => {
      if (method !== "GET") return undefined;
      asked.at(-1)?.add(decodeURIComponent(path));
      void suite.functions.advance(5_000);
      return undefined;
    };
    const errors: boolean[] = [];
    for (let attempt = 1; attempt <= 3; attempt++) {
      asked.push(new Set());
      const { error } = await suite.functions.invoke(s3Event("trail", ...keys()));
      errors.push(error !== undefined);
    }
    return { asked, errors };
  }

  thoroughTest("three tries ask for each of them, the third is done with the event, and each is told", async () => {
    const { asked, errors } = await tryThrice();
    const all = new Set(asked.flatMap((paths) => [...paths]));
    expect(asked.map(({ size }) => size < 50)).toEqual([true, true, true]);
    expect(keys().filter((key) => ![...all].some((path) => path.includes(key)))).toEqual([]);
    expect(errors).toEqual([true, true, false]);
    aws.refuse = () => undefined;
    await minutes(30);
    expect(told().reduce((sum, { matches }) => sum + matches, 0)).toBe(50);
  });
});
