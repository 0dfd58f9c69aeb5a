/** What an AWS managed policy gives, and why that is so much. */
export interface ManagedPolicy {
  readonly name: string;
  /** Every right at once, or a way to it. */
  readonly gives: "admin" | "escalation";
  readonly reason: string;
}

const RUNS_CODE = "it may pass roles to what it starts, and so act as them";

/** AWS managed policies that make an administrator, or lead there. */
const POLICIES: { readonly [name: string]: readonly [ManagedPolicy["gives"], string] } = {
  AdministratorAccess: ["admin", "it allows everything"],
  "AdministratorAccess-Amplify": ["admin", "it makes roles and gives them policies"],
  "AdministratorAccess-AWSElasticBeanstalk": ["admin", "it creates roles and passes them on"],
  IAMFullAccess: ["admin", "whoever has all of IAM can give themselves everything"],
  PowerUserAccess: ["admin", "it allows everything but IAM, Organizations and the account"],
  SystemAdministrator: ["admin", "it allows most services, with roles to pass on"],
  AWSOrganizationsFullAccess: ["admin", "it can remove what limits every account of the organization"],
  AWSSSOMasterAccountAdministrator: ["admin", "it decides who gets which role in every account"],
  AWSSSOMemberAccountAdministrator: ["admin", "it decides who gets which role in an account"],
  AWSSSODirectoryAdministrator: ["admin", "it creates users and groups, and sets their passwords"],
  AWSControlTowerServiceRolePolicy: ["admin", "it sets up accounts with their roles"],
  AmazonEC2FullAccess: ["escalation", "it can start and change machines that have roles"],
  AmazonSSMFullAccess: ["escalation", "it can run commands on machines, as their roles"],
  AmazonECS_FullAccess: ["escalation", RUNS_CODE],
  AmazonElasticMapReduceFullAccess: ["escalation", RUNS_CODE],
  AmazonEMRFullAccessPolicy_v2: ["escalation", RUNS_CODE],
  AmazonSageMakerFullAccess: ["escalation", RUNS_CODE],
  AWSBatchFullAccess: ["escalation", RUNS_CODE],
  AWSCloudFormationFullAccess: ["escalation", "its stacks can act with any role that CloudFormation may have"],
  AWSCloud9Administrator: ["escalation", RUNS_CODE],
  AWSCodeBuildAdminAccess: ["escalation", "its builds act as the roles of the projects"],
  AWSCodePipeline_FullAccess: ["escalation", RUNS_CODE],
  AWSDataPipeline_FullAccess: ["escalation", RUNS_CODE],
  AWSElasticBeanstalkFullAccess: ["escalation", RUNS_CODE],
  AWSGlueConsoleFullAccess: ["escalation", RUNS_CODE],
  AWSLambda_FullAccess: ["escalation", "it can change the code of functions that have roles"],
  AWSOpsWorks_FullAccess: ["escalation", RUNS_CODE],
  AWSServiceCatalogAdminFullAccess: ["escalation", "its products run with roles of their own"],
  AWSStepFunctionsFullAccess: ["escalation", RUNS_CODE],
  DatabaseAdministrator: ["escalation", RUNS_CODE],
  DataScientist: ["escalation", RUNS_CODE],
  NetworkAdministrator: ["escalation", RUNS_CODE],
  SecretsManagerReadWrite: ["escalation", "it reads every secret, including those of administrators"],
};

const BY_NAME = new Map(
  Object.entries(POLICIES).map(([name, [gives, reason]]) => [name.toLowerCase(), { name, gives, reason }]),
);

/** The policies that make an administrator, by ARN, in every partition and on every path. */
export const ADMIN_ARNS: readonly string[] = Object.entries(POLICIES)
  .filter(([, [gives]]) => gives === "admin")
  .flatMap(([name]) => [`arn:*:iam::aws:policy/${name}`, `arn:*:iam::aws:policy/job-function/${name}`]);

/** What an AWS managed policy gives; undefined for other policies, and for those not on the list. */
export function managedPolicyOf(arn: string): ManagedPolicy | undefined {
  const [, name] = /^arn:aws[a-z-]*:iam::aws:policy\/(?:[^/]+\/)*([^/]+)$/i.exec(arn.trim()) ?? [];
  return name === undefined ? undefined : BY_NAME.get(name.toLowerCase());
}
