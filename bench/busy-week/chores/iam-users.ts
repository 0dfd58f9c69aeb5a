import { iamUser } from "../callers.ts";
import { Hand } from "../hand.ts";
import { accountNamed } from "../organization.ts";
import { HIDDEN } from "../people/sign-in.ts";
import { byHand, type Chore } from "./chore.ts";

const MANAGEMENT = accountNamed("management");

export const IAM_USER_CHORES: readonly Chore[] = [
  {
    name: "phone replaced",
    perWeek: 0.3,
    acts: byHand("platform", { permissionSet: "AdministratorAccess", account: "data-prod" }, function* (hand) {
      const userName = "dba-legacy";
      const serialNumber = `arn:aws:iam::${hand.account.id}:mfa/${userName}`;
      yield hand.call("iam:DeactivateMFADevice", { userName, serialNumber });
      yield hand.call(
        "iam:CreateVirtualMFADevice",
        { virtualMFADeviceName: `${userName}-new` },
        { response: { virtualMFADevice: { serialNumber: `${serialNumber}-new` } } },
      );
      yield hand.call("iam:EnableMFADevice", { userName, serialNumber: `${serialNumber}-new` });
    }),
  },
  {
    name: "database administrator's old user",
    perWeek: 4,
    *acts(start, random) {
      // He has an IAM user from before, and opens its session with his device at the command line.
      const account = accountNamed("data-prod");
      const agent = "aws-cli/2.17.4 Python/3.11.8 Linux/6.8 exe/x86_64.ubuntu.24";
      const door = new Hand(iamUser(account, "dba-legacy", "240.36.0.77", agent), account, start, random);
      const key = random.id("ASIA");
      yield door.call(
        "sts:GetSessionToken",
        { serialNumber: `arn:aws:iam::${account.id}:mfa/dba-legacy`, tokenCode: HIDDEN, durationSeconds: 43_200 },
        { response: { credentials: { accessKeyId: key, sessionToken: "IQoJ..." } }, fields: { readOnly: true } },
      );
      const hand = new Hand(
        iamUser(account, "dba-legacy", "240.36.0.77", agent, { opened: start, key }),
        account,
        start + 2_000,
        random,
        { pace: [2_000, 40_000] },
      );
      for (const call of [
        "rds:DescribeDBInstances",
        "rds:DescribeDBClusters",
        "rds:DescribeDBSnapshots",
        "cloudwatch:ListMetrics",
        "pi:GetResourceMetrics",
        "rds:DescribePendingMaintenanceActions",
        "logs:DescribeLogGroups",
      ])
        yield hand.call(call);
      if (random.chance(0.2))
        yield hand.call("secretsmanager:GetSecretValue", { secretId: `${account.name}/reports/database` });
    },
  },
  {
    name: "user for a device",
    perWeek: 0.25,
    acts: byHand("platform", { permissionSet: "AdministratorAccess", account: "backup" }, function* (hand, random) {
      // Something that can do no better than a long-term key: a user for it, with just one right.
      const userName = `device-${random.hex(4)}`;
      yield hand.call(
        "iam:CreateUser",
        { userName },
        { response: { user: { userName, arn: `arn:aws:iam::${MANAGEMENT.id}:user/${userName}` } } },
      );
      yield hand.call("iam:PutUserPolicy", {
        userName,
        policyName: "upload",
        policyDocument: JSON.stringify({
          Version: "2012-10-17",
          Statement: [{ Effect: "Allow", Action: "s3:PutObject", Resource: "arn:aws:s3:::example-backup-uploads/*" }],
        }),
      });
      yield hand.call(
        "iam:CreateAccessKey",
        { userName },
        { response: { accessKey: { accessKeyId: random.id("AKIA"), status: "Active", userName } } },
      );
    }),
  },
];
