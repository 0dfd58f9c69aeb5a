import type { CloudTrailRecord } from "../../../lambda/core/record/record.ts";
import { trafficOf } from "../../../lambda/core/rules/own-traffic.ts";
import { DESK_DEPLOYMENT } from "../../../lambda/core/rules/self.ts";
import { OWN_TRAFFIC_SAMPLES } from "../../../lambda/rule-files/own-traffic-samples.ts";
import { everyCall, testDesk } from "../../support/desk-pipeline.ts";
import { record } from "../../support/log-files.ts";

const SAMPLES = Object.entries(OWN_TRAFFIC_SAMPLES);

test.each(SAMPLES)("%s is own traffic", (_, sample) => {
  expect(trafficOf(sample, DESK_DEPLOYMENT)).toBe("own");
  expect(trafficOf({ ...sample, errorCode: "AccessDenied" }, DESK_DEPLOYMENT)).toBe("own, denied");
});

/** The same call by somebody else, or by the same role on something else, is other people's. */
const spoilt = (sample: CloudTrailRecord): readonly CloudTrailRecord[] => {
  const text = JSON.stringify(sample);
  const other = text
    .replaceAll(DESK_DEPLOYMENT.logBucket, "other-bucket")
    .replaceAll("Trailbell-AlertTopic", "OtherTopic")
    .replaceAll("Trailbell-HealthTopic", "OtherTopic")
    .replaceAll("trail/Trailbell-trail", "trail/other")
    .replaceAll("Trailbell-self-watch-", "Trailbell-nightly-")
    .replaceAll("Trailbell-LedgerTable", "OtherTable")
    .replaceAll("Trailbell-AlerterLog", "OtherLog")
    .replaceAll("Trailbell-DeadLetters", "OtherQueue")
    .replaceAll("trail-bucket-access", "other-access")
    .replaceAll("function:Trailbell-Alerter", "function:Other")
    .replaceAll("function:Trailbell-Tick", "function:Other");
  return [
    { ...sample, userIdentity: { type: "IAMUser", arn: "arn:aws:iam::111122223333:user/mallory" } },
    { ...sample, eventName: `${sample.eventName}Policy` },
    { ...sample, eventSource: "iam.amazonaws.com" },
    ...(text === other ? [] : [JSON.parse(other)]),
    JSON.parse(text.replaceAll("role/Trailbell-AlerterRole", "role/Other").replaceAll("other-bucket", "x")),
  ];
};

test.each(SAMPLES)("%s by others, or of something else, is not", (_, sample) => {
  const others = spoilt(sample).filter((one) => JSON.stringify(one) !== JSON.stringify(sample));
  expect(others.length).toBeGreaterThanOrEqual(4);
  for (const other of others) expect(trafficOf(other, DESK_DEPLOYMENT)).toBe("other");
});

test.each([
  ["an item of the ledger that is deleted", "an item of the ledger is put", { eventName: "DeleteItem" }],
  ["a batch of items that is written", "an item of the ledger is put", { eventName: "BatchWriteItem" }],
  ["a statement of PartiQL on the ledger", "an item of the ledger is updated", { eventName: "ExecuteStatement" }],
  ["the log bucket listed", "the function reads a log file", { eventName: "ListObjectsV2" }],
  ["what the trail selects, changed", "the tick looks at what the trail records", { eventName: "PutEventSelectors" }],
  [
    "a rule of the self-watch that is disabled",
    "the tick looks at a rule of the self-watch",
    { eventName: "DisableRule" },
  ],
  ["a filter policy that is set", "the tick looks at a subscription", { eventName: "SetSubscriptionAttributes" }],
  ["a publish in another region", "an alert is published", { awsRegion: "eu-west-3" }],
])("%s with the functions' role is somebody else's", (_, sample, fields) => {
  expect(trafficOf({ ...OWN_TRAFFIC_SAMPLES[sample], ...fields }, DESK_DEPLOYMENT)).toBe("other");
});

