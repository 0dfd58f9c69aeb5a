import { type Act, type Day, type Doing, HOUR, isWorkday, MINUTE, repeated } from "../act.ts";
import { type Caller, fromWithin, instance, lambda, roleSession, task } from "../callers.ts";
import { Hand } from "../hand.ts";
import { instancesSet, runInstances } from "../makings.ts";
import { type Account, accountNamed, accountsOf, instancesOf, lastingHex, servicesOf } from "../organization.ts";
import type { Random } from "../random.ts";
import { linkedHand } from "./aws-services.ts";

const CLUSTERS = ["shop-prod", "search-prod"].map(accountNamed);

/** Instances, functions, containers and clusters at work. */
export function* compute(day: Day): Generator<Doing> {
  for (const account of accountsOf("prod", "staging", "dev")) {
    const { name } = account;
    yield* repeated(day, `${name}/functions`, 13, (start, random) => functionStart(start, account, random));
    yield* repeated(day, `${name}/tasks`, 45, (start, random) => taskStart(start, account, random));
  }
  for (const account of accountsOf("prod")) {
    const { name } = account;
    for (const id of instancesOf(account))
      yield* repeated(day, `${id}/agent`, 21, (start, random) => agent(start, account, id, random));
    const random = day.randomFor(`${name}/scaling`);
    for (let i = random.times(isWorkday(day) ? 9 : 5); i > 0; i--) {
      const own = random.fork(i);
      const start = day.start + own.between(4, 23) * HOUR;
      yield { start, acts: () => scaling(start, account, own) };
    }
  }
  for (const account of CLUSTERS) {
    const { name } = account;
    yield* repeated(day, `${name}/network plugin`, 11, (start, random) => networkPlugin(start, account, random));
    yield* repeated(day, `${name}/controllers`, 14, (start, random) => controllers(start, account, random));
    yield* repeated(day, `${name}/karpenter`, 40, (start, random) => karpenter(start, account, random));
  }
}

/** A function starts anew: it makes a stream for its log, and reads its settings. */
function* functionStart(start: number, account: Account, random: Random): Generator<Act> {
  const service = random.pick(servicesOf(account));
  const functionName = `${service}-worker`;
  const hand = new Hand(
    lambda(account, functionName, start - random.between(0, HOUR), random),
    account,
    start,
    random,
    { pace: [20, 400] },
  );
  yield hand.call("logs:CreateLogStream", {
    logGroupName: `/aws/lambda/${functionName}`,
    logStreamName: `${new Date(start).toISOString().slice(0, 10).replaceAll("-", "/")}/[$LATEST]${random.hex(32)}`,
  });
  yield hand.call("kms:Decrypt", {
    encryptionContext: {
      "aws:lambda:FunctionArn": `arn:aws:lambda:${account.region}:${account.id}:function:${functionName}`,
    },
    encryptionAlgorithm: "SYMMETRIC_DEFAULT",
  });
  if (random.chance(0.6))
    yield hand.call("secretsmanager:GetSecretValue", { secretId: `${account.name}/${service}/database` });
  else
    yield hand.call("ssm:GetParametersByPath", {
      path: `/${account.name}/${service}`,
      recursive: true,
      withDecryption: true,
    });
  // A function whose role lacks a right, with every start.
  if (functionName === "payouts-worker" && random.chance(0.5))
    yield hand.call("cloudwatch:DescribeAlarms", null, { error: "denied" });
}

