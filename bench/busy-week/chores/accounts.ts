import { newRole } from "../makings.ts";
import { accountNamed, accountsOf, HOME, NEW_ACCOUNT, ORGANIZATION } from "../organization.ts";
import { browse } from "../people/browse.ts";
import { byHand, type Chore } from "./chore.ts";
import { accountFactory } from "./new-account.ts";

const MANAGEMENT = accountNamed("management");
const anywhere = { permissionSet: "AdministratorAccess" } as const;
const typing = { ...anywhere, way: "command line" } as const;
const inAccount = (account: string) => ({ ...anywhere, account });
const items = (...list: readonly unknown[]) => ({ items: list });

export const ACCOUNT_CHORES: readonly Chore[] = [
  {
    name: "guard rail changed",
    perWeek: 0.5,
    acts: byHand("platform", inAccount("management"), function* (hand) {
      yield* browse(hand, "organization", "AdministratorAccess");
      yield hand.call("organizations:UpdatePolicy", {
        policyId: "p-examplepolicy",
        content: JSON.stringify({
          Version: "2012-10-17",
          Statement: [
            {
              Effect: "Deny",
              Action: "*",
              Resource: "*",
              Condition: { StringNotEquals: { "aws:RequestedRegion": [HOME, "us-east-1", "eu-west-1", "us-west-2"] } },
            },
          ],
        }),
      });
    }),
  },
  { name: "new account", perWeek: 0.5, acts: accountFactory(NEW_ACCOUNT) },
  {
    name: "trail changed",
    perWeek: 0.3,
    acts: byHand("platform", inAccount("management"), function* (hand) {
      const trailName = `arn:aws:cloudtrail:${HOME}:${MANAGEMENT.id}:trail/organization`;
      yield hand.call("cloudtrail:GetEventSelectors", { trailName });
      yield hand.call("cloudtrail:PutEventSelectors", {
        trailName,
        advancedEventSelectors: [
          { name: "management", fieldSelectors: [{ field: "eventCategory", equals: ["Management"] }] },
          {
            name: "uploads",
            fieldSelectors: [
              { field: "eventCategory", equals: ["Data"] },
              { field: "resources.type", equals: ["AWS::S3::Object"] },
            ],
          },
        ],
      });
    }),
  },
  {
    name: "old database goes",
    perWeek: 0.5,
    acts: byHand("platform", typing, function* (hand, random) {
      const dBInstanceIdentifier = `${hand.account.name}-old-${random.hex(4)}`;
      yield hand.call("rds:ModifyDBInstance", { dBInstanceIdentifier, deletionProtection: false });
      yield hand.call("rds:DeleteDBInstance", {
        dBInstanceIdentifier,
        skipFinalSnapshot: false,
        finalDBSnapshotIdentifier: `${dBInstanceIdentifier}-final`,
      });
    }),
  },
  {
    name: "old snapshots go",
    perWeek: 0.8,
    acts: byHand("platform", typing, function* (hand, random) {
      // A script for what nobody has looked at for a year.
      hand.pace = [200, 900];
      yield hand.call("ec2:DescribeSnapshots", { ownersSet: items({ owner: "self" }) });
      for (let i = random.int(20, 80); i > 0; i--)
        yield hand.call("ec2:DeleteSnapshot", { snapshotId: `snap-0${random.hex(16)}` });
      for (let i = random.int(0, 12); i > 0; i--)
        yield hand.call("ec2:DeregisterImage", { imageId: `ami-0${random.hex(16)}` });
    }),
  },
  {
    name: "old key goes",
    perWeek: 0.4,
    acts: byHand("platform", anywhere, function* (hand, random) {
      const keyId = random.uuid();
      yield hand.call("kms:DescribeKey", { keyId });
      yield hand.call("kms:DisableKey", { keyId });
      yield hand.call(
        "kms:ScheduleKeyDeletion",
        { keyId, pendingWindowInDays: 30 },
        { response: { keyId, keyState: "PendingDeletion", pendingWindowInDays: 30 } },
      );
    }),
  },
  {
    name: "images shared with the company",
    perWeek: 0.5,
    acts: byHand("platform", { ...inAccount("shared-services") }, function* (hand, random) {
      const imageId = `ami-0${random.hex(16)}`;
      yield hand.call("ec2:ModifyImageAttribute", {
        imageId,
        attributeType: "launchPermission",
        launchPermission: { add: items(...accountsOf("prod").map(({ id }) => ({ userId: id }))) },
      });
      yield hand.call("ram:CreateResourceShare", {
        name: "images",
        principals: [`arn:aws:organizations::${MANAGEMENT.id}:organization/${ORGANIZATION}`],
        allowExternalPrincipals: false,
      });
    }),
  },
  {
    name: "administrator's role for an emergency",
    perWeek: 0.3,
    acts: byHand("platform", anywhere, function* (hand) {
      yield* newRole(hand, "migration-admin", "ec2.amazonaws.com", "arn:aws:iam::aws:policy/AdministratorAccess");
    }),
  },
  {
    name: "quota raised",
    perWeek: 0.6,
    acts: byHand("platform", anywhere, function* (hand) {
      yield hand.call("servicequotas:RequestServiceQuotaIncrease", {
        serviceCode: "ec2",
        quotaCode: "L-1216C47A",
        desiredValue: 256,
      });
      yield hand.call("support:DescribeCases");
    }),
  },
];
