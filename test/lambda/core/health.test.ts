import type { Checkup } from "../../../lambda/core/health/checkup.ts";
import { checkupOf, decideCheckup } from "../../../lambda/core/health/checkup.ts";
import {
  type DeliveryPath,
  deliveryPathFindings,
  recipientsMissing,
  type Sight,
} from "../../../lambda/core/health/delivery-path.ts";
import type { Answer, Finding } from "../../../lambda/core/health/finding.ts";
import { type HealthMessage, healthMessage } from "../../../lambda/core/health/message.ts";
import {
  type FunctionNotification,
  type KeyFilter,
  notificationFindings,
  sampleKey,
  selects,
} from "../../../lambda/core/health/notification.ts";
import type { WatchRule } from "../../../lambda/core/health/self-watch.ts";
import type { Recipient, Subscription, TopicName } from "../../../lambda/core/health/subscriptions.ts";
import { type Hearers, tellHealth } from "../../../lambda/core/health/tell.ts";
import { setupOf } from "../../../lambda/core/health/trail.ts";
import { DESK_DEPLOYMENT } from "../../../lambda/core/rules/self.ts";
import { NOW } from "../../support/desk-pipeline.ts";
import { logKey } from "../../support/log-files.ts";

const { alertTopicArn, smsTopicArn, healthTopicArn, healthSmsTopicArn, functionArn, trailArn, logBucket } =
  DESK_DEPLOYMENT;

const RECIPIENTS: readonly Recipient[] = [
  { topic: "alert", protocol: "email", endpoint: "a@example.com" },
  { topic: "alert", protocol: "email", endpoint: "b@example.com" },
  { topic: "sms", protocol: "sms", endpoint: "+14155550100" },
  { topic: "health", protocol: "email", endpoint: "a@example.com" },
  { topic: "health-sms", protocol: "sms", endpoint: "+14155550100" },
];

const DELIVERY_PATH: DeliveryPath = {
  topics: { alert: alertTopicArn, sms: smsTopicArn, health: healthTopicArn, "health-sms": healthSmsTopicArn },
  recipients: RECIPIENTS,
  logBucket,
  logPrefix: "security logs/AWSLogs/",
  trailArn,
  alerterArn: functionArn,
  watchRules: ["Trailbell-self-watch-functions", "Trailbell-self-watch-guard"],
};

function subscribed(
  topicArn: string,
  protocol: string,
  endpoint: string,
  more: Partial<Subscription> = {},
): Subscription {
  return { protocol, endpoint, arn: `${topicArn}:5f1d0c3a-9b7e-4468-8f00-1a2b3c4d5e6f`, ...more };
}

const A = subscribed(alertTopicArn, "email", "A@example.com", { filterPolicy: { value: "{ }" } });
const B = subscribed(alertTopicArn, "email", "b@example.com", { filterPolicy: { value: "" } });

const ENTRY = {
  functionArn,
  events: ["s3:ObjectCreated:*"],
  filter: { prefix: "security+logs/AWSLogs/", suffix: ".json.gz" },
};

/** The trail as CloudTrail describes it. */
const TRAIL = {
  S3BucketName: logBucket,
  S3KeyPrefix: "security logs",
  IsMultiRegionTrail: true,
  LogFileValidationEnabled: true,
};

/** Both rules of the self-watch with one state and the same targets. */
function watched(targets: readonly string[], isEnabled = true): Sight["watchRules"] {
  return new Map(DELIVERY_PATH.watchRules.map((rule) => [rule, { value: { isEnabled, targets } }]));
}

/** A way out on which all is well. */
const SOUND: Sight = {
  subscriptions: {
    alert: { value: [A, B] },
    sms: { value: [subscribed(smsTopicArn, "sms", "+14155550100")] },
    health: { value: [subscribed(healthTopicArn, "email", "a@example.com")] },
    "health-sms": { value: [subscribed(healthSmsTopicArn, "sms", "+14155550100")] },
  },
  notification: { value: { functions: [ENTRY], others: 0 } },
  trail: { value: { isLogging: true, deliveryError: "", digestError: "" } },
  trailSetup: { value: setupOf({ Trail: TRAIL }, { EventSelectors: [{ ReadWriteType: "All" }] }) },
  alerter: { value: {} },
  watchRules: watched([healthTopicArn]),
};

