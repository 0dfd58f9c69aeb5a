import { type Act, type Day, type Doing, HOUR, isWorkday, MINUTE, repeated } from "../act.ts";
import { type Caller, fromWithin, lambda, roleSession, service, task, through } from "../callers.ts";
import { Hand, type More } from "../hand.ts";
import { type Account, accountNamed, accountsOf, bucketsOf, HOME, lastingHex, servicesOf } from "../organization.ts";
import { keyHolder } from "../pipelines/keys.ts";
import type { Random } from "../random.ts";
import { linkedHand } from "./aws-services.ts";

const SHOP = accountNamed("shop-prod");
const LAKE = accountNamed("data-prod");
const BACKUP = accountNamed("backup");

/** What is done with data: objects of the two buckets whose reads are logged, backups, secrets that change by themselves. */
export function* data(day: Day): Generator<Doing> {
  yield* repeated(day, "uploads", 4.5, (start, random) => uploads(start, random), [5, 23]);
  yield* repeated(day, "glue", 180, (start, random) => glueJob(start, random));
  yield* repeated(day, "athena", 60, (start, random) => athena(start, random), [5, 20]);
  const random = day.randomFor("backups");
  for (const account of accountsOf("prod", "staging")) {
    const own = random.fork(account.name);
    const start = day.start + own.between(1, 4) * HOUR;
    yield { start, acts: () => backup(start, account, own) };
  }
  for (let i = random.times(3); i > 0; i--) {
    const own = random.fork(`rotation ${i}`);
    const start = day.start + own.between(0, 23) * HOUR;
    yield { start, acts: () => rotation(start, own) };
  }
  if (isWorkday(day)) {
    const start = day.start + 3 * HOUR;
    yield { start, acts: () => lakeCleanup(start, random.fork("cleanup")) };
  }
}

/** An object of a bucket, as a call names it. */
export function object(hand: Hand, name: string, bucketName: string, key: string, more: More = {}): Act {
  const resources = [
    ["AWS::S3::Object", `arn:aws:s3:::${bucketName}/${key}`],
    ["AWS::S3::Bucket", `arn:aws:s3:::${bucketName}`],
  ] as const;
  return hand.call(
    `s3:${name}`,
    { bucketName, key, Host: `${bucketName}.s3.${hand.region}.amazonaws.com` },
    { isData: true, resources, ...more },
  );
}

export const UPLOADS = bucketsOf(SHOP)[1] ?? "";
export const LAKE_BUCKET = bucketsOf(LAKE)[0] ?? "";

/** The shop serves the customers' documents: different ones all the time, and many at noon. */
function* uploads(start: number, random: Random): Generator<Act> {
  const hour = new Date(start).getUTCHours();
  // Through the endpoint of their network, so from private addresses.
  const caller = fromWithin(task(SHOP, "orders", start - HOUR, random), SHOP, random.int(0, 199));
  const hand = new Hand(caller, SHOP, start, random, { pace: [100, 12_000] });
  const count = hour >= 9 && hour <= 18 ? random.int(8, 26) : random.int(1, 8);
  for (let i = 0; i < count; i++) {
    yield object(
      hand,
      random.chance(0.8) ? "GetObject" : "PutObject",
      UPLOADS,
      `customers/${random.int(1, 90_000)}/${random.uuid()}.pdf`,
    );
  }
}

/** A job reads thousands of parts of the lake, and writes new ones. */
function* glueJob(start: number, random: Random): Generator<Act> {
  const caller = roleSession(
    { account: LAKE, role: "glue-job", name: `GlueJobRunnerSession`, opened: start, key: random.id("ASIA") },
    random.pick(LAKE.exits),
    "ElasticMapReduce/1.0.0 emrfs/s3n AWSGlue aws-sdk-java/2.35.11",
  );
  const hand = new Hand(caller, LAKE, start, random, { pace: [20, 250] });
  const table = random.pick(["orders", "events", "stock"]);
  for (let i = 0; i < 220; i++)
    yield object(
      hand,
      i % 9 === 0 ? "PutObject" : "GetObject",
      LAKE_BUCKET,
      `${table}/day=${random.int(1, 28)}/part-${random.hex(8)}.parquet`,
    );
  yield hand.call("glue:BatchCreatePartition", { databaseName: "lake", tableName: table });
}

/** Athena reads for whoever asks it. */
function* athena(start: number, random: Random): Generator<Act> {
  const asker: Caller = through(keyHolder("reports", start), "athena.amazonaws.com");
  const hand = new Hand(asker, LAKE, start + 4_000, random, { pace: [5, 90] });
  for (let i = 0; i < 60; i++)
    yield object(hand, "GetObject", LAKE_BUCKET, `orders/day=${random.int(1, 28)}/part-${random.hex(8)}.parquet`);
}

