import { isObject } from "../../lambda/core/record/record.ts";

/** A resource of the stack, as CloudFormation lists it. */
export interface StackResource {
  readonly type: string;
  readonly logicalId: string;
  /** A name, an ARN or a URL, by its type. */
  readonly physicalId: string;
}

/** A stack as it was deployed. */
export interface DeployedStack {
  readonly name: string;
  readonly region: string;
  readonly accountId: string;
  readonly partition: string;
  readonly status: string;
  /** When its last deployment began, in milliseconds since the epoch. */
  readonly updatedAt?: number;
  readonly outputs: { readonly [name: string]: string };
  readonly resources: readonly StackResource[];
}

/** What the doctor looks at, by the names that CloudFormation gave; undefined for what the stack does not have. */
export interface Parts {
  readonly alerter: string | undefined;
  readonly tick: string | undefined;
  readonly alertTopic: string | undefined;
  readonly smsTopic: string | undefined;
  readonly healthTopic: string | undefined;
  readonly healthSmsTopic: string | undefined;
  readonly table: string | undefined;
  readonly queue: string | undefined;
  readonly schedule: string | undefined;
  readonly trail: string | undefined;
  readonly logBucket: string | undefined;
  readonly role: string | undefined;
  /** The topics of routes, by the routes' names. */
  readonly routes: { readonly [route: string]: string };
  readonly chatTopic: string | undefined;
  /** The name or the ARN of the bus that gets each alert. */
  readonly bus: string | undefined;
  readonly alarms: readonly string[];
  /** The EventBridge rules of the self-watch. */
  readonly watchRules: readonly string[];
}

/** Finds the parts in the stack by their types and by what lib/ calls them: an environment can be changed by others. */
export function partsOf(stack: DeployedStack): Parts {
  const { resources } = stack;
  const prefix = prefixOf(resources);
  const find = (type: string, start: string) =>
    plain(resources.find((one) => one.type === type && one.logicalId.startsWith(`${prefix}${start}`))?.physicalId);
  return {
    alerter: find("AWS::Lambda::Function", "Alerter"),
    tick: find("AWS::Lambda::Function", "Tick"),
    // A topic that was there before is none of the stack's resources.
    alertTopic: find("AWS::SNS::Topic", "AlertingAlertTopic") ?? plain(outputOf(stack, "AlertTopic")),
    smsTopic: find("AWS::SNS::Topic", "AlertingSmsTopic"),
    healthTopic: find("AWS::SNS::Topic", "HealthTopic") ?? plain(outputOf(stack, "HealthTopic")),
    healthSmsTopic: find("AWS::SNS::Topic", "HealthSmsTopic"),
    table: find("AWS::DynamoDB::Table", "LedgerTable"),
    queue: find("AWS::SQS::Queue", "DeadLetters"),
    schedule: find("AWS::Events::Rule", "TickSchedule"),
    trail: find("AWS::CloudTrail::Trail", "SourceTrail"),
    logBucket: plain(outputOf(stack, "LogBucket")) ?? find("AWS::S3::Bucket", "SourceLogBucket"),
    role: find("AWS::IAM::Role", "AlerterRole"),
    routes: namesIn(outputOf(stack, "RouteTopics")),
    chatTopic: find("AWS::SNS::Topic", "WaysChatTopic"),
    bus: plain(outputOf(stack, "Bus")),
    alarms: resources
      .filter(({ type, logicalId }) => type === "AWS::CloudWatch::Alarm" && logicalId.startsWith(prefix))
      .map(({ physicalId }) => physicalId),
    watchRules: resources.flatMap(({ type, logicalId, physicalId }) =>
      type === "AWS::Events::Rule" && logicalId.startsWith(`${prefix}SelfWatch`) ? (plain(physicalId) ?? []) : [],
    ),
  };
}

/** An output of the stack that the parts have named; undefined for one that it lacks. */
export function outputOf({ outputs, resources }: DeployedStack, name: string): string | undefined {
  return outputs[`${prefixOf(resources)}${name}`];
}

/** How logical ids begin: with nothing, or, in a stack of somebody's app, with the path of the construct. */
function prefixOf(resources: readonly StackResource[]): string {
  const functions = resources.filter(({ type }) => type === "AWS::Lambda::Function").map(({ logicalId }) => logicalId);
  const prefixes = (name: string) =>
    functions.flatMap((id) => new RegExp(`^(.*)${name}(?:[0-9A-F]{8})?$`).exec(id)?.[1] ?? []);
  const ticks = prefixes("Tick");
  return prefixes("Alerter").find((prefix) => ticks.includes(prefix)) ?? "";
}

function namesIn(json: string | undefined): { readonly [name: string]: string } {
  const read: unknown = json === undefined ? undefined : JSON.parse(json);
  if (!isObject(read)) return {};
  return Object.fromEntries(
    Object.entries(read).flatMap(([key, value]) => {
      const named = typeof value === "string" ? plain(value) : undefined;
      return named === undefined ? [] : [[key, named]];
    }),
  );
}

/** Names become part of commands that somebody types. */
function plain(name: string | undefined): string | undefined {
  return name !== undefined && /^[\w:/.-]+$/.test(name) ? name : undefined;
}

/** True for a stack of Trailbell. */
export function isTrailbell({ alerter, tick, alertTopic }: Parts): boolean {
  return alerter !== undefined && tick !== undefined && alertTopic !== undefined;
}
