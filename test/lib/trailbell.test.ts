import { App, Aws, CfnParameter, NestedStack, Stack } from "aws-cdk-lib";
import { Match, Template } from "aws-cdk-lib/assertions";
import { Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Bucket } from "aws-cdk-lib/aws-s3";
import { Topic } from "aws-cdk-lib/aws-sns";
import type { Construct } from "constructs";
import { outputOf, partsOf } from "../../cli/doctor/parts.ts";
import { AlertPath } from "../../lib/alert-stack.ts";
import { bundledFunction } from "../../lib/bundled-function.ts";
import { settingsOf } from "../../lib/settings.ts";
import { tokensOf, withoutTokens } from "../../lib/tokens.ts";
import { Trailbell, type TrailbellProps } from "../../lib/trailbell.ts";
import { SETTINGS } from "../support/settings.ts";
import { synth } from "../support/synth.ts";

const PROPS = { source: "my-log-bucket", emails: ["you@example.com"] };

/** Trailbell within a stack of somebody's, but for its code: test/package has that. */
function pathIn(scope: Construct, props: object = PROPS, id = "Trailbell"): AlertPath {
  const { stackName } = Stack.of(scope);
  const settings = {
    ...settingsOf(withoutTokens(props, "Security/Trailbell"), "Security/Trailbell", stackName),
    ...tokensOf(props),
  };
  const asset = {
    rules: [],
    known: { accounts: [] },
    accepted: {},
    recipients: [],
    accountSilentAfterHours: 26,
    provesLogs: true,
    settings: { ...settings, roundUpDay: "monday" as const },
  };
  return new AlertPath(scope, id, settings, asset, bundledFunction);
}

function stackOf(name = "Security"): Stack {
  return new Stack(
    new App({ context: { "aws:cdk:bundling-stacks": [], "aws:cdk:disable-creation-stack-traces": true } }),
    name,
  );
}

test("in a stack of somebody's app, doctor finds its parts, alarms and outputs among others", () => {
  const stack = stackOf();
  pathIn(stack);
  pathIn(stackOf("Other"));
  const template = Template.fromStack(stack).toJSON() as {
    Resources: { [id: string]: { Type: string } };
    Outputs: { [id: string]: unknown };
  };
  const others = [
    ["Another0A1B2C3D", "AWS::CloudWatch::Alarm"],
    ["SmokeAlerter0A1B2C3D", "AWS::Lambda::Function"],
  ] as const;
  const resources = [...others, ...Object.entries(template.Resources).map(([id, { Type }]) => [id, Type] as const)].map(
    ([logicalId, type]) => ({ logicalId, type, physicalId: logicalId }),
  );
  const outputs = Object.fromEntries(Object.keys(template.Outputs).map((id) => [id, id]));
  const deployed = { name: "Security", region: "", accountId: "", partition: "aws", status: "", outputs, resources };
  const { trail, chatTopic, bus, ...parts } = partsOf(deployed);
  expect([trail, chatTopic, bus]).toEqual([undefined, undefined, undefined]);
  expect(Object.entries(parts).filter(([, part]) => part === undefined)).toEqual([]);
  expect(parts.alerter).toMatch(/^TrailbellAlerter/);
  expect(parts.alarms).not.toContain("Another0A1B2C3D");
  expect(parts.alarms).toHaveLength(
    Object.keys(synth({ ...PROPS, emails: "you@example.com" }).findResources("AWS::CloudWatch::Alarm")).length,
  );
  for (const name of ["Version", "Rules", "LogBucket"]) expect(outputOf(deployed, name)).toBe(`Trailbell${name}`);
});

test("with the id Default, in a stack of that name, its resources are those of the stack that the checkout deploys", () => {
  const stack = stackOf("Trailbell");
  pathIn(stack, PROPS, "Default");
  const ids = (template: Template) => Object.keys(template.toJSON().Resources).sort();
  expect(ids(Template.fromStack(stack))).toEqual(ids(synth({ ...PROPS, emails: "you@example.com" })));
});

test("the bucket may be one of the same app, and an address a parameter", () => {
  const stack = stackOf();
  const bucket = new Bucket(stack, "Logs");
  const { valueAsString } = new CfnParameter(stack, "Address");
  pathIn(stack, { source: bucket.bucketName, emails: [valueAsString] });
  const template = Template.fromStack(stack);
  template.hasResourceProperties("Custom::S3BucketNotifications", {
    BucketName: { Ref: Match.stringLikeRegexp("^Logs") },
  });
  template.resourcePropertiesCountIs("AWS::SNS::Subscription", { Endpoint: { Ref: "Address" } }, 2);
  template.hasResourceProperties("AWS::Lambda::Function", {
    Environment: { Variables: { DELIVERY_PATH: { "Fn::Join": ["", Match.arrayWith([{ Ref: "Address" }])] } } },
  });
});

