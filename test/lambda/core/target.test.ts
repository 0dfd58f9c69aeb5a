import { readFileSync } from "node:fs";
import { factsIn } from "../../../lambda/core/alert/story/told.ts";
import { targetFieldOf } from "../../../lambda/core/record/target-fields.ts";
import { viewOf } from "../../../lambda/core/record/view.ts";
import { cpuTimeOf } from "../../support/cpu-time.ts";
import { record } from "../../support/log-files.ts";

type Row = readonly [
  call: string,
  requestParameters: object | null,
  target: string | undefined,
  detail?: string,
  fields?: object,
];

function factsOfRow([call, requestParameters, , , fields]: Row) {
  const [service = "", eventName = ""] = call.split(":");
  return viewOf(record({ eventSource: `${service}.amazonaws.com`, eventName, requestParameters, ...fields })).facts;
}

const USER = "arn:aws:iam::111122223333:user/bob";
const ROLE = "arn:aws:iam::111122223333:role/deploy";
const ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess";
const TOPIC = "arn:aws:sns:us-east-1:111122223333:news";
const KEY = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const items = (...all: readonly object[]) => ({ items: all });

const IAM: readonly Row[] = [
  ["iam:CreateUser", { path: "/", userName: "bob" }, "bob"],
  ["iam:CreateUser", { userName: "bob", permissionsBoundary: ADMIN, tags: [{ key: "team", value: "x" }] }, "bob"],
  ["iam:UpdateUser", { userName: "bob", newUserName: "bobby" }, "bob", "bobby"],
  ["iam:DeleteUser", { userName: "bob" }, "bob"],
  ["iam:CreateAccessKey", { userName: "bob" }, "bob"],
  ["iam:CreateAccessKey", null, "alice"],
  ["iam:CreateAccessKey", null, "root user", undefined, { userIdentity: { type: "Root" } }],
  ["iam:CreateAccessKey", null, undefined, undefined, { errorCode: "AccessDenied" }],
  [
    "iam:CreateAccessKey",
    { userName: "bob" },
    "bob",
    "AKIAI44QH8DHBEXAMPLE",
    { responseElements: { accessKey: { userName: "bob", accessKeyId: "AKIAI44QH8DHBEXAMPLE", status: "Active" } } },
  ],
  ["iam:UpdateAccessKey", { accessKeyId: "AKIAI44", status: "Inactive", userName: "bob" }, "bob", "AKIAI44"],
  ["iam:DeleteAccessKey", { accessKeyId: "AKIAI44" }, "alice", "AKIAI44"],
  ["iam:CreateLoginProfile", { passwordResetRequired: false, userName: "bob" }, "bob"],
  ["iam:UpdateLoginProfile", { userName: "bob" }, "bob"],
  ["iam:ChangePassword", null, "alice"],
  ["iam:AttachUserPolicy", { policyArn: ADMIN, userName: "bob" }, "bob", "AdministratorAccess"],
  ["iam:DetachUserPolicy", { userName: "bob", policyArn: ADMIN }, "bob", "AdministratorAccess"],
  ["iam:PutUserPolicy", { policyName: "all", userName: "bob", policyDocument: "{}" }, "bob", "all"],
  ["iam:DeleteUserPolicy", { policyName: "all", userName: "bob" }, "bob", "all"],
  ["iam:PutUserPermissionsBoundary", { userName: "bob", permissionsBoundary: ADMIN }, "bob"],
  ["iam:AddUserToGroup", { groupName: "admins", userName: "bob" }, "bob", "admins"],
  ["iam:RemoveUserFromGroup", { userName: "bob", groupName: "admins" }, "bob", "admins"],
  ["iam:AttachGroupPolicy", { groupName: "admins", policyArn: ADMIN }, "admins", "AdministratorAccess"],
  ["iam:PutGroupPolicy", { groupName: "admins", policyName: "all", policyDocument: "{}" }, "admins", "all"],
  ["iam:CreateRole", { path: "/", assumeRolePolicyDocument: "{}", roleName: "deploy" }, "deploy"],
  ["iam:UpdateAssumeRolePolicy", { policyDocument: "{}", roleName: "deploy" }, "deploy"],
  ["iam:AttachRolePolicy", { policyArn: ADMIN, roleName: "deploy" }, "deploy", "AdministratorAccess"],
  ["iam:DeleteRolePolicy", { roleName: "deploy", policyName: "inline" }, "deploy", "inline"],
  ["iam:PutRolePermissionsBoundary", { permissionsBoundary: ADMIN, roleName: "deploy" }, "deploy"],
  ["iam:AddRoleToInstanceProfile", { instanceProfileName: "web", roleName: "deploy" }, "deploy", "web"],
  [
    "iam:CreateServiceLinkedRole",
    { aWSServiceName: "ecs.amazonaws.com" },
    "AWSServiceRoleForECS",
    "ecs.amazonaws.com",
    {
      responseElements: {
        role: { roleName: "AWSServiceRoleForECS", arn: `${ROLE}/x`, createDate: "Nov 1, 2026 1:00" },
      },
    },
  ],
  ["iam:CreatePolicy", { path: "/", policyName: "all", policyDocument: "{}", description: "" }, "all"],
  ["iam:CreatePolicyVersion", { policyArn: ADMIN, policyDocument: "{}", setAsDefault: true }, ADMIN],
  ["iam:SetDefaultPolicyVersion", { versionId: "v2", policyArn: ADMIN }, ADMIN, "v2"],
  ["iam:DeactivateMFADevice", { serialNumber: "arn:aws:iam::111122223333:mfa/phone", userName: "bob" }, "bob", "phone"],
  ["iam:EnableMFADevice", { userName: "bob", serialNumber: "arn:aws:iam::111122223333:mfa/phone" }, "bob", "phone"],
  ["iam:CreateVirtualMFADevice", { path: "/", virtualMFADeviceName: "phone" }, "phone"],
  ["iam:UploadSSHPublicKey", { userName: "bob", sSHPublicKeyBody: "ssh-rsa AAAA" }, "bob"],
  [
    "iam:CreateServiceSpecificCredential",
    { serviceName: "codecommit.amazonaws.com", userName: "bob" },
    "bob",
    "codecommit.amazonaws.com",
  ],
  [
    "iam:UpdateSAMLProvider",
    { sAMLProviderArn: "arn:aws:iam::1:saml-provider/okta" },
    "arn:aws:iam::1:saml-provider/okta",
  ],
  ["iam:CreateAccountAlias", { accountAlias: "acme" }, "acme"],
  ["iam:TagRole", { roleName: "deploy", tags: [{ key: "a", value: "b" }] }, "deploy"],
  ["iam:ListAccessKeys", { userName: "bob", maxItems: 100, marker: "AAAA" }, "bob"],
  ["iam:GetAccountAuthorizationDetails", { maxItems: 1000, marker: "ABEBzuKp" }, undefined],
];

