import type { Deployment } from "./core/rules/self.ts";

/**
 * The contract between the stack, which sets these variables, and the functions, which read them. Names and rules do not
 * fit Lambda's 4 KB of environment and travel in the asset instead (asset.ts).
 */
export interface FunctionEnvironment {
  readonly ALERT_TOPIC_ARN: string;
  readonly SMS_TOPIC_ARN: string;
  readonly LEDGER_TABLE: string;
  /** Where the functions' metrics are; alarms look there. */
  readonly METRICS_NAMESPACE: string;
  /** The parts of Deployment that the stack knows, as JSON. */
  readonly DEPLOYMENT: string;
}

/** The function's own name cannot stand in its own environment; Lambda tells it. */
export type KnownDeployment = Omit<Deployment, "functionName" | "functionArn">;

/** The environment as the functions use it. */
export interface Environment {
  readonly alertTopicArn: string;
  readonly smsTopicArn: string;
  readonly ledgerTable: string;
  readonly metricsNamespace: string;
  readonly deployment: Deployment;
}

/**
 * Reads the environment of a function.
 * @throws Error naming a variable that is missing: the deployment is at fault
 */
export function readEnvironment(variables: { readonly [name: string]: string | undefined }): Environment {
  const read = (name: keyof FunctionEnvironment | "AWS_LAMBDA_FUNCTION_NAME"): string => {
    const text = variables[name];
    if (text === undefined || text === "") throw new Error(`environment variable ${name} is not set`);
    return text;
  };
  const known = JSON.parse(read("DEPLOYMENT")) as KnownDeployment;
  const functionName = read("AWS_LAMBDA_FUNCTION_NAME");
  const [, partition] = known.alertTopicArn.split(":");
  return {
    alertTopicArn: read("ALERT_TOPIC_ARN"),
    smsTopicArn: read("SMS_TOPIC_ARN"),
    ledgerTable: read("LEDGER_TABLE"),
    metricsNamespace: read("METRICS_NAMESPACE"),
    deployment: {
      ...known,
      functionName,
      functionArn: `arn:${partition}:lambda:${known.region}:${known.accountId}:function:${functionName}`,
    },
  };
}