const alerts = (...value: readonly Subscription[]): Sight => ({
  ...SOUND,
  subscriptions: { ...SOUND.subscriptions, alert: { value } },
});
const entry = (more: Partial<FunctionNotification>): Sight => ({
  ...SOUND,
  notification: { value: { functions: [{ ...ENTRY, ...more }], others: 0 } },
});
const setup = (trail: object, selectors: object = {}): Sight => ({
  ...SOUND,
  trailSetup: { value: setupOf({ Trail: { ...TRAIL, ...trail } }, selectors) },
});
const oneRule = (answer: Answer<WatchRule>): Sight => ({
  ...SOUND,
  watchRules: new Map([...SOUND.watchRules, ["Trailbell-self-watch-guard", answer]]),
});
const gone: Answer<never> = { refused: "ResourceNotFoundException: it does not exist" };
const refused: Answer<never> = { refused: "AccessDenied: not \u202eauthorized by evil.example" };

const without = ({ endpoint }: Subscription) => [A, B].filter((one) => one.endpoint !== endpoint);

test("of a sound way nothing is told, a concurrency that is reserved included, and one without a trail of its own", () => {
  expect(deliveryPathFindings(DELIVERY_PATH, SOUND)).toEqual([]);
  expect(
    deliveryPathFindings(DELIVERY_PATH, { ...SOUND, alerter: { value: { reserved: 10, state: "Active" } } }),
  ).toEqual([]);
  const { trail: _, trailSetup: __, ...adopted } = SOUND;
  expect(deliveryPathFindings({ ...DELIVERY_PATH, trailArn: "" }, adopted)).toEqual([]);
  expect(recipientsMissing(DELIVERY_PATH, SOUND)).toBe(0);
});

