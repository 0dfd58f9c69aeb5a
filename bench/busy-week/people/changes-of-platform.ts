import { groupOf, ingress, instancesSet, items } from "../makings.ts";
import { instancesOf, servicesOf } from "../organization.ts";
import type { Change } from "./change.ts";
import { HIDDEN } from "./sign-in.ts";

/** What the platform's people do by hand, in any account. */
export const BY_PLATFORM: readonly Change[] = [
  [
    14,
    function* (hand) {
      const id = hand.random.pick(instancesOf(hand.account));
      yield hand.call(
        "ssm:SendCommand",
        { instanceIds: [id], documentName: "AWS-RunShellScript", parameters: HIDDEN, interactive: false },
        {
          response: {
            command: {
              commandId: hand.random.uuid(),
              documentName: "AWS-RunShellScript",
              instanceIds: [id],
              status: "Pending",
            },
          },
        },
      );
      yield hand.call("ssm:GetCommandInvocation", { commandId: hand.random.uuid(), instanceId: id });
    },
  ],
  [
    10,
    function* (hand) {
      yield hand.call("ec2:TerminateInstances", instancesSet(hand.random.pick(instancesOf(hand.account))), {
        response: { requestId: hand.random.uuid() },
      });
    },
  ],
  [
    10,
    function* (hand) {
      yield hand.call("autoscaling:UpdateAutoScalingGroup", {
        autoScalingGroupName: `${hand.account.name}-workers`,
        desiredCapacity: hand.random.int(2, 8),
        maxSize: 12,
      });
    },
  ],
  [
    8,
    function* (hand) {
      yield hand.call("route53:ChangeResourceRecordSets", {
        hostedZoneId: "Z0123456789ABCDEFGHIJ",
        changeBatch: {
          changes: [
            {
              action: "UPSERT",
              resourceRecordSet: {
                name: `${hand.random.pick(servicesOf(hand.account))}.example.com.`,
                type: "CNAME",
                tTL: 60,
                resourceRecords: [{ value: "lb.example.com" }],
              },
            },
          ],
        },
      });
    },
  ],
  [
    8,
    function* (hand) {
      yield hand.call("iam:PutRolePolicy", {
        roleName: `${hand.random.pick(servicesOf(hand.account))}-task`,
        policyName: "extra",
        policyDocument: JSON.stringify({
          Version: "2012-10-17",
          Statement: [
            {
              Effect: "Allow",
              Action: ["sqs:SendMessage", "sqs:ReceiveMessage"],
              Resource: `arn:aws:sqs:*:${hand.account.id}:*`,
            },
          ],
        }),
      });
    },
  ],
  [
    8,
    function* (hand) {
      yield hand.call("cloudwatch:DisableAlarmActions", {
        alarmNames: [`${hand.random.pick(servicesOf(hand.account))}-latency`],
      });
    },
  ],
  [
    6,
    function* (hand) {
      yield hand.call("logs:PutRetentionPolicy", {
        logGroupName: `/ecs/${hand.random.pick(servicesOf(hand.account))}`,
        retentionInDays: 30,
      });
    },
  ],
  [6, (hand) => [ingress(hand, "10.0.0.0/8", 443)]],
  [
    6,
    function* (hand) {
      yield hand.call(
        "ec2:RevokeSecurityGroupIngress",
        {
          groupId: groupOf(hand, "service"),
          securityGroupRuleIds: items({ securityGroupRuleId: `sgr-0${hand.random.hex(16)}` }),
        },
        { response: { requestId: hand.random.uuid(), _return: true } },
      );
    },
  ],
  [
    6,
    function* (hand) {
      yield hand.call(
        "rds:ModifyDBInstance",
        {
          dBInstanceIdentifier: `${hand.account.name}-main`,
          dBInstanceClass: "db.r7g.xlarge",
          applyImmediately: false,
        },
        { response: { dBInstanceIdentifier: `${hand.account.name}-main`, publiclyAccessible: false } },
      );
    },
  ],
  [
    5,
    function* (hand) {
      yield hand.call(
        "ecs:ExecuteCommand",
        { cluster: hand.account.name, command: "/bin/sh", interactive: true, task: hand.random.hex(32) },
        { response: { session: { sessionId: `ecs-execute-command-${hand.random.hex(17)}` } } },
      );
    },
  ],
];
