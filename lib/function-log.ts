import { RemovalPolicy } from "aws-cdk-lib";
import type { Role } from "aws-cdk-lib/aws-iam";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import type { Settings } from "./settings.ts";

/** Where a function logs, and its role's right to do so. */
export function functionLog(scope: Construct, id: string, { functionLogDays }: Settings, role: Role): LogGroup {
  const logGroup = new LogGroup(scope, `${id}Log`, {
    retention: functionLogDays,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  logGroup.grantWrite(role);
  return logGroup;
}
