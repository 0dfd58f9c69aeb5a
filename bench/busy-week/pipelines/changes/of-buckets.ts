import type { Act } from "../../act.ts";
import type { Hand } from "../../hand.ts";
import { newBucket } from "../../makings.ts";
import { accountNamed, lastingHex } from "../../organization.ts";
import { serviceOf } from "./service-of.ts";

/** Only over TLS, and objects to CloudFront: what most buckets' policies say. */
function bucketPolicy({ account }: Hand, bucketName: string, more: readonly unknown[] = []) {
  const objects = [`arn:aws:s3:::${bucketName}`, `arn:aws:s3:::${bucketName}/*`];
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "OnlyTls",
        Effect: "Deny",
        Principal: "*",
        Action: "s3:*",
        Resource: objects,
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
      {
        Effect: "Allow",
        Principal: { Service: "cloudfront.amazonaws.com" },
        Action: "s3:GetObject",
        Resource: objects[1],
        Condition: {
          StringEquals: {
            "AWS:SourceArn": `arn:aws:cloudfront::${account.id}:distribution/E${lastingHex(13, account.name).toUpperCase()}`,
          },
        },
      },
      ...more,
    ],
  };
}

function* setBucketPolicy(hand: Hand, bucketName: string, more: readonly unknown[] = []): Generator<Act> {
  yield hand.call(
    "s3:PutBucketPolicy",
    {
      bucketName,
      Host: `${bucketName}.s3.${hand.region}.amazonaws.com`,
      policy: "",
      bucketPolicy: bucketPolicy(hand, bucketName, more),
    },
    { resources: [["AWS::S3::Bucket", `arn:aws:s3:::${bucketName}`]] },
  );
}

/** A bucket with versions, a policy and a lifecycle. */
export function* bucketMade(hand: Hand): Generator<Act> {
  const bucketName = `example-${hand.account.name}-${serviceOf(hand)}-${hand.random.hex(6)}`;
  yield* newBucket(hand, bucketName);
  const resources = [["AWS::S3::Bucket", `arn:aws:s3:::${bucketName}`]] as const;
  yield hand.call(
    "s3:PutBucketVersioning",
    { bucketName, versioning: "", VersioningConfiguration: { Status: "Enabled" } },
    { resources },
  );
  yield* setBucketPolicy(hand, bucketName);
  yield hand.call(
    "s3:PutBucketLifecycle",
    {
      bucketName,
      lifecycle: "",
      LifecycleConfiguration: { Rule: { ID: "old", Status: "Enabled", Expiration: { Days: 90 } } },
    },
    { resources },
  );
}

/** The data team may read from a bucket, in its own account. */
export function* bucketShared(hand: Hand): Generator<Act> {
  yield* setBucketPolicy(hand, `example-${hand.account.name}-assets-${hand.account.id.slice(-4)}`, [
    {
      Sid: "Data",
      Effect: "Allow",
      Principal: { AWS: `arn:aws:iam::${accountNamed("data-prod").id}:role/glue-job` },
      Action: ["s3:GetObject", "s3:ListBucket"],
      Resource: [
        `arn:aws:s3:::example-${hand.account.name}-assets-${hand.account.id.slice(-4)}`,
        `arn:aws:s3:::example-${hand.account.name}-assets-${hand.account.id.slice(-4)}/*`,
      ],
    },
  ]);
}
