import { PutItemCommand } from "@aws-sdk/client-dynamodb";
import { DESK_DEPLOYMENT } from "../../lambda/core/rules/self.ts";
import type { Severity } from "../../lambda/core/rules/severity.ts";
import { startDeployed, WATCHED } from "../support/deployed.ts";
import { deployedSuite, isPublish, keyCreated } from "../support/deployed-suite.ts";
import type { LocalAws, LocalRequest } from "../support/local-aws.ts";
import { LocalWayOut, notificationOf } from "../support/local-delivery-path.ts";
import { first, thoroughTest } from "../support/runs.ts";

const suite = await deployedSuite();
const { aws } = suite;
const HOUR = 60 * 60_000;

/** One tick, an hour after the last. */
async function hourLater(hours = 1) {
  await suite.functions.advance(hours * HOUR);
  const { result } = await suite.functions.tick();
  return result;
}

/** A sign of life: a log file in which nothing is of interest. */
const heard = () => suite.deliver("quiet");

const subjects = (topicArn = suite.healthTopicArn) => suite.taken(topicArn).map(({ fields }) => fields.Subject);

/** What the look reads, of the local AWS's requests. */
const isOfLook = ({ fields, path, target }: LocalRequest) =>
  fields.Action === "ListSubscriptionsByTopic" ||
  fields.Action === "GetSubscriptionAttributes" ||
  path.includes("?notification") ||
  path.includes("/concurrency") ||
  /^(?:CloudTrail_|AWSEvents\.)/.test(target);

const { functionArn } = DESK_DEPLOYMENT;
const OTHER = notificationOf({ arn: functionArn, prefix: "other/AWSLogs/", suffix: ".json.gz" });

/** What is wrong on the way out, and what the mail says of it. */
const FAULTS: readonly [string, Partial<LocalWayOut>, RegExp][] = [
  ["a lost subscription", { deserted: ["texts", "alerts"] }, /Nobody is subscribed to the alert topic/],
  ["a filter policy", { filterPolicy: '{"never":["x"]}' }, /has a filter policy.* And 1 more/],
  ["an emptied notification", { notification: notificationOf({}) }, /no longer notifies the function/],
  ["a filter that selects nothing", { notification: OTHER }, /does not select each log file/],
  ["a stopped trail", { trail: { IsLogging: false } }, /The trail Trailbell-trail does not log/],
  [
    "a trail that writes elsewhere",
    { trailSetup: { S3BucketName: "elsewhere", IsMultiRegionTrail: true, LogFileValidationEnabled: true } },
    /The trail Trailbell-trail writes into another bucket, elsewhere/,
  ],
  [
    "a trail that leaves out what changes something",
    { selectors: { EventSelectors: [{ ReadWriteType: "ReadOnly", IncludeManagementEvents: true }] } },
    /does not record all calls that change something/,
  ],
  [
    "rules of the self-watch that are disabled",
    { watchRule: { State: "DISABLED", targets: [] } },
    /The self-watch's rule Trailbell-self-watch-functions is disabled.* And 1 more/,
  ],
  ["rules of the self-watch that are gone", { watchRule: { targets: [] } }, /-functions is gone/],
  ["rules that tell somebody else", { watchRule: { State: "ENABLED", targets: ["arn:x"] } }, /-functions tells nobody/],
  ["a concurrency of 0", { concurrency: { ReservedConcurrentExecutions: 0 } }, /Trailbell-Alerter is 0/],
];

/** A look at what is well, then one at what is spoilt, which is told. */
async function isTold(spoilt: Partial<LocalWayOut>, what: RegExp): Promise<void> {
  await heard();
  expect(await hourLater()).toMatchObject({ wayOutFaults: 0, recipientsMissing: 0 });
  expect(subjects()).toEqual([]);
  Object.assign(aws.deliveryPath, spoilt);
  const faults = await hourLater();
  expect(faults?.wayOutFaults).toBeGreaterThan(0);
  expect(subjects()).toEqual([expect.stringMatching(/^\[HEALTH\] /)]);
  const message = JSON.parse(suite.taken(suite.healthTopicArn)[0]?.fields.Message ?? "{}");
  expect(message.email).toMatch(what);
  expect(JSON.parse(message.default)).toMatchObject({ schema: "trailbell.health/1", tells: "changed" });
}

test.each(FAULTS.slice(1, 2))("%s is told", (_, spoilt, what) => isTold(spoilt, what));

