import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assetOf } from "../../lib/rule-bundle.ts";
import { readSettings, SettingsError } from "../../lib/settings.ts";
import { verdictOf } from "../support/policy.ts";
import { ACCOUNT, LOG_ARCHIVE, REGION, Recipe } from "../support/recipe.ts";
import { SETTINGS } from "../support/settings.ts";

type Named = { readonly [name: string]: string };

const PAGER = `arn:aws:sns:${REGION}:${ACCOUNT}:pager`;
const ROUTES = [
  { name: "payments", tags: ["payments"], emails: ["pay@example.com"] },
  { name: "grave", severity: "critical", topic: PAGER },
];
const WAYS = {
  ...SETTINGS,
  routes: JSON.stringify(ROUTES),
  tags: JSON.stringify({ payments: [LOG_ARCHIVE] }),
  bus: "security",
  chatFrom: "high",
};

function refusal(settings: Named): string {
  try {
    readSettings("none.yaml", (name) => settings[name]);
  } catch (error) {
    if (error instanceof SettingsError) return error.message;
    throw error;
  }
  return "";
}

test("each way has a topic or a bus, the functions know them, and only they may publish", () => {
  const recipe = new Recipe(WAYS);
  const payments = recipe.of("AWS::SNS::Topic", "WaysPayments").ref;
  const chat = recipe.of("AWS::SNS::Topic", "WaysChatTopic").ref;
  for (const id of ["Alerter", "Tick"]) {
    const { Variables } = recipe.of("AWS::Lambda::Function", id).properties.Environment as { Variables: Named };
    expect(JSON.parse(Variables.WAYS ?? "{}")).toEqual({ bus: "security", chat });
  }
  // The functions make the ARN of a route's own topic of its name, and know those that were given from the asset.
  expect(payments).toBe(`arn:aws:sns:${REGION}:${ACCOUNT}:Trailbell-route-payments`);
  for (const topic of [payments, chat, PAGER]) {
    expect(recipe.mayCall({ action: "sns:Publish", resource: topic })).toBe("Allow");
    expect(recipe.mayCall({ action: "sns:DeleteTopic", resource: topic })).toBe(undefined);
  }
  const policies = recipe.all("AWS::SNS::TopicPolicy");
  expect(policies.flatMap(({ properties }) => properties.Topics)).not.toContain(PAGER);
  for (const topic of [payments, chat]) {
    const policy = policies.find(({ properties }) => (properties.Topics as readonly string[]).includes(topic));
    const asked = (roleArn: string, secure = "true") =>
      verdictOf(policy?.properties.PolicyDocument, {
        action: "sns:Publish",
        resource: topic,
        principal: ["AWS", roleArn],
        context: { "aws:PrincipalArn": roleArn, "aws:SecureTransport": secure },
      });
    expect(asked(recipe.roleArn)).toBe(undefined);
    expect(asked(recipe.roleArn, "false")).toBe("Deny");
    expect(asked(`arn:aws:iam::${ACCOUNT}:role/Admin`)).toBe("Deny");
  }
  const subscribed = recipe
    .all("AWS::SNS::Subscription")
    .map(({ properties }) => [properties.TopicArn, properties.Endpoint]);
  expect(subscribed).toContainEqual([payments, "pay@example.com"]);
});

const KEY = "0123456789abcdef";
const ENDPOINT = `https://pager.example.com/integration/${KEY}/enqueue`;

test("endpoints hear what addresses hear, and their keys stand nowhere but in the subscriptions", () => {
  const routes = JSON.stringify([{ name: "grave", severity: "critical", endpoints: [ENDPOINT] }]);
  const recipe = new Recipe({ source: "new-trail", endpoints: ENDPOINT, routes });
  const topics = ["AlertingAlertTopic", "HealthTopic", "WaysGrave"].map((id) => recipe.of("AWS::SNS::Topic", id).ref);
  const subscriptions = recipe.all("AWS::SNS::Subscription").map(({ properties }) => properties);
  expect(subscriptions).toEqual(
    expect.arrayContaining(topics.map((TopicArn) => ({ TopicArn, Protocol: "https", Endpoint: ENDPOINT }))),
  );
  expect(subscriptions).toHaveLength(3);
  const { Resources, Outputs } = recipe.template as {
    Resources: { [id: string]: { Type: string; Metadata?: object } };
  } & {
    Outputs: object;
  };
  const others = Object.values(Resources).filter(({ Type }) => Type !== "AWS::SNS::Subscription");
  const metadata = Object.values(Resources).map(({ Metadata }) => Metadata ?? {});
  expect(JSON.stringify([Object.keys(Resources), others, metadata, Outputs])).not.toContain(KEY);
  expect(JSON.stringify(Outputs)).toContain("must fetch each SubscribeURL");
  // The guard of the self-watch tells them, too.
  const guard = recipe.all("AWS::Events::Rule").map(({ properties }) => JSON.stringify(properties.Targets));
  expect(guard.some((targets) => targets.includes(topics[0] ?? "?"))).toBe(true);
});

