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
  [
    "a role, by all that was done to it",
    [admin, trust],
    `role ops (admin, trusts FOREIGN account ${OTHER}: without At once it can still become admin)`,
  ],
  [
    "the worst first",
    [opened, bucket(1), admin],
    `role ops (admin), sg-1 (open, "tcp 22 from 0.0.0.0/0"), bucket a-bucket-with-a-long-name-1 (shared with ${OTHER})`,
  ],
  [
    "with nothing that passes for other words",
    [does("iam:CreateLoginProfile", { userName: "bob), nothing (evil.com" })],
    'user "bob), nothing (evil[.]com" (password)',
  ],
  ["a shell that At once has no room for", [1, 2, 3, 4, 5].map((i) => shell(`${i}`)), "a shell (alice-5)"],
  ["shells together", [1, 2, 3, 4, 5, 6].map((i) => shell(`${i}`)), "2 shells (alice-5, alice-6)"],
  [
    "a command that may still run",
    [does("ssm:SendCommand", { documentName: "run" }, { command: { commandId: "1" } })],
    "command run (may still run)",
  ],
  [
    "a key of a user who was there before",
    [does("iam:CreateLoginProfile", { userName: "bob" })],
    "user bob (password)",
  ],
  [
    "a role that a machine got, and a credential of another kind",
    [
      does("iam:AddRoleToInstanceProfile", { roleName: "ops", instanceProfileName: "web" }),
      does("iam:UploadSSHPublicKey", { userName: "bob" }, { sSHPublicKey: { sSHPublicKeyId: "APKA1" } }),
    ],
    "user bob (a credential), role ops (in instance profile web)",
  ],
  [
    "of more than two lines hold, how many more",
    [1, 2, 3, 4, 5].map(bucket),
    `bucket a-bucket-with-a-long-name-1 (shared with ${OTHER}), bucket a-bucket-with-a-long-name-2 (shared with ${OTHER}), and 3 more (below)`,
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
    "unless the Recycle Bin has it (restore-volume-from-recycle-bin): volume vol-1, vol-2, vol-3, 2 more; what others copied of snap-1 while it was shared",
  );
  const secret = (secretId: string, more = {}) => does("secretsmanager:DeleteSecret", { secretId, ...more });
  const buckets = ["a", "b"].map((bucketName) => does("s3:DeleteBucket", { bucketName }));
  expect(await rowOf([secret("s", { forceDeleteWithoutRecovery: true }), ...buckets], "Gone")).toBe(
    "unless there is a backup: secret s, bucket a, b (create it anew, before others take the name)",
  );
  expect(await rowOf([secret("s")], "Gone")).toBe("unless restore-secret brings it back: secret s");
  const copy = does("ec2:CreateSnapshot", { volumeId: "vol-1" }, { snapshotId: "snap-1" });
  expect(await rowOf([copy, does("ec2:DeleteSnapshot", { snapshotId: "snap-1" }, null, 20)], "Gone")).toBeUndefined();
  expect(await rowOf([trust], "Gone")).toBeUndefined();
});

test("what of it finds no room stands below, whole", async () => {
  const below = [3, 4, 5].map((i) => `bucket a-bucket-with-a-long-name-${i} (shared with ${OTHER})`).join(", ");
  expect(await rowOf([1, 2, 3, 4, 5].map(bucket), "Open too")).toBe(below);
});

test.each<readonly [string, readonly object[], string]>([
  ["a shell", [shell("1")], "aws ssm terminate-session --session-id alice-1 --region us-east-1"],
  [
    "shells together",
    [shell("1"), shell("2"), share],
    "for one in alice-1 alice-2; do aws ssm terminate-session --session-id $one --region us-east-1; done",
  ],
  [
    "the admin rights of a role that a foreign account may open",
    [admin, trust],
    "aws iam detach-role-policy --role-name ops --policy-arn arn:aws:iam::aws:policy/AdministratorAccess",
  ],
])("before anybody is asked, and before the lock-out, is closed: %s", async (_, records, command) => {
  const desk = testDesk([everyCall("high", { do: "Ask the caller." })]);
  await desk.deliver([...records]);
  const [, typed = ""] =
    /\nAt once {2}(?:Now [^\n]*\n {9})?(if [\s\S]*?)\nLock out /.exec(desk.alerts[0]?.email ?? "") ?? [];
  expect(typed.split("\n").map((line) => line.trim().replace(/; else .*/, ""))).toContain(command);
  expect(await rowOf(records, "Do")).toBe("First what is under At once, then ask alice.");
});

