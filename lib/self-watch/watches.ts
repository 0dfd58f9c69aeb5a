import { watchPrefix } from "../../lambda/core/rules/self.ts";
import { type DeploymentRoles, exceptOwnDeployment, type Pattern } from "./own-deployment.ts";
import {
  anyOf,
  functionArns,
  functionsNamed,
  guardName,
  iamWatchName,
  inAnyCase,
  logsNamed,
  type OwnNames,
  rolesOfStack,
  startingWith,
} from "./own-names.ts";
import { keyWatch, stackWatch, trailWatch } from "./source-watches.ts";
import { topicsInRules } from "./topics-in-rules.ts";
import type { Watch } from "./watch.ts";
import { onRoles, onRules, onTopics } from "./watched-calls.ts";

/**
 * All that is watched, but for what the watch itself consists of (guardOf). Calls are met however they name the resource:
 * by name, by ARN, by a part of it, with a version behind it. Calls of data (PutItem, Publish, PutObject) are none of
 * these: EventBridge has them too where a trail logs them, and the functions make them all day.
 * Source: the requests in CloudTrail, as rules/self-protection.yaml has them.
 */
export function watchesOf(own: OwnNames, roles: DeploymentRoles): readonly Watch[] {
  const userIdentity = exceptOwnDeployment(roles);
  const changes = (source: string, eventName: readonly unknown[], requestParameters: Pattern): Pattern => ({
    eventSource: [source],
    eventName,
    userIdentity,
    requestParameters,
  });
  const [firstTopics, ...moreTopics] = topicsInRules(own);
  const topics = onTopics(firstTopics);
  const ownRoles = onRoles([
    inAnyCase(own.roleName),
    inAnyCase(own.guardRoleName),
    rolesOfStack(iamWatchName(own.stackName)),
    // Whoever has these can change everything without a word from the watch.
    inAnyCase(roles.executionName),
    inAnyCase(roles.deployName),
  ]);
  const rules = onRules([
    own.scheduleName,
    guardName(own.stackName),
    ...(own.arrivalRule === undefined ? [] : [own.arrivalRule]),
  ]);
  const alarms = startingWith(own.alarmPrefix);
  return [
    {
      name: "functions",
      section: "A function was changed",
      severity: "critical",
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
      severity: "critical",
      detail: { ...ownRoles.pattern, userIdentity },
      on: ownRoles.on,
    },
    {
      ...TOPICS,
      detail: {
        userIdentity,
        // The limit for text messages is shared by all topics of the account: if it is gone, none is sent.
        $or: [topics.pattern, { eventSource: ["sns.amazonaws.com"], eventName: ["SetSMSAttributes"] }],
      },
      on: topics.on,
    },
    ...moreTopics.map(onTopics).map(
      ({ pattern, on }, i): Watch => ({
        ...TOPICS,
        name: `${TOPICS.name}-${i + 2}`,
        detail: { ...pattern, userIdentity },
        on,
      }),
    ),
    {
      name: "schedule",
      section: "The schedule or the guard was changed",
      severity: "critical",
      detail: {
        userIdentity,
        // One's own key encrypts a bus's rules; without the key they match nothing.
        $or: [
          rules.pattern,
          {
            eventSource: ["events.amazonaws.com"],
            eventName: ["UpdateEventBus"],
            requestParameters: { name: ["default", { suffix: ":event-bus/default" }] },
          },
        ],
      },
      on: rules.on,
    },
    {
      name: "alarms",
      section: "An alarm was changed",
      severity: "high",
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
      severity: "high",
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
      severity: "high",
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
      severity: "critical",
      detail: {
        eventSource: ["s3.amazonaws.com"],
        eventName: startingWith("PutBucket", "DeleteBucket", "PutObjectLock", "UpdateObjectEnc"),
        userIdentity,
        $or: [
          { requestParameters: { bucketName: [own.logBucket] } },
          // An access point has its own name; the resources hold the bucket's.
          { resources: { ARN: [{ suffix: `:::${own.logBucket}` }] } },
        ],
      },
      on: ["bucketName"],
    },
    ...keyWatch(own, userIdentity),
    trailWatch(own, userIdentity),
    {
      name: "logs",
      section: "A log group was changed",
      severity: "high",
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

const TOPICS = { name: "topics", section: "A topic or a subscription was changed", severity: "critical" } as const;

/**
 * The parts of the watch: its topics, its role, its rules. Another rule with another role tells of them over another
 * topic, because an event comes some seconds after the call, when whatever the call disabled can no longer tell of
 * anything.
 */
export function guardOf(own: OwnNames, roles: DeploymentRoles): Watch {
  const guarded = [
    onTopics([own.healthTopicArn, own.healthSmsTopicArn]),
    onRoles([inAnyCase(own.watchRoleName)]),
    onRules(startingWith(watchPrefix(own.stackName))),
  ];
  return {
    name: "guard",
    section: "The watch was changed",
    severity: "critical",
    detail: { userIdentity: exceptOwnDeployment(roles), $or: guarded.map(({ pattern }) => pattern) },
    on: guarded.flatMap(({ on }) => on),
  };
}
