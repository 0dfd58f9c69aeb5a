import { execFileSync, spawnSync } from "node:child_process";
import { PLACEHOLDER } from "../../../lambda/core/alert/response/commands.ts";
import { undoOf } from "../../../lambda/core/alert/response/undo.ts";
import { NOTE_INSTEAD, NOTES } from "../../../lambda/core/alert/response/undo-notes.ts";
import { undoTable } from "../../../lambda/core/alert/response/undo-table.ts";
import { isObject } from "../../../lambda/core/record/record.ts";
import { doubtsOfCall } from "../../../lambda/rule-files/event-warnings.ts";
import { everyCall, testDesk } from "../../support/desk-pipeline.ts";
import { ACCOUNT, logKey, record } from "../../support/log-files.ts";

type Fields = { readonly [field: string]: unknown };

const of = (call: string, requestParameters: unknown, responseElements: unknown = null, more: Fields = {}) => {
  const [service, eventName] = call.split(":");
  return record({ eventSource: `${service}.amazonaws.com`, eventName, requestParameters, responseElements, ...more });
};

/** As CloudTrail writes them. */
test.each<readonly [string, unknown, unknown, readonly string[]]>([
  [
    "iam:AddUserToGroup",
    { userName: "bob", groupName: "administrators" },
    null,
    ["aws iam remove-user-from-group --user-name bob --group-name administrators"],
  ],
  [
    "iam:AttachRolePolicy",
    { roleName: "web", policyArn: "arn:aws:iam::aws:policy/AdministratorAccess" },
    null,
    ["aws iam detach-role-policy --role-name web --policy-arn arn:aws:iam::aws:policy/AdministratorAccess"],
  ],
  [
    "iam:PutUserPolicy",
    { userName: "bob", policyName: "all", policyDocument: "{}" },
    null,
    ["aws iam delete-user-policy --user-name bob --policy-name all"],
  ],
  [
    "iam:CreateAccessKey",
    { userName: "bob" },
    { accessKey: { userName: "bob", accessKeyId: "AKIAI44QH8DHBEXAMPLE", status: "Active" } },
    ["aws iam update-access-key --user-name bob --access-key-id AKIAI44QH8DHBEXAMPLE --status Inactive"],
  ],
  ["iam:CreateLoginProfile", { userName: "bob" }, null, ["aws iam delete-login-profile --user-name bob"]],
  [
    "iam:UpdateAccessKey",
    { userName: "bob", accessKeyId: "AKIAI44QH8DHBEXAMPLE", status: "Inactive" },
    null,
    ["aws iam update-access-key --user-name bob --access-key-id AKIAI44QH8DHBEXAMPLE --status Active"],
  ],
  [
    "ec2:ModifyImageAttribute",
    {
      imageId: "ami-0aa1d83d0b0985c86",
      launchPermission: { add: { items: [{ userId: "012345678901" }, { userId: "999999999999" }] } },
      attributeType: "launchPermission",
    },
    { _return: true },
    [
      "aws ec2 modify-image-attribute --image-id ami-0aa1d83d0b0985c86 --attribute launchPermission --operation-type remove --user-ids 012345678901 999999999999 --region us-east-1",
    ],
  ],
  [
    "ec2:ModifySnapshotAttribute",
    { snapshotId: "snap-1", createVolumePermission: { add: { items: [{ group: "all" }] } } },
    { _return: true },
    [
      "aws ec2 modify-snapshot-attribute --snapshot-id snap-1 --attribute createVolumePermission --operation-type remove --group-names all --region us-east-1",
    ],
  ],
  [
    "rds:ModifyDBSnapshotAttribute",
    { dBSnapshotIdentifier: "orders", attributeName: "restore", valuesToAdd: ["999999999999"] },
    null,
    [
      "aws rds modify-db-snapshot-attribute --db-snapshot-identifier orders --attribute-name restore --values-to-remove 999999999999 --region us-east-1",
    ],
  ],
  [
    "ec2:AuthorizeSecurityGroupIngress",
    { groupId: "sg-1" },
    { securityGroupRuleSet: { items: [{ securityGroupRuleId: "sgr-1" }, { securityGroupRuleId: "sgr-2" }] } },
    ["aws ec2 revoke-security-group-ingress --group-id sg-1 --security-group-rule-ids sgr-1 sgr-2 --region us-east-1"],
  ],
  [
    "ec2:CreateNetworkAclEntry",
    { networkAclId: "acl-1", ruleNumber: 90, egress: false },
    null,
    ["aws ec2 delete-network-acl-entry --network-acl-id acl-1 --rule-number 90 --ingress --region us-east-1"],
  ],
  [
    "cloudtrail:UpdateTrail",
    { name: "main", isMultiRegionTrail: false },
    null,
    ["aws cloudtrail update-trail --name main --is-multi-region-trail --region us-east-1"],
  ],
  [
    "s3:DeleteBucketPublicAccessBlock",
    { bucketName: "photos" },
    null,
    [
      "aws s3api put-public-access-block --bucket photos --public-access-block-configuration BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true",
    ],
  ],
  [
    "kms:ScheduleKeyDeletion",
    { keyId: "1234abcd-12ab-34cd-56ef-1234567890ab" },
    null,
    [
      "aws kms cancel-key-deletion --key-id 1234abcd-12ab-34cd-56ef-1234567890ab --region us-east-1",
      "aws kms enable-key --key-id 1234abcd-12ab-34cd-56ef-1234567890ab --region us-east-1",
    ],
  ],
  [
    "secretsmanager:DeleteSecret",
    { secretId: "orders/db" },
    null,
    ["aws secretsmanager restore-secret --secret-id orders/db --region us-east-1"],
  ],
  [
    "lambda:AddPermission20150331v2",
    { functionName: "web", statementId: "open" },
    null,
    ["aws lambda remove-permission --function-name web --statement-id open --region us-east-1"],
  ],
  [
    "lambda:AddPermission20150331v2",
    { functionName: "web", statementId: "open", qualifier: "beta" },
    null,
    ["aws lambda remove-permission --function-name web --qualifier beta --statement-id open --region us-east-1"],
  ],
  [
    "lambda:CreateFunctionUrlConfig",
    { functionName: "web", qualifier: "beta" },
    null,
    ["aws lambda delete-function-url-config --function-name web --qualifier beta --region us-east-1"],
  ],
  [
    "events:PutTargets",
    { rule: "nightly", eventBusName: "partner", targets: [{ id: "Target0" }] },
    null,
    ["aws events remove-targets --event-bus-name partner --rule nightly --ids Target0 --region us-east-1"],
  ],
  [
    "events:PutTargets",
    { rule: "nightly", targets: [{ id: "Target0" }] },
    null,
    ["aws events remove-targets --rule nightly --ids Target0 --region us-east-1"],
  ],
  [
    "iam:PutUserPolicy",
    {
      userName: "bob",
      policyName: "AWSExposedCredentialPolicy_DO_NOT_REMOVE",
      policyDocument: '{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}',
    },
    null,
    ["aws iam delete-user-policy --user-name bob --policy-name AWSExposedCredentialPolicy_DO_NOT_REMOVE"],
  ],
  [
    "iam:AttachUserPolicy",
    { userName: "bob", policyArn: "arn:aws:iam::111122223333:policy/AWSCompromisedKeyQuarantineX" },
    null,
    [
      "aws iam detach-user-policy --user-name bob --policy-arn arn:aws:iam::111122223333:policy/AWSCompromisedKeyQuarantineX",
    ],
  ],
])("%s of %j is undone", (call, asked, answer, filled) => {
  expect(undoOf(of(call, asked, answer))).toMatchObject({ filled, left: 0 });
});