test.each<[string, Sight, string, RegExp]>([
  [
    "a lost subscription",
    alerts(...without(B)),
    "alert-subscriptions: broken",
    /^b@example\.com is not subscribed to the alert/,
  ],
  [
    "one that is deleted and still listed",
    alerts(A, { ...B, arn: "Deleted" }),
    "alert-subscriptions: broken",
    /^b@.* not subscribed/,
  ],
  [
    "one that waits",
    alerts(A, { ...B, arn: "PendingConfirmation" }),
    "alert-subscriptions: broken",
    /^b@.* has not confirmed/,
  ],
  [
    "a filter policy",
    alerts(A, { ...B, filterPolicy: { value: '{"x":["y"]}' } }),
    "alert-subscriptions: broken",
    /^The subscription of b@.* has a filter policy/,
  ],
  [
    "a filter policy that cannot be read",
    alerts(A, { ...B, filterPolicy: refused }),
    "alert-subscriptions: doubtful",
    /^The filter policy of b@.* could not/,
  ],
  [
    "nobody at all",
    alerts(),
    "alert-subscriptions: broken",
    /^Nobody is subscribed to the alert topic.* a@example\.com, b@example\.com\.$/,
  ],
  ["nobody who has confirmed", alerts({ ...A, arn: "PendingConfirmation" }), "alert-subscriptions: broken", /^Nobody/],
  [
    "somebody else's",
    alerts(A, B, subscribed(alertTopicArn, "https", "https://evil.example/x")),
    "alert-subscriptions: doubtful",
    /^The alert topic has a subscriber that .*: https\[:\]\/\/evil\[\.\]example\/x\.$/,
  ],
  [
    "an emptied notification",
    { ...SOUND, notification: { value: { functions: [], others: 0 } } },
    "notification: broken",
    /^The log bucket trail-bucket no longer notifies/,
  ],
  [
    "a notification for others",
    entry({ functionArn: `${functionArn}2` }),
    "notification: broken",
    /no longer notifies/,
  ],
  ["a notification of removals", entry({ events: ["s3:ObjectRemoved:*"] }), "notification: broken", /other events/],
  [
    "a filter of another prefix",
    entry({ filter: { prefix: "AWSLogs/" } }),
    "notification: broken",
    /does not select each log file/,
  ],
  [
    "a filter of another suffix",
    entry({ filter: { suffix: ".json" } }),
    "notification: broken",
    /does not select each log file/,
  ],
  [
    "a filter that is not encoded",
    entry({ filter: { prefix: "security logs/" } }),
    "notification: doubtful",
    /URL-encoded/,
  ],
  ["a trail that is stopped", { ...SOUND, trail: { value: { isLogging: false } } }, "trail: broken", /does not log/],
  [
    "log files that S3 refuses",
    { ...SOUND, trail: { value: { isLogging: true, deliveryError: "AccessDenied" } } },
    "trail: broken",
    /its log files/,
  ],
  [
    "digests that S3 refuses",
    { ...SOUND, trail: { value: { isLogging: true, digestError: "NoSuchBucket" } } },
    "trail: broken",
    /its digests/,
  ],
  [
    "a trail that is gone",
    {
      ...SOUND,
      trail: { refused: "TrailNotFoundException: no" },
      trailSetup: { refused: "TrailNotFoundException: no" },
    },
    "trail: broken",
    /is gone/,
  ],
  ["a trail into another bucket", setup({ S3BucketName: "other" }), "trail: broken", /another bucket, other\.$/],
  ["a trail below another prefix", setup({ S3KeyPrefix: "x" }), "trail: broken", /writes below x\/AWSLogs\/, and/],
  ["a trail that lost its prefix", setup({ S3KeyPrefix: undefined }), "trail: broken", /writes below AWSLogs\/, and/],
  ["a trail of one region", setup({ IsMultiRegionTrail: false }), "trail: doubtful", /one region only/],
  ["a trail without digests", setup({ LogFileValidationEnabled: false }), "trail: doubtful", /writes no digests/],
  ["a setup that is refused", { ...SOUND, trailSetup: refused }, "trail: doubtful", /setup of the trail .* could not/],
  [
    "a rule that is disabled",
    oneRule({ value: { isEnabled: false, targets: [healthTopicArn] } }),
    "self-watch: broken",
    /-guard is disabled/,
  ],
  [
    "a rule without a target",
    oneRule({ value: { isEnabled: true, targets: [] } }),
    "self-watch: broken",
    /-guard tells nobody/,
  ],
  [
    "a rule with somebody else's",
    oneRule({ value: { isEnabled: true, targets: [`${healthTopicArn}2`] } }),
    "self-watch: broken",
    /-guard tells nobody/,
  ],
  ["a rule that is gone", oneRule(gone), "self-watch: broken", /-guard is gone/],
  ["a rule that is refused", oneRule(refused), "self-watch: doubtful", /rule Trailbell-self-watch-guard could not/],
  [
    "rules that are refused",
    { ...SOUND, watchRules: new Map(DELIVERY_PATH.watchRules.map((rule) => [rule, refused])) },
    "self-watch: doubtful",
    /rule Trailbell-self-watch-functions and 1 more could not/,
  ],
  ["a function that is gone", { ...SOUND, alerter: gone }, "alerter-function: broken", /is gone/],
  [
    "a concurrency of 0",
    { ...SOUND, alerter: { value: { reserved: 0 } } },
    "alerter-function: broken",
    /is 0: it never runs/,
  ],
  [
    "a function that failed",
    { ...SOUND, alerter: { value: { state: "Failed" } } },
    "alerter-function: broken",
    /not active/,
  ],
  [
    "subscriptions that are refused",
    { ...SOUND, subscriptions: { ...SOUND.subscriptions, sms: refused } },
    "sms-subscriptions: doubtful",
    /could not be looked at/,
  ],
  [
    "a notification that is refused",
    { ...SOUND, notification: refused },
    "notification: doubtful",
    /could not be looked at/,
  ],
  ["a status that is refused", { ...SOUND, trail: refused }, "trail: doubtful", /could not be looked at/],
  [
    "a function that is refused",
    { ...SOUND, alerter: refused },
    "alerter-function: doubtful",
    /could not be looked at/,
  ],
])("%s is found, alone, in words for a person", (_, sight, expected, what) => {
  const [finding, ...others] = deliveryPathFindings(DELIVERY_PATH, sight);
  expect(others).toEqual([]);
  expect(`${finding?.check}: ${finding?.state}`).toBe(expected);
  expect(finding?.what).toMatch(what);
  expect(finding?.remedy).not.toBe("");
  // No text of AWS's can make a link or turn a line around.
  expect(JSON.stringify(finding)).not.toMatch(/evil\.example|\u202e/);
});

