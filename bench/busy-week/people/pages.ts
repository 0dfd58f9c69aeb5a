/**
 * What the console asks for when somebody opens a page, `service: Call ...`, as the real sets of records have it: a page
 * reads what it shows, and much that it does not.
 */
export const PAGES = {
  home: `health: DescribeEventAggregates | ce: GetCostAndUsage GetCostForecast | notifications: ListNotificationHubs ListNotificationEvents
    | resource-explorer-2: ListIndexes GetDefaultView | servicecatalog-appregistry: ListApplications | freetier: GetFreeTierUsage
    | cost-optimization-hub: ListEnrollmentStatuses | securityhub: DescribeHub | devops-guru: SearchInsights | ec2: DescribeRegions
    | iam: ListAccountAliases | support: DescribeTrustedAdvisorChecks | account: GetRegionOptStatus`,
  instances: `ec2: DescribeInstances DescribeInstanceStatus DescribeInstanceTypes DescribeTags DescribeVolumes DescribeVolumeStatus
    DescribeAddresses DescribeAccountAttributes DescribeAvailabilityZones DescribeSecurityGroups DescribeKeyPairs DescribeSnapshots
    DescribePlacementGroups DescribeHosts DescribeInstanceCreditSpecifications DescribeLaunchTemplates
    | cloudwatch: DescribeAlarms | compute-optimizer: GetEnrollmentStatus | autoscaling: DescribeAutoScalingGroups
    | elasticloadbalancing: DescribeLoadBalancers | resource-groups: ListGroups | backup: ListProtectedResources`,
  network: `ec2: DescribeVpcs DescribeSubnets DescribeRouteTables DescribeInternetGateways DescribeEgressOnlyInternetGateways
    DescribeNatGateways DescribeVpcPeeringConnections DescribeNetworkAcls DescribeDhcpOptions DescribeVpcEndpoints DescribeFlowLogs
    DescribeSecurityGroups DescribeSecurityGroupRules DescribeVpnGateways DescribeCustomerGateways DescribeManagedPrefixLists
    DescribeVpcAttribute DescribeNetworkInterfaces`,
  bucket: `s3: ListBuckets GetAccountPublicAccessBlock GetBucketPolicyStatus GetBucketAcl GetBucketPublicAccessBlock GetBucketVersioning
    GetBucketLogging GetBucketTagging GetBucketEncryption GetBucketPolicy GetBucketCors GetBucketWebsite GetBucketLifecycle
    GetBucketReplication GetAccelerateConfiguration GetBucketRequestPayment GetBucketObjectLockConfiguration GetBucketNotification
    GetBucketOwnershipControls ListAccessPoints GetStorageLensDashboardDataInternal`,
  functions: `lambda: ListFunctions20150331 GetAccountSettings20160819 GetFunction20150331v2 GetPolicy20150331v2
    ListVersionsByFunction20150331 ListAliases20150331 ListEventSourceMappings20150331 GetFunctionCodeSigningConfig
    ListFunctionEventInvokeConfigs ListFunctionUrlConfigs ListTags20170331 ListLayers20181031 GetRuntimeManagementConfig
    | logs: DescribeLogGroups | iam: ListAttachedRolePolicies ListRolePolicies GetRolePolicy | cloudwatch: DescribeAlarms
    | cloudformation: DescribeStackResources | kms: ListAliases | events: ListRuleNamesByTarget`,
  containers: `ecs: ListClusters DescribeClusters ListServices DescribeServices ListTasks DescribeTasks DescribeTaskDefinition
    DescribeCapacityProviders ListTaskDefinitions ListServiceDeployments
    | elasticloadbalancing: DescribeTargetGroups DescribeTargetHealth | application-autoscaling: DescribeScalableTargets
    | cloudwatch: DescribeAlarms | logs: DescribeLogGroups | servicediscovery: ListNamespaces`,
  cluster: `eks: ListClusters DescribeCluster ListNodegroups DescribeNodegroup ListAddons DescribeAddon ListAccessEntries
    ListAccessPolicies AccessKubernetesApi ListInsights DescribeInsight ListUpdates ListFargateProfiles
    | ec2: DescribeSubnets DescribeSecurityGroups | autoscaling: DescribeAutoScalingGroups | iam: ListRoles`,
  databases: `rds: DescribeDBInstances DescribeDBClusters DescribeDBSnapshots DescribeDBEngineVersions DescribeDBSubnetGroups
    DescribeDBParameterGroups DescribeOptionGroups DescribeEventSubscriptions DescribePendingMaintenanceActions DescribeGlobalClusters
    DescribeBlueGreenDeployments DescribeRecommendations DescribeCertificates DescribeOrderableDBInstanceOptions ListTagsForResource
    DescribeEvents | pi: GetResourceMetrics DescribeDimensionKeys | cloudwatch: DescribeAlarms | kms: ListAliases`,
  metrics: `cloudwatch: DescribeAlarms DescribeAlarmHistory ListDashboards GetDashboard ListMetrics DescribeAnomalyDetectors
    ListManagedInsightRules ListMetricStreams | synthetics: DescribeCanaries | resource-groups: ListGroups
    | oam: ListSinks ListLinks | application-insights: ListApplications | rum: ListAppMonitors`,
  logs: `logs: DescribeLogGroups DescribeLogStreams GetLogEvents FilterLogEvents DescribeMetricFilters DescribeSubscriptionFilters
    StartQuery GetQueryResults DescribeQueries DescribeQueryDefinitions ListTagsForResource ListLogAnomalyDetectors`,
  stack: `cloudformation: DescribeStacks ListStacks DescribeStackEvents DescribeStackResources GetTemplate GetTemplateSummary
    ListChangeSets DescribeStackDriftDetectionStatus ListStackSets ListExports`,
  identity: `iam: GetAccountSummary ListUsers ListRoles ListPolicies ListGroups GetRole ListAttachedRolePolicies ListRolePolicies
    GetPolicy GetPolicyVersion ListEntitiesForPolicy ListAccessKeys ListMFADevices GetAccountPasswordPolicy ListSAMLProviders
    ListOpenIDConnectProviders GenerateServiceLastAccessedDetails GetServiceLastAccessedDetails ListInstanceProfilesForRole
    | access-analyzer: ListAnalyzers ListFindings | sso: ListInstances`,
  secrets: `secretsmanager: ListSecrets DescribeSecret GetResourcePolicy ListSecretVersionIds | kms: ListAliases DescribeKey
    | lambda: ListFunctions20150331 | iam: ListRoles`,
  parameters: `ssm: DescribeParameters GetParameters ListTagsForResource GetParameterHistory | kms: ListAliases`,
  fleet: `ssm: DescribeInstanceInformation DescribeInstanceProperties ListCommands ListCommandInvocations DescribeSessions
    ListDocuments GetConnectionStatus GetInventory ListAssociations | ec2: DescribeInstances`,
  queues: `sqs: ListQueues GetQueueAttributes ListQueueTags ListDeadLetterSourceQueues | sns: ListTopics GetTopicAttributes
    ListSubscriptionsByTopic | kms: ListAliases | cloudwatch: DescribeAlarms`,
  tables: `dynamodb: ListTables DescribeTable DescribeContinuousBackups DescribeTimeToLive ListTagsOfResource DescribeLimits
    DescribeContributorInsights DescribeKinesisStreamingDestination | application-autoscaling: DescribeScalableTargets
    | cloudwatch: DescribeAlarms | dax: DescribeClusters`,
  history: `cloudtrail: LookupEvents DescribeTrails GetTrailStatus GetEventSelectors ListEventDataStores ListInsightsMetricData`,
  costs: `ce: GetCostAndUsage GetCostForecast GetDimensionValues GetTags ListCostAllocationTags GetSavingsPlansUtilization
    GetReservationUtilization GetAnomalies | budgets: ViewBudget | savingsplans: DescribeSavingsPlans
    | cost-optimization-hub: ListRecommendationSummaries | billing: GetBillingViewData ListBillingViews
    | organizations: ListAccounts DescribeOrganization`,
  findings: `securityhub: GetFindings DescribeHub GetEnabledStandards DescribeStandardsControls GetInsights GetInsightResults
    ListMembers GetFindingAggregator | guardduty: ListDetectors GetDetector ListFindings GetFindings GetFindingsStatistics ListMembers
    | inspector2: ListFindings ListFindingAggregations BatchGetAccountStatus | macie2: GetMacieSession ListFindings
    | access-analyzer: ListAnalyzers ListFindingsV2 GetFindingV2 | config: DescribeConfigRules GetComplianceSummaryByConfigRule
    SelectAggregateResourceConfig | detective: ListGraphs`,
  people: `sso: ListInstances ListPermissionSets DescribePermissionSet ListAccountAssignments ListManagedPoliciesInPermissionSet
    GetInlinePolicyForPermissionSet ListAccountsForProvisionedPermissionSet DescribeRegisteredRegions GetSSOStatus
    | sso-directory: SearchUsers SearchGroups DescribeUser ListGroupsForUser ListMembersInGroup GetUserPoolInfo ListMfaDevicesForUser
    | organizations: ListAccounts DescribeOrganization ListRoots ListOrganizationalUnitsForParent`,
  organization: `organizations: DescribeOrganization ListRoots ListAccounts ListOrganizationalUnitsForParent ListAccountsForParent
    ListPolicies DescribePolicy ListTargetsForPolicy ListHandshakesForOrganization ListDelegatedAdministrators
    ListAWSServiceAccessForOrganization | account: GetContactInformation ListRegions`,
  backups: `backup: ListBackupVaults DescribeBackupVault ListBackupJobs ListBackupPlans GetBackupPlan ListRecoveryPointsByBackupVault
    ListCopyJobs ListRestoreJobs DescribeRegionSettings GetBackupVaultAccessPolicy | kms: ListAliases`,
  queries: `athena: ListWorkGroups GetWorkGroup ListDataCatalogs ListDatabases ListTableMetadata ListNamedQueries StartQueryExecution
    GetQueryExecution GetQueryResults BatchGetQueryExecution ListQueryExecutions | glue: GetDatabases GetTables GetTable GetPartitions
    | s3: ListBuckets | lakeformation: GetDataLakeSettings ListPermissions`,
  jobs: `glue: ListJobs GetJob GetJobRuns BatchGetJobs ListTriggers GetConnections ListCrawlers | logs: GetLogEvents
    | states: ListStateMachines DescribeStateMachine ListExecutions DescribeExecution GetExecutionHistory`,
  studio: `sagemaker: ListDomains DescribeDomain ListUserProfiles DescribeUserProfile CreatePresignedDomainUrl ListApps
    ListTrainingJobs DescribeTrainingJob ListEndpoints DescribeEndpoint ListModels ListNotebookInstances DescribeSpace
    | ecr: DescribeRepositories | iam: ListRoles | s3: ListBuckets`,
  models: `bedrock: ListFoundationModels GetFoundationModelAvailability ListInferenceProfiles GetUseCaseForModelAccess
    ListFoundationModelAgreementOffers ListGuardrails GetModelInvocationLoggingConfiguration ListProvisionedModelThroughputs`,
  keys: `kms: ListKeys ListAliases DescribeKey GetKeyPolicy GetKeyRotationStatus ListGrants ListResourceTags ListKeyPolicies`,
  domains: `route53: ListHostedZones ListResourceRecordSets GetHostedZone ListHealthChecks GetHostedZoneCount
    | acm: ListCertificates DescribeCertificate | cloudfront: ListDistributions2020_05_31 GetDistribution2020_05_31
    ListCachePolicies2020_05_31 | wafv2: ListWebACLs GetWebACL GetSampledRequests`,
  images: `ecr: DescribeRepositories ListImages DescribeImages DescribeImageScanFindings GetLifecyclePolicy GetRepositoryPolicy
    GetRegistryPolicy DescribeRegistry BatchGetRepositoryScanningConfiguration`,
  support: `support: DescribeCases DescribeCommunications DescribeServices DescribeSeverityLevels DescribeTrustedAdvisorChecks
    | health: DescribeEvents DescribeEventAggregates DescribeEventDetails`,
} as const;

