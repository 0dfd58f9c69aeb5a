import { someArnOverlaps, someCovers, someOverlaps } from "./glob.ts";
import { ADMIN_ARNS } from "./managed-policies.ts";
import type { Statement } from "./statement.ts";

/**
 * Calls that each make an administrator if the caller may make them on any user, role, group or policy.
 * Source: IAM API Reference; the paths are those of published lists of privilege escalation.
 */
const SELF_SUFFICIENT: { readonly [action: string]: string } = {
  "iam:AddUserToGroup": "group",
  "iam:AttachGroupPolicy": "group",
  "iam:AttachRolePolicy": "role",
  "iam:AttachUserPolicy": "user",
  "iam:CreatePolicyVersion": "policy",
  "iam:PutGroupPolicy": "group",
  "iam:PutRolePolicy": "role",
  "iam:PutUserPolicy": "user",
  "iam:SetDefaultPolicyVersion": "policy",
  "iam:UpdateAssumeRolePolicy": "role",
};

/** Those that make an administrator of a caller who makes them on himself. */
const ON_ONESELF = ["iam:AttachUserPolicy", "iam:PutUserPolicy"];

/** Calls that take over somebody else; on oneself, everybody may make them. */
const TAKING_OVER = ["iam:CreateAccessKey", "iam:CreateLoginProfile", "iam:UpdateLoginProfile"];

/** Further ways to gain rights: permissions boundaries and identity providers. */
const LEADING_IN_IAM: { readonly [action: string]: string } = {
  "iam:AddClientIDToOpenIDConnectProvider": "oidc-provider",
  "iam:CreateOpenIDConnectProvider": "oidc-provider",
  "iam:CreateSAMLProvider": "saml-provider",
  "iam:DeleteRolePermissionsBoundary": "role",
  "iam:DeleteUserPermissionsBoundary": "user",
  "iam:PutRolePermissionsBoundary": "role",
  "iam:PutUserPermissionsBoundary": "user",
  "iam:UpdateOpenIDConnectProviderThumbprint": "oidc-provider",
  "iam:UpdateSAMLProvider": "saml-provider",
};

/** The same outside IAM: Identity Center, and the organization's policies. */
const LEADING = [
  "identitystore:CreateGroupMembership",
  "organizations:DetachPolicy",
  "organizations:UpdatePolicy",
  "sso:AttachCustomerManagedPolicyReferenceToPermissionSet",
  "sso:AttachManagedPolicyToPermissionSet",
  "sso:CreateAccountAssignment",
  "sso:PutInlinePolicyToPermissionSet",
];

/** Calls that run something as a role passed to it. */
const RUNNING = [
  "airflow:CreateEnvironment",
  "airflow:UpdateEnvironment",
  "amplify:CreateApp",
  "apprunner:CreateService",
  "appstream:CreateFleet",
  "autoscaling:CreateLaunchConfiguration",
  "batch:RegisterJobDefinition",
  "bedrock-agentcore:CreateAgentRuntime",
  "bedrock-agentcore:CreateCodeInterpreter",
  "braket:CreateJob",
  "cloudformation:CreateChangeSet",
  "cloudformation:CreateStack",
  "cloudformation:UpdateStack",
  "codebuild:CreateProject",
  "codebuild:UpdateProject",
  "codepipeline:CreatePipeline",
  "datapipeline:CreatePipeline",
  "deadline:CreateFleet",
  "ec2:AssociateIamInstanceProfile",
  "ec2:ReplaceIamInstanceProfileAssociation",
  "ec2:RequestSpotInstances",
  "ec2:RunInstances",
  "ecs:RegisterTaskDefinition",
  "ecs:RunTask",
  "eks:CreateNodegroup",
  "eks:CreatePodIdentityAssociation",
  "eks:UpdatePodIdentityAssociation",
  "elasticmapreduce:RunJobFlow",
  "emr-serverless:StartJobRun",
  "gamelift:CreateFleet",
  "glue:CreateDevEndpoint",
  "glue:CreateJob",
  "glue:UpdateJob",
  "imagebuilder:CreateInfrastructureConfiguration",
  "kinesisanalytics:CreateApplication",
  "lambda:CreateFunction",
  "lambda:UpdateFunctionConfiguration",
  "omics:StartRun",
  "rolesanywhere:CreateProfile",
  "rolesanywhere:UpdateProfile",
  "sagemaker:CreateCluster",
  "sagemaker:CreateModel",
  "sagemaker:CreateNotebookInstance",
  "sagemaker:CreateProcessingJob",
  "sagemaker:CreateTrainingJob",
  "scheduler:CreateSchedule",
  "ssm:StartAutomationExecution",
  "states:CreateStateMachine",
  "states:UpdateStateMachine",
  "synthetics:CreateCanary",
  "synthetics:UpdateCanary",
];

