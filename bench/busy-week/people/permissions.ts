import type { PermissionSet } from "./person.ts";

/** What only administrators and the security team may read, in most teams. */
const FOR_FEW =
  /^(?:ce|budgets|billing|freetier|cost-optimization-hub|savingsplans|support|organizations|sso|sso-directory|notifications|account|devops-guru|compute-optimizer|servicecatalog-appregistry|access-analyzer|securityhub|guardduty|inspector2|macie2|detective|oam|dax|lakeformation|application-insights):/;

const DENIED: { readonly [P in PermissionSet]: RegExp | undefined } = {
  AdministratorAccess: undefined,
  SecurityAudit:
    /^(?:ce|budgets|billing|freetier|cost-optimization-hub):|:(?:GetSecretValue|GetParameters?|GetLogEvents|FilterLogEvents|StartQuery|GetQueryResults|AccessKubernetesApi|CreatePresignedDomainUrl|StartQueryExecution)$/,
  SecurityAdmin: /^(?:ce|budgets|billing|freetier|cost-optimization-hub):/,
  IdentityAdmin:
    /^(?:ec2|rds|lambda|ecs|eks|ce|budgets|billing|freetier|s3|resource-explorer-2|cost-optimization-hub|devops-guru|securityhub|support|notifications|servicecatalog-appregistry):/,
  Developer: FOR_FEW,
  ReadOnlyAccess: new RegExp(
    `${FOR_FEW.source}|^s3:GetStorageLens|:(?:CreatePresignedDomainUrl|AccessKubernetesApi|GetParameters?|StartQueryExecution)$`,
  ),
  DataScientist: new RegExp(
    `${FOR_FEW.source}|^(?:ecs|eks|rds|route53|cloudfront|wafv2|acm|ssm|iam|elasticloadbalancing|autoscaling|application-autoscaling|resource-explorer-2|resource-groups):`,
  ),
  DatabaseAdmin: new RegExp(`${FOR_FEW.source}|^(?:ecs|eks|lambda|route53|cloudfront|iam|glue|athena|sagemaker):`),
  Billing:
    /^(?!ce|budgets|billing|freetier|cost-optimization-hub|savingsplans|organizations|account|health|support|signin|sts)/,
  SupportUser: new RegExp(
    `${FOR_FEW.source.replace("support|", "")}|^(?:s3|iam|secretsmanager|ssm|kms|lambda|athena|glue|dynamodb|bedrock|sagemaker):`,
  ),
};

/** True if a permission set lets nobody make a call. */
export function isDenied(permissionSet: PermissionSet, call: string): boolean {
  return DENIED[permissionSet]?.test(call) ?? false;
}
