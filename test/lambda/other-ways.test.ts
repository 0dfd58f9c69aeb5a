import type { Alert } from "../../lambda/core/alert/alert.ts";
import type { AlertSettings } from "../../lambda/core/alert/part.ts";
import type { Hearer } from "../../lambda/core/health/subscriptions.ts";
import { alertIn, deployedSuite, isPublish, keyCreated, userIdentityOf } from "../support/deployed-suite.ts";
import { everyCall, NOW, testDesk } from "../support/desk-pipeline.ts";
import type { Fault, LocalRequest } from "../support/local-aws.ts";
import { ACCOUNT, logFile, logKey, record } from "../support/log-files.ts";
import { first, thoroughTest } from "../support/runs.ts";

const suite = await deployedSuite();
const { aws } = suite;

const OTHER = "444455556666";
const ROUTES = [
  { name: "payments", accounts: [OTHER] },
  { name: "grave", severity: "critical" },
] as const;

/** Starts the functions with a bus, a chat and two routes. Returns their topics. */
async function withWays(settings: Partial<AlertSettings> = {}, hearers: readonly Hearer[] = []) {
  const topics = await Promise.all(
    ["chat", "payments", "grave"].map(async (name) => (await aws.createTopic(`${name}-${suite.tableName}`)).topicArn),
  );
  const [chat = "", payments = "", grave = ""] = topics;
  await suite.redeploy(
    (asset) => ({
      ...asset,
      routeTopics: { payments, grave },
      routeHearers: { payments: hearers, grave: [] },
      settings: { ...asset.settings, isOnBus: true, chatFrom: "medium", routes: ROUTES, ...settings },
    }),
    { WAYS: JSON.stringify({ bus: "security", chat }) },
  );
  return { chat, payments, grave };
}

/** A high record in an account. */
const keyIn = (accountId: string, caller: string) => {
  const made = keyCreated(caller);
  return record({
    ...made,
    recipientAccountId: accountId,
    userIdentity: { ...userIdentityOf(caller), accountId, arn: `arn:aws:iam::${accountId}:user/${caller}` },
  });
};

/** A file of these records below the path of the other account. */
const fileOfOther = (...records: readonly unknown[]) => ({
  key: logKey("other").replaceAll(ACCOUNT, OTHER),
  body: logFile(...records),
});

const entriesOnBus = () => aws.events.flatMap(({ isTaken, entries }) => (isTaken ? entries : []));
const toldIn = (topicArn: string) => suite.taken(topicArn).map(alertIn);
const isPutEvents = ({ target }: LocalRequest) => target === "AWSEvents.PutEvents";

