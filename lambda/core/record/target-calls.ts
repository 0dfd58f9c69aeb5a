import { type CloudTrailRecord, textAt, valueAt } from "./record.ts";
import { lastPart, nestedText, texts, topText } from "./target-names.ts";
import { changeOf, commandedOf, listed, openingOf, sharingOf } from "./target-words.ts";

/** A record, and the part of it that may be shown. */
interface Call {
  readonly record: CloudTrailRecord;
  readonly parameters: unknown;
  readonly response: () => unknown;
}

interface About {
  readonly target?: string | undefined;
  /** True if the target is new with every call. */
  readonly isMade?: boolean;
  readonly detail?: string | undefined;
}

/** What people ask about a call that its first two names do not tell: with whom, for whom, which port. */
export function aboutOf(call: string, of: Call): About {
  return CALLS.find(([pattern]) => pattern.test(call))?.[1](of) ?? {};
}

const CALLS: readonly (readonly [RegExp, (call: Call) => About])[] = [
  [/^iam:\w+AccessKey$/, (call) => ({ target: userOf(call), detail: keyOf(call) })],
  [
    /^iam:(?:\w+(?:LoginProfile|SigningCertificate|ServiceSpecificCredential|SSHPublicKey)|(?:Enable|Deactivate|Resync)MFADevice|ChangePassword)$/,
    (call) => ({ target: userOf(call) }),
  ],
  [
    /^ec2:RunInstances$/,
    ({ parameters, response }) => {
      const instance = nestedText(response(), "instanceId");
      const target = instance ?? nestedText(parameters, "imageId");
      return { target, isMade: instance !== undefined, detail: topText(parameters, "instanceType") };
    },
  ],
  [
    /^iam:\w+OpenIDConnectProvider/,
    ({ parameters }) => ({
      target: topText(parameters, "openIDConnectProviderArn") ?? topText(parameters, "url"),
      detail: topText(parameters, "clientID") ?? topText(parameters, "clientIDList"),
    }),
  ],
  [/^ec2:Modify(?:Snapshot|Image|FpgaImage)Attribute$/, ({ parameters }) => ({ detail: sharingOf(parameters) })],
  [/^rds:ModifyDB(?:Cluster)?SnapshotAttribute$/, ({ parameters }) => ({ detail: changeOf(parameters, "values") })],
  [
    /^ssm:ModifyDocumentPermission$/,
    ({ parameters }) => ({ target: topText(parameters, "name"), detail: changeOf(parameters, "accountIds") }),
  ],
  [/^ec2:\w+SecurityGroupIngress$/, ({ parameters }) => ({ detail: openingOf(parameters, "from") })],
  [/^ec2:\w+SecurityGroupEgress$/, ({ parameters }) => ({ detail: openingOf(parameters, "to") })],
  [/^ec2:(?:Create|Replace|Delete)Route$/, named("routeTableId", "destinationCidrBlock", "destinationIpv6CidrBlock")],
  [
    /^ec2:AssociateIamInstanceProfile$/,
    ({ parameters }) => ({
      target: topText(parameters, "instanceId"),
      detail: lastOf(nestedText(parameters, "name") ?? nestedText(parameters, "arn")),
    }),
  ],
  [/^lambda:Add(?:LayerVersion)?Permission$/, sharedWith("functionName", "principal")],
  [/^sns:AddPermission$/, sharedWith("topicArn", "aWSAccountIds")],
  [/^sqs:AddPermission$/, sharedWith("queueUrl", "aWSAccountIds")],
  [/^sns:Subscribe$/, named("topicArn", "endpoint")],
  [/^kms:CreateGrant$/, sharedWith("keyId", "granteePrincipal")],
  [/^kms:(?!\w*Alias|\w*KeyStore|ReEncrypt)/, named("keyId")],
  [/^ram:CreateResourceShare$/, sharedWith("name", "principals")],
  [/^ram:\w+ResourceShare$/, sharedWith("resourceShareArn", "principals")],
  [/^s3:Put(?:Bucket|Object)Acl$/, named("bucketName", "x-amz-acl")],
  [/^s3:\w+Object/, named("bucketName", "key")],
  [/^s3:/, named("bucketName")],
  [
    /^ssm:SendCommand$/,
    ({ parameters }) => ({ target: topText(parameters, "documentName"), detail: commandedOf(parameters) }),
  ],
  [/^ssm:StartSession$/, named("target", "documentName")],
  [/^organizations:(?:Der|R)egisterDelegatedAdministrator$/i, named("accountId", "servicePrincipal")],
  [/^organizations:(?:At|De)tachPolicy$/, named("targetId", "policyId")],
  [/^organizations:InviteAccountToOrganization$/, ({ parameters }) => ({ target: textAt(parameters, "target", "id") })],
  [/^sso:(?:Create|Delete)AccountAssignment$/, ({ parameters }) => assignmentOf(parameters)],
  [/^sso:\w+PermissionSet$/, named("permissionSetArn")],
  [
    /^events:(?:Put|Remove)Targets$/,
    ({ parameters }) => ({ target: topText(parameters, "rule"), detail: lastOf(nestedText(parameters, "arn")) }),
  ],
  [/^logs:PutSubscriptionFilter$/, sharedWith("logGroupName", "destinationArn")],
  [/^route53:ChangeResourceRecordSets$/, ({ parameters }) => ({ detail: recordSetOf(parameters) })],
  [/^route53:/, named("hostedZoneId")],
  // Elsewhere regions are no target, so that no call is about the region in which it is made.
  [/^account:(?:En|Dis)ableRegion$/, named("regionName")],
  [/^sts:AssumeRole/, named("roleArn")],
];

/** The target by its field, and the first of these fields that is present beside it. */
function named(target: string, ...details: readonly string[]): (call: Call) => About {
  return ({ parameters }) => ({
    target: topText(parameters, target),
    detail: lastOf(details.map((field) => topText(parameters, field)).find((text) => text !== undefined)),
  });
}

function lastOf(text: string | undefined): string | undefined {
  return text && lastPart(text);
}

/** The target by its field, and with whom it is shared: of an ARN, the account is what matters. */
function sharedWith(target: string, peers: string): (call: Call) => About {
  return ({ parameters }) => ({
    target: topText(parameters, target),
    detail: listed(texts(parameters, peers).map((peer) => peer.replace(/^arn:[a-z-]+:(?:(?:iam|sts)::)?/, ""))),
  });
}

/** The user of a call that concerns the caller if it names nobody (IAM API Reference, "CreateAccessKey"). */
function userOf({ record, parameters, response }: Call): string | undefined {
  const user = topText(parameters, "userName") ?? nestedText(response(), "userName");
  if (user !== undefined || textAt(record, "errorCode") !== undefined) return user;
  if (textAt(record, "userIdentity", "type") === "Root") return "root user";
  return textAt(record, "userIdentity", "userName");
}

function keyOf({ parameters, response }: Call): string | undefined {
  return topText(parameters, "accessKeyId") ?? nestedText(response(), "accessKeyId");
}

/** `ps-1234 in 999999999999`: the permission set and the account. */
function assignmentOf(parameters: unknown): About {
  const set = topText(parameters, "permissionSetArn");
  const account = topText(parameters, "targetId");
  const detail = [set && lastPart(set), account && `in ${account}`].filter(Boolean).join(" ");
  return { target: topText(parameters, "principalId"), detail: detail || undefined };
}

function recordSetOf(parameters: unknown): string | undefined {
  const changes = valueAt(parameters, "changeBatch", "changes");
  return Array.isArray(changes) ? textAt(changes[0], "resourceRecordSet", "name") : undefined;
}
