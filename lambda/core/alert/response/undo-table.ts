import { NOTES } from "./undo-notes.ts";

/** A command that undoes a call, made from its record. */
export interface Undo {
  readonly command: string;
  /** It undoes only records that have this value at this path. */
  readonly where?: Value;
  /** It does not undo records that have this value at this path. */
  readonly unless?: Value;
  /** It undoes only records that have some value at this path, or none. */
  readonly having?: string;
  readonly lacking?: string;
  /** True where it is better done at once, and again if it was meant. */
  readonly isUrgent?: true;
  /** What the command also does, or does not. */
  readonly note?: string;
  /** What is typed where the values are too many for the command, or are no plain names. */
  readonly instead?: string;
}

type Value = readonly [path: string, value: string];

/**
 * What takes calls back, by their names in records. Options are those of the AWS CLI's command reference, fields are the API's in
 * the spelling of CloudTrail: `{field}` of the request, `{=field}` of the answer, `{/field}` of the record; `@` is the call's region.
 * `?field=value`, `!field=value`, `?field` and `!field` say of which requests, `#name` names a note. Where there is a choice, things are stopped
 * or switched off, not deleted: they are traces. `^` marks what is to be taken back before anybody is asked: waiting is worse
 * than doing it again, and nothing that somebody made is lost. What stands behind `||` takes everybody's access away, where there are too many to be named.
 */