const IDENTITY: readonly Row[] = [
  ["sts:AssumeRole", { roleArn: ROLE, roleSessionName: "build-812", externalId: "x", durationSeconds: 900 }, ROLE],
  [
    "sts:AssumeRole",
    null,
    ROLE,
    undefined,
    {
      errorCode: "AccessDenied",
      errorMessage: `User: ${USER} is not authorized to perform: sts:AssumeRole on resource: ${ROLE}`,
    },
  ],
  ["sts:AssumeRoleWithWebIdentity", { roleSessionName: "GitHubActions", roleArn: ROLE }, ROLE],
  ["sts:AssumeRoleWithSAML", { principalArn: "arn:aws:iam::1:saml-provider/okta", roleArn: ROLE }, ROLE, "okta"],
  [
    "sts:AssumeRoot",
    { taskPolicyArn: { arn: ADMIN }, targetPrincipal: "444455556666" },
    "444455556666",
    "AdministratorAccess",
  ],
  ["sts:GetFederationToken", { name: "mallory", policy: '{"Version":"2012-10-17"}', durationSeconds: 3600 }, "mallory"],
  ["sts:GetCallerIdentity", null, undefined],
  ["signin:ConsoleLogin", null, undefined],
  [
    "sso:CreateAccountAssignment",
    {
      instanceArn: "arn:aws:sso:::instance/ssoins-1",
      targetId: "444455556666",
      targetType: "AWS_ACCOUNT",
      permissionSetArn: "arn:aws:sso:::permissionSet/ssoins-1/ps-9",
      principalType: "USER",
      principalId: "94482488-3041",
    },
    "94482488-3041",
    "ps-9 in 444455556666",
  ],
  [
    "sso:AttachManagedPolicyToPermissionSet",
    {
      instanceArn: "arn:aws:sso:::instance/ssoins-1",
      permissionSetArn: "arn:aws:sso:::permissionSet/ssoins-1/ps-9",
      managedPolicyArn: ADMIN,
    },
    "arn:aws:sso:::permissionSet/ssoins-1/ps-9",
    "AdministratorAccess",
  ],
  [
    "organizations:CreateAccount",
    { email: "x@example.com", accountName: "dev", iamUserAccessToBilling: "ALLOW" },
    "dev",
  ],
  ["organizations:AttachPolicy", { policyId: "p-FullAWSAccess", targetId: "ou-1" }, "ou-1", "p-FullAWSAccess"],
  [
    "organizations:MoveAccount",
    { sourceParentId: "r-1", destinationParentId: "ou-1", accountId: "444455556666" },
    "444455556666",
    "ou-1",
  ],
  ["organizations:RemoveAccountFromOrganization", { accountId: "444455556666" }, "444455556666"],
  [
    "organizations:RegisterDelegatedAdministrator",
    { accountId: "444455556666", servicePrincipal: "sso.amazonaws.com" },
    "444455556666",
    "sso.amazonaws.com",
  ],
  ["organizations:EnableAWSServiceAccess", { servicePrincipal: "ram.amazonaws.com" }, "ram.amazonaws.com"],
  ["organizations:InviteAccountToOrganization", { target: { id: "444455556666", type: "ACCOUNT" } }, "444455556666"],
  ["organizations:LeaveOrganization", null, undefined],
  ["account:EnableRegion", { RegionName: "af-south-1" }, "af-south-1"],
  ["account:GetRegionOptStatus", { RegionName: "eu-north-1" }, undefined],
  [
    "cognito-idp:AdminAddUserToGroup",
    { userPoolId: "eu-west-1_abc", username: "bob", groupName: "admins" },
    "bob",
    "admins",
  ],
  [
    "rolesanywhere:CreateProfile",
    { durationSeconds: 3600, enabled: true, name: "outside", roleArns: [ROLE] },
    "outside",
    "deploy",
  ],
];

