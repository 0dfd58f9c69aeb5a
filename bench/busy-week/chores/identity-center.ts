import type { Act } from "../act.ts";
import type { Caller } from "../callers.ts";
import type { Hand } from "../hand.ts";
import {
  type Account,
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

export const IDENTITY_CENTER_CHORES: readonly Chore[] = [
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
];