// Each kind of fault is also one of test/lambda/core/health.
test.each(first(1, FAULTS))("%s is told once, again after a day, and its end", async (_, spoilt, what) => {
  await isTold(spoilt, what);
  for (let hour = 0; hour < 23; hour++) await hourLater();
  expect(subjects()).toHaveLength(1);
  await hourLater();
  expect(subjects()).toEqual([expect.anything(), expect.stringMatching(/^\[HEALTH\] Still: /)]);
  aws.deliveryPath = new LocalWayOut(suite.healthTopicArn);
  expect(await hourLater()).toMatchObject({ wayOutFaults: 0, recipientsMissing: 0 });
  await hourLater();
  expect(subjects().slice(2)).toEqual(["[HEALTH] All is well again on the way of alerts"]);
});

thoroughTest("a tick in the minutes between asks nothing, and another instance neither", async () => {
  await heard();
  let asked = 0;
  aws.refuse = (request) => {
    if (isOfLook(request)) asked++;
    return undefined;
  };
  await hourLater();
  const once = asked;
  expect(once).toBeGreaterThan(12);
  for (let minute = 0; minute < 5; minute++) {
    await suite.functions.advance(60_000);
    await suite.functions.tick();
  }
  const other = await startDeployed(aws, suite);
  await other.advance(HOUR + 6 * 60_000);
  await other.tick();
  expect(asked).toBe(once);
  await suite.functions.advance(HOUR);
  await other.advance(HOUR);
  aws.deliveryPath.trail = { IsLogging: false };
  await Promise.all([suite.functions.tick(), other.tick()]);
  await Promise.all([suite.functions.tick(), other.tick()]);
  await other.stop();
  expect(subjects()).toHaveLength(1);
});

thoroughTest("recipients whom only the deployment knew are looked for like those of the settings", async () => {
  const recipient = { topic: "alert", protocol: "email", endpoint: "parameter@example.com" } as const;
  const other = await startDeployed(aws, suite, undefined, {
    DELIVERY_PATH: JSON.stringify({ ...WATCHED, recipients: [recipient] }),
  });
  const { result } = await other.tick();
  await other.stop();
  expect(result).toMatchObject({ recipientsMissing: 1 });
});

thoroughTest("where nobody would hear of it on the health topic, it is told on the alert topic too", async () => {
  aws.deliveryPath.deserted = ["texts", "health"];
  expect(await hourLater()).toMatchObject({ recipientsMissing: 1 });
  expect(subjects()).toHaveLength(1);
  expect(subjects(suite.alertTopicArn)).toEqual(subjects());
});

thoroughTest("a topic that was there before is told too, whoever is subscribed to it", async () => {
  await suite.redeploy((asset) => ({ ...asset, recipients: [], isTopicGiven: true }));
  await heard();
  aws.deliveryPath.trail = { IsLogging: false };
  aws.refuse = ({ fields }) =>
    fields.Action === "Publish" && fields.TopicArn === suite.healthTopicArn
      ? { status: 403, code: "AuthorizationError" }
      : undefined;
  await hourLater();
  expect(subjects()).toEqual([]);
  expect(subjects(suite.alertTopicArn)).toEqual([expect.stringMatching(/^\[HEALTH\] /)]);
});

const PHONE = "+14155550100";

/** Phones that hear of health from a severity on, confirmed. */
async function withPhones(healthTextsFrom: Severity) {
  await suite.redeploy((asset) => ({
    ...asset,
    recipients: [...asset.recipients, { topic: "health-sms", protocol: "sms", endpoint: PHONE }],
    settings: { ...asset.settings, healthTextsFrom },
  }));
  aws.deliveryPath.others = { "texts-of-health": [{ protocol: "sms", endpoint: PHONE, isConfirmed: true }] };
}

const texts = () => suite.taken(suite.healthSmsTopicArn).map(({ fields }) => fields.Message);

test("phones get a short text of what is severe enough, and of its end", async () => {
  await withPhones("critical");
  await heard();
  aws.deliveryPath.filterPolicy = '{"never":["x"]}';
  expect((await hourLater())?.wayOutFaults).toBeGreaterThan(0);
  expect(subjects()).toHaveLength(1);
  expect(texts()).toEqual([]);
  aws.deliveryPath.filterPolicy = "";
  aws.deliveryPath.trail = { IsLogging: false };
  await hourLater();
  aws.deliveryPath.trail = { IsLogging: true };
  await hourLater();
  expect(subjects()).toHaveLength(3);
  expect(texts()).toEqual([
    "HEALTH test us-east-1: The trail Trailbell-trail does not log: nothing that happens is told.",
    "HEALTH test us-east-1: All is well again on the way of alerts",
  ]);
});

