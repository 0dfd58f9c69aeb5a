import {
  functionOf,
  functionParameters,
  ingress,
  instancesSet,
  newBucket,
  newCode,
  newRole,
  runInstances,
  word,
} from "../makings.ts";
import { servicesOf } from "../organization.ts";
import { vpcOf } from "./browse.ts";
import type { Change } from "./change.ts";
import { HIDDEN } from "./sign-in.ts";

/** What developers do by hand in the accounts for development. */
export const BY_DEVELOPERS: readonly Change[] = [
  [18, (hand) => newCode(hand)],
  [
    8,
    function* (hand) {
      const functionName = functionOf(hand);
      yield hand.call(
        "lambda:UpdateFunctionConfiguration20150331v2",
        { ...functionParameters(hand, functionName), environment: {}, timeout: 30 },
        { response: { functionName } },
      );
    },
  ],
  [
    14,
    function* (hand) {
      const service = hand.random.pick(servicesOf(hand.account));
      yield hand.call(
        "ecs:UpdateService",
        { cluster: hand.account.name, service, forceNewDeployment: true, desiredCount: 2 },
        { response: { service: { serviceName: service } } },
      );
    },
  ],
  [
    7,
    function* (hand) {
      const name = `/${hand.account.name}/${hand.random.pick(servicesOf(hand.account))}/${word(hand)}`;
      yield hand.call(
        "ssm:PutParameter",
        { name, value: HIDDEN, type: "SecureString", overwrite: true },
        { response: { version: 3, tier: "Standard" } },
      );
    },
  ],
  [
    4,
    function* (hand) {
      yield hand.call("secretsmanager:PutSecretValue", {
        secretId: `${hand.account.name}/${hand.random.pick(servicesOf(hand.account))}/api-key`,
        clientRequestToken: hand.random.uuid(),
      });
    },
  ],
  [
    6,
    function* (hand) {
      yield ingress(
        hand,
        `${hand.caller.sourceIPAddress.includes(":") ? "240.0.0.10" : hand.caller.sourceIPAddress}/32`,
        hand.random.pick([22, 5432, 8080]),
      );
    },
  ],
  [
    4,
    function* (hand) {
      const topicArn = `arn:aws:sns:${hand.region}:${hand.account.id}:${word(hand)}`;
      yield hand.call("sns:CreateTopic", { name: topicArn.split(":").pop() }, { response: { topicArn } });
      yield hand.call(
        "sns:Subscribe",
        { topicArn, protocol: "email", endpoint: HIDDEN },
        { response: { subscriptionArn: "pending confirmation" } },
      );
    },
  ],
  [
    5,
    function* (hand) {
      const queueUrl = `https://sqs.${hand.region}.amazonaws.com/${hand.account.id}/${hand.random.pick(servicesOf(hand.account))}-dlq`;
      yield hand.call("sqs:PurgeQueue", { queueUrl });
    },
  ],
  [
    4,
    function* (hand) {
      const service = hand.random.pick(servicesOf(hand.account));
      yield hand.call("logs:DeleteLogGroup", { logGroupName: `/aws/lambda/${service}-${word(hand)}` });
    },
  ],
  [
    4,
    function* (hand) {
      yield hand.call("lambda:DeleteFunction20150331", {
        functionName: `${hand.random.pick(servicesOf(hand.account))}-${word(hand)}`,
      });
    },
  ],
  [
    4,
    (hand) =>
      newRole(
        hand,
        `${hand.random.pick(servicesOf(hand.account))}-${word(hand)}-role`,
        "lambda.amazonaws.com",
        "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
        "/service-role/",
      ),
  ],
  [3, (hand) => newBucket(hand, `example-${hand.account.name}-${word(hand)}`)],
  [
    3,
    function* (hand) {
      // The wizard proposes a group that lets everybody in at port 22, and not everybody changes that.
      if (hand.random.chance(0.5))
        yield hand.call(
          "ec2:CreateKeyPair",
          { keyName: word(hand), keyType: "ed25519", keyFormat: "pem" },
          {
            response: {
              requestId: hand.random.uuid(),
              keyPairId: `key-0${hand.random.hex(16)}`,
              keyMaterial: "<sensitiveDataRemoved>",
            },
          },
        );
      const groupId = `sg-0${hand.random.hex(16)}`;
      yield hand.call(
        "ec2:CreateSecurityGroup",
        {
          groupName: `launch-wizard-${hand.random.int(1, 40)}`,
          groupDescription: "launch-wizard created",
          vpcId: vpcOf(hand),
        },
        { response: { requestId: hand.random.uuid(), _return: true, groupId } },
      );
      yield ingress(hand, hand.random.chance(0.4) ? "0.0.0.0/0" : `${hand.caller.sourceIPAddress}/32`, 22, groupId);
      yield runInstances(hand, hand.random.pick(["t3.micro", "t3.medium", "t4g.small"]), 1);
    },
  ],
  [
    4,
    function* (hand) {
      yield hand.call("ec2:TerminateInstances", instancesSet(`i-0${hand.random.hex(16)}`), {
        response: { requestId: hand.random.uuid(), ...instancesSet(`i-0${hand.random.hex(16)}`) },
      });
    },
  ],
  [
    3,
    function* (hand) {
      const stackName = `${hand.random.pick(servicesOf(hand.account))}-${word(hand)}`;
      yield hand.call("cloudformation:DeleteStack", {
        stackName: `arn:aws:cloudformation:${hand.region}:${hand.account.id}:stack/${stackName}/${hand.random.uuid()}`,
      });
    },
  ],
  [
    3,
    function* (hand) {
      const rule = `${hand.random.pick(servicesOf(hand.account))}-schedule`;
      yield hand.call(hand.random.chance(0.5) ? "events:DisableRule" : "events:EnableRule", {
        name: rule,
        eventBusName: "default",
      });
    },
  ],
  [
    3,
    function* (hand) {
      yield hand.call("dynamodb:DeleteTable", {
        tableName: `${hand.random.pick(servicesOf(hand.account))}-${word(hand)}`,
      });
    },
  ],
  [
    3,
    function* (hand) {
      yield hand.call("apigateway:CreateDeployment", {
        restApiId: hand.random.hex(10),
        createDeploymentInput: { stageName: "dev" },
      });
    },
  ],
];
