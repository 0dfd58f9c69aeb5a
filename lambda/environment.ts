import type { DeliveryPath } from "./core/health/delivery-path.ts";
import type { TopicName } from "./core/health/subscriptions.ts";
import type { OtherWay } from "./core/outbox/ways.ts";
import type { Deployment } from "./core/rules/self.ts";

/**
 * The contract between the stack, which sets these variables, and the functions, which read them. Names and rules do not
 * fit Lambda's 4 KB of environment and travel in the asset instead (asset.ts).
 */
export interface FunctionEnvironment {
  readonly ALERT_TOPIC_ARN: string;
  readonly SMS_TOPIC_ARN: string;
  /** The topic that tells what is wrong with the alerter itself. */
  readonly HEALTH_TOPIC_ARN: string;
  /** The same for phones. */
  readonly HEALTH_SMS_TOPIC_ARN: string;
  readonly LEDGER_TABLE: string;
  /** The namespace of the functions' metrics, where alarms look: `Trailbell/STACK`. */
  readonly METRICS_NAMESPACE: string;
  /** WaysEnvironment, as JSON; absent if there is none of them. */
  readonly WAYS?: string;
}

/** The ARN of a topic, or what else a way is reached by: a bus by its name or its ARN. */
export type OtherWays = { readonly [W in OtherWay]: string | undefined };

/** Where alerts go besides the topics of every deployment and of routes: these are named by the asset and by the stack. */
export type WaysEnvironment = Partial<OtherWays>;

/** The name of a route's own topic. Twenty ARNs would not fit the environment: the functions make them of the names. */
export function routeTopicName(stackName: string, route: string): string {
  return `${stackName}-route-${route}`;
}

/** What only the function that reads log files has. */
export interface HandlerEnvironment extends FunctionEnvironment {
  /** The parts of Deployment that the stack knows, as JSON. */
  readonly DEPLOYMENT: string;
}

/** What only the function that looks after the way out has. */
export interface TickEnvironment extends FunctionEnvironment {
  /** WatchedWay, as JSON. */
  readonly DELIVERY_PATH: string;
}

/** What the tick looks after besides topics and people; of these, those alone whom synth did not know yet. */
export type WatchedWay = Omit<DeliveryPath, "topics" | "recipients" | "ways"> &
  Partial<Pick<DeliveryPath, "recipients">>;

/**
 * A function's name cannot be in its own environment; Lambda tells it. Topics are read with the ways, or from variables of
 * their own: long names would not fit twice.
 */
export type KnownDeployment = Omit<Deployment, "functionName" | "functionArn" | "wayTopicArns" | keyof OwnTopics>;

type OwnTopics = Pick<Deployment, "alertTopicArn" | "smsTopicArn" | "healthTopicArn" | "healthSmsTopicArn">;

/** The environment as the functions use it. */
export interface Environment {
  readonly topics: { readonly [T in TopicName]: string };
  readonly ways: WaysEnvironment;
  readonly ledgerTable: string;
  readonly metricsNamespace: string;
  readonly stackName: string;
}

type Variables = { readonly [name: string]: string | undefined };

/**
 * Reads the environment of a function.
 * @throws Error naming a variable that is missing: the deployment is at fault
 */
export function readEnvironment(variables: Variables): Environment {
  return {
    topics: {
      alert: variable(variables, "ALERT_TOPIC_ARN"),
      sms: variable(variables, "SMS_TOPIC_ARN"),
      health: variable(variables, "HEALTH_TOPIC_ARN"),
      "health-sms": variable(variables, "HEALTH_SMS_TOPIC_ARN"),
    },
    ways: JSON.parse(variables.WAYS ?? "{}") as WaysEnvironment,
    ledgerTable: variable(variables, "LEDGER_TABLE"),
    metricsNamespace: variable(variables, "METRICS_NAMESPACE"),
    stackName: variable(variables, "METRICS_NAMESPACE").split("/").pop() ?? "",
  };
}

/**
 * Reads what the tick looks after.
 * @throws Error naming a variable that is missing
 */
export function readTickEnvironment(variables: Variables): WatchedWay {
  return JSON.parse(variable(variables, "DELIVERY_PATH")) as WatchedWay;
}

/**
 * Reads what the deployment is called.
 * @throws Error naming a variable that is missing
 */
export function readDeployment(variables: Variables): Deployment {
  const known = JSON.parse(variable(variables, "DEPLOYMENT")) as KnownDeployment;
  const functionName = variable(variables, "AWS_LAMBDA_FUNCTION_NAME");
  const { topics } = readEnvironment(variables);
  const [, partition] = topics.sms.split(":");
  const functionArn = `arn:${partition}:lambda:${known.region}:${known.accountId}:function:${functionName}`;
  const ownTopics: OwnTopics = {
    alertTopicArn: topics.alert,
    smsTopicArn: topics.sms,
    healthTopicArn: topics.health,
    healthSmsTopicArn: topics["health-sms"],
  };
  return { ...ownTopics, ...known, functionName, functionArn };
}

type Variable = keyof HandlerEnvironment | keyof TickEnvironment | "AWS_LAMBDA_FUNCTION_NAME";

function variable(variables: Variables, name: Variable): string {
  const text = variables[name];
  if (text === undefined || text === "") throw new Error(`environment variable ${name} is not set`);
  return text;
}
