import type { Act } from "../act.ts";
import type { Hand } from "../hand.ts";
import { functionParameters, groupOf, ingress, newBucket, newRole } from "../makings.ts";
import { type Account, accountNamed, HOME, lastingHex, ORGANIZATION, servicesOf } from "../organization.ts";

export type Change = readonly [weight: number, acts: (hand: Hand) => Iterable<Act>];

const allow = (Action: readonly string[], Resource: string) =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action, Resource }] });
const serviceOf = ({ random, account }: Hand) => random.pick(servicesOf(account));
const accountPolicy = ({ id }: Account, more: readonly unknown[] = []) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      { Sid: "Own", Effect: "Allow", Principal: { AWS: `arn:aws:iam::${id}:root` }, Action: "kms:*", Resource: "*" },
      ...more,
    ],
  });

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

/** What merges to the infrastructure's repository change, and how often of a hundred. */
export const CHANGES: readonly Change[] = [
  [
    28,
    function* (hand) {
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
    },
  ],
  [
    14,
    function* (hand) {
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
    },
  ],
  [
    12,
    function* (hand) {
      yield hand.call("iam:PutRolePolicy", {
        roleName: `${serviceOf(hand)}-task`,
        policyName: "task",
        policyDocument: allow(["s3:GetObject", "s3:PutObject"], `arn:aws:s3:::example-${hand.account.name}-uploads/*`),
      });
    },
  ],
  [
    8,
    function* (hand) {
      const policyArn = `arn:aws:iam::${hand.account.id}:policy/${serviceOf(hand)}-access`;
      yield hand.call("iam:ListPolicyVersions", { policyArn });
      yield hand.call(
        "iam:CreatePolicyVersion",
        {
          policyArn,
          policyDocument: allow(["dynamodb:GetItem", "dynamodb:Query", "dynamodb:PutItem"], "*"),
          setAsDefault: true,
        },
        { response: { policyVersion: { versionId: "v7", isDefaultVersion: true } } },
      );
      yield hand.call("iam:DeletePolicyVersion", { policyArn, versionId: "v2" });
    },
  ],
  [
    8,
    function* (hand) {
      yield ingress(
        hand,
        hand.random.pick(["10.0.0.0/8", "10.20.0.0/16", "198.18.0.0/24"]),
        hand.random.pick([443, 5432, 6379]),
      );
      yield hand.call(
        "ec2:RevokeSecurityGroupIngress",
        {
          groupId: groupOf(hand, "service"),
          securityGroupRuleIds: { items: [{ securityGroupRuleId: `sgr-0${hand.random.hex(16)}` }] },
        },
        { response: { requestId: hand.random.uuid(), _return: true } },
      );
    },
  ],
  [
    3,
    function* (hand) {
      // A new load balancer, open to the world as it must be.
      const groupId = `sg-0${hand.random.hex(16)}`;
      yield hand.call(
        "ec2:CreateSecurityGroup",
        {
          groupName: `${serviceOf(hand)}-lb`,
          groupDescription: "Managed by Terraform",
          vpcId: `vpc-0${lastingHex(16, "vpc", hand.account.name)}`,
        },
        { response: { requestId: hand.random.uuid(), _return: true, groupId } },
      );
      yield ingress(hand, "0.0.0.0/0", 443, groupId);
      yield ingress(hand, "0.0.0.0/0", 80, groupId);
      yield hand.call("elasticloadbalancing:CreateLoadBalancer", {
        name: `${serviceOf(hand)}-lb`,
        scheme: "internet-facing",
        type: "application",
        securityGroups: [groupId],
      });
    },
  ],
  [
    5,
    function* (hand) {
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
    },
  ],
  [
    5,
    (hand) =>
      setBucketPolicy(hand, `example-${hand.account.name}-assets-${hand.account.id.slice(-4)}`, [
        // The data team reads from here, in its own account.
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
      ]),
  ],
  [
    4,
    function* (hand) {
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
    },
  ],
  [
    4,
    (hand) =>
      newRole(
        hand,
        `${serviceOf(hand)}-${hand.random.hex(4)}-task`,
        "ecs-tasks.amazonaws.com",
        `arn:aws:iam::${hand.account.id}:policy/${serviceOf(hand)}-access`,
      ),
  ],
  [
    2,
    function* (hand) {
      // A repository of the company's own gets a role.
      const roleName = `github-${serviceOf(hand)}`;
      const provider = `arn:aws:iam::${hand.account.id}:oidc-provider/token.actions.githubusercontent.com`;
      const assumeRolePolicyDocument = JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Principal: { Federated: provider },
            Action: "sts:AssumeRoleWithWebIdentity",
            Condition: {
              StringEquals: {
                "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
                "token.actions.githubusercontent.com:sub": `repo:example/${roleName}:ref:refs/heads/main`,
              },
            },
          },
        ],
      });
      yield hand.call(
        "iam:CreateRole",
        { path: "/", roleName, assumeRolePolicyDocument },
        { response: { role: { roleName, arn: `arn:aws:iam::${hand.account.id}:role/${roleName}` } } },
      );
      yield hand.call("iam:AttachRolePolicy", { roleName, policyArn: "arn:aws:iam::aws:policy/PowerUserAccess" });
    },
  ],
  [
    2,
    function* (hand) {
      // Another account of the company may use the role.
      const roleName = `${serviceOf(hand)}-reader`;
      yield hand.call("iam:UpdateAssumeRolePolicy", {
        roleName,
        policyDocument: JSON.stringify({
          Version: "2012-10-17",
          Statement: [
            {
              Effect: "Allow",
              Principal: { AWS: `arn:aws:iam::${accountNamed("data-prod").id}:root` },
              Action: "sts:AssumeRole",
            },
          ],
        }),
      });
    },
  ],
  [
    3,
    function* (hand) {
      yield hand.call(
        "kms:CreateKey",
        {
          description: serviceOf(hand),
          policy: accountPolicy(hand.account),
          keySpec: "SYMMETRIC_DEFAULT",
          multiRegion: false,
        },
        { response: { keyMetadata: { keyId: hand.random.uuid() } } },
      );
      yield hand.call("kms:EnableKeyRotation", { keyId: hand.random.uuid() });
      yield hand.call("kms:CreateAlias", {
        aliasName: `alias/${serviceOf(hand)}-${hand.random.hex(4)}`,
        targetKeyId: hand.random.uuid(),
      });
    },
  ],
  [
    2,
    function* (hand) {
      const users = [
        {
          Sid: "Backup",
          Effect: "Allow",
          Principal: { AWS: `arn:aws:iam::${accountNamed("backup").id}:root` },
          Action: ["kms:Decrypt", "kms:DescribeKey", "kms:CreateGrant"],
          Resource: "*",
        },
      ];
      const keyId = lastingHex(8, "key", hand.account.name);
      yield hand.call(
        "kms:PutKeyPolicy",
        { keyId, policyName: "default", policy: accountPolicy(hand.account, users) },
        { resources: [["AWS::KMS::Key", `arn:aws:kms:${hand.region}:${hand.account.id}:key/${keyId}`]] },
      );
    },
  ],
  [
    6,
    function* (hand) {
      yield hand.call("cloudwatch:PutMetricAlarm", {
        alarmName: `${serviceOf(hand)}-latency`,
        threshold: 2,
        period: 300,
        evaluationPeriods: 3,
      });
    },
  ],
  [
    4,
    function* (hand) {
      yield hand.call("route53:ChangeResourceRecordSets", {
        hostedZoneId: "Z0123456789ABCDEFGHIJ",
        changeBatch: {
          changes: [
            {
              action: "CREATE",
              resourceRecordSet: {
                name: `${serviceOf(hand)}-${hand.random.hex(4)}.example.com.`,
                type: "CNAME",
                tTL: 300,
              },
            },
          ],
        },
      });
    },
  ],
  [
    3,
    function* (hand) {
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
    },
  ],
  [
    3,
    function* (hand) {
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
    },
  ],
  [
    2,
    function* (hand) {
      // What is no longer needed goes.
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
    },
  ],
  [
    1,
    function* (hand) {
      const repositoryName = serviceOf(hand);
      yield hand.call("ecr:SetRepositoryPolicy", {
        repositoryName,
        policyText: JSON.stringify({
          Version: "2012-10-17",
          Statement: [
            {
              Effect: "Allow",
              Principal: "*",
              Action: ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
              Condition: { StringEquals: { "aws:PrincipalOrgID": ORGANIZATION } },
            },
          ],
        }),
        force: false,
      });
    },
  ],
  [
    1,
    function* (hand) {
      yield hand.call("ec2:CreateVpcPeeringConnection", {
        vpcId: `vpc-0${lastingHex(16, "vpc", hand.account.name)}`,
        peerVpcId: `vpc-0${lastingHex(16, "vpc", "shared-services")}`,
        peerOwnerId: accountNamed("shared-services").id,
      });
      yield hand.call("ec2:CreateRoute", {
        routeTableId: `rtb-0${lastingHex(16, "rtb", hand.account.name)}`,
        destinationCidrBlock: "10.90.0.0/16",
        vpcPeeringConnectionId: `pcx-0${hand.random.hex(16)}`,
      });
    },
  ],
];
