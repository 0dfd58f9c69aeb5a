import type { CloudTrailRecord } from "../../lambda/core/record/record.ts";
import { DESK_DEPLOYMENT, fillSelf } from "../../lambda/core/rules/self.ts";
import { NOW, testDesk } from "../support/desk-pipeline.ts";
import { loadedRules } from "../support/loaded-rules.ts";
import { ACCOUNT, record } from "../support/log-files.ts";
import { sampled } from "../support/runs.ts";
import { iamUser, inSession } from "../support/sessions.ts";

const RULES = fillSelf(
  loadedRules("rules").map(({ rule }) => rule),
  DESK_DEPLOYMENT,
);

type Fields = CloudTrailRecord;

const SESSION = { key: "ASIAIOSFODNN7EXAMPLE", opened: "2026-11-20T21:00:00Z" };

const KEY = { userIdentity: iamUser("ci"), sourceIPAddress: "198.51.100.23" };
const PIPELINE = { userIdentity: inSession({ ...SESSION, role: "deploy", name: "run-812" }) };
const APPLICATION = { userIdentity: inSession({ ...SESSION, role: "shop", name: "0f3c" }) };
const COLLEAGUE = {
  userIdentity: inSession({
    ...SESSION,
    role: "aws-reserved/sso.amazonaws.com/AWSReservedSSO_Developer_0123456789abcdef",
    name: "carol@example.com",
  }),
};
const VISITOR = {
  userIdentity: { type: "AWSAccount", principalId: "", accountId: "ANONYMOUS_PRINCIPAL" },
  sourceIPAddress: "198.51.100.9",
};
const ATHENA = {
  userIdentity: { ...iamUser("ci"), invokedBy: "athena.amazonaws.com" },
  sourceIPAddress: "athena.amazonaws.com",
};

const START = NOW - 10 * 60_000;

function call(who: Fields, name: string, fields: Fields = {}, second = 0): CloudTrailRecord {
  const [service, eventName = ""] = name.split(":");
  return record({
    ...who,
    eventSource: `${service}.amazonaws.com`,
    eventName,
    eventTime: new Date(START + 1000 * second).toISOString().replace(/\.\d+/, ""),
    requestParameters: null,
    readOnly: /^(?:Batch)?(?:Get|List|Describe)/.test(eventName),
    ...fields,
  });
}

const asked = (requestParameters: Fields) => ({ requestParameters });
const times = (count: number, make: (i: number) => CloudTrailRecord) =>
  Array.from({ length: count }, (_, i) => make(i));
const refused = (errorCode = "AccessDenied") => ({ errorCode, errorMessage: "is not authorized to perform this" });
const object = (i: number) => asked({ bucketName: "invoices", key: `2026/${i}.pdf` });

/** Eight questions within 218 seconds, of which half were refused: what a real intruder asked first. */
const FIRST_QUESTIONS = [
  call(KEY, "sts:GetCallerIdentity", {}, 0),
  call(KEY, "iam:ListUsers", refused(), 31),
  call(KEY, "s3:ListBuckets", {}, 58),
  call(KEY, "ec2:DescribeInstances", refused("Client.UnauthorizedOperation"), 90),
  call(KEY, "ec2:DescribeVpcs", {}, 121),
  call(KEY, "secretsmanager:ListSecrets", refused("AccessDeniedException"), 155),
  call(KEY, "rds:DescribeDBInstances", {}, 190),
  call(KEY, "iam:ListRoles", refused(), 218),
];

/** The rules that mails tell of, without the daily round-up. */
async function mailed(records: readonly CloudTrailRecord[]): Promise<readonly string[]> {
  const { alerts, desk, deliver } = testDesk(RULES);
  await deliver(records);
  await desk.runToEnd();
  const mails = alerts.filter(({ kind }) => kind !== "round-up");
  return [...new Set(mails.flatMap(({ parts }) => parts.flatMap(({ rules }) => Object.keys(rules))))].sort();
}