test.each([
  [
    "it was refused",
    of("iam:AddUserToGroup", { userName: "bob", groupName: "x" }, null, { errorCode: "AccessDenied" }),
  ],
  ["it changed something else", of("cloudtrail:UpdateTrail", { name: "main", isMultiRegionTrail: true })],
  [
    "a secret is gone for good",
    of("secretsmanager:DeleteSecret", { secretId: "orders/db", forceDeleteWithoutRecovery: true }),
  ],
  ["nobody knows a command", of("iam:TagUser", { userName: "bob" })],
  [
    "AWS put the user under quarantine",
    of("iam:AttachUserPolicy", { userName: "bob", policyArn: "arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV3" }),
  ],
  [
    "AWS put the user under the older quarantine",
    of("iam:PutUserPolicy", {
      userName: "bob",
      policyName: "AWSExposedCredentialPolicy_DO_NOT_REMOVE",
      policyDocument: '{"Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}',
    }),
  ],
  ["its name is one of every object", of("constructor:toString", {})],
  [
    "root made itself a key, which needs root",
    of(
      "iam:CreateAccessKey",
      null,
      { accessKey: { userName: "root", accessKeyId: "AKIAIOSFODNN7EXAMPLE" } },
      {
        userIdentity: { type: "Root" },
      },
    ),
  ],
])("there is nothing to undo where %s", (_, one) => {
  expect(undoOf(one)).toEqual({ filled: [], left: 0, notes: new Map() });
});

