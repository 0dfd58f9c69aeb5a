import { describeCaller, describeIdentity } from "../../../lambda/core/alert/describe.ts";
import { callOf, withoutApiVersion } from "../../../lambda/core/record/call.ts";
import { outcomeOf } from "../../../lambda/core/record/outcome.ts";
import { timeOf } from "../../../lambda/core/record/record.ts";
import { redact } from "../../../lambda/core/record/redaction.ts";
import { REDACTED } from "../../../lambda/core/record/secret-names.ts";
import { viewOf } from "../../../lambda/core/record/view.ts";

const issuer = (name: string, path = "") => ({
  sessionIssuer: { type: "Role", userName: name, arn: `arn:aws:iam::111122223333:role/${path}${name}` },
});

test.each([
  [{ type: "Root", accountId: "111122223333" }, "root user"],
  [{ type: "IAMUser", userName: "alice" }, "IAM user alice"],
  [
    {
      type: "AssumedRole",
      principalId: "AROA:build-812",
      arn: "arn:aws:sts::111122223333:assumed-role/deploy-ci/build-812",
      sessionContext: issuer("deploy-ci"),
      invokedBy: "cloudformation.amazonaws.com",
    },
    'role deploy-ci, session "build-812" (chosen by the caller), via cloudformation',
  ],
  [
    { type: "AssumedRole", arn: "arn:aws:sts::111122223333:assumed-role/admin/eve" },
    'role admin, session "eve" (chosen by the caller)',
  ],
  [
    {
      type: "AssumedRole",
      arn: "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admin_1/jane@example.com",
      sessionContext: issuer("AWSReservedSSO_Admin_1", "aws-reserved/sso.amazonaws.com/eu-west-1/"),
    },
    "role AWSReservedSSO_Admin_1, person jane@example.com",
  ],
  [
    {
      type: "AssumedRole",
      arn: "arn:aws:sts::111122223333:assumed-role/pods/x",
      sessionContext: { ...issuer("pods"), webIdFederationData: { federatedProvider: "oidc.example" } },
    },
    'role pods, session "x" (chosen by the caller), vouched for by oidc[.]example',
  ],
  [
    {
      type: "AssumedRole",
      arn: "arn:aws:sts::111122223333:assumed-role/lambda-role/x",
      sessionContext: issuer("lambda-role"),
      inScopeOf: {
        issuerType: "AWS::Lambda::Function",
        credentialsIssuedTo: "arn:aws:lambda:us-east-1:111122223333:function:resize",
      },
    },
    'role lambda-role, session "x" (chosen by the caller), in the scope of arn:aws:lambda:us-east-1:111122223333:function:resize',
  ],
  [
    {
      type: "AWSService",
      invokedBy: "glue.amazonaws.com",
      inScopeOf: { sourceArn: "arn:aws:glue:us-east-1:111122223333:job/nightly", sourceAccount: "111122223333" },
    },
    "AWS service glue, in the scope of arn:aws:glue:us-east-1:111122223333:job/nightly",
  ],
  [{ type: "Role", arn: "arn:aws:iam::111122223333:role/worker" }, "role worker"],
  [
    {
      type: "FederatedUser",
      arn: "arn:aws:sts::111122223333:federated-user/bob",
      sessionContext: { sessionIssuer: { type: "IAMUser", userName: "alice" } },
    },
    "federated user bob (a chosen name), vouched for by alice",
  ],
  [
    {
      type: "AssumedRole",
      arn: "arn:aws:sts::111122223333:assumed-role/web/i-0123456789abcdef0",
      sessionContext: { ...issuer("web"), ec2RoleDelivery: "2.0" },
    },
    "role web, instance i-0123456789abcdef0 (set by EC2, IMDSv2)",
  ],
  [
    {
      type: "AssumedRole",
      arn: "arn:aws:sts::111122223333:assumed-role/web/i-0123456789abcdef0",
      sessionContext: { ...issuer("web"), ec2RoleDelivery: "1.0" },
    },
    "role web, instance i-0123456789abcdef0 (set by EC2, IMDSv1)",
  ],
  [
    {
      type: "AssumedRole",
      arn: "arn:aws:sts::111122223333:assumed-role/web/i-0123456789abcdef0",
      sessionContext: issuer("web"),
    },
    'role web, session "i-0123456789abcdef0" (chosen by the caller)',
  ],
  [
    {
      type: "AssumedRole",
      arn: "arn:aws:sts::111122223333:assumed-role/AWSServiceRoleForSSO/sso",
      sessionContext: issuer("AWSServiceRoleForSSO", "aws-service-role/sso.amazonaws.com/"),
      invokedBy: "sso.amazonaws.com",
    },
    'role AWSServiceRoleForSSO, session "sso" (set by AWS), via sso',
  ],
  [
    {
      type: "AssumedRole",
      arn: "arn:aws:sts::111122223333:assumed-role/admin/x",
      sessionContext: { ...issuer("admin"), sourceIdentity: "carol@example.com" },
      onBehalfOf: {
        userId: "f12bb510-a011",
        identityStoreArn: "arn:aws:identitystore::111122223333:identitystore/d-1",
      },
    },
    'role admin, session "x" (chosen by the caller), source identity carol@example.com (set by whoever opened the first session), for the Identity Center user f12bb510-a011',
  ],
  [
    { type: "Root", accountId: "111122223333", sessionContext: { assumedRoot: "true" } },
    "root user, in a session that the management account opened by sts:AssumeRoot",
  ],
  [{ type: "IAMUser", userName: "alice", invokedBy: "aws-mcp.amazonaws.com" }, "IAM user alice, by an agent (aws-mcp)"],
  [
    {
      type: "AssumedRole",
      arn: "arn:aws:sts::111122223333:assumed-role/dev/alice",
      sessionContext: { ...issuer("dev"), signInSessionArn: "arn:aws:signin:us-east-1:111122223333:session/x" },
    },
    'role dev, session "alice" (chosen by the caller), signed in by aws login or an agent',
  ],
  [
    { type: "IAMUser", userName: "alice", invokedByDelegate: { accountId: "999988887777" } },
    "IAM user alice, by a product of account 999988887777 with delegated access",
  ],
  [{ type: "Directory", userName: "corp" }, "directory user corp"],
  [
    { type: "AWSAccount", accountId: "999988887777", principalId: "AIDAX" },
    "another account AIDAX, of account 999988887777",
  ],
  [{ type: "AWSAccount", accountId: "ANONYMOUS_PRINCIPAL" }, "anonymous caller"],
  [{ type: "AWSService", invokedBy: "delivery.logs.amazonaws.com" }, "AWS service delivery.logs".replace(".", "[.]")],
  [{ invokedBy: "ec2.amazonaws.com" }, "AWS service ec2"],
  [{ type: "IdentityCenterUser", onBehalfOf: { userId: "94482488-3041" } }, "Identity Center user 94482488-3041"],
  [{ type: "SAMLUser", userName: "sam", identityProvider: "idp" }, "SAML user sam, vouched for by idp"],
  [
    { type: "WebIdentityUser", userName: "w", identityProvider: "accounts" },
    "web identity user w, vouched for by accounts",
  ],
  [{ type: "Unknown", principalId: "P" }, "unknown identity P"],
  [
    { type: "Unknown", principalId: "111122223333", arn: "", userName: "jane", onBehalfOf: { userId: "f12b" } },
    "Identity Center user jane",
  ],
  [{ type: "Unknown", principalId: "111122223333", onBehalfOf: { userId: "f12b" } }, "Identity Center user f12b"],
  [{ type: "Martian", arn: "arn:aws:iam::1:martian/m" }, "identity of an unknown type m"],
  [{}, "unknown caller"],
  [undefined, "unknown caller"],
  ["root", "unknown caller"],
])("identity of %j", (userIdentity, line) => {
  expect(describeIdentity({ recipientAccountId: "111122223333", userIdentity })).toBe(line);
});

