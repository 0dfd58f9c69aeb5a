import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { parseXML } from "@aws-sdk/xml-builder";
import { CLIENT_SETTINGS } from "../../lambda/aws/client-settings.ts";
import { dynamoStore } from "../../lambda/aws/dynamodb.ts";
import { signedCall } from "../../lambda/aws/signed-call.ts";
import { textAt } from "../../lambda/core/record/record.ts";
import type { LedgerStore } from "../../lambda/core/store/store.ts";
import { outputNamed, readOutputs, StackError } from "./stack.ts";

/** The ledger of a deployed stack, as far as `npm run mute` may use it. */
export interface MuteLedger {
  readonly store: LedgerStore;
  /** Who runs the command: an ARN. */
  readonly caller: string;
  /** AWS's time, in milliseconds since the epoch. */
  readonly now: () => number;
}

const TIME = 10_000;

/**
 * Finds a stack with the credentials of the shell, and assumes its role for mutes.
 * @throws StackError saying what to do
 */
export async function openMutes(stack: string, givenRegion: string | undefined): Promise<MuteLedger> {
  const { region, outputs, clockOffset } = await readOutputs(stack, givenRegion);
  const [role, table] = [outputNamed(outputs, "MuteRole"), outputNamed(outputs, "Table")];
  if (role === undefined || table === undefined) {
    throw new StackError(
      `the stack ${stack} in ${region} has no role for mutes: deploy this version first, npx cdk deploy`,
    );
  }
  const own = new DynamoDBClient({ ...CLIENT_SETTINGS, region });
  try {
    const caller = await callerOf(own);
    const credentials = await assumed(own, role, caller);
    const store = dynamoStore(new DynamoDBClient({ ...CLIENT_SETTINGS, region, credentials }), table);
    return { store, caller, now: () => Date.now() + clockOffset };
  } finally {
    own.destroy();
  }
}

async function callerOf({ config }: DynamoDBClient): Promise<string> {
  const answer = await stsCall(config, { Action: "GetCallerIdentity" }).catch((error: unknown) => {
    throw new StackError(`AWS does not say who you are (${saidBy(error)}): log in, or set AWS_PROFILE`, {
      cause: error,
    });
  });
  return textAt(answer, "GetCallerIdentityResponse", "GetCallerIdentityResult", "Arn") ?? "unknown";
}

async function assumed({ config }: DynamoDBClient, RoleArn: string, caller: string) {
  // The session's name shows in CloudTrail who it was for, beside the caller that AWS itself records.
  const RoleSessionName = `mute-${caller.split("/").pop() ?? ""}`.replace(/[^\w+=,.@-]/g, "-").slice(0, 64);
  const asked = { Action: "AssumeRole", RoleArn, RoleSessionName, DurationSeconds: "900" };
  const answer = await stsCall(config, asked).catch((error: unknown) => {
    throw new StackError(
      `you may not assume ${RoleArn} (${saidBy(error)}): ask for sts:AssumeRole on it (docs/runbook.md#quiet-a-mail)`,
      { cause: error },
    );
  });
  const at = (name: string) => textAt(answer, "AssumeRoleResponse", "AssumeRoleResult", "Credentials", name) ?? "";
  return {
    accessKeyId: at("AccessKeyId"),
    secretAccessKey: at("SecretAccessKey"),
    sessionToken: at("SessionToken"),
  };
}

/** Source: AWS STS API Reference, "Making Query requests". */
async function stsCall(config: DynamoDBClient["config"], fields: { readonly [name: string]: string }) {
  const body = new URLSearchParams({ Version: "2011-06-15", ...fields }).toString();
  const headers = { "content-type": "application/x-www-form-urlencoded; charset=utf-8" };
  const call = { service: "sts", method: "POST", path: "/", headers, body } as const;
  return parseXML(await signedCall(config, call, AbortSignal.timeout(TIME))) as unknown;
}

function saidBy(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
