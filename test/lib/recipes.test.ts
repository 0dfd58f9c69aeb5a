import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readSettings, SettingsError } from "../../lib/settings.ts";
import { verdictOf } from "../support/policy.ts";
import { ACCOUNT, LOG_ARCHIVE, REGION, Recipe } from "../support/recipe.ts";
import { SETTINGS } from "../support/settings.ts";

const EMAILS = "you@example.com";
const KEY = `arn:aws:kms:${REGION}:${LOG_ARCHIVE}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
const ORGANIZATION = "o-exampleorgid";
const CLOUDTRAIL = ["Service", "cloudtrail.amazonaws.com"] as const;

type Named = { readonly [name: string]: string };

function refusal(settings: Named): string {
  try {
    readSettings("none.yaml", (name) => settings[name]);
  } catch (error) {
    if (error instanceof SettingsError) return error.message;
    throw error;
  }
  return "";
}

/** Fifteen calls that nothing here needs, whatever the recipe. */
function forbidden(bucket: string, logs = "AWSLogs/"): readonly (readonly [action: string, resource: string])[] {
  return [
    ["s3:PutObject", `arn:aws:s3:::${bucket}/${logs}${ACCOUNT}/CloudTrail/x.json.gz`],
    ["s3:DeleteObject", `arn:aws:s3:::${bucket}/${logs}${ACCOUNT}/CloudTrail/x.json.gz`],
    ["s3:GetObject", `arn:aws:s3:::${bucket}/private/x.json`],
    ["s3:GetObject", `arn:aws:s3:::another-bucket/${logs}x.json.gz`],
    ["s3:PutBucketPolicy", `arn:aws:s3:::${bucket}`],
    ["s3:PutBucketNotification", `arn:aws:s3:::${bucket}`],
    ["kms:Encrypt", KEY],
    ["kms:PutKeyPolicy", KEY],
    ["iam:PassRole", `arn:aws:iam::${ACCOUNT}:role/Admin`],
    ["sts:AssumeRole", `arn:aws:iam::${ACCOUNT}:role/Admin`],
    ["cloudtrail:StopLogging", `arn:aws:cloudtrail:${REGION}:${ACCOUNT}:trail/Trailbell-trail`],
    ["sns:Publish", `arn:aws:sns:${REGION}:${ACCOUNT}:somebody-elses`],
    ["dynamodb:DeleteTable", `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/any`],
    ["lambda:InvokeFunction", `arn:aws:lambda:${REGION}:${ACCOUNT}:function:any`],
    ["events:PutRule", `arn:aws:events:${REGION}:${ACCOUNT}:rule/any`],
  ];
}

function expectNothingElse(recipe: Recipe, bucket: string, logs?: string): void {
  const allowed = forbidden(bucket, logs).filter(
    ([action, resource]) => recipe.mayCall({ action, resource }) === "Allow",
  );
  expect(allowed).toEqual([]);
}

function expectReads(recipe: Recipe, bucket: string, logs = "AWSLogs/"): void {
  const resource = `arn:aws:s3:::${bucket}/${logs}${ACCOUNT}/CloudTrail/${REGION}/2026/11/20/x.json.gz`;
  expect(recipe.mayCall({ action: "s3:GetObject", resource })).toBe("Allow");
  expect(recipe.mayCall({ action: "s3:GetObjectVersion", resource })).toBe("Allow");
  const list = { action: "s3:ListBucket", resource: `arn:aws:s3:::${bucket}` };
  expect(recipe.mayCall({ ...list, context: { "s3:prefix": `${logs}${ACCOUNT}/` } })).toBe("Allow");
  expect(recipe.mayCall({ ...list, context: { "s3:prefix": "private/" } })).toBe(undefined);
}

describe("1. a new trail", () => {
  const SELECTORS = [
    {
      Name: "one function",
      FieldSelectors: [
        { Field: "eventCategory", Equals: ["Data"] },
        { Field: "resources.type", Equals: ["AWS::Lambda::Function"] },
        { Field: "resources.ARN", Equals: [`arn:aws:lambda:${REGION}:${ACCOUNT}:function:pay`] },
      ],
    },
    {
      FieldSelectors: [
        { Field: "eventCategory", Equals: ["Data"] },
        { Field: "resources.type", Equals: ["AWS::S3::Object"] },
        { Field: "readOnly", Equals: ["false"] },
      ],
    },
    {
      FieldSelectors: [
        { Field: "eventCategory", Equals: ["NetworkActivity"] },
        { Field: "eventSource", Equals: ["kms.amazonaws.com"] },
      ],
    },
  ];
  const full = () =>
    new Recipe({ ...SETTINGS, insights: "true", dataEvents: JSON.stringify(SELECTORS), archiveAfterDays: "90" });

  test("writes digests, tells unusual rates, and keeps what is wanted of it", () => {
    const recipe = full();
    const { properties } = recipe.of("AWS::CloudTrail::Trail");
    expect(properties).toMatchObject({ EnableLogFileValidation: true, IsMultiRegionTrail: true });
    expect(properties.InsightSelectors).toEqual([
      { InsightType: "ApiCallRateInsight" },
      { InsightType: "ApiErrorRateInsight" },
    ]);
    const bucket = recipe.of("AWS::S3::Bucket", "SourceLogBucket");
    expect(bucket.properties.LifecycleConfiguration).toMatchObject({
      Rules: [{ ExpirationInDays: 365, Transitions: [{ StorageClass: "GLACIER_IR", TransitionInDays: 90 }] }],
    });
    expectReads(recipe, bucket.ref);
    expectNothingElse(recipe, bucket.ref);
  });

  test("records data events beside all management events, and none of what the alerter does itself", () => {
    const recipe = full();
    const selectors = recipe.of("AWS::CloudTrail::Trail").properties.AdvancedEventSelectors as readonly {
      readonly Name?: string;
      readonly FieldSelectors: readonly { readonly Field: string; readonly [operator: string]: unknown }[];
    }[];
    const [management, ofFunction, ofObjects, ofNetwork] = selectors;
    expect(management?.FieldSelectors).toEqual([{ Field: "eventCategory", Equals: ["Management"] }]);
    const arnOf = (selector: typeof management) =>
      selector?.FieldSelectors.find(({ Field }) => Field === "resources.ARN");
    const functionArn = (name: string) => `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${name}`;
    expect(ofFunction?.Name).toBe("one function");
    expect(arnOf(ofFunction)).toEqual({
      Field: "resources.ARN",
      Equals: [functionArn("pay")],
      NotStartsWith: [functionArn("Trailbell-Alerter"), functionArn(recipe.of("AWS::Lambda::Function", "Tick").ref)],
    });
    const buckets = ["SourceLogBucket", "SourceAccessLogBucket"].map((id) => recipe.of("AWS::S3::Bucket", id).ref);
    expect(arnOf(ofObjects)).toEqual({
      Field: "resources.ARN",
      NotStartsWith: buckets.map((bucket) => `arn:aws:s3:::${bucket}/`),
    });
    expect(ofObjects?.FieldSelectors).toContainEqual({ Field: "readOnly", Equals: ["false"] });
    expect(ofNetwork?.FieldSelectors).toHaveLength(2);
    expect(selectors).toHaveLength(4);
  });

  test("selectors come from a file as well, named in the settings' file or by -c", () => {
    const folder = mkdtempSync(join(tmpdir(), "trailbell-selectors-"));
    writeFileSync(join(folder, "selectors.json"), JSON.stringify(SELECTORS));
    const file = join(folder, "trailbell.config.yaml");
    writeFileSync(file, "source: new-trail\nemails: [you@example.com]\ndataEvents: selectors.json\n");
    expect(readSettings(file, () => undefined).dataEvents).toEqual(SELECTORS);
    const given: Named = { ...SETTINGS, dataEvents: join(folder, "selectors.json") };
    expect(readSettings("none.yaml", (name) => given[name]).dataEvents).toEqual(SELECTORS);
  });

  const data = { Field: "eventCategory", Equals: ["Data"] };
  const objects = { Field: "resources.type", Equals: ["AWS::S3::Object"] };
  test.each<[string, unknown, RegExp]>([
    [
      "management events",
      [{ Field: "eventCategory", Equals: ["Management"] }],
      /selector 1: it selects management events/,
    ],
    ["no category", [objects], /eventCategory equals Data or NetworkActivity/],
    ["no type", [data], /with Data, resources.type has Equals and one value/],
    [
      "an unknown field",
      [data, objects, { Field: "resource.ARN", Equals: ["x"] }],
      /unknown Field "resource.ARN"; one of/,
    ],
    ["an unknown operator", [data, objects, { Field: "eventName", Is: ["x"] }], /eventName: unknown operator "Is"/],
    [
      "a text for a list",
      [data, { Field: "resources.type", Equals: "x" }],
      /resources.type: Equals is a list of texts/,
    ],
    ["a field twice", [data, data, objects], /eventCategory is given twice/],
    ["no operator", [data, objects, { Field: "eventName" }], /eventName has no operator/],
  ])("selectors with %s are refused by name", (_, FieldSelectors, message) => {
    const dataEvents = JSON.stringify([{ FieldSelectors }]);
    expect(refusal({ ...SETTINGS, dataEvents })).toMatch(/^-c dataEvents: dataEvents: selector 1: /);
    expect(refusal({ ...SETTINGS, dataEvents })).toMatch(message);
  });

  test("what cannot be is refused by name", () => {
    expect(refusal({ ...SETTINGS, dataEvents: "nowhere.json" })).toMatch(
      /^-c dataEvents: dataEvents is JSON, or the name of a file.*ENOENT/,
    );
    expect(refusal({ ...SETTINGS, dataEvents: "[]" })).toMatch(/dataEvents is an empty list/);
    expect(refusal({ ...SETTINGS, archiveAfterDays: "300" })).toMatch(/^-c archiveAfterDays: .* less than 90 days/);
    for (const [name, value] of Object.entries({
      insights: "true",
      archiveAfterDays: "30",
      organizationTrail: "true",
    })) {
      expect(refusal({ source: "b-1", emails: EMAILS, [name]: value })).toMatch(`-c ${name}: ${name} is for new-trail`);
    }
  });
});

describe("2. a bucket whose notification is free", () => {
  test("gets an entry beside other people's, and S3 may invoke the function for this bucket of this account only", () => {
    const recipe = new Recipe({ source: "my-log-bucket", emails: EMAILS });
    // CDK's handler merges where the bucket is not the stack's own.
    expect(recipe.of("Custom::S3BucketNotifications").properties).toMatchObject({ Managed: false });
    const permission = recipe
      .all("AWS::Lambda::Permission")
      .filter(({ properties }) => properties.Principal === "s3.amazonaws.com");
    expect(permission.map(({ properties: { SourceAccount, SourceArn } }) => [SourceAccount, SourceArn])).toEqual([
      [ACCOUNT, "arn:aws:s3:::my-log-bucket"],
    ]);
    expectReads(recipe, "my-log-bucket");
    expectNothingElse(recipe, "my-log-bucket");
  });
});

const TOPIC = `arn:aws:sns:${REGION}:${ACCOUNT}:bucket-events`;

describe("3. a bucket whose notification is taken", () => {
  test("by EventBridge: a rule invokes the function for log files of this bucket and account, and the notification stays", () => {
    const recipe = new Recipe({ source: "my-log-bucket", emails: EMAILS, announcedBy: "eventbridge", prefix: "a b" });
    expect(recipe.all("Custom::S3BucketNotifications")).toEqual([]);
    const rule = recipe.of("AWS::Events::Rule", "SourceLogFiles");
    expect(rule.properties.EventPattern).toEqual({
      source: ["aws.s3"],
      "detail-type": ["Object Created"],
      account: [ACCOUNT],
      detail: {
        bucket: { name: ["my-log-bucket"] },
        object: { key: [{ wildcard: "a b/AWSLogs/*.json.gz" }, { wildcard: "a+b/AWSLogs/*.json.gz" }] },
      },
    });
    const invoking = recipe
      .all("AWS::Lambda::Permission")
      .map(({ properties }) => [properties.Principal, properties.SourceArn]);
    expect(invoking).toContainEqual([
      "events.amazonaws.com",
      `arn:aws:events:${REGION}:${ACCOUNT}:rule/Trailbell-log-files`,
    ]);
    expect(invoking.map(([principal]) => principal)).not.toContain("s3.amazonaws.com");
    // What Lambda does not take within a day is not lost.
    const queue = `arn:aws:sqs:${REGION}:${ACCOUNT}:${recipe.of("AWS::SQS::Queue").ref.split("/").pop()}`;
    expect(rule.properties.Targets).toEqual([expect.objectContaining({ DeadLetterConfig: { Arn: queue } })]);
    const sends = (by: string) => ({
      action: "sqs:SendMessage",
      resource: queue,
      principal: ["Service", "events.amazonaws.com"] as const,
      context: { "aws:SourceArn": `arn:aws:events:${REGION}:${ACCOUNT}:rule/${by}` },
    });
    const { PolicyDocument } = recipe.of("AWS::SQS::QueuePolicy").properties;
    expect(verdictOf(PolicyDocument, sends("Trailbell-log-files"))).toBe("Allow");
    expect(verdictOf(PolicyDocument, sends("another"))).toBe(undefined);
    expect(recipe.all("AWS::Events::EventBusPolicy")).toEqual([]);
    expectReads(recipe, "my-log-bucket", "a b/AWSLogs/");
    expectNothingElse(recipe, "my-log-bucket", "a b/AWSLogs/");
    // The rule is looked after, and watched.
    const ruleArn = `arn:aws:events:${REGION}:${ACCOUNT}:rule/Trailbell-log-files`;
    expect(recipe.mayCall({ action: "events:DescribeRule", resource: ruleArn })).toBe("Allow");
    const watch = recipe.of("AWS::Events::Rule", "SelfWatchSchedule");
    expect(JSON.stringify(watch.properties.EventPattern)).toContain("Trailbell-log-files");
  });

  test("by a topic that the bucket, or CloudTrail, notifies already", () => {
    const recipe = new Recipe({ source: "my-log-bucket", emails: EMAILS, announcedBy: TOPIC });
    expect(recipe.all("Custom::S3BucketNotifications")).toEqual([]);
    const subscription = recipe.of("AWS::SNS::Subscription", "SourceAnnouncements");
    expect(subscription.properties).toEqual({
      TopicArn: TOPIC,
      Protocol: "lambda",
      Region: REGION,
      Endpoint: `arn:aws:lambda:${REGION}:${ACCOUNT}:function:Trailbell-Alerter`,
    });
    const invoking = recipe
      .all("AWS::Lambda::Permission")
      .filter(({ properties }) => properties.Principal === "sns.amazonaws.com");
    expect(invoking.map(({ properties }) => properties.SourceArn)).toEqual([TOPIC]);
    expect(recipe.mayCall({ action: "sns:ListSubscriptionsByTopic", resource: TOPIC })).toBe("Allow");
    expect(recipe.mayCall({ action: "sns:Publish", resource: TOPIC })).toBe(undefined);
    expect(recipe.mayCall({ action: "sns:SetTopicAttributes", resource: TOPIC })).toBe(undefined);
    const watch = recipe.of("AWS::Events::Rule", "SelfWatchTopics");
    expect(JSON.stringify(watch.properties.EventPattern)).toContain(TOPIC);
    expectReads(recipe, "my-log-bucket");
    expectNothingElse(recipe, "my-log-bucket");
  });

  const entry = (arn: string, prefix = "", events = ["s3:ObjectCreated:*"]) => ({
    ...(arn.includes(":sns:")
      ? { TopicArn: arn }
      : arn.includes(":sqs:")
        ? { QueueArn: arn }
        : { LambdaFunctionArn: arn }),
    Events: events,
    Filter: { Key: { FilterRules: [{ Name: "Prefix", Value: prefix }] } },
  });
  const QUEUE = `arn:aws:sqs:${REGION}:${ACCOUNT}:siem`;
  const OWN = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:Trailbell-Alerter`;
  test.each<[string, object, string, RegExp | ""]>([
    ["nothing", {}, "s3", ""],
    ["an entry for other keys", { QueueConfigurations: [entry(QUEUE, "elb/")] }, "s3", ""],
    ["an entry for deleted objects", { QueueConfigurations: [entry(QUEUE, "", ["s3:ObjectRemoved:*"])] }, "s3", ""],
    ["its own entry", { LambdaFunctionConfigurations: [entry(OWN, "AWSLogs/")] }, "s3", ""],
    [
      "a queue for all",
      { QueueConfigurations: [entry(QUEUE)] },
      "s3",
      /the notification of b-1 is taken: the queue \S+:siem gets the same.*announcedBy: eventbridge {4}once the bucket/s,
    ],
    ["a queue below", { QueueConfigurations: [entry(QUEUE, "AWSLogs/111122223333/")] }, "s3", /is taken/],
    [
      "a topic for all",
      { TopicConfigurations: [entry(TOPIC)] },
      "s3",
      /announcedBy: arn:aws:sns:\S+:bucket-events {4}the topic that the bucket notifies/,
    ],
    [
      "a queue and EventBridge",
      { QueueConfigurations: [entry(QUEUE)], EventBridgeConfiguration: {} },
      "s3",
      /eventbridge {4}the bucket sends its events there already/,
    ],
    [
      "a queue, by EventBridge",
      { QueueConfigurations: [entry(QUEUE)], EventBridgeConfiguration: {} },
      "eventbridge",
      "",
    ],
    ["no EventBridge", {}, "eventbridge", /b-1 does not send its events to EventBridge. in the properties/],
    ["that topic", { TopicConfigurations: [entry(TOPIC)] }, TOPIC, ""],
    [
      "that topic, for one account",
      { TopicConfigurations: [entry(TOPIC, "AWSLogs/111122223333/")] },
      TOPIC,
      /of other objects than all log files/,
    ],
    ["CloudTrail's topic, which the bucket does not know", { QueueConfigurations: [entry(QUEUE)] }, TOPIC, ""],
  ])(
    "of a bucket that notifies %s, synth says what is possible and what to change",
    (_, notification, announcedBy, message) => {
      const said = refusal({
        source: "b-1",
        emails: EMAILS,
        announcedBy,
        bucketNotification: JSON.stringify(notification),
      });
      if (message === "") expect(said).toBe("");
      else expect(said).toMatch(message);
    },
  );

  test.each([
    ["a FIFO topic", `${TOPIC}.fifo`, /announcedBy names a FIFO topic, which delivers to queues only/],
    ["another service", "sqs", /announcedBy is s3, eventbridge, or the ARN of an SNS topic/],
    ["a queue", `arn:aws:sqs:${REGION}:${ACCOUNT}:q`, /announcedBy is s3, eventbridge, or the ARN/],
  ])("%s is refused", (_, announcedBy, message) => {
    expect(refusal({ source: "b-1", emails: EMAILS, announcedBy })).toMatch(message);
  });

  test("a new trail has its own notification", () => {
    expect(refusal({ ...SETTINGS, announcedBy: "eventbridge" })).toMatch(
      /^-c announcedBy: announcedBy is for a bucket/,
    );
  });
});