test("whoever must confirm is told so: addresses, not phones", () => {
  const whyOf = (topic: "alert" | "sms", recipients: readonly Recipient[], subscriptions: Sight["subscriptions"]) =>
    deliveryPathFindings({ ...DELIVERY_PATH, recipients }, { ...SOUND, subscriptions }).flatMap((finding) =>
      finding.check === `${topic}-subscriptions` ? [finding.why] : [],
    );
  const none = { ...SOUND.subscriptions, alert: { value: [] }, sms: { value: [] } };
  const mailed = "Each address confirms by the mail of AWS Notifications then, within 48 hours.";
  expect(whyOf("sms", RECIPIENTS, none)).toEqual(["It has no subscription."]);
  expect(whyOf("alert", RECIPIENTS, none)).toEqual([`It has no subscription. ${mailed}`]);
  const more: Recipient = { topic: "sms", protocol: "sms", endpoint: "+14155550101" };
  expect(whyOf("sms", [...RECIPIENTS, more], SOUND.subscriptions)).toEqual([undefined]);
  expect(whyOf("alert", RECIPIENTS, { ...none, alert: { value: [A] } })).toEqual([mailed]);
});

test("recipients who receive nothing are counted, each topic by itself", () => {
  const waiting = { ...B, arn: "PendingConfirmation" };
  const sight = { ...alerts(A, waiting), subscriptions: { ...alerts(A, waiting).subscriptions, sms: { value: [] } } };
  expect(recipientsMissing(DELIVERY_PATH, sight)).toBe(2);
});

test("a remedy's command holds no value that is more than a word", () => {
  const spoilt = { ...B, arn: "arn:aws:sns:x; rm -rf /", filterPolicy: { value: '{"x":["y"]}' } };
  const [finding] = deliveryPathFindings(DELIVERY_PATH, alerts(A, spoilt));
  expect(finding?.remedy).toContain("--subscription-arn ARN ");
});

test("only an empty notification is set by a command: it would replace the others", () => {
  const [empty] = deliveryPathFindings(DELIVERY_PATH, {
    ...SOUND,
    notification: { value: { functions: [], others: 0 } },
  });
  const [, json = ""] = /--notification-configuration '(.*)'/.exec(empty?.remedy ?? "") ?? [];
  expect(JSON.parse(json).LambdaFunctionConfigurations[0].Filter.Key.FilterRules[0].Value).toBe(
    "security+logs/AWSLogs/",
  );
  const [others] = deliveryPathFindings(DELIVERY_PATH, {
    ...SOUND,
    notification: { value: { functions: [], others: 2 } },
  });
  expect(others?.remedy).not.toContain("aws s3api");
});

const field = (Field: string, operator: string, ...values: readonly string[]) => ({ Field, [operator]: values });
const MANAGEMENT = field("eventCategory", "Equals", "Management");
const advanced = (...FieldSelectors: readonly object[]) => ({ AdvancedEventSelectors: [{ FieldSelectors }] });
const DATA = { FieldSelectors: [field("eventCategory", "Equals", "Data")] };