test.each([
  ["iam:UpdateAssumeRolePolicy", "whoever uses the role", "No command brings the old trust policy back"],
  ["iam:CreateRole", "the new role", "delete the role"],
])("after %s the role can be stopped, and the rest is done by hand", (call, whom, words) => {
  const changed = of(call, { roleName: "web" });
  const { filled, notes, byHand } = undoOf(changed);
  expect(filled).toEqual([expect.stringContaining("aws iam put-role-policy --role-name web --policy-name DenyAll")]);
  expect(notes.get(filled[0] ?? "")).toContain(whom);
  expect(byHand).toContain(words);
  // A role of the alerter's own comes back by a deployment, and must not be stopped.
  expect(undoOf(changed, true)).toEqual({ filled: [], left: 0, notes: new Map() });
});

test("code that was replaced comes back by hand, and until then the function can be stopped", () => {
  const changed = of("lambda:UpdateFunctionCode", { functionName: "web", dryRun: false });
  const { filled, notes, byHand } = undoOf(changed);
  expect(filled).toEqual([
    "aws lambda put-function-concurrency --function-name web --reserved-concurrent-executions 0 --region us-east-1",
  ]);
  expect(notes.get(filled[0] ?? "")).toContain("what was reserved for it before is lost");
  expect(byHand).toContain("an older version that was published");
  expect(undoOf(of("lambda:UpdateFunctionCode", { functionName: "web", dryRun: true })).filled).toEqual([]);
  // A deployment puts the alerter's own code back, and the alerter must not be stopped.
  expect(undoOf(changed, true)).toEqual({ filled: [], left: 0, notes: new Map() });
});

/** What a shell takes for the words of each command of the table; one shell, for it takes longer to start than to run. */
function wordsOfAll(): ReadonlyMap<string, readonly string[]> {
  const commands = [...undoTable().values()].flat().map(({ command }) => command);
  const lines = commands.map((command) => `${command.replace(PLACEHOLDER, "word")}\nprintf '\\0'`);
  const script = [`aws() { printf '%s\\n' "$@"; }`, ...lines].join("\n");
  const said = execFileSync("/bin/sh", ["-e", "-c", script], { encoding: "utf8" }).split("\0");
  return new Map(commands.map((command, i) => [command, said[i]?.trimEnd().split("\n") ?? []]));
}

const WORDS = wordsOfAll();

test.each([...undoTable()])("%s is a call, and its commands are words for one program", (call, ways) => {
  expect(doubtsOfCall(call)).toEqual([]);
  for (const { command, note } of ways) {
    expect(note).not.toBe("");
    expect(command).toMatch(/^aws [a-z0-9-]+ [a-z0-9-]+( |$)/);
    // The region is that of the call, but IAM and its like have none.
    const names = Array.from(command.matchAll(PLACEHOLDER), ([, path]) => path);
    for (const path of names)
      expect(path).toMatch(/^(?:requestParameters|responseElements)\.|^(?:awsRegion|recipientAccountId)$/);
    const words = WORDS.get(command) ?? [];
    expect(words.filter((word) => word === "word")).toHaveLength(names.length);
  }
});