describe("4. a bucket in another account or region", () => {
  const THERE = { source: "org-logs", emails: EMAILS, bucketAccount: LOG_ARCHIVE, logKey: KEY };
  const object = `arn:aws:s3:::org-logs/AWSLogs/${ACCOUNT}/CloudTrail/${REGION}/x.json.gz`;
  const through = { "kms:ViaService": `s3.${REGION}.amazonaws.com` };

  test("the bucket's and the key's policy are printed for the other side, and let the role read and nothing else", () => {
    const recipe = new Recipe(THERE);
    expectReads(recipe, "org-logs");
    expectNothingElse(recipe, "org-logs");
    expect(recipe.mayCall({ action: "kms:Decrypt", resource: KEY })).toBe("Allow");
    const bucketSays = (action: string, resource: string, context = {}) =>
      recipe.othersSay("OtherBucketPolicy", { action, resource, context });
    expect(bucketSays("s3:GetObject", object)).toBe("Allow");
    expect(bucketSays("s3:ListBucket", "arn:aws:s3:::org-logs", { "s3:prefix": "AWSLogs/x" })).toBe("Allow");
    for (const [action, resource] of forbidden("org-logs")) expect(bucketSays(action, resource)).toBe(undefined);
    const another = ["AWS", `arn:aws:iam::${ACCOUNT}:role/Admin`] as const;
    expect(recipe.othersSay("OtherBucketPolicy", { action: "s3:GetObject", resource: object }, another)).toBe(
      undefined,
    );
    expect(recipe.othersSay("OtherKeyPolicy", { action: "kms:Decrypt", resource: KEY, context: through })).toBe(
      "Allow",
    );
    expect(recipe.othersSay("OtherKeyPolicy", { action: "kms:Decrypt", resource: KEY })).toBe(undefined);
    expect(recipe.othersSay("OtherKeyPolicy", { action: "kms:Encrypt", resource: KEY, context: through })).toBe(
      undefined,
    );
  });

  test("by the bucket's own notification: S3 may invoke for the bucket of its owner, who gets the entry as JSON", () => {
    const recipe = new Recipe(THERE);
    expect(recipe.all("Custom::S3BucketNotifications")).toEqual([]);
    const permission = recipe.of("AWS::Lambda::Permission", "AlerterBucketInvokes");
    expect(permission.properties).toMatchObject({ SourceAccount: LOG_ARCHIVE, SourceArn: "arn:aws:s3:::org-logs" });
    expect(recipe.output("OtherNotification")).toMatchObject({
      LambdaFunctionArn: `arn:aws:lambda:${REGION}:${ACCOUNT}:function:Trailbell-Alerter`,
      Filter: {
        Key: {
          FilterRules: [
            { Name: "prefix", Value: "AWSLogs/" },
            { Name: "suffix", Value: ".json.gz" },
          ],
        },
      },
    });
    expect(recipe.mayCall({ action: "s3:GetBucketNotification", resource: "arn:aws:s3:::org-logs" })).toBe(undefined);
  });

  test("by a topic of the other account: it lets this account subscribe this function only", () => {
    const topic = `arn:aws:sns:us-east-1:${LOG_ARCHIVE}:log-files`;
    const recipe = new Recipe({ ...THERE, announcedBy: topic, bucketRegion: "us-east-1" });
    expect(recipe.of("AWS::SNS::Subscription", "SourceAnnouncements").properties).toMatchObject({
      Region: "us-east-1",
    });
    const root = ["AWS", `arn:aws:iam::${ACCOUNT}:root`] as const;
    const asked = (endpoint: string, protocol = "lambda") =>
      recipe.othersSay(
        "OtherTopicPolicy",
        { action: "sns:Subscribe", resource: topic, context: { "sns:Protocol": protocol, "sns:Endpoint": endpoint } },
        root,
      );
    expect(asked(`arn:aws:lambda:${REGION}:${ACCOUNT}:function:Trailbell-Alerter`)).toBe("Allow");
    expect(asked(`arn:aws:lambda:${REGION}:${ACCOUNT}:function:other`)).toBe(undefined);
    expect(asked("a@example.com", "email")).toBe(undefined);
    const key = { "kms:ViaService": "s3.us-east-1.amazonaws.com" };
    expect(recipe.othersSay("OtherKeyPolicy", { action: "kms:Decrypt", resource: KEY, context: key })).toBe("Allow");
    // In the topic's own account nothing has to be added.
    expect(recipe.template.Outputs.OtherTopicPolicy).toMatchObject({ Condition: "OtherTopicPolicyIsNeeded" });
  });

  test("by a topic of an opt-in region, which calls functions of other regions under a name of its own", () => {
    const topic = `arn:aws:sns:me-south-1:${LOG_ARCHIVE}:log-files`;
    const recipe = new Recipe({ ...THERE, announcedBy: topic, bucketRegion: "me-south-1" });
    const invoking = recipe.all("AWS::Lambda::Permission").filter(({ properties }) => properties.SourceArn === topic);
    expect(invoking.map(({ properties }) => properties.Principal).sort()).toEqual([
      "sns.amazonaws.com",
      "sns.me-south-1.amazonaws.com",
    ]);
    const { Conditions } = recipe.template as unknown as { Conditions: { [id: string]: unknown } };
    expect(Object.values(Conditions)).toContainEqual({
      "Fn::Not": [{ "Fn::Equals": [{ Ref: "AWS::Region" }, "me-south-1"] }],
    });
  });

  test("by EventBridge: the bus takes S3's events of that account only, and the other side's rule comes as JSON", () => {
    const recipe = new Recipe({ ...THERE, announcedBy: "eventbridge" });
    expect(recipe.of("AWS::Events::Rule", "SourceLogFiles").properties.EventPattern).toMatchObject({
      account: [LOG_ARCHIVE],
    });
    const bus = `arn:aws:events:${REGION}:${ACCOUNT}:event-bus/default`;
    const { Statement } = recipe.of("AWS::Events::EventBusPolicy").properties;
    const asked = (account: string, source: string, detailType = "Object Created") =>
      verdictOf(
        { Statement: [Statement] },
        {
          action: "events:PutEvents",
          resource: bus,
          principal: ["AWS", `arn:aws:iam::${account}:root`],
          context: { "events:source": source, "events:detail-type": detailType },
        },
      );
    expect(asked(LOG_ARCHIVE, "aws.s3")).toBe("Allow");
    expect(asked(LOG_ARCHIVE, "my.app")).toBe(undefined);
    expect(asked(LOG_ARCHIVE, "aws.s3", "Object Deleted")).toBe(undefined);
    expect(asked("777788889999", "aws.s3")).toBe(undefined);
    const rule = recipe.output("OtherEventRule") as { readonly [part: string]: unknown };
    expect(rule).toMatchObject({ Target: bus, EventPattern: { detail: { bucket: { name: ["org-logs"] } } } });
    const send = { action: "events:PutEvents", resource: bus, principal: ["AWS", "x"] as const, context: {} };
    expect(verdictOf(rule.RolePolicy, send)).toBe("Allow");
  });

  test("what cannot be is refused by name", () => {
    const there = { source: "b-1", emails: EMAILS };
    expect(refusal({ ...there, bucketRegion: "us-east-1" })).toMatch(
      /^-c bucketRegion: .* S3 invokes functions of its own region/,
    );
    expect(refusal({ ...there, bucketAccount: "12" })).toMatch(/bucketAccount is the twelve digits/);
    const readRole = `arn:aws:iam::${ACCOUNT}:role/reader`;
    expect(refusal({ ...there, readRole, bucketAccount: LOG_ARCHIVE })).toMatch(/^-c readRole: .* another account/);
  });
});