function* taskStart(start: number, account: Account, random: Random): Generator<Act> {
  const service = random.pick(servicesOf(account));
  const starter = roleSession(
    { account, role: `${service}-execution`, name: random.hex(32), opened: start, key: random.id("ASIA") },
    random.pick(account.exits),
    "Amazon ECS Agent - Fargate/1.4.0",
  );
  const hand = new Hand(starter, account, start, random, { pace: [60, 500] });
  yield hand.call("ecr:GetAuthorizationToken");
  yield hand.call("ecr:BatchGetImage", { repositoryName: service, imageIds: [{ imageTag: "latest" }] });
  for (let i = 0; i < 3; i++)
    yield hand.call("ecr:GetDownloadUrlForLayer", { repositoryName: service, layerDigest: `sha256:${random.hex(64)}` });
  for (const secret of ["database", "api-key"])
    yield hand.call("secretsmanager:GetSecretValue", {
      secretId: `arn:aws:secretsmanager:${account.region}:${account.id}:secret:${account.name}/${service}/${secret}`,
    });
  yield hand.call("logs:CreateLogStream", {
    logGroupName: `/ecs/${service}`,
    logStreamName: `ecs/${service}/${random.hex(32)}`,
  });
  const work = hand.as(task(account, service, hand.time, random));
  yield work.call("ssm:GetParameter", { name: `/${account.name}/${service}/config`, withDecryption: true });
  yield work.call("kms:Decrypt", {
    encryptionAlgorithm: "SYMMETRIC_DEFAULT",
    encryptionContext: {
      PARAMETER_ARN: `arn:aws:ssm:${account.region}:${account.id}:parameter/${account.name}/${service}/config`,
    },
  });
  const ecs = linkedHand(account, "ecs.amazonaws.com", "ECS", "ECSService", work.time, random);
  yield ecs.call("elasticloadbalancing:RegisterTargets", {
    targetGroupArn: `arn:aws:elasticloadbalancing:${account.region}:${account.id}:targetgroup/${service}/${lastingHex(16, service)}`,
    targets: [{ id: `10.20.${random.int(0, 200)}.${random.int(1, 250)}`, port: 8080 }],
  });
  yield ecs.call("elasticloadbalancing:DescribeTargetHealth");
}

const nodeOf = (account: Account, id: string, start: number, random: Random): Caller =>
  instance(account, `${account.name}-node`, id, start - random.between(0, 5 * HOUR), random);

/** The agent of Systems Manager reports. */
function* agent(start: number, account: Account, instanceId: string, random: Random): Generator<Act> {
  const caller = fromWithin(
    nodeOf(account, instanceId, start, random),
    account,
    Number.parseInt(instanceId.slice(-4), 16),
  );
  const hand = new Hand(caller, account, start, random);
  yield hand.call("ssm:UpdateInstanceInformation", {
    instanceId,
    agentVersion: "3.3.2299.0",
    agentStatus: "Active",
    platformType: "Linux",
    agentName: "amazon-ssm-agent",
  });
}

/** A group of instances grows, and later shrinks. */
function* scaling(start: number, account: Account, random: Random): Generator<Act> {
  const hand = linkedHand(account, "autoscaling.amazonaws.com", "AutoScaling", "AutoScaling", start, random);
  const count = random.int(1, 4);
  yield hand.call("cloudwatch:DescribeAlarms");
  yield runInstances(hand, "m7g.large", count, {
    clientToken: `fleet-${random.uuid()}-0`,
    launchTemplate: { launchTemplateId: `lt-0${lastingHex(16, account.name)}`, version: "$Latest" },
  });
  yield hand.call("elasticloadbalancing:RegisterTargets", { targets: [{ id: `i-0${random.hex(16)}` }] });
  hand.wait(random.between(20, 90) * MINUTE);
  const gone = Array.from({ length: count }, () => `i-0${random.hex(16)}`);
  yield hand.call("elasticloadbalancing:DeregisterTargets", { targets: gone.map((id) => ({ id })) });
  yield hand.call("ec2:TerminateInstances", instancesSet(...gone), {
    response: { requestId: random.uuid(), ...instancesSet(...gone) },
  });
}

function* networkPlugin(start: number, account: Account, random: Random): Generator<Act> {
  const id = random.pick(instancesOf(account));
  const hand = new Hand(nodeOf(account, id, start, random), account, start, random);
  const networkInterfaceId = `eni-0${random.hex(16)}`;
  yield hand.call("ec2:DescribeNetworkInterfaces", {
    networkInterfaceIdSet: { items: [{ networkInterfaceId }] },
    filterSet: {},
  });
  yield hand.call("ec2:AssignPrivateIpAddresses", {
    networkInterfaceId,
    secondaryPrivateIpAddressCount: 3,
    allowReassignment: false,
  });
}

