import { arnsOverlap, overlaps } from "./glob.ts";
import type { Statement } from "./statement.ts";

/**
 * Calls each of which alone makes an administrator, where its caller may make it on any user or role.
 * Source: IAM API Reference; the paths are those of published lists of privilege escalation.
 */
const SELF_SUFFICIENT = [
  "iam:AddUserToGroup",
  "iam:AttachGroupPolicy",
  "iam:AttachRolePolicy",
  "iam:AttachUserPolicy",
  "iam:CreatePolicyVersion",
  "iam:PutGroupPolicy",
  "iam:PutRolePolicy",
  "iam:PutUserPolicy",
  "iam:SetDefaultPolicyVersion",
  "iam:UpdateAssumeRolePolicy",
];

/** Calls that take over somebody else; on oneself they are everybody's to make. */
const TAKING_OVER = ["iam:CreateAccessKey", "iam:CreateLoginProfile", "iam:UpdateLoginProfile"];

/** Further ways to rights: roles of others, policies that limit, providers of identities, Identity Center. */
const LEADING = [
  "iam:CreateOpenIDConnectProvider",
  "iam:CreateSAMLProvider",
  "iam:DeleteRolePermissionsBoundary",
  "iam:DeleteUserPermissionsBoundary",
  "iam:UpdateSAMLProvider",
  "organizations:DetachPolicy",
  "sso:AttachManagedPolicyToPermissionSet",
  "sso:CreateAccountAssignment",
  "sso:PutInlinePolicyToPermissionSet",
];

/** Calls that run something as a role that was passed to it. */
const RUNNING = [
  "cloudformation:CreateStack",
  "codebuild:CreateProject",
  "datapipeline:CreatePipeline",
  "ec2:RunInstances",
  "ecs:RunTask",
  "glue:CreateJob",
  "lambda:CreateFunction",
  "sagemaker:CreateNotebookInstance",
  "ssm:StartAutomationExecution",
  "states:CreateStateMachine",
];

/** Calls of everyday services: who may do most of them may do nearly everything. */
const EVERYDAY = [
  "cloudtrail:StopLogging",
  "dynamodb:Scan",
  "ec2:RunInstances",
  "ec2:TerminateInstances",
  "kms:Decrypt",
  "lambda:UpdateFunctionCode",
  "rds:ModifyDBInstance",
  "s3:GetObject",
  "s3:PutBucketPolicy",
  "secretsmanager:GetSecretValue",
  "ssm:SendCommand",
];

/** What IAM's own resources look like: whoever has rights on none of these cannot change rights. */
const IAM_RESOURCES = ["user", "role", "group", "policy"].map((kind) => `arn:*:iam::*:${kind}/*`);

/** A user, a role, a group and a policy that nobody has: what reaches them reaches all. */
const ANY_OF_IAM = ["user", "role", "group", "policy"].map((kind) => `arn:*:iam::000000000000:${kind}/q7vx2m-nobody`);

/** True when a statement lets its holder have every right: one sufficient call on anybody, or nearly everything there is. */
export function allowsAdmin(statement: Statement): boolean {
  if (!statement.isAllow || isBounded(statement)) return false;
  if (reachesAll(statement) && [...SELF_SUFFICIENT, ...TAKING_OVER].some((action) => allows(statement, action)))
    return true;
  if (!reachesIam(statement)) return false;
  if (SELF_SUFFICIENT.every((action) => allows(statement, action))) return true;
  return statement.isNotAction && EVERYDAY.filter((action) => allows(statement, action)).length > EVERYDAY.length / 2;
}

/** True when a statement allows something that leads to further rights. */
export function allowsEscalation(statement: Statement): boolean {
  if (!statement.isAllow || !reachesIam(statement)) return false;
  if ([...SELF_SUFFICIENT, ...LEADING].some((action) => allows(statement, action))) return true;
  if (reachesAll(statement) && allows(statement, "sts:AssumeRole")) return true;
  const isOfOneself = statement.resources.length > 0 && statement.resources.every((arn) => /\$\{aws:/i.test(arn));
  if (!isOfOneself && TAKING_OVER.some((action) => allows(statement, action))) return true;
  return allows(statement, "iam:PassRole") && RUNNING.some((action) => allows(statement, action));
}

/** The account in an ARN, which a policy may name or not. */
const ACCOUNT = /^(arn:[^:]*:iam::)\d{12}(?=:)/;

/** Conditions that say which policies may be given, or that a boundary must hold them. */
function isBounded({ tests }: Statement): boolean {
  return tests.some(
    ({ operator, passesWithout, key, values }) =>
      ["iam:permissionsboundary", "iam:policyarn"].includes(key) &&
      !passesWithout &&
      ["arnequals", "arnlike", "stringequals", "stringlike"].includes(operator) &&
      values.length > 0 &&
      !values.some((value) => /[*?]$/.test(value)),
  );
}

function reachesIam(statement: Statement): boolean {
  return reaches(statement, (pattern) => IAM_RESOURCES.some((arn) => arnsOverlap(pattern, arn)));
}

function reachesAll(statement: Statement): boolean {
  return reaches(statement, (pattern) => ANY_OF_IAM.some((arn) => arnsOverlap(pattern.replace(ACCOUNT, "$1*"), arn)));
}

function reaches({ resources, isNotResource }: Statement, isReached: (pattern: string) => boolean): boolean {
  return isNotResource || resources.length === 0 || resources.some(isReached);
}

/** True when a statement allows an action, or something of what an action with wildcards stands for. */
export function allows({ isAllow, actions, isNotAction }: Statement, action: string): boolean {
  return isAllow && actions.some((pattern) => overlaps(pattern, action)) !== isNotAction && actions.length > 0;
}