const EC2: readonly Row[] = [
  ["ec2:TerminateInstances", { instancesSet: items({ instanceId: "i-0a" }, { instanceId: "i-0b" }) }, "i-0a"],
  ["ec2:StopInstances", { instancesSet: items({ instanceId: "i-0a" }), force: true }, "i-0a"],
  ["ec2:ModifyInstanceAttribute", { instanceId: "i-0a", disableApiTermination: { value: false } }, "i-0a"],
  ["ec2:GetPasswordData", { instanceId: "i-0a" }, "i-0a"],
  [
    "ec2:RunInstances",
    { instancesSet: items({ imageId: "ami-1", minCount: 1, maxCount: 9 }), instanceType: "p4d.24xlarge" },
    "i-0a",
    "p4d.24xlarge",
    { responseElements: { instancesSet: items({ instanceId: "i-0a", imageId: "ami-1" }), ownerId: "111122223333" } },
  ],
  [
    "ec2:RunInstances",
    { instancesSet: items({ imageId: "ami-1" }), instanceType: "t3.micro", iamInstanceProfile: { name: "web" } },
    "ami-1",
    "t3.micro",
    { errorCode: "Client.UnauthorizedOperation" },
  ],
  [
    "ec2:CreateVolume",
    { size: "1", zone: "us-east-1a", clientToken: "7C289842" },
    "vol-1",
    undefined,
    { responseElements: { requestId: "5110ed83", volumeId: "vol-1", size: "1", zone: "us-east-1a" } },
  ],
  [
    "ec2:CreateSnapshot",
    { volumeId: "vol-1", description: "daily" },
    "snap-1",
    "vol-1",
    { responseElements: { snapshotId: "snap-1", volumeId: "vol-1", ownerId: "111122223333" } },
  ],
  ["ec2:CreateSnapshot", { volumeId: "vol-1" }, "vol-1", undefined, { errorCode: "Client.UnauthorizedOperation" }],
  [
    "ec2:ModifySnapshotAttribute",
    {
      snapshotId: "snap-1",
      createVolumePermission: { add: items({ userId: "111122223333" }, { userId: "999999999999" }) },
    },
    "snap-1",
    "999999999999 and 1 more",
  ],
  [
    "ec2:ModifySecurityGroupRules",
    {
      ModifySecurityGroupRulesRequest: {
        GroupId: "sg-1",
        SecurityGroupRule: {
          SecurityGroupRuleId: "sgr-1",
          tag: 1,
          SecurityGroupRule: { IpProtocol: "tcp", FromPort: 22, ToPort: 22, CidrIpv4: "0.0.0.0/0", Description: "" },
        },
      },
    },
    "sg-1",
    "tcp 22 from 0.0.0.0/0",
  ],
  [
    "ec2:ModifySecurityGroupRules",
    {
      ModifySecurityGroupRulesRequest: {
        GroupId: "sg-1",
        SecurityGroupRule: [
          {
            SecurityGroupRuleId: "sgr-0",
            tag: 1,
            SecurityGroupRule: { IpProtocol: "tcp", FromPort: 443, ToPort: 443, CidrIpv4: "10.0.0.0/8" },
          },
          {
            SecurityGroupRuleId: "sgr-1",
            tag: 2,
            SecurityGroupRule: { IpProtocol: "tcp", FromPort: 22, ToPort: 22, CidrIpv4: "0.0.0.0/0" },
          },
        ],
      },
    },
    "sg-1",
    "tcp 22 from 0.0.0.0/0 and 1 more",
  ],
  [
    "ec2:ModifySnapshotAttribute",
    {
      snapshotId: "snap-1",
      createVolumePermission: { add: items({ userId: "999999999999" }) },
      attributeType: "CREATE_VOLUME_PERMISSION",
    },
    "snap-1",
    "999999999999",
  ],
  [
    "ec2:ModifySnapshotAttribute",
    { snapshotId: "snap-1", createVolumePermission: { add: items({ userId: "444455556666" }, { group: "all" }) } },
    "snap-1",
    "all and 1 more",
  ],
  [
    "ec2:ModifySnapshotAttribute",
    { snapshotId: "snap-1", createVolumePermission: { remove: items({ userId: "999999999999" }) } },
    "snap-1",
    "999999999999 no longer",
  ],
  [
    "ec2:ModifyImageAttribute",
    { imageId: "ami-1", launchPermission: { add: items({ group: "all" }) }, attributeType: "launchPermission" },
    "ami-1",
    "all",
  ],
  ["ec2:CreateImage", { instanceId: "i-0a", name: "golden", noReboot: true }, "golden", "i-0a"],
  ["ec2:DeregisterImage", { imageId: "ami-1" }, "ami-1"],
  [
    "ec2:AuthorizeSecurityGroupIngress",
    {
      groupId: "sg-1",
      ipPermissions: items({ ipProtocol: "tcp", fromPort: 22, toPort: 22, ipRanges: items({ cidrIp: "0.0.0.0/0" }) }),
    },
    "sg-1",
    "tcp 22 from 0.0.0.0/0",
  ],
  [
    "ec2:AuthorizeSecurityGroupIngress",
    {
      groupId: "sg-1",
      ipPermissions: items(
        { ipProtocol: "tcp", fromPort: 443, toPort: 443, ipRanges: items({ cidrIp: "10.0.0.0/8" }) },
        { ipProtocol: "-1", ipv6Ranges: items({ cidrIpv6: "::/0" }), ipRanges: {} },
      ),
    },
    "sg-1",
    "all from ::/0 and 1 more",
  ],
  [
    "ec2:AuthorizeSecurityGroupIngress",
    { groupName: "web", ipProtocol: "tcp", fromPort: 3000, toPort: 3999, cidrIp: "198.51.100.0/24" },
    "web",
    "tcp 3000-3999 from 198.51.100.0/24",
  ],
  [
    "ec2:AuthorizeSecurityGroupEgress",
    { groupId: "sg-1", ipPermissions: items({ ipProtocol: "-1", ipRanges: items({ cidrIp: "0.0.0.0/0" }) }) },
    "sg-1",
    "all to 0.0.0.0/0",
  ],
  [
    "ec2:RevokeSecurityGroupIngress",
    { groupId: "sg-1", ipPermissions: {}, ipProtocol: "tcp", fromPort: 22, toPort: 22, cidrIp: "0.0.0.0/0" },
    "sg-1",
    "tcp 22 from 0.0.0.0/0",
  ],
  [
    "ec2:CreateVpcPeeringConnection",
    { vpcId: "vpc-1", peerVpcId: "vpc-2", peerOwnerId: "999999999999" },
    "vpc-1",
    "999999999999",
  ],
  ["ec2:CreateVpcPeeringConnection", { vpcId: "vpc-1", peerVpcId: "vpc-2" }, "vpc-1", "vpc-2"],
  [
    "ec2:AcceptVpcPeeringConnection",
    { vpcPeeringConnectionId: "pcx-1" },
    "pcx-1",
    "999999999999",
    { responseElements: { vpcPeeringConnection: { requesterVpcInfo: { ownerId: "999999999999", vpcId: "vpc-2" } } } },
  ],
  ["ec2:CreateSecurityGroup", { vpcId: "vpc-1", groupDescription: "x", groupName: "web" }, "web", "vpc-1"],
  ["ec2:DeleteSecurityGroup", { groupId: "sg-1" }, "sg-1"],
  [
    "ec2:CreateRoute",
    { destinationCidrBlock: "0.0.0.0/0", routeTableId: "rtb-1", gatewayId: "igw-1" },
    "rtb-1",
    "0.0.0.0/0",
  ],
  ["ec2:AttachInternetGateway", { vpcId: "vpc-1", internetGatewayId: "igw-1" }, "igw-1", "vpc-1"],
  ["ec2:AttachVolume", { instanceId: "i-0a", volumeId: "vol-1", device: "/dev/sdf" }, "vol-1", "i-0a"],
  ["ec2:DeleteFlowLogs", { DeleteFlowLogsRequest: { FlowLogId: { content: "fl-1", tag: 1 } } }, "fl-1"],
  [
    "ec2:CreateFlowLogs",
    {
      CreateFlowLogsRequest: {
        ResourceId: { tag: 1, content: "vpc-1" },
        ResourceType: "VPC",
        DeliverLogsPermissionArn: ROLE,
        LogDestinationType: "cloud-watch-logs",
      },
    },
    "fl-1",
    "vpc-1",
    { responseElements: { CreateFlowLogsResponse: { requestId: "35", flowLogIdSet: { item: "fl-1" } } } },
  ],
  [
    "ec2:CreateSubnet",
    { cidrBlock: "10.0.0.0/24", vpcId: "vpc-1", availabilityZone: "us-east-1a" },
    "subnet-1",
    "vpc-1",
    { responseElements: { subnet: { subnetArn: "arn:aws:ec2:us-east-1:1:subnet/subnet-1", subnetId: "subnet-1" } } },
  ],
  [
    "ec2:CreateNatGateway",
    { CreateNatGatewayRequest: { AllocationId: "eipalloc-1", SubnetId: "subnet-1", ClientToken: "86C58940" } },
    "nat-1",
    "eipalloc-1",
    {
      responseElements: {
        CreateNatGatewayResponse: { natGateway: { natGatewayId: "nat-1", vpcId: "vpc-1" }, requestId: "1" },
      },
    },
  ],
  [
    "ec2:AssociateIamInstanceProfile",
    { AssociateIamInstanceProfileRequest: { InstanceId: "i-0a", IamInstanceProfile: { Name: "admin" } } },
    "i-0a",
    "admin",
  ],
  ["ec2:CreateKeyPair", { keyName: "mine" }, "mine"],
  [
    "ec2:CreateTags",
    { resourcesSet: items({ resourceId: "ami-1" }), tagSet: items({ key: "Name", value: "x" }) },
    "ami-1",
  ],
  [
    "ec2:DescribeInstances",
    { filterSet: items({ name: "vpc-id", valueSet: items({ value: "vpc-1" }) }), maxResults: 100 },
    undefined,
  ],
  ["ec2:DescribeInstanceStatus", { maxResults: 1000, includeAllInstances: false, nextToken: "eyJ2" }, undefined],
  ["ec2:EnableSerialConsoleAccess", { EnableSerialConsoleAccessRequest: "" }, undefined],
  ["ec2:DisableEbsEncryptionByDefault", { DisableEbsEncryptionByDefaultRequest: { DryRun: true } }, undefined],
  [
    "ec2:SharedSnapshotVolumeCreated",
    null,
    "snap-1",
    undefined,
    { eventType: "AwsServiceEvent", serviceEventDetails: { snapshotId: "snap-1" } },
  ],
  [
    "ec2-instance-connect:SendSSHPublicKey",
    { instanceId: "i-0a", instanceOSUser: "ec2-user", sSHPublicKey: "ssh-rsa AA" },
    "i-0a",
  ],
];