test("each command of the table is filled in from a record that has its fields", () => {
  for (const [call, ways] of undoTable()) {
    for (const { command, where, having } of ways) {
      const record = of(call, {}, {}, { recipientAccountId: "111122223333" });
      if (where !== undefined) set(record, where[0], where[1]);
      if (having !== undefined) set(record, having, "some");
      let filled = command;
      for (const [text, path = "", star] of command.matchAll(PLACEHOLDER)) {
        const values = star === "" ? `v-${path.split(".").pop()}` : ["one", "two"];
        if (/^(?:request|response)/.test(path)) set(record, path, values);
        const shown = path === "awsRegion" ? "us-east-1" : path === "recipientAccountId" ? "111122223333" : values;
        filled = filled.replace(text, [shown].flat().join(" "));
      }
      expect({ call, ...undoOf(record) }).toMatchObject({ call, filled: expect.arrayContaining([filled]), left: 0 });
    }
  }
});

/** Sets a field of a record, at any depth. */
function set(record: { [field: string]: unknown }, path: string, value: unknown): void {
  const [field = "", ...rest] = path.split(".");
  if (rest.length === 0) record[field] = value;
  else {
    const inner = isObject(record[field]) ? { ...record[field] } : {};
    record[field] = inner;
    set(inner, rest.join("."), value);
  }
}

test("a mail about several calls undoes each, and names how many more there are", async () => {
  const desk = testDesk([everyCall("high")]);
  await desk.deliver(
    Array.from({ length: 40 }, (_, i) => of("iam:AddUserToGroup", { userName: `u${i}`, groupName: "administrators" })),
  );
  const [{ email } = { email: "" }] = desk.alerts;
  expect(email).toContain(
    `\nUndo     then, if it was not meant:\n         if [ "$(aws sts get-caller-identity --query Account --output text)" = ${ACCOUNT} ]; then\n         aws iam remove-user-from-group --user-name u0 --group-name administrators\n`,
  );
  expect(email.match(/remove-user-from-group/g)).toHaveLength(10);
  expect(email).toContain(
    "\n         30 more calls to undo are NOT here: iam:AddUserToGroup of u10, u11, u12, u13 and 26 more\n",
  );
});

test("what a threshold counted is undone, however many calls of another kind came before", async () => {
  const desk = testDesk([everyCall("high", { threshold: { count: 15, within: 15 * 60_000 } })]);
  await desk.deliver([
    ...Array.from({ length: 30 }, (_, i) => of("dynamodb:DeleteTable", { tableName: `orders-${i}` })),
    of("ec2:DeregisterImage", { imageId: "ami-0aa1d83d0b0985c86" }, null, at(30)),
  ]);
  expect(desk.alerts[0]?.email).toContain(
    "\n         aws ec2 restore-image-from-recycle-bin --image-id ami-0aa1d83d0b0985c86",
  );
});

test("a call whose record found no room is named, also where no command is left", async () => {
  const worse = Array.from({ length: 20 }, (_, i) => `iam:TagUser${"ABCDEFGHIJKLMNOPQRST"[i]}`);
  const desk = testDesk([everyCall("high"), everyCall("critical", { name: "worse", calls: worse })]);
  await desk.deliver([
    ...worse.map((call) => of(call, { userName: "bob" })),
    of("iam:AddUserToGroup", { userName: "carl", groupName: "g" }),
    of("cloudtrail:StopLogging", { name: "main" }),
  ]);
  expect(desk.alerts[0]?.email).toContain(
    "\nUndo     2 more calls to undo are NOT here: iam:AddUserToGroup of carl, cloudtrail:StopLogging of main\n",
  );
});

