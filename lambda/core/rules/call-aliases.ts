/**
 * IAM prefixes that differ from the record's eventSource. Watch lists use the names of IAM actions, so both
 * spellings are looked for. Each row is from the page named beside it.
 */
const SERVICES: { readonly [iamPrefix: string]: string } = {
  "application-autoscaling": "autoscaling", // Application Auto Scaling User Guide, "Log API calls using AWS CloudTrail"
  cloudwatch: "monitoring", // CloudWatch User Guide, "Logging API and console operations with AWS CloudTrail"
  "rds-data": "rdsdata", // Aurora User Guide, "Logging RDS Data API calls with AWS CloudTrail"
  tag: "tagging", // Resource Groups and Tagging User Guide, "Logging Tag Editor calls with AWS CloudTrail"
};

/** IAM actions and calls of the SDKs that are recorded under another event name. */
const NAMES: { readonly [call: string]: string } = {
  "lambda:invokefunction": "Invoke", // Lambda Developer Guide, "Logging AWS Lambda API calls", data events
  // S3 User Guide, "Amazon S3 CloudTrail events", its table of API event names used in CloudTrail, against "Actions defined
  // by Amazon S3" of the Service Authorization Reference.
  "s3:getencryptionconfiguration": "GetBucketEncryption",
  "s3:getlifecycleconfiguration": "GetBucketLifecycle",
  "s3:getreplicationconfiguration": "GetBucketReplication",
  "s3:listallmybuckets": "ListBuckets",
  "s3:listbucket": "ListObjects",
  "s3:putencryptionconfiguration": "PutBucketEncryption",
  "s3:putlifecycleconfiguration": "PutBucketLifecycle",
  "s3:putreplicationconfiguration": "PutBucketReplication",
  // The same table, against the names of the SDKs.
  "s3:deletepublicaccessblock": "DeleteBucketPublicAccessBlock",
  "s3:getbucketlifecycleconfiguration": "GetBucketLifecycle",
  "s3:getbucketnotificationconfiguration": "GetBucketNotification",
  "s3:getobjectlockconfiguration": "GetBucketObjectLockConfiguration",
  "s3:getpublicaccessblock": "GetBucketPublicAccessBlock",
  "s3:putbucketlifecycleconfiguration": "PutBucketLifecycle",
  "s3:putbucketnotificationconfiguration": "PutBucketNotification",
  "s3:putobjectlockconfiguration": "PutBucketObjectLockConfiguration",
  "s3:putpublicaccessblock": "PutBucketPublicAccessBlock",
};

/**
 * The services that a service in a watch list stands for: itself, and the eventSource that CloudTrail records it under.
 */
export function servicesOf(service: string): readonly string[] {
  const alias = Object.hasOwn(SERVICES, service) ? SERVICES[service] : undefined;
  return alias === undefined ? [service] : [service, alias];
}

/** The event names that a call in a watch list stands for; the service is in lower case. */
export function eventNamesOf(service: string, name: string): readonly string[] {
  const call = `${service}:${name.toLowerCase()}`;
  const alias = Object.hasOwn(NAMES, call) ? NAMES[call] : undefined;
  return alias === undefined ? [name] : [name, alias];
}

/** IAM prefixes with an alias; these are known services too. */
export const ALIASED_SERVICES: readonly string[] = Object.keys(SERVICES);
