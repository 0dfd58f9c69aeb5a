import { isObject } from "../record/record.ts";
import type { KnownAccounts } from "./accounts.ts";
import type { UnknownWord } from "./event-pattern/error.ts";
import { namesResource } from "./resource-name.ts";
import type { EventPattern, Exception, Rule, Step } from "./rule.ts";

/** The names of one deployment that a pattern may use, as in `{ self: logBucket }`. */
export interface Deployment {
  readonly logBucket: string;
  /** Where S3 logs access to the log bucket; empty if that bucket is not ours. */
  readonly accessLogBucket: string;
  /** Empty if the trail is not ours. */
  readonly trailName: string;
  readonly trailArn: string;
  readonly functionName: string;
  readonly functionArn: string;
  readonly roleName: string;
  readonly roleArn: string;
  /** Of `npm run mute`. */
  readonly muteRoleArn: string;
  readonly alertTopicArn: string;
  readonly smsTopicArn: string;
  readonly healthTopicArn: string;
  readonly healthSmsTopicArn: string;
  readonly deadLetterQueueUrl: string;
  readonly tickFunctionName: string;
  readonly tickFunctionArn: string;
  /** The EventBridge rule that runs the tick. */
  readonly scheduleName: string;
  readonly ledgerTableName: string;
  readonly ledgerTableArn: string;
  readonly functionLogGroup: string;
  readonly tickLogGroup: string;
  readonly stackName: string;
  /** How the names of the stack's alarms begin. */
  readonly alarmPrefix: string;
  /** Empty if log files are not encrypted with a key of one's own. */
  readonly logKeyArn: string;
  readonly accountId: string;
  readonly region: string;
  /** A role of another account that log files are read with. */
  readonly readRoleArn?: string;
  /** Where it is another region than the functions'. */
  readonly logBucketRegion?: string;
  /** The EventBridge rule, or the topic, that announces log files, where the bucket's own notification does not. */
  readonly arrivalRule?: string;
  readonly arrivalTopicArn?: string;
  /** Topics that alerts go to besides those that every deployment has. */
  readonly wayTopicArns?: readonly string[];
  /** Of the account's CDK bootstrap, where it is not the default. */
  readonly bootstrapQualifier?: string;
}

/** A made-up deployment, for local use and for checking rules. */
export const DESK_DEPLOYMENT: Deployment = {
  logBucket: "trail-bucket",
  accessLogBucket: "trail-bucket-access",
  trailName: "Trailbell-trail",
  trailArn: "arn:aws:cloudtrail:us-east-1:111122223333:trail/Trailbell-trail",
  functionName: "Trailbell-Alerter",
  functionArn: "arn:aws:lambda:us-east-1:111122223333:function:Trailbell-Alerter",
  roleName: "Trailbell-AlerterRole",
  roleArn: "arn:aws:iam::111122223333:role/Trailbell-AlerterRole",
  muteRoleArn: "arn:aws:iam::111122223333:role/Trailbell-MuteRole",
  alertTopicArn: "arn:aws:sns:us-east-1:111122223333:Trailbell-AlertTopic",
  smsTopicArn: "arn:aws:sns:us-east-1:111122223333:Trailbell-SmsTopic",
  healthTopicArn: "arn:aws:sns:us-east-1:111122223333:Trailbell-HealthTopic",
  healthSmsTopicArn: "arn:aws:sns:us-east-1:111122223333:Trailbell-HealthSmsTopic",
  deadLetterQueueUrl: "https://sqs.us-east-1.amazonaws.com/111122223333/Trailbell-DeadLetters",
  tickFunctionName: "Trailbell-Tick",
  tickFunctionArn: "arn:aws:lambda:us-east-1:111122223333:function:Trailbell-Tick",
  scheduleName: "Trailbell-TickSchedule",
  ledgerTableName: "Trailbell-LedgerTable",
  ledgerTableArn: "arn:aws:dynamodb:us-east-1:111122223333:table/Trailbell-LedgerTable",
  functionLogGroup: "Trailbell-AlerterLog",
  tickLogGroup: "Trailbell-TickLog",
  stackName: "Trailbell",
  alarmPrefix: "Trailbell-",
  logKeyArn: "arn:aws:kms:us-east-1:111122223333:key/00000000-0000-4000-8000-000000000000",
  accountId: "111122223333",
  region: "us-east-1",
};

/** How the names of the EventBridge rules begin that report changes to the alerter. */
export function watchPrefix(stackName: string): string {
  return `${stackName}-self-watch-`;
}

/** The recipients in a made-up deployment's settings. */
export const DESK_KNOWN: KnownAccounts = { accounts: [DESK_DEPLOYMENT.accountId], organization: "o-exampleorgid" };