test("an Insights record says that it names no caller", () => {
  expect(describeIdentity({ insightDetails: { state: "Start" } })).toBe("no caller (an Insights record)");
});

test.each([
  [
    "an IAM user whose session has none",
    { type: "IAMUser", userName: "a", sessionContext: { attributes: { mfaAuthenticated: "false" } } },
    "IAM user a, without MFA",
  ],
  [
    "root with MFA",
    { type: "Root", sessionContext: { attributes: { mfaAuthenticated: "true" } } },
    "root user, with MFA",
  ],
  [
    "a long-term key",
    { type: "IAMUser", userName: "a", accessKeyId: "AKIAIOSFODNN7EXAMPLE" },
    "IAM user a, long-term key AKIAIOSFODNN7EXAMPLE (carries no MFA)",
  ],
  [
    "a role session",
    {
      type: "AssumedRole",
      arn: "arn:aws:sts::1:assumed-role/r/s",
      sessionContext: { attributes: { mfaAuthenticated: "false" } },
    },
    'role r, session "s" (chosen by the caller), MFA unknown',
  ],
])("MFA is said only where it is proven: %s", (_, userIdentity, line) => {
  expect(describeCaller({ userIdentity })).toBe(line);
});

test("session names do not make other actors, people of Identity Center do", () => {
  const session = (name: string, context: object) =>
    viewOf({
      userIdentity: { type: "AssumedRole", arn: `arn:aws:sts::1:assumed-role/r/${name}`, sessionContext: context },
    }).actor;
  expect(session("one", issuer("r"))).toBe(session("two", issuer("r")));
  const sso = issuer("AWSReservedSSO_A", "aws-reserved/sso.amazonaws.com/");
  expect(session("jane", sso)).not.toBe(session("joe", sso));
  const bare = (type: string, principalId: string) => viewOf({ userIdentity: { type, principalId } }).actor;
  expect(bare("AssumedRole", "AROA1:one")).toBe(bare("AssumedRole", "AROA1:two"));
  // Federated users of another account, and of one's own without an issuer.
  expect(bare("AWSAccount", "444455556666:one")).toBe(bare("AWSAccount", "444455556666:two"));
  expect(bare("FederatedUser", "111122223333:one")).toBe(bare("FederatedUser", "111122223333:two"));
  const center = (type: string, more: { readonly [field: string]: unknown }) =>
    viewOf({ userIdentity: { type, principalId: "111122223333", accountId: "111122223333", ...more } }).actor;
  const user = (userId: string) => ({ onBehalfOf: { userId } });
  expect(center("Unknown", user("f12b"))).not.toBe(center("Unknown", user("e34c")));
  expect(center("Unknown", user("f12b"))).toBe(center("IdentityCenterUser", user("f12b")));
  expect(center("Unknown", { userName: "jane" })).not.toBe(center("Unknown", { userName: "joe" }));
  expect(bare("WebIdentityUser", "accounts.google.com:app:one")).not.toBe(
    bare("WebIdentityUser", "accounts.google.com:app:two"),
  );
});

