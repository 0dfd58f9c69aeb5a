import {
  CloudFormationClient,
  DescribeStacksCommand,
  paginateListStackResources,
} from "@aws-sdk/client-cloudformation";
import { CLIENT_SETTINGS } from "../../lambda/aws/client-settings.ts";
import { textAt } from "../../lambda/core/record/record.ts";
import type { DeployedStack, StackResource } from "../doctor/parts.ts";

/** A stack that cannot be looked at; the message says what to type. */
export class StackError extends Error {
  override readonly name = "StackError";
}

/**
 * Finds a stack with the credentials of the shell, in a region or in the shell's.
 * @throws StackError
 */
export async function readStack(StackName: string, region: string | undefined): Promise<DeployedStack> {
  const client = new CloudFormationClient({ ...CLIENT_SETTINGS, ...(region !== undefined && { region }) });
  try {
    const used = await client.config.region();
    const { Stacks: [stack] = [] } = await client.send(new DescribeStacksCommand({ StackName }));
    const [, partition = "aws", , , accountId = ""] = stack?.StackId?.split(":") ?? [];
    const outputs = stack?.Outputs?.map(({ OutputKey = "", OutputValue = "" }) => [OutputKey, OutputValue]) ?? [];
    const resources: StackResource[] = [];
    for await (const { StackResourceSummaries = [] } of paginateListStackResources({ client }, { StackName })) {
      for (const {
        ResourceType = "",
        LogicalResourceId = "",
        PhysicalResourceId = "",
        ResourceStatus,
      } of StackResourceSummaries) {
        if (ResourceStatus === "DELETE_COMPLETE") continue;
        resources.push({ type: ResourceType, logicalId: LogicalResourceId, physicalId: PhysicalResourceId });
      }
    }
    const updatedAt = (stack?.LastUpdatedTime ?? stack?.CreationTime)?.getTime();
    return {
      ...(updatedAt !== undefined && { updatedAt }),
      name: StackName,
      region: used,
      accountId,
      partition,
      status: stack?.StackStatus ?? "unknown",
      outputs: Object.fromEntries(outputs),
      resources,
    };
  } catch (error) {
    throw stackError(StackName, region ?? process.env.AWS_REGION, error);
  } finally {
    client.destroy();
  }
}

/** A stack's outputs, and what reading them told: the region, and how far AWS's clock is ahead, in milliseconds. */
export interface StackOutputs {
  readonly region: string;
  readonly outputs: { readonly [name: string]: string };
  readonly clockOffset: number;
}

/**
 * Reads a stack's outputs with the credentials of the shell, which need cloudformation:DescribeStacks only.
 * @throws StackError
 */
export async function readOutputs(StackName: string, region: string | undefined): Promise<StackOutputs> {
  const client = new CloudFormationClient({ ...CLIENT_SETTINGS, ...(region !== undefined && { region }) });
  try {
    const used = await client.config.region();
    const { Stacks: [stack] = [] } = await client.send(new DescribeStacksCommand({ StackName }));
    const outputs = stack?.Outputs?.map(({ OutputKey = "", OutputValue = "" }) => [OutputKey, OutputValue]) ?? [];
    return { region: used, outputs: Object.fromEntries(outputs), clockOffset: client.config.systemClockOffset };
  } catch (error) {
    throw stackError(StackName, region ?? process.env.AWS_REGION, error);
  } finally {
    client.destroy();
  }
}

/** An output by its name; in a stack of somebody's own app it begins with the construct's path. */
export function outputNamed(outputs: StackOutputs["outputs"], name: string): string | undefined {
  const [only, other] = Object.keys(outputs).filter((key) => key === name || key.endsWith(name));
  return outputs[name] ?? (other === undefined && only !== undefined ? outputs[only] : undefined);
}

function stackError(stack: string, region: string | undefined, cause: unknown): StackError {
  const error = cause instanceof Error ? cause : new Error(String(cause));
  const where = region === undefined ? "the region of your shell" : region;
  const said = `${error.name}: ${error.message}`;
  if (/Region is missing|Region not accepted: region=""/i.test(error.message))
    return new StackError("no region: give --region, or set AWS_REGION");
  if (/^Credentials|^CredentialsProvider|^TokenProvider/.test(error.name)) {
    return new StackError(`no AWS credentials in your shell (${said}): log in, or set AWS_PROFILE`, { cause });
  }
  if (/ExpiredToken|InvalidClientToken|UnrecognizedClient|SignatureDoesNotMatch/.test(error.name)) {
    return new StackError(`AWS does not take the credentials of your shell (${said}): log in again`, { cause });
  }
  if (/does not exist/.test(error.message)) {
    return new StackError(
      `there is no stack ${stack} in ${where}: is it deployed, and in this account and region? See --stack and --region`,
      { cause },
    );
  }
  if (/AccessDenied|NotAuthorized/.test(error.name)) {
    return new StackError(
      `you may not look at the stack ${stack} in ${where} (${said}): the command needs to read the stack, for instance by AWS's policy ReadOnlyAccess`,
      { cause },
    );
  }
  const code = textAt(cause, "code");
  return new StackError(`the stack ${stack} in ${where} cannot be read: ${said}${code ? ` (${code})` : ""}`, { cause });
}
