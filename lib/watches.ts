import { type DeploymentRoles, exceptOwnDeployment, isNotOf, type Pattern } from "./own-deployment.ts";
import {
  anyOf,
  functionArns,
  functionsNamed,
  iamWatchName,
  logsNamed,
  type OwnNames,
  rulesOf,
  startingWith,
} from "./own-names.ts";

/** What is watched for changes, without the functions: one EventBridge rule, one section of docs/runbook.md. */
export interface Watch {
  /** The end of the rule's name. */
  readonly name: string;
  /** The heading in docs/runbook.md, and the first words of the mail. */
  readonly section: string;
  /** The detail of the event, a CloudTrail record. */
  readonly detail: Pattern;
  /** The fields of requestParameters that may name what was changed, as paths. */
  readonly on: readonly string[];
}

/**
 * All that is watched. Calls are met however they name the resource: by name, by ARN, by a part of it, with a version
 * behind it. Calls of data (PutItem, Publish, PutObject) are none of these: EventBridge has them too where a trail logs
 * them, and the functions make them all day.
 * Source: the requests in CloudTrail, as rules/self-protection.yaml has them.
 */
export function watchesOf(own: OwnNames, roles: DeploymentRoles): readonly Watch[] {
  const userIdentity = exceptOwnDeployment(roles);
  const changes = (source: string, eventName: readonly unknown[], requestParameters?: Pattern): Pattern => ({
    eventSource: [source],
    eventName,
    userIdentity,
    ...(requestParameters !== undefined && { requestParameters }),
  });
  const topics = [own.alertTopicArn, own.smsTopicArn, own.healthTopicArn];
  const alarms = startingWith(own.alarmPrefix);
  return [
    {
      name: "functions",
      section: "A function was changed",
      detail: changes(
        "lambda.amazonaws.com",
        startingWith("Add", "Create", "Delete", "Put", "Remove", "Update"),
        anyOf({ functionName: functionsNamed(own), resourceArn: functionArns(own) }),
      ),
      on: ["functionName", "resourceArn"],
    },
    {
      name: "roles",
      section: "A role was changed",
      detail: changes("iam.amazonaws.com", startingWith("Add", "Attach", "Delete", "Detach", "Put", "Update"), {
        // IAM does not tell names apart by case.
        roleName: [
          ...[own.roleName, own.watchRoleName].map((name) => ({ "equals-ignore-case": name })),
          { prefix: { "equals-ignore-case": `${iamWatchName(own.stackName)}-` } },
        ],
      }),
      on: ["roleName"],
    },
    {
      name: "topics",
      section: "A topic or a subscription was changed",
      detail: {
        eventSource: ["sns.amazonaws.com"],
        userIdentity,
        $or: [
          {
            eventName: ["DeleteTopic", "Unsubscribe", ...startingWith("Set", "AddP", "RemoveP", "PutData")],
            requestParameters: anyOf({
              topicArn: topics,
              resourceArn: topics,
              subscriptionArn: topics.map((arn) => ({ prefix: `${arn}:` })),
            }),
          },
          // Of all topics of the account: without a limit to spend, no text message leaves.
          { eventName: ["SetSMSAttributes"] },
        ],
      },
      on: ["topicArn", "resourceArn", "subscriptionArn"],
    },
    {
      name: "schedule",
      section: "The schedule or the watch was changed",
      detail: changes(
        "events.amazonaws.com",
        ["DisableRule", "DeleteRule", "PutRule", "PutTargets", "RemoveTargets"],
        anyOf({ name: rulesOf(own), rule: rulesOf(own) }),
      ),
      on: ["name", "rule"],
    },
    {
      name: "alarms",
      section: "An alarm was changed",
      detail: changes(
        "monitoring.amazonaws.com",
        ["DeleteAlarms", "DisableAlarmActions", "SetAlarmState", ...startingWith("Put")],
        anyOf({ alarmName: alarms, alarmNames: alarms, muteTargets: { alarmNames: alarms } }),
      ),
      on: ["alarmName", "alarmNames[0]", "muteTargets.alarmNames[0]"],
    },
    {
      name: "ledger",
      section: "The ledger was changed",
      detail: changes(
        "dynamodb.amazonaws.com",
        [
          ...startingWith("DeleteTable", "DeleteBackup", "DeleteResourcePolicy", "PutResourcePolicy", "EnableKinesis"),
          ...startingWith(
            "UpdateTable",
            "UpdateTimeToLive",
            "UpdateContinuousBackups",
            "UpdateGlobalTable",
            "CreateGlobal",
          ),
        ],
        anyOf({
          tableName: [own.ledgerTableName, { suffix: `/${own.ledgerTableName}` }],
          globalTableName: [own.ledgerTableName],
          resourceArn: [{ suffix: `/${own.ledgerTableName}` }, { wildcard: `*/${own.ledgerTableName}/*` }],
          backupArn: [{ wildcard: `*/${own.ledgerTableName}/*` }],
        }),
      ),
      on: ["tableName", "globalTableName", "resourceArn", "backupArn"],
    },
    {
      name: "dead-letters",
      section: "The dead-letter queue was changed",
      detail: changes(
        "sqs.amazonaws.com",
        [
          "PurgeQueue",
          "DeleteQueue",
          "SetQueueAttributes",
          "AddPermission",
          "RemovePermission",
          "StartMessageMoveTask",
        ],
        anyOf({
          queueUrl: [{ suffix: `/${own.deadLetterQueueName}` }],
          sourceArn: [{ suffix: `:${own.deadLetterQueueName}` }],
        }),
      ),
      on: ["queueUrl", "sourceArn"],
    },
    {
      name: "bucket",
      section: "The log bucket was changed",
      detail: {
        eventSource: ["s3.amazonaws.com"],
        eventName: startingWith("PutBucket", "DeleteBucket", "PutObjectLock", "UpdateObjectEnc"),
        userIdentity,
        $or: [
          { requestParameters: { bucketName: [own.logBucket] } },
          // An access point has a name of its own; the resources hold the bucket's.
          { resources: { ARN: [{ suffix: `:::${own.logBucket}` }] } },
        ],
      },
      on: ["bucketName"],
    },
    ...keyWatch(own.logKeyArn, userIdentity),
    trailWatch(own, changes),
    {
      name: "logs",
      section: "A log group was changed",
      detail: changes(
        "logs.amazonaws.com",
        [
          ...startingWith("DeleteLog", "PutRetention", "PutLogGroup", "PutData", "PutTransformer"),
          ...startingWith("PutSubscription", "AssociateKms", "DisassociateKms"),
        ],
        anyOf({
          logGroupName: [own.functionLogGroup, own.tickLogGroup],
          logGroupIdentifier: logsNamed(own),
          resourceIdentifier: logsNamed(own),
        }),
      ),
      on: ["logGroupName", "logGroupIdentifier", "resourceIdentifier"],
    },
    stackWatch(own, roles),
  ];
}

