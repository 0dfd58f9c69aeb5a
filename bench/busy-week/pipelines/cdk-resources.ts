import type { Act } from "../act.ts";
import type { Hand } from "../hand.ts";
import { functionParameters, newRole } from "../makings.ts";
import { servicesOf } from "../organization.ts";

/** New code for some functions; with a new one, its role and its trigger; and back again, where it fails. */
export function* update(hand: Hand, added: string | undefined, fails: boolean): Generator<Act> {
  const { random, account } = hand;
  const changed = random.some(servicesOf(account), 0.4);
  for (const service of changed) yield* newVersion(hand, `${service}-worker`);
  if (random.chance(0.3)) {
    const policyDocument = JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: ["sqs:SendMessage"], Resource: `arn:aws:sqs:*:${account.id}:orders` }],
    });
    yield hand.call("iam:PutRolePolicy", {
      roleName: `${changed[0]}-worker-role`,
      policyName: "DefaultPolicy",
      policyDocument,
    });
  }
  if (added !== undefined) yield* newFunction(hand, added);
  if (!fails) return;
  yield hand.call(
    "scheduler:CreateSchedule",
    { name: `${changed[0]}-nightly`, groupName: "default" },
    { error: "denied" },
  );
  for (const service of changed) yield* newVersion(hand, `${service}-worker`);
}

function* newVersion(hand: Hand, functionName: string): Generator<Act> {
  const parameters = functionParameters(hand, functionName);
  yield hand.call(
    "lambda:UpdateFunctionCode20150331v2",
    {
      ...parameters,
      s3Bucket: `cdk-hnb659fds-assets-${hand.account.id}-${hand.region}`,
      s3Key: `${hand.random.hex(64)}.zip`,
      publish: false,
      dryRun: false,
    },
    { response: { functionName } },
  );
  yield hand.call("lambda:GetFunction20150331v2", parameters);
  yield hand.call(
    "lambda:UpdateFunctionConfiguration20150331v2",
    { ...parameters, environment: {} },
    { response: { functionName } },
  );
  yield hand.call("lambda:GetFunction20150331v2", parameters);
}

function* newFunction(hand: Hand, functionName: string): Generator<Act> {
  const { account, region } = hand;
  yield* newRole(
    hand,
    `${functionName}-role`,
    "lambda.amazonaws.com",
    "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
  );
  const role = `arn:aws:iam::${account.id}:role/${functionName}-role`;
  yield hand.call(
    "lambda:CreateFunction20150331",
    {
      functionName,
      runtime: "nodejs22.x",
      role,
      handler: "index.handler",
      code: { s3Bucket: `cdk-hnb659fds-assets-${account.id}-${region}`, s3Key: `${hand.random.hex(64)}.zip` },
      publish: false,
      packageType: "Zip",
      environment: {},
    },
    { response: { functionName, functionArn: `arn:aws:lambda:${region}:${account.id}:function:${functionName}` } },
  );
  yield hand.call("logs:CreateLogGroup", { logGroupName: `/aws/lambda/${functionName}` });
  yield hand.call("lambda:AddPermission20150331v2", {
    functionName,
    statementId: "invoke",
    action: "lambda:InvokeFunction",
    principal: "apigateway.amazonaws.com",
    sourceArn: `arn:aws:execute-api:${region}:${account.id}:${hand.random.hex(10)}/*/*`,
  });
}

export function* made(hand: Hand, stack: string): Generator<Act> {
  for (const part of ["api", "worker", "web"]) yield* newFunction(hand, `${stack}-${part}`);
  yield hand.call(
    "apigateway:CreateRestApi",
    { createRestApiInput: { name: stack } },
    { response: { id: hand.random.hex(10) } },
  );
  yield hand.call("apigateway:CreateDeployment", {
    restApiId: hand.random.hex(10),
    createDeploymentInput: { stageName: "preview" },
  });
  yield hand.call("dynamodb:CreateTable", { tableName: `${stack}-data`, billingMode: "PAY_PER_REQUEST" });
  const bucketName = `${stack}-files-${hand.account.id.slice(-4)}`;
  yield hand.call(
    "s3:CreateBucket",
    { bucketName },
    { resources: [["AWS::S3::Bucket", `arn:aws:s3:::${bucketName}`]] },
  );
}

export function* destroyed(hand: Hand, stack: string): Generator<Act> {
  for (const part of ["api", "worker", "web"]) {
    const functionName = `${stack}-${part}`;
    yield hand.call("lambda:RemovePermission20150331v2", { functionName, statementId: "invoke" });
    yield hand.call("lambda:DeleteFunction20150331", { functionName });
    yield hand.call("logs:DeleteLogGroup", { logGroupName: `/aws/lambda/${functionName}` });
    yield hand.call("iam:DetachRolePolicy", {
      roleName: `${functionName}-role`,
      policyArn: "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
    });
    yield hand.call("iam:DeleteRole", { roleName: `${functionName}-role` });
  }
  yield hand.call("apigateway:DeleteRestApi", { restApiId: hand.random.hex(10) });
  yield hand.call("dynamodb:DeleteTable", { tableName: `${stack}-data` });
  const bucketName = `${stack}-files-${hand.account.id.slice(-4)}`;
  yield hand.call(
    "s3:DeleteBucket",
    { bucketName },
    { resources: [["AWS::S3::Bucket", `arn:aws:s3:::${bucketName}`]] },
  );
}
