import type { Act } from "../act.ts";
import { type Caller, iamUser } from "../callers.ts";
import { Hand } from "../hand.ts";
import {
  type Account,
  accountNamed,
  accountsOf,
  HOME,
  IDENTITY_STORE,
  lastingHex,
  lastingId,
  lastingUuid,
  SSO_INSTANCE,
} from "../organization.ts";
import { browse } from "../people/browse.ts";
import { HIDDEN } from "../people/sign-in.ts";
import { byHand, type Chore } from "./chore.ts";

const MANAGEMENT = accountNamed("management");
const ADMIN = { permissionSet: "IdentityAdmin", account: "management" } as const;
const GROUPS = ["shop-developers", "payments-developers", "search-developers", "data-team", "support"];
const groupId = (name: string) => lastingUuid("group", name);
export const permissionSetArn = (name: string) =>
  `arn:aws:sso:::permissionSet/${SSO_INSTANCE.split("/").pop()}/ps-${lastingHex(16, name)}`;

/** Puts somebody into a group, as the console of Identity Center does it. */
export function addMember(hand: Hand, group: string, memberId: string): Act {
  return hand.call("sso-directory:AddMemberToGroup", {
    identityStoreId: IDENTITY_STORE,
    groupId: groupId(group),
    member: { memberId },
  });
}

/** Gives a group a permission set in an account; Identity Center then makes the role there. */
export function* assign(
  hand: Hand,
  account: Account,
  permissionSet: string,
  principalId: string,
  principalType = "GROUP",
): Generator<Act> {
  const parameters = {
    instanceArn: SSO_INSTANCE,
    targetId: account.id,
    targetType: "AWS_ACCOUNT",
    permissionSetArn: permissionSetArn(permissionSet),
    principalType,
    principalId,
  };
  yield hand.call("sso:CreateAccountAssignment", parameters, {
    response: {
      accountAssignmentCreationStatus: { status: "IN_PROGRESS", requestId: hand.random.uuid(), ...parameters },
    },
  });
  yield hand.call("sso:DescribeAccountAssignmentCreationStatus", {
    instanceArn: SSO_INSTANCE,
    accountAssignmentCreationRequestId: hand.random.uuid(),
  });
}

/** What Identity Center does in an account, in the name of who asked for it. */
export function identityCenterIn(hand: Hand, account: Account): Hand {
  const host = "sso.amazonaws.com";
  const principal = lastingId("AROA", "linked", "sso", account.id);
  const arn = `arn:aws:iam::${account.id}:role/aws-service-role/${host}/AWSServiceRoleForSSO`;
  const caller: Caller = {
    userIdentity: {
      type: "AssumedRole",
      principalId: `${principal}:AWS-SSO`,
      arn: `arn:aws:sts::${account.id}:assumed-role/AWSServiceRoleForSSO/AWS-SSO`,
      accountId: account.id,
      sessionContext: {
        sessionIssuer: {
          type: "Role",
          principalId: principal,
          arn,
          accountId: account.id,
          userName: "AWSServiceRoleForSSO",
        },
        attributes: { creationDate: new Date(hand.time).toISOString().replace(/\.\d+/, ""), mfaAuthenticated: "false" },
      },
      invokedBy: host,
    },
    sourceIPAddress: host,
    userAgent: host,
  };
  return hand.as(caller, { account, region: account.region });
}

function* provisionedRole(hand: Hand, account: Account, permissionSet: string, policyArn: string): Generator<Act> {
  const own = identityCenterIn(hand, account);
  const roleName = `AWSReservedSSO_${permissionSet}_${lastingHex(16, "permission set", account.id, permissionSet)}`;
  const assumeRolePolicyDocument = JSON.stringify({
    Version: "2012-10-17",
    Statement: {
      Effect: "Allow",
      Action: ["sts:AssumeRoleWithSAML", "sts:TagSession"],
      Principal: { Federated: `arn:aws:iam::${account.id}:saml-provider/AWSSSO_DO_NOT_DELETE` },
      Condition: { StringEquals: { "SAML:aud": "https://signin.aws.amazon.com/saml" } },
    },
  });
  yield own.call(
    "iam:CreateRole",
    {
      path: `/aws-reserved/sso.amazonaws.com/${HOME}/`,
      roleName,
      assumeRolePolicyDocument,
      maxSessionDuration: 43_200,
    },
    { response: { role: { roleName } } },
  );
  yield own.call("iam:AttachRolePolicy", { roleName, policyArn });
}

export const IDENTITY_CHORES: readonly Chore[] = [
  {
    name: "newcomer",
    perWeek: 0.7,
    acts: byHand("identity", ADMIN, function* (hand, random) {
      yield* browse(hand, "people", "IdentityAdmin");
      const memberId = random.uuid();
      yield hand.call(
        "sso-directory:CreateUser",
        { identityStoreId: IDENTITY_STORE, userName: HIDDEN, userAttributes: HIDDEN },
        { response: { user: { userId: memberId, active: true } } },
      );
      for (const group of random.some(GROUPS, 0.3)) yield addMember(hand, group, memberId);
      yield hand.call("sso-directory:StartVirtualMfaDeviceRegistration", {
        identityStoreId: IDENTITY_STORE,
        userId: memberId,
      });
    }),
  },
  {
    name: "leaver",
    perWeek: 0.4,
    acts: byHand("identity", ADMIN, function* (hand, random) {
      yield* browse(hand, "people", "IdentityAdmin");
      const userId = random.uuid();
      yield hand.call("sso-directory:DisableUser", { identityStoreId: IDENTITY_STORE, userId });
      yield hand.call("sso-directory:RemoveMemberFromGroup", {
        identityStoreId: IDENTITY_STORE,
        groupId: groupId(random.pick(GROUPS)),
        member: { memberId: userId },
      });
      yield hand.call("sso-directory:DeleteUser", { identityStoreId: IDENTITY_STORE, userId });
    }),
  },
  {
    name: "group changed",
    perWeek: 2,
    acts: byHand("identity", ADMIN, function* (hand, random) {
      yield addMember(hand, random.pick(GROUPS), random.uuid());
    }),
  },
  {
    name: "access given",
    perWeek: 0.8,
    acts: byHand("identity", ADMIN, function* (hand, random) {
      const account = random.pick(accountsOf("dev", "staging"));
      yield* assign(hand, account, "Developer", groupId(random.pick(GROUPS)));
      yield* provisionedRole(hand, account, "Developer", "arn:aws:iam::aws:policy/PowerUserAccess");
    }),
  },
  {
    name: "permission set changed",
    perWeek: 0.6,
    acts: byHand("identity", ADMIN, function* (hand) {
      const inlinePolicy = JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Action: ["bedrock:InvokeModel*", "bedrock:List*"], Resource: "*" }],
      });
      yield hand.call("sso:PutInlinePolicyToPermissionSet", {
        instanceArn: SSO_INSTANCE,
        permissionSetArn: permissionSetArn("Developer"),
        inlinePolicy,
      });
      yield hand.call("sso:ProvisionPermissionSet", {
        instanceArn: SSO_INSTANCE,
        permissionSetArn: permissionSetArn("Developer"),
        targetType: "ALL_PROVISIONED_ACCOUNTS",
      });
    }),
  },
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
