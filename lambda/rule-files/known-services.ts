import { closest, distance } from "fastest-levenshtein";
import { ALIASED_SERVICES } from "../core/rules/call-aliases.ts";

/** Services as CloudTrail names them, `<name>.amazonaws.com`. For warnings only: a new service is missing here at first. */
const SERVICES = new Set([
  ...ALIASED_SERVICES,
  ...`
  a4b access-analyzer account acm acm-pca activate aiops airflow amplify amplifybackend amplifyuibuilder aoss apigateway appmesh
  app-integrations appconfig appfabric appflow application-cost-profiler application-insights application-signals
  apprunner appstream appsync apptest aps arc-zonal-shift artifact athena auditmanager autoscaling autoscaling-plans
  aws-marketplace b2bi backup backup-gateway backup-storage batch bcm-data-exports bcm-pricing-calculator bedrock
  bedrock-agentcore billing billingconductor billingconsole braket budgets cassandra ce chatbot chime cleanrooms
  cleanrooms-ml cloud9 clouddirectory cloudformation cloudfront cloudfront-keyvaluestore cloudhsm cloudhsmv2 cloudsearch
  cloudshell cloudtrail cloudtrail-data codeartifact codebuild codecatalyst codecommit codeconnections codedeploy
  codeguru-profiler codeguru-reviewer codeguru-security codepipeline codestar codestar-connections
  codestar-notifications codewhisperer cognito-identity cognito-idp cognito-sync comprehend comprehendmedical
  compute-optimizer config connect connect-campaigns consolidatedbilling controlcatalog controltower cost-optimization-hub
  cur customer-verification databrew dataexchange datapipeline datasync datazone dax deadline deepcomposer deeplens
  deepracer detective devicefarm devops-guru directconnect discovery dlm dms docdb-elastic drs ds ds-data dsql dynamodb
  ebs ec2 ec2-instance-connect ec2messages ecr ecr-public ecs edp eks eks-auth elastic-inference elasticache
  elasticbeanstalk elasticfilesystem elasticloadbalancing elasticmapreduce elastictranscoder emr-containers
  emr-serverless entitlement entityresolution es events evidently execute-api firehose fis fms forecast frauddetector
  freertos freetier fsx gamelift gameliftstreams geo geo-maps geo-places geo-routes glacier globalaccelerator glue grafana
  greengrass groundstation groundtruthlabeling guardduty health healthlake iam identity-sync identitystore imagebuilder
  importexport inspector inspector-scan inspector2 internetmonitor invoicing iot iotanalytics iotdata iotdeviceadvisor
  iotevents iotfleethub iotfleetwise iotjobsdata iotmanagedintegrations iotroborunner iotsitewise iotthingsgraph
  iottwinmaker iotwireless iq ivs ivschat kafka kafka-cluster kafkaconnect kendra kendra-ranking kinesis
  kinesisanalytics kinesisvideo kms lakeformation lambda launchwizard lex lexv2 license-manager
  license-manager-linux-subscriptions license-manager-user-subscriptions lightsail location logs lookoutequipment
  lookoutmetrics lookoutvision m2 machinelearning macie macie2 mailmanager managedblockchain
  managedblockchain-query marketplacecatalog mediaconnect mediaconvert medialive mediapackage mediapackage-vod
  mediapackagev2 mediastore mediatailor medical-imaging memorydb mgh mgn migrationhub-orchestrator
  migrationhub-strategy mobileanalytics mobilehub mobiletargeting monitoring mpa mq neptune-graph network-firewall
  networkflowmonitor networkmanager networkmonitor notifications notifications-contacts oam observabilityadmin odb
  omics one opensearch opsworks opsworks-cm organizations osis outposts panorama partnercentral-account-management
  partnercentral-selling payment-cryptography payments pca-connector-ad pca-connector-scep pcs personalize pi pinpoint
  pipes polly pricing private-networks profile proton purchase-orders q qapps qbusiness qldb quicksight ram rbin rds
  rdsdata rds-data redshift redshift-data redshift-serverless refactor-spaces rekognition repostspace resiliencehub
  resource-explorer-2 resource-groups robomaker rolesanywhere route53 route53-recovery-cluster
  route53-recovery-control-config route53-recovery-readiness route53domains route53profiles route53resolver rtbfabric rum
  s3 s3-object-lambda s3-outposts s3express s3tables s3vectors sagemaker sagemaker-geospatial savingsplans scheduler schemas sdb
  secretsmanager security-ir securityhub securitylake serverlessrepo servicecatalog servicecatalog-appregistry
  servicediscovery serviceextract servicequotas ses shield signer signin simspaceweaver sms sms-voice snow-device-management snowball
  sns social-messaging sqlworkbench sqs ssm ssm-contacts ssm-guiconnect ssm-incidents ssm-quicksetup ssm-sap ssmmessages
  sso sso-directory sso-oauth states storagegateway sts support supportapp supportplans sustainability swf synthetics
  tagging tax textract thinclient timestream timestream-influxdb tnb transcribe transfer transform translate
  trustedadvisor user-subscriptions verified-access verifiedpermissions voiceid vpc-lattice vpc-lattice-svcs waf
  waf-regional wafv2 wellarchitected wickr wisdom workdocs workmail workmailmessageflow workspaces workspaces-instances
  workspaces-thin-client workspaces-web xray
  `
    .trim()
    .split(/\s+/),
]);

/** The nearest known service to one that is not known; undefined for a known one or one with a `*`. */
export function nearestService(service: string): { readonly nearest: string | undefined } | undefined {
  if (SERVICES.has(service) || service.includes("*")) return undefined;
  const nearest = closest(service, [...SERVICES]);
  return { nearest: distance(service, nearest) <= Math.max(2, service.length / 3) ? nearest : undefined };
}