test.each<[string, object, boolean]>([
  ["no selectors", {}, true],
  ["none, as CloudTrail writes it", { EventSelectors: [], AdvancedEventSelectors: [] }, true],
  ["a basic one for all", { EventSelectors: [{ ReadWriteType: "All", IncludeManagementEvents: true }] }, true],
  ["a basic one for writes", { EventSelectors: [{ ReadWriteType: "WriteOnly", IncludeManagementEvents: true }] }, true],
  ["a basic one for reads", { EventSelectors: [{ ReadWriteType: "ReadOnly", IncludeManagementEvents: true }] }, false],
  ["a basic one for data", { EventSelectors: [{ ReadWriteType: "All", IncludeManagementEvents: false }] }, false],
  ["an advanced one for all", advanced(MANAGEMENT), true],
  ["an advanced one for writes", advanced(MANAGEMENT, field("readOnly", "Equals", "false")), true],
  ["an advanced one without KMS", advanced(MANAGEMENT, field("eventSource", "NotEquals", "kms.amazonaws.com")), true],
  ["an advanced one for reads", advanced(MANAGEMENT, field("readOnly", "Equals", "true")), false],
  ["one that leaves out IAM", advanced(MANAGEMENT, field("eventSource", "NotEquals", "iam.amazonaws.com")), false],
  ["one for KMS alone", advanced(MANAGEMENT, field("eventSource", "Equals", "kms.amazonaws.com")), false],
  ["one that leaves out a call", advanced(MANAGEMENT, field("eventName", "NotEquals", "StopLogging")), false],
  ["one for data alone", { AdvancedEventSelectors: [DATA] }, false],
  ["one for data beside one for all", { AdvancedEventSelectors: [DATA, { FieldSelectors: [MANAGEMENT] }] }, true],
])("of a trail with %s it is known whether it records all changes", (_, selectors, expected) => {
  expect(setupOf({}, selectors).recordsChanges).toBe(expected);
});

const KEY = logKey("one");
test.each<[KeyFilter, string, boolean]>([
  [{}, KEY, true],
  [{ prefix: "AWSLogs/", suffix: ".json.gz" }, KEY, true],
  [{ prefix: "awslogs/" }, KEY, false],
  [{ suffix: ".gz.json" }, KEY, false],
  [{ prefix: "a+b/" }, `a b/${KEY}`, true],
  [{ prefix: "a%20b/" }, `a b/${KEY}`, true],
  [{ prefix: "a b/" }, `a b/${KEY}`, true],
  [{ prefix: "Z%C3%BCrich/" }, `Zürich/${KEY}`, true],
  [{ prefix: "a%2Bb/" }, `a+b/${KEY}`, true],
  [{ prefix: "50%/" }, `50%/${KEY}`, true],
  [{ prefix: "50%/" }, KEY, false],
])("the filter %j on the key %s: %s", (filter, key, expected) => {
  expect(selects(filter, key)).toBe(expected);
});

test("the sample key is one that CloudTrail could write", () => {
  expect(sampleKey("x/AWSLogs/", "111122223333", "us-east-1")).toMatch(
    /^x\/AWSLogs\/111122223333\/CloudTrail\/us-east-1\/\d{4}\/\d\d\/\d\d\/111122223333_CloudTrail_us-east-1_\d{8}T\d{4}Z_\w{16}\.json\.gz$/,
  );
});

const LOST: Finding = { check: "alert-subscriptions", state: "broken", what: "b is not subscribed.", remedy: "do" };
const STOPPED: Finding = { check: "trail", state: "broken", what: "It does not log.", remedy: "do" };
const FOREIGN: Finding = { check: "alert-subscriptions", state: "doubtful", what: "somebody else", remedy: "do" };
const UNREAD: Finding = { check: "trail", state: "doubtful", what: "no answer", remedy: "do", isUnread: true };
const HOUR = 3_600_000;