test("the role may put events on that bus, and only as Trailbell", () => {
  const recipe = new Recipe(WAYS);
  const put = (bus: string, source = "trailbell") =>
    recipe.mayCall({
      action: "events:PutEvents",
      resource: `arn:aws:events:${REGION}:${ACCOUNT}:event-bus/${bus}`,
      context: { "events:source": source },
    });
  expect(put("security")).toBe("Allow");
  expect(put("default")).toBe(undefined);
  expect(put("security", "aws.s3")).toBe(undefined);
  const foreign = `arn:aws:events:${REGION}:${LOG_ARCHIVE}:event-bus/central`;
  const other = new Recipe({ ...SETTINGS, bus: foreign });
  const context = { "events:source": "trailbell" };
  expect(other.mayCall({ action: "events:PutEvents", resource: foreign, context })).toBe("Allow");
  expect(new Recipe(SETTINGS).mayCall({ action: "events:PutEvents", resource: foreign, context })).toBe(undefined);
});

test("the topics are watched, looked after and alarmed like the others", () => {
  const recipe = new Recipe(WAYS);
  const chat = recipe.of("AWS::SNS::Topic", "WaysChatTopic").ref;
  const watches = JSON.stringify(recipe.all("AWS::Events::Rule").map(({ properties }) => properties.EventPattern));
  expect(watches).toContain("*:Trailbell-route-*");
  for (const topic of [chat, PAGER]) {
    expect(watches).toContain(topic);
    expect(recipe.mayCall({ action: "sns:ListSubscriptionsByTopic", resource: topic })).toBe("Allow");
  }
  const alarms = recipe.all("AWS::CloudWatch::Alarm").map(({ properties }) => JSON.stringify(properties));
  expect(alarms.filter((alarm) => alarm.includes(chat.split(":").pop() ?? "?")).length).toBeGreaterThan(0);
});

test("with as many and as long names as the settings take, a deployment keeps to AWS's quotas", () => {
  const long = (length: number, i: number) => `${i}`.padStart(length, "x");
  const region = "ap-southeast-7";
  const sns = (account: string, i: number) => `arn:aws:sns:${region}:${account}:${long(255, i)}`;
  const routes = Array.from({ length: 20 }, (_, i) =>
    i < 10
      ? { name: `r${long(29, i)}`, severity: "high", emails: [`a${i}@example.com`] }
      : { name: `r${long(29, i)}`, severity: "high", topic: sns(LOG_ARCHIVE, i) },
  );
  const recipe = new Recipe(
    {
      source: long(63, 0),
      stackName: `s${long(39, 0)}`,
      emails: "you@example.com",
      alertTopic: sns(ACCOUNT, 21),
      // The guard is one rule: its topics have less room.
      healthTopic: `arn:aws:sns:${region}:${ACCOUNT}:${long(100, 22)}`,
      topicKey: `arn:aws:kms:${region}:${ACCOUNT}:key/mrk-1234567890abcdef1234567890abcdef`,
      prefix: long(200, 0),
      announcedBy: sns(LOG_ARCHIVE, 23),
      bucketAccount: LOG_ARCHIVE,
      bucketRegion: region,
      readRole: `arn:aws:iam::${LOG_ARCHIVE}:role/${long(64, 0)}`,
      logKey: `arn:aws:kms:${region}:${LOG_ARCHIVE}:key/mrk-1234567890abcdef1234567890abcdef`,
      bus: `arn:aws:events:${region}:${LOG_ARCHIVE}:event-bus/${long(256, 0)}`,
      chatFrom: "high",
      alarms: "full",
      routes: JSON.stringify(routes),
    },
    { region },
  );
  const sizeOf = (value: unknown) => Buffer.byteLength(JSON.stringify(value));
  // Lambda Developer Guide, "Quotas".
  for (const { id, properties } of recipe.all("AWS::Lambda::Function")) {
    const { Variables = {} } = (properties.Environment ?? {}) as { Variables?: Named };
    const size = Object.entries(Variables).reduce((sum, [name, value]) => sum + name.length + value.length, 0);
    expect({ id, size: size <= 4096 || size }).toEqual({ id, size: true });
  }
  // EventBridge User Guide, "Quotas".
  const patterns = recipe
    .all("AWS::Events::Rule")
    .map(({ ref, properties }) => [ref, properties.EventPattern] as const);
  for (const [rule, pattern = {}] of patterns) {
    const size = sizeOf(pattern);
    expect({ rule, size: size <= 2048 || size }).toEqual({ rule, size: true });
  }
  const watched = JSON.stringify(patterns);
  const named = recipe.all("AWS::Events::Rule").flatMap(({ properties }) => properties.Name ?? []);
  expect(named.filter((name) => String(name).length > 64)).toEqual([]);
  for (const topic of [...routes.flatMap((one) => one.topic ?? []), sns(LOG_ARCHIVE, 23)]) {
    expect(watched).toContain(`"${topic}"`);
  }
  // IAM User Guide, "IAM and AWS STS quotas": all inline policies of a role together.
  const role = recipe.roleArn.split("/").pop();
  const policies = recipe
    .all("AWS::IAM::Policy")
    .filter(({ properties }) => (properties.Roles as readonly unknown[]).includes(role));
  const rights = policies.reduce((sum, { properties }) => sum + sizeOf(properties.PolicyDocument), 0);
  expect({ rights: rights <= 10_240 || rights }).toEqual({ rights: true });
  // CloudFormation User Guide, "Quotas".
  expect(recipe.resources.length).toBeLessThanOrEqual(500);
  expect(sizeOf(recipe.template)).toBeLessThan(1_000_000);
});

