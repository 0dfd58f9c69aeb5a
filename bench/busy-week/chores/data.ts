import { MINUTE } from "../act.ts";
import { LAKE_BUCKET, object } from "../machines/data.ts";
import { accountNamed, bucketsOf, HOME, SUPPLIER } from "../organization.ts";
import { browse } from "../people/browse.ts";
import { byHand, type Chore } from "./chore.ts";

const DATA = { permissionSet: "DataScientist", account: "data-prod", way: "command line" } as const;
const DATABASES = { permissionSet: "DatabaseAdmin" } as const;

export const DATA_CHORES: readonly Chore[] = [
  {
    name: "files fetched for a model",
    perWeek: 1.2,
    acts: byHand("data", DATA, function* (hand, random) {
      // `aws s3 sync` of some days of a table to her own machine.
      hand.pace = [20, 160];
      yield object(hand, "ListObjects", LAKE_BUCKET, "events/");
      for (let i = random.int(150, 900); i > 0; i--)
        yield object(hand, "GetObject", LAKE_BUCKET, `events/day=${random.int(1, 28)}/part-${random.hex(8)}.parquet`);
    }),
  },
  {
    name: "query by hand",
    perWeek: 12,
    acts: byHand("data", { permissionSet: "DataScientist" }, (hand) => browse(hand, "queries", "DataScientist")),
  },
  {
    name: "folder of a bucket emptied",
    perWeek: 0.7,
    acts: byHand("data", { permissionSet: "DataScientist", account: "data-dev" }, function* (hand) {
      const bucketName = bucketsOf(hand.account)[2] ?? "";
      for (let i = 0; i < 3; i++)
        yield hand.call(
          "s3:DeleteObjects",
          { bucketName, Host: `${bucketName}.s3.${HOME}.amazonaws.com`, delete: "" },
          { isData: true, resources: [["AWS::S3::Bucket", `arn:aws:s3:::${bucketName}`]] },
        );
    }),
  },
  {
    name: "old partitions removed",
    perWeek: 0.4,
    acts: byHand("data", { ...DATA }, function* (hand, random) {
      hand.pace = [20, 90];
      for (let i = random.int(80, 400); i > 0; i--)
        yield object(hand, "DeleteObject", LAKE_BUCKET, `stock/day=${random.int(1, 28)}/part-${random.hex(8)}.parquet`);
    }),
  },
  {
    name: "snapshot for the data team",
    perWeek: 1,
    acts: byHand("database", { ...DATABASES, account: "shop-prod" }, function* (hand, random) {
      const dBSnapshotIdentifier = `shop-for-data-${random.hex(4)}`;
      yield hand.call(
        "rds:CreateDBSnapshot",
        { dBSnapshotIdentifier, dBInstanceIdentifier: "shop-prod-main" },
        { response: { dBSnapshotIdentifier } },
      );
      hand.wait(15 * MINUTE);
      yield hand.call("rds:ModifyDBSnapshotAttribute", {
        attributeName: "restore",
        dBSnapshotIdentifier,
        valuesToAdd: [accountNamed("data-prod").id],
      });
    }),
  },
  {
    name: "snapshot for the tax advisors",
    perWeek: 0.3,
    acts: byHand("database", { ...DATABASES, account: "payments-prod" }, function* (hand, random) {
      yield hand.call("rds:ModifyDBSnapshotAttribute", {
        attributeName: "restore",
        dBSnapshotIdentifier: `year-end-${random.hex(4)}`,
        valuesToAdd: [SUPPLIER],
      });
    }),
  },
  {
    name: "password of a database",
    perWeek: 0.6,
    acts: byHand("database", { ...DATABASES, account: "payments-staging" }, function* (hand) {
      yield hand.call(
        "rds:ModifyDBInstance",
        { dBInstanceIdentifier: "payments-staging-main", masterUserPassword: "****", applyImmediately: true },
        {
          response: {
            dBInstanceIdentifier: "payments-staging-main",
            pendingModifiedValues: { masterUserPassword: "****" },
          },
        },
      );
    }),
  },
  {
    name: "database restored for a test",
    perWeek: 0.5,
    acts: byHand("database", { ...DATABASES, account: "shop-staging" }, function* (hand, random) {
      yield hand.call("rds:RestoreDBInstanceFromDBSnapshot", {
        dBInstanceIdentifier: `restore-test-${random.hex(4)}`,
        dBSnapshotIdentifier: "shop-for-data",
        publiclyAccessible: false,
      });
      hand.wait(120 * MINUTE);
      yield hand.call("rds:DeleteDBInstance", {
        dBInstanceIdentifier: `restore-test-${random.hex(4)}`,
        skipFinalSnapshot: true,
      });
    }),
  },
];
