import { DefaultStackSynthesizer, type Stack } from "aws-cdk-lib";

/** An EventBridge event pattern, or a part of one. */
export type Pattern = { readonly [field: string]: unknown };

/** The roles that `cdk deploy` uses on one stack, by ARN. */
export interface DeploymentRoles {
  /** CloudFormation makes and changes the stack's resources with it. */
  readonly execution: string;
  readonly executionName: string;
  /** `cdk deploy` calls CloudFormation with it. */
  readonly deploy: string;
  readonly deployName: string;
}

/** A way to synthesize stacks that are deployed with a service role of CloudFormation, without CDK. */
export interface WithServiceRole {
  /** Its name. */
  readonly serviceRole: string;
}

/** Source: CDK Developer Guide, "Customize CDK bootstrapping", the names of the roles. */
export function deploymentRolesOf(stack: Stack): DeploymentRoles {
  const { serviceRole } = stack.synthesizer as Partial<WithServiceRole>;
  const qualifier = stack.synthesizer.bootstrapQualifier ?? DefaultStackSynthesizer.DEFAULT_QUALIFIER;
  const nameOf = (kind: string) => `cdk-${qualifier}-${kind}-role-${stack.account}-${stack.region}`;
  const [executionName, deployName] = [serviceRole ?? nameOf("cfn-exec"), serviceRole ?? nameOf("deploy")];
  const arnOf = (resourceName: string) =>
    stack.formatArn({ service: "iam", region: "", resource: "role", resourceName });
  return { execution: arnOf(executionName), executionName, deploy: arnOf(deployName), deployName };
}

/**
 * Any caller except CloudFormation with the stack's own execution role: the part of a pattern for `userIdentity`.
 * It matches CloudFormation with another role, and the execution role in other hands.
 */
export function exceptOwnDeployment({ execution }: DeploymentRoles): Pattern {
  return {
    $or: [{ invokedBy: [{ exists: false }, { "anything-but": "cloudformation.amazonaws.com" }] }, isNotOf(execution)],
  };
}

/** Any caller except sessions of one role: the part of a pattern for `userIdentity`. */
export function isNotOf(role: string): Pattern {
  return { sessionContext: { sessionIssuer: { arn: [{ exists: false }, { "anything-but": role }] } } };
}
