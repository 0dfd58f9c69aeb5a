/**
 * IAM permissions without a call of the same name, and what the record has instead.
 * Source: Service Authorization Reference, "Actions, resources, and condition keys for AWS services", against the API
 * reference of each service.
 */
const PERMISSIONS: { readonly [permission: string]: string } = {
  "dynamodb:conditioncheckitem": recordedAs("TransactWriteItems"),
  "dynamodb:partiqldelete": recordedAs("ExecuteStatement, BatchExecuteStatement or ExecuteTransaction"),
  "dynamodb:partiqlinsert": recordedAs("ExecuteStatement, BatchExecuteStatement or ExecuteTransaction"),
  "dynamodb:partiqlselect": recordedAs("ExecuteStatement, BatchExecuteStatement or ExecuteTransaction"),
  "dynamodb:partiqlupdate": recordedAs("ExecuteStatement, BatchExecuteStatement or ExecuteTransaction"),
  "iam:passrole": "records hold the call that hands the role over, such as RunInstances or CreateFunction",
  "kms:reencryptfrom": recordedAs("ReEncrypt"),
  "kms:reencryptto": recordedAs("ReEncrypt"),
  "redshift:createclusteruser": recordedAs("GetClusterCredentials"),
  "redshift:joingroup": recordedAs("GetClusterCredentials"),
  "s3:bypassgovernanceretention": recordedAs("DeleteObject, DeleteObjects or PutObjectRetention"),
  "s3:deleteobjectversion": recordedAs("DeleteObject"),
  "s3:deleteobjectversiontagging": recordedAs("DeleteObjectTagging"),
  "s3:getanalyticsconfiguration": recordedAs("GetBucketAnalyticsConfiguration"),
  "s3:getintelligenttieringconfiguration": recordedAs("GetBucketIntelligentTieringConfiguration"),
  "s3:getinventoryconfiguration": recordedAs("GetBucketInventoryConfiguration"),
  "s3:getmetricsconfiguration": recordedAs("GetBucketMetricsConfiguration"),
  "s3:getobjectversion": recordedAs("GetObject"),
  "s3:getobjectversionacl": recordedAs("GetObjectAcl"),
  "s3:getobjectversionattributes": recordedAs("GetObjectAttributes"),
  "s3:getobjectversiontagging": recordedAs("GetObjectTagging"),
  "s3:getobjectversiontorrent": recordedAs("GetObjectTorrent"),
  "s3:listbucketmultipartuploads": recordedAs("ListMultipartUploads"),
  "s3:listbucketversions": recordedAs("ListObjectVersions"),
  "s3:listmultipartuploadparts": recordedAs("ListParts"),
  "s3:putanalyticsconfiguration": recordedAs("PutBucketAnalyticsConfiguration"),
  "s3:putintelligenttieringconfiguration": recordedAs("PutBucketIntelligentTieringConfiguration"),
  "s3:putinventoryconfiguration": recordedAs("PutBucketInventoryConfiguration"),
  "s3:putmetricsconfiguration": recordedAs("PutBucketMetricsConfiguration"),
  "s3:putobjectversionacl": recordedAs("PutObjectAcl"),
  "s3:putobjectversiontagging": recordedAs("PutObjectTagging"),
  "s3:objectowneroverridetobucketowner": "S3 needs it to replicate objects by itself",
  "s3:replicatedelete": "S3 needs it to replicate objects by itself",
  "s3:replicateobject": "S3 needs it to replicate objects by itself",
  "s3:replicatetags": "S3 needs it to replicate objects by itself",
  "sts:setcontext": recordedAs("AssumeRole, with providedContexts"),
  "sts:setsourceidentity": recordedAs("AssumeRole, with sourceIdentity"),
  "sts:tagsession": recordedAs("AssumeRole or another call for a session, with tags"),
};

/** Services whose permissions are for connections and requests that CloudTrail does not see. */
const UNSEEN: { readonly [service: string]: RegExp } = {
  elasticache: /^Connect$/i,
  elasticfilesystem: /^Client(?:Mount|RootAccess|Write)$/i,
  es: /^ES(?:CrossCluster|Http)/i,
  "execute-api": /^/,
  iot: /^(?:Connect|Publish|Receive|RetainPublish|Subscribe)$/i,
  "kafka-cluster": /^/,
  memorydb: /^Connect$/i,
  "rds-db": /^/,
  "vpc-lattice-svcs": /^/,
};

/**
 * Why nothing of that name is recorded though IAM has such a permission, in words; undefined when that is not known.
 */
export function permissionOnly(service: string, name: string): string | undefined {
  const permission = `${service}:${name.toLowerCase()}`;
  if (Object.hasOwn(PERMISSIONS, permission)) return `is a permission, not a call: ${PERMISSIONS[permission]}`;
  if (service === "apigateway" && /^(?:DELETE|GET|PATCH|POST|PUT)$/i.test(name)) {
    return "is a permission, not a call: records hold the operation, such as CreateRestApi";
  }
  if (Object.hasOwn(UNSEEN, service) && UNSEEN[service]?.test(name)) {
    return "is a permission for connections or requests that CloudTrail does not record";
  }
  if (/^Pass[A-Z]/.test(name)) return "is a permission, not a call: records hold the call that hands it over";
  return /^(?:AllowVendedLogDeliveryForResource|CallWithBearerToken)$/i.test(name)
    ? "is a permission, not a call"
    : undefined;
}

/** The services that have only permissions. */
export const PERMISSION_SERVICES: readonly string[] = ["execute-api", "kafka-cluster", "rds-db", "vpc-lattice-svcs"];

function recordedAs(names: string): string {
  return `records hold ${names}`;
}