const OTHER_TABLE = "arn:aws:dynamodb:us-east-1:111122223333:table/orders";
const OTHER_ROLE = "arn:aws:iam::111122223333:role/ops";

test.each([
  ["an item of the ledger is put", "PutItem"],
  ["an item of the ledger is updated", "UpdateItem"],
])("where %s, another role, another session and another table are somebody else's", (what, eventName) => {
  const sample = OWN_TRAFFIC_SAMPLES[what] ?? {};
  expect(sample.eventName).toBe(eventName);
  const text = JSON.stringify(sample);
  const byOthers = [
    text.replaceAll(DESK_DEPLOYMENT.roleArn, OTHER_ROLE),
    text.replaceAll("AlerterRole/Trailbell-Alerter", "AlerterRole/evil"),
    text.replaceAll(DESK_DEPLOYMENT.ledgerTableArn, OTHER_TABLE),
  ];
  for (const other of byOthers) {
    expect(other).not.toBe(text);
    expect(trafficOf(JSON.parse(other), DESK_DEPLOYMENT)).toBe("other");
  }
  // A call that was denied may name its table in the parameters alone.
  const { resources: _, ...bare } = sample;
  expect(trafficOf(bare, DESK_DEPLOYMENT)).toBe("own");
  expect(trafficOf({ ...bare, requestParameters: { tableName: "orders" } }, DESK_DEPLOYMENT)).toBe("other");
});

test("a session that another function opened with the role is somebody else's", () => {
  const sample = OWN_TRAFFIC_SAMPLES["an alert is published"] ?? {};
  const text = JSON.stringify(sample).replaceAll("AlerterRole/Trailbell-Alerter", "AlerterRole/evil");
  expect(trafficOf(JSON.parse(text), DESK_DEPLOYMENT)).toBe("other");
  const assume = OWN_TRAFFIC_SAMPLES["Lambda assumes the function's role"] ?? {};
  const requestParameters = { roleArn: DESK_DEPLOYMENT.roleArn, roleSessionName: "evil" };
  expect(trafficOf({ ...assume, requestParameters }, DESK_DEPLOYMENT)).toBe("other");
});

test("a denied call of the functions is counted though no rule looks at it", async () => {
  const desk = testDesk([{ name: "x", place: "x:1", severity: "high", calls: ["iam:CreateUser"] }]);
  const denied = { ...OWN_TRAFFIC_SAMPLES["the log file is decrypted"], errorCode: "AccessDenied" };
  expect(await desk.deliver([denied])).toMatchObject({ matches: 0, ownDenied: 1, ownTraffic: 0 });
});

test("whatever else is done with the function's role rings", async () => {
  const role = OWN_TRAFFIC_SAMPLES["the function reads a log file"]?.userIdentity;
  const desk = testDesk([everyCall("high")]);
  await desk.deliver([record({ userIdentity: role, eventSource: "iam.amazonaws.com", eventName: "CreateUser" })]);
  expect(desk.alerts).toHaveLength(1);
});

test("a rule for every call does not feed on its own traffic, and a denied own call is counted for the alarm", async () => {
  const desk = testDesk([{ ...everyCall("critical"), name: "*:*" }]);
  let file: readonly CloudTrailRecord[] = [record()];
  for (let round = 0; round < 20; round++) {
    await desk.deliver(file);
    await desk.desk.advanceTo(desk.desk.now() + 5 * 60_000);
    // What reading that file, recording and publishing leave in the next one.
    file = SAMPLES.map(([, sample], i) => ({ ...sample, eventID: `own-${round}-${i}`, eventTime: record().eventTime }));
  }
  await desk.desk.runToEnd();
  expect(desk.alerts).toHaveLength(1);
  expect(desk.texts).toHaveLength(1);
  const denied = { ...file[0], errorCode: "AccessDenied", eventID: "denied" };
  expect(await desk.deliver([denied])).toMatchObject({ matches: 0, ownTraffic: 1, ownDenied: 1 });
});
