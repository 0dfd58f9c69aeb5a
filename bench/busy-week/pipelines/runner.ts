import type { Act } from "../act.ts";
import { type Caller, isoTime, roleId, roleSession } from "../callers.ts";
import { Hand } from "../hand.ts";
import type { Account } from "../organization.ts";
import type { Random } from "../random.ts";

const TERRAFORM =
  "APN/1.0 HashiCorp/1.0 Terraform/1.13.4 (+https://www.terraform.io) terraform-provider-aws/6.17.0 (+https://registry.terraform.io/providers/hashicorp/aws) aws-sdk-go-v2/1.39.2 ua/2.1 os/linux lang/go#1.24.8 md/GOOS#linux md/GOARCH#amd64";
const CDK =
  "aws-sdk-js/3.914.0 ua/2.1 os/linux#6.11.0-1018-azure lang/js md/nodejs#22.20.0 aws-cdk/2.1031.0 CDKToolkit";
const CREDENTIALS = "configure-aws-credentials-for-github-actions";

export const TOOLS = { terraform: TERRAFORM, cdk: CDK } as const;

/** GitHub's runners come from another address each time, and from hundreds of networks. */
export function runnerAddress(random: Random): string {
  return `241.${random.int(0, 199)}.0.${random.int(1, 250)}`;
}

export interface Run {
  readonly account: Account;
  readonly role: string;
  readonly repository: string;
  readonly branch: string;
  readonly address: string;
  readonly userAgent: string;
  readonly random: Random;
}

/** A job of GitHub Actions opens a role with its token, and hands over the hand that works with it. */
export function* openByToken(start: number, run: Run): Generator<Act, Hand> {
  const { account, role, repository, branch, address, random } = run;
  const provider = `arn:aws:iam::${account.id}:oidc-provider/token.actions.githubusercontent.com`;
  const subject = `repo:example/${repository}:ref:refs/heads/${branch}`;
  const token: Caller = {
    userIdentity: {
      type: "WebIdentityUser",
      principalId: `${provider}:sts.amazonaws.com:${subject}`,
      userName: subject,
      identityProvider: provider,
    },
    sourceIPAddress: address,
    userAgent: `aws-sdk-js/3.914.0 ua/2.1 os/linux#6.11.0 lang/js md/nodejs#24.9.0 ${CREDENTIALS}`,
  };
  const key = random.id("ASIA");
  const name = "GitHubActions";
  yield opening(new Hand(token, account, start, random), "sts:AssumeRoleWithWebIdentity", account, role, name, key);
  const caller = roleSession(
    {
      account,
      role,
      name,
      opened: start,
      key,
      context: { webIdFederationData: { federatedProvider: provider, attributes: {} } },
    },
    address,
    run.userAgent,
  );
  const hand = new Hand(caller, account, start + 1_500, random, { pace: [30, 220] });
  yield hand.call("sts:GetCallerIdentity");
  return hand;
}

/** The hand of a role that another one opens in turn. */
export function* openNext(from: Hand, account: Account, role: string, name: string): Generator<Act, Hand> {
  const key = from.random.id("ASIA");
  const opened = from.time;
  const isAway = account.id !== from.account.id;
  const shared = { sharedEventID: from.random.uuid() };
  yield opening(from, "sts:AssumeRole", account, role, name, key, isAway ? shared : {});
  if (isAway) yield opening(asForeigner(from, account, opened), "sts:AssumeRole", account, role, name, key, shared);
  const { sourceIPAddress, userAgent } = from.caller;
  const hand = from.as(roleSession({ account, role, name, opened, key }, sourceIPAddress, userAgent), {
    account,
    region: account.region,
  });
  yield hand.call("sts:GetCallerIdentity");
  return hand;
}

/** How the account that is entered sees a caller from another one. */
function asForeigner(from: Hand, account: Account, time: number): Hand {
  const { principalId, accountId } = from.caller.userIdentity;
  const caller = { ...from.caller, userIdentity: { type: "AWSAccount", principalId, accountId } };
  return new Hand(caller, account, time, from.random);
}

function opening(
  hand: Hand,
  call: string,
  account: Account,
  role: string,
  name: string,
  accessKeyId: string,
  fields = {},
): Act {
  const short = role.split("/").at(-1) ?? role;
  const roleArn = `arn:aws:iam::${account.id}:role/${role}`;
  return hand.call(
    call,
    { roleArn, roleSessionName: name, durationSeconds: 3_600 },
    {
      response: {
        credentials: { accessKeyId, sessionToken: "IQoJ...", expiration: isoTime(hand.time + 3_600_000) },
        assumedRoleUser: {
          assumedRoleId: `${roleId(account, short)}:${name}`,
          arn: `arn:aws:sts::${account.id}:assumed-role/${short}/${name}`,
        },
      },
      resources: [["AWS::IAM::Role", roleArn]],
      fields,
    },
  );
}