/** Calls of everyday services: whoever may make most of them may do nearly everything. */
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

/** A user, role, group, policy ... that nobody has: what reaches it reaches all of its kind. */
const NOBODY = "q7vx2m-nobody";

/**
 * True if a statement lets its holder get every right: by one sufficient call on anybody, or by nearly all calls.
 * What a principal may do with a resource is no right of an identity.
 */
export function allowsAdmin(statement: Statement): boolean {
  if (statement.principal !== undefined || isBounded(statement)) return false;
  if (SUFFICING.some(([action, kind]) => can(statement, action, arnOf(kind, NOBODY)))) return true;
  if (ON_ONESELF.some((action) => allows(statement, action)) && statement.resources.some(isOneself)) return true;
  if (Object.entries(SELF_SUFFICIENT).every(([action]) => allows(statement, action))) {
    return Object.values(SELF_SUFFICIENT).some((kind) => reaches(statement, arnOf(kind, "*")));
  }
  const everyday = EVERYDAY.filter((action) => can(statement, action, `arn:*:${serviceOf(action)}:*:*:${NOBODY}`));
  return everyday.length > EVERYDAY.length * (statement.isNotAction ? 0.5 : 0.8);
}

const SUFFICING = [...Object.entries(SELF_SUFFICIENT), ...TAKING_OVER.map((action) => [action, "user"] as const)];

/** True when a statement allows something that leads to further rights. */
export function allowsEscalation(statement: Statement): boolean {
  if (statement.principal !== undefined) return false;
  const inIam = [...Object.entries(SELF_SUFFICIENT), ...Object.entries(LEADING_IN_IAM)];
  if (inIam.some(([action, kind]) => can(statement, action, arnOf(kind, "*")))) return true;
  if (LEADING.some((action) => can(statement, action, `arn:*:${serviceOf(action)}:*:*:*`))) return true;
  if (can(statement, "sts:AssumeRole", arnOf("role", NOBODY))) return true;
  const isOfOneself = statement.resources.length > 0 && statement.resources.every(isOneself);
  if (!isOfOneself && TAKING_OVER.some((action) => can(statement, action, arnOf("user", "*")))) return true;
  return passesRoles(statement) && runsAsRoles(statement);
}

/** True if a role may be passed and something run as it, even by two statements: rights of an identity add up. */
export function allowEscalation(statements: readonly Statement[]): boolean {
  return statements.some(passesRoles) && statements.some(runsAsRoles);
}

/** True for one of two statements that allow escalation together. */
export function isPartOfEscalation(statement: Statement): boolean {
  return passesRoles(statement) || runsAsRoles(statement);
}

function passesRoles(statement: Statement): boolean {
  return statement.principal === undefined && can(statement, "iam:PassRole", arnOf("role", "*"));
}

function runsAsRoles(statement: Statement): boolean {
  if (statement.principal !== undefined) return false;
  return RUNNING.some((action) => can(statement, action, `arn:*:${serviceOf(action)}:*:*:*`));
}

/** Conditions that say which policies may be attached, or that a boundary must contain them. */
function isBounded({ tests }: Statement): boolean {
  return tests.some(
    ({ operator, passesWithout, key, values }) =>
      ["iam:permissionsboundary", "iam:policyarn"].includes(key) &&
      !passesWithout &&
      ["arnequals", "arnlike", "stringequals", "stringlike"].includes(operator) &&
      values.length > 0 &&
      !ADMIN_ARNS.some((arn) => someArnOverlaps(values, arn)),
  );
}

/** An IAM user in such a resource is only the caller, whatever the path. */
function isOneself(arn: string): boolean {
  return /^arn:[^:]*:iam::[^:]*:user\/(?:[^$:]*\/)?\$\{aws:username\}$/i.test(arn);
}

function arnOf(kind: string, name: string): string {
  return `arn:*:iam::*:${kind}/${name}`;
}

function serviceOf(action: string): string {
  return action.split(":", 1)[0] ?? "";
}

function can(statement: Statement, action: string, arn: string): boolean {
  return allows(statement, action) && reaches(statement, arn);
}

function reaches({ resources, isNotResource }: Statement, arn: string): boolean {
  return isNotResource || resources.length === 0 || someArnOverlaps(resources, arn);
}

/** True if a statement allows an action, or part of what an action with wildcards stands for. */
export function allows({ isAllow, actions, isNotAction }: Statement, action: string): boolean {
  if (!isAllow) return false;
  return isNotAction ? !someCovers(actions, action) : someOverlaps(actions, action);
}
