import { MINUTE } from "../act.ts";
import { root } from "../callers.ts";
import { Hand } from "../hand.ts";
import { accountNamed } from "../organization.ts";
import { callsOf } from "../people/pages.ts";
import type { Chore } from "./chore.ts";

/** Root is needed once: a bucket's policy has shut everybody out of it, and only root may take that away. */
export const ROOT_ONCE: Chore["acts"] = function* (start, random) {
  const account = accountNamed("shop-staging");
  const address = "240.0.0.10";
  const browser =
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36";
  const door = new Hand(root(account, address, browser), account, start, random, { region: "us-east-1" });
  yield door.call("signin:ConsoleLogin", null, {
    response: { ConsoleLogin: "Success" },
    fields: {
      eventType: "AwsConsoleSignIn",
      additionalEventData: {
        LoginTo: "https://console.aws.amazon.com/console/home",
        MobileVersion: "No",
        MFAUsed: "Yes",
        MFAIdentifier: `arn:aws:iam::${account.id}:mfa/root`,
      },
    },
  });
  const caller = { ...root(account, address, browser, start), isConsole: true as const };
  const hand = new Hand(caller, account, start + 2_000, random, { pace: [20, 300] });
  for (const call of [...callsOf("home"), ...callsOf("bucket")]) yield hand.call(call);
  const bucketName = `example-${account.name}-uploads-${account.id.slice(-4)}`;
  hand.wait(2 * MINUTE);
  yield hand.call(
    "s3:DeleteBucketPolicy",
    { bucketName, policy: "" },
    { resources: [["AWS::S3::Bucket", `arn:aws:s3:::${bucketName}`]] },
  );
};
