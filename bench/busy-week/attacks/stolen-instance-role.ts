import { HOUR, MINUTE } from "../act.ts";
import { roleSession } from "../callers.ts";
import { Hand } from "../hand.ts";
import { object, UPLOADS } from "../machines/data.ts";
import { accountNamed, bucketsOf, instancesOf } from "../organization.ts";
import type { Attack } from "./attack.ts";
import { deed } from "./attack.ts";

const ADDRESS = "198.51.100.77";

/** A web server asks its metadata service for a stranger, who takes the role's credentials home and copies a bucket. */
export const STOLEN_INSTANCE_ROLE: Attack = {
  name: "stolen instance role",
  hour: 13.6,
  addresses: [ADDRESS],
  *acts(start, random) {
    const account = accountNamed("shop-prod");
    const [name = ""] = instancesOf(account);
    const caller = roleSession(
      {
        account,
        role: `${account.name}-node`,
        name,
        opened: start - HOUR,
        key: random.id("ASIA"),
        context: { ec2RoleDelivery: "1.0" },
      },
      ADDRESS,
      "aws-cli/1.33.20 md/Botocore#1.34.138 ua/2.0 os/linux#5.15.0 md/arch#x86_64 lang/python#3.10.12",
    );
    const hand = new Hand(caller, account, start, random, { pace: [2_000, 20_000] });
    yield hand.call("sts:GetCallerIdentity", null, { region: "us-east-1" });
    yield hand.call("s3:ListBuckets", { Host: "s3.amazonaws.com" }, { region: "us-east-1" });
    yield hand.call("iam:ListRoles", null, { error: "denied" });
    hand.wait(random.between(2, 6) * MINUTE);
    for (const bucketName of bucketsOf(account)) {
      yield hand.call(
        "s3:GetBucketLocation",
        { bucketName, location: "", Host: `${bucketName}.s3.amazonaws.com` },
        { resources: [["AWS::S3::Bucket", `arn:aws:s3:::${bucketName}`]] },
      );
    }
    yield object(hand, "ListObjects", UPLOADS, "customers/");
    hand.pace = [150, 1_500];
    for (let i = 0; i < 900; i++) {
      const act = object(hand, "GetObject", UPLOADS, `customers/${1_000 + i}/${random.uuid()}.pdf`);
      yield i === 0 ? deed(act) : act;
    }
  },
};
