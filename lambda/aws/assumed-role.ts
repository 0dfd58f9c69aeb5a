import { parseXML } from "@aws-sdk/xml-builder";
import { textAt } from "../core/record/record.ts";
import { type Caller, signedCall } from "./signed-call.ts";

/** How long STS may take, in milliseconds. */
const TIME = 5_000;

/** Credentials as an SDK client takes them; the client asks again before they expire. */
export interface AssumedCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
}

/**
 * Credentials of a role that may read what the caller may not, for instance in the account of the log bucket. The
 * session is called like the function, by which its calls are recognized. A role that is assumed by a role's session
 * lasts an hour at most (IAM User Guide, "Roles terms and concepts", "Role chaining").
 */
export function credentialsOf(caller: Caller, roleArn: string, sessionName: string): () => Promise<AssumedCredentials> {
  const request = new URLSearchParams({
    Action: "AssumeRole",
    Version: "2011-06-15",
    RoleArn: roleArn,
    RoleSessionName: sessionName,
    DurationSeconds: "3600",
  });
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const call = { service: "sts", method: "POST", path: "/", headers, body: request.toString() } as const;
  return async () => {
    const answer: unknown = parseXML(await signedCall(caller, call, AbortSignal.timeout(TIME)));
    const given = (name: string) => {
      const text = textAt(answer, "AssumeRoleResponse", "AssumeRoleResult", "Credentials", name);
      if (text === undefined) throw new Error(`STS has not said the ${name} of ${roleArn}`);
      return text;
    };
    return {
      accessKeyId: given("AccessKeyId"),
      secretAccessKey: given("SecretAccessKey"),
      sessionToken: given("SessionToken"),
      expiration: new Date(given("Expiration")),
    };
  };
}
