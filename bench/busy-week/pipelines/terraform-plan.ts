import type { Act } from "../act.ts";
import type { Hand } from "../hand.ts";
import { type Account, bucketsOf, lastingHex, servicesOf } from "../organization.ts";
import { USUAL_ERRORS } from "../people/pages.ts";

/** How many things of each kind a state file of an account has. */
function sizesOf({ stage }: Account) {
  if (stage === "prod") return { roles: 14, secrets: 18, parameters: 26, functions: 8, groups: 10 };
  if (stage === "core") return { roles: 10, secrets: 3, parameters: 6, functions: 3, groups: 2 };
  return { roles: 8, secrets: 7, parameters: 14, functions: 5, groups: 5 };
}

const NETWORK =
  "DescribeVpcs DescribeVpcAttribute DescribeVpcAttribute DescribeSubnets DescribeRouteTables DescribeNatGateways DescribeInternetGateways DescribeAddresses DescribeAddressesAttribute DescribeNetworkAcls DescribeVpcEndpoints DescribeFlowLogs DescribeAvailabilityZones DescribeAccountAttributes".split(
    " ",
  );
const BUCKET =
  "GetBucketPolicy GetBucketAcl GetBucketCors GetBucketWebsite GetBucketVersioning GetAccelerateConfiguration GetBucketRequestPayment GetBucketLogging GetBucketLifecycle GetBucketReplication GetBucketEncryption GetBucketObjectLockConfiguration GetBucketTagging GetBucketPublicAccessBlock".split(
    " ",
  );

/**
 * What `terraform plan` reads of an account's state: each thing with its parts, and the values of all secrets and
 * parameters that the state holds. `share` is how much of the state.
 */
export function* plan(hand: Hand, share = 1): Generator<Act> {
  const { account, random } = hand;
  const sizes = sizesOf(account);
  const upTo = (count: number) => Array.from({ length: Math.ceil(count * share) }, (_, i) => i);
  const nameOf = (i: number) => `${servicesOf(account)[i % servicesOf(account).length]}${i < 6 ? "" : `-${i}`}`;
  const ask = (call: string, parameters: { readonly [field: string]: unknown } | null): Act => {
    const [chance, code] = USUAL_ERRORS[call] ?? [0, ""];
    if (random.chance(0.008)) return hand.call(call, parameters, { error: ["ThrottlingException", "Rate exceeded"] });
    return hand.call(call, parameters, random.chance(chance) ? { error: [code] } : {});
  };
  for (const name of NETWORK)
    yield ask(`ec2:${name}`, {
      filterSet: {
        items: [{ name: "vpc-id", valueSet: { items: [{ value: `vpc-0${lastingHex(16, "vpc", account.name)}` }] } }],
      },
    });
  for (const i of upTo(sizes.roles)) {
    const roleName = `${nameOf(i)}-task`;
    for (const name of ["GetRole", "ListRolePolicies", "ListAttachedRolePolicies", "GetRolePolicy"])
      yield ask(`iam:${name}`, { roleName });
  }
  for (const i of upTo(sizes.groups))
    yield ask("ec2:DescribeSecurityGroups", {
      securityGroupSet: {},
      securityGroupIdSet: { items: [{ groupId: `sg-0${lastingHex(16, "group", account.name, String(i))}` }] },
    });
  for (const bucketName of bucketsOf(account))
    for (const name of BUCKET)
      yield ask(`s3:${name}`, { bucketName, Host: `${bucketName}.s3.${hand.region}.amazonaws.com` });
  for (const i of upTo(sizes.functions)) {
    const functionName = `${nameOf(i)}-worker`;
    for (const name of [
      "GetFunction20150331v2",
      "ListVersionsByFunction20150331",
      "GetFunctionCodeSigningConfig",
      "GetPolicy20150331v2",
    ])
      yield ask(`lambda:${name}`, { functionName });
    yield ask("logs:ListTagsForResource", {
      resourceArn: `arn:aws:logs:${hand.region}:${account.id}:log-group:/aws/lambda/${functionName}`,
    });
  }
  for (const i of upTo(sizes.secrets)) {
    const secretId = `arn:aws:secretsmanager:${hand.region}:${account.id}:secret:${account.name}/${nameOf(i)}/database-${lastingHex(6, account.name, String(i))}`;
    for (const name of ["DescribeSecret", "GetResourcePolicy", "GetSecretValue"])
      yield ask(`secretsmanager:${name}`, { secretId });
  }
  for (const i of upTo(sizes.parameters)) {
    const name = `/${account.name}/${nameOf(i)}/config`;
    yield ask("ssm:GetParameter", { name, withDecryption: true });
    yield ask("ssm:DescribeParameters", { parameterFilters: [{ key: "Name", values: [name] }] });
    yield ask("ssm:ListTagsForResource", { resourceType: "Parameter", resourceId: name });
  }
  const keyId = `arn:aws:kms:${hand.region}:${account.id}:key/${lastingHex(8, "key", account.name)}`;
  for (const name of ["DescribeKey", "GetKeyPolicy", "GetKeyRotationStatus", "ListResourceTags", "ListAliases"])
    yield ask(`kms:${name}`, { keyId });
  for (const service of servicesOf(account)) {
    yield ask("ecs:DescribeServices", { cluster: account.name, services: [service] });
    yield ask("ecs:DescribeTaskDefinition", { taskDefinition: service });
    yield ask("elasticloadbalancing:DescribeTargetGroups", { names: [service] });
    yield ask("cloudwatch:DescribeAlarms", { alarmNames: [`${service}-latency`] });
    yield ask("sqs:GetQueueAttributes", {
      queueUrl: `https://sqs.${hand.region}.amazonaws.com/${account.id}/${service}`,
      attributeNames: ["All"],
    });
    yield ask("sns:GetTopicAttributes", { topicArn: `arn:aws:sns:${hand.region}:${account.id}:${service}` });
    yield ask("events:DescribeRule", { name: `${service}-schedule`, eventBusName: "default" });
  }
  yield ask("rds:DescribeDBInstances", { dBInstanceIdentifier: `${account.name}-main` });
  yield ask("rds:ListTagsForResource", {
    resourceName: `arn:aws:rds:${hand.region}:${account.id}:db:${account.name}-main`,
  });
  yield ask("dynamodb:DescribeTable", { tableName: `${account.name}-sessions` });
  yield ask("route53:ListResourceRecordSets", { hostedZoneId: "Z0123456789ABCDEFGHIJ" });
}
