import { MINUTE } from "../act.ts";
import { object, UPLOADS } from "../machines/data.ts";
import { accountNamed, lastingHex } from "../organization.ts";
import { look } from "../people/browse.ts";
import { personNamed } from "../people/person.ts";
import { commandLineSignIn, openRole } from "../people/sign-in.ts";
import { type Attack, deed } from "./attack.ts";

/** One of the administrators, at night and from home: a bucket emptied, its key on the way out, the backups gone. */
export const RANSOM_FROM_WITHIN: Attack = {
  name: "ransom from within",
  hour: 0.6,
  addresses: [],
  *acts(start, random) {
    const person = personNamed("boris");
    const visit = { person, address: `240.${person.home}.0.77`, userAgent: person.cli, random };
    yield* commandLineSignIn(start, visit);
    const shop = accountNamed("shop-prod");
    const hand = yield* openRole(
      start + 2 * MINUTE,
      { account: shop, permissionSet: "AdministratorAccess" },
      "command line",
      visit,
    );
    yield* look(hand, "AdministratorAccess", 4);
    const resources = [["AWS::S3::Bucket", `arn:aws:s3:::${UPLOADS}`]] as const;
    yield hand.call("s3:GetBucketVersioning", { bucketName: UPLOADS, versioning: "" }, { resources });
    yield deed(
      hand.call(
        "s3:PutBucketVersioning",
        { bucketName: UPLOADS, versioning: "", VersioningConfiguration: { Status: "Suspended" } },
        { resources },
      ),
    );
    hand.pace = [60, 400];
    for (let i = 0; i < 700; i++) yield object(hand, "DeleteObject", UPLOADS, `customers/${i}/${random.uuid()}.pdf`);
    hand.pace = [2_000, 15_000];
    const keyId = lastingHex(8, "key", shop.name);
    yield hand.call(
      "kms:ScheduleKeyDeletion",
      { keyId, pendingWindowInDays: 7 },
      {
        response: {
          keyId: `arn:aws:kms:${shop.region}:${shop.id}:key/${keyId}`,
          keyState: "PendingDeletion",
          pendingWindowInDays: 7,
        },
      },
    );
    for (let i = 0; i < 5; i++)
      yield hand.call("rds:DeleteDBSnapshot", { dBSnapshotIdentifier: `shop-prod-main-${i}` });
    const backup = accountNamed("backup");
    const there = yield* openRole(
      hand.time + MINUTE,
      { account: backup, permissionSet: "AdministratorAccess" },
      "command line",
      visit,
    );
    yield there.call("backup:ListRecoveryPointsByBackupVault", { backupVaultName: "central" });
    for (let i = 0; i < 25; i++)
      yield there.call("backup:DeleteRecoveryPoint", {
        backupVaultName: "central",
        recoveryPointArn: `arn:aws:backup:${backup.region}:${backup.id}:recovery-point:${random.uuid()}`,
      });
  },
};
