import type { Catalogue, Technique } from "./technique.ts";

const ORDINARY = "One alone is daily work and is not told; only many at once are.";

/**
 * What AWS's incident responders have met. Ids and tactics are those of an ATT&CK before 19; an A marks AWS's own. The
 * list was put together from two public copies of the matrix, one of which lacks T1535, T1666.A003 and AT1669.
 */
const CATALOG: readonly Technique[] = [
  {
    id: "T1583.001",
    name: "Acquire Infrastructure: Domains",
    tactics: ["Resource Development"],
    missing:
      "A domain costs a few dollars and changes nothing of yours. If your team buys none, watch route53domains:RegisterDomain.",
  },
  {
    id: "T1190.A016",
    name: "Exploit Public-Facing Application: EC2 Hosted Application Compromise",
    tactics: ["Initial Access"],
    missing: "What is sent to an application is no API call. What the intruder does next with its role is watched.",
  },
  {
    id: "T1190.A019",
    name: "Exploit Public-Facing Application: Overly Permissive VPC Security Groups",
    tactics: ["Initial Access"],
  },
  {
    id: "T1199.A002",
    name: "Trusted Relationship: Role Assumption and Federated Access",
    tactics: ["Initial Access", "Lateral Movement"],
    partly:
      "Whoever is trusted and uses the role from a known network is not told. Sign-ins at an external provider are not here.",
  },
  {
    id: "T1059.009",
    name: "Command and Scripting Interpreter: Cloud API",
    tactics: ["Execution"],
    partly: "Everybody works through the API. Only what is done with it is judged.",
  },
  {
    id: "T1648.A001",
    name: "Serverless Execution: Invoking Lambda Function",
    tactics: ["Execution"],
    partly: "Who may invoke is told. Invocations need data events, which a trail does not have by default.",
  },
  {
    id: "T1648.A002",
    name: "Serverless Execution: Malicious Code from Compromised Third Party Packages",
    tactics: ["Execution"],
    partly: "A layer is seen, above all one of another account. What lies in the function's own code is not.",
  },
  {
    id: "T1098.001",
    name: "Account Manipulation: Additional Cloud Credentials",
    tactics: ["Persistence", "Privilege Escalation"],
    partly: "Key pairs of EC2 are daily work and are not told.",
  },
  {
    id: "T1098.003",
    name: "Account Manipulation: Additional Cloud Roles",
    tactics: ["Persistence", "Privilege Escalation"],
    partly: "Rights below administration come with the daily round-up.",
  },
  {
    id: "T1098.A001",
    name: "Account Manipulation: AWS Support Case Closure",
    tactics: ["Persistence"],
    missing: "Teams close their own cases every week. If yours does not use AWS Support, watch support:ResolveCase.",
  },
  {
    id: "T1098.A006",
    name: "Account Manipulation: Cognito Refresh Token Abuse",
    tactics: ["Persistence"],
    missing: "The users of your applications renew their tokens all day. A stolen token is renewed in the same way.",
  },
  { id: "T1136.003", name: "Create Account: Cloud Account", tactics: ["Persistence"] },
  { id: "T1484.002", name: "Domain or Tenant Policy Modification: Trust Modification", tactics: ["Persistence"] },
  {
    id: "AT1669",
    name: "Assume Root into Organization Member Account",
    tactics: ["Privilege Escalation"],
  },
  {
    id: "T1070.A001",
    name: "Indicator Removal: Delete IAM Entities",
    tactics: ["Defense Evasion"],
    partly: "Users and keys are told. A deleted policy comes with the daily round-up, a deleted role is not told.",
  },
  {
    id: "T1078.A001",
    name: "Valid Accounts: IAM Users",
    tactics: ["Defense Evasion"],
    partly: "A stolen key used from a known network, for known services, looks like its owner.",
  },
  { id: "T1078.A002", name: "Valid Accounts: Account Root User", tactics: ["Defense Evasion"] },
  {
    id: "T1535",
    name: "Unused/Unsupported Cloud Regions",
    tactics: ["Defense Evasion"],
    partly: "Only changes ring in a new region. Looking around in it does not.",
  },
  {
    id: "T1562.007",
    name: "Impair Defenses: Disable or Modify Cloud Firewall",
    tactics: ["Defense Evasion"],
    partly: "Rules of WAF and Network Firewall are not watched.",
  },
  { id: "T1562.008", name: "Impair Defenses: Disable Cloud Logs", tactics: ["Defense Evasion"] },
  { id: "T1562.A001", name: "Impair Defenses: Disable or Modify GuardDuty", tactics: ["Defense Evasion"] },
  {
    id: "T1552.001",
    name: "Unsecured Credentials: Credentials In Files",
    tactics: ["Credential Access"],
    partly:
      "Who reads a file is not in CloudTrail, and an object is only with data events. The use of the key is watched.",
  },
  {
    id: "T1552.005",
    name: "Unsecured Credentials: Cloud Instance Metadata API",
    tactics: ["Credential Access"],
    partly: "The request to the instance is no API call. Stolen credentials used from AWS's own networks do not ring.",
  },
  {
    id: "AT1023.001",
    name: "Cloud Database Discovery: Query RDS",
    tactics: ["Discovery"],
    missing: "Looking at databases is what consoles and inventories do all day. SQL is not in CloudTrail.",
  },
  {
    id: "T1087.004",
    name: "Account Discovery: Cloud Account",
    tactics: ["Discovery"],
    partly: "Looking around with a role rings only when it is refused.",
  },
  {
    id: "T1538",
    name: "Cloud Service Dashboard",
    tactics: ["Discovery"],
    partly: "Sign-ins come with the daily round-up. What somebody looks at in the console is not told.",
  },
  {
    id: "T1619.A001",
    name: "Cloud Storage Object Discovery: S3 Object and Bucket Enumeration",
    tactics: ["Discovery"],
    partly: "A key that lists the buckets among much else rings. Listing objects is a data event and daily work.",
  },
  {
    id: "AT1667.001",
    name: "Application API Abuse: API Gateway",
    tactics: ["Collection"],
    missing: "Requests to your own API are not in CloudTrail. API Gateway's access logs have them.",
  },
  {
    id: "T1213.A013",
    name: "Data from Information Repositories: RDS Instance Manipulation",
    tactics: ["Collection"],
    partly: "A snapshot that is restored as a closed database is daily work.",
  },
  {
    id: "T1530.A001",
    name: "Data from Cloud Storage: S3 Object Collection",
    tactics: ["Collection"],
    partly: "Reading objects needs data events, which a trail does not have by default.",
  },
  {
    id: "T1485.001",
    name: "Data Destruction: Lifecycle-Triggered Deletion",
    tactics: ["Impact"],
    partly: "A bucket that does not look like one for logs comes with the daily round-up.",
  },
  {
    id: "T1485.A001",
    name: "Data Destruction: RDS Instances and Backups",
    tactics: ["Impact"],
    partly: "Backups are told. A single database that is deleted is daily work.",
  },
  { id: "T1485.A002", name: "Data Destruction: AMI Image Deletion", tactics: ["Impact"], partly: ORDINARY },
  {
    id: "T1485.A003",
    name: "Data Destruction: S3 Object and Bucket Deletion",
    tactics: ["Impact"],
    partly: "Objects need data events, which a trail does not have by default. A single bucket is not told.",
  },
  {
    id: "T1486.A001",
    name: "Data Encrypted for Impact: S3 Encryption - SSE-C Key Encryption",
    tactics: ["Impact"],
    partly: "Writing objects needs data events, which a trail does not have by default.",
  },
  {
    id: "T1486.A002",
    name: "Data Encrypted for Impact: EC2/EBS Data Encryption",
    tactics: ["Impact"],
    partly:
      "A new disk with a key of your own is daily work. What is encrypted inside an instance is not in CloudTrail.",
  },
  {
    id: "T1486.A003",
    name: "Data Encrypted for Impact: RDS Data Encryption",
    tactics: ["Impact"],
    partly: "A copy with a key of your own is daily work. What is encrypted inside a database is not in CloudTrail.",
  },
  {
    id: "T1491.A001",
    name: "Defacement: Subdomain Takeover",
    tactics: ["Impact"],
    missing: "Somebody else takes over a name that you have left behind. Your own account makes no call.",
  },
  {
    id: "T1496.001",
    name: "Resource Hijacking: Compute Hijacking",
    tactics: ["Impact"],
    partly: "A miner inside a machine that already runs makes no call. GuardDuty sees its traffic.",
  },
  {
    id: "T1496.003",
    name: "Resource Hijacking: SMS Pumping",
    tactics: ["Impact"],
    partly: "What prepares it is told. Sending is a data event, or your application's daily work.",
  },
  {
    id: "T1496.004",
    name: "Resource Hijacking: Cloud Service Hijacking",
    tactics: ["Impact"],
    partly:
      "Besides services that have rules of their own, some that thieves go for ring when a key never used them before.",
  },
  {
    id: "T1496.A001",
    name: "Resource Hijacking: Cloud Service Hijacking - SES Messaging",
    tactics: ["Impact"],
    partly: "What prepares it is told. Sending is a data event.",
  },
  {
    id: "T1496.A006",
    name: "Resource Hijacking: Compute Hijacking - ECS",
    tactics: ["Impact"],
    partly: "A few containers in one cluster are daily work.",
  },
  {
    id: "T1496.A007",
    name: "Resource Hijacking: Cloud Service Hijacking - Bedrock LLM Abuse",
    tactics: ["Impact"],
    partly: "Calls through the endpoint bedrock-mantle are data events, and no rule counts them.",
  },
  {
    id: "T1496.A008",
    name: "Resource Hijacking: Compute Hijacking - EC2 Use",
    tactics: ["Impact"],
    partly: "A few instances of an ordinary size, in a region that you use, are daily work.",
  },
  {
    id: "T1496.A009",
    name: "Resource Hijacking: Compute Hijacking - WorkSpaces",
    tactics: ["Impact"],
    partly: "Fewer than five in one call are daily work.",
  },
  { id: "T1531", name: "Account Access Removal", tactics: ["Impact"] },
  {
    id: "T1578.001",
    name: "Modify Cloud Compute Infrastructure: Create Snapshot",
    tactics: ["Impact"],
    partly: "One that a person makes is only a line in the daily round-up. Roles that make snapshots are not told.",
  },
  {
    id: "T1578.002",
    name: "Modify Cloud Compute Infrastructure: Create Cloud Instance",
    tactics: ["Impact"],
    partly: "An instance of an ordinary size is daily work and is not told.",
  },
  {
    id: "T1578.003",
    name: "Modify Cloud Compute Infrastructure: Delete Cloud Instance",
    tactics: ["Impact"],
    partly: ORDINARY,
  },
  {
    id: "T1578.005",
    name: "Modify Cloud Compute Infrastructure: Modify Cloud Compute Configurations",
    tactics: ["Impact"],
  },
  {
    id: "T1666.A001",
    name: "Modify Cloud Resource Hierarchy: Create or Invite AWS Account",
    tactics: ["Impact"],
    partly: "It comes with the daily round-up.",
  },
  { id: "T1666.A002", name: "Modify Cloud Resource Hierarchy: Leave AWS Organization", tactics: ["Impact"] },
  {
    id: "T1666.A003",
    name: "Modify Cloud Resource Hierarchy: Invite to Unknown Organization",
    tactics: ["Impact"],
    partly: "That the invitation was accepted comes with the daily round-up. The inviting is in the other trail.",
  },
];

export const THREATS: Catalogue = {
  title: "AWS's Threat Technique Catalog",
  edition: "mid-2026",
  field: "threat",
  techniques: CATALOG,
  beyond: [],
  replaced: {},
  address: (id) => `https://aws-samples.github.io/threat-technique-catalog-for-aws/Techniques/${id}.html`,
};
