import { ingress, newBucket, runInstances } from "../makings.ts";
import { lastingHex, servicesOf } from "../organization.ts";
import { browse } from "../people/browse.ts";
import { HIDDEN } from "../people/sign-in.ts";
import { byHand, type Chore } from "./chore.ts";

export const DEVELOPER_CHORES: readonly Chore[] = [
  {
    name: "machine for training",
    perWeek: 0.8,
    acts: byHand("ml", { permissionSet: "Developer", account: "ml", way: "command line" }, function* (hand, random) {
      if (random.chance(0.3))
        yield hand.call(
          "ec2:RunInstances",
          {
            instancesSet: { items: [{ imageId: "ami-0aa1bb2cc3dd4ee5f", minCount: 1, maxCount: 1 }] },
            instanceType: "g5.12xlarge",
          },
          {
            error: [
              "Client.VcpuLimitExceeded",
              "You have requested more vCPU capacity than your current vCPU limit of 32 allows",
            ],
          },
        );
      yield runInstances(hand, "g5.2xlarge", 1);
    }),
  },
  {
    name: "model tried for the first time",
    perWeek: 1,
    acts: byHand("developer", { permissionSet: "Developer" }, function* (hand, random) {
      yield* browse(hand, "models", "Developer");
      for (const modelId of random.some(
        [
          "anthropic.claude-sonnet-4-5-20250929-v1:0",
          "amazon.nova-lite-v1:0",
          "meta.llama4-maverick-17b-instruct-v1:0",
        ],
        0.6,
      )) {
        if (random.chance(0.5))
          yield hand.call(
            "bedrock:Converse",
            { modelId },
            { error: ["AccessDeniedException", "You don't have access to the model with the specified model ID."] },
          );
        else for (let i = 0; i < 4; i++) yield hand.call("bedrock:Converse", { modelId });
      }
    }),
  },
  {
    name: "notebook made",
    perWeek: 0.5,
    acts: byHand("ml", { permissionSet: "Developer", account: "ml" }, function* (hand, random) {
      yield hand.call("sagemaker:CreateNotebookInstance", {
        notebookInstanceName: `trial-${random.hex(4)}`,
        instanceType: "ml.t3.medium",
        roleArn: `arn:aws:iam::${hand.account.id}:role/sagemaker-training`,
      });
      yield hand.call("sagemaker:CreatePresignedNotebookInstanceUrl", { notebookInstanceName: "trial" });
    }),
  },
  {
    name: "first steps with a new service",
    perWeek: 1.5,
    acts: byHand("developer", { permissionSet: "Developer" }, function* (hand, random) {
      const [service, calls] = random.pick([
        ["apprunner", ["ListServices", "CreateService"]],
        ["location", ["ListMaps", "CreatePlaceIndex"]],
        ["pipes", ["ListPipes", "CreatePipe"]],
        ["transfer", ["ListServers", "DescribeServer"]],
        ["ses", ["ListIdentities", "VerifyEmailIdentity"]],
        ["appsync", ["ListGraphqlApis", "CreateGraphqlApi", "CreateApiKey"]],
        ["cognito-idp", ["ListUserPools", "CreateUserPool", "CreateUserPoolClient"]],
        ["kinesis", ["ListStreams", "CreateStream"]],
      ] as const);
      for (const call of calls)
        yield hand.call(`${service}:${call}`, null, random.chance(0.15) ? { error: "denied" } : {});
    }),
  },
  {
    name: "rights missing",
    perWeek: 4,
    acts: byHand("developer", { permissionSet: "ReadOnlyAccess", way: "command line" }, function* (hand, random) {
      // Tries what production does not let developers do, once or a few times over.
      const [call] = random.some(
        [
          "ssm:StartSession",
          "ecs:ExecuteCommand",
          "secretsmanager:GetSecretValue",
          "lambda:UpdateFunctionCode20150331v2",
          "rds:RebootDBInstance",
          "logs:StartQuery",
        ],
        0.3,
      );
      for (let i = random.int(1, 4); i > 0; i--) yield hand.call(call ?? "", null, { error: "denied" });
    }),
  },
  {
    name: "secrets looked at",
    perWeek: 2,
    acts: byHand("developer", { permissionSet: "Developer" }, function* (hand) {
      yield* browse(hand, "secrets", "Developer");
      for (const service of servicesOf(hand.account).slice(0, 3))
        yield hand.call("secretsmanager:GetSecretValue", { secretId: `${hand.account.name}/${service}/database` });
    }),
  },
  {
    name: "page put online for a demonstration",
    perWeek: 0.4,
    acts: byHand("developer", { permissionSet: "Developer", account: "sandbox" }, function* (hand, random) {
      const bucketName = `demo-page-${random.hex(6)}`;
      yield* newBucket(hand, bucketName);
      yield hand.call("s3:PutBucketPublicAccessBlock", {
        bucketName,
        publicAccessBlock: "",
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          IgnorePublicAcls: true,
          BlockPublicPolicy: false,
          RestrictPublicBuckets: false,
        },
      });
      yield hand.call("s3:PutBucketWebsite", { bucketName, website: "" });
      yield hand.call(
        "s3:PutBucketPolicy",
        {
          bucketName,
          policy: "",
          bucketPolicy: {
            Version: "2012-10-17",
            Statement: [
              { Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: `arn:aws:s3:::${bucketName}/*` },
            ],
          },
        },
        { resources: [["AWS::S3::Bucket", `arn:aws:s3:::${bucketName}`]] },
      );
    }),
  },
  {
    name: "database opened for a moment",
    perWeek: 0.4,
    acts: byHand("developer", { permissionSet: "Developer" }, function* (hand) {
      yield ingress(hand, "0.0.0.0/0", 5432);
    }),
  },
  {
    name: "address of a function for a hook",
    perWeek: 0.5,
    acts: byHand("developer", { permissionSet: "Developer" }, function* (hand, random) {
      const functionName = `${random.pick(servicesOf(hand.account))}-worker`;
      yield hand.call(
        "lambda:CreateFunctionUrlConfig",
        { functionName, authType: "NONE" },
        {
          response: {
            functionArn: `arn:aws:lambda:${hand.region}:${hand.account.id}:function:${functionName}`,
            authType: "NONE",
            functionUrl: `https://${lastingHex(32, functionName)}.lambda-url.${hand.region}.on.aws/`,
          },
        },
      );
      yield hand.call("lambda:AddPermission20150331v2", {
        functionName,
        statementId: "FunctionURLAllowPublicAccess",
        action: "lambda:InvokeFunctionUrl",
        principal: "*",
        functionUrlAuthType: "NONE",
      });
    }),
  },
  {
    name: "case with support",
    perWeek: 0.7,
    acts: byHand("platform", { permissionSet: "AdministratorAccess" }, function* (hand) {
      yield* browse(hand, "support", "AdministratorAccess");
      yield hand.call("support:CreateCase", {
        subject: HIDDEN,
        serviceCode: "amazon-elastic-compute-cloud",
        severityCode: "normal",
        categoryCode: "other",
        communicationBody: HIDDEN,
      });
    }),
  },
];