const STORES: readonly Row[] = [
  [
    "s3:PutBucketPolicy",
    { bucketPolicy: { Version: "2012-10-17" }, bucketName: "data", Host: "data.s3.amazonaws.com", policy: "" },
    "data",
  ],
  ["s3:CreateBucket", { Host: "data.s3.amazonaws.com", bucketName: "data", "x-amz-acl": "private" }, "data"],
  [
    "s3:PutBucketAcl",
    { Host: "s3.amazonaws.com", "x-amz-acl": "public-read", bucketName: "data", acl: "" },
    "data",
    "public-read",
  ],
  [
    "s3:PutObject",
    { key: "a/b.csv", bucketName: "data", "x-amz-server-side-encryption-aws-kms-key-id": KEY },
    "data",
    "a/b.csv",
  ],
  ["s3:DeleteObject", { bucketName: "data", key: "a.csv", "x-id": "DeleteObject" }, "data", "a.csv"],
  [
    "s3:GetObject",
    { bucketName: "data", Host: "data.s3.amazonaws.com", key: "a.csv" },
    "data",
    undefined,
    { readOnly: true },
  ],
  ["s3:ListBuckets", { Host: "s3.amazonaws.com" }, undefined],
  ["s3:GetAccountPublicAccessBlock", { Host: "111122223333.s3-control.us-east-1.amazonaws.com" }, undefined],
  ["dynamodb:DeleteTable", { tableName: "orders" }, "orders"],
  ["dynamodb:CreateTable", { keySchema: [{ attributeName: "id", keyType: "HASH" }], tableName: "orders" }, "orders"],
  ["rds:DeleteDBInstance", { skipFinalSnapshot: true, dBInstanceIdentifier: "orders" }, "orders"],
  [
    "rds:ModifyDBInstance",
    { publiclyAccessible: true, dBInstanceIdentifier: "orders", allowMajorVersionUpgrade: false },
    "orders",
  ],
  [
    "rds:ModifyDBSnapshotAttribute",
    { attributeName: "restore", dBSnapshotIdentifier: "nightly", valuesToAdd: ["999999999999"] },
    "nightly",
    "999999999999",
  ],
  [
    "rds:ModifyDBClusterSnapshotAttribute",
    { dBClusterSnapshotIdentifier: "nightly", valuesToAdd: ["444455556666", "all"] },
    "nightly",
    "all and 1 more",
  ],
  [
    "rds:ModifyDBSnapshotAttribute",
    { dBSnapshotIdentifier: "nightly", valuesToRemove: ["all"] },
    "nightly",
    "all no longer",
  ],
  ["rds:CreateDBSnapshot", { dBInstanceIdentifier: "orders", dBSnapshotIdentifier: "nightly" }, "nightly", "orders"],
  [
    "rds:RestoreDBInstanceFromDBSnapshot",
    { dBSnapshotIdentifier: "nightly", dBInstanceIdentifier: "copy" },
    "copy",
    "nightly",
  ],
  [
    "rds:StartExportTask",
    { exportTaskIdentifier: "out", sourceArn: "arn:aws:rds:us-east-1:1:snapshot:nightly", s3BucketName: "loot" },
    "out",
    "snapshot:nightly",
  ],
  ["rds:DescribeDBInstances", { maxRecords: 100, marker: "abc" }, undefined],
  ["secretsmanager:CreateSecret", { clientRequestToken: "D796F4C4", name: "db/main", description: "" }, "db/main"],
  ["secretsmanager:GetSecretValue", { versionStage: "AWSCURRENT", secretId: "db/main" }, "db/main"],
  ["secretsmanager:PutSecretValue", { secretId: "db/main", secretString: "hush" }, "db/main"],
  [
    "secretsmanager:EndSecretVersionDelete",
    null,
    "db/main",
    undefined,
    {
      eventType: "AwsServiceEvent",
      additionalEventData: { ARN: "arn:aws:secretsmanager:us-east-1:1:secret:db/main-x", Name: "db/main" },
    },
  ],
  [
    "ssm:PutParameter",
    { value: "HIDDEN_DUE_TO_SECURITY_REASONS", type: "SecureString", name: "/db/password", overwrite: false },
    "/db/password",
  ],
  ["ssm:GetParameters", { withDecryption: true, names: ["/db/user", "/db/host"] }, "/db/user"],
  ["kms:ScheduleKeyDeletion", { pendingWindowInDays: 7, keyId: KEY }, KEY],
  [
    "kms:PutKeyPolicy",
    { policyName: "default", policy: "{}", keyId: KEY, bypassPolicyLockoutSafetyCheck: false },
    KEY,
    "default",
  ],
  ["kms:CreateGrant", { operations: ["Decrypt"], granteePrincipal: ROLE, keyId: KEY }, KEY, "111122223333:role/deploy"],
  [
    "kms:CreateKey",
    { keySpec: "SYMMETRIC_DEFAULT", multiRegion: false },
    "1234abcd",
    undefined,
    { responseElements: { keyMetadata: { aWSAccountId: "111122223333", keyId: "1234abcd", arn: KEY } } },
  ],
  [
    "kms:Decrypt",
    { encryptionAlgorithm: "SYMMETRIC_DEFAULT", encryptionContext: { SecretARN: "arn:aws:secretsmanager:x" } },
    KEY,
    undefined,
    { readOnly: true, resources: [{ type: "AWS::KMS::Key", ARN: KEY }] },
  ],
  [
    "kms:RotateKey",
    null,
    "1234abcd",
    undefined,
    { eventType: "AwsServiceEvent", serviceEventDetails: { keyId: "1234abcd", rotationType: "AUTOMATIC" } },
  ],
  [
    "backup:DeleteRecoveryPoint",
    { recoveryPointArn: "arn:aws:backup:us-east-1:1:recovery-point:r1", backupVaultName: "main" },
    "arn:aws:backup:us-east-1:1:recovery-point:r1",
    "main",
  ],
  [
    "glue:CreateTable",
    { databaseName: "sales", catalogId: "111122223333", tableInput: { name: "orders", owner: "x" } },
    "orders",
    "sales",
  ],
  ["sqs:DeleteQueue", { queueUrl: "https://sqs.us-east-1.amazonaws.com/111122223333/jobs" }, "jobs"],
  [
    "sqs:AddPermission",
    {
      label: "x",
      actions: ["*"],
      aWSAccountIds: ["999999999999"],
      queueUrl: "https://sqs.us-east-1.amazonaws.com/111122223333/jobs",
    },
    "jobs",
    "999999999999",
  ],
  [
    "sns:AddPermission",
    { aWSAccountId: ["999999999999"], topicArn: TOPIC, label: "x", actionName: ["Publish"] },
    TOPIC,
    "999999999999",
  ],
  ["sns:Subscribe", { protocol: "email", endpoint: "eve@example.net", topicArn: TOPIC }, TOPIC, "eve@example.net"],
  ["ecr:SetRepositoryPolicy", { registryId: "111122223333", repositoryName: "app", policyText: "{}" }, "app"],
  ["ses:VerifyEmailIdentity", { emailAddress: "ceo@example.com" }, "ceo@example.com"],
  ["redshift:EnableLogging", { bucketName: "logs", clusterIdentifier: "dwh" }, "dwh", "logs"],
];

