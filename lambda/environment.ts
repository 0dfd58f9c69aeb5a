/**
 * The contract between the stack, which sets these variables, and the function, which reads them. Names and rules do not
 * fit Lambda's 4 KB of environment and travel in the asset instead (asset.ts).
 */
export interface FunctionEnvironment {
  readonly ALERT_TOPIC_ARN: string;
  readonly SMS_TOPIC_ARN: string;
}

/** Reads the environment; a missing variable is the deployment's fault and is named. */
export function readEnvironment(variables: { readonly [name: string]: string | undefined }): FunctionEnvironment {
  const read = (name: keyof FunctionEnvironment): string => {
    const text = variables[name];
    if (text === undefined || text === "") throw new Error(`environment variable ${name} is not set`);
    return text;
  };
  return { ALERT_TOPIC_ARN: read("ALERT_TOPIC_ARN"), SMS_TOPIC_ARN: read("SMS_TOPIC_ARN") };
}