export type Page = keyof typeof PAGES;

/** The calls of a page. */
export const callsOf = (page: Page): readonly string[] => CALLS[page];

const CALLS = Object.fromEntries(
  Object.entries(PAGES).map(([page, text]) => [
    page,
    text.split("|").flatMap((part) => {
      const [service = "", names = ""] = part.split(":");
      return names
        .trim()
        .split(/\s+/)
        .map((name) => `${service.trim()}:${name}`);
    }),
  ]),
) as unknown as { readonly [P in Page]: readonly string[] };

/** What a page may get instead of an answer, though nobody did anything wrong. */
export const USUAL_ERRORS: { readonly [call: string]: readonly [chance: number, code: string] } = {
  "s3:GetBucketPolicyStatus": [0.5, "NoSuchBucketPolicy"],
  "s3:GetBucketPolicy": [0.5, "NoSuchBucketPolicy"],
  "s3:GetBucketPublicAccessBlock": [0.05, "NoSuchPublicAccessBlockConfiguration"],
  "s3:GetBucketCors": [0.8, "NoSuchCORSConfiguration"],
  "s3:GetBucketWebsite": [0.95, "NoSuchWebsiteConfiguration"],
  "s3:GetBucketLifecycle": [0.5, "NoSuchLifecycleConfiguration"],
  "s3:GetBucketReplication": [0.95, "ReplicationConfigurationNotFoundError"],
  "s3:GetBucketObjectLockConfiguration": [0.9, "ObjectLockConfigurationNotFoundError"],
  "s3:GetBucketTagging": [0.2, "NoSuchTagSet"],
  "lambda:GetPolicy20150331v2": [0.4, "ResourceNotFoundException"],
  "cloudwatch:GetDashboard": [0.6, "DashboardNotFoundError"],
  "ecr:GetLifecyclePolicy": [0.4, "LifecyclePolicyNotFoundException"],
  "ecr:GetRepositoryPolicy": [0.6, "RepositoryPolicyNotFoundException"],
  "securityhub:DescribeHub": [0.2, "InvalidAccessException"],
  "iam:GetAccountPasswordPolicy": [0.3, "NoSuchEntityException"],
  "resource-explorer-2:GetDefaultView": [0.3, "ResourceNotFoundException"],
};
