import { Duration, RemovalPolicy, Stack } from "aws-cdk-lib";
import { CfnTrail } from "aws-cdk-lib/aws-cloudtrail";
import type { ITable } from "aws-cdk-lib/aws-dynamodb";
import { type IRole, PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { type IKey, Key } from "aws-cdk-lib/aws-kms";
import { BlockPublicAccess, Bucket, BucketEncryption, type IBucket, StorageClass } from "aws-cdk-lib/aws-s3";
import type { Construct } from "constructs";
import type { Settings } from "../settings.ts";
import { type EventSelector, type OwnResources, withoutOwn } from "./selectors.ts";

/** What an own trail consists of. */
export interface TrailName {
  readonly name: string;
  readonly arn: string;
}

/** What the alerter works with, which a trail's data events leave out. */
export interface OwnWork {
  readonly table: ITable;
  readonly role: IRole;
  readonly functions: readonly string[];
  readonly topics: readonly string[];
  readonly queue: string;
}

/** A trail of our own with its bucket and, if wanted, its key. */
export class NewTrail {
  readonly bucket: Bucket;
  readonly key: IKey | undefined;
  readonly #trail: CfnTrail;
  readonly #accessLogBucket: IBucket;
  readonly #settings: Settings;

  /** `scope` is the source: the ids of what is made are part of a deployed stack. */
  constructor(scope: Construct, settings: Settings, trail: TrailName, accessLogBucket: IBucket) {
    this.#settings = settings;
    this.#accessLogBucket = accessLogBucket;
    this.bucket = newBucket(scope, settings, accessLogBucket);
    this.key = keyOf(scope, settings, trail);
    this.#admitTrail(trail);
    this.#trail = new CfnTrail(scope, "Trail", {
      trailName: trail.name,
      s3BucketName: this.bucket.bucketName,
      isLogging: true,
      isMultiRegionTrail: true,
      includeGlobalServiceEvents: true,
      enableLogFileValidation: true,
      ...(settings.organizationTrail && { isOrganizationTrail: true }),
      ...(this.key !== undefined && { kmsKeyId: this.key.keyArn }),
      ...(settings.insights && {
        insightSelectors: [{ insightType: "ApiCallRateInsight" }, { insightType: "ApiErrorRateInsight" }],
      }),
    });
    if (this.bucket.policy !== undefined) this.#trail.node.addDependency(this.bucket.policy);
  }

  /** Source: CloudTrail User Guide, "Amazon S3 bucket policy for CloudTrail", and the same for an organization. */
  #admitTrail({ arn }: TrailName): void {
    const { organizationTrail, organization } = this.#settings;
    const cloudTrail = new ServicePrincipal("cloudtrail.amazonaws.com");
    const fromTrail = { "aws:SourceArn": arn };
    this.bucket.addToResourcePolicy(
      new PolicyStatement({
        actions: ["s3:GetBucketAcl"],
        principals: [cloudTrail],
        resources: [this.bucket.bucketArn],
        conditions: { StringEquals: fromTrail },
      }),
    );
    const owners = [Stack.of(this.bucket).account, ...(organizationTrail && organization ? [organization] : [])];
    this.bucket.addToResourcePolicy(
      new PolicyStatement({
        actions: ["s3:PutObject"],
        principals: [cloudTrail],
        resources: owners.map((owner) => this.bucket.arnForObjects(`AWSLogs/${owner}/*`)),
        conditions: { StringEquals: { ...fromTrail, "s3:x-amz-acl": "bucket-owner-full-control" } },
      }),
    );
  }

  /**
   * Has the trail record data events besides all management events: those that the settings ask for, and who deletes
   * log files or writes to the ledger's table. What the alerter does itself is left out: each alert would cost more,
   * and it would never ring.
   * Source: CloudTrail API Reference, "AdvancedFieldSelector".
   */
  logDataEvents(own: OwnWork, logs: string): void {
    const { ownDataEvents, dataEvents = [] } = this.#settings;
    if (!ownDataEvents && dataEvents.length === 0) return;
    const ownResources: OwnResources = {
      "AWS::S3::Object": [this.bucket, this.#accessLogBucket].map((bucket) => bucket.arnForObjects("")),
      "AWS::DynamoDB::Table": [own.table.tableArn],
      "AWS::Lambda::Function": own.functions,
      "AWS::SNS::Topic": own.topics,
      "AWS::SQS::Queue": [own.queue],
    };
    this.#trail.advancedEventSelectors = [
      { name: "all management events", fieldSelectors: [{ field: "eventCategory", equalTo: ["Management"] }] },
      ...(ownDataEvents ? this.#ownSelectors(own, logs) : []),
      ...(dataEvents as readonly EventSelector[]).map((selector) => asProperty(withoutOwn(selector, ownResources))),
    ];
  }

  #ownSelectors({ table, role }: OwnWork, logs: string) {
    const session = Stack.of(this.bucket).formatArn({
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
    return [
      {
        name: "log files that are deleted",
        fieldSelectors: [
          ...data("AWS::S3::Object"),
          { field: "resources.ARN", startsWith: [this.bucket.arnForObjects(logs)] },
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

/** Where access to a bucket of ours is logged. */
export function newAccessLogBucket(scope: Construct): IBucket {
  return new Bucket(scope, "AccessLogBucket", {
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    encryption: BucketEncryption.S3_MANAGED,
    enforceSSL: true,
    removalPolicy: RemovalPolicy.RETAIN,
    lifecycleRules: [{ expiration: Duration.days(90) }],
  });
}

function newBucket(scope: Construct, settings: Settings, serverAccessLogsBucket: IBucket): Bucket {
  const { logExpiryDays, archiveAfterDays } = settings;
  return new Bucket(scope, "LogBucket", {
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    encryption: BucketEncryption.S3_MANAGED,
    enforceSSL: true,
    versioned: true,
    removalPolicy: RemovalPolicy.RETAIN,
    lifecycleRules: [
      {
        expiration: Duration.days(logExpiryDays),
        noncurrentVersionExpiration: Duration.days(30),
        abortIncompleteMultipartUploadAfter: Duration.days(7),
        // Readable at once, so that a replay and Athena still find everything.
        ...(archiveAfterDays !== undefined && {
          transitions: [
            {
              storageClass: StorageClass.GLACIER_INSTANT_RETRIEVAL,
              transitionAfter: Duration.days(archiveAfterDays),
            },
          ],
        }),
      },
    ],
    serverAccessLogsBucket,
  });
}

/** The key of a new trail: a new one with what CloudTrail needs, or one that exists, whose policy is its owner's. */
function keyOf(scope: Construct, { logKey }: Settings, trail: TrailName): IKey | undefined {
  if (logKey === undefined) return undefined;
  if (logKey !== "new") return Key.fromKeyArn(scope, "LogKey", logKey);
  const key = new Key(scope, "LogKey", {
    description: "Encrypts the log files and digests of Trailbell's trail",
    enableKeyRotation: true,
    // Without it nobody can read a log file any more.
    removalPolicy: RemovalPolicy.RETAIN,
  });
  for (const statement of keyStatements(trail.arn, Stack.of(scope))) key.addToResourcePolicy(statement);
  return key;
}

/**
 * What CloudTrail needs of a key to encrypt log files and digests.
 * Source: CloudTrail User Guide, "Configure AWS KMS key policies for CloudTrail".
 */
export function keyStatements(trailArn: string, { account, partition }: Stack): readonly PolicyStatement[] {
  const principals = [new ServicePrincipal("cloudtrail.amazonaws.com")];
  const fromTrail = { "aws:SourceArn": trailArn };
  return [
    new PolicyStatement({
      sid: "CloudTrailEncrypts",
      principals,
      actions: ["kms:GenerateDataKey*"],
      resources: ["*"],
      conditions: {
        StringEquals: fromTrail,
        StringLike: {
          "kms:EncryptionContext:aws:cloudtrail:arn": `arn:${partition}:cloudtrail:*:${account}:trail/*`,
        },
      },
    }),
    new PolicyStatement({
      sid: "CloudTrailLooks",
      principals,
      actions: ["kms:DescribeKey"],
      resources: ["*"],
      conditions: { StringEquals: fromTrail },
    }),
  ];
}

/** CDK calls the operator `Equals` otherwise. */
function asProperty({
  fieldSelectors,
  ...rest
}: ReturnType<typeof withoutOwn>): CfnTrail.AdvancedEventSelectorProperty {
  return {
    ...rest,
    fieldSelectors: fieldSelectors.map(({ equals, ...others }: { field: string; [operator: string]: unknown }) => ({
      ...others,
      ...(equals !== undefined && { equalTo: equals as string[] }),
    })),
  } as CfnTrail.AdvancedEventSelectorProperty;
}