/** The row that undoes, without what checks the account. */
const undoRow = (email = "") =>
  (/\nUndo {5}([\s\S]*?)\n(?=\w|\n)/.exec(email)?.[1] ?? "")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => !/^(?:if|else) /.test(line));

test("what cannot wait is undone at once, then whoever was let in, then the rest", async () => {
  const desk = testDesk([everyCall("high")]);
  const opened = (i: number) =>
    of(
      "ec2:AuthorizeSecurityGroupIngress",
      { groupId: `sg-${i}` },
      { securityGroupRuleSet: { items: [{ securityGroupRuleId: `sgr-${i}` }] } },
    );
  await desk.deliver([
    ...Array.from({ length: 9 }, (_, i) => opened(i)),
    of("iam:CreateLoginProfile", { userName: "carl" }),
    of("iam:CreateUser", { userName: "carl" }),
    of("iam:CreateUser", { userName: "x$(reboot)" }),
    of("cloudtrail:StopLogging", { name: "main" }),
  ]);
  // What is pasted first has a row of its own.
  expect(desk.alerts[0]?.email).toMatch(
    /\nAt once {2}Now, and again after Lock out.*\n {9}if .*\n +aws cloudtrail start-logging --name main --region us-east-1; else .*\nLock out /,
  );
  const [, second = ""] = desk.alerts[0]?.email.split("then, if it was not meant:") ?? [];
  const [login, ...others] = undoRow(`\nUndo     x${second}`).slice(1);
  expect(login).toBe("aws iam delete-login-profile --user-name carl");
  expect(others.filter((line) => line.startsWith("aws ec2 revoke-"))).toHaveLength(8);
  expect(others).toContain(
    "2 more calls to undo are NOT here: iam:CreateUser once, ec2:AuthorizeSecurityGroupIngress of sg-8",
  );
});

test("of what is left out the row names calls and plain names only, those that let somebody in first", async () => {
  const desk = testDesk([everyCall("high")]);
  const shared = Array.from({ length: 30 }, (_, i) => of("sns:AddPermission", { topicArn: `t${i}`, label: "a" }));
  const keys = Array.from({ length: 12 }, (_, i) => {
    const userName = i < 10 ? `u${i}` : `u$(reboot ${i})`;
    return of("iam:AddUserToGroup", { userName, groupName: i < 10 ? "g" : "x y" });
  });
  await desk.deliver([...shared, ...keys]);
  const left = undoRow(desk.alerts[0]?.email).find((line) => line.includes("NOT here")) ?? "";
  expect(left).toMatch(/^\d+ more calls to undo are NOT here: iam:AddUserToGroup of u.*, sns:AddPermission of t/);
  expect(left).not.toContain("$");
});

