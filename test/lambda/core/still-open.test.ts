import { everyCall, testDesk } from "../../support/desk-pipeline.ts";
import { ACCOUNT, record } from "../../support/log-files.ts";

const OTHER = "999999999999";
const alice = {
  ...{ type: "IAMUser", accountId: ACCOUNT, userName: "alice", accessKeyId: "AKIAIOSFODNN7EXAMPLE" },
  arn: `arn:aws:iam::${ACCOUNT}:user/alice`,
};

/** A call of alice at a second of the minute. */
function does(call: string, requestParameters: object, responseElements: object | null = null, second = 10) {
  const [service, eventName] = call.split(":");
  const eventTime = `2026-11-20T21:25:${second}Z`;
  const eventSource = `${service}.amazonaws.com`;
  return record({ eventSource, eventName, requestParameters, responseElements, eventTime, userIdentity: alice });
}

const trustsOther = JSON.stringify({
  Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { AWS: `arn:aws:iam::${OTHER}:root` } }],
});
const trust = does("iam:UpdateAssumeRolePolicy", { roleName: "ops", policyDocument: trustsOther });
const admin = does("iam:AttachRolePolicy", {
  roleName: "ops",
  policyArn: "arn:aws:iam::aws:policy/AdministratorAccess",
});
const share = does("ec2:ModifySnapshotAttribute", {
  snapshotId: "snap-1",
  createVolumePermission: { add: { items: [{ userId: OTHER }] } },
});
const opened = does(
  "ec2:AuthorizeSecurityGroupIngress",
  {
    groupId: "sg-1",
    ipPermissions: {
      items: [{ ipProtocol: "tcp", fromPort: 22, toPort: 22, ipRanges: { items: [{ cidrIp: "0.0.0.0/0" }] } }],
    },
  },
  { securityGroupRuleSet: { items: [{ securityGroupRuleId: "sgr-1" }] } },
);
const shell = (id: string) => does("ssm:StartSession", { target: `i-${id}` }, { sessionId: `alice-${id}` });
const bucket = (i: number) =>
  does("s3:PutBucketPolicy", {
    bucketName: `a-bucket-with-a-long-name-${i}`,
    bucketPolicy: { Principal: { AWS: OTHER } },
  });

/** A row of the mail about calls. */
const rowOf = async (records: readonly object[], row: string) => {
  const desk = testDesk([everyCall("high", { do: "Ask the caller." })]);
  await desk.deliver([...records]);
  return new RegExp(`^${row} +(.*)$`, "m").exec(desk.alerts[0]?.email ?? "")?.[1];
};

test.each<readonly [string, readonly object[], string]>([
  ["a role, by all that was done to it", [admin, trust], `role ops (admin, trusts ${OTHER})`],
  [
    "the worst first",
    [opened, share, admin],
    `role ops (admin), snapshot snap-1 (shared with ${OTHER}), sg-1 (open, "tcp 22 from 0.0.0.0/0")`,
  ],
  [
    "with nothing that passes for other words",
    [does("iam:CreateLoginProfile", { userName: "bob), nothing (evil.com" })],
    'user "bob), nothing (evil[.]com" (password)',
  ],
  ["a shell", [shell("1")], "a shell (alice-1)"],
  ["shells together", [shell("1"), shell("2"), shell("3")], "3 shells (alice-1, alice-2, alice-3)"],
  [
    "a key of a user who was there before",
    [does("iam:CreateLoginProfile", { userName: "bob" })],
    "user bob (password)",
  ],
  [
    "of more than two lines hold, how many more",
    [1, 2, 3, 4, 5].map(bucket),
    `bucket a-bucket-with-a-long-name-1 (shared with ${OTHER}), bucket a-bucket-with-a-long-name-2 (shared with ${OTHER}), and 3 more`,
  ],
])("what stays open after the lock-out is named: %s", async (_, records, text) => {
  expect(await rowOf(records, "Open")).toBe(`even then: ${text}`);
});

