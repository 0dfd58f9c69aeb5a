import { MINUTE } from "../act.ts";
import { roleSession, service } from "../callers.ts";
import { Hand } from "../hand.ts";
import { type Account, accountNamed, lastingHex, lastingUuid } from "../organization.ts";
import { byHand, type Chore } from "./chore.ts";
import { assign } from "./identity-center.ts";

const MANAGEMENT = accountNamed("management");
const REGIONS = [
  "eu-central-1",
  "us-east-1",
  "eu-west-1",
  "us-west-2",
  "ap-southeast-1",
  "eu-north-1",
  "ap-northeast-1",
  "sa-east-1",
];

/** Somebody orders an account; the organization makes it, and stack sets furnish it. */
export function accountFactory(account: Account): Chore["acts"] {
  return byHand("platform", { permissionSet: "AdministratorAccess", account: "management" }, function* (hand, random) {
    yield hand.call("servicecatalog:ProvisionProduct", {
      productId: "prod-example",
      provisionedProductName: account.name,
    });
    yield hand.call(
      "organizations:CreateAccount",
      { accountName: "HIDDEN_DUE_TO_SECURITY_REASONS", email: "HIDDEN_DUE_TO_SECURITY_REASONS" },
      { response: { createAccountStatus: { state: "IN_PROGRESS", id: `car-${random.hex(32)}` } } },
    );
    const made = new Hand(service("organizations.amazonaws.com"), MANAGEMENT, hand.time + MINUTE, random, {
      region: "us-east-1",
    });
    yield made.call("organizations:CreateAccountResult", null, {
      fields: {
        eventType: "AwsServiceEvent",
        readOnly: false,
        serviceEventDetails: { createAccountStatus: { state: "SUCCEEDED", accountId: account.id } },
      },
    });
    hand.time = made.time + MINUTE;
    yield hand.call("organizations:MoveAccount", {
      accountId: account.id,
      sourceParentId: "r-exam",
      destinationParentId: "ou-exam-12345678",
    });
    const sets = new Hand(
      roleSession(
        {
          account,
          role: "AWSControlTowerExecution",
          name: "StackSet-baseline",
          opened: hand.time,
          key: random.id("ASIA"),
          identity: { invokedBy: "cloudformation.amazonaws.com" },
        },
        "cloudformation.amazonaws.com",
        "cloudformation.amazonaws.com",
      ),
      account,
      hand.time,
      random,
      { pace: [200, 2_000] },
    );
    const trust = (principal: object) =>
      JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Principal: principal, Action: "sts:AssumeRole" }],
      });
    for (const [roleName, owner] of [
      ["terraform-apply", "shared-services"],
      ["terraform-plan", "shared-services"],
      ["posture-audit", "audit"],
    ] as const) {
      yield sets.call(
        "iam:CreateRole",
        {
          roleName,
          path: "/",
          assumeRolePolicyDocument: trust({ AWS: `arn:aws:iam::${accountNamed(owner).id}:root` }),
        },
        { response: { role: { roleName } } },
      );
      yield sets.call("iam:AttachRolePolicy", {
        roleName,
        policyArn:
          roleName === "terraform-apply"
            ? "arn:aws:iam::aws:policy/AdministratorAccess"
            : "arn:aws:iam::aws:policy/SecurityAudit",
      });
    }
    for (const region of REGIONS) {
      const there = sets.as(sets.caller, { region });
      yield there.call("config:PutConfigurationRecorder", {
        configurationRecorder: {
          name: "default",
          roleARN: `arn:aws:iam::${account.id}:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig`,
          recordingGroup: { allSupported: true },
        },
      });
      yield there.call("config:PutDeliveryChannel", {
        deliveryChannel: { name: "default", s3BucketName: "example-config-logs" },
      });
      yield there.call("config:StartConfigurationRecorder", { configurationRecorderName: "default" });
      yield there.call("ec2:EnableEbsEncryptionByDefault");
      yield there.call("guardduty:AcceptAdministratorInvitation", { detectorId: lastingHex(32, account.name, region) });
      // Nobody wants the network that each region comes with.
      const vpcId = `vpc-0${lastingHex(16, account.name, region)}`;
      yield there.call("ec2:DetachInternetGateway", { internetGatewayId: `igw-0${random.hex(16)}`, vpcId });
      yield there.call("ec2:DeleteInternetGateway", { internetGatewayId: `igw-0${random.hex(16)}` });
      for (let i = 0; i < 3; i++) yield there.call("ec2:DeleteSubnet", { subnetId: `subnet-0${random.hex(16)}` });
      yield there.call("ec2:DeleteVpc", { vpcId });
      sets.time = there.time;
    }
    hand.time = sets.time;
    yield* assign(hand, account, "Developer", lastingUuid("group", "shop-developers"));
  });
}
