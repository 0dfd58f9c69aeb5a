import { type CloudTrailRecord, flagOf, hasEventVersion, textAt, valueAt } from "./record.ts";

/** Where a call came from, as far as the record proves it; raw text. */
export interface Origin {
  /** An address, or the name of a service. */
  readonly address?: string;
  /** For a tool's user agent, the tool and its version; for a browser's, that it is one. The record has all of it. */
  readonly agent?: string;
  readonly channel?: "console" | "API";
}

/** The origin of a record's call. */
export function originOf(record: CloudTrailRecord): Origin {
  const address = textAt(record, "sourceIPAddress");
  const agent = textAt(record, "userAgent");
  const channel = channelOf(record);
  return {
    ...(address !== undefined && { address }),
    ...(agent !== undefined && agent !== address && { agent: shortAgent(agent) }),
    ...(channel !== undefined && { channel }),
  };
}

/** Names and versions that tools give in their user agent; a tool stands before what it is built on. */
const TOOLS = [
  /\b(?:Terraform|OpenTofu|Pulumi|aws-cdk|cdk-cli|Crossplane|Ansible|CloudFormation|Steampipe|Pacu|ScoutSuite|Prowler)\/[\w.+-]+/i,
  /\b(?:aws-cli|aws-sdk-[a-z0-9-]+|Boto3|Botocore|AWSPowerShell|aws-tools)\/[\w.+-]+/i,
];
const IS_TOOL = /^\[?(?:aws-cli|aws-sdk-|Boto|APN\/|HashiCorp|Terraform|OpenTofu|aws-cdk|Pulumi|AWSPowerShell)/i;

/** What stands for the long names that browsers give themselves. */
export const BROWSER = "a browser";

function shortAgent(agent: string): string {
  for (const tools of TOOLS) {
    const [tool] = tools.exec(agent.slice(0, 1000)) ?? [];
    if (tool !== undefined) return tool;
  }
  return /^Mozilla\/\d/.test(agent) ? BROWSER : agent;
}

/**
 * Console sessions are marked from version 1.08 on, but not by every service: an unmarked call is said not to come from
 * the console only if a tool made it.
 * Source: CloudTrail User Guide, "CloudTrail record contents", sessionCredentialFromConsole.
 */
function channelOf(record: CloudTrailRecord): Origin["channel"] {
  const eventType = textAt(record, "eventType");
  if (eventType === "AwsConsoleSignIn" || eventType === "AwsConsoleAction") return "console";
  if (eventType !== "AwsApiCall") return undefined;
  if (flagOf(valueAt(record, "sessionCredentialFromConsole"))) return "console";
  const isTool = IS_TOOL.test(textAt(record, "userAgent") ?? "");
  return isTool && hasEventVersion(record, 1, 8) ? "API" : undefined;
}