/** Pods with roles of their own: the token of the cluster opens these. */
function pod(account: Account, namespace: string, name: string, start: number, random: Random): Hand {
  const provider = `arn:aws:iam::${account.id}:oidc-provider/oidc.eks.${account.region}.amazonaws.com/id/${lastingHex(32, "oidc", account.name).toUpperCase()}`;
  const caller = roleSession(
    {
      account,
      role: `${account.name}-${name}`,
      name: `${namespace}-${random.hex(19)}`,
      opened: start - random.between(0, HOUR),
      key: random.id("ASIA"),
      context: { webIdFederationData: { federatedProvider: provider, attributes: {} } },
    },
    random.pick(account.exits),
    `aws-sdk-go-v2/1.36.3 ua/2.1 os/linux lang/go#1.24 ${name}/v1.8`,
  );
  return new Hand(caller, account, start, random, { pace: [50, 400] });
}

/** External DNS and the controller of load balancers ask all the time whether all is as it should be. */
function* controllers(start: number, account: Account, random: Random): Generator<Act> {
  const dns = pod(account, "kube-system", "external-dns", start, random);
  yield dns.call("route53:ListHostedZones");
  yield dns.call("route53:ListResourceRecordSets", { hostedZoneId: "Z0123456789ABCDEFGHIJ" });
  if (random.chance(0.03))
    yield dns.call("route53:ChangeResourceRecordSets", {
      hostedZoneId: "Z0123456789ABCDEFGHIJ",
      changeBatch: { changes: [{ action: "UPSERT" }] },
    });
  const balancers = pod(account, "kube-system", "lb-controller", dns.time, random);
  for (const name of ["DescribeLoadBalancers", "DescribeTargetGroups", "DescribeListeners", "DescribeTags"])
    yield balancers.call(`elasticloadbalancing:${name}`);
  yield balancers.call("ec2:DescribeSecurityGroups");
  if (random.chance(0.02)) {
    yield balancers.call("ec2:AuthorizeSecurityGroupIngress", {
      groupId: `sg-0${lastingHex(16, "cluster", account.name)}`,
      ipPermissions: {
        items: [
          {
            ipProtocol: "tcp",
            fromPort: 30_000,
            toPort: 32_767,
            groups: { items: [{ groupId: `sg-0${random.hex(16)}` }] },
            ipRanges: {},
          },
        ],
      },
    });
  }
}

/** Karpenter makes nodes as pods need them, and takes away those that are empty. */
function* karpenter(start: number, account: Account, random: Random): Generator<Act> {
  const hand = pod(account, "karpenter", "karpenter", start, random);
  yield hand.call("ec2:DescribeInstanceTypes");
  yield hand.call("ec2:DescribeSpotPriceHistory");
  yield hand.call("ec2:CreateLaunchTemplate", {
    CreateLaunchTemplateRequest: {
      LaunchTemplateName: `karpenter.k8s.aws/${random.int(1e9, 9e9)}`,
      LaunchTemplateData: { UserData: "<sensitiveDataRemoved>" },
    },
  });
  const isFull = random.chance(0.06);
  yield hand.call(
    "ec2:CreateFleet",
    {
      CreateFleetRequest: {
        Type: "instant",
        TargetCapacitySpecification: { TotalTargetCapacity: 1, DefaultTargetCapacityType: "spot" },
      },
    },
    isFull ? { error: ["Client.MaxSpotInstanceCountExceeded", "Max spot instance count exceeded"] } : {},
  );
  if (!isFull)
    yield runInstances(hand, random.pick(["m7g.xlarge", "c7g.2xlarge", "r7g.4xlarge"]), 1, {
      clientToken: `fleet-${random.uuid()}-0`,
    });
  hand.wait(random.between(5, 30) * MINUTE);
  const id = `i-0${random.hex(16)}`;
  yield hand.call("ec2:TerminateInstances", instancesSet(id), { response: instancesSet(id) });
  yield hand.call("ec2:DeleteLaunchTemplate", {
    DeleteLaunchTemplateRequest: { LaunchTemplateName: `karpenter.k8s.aws/${random.int(1e9, 9e9)}` },
  });
}