test("a route's tags become accounts, in the asset that the functions read", () => {
  const folder = mkdtempSync(join(tmpdir(), "trailbell-ways-"));
  const file = join(folder, "trailbell.config.yaml");
  writeFileSync(
    file,
    `source: new-trail
emails: [you@example.com]
packs: [${JSON.stringify(join(process.cwd(), "test/support/rules"))}]
tags: { payments: ["444455556666", "777788889999"], eu: ["777788889999"] }
routes:
  - { name: both, tags: [payments, eu], emails: [a@example.com] }
  - { name: narrowed, tags: [payments], accounts: ["777788889999"], severity: high, endpoints: [https://b.example.com/x] }
  - { name: grave, severity: critical, topic: "${PAGER}" }
`,
  );
  const { settings, routeHearers, routeTopics } = assetOf(
    readSettings(file, () => undefined),
    file,
  );
  expect(settings.routes).toEqual([
    { name: "both", accounts: ["444455556666", "777788889999"] },
    { name: "narrowed", accounts: ["777788889999"], severity: "high" },
    { name: "grave", severity: "critical" },
  ]);
  expect(routeHearers).toEqual({
    both: [{ protocol: "email", endpoint: "a@example.com" }],
    narrowed: [{ protocol: "https", endpoint: "https://b.example.com/x" }],
    grave: [],
  });
  expect(routeTopics).toEqual({ grave: PAGER });
});

const route = (fields: object) =>
  JSON.stringify([{ name: "a", severity: "high", emails: ["a@example.com"], ...fields }]);

test.each<[string, Named, RegExp]>([
  ["a route to nowhere", { routes: route({ emails: [] }) }, /a route has emails, endpoints or a topic/],
  ["a route that takes all", { routes: route({ severity: undefined }) }, /leaves nothing for the default/],
  ["a FIFO topic", { routes: route({ topic: `${PAGER}.fifo` }) }, /topic is a FIFO topic/],
  [
    "a name twice",
    { routes: JSON.stringify([...JSON.parse(route({})), ...JSON.parse(route({}))]) },
    /two routes have the same name/,
  ],
  ["a name with a slash", { routes: route({ name: "a/b" }) }, /a route's name is of small letters/],
  ["an unknown field", { routes: route({ acounts: [] }) }, /unknown key "acounts"/],
  [
    "an unknown tag",
    { routes: route({ tags: ["pay"] }) },
    /^-c routes: routes: a: no account has the tag "pay"; tags: none is given/,
  ],
  [
    "an endpoint without encryption",
    { endpoints: "http://pager.example.com/x" },
    /^-c endpoints: an endpoint is written like/,
  ],
  [
    "an endpoint that is no address",
    { endpoints: "https://" },
    /written like https:\/\/pager\.example\.com\/integration\/KEY$/,
  ],
  [
    "an endpoint with a password, which it does not quote",
    { endpoints: "https://me:s3cr3t@pager.example.com/x" },
    /^-c endpoints: an endpoint has neither a user name nor a password before its host$/,
  ],
  ["an endpoint of a route", { routes: route({ endpoints: ["pager"] }) }, /^-c routes: an endpoint is written like/],
  ["an endpoint twice", { routes: route({ endpoints: [ENDPOINT, ENDPOINT] }) }, /a route names an endpoint twice/],
  ["a bus", { bus: "a b" }, /bus is the name or the ARN of an EventBridge bus/],
  ["a severity of chats", { chatFrom: "urgent" }, /unknown chatFrom "urgent"/],
  ["broken JSON", { routes: "[{" }, /^-c routes: routes is JSON, or the name of a file/],
])("%s is refused by name", (_, settings, message) => {
  expect(refusal({ ...SETTINGS, ...settings })).toMatch(message);
});

test("a topic that one has is recipient enough", () => {
  expect(refusal({ source: "new-trail", alertTopic: PAGER })).toBe("");
  expect(refusal({ source: "new-trail", endpoints: "https://pager.example.com/x" })).toBe("");
  expect(refusal({ source: "new-trail", bus: "default" })).toMatch(/nobody would be alerted/);
});
