import { accountOf, type CloudTrailRecord, textAt, valueAt } from "./record.ts";
import { lastPart, nestedText, texts, topField, topText } from "./target-names.ts";
import { changeOf, commandedOf, copiedTo, listed, openingOf, sharingOf, strangersFirst } from "./target-words.ts";

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
  [
    /^ec2:Modify(?:Snapshot|Image|FpgaImage)Attribute$/,
    ({ parameters, record }) => ({ detail: sharingOf(parameters, accountOf(record)) }),
  ],
  [
    /^rds:ModifyDB(?:Cluster)?SnapshotAttribute$/,
    ({ parameters, record }) => ({ detail: changeOf(parameters, "values", accountOf(record)) }),
  ],
  [
    /^ssm:ModifyDocumentPermission$/,
    ({ parameters, record }) => ({
      target: topText(parameters, "name"),
      detail: changeOf(parameters, "accountIds", accountOf(record)),
    }),
  ],
  // One call may change rules of both directions; their ids do not tell which.
  [
    /^ec2:(?:\w+SecurityGroupIngress|ModifySecurityGroupRules)$/,
    ({ parameters }) => ({ target: topText(parameters, "groupId"), detail: openingOf(parameters, "from") }),
  ],
  [/^ec2:\w+SecurityGroupEgress$/, ({ parameters }) => ({ detail: openingOf(parameters, "to") })],
  [/^ec2:CreateVpcPeeringConnection$/, sharedWith("vpcId", "peerOwnerId")],
  [
    /^ec2:AcceptVpcPeeringConnection$/,
    ({ response }) => ({ detail: textAt(response(), "vpcPeeringConnection", "requesterVpcInfo", "ownerId") }),
  ],
  [/^ec2:(?:Create|Replace|Delete)Route$/, named("routeTableId", "destinationCidrBlock", "destinationIpv6CidrBlock")],
  [
    /^ec2:AssociateIamInstanceProfile$/,
    ({ parameters }) => ({
      target: topText(parameters, "instanceId"),
      detail: lastOf(nestedText(parameters, "name") ?? nestedText(parameters, "arn")),
    }),
  ],
  [
    /^lambda:(?:CreateFunction|UpdateFunctionConfiguration)$/,
    ({ parameters, record }) => ({ target: topText(parameters, "functionName"), detail: layerOf(parameters, record) }),
  ],
  [/^lambda:Add(?:LayerVersion)?Permission$/, sharedWith("functionName", "principal")],
  [/^sns:AddPermission$/, sharedWith("topicArn", "aWSAccountIds")],
  [/^sqs:AddPermission$/, sharedWith("queueUrl", "aWSAccountIds")],
  [/^sns:Subscribe$/, named("topicArn", "endpoint")],
  [/^kms:CreateGrant$/, sharedWith("keyId", "granteePrincipal")],
  [/^kms:(?!\w*Alias|\w*KeyStore|ReEncrypt)/, named("keyId")],
  [/^ram:CreateResourceShare$/, sharedWith("name", "principals")],
  [/^ram:\w+ResourceShare$/, sharedWith("resourceShareArn", "principals")],
  [
    /^s3:PutBucketReplication$/,
    ({ parameters, record }) => ({
      target: topText(parameters, "bucketName"),
      detail: copiedTo(parameters, accountOf(record)),
    }),
  ],
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
    ({ parameters, record }) => ({ target: topText(parameters, "rule"), detail: sentTo(parameters, record) }),
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
  return ({ parameters, record }) => ({
    target: topText(parameters, target),
    detail: listed(
      strangersFirst(texts(parameters, peers), accountOf(record)).map((peer) =>
        peer.replace(/^arn:[a-z-]+:(?:(?:iam|sts)::)?/, ""),
      ),
    ),
  });
}

/** Where events are sent to; of a target in another account, the account as well. */
function sentTo(parameters: unknown, record: CloudTrailRecord): string | undefined {
  const targets = topField(parameters, "targets");
  const arns = (Array.isArray(targets) ? targets : []).flatMap((target) => topText(target, "arn") ?? []);
  return listed(strangersFirst(arns, accountOf(record)).map((arn) => foreignPart(arn, record)));
}

/** The first layer of another account, if there is one. */
function layerOf(parameters: unknown, record: CloudTrailRecord): string | undefined {
  const [layer] = strangersFirst(texts(parameters, "layers"), accountOf(record));
  return layer === undefined || layer.split(":")[4] === accountOf(record) ? undefined : foreignPart(layer, record);
}

/** `f` of an ARN of the record's account, `bus/other of 999999999999` of another. */
function foreignPart(arn: string, record: CloudTrailRecord): string {
  const account = arn.split(":")[4] ?? "";
  return account === "" || account === accountOf(record) ? lastPart(arn) : `${lastPart(arn)} of ${account}`;
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
