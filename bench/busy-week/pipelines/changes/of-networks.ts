import type { Act } from "../../act.ts";
import type { Hand } from "../../hand.ts";
import { groupOf, ingress } from "../../makings.ts";
import { accountNamed, lastingHex } from "../../organization.ts";
import { serviceOf } from "./service-of.ts";

/** One rule of a security group comes, another goes. */
export function* groupChanged(hand: Hand): Generator<Act> {
  yield ingress(
    hand,
    hand.random.pick(["10.0.0.0/8", "10.20.0.0/16", "198.18.0.0/24"]),
    hand.random.pick([443, 5432, 6379]),
  );
  yield hand.call(
    "ec2:RevokeSecurityGroupIngress",
    {
      groupId: groupOf(hand, "service"),
      securityGroupRuleIds: { items: [{ securityGroupRuleId: `sgr-0${hand.random.hex(16)}` }] },
    },
    { response: { requestId: hand.random.uuid(), _return: true } },
  );
}

/** A load balancer, open to the world as it must be. */
export function* loadBalancerMade(hand: Hand): Generator<Act> {
  const groupId = `sg-0${hand.random.hex(16)}`;
  yield hand.call(
    "ec2:CreateSecurityGroup",
    {
      groupName: `${serviceOf(hand)}-lb`,
      groupDescription: "Managed by Terraform",
      vpcId: `vpc-0${lastingHex(16, "vpc", hand.account.name)}`,
    },
    { response: { requestId: hand.random.uuid(), _return: true, groupId } },
  );
  yield ingress(hand, "0.0.0.0/0", 443, groupId);
  yield ingress(hand, "0.0.0.0/0", 80, groupId);
  yield hand.call("elasticloadbalancing:CreateLoadBalancer", {
    name: `${serviceOf(hand)}-lb`,
    scheme: "internet-facing",
    type: "application",
    securityGroups: [groupId],
  });
}

/** A name in DNS. */
export function* nameMade(hand: Hand): Generator<Act> {
  yield hand.call("route53:ChangeResourceRecordSets", {
    hostedZoneId: "Z0123456789ABCDEFGHIJ",
    changeBatch: {
      changes: [
        {
          action: "CREATE",
          resourceRecordSet: {
            name: `${serviceOf(hand)}-${hand.random.hex(4)}.example.com.`,
            type: "CNAME",
            tTL: 300,
          },
        },
      ],
    },
  });
}

/** A peering with the shared network, and a route to it. */
export function* networksJoined(hand: Hand): Generator<Act> {
  yield hand.call("ec2:CreateVpcPeeringConnection", {
    vpcId: `vpc-0${lastingHex(16, "vpc", hand.account.name)}`,
    peerVpcId: `vpc-0${lastingHex(16, "vpc", "shared-services")}`,
    peerOwnerId: accountNamed("shared-services").id,
  });
  yield hand.call("ec2:CreateRoute", {
    routeTableId: `rtb-0${lastingHex(16, "rtb", hand.account.name)}`,
    destinationCidrBlock: "10.90.0.0/16",
    vpcPeeringConnectionId: `pcx-0${hand.random.hex(16)}`,
  });
}
