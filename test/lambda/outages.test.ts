import { type AttributeValue, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { DESK_DEPLOYMENT } from "../../lambda/core/rules/self.ts";
import { type DeployedFunctions, startDeployed } from "../support/deployed.ts";
import { NOW } from "../support/desk-pipeline.ts";
import { type LocalAws, type LocalRequest, startLocalAws } from "../support/local-aws.ts";
import { ACCOUNT, logFile, logKey, record, s3Event } from "../support/log-files.ts";

const aws = await startLocalAws();
afterAll(() => aws.stop());

let functions: DeployedFunctions;
let alertTopicArn: string;
let smsTopicArn: string;
let run = 0;

beforeEach(async () => {
  run++;
  aws.refuse = () => undefined;
  aws.published.length = 0;
  alertTopicArn = (await aws.createTopic(`alerts-${run}`)).topicArn;
  smsTopicArn = (await aws.createTopic(`texts-${run}`)).topicArn;
  functions = await startDeployed(aws, { alertTopicArn, smsTopicArn });
});
afterEach(() => functions.stop());

const isOfLedger = ({ target }: LocalRequest) => target.startsWith("DynamoDB_");
const isPublish = ({ fields }: LocalRequest) => fields.Action === "Publish";

const userIdentityOf = (caller: string) => ({
  type: "IAMUser",
  arn: `arn:aws:iam::${ACCOUNT}:user/${caller}`,
  accountId: ACCOUNT,
  userName: caller,
});

/** Callers of the name given, with numbers. */
const callers = (count: number, name = "caller") => Array.from({ length: count }, (_, i) => `${name}-${i}`);

/** A critical record: our own trail is stopped. */
function trailStopped(caller: string) {
  return record({
    userIdentity: userIdentityOf(caller),
    eventSource: "cloudtrail.amazonaws.com",
    eventName: "StopLogging",
    requestParameters: { name: DESK_DEPLOYMENT.trailName },
  });
}

/** A high record: somebody made an access key. */
const keyCreated = (caller: string) => record({ userIdentity: userIdentityOf(caller) });

/** One invocation for one file with these records. */
async function deliver(name: string, ...records: readonly unknown[]) {
  const key = logKey(`run${run}-${name}`);
  await aws.put("trail", key, logFile(...records));
  return functions.invoke(s3Event("trail", key));
}

/** The requests that SNS took for a topic, each alert once. */
const taken = (topicArn: string) =>
  aws.published.filter(({ fields, isTaken }) => isTaken && fields.TopicArn === topicArn);

const bodyOf = ({ fields }: LocalRequest) => JSON.parse(JSON.parse(fields.Message ?? "{}").default);

/** The alerts that people have, also those that a round-up tells of. */
const told = () =>
  taken(alertTopicArn)
    .map(bodyOf)
    .flatMap((message) => (message.kind === "round-up" ? message.alerts : [message]));

/** Lets minutes pass. Returns how many items the ticks could not read. */
async function minutes(count: number): Promise<number> {
  let unreadable = 0;
  for (let minute = 0; minute < count; minute++) {
    await functions.advance(60_000);
    const { result } = await functions.tick();
    unreadable += result?.unreadableItems ?? 0;
  }
  return unreadable;
}

/** Notes when, on this process's clock, each publish arrives. */
function noteTimes(refuse: LocalAws["refuse"]): readonly number[] {
  const times: number[] = [];
  aws.refuse = (request) => {
    if (isPublish(request)) times.push(Date.now());
    return refuse(request);
  };
  return times;
}

describe.each(["silent", "stall"] as const)("while the ledger accepts and never answers (%s)", (fault) => {
  test("500 matches of 50 callers are told in one message within 20 seconds, which says that it may repeat", async () => {
    const records = callers(50).flatMap((caller) => Array.from({ length: 10 }, () => keyCreated(caller)));
    const times = noteTimes((request) => (isOfLedger(request) ? fault : undefined));
    const started = Date.now();
    const { result, error } = await deliver("many", ...records);
    const ended = Date.now();
    expect((times[0] ?? Number.POSITIVE_INFINITY) - started).toBeLessThan(20_000);
    expect(ended - started).toBeLessThan(40_000);
    expect(error).toBeUndefined();
    expect(result).toMatchObject({ matches: 500, unrecorded: 0 });
    expect(taken(alertTopicArn)).toHaveLength(1);
    const [message] = taken(alertTopicArn);
    expect(JSON.parse(message?.fields.Message ?? "{}").email).toContain("May repeat");
    const { mayRepeat, actor, others } = message && bodyOf(message);
    expect(mayRepeat).toBe(true);
    const named = [actor, ...others.map((other: { readonly actor: string }) => other.actor)];
    expect(new Set(named)).toEqual(new Set(callers(50).map((caller) => userIdentityOf(caller).arn)));
  });
});

test("while the table refuses everything, an invocation sends one message at most, and an instance one in five seconds", async () => {
  await functions.hurry();
  const times: Promise<number>[] = [];
  aws.refuse = (request) => {
    if (isPublish(request)) times.push(functions.now());
    return isOfLedger(request) ? { status: 400, code: "AccessDeniedException" } : undefined;
  };
  let failures = 0;
  for (const name of callers(6, "file")) {
    const before = times.length;
    const { result, error } = await deliver(name, ...callers(3, name).map(keyCreated));
    if (error !== undefined) failures++;
    else expect(result).toMatchObject({ matches: 3, unrecorded: 0, alerts: 1 });
    expect(times.length - before).toBeLessThanOrEqual(1);
  }
  const at = await Promise.all(times);
  const distances = at.slice(1).map((time, i) => time - (at[i] ?? 0));
  expect(at.length + failures).toBe(6);
  expect(at.length).toBeGreaterThan(1);
  expect(Math.min(...distances)).toBeGreaterThan(4_000);
  expect(told().every(({ mayRepeat }) => mayRepeat)).toBe(true);
});

test("while SNS accepts and never answers, an invocation with four criticals ends within 40 seconds and none is lost", async () => {
  const faults = ["silent", "stall"] as const;
  aws.refuse = (request) => (isPublish(request) ? faults[aws.published.length % 2] : undefined);
  const started = Date.now();
  const { result, error } = await deliver("four", ...callers(4).map(trailStopped));
  expect(Date.now() - started).toBeLessThan(40_000);
  expect(error).toBeUndefined();
  expect(result).toMatchObject({ listed: 0, counted: 0, unrecorded: 0 });
  expect(result?.pending).toBeGreaterThanOrEqual(4);
  expect(taken(alertTopicArn)).toEqual([]);
  aws.refuse = () => undefined;
  await minutes(4);
  expect(
    told()
      .map(({ actor }) => actor)
      .sort(),
  ).toEqual(callers(4).map((caller) => userIdentityOf(caller).arn));
  // Two of them may share a round-up, and its text message.
  expect(taken(smsTopicArn).length).toBeGreaterThanOrEqual(3);
});

describe("junk in the table holds up none of seven alerts that wait", () => {
  type Item = { readonly [name: string]: AttributeValue };
  const due = (queue = "urgent", dueAt = 1) => ({ queue: { S: queue }, dueAt: { N: String(dueAt) } });
  const version = { N: "1" };

  async function put(...items: readonly Item[]): Promise<void> {
    const TableName = `ledger-of-alerts-${run}`;
    for (const Item of items) await aws.dynamodb.send(new PutItemCommand({ TableName, Item: { ...Item } }));
  }

  /** Seven high alerts that SNS has refused, the junk, and SNS back again. Expects that all are told. */
  async function expectAllTold(put: () => Promise<void>): Promise<void> {
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

  test.each<[string, readonly Item[]]>([
    [
      "an alert whose body is no JSON, and one without body",
      [
        { key: { S: "alert#1" }, version, body: { S: "{" }, ...due() },
        { key: { S: "alert#2" }, version, ...due() },
      ],
    ],
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
      "300 due items of another kind",
      Array.from({ length: 300 }, (_, i) => ({
        key: { S: `other#${i}` },
        version,
        body: { S: "{}" },
        ...due(i % 3 === 0 ? "due" : "urgent", i),
      })),
    ],
    ["a budget that is no JSON", [{ key: { S: "budget" }, version, body: { S: "full" } }]],
    [
      "a budget without version",
      [{ key: { S: "budget" }, body: { S: JSON.stringify({ tokens: 5, at: NOW, texts: [] }) } }],
    ],
    [
      "a budget of -1,000,000",
      [{ key: { S: "budget" }, version, body: { S: JSON.stringify({ tokens: -1_000_000, at: NOW, texts: [] }) } }],
    ],
  ])("%s", async (_, items) => {
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
  const keys = () => Array.from({ length: 50 }, (_, i) => logKey(`run${run}-${i}`));

  /** Lambda's three tries. Returns the objects that each asked for. */
  async function tryThrice() {
    for (const key of keys()) await aws.put("trail", key, logFile(keyCreated("caller")));
    const asked: Set<string>[] = [];
    aws.refuse = ({ method, path }) => {
      if (method !== "GET") return undefined;
      asked.at(-1)?.add(decodeURIComponent(path));
      void functions.advance(5_000);
      return undefined;
    };
    const errors: boolean[] = [];
    for (let attempt = 1; attempt <= 3; attempt++) {
      asked.push(new Set());
      const { error } = await functions.invoke(s3Event("trail", ...keys()));
      errors.push(error !== undefined);
    }
    return { asked, errors };
  }

  test("three tries ask for each of them, the third is done with the event, and each is told", async () => {
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
