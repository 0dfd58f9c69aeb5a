/** A command that undoes a call, made from its record. */
export interface Undo {
  readonly command: string;
  /** It undoes only records that have this value at this path. */
  readonly where?: readonly [path: string, value: string];
  /** It does not undo records that have this value at this path. */
  readonly unless?: readonly [path: string, value: string];
  /** What the command also does, or does not. */
  readonly note?: string;
}

/** The command in the region of the call. */
function regional(command: string): string {
  return `${command} --region {awsRegion}`;
}

/** What is done to one resource in its own region. */
function there(command: string): readonly Undo[] {
  return [{ command: regional(command) }];
}

function only(path: string, value: string, command: string, note?: string): Undo {
  return { command, where: [`requestParameters.${path}`, value], ...(note !== undefined && { note }) };
}

const ALL_BLOCKED =
  "--public-access-block-configuration BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true";

const BLOCK_BUCKET: readonly Undo[] = [
  { command: `aws s3api put-public-access-block --bucket {requestParameters.bucketName} ${ALL_BLOCKED}` },
];
const BLOCK_ACCOUNT: readonly Undo[] = [
  { command: `aws s3control put-public-access-block --account-id {recipientAccountId} ${ALL_BLOCKED}` },
];
const KEEP_OBJECTS: readonly Undo[] = [
  {
    command: "aws s3api delete-bucket-lifecycle --bucket {requestParameters.bucketName}",
    note: "This takes all lifecycle rules of the bucket away.",
  },
];
const NO_REPLICATION: readonly Undo[] = [
  { command: "aws s3api delete-bucket-replication --bucket {requestParameters.bucketName}" },
];
const DELETE_PASSWORD: readonly Undo[] = [
  { command: "aws iam delete-login-profile --user-name {requestParameters.userName}" },
];
const ENABLE_KEY = regional("aws kms enable-key --key-id {requestParameters.keyId}");
const NO_URL = there("aws lambda delete-function-url-config --function-name {requestParameters.functionName}");
const SENDING_OFF = regional("aws ses update-account-sending-enabled --no-enabled");

const WHOLE_POLICY = "This takes the whole policy away; the one before is not in the record.";

function whole(command: string): readonly Undo[] {
  return [{ command: regional(command), note: WHOLE_POLICY }];
}

function binned(command: string): readonly Undo[] {
  return [{ command: regional(command), note: "The Recycle Bin gives back only what one of its rules keeps." }];
}

/**
 * Calls, as records name them, to what takes them back. Options are those of the AWS CLI's command reference, fields are
 * the API's in the spelling of CloudTrail. Where there is a choice, things are stopped or switched off, not deleted: they are
 * traces.
 */