test("what is pasted with its notes is nothing but its commands to a shell", async () => {
  const desk = testDesk([everyCall("high")]);
  await desk.deliver([
    of("s3:PutBucketPolicy", { bucketName: "photos", bucketPolicy: {} }),
    of("iam:UpdateAssumeRolePolicy", { roleName: "web" }),
    of("iam:CreateLoginProfile", { userName: "carl" }),
  ]);
  const [, row = ""] = /\nUndo {5}([\s\S]*?)\n(?=\w|\n)/.exec(desk.alerts[0]?.email ?? "") ?? [];
  const [, pasted = ""] = /\n +(if \[ [\s\S]*?; fi)\n/.exec(row) ?? [];
  const lines = pasted.split("\n");
  const aws = `aws() { if [ "$1" = sts ]; then echo "$ACCOUNT"; else echo "$2"; fi; }`;
  const typed = (account: string) =>
    execFileSync("/bin/sh", ["-c", `${aws}\n${lines.join("\n")}\necho end`], {
      encoding: "utf8",
      env: { ACCOUNT: account },
    });
  expect(typed(ACCOUNT)).toBe("delete-login-profile\nput-role-policy\ndelete-bucket-policy\nend\n");
  expect(typed("999999999999")).toBe(`not ${ACCOUNT}: nothing done\nend\n`);
  // Some shells know no comments.
  expect(row).not.toContain("#");
});

test.each(Object.entries(NOTES))("the note %s, pasted with the commands below it, is words to a shell", (_, note) => {
  expect(spawnSync("/bin/sh", ["-n", "-c", `some-command: ${note}`]).status).toBe(0);
});

test.each([...Object.values(NOTES), NOTE_INSTEAD])("the note %j goes on behind a command's name", (note) => {
  expect(note).toMatch(/^[a-z]/);
});

test("what is the alerter's own comes back by a deployment, not by a command that takes it away", async () => {
  const own = of("s3:PutBucketPolicy", { bucketName: "trail-bucket", bucketPolicy: {} });
  const self = { ...everyCall("high", { name: "self" }), isAboutSelf: true as const };
  for (const [rules, count] of [
    [[everyCall("high")], 1],
    [[self], 0],
    // Another rule that the same record meets does not bring it back.
    [[everyCall("critical"), self], 0],
  ] as const) {
    const desk = testDesk(rules);
    await desk.deliver([own]);
    expect(desk.alerts[0]?.email.match(/aws s3api delete-bucket-policy/g) ?? []).toHaveLength(count);
  }
});

const bob = "bob";
const at = (second: number) => ({ eventTime: `2026-11-20T21:25:${String(second).padStart(2, "0")}Z` });
const made = of("iam:CreateLoginProfile", { userName: bob }, null, at(10));
const stopped = of("cloudtrail:StopLogging", { name: "main" }, null, at(10));

test.each<readonly [string, readonly object[], string, number]>([
  [
    "a user's password, and the user",
    [made, of("iam:DeleteUser", { userName: bob }, null, at(20))],
    "delete-login-profile",
    0,
  ],
  ["another user", [made, of("iam:DeleteUser", { userName: "carl" }, null, at(20))], "delete-login-profile", 1],
  ["the user of before", [made, of("iam:DeleteUser", { userName: bob }, null, at(0))], "delete-login-profile", 1],
  [
    "nobody: it was refused",
    [made, of("iam:DeleteUser", { userName: bob }, null, { ...at(20), errorCode: "AccessDenied" })],
    "delete-login-profile",
    1,
  ],
  [
    "the password again",
    [made, of("iam:DeleteLoginProfile", { userName: bob }, null, at(20))],
    "delete-login-profile",
    0,
  ],
  [
    "a trail that was stopped first",
    [stopped, of("cloudtrail:DeleteTrail", { name: "main" }, null, at(20))],
    "start-logging",
    0,
  ],
  ["another trail", [stopped, of("cloudtrail:DeleteTrail", { name: "other" }, null, at(20))], "start-logging", 1],
  [
    "a group that a policy was put on",
    [
      of(
        "iam:AttachGroupPolicy",
        { groupName: "g", policyArn: "arn:aws:iam::aws:policy/AdministratorAccess" },
        null,
        at(10),
      ),
      of(
        "iam:DetachGroupPolicy",
        { groupName: "g", policyArn: "arn:aws:iam::aws:policy/AdministratorAccess" },
        null,
        at(20),
      ),
    ],
    "detach-group-policy",
    0,
  ],
])("what was made and then deleted is not undone: %s", async (_, records, command, count) => {
  const desk = testDesk([everyCall("high")]);
  await desk.deliver([...records]);
  expect(desk.alerts[0]?.email.match(new RegExp(command, "g")) ?? []).toHaveLength(count);
});

test("what a command takes away is said above all commands, and printed by one that stands before them", async () => {
  const desk = testDesk([everyCall("high")]);
  const policy = of("s3:PutBucketPolicy", { bucketName: "photos", bucketPolicy: {} }, null, at(10));
  await desk.deliver([policy, of("iam:AddUserToGroup", { userName: bob, groupName: "g" }, null, at(20))]);
  expect(desk.alerts[0]?.email).toMatch(
    /\nNote .*\n +aws s3api get-bucket-policy --bucket photos\nUndo .*meant:\n +delete-bucket-policy: this takes the whole policy away; .*\n.*; then\n.*\n +aws s3api delete-bucket-policy --bucket photos\n/,
  );
});

test("the mail looks at the headline's object, not at one that is gone or another line's", async () => {
  const desk = testDesk([
    { ...everyCall("high"), commands: ["aws cloudtrail get-trail-status --name {requestParameters.name}"] },
  ]);
  await desk.deliver([stopped, of("cloudtrail:StopLogging", { name: "main" }, null, at(11))]);
  expect(desk.alerts[0]?.email).toContain(
    "\nLook     with credentials of 111122223333; others show another account:\n         aws cloudtrail get-trail-status --name main\n",
  );
  await desk.deliver([of("cloudtrail:DeleteTrail", { name: "other" }, null, at(20))]);
  await desk.desk.runToEnd();
  expect(desk.alerts.at(-1)?.email).toContain("No command brings a deleted trail back");
  expect(desk.alerts.at(-1)?.email).not.toContain("get-trail-status --name other");
});

test("one account's guard stands for no other account: what was called there is named, without a command", async () => {
  const desk = testDesk([everyCall("high", { group: { by: ["sourceIPAddress"], acrossAccounts: true } })]);
  const other = "444455556666";
  await desk.deliver([of("iam:AttachUserPolicy", { userName: "bob", policyArn: "p1" })]);
  const more = { recipientAccountId: other, eventTime: "2026-11-20T21:26:10Z" };
  const key = logKey("other").replaceAll(ACCOUNT, other);
  const there = of("iam:AddUserToGroup", { userName: "carl", groupName: "g" }, null, more);
  await desk.deliver([there], key);
  await desk.deliver([of("iam:CreateUser", { userName: "dora" }, null, { eventTime: "2026-11-20T21:26:20Z" })]);
  await desk.desk.runToEnd();
  // The mail's account is that of the call that it begins with.
  const [, followUp = ""] = desk.alerts.map(({ email }) => email);
  expect(followUp).toMatch(
    / = 444455556666 \]; then\n +aws iam remove-user-from-group --user-name carl --group-name g\n/,
  );
  expect(followUp).not.toMatch(/delete-user|detach-user-policy/);
  expect(followUp).toContain("         1 more call to undo is NOT here: iam:CreateUser of dora");
});