/** The parts of a deployment, by ARN; empty for a part that it lacks. */
const ARNS = {
  function: ({ functionArn }) => functionArn,
  tickFunction: ({ tickFunctionArn }) => tickFunctionArn,
  role: ({ roleArn }) => roleArn,
  bucket: (deployment) => `arn:${partitionOf(deployment)}:s3:::${deployment.logBucket}`,
  trail: ({ trailArn }) => trailArn,
  logKey: ({ logKeyArn }) => logKeyArn,
  alertTopic: ({ alertTopicArn }) => alertTopicArn,
  smsTopic: ({ smsTopicArn }) => smsTopicArn,
  healthTopic: ({ healthTopicArn }) => healthTopicArn,
  healthSmsTopic: ({ healthSmsTopicArn }) => healthSmsTopicArn,
  deadLetterQueue: (deployment) => regional(deployment, "sqs", deployment.deadLetterQueueUrl.split("/").pop() ?? ""),
  ledgerTable: ({ ledgerTableArn }) => ledgerTableArn,
  schedule: (deployment) => regional(deployment, "events", `rule/${deployment.scheduleName}`),
  functionLog: (deployment) => regional(deployment, "logs", `log-group:${deployment.functionLogGroup}`),
  tickLog: (deployment) => regional(deployment, "logs", `log-group:${deployment.tickLogGroup}`),
  alarms: (deployment) => regional(deployment, "cloudwatch", `alarm:${deployment.alarmPrefix}*`),
  stack: (deployment) => regional(deployment, "cloudformation", `stack/${deployment.stackName}`),
  // CDK Developer Guide, "Customize CDK bootstrapping": the role of cdk deploy.
  deployRole: (deployment) =>
    `arn:${partitionOf(deployment)}:iam::${deployment.accountId}:role/cdk-${deployment.bootstrapQualifier ?? "hnb659fds"}-deploy-role-${deployment.accountId}-${deployment.region}`,
} satisfies { readonly [word: string]: (deployment: Deployment) => string };

/** The words for a deployment's parts: `{ self: function }`. */
export const OWN_RESOURCES: readonly string[] = Object.keys(ARNS);

/** A name that no deployment has. */
export class SelfError extends Error {
  override readonly name = "SelfError";
  readonly unknown: UnknownWord;

  constructor(unknown: UnknownWord) {
    super(`unknown name { self: ${unknown.word} }; one of ${unknown.known.join(", ")}`);
    this.unknown = unknown;
  }
}

/** Replaces a name that a deployment lacks (an adopted bucket's trail); no value of a record equals it. */
const NO_SUCH_NAME = "\u0000none";

/**
 * Rules with each `{ self: name }` in their patterns replaced by the deployment's name, each `{ self: function }` by
 * the test for anything that names that resource.
 * @throws SelfError for an unknown name
 */
export function fillSelf(rules: readonly Rule[], deployment: Deployment): readonly Rule[] {
  const meanings = new Map<string, unknown>();
  const fillPattern = (pattern: EventPattern) => fill(pattern, deployment, meanings) as EventPattern;
  const fillNarrowing = ({ pattern, each }: Exception | Rule | Step) => ({
    ...(pattern !== undefined && { pattern: fillPattern(pattern) }),
    ...(each !== undefined && { each: { ...each, pattern: fillPattern(each.pattern) } }),
  });
  const filled = (rule: Rule): Rule => ({
    ...rule,
    ...fillNarrowing(rule),
    ...(rule.after !== undefined && { after: { ...rule.after, pattern: fillPattern(rule.after.pattern) } }),
    ...(rule.steps !== undefined && {
      steps: { ...rule.steps, of: rule.steps.of.map((step) => ({ ...step, ...fillNarrowing(step) })) },
    }),
    ...(rule.except !== undefined && {
      except: rule.except.map((exception) => ({ ...exception, ...fillNarrowing(exception) })),
    }),
  });
  // Most rules name nothing, and a function should start soon.
  const isNaming = ({ pattern, each, after, steps, except }: Rule) =>
    JSON.stringify([pattern, each, after, steps, except]).includes('"self":');
  return rules.map((rule) => (isNaming(rule) ? filled(rule) : rule));
}

/** `meanings` keeps what each word stands for. */
function fill(value: unknown, deployment: Deployment, meanings: Map<string, unknown>): unknown {
  if (Array.isArray(value)) return value.map((element) => fill(element, deployment, meanings));
  if (!isObject(value)) return value;
  const { self } = value;
  // In a pattern, a record's field that happens to be called self has a list or an object, never a string.
  if (typeof self === "string" && Object.keys(value).length === 1) {
    const meaning = meanings.get(self) ?? meaningOf(self, deployment);
    meanings.set(self, meaning);
    return meaning;
  }
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, fill(inner, deployment, meanings)]));
}

/** A name, as text, or a resource, which matches however it is named. */
function meaningOf(self: string, deployment: Deployment): unknown {
  if (Object.hasOwn(deployment, self)) return deployment[self as keyof Deployment] || NO_SUCH_NAME;
  const arn = arnOfOwn(self, deployment);
  if (arn === undefined) {
    throw new SelfError({ word: self, known: [...Object.keys(deployment), ...OWN_RESOURCES] });
  }
  return namesResource(arn) === undefined ? NO_SUCH_NAME : { "names-resource": arn };
}

/** The ARN of one of these parts; undefined for another word. */
function arnOfOwn(word: string, deployment: Deployment): string | undefined {
  return Object.hasOwn(ARNS, word) ? ARNS[word as keyof typeof ARNS](deployment) : undefined;
}

function regional(deployment: Deployment, service: string, resource: string): string {
  const { accountId, region } = deployment;
  return `arn:${partitionOf(deployment)}:${service}:${region}:${accountId}:${resource}`;
}

function partitionOf({ alertTopicArn }: Pick<Deployment, "alertTopicArn">): string {
  return alertTopicArn.split(":")[1] ?? "aws";
}