export const UNDO: { readonly [call: string]: readonly Undo[] } = {
  "account:DisableRegion": [{ command: "aws account enable-region --region-name {requestParameters.regionName}" }],
  "account:EnableRegion": [{ command: "aws account disable-region --region-name {requestParameters.regionName}" }],
  "backup:PutBackupVaultAccessPolicy": whole(
    "aws backup delete-backup-vault-access-policy --backup-vault-name {requestParameters.backupVaultName}",
  ),
  "backup:UpdateGlobalSettings": there(
    "aws backup update-global-settings --global-settings isCrossAccountBackupEnabled=false",
  ),
  "cloudtrail:DeleteEventDataStore": there(
    "aws cloudtrail restore-event-data-store --event-data-store {requestParameters.eventDataStore}",
  ),
  "cloudtrail:PutEventSelectors": [
    {
      command: regional(
        `aws cloudtrail put-event-selectors --trail-name {requestParameters.trailName} --event-selectors '[{"ReadWriteType":"All","IncludeManagementEvents":true}]'`,
      ),
      note: "This records all management events again. Data events that the trail recorded have to be added.",
    },
  ],
  "cloudtrail:StopEventDataStoreIngestion": there(
    "aws cloudtrail start-event-data-store-ingestion --event-data-store {requestParameters.eventDataStore}",
  ),
  "cloudtrail:StopLogging": there("aws cloudtrail start-logging --name {requestParameters.name}"),
  "cloudtrail:UpdateTrail": [
    only(
      "isMultiRegionTrail",
      "false",
      regional("aws cloudtrail update-trail --name {requestParameters.name} --is-multi-region-trail"),
    ),
    only(
      "includeGlobalServiceEvents",
      "false",
      regional("aws cloudtrail update-trail --name {requestParameters.name} --include-global-service-events"),
    ),
    only(
      "enableLogFileValidation",
      "false",
      regional("aws cloudtrail update-trail --name {requestParameters.name} --enable-log-file-validation"),
    ),
  ],
  "codeartifact:PutDomainPermissionsPolicy": whole(
    "aws codeartifact delete-domain-permissions-policy --domain {requestParameters.domain}",
  ),
  "codebuild:UpdateProjectVisibility": there(
    "aws codebuild update-project-visibility --project-arn {requestParameters.projectArn} --project-visibility PRIVATE",
  ),
  "config:StopConfigurationRecorder": there(
    "aws configservice start-configuration-recorder --configuration-recorder-name {requestParameters.configurationRecorderName}",
  ),
  "dynamodb:PutResourcePolicy": whole(
    "aws dynamodb delete-resource-policy --resource-arn {requestParameters.resourceArn}",
  ),
  "ec2:AssociateIamInstanceProfile": there(
    "aws ec2 disassociate-iam-instance-profile --association-id {responseElements.AssociateIamInstanceProfileResponse.iamInstanceProfileAssociation.associationId}",
  ),
  "ec2:AuthorizeSecurityGroupEgress": there(
    "aws ec2 revoke-security-group-egress --group-id {requestParameters.groupId} --security-group-rule-ids {responseElements.securityGroupRuleSet.items.securityGroupRuleId*}",
  ),
  "ec2:AuthorizeSecurityGroupIngress": there(
    "aws ec2 revoke-security-group-ingress --group-id {requestParameters.groupId} --security-group-rule-ids {responseElements.securityGroupRuleSet.items.securityGroupRuleId*}",
  ),
  "ec2:CopyImage": there("aws ec2 deregister-image --image-id {responseElements.imageId}"),
  "ec2:CopySnapshot": there("aws ec2 delete-snapshot --snapshot-id {responseElements.snapshotId}"),
  "ec2:CreateImage": there("aws ec2 deregister-image --image-id {responseElements.imageId}"),
  "ec2:CreateInstanceConnectEndpoint": there(
    "aws ec2 delete-instance-connect-endpoint --instance-connect-endpoint-id {responseElements.CreateInstanceConnectEndpointResponse.instanceConnectEndpoint.instanceConnectEndpointId}",
  ),
  "ec2:CreateInstanceExportTask": there(
    "aws ec2 cancel-export-task --export-task-id {responseElements.exportTask.exportTaskId}",
  ),
  "ec2:CreateKeyPair": there("aws ec2 delete-key-pair --key-name {requestParameters.keyName}"),
  "ec2:CreateNetworkAclEntry": [
    only(
      "egress",
      "false",
      regional(
        "aws ec2 delete-network-acl-entry --network-acl-id {requestParameters.networkAclId} --rule-number {requestParameters.ruleNumber} --ingress",
      ),
    ),
    only(
      "egress",
      "true",
      regional(
        "aws ec2 delete-network-acl-entry --network-acl-id {requestParameters.networkAclId} --rule-number {requestParameters.ruleNumber} --egress",
      ),
    ),
  ],
  "ec2:CreateSnapshot": there("aws ec2 delete-snapshot --snapshot-id {responseElements.snapshotId}"),
  "ec2:CreateTrafficMirrorSession": there(
    "aws ec2 delete-traffic-mirror-session --traffic-mirror-session-id {responseElements.CreateTrafficMirrorSessionResponse.trafficMirrorSession.trafficMirrorSessionId}",
  ),
  "ec2:DeleteSnapshot": binned(
    "aws ec2 restore-snapshot-from-recycle-bin --snapshot-id {requestParameters.snapshotId}",
  ),
  "ec2:DeregisterImage": binned("aws ec2 restore-image-from-recycle-bin --image-id {requestParameters.imageId}"),
  "ec2:DisableEbsEncryptionByDefault": there("aws ec2 enable-ebs-encryption-by-default"),
  "ec2:DisableImageBlockPublicAccess": there(
    "aws ec2 enable-image-block-public-access --image-block-public-access-state block-new-sharing",
  ),
  "ec2:DisableSnapshotBlockPublicAccess": there(
    "aws ec2 enable-snapshot-block-public-access --state block-all-sharing",
  ),
  "ec2:EnableSerialConsoleAccess": there("aws ec2 disable-serial-console-access"),
  "ec2:ImportKeyPair": there("aws ec2 delete-key-pair --key-name {requestParameters.keyName}"),
  "ec2:ModifyImageAttribute": [
    ...there(
      "aws ec2 modify-image-attribute --image-id {requestParameters.imageId} --attribute launchPermission --operation-type remove --user-ids {requestParameters.launchPermission.add.items.userId*}",
    ),
    ...there(
      "aws ec2 modify-image-attribute --image-id {requestParameters.imageId} --attribute launchPermission --operation-type remove --user-groups {requestParameters.launchPermission.add.items.group*}",
    ),
    ...there(
      "aws ec2 modify-image-attribute --image-id {requestParameters.imageId} --attribute launchPermission --operation-type remove --organization-arns {requestParameters.launchPermission.add.items.organizationArn*}",
    ),
  ],
  "ec2:ModifyInstanceMetadataOptions": there(
    "aws ec2 modify-instance-metadata-options --instance-id {requestParameters.ModifyInstanceMetadataOptionsRequest.InstanceId} --http-tokens required",
  ),
  "ec2:ModifySnapshotAttribute": [
    ...there(
      "aws ec2 modify-snapshot-attribute --snapshot-id {requestParameters.snapshotId} --attribute createVolumePermission --operation-type remove --user-ids {requestParameters.createVolumePermission.add.items.userId*}",
    ),
    ...there(
      "aws ec2 modify-snapshot-attribute --snapshot-id {requestParameters.snapshotId} --attribute createVolumePermission --operation-type remove --group-names {requestParameters.createVolumePermission.add.items.group*}",
    ),
  ],
  "ec2:RunInstances": there("aws ec2 stop-instances --instance-ids {responseElements.instancesSet.items.instanceId*}"),
  "ec2:StopInstances": there(
    "aws ec2 start-instances --instance-ids {requestParameters.instancesSet.items.instanceId*}",
  ),
  "ecr:PutRegistryPolicy": whole("aws ecr delete-registry-policy"),
  "ecr:SetRepositoryPolicy": whole(
    "aws ecr delete-repository-policy --repository-name {requestParameters.repositoryName}",
  ),
  "ecs:RegisterTaskDefinition": there(
    "aws ecs deregister-task-definition --task-definition {responseElements.taskDefinition.taskDefinitionArn}",
  ),
  "ecs:CreateService": there(
    "aws ecs update-service --cluster {requestParameters.cluster} --service {requestParameters.serviceName} --desired-count 0",
  ),
  "eks:AssociateAccessPolicy": there(
    "aws eks disassociate-access-policy --cluster-name {requestParameters.name} --principal-arn {requestParameters.principalArn} --policy-arn {requestParameters.policyArn}",
  ),
  "events:DisableRule": [
    {
      command: regional("aws events enable-rule --name {requestParameters.name}"),
      note: "If the rule is on a bus of its own, add --event-bus-name.",
    },
  ],
  "events:PutPermission": there("aws events remove-permission --statement-id {requestParameters.statementId}"),
  "events:PutTargets": there(
    "aws events remove-targets --rule {requestParameters.rule} --ids {requestParameters.targets.id*}",
  ),
  "guardduty:CreateFilter": there(
    "aws guardduty delete-filter --detector-id {requestParameters.detectorId} --filter-name {requestParameters.name}",
  ),
  "guardduty:CreateIPSet": there(
    "aws guardduty delete-ip-set --detector-id {requestParameters.detectorId} --ip-set-id {responseElements.ipSetId}",
  ),
  "guardduty:DeleteDetector": there("aws guardduty create-detector --enable"),
  "guardduty:StopMonitoringMembers": there(
    "aws guardduty start-monitoring-members --detector-id {requestParameters.detectorId} --account-ids {requestParameters.accountIds*}",
  ),
  "guardduty:UpdateDetector": [
    only(
      "enable",
      "false",
      regional("aws guardduty update-detector --detector-id {requestParameters.detectorId} --enable"),
    ),
  ],
  "iam:AddClientIDToOpenIDConnectProvider": [
    {
      command:
        "aws iam remove-client-id-from-open-id-connect-provider --open-id-connect-provider-arn {requestParameters.openIDConnectProviderArn} --client-id {requestParameters.clientID}",
    },
  ],
  "iam:AddRoleToInstanceProfile": [
    {
      command:
        "aws iam remove-role-from-instance-profile --instance-profile-name {requestParameters.instanceProfileName} --role-name {requestParameters.roleName}",
    },
  ],
  "iam:AddUserToGroup": [
    {
      command:
        "aws iam remove-user-from-group --user-name {requestParameters.userName} --group-name {requestParameters.groupName}",
    },
  ],
  "iam:AttachGroupPolicy": [
    {
      command:
        "aws iam detach-group-policy --group-name {requestParameters.groupName} --policy-arn {requestParameters.policyArn}",
    },
  ],
  "iam:AttachRolePolicy": [
    {
      command:
        "aws iam detach-role-policy --role-name {requestParameters.roleName} --policy-arn {requestParameters.policyArn}",
    },
  ],
  "iam:AttachUserPolicy": [
    {
      command:
        "aws iam detach-user-policy --user-name {requestParameters.userName} --policy-arn {requestParameters.policyArn}",
    },
  ],
  "iam:CreateAccessKey": [
    {
      command:
        "aws iam update-access-key --user-name {responseElements.accessKey.userName} --access-key-id {responseElements.accessKey.accessKeyId} --status Inactive",
    },
  ],
  "iam:CreateLoginProfile": DELETE_PASSWORD,
  "iam:CreateOpenIDConnectProvider": [
    {
      command:
        "aws iam delete-open-id-connect-provider --open-id-connect-provider-arn {responseElements.openIDConnectProviderArn}",
    },
  ],
  "iam:CreateSAMLProvider": [
    { command: "aws iam delete-saml-provider --saml-provider-arn {responseElements.sAMLProviderArn}" },
  ],
  "iam:CreateServiceSpecificCredential": [
    {
      command:
        "aws iam update-service-specific-credential --user-name {responseElements.serviceSpecificCredential.userName} --service-specific-credential-id {responseElements.serviceSpecificCredential.serviceSpecificCredentialId} --status Inactive",
    },
  ],
  "iam:DetachGroupPolicy": [
    {
      command:
        "aws iam attach-group-policy --group-name {requestParameters.groupName} --policy-arn {requestParameters.policyArn}",
    },
  ],
  "iam:DetachRolePolicy": [
    {
      command:
        "aws iam attach-role-policy --role-name {requestParameters.roleName} --policy-arn {requestParameters.policyArn}",
    },
  ],
  "iam:DetachUserPolicy": [
    {
      command:
        "aws iam attach-user-policy --user-name {requestParameters.userName} --policy-arn {requestParameters.policyArn}",
    },
  ],
  "iam:EnableOrganizationsRootSessions": [{ command: "aws iam disable-organizations-root-sessions" }],
  "iam:EnableOutboundWebIdentityFederation": [{ command: "aws iam disable-outbound-web-identity-federation" }],
  "iam:PutGroupPolicy": [
    {
      command:
        "aws iam delete-group-policy --group-name {requestParameters.groupName} --policy-name {requestParameters.policyName}",
    },
  ],
  "iam:PutRolePolicy": [
    {
      command:
        "aws iam delete-role-policy --role-name {requestParameters.roleName} --policy-name {requestParameters.policyName}",
    },
  ],
  "iam:PutUserPolicy": [
    {
      command:
        "aws iam delete-user-policy --user-name {requestParameters.userName} --policy-name {requestParameters.policyName}",
    },
  ],
  "iam:RemoveUserFromGroup": [
    {
      command:
        "aws iam add-user-to-group --user-name {requestParameters.userName} --group-name {requestParameters.groupName}",
    },
  ],
  "iam:ResetServiceSpecificCredential": [
    {
      command:
        "aws iam update-service-specific-credential --user-name {requestParameters.userName} --service-specific-credential-id {requestParameters.serviceSpecificCredentialId} --status Inactive",
    },
  ],
  "iam:UpdateAccessKey": [
    only(
      "status",
      "Active",
      "aws iam update-access-key --user-name {requestParameters.userName} --access-key-id {requestParameters.accessKeyId} --status Inactive",
    ),
    only(
      "status",
      "Inactive",
      "aws iam update-access-key --user-name {requestParameters.userName} --access-key-id {requestParameters.accessKeyId} --status Active",
    ),
  ],
  "iam:UpdateLoginProfile": DELETE_PASSWORD,
  "iam:UploadSigningCertificate": [
    {
      command:
        "aws iam update-signing-certificate --user-name {responseElements.certificate.userName} --certificate-id {responseElements.certificate.certificateId} --status Inactive",
    },
  ],
  "iam:UploadSSHPublicKey": [
    {
      command:
        "aws iam update-ssh-public-key --user-name {requestParameters.userName} --ssh-public-key-id {responseElements.sSHPublicKey.sSHPublicKeyId} --status Inactive",
    },
  ],
  "identitystore:CreateGroupMembership": there(
    "aws identitystore delete-group-membership --identity-store-id {requestParameters.identityStoreId} --membership-id {responseElements.membershipId}",
  ),
  "identitystore:CreateUser": there(
    "aws identitystore delete-user --identity-store-id {requestParameters.identityStoreId} --user-id {responseElements.userId}",
  ),
  "kms:CreateGrant": there(
    "aws kms revoke-grant --key-id {requestParameters.keyId} --grant-id {responseElements.grantId}",
  ),
  "kms:DisableKey": [{ command: ENABLE_KEY }],
  "kms:DisableKeyRotation": there("aws kms enable-key-rotation --key-id {requestParameters.keyId}"),
  "kms:ScheduleKeyDeletion": [
    ...there("aws kms cancel-key-deletion --key-id {requestParameters.keyId}"),
    { command: ENABLE_KEY },
  ],
  "lambda:AddLayerVersionPermission": there(
    "aws lambda remove-layer-version-permission --layer-name {requestParameters.layerName} --version-number {requestParameters.versionNumber} --statement-id {requestParameters.statementId}",
  ),
  "lambda:AddPermission": there(
    "aws lambda remove-permission --function-name {requestParameters.functionName} --statement-id {requestParameters.statementId}",
  ),
  "lambda:CreateEventSourceMapping": there(
    "aws lambda update-event-source-mapping --uuid {responseElements.uUID} --no-enabled",
  ),
  "lambda:CreateFunction": [
    {
      command: regional(
        "aws lambda put-function-concurrency --function-name {requestParameters.functionName} --reserved-concurrent-executions 0",
      ),
      note: "The function stays, but it does not run.",
    },
  ],
  "lambda:CreateFunctionUrlConfig": NO_URL,
  "lambda:UpdateFunctionUrlConfig": NO_URL,
  "lightsail:CreateInstances": there("aws lightsail stop-instance --instance-name {requestParameters.instanceNames}"),
  "logs:PutResourcePolicy": whole("aws logs delete-resource-policy --policy-name {requestParameters.policyName}"),
  "logs:PutRetentionPolicy": [
    {
      command: regional("aws logs delete-retention-policy --log-group-name {requestParameters.logGroupName}"),
      note: "From then on the log group keeps everything.",
    },
  ],
  "logs:PutSubscriptionFilter": there(
    "aws logs delete-subscription-filter --log-group-name {requestParameters.logGroupName} --filter-name {requestParameters.filterName}",
  ),
  "macie2:DisableMacie": there("aws macie2 enable-macie"),
  "monitoring:DisableAlarmActions": there(
    "aws cloudwatch enable-alarm-actions --alarm-names {requestParameters.alarmNames*}",
  ),
  "organizations:AttachPolicy": [
    {
      command:
        "aws organizations detach-policy --policy-id {requestParameters.policyId} --target-id {requestParameters.targetId}",
    },
  ],
  "organizations:DetachPolicy": [
    {
      command:
        "aws organizations attach-policy --policy-id {requestParameters.policyId} --target-id {requestParameters.targetId}",
    },
  ],
  "organizations:DisableAWSServiceAccess": [
    {
      command: "aws organizations enable-aws-service-access --service-principal {requestParameters.servicePrincipal}",
    },
  ],
  "organizations:DisablePolicyType": [
    {
      command:
        "aws organizations enable-policy-type --root-id {requestParameters.rootId} --policy-type {requestParameters.policyType}",
    },
  ],
  "organizations:EnablePolicyType": [
    {
      command:
        "aws organizations disable-policy-type --root-id {requestParameters.rootId} --policy-type {requestParameters.policyType}",
    },
  ],
  "organizations:InviteAccountToOrganization": [
    { command: "aws organizations cancel-handshake --handshake-id {responseElements.handshake.id}" },
  ],
  "organizations:RegisterDelegatedAdministrator": [
    {
      command:
        "aws organizations deregister-delegated-administrator --account-id {requestParameters.accountId} --service-principal {requestParameters.servicePrincipal}",
    },
  ],
  "rds:ModifyDBClusterSnapshotAttribute": there(
    "aws rds modify-db-cluster-snapshot-attribute --db-cluster-snapshot-identifier {requestParameters.dBClusterSnapshotIdentifier} --attribute-name restore --values-to-remove {requestParameters.valuesToAdd*}",
  ),
  "rds:ModifyDBInstance": [
    only(
      "publiclyAccessible",
      "true",
      regional(
        "aws rds modify-db-instance --db-instance-identifier {requestParameters.dBInstanceIdentifier} --no-publicly-accessible --apply-immediately",
      ),
    ),
    only(
      "deletionProtection",
      "false",
      regional(
        "aws rds modify-db-instance --db-instance-identifier {requestParameters.dBInstanceIdentifier} --deletion-protection --apply-immediately",
      ),
    ),
  ],
  "rds:ModifyDBSnapshotAttribute": there(
    "aws rds modify-db-snapshot-attribute --db-snapshot-identifier {requestParameters.dBSnapshotIdentifier} --attribute-name restore --values-to-remove {requestParameters.valuesToAdd*}",
  ),
  "rds:StartExportTask": there(
    "aws rds cancel-export-task --export-task-identifier {requestParameters.exportTaskIdentifier}",
  ),
  "redshift:AuthorizeSnapshotAccess": there(
    "aws redshift revoke-snapshot-access --snapshot-identifier {requestParameters.snapshotIdentifier} --account-with-restore-access {requestParameters.accountWithRestoreAccess}",
  ),
  "rolesanywhere:CreateProfile": there(
    "aws rolesanywhere disable-profile --profile-id {responseElements.profile.profileId}",
  ),
  "rolesanywhere:CreateTrustAnchor": there(
    "aws rolesanywhere disable-trust-anchor --trust-anchor-id {responseElements.trustAnchor.trustAnchorId}",
  ),
  "rolesanywhere:EnableProfile": there("aws rolesanywhere disable-profile --profile-id {requestParameters.profileId}"),
  "rolesanywhere:EnableTrustAnchor": there(
    "aws rolesanywhere disable-trust-anchor --trust-anchor-id {requestParameters.trustAnchorId}",
  ),
  "route53domains:DisableDomainTransferLock": [
    {
      command:
        "aws route53domains enable-domain-transfer-lock --domain-name {requestParameters.domainName} --region us-east-1",
    },
  ],
  "route53domains:TransferDomainToAnotherAwsAccount": [
    {
      command:
        "aws route53domains cancel-domain-transfer-to-another-aws-account --domain-name {requestParameters.domainName} --region us-east-1",
    },
  ],
  "s3:DeleteAccountPublicAccessBlock": BLOCK_ACCOUNT,
  "s3:DeleteBucketPublicAccessBlock": BLOCK_BUCKET,
  "s3:PutAccessPointPolicy": [
    {
      command:
        "aws s3control delete-access-point-policy --account-id {recipientAccountId} --name {requestParameters.name}",
      note: WHOLE_POLICY,
    },
  ],
  "s3:PutAccountPublicAccessBlock": BLOCK_ACCOUNT,
  "s3:PutBucketAcl": [{ command: "aws s3api put-bucket-acl --bucket {requestParameters.bucketName} --acl private" }],
  "s3:PutBucketLifecycle": KEEP_OBJECTS,
  "s3:PutBucketLifecycleConfiguration": KEEP_OBJECTS,
  "s3:PutBucketPolicy": [
    {
      command: "aws s3api delete-bucket-policy --bucket {requestParameters.bucketName}",
      note: WHOLE_POLICY,
    },
  ],
  "s3:PutBucketPublicAccessBlock": BLOCK_BUCKET,
  "s3:PutBucketReplication": NO_REPLICATION,
  "s3:PutBucketVersioning": [
    only(
      "VersioningConfiguration.Status",
      "Suspended",
      "aws s3api put-bucket-versioning --bucket {requestParameters.bucketName} --versioning-configuration Status=Enabled",
    ),
  ],
  "s3:PutObjectAcl": [
    {
      command:
        "aws s3api put-object-acl --bucket {requestParameters.bucketName} --key {requestParameters.key} --acl private",
    },
  ],
  "secretsmanager:DeleteSecret": [
    {
      command: regional("aws secretsmanager restore-secret --secret-id {requestParameters.secretId}"),
      unless: ["requestParameters.forceDeleteWithoutRecovery", "true"],
    },
  ],
  "secretsmanager:PutResourcePolicy": whole(
    "aws secretsmanager delete-resource-policy --secret-id {requestParameters.secretId}",
  ),
  "securityhub:DisableSecurityHub": there("aws securityhub enable-security-hub"),
  "ses:CreateEmailIdentity": there(
    "aws sesv2 delete-email-identity --email-identity {requestParameters.emailIdentity}",
  ),
  "ses:PutAccountSendingAttributes": [only("sendingEnabled", "true", SENDING_OFF)],
  "ses:UpdateAccountSendingEnabled": [only("enabled", "true", SENDING_OFF)],
  "ses:VerifyDomainIdentity": there("aws ses delete-identity --identity {requestParameters.domain}"),
  "ses:VerifyEmailIdentity": there("aws ses delete-identity --identity {requestParameters.emailAddress}"),
  "sns:AddPermission": there(
    "aws sns remove-permission --topic-arn {requestParameters.topicArn} --label {requestParameters.label}",
  ),
  "sns:CreateTopic": there("aws sns delete-topic --topic-arn {responseElements.topicArn}"),
  "sns:Subscribe": there("aws sns unsubscribe --subscription-arn {responseElements.subscriptionArn}"),
  "ssm:CreateActivation": there("aws ssm delete-activation --activation-id {responseElements.activationId}"),
  "ssm:CreateAssociation": there(
    "aws ssm delete-association --association-id {responseElements.associationDescription.associationId}",
  ),
  "ssm:ModifyDocumentPermission": there(
    "aws ssm modify-document-permission --name {requestParameters.name} --permission-type Share --account-ids-to-remove {requestParameters.accountIdsToAdd*}",
  ),
  "ssm:SendCommand": there("aws ssm cancel-command --command-id {responseElements.command.commandId}"),
  "ssm:StartSession": there("aws ssm terminate-session --session-id {responseElements.sessionId}"),
  "sso:AttachManagedPolicyToPermissionSet": there(
    "aws sso-admin detach-managed-policy-from-permission-set --instance-arn {requestParameters.instanceArn} --permission-set-arn {requestParameters.permissionSetArn} --managed-policy-arn {requestParameters.managedPolicyArn}",
  ),
  "sso:CreateAccountAssignment": there(
    "aws sso-admin delete-account-assignment --instance-arn {requestParameters.instanceArn} --target-id {requestParameters.targetId} --target-type {requestParameters.targetType} --permission-set-arn {requestParameters.permissionSetArn} --principal-type {requestParameters.principalType} --principal-id {requestParameters.principalId}",
  ),
  "sso:PutInlinePolicyToPermissionSet": there(
    "aws sso-admin delete-inline-policy-from-permission-set --instance-arn {requestParameters.instanceArn} --permission-set-arn {requestParameters.permissionSetArn}",
  ),
  "transfer:CreateServer": there("aws transfer stop-server --server-id {responseElements.serverId}"),
};
