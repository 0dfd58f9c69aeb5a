import type { CloudTrailRecord } from "../../lambda/core/record/record.ts";
import { ACCOUNT, logKey, record } from "./log-files.ts";

/** What CloudTrail wrote of one minute. */
export interface LoggedMinute {
  /** Milliseconds since the epoch at which the log object arrives. */
  readonly arrival: number;
  readonly key: string;
  readonly records: readonly CloudTrailRecord[];
}

type Caller = Pick<CloudTrailRecord, "userIdentity" | "sourceIPAddress" | "userAgent">;
type Fields = { readonly [field: string]: unknown };
type Call = readonly [call: string, parameters?: Fields, fields?: Fields];

const START = Date.parse("2026-11-20T14:00:00Z");
const MINUTE = 60_000;
/** CloudTrail delivers a log file about five minutes after the call (CloudTrail User Guide). */
const DELAY = 5 * MINUTE;

const STRANGER = "198.51.100.23";
const OTHER_ACCOUNT = "444455556666";

function user(userName: string, fields: Fields, sourceIPAddress: string, userAgent: string): Caller {
  const arn = `arn:aws:iam::${ACCOUNT}:user/${userName}`;
  return {
    userIdentity: { type: "IAMUser", arn, accountId: ACCOUNT, userName, ...fields },
    sourceIPAddress,
    userAgent,
  };
}

function role(path: string, session: string, sourceIPAddress: string, userAgent: string): Caller {
  const name = path.split("/").pop() ?? path;
  const issuer = { type: "Role", arn: `arn:aws:iam::${ACCOUNT}:role/${path}`, accountId: ACCOUNT, userName: name };
  return {
    userIdentity: {
      type: "AssumedRole",
      principalId: `AROAEXAMPLE${name.toUpperCase().replace(/[^A-Z]/g, "")}:${session}`,
      arn: `arn:aws:sts::${ACCOUNT}:assumed-role/${name}/${session}`,
      accountId: ACCOUNT,
      accessKeyId: "ASIAIOSFODNN7EXAMPLE",
      sessionContext: {
        sessionIssuer: issuer,
        attributes: { creationDate: "2026-11-20T13:40:00Z", mfaAuthenticated: "false" },
      },
    },
    sourceIPAddress,
    userAgent,
  };
}

const STOLEN_KEY = user("ci-deploy", { accessKeyId: "AKIAIOSFODNN7EXAMPLE" }, STRANGER, "python-requests/2.31.0");
const STOLEN_ROLE = role("maintenance", "ci", STRANGER, "Boto3/1.34.0");
const MADE_USER = user("backup-svc", {}, STRANGER, "Mozilla/5.0");

const ALICE = user("alice", { accessKeyId: "ASIAIOSFODNN7EXAMPLE" }, "192.0.2.10", "Mozilla/5.0");
const CAROL = role(
  "aws-reserved/sso.amazonaws.com/AWSReservedSSO_Operator_0123456789abcdef",
  "carol@example.com",
  "192.0.2.11",
  "aws-cli/2.31.0",
);
const PIPELINE = role("github-deploy", "run-812", "203.0.113.40", "aws-sdk-js/3.900.0");
const SHOP = role("shop-task", "0f3c", "203.0.113.80", "aws-sdk-java/2.29.0");
const CONFIG: Caller = {
  userIdentity: { type: "AWSService", invokedBy: "config.amazonaws.com" },
  sourceIPAddress: "config.amazonaws.com",
  userAgent: "config.amazonaws.com",
};

const DENIED = { errorCode: "AccessDenied", errorMessage: "is not authorized to perform this action" };
const trust = (AWS: string) =>
  JSON.stringify({ Statement: [{ Effect: "Allow", Principal: { AWS }, Action: "sts:AssumeRole" }] });