test("recipes are properties, too: what the other side needs has the construct's id before its name", () => {
  const stack = stackOf();
  pathIn(stack, {
    ...PROPS,
    bucketAccount: "444455556666",
    announcedBy: "arn:aws:sns:us-east-1:444455556666:log-files",
    routes: [{ name: "grave", severity: "critical", emails: ["b@example.com"] }],
    athena: true,
  });
  const { Outputs, Conditions } = Template.fromStack(stack).toJSON();
  const condition = "TrailbellOtherTopicPolicyIsNeeded";
  expect(Outputs.TrailbellOtherTopicPolicy).toMatchObject({ Condition: condition });
  expect(Outputs.TrailbellNext1.Value).toBe(
    "Set up the other side with the JSON in these outputs: TrailbellOtherBucketPolicy, TrailbellOtherTopicPolicy (not there if this is account 444455556666). docs/deploying.md says what goes where.",
  );
  expect(Object.keys(Conditions)).toEqual([condition]);
  expect(Object.keys(Outputs)).toEqual(
    expect.arrayContaining(["TrailbellOtherBucketPolicy", "TrailbellAthenaWorkGroup"]),
  );
  expect(Object.keys(Outputs).filter((name) => !name.startsWith("Trailbell"))).toEqual([]);
  Template.fromStack(stack).hasResourceProperties("AWS::Glue::Database", { DatabaseInput: { Name: "security" } });
});

test("a boundary is for its own roles and CDK's, not for those of others in the stack", () => {
  const stack = stackOf();
  new Role(stack, "Others", { assumedBy: new ServicePrincipal("lambda.amazonaws.com") });
  pathIn(stack, { ...PROPS, permissionsBoundary: "only-this" });
  const roles = Object.entries(Template.fromStack(stack).findResources("AWS::IAM::Role"));
  const unbound = roles.filter(([, { Properties }]) => Properties.PermissionsBoundary === undefined);
  expect(unbound.map(([id]) => id.replace(/[0-9A-F]{8}$/, ""))).toEqual(["Others"]);
  expect(roles.length).toBeGreaterThan(4);
});

test.each<[string, (stack: Stack) => unknown, RegExp]>([
  ["a nested stack, whose name is not known", (stack) => pathIn(new NestedStack(stack, "Nested")), /nested stack/],
  [
    "a second one in a stack, whose parts would have the names of the first",
    (stack) => [pathIn(stack), pathIn(stack, PROPS, "Second")],
    /the stack Security has Trailbell in it already/,
  ],
  [
    "a stack whose name leaves no room for the names of parts",
    () => pathIn(stackOf("S".repeat(41))),
    /the stack's name S+ is too long.*40 characters/,
  ],
  [
    "settings with a fault, by the name of the construct",
    (stack) => pathIn(stack, { source: "x" }),
    /^Security\/Trailbell: source: /,
  ],
  [
    "a name, which the stack has already",
    (stack) => new Trailbell(stack, "Trailbell", { ...PROPS, stackName: "Mine" } as TrailbellProps),
    /^Security\/Trailbell: stackName: the stack is yours/,
  ],
  [
    "ARNs that only the deployment knows",
    (stack) => {
      const topic = new Topic(stack, "Mine").topicArn;
      return pathIn(stack, { ...PROPS, logKey: Aws.ACCOUNT_ID, routes: [{ name: "a", severity: "high", topic }] });
    },
    /^Security\/Trailbell: logKey: only the deployment knows this value, .*: write it out\. .*source and emails.*\nSecurity\/Trailbell: routes: only/,
  ],
  [
    "settings that nobody would hear of",
    (stack) => pathIn(stack, { source: "new-trail" }),
    /^Security\/Trailbell: nobody would/,
  ],
])("it refuses %s", (_, make, message) => {
  expect(() => make(stackOf())).toThrow(message);
});

test("the longest name of a stack that is taken leaves room for each name of a part", () => {
  const stack = stackOf("S".repeat(40));
  pathIn(stack, { ...PROPS, logKey: "arn:aws:kms:us-east-1:111122223333:key/1" });
  const resources = Object.values(Template.fromStack(stack).toJSON().Resources) as {
    Properties?: { Name?: unknown; FunctionName?: unknown };
  }[];
  const names = resources.flatMap(({ Properties = {} }) => [Properties.Name, Properties.FunctionName]);
  const written = names.filter((name) => typeof name === "string");
  expect(written.length).toBeGreaterThan(10);
  expect(Math.max(...written.map((name) => name.length))).toBe(64);
});

test("a message about the props does not speak of -c, as one about the command line does", () => {
  const message = (make: () => unknown) => {
    try {
      make();
    } catch (error) {
      return String(error);
    }
    return "";
  };
  expect(message(() => settingsOf({}, "Security/Trailbell", "Security"))).not.toContain("-c ");
  expect(message(() => synth({ source: SETTINGS.source }))).toContain("or pass -c emails=");
});