/** What a series of looks tells, an hour apart. */
function looks(...series: readonly (readonly Finding[])[]): readonly (string | undefined)[] {
  let before: Checkup | undefined;
  return series.map((findings, i) => {
    const now = NOW + i * HOUR;
    const { next, tells } = decideCheckup(before, findings, 0, now);
    before = checkupOf(JSON.parse(JSON.stringify(tells === undefined ? next : { ...next, toldAt: now })), now);
    expect(before).toBeDefined();
    return tells;
  });
}
const nothing = undefined;
const times = <T>(count: number, value: T): readonly T[] => Array.from({ length: count }, () => value);

test.each<[string, readonly (readonly Finding[])[], readonly (string | undefined)[]]>([
  ["nothing", [[], []], [nothing, nothing]],
  ["a fault that comes and goes", [[LOST], [LOST], [], []], ["changed", nothing, "well", nothing]],
  [
    "a second fault, and the first one's end",
    [[LOST], [LOST, STOPPED], [STOPPED], []],
    ["changed", "changed", "changed", "well"],
  ],
  [
    "a fault that lasts",
    times(50, [LOST]),
    ["changed", ...times(23, nothing), "lasts", ...times(23, nothing), "lasts", nothing],
  ],
  ["a doubt that lasts", times(50, [FOREIGN]), ["changed", ...times(49, nothing)]],
  ["one call that is refused", [[], [UNREAD], []], [nothing, nothing, nothing]],
  ["calls that are refused, on and on", [[UNREAD], [UNREAD], [UNREAD], []], [nothing, "changed", nothing, "well"]],
  [
    "a fault whose check is refused meanwhile",
    [[STOPPED], [UNREAD], [STOPPED], []],
    ["changed", nothing, nothing, "well"],
  ],
])("of %s is told what is new, what lasts for a day, and the end", (_, series, expected) => {
  expect(looks(...series)).toEqual(expected);
});

test.each([
  ["nothing", undefined],
  ["a text", "x"],
  ["a time that is still to come", { at: NOW + HOUR, ringing: [], unread: [], missing: 0, faults: 0 }],
  ["a list of numbers", { at: NOW, ringing: [1], unread: [], missing: 0, faults: 0 }],
  ["a count below zero", { at: NOW, ringing: [], unread: [], missing: -1, faults: 0 }],
])("%s in the ledger is no checkup", (_, body) => {
  expect(checkupOf(body, NOW)).toBeUndefined();
});

/** The severities of what a series of looks tells, an hour apart. */
function severities(...series: readonly (readonly Finding[])[]): readonly (string | undefined)[] {
  let before: Checkup | undefined;
  return series.map((findings, i) => {
    const { next, tells, severity } = decideCheckup(before, findings, 0, NOW + i * HOUR);
    before = checkupOf(JSON.parse(JSON.stringify(next)), NOW + i * HOUR);
    return tells && severity;
  });
}

const TOTAL: Finding = { ...STOPPED, isTotal: true };

test.each<[string, readonly (readonly Finding[])[], readonly (string | undefined)[]]>([
  ["what stops all alerts", [[TOTAL, LOST]], ["critical"]],
  ["what stops some", [[LOST, FOREIGN]], ["high"]],
  ["a doubt", [[FOREIGN]], ["medium"]],
  ["what cannot be looked at", [[UNREAD], [UNREAD]], [nothing, "medium"]],
  ["the end of a fault, like the fault", [[TOTAL], [LOST], []], ["critical", "critical", "high"]],
  ["a doubt while a fault cannot be looked at", [[TOTAL], [UNREAD, FOREIGN]], ["critical", "critical"]],
])("%s is as severe as it should be", (_, series, expected) => {
  expect(severities(...series)).toEqual(expected);
});

test("the end of what a version before this one told is worth a text", () => {
  const before: Checkup = { at: NOW, ringing: ["trail x"], unread: [], missing: 0, faults: 1 };
  expect(decideCheckup(before, [], 0, NOW + HOUR)).toMatchObject({ tells: "well", severity: "high" });
});