test.each<readonly [what: string, records: readonly CloudTrailRecord[], rules: readonly string[]]>(
  sampled([
    [
      "an intruder's first eight questions",
      FIRST_QUESTIONS,
      ["key-explores-account", "key-refused-in-several-services"],
    ],
    [
      "six lists in four services, all of them answered",
      [
        "iam:ListUsers",
        "iam:ListRoles",
        "s3:ListBuckets",
        "lambda:ListFunctions",
        "kms:ListKeys",
        "sqs:ListQueues",
      ].map((name) => call(KEY, name)),
      ["key-explores-account"],
    ],
    [
      "a key that is refused in two services",
      [
        ...times(6, (i) => call(KEY, `iam:List${i}`, refused())),
        ...times(6, (i) => call(KEY, `ec2:Describe${i}`, refused())),
      ],
      [],
    ],
    [
      "a key that is refused in two services, and by KMS for what one of them tried",
      ["kms:Decrypt", "dynamodb:GetItem", "s3:GetObject"].map((name) =>
        call(
          name === "kms:Decrypt" ? { userIdentity: { ...iamUser("ci"), invokedBy: "AWS Internal" } } : KEY,
          name,
          refused(),
        ),
      ),
      [],
    ],
    [
      "a role that is refused in three services",
      ["iam:ListRoles", "ec2:DescribeVpcs", "s3:ListBuckets"].map((name) => call(PIPELINE, name, refused())),
      [],
    ],
    [
      "200 objects read with a key",
      times(200, (i) => call(KEY, "s3:GetObject", object(i))),
      ["objects-read-in-volume"],
    ],
    [
      "200 objects read by a person",
      times(200, (i) => call(COLLEAGUE, "s3:GetObject", object(i))),
      ["objects-read-in-volume"],
    ],
    ["199 objects read with a key", times(199, (i) => call(KEY, "s3:GetObject", object(i))), []],
    ["one object, read 500 times", times(500, () => call(KEY, "s3:GetObject", object(1))), []],
    ["500 objects read by an application", times(500, (i) => call(APPLICATION, "s3:GetObject", object(i))), []],
    [
      "500 objects read by Athena, for somebody's query",
      times(500, (i) => call(ATHENA, "s3:GetObject", object(i))),
      [],
    ],
    [
      "200 objects read by a stranger",
      times(200, (i) => call(VISITOR, "s3:GetObject", object(i))),
      ["objects-read-from-outside"],
    ],
    [
      "200 objects read by as many visitors",
      times(200, (i) => call({ ...VISITOR, sourceIPAddress: `203.0.113.${i}` }, "s3:GetObject", object(i))),
      [],
    ],
    [
      "ten batches of objects, deleted by a person",
      times(10, () => call(COLLEAGUE, "s3:DeleteObjects", asked({ bucketName: "invoices", delete: "" }))),
      ["objects-deleted-in-batches"],
    ],
    [
      "200 objects deleted with a key",
      times(200, (i) => call(KEY, "s3:DeleteObject", object(i))),
      ["objects-deleted-in-volume"],
    ],
    [
      "500 objects deleted by a role",
      times(500, (i) => call(APPLICATION, "s3:DeleteObject", object(i))),
      ["many-objects-deleted"],
    ],
    ["300 objects deleted by a role", times(300, (i) => call(APPLICATION, "s3:DeleteObject", object(i))), []],
    [
      "ten containers that start and page through their path",
      times(80, () =>
        call(APPLICATION, "ssm:GetParametersByPath", asked({ path: "/shop", recursive: true, withDecryption: true })),
      ),
      [],
    ],
    [
      "five paths of Parameter Store",
      times(5, (i) => call(APPLICATION, "ssm:GetParametersByPath", asked({ path: `/${i}`, withDecryption: true }))),
      ["parameter-paths-decrypted-in-volume"],
    ],
    [
      "all of Parameter Store",
      [call(APPLICATION, "ssm:GetParametersByPath", asked({ path: "/", recursive: true, withDecryption: true }))],
      ["all-parameters-decrypted"],
    ],
    [
      "twenty parameters in two calls",
      times(2, (i) =>
        call(
          APPLICATION,
          "ssm:GetParameters",
          asked({ names: Array.from({ length: 10 }, (_, n) => `/${i}/${n}`), withDecryption: true }),
        ),
      ),
      ["parameters-decrypted-in-volume"],
    ],
    [
      "ten KMS keys that a person decrypts with",
      times(10, (i) =>
        call(COLLEAGUE, "kms:Decrypt", { resources: [{ ARN: `arn:aws:kms:us-east-1:${ACCOUNT}:key/${i}` }] }),
      ),
      ["decrypted-with-many-keys"],
    ],
    [
      "one KMS key that a person decrypts with",
      times(50, () =>
        call(COLLEAGUE, "kms:Decrypt", { resources: [{ ARN: `arn:aws:kms:us-east-1:${ACCOUNT}:key/1` }] }),
      ),
      [],
    ],
    [
      "models tried in four regions",
      ["us-east-1", "us-west-2", "eu-west-1", "ap-south-1"].map((awsRegion) =>
        call(APPLICATION, "bedrock:Converse", { awsRegion, ...refused() }),
      ),
      ["models-tried-in-many-regions"],
    ],
    [
      "instances tried in four regions, which all fail",
      ["us-east-1", "us-west-2", "eu-west-1", "ap-south-1"].map((awsRegion) =>
        call(PIPELINE, "ec2:RunInstances", { awsRegion, errorCode: "Client.VcpuLimitExceeded" }),
      ),
      ["instances-tried-in-many-regions"],
    ],
    [
      "three questions about mail",
      ["ses:GetSendQuota", "ses:ListIdentities", "ses:GetAccount"].map((name) => call(KEY, name)),
      ["sending-probed"],
    ],
    [
      "one question about mail in four regions",
      ["us-east-1", "us-west-2", "eu-west-1", "ap-south-1"].map((awsRegion) =>
        call(KEY, "ses:GetAccount", { awsRegion }),
      ),
      ["sending-probed-in-many-regions"],
    ],
    [
      "five users without their keys",
      times(5, (i) => call(PIPELINE, "iam:DeleteAccessKey", asked({ userName: `user-${i}`, accessKeyId: "AKIA" }))),
      ["many-users-locked-out"],
    ],
    [
      "a pipeline's day",
      [
        call(PIPELINE, "sso:CreateAccountAssignment", asked({ principalType: "GROUP", targetId: ACCOUNT })),
        call(PIPELINE, "sso:CreatePermissionSet", asked({ name: "Support" })),
        call(PIPELINE, "ecs:CreateCluster", asked({ clusterName: "main" })),
        call(PIPELINE, "ecs:CreateService", asked({ cluster: "main", desiredCount: 40 })),
        call(PIPELINE, "autoscaling:CreateAutoScalingGroup", asked({ autoScalingGroupName: "web", maxSize: 200 })),
        call(PIPELINE, "ses:CreateEmailIdentity", asked({ emailIdentity: "example.com" })),
        call(PIPELINE, "iam:DeleteAccessKey", asked({ userName: "bob", accessKeyId: "AKIAI44QH8DHBEXAMPLE" })),
        call(PIPELINE, "iam:DeleteUser", asked({ userName: "bob" })),
        call(PIPELINE, "eks:CreateAccessEntry", asked({ name: "main", type: "STANDARD" })),
        call(PIPELINE, "bedrock:UpdateGuardrail", asked({ guardrailIdentifier: "abc123def456" })),
        ...times(12, (i) => call(PIPELINE, "ec2:CreateSnapshot", asked({ volumeId: `vol-${i}` }))),
      ],
      [],
    ],
  ]),
)("%s: mails tell of what they should", async (_, records, rules) => {
  expect(await mailed(records)).toEqual(rules);
});