thoroughTest("a health topic that is gone is told of on the alert topic", async () => {
  await heard();
  aws.deliveryPath.trail = { IsLogging: false };
  aws.refuse = (request) =>
    request.fields.TopicArn === suite.healthTopicArn ? { status: 404, code: "NotFound" } : undefined;
  await hourLater();
  expect(subjects(suite.alertTopicArn)).toEqual([
    expect.stringMatching(/^\[HEALTH\] The trail Trailbell-trail does not log/),
  ]);
});

test("a message that SNS does not take is sent by a later tick", async () => {
  aws.deliveryPath.trail = { IsLogging: false };
  aws.refuse = (request) => (isPublish(request) ? { status: 500, code: "InternalError" } : undefined);
  expect(await hourLater()).toMatchObject({ wayOutFaults: 1 });
  aws.refuse = () => undefined;
  expect(subjects()).toEqual([]);
  await suite.functions.advance(6 * 60_000);
  await suite.functions.tick();
  expect(subjects()).toEqual([expect.stringMatching(/^\[HEALTH\] The trail Trailbell-trail does not log/)]);
});

test.each<[string, ReturnType<LocalAws["refuse"]>]>(
  first(1, [
    ["refused", { status: 403, code: "AccessDenied" }],
    ["throttled", { status: 400, code: "Throttling" }],
    ["never answered", "silent"],
    ["broken off", "reset"],
  ]),
)("reads that are %s stop nothing that is due, and are told from the second time on", async (_, fault) => {
  aws.deliveryPath.trail = { IsLogging: false };
  aws.refuse = (request) => (isPublish(request) ? { status: 500, code: "InternalError" } : undefined);
  await suite.deliver("due", keyCreated("alice"));
  expect(suite.told()).toEqual([]);
  aws.refuse = (request) => (isOfLook(request) ? fault : undefined);
  expect(await hourLater()).toMatchObject({ wayOutFaults: 0, publishFailures: 0 });
  expect(suite.told()).toHaveLength(1);
  expect(subjects()).toEqual([]);
  expect(await hourLater()).toMatchObject({ wayOutFaults: 0 });
  expect(subjects()).toEqual([expect.stringMatching(/could not be looked at. And \d more/)]);
});

thoroughTest("an item in the ledger that is no checkup is stepped past, and counted as unreadable", async () => {
  await heard();
  const Item = { key: { S: "checkup" }, version: { N: "1" }, body: { S: '{"at":"never"}' } };
  await aws.dynamodb.send(new PutItemCommand({ TableName: suite.tableName, Item }));
  aws.deliveryPath.trail = { IsLogging: false };
  expect(await hourLater()).toMatchObject({ unreadableItems: 1, wayOutFaults: 1 });
  await hourLater();
  expect(subjects()).toHaveLength(1);
});

test("a deployment in which no log file comes is told of after half an hour, and its end", async () => {
  const passed = async (minutes: number) => {
    await suite.functions.advance(minutes * 60_000);
    await suite.functions.tick();
  };
  for (let minutes = 0; minutes <= 29; minutes++) await passed(minutes === 0 ? 0 : 1);
  expect(subjects()).toEqual([]);
  await passed(2);
  expect(subjects()).toEqual(["[HEALTH] No log file and no digest has come since this was deployed."]);
  const { email } = JSON.parse(suite.taken(suite.healthTopicArn)[0]?.fields.Message ?? "{}");
  expect(email).toMatch(/the trail does not log; .* prefix .*notification.*invoked, or not read, or not use the key/);
  await heard();
  await passed(11);
  expect(subjects().slice(1)).toEqual(["[HEALTH] All is well again on the way of alerts"]);
});

thoroughTest("an account that wrote daily is missed after a day, and that it is back is told too", async () => {
  for (let day = 0; day < 7; day++) {
    await heard();
    await hourLater(24);
  }
  expect(subjects()).toEqual([]);
  expect(await hourLater(3)).toMatchObject({ wayOutFaults: 1 });
  expect(subjects()).toEqual([
    expect.stringMatching(/^\[HEALTH\] Nothing has come of account prod \(111122223333\) since 2026-/),
  ]);
  for (let day = 0; day < 5; day++) await hourLater(24);
  expect(subjects()).toHaveLength(3);
  await heard();
  await hourLater();
  expect(subjects().slice(3)).toEqual(["[HEALTH] All is well again on the way of alerts"]);
});
