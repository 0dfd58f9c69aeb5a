import type { Act } from "../act.ts";
import type { Fields } from "../callers.ts";
import type { Hand, More } from "../hand.ts";
import { bucketsOf, instancesOf, lastingHex, servicesOf } from "../organization.ts";
import { callsOf, type Page, USUAL_ERRORS } from "./pages.ts";
import { isDenied } from "./permissions.ts";
import type { PermissionSet } from "./person.ts";

/** Reads from pages and command lines, refused where the permission set has nothing for them. */
export function* browse(hand: Hand, page: Page, permissionSet: PermissionSet): Generator<Act> {
  const bucket = hand.random.pick(bucketsOf(hand.account));
  for (const call of callsOf(page)) {
    // A page that was opened before does not ask for all of it again.
    if (hand.random.chance(0.15)) continue;
    yield read(hand, call, permissionSet, bucket);
  }
}

/** One such read. */
export function read(hand: Hand, call: string, permissionSet: PermissionSet, bucket?: string): Act {
  const parameters = parametersOf(hand, call, bucket);
  if (isDenied(permissionSet, call)) return hand.call(call, parameters, { error: "denied" });
  const [chance, code] = USUAL_ERRORS[call] ?? [0, ""];
  const more: More = {
    ...(hand.random.chance(chance) && { error: [code] as const }),
    ...(call.startsWith("s3:GetBucket") &&
      bucket !== undefined && { resources: [["AWS::S3::Bucket", `arn:aws:s3:::${bucket}`]] as const }),
  };
  return hand.call(call, parameters, more);
}

/** What a read asks for: some filter, the name of the thing that is looked at, or nothing. */
function parametersOf(hand: Hand, call: string, bucket: string | undefined): Fields | null {
  const { account, random, region } = hand;
  const service = () => random.pick(servicesOf(account));
  const [, name = ""] = call.split(":");
  if (call.startsWith("ec2:")) {
    if (name === "DescribeVpcAttribute") return { vpcId: vpcOf(hand), attribute: "enableDnsSupport" };
    return random.chance(0.3)
      ? { maxResults: 1000, filterSet: {} }
      : { filterSet: { items: [{ name: "vpc-id", valueSet: { items: [{ value: vpcOf(hand) }] } }] } };
  }
  if (call.startsWith("s3:GetBucket") || call.startsWith("s3:GetAccelerate")) {
    return { bucketName: bucket, Host: `${bucket}.s3.${region}.amazonaws.com`, [name.slice(9).toLowerCase()]: "" };
  }
  if (
    call.startsWith("lambda:") &&
    /^(?:Get|ListVersions|ListAliases)/.test(name) &&
    name !== "GetAccountSettings20160819"
  ) {
    return { functionName: `${service()}-worker` };
  }
  if (/^logs:(?:Get|Filter|StartQ|DescribeLogStreams)/.test(call))
    return { logGroupName: `/aws/lambda/${service()}-worker` };
  if (/^ecs:(?:ListS|ListT|DescribeS|DescribeT)/.test(call)) return { cluster: account.name };
  if (/^eks:(?:Describe|List(?!Clusters|AccessP)|Access)/.test(call)) return { name: `${account.name}-eks` };
  if (/^iam:(?:GetRole|List(?:AttachedRole|Role)Policies|ListInstanceProfilesForRole)/.test(call))
    return { roleName: `${service()}-task` };
  if (/^secretsmanager:(?:Describe|Get|ListSecretV)/.test(call))
    return { secretId: `${account.name}/${service()}/database` };
  if (call === "ssm:GetParameters") return { names: [`/${account.name}/${service()}/config`], withDecryption: false };
  if (call === "ssm:GetParameterHistory")
    return { name: `/${account.name}/${service()}/config`, withDecryption: false };
  if (call === "cloudtrail:LookupEvents")
    return { maxResults: 50, lookupAttributes: [{ attributeKey: "ReadOnly", attributeValue: "false" }] };
  if (call === "health:DescribeEventAggregates")
    return { aggregateField: "eventTypeCategory", filter: { eventStatusCodes: ["open", "upcoming"] } };
  if (call.startsWith("rds:Describe")) return random.chance(0.5) ? { maxRecords: 100 } : null;
  return null;
}

export function vpcOf({ account }: Pick<Hand, "account">): string {
  return `vpc-0${lastingHex(16, "vpc", account.name)}`;
}

/** What somebody types at a command line, `service:Call`, beside what her pages show. */
export const COMMANDS: readonly string[] = [
  ..."sts:GetCallerIdentity ec2:DescribeInstances logs:FilterLogEvents logs:StartQuery logs:GetQueryResults ecs:DescribeServices".split(
    " ",
  ),
  ..."ecs:ListTasks ecs:DescribeTasks eks:DescribeCluster ecr:GetAuthorizationToken cloudformation:DescribeStacks".split(
    " ",
  ),
  ..."ssm:GetParameter secretsmanager:ListSecrets lambda:GetFunctionConfiguration20150331v2 s3:ListBuckets".split(" "),
  ..."dynamodb:DescribeTable sqs:GetQueueAttributes cloudwatch:DescribeAlarms rds:DescribeDBInstances".split(" "),
];

/** Some commands, one after the other, as somebody finds out why something does not work. */
export function* look(hand: Hand, permissionSet: PermissionSet, count: number): Generator<Act> {
  yield read(hand, "sts:GetCallerIdentity", permissionSet);
  for (let i = 0; i < count; i++) {
    const call = hand.random.pick(COMMANDS);
    if (call === "ssm:GetParameter") {
      const name = `/${hand.account.name}/${hand.random.pick(servicesOf(hand.account))}/config`;
      yield hand.call(
        call,
        { name, withDecryption: true },
        isDenied(permissionSet, "ssm:GetParameters") ? { error: "denied" } : {},
      );
    } else yield read(hand, call, permissionSet);
  }
}

/** A shell on an instance, by Session Manager. */
export function* shell(hand: Hand, instanceId = hand.random.pick(instancesOf(hand.account))): Generator<Act> {
  const { email = "someone" } = { email: String(hand.caller.userIdentity.arn).split("/").pop() };
  const sessionId = `${email}-${hand.random.hex(17)}`;
  yield hand.call("ssm:DescribeInstanceInformation");
  yield hand.call(
    "ssm:StartSession",
    { target: instanceId },
    {
      response: {
        sessionId,
        tokenValue: "Value hidden due to security reasons.",
        streamUrl: `wss://ssmmessages.${hand.region}.amazonaws.com/v1/data-channel/${sessionId}`,
      },
    },
  );
  hand.wait(hand.random.between(60_000, 1_500_000));
  yield hand.call("ssm:TerminateSession", { sessionId }, { response: { sessionId } });
}