test.each([
  ["2026-11-20T10:00:00Z", "2026-11-20T10:00:00.000Z"],
  [" 2026-11-20T10:00:00Z ", "2026-11-20T10:00:00.000Z"],
  ["20261120T100000Z", "2026-11-20T10:00:00.000Z"],
  ["20261120T100000", "2026-11-20T10:00:00.000Z"],
  ["2026-11-20T10:00:00.123+02:00", "2026-11-20T08:00:00.123Z"],
  ["2026-11-20 10:00:00", "2026-11-20T10:00:00.000Z"],
  ["Nov 20, 2026, 10:00:00 AM", "2026-11-20T10:00:00.000Z"],
  ["Nov 20, 2026, 10:00:00 pm", "2026-11-20T22:00:00.000Z"],
  ["Fri Nov 20 10:00:00 2026", "2026-11-20T10:00:00.000Z"],
  ["Fri Nov 20 2026 10:00:00 GMT+0100 (CET)", "2026-11-20T09:00:00.000Z"],
  ["tomorrow", undefined],
])("the time %j is UTC unless it says otherwise, wherever it is read", (text, expected) => {
  const time = timeOf(text);
  expect(time === undefined ? undefined : new Date(time).toISOString()).toBe(expected);
});

test("a time as long as a megabyte is none, at once", () => {
  expect(timeOf(`${":00".repeat(500_000)}x`)).toBeUndefined();
});

