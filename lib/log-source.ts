import { Duration, RemovalPolicy, Stack } from "aws-cdk-lib";
import { CfnTrail } from "aws-cdk-lib/aws-cloudtrail";
import type { ITable } from "aws-cdk-lib/aws-dynamodb";
import { type IRole, PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Key } from "aws-cdk-lib/aws-kms";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import { BlockPublicAccess, Bucket, BucketEncryption, CfnBucket, EventType, type IBucket } from "aws-cdk-lib/aws-s3";
import { LambdaDestination } from "aws-cdk-lib/aws-s3-notifications";
import { Construct } from "constructs";
import { encodedFilter, LOG_SUFFIX, sampleKey, selects } from "../lambda/core/health/notification.ts";
import { acknowledge } from "./acknowledge.ts";
import { NEW_TRAIL, type Settings, SettingsError } from "./settings.ts";
import { shownName } from "./tokens.ts";

/** CDK's singleton that writes bucket notifications; its id is part of CDK's contract with deployed stacks. */
const NOTIFICATIONS_HANDLER = "BucketNotificationsHandler050a0587b7544547bf325f094a3db834";

/** The bucket that holds the log files, made with a trail of its own or adopted, and the way from it to the function. */
export class LogSource extends Construct {
  readonly bucket: IBucket;
  /** Where access to a bucket of ours is logged. */
  readonly accessLogBucket: IBucket | undefined;
  /** The trail that was made; undefined if the bucket was adopted. */
  readonly trail: { readonly name: string; readonly arn: string } | undefined;
  readonly #settings: Settings;
  #trail?: CfnTrail;

  constructor(scope: Construct, id: string, settings: Settings) {
    super(scope, id);
    this.#settings = settings;
    if (settings.source === NEW_TRAIL) {
      // The bucket's policy names the trail and the trail waits for the policy, so the name cannot be left to CloudFormation.
      const stack = Stack.of(this);
      const name = `${stack.stackName}-trail`;
      this.trail = { name, arn: stack.formatArn({ service: "cloudtrail", resource: "trail", resourceName: name }) };
      this.accessLogBucket = this.#newAccessLogBucket();
      this.bucket = this.#newTrail(this.trail, this.accessLogBucket);
    } else {
      this.bucket = Bucket.fromBucketName(this, "LogBucket", settings.source);
    }
  }

  /** The beginning of every log file's key. */
  get logs(): string {
    const { source, prefix } = this.#settings;
    return source === NEW_TRAIL || prefix === undefined ? "AWSLogs/" : `${prefix}/AWSLogs/`;
  }

