import { MINUTE } from "../act.ts";
import { iamUser } from "../callers.ts";
import { Hand } from "../hand.ts";
import { KEYS, keyAt } from "../pipelines/keys.ts";
import { type Attack, deed } from "./attack.ts";

const ADDRESS = "203.0.113.140";
const SECOND = "203.0.113.171";
const TOOL =
  "aws-cli/2.22.10 md/awscrt#0.22.0 ua/2.0 os/linux#6.11.2-amd64 md/arch#x86_64 lang/python#3.12.6 md/pyimpl#CPython";

/** The build server's key is found in a public place, and used from abroad: a look around, then a way in of one's own. */
export const LEAKED_KEY: Attack = {
  name: "leaked build key",
  hour: 3.2,
  addresses: [ADDRESS, SECOND],
  *acts(start, random) {
    const { account, user } = KEYS.jenkins;
    const hand = new Hand(
      iamUser(account, user, ADDRESS, TOOL, { key: keyAt("jenkins", start) }),
      account,
      start,
      random,
      { pace: [3_000, 25_000] },
    );
    yield hand.call("sts:GetCallerIdentity", null, { region: "us-east-1" });
    yield hand.call("iam:ListAttachedUserPolicies", { userName: user });
    yield hand.call("iam:ListGroupsForUser", { userName: user });
    yield hand.call("iam:ListUsers");
    yield hand.call("s3:ListBuckets", { Host: "s3.amazonaws.com" }, { region: "us-east-1" });
    yield hand.call("ec2:DescribeInstances", { instancesSet: {}, filterSet: {} }, { region: "us-east-1" });
    yield hand.call("organizations:DescribeOrganization", null, { error: "denied" });
    yield hand.call("secretsmanager:ListSecrets", null, { region: "us-east-1" });
    yield hand.call("ses:GetSendQuota", null, { region: "us-east-1" });
    hand.wait(random.between(4, 9) * MINUTE);
    yield hand.call(
      "sts:GetSessionToken",
      { durationSeconds: 129_600 },
      {
        region: "us-east-1",
        response: { credentials: { accessKeyId: random.id("ASIA"), sessionToken: "IQoJ..." } },
      },
    );
    hand.wait(random.between(2, 6) * MINUTE);
    const userName = "support-backup";
    yield deed(
      hand.call(
        "iam:CreateUser",
        { userName },
        {
          response: {
            user: {
              path: "/",
              userName,
              userId: random.id("AIDA"),
              arn: `arn:aws:iam::${account.id}:user/${userName}`,
            },
          },
        },
      ),
    );
    yield hand.call("iam:AttachUserPolicy", { userName, policyArn: "arn:aws:iam::aws:policy/AdministratorAccess" });
    yield hand.call(
      "iam:CreateAccessKey",
      { userName },
      { response: { accessKey: { accessKeyId: random.id("AKIA"), status: "Active", userName } } },
    );
    hand.wait(random.between(5, 12) * MINUTE);
    const next = hand.as(
      iamUser(account, userName, SECOND, "Boto3/1.35.60 md/Botocore#1.35.60 ua/2.0 os/windows#10 lang/python#3.11.9"),
    );
    for (const call of [
      "sts:GetCallerIdentity",
      "s3:ListBuckets",
      "ec2:DescribeRegions",
      "rds:DescribeDBSnapshots",
      "ec2:DescribeSnapshots",
    ])
      yield next.call(call);
  },
};