const TABLE = `
account:DisableRegion: account enable-region --region-name {regionName}
account:EnableRegion: account disable-region --region-name {regionName}
backup:PutBackupVaultAccessPolicy #policy: backup delete-backup-vault-access-policy --backup-vault-name {backupVaultName} @
backup:UpdateGlobalSettings: backup update-global-settings --global-settings isCrossAccountBackupEnabled=false @
cloudtrail:DeleteEventDataStore ^: cloudtrail restore-event-data-store --event-data-store {eventDataStore} @
cloudtrail:PutEventSelectors #selectors: cloudtrail put-event-selectors --trail-name {trailName} --event-selectors '[{"ReadWriteType":"All","IncludeManagementEvents":true}]' @
cloudtrail:StopEventDataStoreIngestion ^: cloudtrail start-event-data-store-ingestion --event-data-store {eventDataStore} @
cloudtrail:StopLogging ^: cloudtrail start-logging --name {name} @
cloudtrail:UpdateTrail ^ ?isMultiRegionTrail=false: cloudtrail update-trail --name {name} --is-multi-region-trail @
cloudtrail:UpdateTrail ^ ?includeGlobalServiceEvents=false: cloudtrail update-trail --name {name} --include-global-service-events @
cloudtrail:UpdateTrail ^ ?enableLogFileValidation=false: cloudtrail update-trail --name {name} --enable-log-file-validation @
codeartifact:PutDomainPermissionsPolicy #policy: codeartifact delete-domain-permissions-policy --domain {domain} @
codebuild:UpdateProjectVisibility: codebuild update-project-visibility --project-arn {projectArn} --project-visibility PRIVATE @
config:StopConfigurationRecorder ^: configservice start-configuration-recorder --configuration-recorder-name {configurationRecorderName} @
dynamodb:PutResourcePolicy #policy: dynamodb delete-resource-policy --resource-arn {resourceArn} @
ec2:AssociateIamInstanceProfile: ec2 disassociate-iam-instance-profile --association-id {=AssociateIamInstanceProfileResponse.iamInstanceProfileAssociation.associationId} @
ec2:AuthorizeSecurityGroupEgress: ec2 revoke-security-group-egress --group-id {groupId} --security-group-rule-ids {=securityGroupRuleSet.items.securityGroupRuleId*} @
ec2:AuthorizeSecurityGroupIngress: ec2 revoke-security-group-ingress --group-id {groupId} --security-group-rule-ids {=securityGroupRuleSet.items.securityGroupRuleId*} @
ec2:CopyImage: ec2 deregister-image --image-id {=imageId} @
ec2:CopySnapshot: ec2 delete-snapshot --snapshot-id {=snapshotId} @
ec2:CreateImage: ec2 deregister-image --image-id {=imageId} @
ec2:CreateInstanceConnectEndpoint: ec2 delete-instance-connect-endpoint --instance-connect-endpoint-id {=CreateInstanceConnectEndpointResponse.instanceConnectEndpoint.instanceConnectEndpointId} @
ec2:CreateInstanceExportTask: ec2 cancel-export-task --export-task-id {=exportTask.exportTaskId} @
ec2:CreateKeyPair: ec2 delete-key-pair --key-name {keyName} @
ec2:CreateNetworkAclEntry ?egress=false: ec2 delete-network-acl-entry --network-acl-id {networkAclId} --rule-number {ruleNumber} --ingress @
ec2:CreateNetworkAclEntry ?egress=true: ec2 delete-network-acl-entry --network-acl-id {networkAclId} --rule-number {ruleNumber} --egress @
ec2:CreateSnapshot: ec2 delete-snapshot --snapshot-id {=snapshotId} @
ec2:CreateTrafficMirrorSession: ec2 delete-traffic-mirror-session --traffic-mirror-session-id {=CreateTrafficMirrorSessionResponse.trafficMirrorSession.trafficMirrorSessionId} @
ec2:DeleteSnapshot #bin: ec2 restore-snapshot-from-recycle-bin --snapshot-id {snapshotId} @
ec2:DeleteVolume #bin: ec2 restore-volume-from-recycle-bin --volume-id {volumeId} @
ec2:DeregisterImage #bin: ec2 restore-image-from-recycle-bin --image-id {imageId} @
ec2:DisableEbsEncryptionByDefault: ec2 enable-ebs-encryption-by-default @
ec2:DisableImageBlockPublicAccess: ec2 enable-image-block-public-access --image-block-public-access-state block-new-sharing @
ec2:DisableSnapshotBlockPublicAccess: ec2 enable-snapshot-block-public-access --state block-all-sharing @
ec2:EnableSerialConsoleAccess: ec2 disable-serial-console-access @
ec2:ImportKeyPair: ec2 delete-key-pair --key-name {keyName} @
ec2:ModifyImageAttribute ^: ec2 modify-image-attribute --image-id {imageId} --attribute launchPermission --operation-type remove --user-ids {launchPermission.add.items.userId*} @ || ec2 reset-image-attribute --image-id {imageId} --attribute launchPermission @
ec2:ModifyImageAttribute ^: ec2 modify-image-attribute --image-id {imageId} --attribute launchPermission --operation-type remove --user-groups {launchPermission.add.items.group*} @
ec2:ModifyImageAttribute ^: ec2 modify-image-attribute --image-id {imageId} --attribute launchPermission --operation-type remove --organization-arns {launchPermission.add.items.organizationArn*} @
ec2:ModifyInstanceMetadataOptions: ec2 modify-instance-metadata-options --instance-id {ModifyInstanceMetadataOptionsRequest.InstanceId} --http-tokens required @
ec2:ModifySnapshotAttribute ^: ec2 modify-snapshot-attribute --snapshot-id {snapshotId} --attribute createVolumePermission --operation-type remove --user-ids {createVolumePermission.add.items.userId*} @ || ec2 reset-snapshot-attribute --snapshot-id {snapshotId} --attribute createVolumePermission @
ec2:ModifySnapshotAttribute ^: ec2 modify-snapshot-attribute --snapshot-id {snapshotId} --attribute createVolumePermission --operation-type remove --group-names {createVolumePermission.add.items.group*} @
ec2:ModifyVpcEndpointServicePermissions: ec2 modify-vpc-endpoint-service-permissions --service-id {ModifyVpcEndpointServicePermissionsRequest.ServiceId} --remove-allowed-principals {ModifyVpcEndpointServicePermissionsRequest.AddAllowedPrincipals.content*} @
ec2:RunInstances: ec2 stop-instances --instance-ids {=instancesSet.items.instanceId*} @
ec2:StopInstances: ec2 start-instances --instance-ids {instancesSet.items.instanceId*} @
ecr:PutRegistryPolicy #policy: ecr delete-registry-policy @
ecr:SetRepositoryPolicy #policy: ecr delete-repository-policy --repository-name {repositoryName} @
ecs:RegisterTaskDefinition: ecs deregister-task-definition --task-definition {=taskDefinition.taskDefinitionArn} @
ecs:CreateService: ecs update-service --cluster {cluster} --service {serviceName} --desired-count 0 @
eks:AssociateAccessPolicy: eks disassociate-access-policy --cluster-name {name} --principal-arn {principalArn} --policy-arn {policyArn} @
events:DisableRule !eventBusName: events enable-rule --name {name} @
events:DisableRule ?eventBusName: events enable-rule --event-bus-name {eventBusName} --name {name} @
events:PutPermission !eventBusName: events remove-permission --statement-id {statementId} @
events:PutPermission ?eventBusName: events remove-permission --event-bus-name {eventBusName} --statement-id {statementId} @
events:PutTargets !eventBusName: events remove-targets --rule {rule} --ids {targets.id*} @
events:PutTargets ?eventBusName: events remove-targets --event-bus-name {eventBusName} --rule {rule} --ids {targets.id*} @
guardduty:CreateFilter: guardduty delete-filter --detector-id {detectorId} --filter-name {name} @
guardduty:CreateIPSet: guardduty delete-ip-set --detector-id {detectorId} --ip-set-id {=ipSetId} @
guardduty:DeleteDetector ^: guardduty create-detector --enable @
guardduty:StopMonitoringMembers ^: guardduty start-monitoring-members --detector-id {detectorId} --account-ids {accountIds*} @
guardduty:UpdateDetector ^ ?enable=false: guardduty update-detector --detector-id {detectorId} --enable @
iam:AddClientIDToOpenIDConnectProvider: iam remove-client-id-from-open-id-connect-provider --open-id-connect-provider-arn {openIDConnectProviderArn} --client-id {clientID}
iam:AddRoleToInstanceProfile: iam remove-role-from-instance-profile --instance-profile-name {instanceProfileName} --role-name {roleName}
iam:AddUserToGroup: iam remove-user-from-group --user-name {userName} --group-name {groupName}
iam:AttachGroupPolicy: iam detach-group-policy --group-name {groupName} --policy-arn {policyArn}
iam:AttachRolePolicy: iam detach-role-policy --role-name {roleName} --policy-arn {policyArn}
iam:AttachUserPolicy: iam detach-user-policy --user-name {userName} --policy-arn {policyArn}
iam:CreateAccessKey: iam update-access-key --user-name {=accessKey.userName} --access-key-id {=accessKey.accessKeyId} --status Inactive
iam:CreateLoginProfile: iam delete-login-profile --user-name {userName}
iam:CreateOpenIDConnectProvider: iam delete-open-id-connect-provider --open-id-connect-provider-arn {=openIDConnectProviderArn}
iam:CreateRole #role: iam put-role-policy --role-name {roleName} --policy-name DenyAll --policy-document '{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}'
iam:CreateSAMLProvider: iam delete-saml-provider --saml-provider-arn {=sAMLProviderArn}
iam:CreateServiceSpecificCredential: iam update-service-specific-credential --user-name {=serviceSpecificCredential.userName} --service-specific-credential-id {=serviceSpecificCredential.serviceSpecificCredentialId} --status Inactive
iam:CreateUser #user: iam put-user-policy --user-name {userName} --policy-name DenyAll --policy-document '{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}'
iam:DetachGroupPolicy: iam attach-group-policy --group-name {groupName} --policy-arn {policyArn}
iam:DetachRolePolicy: iam attach-role-policy --role-name {roleName} --policy-arn {policyArn}
iam:DetachUserPolicy: iam attach-user-policy --user-name {userName} --policy-arn {policyArn}
iam:EnableOrganizationsRootSessions: iam disable-organizations-root-sessions
iam:EnableOutboundWebIdentityFederation: iam disable-outbound-web-identity-federation
iam:PutGroupPolicy #policy: iam delete-group-policy --group-name {groupName} --policy-name {policyName}
iam:PutRolePolicy #policy: iam delete-role-policy --role-name {roleName} --policy-name {policyName}
iam:PutUserPolicy #policy: iam delete-user-policy --user-name {userName} --policy-name {policyName}
iam:RemoveUserFromGroup: iam add-user-to-group --user-name {userName} --group-name {groupName}
iam:ResetServiceSpecificCredential: iam update-service-specific-credential --user-name {userName} --service-specific-credential-id {serviceSpecificCredentialId} --status Inactive
iam:UpdateAccessKey ?status=Active: iam update-access-key --user-name {userName} --access-key-id {accessKeyId} --status Inactive
iam:UpdateAccessKey ?status=Inactive: iam update-access-key --user-name {userName} --access-key-id {accessKeyId} --status Active
iam:UpdateAssumeRolePolicy #trust: iam put-role-policy --role-name {roleName} --policy-name DenyAll --policy-document '{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}'
iam:UpdateLoginProfile #password: iam delete-login-profile --user-name {userName}
iam:UploadSigningCertificate: iam update-signing-certificate --user-name {=certificate.userName} --certificate-id {=certificate.certificateId} --status Inactive
iam:UploadSSHPublicKey: iam update-ssh-public-key --user-name {userName} --ssh-public-key-id {=sSHPublicKey.sSHPublicKeyId} --status Inactive
identitystore:CreateGroupMembership: identitystore delete-group-membership --identity-store-id {identityStoreId} --membership-id {=membershipId} @
identitystore:CreateUser: identitystore delete-user --identity-store-id {identityStoreId} --user-id {=userId} @
kms:CreateGrant: kms revoke-grant --key-id {keyId} --grant-id {=grantId} @
kms:DisableKey: kms enable-key --key-id {keyId} @
kms:DisableKeyRotation: kms enable-key-rotation --key-id {keyId} @
kms:ScheduleKeyDeletion: kms cancel-key-deletion --key-id {keyId} @
kms:ScheduleKeyDeletion: kms enable-key --key-id {keyId} @
lambda:AddLayerVersionPermission: lambda remove-layer-version-permission --layer-name {layerName} --version-number {versionNumber} --statement-id {statementId} @
lambda:AddPermission !qualifier: lambda remove-permission --function-name {functionName} --statement-id {statementId} @
lambda:AddPermission ?qualifier: lambda remove-permission --function-name {functionName} --qualifier {qualifier} --statement-id {statementId} @
lambda:CreateEventSourceMapping: lambda update-event-source-mapping --uuid {=uUID} --no-enabled @
lambda:CreateFunction #idle: lambda put-function-concurrency --function-name {functionName} --reserved-concurrent-executions 0 @
lambda:CreateFunctionUrlConfig !qualifier: lambda delete-function-url-config --function-name {functionName} @
lambda:CreateFunctionUrlConfig ?qualifier: lambda delete-function-url-config --function-name {functionName} --qualifier {qualifier} @
lambda:UpdateFunctionCode !dryRun=true #stopped: lambda put-function-concurrency --function-name {functionName} --reserved-concurrent-executions 0 @
lambda:UpdateFunctionConfiguration ?layers #layers: lambda update-function-configuration --function-name {functionName} --layers '[]' @
lambda:UpdateFunctionUrlConfig !qualifier: lambda update-function-url-config --function-name {functionName} --auth-type AWS_IAM @
lambda:UpdateFunctionUrlConfig ?qualifier: lambda update-function-url-config --function-name {functionName} --qualifier {qualifier} --auth-type AWS_IAM @
lightsail:CreateInstances: lightsail stop-instance --instance-name {instanceNames} @
logs:PutResourcePolicy #policy: logs delete-resource-policy --policy-name {policyName} @
logs:PutRetentionPolicy #retention: logs delete-retention-policy --log-group-name {logGroupName} @
logs:PutSubscriptionFilter #made: logs delete-subscription-filter --log-group-name {logGroupName} --filter-name {filterName} @
macie2:DisableMacie ^: macie2 enable-macie @
monitoring:DisableAlarmActions: cloudwatch enable-alarm-actions --alarm-names {alarmNames*} @
organizations:AttachPolicy: organizations detach-policy --policy-id {policyId} --target-id {targetId}
organizations:DetachPolicy: organizations attach-policy --policy-id {policyId} --target-id {targetId}
organizations:DisableAWSServiceAccess: organizations enable-aws-service-access --service-principal {servicePrincipal}
organizations:DisablePolicyType: organizations enable-policy-type --root-id {rootId} --policy-type {policyType}
organizations:EnablePolicyType: organizations disable-policy-type --root-id {rootId} --policy-type {policyType}
organizations:InviteAccountToOrganization: organizations cancel-handshake --handshake-id {=handshake.id}
organizations:RegisterDelegatedAdministrator: organizations deregister-delegated-administrator --account-id {accountId} --service-principal {servicePrincipal}
rds:ModifyDBClusterSnapshotAttribute ^: rds modify-db-cluster-snapshot-attribute --db-cluster-snapshot-identifier {dBClusterSnapshotIdentifier} --attribute-name restore --values-to-remove {valuesToAdd*} @
rds:ModifyDBInstance ?publiclyAccessible=true: rds modify-db-instance --db-instance-identifier {dBInstanceIdentifier} --no-publicly-accessible --apply-immediately @
rds:ModifyDBInstance ?deletionProtection=false: rds modify-db-instance --db-instance-identifier {dBInstanceIdentifier} --deletion-protection --apply-immediately @
rds:ModifyDBSnapshotAttribute ^: rds modify-db-snapshot-attribute --db-snapshot-identifier {dBSnapshotIdentifier} --attribute-name restore --values-to-remove {valuesToAdd*} @
rds:StartExportTask: rds cancel-export-task --export-task-identifier {exportTaskIdentifier} @
redshift:AuthorizeSnapshotAccess ^: redshift revoke-snapshot-access --snapshot-identifier {snapshotIdentifier} --account-with-restore-access {accountWithRestoreAccess} @
rolesanywhere:CreateProfile: rolesanywhere disable-profile --profile-id {=profile.profileId} @
rolesanywhere:CreateTrustAnchor: rolesanywhere disable-trust-anchor --trust-anchor-id {=trustAnchor.trustAnchorId} @
rolesanywhere:EnableProfile: rolesanywhere disable-profile --profile-id {profileId} @
rolesanywhere:EnableTrustAnchor: rolesanywhere disable-trust-anchor --trust-anchor-id {trustAnchorId} @
route53resolver:DeleteResolverQueryLogConfig #querylog: route53resolver create-resolver-query-log-config --name {=resolverQueryLogConfig.name} --destination-arn {=resolverQueryLogConfig.destinationArn} @
route53resolver:DisassociateResolverQueryLogConfig: route53resolver associate-resolver-query-log-config --resolver-query-log-config-id {resolverQueryLogConfigId} --resource-id {resourceId} @
route53domains:DisableDomainTransferLock: route53domains enable-domain-transfer-lock --domain-name {domainName} --region us-east-1
route53domains:TransferDomainToAnotherAwsAccount: route53domains cancel-domain-transfer-to-another-aws-account --domain-name {domainName} --region us-east-1
s3:DeleteAccountPublicAccessBlock: s3control put-public-access-block --account-id {/recipientAccountId} --public-access-block-configuration BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true
s3:DeleteBucketPublicAccessBlock: s3api put-public-access-block --bucket {bucketName} --public-access-block-configuration BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true
s3:PutAccessPointPolicy #policy: s3control delete-access-point-policy --account-id {/recipientAccountId} --name {name}
s3:PutAccountPublicAccessBlock: s3control put-public-access-block --account-id {/recipientAccountId} --public-access-block-configuration BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true
s3:PutBucketAcl: s3api put-bucket-acl --bucket {bucketName} --acl private
s3:PutBucketLifecycle #lifecycle: s3api delete-bucket-lifecycle --bucket {bucketName}
s3:PutBucketLifecycleConfiguration #lifecycle: s3api delete-bucket-lifecycle --bucket {bucketName}
s3:PutBucketPolicy #policy: s3api delete-bucket-policy --bucket {bucketName}
s3:PutBucketPublicAccessBlock: s3api put-public-access-block --bucket {bucketName} --public-access-block-configuration BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true
s3:PutBucketReplication #replication: s3api delete-bucket-replication --bucket {bucketName}
s3:PutBucketVersioning ?VersioningConfiguration.Status=Suspended: s3api put-bucket-versioning --bucket {bucketName} --versioning-configuration Status=Enabled
s3:PutObjectAcl: s3api put-object-acl --bucket {bucketName} --key {key} --acl private
secretsmanager:DeleteSecret !forceDeleteWithoutRecovery=true: secretsmanager restore-secret --secret-id {secretId} @
secretsmanager:PutResourcePolicy #policy: secretsmanager delete-resource-policy --secret-id {secretId} @
securityhub:DisableSecurityHub ^: securityhub enable-security-hub @
ses:CreateEmailIdentity: sesv2 delete-email-identity --email-identity {emailIdentity} @
ses:PutAccountSendingAttributes ?sendingEnabled=true: ses update-account-sending-enabled --no-enabled @
ses:UpdateAccountSendingEnabled ?enabled=true: ses update-account-sending-enabled --no-enabled @
ses:VerifyDomainIdentity #made: ses delete-identity --identity {domain} @
ses:VerifyEmailIdentity #made: ses delete-identity --identity {emailAddress} @
sns:AddPermission: sns remove-permission --topic-arn {topicArn} --label {label} @
sns:CreateTopic #made: sns delete-topic --topic-arn {=topicArn} @
sns:Subscribe #made: sns unsubscribe --subscription-arn {=subscriptionArn} @
ssm:CreateActivation: ssm delete-activation --activation-id {=activationId} @
ssm:CreateAssociation: ssm delete-association --association-id {=associationDescription.associationId} @
ssm:ModifyDocumentPermission ^: ssm modify-document-permission --name {name} --permission-type Share --account-ids-to-remove {accountIdsToAdd*} @
ssm:SendCommand #sent: ssm cancel-command --command-id {=command.commandId} @
ssm:StartSession ^: ssm terminate-session --session-id {=sessionId} @
sso:AttachManagedPolicyToPermissionSet: sso-admin detach-managed-policy-from-permission-set --instance-arn {instanceArn} --permission-set-arn {permissionSetArn} --managed-policy-arn {managedPolicyArn} @
sso:CreateAccountAssignment: sso-admin delete-account-assignment --instance-arn {instanceArn} --target-id {targetId} --target-type {targetType} --permission-set-arn {permissionSetArn} --principal-type {principalType} --principal-id {principalId} @
sso:PutInlinePolicyToPermissionSet #policy: sso-admin delete-inline-policy-from-permission-set --instance-arn {instanceArn} --permission-set-arn {permissionSetArn} @
transfer:CreateServer: transfer stop-server --server-id {=serverId} @
`;