test.each<readonly [string, readonly object[]]>([
  ["a call that opens nothing", [does("sns:CreateTopic", { name: "x" })]],
  ["what was refused", [{ ...trust, errorCode: "AccessDenied" }]],
  ["a share of what is deleted since", [share, does("ec2:DeleteSnapshot", { snapshotId: "snap-1" }, null, 20)]],
  [
    "what a user has who is locked out as well",
    [does("iam:CreateUser", { userName: "bob" }), does("iam:CreateLoginProfile", { userName: "bob" }, null, 20)],
  ],
  [
    "a key that was switched off",
    [does("iam:UpdateAccessKey", { userName: "bob", accessKeyId: "AKIA", status: "Inactive" })],
  ],
])("nothing stays open after %s", async (_, records) => {
  expect(await rowOf(records, "Open")).toBeUndefined();
  expect(await rowOf(records, "Lock out")).toBeDefined();
});

test("what no command brings back is named: what was deleted, and what others may have copied", async () => {
  const deleted = [1, 2, 3, 4, 5].map((i) => does("ec2:DeleteVolume", { volumeId: `vol-${i}` }));
  expect(await rowOf([...deleted, share], "Gone")).toBe(
    "unless there is a backup: volume vol-1, vol-2, vol-3, 2 more; copies that others took while it was shared: snap-1",
  );
  expect(await rowOf([trust], "Gone")).toBeUndefined();
});

test("shells are closed at once, before anybody was asked", async () => {
  expect(await rowOf([shell("1")], "Undo")).toMatch(/^at once, /);
});

const federation = (policy: object | undefined, expiration = "Nov 30, 2026, 8:43:17\u202fPM") =>
  does(
    "sts:GetFederationToken",
    { name: "x", ...(policy && { policy: JSON.stringify({ Statement: [policy].flat() }) }) },
    { credentials: { accessKeyId: "ASIAIOSFODNN7EXAMPLE", expiration } },
  );
const ALL = { Effect: "Allow", Action: "*", Resource: "*" };

test.each<readonly [string, object, string]>([
  ["all that its user may", federation(ALL), "everything that its user may, until 2026-11-30 20:43:17 UTC"],
  [
    "less",
    federation([ALL, { ...ALL, Effect: "Deny" }]),
    "what both its policy and its user allow, until 2026-11-30 20:43:17 UTC",
  ],
  ["what resources allow", federation(undefined, "soon"), "what both its policy and its user allow, until soon"],
])("a federated session's mail says what it may do, and until when: %s", async (_, one, text) => {
  expect(await rowOf([one], "Grants")).toBe(text);
});

test("an ARN of the call's own account goes by its type and name where it would be cut, and stands whole below", async () => {
  const [longName, stranger] = [`${"long-".repeat(11)}name`, `arn:aws:lambda:us-east-1:${OTHER}:layer:other:1`];
  const functionName = `arn:aws:lambda:us-east-1:${ACCOUNT}:function:${longName}`;
  const desk = testDesk([everyCall("high")]);
  await desk.deliver([
    does("lambda:UpdateFunctionConfiguration", { functionName, layers: [stranger], memorySize: 128 }),
  ]);
  const email = desk.alerts[0]?.email ?? "";
  const [above = "", below = ""] = email.split("\nLock out ");
  expect(above).toContain("\nWhat     functionName: function:long-");
  expect(above).toMatch(/-long-name\n/);
  expect(above).toContain(`layers: ${stranger}\n`);
  expect(below).toContain(`What     functionName: arn:aws:lambda:us-east-1:${ACCOUNT}:function:long-`);
});

test("of a long name that is cut, the end stays", async () => {
  const [name, description] = ["n", "d"].map((letter) => `${letter.repeat(100)}-end`);
  const desk = testDesk([everyCall("high")]);
  await desk.deliver([does("sns:CreateTopic", { name, description })]);
  expect(desk.alerts[0]?.email).toMatch(/^What {5}name: n{50,}…n+-end$/m);
});
