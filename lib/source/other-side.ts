import type { Stack } from "aws-cdk-lib";
import { LOG_SUFFIX } from "../../lambda/core/envelope/log-object.ts";
import { encodedFilter } from "../../lambda/core/health/notification.ts";
import type { Settings } from "../settings.ts";
import { NEW_TRAIL } from "../settings.ts";
import { keysBelow } from "./announcement.ts";
import { keyStatements, type TrailName } from "./new-trail.ts";
import { topicOf } from "./source-settings.ts";

/** The names in what the other side has to add. */
export interface OwnSide {
  readonly roleArn: string;
  /** The roles of the self-watch, which publish as well. */
  readonly watchRoleArn: string;
  readonly guardRoleArn: string;
  readonly alerterName: string;
  readonly alerterArn: string;
  readonly bucket: string;
  /** How the keys of log files begin. */
  readonly logs: string;
  readonly trail: TrailName | undefined;
}

type Json = { readonly [name: string]: unknown };

/** What one output carries. */
export interface OtherPart {
  readonly json: Json | readonly Json[];
  /** In this account there is nothing to add: its own role's policy suffices. */
  readonly unlessIn?: string;
}

type Parts = { readonly [output: string]: OtherPart };

/**
 * What has to be set where the stack does not reach: in another account or region, in the policy of a key or a topic
 * that is somebody's own. JSON by the name of the output that carries it; each is ready to be added to what is there.
 */
export function otherSide(stack: Stack, settings: Settings, own: OwnSide): Parts {
  return {
    ...readingOf(stack, settings, own),
    ...announcingOf(stack, settings, own),
    ...(settings.source === NEW_TRAIL && settings.logKey !== undefined && settings.logKey !== "new" && own.trail
      ? { OtherKeyPolicy: { json: keyStatements(own.trail.arn, stack).map((one) => one.toStatementJson() as Json) } }
      : {}),
    ...topicsOf(stack, settings, own),
  };
}

function readingOf(stack: Stack, settings: Settings, own: OwnSide): Parts {
  const { bucketAccount, bucketRegion, readRole, logKey } = settings;
  const bucketArn = `arn:${stack.partition}:s3:::${own.bucket}`;
  const reads = [
    { Effect: "Allow", Action: ["s3:GetObject", "s3:GetObjectVersion"], Resource: `${bucketArn}/${own.logs}*` },
    {
      Effect: "Allow",
      Action: "s3:ListBucket",
      Resource: bucketArn,
      Condition: { StringLike: { "s3:prefix": `${own.logs}*` } },
    },
  ];
  const through = { StringEquals: { "kms:ViaService": `s3.${bucketRegion ?? stack.region}.${stack.urlSuffix}` } };
  const decrypts = { Effect: "Allow", Action: "kms:Decrypt", Condition: through };
  if (readRole !== undefined) {
    const statements = [...reads, ...(logKey === undefined ? [] : [{ ...decrypts, Resource: logKey }])];
    return {
      OtherRoleTrust: {
        json: policy([{ Effect: "Allow", Principal: { AWS: own.roleArn }, Action: "sts:AssumeRole" }]),
      },
      OtherRolePolicy: { json: policy(statements) },
    };
  }
  if (bucketAccount === undefined) return {};
  const Principal = { AWS: own.roleArn };
  const [gets, lists] = reads;
  return {
    OtherBucketPolicy: {
      json: [
        { Sid: "TrailbellReads", Principal, ...gets },
        { Sid: "TrailbellLists", Principal, ...lists },
      ],
    },
    ...(logKey !== undefined && {
      OtherKeyPolicy: { json: [{ Sid: "TrailbellDecrypts", Principal, ...decrypts, Resource: "*" }] },
    }),
  };
}