const WORK: readonly Row[] = [
  [
    "lambda:UpdateFunctionConfiguration20150331v2",
    {
      functionName: "f",
      layers: [
        "arn:aws:lambda:us-east-1:111122223333:layer:own:1",
        "arn:aws:lambda:us-east-1:999999999999:layer:theirs:7",
      ],
    },
    "f",
    "layer:theirs:7 of 999999999999",
  ],
  [
    "s3:PutBucketReplication",
    {
      bucketName: "b",
      ReplicationConfiguration: {
        xmlns: "http://s3.amazonaws.com/doc/2006-03-01/",
        Role: ROLE,
        Rule: { ID: "r", Status: "Enabled", Destination: { Bucket: "arn:aws:s3:::theirs", Account: "999999999999" } },
      },
    },
    "b",
    "999999999999",
  ],
  [
    "lambda:CreateFunction20150331",
    { runtime: "nodejs24.x", role: ROLE, functionName: "f", code: { s3Bucket: "b", s3Key: "k" } },
    "f",
    "deploy",
  ],
  [
    "lambda:UpdateFunctionCode20150331v2",
    { s3Key: "f.zip", s3Bucket: "code", functionName: "f", dryRun: false, publish: false },
    "f",
  ],
  [
    "lambda:UpdateFunctionConfiguration20150331v2",
    {
      environment: { variables: { A: "b" } },
      functionName: "f",
      layers: ["arn:aws:lambda:us-east-1:999999999999:layer:spy:1"],
    },
    "f",
    "layer:spy:1 of 999999999999",
  ],
  [
    "lambda:AddPermission20150331v2",
    { statementId: "x", action: "lambda:InvokeFunction", principal: "*", functionName: "f" },
    "f",
    "*",
  ],
  [
    "lambda:AddPermission20150331v2",
    { principal: "999999999999", functionName: "f", statementId: "x" },
    "f",
    "999999999999",
  ],
  ["lambda:RemovePermission20150331v2", { statementId: "x", functionName: "f" }, "f", "x"],
  [
    "lambda:CreateEventSourceMapping20150331",
    { eventSourceArn: "arn:aws:sqs:us-east-1:1:jobs", functionName: "f", enabled: true },
    "arn:aws:sqs:us-east-1:1:jobs",
    "f",
  ],
  ["lambda:UpdateEventSourceMapping20150331", { uUID: "0a1b", functionName: "f", batchSize: 5 }, "0a1b", "f"],
  ["cloudtrail:StopLogging", { name: "main" }, "main"],
  ["cloudtrail:CreateTrail", { s3BucketName: "logs", name: "main", isMultiRegionTrail: true }, "main", "logs"],
  ["cloudtrail:PutEventSelectors", { eventSelectors: [{ readWriteType: "All" }], trailName: "main" }, "main"],
  [
    "cloudtrail:DeleteEventDataStore",
    { eventDataStore: "arn:aws:cloudtrail:us-east-1:1:eventdatastore/e1" },
    "arn:aws:cloudtrail:us-east-1:1:eventdatastore/e1",
  ],
  ["cloudtrail:LookupEvents", { maxResults: 50, eventCategory: "insight", nextToken: "a" }, undefined],
  ["guardduty:DeleteDetector", { detectorId: "12abc34d" }, "12abc34d"],
  [
    "guardduty:CreateIPSet",
    {
      activate: true,
      detectorId: "12abc34d",
      format: "TXT",
      location: "https://s3.amazonaws.com/b/ips.txt",
      name: "trusted",
    },
    "trusted",
    "12abc34d",
  ],
  ["config:DeleteConfigurationRecorder", { configurationRecorderName: "default" }, "default"],
  [
    "config:PutConfigurationRecorder",
    { configurationRecorder: { roleARN: ROLE, name: "default", recordingGroup: { allSupported: true } } },
    "default",
    "deploy",
  ],
  ["securityhub:DisableSecurityHub", null, undefined],
  ["logs:DeleteLogGroup", { logGroupName: "/app" }, "/app"],
  [
    "logs:PutSubscriptionFilter",
    { filterPattern: "", destinationArn: TOPIC, filterName: "all", logGroupName: "/app" },
    "/app",
    "sns:us-east-1:111122223333:news",
  ],
  ["monitoring:DeleteAlarms", { alarmNames: ["root-used", "other"] }, "root-used"],
  ["events:PutRule", { state: "ENABLED", scheduleExpression: "rate(1 minute)", name: "tick" }, "tick"],
  [
    "events:PutTargets",
    {
      rule: "r",
      targets: [
        { id: "1", arn: "arn:aws:lambda:us-east-1:111122223333:function:f" },
        { id: "2", arn: "arn:aws:events:us-east-1:999999999999:event-bus/theirs" },
      ],
    },
    "r",
    "theirs of 999999999999 and 1 more",
  ],
  [
    "events:PutTargets",
    { targets: [{ id: "1", arn: "arn:aws:lambda:us-east-1:111122223333:function:f" }], rule: "tick" },
    "tick",
    "function:f",
  ],
  [
    "ssm:SendCommand",
    { parameters: "HIDDEN_DUE_TO_SECURITY_REASONS", instanceIds: ["i-0a", "i-0b"], documentName: "AWS-RunShellScript" },
    "AWS-RunShellScript",
    "i-0a and 1 more",
  ],
  [
    "ssm:SendCommand",
    { documentName: "AWS-RunShellScript", targets: [{ key: "tag:env", values: ["prod"] }] },
    "AWS-RunShellScript",
    "tag:env=prod",
  ],
  ["ssm:StartSession", { target: "i-0a", documentName: "AWS-StartSSHSession" }, "i-0a", "AWS-StartSSHSession"],
  ["ssm:ModifyDocumentPermission", { permissionType: "Share", accountIdsToAdd: ["all"], name: "mine" }, "mine", "all"],
  [
    "ssm:PutComplianceItems",
    { items: [{ id: "56fcb26d" }], resourceType: "ManagedInstance", resourceId: "i-0a" },
    "i-0a",
    "56fcb26d",
  ],
  ["cloudformation:DeleteStack", { clientRequestToken: "x", stackName: "web" }, "web"],
  [
    "cloudformation:CreateStack",
    { templateURL: "https://s3.amazonaws.com/b/t.yaml", roleARN: ROLE, stackName: "web", disableRollback: false },
    "web",
    "deploy",
  ],
  [
    "eks:UpdateClusterConfig",
    { clientRequestToken: "x", name: "prod", resourcesVpcConfig: { endpointPublicAccess: true } },
    "prod",
  ],
  ["eks:CreateAccessEntry", { clusterName: "prod", principalArn: ROLE, type: "STANDARD" }, "prod", "deploy"],
  ["ecs:DeleteService", { cluster: "prod", service: "web", force: true }, "web", "prod"],
  [
    "ecs:RegisterTaskDefinition",
    { family: "web", cpu: "256", taskRoleArn: ROLE },
    "arn:aws:ecs:us-east-1:1:task-definition/web:3",
    "deploy",
    {
      responseElements: {
        taskDefinition: {
          taskDefinitionArn: "arn:aws:ecs:us-east-1:1:task-definition/web:3",
          family: "web",
          revision: 3,
        },
      },
    },
  ],
  ["autoscaling:UpdateAutoScalingGroup", { autoScalingGroupName: "web", maxSize: 10, minSize: 0 }, "web"],
  [
    "elasticloadbalancing:DeleteLoadBalancer",
    { loadBalancerArn: "arn:aws:elasticloadbalancing:us-east-1:1:loadbalancer/app/web/1" },
    "arn:aws:elasticloadbalancing:us-east-1:1:loadbalancer/app/web/1",
  ],
  [
    "elasticloadbalancing:DeregisterTargets",
    { targets: [{ id: "i-0a" }], targetGroupArn: "arn:aws:elasticloadbalancing:us-east-1:1:targetgroup/web/1" },
    "arn:aws:elasticloadbalancing:us-east-1:1:targetgroup/web/1",
    "i-0a",
  ],
  [
    "route53:ChangeResourceRecordSets",
    {
      hostedZoneId: "Z1",
      changeBatch: { changes: [{ action: "UPSERT", resourceRecordSet: { name: "www.example.com.", type: "A" } }] },
    },
    "Z1",
    "www.example.com.",
  ],
  [
    "route53:DisassociateVPCFromHostedZone",
    { hostedZoneId: "Z1", vPC: { vPCId: "vpc-1", vPCRegion: "us-east-1" } },
    "Z1",
    "vpc-1",
  ],
  [
    "route53domains:TransferDomainToAnotherAwsAccount",
    { accountId: "999999999999", domainName: "example.com" },
    "example.com",
    "999999999999",
  ],
  ["wafv2:DeleteWebACL", { name: "edge", scope: "CLOUDFRONT", id: "a1", lockToken: "b2" }, "edge", "a1"],
  ["apigateway:DeleteRestApi", { restApiId: "a1b2", template: false }, "a1b2"],
  ["cloudfront:DeleteDistribution2020_05_31", { id: "E1", ifMatch: "ETAG" }, "E1"],
  [
    "ram:CreateResourceShare",
    {
      name: "nets",
      resourceArns: ["arn:aws:ec2:us-east-1:1:subnet/s"],
      principals: ["999999999999"],
      allowExternalPrincipals: true,
    },
    "nets",
    "999999999999",
  ],
  ["codebuild:UpdateProject", { serviceRole: ROLE, name: "build", environment: { image: "x" } }, "build", "deploy"],
  [
    "sagemaker:CreatePresignedNotebookInstanceUrl",
    { notebookInstanceName: "lab", sessionExpirationDurationInSeconds: 1800 },
    "lab",
  ],
  [
    "bedrock:InvokeModel",
    { modelId: "anthropic.claude-3-sonnet-20240229-v1:0" },
    "anthropic.claude-3-sonnet-20240229-v1:0",
  ],
  [
    "health:DescribeEventAggregates",
    { aggregateField: "eventTypeCategory", filter: { startTimes: [{ from: "Jul 3, 2026 11:47:39 AM" }] } },
    undefined,
  ],
  [
    "ce:GetCostForecast",
    { Granularity: "MONTHLY", Metric: "UNBLENDED_COST", TimePeriod: { End: "2026-08-01", Start: "2026-07-10" } },
    undefined,
  ],
];

