import type { Holding } from "./secret-names.ts";

type Calls = { readonly [call: string]: readonly string[] };

/**
 * Fields that hold secrets though their names do not say so, by the first label of eventSource and the call; `*` is any
 * call. From the service models of botocore 1.43.107: members that are marked sensitive, and hold what opens something
 * or data that the service keeps for its callers.
 */
const SECRET_FIELDS: { readonly [service: string]: Calls } = {
  apigateway: { CreateApiKey: ["value"], UpdateApiKey: ["value"], GetApiKey: ["value"], ImportApiKeys: ["body"] },
  appconfig: { CreateHostedConfigurationVersion: ["content"] },
  appfabric: { "*": ["code"] },
  appstream: { "*": ["streamingURL"] },
  "cloudfront-keyvaluestore": { "*": ["value"] },
  codebuild: { StartCommandExecution: ["command"] },
  "cognito-identity": { "*": ["logins"] },
  "cognito-idp": { "*": ["session"] },
  dms: { "*": ["securityDbEncryption"] },
  ec2: { "*": ["customerGatewayConfiguration", "vpnConnectionDeviceSampleConfiguration"] },
  firehose: { "*": ["attributeValue"] },
  geo: { CreateKey: ["key"], DescribeKey: ["key"] },
  grafana: { CreateWorkspaceApiKey: ["key"], CreateWorkspaceServiceAccountToken: ["key"] },
  iotwireless: {
    "*": ["appKey", "appSKey", "fNwkSIntKey", "genAppKey", "nwkKey", "nwkSEncKey", "nwkSKey", "sNwkSIntKey"],
  },
  kafkaconnect: { "*": ["propertiesFileContent"] },
  lambda: { "*": ["payload"] },
  mobiletargeting: { "*": ["serviceJson", "tokenKey"] },
  "notifications-contacts": { "*": ["code"] },
  "payment-cryptography": {
    "*": [
      ...["primaryAccountNumber", "cardExpiryDate", "messageData", "transactionData", "sessionDerivationData"],
      ...["pinOffset", "pinValidationData", "validationData", "mac", "randomKeySend", "randomKeyReceive"],
    ],
  },
  rdsdata: { "*": ["sqlStatements", "parameterSets"] },
  "rds-data": { "*": ["sqlStatements", "parameterSets"] },
  signin: { "*": ["code"] },
  ssm: { PutParameter: ["value"] },
  sso: { CreateToken: ["code"] },
  "sso-oauth": { "*": ["code"] },
  states: { "*": ["input", "output"] },
  storagegateway: { "*": ["secretToAuthenticateInitiator", "secretToAuthenticateTarget"] },
};

/** Fields that are named like secrets but hold a secret's id. */
const ID_FIELDS: { readonly [service: string]: Calls } = {
  apigateway: { GetApiKey: ["apiKey"], UpdateApiKey: ["apiKey"], DeleteApiKey: ["apiKey"] },
};

/** What a call's fields hold where their names alone do not tell. */
export function fieldsOf(eventSource: unknown, eventName: unknown): ReadonlyMap<string, Holding> {
  if (typeof eventSource !== "string" || typeof eventName !== "string") return NONE;
  const service = eventSource.split(".", 1)[0] ?? "";
  const secret = namesIn(SECRET_FIELDS, service, eventName).map((name) => [name, "secret"] as const);
  const ids = namesIn(ID_FIELDS, service, eventName).map((name) => [name, "anything"] as const);
  return secret.length + ids.length === 0 ? NONE : new Map<string, Holding>([...secret, ...ids]);
}

const NONE: ReadonlyMap<string, Holding> = new Map();

function namesIn(table: { readonly [service: string]: Calls }, service: string, eventName: string): readonly string[] {
  if (!Object.hasOwn(table, service)) return [];
  // Some services append their API's version to the name (see call.ts).
  return Object.entries(table[service] ?? {}).flatMap(([call, names]) =>
    call === "*" || eventName.startsWith(call) ? names : [],
  );
}
