import { MINUTE } from "../act.ts";
import { roleSession } from "../callers.ts";
import { addMember, assign, identityCenterIn, permissionSetArn } from "../chores/identity-center.ts";
import { accountNamed, HOME, IDENTITY_STORE, lastingHex, SSO_INSTANCE } from "../organization.ts";
import { browse } from "../people/browse.ts";
import { personNamed } from "../people/person.ts";
import { HIDDEN, openRole, portalSignIn } from "../people/sign-in.ts";
import { type Attack, deed, STRANGERS } from "./attack.ts";

const ADDRESS = "192.0.2.201";

/**
 * Somebody stands between an administrator of identities and the portal, and takes over her session: a user and a
 * permission set of his own, with them into production, and a database's copy goes to an account of his.
 */
export const PHISHED_SESSION: Attack = {
  name: "phished session",
  hour: 9.7,
  addresses: [ADDRESS],
  *acts(start, random) {
    const person = personNamed("hana");
    const userAgent =
      "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36";
    const visit = { person, address: ADDRESS, userAgent, random };
    const signedIn = yield* portalSignIn(start, visit);
    const management = accountNamed("management");
    const hand = yield* openRole(
      signedIn + MINUTE,
      { account: management, permissionSet: "IdentityAdmin" },
      "console",
      visit,
    );
    yield* browse(hand, "home", "IdentityAdmin");
    yield* browse(hand, "people", "IdentityAdmin");
    hand.pace = [5_000, 30_000];
    const memberId = random.uuid();
    yield deed(
      hand.call(
        "sso-directory:CreateUser",
        { identityStoreId: IDENTITY_STORE, userName: HIDDEN, userAttributes: HIDDEN },
        { response: { user: { userId: memberId, active: true } } },
      ),
    );
    yield addMember(hand, "support", memberId);
    const set = "HelpdeskAccess";
    yield hand.call(
      "sso:CreatePermissionSet",
      { name: set, instanceArn: SSO_INSTANCE, sessionDuration: "PT12H" },
      { response: { permissionSet: { name: set, permissionSetArn: permissionSetArn(set), sessionDuration: "PT12H" } } },
    );
    yield hand.call("sso:AttachManagedPolicyToPermissionSet", {
      instanceArn: SSO_INSTANCE,
      permissionSetArn: permissionSetArn(set),
      managedPolicyArn: "arn:aws:iam::aws:policy/AdministratorAccess",
    });
    const target = accountNamed("payments-prod");
    yield* assign(hand, target, set, memberId, "USER");
    const roleName = `AWSReservedSSO_${set}_${lastingHex(16, "permission set", target.id, set)}`;
    const own = identityCenterIn(hand, target);
    yield own.call(
      "iam:CreateRole",
      {
        path: `/aws-reserved/sso.amazonaws.com/${HOME}/`,
        roleName,
        assumeRolePolicyDocument: JSON.stringify({
          Version: "2012-10-17",
          Statement: {
            Effect: "Allow",
            Action: ["sts:AssumeRoleWithSAML", "sts:TagSession"],
            Principal: { Federated: `arn:aws:iam::${target.id}:saml-provider/AWSSSO_DO_NOT_DELETE` },
          },
        }),
      },
      { response: { role: { roleName } } },
    );
    yield own.call("iam:AttachRolePolicy", { roleName, policyArn: "arn:aws:iam::aws:policy/AdministratorAccess" });
    const opened = own.time + random.between(6, 15) * MINUTE;
    const caller = roleSession(
      {
        account: target,
        role: `aws-reserved/sso.amazonaws.com/${HOME}/${roleName}`,
        name: "it-helpdesk",
        opened,
        key: random.id("ASIA"),
        identity: {
          onBehalfOf: {
            userId: memberId,
            identityStoreArn: `arn:aws:identitystore::${management.id}:identitystore/${IDENTITY_STORE}`,
          },
        },
      },
      ADDRESS,
      "aws-cli/2.27.2 md/awscrt#0.25.4 ua/2.1 os/linux#6.8.0 md/arch#x86_64 lang/python#3.13.3",
    );
    hand.time = opened;
    const there = hand.as(caller, { account: target, region: target.region, pace: [4_000, 40_000] });
    for (const call of [
      "sts:GetCallerIdentity",
      "ec2:DescribeVolumes",
      "ec2:DescribeSnapshots",
      "rds:DescribeDBInstances",
      "rds:DescribeDBSnapshots",
      "secretsmanager:ListSecrets",
    ])
      yield there.call(call);
    const snapshotId = `snap-0${random.hex(16)}`;
    yield there.call("ec2:CreateSnapshot", { volumeId: `vol-0${random.hex(16)}` }, { response: { snapshotId } });
    const dBSnapshotIdentifier = "payments-main-copy";
    yield there.call(
      "rds:CreateDBSnapshot",
      { dBSnapshotIdentifier, dBInstanceIdentifier: "payments-prod-main" },
      { response: { dBSnapshotIdentifier } },
    );
    there.wait(random.between(6, 12) * MINUTE);
    yield there.call("ec2:ModifySnapshotAttribute", {
      snapshotId,
      attributeType: "CREATE_VOLUME_PERMISSION",
      createVolumePermission: { add: { items: [{ userId: STRANGERS }] } },
    });
    yield there.call("rds:ModifyDBSnapshotAttribute", {
      attributeName: "restore",
      dBSnapshotIdentifier,
      valuesToAdd: [STRANGERS],
    });
  },
};