/** The key of an adopted bucket's log files. A key of another account or region leaves no event here. */
function keyWatch(logKeyArn: string, userIdentity: Pattern): readonly Watch[] {
  if (logKeyArn === "") return [];
  const id = logKeyArn.slice(logKeyArn.lastIndexOf("/") + 1);
  const named = [id, { suffix: `/${id}` }];
  return [
    {
      name: "key",
      section: "The key of the log files was changed",
      detail: {
        eventSource: ["kms.amazonaws.com"],
        eventName: startingWith(
          ...["DisableKey", "ScheduleKey", "DeleteImported", "PutKeyPolicy", "RevokeGrant", "RetireGrant"],
          ...["UpdateAlias", "DeleteAlias", "UpdatePrimary"],
        ),
        userIdentity,
        $or: [
          // Whoever names it by an alias names it here as well.
          { resources: { ARN: [logKeyArn] } },
          { requestParameters: { keyId: named } },
          { requestParameters: { targetKeyId: named } },
        ],
      },
      on: ["keyId", "targetKeyId", "aliasName"],
    },
  ];
}

/** Which trail writes into an adopted bucket is not known here: each of the account and region is watched then. */
function trailWatch(
  own: OwnNames,
  changes: (source: string, calls: readonly unknown[], on?: Pattern) => Pattern,
): Watch {
  const calls = ["StopLogging", "DeleteTrail", "UpdateTrail", ...startingWith("PutEvent", "PutInsight")];
  const named = [own.trailName, own.trailArn];
  return {
    name: "trail",
    section: "A trail was changed",
    detail: changes(
      "cloudtrail.amazonaws.com",
      calls,
      own.trailName === "" ? undefined : anyOf({ name: named, trailName: named }),
    ),
    on: ["name", "trailName"],
  };
}

/** Changes of the stack ring unless `cdk deploy` makes them; its deletion and what guards it ring whoever it is. */
function stackWatch(own: OwnNames, { deploy }: DeploymentRoles): Watch {
  const names = [own.stackName, iamWatchName(own.stackName)];
  const stackName = names.flatMap((name) => [name, { wildcard: `*:stack/${name}/*` }]);
  const changing = ["UpdateStack", "CreateChangeSet", "ExecuteChangeSet", "RollbackStack"];
  return {
    name: "stack",
    section: "The stack was changed",
    detail: {
      eventSource: ["cloudformation.amazonaws.com"],
      requestParameters: {
        // Turning it on is no harm; only UpdateTerminationProtection has it.
        enableTerminationProtection: [{ exists: false }, false],
        ...anyOf({ stackName, stackIds: stackName, stackDefinitions: { stackName } }),
      },
      $or: [
        { eventName: ["DeleteStack", "SetStackPolicy", "UpdateTerminationProtection", "SignalResource"] },
        { eventName: ["CreateStackRefactor", "ImportStacksToStackSet"] },
        { eventName: [...changing, "CancelUpdateStack", "ContinueUpdateRollback"], userIdentity: isNotOf(deploy) },
      ],
    },
    on: ["stackName", "stackIds[0]"],
  };
}
