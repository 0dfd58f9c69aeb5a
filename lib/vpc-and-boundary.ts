import { Stack } from "aws-cdk-lib";
import { Effect, ManagedPolicy, PermissionsBoundary, PolicyStatement, type Role } from "aws-cdk-lib/aws-iam";
import { CfnFunction, type IFunction } from "aws-cdk-lib/aws-lambda";
import type { Construct } from "constructs";
import { acknowledge } from "./acknowledge.ts";
import { functionArn } from "./naming-stack.ts";
import type { Settings } from "./settings.ts";

/** Gives each role below a construct the boundary in the settings. */
export function bound(
  scope: Construct,
  { permissionsBoundary: boundary }: Pick<Settings, "permissionsBoundary">,
): void {
  if (boundary === undefined) return;
  const policy = boundary.startsWith("arn:")
    ? boundary
    : Stack.of(scope).formatArn({ service: "iam", region: "", resource: "policy", resourceName: boundary });
  PermissionsBoundary.of(scope).apply(ManagedPolicy.fromManagedPolicyArn(scope, "Boundary", policy));
}

/** What Lambda does with a function's role to reach into a VPC (Lambda Developer Guide, "Giving Lambda functions access to resources in an Amazon VPC"). */
const NETWORK_INTERFACES = [
  "ec2:CreateNetworkInterface",
  "ec2:DescribeNetworkInterfaces",
  "ec2:DescribeSubnets",
  "ec2:DeleteNetworkInterface",
  "ec2:AssignPrivateIpAddresses",
  "ec2:UnassignPrivateIpAddresses",
];

/** Puts functions into the subnets in the settings. */
export function putIntoVpc(functions: readonly IFunction[], role: Role, settings: Settings): void {
  const { subnets, securityGroups } = settings;
  if (subnets === undefined || securityGroups === undefined) return;
  const stack = Stack.of(role);
  for (const one of functions) {
    const { defaultChild } = one.node;
    if (!(defaultChild instanceof CfnFunction)) throw new Error(`${one.node.path} is no function of the stack`);
    defaultChild.vpcConfig = { subnetIds: [...subnets], securityGroupIds: [...securityGroups] };
  }
  role.addToPolicy(new PolicyStatement({ actions: NETWORK_INTERFACES, resources: ["*"] }));
  // Lambda needs these, and the functions' own code does not.
  role.addToPolicy(
    new PolicyStatement({
      effect: Effect.DENY,
      actions: NETWORK_INTERFACES,
      resources: ["*"],
      conditions: {
        ArnLike: {
          // Whichever function has the role: of a long name CloudFormation keeps a part of the stack's.
          "lambda:SourceFunctionArn": functionArn(stack, "*"),
        },
      },
    }),
  );
  acknowledge(role, "AwsSolutions-IAM5[Resource::*]", "network interfaces have no names before Lambda makes them");
}

/** The endpoints that functions without a way into the internet need, by what they do with them. */
export function endpointsOf({
  readRole,
  bus,
}: Pick<Settings, "readRole"> & { readonly bus?: unknown }): readonly string[] {
  return [
    "s3 (gateway)",
    "dynamodb (gateway)",
    "sns",
    ...(readRole === undefined ? [] : ["sts"]),
    `events${bus === undefined ? " (the hourly look)" : ""}`,
    "lambda (the hourly look)",
    "cloudtrail (the hourly look)",
  ];
}