describe("5. an organization's trail", () => {
  test("writes below the organization's path, for this trail alone", () => {
    const recipe = new Recipe({ ...SETTINGS, organization: ORGANIZATION, organizationTrail: "true" });
    expect(recipe.of("AWS::CloudTrail::Trail").properties).toMatchObject({
      IsOrganizationTrail: true,
      IsMultiRegionTrail: true,
    });
    const bucket = recipe.of("AWS::S3::Bucket", "SourceLogBucket").ref;
    const { PolicyDocument } = recipe.of("AWS::S3::BucketPolicy", "SourceLogBucket").properties;
    const trail = `arn:aws:cloudtrail:${REGION}:${ACCOUNT}:trail/Trailbell-trail`;
    const writes = (path: string, sourceArn = trail) =>
      verdictOf(PolicyDocument, {
        action: "s3:PutObject",
        resource: `arn:aws:s3:::${bucket}/${path}`,
        principal: CLOUDTRAIL,
        context: {
          "aws:SourceArn": sourceArn,
          "s3:x-amz-acl": "bucket-owner-full-control",
          "aws:SecureTransport": "true",
        },
      });
    expect(writes(`AWSLogs/${ORGANIZATION}/${LOG_ARCHIVE}/CloudTrail/x`)).toBe("Allow");
    expect(writes(`AWSLogs/${ACCOUNT}/CloudTrail/x`)).toBe("Allow");
    expect(writes(`AWSLogs/${LOG_ARCHIVE}/CloudTrail/x`)).toBe(undefined);
    expect(writes("AWSLogs/o-anotherorgid/x")).toBe(undefined);
    expect(writes(`AWSLogs/${ORGANIZATION}/x`, trail.replace(ACCOUNT, LOG_ARCHIVE))).toBe(undefined);
    expectNothingElse(recipe, bucket);
  });

  test("needs the organization's id", () => {
    expect(refusal({ ...SETTINGS, organizationTrail: "true" })).toMatch(/^-c organizationTrail: .* needs organization/);
  });
});