test("a function that calls name in two ways is stopped once", async () => {
  const arn = `arn:aws:lambda:us-east-1:${ACCOUNT}:function:web`;
  const desk = testDesk([everyCall("high")]);
  await desk.deliver([
    of("lambda:UpdateFunctionCode20150331v2", { functionName: arn }),
    of("lambda:CreateFunction20150331", { functionName: "web" }),
    of("lambda:CreateFunction20150331", { functionName: "other" }),
  ]);
  expect(desk.alerts[0]?.email.match(/put-function-concurrency --function-name \S+/g)).toHaveLength(2);
});

test.each<readonly [string, string, object]>([
  ["selectors that somebody set", "cloudtrail:PutEventSelectors", { trailName: "main", eventSelectors: [] }],
  ["a command that may be half done", "ssm:SendCommand", {}],
  ["alarms whose actions rest during some work", "monitoring:DisableAlarmActions", { alarmNames: ["cpu"] }],
  [
    "a share with so many that all are taken away, those of before too",
    "ec2:ModifySnapshotAttribute",
    {
      snapshotId: "snap-1",
      createVolumePermission: { add: { items: Array.from({ length: 60 }, (_, i) => ({ userId: `${i}` })) } },
    },
  ],
])("what is not harmless waits for an answer: %s", (_, call, parameters) => {
  const undoing = undoOf(of(call, parameters, { command: { commandId: "1" } }));
  expect(undoing.filled).toHaveLength(1);
  expect(undoing.urgent).toBeUndefined();
});

test("what locked somebody out is not offered to be taken back", () => {
  const denied = of("iam:AttachUserPolicy", { userName: "bob", policyArn: "arn:aws:iam::aws:policy/AWSDenyAll" });
  expect(undoOf(denied).filled).toEqual([]);
});
