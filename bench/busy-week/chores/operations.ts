import { MINUTE } from "../act.ts";
import { through } from "../callers.ts";
import { ingress, instancesSet, newRole } from "../makings.ts";
import { instancesOf, servicesOf } from "../organization.ts";
import { browse, shell } from "../people/browse.ts";
import { byHand, type Chore } from "./chore.ts";

const anywhere = { permissionSet: "AdministratorAccess" } as const;
const typing = { ...anywhere, way: "command line" } as const;
const inAccount = (account: string) => ({ ...anywhere, account });
const items = (...list: readonly unknown[]) => ({ items: list });

export const OPERATION_CHORES: readonly Chore[] = [
  {
    name: "on call at night",
    perWeek: 1.5,
    when: "night",
    acts: byHand("platform", { ...anywhere, account: "shop-prod", isAtHome: true }, function* (hand, random) {
      for (const page of ["metrics", "logs", "containers", "databases"] as const) {
        yield* browse(hand, page, "AdministratorAccess");
        hand.wait(2 * MINUTE);
      }
      yield hand.call("ecs:UpdateService", {
        cluster: hand.account.name,
        service: random.pick(servicesOf(hand.account)),
        forceNewDeployment: true,
        desiredCount: 6,
      });
      for (const id of instancesOf(hand.account).slice(0, random.int(1, 4))) yield* shell(hand, id);
      if (random.chance(0.3))
        yield hand.call("rds:FailoverDBCluster", { dBClusterIdentifier: `${hand.account.name}-main` });
    }),
  },
  {
    name: "network changed",
    perWeek: 1,
    acts: byHand("platform", inAccount("network"), function* (hand, random) {
      yield* browse(hand, "network", "AdministratorAccess");
      yield hand.call("ec2:CreateTransitGatewayRoute", {
        CreateTransitGatewayRouteRequest: {
          DestinationCidrBlock: "10.60.0.0/16",
          TransitGatewayRouteTableId: `tgw-rtb-0${random.hex(16)}`,
        },
      });
      yield hand.call("ec2:CreateNetworkAclEntry", {
        networkAclId: `acl-0${random.hex(16)}`,
        ruleNumber: 120,
        protocol: "6",
        ruleAction: "allow",
        egress: false,
        cidrBlock: "10.0.0.0/8",
        portRange: { from: 443, to: 443 },
      });
      if (random.chance(0.3))
        yield hand.call("ec2:CreateNetworkAclEntry", {
          networkAclId: `acl-0${random.hex(16)}`,
          ruleNumber: 130,
          protocol: "6",
          ruleAction: "allow",
          egress: false,
          cidrBlock: "0.0.0.0/0",
          portRange: { from: 1024, to: 65_535 },
        });
    }),
  },
  {
    name: "cluster upgraded",
    perWeek: 0.7,
    acts: byHand("platform", inAccount("search-prod"), function* (hand, random) {
      const name = `${hand.account.name}-eks`;
      yield* browse(hand, "cluster", "AdministratorAccess");
      yield hand.call("eks:UpdateClusterVersion", { name, version: "1.34" });
      yield hand.call("eks:UpdateNodegroupVersion", { name, nodegroupName: "default" });
      if (random.chance(0.4)) {
        const principalArn = `arn:aws:iam::${hand.account.id}:role/search-operators`;
        yield hand.call("eks:CreateAccessEntry", { name, principalArn, type: "STANDARD" });
        yield hand.call("eks:AssociateAccessPolicy", {
          name,
          principalArn,
          policyArn: "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy",
          accessScope: { type: "cluster" },
        });
      }
    }),
  },
  {
    name: "load test",
    perWeek: 0.7,
    acts: byHand("platform", { ...typing, account: "shop-staging" }, function* (hand, random) {
      yield hand.call("autoscaling:UpdateAutoScalingGroup", {
        autoScalingGroupName: "load-generators",
        minSize: 24,
        desiredCapacity: 24,
        maxSize: 30,
      });
      yield hand.call("ecs:UpdateService", { cluster: hand.account.name, service: "checkout", desiredCount: 40 });
      const ids = Array.from({ length: 24 }, () => `i-0${random.hex(16)}`);
      yield hand.call(
        "ec2:RunInstances",
        {
          instancesSet: items({ imageId: "ami-0f1e2d3c4b5a69788", minCount: 24, maxCount: 24 }),
          instanceType: "c7g.large",
        },
        { response: { ...instancesSet(...ids) } },
      );
      hand.wait(90 * MINUTE);
      yield hand.call("ec2:TerminateInstances", instancesSet(...ids), { response: { ...instancesSet(...ids) } });
    }),
  },
  {
    name: "machine opened for debugging",
    perWeek: 1,
    acts: byHand("platform", anywhere, function* (hand, random) {
      for (const id of instancesOf(hand.account).slice(0, 3)) yield* shell(hand, id);
      if (random.chance(0.3))
        yield ingress(
          hand,
          `${hand.caller.sourceIPAddress.includes(":") ? "240.0.0.10" : hand.caller.sourceIPAddress}/32`,
          22,
        );
    }),
  },
  {
    name: "profile of a machine replaced",
    perWeek: 0.5,
    acts: byHand("platform", anywhere, function* (hand, random) {
      const [instanceId = ""] = instancesOf(hand.account);
      yield* newRole(
        hand,
        `${hand.account.name}-node-${random.hex(4)}`,
        "ec2.amazonaws.com",
        "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore",
      );
      yield hand.call("iam:CreateInstanceProfile", { instanceProfileName: `${hand.account.name}-node` });
      yield hand.call("iam:AddRoleToInstanceProfile", {
        instanceProfileName: `${hand.account.name}-node`,
        roleName: `${hand.account.name}-node`,
      });
      yield hand.call("ec2:ReplaceIamInstanceProfileAssociation", {
        ReplaceIamInstanceProfileAssociationRequest: {
          AssociationId: `iip-assoc-0${random.hex(16)}`,
          IamInstanceProfile: { Name: `${hand.account.name}-node` },
          instanceId,
        },
      });
    }),
  },
  {
    name: "drift of stacks looked for",
    perWeek: 1,
    acts: byHand("platform", anywhere, function* (hand, random) {
      yield* browse(hand, "stack", "AdministratorAccess");
      for (const service of servicesOf(hand.account)) {
        yield hand.call("cloudformation:DetectStackDrift", { stackName: `${service}-stack` });
      }
      // CloudFormation reads in the name of whoever asks.
      const own = hand.as(through(hand.caller, "cloudformation.amazonaws.com"), { pace: [20, 300] });
      for (const page of ["functions", "queues", "tables"] as const) yield* browse(own, page, "AdministratorAccess");
      if (random.chance(0.3)) yield hand.call("cloudformation:DescribeStackResourceDrifts", { stackName: "shared" });
    }),
  },
  {
    name: "detours through all regions",
    perWeek: 0.4,
    acts: byHand("platform", typing, function* (hand) {
      // "Where is this still running?", asked of every region.
      for (const region of [
        "eu-north-1",
        "eu-west-3",
        "ap-northeast-1",
        "ap-southeast-2",
        "sa-east-1",
        "ca-central-1",
        "us-west-1",
        "af-south-1",
      ]) {
        for (const call of [
          "ec2:DescribeInstances",
          "ec2:DescribeVolumes",
          "rds:DescribeDBInstances",
          "lambda:ListFunctions20150331",
        ])
          yield hand.call(call, null, { region });
      }
    }),
  },
];