describe("6. Control Tower", () => {
  const READ_ROLE = `arn:aws:iam::${LOG_ARCHIVE}:role/trailbell-reader`;
  const CONFIG_TOPIC = `arn:aws:sns:${REGION}:${ACCOUNT}:aws-controltower-AllConfigNotifications`;
  const settings = {
    source: "aws-controltower-logs-444455556666-eu-central-1",
    emails: EMAILS,
    prefix: ORGANIZATION,
    announcedBy: CONFIG_TOPIC,
    bucketAccount: LOG_ARCHIVE,
    readRole: READ_ROLE,
    logKey: KEY,
  };

  test("touches no policy of bucket, key or topic: it subscribes, and reads with a role of the other account", () => {
    const recipe = new Recipe(settings);
    expect(recipe.all("AWS::S3::BucketPolicy")).toEqual([]);
    expect(recipe.all("Custom::S3BucketNotifications")).toEqual([]);
    const policied = recipe
      .all("AWS::SNS::TopicPolicy")
      .flatMap(({ properties }) => properties.Topics as readonly string[]);
    expect(policied).not.toContain(CONFIG_TOPIC);
    expect(recipe.of("AWS::SNS::Subscription", "SourceAnnouncements").properties).toMatchObject({
      TopicArn: CONFIG_TOPIC,
    });
    expect(recipe.mayCall({ action: "sts:AssumeRole", resource: READ_ROLE })).toBe("Allow");
    // What may be read is said by the role there, and by nothing here.
    const object = `arn:aws:s3:::${settings.source}/${ORGANIZATION}/AWSLogs/${ORGANIZATION}/${ACCOUNT}/CloudTrail/x.json.gz`;
    expect(recipe.mayCall({ action: "s3:GetObject", resource: object })).toBe(undefined);
    expect(recipe.mayCall({ action: "kms:Decrypt", resource: KEY })).toBe(undefined);
    expectNothingElse(recipe, settings.source);
    expect(recipe.template.Outputs).not.toHaveProperty("OtherBucketPolicy");
    expect(recipe.othersSay("OtherRolePolicy", { action: "s3:GetObject", resource: object })).toBe("Allow");
    const through = { "kms:ViaService": `s3.${REGION}.amazonaws.com` };
    expect(recipe.othersSay("OtherRolePolicy", { action: "kms:Decrypt", resource: KEY, context: through })).toBe(
      "Allow",
    );
    for (const [action, resource] of forbidden(settings.source)) {
      expect(recipe.othersSay("OtherRolePolicy", { action, resource })).toBe(undefined);
    }
    const trust = { action: "sts:AssumeRole", resource: READ_ROLE };
    expect(recipe.othersSay("OtherRoleTrust", trust)).toBe("Allow");
    expect(recipe.othersSay("OtherRoleTrust", trust, ["AWS", `arn:aws:iam::${ACCOUNT}:role/Admin`])).toBe(undefined);
  });
});