test("an alert goes to the bus as it goes to machines, and to the chat as Amazon Q Developer renders it", async () => {
  const { chat } = await withWays();
  await suite.deliverIn(ACCOUNT, "one", keyIn(ACCOUNT, "alice"));
  const [entry, ...others] = entriesOnBus();
  expect(others).toEqual([]);
  expect(entry).toMatchObject({ EventBusName: "security", Source: "trailbell", DetailType: "trailbell.alert" });
  const [alert] = toldIn(suite.alertTopicArn);
  expect(JSON.parse(entry?.Detail ?? "{}")).toEqual(alert);
  const [message] = suite.taken(chat).map(({ fields }) => JSON.parse(fields.Message ?? "{}"));
  expect(message).toMatchObject({
    version: "1.0",
    source: "custom",
    id: alert.id,
    content: { textType: "client-markdown", title: `HIGH: Access key created in prod ${ACCOUNT}` },
    metadata: { threadId: alert.incident, additionalContext: { severity: "high", alert: alert.id } },
  });
  expect(message.content.description).toMatch(
    /^`iam:CreateAccessKey` succeeded, 2026-11-20 21:25:\d\d UTC\nWho: `IAM user alice/,
  );
});

test("a route's own topic is found by its name, beside the stack's topic of text messages", async () => {
  const { topicArn } = await aws.createTopic("test-route-payments");
  await suite.redeploy((asset) => ({ ...asset, settings: { ...asset.settings, routes: ROUTES } }), {});
  await suite.deliverIn(OTHER, "one", keyIn(OTHER, "alice"));
  expect(toldIn(topicArn)).toHaveLength(1);
  expect(toldIn(suite.alertTopicArn)).toEqual([]);
});

test.each<[string, (request: LocalRequest) => Fault | "lost" | "silent" | undefined]>(
  first(1, [
    ["is refused", (request) => (isPutEvents(request) ? { status: 400, code: "ThrottlingException" } : undefined)],
    [
      "has an entry that failed",
      (request) => (isPutEvents(request) ? { status: 200, code: "InternalFailure" } : undefined),
    ],
    ["is never answered", (request) => (isPutEvents(request) ? "silent" : undefined)],
  ]),
)(
  "what the bus %s waits in the ledger, alone, until it is taken",
  async (_, refuse) => {
    await withWays();
    aws.refuse = refuse;
    await suite.deliverIn(ACCOUNT, "one", keyIn(ACCOUNT, "alice"));
    await suite.minutes(2);
    expect(toldIn(suite.alertTopicArn)).toHaveLength(1);
    expect(entriesOnBus()).toEqual([]);
    aws.refuse = () => undefined;
    await suite.minutes(3);
    expect(entriesOnBus()).toHaveLength(1);
    await suite.minutes(5);
    expect(entriesOnBus()).toHaveLength(1);
    expect(toldIn(suite.alertTopicArn)).toHaveLength(1);
  },
  120_000,
);

thoroughTest(
  "a bus that takes nothing for days holds no mail up, and its copies are given up after one",
  async () => {
    await withWays();
    aws.refuse = (request) => (isPutEvents(request) ? { status: 400, code: "ThrottlingException" } : undefined);
    for (const caller of ["a", "b", "c"]) await suite.deliverIn(ACCOUNT, caller, keyIn(ACCOUNT, caller));
    expect(toldIn(suite.alertTopicArn)).toHaveLength(3);
    for (let hour = 0; hour < 26; hour++) {
      await suite.functions.advance(60 * 60_000);
      await suite.functions.tick();
    }
    const asked = aws.events.length;
    await suite.functions.advance(60 * 60_000);
    await suite.functions.tick();
    expect(aws.events.length).toBe(asked);
    await suite.deliverIn(ACCOUNT, "d", keyIn(ACCOUNT, "dora"));
    expect(toldIn(suite.alertTopicArn)).toHaveLength(4);
  },
  120_000,
);

test("each alert goes to the topic of its route, what no route takes to the alert topic, and nothing to two", async () => {
  const { payments, grave } = await withWays();
  const files = [keyIn(ACCOUNT, "alice"), keyIn(OTHER, "bob"), keyIn(ACCOUNT, "carl")];
  for (const [i, one] of files.entries()) await suite.deliverIn(String(one.recipientAccountId), `f${i}`, one);
  await suite.minutes(3);
  const actors = (topicArn: string) => toldIn(topicArn).map(({ actor }) => actor.split("/").pop());
  expect(actors(suite.alertTopicArn).sort()).toEqual(["alice", "carl"]);
  expect(actors(payments)).toEqual(["bob"]);
  expect(actors(grave)).toEqual([]);
});

test("what a route's topic keeps refusing goes to the alert topic after ten minutes, and comes once", async () => {
  const { payments } = await withWays();
  aws.refuse = ({ fields }) => (fields.TopicArn === payments ? { status: 404, code: "NotFound" } : undefined);
  await suite.deliverIn(OTHER, "one", keyIn(OTHER, "bob"));
  await suite.minutes(8);
  expect(toldIn(suite.alertTopicArn)).toEqual([]);
  await suite.minutes(6);
  expect(toldIn(suite.alertTopicArn)).toHaveLength(1);
  aws.refuse = () => undefined;
  await suite.minutes(10);
  expect(toldIn(suite.alertTopicArn)).toHaveLength(1);
  expect(toldIn(payments)).toEqual([]);
}, 120_000);

thoroughTest(
  "an alert of a route that a deployment has taken away goes to the alert topic",
  async () => {
    const { payments } = await withWays();
    aws.refuse = (request) =>
      isPublish(request) || isPutEvents(request) ? { status: 500, code: "InternalError" } : undefined;
    await suite.deliverIn(OTHER, "one", keyIn(OTHER, "bob"));
    aws.refuse = () => undefined;
    await suite.redeploy((asset) => asset);
    await suite.minutes(3);
    expect(toldIn(payments)).toEqual([]);
    expect(toldIn(suite.alertTopicArn)).toHaveLength(1);
    // The bus is gone as well, and nothing waits for it.
    expect(entriesOnBus()).toEqual([]);
    const published = aws.published.length;
    await suite.minutes(5);
    expect(aws.published.length).toBe(published);
  },
  120_000,
);

test("without a ledger each route gets a message of its own, and the default hears nothing of it", async () => {
  const { payments } = await withWays();
  aws.refuse = ({ target }) =>
    target.startsWith("DynamoDB_") ? { status: 500, code: "InternalServerError" } : undefined;
  await suite.deliverIn(OTHER, "one", keyIn(OTHER, "bob"), keyIn(OTHER, "bea"));
  await suite.deliverIn(ACCOUNT, "two", keyIn(ACCOUNT, "alice"));
  expect(toldIn(payments).map(({ mayRepeat, others }) => [mayRepeat, others.length])).toEqual([[true, 1]]);
  expect(toldIn(suite.alertTopicArn).map(({ actor }) => actor)).toEqual([expect.stringMatching(/alice$/)]);
}, 120_000);

test("many alerts at once are folded into a round-up for each route", async () => {
  const routes = [{ name: "payments", accounts: [OTHER] }];
  const desk = testDesk([everyCall("high")], { routes, isOnBus: true, chatFrom: "high" });
  const records = Array.from({ length: 60 }, (_, i) => keyIn(i % 2 === 0 ? OTHER : ACCOUNT, `caller-${i}`));
  const byAccount = (id: string) => records.filter(({ recipientAccountId }) => recipientAccountId === id);
  await desk.deliver(byAccount(ACCOUNT));
  await desk.deliver(byAccount(OTHER), fileOfOther(...byAccount(OTHER)));
  await desk.desk.runToEnd();
  const roundUps = desk.alerts.filter(({ kind }) => kind === "round-up");
  expect(roundUps.length).toBeGreaterThan(1);
  for (const { parts, route, chat } of roundUps) {
    expect(new Set(parts.map((part) => part.route))).toEqual(new Set([route]));
    expect(new Set(parts.map(({ accountId }) => accountId)).size).toBe(1);
    expect(JSON.parse(chat ?? "{}").content.title).toMatch(/^HIGH: Round-up, \d+ alerts of 1 rule/);
  }
  const told = desk.alerts.flatMap(({ parts }: Alert) => parts.map(({ actor }) => actor));
  expect(told.sort()).toEqual(records.map(({ userIdentity }) => (userIdentity as { arn: string }).arn).sort());
});

test("the daily round-up of a route tells its own alone", async () => {
  const routes = [{ name: "payments", accounts: [OTHER] }];
  const desk = testDesk([everyCall("low")], { routes });
  await desk.deliver([keyIn(ACCOUNT, "alice")]);
  await desk.deliver([keyIn(OTHER, "bob")], fileOfOther(keyIn(OTHER, "bob")));
  await desk.desk.advanceTo(NOW + 24 * 3_600_000);
  expect(desk.alerts.map(({ kind, route, parts }) => [kind, route, parts.map(({ accountId }) => accountId)])).toEqual(
    expect.arrayContaining([
      ["round-up", undefined, [ACCOUNT]],
      ["round-up", "payments", [OTHER]],
    ]),
  );
  expect(desk.alerts).toHaveLength(2);
});

test("what anybody may have put below an account's path is routed nowhere", async () => {
  const desk = testDesk([everyCall("high")], { routes: [{ name: "payments", accounts: [OTHER] }] });
  await desk.deliver([keyIn(OTHER, "mallory")]);
  expect(desk.alerts.map(({ isUnverified, route }) => [isUnverified, route])).toEqual([[true, undefined]]);
});

test.each<[string, { deserted?: readonly string[]; hearers?: readonly Hearer[] }, RegExp]>(
  first(1, [
    [
      "a chat that nobody is subscribed to",
      { deserted: ["texts", "chat"] },
      /Nobody is subscribed to the topic of the chat/,
    ],
    [
      "a route that nobody is subscribed to",
      { deserted: ["texts", "payments"] },
      /Nobody is subscribed to the topic of route payments/,
    ],
    [
      "a recipient of a route who is missing",
      { hearers: [{ protocol: "email", endpoint: "bob@example.com" }] },
      /1 of the 1 recipients of route payments receive nothing/,
    ],
    [
      "an endpoint of a route that is not subscribed",
      {
        hearers: [
          { protocol: "email", endpoint: "you@example.com" },
          { protocol: "https", endpoint: "https://pager.example.com/x" },
        ],
      },
      /1 of the 2 recipients of route payments receive nothing/,
    ],
  ]),
)("%s is told by the hourly look", async (_, { deserted = ["texts"], hearers = [] }, what) => {
  await withWays({}, hearers);
  await suite.deliver("quiet");
  aws.deliveryPath.deserted = deserted;
  await suite.functions.tick();
  const mails = suite.taken(suite.healthTopicArn).map(({ fields }) => JSON.parse(fields.Message ?? "{}").email);
  expect(mails).toEqual([expect.stringMatching(what)]);
});