const READ_ONE = JSON.stringify({
  Statement: [{ Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::assets/*" }],
});
const times = (count: number, make: (i: number) => Call): readonly Call[] =>
  Array.from({ length: count }, (_, i) => make(i));

function shareSnapshot(number: number): Call {
  const createVolumePermission = { add: { items: [{ userId: OTHER_ACCOUNT }] } };
  return ["ec2:ModifySnapshotAttribute", { snapshotId: `snap-0123456789abcde${number}`, createVolumePermission }];
}

/** What the attacker does, by the minute. */
const ATTACK: readonly (readonly [minute: number, caller: Caller, calls: readonly Call[]])[] = [
  [
    2,
    STOLEN_KEY,
    [
      "sts:GetCallerIdentity",
      "iam:ListUsers",
      "iam:ListRoles",
      "s3:ListBuckets",
      "secretsmanager:ListSecrets",
      "lambda:ListFunctions",
    ].map((call): Call => [call]),
  ],
  [
    6,
    STOLEN_KEY,
    [
      ...["iam:ListGroups", "iam:ListPolicies", "iam:PutUserPolicy", "ec2:DescribeSnapshots", "ec2:DescribeImages"],
      ...["rds:DescribeDBClusters", "rds:DescribeDBSnapshots", "kms:ListKeys", "kms:ListAliases", "sqs:ListQueues"],
    ].map((call): Call => [call, { userName: "ci-deploy" }, DENIED]),
  ],
  [
    10,
    STOLEN_KEY,
    [["sts:AssumeRole", { roleArn: `arn:aws:iam::${ACCOUNT}:role/maintenance`, roleSessionName: "ci" }]],
  ],
  [12, STOLEN_ROLE, times(16, (i) => ["secretsmanager:GetSecretValue", { secretId: `prod/secret-${i}` }])],
  [14, STOLEN_ROLE, [["secretsmanager:BatchGetSecretValue", { filters: [{ key: "tag-key", values: ["env"] }] }]]],
  [16, STOLEN_ROLE, times(25, (i) => ["s3:GetObject", { bucketName: "invoices", key: `2026/${i}.pdf` }])],
  [
    20,
    STOLEN_ROLE,
    [
      ["iam:CreateUser", { userName: "backup-svc" }],
      ["iam:CreateLoginProfile", { userName: "backup-svc" }],
      ["iam:CreateAccessKey", { userName: "backup-svc" }],
    ],
  ],
  [
    22,
    STOLEN_ROLE,
    [["iam:AttachUserPolicy", { userName: "backup-svc", policyArn: "arn:aws:iam::aws:policy/AdministratorAccess" }]],
  ],
  [
    26,
    MADE_USER,
    [
      [
        "signin:ConsoleLogin",
        undefined,
        {
          eventType: "AwsConsoleSignIn",
          additionalEventData: { MFAUsed: "No" },
          responseElements: { ConsoleLogin: "Success" },
        },
      ],
    ],
  ],
  [
    30,
    MADE_USER,
    [
      ["iam:UpdateAssumeRolePolicy", { roleName: "maintenance", policyDocument: trust("*") }],
      [
        "iam:CreateRole",
        { roleName: "support", assumeRolePolicyDocument: trust(`arn:aws:iam::${OTHER_ACCOUNT}:root`) },
      ],
    ],
  ],
  [34, MADE_USER, [["lambda:CreateFunctionUrlConfig", { functionName: "resize", authType: "NONE" }]]],
  // What it takes its time for: a snapshot in each log object, between all else.
  ...[34, 36, 38, 44, 48, 54].map((minute) => [minute, MADE_USER, [shareSnapshot(minute)]] as const),
  [
    40,
    MADE_USER,
    [
      ["guardduty:DeleteDetector", { detectorId: "12abc34d567e8fa901bc2d34e56789f0" }],
      ["config:StopConfigurationRecorder", { configurationRecorderName: "default" }],
    ],
  ],
  [42, MADE_USER, [["cloudtrail:StopLogging", { name: "audit" }]]],
  [
    46,
    MADE_USER,
    [
      ["s3:PutBucketVersioning", { bucketName: "invoices", VersioningConfiguration: { Status: "Suspended" } }],
      ["kms:ScheduleKeyDeletion", { keyId: "1234abcd-12ab-34cd-56ef-1234567890ab", pendingWindowInDays: 7 }],
    ],
  ],
  [50, MADE_USER, times(100, (i) => ["s3:DeleteObjects", { bucketName: "invoices", prefix: `2026/${i}` }])],
  [
    52,
    MADE_USER,
    [
      ["s3:PutObject", { bucketName: "invoices", key: "HOW-TO-RECOVER-YOUR-FILES-ENCRYPTED.txt" }],
      ["s3:DeleteBucket", { bucketName: "invoices-replica" }],
    ],
  ],
  [
    56,
    MADE_USER,
    [["ec2:RunInstances", { instanceType: "p4d.24xlarge", instancesSet: { items: [{ maxCount: 20 }] } }]],
  ],
];

/** Some of the ordinary work rings too: it is told once a day, or is a person's change that somebody should know of. */
function ordinaryWork(minute: number): readonly (readonly [Caller, readonly Call[]])[] {
  const every = (minutes: number, ...calls: readonly Call[]) => (minute % minutes === 0 ? calls : []);
  return [
    [
      ALICE,
      every(
        8,
        ["ec2:DescribeInstances"],
        ["cloudwatch:GetMetricData"],
        ["logs:FilterLogEvents", { logGroupName: "shop" }],
      ),
    ],
    [ALICE, minute === 18 ? [["lambda:UpdateFunctionCode", { functionName: "report" }]] : []],
    [CAROL, every(12, ["ssm:StartSession", { target: `i-0000000000000${1000 + minute}` }], ["ec2:DescribeVolumes"])],
    [
      CAROL,
      minute === 38
        ? [["ec2:AuthorizeSecurityGroupIngress", { groupId: "sg-0123456789abcdef0", cidr: "10.0.0.0/16" }]]
        : [],
    ],
    [
      PIPELINE,
      every(
        10,
        ["cloudformation:UpdateStack", { stackName: `shop-${minute}` }],
        ["iam:PutRolePolicy", { roleName: `shop-${minute}`, policyName: "read", policyDocument: READ_ONE }],
        ["lambda:UpdateFunctionCode", { functionName: `shop-${minute}` }],
      ),
    ],
    [
      SHOP,
      [
        ["secretsmanager:GetSecretValue", { secretId: "shop/database" }],
        ["s3:GetObject", { bucketName: "assets", key: `${minute}.png` }],
        ["sqs:SendMessage"],
      ],
    ],
    [
      CONFIG,
      [["ec2:DescribeSecurityGroups"], ["s3:GetBucketPolicy", { bucketName: "assets" }], ["iam:GetAccountSummary"]],
    ],
  ];
}

/** An intrusion of an hour among the work of five others, in a log object for every second minute. */
export function intrusion(): readonly LoggedMinute[] {
  return Array.from({ length: 30 }, (_, i) => {
    const minute = 2 * i;
    const time = START + minute * MINUTE;
    const attack = ATTACK.filter(([at]) => at === minute).map(([, caller, calls]) => [caller, calls] as const);
    const acts = [...ordinaryWork(minute), ...attack].flatMap(([caller, calls]) =>
      calls.map((call) => ({ caller, call })),
    );
    return {
      arrival: time + DELAY,
      key: logKey(`minute-${minute}-`),
      records: acts.map(({ caller, call }, n) => recordOf(caller, call, time + n * 400)),
    };
  });
}

/** True for what the attacker did. */
export function isAttackers({ sourceIPAddress }: CloudTrailRecord): boolean {
  return sourceIPAddress === STRANGER;
}

function recordOf(caller: Caller, [call, parameters, fields]: Call, time: number): CloudTrailRecord {
  const [service, eventName = ""] = call.split(":");
  return record({
    ...caller,
    eventTime: new Date(time).toISOString().replace(/\.\d+/, ""),
    eventSource: `${service}.amazonaws.com`,
    eventName,
    requestParameters: parameters ?? null,
    readOnly: /^(?:Batch)?(?:Get|List|Describe|Filter)/.test(eventName),
    ...fields,
  });
}
