/**
 * Events that CloudTrail records though no public API has a call of that name: sign-ins, what services do by themselves,
 * calls of consoles and agents, and names that differ from the call's. Kept by hand, each row from the page that is named.
 */
export const OTHER_EVENTS: { readonly [source: string]: string } = {
  // Service Authorization Reference, "Actions defined by AWS Account Management"
  account: "CloseAccount",
  // AWS Marketplace Seller Guide, "Logging AWS Marketplace API calls with AWS CloudTrail"
  "agreement-marketplace": `AcceptAgreementRequest CancelAgreement CreateAgreementRequest DescribeAgreement
    GetAgreementTerms SearchAgreements`,
  // AWS Backup Developer Guide, "Logging AWS Backup API calls with AWS CloudTrail"
  backup: `BackupDeleted BackupJobCompleted BackupJobStarted BackupSelectionDeletedDueToSLRDeletion
    BackupTransitionedToCold CopyJobCompleted CopyJobStarted ReportJobCompleted ReportJobStarted RestoreCompleted
    RestoreStarted`,
  // Amazon Bedrock User Guide, "Manage model access"
  bedrock: "PutFoundationModelEntitlement",
  // CodeCommit User Guide, "Logging AWS CodeCommit API calls with AWS CloudTrail"
  codecommit: "GitPull GitPush",
  // AWS Control Tower User Guide, "Logging AWS Control Tower actions with AWS CloudTrail"
  controltower: `CreateManagedAccount DeregisterOrganizationalUnit DisableGuardrail EnableGuardrail
    PrecheckOrganizationalUnit RegisterOrganizationalUnit SetupLandingZone UpdateManagedAccount`,
  // EC2 User Guide, "Log Amazon EC2 and Amazon EBS API calls"; "Share an Amazon EBS snapshot"; "Spot Instance interruptions"
  ec2: "BidEvictedEvent SharedSnapshotCopyInitiated SharedSnapshotVolumeCreated",
  // EC2 User Guide, "Log connections established over EC2 Instance Connect Endpoint"
  "ec2-instance-connect": "OpenTunnel",
  // EFS User Guide, "Logging Amazon EFS API calls with AWS CloudTrail"
  elasticfilesystem: "NewClientConnection UpdateClientConnection",
  // Service Authorization Reference, "Actions defined by AWS IAM": what the console and the root user do
  iam: `DeleteCloudFrontPublicKey GetAccountEmailAddress GetAccountName GetCloudFrontPublicKey ListCloudFrontPublicKeys
    ListSTSRegionalEndpointsStatus SetSTSRegionalEndpointStatus UpdateAccountEmailAddress UpdateAccountName
    UpdateCloudFrontPublicKey UploadCloudFrontPublicKey`,
  // IAM Identity Center User Guide, "Logging IAM Identity Center SCIM API calls with AWS CloudTrail"
  "identitystore-scim": `CreateGroup CreateUser DeleteGroup DeleteUser GetGroup GetUser ListGroups ListUsers PatchGroup
    PatchUser PutUser`,
  // KMS Developer Guide, "Examples of AWS KMS log entries"
  kms: "DeleteExpiredKeyMaterial DeleteKey RotateKey SynchronizeMultiRegionKey",
  // Lambda Developer Guide, "Logging AWS Lambda API calls using AWS CloudTrail"; CloudFront's "Lambda@Edge" permissions
  lambda: "DisableReplication EnableReplication LambdaESMDisabled",
  // Lake Formation Developer Guide, "Cross-account CloudTrail logging"
  lakeformation: "GetDataAccess",
  // AWS Organizations User Guide, "Logging AWS Organizations API calls with AWS CloudTrail"
  organizations: "AccountDepartedOrganization AccountJoinedOrganization CloseAccountResult CreateAccountResult",
  // Service Authorization Reference, "Actions defined by Amazon RDS": the console's recommendations
  rds: "DescribeRecommendationGroups DescribeRecommendations ModifyRecommendation",
  // S3 User Guide, "Amazon S3 CloudTrail events": its names for account-level and bucket-level calls; and as logs have them
  s3: `DeleteAccountPublicAccessBlock DeleteBucketPublicAccessBlock GetAccelerateConfiguration
    GetAccountPublicAccessBlock GetBucketObjectLockConfiguration GetBucketPublicAccessBlock PostObject
    PutAccelerateConfiguration PutAccountPublicAccessBlock PutBucketObjectLockConfiguration
    PutBucketPublicAccessBlock`,
  // Secrets Manager User Guide, "Log AWS Secrets Manager events with AWS CloudTrail"
  secretsmanager: `CancelSecretVersionDelete EndSecretVersionDelete RotationAbandoned RotationFailed RotationStarted
    RotationSucceeded StartSecretVersionDelete TestRotationFailed TestRotationStarted TestRotationSucceeded`,
  // Sign-In API Reference, "AuthorizeOAuth2Access"; CloudTrail User Guide, "AWS Management Console sign-in events"; IAM User Guide, "Logging IAM and AWS STS API calls with
  // AWS CloudTrail"; IAM Identity Center User Guide, "Understanding IAM Identity Center sign-in events"
  signin: `AuthorizeOAuth2Access CheckMfa ConsoleLogin CredentialChallenge CredentialVerification EmailUpdated ExitRole
    ExternalIdPDirectoryLogin GetSigninToken PasswordRecoveryCompleted PasswordRecoveryRequested PasswordUpdated RenewRole
    SwitchRole UserAuthentication`,
  // Service Authorization Reference, "Actions defined by AWS Systems Manager": what its agents call
  ssm: `GetCalendar GetManifest ListInstanceAssociations PutCalendar PutConfigurePackageResult RegisterManagedInstance
    RequestManagedInstanceRoleToken UpdateInstanceAssociationStatus UpdateInstanceInformation`,
  // IAM Identity Center User Guide, "IAM Identity Center information in CloudTrail"; Service Authorization Reference,
  // "Actions defined by AWS IAM Identity Center": UpdateSsoConfiguration
  sso: `AssociateDirectory AssociateProfile Authenticate CreateApplicationInstance CreateApplicationInstanceCertificate
    CreateProfile DeleteApplicationInstance DeleteApplicationInstanceCertificate DeletePermissionsPolicy DeleteProfile
    DescribePermissionsPolicies DisassociateDirectory DisassociateProfile Federate GetApplicationInstance
    GetApplicationTemplate GetMfaDeviceManagementForDirectory GetPermissionSet GetSSOStatus
    ImportApplicationInstanceServiceProviderMetadata ListApplicationInstanceCertificates ListApplicationInstances
    ListApplicationTemplates ListDirectoryAssociations ListProfileAssociations ListProfiles
    PutMfaDeviceManagementForDirectory PutPermissionsPolicy StartSSO UpdateApplicationInstanceActiveCertificate
    UpdateApplicationInstanceDisplayData UpdateApplicationInstanceResponseConfiguration
    UpdateApplicationInstanceResponseSchemaConfiguration UpdateApplicationInstanceSecurityConfiguration
    UpdateApplicationInstanceServiceProviderConfiguration UpdateApplicationInstanceStatus UpdateDirectoryAssociation
    UpdateProfile UpdateSsoConfiguration`,
};

/**
 * Event sources of which no public API tells the calls: consoles, agents, and services that are no more. What they record
 * is not known, so none of their names is doubted.
 */
export const OTHER_SOURCES: readonly string[] = `
  a4b activate apptest backup-storage billingconsole cloudshell codestar codewhisperer consolidatedbilling
  customer-verification deepcomposer deeplens deepracer ec2messages edp elastic-inference elastictranscoder entitlement
  evidently freertos groundtruthlabeling identity-sync iotanalytics iotevents iotfleethub iotroborunner iq lookoutmetrics
  lookoutvision macie mobileanalytics mobilehub one opsworks opsworks-cm panorama partnercentral-account-management payments
  pinpoint private-networks purchase-orders q qldb robomaker s3-object-lambda serviceextract simspaceweaver sms sqlworkbench ssmmessages
  sso-directory supportplans transform user-subscriptions verified-access
`
  .trim()
  .split(/\s+/);