const FLOW_LOG = "fl-0123456789abcdef0";
const OTHER_LOG = "fl-0aaaaaaaaaaaaaaa1";

const unsuccessful = (resourceId: string, code: string) => ({ resourceId, error: { code, message: "no" } });

/** DeleteFlowLogs as EC2 answers it: without an errorCode, whatever became of each log. */
const flowLogs = (ids: readonly string[], answer: unknown) => ({
  eventSource: "ec2.amazonaws.com",
  eventName: "DeleteFlowLogs",
  eventType: "AwsApiCall",
  requestParameters: { DeleteFlowLogsRequest: { FlowLogId: ids.map((content, i) => ({ tag: i + 1, content })) } },
  responseElements: { DeleteFlowLogsResponse: { unsuccessful: answer, requestId: "1" } },
});

test.each([
  [{ errorCode: "AccessDenied" }, "denied"],
  [{ errorCode: "AccessDeniedException" }, "denied"],
  [{ errorCode: "Client.UnauthorizedOperation" }, "denied"],
  [{ errorCode: "AuthorizationError" }, "denied"],
  [{ errorCode: "AuthFailure" }, "denied"],
  [{ errorCode: "VpceAccessDenied" }, "denied"],
  [{ errorCode: "AuthorizationException" }, "denied"],
  [{ errorCode: "AuthorizationNotFound" }, "failed"],
  [{ errorCode: "AccessToSnapshotDenied" }, "denied"],
  [{ errorCode: "AccessForbidden" }, "denied"],
  [{ errorCode: "PermissionDeniedException" }, "denied"],
  [{ errorCode: "InsufficientIAMAccessPermissionException" }, "denied"],
  [{ errorCode: "InsufficientPrivilegesException" }, "denied"],
  // The role that a service uses lacks a right, not the caller.
  [{ errorCode: "InsufficientPermissionsException" }, "failed"],
  [{ errorCode: "Client.DryRunOperation" }, "dry-run"],
  [{ errorCode: "DryRunOperation" }, "dry-run"],
  [{ errorCode: "DryRunOperationException" }, "dry-run"],
  [{ errorCode: "ThrottlingException" }, "failed"],
  [{ eventName: "ConsoleLogin", responseElements: { ConsoleLogin: "Failure" } }, "failed"],
  [{ eventName: "ConsoleLogin", responseElements: { ConsoleLogin: "Success" } }, "success"],
  [{ eventName: "ConsoleLogin", responseElements: "{ no JSON" }, "success"],
  [{ eventName: "SwitchRole", responseElements: { SwitchRole: "Failure" } }, "failed"],
  [{ eventName: "ConsoleLogin", errorMessage: "Failed authentication" }, "failed"],
  [{ eventName: "CreateUser", errorCode: "", responseElements: null }, "success"],
  // As tools write that there is none.
  [{ eventName: "CreateUser", errorCode: "null", errorMessage: "null" }, "success"],
  [{ eventName: "CreateUser", errorCode: "-", errorMessage: "None" }, "success"],
  [{ eventName: "CreateUser", errorCode: "success" }, "success"],
  [{ eventName: "CreateUser", errorCode: "0", errorMessage: "OK" }, "success"],
  [{ eventName: "CreateUser", errorCode: "NullPointer" }, "failed"],
  [{ errorCode: 7 }, "success"],
  [{ eventName: "CredentialVerification", serviceEventDetails: { CredentialVerification: "Failure" } }, "failed"],
  [{ eventName: "CredentialVerification", serviceEventDetails: { CredentialVerification: "Success" } }, "success"],
  [{ eventName: "CreateAccountResult", serviceEventDetails: { createAccountStatus: { state: "FAILED" } } }, "failed"],
  [
    { eventName: "CreateAccountResult", serviceEventDetails: { createAccountStatus: { state: "SUCCEEDED" } } },
    "success",
  ],
  [{ eventName: "X", serviceEventDetails: { name: "Failure" } }, "success"],
  [{ eventName: "BackupJobCompleted", serviceEventDetails: { state: "ABORTED" } }, "failed"],
  [{ eventName: "X", serviceEventDetails: { jobStatus: "CREATE_FAILED" } }, "failed"],
  [{ eventName: "X", serviceEventDetails: { results: [{ status: "ok" }, { status: "ERROR" }] } }, "failed"],
  [{ eventName: "X", serviceEventDetails: { newStatus: "DENIED" } }, "failed"],
  [{ eventName: "X", serviceEventDetails: { jobStatus: "TIMED_OUT" } }, "failed"],
  [{ eventName: "X", serviceEventDetails: { success: "false" } }, "failed"],
  [{ eventName: "X", serviceEventDetails: { success: true, errorCode: "", errorMessage: null } }, "success"],
  [{ eventName: "X", serviceEventDetails: { result: { errorCode: "ServiceUnavailable" } } }, "failed"],
  [{ eventName: "X", serviceEventDetails: { failureReason: "the e-mail address is taken" } }, "failed"],
  [{ eventName: "X", serviceEventDetails: { state: "COMPLETED", failureReason: "none" } }, "success"],
  [flowLogs([FLOW_LOG], { item: unsuccessful(FLOW_LOG, "InvalidFlowLogId.NotFound") }), "failed"],
  [flowLogs([FLOW_LOG], { item: unsuccessful(FLOW_LOG, "UnauthorizedOperation") }), "denied"],
  [flowLogs([FLOW_LOG, OTHER_LOG], { item: unsuccessful(FLOW_LOG, "InvalidFlowLogId.NotFound") }), "success"],
  [flowLogs([FLOW_LOG, OTHER_LOG], { item: [FLOW_LOG, OTHER_LOG].map((id) => unsuccessful(id, "X")) }), "failed"],
  [flowLogs([FLOW_LOG], ""), "success"],
  [{ ...flowLogs([FLOW_LOG], ""), responseElements: null }, "success"],
])("outcome of %j is %s", (record, outcome) => {
  expect(outcomeOf(record)).toBe(outcome);
});