/** On which topics a message is published, as `kind topic`; those in `refusing` take nothing. */
async function told(
  severity: HealthMessage["severity"],
  hearers: Hearers,
  deaf: readonly TopicName[] = [],
  refusing: readonly TopicName[] = [],
) {
  const published: string[] = [];
  const publish = (kind: string) => async (_: HealthMessage, topic: TopicName) => {
    if (refusing.includes(topic)) throw new Error("refused");
    published.push(`${kind} ${topic}`);
  };
  const message = healthMessage({ tells: "changed", severity, told: [LOST], over: [] }, PLACE, NOW);
  const isDeaf = (topic: TopicName) => deaf.includes(topic);
  await tellHealth(message, hearers, isDeaf, { mail: publish("mail"), text: publish("text") });
  return published.sort();
}

const MAILED = { isMailed: true, textsFrom: undefined };
const BOTH: Hearers = { isMailed: true, textsFrom: "high" };
const TEXTED: Hearers = { isMailed: false, textsFrom: "info" };

test.each<[string, Parameters<typeof told>, readonly string[]]>([
  ["mails alone", ["critical", MAILED], ["mail health"]],
  ["what is severe enough", ["high", BOTH], ["mail health", "text health-sms"]],
  ["what is not", ["medium", BOTH], ["mail health"]],
  ["phones alone", ["medium", TEXTED], ["mail health", "text health-sms"]],
  ["a deaf health topic", ["high", BOTH, ["health"]], ["mail alert", "mail health", "text health-sms"]],
  ["deaf phones", ["high", BOTH, ["health-sms"]], ["mail health", "text health-sms", "text sms"]],
  ["phones alone, where mails are deaf", ["high", TEXTED, ["health"]], ["mail health", "text health-sms"]],
  ["topics of health that are gone", ["high", BOTH, [], ["health", "health-sms"]], ["mail alert", "text sms"]],
  ["texts that are refused, for whoever has mails", ["high", BOTH, [], ["health-sms", "sms"]], ["mail health"]],
])("%s: it is told where it should be", async (_, given, expected) => {
  expect(await told(...given)).toEqual(expected);
});

test.each<[string, Parameters<typeof told>]>([
  ["mails", ["high", MAILED, [], ["health", "alert"]]],
  ["texts, for phones alone", ["high", TEXTED, [], ["health-sms", "sms"]]],
  ["both", ["high", BOTH, [], ["health", "alert", "health-sms", "sms"]]],
])("that all %s are refused is no success", async (_, given) => {
  await expect(told(...given)).rejects.toThrow("refused");
});

const PLACE = { stackName: "Trailbell", account: "prod (111122223333)", region: "us-east-1" };

test("what stops all alerts is told before what stops some", () => {
  const sight = { ...alerts(A), trail: { value: { isLogging: false } } };
  const { subject } = healthMessage(
    { tells: "changed", severity: "critical", told: deliveryPathFindings(DELIVERY_PATH, sight), over: [] },
    PLACE,
    NOW,
  );
  expect(subject).toBe("[HEALTH] The trail Trailbell-trail does not log: nothing that happens is told. And 1 more.");
});