const MORE: readonly Row[] = [
  [
    "lambda:AddLayerVersionPermission20181031",
    { layerName: "tools", principal: "arn:aws:iam::999999999999:root", versionNumber: "3", statementId: "x" },
    "tools",
    "999999999999:root",
  ],
];

const LATER: readonly Row[] = [
  ["cloudtrail:UpdateEventDataStore", { name: "other", eventDataStore: "arn:e/1", kmsKeyId: KEY }, "arn:e/1", "other"],
  ["cloudtrail:EnableFederation", { federationRoleArn: ROLE, eventDataStore: "e1" }, "e1", "deploy"],
  ["kms:RevokeGrant", { grantId: "g1", keyId: KEY }, KEY, "g1"],
  ["iam:DeleteSSHPublicKey", { sSHPublicKeyId: "APKA1", userName: "bob" }, "bob", "APKA1"],
  [
    "iam:CreateOpenIDConnectProvider",
    { clientIDList: ["sts.amazonaws.com"], url: "https://token.actions.githubusercontent.com", thumbprintList: ["1b"] },
    "https://token.actions.githubusercontent.com",
    "sts.amazonaws.com",
  ],
  ["sqs:CallWithKey", null, undefined, undefined, { resources: [{ type: "AWS::KMS::Key", ARN: KEY }] }],
  [
    "sqs:CallWithQueue",
    null,
    "arn:aws:sqs:us-east-1:1:jobs",
    undefined,
    { resources: [{ ARN: KEY }, { ARN: "arn:aws:sqs:us-east-1:1:jobs" }] },
  ],
  ["guardduty:CreateDetector", { enable: true, features: [{ name: "S3_DATA_EVENTS" }] }, undefined],
];

