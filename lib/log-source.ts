import { Stack } from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { type IKey, Key } from "aws-cdk-lib/aws-kms";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import { Bucket, CfnBucket, type IBucket } from "aws-cdk-lib/aws-s3";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { acknowledge } from "./acknowledge.ts";
import { NEW_TRAIL, type Settings } from "./settings.ts";
import { announce } from "./source/announcement.ts";
import { NewTrail, newAccessLogBucket, type OwnWork } from "./source/new-trail.ts";
import { shownName } from "./tokens.ts";

/** The bucket that holds the log files, made with a trail of its own or adopted, and the way from it to the function. */
export class LogSource extends Construct {
  readonly bucket: IBucket;
  /** Where access to a bucket of ours is logged. */
  readonly accessLogBucket: IBucket | undefined;
  /** The trail that was made; undefined if the bucket was adopted. */
  readonly trail: { readonly name: string; readonly arn: string } | undefined;
  readonly #settings: Settings;
  readonly #newTrail: NewTrail | undefined;
  readonly #key: IKey | undefined;

  constructor(scope: Construct, id: string, settings: Settings) {
    super(scope, id);
    this.#settings = settings;
    if (settings.source === NEW_TRAIL) {
      // The bucket's policy names the trail and the trail waits for the policy, so the name cannot be left to CloudFormation.
      const stack = Stack.of(this);
      const name = `${stack.stackName}-trail`;
      this.trail = { name, arn: stack.formatArn({ service: "cloudtrail", resource: "trail", resourceName: name }) };
      this.accessLogBucket = newAccessLogBucket(this);
      this.#newTrail = new NewTrail(this, settings, this.trail, this.accessLogBucket);
      this.bucket = this.#newTrail.bucket;
      this.#key = this.#newTrail.key;
    } else {
      this.bucket = Bucket.fromBucketName(this, "LogBucket", settings.source);
      this.#key = settings.logKey === undefined ? undefined : Key.fromKeyArn(this, "LogKey", settings.logKey);
    }
  }

  /** The beginning of every log file's key. */
  get logs(): string {
    const { source, prefix } = this.#settings;
    return source === NEW_TRAIL || prefix === undefined ? "AWSLogs/" : `${prefix}/AWSLogs/`;
  }

  /** What is before the account in a log file's key: an organization's trail has a folder of its own. */
  get records(): string {
    const { organization, organizationTrail, source } = this.#settings;
    const hasFolder = source === NEW_TRAIL ? organizationTrail : organization !== undefined;
    return !hasFolder ? this.logs : `${this.logs}${organization}/`;
  }

  /** The ARN of the key of the log files; empty without one. */
  get keyArn(): string {
    return this.#key?.keyArn ?? "";
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
    const { readRole } = this.#settings;
    if (readRole !== undefined) {
      // What it may read is said where the role is.
      reader.addToRolePolicy(new PolicyStatement({ actions: ["sts:AssumeRole"], resources: [readRole] }));
      return;
    }
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
    this.#key?.grantDecrypt(reader);
  }

  /** Invokes a function for each new log file. */
  notify(reader: IFunction, deadLetters: IQueue): void {
    announce(this, this.#settings, this.bucket, this.logs, reader, deadLetters);
  }

  /** Has our own trail record data events, if the settings ask for some. */
  logDataEvents(own: OwnWork): void {
    this.#newTrail?.logDataEvents(own, this.logs);
  }
}