  /** The bucket's ARN as cdk-nag prints it. */
  get #shownArn(): string {
    const own = this.bucket.node.defaultChild;
    return own instanceof CfnBucket
      ? `<${Stack.of(this).getLogicalId(own)}.Arn>`
      : `arn:<AWS::Partition>:s3:::${shownName(this, this.#settings.source)}`;
  }

  /** Lets a function read log files, and nothing else in the bucket. */
  grantRead(reader: IFunction): void {
    reader.addToRolePolicy(
      new PolicyStatement({
        actions: ["s3:GetObject", "s3:GetObjectVersion"],
        resources: [this.bucket.arnForObjects(`${this.logs}*`)],
      }),
    );
    const objects = `${this.#shownArn}/${this.logs}*`;
    acknowledge(
      reader.role ?? reader,
      `AwsSolutions-IAM5[Resource::${objects}]`,
      "each log file has a name of its own",
    );
    // Without it S3 answers 403 for an object that is missing, which looks like a lack of rights (S3 API Reference, "GetObject").
    reader.addToRolePolicy(
      new PolicyStatement({
        actions: ["s3:ListBucket"],
        resources: [this.bucket.bucketArn],
        conditions: { StringLike: { "s3:prefix": `${this.logs}*` } },
      }),
    );
    if (this.#settings.logKey !== undefined) {
      Key.fromKeyArn(this, "LogKey", this.#settings.logKey).grantDecrypt(reader);
    }
  }

  /** Invokes a function for each new log file. */
  notify(reader: IFunction): void {
    const filter = { prefix: encodedFilter(this.logs), suffix: LOG_SUFFIX };
    const key = sampleKey(this.logs, "111122223333", "us-east-1");
    if (!selects(filter, key)) throw new SettingsError(`prefix: the filter ${filter.prefix} would not select ${key}`);
    this.bucket.addEventNotification(EventType.OBJECT_CREATED, new LambdaDestination(reader), filter);
    const handler = Stack.of(this).node.tryFindChild(NOTIFICATIONS_HANDLER);
    if (handler !== undefined) {
      const policy = "Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole";
      acknowledge(handler, `AwsSolutions-IAM4[${policy}]`, "CDK's own function, which runs at deployment only");
    }
  }

  #newAccessLogBucket(): IBucket {
    return new Bucket(this, "AccessLogBucket", {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      removalPolicy: RemovalPolicy.RETAIN,
      lifecycleRules: [{ expiration: Duration.days(90) }],
    });
  }

  #newTrail(trail: { readonly name: string; readonly arn: string }, serverAccessLogsBucket: IBucket): IBucket {
    const bucket = new Bucket(this, "LogBucket", {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      versioned: true,
      removalPolicy: RemovalPolicy.RETAIN,
      lifecycleRules: [
        {
          expiration: Duration.days(this.#settings.logExpiryDays),
          noncurrentVersionExpiration: Duration.days(30),
          abortIncompleteMultipartUploadAfter: Duration.days(7),
        },
      ],
      serverAccessLogsBucket,
    });
    this.#trailTo(bucket, trail);
    return bucket;
  }

  #trailTo(bucket: Bucket, { name, arn }: { readonly name: string; readonly arn: string }): void {
    const stack = Stack.of(this);
    const cloudTrail = new ServicePrincipal("cloudtrail.amazonaws.com");
    const fromTrail = { "aws:SourceArn": arn };
    // CloudTrail User Guide, "Amazon S3 bucket policy for CloudTrail".
    bucket.addToResourcePolicy(
      new PolicyStatement({
        actions: ["s3:GetBucketAcl"],
        principals: [cloudTrail],
        resources: [bucket.bucketArn],
        conditions: { StringEquals: fromTrail },
      }),
    );
    bucket.addToResourcePolicy(
      new PolicyStatement({
        actions: ["s3:PutObject"],
        principals: [cloudTrail],
        resources: [bucket.arnForObjects(`AWSLogs/${stack.account}/*`)],
        conditions: { StringEquals: { ...fromTrail, "s3:x-amz-acl": "bucket-owner-full-control" } },
      }),
    );
    this.#trail = new CfnTrail(this, "Trail", {
      trailName: name,
      s3BucketName: bucket.bucketName,
      isLogging: true,
      isMultiRegionTrail: true,
      includeGlobalServiceEvents: true,
      enableLogFileValidation: true,
    });
    if (bucket.policy !== undefined) this.#trail.node.addDependency(bucket.policy);
  }

  /**
   * Has our own trail record, besides all management events, who deletes log files and who writes to the ledger's
   * table. What the functions write themselves is left out: each alert would cost more, and it would never ring.
   * Source: CloudTrail API Reference, "AdvancedFieldSelector".
   */
  logOwnDataEvents(table: ITable, role: IRole): void {
    if (this.#trail === undefined) return;
    const stack = Stack.of(this);
    const session = stack.formatArn({
      service: "sts",
      region: "",
      resource: "assumed-role",
      resourceName: `${role.roleName}/`,
    });
    const data = (type: string) => [
      { field: "eventCategory", equalTo: ["Data"] },
      { field: "resources.type", equalTo: [type] },
      { field: "readOnly", equalTo: ["false"] },
    ];
    this.#trail.advancedEventSelectors = [
      { name: "all management events", fieldSelectors: [{ field: "eventCategory", equalTo: ["Management"] }] },
      {
        name: "log files that are deleted",
        fieldSelectors: [
          ...data("AWS::S3::Object"),
          { field: "resources.ARN", startsWith: [this.bucket.arnForObjects(this.logs)] },
          { field: "eventName", equalTo: ["DeleteObject"] },
        ],
      },
      {
        // Its records name the bucket, but none of the keys.
        name: "log files that are deleted many at once",
        fieldSelectors: [
          ...data("AWS::S3::Object"),
          { field: "resources.ARN", startsWith: [this.bucket.arnForObjects("")] },
          { field: "eventName", equalTo: ["DeleteObjects"] },
        ],
      },
      {
        name: "items of the ledger that others write",
        fieldSelectors: [
          ...data("AWS::DynamoDB::Table"),
          { field: "resources.ARN", startsWith: [table.tableArn] },
          { field: "userIdentity.arn", notStartsWith: [session] },
        ],
      },
    ];
  }
}