function announcingOf(stack: Stack, settings: Settings, own: OwnSide): Parts {
  const { announcedBy, bucketAccount, bucketRegion } = settings;
  const topic = topicOf(announcedBy);
  if (topic !== undefined) {
    return { OtherTopicPolicy: { json: [subscribeStatement(topic.arn, stack, own)], unlessIn: topic.account } };
  }
  if (announcedBy === "eventbridge" && (bucketAccount !== undefined || bucketRegion !== undefined)) {
    const bus = stack.formatArn({ service: "events", resource: "event-bus", resourceName: "default" });
    const json = {
      EventPattern: {
        source: ["aws.s3"],
        "detail-type": ["Object Created"],
        detail: { bucket: { name: [own.bucket] }, object: { key: keysBelow(own.logs) } },
      },
      Target: bus,
      RoleTrust: policy([
        { Effect: "Allow", Principal: { Service: "events.amazonaws.com" }, Action: "sts:AssumeRole" },
      ]),
      RolePolicy: policy([{ Effect: "Allow", Action: "events:PutEvents", Resource: bus }]),
    };
    return { OtherEventRule: { json } };
  }
  if (announcedBy === "s3" && bucketAccount !== undefined) {
    const FilterRules = [
      { Name: "prefix", Value: encodedFilter(own.logs) },
      { Name: "suffix", Value: LOG_SUFFIX },
    ];
    const json = {
      Id: `${stack.stackName}-log-files`,
      LambdaFunctionArn: own.alerterArn,
      Events: ["s3:ObjectCreated:*"],
      Filter: { Key: { FilterRules } },
    };
    return { OtherNotification: { json } };
  }
  return {};
}

/** Lets this account subscribe the function, and nothing else, to a topic of another account. */
function subscribeStatement(topicArn: string, { partition, account, stackName }: Stack, own: OwnSide): Json {
  return {
    Sid: `${stackName.replace(/[^A-Za-z0-9]/g, "")}Subscribes`,
    Effect: "Allow",
    Principal: { AWS: `arn:${partition}:iam::${account}:root` },
    Action: "sns:Subscribe",
    Resource: topicArn,
    Condition: {
      StringEquals: { "sns:Protocol": "lambda" },
      StringLike: { "sns:Endpoint": `*:function:${own.alerterName}` },
    },
  };
}

function topicsOf({ account }: Stack, settings: Settings, own: OwnSide): Parts {
  const { alertTopic, healthTopic, topicKey, routes } = settings;
  const alarms = {
    Effect: "Allow",
    Principal: { Service: "cloudwatch.amazonaws.com" },
    Condition: { StringEquals: { "aws:SourceAccount": account } },
  };
  const uses = (Resource: string, ...watching: readonly string[]): readonly Json[] => [
    {
      Sid: "TrailbellPublishes",
      Effect: "Allow",
      Principal: { AWS: [own.roleArn, ...watching] },
      Action: "sns:Publish",
      Resource,
    },
    // The hourly look.
    {
      Sid: "TrailbellLooks",
      Effect: "Allow",
      Principal: { AWS: own.roleArn },
      Action: "sns:ListSubscriptionsByTopic",
      Resource,
    },
  ];
  const given = [...new Set([alertTopic, ...routes.map(({ topic }) => topic)])].filter((topic) => topic !== undefined);
  const [owner, ...owners] = new Set(given.map((topic) => topic.split(":")[4] ?? ""));
  const encrypts = { ...alarms, Action: ["kms:GenerateDataKey*", "kms:Decrypt"], Resource: "*" };
  return {
    ...(owner !== undefined && {
      OtherAlertTopicPolicy: {
        json: given.flatMap((topic) => (topic === alertTopic ? uses(topic, own.guardRoleArn) : uses(topic))),
        ...(owners.length === 0 && { unlessIn: owner }),
      },
    }),
    ...(healthTopic !== undefined && {
      OtherHealthTopicPolicy: {
        json: [
          { Sid: "TrailbellAlarmsPublish", ...alarms, Action: "sns:Publish", Resource: healthTopic },
          ...uses(healthTopic, own.watchRoleArn),
        ],
      },
      ...(topicKey !== undefined && {
        OtherTopicKeyPolicy: { json: [{ Sid: "TrailbellAlarmsEncrypt", ...encrypts }] },
      }),
    }),
  };
}

function policy(Statement: readonly Json[]): Json {
  return { Version: "2012-10-17", Statement };
}