/** What is older than the lake's rules allow goes, many at once. */
function* lakeCleanup(start: number, random: Random): Generator<Act> {
  const caller = roleSession(
    { account: LAKE, role: "lake-maintenance", name: "compaction", opened: start, key: random.id("ASIA") },
    random.pick(LAKE.exits),
    "aws-sdk-java/2.35.11 lang/java#17 iceberg/1.9",
  );
  const hand = new Hand(caller, LAKE, start, random, { pace: [200, 900] });
  for (let i = 0; i < 4; i++)
    yield hand.call(
      "s3:DeleteObjects",
      { bucketName: LAKE_BUCKET, Host: `${LAKE_BUCKET}.s3.${HOME}.amazonaws.com`, delete: "" },
      { isData: true, resources: [["AWS::S3::Bucket", `arn:aws:s3:::${LAKE_BUCKET}`]] },
    );
}

/** The night's backups: snapshots are made, copied to the backup account, and the oldest deleted. */
function* backup(start: number, account: Account, random: Random): Generator<Act> {
  const caller = roleSession(
    {
      account,
      role: "service-role/AWSBackupDefaultServiceRole",
      name: `AWSBackup-${account.name}`,
      opened: start,
      key: random.id("ASIA"),
      identity: { invokedBy: "backup.amazonaws.com" },
    },
    "backup.amazonaws.com",
    "backup.amazonaws.com",
  );
  const hand = new Hand(caller, account, start, random, { pace: [2_000, 30_000] });
  const dBSnapshotIdentifier = `awsbackup:job-${random.uuid()}`;
  yield hand.call(
    "rds:CreateDBSnapshot",
    { dBSnapshotIdentifier, dBInstanceIdentifier: `${account.name}-main` },
    { response: { dBSnapshotIdentifier } },
  );
  for (let i = 0; i < 4; i++) yield hand.call("rds:DescribeDBSnapshots", { dBSnapshotIdentifier });
  yield hand.call("ec2:CreateSnapshots", {
    CreateSnapshotsRequest: {
      InstanceSpecification: { InstanceId: `i-0${lastingHex(16, "instance", account.name, "0")}` },
    },
  });
  yield hand.call("backup:StartCopyJob", {
    recoveryPointArn: `arn:aws:rds:${account.region}:${account.id}:snapshot:${dBSnapshotIdentifier}`,
    destinationBackupVaultArn: `arn:aws:backup:${BACKUP.region}:${BACKUP.id}:backup-vault:central`,
  });
  yield hand.call("rds:ModifyDBSnapshotAttribute", {
    attributeName: "restore",
    dBSnapshotIdentifier,
    valuesToAdd: [BACKUP.id],
  });
  yield hand.call("rds:DeleteDBSnapshot", { dBSnapshotIdentifier: `awsbackup:job-${random.uuid()}` });
  for (let i = 0; i < 6; i++) yield hand.call("ec2:DeleteSnapshot", { snapshotId: `snap-0${random.hex(16)}` });
  const own = new Hand(service("backup.amazonaws.com"), account, hand.time, random);
  const done = (eventName: string) =>
    own.call(`backup:${eventName}`, null, {
      fields: {
        eventType: "AwsServiceEvent",
        readOnly: false,
        serviceEventDetails: { state: "COMPLETED", backupVaultName: "Default" },
      },
    });
  yield done("BackupJobCompleted");
  yield done("BackupDeleted");
  // Lifecycle manager does the same for volumes, with its own role.
  const manager = linkedHand(account, "dlm.amazonaws.com", "DLM", "AWSDataLifecycleManager", own.time, random);
  for (let i = 0; i < 4; i++) {
    yield manager.call(
      "ec2:CreateSnapshot",
      { volumeId: `vol-0${lastingHex(16, account.name, String(i))}` },
      { response: { snapshotId: `snap-0${random.hex(16)}` } },
    );
    yield manager.call("ec2:DeleteSnapshot", { snapshotId: `snap-0${random.hex(16)}` });
  }
}

/** A database's password changes by itself: the function of the rotation sets and tries it. */
function* rotation(start: number, random: Random): Generator<Act> {
  const account = random.pick(accountsOf("prod", "staging"));
  const name = random.pick(servicesOf(account));
  const secretId = `arn:aws:secretsmanager:${account.region}:${account.id}:secret:${account.name}/${name}/database`;
  const own = new Hand(service("secretsmanager.amazonaws.com"), account, start, random);
  const event = (eventName: string) =>
    own.call(`secretsmanager:${eventName}`, null, {
      fields: { eventType: "AwsServiceEvent", readOnly: false, additionalEventData: { SecretId: secretId } },
    });
  yield event("RotationStarted");
  const hand = own.as(lambda(account, "secret-rotation", start, random), { pace: [500, 4_000] });
  for (let step = 0; step < 4; step++) {
    yield hand.call("secretsmanager:DescribeSecret", { secretId });
    yield hand.call("secretsmanager:GetSecretValue", {
      secretId,
      versionStage: step === 0 ? "AWSCURRENT" : "AWSPENDING",
    });
    if (step === 0) yield hand.call("secretsmanager:PutSecretValue", { secretId, versionStages: ["AWSPENDING"] });
  }
  yield hand.call("secretsmanager:UpdateSecretVersionStage", { secretId, versionStage: "AWSCURRENT" });
  own.time = hand.time + MINUTE;
  yield event("RotationSucceeded");
}