/** What a sign before a field stands for. */
const PARTS: { readonly [sign: string]: string } = { "": "requestParameters.", "=": "responseElements.", "/": "" };

let table: ReadonlyMap<string, readonly Undo[]> | undefined;

/** Calls, without their API's version, to what takes them back; read when a mail first asks, for a start of the function has no use for it. */
export function undoTable(): ReadonlyMap<string, readonly Undo[]> {
  table ??= readTable();
  return table;
}

function readTable(): ReadonlyMap<string, readonly Undo[]> {
  const rows = new Map<string, Undo[]>();
  for (const line of TABLE.trim().split("\n")) {
    const [, call = "", flags = "", command = ""] = /^(\w[\w-]*:\w+)((?: (?:[?!#]\S+?|\^))*): (.+)$/.exec(line) ?? [];
    if (command === "") throw new TypeError(`no row of the table: ${line}`);
    const [where, unless] = [/ \?([\w.]+)=(\S+)/.exec(flags), / !([\w.]+)=(\S+)/.exec(flags)].map(conditionOf);
    const [, having] = / \?([\w.]+)(?= |$)/.exec(flags) ?? [];
    const [, lacking] = / !([\w.]+)(?= |$)/.exec(flags) ?? [];
    const [, note = ""] = / #(\w+)/.exec(flags) ?? [];
    const [first = "", instead] = command.split(" || ");
    const own: Undo = {
      command: wholeCommand(first),
      ...(instead !== undefined && { instead: wholeCommand(instead) }),
      ...(where && { where }),
      ...(unless && { unless }),
      ...(having && { having: `requestParameters.${having}` }),
      ...(lacking && { lacking: `requestParameters.${lacking}` }),
      ...(/ \^(?= |$)/.test(flags) && { isUrgent: true }),
      ...(note !== "" && { note: NOTES[note] ?? "" }),
    };
    rows.set(call, [...(rows.get(call) ?? []), own]);
  }
  return rows;
}

function conditionOf(found: RegExpExecArray | null): Value | undefined {
  const [, field, value] = found ?? [];
  return field === undefined || value === undefined ? undefined : [`requestParameters.${field}`, value];
}

function wholeCommand(command: string): string {
  const named = command.replace(
    /\{([=/]?)([A-Za-z][\w.]*\*?)\}/g,
    (_, sign: string, path: string) => `{${PARTS[sign]}${path}}`,
  );
  return `aws ${named}`.replace(/ @$/, " --region {awsRegion}");
}
