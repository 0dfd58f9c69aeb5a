import { Duration, RemovalPolicy, Stack } from "aws-cdk-lib";
import { CfnWorkGroup } from "aws-cdk-lib/aws-athena";
import { CfnDatabase, CfnTable } from "aws-cdk-lib/aws-glue";
import { BlockPublicAccess, Bucket, BucketEncryption, type IBucket } from "aws-cdk-lib/aws-s3";
import { Construct } from "constructs";
import { databaseOf, TABLE } from "../lambda/core/alert/queries.ts";
import { acknowledge } from "./acknowledge.ts";
import { COLUMNS, INPUT_FORMAT, locationOf, OUTPUT_FORMAT, PARTITIONS, projectionOf, SERDE } from "./athena-table.ts";

/** A query reads so many bytes at most: half a dollar. */
const CUTOFF = 100 * 1024 ** 3;

/** What is asked of Athena about log files: a database with their table, and a workgroup that bounds what a query reads. */
export class Athena extends Construct {
  /** The name of the workgroup. */
  readonly workGroup: string;

  constructor(scope: Construct, id: string, bucket: IBucket, logs: string) {
    super(scope, id);
    const stack = Stack.of(this);
    const location = { bucket: bucket.bucketName, logs };
    const databaseName = databaseOf(stack.stackName);
    const database = new CfnDatabase(this, "Database", {
      catalogId: stack.account,
      databaseInput: { name: databaseName, description: "Log files that Trailbell reads" },
    });
    const table = new CfnTable(this, "Records", {
      catalogId: stack.account,
      databaseName,
      tableInput: {
        name: TABLE,
        description: "CloudTrail's records, by account, region and day: docs/investigate.md",
        tableType: "EXTERNAL_TABLE",
        parameters: projectionOf(location),
        partitionKeys: PARTITIONS.map((name) => ({ name, type: "string" })),
        storageDescriptor: {
          columns: COLUMNS.map(([name, type]) => ({ name, type })),
          location: locationOf(location),
          inputFormat: INPUT_FORMAT,
          outputFormat: OUTPUT_FORMAT,
          serdeInfo: { serializationLibrary: SERDE },
        },
      },
    });
    table.addResourceDependency(database);
    const results = new Bucket(this, "Results", {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      removalPolicy: RemovalPolicy.RETAIN,
      lifecycleRules: [{ expiration: Duration.days(30) }],
    });
    acknowledge(results, "AwsSolutions-S1", "it holds answers to queries for a month, and no log files");
    const workGroup = new CfnWorkGroup(this, "WorkGroup", {
      name: stack.stackName,
      description: "Queries on log files that Trailbell reads",
      recursiveDeleteOption: true,
      workGroupConfiguration: {
        enforceWorkGroupConfiguration: true,
        publishCloudWatchMetricsEnabled: false,
        bytesScannedCutoffPerQuery: CUTOFF,
        resultConfiguration: {
          outputLocation: `s3://${results.bucketName}/`,
          encryptionConfiguration: { encryptionOption: "SSE_S3" },
          expectedBucketOwner: stack.account,
        },
      },
    });
    this.workGroup = workGroup.name;
  }
}