const ROWS = [...IAM, ...IDENTITY, ...EC2, ...STORES, ...WORK, ...MORE, ...LATER];

test("the table of calls is one of at least 120", () => {
  expect(ROWS.length).toBeGreaterThan(120);
});

const CASES = ROWS.map((row) => [row[0], JSON.stringify(row[1]), row] as const);

test.each(CASES)("%s %s", (_, __, row) => {
  const [, , target, detail] = row;
  const facts = factsOfRow(row);
  expect({ target: facts.target, detail: facts.detail }).toEqual({ target, detail });
});

test("the order of the fields does not decide what a call was about", () => {
  for (const row of ROWS) {
    const [call, parameters, target, detail, fields] = row;
    const reversed = parameters && Object.fromEntries(Object.entries(parameters).reverse());
    const facts = factsOfRow([call, reversed, target, detail, fields]);
    expect({ call, target: facts.target, detail: facts.detail }).toEqual({ call, target, detail });
  }
});

/** Fields of every kind that is no target. */
const NO_TARGETS: { readonly [field: string]: unknown } = {
  nextToken: "eyJ2IjoiMiJ9",
  marker: "ABEBzuKp",
  maxResults: 100,
  MaxItems: "50",
  limit: "10",
  pageSize: 25,
  filterSet: { items: [{ name: "vpc-id", valueSet: { items: [{ value: "vpc-1" }] } }] },
  filters: [{ name: "tag:Name", values: ["x"] }],
  Host: "s3.amazonaws.com",
  "x-amz-content-sha256": "UNSIGNED-PAYLOAD",
  dryRun: true,
  clientToken: "7C289842-4CE2",
  clientRequestToken: "7C289842-4CE2",
  idempotencyToken: "x",
  callerReference: "2026-11-20",
  format: "JSON",
  region: "us-east-1",
  sourceRegionName: "eu-central-1",
  availabilityZone: "us-east-1a",
  description: "a target",
  tags: [{ key: "Name", value: "mallory" }],
  tagSpecificationSet: { items: [{ resourceType: "instance", tags: [{ key: "Name", value: "mallory" }] }] },
  roleSessionName: "mallory",
  AuthWorkflowID: "f2a7c9d0-1111-2222-3333-444455556666",
  externalId: "mallory",
  startTime: "2026-11-20T21:25:09Z",
  endDate: "Jul 3, 2026 11:47:39 AM",
  enabled: "true",
  policyDocument: '{"Statement":[]}',
  secretString: "hush",
  masterUserPassword: "hush",
  sessionToken: "hush",
};

