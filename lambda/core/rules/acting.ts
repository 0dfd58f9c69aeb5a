import { traitsOf } from "../record/identity-types.ts";
import { type CloudTrailRecord, flagOf, textAt, valueAt } from "../record/record.ts";

export const ACTING = ["hand", "caller-directly", "caller", "aws-service"] as const;

/**
 * Who acted: an AWS service by itself, or a caller. A caller acts directly if he acts in person or through a mere tool
 * of his. What a service does further on his behalf is not direct, and the call that led to it has a record of its
 * own. By hand acts a person, or whoever has a long-term key, but for what a stack makes of its template.
 */
export type Acting = (typeof ACTING)[number];

/**
 * Callers do what they like through these: CloudFormation and Cloud Control make what a template says, automations of
 * Systems Manager what a document says, the MCP servers make the call that an agent asks for, and the consoles call as
 * "AWS Internal" or by the sign-in service.
 */
const HANDS = new Set([
  "cloudformation.amazonaws.com",
  "cloudcontrolapi.amazonaws.com",
  "servicecatalog.amazonaws.com",
  "signin.amazonaws.com",
  "ssm.amazonaws.com",
  "AWS Internal",
]);

/** `aws-mcp.amazonaws.com`, and the MCP servers of single services. */
const MCP = /^[a-z0-9]+-mcp\.amazonaws\.com$/;

function isHand(invokedBy: string): boolean {
  // Stack sets have their own hosts.
  return HANDS.has(invokedBy) || MCP.test(invokedBy) || invokedBy.endsWith("stacksets.cloudformation.amazonaws.com");
}

/**
 * Only AWS makes roles on this path, and only the service in it can assume them (IAM User Guide, "Service-linked roles").
 * In China some services end in `.cn` (Amazon EMR Management Guide, "Using service-linked roles for cleanup").
 */
const SERVICE_LINKED =
  /^arn:[a-z-]+:iam::\d{12}:role\/aws-service-role\/([a-z0-9.-]+\.amazonaws\.com(?:\.cn)?)\/AWSServiceRoleFor/;

/**
 * Roles that services assume by themselves without being linked to them. Anybody may create a role of such a name, so
 * the service that AWS reports as caller must be the role's own.
 * Source: the services' guides, "Default service role" (AWS Backup), "Roles required for accounts" (Control Tower).
 */
const SERVICE_ROLES: readonly { readonly service: string; readonly role: RegExp }[] = [
  { service: "backup.amazonaws.com", role: /:role\/service-role\/AWSBackup[A-Za-z]*$/ },
  // In the accounts that it manages its role has no path.
  { service: "controltower.amazonaws.com", role: /:role\/(?:service-role\/)?AWSControlTower[A-Za-z]*$/ },
];

/** Says who acted, as exactly as the record allows. */
export function actingOf(record: CloudTrailRecord): Acting {
  const invokedBy = textAt(record, "userIdentity", "invokedBy");
  if (actsByItself(record, invokedBy)) return "aws-service";
  if (invokedBy !== undefined && !isHand(invokedBy)) return "caller";
  return isByHand(record) && !STACKS.test(invokedBy ?? "") ? "hand" : "caller-directly";
}

/** Through these, templates act. */
const STACKS = /^(?:cloudcontrolapi|servicecatalog|(?:.*stacksets\.)?cloudformation)\.amazonaws\.com$/;

/** True for users, root, people in a role of Identity Center, and whoever works in the console. */
function isByHand(record: CloudTrailRecord): boolean {
  const issuer = textAt(record, "userIdentity", "sessionContext", "sessionIssuer", "arn") ?? "";
  return (
    traitsOf(textAt(record, "userIdentity", "type"))?.isHand ||
    issuer.includes(":role/aws-reserved/sso.amazonaws.com/") ||
    flagOf(valueAt(record, "sessionCredentialFromConsole")) === true
  );
}

/** True if the record's actor is of this kind. */
export function actsAs(record: CloudTrailRecord, who: Acting): boolean {
  if (who === "aws-service") return actingOf(record) === who;
  // Each word holds for those before it as well.
  return ACTING.indexOf(actingOf(record)) <= ACTING.indexOf(who);
}

function actsByItself(record: CloudTrailRecord, invokedBy: string | undefined): boolean {
  const type = textAt(record, "userIdentity", "type");
  // Records that name only a service, or only "AWS Internal", are older, or are the service's own.
  if (type === undefined && invokedBy !== undefined && !hasPrincipal(record)) return true;
  if (type === "AWSService") return true;
  if (type !== "AssumedRole") return false;
  const role = textAt(record, "userIdentity", "sessionContext", "sessionIssuer", "arn") ?? "";
  const service = invokedBy ?? textAt(record, "sourceIPAddress") ?? "";
  const [, linked] = SERVICE_LINKED.exec(role) ?? [];
  // Any other such tool acts by itself under its service-linked role.
  if (linked !== undefined && /\.amazonaws\.com(?:\.cn)?$/.test(service)) return service === linked || !isHand(service);
  return SERVICE_ROLES.some((one) => one.service === service && one.role.test(role));
}

function hasPrincipal(record: CloudTrailRecord): boolean {
  return ["arn", "principalId", "accessKeyId"].some((field) => textAt(record, "userIdentity", field) !== undefined);
}