test.each([
  [{ eventSource: "iam.amazonaws.com", eventName: "CreateUser" }, "iam:CreateUser"],
  [{ eventSource: "lambda.amazonaws.com", eventName: "DeleteFunction20150331" }, "lambda:DeleteFunction20150331"],
  [{ insightDetails: { eventSource: "ssm.amazonaws.com", eventName: "GetParameter" } }, "insight ssm:GetParameter"],
  [{}, "unknown:unknown"],
])("the call of %j is printed as the record has it", (record, call) => {
  expect(callOf(record)).toBe(call);
});

test.each([
  ["GetFunction20150331v2", "GetFunction"],
  ["CreateDistribution2020_05_31", "CreateDistribution"],
  ["ListObjectsV2", "ListObjectsV2"],
  ["RestoreDBInstanceFromS3", "RestoreDBInstanceFromS3"],
  ["Thing20151331", "Thing20151331"],
])("%s is compared as %s", (name, base) => {
  expect(withoutApiVersion(name)).toBe(base);
});

test.each([
  "sessionToken",
  "SecretAccessKey",
  "secret_access_key",
  "masterUserPassword",
  "newPassword",
  "PASSWORD",
  "SecretString",
  "secretBinary",
  "userData",
  "keyMaterial",
  "privateKey",
  "authToken",
  "clientSecret",
  "x-amz-security-token",
  "authenticationCode1",
])("the value of %s is replaced, at any depth and whatever its type", (key) => {
  const deep = { a: [{ b: { [key]: "hush" } }], [key]: { inner: ["hush"] } };
  expect(JSON.stringify(redact(deep))).not.toContain("hush");
  expect(redact({ [key]: 1234 })).toEqual({ [key]: REDACTED });
  expect(redact({ text: JSON.stringify(deep) })).not.toMatchObject({ text: expect.stringContaining("hush") });
});

test("what only looks like a secret stays", () => {
  const harmless = {
    passwordResetRequired: true,
    nextToken: "n",
    clientToken: "c",
    secretId: "db",
    accessKeyId: "AKIA",
  };
  expect(redact(harmless)).toEqual(harmless);
});