test.each(Object.entries(NO_TARGETS))(
  "%s is never what a call was about, and changes nothing of it",
  (field, value) => {
    for (const call of ["iam:CreateUser", "ec2:DescribeThings", "cloudtrail:LookupEvents", "unknown:DoSomething"]) {
      const alone = factsOfRow([call, { [field]: value }, undefined]);
      expect({ call, target: alone.target, detail: alone.detail }).toEqual({
        call,
        target: undefined,
        detail: undefined,
      });
    }
    for (const [call, parameters, target, detail, fields] of ROWS) {
      // What stands alone in its request is unwrapped; beside another field it is none.
      if (parameters === null || /Request$/.test(Object.keys(parameters)[0] ?? "")) continue;
      const facts = factsOfRow([call, { [field]: value, ...parameters }, target, detail, fields]);
      expect({ call, target: facts.target, detail: facts.detail }).toEqual({ call, target, detail });
    }
  },
);

test("a field that is added takes nothing from the one that a call is about", () => {
  const added = { name: "harmless", id: "harmless", arn: "harmless", resourceName: "harmless", aName: "harmless" };
  for (const [call, parameters, target] of [
    ["iam:CreateAccessKey", { userName: "bob" }, "bob"],
    ["iam:AttachUserPolicy", { userName: "bob", policyArn: ADMIN }, "bob"],
    ["s3:PutBucketPolicy", { bucketName: "data" }, "data"],
    ["ec2:ModifySnapshotAttribute", { snapshotId: "snap-1" }, "snap-1"],
    ["sts:AssumeRole", { roleArn: ROLE }, ROLE],
    ["kms:PutKeyPolicy", { keyId: KEY }, KEY],
    ["cloudtrail:DeleteEventDataStore", { eventDataStore: "e1" }, "e1"],
  ] as const) {
    expect({ call, target: factsOfRow([call, { ...added, ...parameters }, target]).target }).toEqual({ call, target });
  }
});

test("credentials are no targets, whatever their field is called", () => {
  const url = "https://bob:hush@example.com/?X-Amz-Signature=hush";
  for (const parameters of [{ userName: { password: "hush" } }, { secretName: url }, { authToken: "hush" }]) {
    const { target, detail } = factsOfRow(["iam:CreateUser", parameters, undefined]);
    expect(`${target} ${detail}`).not.toContain("hush");
  }
});

test("a record of any size and depth has a target of bounded size, in bounded time", () => {
  const deep = Array.from({ length: 500 }).reduce<object>((inner) => ({ userName: inner }), { userName: "bob" });
  const wide = Object.fromEntries(
    Array.from({ length: 20_000 }, (_, i) => [`field${i}Name`, { items: [{ name: "x" }] }]),
  );
  const time = cpuTimeOf(() => {
    for (const parameters of [deep, wide, [wide], { userName: "b".repeat(100_000) }, { roleName: "r".repeat(1_000) }]) {
      const { target = "", detail = "" } = factsOfRow(["iam:CreateUser", parameters, undefined]);
      expect(target.length + detail.length).toBeLessThanOrEqual(200);
    }
  });
  expect(time).toBeLessThan(3_000);
});

test("what only an answer names is no news with every call, what the call names is", () => {
  const made = (snapshotId: string) =>
    factsIn({
      rules: ["r"],
      isLate: false,
      facts: factsOfRow(["ec2:CreateSnapshot", { volumeId: "vol-1" }, "", "", { responseElements: { snapshotId } }]),
    });
  expect(made("snap-1")).toEqual(made("snap-2"));
  const asked = (userName: string) =>
    factsIn({ rules: ["r"], isLate: false, facts: factsOfRow(["iam:CreateAccessKey", { userName }, ""]) });
  expect(asked("bob")).not.toEqual(asked("carl"));
});

test("the table from AWS's models is dated, small, and only of calls", () => {
  const source = readFileSync("lambda/core/record/target-fields.ts", "utf8");
  expect(source).toMatch(/^\/\/ Made by cli\/models\/target-fields\.ts .* botocore [\d.]+, on 20\d\d-\d\d-\d\d\.$/m);
  expect(source.length).toBeLessThan(25_000);
  expect(targetFieldOf("cloudtrail:DeleteEventDataStore")).toBe("eventdatastore");
  expect(targetFieldOf("cloudtrail:deleteeventdatastore")).toBeUndefined();
});
