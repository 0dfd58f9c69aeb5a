/**
 * Where requestParameters hold an IAM policy, as dotted paths from there: JSON as text, or the parsed object. The names
 * are those of the parameters with a small first letter, as CloudTrail writes them, unless a page shows another
 * spelling. attributeValue holds a policy where attributeName is Policy.
 * Source: the API reference of each service; for S3, SNS and SQS the log examples in their guides.
 */
export const POLICY_FIELDS: readonly string[] = [
  "accessPointPolicy",
  "accessPolicies", // OpenSearch Service
  "accessPolicy", // CloudWatch Logs
  "assumeRolePolicyDocument", // IAM
  "attributes.Policy", // SQS, SNS
  "attributeValue", // SNS
  "bucketPolicy", // S3
  "configuredAudienceModelPolicy",
  "content", // Organizations
  "CreateVpcEndpointRequest.PolicyDocument", // EC2
  "dataSourceAccessPolicy",
  "deliveryDestinationPolicy", // CloudWatch Logs
  "executionIamPolicy.policy", // EMR Serverless
  "executionRoleSessionPolicy", // Glue
  "firewallRuleGroupPolicy", // Route 53 Resolver
  "inlinePolicy", // IAM Identity Center
  "kmsPolicyDocument",
  "modelPolicy", // Comprehend
  "ModifyVpcEndpointRequest.PolicyDocument", // EC2
  "policy", // KMS, STS, API Gateway, EventBridge, EFS, Backup and many others
  "policy.policy", // S3 Glacier
  "policyDocument", // IAM, CodeArtifact, IoT, CloudWatch Logs, EC2
  "policyInJson", // Glue
  "policyTemplate", // RAM
  "policyText", // ECR
  "PutAccessPointPolicyRequest.Policy", // S3
  "repositoryPolicy", // ECR
  "resolverQueryLogConfigPolicy", // Route 53 Resolver
  "resolverRulePolicy",
  "resourcePolicy", // Secrets Manager, CloudTrail, DynamoDB, S3 Tables
  "s3AccessPoint.policy", // FSx
  "s3AccessPolicy",
  "s3PolicyDocument",
  "sessionPolicy", // IAM Roles Anywhere
  "stackPolicyBody", // CloudFormation
  "stackPolicyDuringUpdateBody",
  "stsPolicyDocument",
];