test("a message says first what is worst, fits SNS's limits, and says how it is mended", () => {
  const many = times(2_000, { ...FOREIGN, what: "é".repeat(400) });
  const message = healthMessage({ tells: "changed", severity: "high", told: [...many, LOST], over: [] }, PLACE, NOW);
  expect(message.subject).toBe("[HEALTH] b is not subscribed. And 2000 more.");
  expect(message.email).toMatch(
    /^b is not subscribed\. And 2000 more\.\nSeen 2026-11-20 21:29:30 UTC, stack Trailbell, prod \(111122223333\), us-east-1\./,
  );
  expect(message.email).toContain(
    '1. BROKEN  b is not subscribed.\n   Do   do\n   See  docs/doctor.md, "alert-subscriptions"\n',
  );
  expect(message.email).toContain("And 1971 more.");
  expect(message.email).toMatch(
    /\nnpm run doctor looks at the whole way\.\n\(npm run: to be typed in the Trailbell checkout\)\n\(docs\/doctor\.md lies in the Trailbell checkout, and in node_modules\/trailbell\)\n$/,
  );
  const long = healthMessage({ tells: "lasts", severity: "high", told: many, over: [] }, PLACE, NOW);
  expect(long.subject).toMatch(/^\[HEALTH\] Still: [\x20-\x7e]{1,90}$/);
  expect(long.sms.length).toBeLessThanOrEqual(160);
  const well = healthMessage(
    { tells: "well", severity: "high", told: [], over: ["trail", "notification"] },
    PLACE,
    NOW,
  );
  expect(well.subject).toBe("[HEALTH] All is well again on the way of alerts");
  expect(well.email).toContain("\nNo longer found: trail, notification.\n");
  expect(message.sms).toBe("HEALTH Trailbell us-east-1: b is not subscribed. And 2000 more.");
  const size = Buffer.byteLength(JSON.stringify([long.email, long.json, long.sms]));
  expect(size).toBeLessThan(262_144);
});

test.each([
  ["one account", { prefix: "AWSLogs/111122223333/", suffix: ".json.gz" }],
  ["one day", { prefix: "AWSLogs/111122223333/CloudTrail/us-east-1/2026/01/01/", suffix: ".json.gz" }],
  ["one file", { prefix: "AWSLogs/", suffix: "abcdef.json.gz" }],
])("a notification for %s is none for all log files", (_, filter) => {
  const functions = [{ functionArn: "arn:f", events: ["s3:ObjectCreated:*"], filter }];
  const wanted = { bucket: "b", functionArn: "arn:f", prefix: "AWSLogs/", sampleKey: "" };
  const findings = notificationFindings(wanted, { value: { functions, others: 0 } });
  expect(findings).toMatchObject([{ state: "broken", what: expect.stringMatching(/does not select each log file/) }]);
});

test("an https endpoint is watched like an address, and named without what may be its key", () => {
  const endpoint = "https://pager.example.com/integration/0123456789abcdef/enqueue";
  const recipients: readonly Recipient[] = [...RECIPIENTS, { topic: "alert", protocol: "https", endpoint }];
  const path = { ...DELIVERY_PATH, recipients };
  const pager = subscribed(alertTopicArn, "https", endpoint, { filterPolicy: { value: "" } });
  const found = (...subscriptions: readonly Subscription[]) => deliveryPathFindings(path, alerts(...subscriptions));
  expect(found(A, B, pager)).toEqual([]);
  const shown = "https[:]//pager[.]example[.]com/...";
  expect(found(A, B)).toMatchObject([
    { what: `${shown} is not subscribed to the alert topic.`, why: expect.stringContaining("SubscribeURL") },
  ]);
  expect(found(A, B, { ...pager, arn: "PendingConfirmation" })).toMatchObject([
    {
      what: `${shown} has not confirmed the subscription to the alert topic.`,
      why: expect.stringContaining("ask again"),
    },
  ]);
  expect(found()).toMatchObject([{ what: expect.stringContaining(`b@example.com, ${shown}.`) }]);
  const texts = [found(A, B), found(), found(A, B, { ...pager, filterPolicy: { value: '{"x":["y"]}' } })];
  expect(texts[2]).toMatchObject([{ what: expect.stringContaining(`The subscription of ${shown} to the alert`) }]);
  expect(JSON.stringify(texts)).not.toContain("0123456789abcdef");
  const [foreign] = deliveryPathFindings(DELIVERY_PATH, alerts(A, B, pager));
  expect(foreign?.remedy).toMatch(
    /^If it is yours, name it in the setting endpoints\. If it is none of yours: aws sns/,
  );
});
