import type { Act } from "./act.ts";
import type { Fields } from "./callers.ts";
import type { Hand } from "./hand.ts";
import { lastingHex, servicesOf } from "./organization.ts";

export const items = (...list: readonly unknown[]) => ({ items: list });

export const functionOf = (hand: Hand) => `${hand.random.pick(servicesOf(hand.account))}-worker`;

export function functionParameters({ account, region }: Hand, functionName: string): Fields {
  return {
    fullyQualifiedArn: {
      arnPrefix: { partition: "aws", region, account: account.id },
      relativeId: { functionName },
      functionQualifier: {},
    },
    functionName,
  };
}

export function* newCode(hand: Hand, functionName = functionOf(hand), publish = false): Generator<Act> {
  yield hand.call(
    "lambda:UpdateFunctionCode20150331v2",
    { ...functionParameters(hand, functionName), publish, dryRun: false },
    { response: { functionName, runtime: "nodejs22.x", version: "$LATEST", packageType: "Zip", environment: {} } },
  );
}

/** Opens a port of a group to a block of addresses, as EC2 records it. */
export function ingress(hand: Hand, cidrIp: string, port: number, groupId = groupOf(hand, "service")): Act {
  return hand.call(
    "ec2:AuthorizeSecurityGroupIngress",
    {
      groupId,
      ipPermissions: items({
        ipProtocol: "tcp",
        fromPort: port,
        toPort: port,
        groups: {},
        ipRanges: items({ cidrIp }),
        ipv6Ranges: {},
        prefixListIds: {},
      }),
    },
    {
      response: {
        requestId: hand.random.uuid(),
        _return: true,
        securityGroupRuleSet: items({
          groupOwnerId: hand.account.id,
          groupId,
          securityGroupRuleId: `sgr-0${hand.random.hex(16)}`,
          isEgress: false,
          ipProtocol: "tcp",
          fromPort: port,
          toPort: port,
          cidrIpv4: cidrIp,
        }),
      },
    },
  );
}

export const groupOf = ({ account }: Pick<Hand, "account">, name: string) =>
  `sg-0${lastingHex(16, "group", account.name, name)}`;

export function* newBucket(hand: Hand, bucketName: string): Generator<Act> {
  const Host = `${bucketName}.s3.${hand.region}.amazonaws.com`;
  const resources = [["AWS::S3::Bucket", `arn:aws:s3:::${bucketName}`]] as const;
  yield hand.call(
    "s3:CreateBucket",
    { bucketName, Host, CreateBucketConfiguration: { LocationConstraint: hand.region } },
    { resources },
  );
  const closed = {
    BlockPublicAcls: true,
    IgnorePublicAcls: true,
    BlockPublicPolicy: true,
    RestrictPublicBuckets: true,
  };
  yield hand.call(
    "s3:PutBucketPublicAccessBlock",
    {
      bucketName,
      Host,
      publicAccessBlock: "",
      PublicAccessBlockConfiguration: { xmlns: "http://s3.amazonaws.com/doc/2006-03-01/", ...closed },
    },
    { resources },
  );
  yield hand.call(
    "s3:PutBucketEncryption",
    {
      bucketName,
      Host,
      encryption: "",
      ServerSideEncryptionConfiguration: { Rule: { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" } } },
    },
    { resources },
  );
}

/** A role as consoles and templates make it for a service. */
export function* newRole(
  hand: Hand,
  roleName: string,
  serviceHost: string,
  policyArn: string,
  path = "/",
): Generator<Act> {
  const assumeRolePolicyDocument = JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: serviceHost }, Action: "sts:AssumeRole" }],
  });
  const arn = `arn:aws:iam::${hand.account.id}:role${path}${roleName}`;
  yield hand.call(
    "iam:CreateRole",
    { path, roleName, assumeRolePolicyDocument },
    {
      response: {
        role: {
          path,
          roleName,
          roleId: hand.random.id("AROA"),
          arn,
          assumeRolePolicyDocument: encodeURIComponent(assumeRolePolicyDocument),
        },
      },
    },
  );
  yield hand.call("iam:AttachRolePolicy", { roleName, policyArn });
}

export function runInstances(hand: Hand, instanceType: string, count: number, more: Fields = {}): Act {
  const made = Array.from({ length: count }, () => ({
    instanceId: `i-0${hand.random.hex(16)}`,
    instanceType,
    imageId: "ami-0f1e2d3c4b5a69788",
    instanceState: { code: 0, name: "pending" },
  }));
  return hand.call(
    "ec2:RunInstances",
    {
      instancesSet: items({ imageId: "ami-0f1e2d3c4b5a69788", minCount: count, maxCount: count }),
      instanceType,
      blockDeviceMapping: {},
      monitoring: { enabled: false },
      disableApiTermination: false,
      ...more,
    },
    {
      response: {
        requestId: hand.random.uuid(),
        reservationId: `r-0${hand.random.hex(16)}`,
        ownerId: hand.account.id,
        instancesSet: items(...made),
      },
    },
  );
}

export const instancesSet = (...ids: readonly string[]) => ({
  instancesSet: items(...ids.map((instanceId) => ({ instanceId }))),
});

/** A name that nobody thinks about for long. */
export const word = ({ random }: Hand) => `${random.pick(["test", "tmp", "poc", "spike", "demo"])}-${random.hex(4)}`;
