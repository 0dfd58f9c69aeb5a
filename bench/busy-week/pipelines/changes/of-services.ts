import type { Act } from "../../act.ts";
import type { Hand } from "../../hand.ts";
import { functionParameters } from "../../makings.ts";
import { accountNamed, HOME } from "../../organization.ts";
import { serviceOf } from "./service-of.ts";

/** A new image of a service runs in ECS. */
export function* serviceReleased(hand: Hand): Generator<Act> {
  const service = serviceOf(hand);
  const image = `${accountNamed("shared-services").id}.dkr.ecr.${HOME}.amazonaws.com/${service}:${hand.random.hex(7)}`;
  yield hand.call(
    "ecs:RegisterTaskDefinition",
    {
      family: service,
      containerDefinitions: [
        {
          name: service,
          image,
          cpu: 256,
          memory: 512,
          essential: true,
          environment: [],
          portMappings: [{ containerPort: 8080 }],
        },
      ],
      taskRoleArn: `arn:aws:iam::${hand.account.id}:role/${service}-task`,
    },
    { response: { taskDefinition: { family: service, revision: hand.random.int(10, 400) } } },
  );
  yield hand.call(
    "ecs:UpdateService",
    { cluster: hand.account.name, service, taskDefinition: service },
    { response: { service: { serviceName: service } } },
  );
  for (let i = 0; i < 8; i++)
    yield hand.call("ecs:DescribeServices", { cluster: hand.account.name, services: [service] });
  yield hand.call("ecs:DeregisterTaskDefinition", { taskDefinition: `${service}:${hand.random.int(10, 400)}` });
}

/** A function gets new code and a new layer. */
export function* functionReleased(hand: Hand): Generator<Act> {
  const functionName = `${serviceOf(hand)}-worker`;
  yield hand.call(
    "lambda:UpdateFunctionCode20150331v2",
    {
      ...functionParameters(hand, functionName),
      publish: false,
      dryRun: false,
      s3Bucket: `example-${hand.account.name}-artifacts`,
      s3Key: `${functionName}.zip`,
    },
    { response: { functionName } },
  );
  yield hand.call(
    "lambda:UpdateFunctionConfiguration20150331v2",
    {
      ...functionParameters(hand, functionName),
      environment: {},
      layers: [`arn:aws:lambda:${hand.region}:${hand.account.id}:layer:common:${hand.random.int(3, 60)}`],
    },
    { response: { functionName } },
  );
}

/** A topic, and a queue that is subscribed to it. */
export function* queueMade(hand: Hand): Generator<Act> {
  const name = `${serviceOf(hand)}-${hand.random.hex(4)}`;
  const queueArn = `arn:aws:sqs:${hand.region}:${hand.account.id}:${name}`;
  const topicArn = `arn:aws:sns:${hand.region}:${hand.account.id}:${name}`;
  yield hand.call("sns:CreateTopic", { name, attributes: {} }, { response: { topicArn } });
  yield hand.call(
    "sqs:CreateQueue",
    {
      queueName: name,
      attributes: {
        Policy: JSON.stringify({
          Statement: [
            {
              Effect: "Allow",
              Principal: { Service: "sns.amazonaws.com" },
              Action: "sqs:SendMessage",
              Resource: queueArn,
              Condition: { ArnEquals: { "aws:SourceArn": topicArn } },
            },
          ],
        }),
      },
    },
    { response: { queueUrl: `https://sqs.${hand.region}.amazonaws.com/${hand.account.id}/${name}` } },
  );
  yield hand.call("sns:Subscribe", { topicArn, protocol: "sqs", endpoint: queueArn });
}

/** An alarm of CloudWatch. */
export function* alarmSet(hand: Hand): Generator<Act> {
  yield hand.call("cloudwatch:PutMetricAlarm", {
    alarmName: `${serviceOf(hand)}-latency`,
    threshold: 2,
    period: 300,
    evaluationPeriods: 3,
  });
}

/** A schedule that invokes a function. */
export function* scheduleMade(hand: Hand): Generator<Act> {
  const ruleName = `${serviceOf(hand)}-schedule`;
  yield hand.call(
    "events:PutRule",
    { name: ruleName, scheduleExpression: "rate(1 hour)", state: "ENABLED" },
    { response: { ruleArn: `arn:aws:events:${hand.region}:${hand.account.id}:rule/${ruleName}` } },
  );
  yield hand.call("events:PutTargets", {
    rule: ruleName,
    targets: [
      {
        id: "function",
        arn: `arn:aws:lambda:${hand.region}:${hand.account.id}:function:${serviceOf(hand)}-worker`,
      },
    ],
  });
  yield hand.call("lambda:AddPermission20150331v2", {
    functionName: `${serviceOf(hand)}-worker`,
    statementId: ruleName,
    action: "lambda:InvokeFunction",
    principal: "events.amazonaws.com",
    sourceArn: `arn:aws:events:${hand.region}:${hand.account.id}:rule/${ruleName}`,
  });
}

/** A new launch template, and the machines that come of it. */
export function* templateChanged(hand: Hand): Generator<Act> {
  yield hand.call("ec2:CreateLaunchTemplateVersion", {
    CreateLaunchTemplateVersionRequest: {
      LaunchTemplateName: `${hand.account.name}-workers`,
      LaunchTemplateData: {
        InstanceType: "m7g.large",
        UserData: "<sensitiveDataRemoved>",
        MetadataOptions: { HttpTokens: "required" },
      },
    },
  });
  yield hand.call("autoscaling:StartInstanceRefresh", { autoScalingGroupName: `${hand.account.name}-workers` });
}

/** What is no longer needed goes. */
export function* leftoversRemoved(hand: Hand): Generator<Act> {
  for (const suffix of ["consumer", "fanout", "cron"])
    yield hand.call("lambda:DeleteFunction20150331", { functionName: `${serviceOf(hand)}-${suffix}` });
  const bucketName = `example-${hand.account.name}-${serviceOf(hand)}-${hand.random.hex(6)}`;
  yield hand.call(
    "s3:DeleteBucket",
    { bucketName },
    { resources: [["AWS::S3::Bucket", `arn:aws:s3:::${bucketName}`]] },
  );
  yield hand.call("iam:DeleteRolePolicy", { roleName: `${serviceOf(hand)}-cron`, policyName: "task" });
  yield hand.call("iam:DeleteRole", { roleName: `${serviceOf(hand)}-cron` });
  yield hand.call("logs:DeleteLogGroup", { logGroupName: `/aws/lambda/${serviceOf(hand)}-cron` });
}