describe("7. SSE-KMS", () => {
  const encrypts = (trail: string, context = `arn:aws:cloudtrail:${REGION}:${ACCOUNT}:trail/Trailbell-trail`) => ({
    action: "kms:GenerateDataKey",
    resource: "*",
    principal: CLOUDTRAIL,
    context: { "aws:SourceArn": trail, "kms:EncryptionContext:aws:cloudtrail:arn": context },
  });
  const TRAIL = `arn:aws:cloudtrail:${REGION}:${ACCOUNT}:trail/Trailbell-trail`;
  const FOREIGN = `arn:aws:cloudtrail:${REGION}:${LOG_ARCHIVE}:trail/x`;

  test("a new key turns every year, outlives the stack, and serves this trail alone", () => {
    const recipe = new Recipe({ ...SETTINGS, logKey: "new" });
    const key = recipe.of("AWS::KMS::Key");
    expect(key.properties).toMatchObject({ EnableKeyRotation: true });
    const { KeyPolicy } = key.properties;
    expect(verdictOf(KeyPolicy, encrypts(TRAIL))).toBe("Allow");
    expect(verdictOf(KeyPolicy, { ...encrypts(TRAIL), action: "kms:DescribeKey" })).toBe("Allow");
    expect(verdictOf(KeyPolicy, encrypts(FOREIGN))).toBe(undefined);
    expect(verdictOf(KeyPolicy, encrypts(TRAIL, FOREIGN))).toBe(undefined);
    expect(verdictOf(KeyPolicy, { ...encrypts(TRAIL), action: "kms:Decrypt" })).toBe(undefined);
    const arn = `arn:aws:kms:${REGION}:${ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
    expect(recipe.of("AWS::CloudTrail::Trail").properties.KMSKeyId).toBe(arn);
    expect(recipe.mayCall({ action: "kms:Decrypt", resource: arn })).toBe("Allow");
    expect(recipe.mayCall({ action: "kms:Encrypt", resource: arn })).toBe(undefined);
    expectNothingElse(recipe, recipe.of("AWS::S3::Bucket", "SourceLogBucket").ref);
  });

  test("a key that one has: its policy's part for CloudTrail comes as JSON", () => {
    const logKey = KEY.replace(LOG_ARCHIVE, ACCOUNT);
    const recipe = new Recipe({ ...SETTINGS, logKey });
    expect(recipe.all("AWS::KMS::Key")).toEqual([]);
    expect(recipe.of("AWS::CloudTrail::Trail").properties.KMSKeyId).toBe(logKey);
    const policy = { Statement: recipe.output("OtherKeyPolicy") };
    expect(verdictOf(policy, encrypts(TRAIL))).toBe("Allow");
    expect(verdictOf(policy, encrypts(FOREIGN))).toBe(undefined);
    expect(recipe.mayCall({ action: "kms:Decrypt", resource: logKey })).toBe("Allow");
  });

  test("the key of a bucket that one has is given, not made", () => {
    expect(refusal({ source: "b-1", emails: EMAILS, logKey: "new" })).toMatch(
      /^-c logKey: logKey: new is for new-trail/,
    );
    expect(refusal({ source: "b-1", emails: EMAILS, logKey: "alias/x" })).toMatch(/logKey is the ARN of a KMS key/);
  });
});

describe("8. topics that exist", () => {
  const ALERTS = `arn:aws:sns:${REGION}:${ACCOUNT}:security-alerts`;
  const OPS = `arn:aws:sns:${REGION}:${ACCOUNT}:ops`;
  const TOPIC_KEY = KEY.replace(LOG_ARCHIVE, ACCOUNT);

  test("are published to and subscribed to, their policies are left alone, and a key is used through the topic's own", () => {
    const recipe = new Recipe({ ...SETTINGS, alertTopic: ALERTS, healthTopic: OPS, topicKey: TOPIC_KEY });
    const topics = recipe.all("AWS::SNS::Topic").map(({ id }) => id.replace(/[0-9A-F]{8}$/, ""));
    expect(topics.sort()).toEqual(["AlertingSmsTopic", "HealthSmsTopic"]);
    const policied = recipe
      .all("AWS::SNS::TopicPolicy")
      .flatMap(({ properties }) => properties.Topics as readonly string[]);
    for (const topic of [ALERTS, OPS]) {
      expect(policied).not.toContain(topic);
      expect(recipe.mayCall({ action: "sns:Publish", resource: topic })).toBe("Allow");
      expect(recipe.mayCall({ action: "sns:SetTopicAttributes", resource: topic })).toBe(undefined);
    }
    for (const action of ["kms:GenerateDataKey", "kms:Decrypt"]) {
      expect(recipe.mayCall({ action, resource: TOPIC_KEY })).toBe("Allow");
    }
    expectNothingElse(recipe, recipe.of("AWS::S3::Bucket", "SourceLogBucket").ref);
    const subscribed = recipe
      .all("AWS::SNS::Subscription")
      .map(({ properties }) => [properties.TopicArn, properties.Endpoint]);
    expect(subscribed).toEqual(
      expect.arrayContaining([
        [ALERTS, EMAILS],
        [OPS, EMAILS],
      ]),
    );
    const alarm = { action: "sns:Publish", resource: OPS, context: { "aws:SourceAccount": ACCOUNT } };
    const cloudWatch = ["Service", "cloudwatch.amazonaws.com"] as const;
    expect(recipe.othersSay("OtherHealthTopicPolicy", alarm, cloudWatch)).toBe("Allow");
    expect(
      recipe.othersSay(
        "OtherHealthTopicPolicy",
        { ...alarm, context: { "aws:SourceAccount": LOG_ARCHIVE } },
        cloudWatch,
      ),
    ).toBe(undefined);
    expect(
      recipe.othersSay(
        "OtherTopicKeyPolicy",
        { ...alarm, action: "kms:GenerateDataKey", resource: TOPIC_KEY },
        cloudWatch,
      ),
    ).toBe("Allow");
    expect(recipe.output("AlertTopic")).toBe(ALERTS);
  });

  test("without addresses, the guard tells on the alert topic, which has hearers of its own", () => {
    const foreign = ALERTS.replace(ACCOUNT, LOG_ARCHIVE);
    const recipe = new Recipe({ source: "new-trail", alertTopic: foreign, healthTopic: OPS });
    const { Targets } = recipe.of("AWS::Events::Rule", "SelfWatchGuard").properties;
    expect(Targets).toEqual([expect.objectContaining({ Arn: foreign })]);
    const guard = recipe.of("AWS::IAM::Role", "SelfWatchGuardRole").ref;
    const by = (role: string) => ["AWS", `arn:aws:iam::${ACCOUNT}:role/${role}`] as const;
    const publish = { action: "sns:Publish", resource: foreign };
    expect(recipe.othersSay("OtherAlertTopicPolicy", publish, by(guard))).toBe("Allow");
    expect(recipe.othersSay("OtherAlertTopicPolicy", publish)).toBe("Allow");
    expect(recipe.othersSay("OtherAlertTopicPolicy", publish, by("Admin"))).toBe(undefined);
  });

  test("a topic of another account, a route's too, lets the functions publish and see who subscribes", () => {
    const foreign = ALERTS.replace(ACCOUNT, LOG_ARCHIVE);
    const pager = `arn:aws:sns:${REGION}:${LOG_ARCHIVE}:pager`;
    const routes = JSON.stringify([{ name: "grave", severity: "critical", topic: pager }]);
    const recipe = new Recipe({ source: "new-trail", emails: EMAILS, routes });
    for (const action of ["sns:Publish", "sns:ListSubscriptionsByTopic"]) {
      expect(recipe.othersSay("OtherAlertTopicPolicy", { action, resource: pager })).toBe("Allow");
      expect(recipe.othersSay("OtherAlertTopicPolicy", { action, resource: foreign })).toBe(undefined);
    }
    expect(recipe.template.Outputs.OtherAlertTopicPolicy).toMatchObject({ Condition: "OtherAlertTopicPolicyIsNeeded" });
    const both = new Recipe({ source: "new-trail", alertTopic: ALERTS, healthTopic: foreign, routes });
    const list = { action: "sns:ListSubscriptionsByTopic" };
    expect(both.othersSay("OtherHealthTopicPolicy", { ...list, resource: foreign })).toBe("Allow");
    for (const topic of [ALERTS, pager]) {
      expect(both.othersSay("OtherAlertTopicPolicy", { ...list, resource: topic })).toBe("Allow");
    }
    // One of them is elsewhere, wherever the stack is.
    expect(both.template.Outputs.OtherAlertTopicPolicy).not.toHaveProperty("Condition");
    // SNS takes no policy with two statements of one Sid.
    const same = new Recipe({ source: "new-trail", alertTopic: pager, routes });
    expect(same.output("OtherAlertTopicPolicy")).toMatchObject([
      { Sid: "TrailbellPublishes" },
      { Sid: "TrailbellLooks" },
    ]);
  });

  test("FIFO topics are refused with the reason, and topics that make no sense", () => {
    expect(refusal({ ...SETTINGS, alertTopic: `${ALERTS}.fifo` })).toMatch(
      /-c alertTopic: alertTopic is a FIFO topic, which reaches neither/,
    );
    expect(refusal({ ...SETTINGS, alertTopic: "alerts" })).toMatch(/alertTopic is the ARN of an SNS topic/);
    expect(refusal({ ...SETTINGS, alertTopic: ALERTS, healthTopic: ALERTS })).toMatch(
      /^-c healthTopic: .* what breaks one must be told/,
    );
    expect(refusal({ ...SETTINGS, topicKey: TOPIC_KEY })).toMatch(/^-c topicKey: .* neither is given/);
  });
});

describe("9. where the stack stands", () => {
  test.each([
    ["aws-cn", "cn-north-1"],
    ["aws-us-gov", "us-gov-west-1"],
  ])("in %s no ARN is of another partition", (partition, region) => {
    const settings = {
      ...SETTINGS,
      insights: "true",
      organization: ORGANIZATION,
      organizationTrail: "true",
      ownDataEvents: "true",
    };
    const recipe = new Recipe({ ...settings, logKey: "new" }, { region, partition });
    const texts = recipe.resources
      // Its pattern takes a new key's ARN apart.
      .filter(({ id }) => !id.startsWith("SelfWatchKey"))
      .map(({ properties }) => JSON.stringify(properties))
      .join("\n");
    expect(texts).toContain(`arn:${partition}:`);
    expect(texts).not.toMatch(/arn:aws:/);
    expect(
      recipe.mayCall({
        action: "s3:GetObject",
        resource: `arn:${partition}:s3:::${recipe.of("AWS::S3::Bucket", "SourceLogBucket").ref}/AWSLogs/x`,
      }),
    ).toBe("Allow");
  });

  test("each role has the boundary, CDK's own included", () => {
    for (const [permissionsBoundary, arn] of [
      ["only-this", `arn:aws:iam::${ACCOUNT}:policy/only-this`],
      [`arn:aws:iam::${ACCOUNT}:policy/team/only-this`, `arn:aws:iam::${ACCOUNT}:policy/team/only-this`],
    ] as const) {
      const roles = new Recipe({ ...SETTINGS, permissionsBoundary }).all("AWS::IAM::Role");
      expect(roles.length).toBeGreaterThan(3);
      expect(new Set(roles.map(({ properties }) => properties.PermissionsBoundary))).toEqual(new Set([arn]));
    }
    expect(refusal({ ...SETTINGS, permissionsBoundary: "arn:aws:iam::1:role/x" })).toMatch(
      /permissionsBoundary is the name or the ARN/,
    );
  });

  test("in a VPC the functions stand in the subnets, and their code may not touch network interfaces", () => {
    const subnets = "subnet-0123456789abcdef0,subnet-0123456789abcdef1";
    const recipe = new Recipe({ ...SETTINGS, subnets, securityGroups: "sg-0123456789abcdef0" });
    const own = recipe.all("AWS::Lambda::Function").filter(({ id }) => /^(?:Alerter|Tick)/.test(id));
    expect(own.map(({ properties }) => properties.VpcConfig)).toEqual(
      Array(2).fill({ SubnetIds: subnets.split(","), SecurityGroupIds: ["sg-0123456789abcdef0"] }),
    );
    const create = {
      action: "ec2:CreateNetworkInterface",
      resource: `arn:aws:ec2:${REGION}:${ACCOUNT}:network-interface/*`,
    };
    expect(recipe.mayCall(create)).toBe("Allow");
    const source = { "lambda:SourceFunctionArn": `arn:aws:lambda:${REGION}:${ACCOUNT}:function:Trailbell-Alerter` };
    expect(recipe.mayCall({ ...create, context: source })).toBe("Deny");
    // CloudFormation shortens a long stack's name in that of its tick.
    const long = new Recipe({ ...SETTINGS, stackName: `s${"x".repeat(39)}`, subnets, securityGroups: "sg-01234567" });
    const shortened = { "lambda:SourceFunctionArn": `${source["lambda:SourceFunctionArn"].slice(0, -17)}sxxx-Tick1-a` };
    expect(long.mayCall({ ...create, context: shortened })).toBe("Deny");
    expect(recipe.mayCall({ action: "ec2:RunInstances", resource: "*" })).toBe(undefined);
    expect(refusal({ ...SETTINGS, subnets })).toMatch(/^-c subnets: subnets and securityGroups go together/);
    expect(refusal({ ...SETTINGS, subnets: "subnet-x", securityGroups: "sg-1" })).toMatch(/a subnet is written like/);
  });

  test("two deployments in one account share no name", () => {
    const namesOf = (stackName: string) =>
      new Set(
        new Recipe({
          source: "my-log-bucket",
          emails: EMAILS,
          announcedBy: "eventbridge",
          stackName,
        }).resources.flatMap(({ type, properties }) =>
          Object.entries(
            type === "AWS::Events::Rule" ||
              type.includes("Lambda") ||
              type.includes("CloudWatch") ||
              type.includes("IAM")
              ? properties
              : {},
          )
            .filter(([name]) => /^(?:Rule|Function|Alarm|Role|Dashboard)?Name$/.test(name))
            .map(([, value]) => `${type} ${String(value)}`),
        ),
      );
    const [one, other] = [namesOf("Trailbell"), namesOf("Payments-bell")];
    expect(one.size).toBeGreaterThan(10);
    expect([...one].filter((name) => other.has(name))).toEqual([]);
    expect(refusal({ ...SETTINGS, stackName: "a--b" })).toMatch(/stackName is a letter, then/);
  });
});