test("no more is done before than leaves the lock-out on the first screen", async () => {
  const desk = testDesk([everyCall("high")]);
  const shares = [1, 2, 3, 4].map((i) =>
    does("ec2:ModifySnapshotAttribute", {
      snapshotId: `snap-${i}`,
      createVolumePermission: { add: { items: [{ userId: `99999999999${i}` }] } },
    }),
  );
  await desk.deliver(shares);
  const [before = "", after = ""] = desk.alerts[0]?.email.split("\nLock out ") ?? [];
  expect(before.match(/modify-snapshot-attribute/g)).toHaveLength(2);
  expect(after.match(/modify-snapshot-attribute/g)).toHaveLength(2);
  expect(before).toContain("\n         and then what Undo begins with, for which there is no room here:\n");
  expect(after).toMatch(
    /\nUndo {5}at once, before anybody is asked:\n {9}if .*\n(?: {9}aws ec2 modify-snapshot-attribute .*\n){2}/,
  );
});

const started = does("cloudtrail:StopLogging", { name: "main" });
const newKey = does(
  "iam:CreateAccessKey",
  { userName: "bob" },
  { accessKey: { userName: "bob", accessKeyId: "AKIA" } },
);

test.each<readonly [string, readonly object[], string]>([
  ["a log", [started], "Now, and again after Lock out: until then it can be redone"],
  ["a share", [share], "Now and after Lock out. It stops rightful users of the share too; Let in does not undo it"],
  [
    "a share and a shell",
    [share, shell("1")],
    "Now and after Lock out. It stops rightful users of the share or the shell too; Let in does not undo it",
  ],
  [
    "a share, where the caller is locked out in the next breath",
    [share, newKey],
    "It stops rightful users of the share too; Let in does not undo it",
  ],
  [
    "a share of somebody whom nothing locks out",
    [{ ...share, userIdentity: { type: "AWSAccount", accountId: OTHER, principalId: "AIDAEXAMPLE" } }],
    "It stops rightful users of the share too",
  ],
])("At once says whom it harms, and when it is typed again: %s", async (_, records, text) => {
  const desk = testDesk([everyCall("critical")]);
  await desk.deliver([...records]);
  expect(desk.alerts[0]?.email).toContain(`\nAt once  ${text}\n         if [ `);
});

test("where the caller is locked out in the next breath, a log is switched on once", async () => {
  const desk = testDesk([everyCall("critical")]);
  await desk.deliver([started, newKey]);
  expect(desk.alerts[0]?.email).toContain("\nAt once  if [ ");
});

test.each<readonly [string, readonly object[]]>([
  ["what a role got that nobody else may open", [admin]],
  ["a command that was sent", [does("ssm:SendCommand", {}, { command: { commandId: "1" } })]],
])("nothing is done before somebody is asked about %s", async (_, records) => {
  expect(await rowOf(records, "At once")).toBeUndefined();
  expect(await rowOf(records, "Do")).toBe("Ask alice.");
});

test("what a security group lets through stands above its parameters' parts", async () => {
  expect(await rowOf([opened], "Grants")).toBe("tcp 22 from 0.0.0.0/0");
  expect(await rowOf([{ ...opened, errorCode: "Client.UnauthorizedOperation" }], "Asked")).toBe(
    "tcp 22 from 0.0.0.0/0",
  );
  const SecurityGroupRule = { IpProtocol: "tcp", FromPort: 22, ToPort: 22, CidrIpv4: "0.0.0.0/0" };
  const changed = { GroupId: "sg-1", SecurityGroupRule: { SecurityGroupRuleId: "sgr-1", tag: 1, SecurityGroupRule } };
  const modified = does("ec2:ModifySecurityGroupRules", { ModifySecurityGroupRulesRequest: changed });
  expect(await rowOf([modified], "Grants")).toBe("tcp 22 from 0.0.0.0/0");
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

test("an answer that only names the thing once more leaves its line to what was asked", async () => {
  const desk = testDesk([everyCall("high")]);
  const answer = {
    codeSha256: "x".repeat(60),
    functionArn: `arn:aws:lambda:us-east-1:${ACCOUNT}:function:f`,
    state: "Active",
  };
  const asked = { functionName: "f", layers: [`arn:aws:lambda:us-east-1:${OTHER}:layer:other:1`], role: "exporter" };
  await desk.deliver([does("lambda:UpdateFunctionConfiguration", asked, answer)]);
  const [above = "", below = ""] = desk.alerts[0]?.email.split("\nLock out ") ?? [];
  expect(above).toMatch(/\nWhat {5}functionName: f\n {9}layers: arn:aws:lambda:us-east-1:999999999999:layer:other:1\n/);
  expect(above).not.toContain("Result");
  expect(below).toContain("\nResult   codeSha256: ");
});

test("of a long name that is cut, the end stays", async () => {
  const [name, description] = ["n", "d"].map((letter) => `${letter.repeat(100)}-end`);
  const desk = testDesk([everyCall("high")]);
  await desk.deliver([does("sns:CreateTopic", { name, description })]);
  expect(desk.alerts[0]?.email).toMatch(/^What {5}name: n{50,}…n+-end$/m);
});
