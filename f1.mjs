// bench/reading.ts
import { createReadStream, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync as gunzipSync2 } from "node:zlib";

// lambda/core/record/record.ts
function isObject(value2) {
  return typeof value2 === "object" && value2 !== null && !Array.isArray(value2);
}
function valueAt(record, ...path) {
  return valueOn(record, path);
}
function valueOn(record, path) {
  let value2 = record;
  for (let i = 0; i < path.length; i++) {
    const field = path[i];
    if (!isObject(value2) || !Object.hasOwn(value2, field)) return void 0;
    value2 = value2[field];
  }
  return value2;
}
function textAt(record, ...path) {
  const value2 = valueOn(record, path);
  return typeof value2 === "string" && value2 !== "" ? value2 : void 0;
}
function flagOf(value2) {
  const text2 = typeof value2 === "string" ? value2.toLowerCase() : value2;
  return text2 === true || text2 === "true" ? true : text2 === false || text2 === "false" ? false : void 0;
}
function hasEventVersion(record, major, minor) {
  const [ownMajor = 0, ownMinor = 0] = (textAt(record, "eventVersion") ?? "").split(".").map(Number);
  return ownMajor > major || ownMajor === major && ownMinor >= minor;
}
function eventTimeOf(record) {
  return timeOf(textAt(record, "eventTime"));
}
var NOTICE_SOURCE = "trailbell.amazonaws.com";
function timeOf(text2 = "") {
  const time = Date.parse(withZone(text2.slice(0, 100).trim()));
  return Number.isNaN(time) ? void 0 : time;
}
function withZone(text2) {
  if (text2.endsWith("Z")) return text2.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z");
  const isWithoutZone = /:\d\d(?:[.:\d]*|.*(?:[ap]m|\d{4}))$/i.test(text2) && !/[+-]\d\d:?\d\d$/.test(text2);
  if (!isWithoutZone) return text2;
  return /^\d{4}-\d\d-\d\dT/.test(text2) ? `${text2}Z` : `${text2} Z`;
}
function accountOf(record) {
  return textAt(record, "recipientAccountId") ?? textAt(record, "userIdentity", "accountId");
}

// lambda/core/record/call.ts
var API_VERSION = /(?<=[A-Za-z])_?(?:19|20)\d{2}(?:_(?:0[1-9]|1[0-2])_(?:0[1-9]|[12]\d|3[01])|(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))(?:[vV]\d+)?$/;
function withoutApiVersion(eventName) {
  const last3 = eventName.charCodeAt(eventName.length - 1);
  return last3 >= 48 && last3 <= 57 ? eventName.replace(API_VERSION, "") : eventName;
}
var SERVICE_SUFFIX = ".amazonaws.com";
function serviceOf(eventSource) {
  return eventSource.endsWith(SERVICE_SUFFIX) ? eventSource.slice(0, -SERVICE_SUFFIX.length) : eventSource;
}
function callOf(record) {
  const name2 = textAt(record, "eventName");
  if (name2 === void 0 && textAt(record, "insightDetails", "eventName") !== void 0) {
    const service = serviceOf(textAt(record, "insightDetails", "eventSource") ?? "unknown");
    return `insight ${service}:${textAt(record, "insightDetails", "eventName")}`;
  }
  return `${serviceOf(textAt(record, "eventSource") ?? "unknown")}:${name2 ?? "unknown"}`;
}

// lambda/core/record/facts.ts
import { createHash } from "node:crypto";

// lambda/core/record/identity-types.ts
var IDENTITY_TYPES = {
  Root: { kind: "root user", isPerson: true, isHand: true, mfa: "told" },
  IAMUser: { kind: "IAM user", isPerson: true, isHand: true, mfa: "told" },
  AssumedRole: { kind: "role", isPerson: false, isHand: false, mfa: "unknown" },
  Role: { kind: "role", isPerson: false, isHand: false },
  // Whoever asked for the credentials chose the name, so that it tells of nobody.
  FederatedUser: { kind: "federated user", isPerson: false, isHand: true, mfa: "unknown" },
  Directory: { kind: "directory user", isPerson: false, isHand: false },
  AWSAccount: { kind: "another account", isPerson: false, isHand: false },
  AWSService: { kind: "AWS service", isPerson: false, isHand: false },
  // A person, but the access portal makes these calls for whoever is signed in.
  IdentityCenterUser: { kind: "Identity Center user", isPerson: true, isHand: false },
  SAMLUser: { kind: "SAML user", isPerson: false, isHand: false },
  WebIdentityUser: { kind: "web identity user", isPerson: false, isHand: false },
  Unknown: { kind: "unknown identity", isPerson: false, isHand: false }
};
function traitsOf(type) {
  return isIdentityType(type) ? IDENTITY_TYPES[type] : void 0;
}
function isIdentityType(type) {
  return type !== void 0 && Object.hasOwn(IDENTITY_TYPES, type);
}
function isKindOfPerson(kind2) {
  return Object.values(IDENTITY_TYPES).some((one) => one.kind === kind2 && one.isPerson);
}

// lambda/core/record/identity.ts
var ROOT_USER = IDENTITY_TYPES.Root.kind;
var AGENT = /^[a-z0-9]+-mcp\.amazonaws\.com$/;
function isPerson({ kind: kind2, person }) {
  return isKindOfPerson(kind2) || person !== void 0;
}
function identityOf(record) {
  const user = valueAt(record, "userIdentity");
  if (!isObject(user)) {
    return { kind: isObject(record.insightDetails) ? "no caller (an Insights record)" : "unknown caller" };
  }
  const invokedBy = textAt(user, "invokedBy");
  const account = textAt(user, "accountId");
  const owner = accountOf(record);
  const own = caller(user, textAt(record, "additionalEventData", "UserName"));
  const context = valueAt(user, "sessionContext");
  return {
    ...own,
    ...optional("sourceIdentity", textAt(context, "sourceIdentity")),
    ...own.kind === "role" && optional("onBehalfOf", textAt(user, "onBehalfOf", "userId")),
    ...optional("delegate", textAt(user, "invokedByDelegate", "accountId")),
    ...AGENT.test(invokedBy ?? "") && { isAgent: true },
    ...textAt(context, "signInSessionArn") !== void 0 && { isSignedIn: true },
    ...account && owner && account !== owner && /^\d{12}$/.test(account) && { foreignAccount: account },
    ...invokedBy && own.kind !== "AWS service" && { via: serviceOf(invokedBy) }
  };
}
function caller(user, signedIn) {
  const type = textAt(user, "type");
  const issuer = valueAt(user, "sessionContext", "sessionIssuer");
  const arn = textAt(user, "arn");
  const name2 = textAt(user, "userName") ?? lastPart(arn) ?? textAt(user, "principalId");
  if (!isIdentityType(type)) {
    if (type !== void 0) return named("identity of an unknown type", name2);
    if (name2 !== void 0) return named("unknown identity", name2);
    const service = textAt(user, "invokedBy");
    return service ? named("AWS service", serviceOf(service)) : { kind: "unknown caller" };
  }
  const { kind: kind2 } = IDENTITY_TYPES[type];
  switch (type) {
    case "Root": {
      const isAssumedRoot = flagOf(valueAt(user, "sessionContext", "assumedRoot"));
      return { kind: kind2, ...isAssumedRoot && { isAssumedRoot } };
    }
    case "IAMUser":
    case "Role":
    case "Directory":
    case "Unknown":
      return named(kind2, name2);
    case "AssumedRole":
      return assumedRole(user, issuer);
    case "FederatedUser":
      return {
        ...named(kind2, lastPart(arn) ?? textAt(user, "principalId")?.split(":").pop()),
        nameIsChosen: true,
        ...optional("issuer", textAt(issuer, "userName") ?? lastPart(textAt(issuer, "arn")))
      };
    case "AWSAccount": {
      const account = textAt(user, "accountId");
      if (account === "ANONYMOUS_PRINCIPAL" || account === "anonymous") return { kind: "anonymous caller" };
      return named(kind2, arn ?? textAt(user, "principalId") ?? account);
    }
    case "AWSService":
      return named(kind2, serviceOf(textAt(user, "invokedBy") ?? "unknown"));
    case "IdentityCenterUser":
      return named(kind2, signedIn ?? textAt(user, "onBehalfOf", "userId") ?? name2);
    case "SAMLUser":
    case "WebIdentityUser":
      return { ...named(kind2, name2), ...optional("issuer", textAt(user, "identityProvider")) };
    default:
      return type;
  }
}
function assumedRole(user, issuer) {
  const issuerArn = textAt(issuer, "arn");
  const [, roleInArn, ...sessionInArn] = (textAt(user, "arn") ?? "").split("/");
  const session = sessionInArn.join("/") || textAt(user, "principalId")?.split(":").slice(1).join(":");
  const role = textAt(issuer, "userName") ?? (roleInArn || lastPart(issuerArn));
  const provider = textAt(user, "sessionContext", "webIdFederationData", "federatedProvider");
  return {
    ...named("role", role),
    ...isIdentityCenterRole(issuerArn) ? optional("person", session) : sessionOf(user, session, issuerArn),
    ...optional("issuer", provider)
  };
}
function sessionOf(user, session, issuerArn) {
  if (session === void 0) return {};
  if (/^arn:[a-z-]+:iam::\d{12}:role\/aws-service-role\//.test(issuerArn ?? ""))
    return { session, sessionSetBy: "AWS" };
  const delivery = textAt(user, "sessionContext", "ec2RoleDelivery");
  if (delivery === void 0 || !/^i-[0-9a-f]{8,17}$/.test(session)) return { session, sessionSetBy: "the caller" };
  return { session, sessionSetBy: "EC2", delivery: delivery.startsWith("1") ? "IMDSv1" : "IMDSv2" };
}
function isIdentityCenterRole(issuerArn) {
  return /^arn:[a-z-]+:iam::\d{12}:role\/aws-reserved\/sso\.amazonaws\.com\//.test(issuerArn ?? "");
}
function isSessionOfRole({ userIdentity: user }) {
  const issuerArn = textAt(user, "sessionContext", "sessionIssuer", "arn");
  return textAt(user, "type") === "AssumedRole" && issuerArn !== void 0 && !isIdentityCenterRole(issuerArn);
}
function actorOf(record, view) {
  const user = record.userIdentity;
  const issuerArn = textAt(user, "sessionContext", "sessionIssuer", "arn");
  if (issuerArn !== void 0) {
    const person2 = isIdentityCenterRole(issuerArn) ? view.identity.person : void 0;
    return person2 === void 0 ? issuerArn : `${issuerArn}/${person2}`;
  }
  const type = textAt(user, "type");
  const arn = textAt(user, "arn");
  if (type === "IAMUser" && arn !== void 0) return arn;
  if (type === "Root") return `root of ${textAt(user, "accountId") ?? accountOf(record) ?? "unknown"}`;
  const person = type === "IdentityCenterUser" ? textAt(user, "onBehalfOf", "userId") : void 0;
  const [principal = "", session] = textAt(user, "principalId")?.split(/:(.*)/s) ?? [];
  const isSession = type === "AssumedRole" || /^(?:AROA|\d{12}$)/.test(principal) || session === void 0;
  return person ?? (isSession && principal !== "" ? principal : textAt(user, "principalId")) ?? textAt(record, "sourceIPAddress") ?? textAt(user, "invokedBy") ?? "unknown caller";
}
function mfaOf(record, view) {
  const { mfa } = traitsOf(textAt(record, "userIdentity", "type")) ?? {};
  if (mfa === "unknown" || view.identity.isAssumedRoot) return "MFA unknown";
  if (mfa !== "told") return void 0;
  const told2 = textAt(record, "additionalEventData", "MFAUsed")?.toLowerCase() ?? valueAt(record, "userIdentity", "sessionContext", "attributes", "mfaAuthenticated");
  if (told2 === "yes" || flagOf(told2) === true) return "with MFA";
  return told2 === "no" || flagOf(told2) === false ? "without MFA" : void 0;
}
function lastPart(arn) {
  return arn?.split(/[/:]/).pop() || void 0;
}
function named(kind2, name2) {
  return { kind: kind2, ...optional("name", name2) };
}
function optional(key, value2) {
  return value2 === void 0 ? {} : { [key]: value2 };
}

// lambda/core/record/secret-names.ts
var REDACTED = "[redacted]";
var PASSWORDS = /(?:pass(?:word|wd|phrase|code)|secret|credential|accesskey|secretkey|privatekey|apikey)s?$/;
var TOKENS = /(?:access|api|auth|bearer|id|identity|refresh|secret|security|session|web)tokens?$/;
var SECRET_WORDS = new Set("assertion cvc cvv jwt otp pin plaintext psk pwd totp".split(" "));
var SECRET_BEFORE = {
  key: setOf(
    "access account activation api auth customer hmac host jwk mac master pre private recovery registration",
    "secret service session shared signing solution specific storage stream subscription symmetric vsan wallet webhook"
  ),
  code: setOf(
    "access activation auth authentication authorization backup confirmation device invite login mfa otp pass pin recovery",
    "secret security sms token user verification"
  ),
  material: setOf("key authentication"),
  data: setOf("user pin track"),
  block: setOf("key pin"),
  text: setOf("plain"),
  seed: setOf("string secret master private"),
  verifier: setOf("code password srp"),
  number: setOf("card"),
  cryptogram: setOf("key request application"),
  answer: setOf("challenge security secret"),
  responses: setOf("challenge"),
  parameters: setOf("auth"),
  string: setOf("signed"),
  png: setOf("code"),
  file: setOf("zip wallet")
};
var HARMLESS_TOKENS = setOf(
  "action backward block cache caller change checkpoint chunk client completion concurrency conditional continuation continue",
  "creation creator deduplication dedupe execute forward grant http idempotence idempotency idempotent input last lock marker",
  "max message min next offer output page pagination paging position preview previous product prompt provision read request",
  "resume retrieval retry revision scroll sequence share start starting stop sync terminate total update usage version write"
);
var FORMS = setOf(
  "value values string binary blob text data pem base hash hex raw json map body content encrypted decrypted encoded plaintext",
  "old new current previous primary secondary"
);
var REFERENCES = setOf(
  "id ids arn arns name names username user users role type status state date at time created expires expiration region",
  "regions host port from provider version timeout directory required enabled scheme"
);
var ASPECTS = setOf(
  "age algorithm bucket bytes count days duration encryption expire expiry field file format history length limit",
  "manager max method min minutes mode path period policy prefix reuse rotation seconds size source store table ttl url"
);
var STATES = /^(?:|true|false|null|none|required|optional|enabled|disabled|seconds|minutes|hours|days|iam|aws_iam|lb_cookie|app_cookie|\*+|(?:value )?hidden[_ ]due[_ ]to[_ ]security[_ ]reasons\.?|<?sensitiveDataRemoved>?)$/i;
var ARN = /^arn:aws[\w-]*:[\w-]*:[\w-]*:(?:\d{12}|aws)?:[\w/:.+=,@*$-]+$/;
var MAX_KNOWN = 5e3;
var MAX_NAME = 128;
function setOf(...lines) {
  return new Set(lines.join(" ").split(" "));
}
function wordsOf(name2) {
  const words = name2.slice(-MAX_NAME).match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+/g) ?? [];
  return words.map((word2) => word2.toLowerCase());
}
function isSecretName(name2) {
  const words = wordsOf(name2);
  for (; ; ) {
    if (isSecretEnding(words)) return true;
    if (words.length < 2 || !FORMS.has(words.at(-1) ?? "")) break;
    words.pop();
  }
  return isMadeUp(name2) && isSecretAnywhere(name2);
}
var isSecretLabel = remembered(
  (label) => isSecretName(label) || isHeaderName(wordsOf(label)) || isSecretAnywhere(label)
);
function remembered(judge) {
  const known2 = /* @__PURE__ */ new Map();
  return (name2) => {
    const before = known2.get(name2);
    if (before !== void 0) return before;
    const judged3 = judge(name2);
    if (known2.size < MAX_KNOWN && name2.length <= MAX_NAME) known2.set(name2, judged3);
    return judged3;
  };
}
function isSecretEnding(words) {
  const [last3 = "", before = "", further] = [words.at(-1), words.at(-2), words.at(-3)];
  if (further === "public" || further === "include") return false;
  if (last3 === "token" || last3 === "tokens") return !HARMLESS_TOKENS.has(before);
  if (SECRET_WORDS.has(last3) || PASSWORDS.test(last3) || TOKENS.test(last3)) return true;
  const one = last3.replace(/(?<=key|code|block)s$/, "");
  return Object.hasOwn(SECRET_BEFORE, one) && (SECRET_BEFORE[one]?.has(before) ?? false);
}
var HEADERS = /^(?:auth|authorization|cookie|pass|signature)$/;
function isHeaderName(words) {
  const [last3 = "", before = ""] = [words.at(-1), words.at(-2)];
  if (last3 === "signature") return !/^(?:group|intent|type)$/.test(before);
  if (last3 === "auth") return words.length === 1;
  return HEADERS.test(last3) && before !== "account";
}
function isMadeUp(name2) {
  return /[_-]/.test(name2) || !/[a-z]/.test(name2);
}
function isSecretAnywhere(label) {
  const words = wordsOf(label);
  const last3 = words.at(-1) ?? "";
  if (REFERENCES.has(last3) || ASPECTS.has(last3)) return false;
  return words.some((word2, i) => (word2 === "pwd" || !SECRET_WORDS.has(word2)) && isSecretEnding(words.slice(0, i + 1)));
}
function isReference(name2) {
  const words = wordsOf(name2);
  return REFERENCES.has(words.at(-1) ?? "") || /^(?:port number|public key)$/.test(words.slice(-2).join(" "));
}
function isHarmlessValue(value2) {
  return STATES.test(value2) || value2.length <= 2048 && ARN.test(value2);
}
var ENVIRONMENTS = setOf("build container execution job process runtime task");
var PARAMETERS = setOf("body header provisioning query run sql task template workflow");
var holdingOf = remembered(judged);
function judged(name2) {
  if (isSecretName(name2)) return "secret";
  const words = wordsOf(name2);
  const [last3 = "", before] = [words.at(-1), words.at(-2)];
  if (isHeaderName(words)) return "header";
  if (/^(?:variables|vars|envs?)$/.test(last3)) return "variables";
  if (last3 === "environment" && (before === void 0 || ENVIRONMENTS.has(before))) return "variables";
  if (/^overrides?$/.test(last3) && /^variables?$/.test(before ?? "")) return "variables";
  if (last3 === "headers" && before === "custom") return "variables";
  if (/^(?:query string )?parameters$/.test(words.join(" "))) return "parameters";
  if (last3 === "parameters" && words.length === 2 && PARAMETERS.has(before ?? "")) return "parameters";
  if (last3 === "arguments" || last3 === "overrides" && before === "parameter") return "parameters";
  return words.length === 1 && /^sqls?$/.test(last3) ? "secret" : "anything";
}

// lambda/core/record/secret-commands.ts
var ON = String.raw`\b[^\n|;&]{0,200}?\s`;
var VALUE = String.raw`(?:"[^"\n]{1,200}"|'[^'\n]{1,200}'|[^\s"']+)`;
var COMMANDS = [
  ["-p", named2(String.raw`\b(?:mysql|mysqldump|mysqladmin|mariadb)${ON}-p(?=\S)`)],
  ["-p", named2(String.raw`\b(?:sshpass|smbclient|mongo(?:sh|dump|restore|export|import)?)${ON}-p[ =]?`)],
  ["-p", named2(String.raw`\b(?:docker|podman|buildah|helm|oras|az)(?:\s+\S{1,30}){0,3}?\s+login${ON}-p[ =]?`)],
  ["-a", named2(String.raw`\b(?:redis|valkey)-cli${ON}-a `)],
  ["-w", named2(String.raw`\bldap(?:search|add|modify|delete|whoami|passwd)${ON}-w `)],
  // A container's user and group are numbers.
  ["-u", named2(String.raw`(?<![\w-])(?:-u|--user|--proxy-user)[ =]?["']?(?!\d+:\d+\b)[^\s:"'/]{1,100}:`)],
  ["%", named2(String.raw`(?<![\w-])(?:-U|--user)[ =]?["']?[^\s%"']{1,100}%`)],
  ["net", named2(String.raw`\bnet(?:\.exe)?\s+user\s+[^\s/]{1,100}\s+(?![/])`)],
  ["login", named2(String.raw`\blogin\s+\S{1,100}\s+password\s+`)],
  ["configure", named2(String.raw`\bconfigure\s+set\s+\S{0,60}(?:secret_access_key|session_token)\s+`)],
  ["SecureString", named2(String.raw`\bConvertTo-SecureString\s+(?:-String\s+)?(?!-|\$)`)],
  ["chpasswd", /(?<![^\s:"'])([^\s:"']{1,100}:)([^\s"'|]{1,200})(?=["']?\s*\|\s*(?:sudo\s+)?chpasswd)/g],
  ["--stdin", /(\becho\s+(?:-n\s+)?)([^\n|]{1,200}?)(?=\s*\|\s*(?:sudo\s+)?passwd\b)/g]
];
function named2(before) {
  return new RegExp(`(${before})(${VALUE})`, "gi");
}
function withoutTyped(text2) {
  return COMMANDS.reduce(
    (shown, [word2, command]) => shown.includes(word2) ? shown.replace(command, `$1${REDACTED}`) : shown,
    text2
  );
}
var WORDS_BEFORE = 8;
var MAX_WORD = 500;
function isTypedSecret(words, at2) {
  const word2 = words[at2];
  if (typeof word2 !== "string" || word2.length > MAX_WORD) return false;
  const before = words.slice(Math.max(0, at2 - WORDS_BEFORE), at2);
  if (before.length === 0 || !before.every((one) => typeof one === "string" && one.length <= MAX_WORD)) return false;
  return !withoutTyped(`${before.join(" ")} ${word2}`).endsWith(word2);
}

// lambda/core/record/secret-fields.ts
var SECRET_FIELDS = {
  apigateway: { CreateApiKey: ["value"], UpdateApiKey: ["value"], GetApiKey: ["value"], ImportApiKeys: ["body"] },
  appconfig: { CreateHostedConfigurationVersion: ["content"] },
  appfabric: { "*": ["code"] },
  "cloudfront-keyvaluestore": { "*": ["value"] },
  codebuild: { StartCommandExecution: ["command"] },
  "cognito-identity": { "*": ["logins"] },
  "cognito-idp": { "*": ["session"] },
  dms: { "*": ["securityDbEncryption"] },
  ec2: { "*": ["customerGatewayConfiguration", "vpnConnectionDeviceSampleConfiguration"] },
  firehose: { "*": ["attributeValue"] },
  geo: { CreateKey: ["key"], DescribeKey: ["key"] },
  grafana: { CreateWorkspaceApiKey: ["key"], CreateWorkspaceServiceAccountToken: ["key"] },
  kafkaconnect: { "*": ["propertiesFileContent"] },
  lambda: { "*": ["payload"] },
  mobiletargeting: { "*": ["serviceJson"] },
  "notifications-contacts": { "*": ["code"] },
  "payment-cryptography": {
    "*": [
      ...["primaryAccountNumber", "cardExpiryDate", "messageData", "transactionData", "sessionDerivationData"],
      ...["pinOffset", "pinValidationData", "validationData", "mac", "randomKeySend", "randomKeyReceive"]
    ]
  },
  rdsdata: { "*": ["sqlStatements", "parameterSets"] },
  "rds-data": { "*": ["sqlStatements", "parameterSets"] },
  signin: { "*": ["code"] },
  ssm: { PutParameter: ["value"] },
  sso: { CreateToken: ["code"] },
  "sso-oauth": { "*": ["code"] },
  states: { "*": ["input", "output"] },
  storagegateway: { "*": ["secretToAuthenticateInitiator", "secretToAuthenticateTarget"] }
};
var ID_FIELDS = {
  apigateway: { GetApiKey: ["apiKey"], UpdateApiKey: ["apiKey"], DeleteApiKey: ["apiKey"] }
};
function fieldsOf(eventSource, eventName) {
  if (typeof eventSource !== "string" || typeof eventName !== "string") return NONE;
  const service = eventSource.split(".", 1)[0] ?? "";
  const secret = namesIn(SECRET_FIELDS, service, eventName).map((name2) => [name2, "secret"]);
  const ids = namesIn(ID_FIELDS, service, eventName).map((name2) => [name2, "anything"]);
  return secret.length + ids.length === 0 ? NONE : new Map([...secret, ...ids]);
}
var NONE = /* @__PURE__ */ new Map();
function namesIn(table, service, eventName) {
  if (!Object.hasOwn(table, service)) return [];
  return Object.entries(table[service] ?? {}).flatMap(
    ([call, names2]) => call === "*" || eventName.startsWith(call) ? names2 : []
  );
}

// lambda/core/record/secret-assignments.ts
var OPTION = /(?<![\w-])--?([A-Za-z][\w.-]*)[ \t]+(?=[^\s-])/g;
function withoutOptions(text2) {
  return withoutGiven(
    text2,
    OPTION,
    ({ 1: name2 = "" }, start) => isSecretLabel(name2) ? word(text2, start, wordEnd(text2, start, false)) : void 0
  );
}
var QUALIFIERS = "secret|access|api|private|session|auth|authentication|authorization|verification|mfa|security";
var ASSIGNMENT = new RegExp(
  String.raw`(?<![\w.-])((?:(?:${QUALIFIERS}) )?[\w.-]+)(\\*["'])?\]?[ \t]*(=>|:=|==?|:)[ \t]*`,
  "gi"
);
var NAME = /^-*(?:parameter|option|header)?[_-]?(?:name|key)$/i;
var VALUE2 = /^-*(?:parameter|option|header)?[_-]?value$/i;
var HEADER = /(?:authorization|cookie)$/i;
function withoutAssigned(text2) {
  let namesSecret = false;
  return withoutGiven(text2, ASSIGNMENT, (match, start) => {
    const { 1: name2 = "", 2: quote, 3: sign, index } = match;
    const before = text2[index - 1] ?? "\n";
    if (sign === ":" && quote === void 0 && !isColonOfField(text2, start, before)) return void 0;
    if (NAME.test(name2)) namesSecret = isSecretLabel(firstWord(text2.slice(start, start + 200)));
    const isSecret = isSecretLabel(name2) || namesSecret && VALUE2.test(name2);
    if (VALUE2.test(name2)) namesSecret = false;
    const column = sign === ":" && quote === void 0 ? columnOf(text2, index) : void 0;
    if (!isSecret) return column === void 0 ? void 0 : mapped(name2, text2, start, column);
    const block = column === void 0 ? void 0 : blockEnd(text2, start, column);
    if (block !== void 0) return { end: block, shown: REDACTED };
    if (column !== void 0 || HEADER.test(name2)) return word(text2, start, lineEnd(text2, start));
    return word(text2, start, wordEnd(text2, start, /[?&#]/.test(before)));
  });
}
function firstWord(text2) {
  return text2.slice(0, wordEnd(text2, 0, false));
}
function isColonOfField(text2, start, before) {
  return /[ \t\n"']/.test(text2[start - 1] ?? "") || /^["'\r\n]?$/.test(text2[start] ?? "") || /[\s,;{(]/.test(before);
}
function withoutGiven(text2, pattern, given) {
  let shown = "";
  let done = 0;
  for (const match of text2.matchAll(pattern)) {
    if (match.index < done) continue;
    const start = match.index + match[0].length;
    const found = given(match, start);
    if (found === void 0) continue;
    shown += text2.slice(done, start) + found.shown;
    done = found.end;
  }
  return shown + text2.slice(done);
}
function word(text2, start, end) {
  const value2 = text2.slice(start, end);
  const [, quote = ""] = QUOTE.exec(value2.slice(0, 20)) ?? [];
  const inner = value2.slice(quote.length, quote !== "" && value2.endsWith(quote) ? -quote.length : void 0);
  if (isHarmlessValue(inner)) return void 0;
  return { end, shown: `${quote}${REDACTED}${quote}` };
}
var QUOTE = /^(\\*["'])/;
function wordEnd(text2, start, isQuery) {
  return quotedEnd(text2, start) ?? nextOf(isQuery ? /[\s;"'<>&]/g : /[\s;"'<>]/g, text2, start);
}
function lineEnd(text2, start) {
  return quotedEnd(text2, start) ?? nextOf(/[\r\n"]/g, text2, start);
}
function quotedEnd(text2, start) {
  const [, quote] = QUOTE.exec(text2.slice(start, start + 20)) ?? [];
  if (quote === void 0) return void 0;
  for (let at2 = start + quote.length; ; ) {
    const end = text2.indexOf(quote, at2);
    if (end === -1) return text2.length;
    if (text2[end - 1] !== "\\") return end + quote.length;
    at2 = end + 1;
  }
}
function nextOf(pattern, text2, start) {
  pattern.lastIndex = start;
  return pattern.exec(text2)?.index ?? text2.length;
}
function columnOf(text2, index) {
  let at2 = index;
  while (at2 > 0 && /[ \t-]/.test(text2[at2 - 1] ?? "")) at2--;
  return at2 === 0 || text2[at2 - 1] === "\n" ? index - at2 : void 0;
}
function blockEnd(text2, start, column) {
  const rest = text2.slice(start, nextOf(/\n/g, text2, start));
  if (!/^(?:[|>][+-]?\d?)?\s*$/.test(rest.slice(0, 80))) return void 0;
  let end = start + rest.length;
  const first = end;
  while (end < text2.length) {
    const next = nextOf(/\n/g, text2, end + 1);
    const line = text2.slice(end + 1, next);
    const indent = line.search(/\S/);
    if (indent !== -1 && indent < column + (line[indent] === "-" ? 0 : 1)) break;
    end = next;
  }
  return end > first ? end : void 0;
}
function mapped(name2, text2, start, column) {
  const holding = holdingOf(name2);
  const end = holding === "variables" || holding === "parameters" ? blockEnd(text2, start, column) : void 0;
  if (end === void 0) return void 0;
  const lines = text2.slice(start, end);
  const shown = lines.replace(
    /^([ \t]*(?:- +)?["']?)([\w.-]+)(["']?(?::[ \t]+|=))(\S.*)$/gm,
    (line, head, key, sign, value2) => NAME.test(key) || holding === "parameters" && isReference(key) || isHarmlessValue(value2) ? line : head + key + sign + REDACTED
  );
  return { end, shown };
}

// lambda/core/record/secret-text.ts
function redactFreeText(text2) {
  if (text2.length < 6) return text2;
  let shown = text2.includes("PRIVATE KEY") ? withoutPrivateKeys(text2) : text2;
  shown = withoutTokens(shown);
  if (shown.includes("://")) shown = shown.replace(USER_INFO, REDACTED);
  if (/[?#]/.test(shown)) shown = shown.replace(QUERY, withoutQuerySecrets);
  if (shown.includes("</")) shown = shown.replace(ELEMENT, withoutElement);
  if (shown.includes("'")) shown = shown.replace(QUOTED, withoutQuoted);
  shown = withoutTyped(shown);
  if (shown.includes("-")) shown = withoutOptions(shown);
  return /[=:]/.test(shown) ? withoutAssigned(shown) : shown;
}
var BEGIN = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g;
function withoutPrivateKeys(text2) {
  let shown = "";
  let at2 = 0;
  for (const { 0: begin2, index } of text2.matchAll(BEGIN)) {
    if (index < at2) continue;
    shown += text2.slice(at2, index) + REDACTED;
    const dashes = text2.indexOf("-----END ", index + begin2.length);
    const end = dashes === -1 ? -1 : text2.indexOf("-----", dashes + 9);
    at2 = end === -1 ? text2.length : end + 5;
  }
  return shown + text2.slice(at2);
}
var TOKEN = new RegExp(
  [
    String.raw`eyJ[\w-]{8,}\.[\w-]{8,}[\w.-]*`,
    `(?:IQoJb3JpZ2lu|F[wQ]oG[A-Z]XIvYXdz)[A-Za-z0-9/+=%]{30,}`,
    String.raw`gh[opsur]_\w{30,}|github_pat_\w{30,}|glpat-[\w-]{20,}|xox[abeoprs]-[\w-]{10,}|[rs]k_live_\w{16,}`,
    String.raw`da2-[a-z0-9]{20,}|hv[bsr]\.[\w-]{20,}|sk-[\w-]{20,}|AIza[\w-]{35}|npm_\w{36}|AGE-SECRET-KEY-\w{20,}`
  ].map((pattern) => `(?<![A-Za-z0-9_+-])(?:${pattern})`).join("|"),
  "g"
);
var HOOK = /(?<=\/\/hooks\.slack\.com\/\w{1,20}\/|\/\/discord(?:app)?\.com\/api\/webhooks\/|\.webhook\.office\.com\/webhookb2\/)[\w/@-]+/g;
var BEARER = /(?<![\w-])(?<=bearer )[\w.~+/=-]{12,}|(?<=\bbasic )(?=[A-Za-z]{0,40}[\d=+/])[A-Za-z0-9+/]{8,}={0,2}/gi;
var KEY_ID = /A(?:KI|SI)A[A-Z2-7]{16}|aws.?secret/i;
var SECRET_ACCESS_KEY = /(?<![A-Za-z0-9/+=_-])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=_-])/g;
function withoutTokens(text2) {
  if (text2.length < 16) return text2;
  const shown = (/bearer|basic/i.test(text2) ? text2.replace(BEARER, REDACTED) : text2).replace(TOKEN, REDACTED);
  const unhooked = shown.includes("hook") ? shown.replace(HOOK, REDACTED) : shown;
  if (text2.length < 40 || !KEY_ID.test(unhooked)) return unhooked;
  return unhooked.replace(SECRET_ACCESS_KEY, (key) => isMixed(key) ? REDACTED : key);
}
function isMixed(key) {
  return /[a-z]/.test(key) && /[A-Z]/.test(key) && /\d/.test(key) && /[g-zG-Z]/.test(key);
}
var USER_INFO = /(?<=:\/\/)[^\s/:@"'<>]*:[^\s/"'<>]+(?=@)/g;
var QUERY = /[?#][^\s"'<>?#]+/g;
var SIGNATURE = /[?&](?:X-Amz-Signature|X-Goog-Signature|Signature|sig)=/i;
var QUERY_SECRET = /^(?:sig|sign|code|key|X-Amz-Credential)$/i;
function withoutQuerySecrets(query) {
  const isSigned = SIGNATURE.test(query);
  return query.replace(/(?<=[?#&])([^=&]*)=([^&]*)/g, (pair, name2, value2) => {
    const isSecret = isSigned || QUERY_SECRET.test(name2) || isSecretLabel(name2);
    return isSecret && value2 !== "" ? `${name2}=${REDACTED}` : pair;
  });
}
var ELEMENT = /<([\w:.-]+)(?:\s[^<>]*)?>([^<]+)(?=<\/)/g;
function withoutElement(element, name2, content) {
  return isSecretName(name2) ? element.slice(0, -content.length) + REDACTED : element;
}
var QUOTED = /'[^']+'/g;
function withoutQuoted(quoted2, at2, text2) {
  const before = text2.slice(Math.max(0, at2 - 40), at2);
  const behind2 = text2.slice(at2 + quoted2.length, at2 + quoted2.length + 120);
  const isRefused2 = /\bvalue $/i.test(before) && isSecretName(/^ at '([\w.]+)'/.exec(behind2)?.[1] ?? "");
  return isRefused2 || /\b(?:password|by)\s+$/i.test(before) ? `'${REDACTED}'` : quoted2;
}

// lambda/core/record/redaction.ts
var MAX_DEPTH = 64;
var NAME_FIELD = /^(?:(?:parameter|option|header|attribute)?(?:name|key)|attribute|path)$/i;
var VALUE_FIELD = /^(?:(?:parameter|option|header|attribute)?values?|defaultValue)$/i;
var TOP = { depth: 0, holding: "anything", fields: /* @__PURE__ */ new Map() };
function redact(value2) {
  return walk(value2, TOP);
}
function redactedPart(record, part) {
  const { eventSource, eventName } = record;
  const whole = redact({ eventSource, eventName, [part]: record[part] });
  return whole[part];
}
function walk(value2, way2) {
  if (typeof value2 === "string") return way2.holding === "anything" ? redactText(value2, way2) : hidden(value2, way2);
  if (typeof value2 === "number") return way2.holding === "anything" ? value2 : REDACTED;
  if (typeof value2 !== "object" || value2 === null) return value2;
  if (way2.depth > MAX_DEPTH) return REDACTED;
  const below2 = { ...way2, depth: way2.depth + 1 };
  return Array.isArray(value2) ? walkList(value2, below2) : walkObject(value2, below2);
}
function hidden(value2, way2) {
  if (way2.holding !== "variables" && isHarmlessValue(value2)) return value2;
  const [, name2] = way2.holding !== "secret" && /^(\w+=)./s.exec(value2) || [];
  return name2 === void 0 ? REDACTED : name2 + REDACTED;
}
function walkList(list, way2) {
  const shown = list.map((element, i) => {
    const before = list[i - 1];
    const isOptionsValue = typeof element === "string" && typeof before === "string" && isSecretOption(before);
    if (isOptionsValue && !/^--?[A-Za-z]/.test(element)) return REDACTED;
    if (isTypedSecret(list, i)) return REDACTED;
    return walk(element, isObject(element) && way2.holding !== "anything" && isAboutNames(element) ? open(way2) : way2);
  });
  return shown.length > 1 && shown.every((element) => element === REDACTED) ? REDACTED : shown;
}
function isSecretOption(element) {
  return element.length <= 100 && /^--?[A-Za-z][\w.-]*$/.test(element) && isSecretLabel(element);
}
function isAboutNames(element) {
  const keys2 = Object.keys(element);
  return keys2.some((key) => NAME_FIELD.test(key)) && !keys2.some((key) => VALUE_FIELD.test(key));
}
function open(way2) {
  return { ...way2, holding: "anything" };
}
function walkObject(object, way2) {
  const fields2 = way2.depth === 1 ? fieldsOf(object.eventSource, object.eventName) : way2.fields;
  const here = way2.holding === "variables" && isDescription(object) ? open({ ...way2, fields: fields2 }) : { ...way2, fields: fields2 };
  const valueHolds = holdingOfValue(object, here.holding);
  return Object.fromEntries(
    Object.entries(object).map(([key, inner]) => {
      const isValue = valueHolds !== void 0 && VALUE_FIELD.test(key);
      const isName2 = valueHolds !== void 0 && NAME_FIELD.test(key);
      const holding = isValue ? here.fields.get(key) ?? valueHolds : isName2 ? "anything" : holdingOfField(key, inner, here);
      return [
        key,
        isSpelledOut(inner, holding) ? redactText(inner, { ...here, holding }) : walk(inner, { ...here, holding })
      ];
    })
  );
}
function isDescription(object) {
  return [object.computeType, object.arn, object.environmentArn].some(
    (value2) => typeof value2 === "string" && /^arn:aws|^(?:BUILD|CUSTOM|ATTRIBUTE|AUTO)_/.test(value2)
  );
}
function holdingOfField(key, inner, { holding, fields: fields2 }) {
  if (holding === "variables") return holding;
  const own = fields2.get(key) ?? holdingOf(key);
  if (own === "secret" || own === "header" && !hasFields(inner)) return "secret";
  if (own === "header") return holding;
  const isMap = typeof inner === "object" || isJson(inner);
  if (own !== "anything" && isMap) return own;
  return holding !== "anything" && isReference(key) ? "anything" : holding;
}
function hasFields(inner) {
  return isObject(inner) || Array.isArray(inner) && inner.some(isObject);
}
function holdingOfValue(object, above) {
  const keys2 = Object.keys(object);
  const nameKey = keys2.find((key) => NAME_FIELD.test(key) && typeof object[key] === "string");
  if (nameKey === void 0 || !keys2.some((key) => VALUE_FIELD.test(key))) return void 0;
  const label = String(object[nameKey]);
  if (above === "secret" || above === "variables") return above;
  if (isSecretLabel(label) || isMarkedSecret(object) || isPathOfVariable(label)) return "secret";
  return above === "anything" || isReference(label) || /^parameterName$/i.test(nameKey) ? "anything" : above;
}
function isMarkedSecret({ type, isValueSecret, namespace }) {
  return type === "SecureString" || isValueSecret === true || namespace === "aws:elasticbeanstalk:application:environment";
}
function isPathOfVariable(label) {
  return label.startsWith("/") && label.length <= 500 && label.split("/").some((name2) => /^(?:environment|variables)$/i.test(name2));
}
function isSpelledOut(inner, holding) {
  return (holding === "variables" || holding === "parameters") && isJson(inner);
}
function isJson(value2) {
  return typeof value2 === "string" && /^\s*[[{]/.test(value2);
}
var ENCODED_JSON = /^\s*%(?:7B|5B|22)/i;
function redactText(text2, way2) {
  if (way2.depth > MAX_DEPTH) return REDACTED;
  if (ENCODED_JSON.test(text2)) return redactEncoded(text2, way2);
  if (!/^\s*[[{"]/.test(text2)) return redactFreeText(text2);
  let parsed4;
  try {
    parsed4 = JSON.parse(text2);
  } catch {
    return redactFreeText(text2);
  }
  const clean = JSON.stringify(walk(parsed4, { ...way2, depth: way2.depth + 1 }));
  return clean.includes(REDACTED) ? clean : text2;
}
function redactEncoded(text2, way2) {
  let decoded2;
  try {
    decoded2 = decodeURIComponent(text2);
  } catch {
    return redactFreeText(text2);
  }
  const clean = redactText(decoded2, { ...way2, depth: way2.depth + 1 });
  return clean === decoded2 ? text2 : clean;
}

// lambda/core/record/target-names.ts
var MAX_ELEMENTS = 10;
var MAX_NESTED = 200;
var MAX_FIELD = 64;
var MAX_NAME2 = 1024;
function namesIn2(parameters, depth = 1) {
  const found = [];
  addFields(found, unwrapped(parameters), { within: "", isListed: false, depth });
  return found;
}
function unwrapped(parameters) {
  if (!isObject(parameters)) return parameters;
  const keys2 = Object.keys(parameters);
  const [wrapper] = keys2.length <= 2 ? keys2.filter((key) => /(?:Request|Response|Input)$/.test(key)) : [];
  return wrapper !== void 0 && isObject(parameters[wrapper]) ? parameters[wrapper] : parameters;
}
function addFields(found, object, place) {
  if (!isObject(object)) return;
  for (const [key, value2] of Object.entries(object)) {
    if (key.length <= MAX_FIELD && !SKIPPED.test(key)) addField(found, foldedName(key), value2, place);
  }
}
function addField(found, field, value2, place) {
  const { within, isListed, depth } = place;
  if (typeof value2 === "string") {
    if (isName(value2, field)) found.push({ field, within, isListed, text: value2 });
    return;
  }
  const elements = elementsOf(value2);
  if (elements === void 0) {
    if (depth > 0 && found.length < MAX_NESTED) addFields(found, value2, { within: field, isListed, depth: depth - 1 });
    return;
  }
  for (const element of elements.slice(0, MAX_ELEMENTS)) {
    const before = found.length;
    if (typeof element === "string") addField(found, field, element, place);
    else if (found.length < MAX_NESTED) addFields(found, element, { within: field, isListed: true, depth: depth - 1 });
    if (found.length > before) return;
  }
}
function elementsOf(value2) {
  if (Array.isArray(value2)) return value2.map(contentOf);
  if (!isObject(value2)) return void 0;
  if (typeof value2.content === "string" && Object.hasOwn(value2, "tag")) return [value2.content];
  const items = value2.items ?? value2.item ?? value2.member;
  if (items === void 0 || Object.keys(value2).length > 2) return void 0;
  return Array.isArray(items) ? items.map(contentOf) : [contentOf(items)];
}
function contentOf(element) {
  return isObject(element) && typeof element.content === "string" ? element.content : element;
}
function topText(parameters, field) {
  return texts(parameters, field)[0];
}
function texts(parameters, field) {
  const value2 = topField(parameters, field);
  const all = typeof value2 === "string" ? [value2] : elementsOf(value2) ?? [];
  return all.filter((text2) => typeof text2 === "string" && text2 !== "" && !text2.includes(REDACTED));
}
function topField(parameters, field) {
  const inner = unwrapped(parameters);
  return isObject(inner) ? Object.entries(inner).find(([key]) => foldedName(key) === foldedName(field))?.[1] : void 0;
}
function nestedText(parameters, field) {
  return namesIn2(parameters, 3).find((named6) => named6.field === foldedName(field) && named6.within !== "")?.text;
}
function lastPart2(text2) {
  const [, resource2] = /^arn:(?:[^:]*:){4}(.+)$/.exec(text2) ?? [];
  if (resource2 !== void 0) return resource2.replace(/^.*\/(?=.)/, "");
  return text2.replace(/^https:\/\/[^/]+\/\d{12}\/(?=[^/]+$)/, "");
}
function foldedName(key) {
  const folded3 = key.toLowerCase().replace(/[^a-z0-9]/g, "");
  const bare = folded3.replace(/(?<=.{3}s?)(?:list|set|toadd)$/, "");
  return /(?:[^s]s)$/.test(bare) && !/(?:status|alias|access|address|https|dns|kms|analysis)$/.test(bare) ? bare.slice(0, -1) : bare;
}
var SKIPPED = /filter(?:s|Set|Groups?)?$|^tag|tags$|tagSpecification|tagSet|policy$|document$|^x-amz|headers?$|^host$|^dryRun|token$|password|secretString|environment$|overrides$|userData$|^metadata$|encryptionContext|orderBy|^sort|^features$/i;
var NO_NAME = /^(?:true|false|null|none|[-+]?\d+(?:[.,]\d+)*%?|\d{1,2}:\d\d(?::\d\d)?|\d{4}-\d\d-\d\d(?:[T ].*)?|[a-z]{3} \d{1,2}, \d{4}.*|(?:us|eu|ap|sa|ca|me|af|il|mx|cn|eusc)(?:-(?:gov|isoz?[a-f]?|de))?-(?:north|south|east|west|central){1,2}-\d[a-z]?|vpc|standard|HIDDEN_DUE_TO_SECURITY_REASONS|\*|\/)$/i;
function isName(text2, field) {
  if (text2.length === 0 || text2.length > MAX_NAME2 || text2.includes(REDACTED)) return false;
  if (/^\d{12}$/.test(text2)) return /account|target|principal|user|owner|name/.test(field);
  return !NO_NAME.test(text2) && !/^[\s{["]|^-----|[\r\n]/.test(text2);
}

// lambda/core/record/target-words.ts
var MAX_ELEMENTS2 = 200;
function listed(all) {
  const [first, ...others] = [...new Set(all)];
  return first === void 0 ? void 0 : `${first}${others.length > 0 ? ` and ${others.length} more` : ""}`;
}
function strangersFirst(all, own) {
  const rank = (text2) => {
    if (/^(?:all|\*)$/i.test(text2)) return 0;
    const [account] = /(?<!\d)\d{12}(?!\d)/.exec(text2) ?? [];
    return account === void 0 ? 2 : account === own ? 3 : 1;
  };
  return all.map((text2) => [rank(text2), text2]).sort(([a], [b]) => a - b).map(([, text2]) => text2);
}
function sharingOf(parameters, own) {
  const permissions = Object.entries(isObject(parameters) ? parameters : {}).filter(
    ([key]) => /^(?:createVolume|launch|load)Permission$/i.test(key)
  );
  const named6 = (change) => permissions.flatMap(
    ([, permission]) => itemsOf(valueAt(permission, change)).flatMap(
      (item) => Object.values(isObject(item) ? item : {}).filter((text2) => typeof text2 === "string")
    )
  );
  return changed(named6("add"), named6("remove"), own);
}
function changeOf(parameters, field, own) {
  return changed(texts(parameters, `${field}ToAdd`), texts(parameters, `${field}ToRemove`), own);
}
function changed(added2, removed, own) {
  const gone = listed(strangersFirst(removed, own));
  return listed(strangersFirst(added2, own)) ?? (gone === void 0 ? void 0 : `${gone} no longer`);
}
function copiedTo(parameters, own) {
  const rules = topField(topField(parameters, "replicationConfiguration"), "rule");
  const destinations = (Array.isArray(rules) ? rules.slice(0, MAX_ELEMENTS2) : [rules]).map(
    (rule) => topField(rule, "destination")
  );
  const all = destinations.map((one) => topText(one, "account") ?? lastPart2(topText(one, "bucket") ?? ""));
  return listed(
    strangersFirst(
      all.filter((text2) => text2 !== ""),
      own
    )
  );
}
function openingOf(parameters, way2) {
  const rules = itemsOf(topField(parameters, "securityGroupRules")).map((one) => topField(one, "securityGroupRule"));
  const openings = [parameters, ...itemsOf(valueAt(parameters, "ipPermissions")), ...rules].flatMap(openingsOf);
  const all = openings.toSorted((a, b) => widthOf(a) - widthOf(b)).map(({ ports, peer }) => peer === "" ? ports : `${ports} ${way2} ${peer}`);
  return listed(all);
}
function openingsOf(permission) {
  const protocol = topText(permission, "ipProtocol");
  if (protocol === void 0) return [];
  const from = topField(permission, "fromPort");
  const to = topField(permission, "toPort");
  const isAll = protocol === "-1" || from === 0 && to === 65535;
  const range = isAll || typeof from !== "number" || from < 0 ? "" : from === to ? ` ${from}` : ` ${from}-${to}`;
  const ports = `${protocol === "-1" ? "all" : protocol}${range}`;
  const peers = [
    topText(permission, "cidrIp") ?? topText(permission, "cidrIpv4") ?? topText(permission, "cidrIpv6"),
    ...["ipRanges", "ipv6Ranges", "groups", "prefixListIds"].flatMap(
      (list) => itemsOf(valueAt(permission, list)).map(
        (item) => topText(item, "cidrIp") ?? topText(item, "cidrIpv6") ?? topText(item, "groupId") ?? topText(item, "prefixListId")
      )
    )
  ].filter((peer) => peer !== void 0);
  return peers.length === 0 ? [{ ports, peer: "" }] : peers.map((peer) => ({ ports, peer }));
}
function widthOf({ peer }) {
  const [, bits] = /\/(\d{1,3})$/.exec(peer) ?? [];
  if (bits === void 0) return peer === "" ? 998 : 999;
  return peer.includes(":") ? Number(bits) / 4 : Number(bits);
}
function commandedOf(parameters) {
  const instances = listed(texts(parameters, "instanceIds"));
  if (instances !== void 0) return instances;
  const targets = itemsOf(valueAt(parameters, "targets")).map(
    (target) => [topText(target, "key"), texts(target, "values").join(",")].filter(Boolean).join("=")
  );
  return listed(targets.filter((text2) => text2 !== ""));
}
function itemsOf(value2) {
  const list = isObject(value2) && Object.hasOwn(value2, "items") ? value2.items : value2;
  return Array.isArray(list) ? list.slice(0, MAX_ELEMENTS2) : isObject(list) ? [list] : [];
}

// lambda/core/record/target-calls.ts
function aboutOf(call, of) {
  return CALLS.find(([pattern]) => pattern.test(call))?.[1](of) ?? {};
}
var CALLS = [
  [/^iam:\w+AccessKey$/, (call) => ({ target: userOf(call), detail: keyOf(call) })],
  [
    /^iam:(?:\w+(?:LoginProfile|SigningCertificate|ServiceSpecificCredential|SSHPublicKey)|(?:Enable|Deactivate|Resync)MFADevice|ChangePassword)$/,
    (call) => ({ target: userOf(call) })
  ],
  [
    /^ec2:RunInstances$/,
    ({ parameters, response }) => {
      const instance = nestedText(response(), "instanceId");
      const target = instance ?? nestedText(parameters, "imageId");
      return { target, isMade: instance !== void 0, detail: topText(parameters, "instanceType") };
    }
  ],
  [
    /^iam:\w+OpenIDConnectProvider/,
    ({ parameters }) => ({
      target: topText(parameters, "openIDConnectProviderArn") ?? topText(parameters, "url"),
      detail: topText(parameters, "clientID") ?? topText(parameters, "clientIDList")
    })
  ],
  [
    /^ec2:Modify(?:Snapshot|Image|FpgaImage)Attribute$/,
    ({ parameters, record }) => ({ detail: sharingOf(parameters, accountOf(record)) })
  ],
  [
    /^rds:ModifyDB(?:Cluster)?SnapshotAttribute$/,
    ({ parameters, record }) => ({ detail: changeOf(parameters, "values", accountOf(record)) })
  ],
  [
    /^ssm:ModifyDocumentPermission$/,
    ({ parameters, record }) => ({
      target: topText(parameters, "name"),
      detail: changeOf(parameters, "accountIds", accountOf(record))
    })
  ],
  // One call may change rules of both directions; their ids do not tell which.
  [
    /^ec2:(?:\w+SecurityGroupIngress|ModifySecurityGroupRules)$/,
    ({ parameters }) => ({ detail: openingOf(parameters, "from") })
  ],
  [/^ec2:\w+SecurityGroupEgress$/, ({ parameters }) => ({ detail: openingOf(parameters, "to") })],
  [/^ec2:(?:Create|Replace|Delete)Route$/, named3("routeTableId", "destinationCidrBlock", "destinationIpv6CidrBlock")],
  [
    /^ec2:AssociateIamInstanceProfile$/,
    ({ parameters }) => ({
      target: topText(parameters, "instanceId"),
      detail: lastOf(nestedText(parameters, "name") ?? nestedText(parameters, "arn"))
    })
  ],
  [
    /^lambda:(?:CreateFunction|UpdateFunctionConfiguration)$/,
    ({ parameters, record }) => ({ target: topText(parameters, "functionName"), detail: layerOf(parameters, record) })
  ],
  [/^lambda:Add(?:LayerVersion)?Permission$/, sharedWith("functionName", "principal")],
  [/^sns:AddPermission$/, sharedWith("topicArn", "aWSAccountIds")],
  [/^sqs:AddPermission$/, sharedWith("queueUrl", "aWSAccountIds")],
  [/^sns:Subscribe$/, named3("topicArn", "endpoint")],
  [/^kms:CreateGrant$/, sharedWith("keyId", "granteePrincipal")],
  [/^kms:(?!\w*Alias|\w*KeyStore|ReEncrypt)/, named3("keyId")],
  [/^ram:CreateResourceShare$/, sharedWith("name", "principals")],
  [/^ram:\w+ResourceShare$/, sharedWith("resourceShareArn", "principals")],
  [
    /^s3:PutBucketReplication$/,
    ({ parameters, record }) => ({
      target: topText(parameters, "bucketName"),
      detail: copiedTo(parameters, accountOf(record))
    })
  ],
  [/^s3:Put(?:Bucket|Object)Acl$/, named3("bucketName", "x-amz-acl")],
  [/^s3:\w+Object/, named3("bucketName", "key")],
  [/^s3:/, named3("bucketName")],
  [
    /^ssm:SendCommand$/,
    ({ parameters }) => ({ target: topText(parameters, "documentName"), detail: commandedOf(parameters) })
  ],
  [/^ssm:StartSession$/, named3("target", "documentName")],
  [/^organizations:(?:Der|R)egisterDelegatedAdministrator$/i, named3("accountId", "servicePrincipal")],
  [/^organizations:(?:At|De)tachPolicy$/, named3("targetId", "policyId")],
  [/^organizations:InviteAccountToOrganization$/, ({ parameters }) => ({ target: textAt(parameters, "target", "id") })],
  [/^sso:(?:Create|Delete)AccountAssignment$/, ({ parameters }) => assignmentOf(parameters)],
  [/^sso:\w+PermissionSet$/, named3("permissionSetArn")],
  [
    /^events:(?:Put|Remove)Targets$/,
    ({ parameters, record }) => ({ target: topText(parameters, "rule"), detail: sentTo(parameters, record) })
  ],
  [/^logs:PutSubscriptionFilter$/, sharedWith("logGroupName", "destinationArn")],
  [/^route53:ChangeResourceRecordSets$/, ({ parameters }) => ({ detail: recordSetOf(parameters) })],
  [/^route53:/, named3("hostedZoneId")],
  // Elsewhere regions are no target, so that no call is about the region in which it is made.
  [/^account:(?:En|Dis)ableRegion$/, named3("regionName")],
  [/^sts:AssumeRole/, named3("roleArn")]
];
function named3(target, ...details) {
  return ({ parameters }) => ({
    target: topText(parameters, target),
    detail: lastOf(details.map((field) => topText(parameters, field)).find((text2) => text2 !== void 0))
  });
}
function lastOf(text2) {
  return text2 && lastPart2(text2);
}
function sharedWith(target, peers) {
  return ({ parameters, record }) => ({
    target: topText(parameters, target),
    detail: listed(
      strangersFirst(texts(parameters, peers), accountOf(record)).map(
        (peer) => peer.replace(/^arn:[a-z-]+:(?:(?:iam|sts)::)?/, "")
      )
    )
  });
}
function sentTo(parameters, record) {
  const targets = topField(parameters, "targets");
  const arns = (Array.isArray(targets) ? targets : []).flatMap((target) => topText(target, "arn") ?? []);
  return listed(strangersFirst(arns, accountOf(record)).map((arn) => foreignPart(arn, record)));
}
function layerOf(parameters, record) {
  const [layer] = strangersFirst(texts(parameters, "layers"), accountOf(record));
  return layer === void 0 || layer.split(":")[4] === accountOf(record) ? void 0 : foreignPart(layer, record);
}
function foreignPart(arn, record) {
  const account = arn.split(":")[4] ?? "";
  return account === "" || account === accountOf(record) ? lastPart2(arn) : `${lastPart2(arn)} of ${account}`;
}
function userOf({ record, parameters, response }) {
  const user = topText(parameters, "userName") ?? nestedText(response(), "userName");
  if (user !== void 0 || textAt(record, "errorCode") !== void 0) return user;
  if (textAt(record, "userIdentity", "type") === "Root") return "root user";
  return textAt(record, "userIdentity", "userName");
}
function keyOf({ parameters, response }) {
  return topText(parameters, "accessKeyId") ?? nestedText(response(), "accessKeyId");
}
function assignmentOf(parameters) {
  const set = topText(parameters, "permissionSetArn");
  const account = topText(parameters, "targetId");
  const detail = [set && lastPart2(set), account && `in ${account}`].filter(Boolean).join(" ");
  return { target: topText(parameters, "principalId"), detail: detail || void 0 };
}
function recordSetOf(parameters) {
  const changes = valueAt(parameters, "changeBatch", "changes");
  return Array.isArray(changes) ? textAt(changes[0], "resourceRecordSet", "name") : void 0;
}

// lambda/core/record/target-fields.ts
var TABLE = `
access-analyzer analyzerarn=UpdateFindings
agent-registry registryid=DeleteRegistry,UpdateRegistry
aidevops agentspaceid=EnableOperatorApp
apigateway domainname=DeleteDomainName,UpdateDomainName resourceid=PutIntegration,PutMethod restapiid=CreateDocumentationVersion
app-integrations arn=UpdateApplication identifier=UpdateDataIntegration
appflow connectorlabel=UnregisterConnector,UpdateConnectorRegistration
appsync fieldname=UpdateResolver
aps workspaceid=DeleteResourcePolicy,PutResourcePolicy
auditmanager assessmentid=UpdateAssessment requestid=DeleteAssessmentFrameworkShare,UpdateAssessmentFrameworkShare
batch computeenvironment=DeleteComputeEnvironment,UpdateComputeEnvironment consumableresource=DeleteConsumableResource,UpdateConsumableResource jobqueue=DeleteJobQueue,UpdateJobQueue serviceenvironment=DeleteServiceEnvironment,UpdateServiceEnvironment
bcm-dashboards arn=UpdateScheduledReport
bcm-pricing-calculator identifier=UpdateBillEstimate,UpdateBillScenario,UpdateWorkloadEstimate
bedrock flowidentifier=StartFlowExecution invocationidentifier=PutInvocationStep
bedrock-agentcore bundleid=UpdateConfigurationBundle paymentmanagerarn=ProcessPayment registryid=DeleteRegistry,UpdateRegistry
billing arn=UpdateBillingView
billingconductor arn=UpdateBillingGroup,UpdateCustomLineItem,UpdatePricingPlan,UpdatePricingRule
braket spendinglimitarn=DeleteSpendingLimit,UpdateSpendingLimit
ce monitorarn=UpdateAnomalyMonitor subscriptionarn=UpdateAnomalySubscription
chatbot channelid=UpdateMicrosoftTeamsChannelConfiguration slackchannelid=UpdateSlackChannelConfiguration
chime botid=PutEventsConfiguration streetnumber=ValidateE911Address userid=ResetPersonalPIN
cloudcontrolapi typename=CreateResource
clouddirectory developmentschemaarn=PublishSchema directoryarn=CreateIndex
cloudformation stacksetname=ImportStacksToStackSet typename=RegisterType
cloudfront id=UpdateDistributionTenant
cloudsearch suggester=Suggest
cloudtrail channel=DeleteChannel,UpdateChannel eventdatastore=DeleteEventDataStore,DisableFederation,EnableFederation,GenerateQuery,StartEventDataStoreIngestion,StopEventDataStoreIngestion,UpdateEventDataStore
codeartifact packagegroup=DeletePackageGroup,UpdatePackageGroup,UpdatePackageGroupOriginConfiguration sourcerepository=CopyPackageVersions
codecommit branchname=DeleteFile,PutFile repositoryname=MergeBranchesBySquash,MergeBranchesByThreeWay
codepipeline provider=CreateCustomActionType,DeleteCustomActionType
codestar-notifications arn=UpdateNotificationRule targetaddress=DeleteTarget
cognito-identity identityidstodelete=DeleteIdentities
cognito-idp clientid=AdminRespondToAuthChallenge,RespondToAuthChallenge termsid=UpdateTerms userattributename=DeleteUserAttributes userpoolid=SetRiskConfiguration,SetUICustomization
config resourceid=PutResourceConfig serviceprincipal=PutServiceLinkedConfigurationRecorder
connect contactflowid=StartOutboundVoiceContact instanceid=StartEmailContact
datapipeline workergroup=PollForTask
datazone identifier=UpdateAccountPool,UpdateDataSource,UpdateDomain,UpdateEnvironment,UpdateEnvironmentProfile,UpdateGlossary,UpdateGlossaryTerm,UpdateNotebook,UpdateProject,UpdateProjectProfile,UpdateRule,UpdateSubscriptionTarget
devicefarm arn=UpdateDevicePool,UpdateInstanceProfile,UpdateNetworkProfile,UpdateProject,UpdateUpload,UpdateVPCEConfiguration projectarn=ScheduleRun
directconnect connectionid=AssociateMacSecKey,UpdateConnection lagid=UpdateLag virtualinterfaceid=UpdateVirtualInterfaceAttributes
discovery configurationid=UpdateApplication
dms datamigrationidentifier=ModifyDataMigration dataprovideridentifier=ModifyDataProvider instanceprofileidentifier=ModifyInstanceProfile migrationprojectidentifier=ExportMetadataModelAssessment,ModifyMigrationProject,StartMetadataModelExportAsScript
drs recoveryinstanceid=UpdateFailbackReplicationConfiguration sourceserverid=UpdateLaunchConfiguration,UpdateReplicationConfiguration
ds directoryid=DisableSso,EnableSso
ds-data directoryid=CreateUser,UpdateUser
dynamodb tablename=UpdateContributorInsights
ec2 address=AcceptAddressTransfer allocationid=ModifyAddressAttribute clientvpnendpointid=AuthorizeClientVpnIngress,RevokeClientVpnIngress connectionnotificationid=ModifyVpcEndpointConnectionNotification ipamexternalresourceverificationtokenid=DeleteIpamExternalResourceVerificationToken localgatewayroutetableid=CreateLocalGatewayRoute,DeleteLocalGatewayRoute,ModifyLocalGatewayRoute networkinsightspathid=StartNetworkInsightsAnalysis prefixlistid=ModifyManagedPrefixList transitgatewayattachmentid=ModifyTransitGatewayVpcAttachment transitgatewayroutetableid=CreateTransitGatewayRoute,ReplaceTransitGatewayRoute
ecr ecrrepositoryprefix=CreatePullThroughCacheRule,DeletePullThroughCacheRule,UpdatePullThroughCacheRule,ValidatePullThroughCacheRule
ecs capacityprovider=DeleteCapacityProvider containerinstance=DeregisterContainerInstance,StartTask,UpdateContainerAgent,UpdateContainerInstancesState task=ExecuteCommand
elasticbeanstalk actionid=ApplyEnvironmentManagedAction
elasticmapreduce clusterid=StartSession resourceid=AddTags,RemoveTags
elemental-inference id=UpdateDictionary
emr-containers virtualclusterid=StartJobRun
emr-serverless applicationid=StartJobRun,StartSession
end-user-messaging brandprofileid=UpdateBrandProfile destinationidentity=SendNotifyCodeVerification,ValidateNotifyCodeVerification notifycodeconfigurationid=UpdateNotifyCodeConfiguration
firehose deliverystreamname=StartDeliveryStreamEncryption
fms adminaccount=AssociateAdminAccount,PutAdminAccount snstopicarn=PutNotificationChannel
frauddetector eventtypename=DeleteEventsByEventType
geo executionrolearn=StartJob
glue catalogid=DeleteCatalog,UpdateCatalog identifier=UpdateAsset,UpdateGlossary,UpdateGlossaryTerm instancearn=CreateGlueIdentityCenterConfiguration integrationidentifier=ModifyIntegration jobname=StartJobRun name=CreateCatalog role=StartDataQualityRuleRecommendationRun
grafana workspaceid=UpdateWorkspace
greengrass s3urlsignerrole=CreateSoftwareUpdateJob
healthlake datastoreid=UpdateFHIRDatastore
iam accountalias=CreateAccountAlias,DeleteAccountAlias actionname=SimulateCustomPolicy policysourcearn=SimulatePrincipalPolicy virtualmfadevicename=CreateVirtualMFADevice
imagebuilder infrastructureconfigurationarn=CreateImage
iot actionname=DeleteMitigationAction,UpdateMitigationAction inputfilebucket=StartThingRegistrationTask rolealias=DeleteRoleAlias thingtypename=DeleteThingType,DeprecateThingType,UpdateThingType
iotmanagedintegrations identifier=UpdateCloudConnector,UpdateConnectorDestination,UpdateManagedThing
iottwinmaker entityid=UpdateEntity
iotwireless id=UpdateFuotaTask,UpdateMulticastGroup,UpdateWirelessDevice,UpdateWirelessGateway
ivs arn=UpdateAdConfiguration,UpdateChannel,UpdatePlaybackRestrictionPolicy,UpdateStage
ivschat identifier=UpdateLoggingConfiguration,UpdateRoom
kendra featuredresultssetid=UpdateFeaturedResultsSet groupid=DeletePrincipalMapping,PutPrincipalMapping id=UpdateAccessControlConfiguration,UpdateDataSource,UpdateExperience,UpdateIndex,UpdateQuerySuggestionsBlockList,UpdateThesaurus
kendra-ranking id=UpdateRescoreExecutionPlan
kinesis shardtomerge=MergeShards shardtosplit=SplitShard
kinesisanalytics applicationname=AddApplicationInput serviceexecutionrole=DiscoverInputSchema
lakeformation tagvalue=CreateLFTag
lambda functionname=Invoke uuid=UpdateEventSourceMapping
license-manager productsku=CheckoutLicense tokenid=DeleteToken
lightsail resourcename=EnableAddOn targetsnapshotname=CopySnapshot
logs loggroupidentifier=StartLiveTail name=PutQueryDefinition
m2 applicationid=StartBatchJob
machinelearning mlmodelid=UpdateMLModel
macie2 id=UpdateFindingsFilter
mediaconnect arn=UpdateRouterInput,UpdateRouterNetworkInterface,UpdateRouterOutput
medialive clusterid=CreateNodeRegistrationScript identifier=StartUpdateSignalMap,UpdateCloudWatchAlarmTemplate,UpdateEventBridgeRuleTemplate
mgn s3bucket=StartExport sourceserverid=UpdateLaunchConfiguration,UpdateReplicationConfiguration
migrationhub-orchestrator id=UpdateTemplate,UpdateWorkflow
mobiletargeting applicationid=PutEvents,SendMessages,SendUsersMessages,UpdateAdmChannel,UpdateApnsChannel,UpdateApnsSandboxChannel,UpdateApnsVoipChannel,UpdateApnsVoipSandboxChannel,UpdateApplicationSettings,UpdateBaiduChannel,UpdateEmailChannel,UpdateEndpointsBatch,UpdateGcmChannel,UpdateSmsChannel,UpdateVoiceChannel templatename=CreateEmailTemplate,CreateInAppTemplate,CreatePushTemplate,CreateSmsTemplate,CreateVoiceTemplate
monitoring alarmname=PutMetricAlarm namespace=PutMetricData
neptune-db dataprocessingjobid=StartMLModelTrainingJob inputdatas3location=StartMLDataProcessingJob modeltransformoutputs3location=StartMLModelTransformJob source=StartLoaderJob
networkflowmonitor scopeid=StartQueryWorkloadInsightsTopContributors,StartQueryWorkloadInsightsTopContributorsData
notifications arn=UpdateNotificationConfiguration managednotificationconfigurationarn=AssociateManagedNotificationAccountContact,DisassociateManagedNotificationAccountContact
omics id=UpdateRunCache,UpdateRunGroup,UpdateSequenceStore,UpdateWorkflow
organizations serviceprincipal=DisableAWSServiceAccess,EnableAWSServiceAccess
partnercentral-account catalog=SendEmailVerificationCode,UpdateConnectionPreferences
partnercentral-benefits identifier=UpdateBenefitApplication
partnercentral-selling catalog=PutSellingSystemSettings
polly outputs3bucketname=StartSpeechSynthesisTask
quicksight assignmentname=UpdateIAMPolicyAssignment custompermissionsname=UpdateRoleCustomPermission defaultnamespace=UpdateAccountSettings membername=CreateRoleMembership,DeleteRoleMembership namespace=DeleteNamespace,DeleteRoleCustomPermission,UpdateApplicationWithTokenExchangeGrant,UpdateSelfUpgradeConfiguration profileid=UpdateLimitsProfile
rds integrationidentifier=ModifyIntegration tenantdbname=ModifyTenantDatabase
rds-data awssecretstorearn=ExecuteSql resourcearn=BatchExecuteStatement,BeginTransaction,ExecuteStatement
redshift account=AuthorizeEndpointAccess clusteridentifier=EnableLogging,EnableSnapshotCopy,ModifyLakehouseConfiguration integrationarn=ModifyIntegration scheduledactionname=CreateScheduledAction,DeleteScheduledAction,ModifyScheduledAction usagelimitid=DeleteUsageLimit,ModifyUsageLimit
redshift-serverless namespacename=UpdateLakehouseConfiguration scheduledactionname=DeleteScheduledAction,UpdateScheduledAction usagelimitid=DeleteUsageLimit,UpdateUsageLimit
repostspace accessorid=BatchAddRole,BatchRemoveRole
resiliencehub policyarn=UpdateResiliencyPolicy v1apparn=ImportApp
route53-recovery-readiness crossaccountauthorization=CreateCrossAccountAuthorization,DeleteCrossAccountAuthorization
route53globalresolver accesstokenid=DeleteAccessToken
route53resolver firewallrulegroupid=DeleteFirewallRule,UpdateFirewallRule id=UpdateOutpostResolver
s3 mrap=SubmitMultiRegionAccessPointRoutes
sagemaker actionname=DeleteAction,UpdateAction arn=UpdateMlflowApp artifactarn=UpdateArtifact rolearn=RenderUiTemplate
scn instanceid=UpdateInstance
security-ir membershipid=UpdateMembership
securityhub identifier=UpdateAutomationRuleV2,UpdateConfigurationPolicy
securitylake subscriberid=UpdateSubscriber subscriptionprotocol=CreateDataLakeExceptionSubscription,UpdateDataLakeExceptionSubscription
servicecatalog attributegroup=DeleteAttributeGroup,UpdateAttributeGroup id=UpdateProduct,UpdateServiceAction sourceproductarn=CopyProduct
servicequotas requestid=CreateSupportCase
ses archiveid=UpdateArchive emailaddress=DeleteSuppressedDestination,DeleteVerifiedEmailAddress,PutSuppressedDestination,VerifyEmailAddress,VerifyEmailIdentity emailidentity=CreateEmailIdentity,DeleteEmailIdentity,DisassociateEmailIdentityCertificate,PutEmailIdentityDkimAttributes,PutEmailIdentityDkimSigningAttributes,PutEmailIdentityFeedbackAttributes,PutEmailIdentityMailFromAttributes identity=DeleteIdentity,SetIdentityDkimEnabled,SetIdentityFeedbackForwardingEnabled,SetIdentityHeadersInNotificationsEnabled,SetIdentityMailFromDomain,SetIdentityNotificationTopic ingresspointid=UpdateIngressPoint ip=PutDedicatedIpWarmupAttributes originalmessageid=SendBounce relayid=UpdateRelay reputationentityreference=UpdateReputationEntityCustomerManagedStatus,UpdateReputationEntityPolicy rulesetid=UpdateRuleSet source=SendBulkTemplatedEmail,SendEmail,SendTemplatedEmail templatename=SendCustomVerificationEmail trafficpolicyid=UpdateTrafficPolicy
shield logbucket=AssociateDRTLogBucket,DisassociateDRTLogBucket
sms-voice destinationphonenumber=SendMediaMessage,SendRcsMessage,SendTextMessage,SendVoiceMessage notifyconfigurationid=SendNotifyTextMessage,SendNotifyVoiceMessage originationidentity=DeleteKeyword,PutKeyword verifieddestinationnumberid=SendDestinationNumberVerificationCode
social-messaging flowid=UpdateWhatsAppFlow id=UpdateWhatsAppMessageTemplate
sqs sourcearn=StartMessageMoveTask
ssm associationid=UpdateAssociation opsitemid=UpdateOpsItem typename=DeleteInventory
ssm-sap applicationid=StartConfigurationChecks
sso instancearn=AddRegion,CreateInstanceAccessControlAttributeConfiguration,DeleteInstance,DeleteInstanceAccessControlAttributeConfiguration,RemoveRegion,UpdateInstance,UpdateInstanceAccessControlAttributeConfiguration
states statemachinearn=StartExecution,StartSyncExecution
storagegateway filesharearn=StartCacheReport,UpdateNFSFileShare,UpdateSMBFileShare gatewayarn=UpdateGatewayInformation
sts targetprincipal=AssumeRoot
support uploadid=CompleteAttachmentUpload
supportapp accountalias=PutAccountAlias channelid=CreateSlackChannelConfiguration,UpdateSlackChannelConfiguration
tagging s3bucket=StartReportCreation
textract adapterid=UpdateAdapter
thinclient desktoparn=CreateEnvironment id=UpdateDevice,UpdateEnvironment
wellarchitected lensalias=DeleteLens,ExportLens profilearn=StartAgentRecommendationGeneration templatearn=UpdateReviewTemplate workloadid=UpdateWorkload
wickr companyid=RegisterOidcConfig
wisdom assistantid=SendMessage
workdocs parentfolderid=CreateFolder
workspaces-web identityproviderarn=UpdateIdentityProvider
`;
var fields;
function targetFieldOf(call) {
  fields ??= new Map(TABLE.trim().split("\n").flatMap(entriesOf));
  return fields.get(call);
}
function entriesOf(line) {
  const [service, ...groups] = line.split(" ");
  return groups.flatMap((group) => {
    const [field = "", calls = ""] = group.split("=");
    return calls.split(",").map((call) => [`${service}:${call}`, field]);
  });
}

// lambda/core/record/target-rank.ts
var OWN = 1;
var OTHER = 2;
var AROUND = 3;
var KINDS = ["name", "arn", "identifier", "id", "url"];
var MAKES = /^(?:Create|Run|Allocate|Copy|Register|Import|Purchase|Request|Restore|Upload|Provision)(?=[A-Z])/;
var BARE = new Set(
  `alias application bucket cluster crawler database detector domain executionrole fleet function group instance job
  layer model phonenumber pipeline project publicip queue repository resource role rule secret serialnumber service
  servicerole snapshot stack statemachine stream table target task taskdefinition thing topic trail user vault volume
  workgroup`.split(/\s+/)
);
var NEVER = /token(?:id)?$|^(?:client|creator|aws|amz|amzn)?requestid$|callerreference|externalid|sessionname|attributename|region(?:name|id)?$|tagkey|zone(?:name)?$|availabilityzone|hostname$|actionname|(?:first|last|middle|full|given|family)name$|^instancearn$|(?<!queue)url$|devicename|nonce|^marker|cursor|^nextpage|uploadid|correlationid|idempot|^max|limit|^xamz|(?:type|format|content|version|attribute|sort|group(?:ed)?by)name$|ownerid$|registryid$|^catalogid$|^locale/;
var SURROUNDINGS = /account(?:id|name)?$|^domain$|^deliver|logdestination|^(?:vpc|subnet|securitygroup|image|key|kmskey|version|policyversion|statement|instancearn|package)(?:id|name|arn|identifier)?$|kms|encryption|masterkey|role(?:arn|name)?$|^s3|sns|(?:subnet|parameter|option|security)group|cloudwatchlog|service(?:name|id|principal)|versionid$|userid|createdby|organization(?:id|arn)|displayname/;
function rankOf(named6, eventName) {
  const rank = rankByName(named6, eventName);
  if (rank === void 0 || !named6.isListed) return rank;
  const [tier, place, ...rest] = rank;
  return tier === OWN ? [AROUND, place - BEFORE_OTHERS, ...rest] : [AROUND, place, ...rest];
}
var BEFORE_OTHERS = 1e3;
function rankByName({ field, within }, eventName) {
  if (NEVER.test(field)) return void 0;
  const suffix = KINDS.findIndex((kind3) => field.endsWith(kind3));
  const isBare = suffix < 0 || field.endsWith("alias") && suffix >= 0;
  const stem = isBare ? field : field.slice(0, field.length - (KINDS[suffix] ?? "").length);
  const kind2 = isBare ? 0 : suffix;
  if (stem === "") {
    const holder = within.replace(
      /(?:input|config(?:uration)?|request|info|definition|settings?|data|detail|specification)$/,
      ""
    );
    if (holder === "") return within === "" ? [OWN, eventName.length, 0, 0, kind2] : [OTHER, 0, 1, 0, kind2];
    const place2 = placeIn(eventName, holder);
    return place2 === void 0 ? [AROUND, 0, 1, 0, kind2] : [OWN, place2, 1, -holder.length, kind2];
  }
  const level = within === "" ? 0 : 1;
  if (isBare && !BARE.has(stem)) return void 0;
  const place = placeIn(eventName, stem);
  if (place !== void 0) return [OWN, place, level, -stem.length, kind2];
  return [SURROUNDINGS.test(field) || within !== "" ? AROUND : OTHER, 0, level, 0, kind2];
}
function placeIn(eventName, stem) {
  if (stem.length < 3) return void 0;
  const folded3 = eventName.toLowerCase();
  for (let at2 = folded3.indexOf(stem); at2 >= 0; at2 = folded3.indexOf(stem, at2 + 1)) {
    const rest = eventName.slice(at2 + stem.length);
    if (/^[A-Z]/.test(eventName.slice(at2)) && /^(?:s|es)?(?:[A-Z0-9]|$)/.test(rest)) return at2;
  }
  return void 0;
}
function ranked(names2, rankBy) {
  return names2.flatMap((named6) => {
    const rank = rankBy(named6);
    return rank === void 0 ? [] : [{ ...named6, rank }];
  }).sort((a, b) => compareRanks(a.rank, b.rank) || compareTexts(a.within + a.field, b.within + b.field));
}
function compareRanks(a, b) {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2] || a[3] - b[3] || a[4] - b[4];
}
function compareTexts(a, b) {
  return a === b ? 0 : a < b ? -1 : 1;
}

// lambda/core/record/target.ts
var MAX_CALL = 128;
var IS_WORD = /^[^\s{}"]+$/;
function targetOf(record) {
  const [service = "", call = ""] = callOf(record).split(":");
  const eventName = withoutApiVersion(call.slice(0, MAX_CALL));
  const parameters = redactedPart(record, "requestParameters");
  let answer;
  const response = () => {
    answer ??= redactedPart(record, "responseElements");
    return answer;
  };
  const asked2 = rankedNames(parameters, service, eventName);
  const about = aboutOf(`${service}:${eventName}`, { record, parameters, response });
  const answered = (tier) => MAKES.test(eventName) ? madeBy(response(), eventName, tier) : void 0;
  const asks = about.target ?? firstOf(asked2, OWN);
  const made = asks ?? answered(OWN);
  const known2 = made ?? firstOf(asked2, OTHER) ?? resourceOf(record, service);
  const given = known2 ?? answered(OTHER);
  const target = given ?? firstOf(asked2, AROUND) ?? madeBy(response(), eventName, OWN) ?? serviceTargetOf(record, service, eventName) ?? refusedOf(record);
  const second = asked2.find(({ text: text2 }) => lastPart2(text2) !== lastPart2(target ?? "") && IS_WORD.test(text2))?.text;
  return {
    target: target && queueOf(target),
    isMade: about.isMade ?? (asks !== made || known2 !== given),
    detail: about.detail ?? (second && lastPart2(second))
  };
}
function rankedNames(parameters, service, eventName) {
  const own = targetFieldOf(`${service}:${eventName}`);
  return ranked(
    namesIn2(parameters),
    (named6) => named6.field === own ? [0, 0, named6.within === "" ? 0 : 1, 0, 0] : rankOf(named6, eventName)
  );
}
function firstOf(names2, tier) {
  return names2.find(({ rank }) => rank[0] <= tier)?.text;
}
function madeBy(response, eventName, tier) {
  const names2 = namesIn2(response, tier === OWN ? 3 : 0).map((named6) => ({ ...named6, isListed: false }));
  const first = ranked(names2, (named6) => rankOf(named6, eventName)).find(({ rank }) => rank[0] <= tier);
  if (first === void 0 || !first.field.endsWith("arn")) return first?.text;
  return names2.find(({ field }) => field === first.field.replace(/arn$/, "id"))?.text ?? first.text;
}
function resourceOf(record, service) {
  const resources = valueAt(record, "resources");
  if (!Array.isArray(resources)) return void 0;
  const arns = resources.slice(0, 20).map((resource2) => textAt(resource2, "ARN") ?? textAt(resource2, "arn")).filter((arn) => arn !== void 0);
  return arns.find((arn) => arn.split(":")[2] === service) ?? arns.find((arn) => !/^arn:[a-z-]+:kms:/.test(arn));
}
function serviceTargetOf(record, service, eventName) {
  const own = rankedNames(redactedPart(record, "serviceEventDetails"), service, eventName)[0]?.text;
  if (own !== void 0 || textAt(record, "eventType") !== "AwsServiceEvent") return own;
  return rankedNames(redactedPart(record, "additionalEventData"), service, eventName)[0]?.text;
}
function refusedOf(record) {
  if (isObject(valueAt(record, "requestParameters"))) return void 0;
  const text2 = textAt(record, "errorMessage")?.slice(0, 2e3) ?? "";
  const [, named6] = /is not authorized to perform: \S+ on resource: (?:(?:user|role|group|policy|instance profile) )?(\S+)/.exec(
    text2
  ) ?? [];
  return named6 === void 0 || named6 === "*" ? void 0 : named6.replace(/[.,;]$/, "");
}
function queueOf(text2) {
  return /^https:\/\/[^/]+\/\d{12}\/[^/]+$/.test(text2) ? text2.replace(/^.*\//, "") : text2;
}

// lambda/core/record/facts.ts
var MAX_TEXT = 100;
function factsOf(record, view) {
  const short2 = (text2) => text2 && plain(text2.slice(0, MAX_TEXT));
  const { call, outcome } = view;
  const isReading = isRead(record, call);
  const { target, isMade, detail } = targetOf(record);
  const facts = {
    call: plain(call.slice(0, MAX_TEXT)),
    outcome: outcome === "failed" && isReading && isNotFound(record) ? "success" : outcome,
    isRead: isReading,
    target: short2(target && shortTarget(target)),
    isMade: isMade ? true : void 0,
    detail: isReading ? void 0 : short2(detail && shortTarget(detail)),
    parameters: isReading || textAt(record, "eventCategory") === "Data" ? void 0 : parametersOf(record),
    network: short2(networkOf(textAt(record, "sourceIPAddress"))),
    region: short2(view.region),
    account: short2(view.account),
    credential: short2(credentialOf(record, view))
  };
  return Object.fromEntries(Object.entries(facts).filter(([, value2]) => value2 !== void 0));
}
function plain(text2) {
  return text2.toWellFormed().replace(/[\u0000-\u001f]/g, "\uFFFD");
}
var PASSING = /^(?:client-?|creator-?)?request-?(?:token|id)$|^(?:client-?|idempotency-?)?token$|^nonce$|^(?:role-?)?session-?name$|^caller-?reference$/i;
function parametersOf(record) {
  const parameters = valueAt(record, "requestParameters");
  if (!isObject(parameters)) return void 0;
  const lasting = Object.entries(parameters).filter(([name2]) => !PASSING.test(name2));
  return lasting.length === 0 ? void 0 : shortHash(JSON.stringify(lasting), 12);
}
function shortHash(text2, length) {
  return createHash("sha256").update(text2).digest("base64url").slice(0, length);
}
function shortTarget(target) {
  if (target.length <= MAX_TEXT) return target;
  return `${target.slice(0, 50)}\u2026${target.slice(-30)} #${shortHash(target, 8)}`;
}
function accountsOf(record) {
  const resources = valueAt(record, "resources");
  const named6 = [
    textAt(record, "recipientAccountId"),
    textAt(record, "userIdentity", "accountId"),
    ...Array.isArray(resources) ? resources.slice(0, 20).map((resource2) => textAt(resource2, "accountId")) : []
  ];
  return [...new Set(named6)].filter((account) => account !== void 0 && /^\d{12}$/.test(account));
}
var READS = /^(?:Batch)?(?:Get|List|Describe|Head|Lookup|Search|Query|Scan|Select|Check|Test|View)(?=[A-Z]|$)/;
function isRead(record, call) {
  if (call.startsWith("sts:Assume")) return false;
  return flagOf(valueAt(record, "readOnly")) ?? READS.test(textAt(record, "eventName") ?? "");
}
function isNotFound(record) {
  return /NoSuch|NotFound|DoesNotExist|NotExist|NonExist/i.test(textAt(record, "errorCode") ?? "");
}
function networkOf(address) {
  if (address === void 0) return void 0;
  const [, v4] = /^(\d{1,3}\.\d{1,3}\.\d{1,3})\.\d{1,3}$/.exec(address) ?? [];
  if (v4 !== void 0) return `${v4}.0/24`;
  if (!/^[0-9a-f:.]+$/i.test(address) || !address.includes(":")) return address;
  const [front = ""] = address.split("::");
  const groups = front.split(":").filter(Boolean).slice(0, 3);
  return `${[...groups, "0", "0", "0"].slice(0, 3).join(":").toLowerCase()}::/48`;
}
function credentialOf(record, { identity, key }) {
  if (key?.startsWith("AKIA")) return key;
  return isPerson(identity) ? textAt(record, "userIdentity", "sessionContext", "attributes", "creationDate") : void 0;
}

// lambda/core/record/origin.ts
function originOf(record) {
  const address = textAt(record, "sourceIPAddress");
  const agent = textAt(record, "userAgent");
  const channel = channelOf(record);
  return {
    ...address !== void 0 && { address },
    ...agent !== void 0 && agent !== address && { agent: shortAgent(agent) },
    ...channel !== void 0 && { channel }
  };
}
var TOOLS = [
  /\b(?:Terraform|OpenTofu|Pulumi|aws-cdk|cdk-cli|Crossplane|Ansible|CloudFormation|Steampipe|Pacu|ScoutSuite|Prowler)\/[\w.+-]+/i,
  /\b(?:aws-cli|aws-sdk-[a-z0-9-]+|Boto3|Botocore|AWSPowerShell|aws-tools)\/[\w.+-]+/i
];
var IS_TOOL = /^\[?(?:aws-cli|aws-sdk-|Boto|APN\/|HashiCorp|Terraform|OpenTofu|aws-cdk|Pulumi|AWSPowerShell)/i;
function shortAgent(agent) {
  for (const tools of TOOLS) {
    const [tool] = tools.exec(agent.slice(0, 1e3)) ?? [];
    if (tool !== void 0) return tool;
  }
  return /^Mozilla\/\d/.test(agent) ? "a browser" : agent;
}
function channelOf(record) {
  const eventType = textAt(record, "eventType");
  if (eventType === "AwsConsoleSignIn" || eventType === "AwsConsoleAction") return "console";
  if (eventType !== "AwsApiCall") return void 0;
  if (flagOf(valueAt(record, "sessionCredentialFromConsole"))) return "console";
  const isTool = IS_TOOL.test(textAt(record, "userAgent") ?? "");
  return isTool && hasEventVersion(record, 1, 8) ? "API, not console" : void 0;
}

// lambda/core/record/outcome.ts
var OUTCOMES = ["success", "denied", "failed", "dry-run"];
var DENIED = new RegExp(
  [
    String.raw`Access(?:To[A-Z]\w{0,40})?Denied|AccessForbidden|PermissionDenied|Unauthori[sz]ed|NotAuthori[sz]ed`,
    String.raw`Insufficient(?:Privileges|\w{0,40}AccessPermission)`,
    String.raw`^(?:Client\.)?(?:AuthorizationE(?:rror|xception)|AuthFailure|Forbidden)`
  ].join("|"),
  "i"
);
var DRY_RUN = /^(?:Client\.)?DryRunOperation(?:Exception)?$/;
function outcomeOf(record) {
  const errorCode = errorIn(record, "errorCode");
  if (errorCode !== void 0) {
    if (DRY_RUN.test(errorCode)) return "dry-run";
    return DENIED.test(errorCode) ? "denied" : "failed";
  }
  const eventName = textAt(record, "eventName");
  const response = eventName && answersInWords(record) && textAt(record.responseElements, eventName);
  const hasFailed = response === "Failure" || errorIn(record, "errorMessage") !== void 0;
  return hasFailed || saysFailure(record.serviceEventDetails, eventName) ? "failed" : "success";
}
var NOTHING = /^(?:null|none|nan|-)$/i;
function errorIn(record, field) {
  const text2 = textAt(record, field);
  return text2 !== void 0 && NOTHING.test(text2) ? void 0 : text2;
}
function answersInWords({ eventType, eventSource }) {
  return eventType !== "AwsApiCall" || eventSource === "signin.amazonaws.com";
}
function isOutcomeOfFields(record) {
  if (errorIn(record, "errorCode") !== void 0) return true;
  const { errorMessage = null, responseElements = null, serviceEventDetails = null } = record;
  return errorMessage === null && serviceEventDetails === null && (responseElements === null || !answersInWords(record));
}
var ANSWER = /(?:state|status|result|outcome)$/i;
var FAILURE = /^(?:fail(?:ed|ure)|aborted|error|\w+_failed)$/i;
function saysFailure(details, eventName, depth = 0) {
  if (depth > 3) return false;
  if (Array.isArray(details)) return details.some((one) => saysFailure(one, eventName, depth + 1));
  if (!isObject(details)) return false;
  return Object.entries(details).some(([name2, value2]) => {
    if (typeof value2 !== "string") return saysFailure(value2, eventName, depth + 1);
    return (name2 === eventName || ANSWER.test(name2)) && FAILURE.test(value2);
  });
}

// lambda/core/record/view.ts
var RecordView = class {
  #record;
  #call;
  #identity;
  #outcome;
  #facts;
  #actor;
  constructor(record) {
    this.#record = record;
  }
  /** `service:EventName`, with the API version that some services append. */
  get call() {
    this.#call ??= callOf(this.#record);
    return this.#call;
  }
  /** Who called. */
  get identity() {
    this.#identity ??= identityOf(this.#record);
    return this.#identity;
  }
  /** The stable key of who called. */
  get actor() {
    this.#actor ??= actorOf(this.#record, this);
    return this.#actor;
  }
  /** What the record proves about a second factor. */
  get mfa() {
    return mfaOf(this.#record, this);
  }
  /** Where the call came from. */
  get origin() {
    return originOf(this.#record);
  }
  /** The id of the access key. */
  get key() {
    return textAt(this.#record, "userIdentity", "accessKeyId");
  }
  get region() {
    return textAt(this.#record, "awsRegion");
  }
  get outcome() {
    this.#outcome ??= outcomeOf(this.#record);
    return this.#outcome;
  }
  /** The account whose trail holds the record. */
  get account() {
    return accountOf(this.#record);
  }
  /** All accounts that the record names. */
  get accounts() {
    return accountsOf(this.#record);
  }
  /** Milliseconds since the epoch. */
  get time() {
    return eventTimeOf(this.#record);
  }
  /** What decides whether it is news: call, outcome, target, parameters and more, in short form. */
  get facts() {
    this.#facts ??= factsOf(this.#record, this);
    return this.#facts;
  }
};
var views = /* @__PURE__ */ new WeakMap();
function viewOf(record) {
  let view = views.get(record);
  if (view === void 0) {
    view = new RecordView(record);
    views.set(record, view);
  }
  return view;
}

// lambda/core/rules/acting.ts
var ACTING = ["hand", "caller-directly", "caller", "aws-service"];
var HANDS = /* @__PURE__ */ new Set([
  "cloudformation.amazonaws.com",
  "cloudcontrolapi.amazonaws.com",
  "servicecatalog.amazonaws.com",
  "signin.amazonaws.com",
  "ssm.amazonaws.com",
  "AWS Internal"
]);
var MCP = /^[a-z0-9]+-mcp\.amazonaws\.com$/;
function isHand(invokedBy) {
  return HANDS.has(invokedBy) || MCP.test(invokedBy) || invokedBy.endsWith("stacksets.cloudformation.amazonaws.com");
}
var SERVICE_LINKED = /^arn:[a-z-]+:iam::\d{12}:role\/aws-service-role\/([a-z0-9.-]+\.amazonaws\.com)\/AWSServiceRoleFor/;
var SERVICE_ROLES = [
  { service: "backup.amazonaws.com", role: /:role\/service-role\/AWSBackup[A-Za-z]*$/ },
  // In the accounts that it manages its role has no path.
  { service: "controltower.amazonaws.com", role: /:role\/(?:service-role\/)?AWSControlTower[A-Za-z]*$/ }
];
function actingOf(record) {
  const invokedBy = textAt(record, "userIdentity", "invokedBy");
  if (actsByItself(record, invokedBy)) return "aws-service";
  if (invokedBy !== void 0 && !isHand(invokedBy)) return "caller";
  return isByHand(record) && !STACKS.test(invokedBy ?? "") ? "hand" : "caller-directly";
}
var STACKS = /^(?:cloudcontrolapi|servicecatalog|(?:.*stacksets\.)?cloudformation)\.amazonaws\.com$/;
function isByHand(record) {
  const issuer = textAt(record, "userIdentity", "sessionContext", "sessionIssuer", "arn") ?? "";
  return traitsOf(textAt(record, "userIdentity", "type"))?.isHand || issuer.includes(":role/aws-reserved/sso.amazonaws.com/") || flagOf(valueAt(record, "sessionCredentialFromConsole")) === true;
}
function actsAs(record, who) {
  if (who === "aws-service") return actingOf(record) === who;
  return ACTING.indexOf(actingOf(record)) <= ACTING.indexOf(who);
}
function actsByItself(record, invokedBy) {
  const type = textAt(record, "userIdentity", "type");
  if (type === void 0 && invokedBy !== void 0 && !hasPrincipal(record)) return true;
  if (type === "AWSService") return true;
  if (type !== "AssumedRole") return false;
  const role = textAt(record, "userIdentity", "sessionContext", "sessionIssuer", "arn") ?? "";
  const service = invokedBy ?? textAt(record, "sourceIPAddress") ?? "";
  const [, linked] = SERVICE_LINKED.exec(role) ?? [];
  if (linked !== void 0 && service.endsWith(".amazonaws.com")) return service === linked || !isHand(service);
  return SERVICE_ROLES.some((one) => one.service === service && one.role.test(role));
}
function hasPrincipal(record) {
  return ["arn", "principalId", "accessKeyId"].some((field) => textAt(record, "userIdentity", field) !== void 0);
}

// lambda/core/store/pool.ts
async function inTurns(list, limit, act) {
  const [only] = list;
  if (list.length === 1) return act(only);
  let next = 0;
  const worker = async () => {
    while (next < list.length) {
      const element = list[next++];
      await act(element);
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, list.length) }, worker));
}

// lambda/core/store/guard.ts
var isText = (value2) => typeof value2 === "string";
var isFlag = (value2) => typeof value2 === "boolean";
var isCount = (value2) => Number.isSafeInteger(value2) && value2 >= 0;
var isTime = (value2) => typeof value2 === "number" && Math.abs(value2) <= MAX_DATE;
var MAX_DATE = 864e13;
var isOneOf = (values) => (value2) => values.includes(value2);
var isListOf = (shape) => (value2) => Array.isArray(value2) && value2.every(shape);
var isRecordOf = (shape) => (value2) => isObject(value2) && Object.values(value2).every(shape);
var isMaybe = (shape) => (value2) => value2 === void 0 || shape(value2);
var bodyOf = (shape) => (body) => shape(body) ? body : void 0;
function hasShape(fields2) {
  const shapes = Object.entries(fields2);
  return (value2) => isObject(value2) && shapes.every(([name2, shape]) => shape(value2[name2]));
}

// lambda/core/store/seen.ts
import { createHash as createHash2 } from "node:crypto";
var REMEMBERED = 35 * 864e5;
var FIELDS_01 = ["eventTime", "eventSource", "eventName", "recipientAccountId", "awsRegion"];
function fingerprintOf(record) {
  const shared2 = textAt(record, "sharedEventID");
  if (shared2 !== void 0) {
    const content2 = [
      fieldsOf2(record, ["eventTime", "eventSource", "eventName", "errorCode"]),
      record.requestParameters
    ];
    return hashOf(["shared", shared2]) + hashOf(content2);
  }
  const id = idOf(record);
  if (id === void 0) return fingerprintOfContent(record);
  if (textAt(record, "eventSource") === NOTICE_SOURCE) return fingerprintOf01(record);
  if (isCorrection(record)) return hashOf(id) + CORRECTION;
  const content = [...fieldsOf2(record, [...FIELDS_01, "errorCode"]), record.requestParameters ?? null];
  return hashOf(id) + hashOf([id, ...content]);
}
function fingerprintOf01(record) {
  const id = idOf(record);
  if (isTwin(record)) return fingerprintOf(record);
  return id === void 0 ? fingerprintOfContent(record) : hashOf(id) + hashOf([id, ...fieldsOf2(record, FIELDS_01)]);
}
function idOf(record) {
  return textAt(record, "addendum", "originalEventID") ?? textAt(record, "eventID");
}
function fingerprintOfContent(record) {
  const content = hashOf(redact(record));
  return content + content;
}
function fieldsOf2(record, names2) {
  return names2.map((name2) => textAt(record, name2));
}
var CORRECTION = "c0".repeat(8);
function isCorrection(record) {
  if (textAt(record, "addendum", "originalEventID") === void 0) return false;
  return !/error/i.test(textAt(record, "addendum", "updatedFields") ?? "");
}
function isTwin(record) {
  return textAt(record, "sharedEventID") !== void 0;
}
var chainOf = bodyOf(
  hasShape({ parts: (value2) => isCount(value2) && value2 <= 5e3, generation: isCount })
);
function furtherKeys(key, chain2) {
  return chain2 === void 0 ? [] : Array.from({ length: chain2.parts - 1 }, (_, i) => partKey(key, chain2, i + 1));
}
function partKey(key, { generation }, part) {
  return part === 0 ? key : `${key}#${generation}#${part}`;
}
function hashOf(value2) {
  return createHash2("sha256").update(JSON.stringify(value2)).digest("hex").slice(0, 16);
}

// lambda/core/first-seen/remembered.ts
var DAY = 864e5;
var REMEMBERED_VALUE = 90 * DAY;
var REMEMBERED_FOR_RETURN = 400 * DAY;
var REMEMBERED_OWNER = 400 * DAY;
var MAX_VALUES = { actor: 400, account: 1e3 };
var MAX_BYTES = 12e4;
var FULL = "";
function ownerKey(account, actor) {
  return `first#${hashOf(actor === void 0 ? ["account", account] : ["actor", account, actor])}`;
}
function withValues(known2, more, { kind: kind2, now, lasting }) {
  const all = /* @__PURE__ */ new Map();
  for (const rule of /* @__PURE__ */ new Set([...Object.keys(known2?.values ?? {}), ...more.keys()])) {
    const own = new Map(Object.entries(known2?.values[rule] ?? {}));
    for (const [value2, note2] of more.get(rule) ?? []) own.set(value2, later(own.get(value2), note2));
    const oldest2 = (now - (lasting.has(rule) ? REMEMBERED_FOR_RETURN : REMEMBERED_VALUE)) / DAY;
    const kept = [...own].filter(([, [day]]) => day >= oldest2).sort(([, [a]], [, [b]]) => b - a);
    all.set(rule, cut(kept, MAX_VALUES[kind2], now));
  }
  const values = () => Object.fromEntries(Array.from(all, ([rule, own]) => [rule, Object.fromEntries(own)]));
  while (Buffer.byteLength(JSON.stringify(values())) > MAX_BYTES) {
    const [rule, own] = [...all].reduce((a, b) => b[1].length > a[1].length ? b : a);
    all.set(rule, cut(own, Math.floor(own.length * 0.8), now));
  }
  return { since: known2?.since ?? now, at: now, values: values() };
}
function cut(own, limit, now) {
  const values = own.filter(([name2]) => name2 !== FULL);
  const full = own.filter(([name2]) => name2 === FULL);
  if (values.length <= limit) return [...values, ...full];
  return [...values.slice(0, limit), [FULL, [dayOf(now)]]];
}
function expiryOf(now) {
  return now + REMEMBERED_OWNER;
}
function later(known2, note2) {
  if (known2 === void 0) return note2;
  const day = Math.max(known2[0], note2[0]);
  const teller = note2[1] ?? known2[1];
  return teller === void 0 ? [day] : [day, teller];
}
function dayOf(time) {
  return Math.floor(time / DAY);
}
var isNote = (value2) => isListOf(() => true)(value2) && isCount(value2[0]) && value2.slice(1).every(isText);
var isRemembered = hasShape({ since: isTime, at: isTime, values: isRecordOf(isRecordOf(isNote)) });
function rememberedOf(body) {
  return isRemembered(body) ? body : void 0;
}
var DEPLOYED = "learning";
var isDeployed = isRecordOf(hasShape({ since: isTime, at: isTime }));
function deployedOf(body) {
  return isDeployed(body) ? body : void 0;
}

// lambda/core/first-seen/known.ts
function absorb(known2, items) {
  const item = items.get(known2.key, rememberedOf);
  known2.isRead = true;
  if (item === void 0) return;
  known2.since = item.since;
  known2.at = item.at;
  for (const [rule, values] of Object.entries(item.values)) {
    for (const [value2, note2] of Object.entries(values)) put(known2.values, rule, value2, note2);
  }
}
function noteIn({ values }, rule, names2) {
  const own = values.get(rule);
  const notes = names2.flatMap((name2) => {
    const note2 = own?.get(name2);
    return note2 === void 0 ? [] : [note2];
  });
  return notes.length === 0 ? void 0 : notes.reduce(later);
}
function note(known2, rule, name2, day) {
  const own = known2.values.get(rule);
  const isMore = own !== void 0 && !own.has(name2) && own.size >= MAX_VALUES[known2.kind];
  put(known2.values, rule, isMore ? FULL : name2, [day]);
  put(known2.pending, rule, isMore ? FULL : name2, [day]);
}
function put(values, rule, value2, note2) {
  const own = values.get(rule) ?? /* @__PURE__ */ new Map();
  values.set(rule, own);
  own.set(value2, later(own.get(value2), note2));
}
function merged(a, b) {
  const all = new Map(Array.from(a, ([rule, own]) => [rule, new Map(own)]));
  for (const [rule, own] of b) for (const [value2, note2] of own) put(all, rule, value2, note2);
  return all;
}

// lambda/core/envelope/log-object.ts
function s3Uri({ bucket, key }) {
  return `s3://${bucket}/${key}`;
}
function logPathOf(key) {
  if (key !== last.key) last = { key, path: readPath(key) };
  return last.path;
}
var last = { key: "", path: void 0 };
function readPath(key) {
  const segments = key.split("/");
  for (let i = segments.indexOf("AWSLogs"); i >= 0; i = segments.indexOf("AWSLogs", i + 1)) {
    const rest = segments.slice(i + 1);
    const [organization = ""] = /^o-[a-z0-9]+$/.exec(rest[0] ?? "") ?? [];
    const [account = "", kind2 = "", region = ""] = organization === "" ? rest : rest.slice(1);
    if (/^\d{12}$/.test(account) && kind2 !== "") {
      return { account, kind: kind2, region, ...organization !== "" && { organization } };
    }
  }
  return void 0;
}
var A_DIGEST = "it is a digest";
function whyNotALogFile(key) {
  const path = logPathOf(key);
  if (path === void 0 && !key.split("/").includes("AWSLogs")) return "its key has no AWSLogs segment";
  if (key.endsWith("/")) return "it is an empty folder marker";
  if (path === void 0) return void 0;
  if (path.kind === "CloudTrail-Digest") return A_DIGEST;
  if (path.kind === "CloudTrail" || path.kind.startsWith("CloudTrail-")) return void 0;
  return `it is a log of ${path.kind}`;
}

// lambda/core/record/address-kind.ts
import { BlockList, isIPv4, isIPv6 } from "node:net";

// lambda/core/record/aws-networks.ts
var AWS_IPV4 = `
3: 0-1 5-45 64-99 101-115 120-151 160-175 208-239 248-255
5: 60 174
13: 32-33 35-43 48-63 112-115 124-128 130 134-135 144 146 150-152 154 158-160 162 166-167 184-239 244-251
15: 103 128 134-135 143 148 152 156-161 164-165 168 175 178 181 184-185 188 190 197 200 205-207 216-217 220 222-225 227-230 232-233 236-237 240-241 248-249 252-254
16: 4 6 11 15-16 18-19 22-31 48-56 58-67 71 76-79 106-107 112-113 140-141 144-159 162-165 168-171 174-182 184-189 192-199 206-209
18: 60-61 64-68 88-89 96-102 116-119 130 132-136 138-145 153-173 175-185 188-239 244-246 252-254
23: 20-23 238
24: 110
32: 184-207 232 236-237 240-241
34: 192-255
35: 18-19 26-31 42-45 48-49 52-53 55-57 60-61 71-95 128 152-183
40: 32 35 38-39 164-167 172-181 186-188 192-195 201 235 238-239
43: 192 196 198-218 220-221
44: 192-255
45: 34-35
46: 137 168-169
47: 128-131
50: 16-19 112
51: 16-17 20-21 24 34-35 44-49 72-74 84-87 92-96 100-102 112 118 164-169 172-173 200-207 224-225
52: 0-92 94-95 124 192-223
54: 5-8 20-21 32-33 46 54-55 64-95 102 115-117 136-137 144-239 241-255
56: 1 5-6 8 10-11 47-56 61-62 68-71 96-99 112-115 124-131 136-139 155-157 159 162 164 184-187 228-231 240-247
57: 180-183
63: 32-35 176-191
64: 232 252
65: 0-4 8-9 176-179
66: 47
72: 242-243
75: 2-3 79
76: 162-163 223
77: 112-115
78: 12-15
83: 160-163
86: 112-113
88: 104-111
89: 48-55 60-61
94: 36-39
95: 40-41
96: 0
98: 80-95 130-131
99: 77 79-81 83-84 86 150 200-207
100: 20-31 48-63
104: 216-217
107: 20-23 176-177
108: 128-139 156-159
130: 176
136: 8-9
140: 179
141: 230-231
143: 204
144: 220
150: 102-103 222
155: 146
156: 4-5
157: 175 241
158: 252-253
160: 1
161: 178 189 193
166: 117
168: 192-193
172: 106-107
174: 129
176: 34
182: 24-30
184: 32-47 72-73 76-79 192-223
216: 216-217
`;
var AWS_IPV4_PARTS = [
  "46.51.128.0/17",
  "52.93.0.0/16",
  "54.240.0.0/16",
  "67.202.0.0/18",
  "72.44.32.0/19",
  "75.101.128.0/17",
  "79.125.0.0/17",
  "96.127.0.0/17",
  "103.4.8.0/21",
  "122.248.192.0/18",
  "175.41.128.0/17",
  "177.71.128.0/17",
  "184.169.128.0/17",
  "204.236.128.0/17",
  "216.182.224.0/20"
];
var AWS_IPV6 = [
  "2001:3fc0::/29",
  "2400:7fc0::/32",
  "2404:c2c0::/32",
  "2406:da00::/24",
  "240f:8000::/24",
  "2600:1f00::/24",
  "2600:9000::/28",
  "2600:f000::/28",
  "2600:f0f0::/28",
  "2606:f40::/32",
  "2606:7b40::/32",
  "2606:8140::/32",
  "2a05:d000::/25"
];

// lambda/core/record/address-kind.ts
var ADDRESS_KINDS = ["aws", "private", "outside"];
var known = /* @__PURE__ */ new Map();
var MAX_KNOWN2 = 1e4;
function addressKindOf(text2) {
  if (known.has(text2)) return known.get(text2);
  const kind2 = kindOf(text2);
  if (known.size >= MAX_KNOWN2) known.clear();
  if (text2.length <= 45) known.set(text2, kind2);
  return kind2;
}
function sourceNetworkOf(address) {
  const kind2 = addressKindOf(address);
  if (kind2 !== "outside") return kind2;
  return address.includes(":") ? wideNetworkV6(address) : `${address.split(".").slice(0, 2).join(".")}.0.0/16`;
}
function wideNetworkV6(address) {
  const [front = ""] = new URL(`http://[${address}]`).hostname.slice(1, -1).split("::");
  return `${[...front.split(":").filter(Boolean), "0", "0"].slice(0, 2).join(":")}::/32`;
}
function kindOf(text2) {
  const family2 = isIPv4(text2) ? "ipv4" : isIPv6(text2) && !text2.includes("%") ? "ipv6" : void 0;
  if (family2 === void 0) return void 0;
  networks ??= readNetworks();
  if (networks.ofNobody.check(text2, family2)) return "private";
  return family2 === "ipv4" && isOfAws(text2, networks) || networks.ofAws.check(text2, family2) ? "aws" : "outside";
}
var networks;
function readNetworks() {
  return { ofNobody: blocksOf(PRIVATE), ofAws: blocksOf([...AWS_IPV4_PARTS, ...AWS_IPV6]), wide: new Set(wideOfAws()) };
}
var PRIVATE = [
  "10.0.0.0/8",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "100.64.0.0/10",
  "169.254.0.0/16",
  "127.0.0.0/8",
  "fc00::/7",
  "fe80::/10",
  "::1/128"
];
function blocksOf(blocks) {
  const list = new BlockList();
  for (const block of blocks) {
    const [address = "", bits] = block.split("/");
    list.addSubnet(address, Number(bits), address.includes(":") ? "ipv6" : "ipv4");
  }
  return list;
}
function wideOfAws() {
  return AWS_IPV4.trim().split("\n").flatMap((line) => {
    const [first, seconds = ""] = line.split(": ");
    return seconds.split(" ").flatMap((range) => {
      const [from = 0, to = from] = range.split("-").map(Number);
      return Array.from({ length: to - from + 1 }, (_, i) => Number(first) * 256 + from + i);
    });
  });
}
function isOfAws(address, { wide }) {
  const [first, second] = address.split(".");
  return wide.has(Number(first) * 256 + Number(second));
}

// lambda/core/rules/field-path.ts
var MAX_NESTED_ARRAYS = 64;
var SEVERAL = /* @__PURE__ */ Symbol("several");
function onlyAt(object, path) {
  let value2 = object;
  for (let i = 0; i < path.length; i++) {
    if (typeof value2 !== "object" || value2 === null) return void 0;
    if (Array.isArray(value2) || isDotted(value2)) return SEVERAL;
    const field = path[i];
    if (field === "__proto__") return SEVERAL;
    value2 = value2[field];
  }
  if (Array.isArray(value2)) return SEVERAL;
  return typeof value2 === "function" ? void 0 : value2;
}
var LOOKED_AT = [void 0, void 0, void 0, void 0];
var DOTTED = [false, false, false, false];
var oldest = 0;
function isDotted(object) {
  for (let i = 0; i < LOOKED_AT.length; i++) if (LOOKED_AT[i] === object) return DOTTED[i];
  const dotted = hasDottedField(object);
  LOOKED_AT[oldest] = object;
  DOTTED[oldest] = dotted;
  oldest = (oldest + 1) % LOOKED_AT.length;
  return dotted;
}
function hasDottedField(object) {
  for (const field in object) if (field.includes(".")) return true;
  return false;
}
function someScalar(value2, path, test) {
  const only = onlyAt(value2, path);
  if (only !== SEVERAL) return !isObject(only) && only !== void 0 && test(only);
  return someAt(value2, path, (found) => !isObject(found) && found !== void 0 && test(found));
}
function scalarsAt(value2, path) {
  const found = [];
  someScalar(value2, path, (scalar) => {
    found.push(scalar);
    return false;
  });
  return found;
}
function objectsAt(value2, path) {
  const found = [];
  someObject(value2, path, (object) => {
    found.push(object);
    return false;
  });
  return found;
}
function someObject(value2, path, test) {
  const only = onlyAt(value2, path);
  if (only !== SEVERAL) return isObject(only) && test(only);
  return someAt(value2, path, (found) => isObject(found) && test(found));
}
function someSize(value2, path, test, from = 0) {
  if (from === path.length) {
    if (value2 === null || value2 === void 0) return false;
    return test(Array.isArray(value2) ? value2.length : 1);
  }
  if (Array.isArray(value2)) {
    return value2.some((element) => !Array.isArray(element) && someSize(element, path, test, from));
  }
  return isObject(value2) && someSize(step(value2, path[from] ?? ""), path, test, from + 1);
}
function someAt(value2, path, test, from = 0, nested = 0) {
  if (Array.isArray(value2)) {
    return nested < MAX_NESTED_ARRAYS && value2.some((element) => someAt(element, path, test, from, nested + 1));
  }
  if (from === path.length) return test(value2);
  return isObject(value2) && someAt(step(value2, path[from] ?? ""), path, test, from + 1);
}
function someText(value2, path, test, from = 0, nested = 0) {
  if (path.length === 0) return isObject(value2) && someTextWithin(value2, false, test, 0);
  if (from === path.length) return someTextOf(value2, test);
  if (Array.isArray(value2)) {
    return nested < MAX_NESTED_ARRAYS && value2.some((element) => someText(element, path, test, from, nested + 1));
  }
  return isObject(value2) && someText(step(value2, path[from] ?? ""), path, test, from + 1);
}
function someTextOf(value2, test) {
  if (value2 === null || value2 === void 0) return false;
  if (typeof value2 !== "object") return test(String(value2), true);
  return test(jsonOf(value2), false) || someTextWithin(value2, Array.isArray(value2), test, 0);
}
function someTextWithin(value2, isOwn, test, depth) {
  if (depth > MAX_NESTED_ARRAYS) return false;
  return Object.values(value2).some((inner) => {
    if (inner === null || inner === void 0) return false;
    if (typeof inner !== "object") return test(String(inner), isOwn);
    return someTextWithin(inner, isOwn && Array.isArray(inner), test, depth + 1);
  });
}
function jsonOf(value2) {
  try {
    return JSON.stringify(value2);
  } catch {
    return "";
  }
}
function step(object, field) {
  const own = Object.hasOwn(object, field) ? object[field] : void 0;
  let dotted;
  for (const name2 in object) {
    if (name2.length > field.length && name2.charCodeAt(field.length) === 46 && name2.startsWith(field)) {
      dotted ??= /* @__PURE__ */ Object.create(null);
      dotted[name2.slice(field.length + 1)] = object[name2];
    }
  }
  if (dotted === void 0) return own;
  return own === void 0 ? dotted : [{ ...isObject(own) ? own : {}, ...dotted }, own];
}

// lambda/core/first-seen/values.ts
var MAX_VALUE = 60;
var MAX_VALUES2 = 100;
function valuesAt(record, of) {
  const word2 = Object.hasOwn(WORDS, of) ? WORDS[of] : void 0;
  const values = word2 === void 0 ? fieldsAt(record, of) : [word2(record)];
  return [...new Set(values.flatMap((value2) => value2 === void 0 || value2 === "" ? [] : [short(value2)]))];
}
var WORDS = {
  sourceNetwork,
  service: (record) => viewOf(record).call.split(":", 1)[0],
  region: (record) => textAt(record, "awsRegion"),
  call: (record) => viewOf(record).facts.call,
  credential(record) {
    const key = textAt(record, "userIdentity", "accessKeyId");
    return key?.startsWith("AKIA") ? key : void 0;
  },
  target(record) {
    const { target, isMade } = viewOf(record).facts;
    return isMade ? void 0 : target;
  },
  actor: (record) => viewOf(record).actor
};
var FIRST_WORDS = Object.keys(WORDS);
function sourceNetwork(record) {
  const network = sourceNetworkOf(textAt(record, "sourceIPAddress") ?? "");
  if (network !== "private") return network;
  return `private ${textAt(record, "vpcEndpointAccountId") ?? textAt(record, "vpcEndpointId") ?? "network"}`;
}
function fieldsAt(record, path) {
  return scalarsAt(record, path.split(".")).slice(0, MAX_VALUES2).map((value2) => typeof value2 === "string" ? value2 : JSON.stringify(value2));
}
function short(value2) {
  return value2.length <= MAX_VALUE && !value2.startsWith("#") ? value2 : `#${hashOf(value2)}`;
}

// lambda/core/first-seen/question.ts
var FRESH_DAYS = 5;
var NOTHING_ASKED = { questions: [], isUsual: true };
function questionsOf({ record, logObject, rules }, now, ownerOf2) {
  const { account: accountId, outcome, time = now } = viewOf(record);
  if (accountId === void 0 || !isOwnLog(record, logObject) || actsAs(record, "aws-service")) return NOTHING_ASKED;
  const account = ownerOf2(accountId);
  const actor = actorOwning(record);
  const own = actor === void 0 ? void 0 : ownerOf2(accountId, actor);
  let fingerprint;
  let isUsual = true;
  const questions = rules.flatMap((rule) => {
    const { first } = rule;
    const owner = first?.by === "account" ? account : own;
    if (first === void 0 || owner === void 0) return [];
    return first.of.flatMap(
      (of) => valuesAt(record, of).flatMap((value2) => {
        const name2 = `${of} ${value2}`;
        const names2 = outcome === "success" ? [name2] : [`!${name2}`, name2];
        const at2 = Math.min(time, now);
        const note2 = noteIn(owner, first.key, names2);
        const isFresh = note2 !== void 0 && dayOf(at2) - note2[0] < (first.again === void 0 ? FRESH_DAYS : 1);
        if (isFresh && note2[1] === void 0) return [];
        isUsual = false;
        fingerprint ??= fingerprintOf(record);
        const question = { record, rule, first, of, value: value2, names: names2, fingerprint, time: at2, owner, account };
        return isFresh && !isTeller(question) ? [] : [question];
      })
    );
  });
  return { questions, isUsual };
}
function actorOwning(record) {
  const { actor } = viewOf(record);
  return /^(?:arn:|root of \d{12}$)/.test(actor) ? actor : void 0;
}
function isOwnLog(record, { key }) {
  const path = logPathOf(key)?.account;
  return path === void 0 ? !key.split("/").includes("AWSLogs") : path === viewOf(record).account;
}
function isTeller({ first, names: names2, fingerprint, owner }) {
  return owner.values.get(first.key)?.get(names2[0])?.[1] === fingerprint;
}

// lambda/core/first-seen/judgement.ts
var DAY2 = 864e5;
var FULL_DAYS = 30;
function judgementOf(question, given) {
  const { first, names: names2, time, owner, account } = question;
  const { key, again, learn = given.learning } = first;
  if (isTeller(question)) return "first";
  const knows = (one) => {
    const day = noteIn(one, key, names2)?.[0];
    if (day !== void 0 && time - day * DAY2 <= REMEMBERED_VALUE) return true;
    const full = one.values.get(key)?.get(FULL)?.[0];
    return full !== void 0 && dayOf(time) - full <= FULL_DAYS;
  };
  const before = noteIn(owner, key, names2);
  if (again !== void 0) return before !== void 0 && time - before[0] * DAY2 >= again ? "first" : "known";
  if (knows(owner)) return "known";
  const isLearning = (since = given.now) => learn > 0 && time < since + learn;
  if (isLearning(given.learned.since(key))) return "learning";
  if (owner !== account && !isYoung(owner, time, given)) return "first";
  if (owner !== account && knows(account)) return "known";
  return isLearning(account.since) ? "learning" : "first";
}
function firstTimeOf(question, given) {
  const { rule, first, of, value: value2, names: names2, time, account } = question;
  const since = given.learned.since(first.key) ?? given.now;
  const owner = first.again === void 0 && isYoung(question.owner, time, given) ? account : question.owner;
  const watched = given.now - Math.max(since, owner.since ?? since);
  const before = noteIn(owner, first.key, names2);
  return {
    rule: rule.name,
    of,
    value: value2,
    by: owner.kind,
    days: Math.floor(Math.min(watched, REMEMBERED_VALUE) / DAY2),
    ...first.again !== void 0 && before && !isTeller(question) && { last: before[0] * DAY2 }
  };
}
function isYoung({ since }, time, { learning }) {
  return since === void 0 || time < since + learning;
}

// lambda/core/first-seen/learning-rules.ts
var LEARNING_DAYS = 14;
var DAY3 = 864e5;
var FRESH = 5 * DAY3;
var AWAY = 30 * DAY3;
var TRIES = 8;
var LearningRules = class {
  #rules;
  #learning;
  #now;
  #deployed;
  /** Until when none of them has to be written again, in milliseconds since the epoch. */
  #freshUntil = Number.NEGATIVE_INFINITY;
  /** `learning` is in milliseconds, `now` returns milliseconds since the epoch. */
  constructor(rules, learning, now) {
    this.#rules = new Map(rules.map((rule) => [rule.key, rule]));
    this.#learning = learning;
    this.#now = now;
  }
  get isEmpty() {
    return this.#rules.size === 0;
  }
  /** When a rule began to learn, in milliseconds since the epoch; undefined if that is not known. */
  since(rule) {
    return this.#deployed?.[rule]?.since;
  }
  /**
   * Reads since when the rules learn; those that are new begin now.
   * @throws LedgerError
   */
  async read(access) {
    for (let attempt = 1; attempt <= TRIES && this.#isLacking(); attempt++) {
      const items = await access.read([DEPLOYED]);
      const known2 = items.get(DEPLOYED, deployedOf) ?? {};
      this.#deployed = known2;
      if (!this.#isLacking()) return;
      const now = this.#now();
      const own = Array.from(this.#rules.keys(), (key) => {
        const { since, at: at2 } = known2[key] ?? { since: now, at: now };
        return [key, { since: at2 < now - AWAY ? now : since, at: now }];
      });
      const body = { ...known2, ...Object.fromEntries(own) };
      if (await access.commit([items.change(DEPLOYED, { body })]) === "done") this.#deployed = body;
    }
  }
  /** Says until when rules learn; undefined once they all have learned, or if that cannot be read. */
  async remark(access) {
    if (this.isEmpty) return void 0;
    const deployed = (await access.glance([DEPLOYED]))?.get(DEPLOYED, deployedOf);
    if (deployed === void 0) return void 0;
    const ends = Array.from(
      this.#rules.values(),
      ({ key, learn = this.#learning }) => (deployed[key]?.since ?? this.#now()) + learn
    );
    const open2 = ends.filter((end) => end > this.#now());
    if (open2.length === 0) return void 0;
    const rules = open2.length === 1 ? "1 rule is" : `${open2.length} rules are`;
    const until = new Date(Math.max(...open2)).toISOString().slice(0, 10);
    return `${rules} still learning what is usual here, until ${until} at the latest (docs/rules.md#first-seen).`;
  }
  /** Asked by each invocation, so that what is known for days is not looked at again. */
  #isLacking() {
    const now = this.#now();
    if (now <= this.#freshUntil) return false;
    const ends = Array.from(
      this.#rules.keys(),
      (key) => (this.#deployed?.[key]?.at ?? Number.NEGATIVE_INFINITY) + FRESH
    );
    this.#freshUntil = Math.min(...ends);
    return now > this.#freshUntil;
  }
};

// lambda/core/first-seen/owners.ts
var DAY4 = 864e5;
var MAX_OWNERS = 5e3;
var Owners = class {
  #now;
  /** By account and actor. */
  #owners = /* @__PURE__ */ new Map();
  #lapses = 0;
  /** Those of whom something may have to be written. */
  open = /* @__PURE__ */ new Set();
  /** `now` returns milliseconds since the epoch. */
  constructor(now) {
    this.#now = now;
  }
  /** How often all were forgotten, with what was not written yet. */
  get lapses() {
    return this.#lapses;
  }
  /** An actor in an account, or the account. */
  of(account, actor) {
    const name2 = `${account} ${actor ?? ""}`;
    let known2 = this.#owners.get(name2);
    if (known2 === void 0) {
      known2 = {
        key: ownerKey(account, actor),
        kind: actor === void 0 ? "account" : "actor",
        isRead: false,
        values: /* @__PURE__ */ new Map(),
        pending: /* @__PURE__ */ new Map()
      };
      this.#owners.set(name2, known2);
    }
    if (this.#isStale(known2)) this.open.add(known2);
    return known2;
  }
  /** True where something is to be written. */
  isDue(known2) {
    return !known2.isRead || known2.pending.size > 0 || this.#isStale(known2);
  }
  /** Drops owners of whom everything is written, if there are too many. */
  forget() {
    if (this.#owners.size <= MAX_OWNERS) return;
    for (const [name2, known2] of this.#owners) if (!this.open.has(known2)) this.#owners.delete(name2);
    if (this.#owners.size <= MAX_OWNERS) return;
    this.#owners.clear();
    this.open.clear();
    this.#lapses++;
  }
  /** True for an owner who is not written down, or who would be forgotten although he is active. */
  #isStale({ at: at2 }) {
    return at2 === void 0 || at2 < this.#now() - FRESH_DAYS * DAY4;
  }
};

// lambda/core/first-seen/first-seen.ts
var MAX_WRITTEN = 300;
var PATIENCE = 2e3;
var PAUSE = 6e4;
var SIDE_BY_SIDE = 8;
var TRIES2 = 8;
var FirstSeenMemory = class {
  #store;
  /** Since when rules learn. */
  #learned;
  #learning;
  #now;
  #lasting;
  #asksActors;
  #owners;
  #pausedUntil = 0;
  /** `learning` is in milliseconds, `now` returns milliseconds since the epoch. */
  constructor(store, rules, learning, now) {
    this.#store = store;
    const firsts = rules.flatMap(({ first }) => first ?? []);
    this.#learned = new LearningRules(firsts, learning, now);
    this.#learning = learning;
    this.#now = now;
    this.#owners = new Owners(now);
    this.#lasting = new Set(firsts.filter(({ again }) => again !== void 0).map(({ key }) => key));
    this.#asksActors = firsts.some(({ by }) => by === "actor");
  }
  meet(record, logObject) {
    const { account } = viewOf(record);
    if (!this.#asksActors || account === void 0 || !isOwnLog(record, logObject)) return;
    const actor = actorOwning(record);
    if (actor !== void 0 && !actsAs(record, "aws-service")) this.#owners.of(account, actor);
  }
  get lapses() {
    return this.#owners.lapses;
  }
  ask(noticed) {
    return questionsOf(noticed, this.#now(), (account, actor) => this.#owners.of(account, actor));
  }
  async judge(access, questions) {
    const firsts = /* @__PURE__ */ new Map();
    if (questions.length === 0) return { firsts, learning: 0, unjudged: [] };
    try {
      await this.#learned.read(access);
      await this.#read(
        access,
        questions.flatMap(({ owner, account }) => [account, owner])
      );
    } catch {
      return { firsts, learning: 0, unjudged: questions };
    }
    const learning = /* @__PURE__ */ new Set();
    const claims = /* @__PURE__ */ new Map();
    for (const question of questions.toSorted((a, b) => a.time - b.time || (a.fingerprint < b.fingerprint ? -1 : 1))) {
      const { record, owner, first, names: names2 } = question;
      const judgement = judgementOf(question, this.#given());
      if (judgement === "first") {
        const own = claims.get(owner) ?? /* @__PURE__ */ new Map();
        claims.set(owner, own);
        const name2 = `${first.key} ${names2[0]}`;
        if (isTeller(question) || !own.has(name2)) own.set(name2, question);
        continue;
      }
      if (judgement === "learning") learning.add(record);
      this.#note(question);
    }
    await inTurns([...claims], SIDE_BY_SIDE, async ([owner, own]) => {
      const told2 = new Map(
        [...own.values()].map((question) => [question, firstTimeOf(question, this.#given())])
      );
      for (const question of await this.#claim(access, owner, [...told2.keys()])) {
        const first = told2.get(question);
        if (first !== void 0) firsts.set(question.record, [...firsts.get(question.record) ?? [], first]);
      }
    });
    return { firsts, learning: learning.size, unjudged: [] };
  }
  async flush(access) {
    if (this.#learned.isEmpty || this.#now() < this.#pausedUntil) return;
    const end = this.#now() + PATIENCE;
    try {
      await this.#learned.read(access);
      const { open: open2 } = this.#owners;
      for (const known2 of open2) if (!this.#owners.isDue(known2)) open2.delete(known2);
      const due = [...open2].slice(0, MAX_WRITTEN);
      const items = due.length === 0 ? void 0 : await access.glance(due.map(({ key }) => key));
      if (items === void 0) return;
      await inTurns(due, SIDE_BY_SIDE, async (known2) => {
        if (this.#now() > end) return;
        absorb(known2, items);
        if (this.#owners.isDue(known2)) await this.#commit(known2, items);
      });
    } catch {
      this.#pausedUntil = this.#now() + PAUSE;
    }
    this.#owners.forget();
  }
  remark(access) {
    return this.#learned.remark(access);
  }
  #given() {
    return { learned: this.#learned, learning: this.#learning, now: this.#now() };
  }
  /**
   * Writes down who tells of values, before they are told, and returns those questions that nobody else tells of. If it
   * cannot be written, it is better told twice than never.
   */
  async #claim(access, owner, questions) {
    let own = questions;
    try {
      for (let attempt = 1; attempt <= TRIES2; attempt++) {
        const items = await access.read([owner.key]);
        absorb(owner, items);
        own = questions.filter((question) => judgementOf(question, this.#given()) === "first");
        if (own.every(isTeller)) return own;
        const claimed = /* @__PURE__ */ new Map();
        for (const { first, names: names2, time, fingerprint } of own)
          put(claimed, first.key, names2[0], [dayOf(time), fingerprint]);
        const outcome = await this.#commit(owner, items, claimed).catch((cause) => cause);
        if (valueAt(outcome, "isTimeout") === true) break;
        if (outcome === true) {
          for (const question of own) if (owner !== question.account) this.#noteIn(question.account, question);
          return own;
        }
        await access.wait(Math.random() * 20 * attempt);
      }
    } catch {
    }
    return own;
  }
  #note(question) {
    const { owner, account } = question;
    this.#noteIn(owner, question);
    if (owner !== account) this.#noteIn(account, question);
  }
  #noteIn(owner, { first, names: names2, time }) {
    const day = dayOf(time);
    const known2 = owner.values.get(first.key)?.get(names2[0]);
    if (known2 !== void 0 && day - known2[0] < (first.again === void 0 ? FRESH_DAYS : 1)) return;
    note(owner, first.key, names2[0], day);
    this.#owners.open.add(owner);
  }
  async #read(access, owners) {
    const unread = [...new Set(owners)].filter(({ isRead: isRead2 }) => !isRead2);
    for (let i = 0; i < unread.length; i += MAX_WRITTEN) {
      const some = unread.slice(i, i + MAX_WRITTEN);
      const items = await access.read(some.map(({ key }) => key));
      for (const known2 of some) absorb(known2, items);
    }
  }
  /** Writes what is pending of an owner, and these claims; false if somebody else was quicker. */
  async #commit(owner, items, claimed = /* @__PURE__ */ new Map()) {
    const now = this.#now();
    const taken = owner.pending;
    owner.pending = /* @__PURE__ */ new Map();
    let isDone2 = false;
    try {
      const body = withValues(items.get(owner.key, rememberedOf), merged(taken, claimed), {
        kind: owner.kind,
        now,
        lasting: this.#lasting
      });
      isDone2 = await this.#store.commit([items.change(owner.key, { body, expiresAt: expiryOf(now) })]);
    } finally {
      if (!isDone2) owner.pending = merged(taken, owner.pending);
    }
    if (!isDone2) return false;
    for (const [rule, own] of claimed) for (const [value2, one] of own) put(owner.values, rule, value2, one);
    owner.at = now;
    owner.since ??= now;
    return true;
  }
};

// lambda/core/rules/notices.ts
import { createHash as createHash3, randomUUID } from "node:crypto";
var BUILT_IN = "built in";
var NOTICES = {
  unreadable: {
    name: "log-object-unreadable",
    place: BUILT_IN,
    severity: "high",
    description: "A log object cannot be read.",
    why: "Nobody has checked what happened in these minutes. CloudTrail writes no broken files, so somebody else may have written or removed this one.",
    do: "Look at the object, and at who wrote to the bucket. If the trail has log file validation, aws cloudtrail validate-logs shows whether it was changed.",
    group: { by: ["eventID"], acrossAccounts: true }
  },
  rewritten: {
    name: "log-object-rewritten",
    place: BUILT_IN,
    severity: "high",
    description: "A log object was written a second time.",
    why: "CloudTrail writes each log file once. Somebody who writes it again may want to change what it says, or to restore it.",
    do: "Compare the versions of the object. Then find out from the trail's S3 data events who wrote the second one.",
    group: { by: ["eventID"], acrossAccounts: true }
  },
  foreign: {
    name: "log-object-foreign",
    place: BUILT_IN,
    severity: "medium",
    description: "The bucket receives log objects of an account that the settings do not name.",
    why: "Their records are not watched. Somebody else's trail writes into this bucket, or the settings are not complete.",
    do: "If the account is yours, add it to onlyAccounts. If not, find out which statement of the bucket's policy lets it in.",
    group: { by: ["eventID"], acrossAccounts: true }
  },
  missing: {
    name: "log-object-missing",
    place: BUILT_IN,
    severity: "critical",
    description: "A log object that CloudTrail wrote is gone, and nobody has read it.",
    why: "CloudTrail's digest names the file, and it is not in the bucket. Whoever deleted it was quicker than the alerter: what it told is not known.",
    do: "Restore the object from its earlier version, if the bucket keeps versions; it is then read. Find out from the trail's S3 data events who deleted it, and look at that hour in Event history.",
    group: { by: ["recipientAccountId", "awsRegion"] }
  },
  changed: {
    name: "log-object-changed",
    place: BUILT_IN,
    severity: "critical",
    description: "A log object is not what CloudTrail wrote.",
    why: "Its content has another hash than CloudTrail's signed digest names. Somebody has rewritten what happened, or left something out.",
    do: "Compare the versions of the object. Find out from the trail's S3 data events who wrote it, and look at that hour in Event history, which nobody can rewrite.",
    group: { by: ["recipientAccountId", "awsRegion"] }
  },
  forged: {
    name: "log-object-forged",
    place: BUILT_IN,
    severity: "critical",
    description: "A log object was read that CloudTrail did not write.",
    why: "No digest names it, a day and two digests later. Somebody wants to make others look guilty, or to drown what is true. A second trail that writes no digests to the same place looks the same.",
    do: "Believe none of the alerts that name this object. Find out from the trail's S3 data events who wrote it.",
    group: { by: ["recipientAccountId", "awsRegion"] }
  },
  digestBroken: {
    name: "digest-broken",
    place: BUILT_IN,
    severity: "critical",
    description: "A digest of CloudTrail's is not what CloudTrail signed, or is missing from its chain.",
    why: "Digests prove that log files are whole. Somebody who tampers with them wants to hide that files were changed or deleted.",
    do: "npm run verify shows which hours of the bucket can still be proven. Find out from the trail's S3 data events who wrote or deleted the digest.",
    group: { by: ["recipientAccountId", "awsRegion"] }
  },
  digestRestarted: {
    name: "digest-restarted",
    place: BUILT_IN,
    severity: "high",
    description: "The chain of CloudTrail's digests begins anew, and nobody was seen to cause it.",
    why: "That happens when logging, or log file validation, is switched off and on again. The call that does it is not in the log files that were read.",
    do: "Ask who changed the trail: aws cloudtrail get-trail-status shows when logging was stopped and started. Look for StopLogging, UpdateTrail and PutEventSelectors in Event history.",
    group: { by: ["recipientAccountId"] }
  },
  digestUnverified: {
    name: "digest-unverified",
    place: BUILT_IN,
    severity: "medium",
    description: "Digests cannot be verified.",
    why: "CloudTrail cannot be asked for the public keys of that region. Until it can, log files are compared with digests that anybody may have written.",
    do: "Let the functions' role call cloudtrail:ListPublicKeys in that region. A region must be enabled in the account of the alerter, too.",
    group: { by: ["awsRegion"], acrossAccounts: true }
  },
  digestsSilent: {
    name: "digests-silent",
    place: BUILT_IN,
    severity: "high",
    description: "CloudTrail writes no more digests of an account and region.",
    why: "It writes one every hour, even if nothing happens. Somebody may have stopped the trail, switched log file validation off, deleted the newest digests, or taken away CloudTrail's right to write them.",
    do: "aws cloudtrail get-trail-status in that account shows whether the trail logs, and what S3 refused. If the trail was deleted on purpose, this is told once.",
    group: { by: ["recipientAccountId"] }
  },
  test: {
    name: "test-alert",
    place: BUILT_IN,
    title: "TEST alert, nothing happened",
    severity: "high",
    description: "TEST. Somebody asked Trailbell for a test alert. Nothing happened.",
    why: "It took the way of each alert, from the function over the ledger to you.",
    do: "See that everybody has it whom the settings name in emails; where somebody lacks it, npm run doctor says why. There is nothing else to do.",
    group: { by: ["eventID"], acrossAccounts: true }
  }
};
function noticeOf(rule, logObject, reason, identity, now) {
  const path = logPathOf(logObject.key);
  const eventID = createHash3("sha256").update(JSON.stringify([rule.name, identity])).digest("hex").slice(0, 32);
  const record = {
    eventSource: NOTICE_SOURCE,
    eventName: rule.name,
    // A notice that comes again is the same one, no matter when.
    eventTime: void 0,
    eventID,
    noticedAt: new Date(now).toISOString(),
    ...path !== void 0 && { recipientAccountId: path.account, awsRegion: path.region },
    requestParameters: { object: s3Uri(logObject), reason }
  };
  return { rules: [rule], preceding: [], record, logObject };
}
function testNotice(note2, { accountId, region }, now) {
  const record = {
    eventSource: NOTICE_SOURCE,
    eventName: NOTICES.test.name,
    eventTime: new Date(now).toISOString(),
    eventID: randomUUID(),
    recipientAccountId: accountId,
    awsRegion: region,
    ...note2 !== void 0 && note2 !== "" && { requestParameters: { note: note2 } }
  };
  return { rules: [NOTICES.test], preceding: [], record, logObject: { bucket: "none", key: "test-event" } };
}

// lambda/core/rules/severity.ts
var SEVERITIES = ["critical", "high", "medium", "low", "info"];
var QUEUES = ["critical", "urgent", "due"];
var MINUTE = 6e4;
var HOUR = 60 * MINUTE;
var DAY5 = 24 * HOUR;
var LADDER = [15 * MINUTE, HOUR, 6 * HOUR, DAY5];
var TWENTY_MINUTES = 20 * MINUTE;
var UNHURRIED = {
  newsWithin: DAY5,
  newsAtMost: DAY5,
  backOff: LADDER,
  queue: "due",
  texts: 0.5,
  reserve: 4.5,
  goesWithoutLedger: false,
  alwaysRings: false
};
var TRAITS = {
  critical: {
    newsWithin: 2 * MINUTE,
    newsAtMost: 2 * MINUTE,
    backOff: [15 * MINUTE, HOUR],
    queue: "critical",
    texts: 1,
    reserve: 0,
    goesWithoutLedger: true,
    isDaily: false,
    alwaysRings: true,
    sms: "CRIT"
  },
  high: {
    newsWithin: 5 * MINUTE,
    newsAtMost: TWENTY_MINUTES,
    backOff: [15 * MINUTE, HOUR, 6 * HOUR],
    queue: "urgent",
    texts: 0.8,
    reserve: 2,
    goesWithoutLedger: true,
    isDaily: false,
    alwaysRings: false,
    sms: "HIGH"
  },
  medium: { ...UNHURRIED, newsWithin: 15 * MINUTE, newsAtMost: TWENTY_MINUTES, isDaily: false, sms: "MED" },
  low: { ...UNHURRIED, isDaily: true, sms: "LOW" },
  info: { ...UNHURRIED, isDaily: true, sms: "INFO" }
};
function rankOf2(severity) {
  return SEVERITIES.indexOf(severity);
}
function isAtLeast(severity, floor) {
  return rankOf2(severity) <= rankOf2(floor);
}
function bySeverity(a, b) {
  return rankOf2(a.severity) - rankOf2(b.severity);
}

// lambda/core/rules/rule.ts
function isExpired({ until }, now) {
  return until !== void 0 && now >= Date.parse(until) + 864e5;
}
var FILTERED = {
  any: ["success", "denied", "failed", "dry-run"],
  success: ["success"],
  denied: ["denied"],
  failed: ["failed"],
  failure: ["denied", "failed"],
  attempt: ["success", "denied"]
};
function outcomesOf(filter) {
  return FILTERED[filter];
}
function asAttempted(rule, outcome) {
  if (rule.outcome !== "attempt" || outcome !== "denied") return rule;
  const known2 = ATTEMPTED.get(rule);
  if (known2 !== void 0) return known2;
  const severity = SEVERITIES[rankOf2(rule.severity) + 1] ?? rule.severity;
  const attempted = { ...rule, severity };
  ATTEMPTED.set(rule, attempted);
  return attempted;
}
var ATTEMPTED = /* @__PURE__ */ new WeakMap();

// lambda/core/incident/rule-book.ts
var RuleBook = class {
  #rules;
  constructor(rules) {
    this.#rules = new Map([...rules, ...Object.values(NOTICES)].map((rule) => [rule.name, rule]));
  }
  get(name2) {
    return this.#rules.get(name2);
  }
  /** The rules of a line, worst first; a rule that is gone leaves its name. */
  rulesOf({ rules, outcome, severity }) {
    return rules.map((name2) => {
      const rule = this.#rules.get(name2);
      return rule === void 0 ? { name: name2, severity, place: "a rule that is no longer there" } : asAttempted(rule, outcome);
    }).sort(bySeverity);
  }
  /** The worst severity of a line's rules today; below another account's path nothing is critical. */
  severityOf(line, isUnverified) {
    const [worst] = this.rulesOf(line);
    const severity = worst?.severity ?? line.severity;
    return isUnverified && isAtLeast(severity, "critical") ? "high" : severity;
  }
};

// lambda/core/record/session.ts
import { createHmac } from "node:crypto";
var SLOT = 6e5;
function sessionName(kind2, text2, opened3) {
  const named6 = JSON.stringify([text2, Math.floor(opened3 / 1e3)]);
  return createHmac("sha256", `session by ${kind2}`).update(named6).digest("hex").slice(0, 16);
}
function slotOf(time) {
  return Math.floor(time / SLOT) * SLOT;
}
function agentName(record) {
  const user = record.userIdentity;
  const { time } = viewOf(record);
  const principal = textAt(user, "principalId") ?? textAt(user, "arn");
  const created = textAt(user, "sessionContext", "attributes", "creationDate") ?? "";
  if (time === void 0 || principal === void 0) return void 0;
  return sessionName("agent", `${principal} ${created}`, slotOf(time));
}
function sessionOf2(record) {
  const user = record.userIdentity;
  const account = textAt(user, "accountId");
  if (account === void 0 || !/^\d{12}$/.test(account)) return void 0;
  const { identity, key, time } = viewOf(record);
  const created = timeOf(textAt(user, "sessionContext", "attributes", "creationDate"));
  const agent = identity.isAgent ? agentName(record) : void 0;
  const opened3 = created ?? time;
  if (opened3 === void 0) return void 0;
  const names2 = {
    ...created !== void 0 && isOpened(identity, key) && namesOf(user, created, identity),
    ...agent !== void 0 && { agent }
  };
  if (Object.keys(names2).length === 0) return void 0;
  return { account, opened: opened3, names: names2, ...agent !== void 0 && time !== void 0 && { called: slotOf(time) } };
}
function mayBeAnother({ kind: kind2, person, sessionSetBy, isAssumedRoot }) {
  const isRole = kind2 === "role" && person === void 0 && sessionSetBy !== "EC2" && sessionSetBy !== "AWS";
  return isRole || kind2 === ROOT_USER && isAssumedRoot === true;
}
function isOpened(identity, key) {
  if (key?.startsWith("AKIA")) return false;
  return mayBeAnother(identity) || identity.kind === "federated user" || identity.kind === "IAM user";
}
function namesOf(user, opened3, { isAssumedRoot }) {
  const key = textAt(user, "accessKeyId");
  if (isAssumedRoot) return key === void 0 ? {} : { root: sessionName("root", key, opened3) };
  const principal = textAt(user, "principalId");
  const signIn = textAt(user, "sessionContext", "signInSessionArn");
  return {
    ...key !== void 0 && { key: sessionName("key", key, opened3) },
    ...principal !== void 0 && { principal: sessionName("principal", principal, opened3) },
    ...signIn !== void 0 && { signIn: sessionName("signIn", signIn, opened3) }
  };
}
var KINDS2 = ["key", "root", "principal", "signIn", "agent"];
function sessionText({ account, opened: opened3, called, names: names2 }) {
  const second = (time) => time === void 0 ? "" : Math.floor(time / 1e3);
  return [account, second(opened3), second(called), ...KINDS2.map((kind2) => names2[kind2] ?? "")].join(".");
}

// lambda/core/links/link-item.ts
var NO_LINKS = { openers: [], by: {}, until: 0 };
var MAX_OF_ONE = 300;
var MAX_NAMES = 4e3;
var MAX_BYTES2 = 25e4;
var MAX_OF_NAME = 4;
function linkKey(account, opened3) {
  return `links#${hashOf(account)}#${Math.floor(opened3 / SLOT)}`;
}
function withLinks(item, links) {
  const openers = [...item.openers];
  const indexes = new Map(openers.map((opener, i) => [JSON.stringify(opener), i]));
  const by = new Map(Object.entries(item.by).map(([name2, own]) => [name2, [...own]]));
  const counts = /* @__PURE__ */ new Map();
  for (const index of [...by.values()].flat()) {
    const actor = openers[index]?.actor ?? "";
    counts.set(actor, (counts.get(actor) ?? 0) + 1);
  }
  let bytes = Buffer.byteLength(JSON.stringify(item));
  let isFull = item.isFull ?? false;
  let { until } = item;
  for (const { opener, names: names2, opened: opened3, lifetime } of links) {
    until = Math.max(until, opened3 + lifetime);
    const text2 = JSON.stringify(opener);
    const index = indexes.get(text2) ?? openers.length;
    for (const name2 of names2) {
      const own = by.get(name2) ?? [];
      if (own.includes(index)) continue;
      const isTooMuch = by.size >= MAX_NAMES || bytes > MAX_BYTES2 || (counts.get(opener.actor) ?? 0) >= MAX_OF_ONE;
      if (isTooMuch || own.length >= MAX_OF_NAME) {
        isFull = true;
        continue;
      }
      if (index === openers.length) {
        openers.push(opener);
        indexes.set(text2, index);
        bytes += Buffer.byteLength(text2);
      }
      by.set(name2, [...own, index]);
      counts.set(opener.actor, (counts.get(opener.actor) ?? 0) + 1);
      bytes += name2.length + 12;
    }
  }
  return { openers, by: Object.fromEntries(by), until, ...isFull && { isFull } };
}
var isIdentity = hasShape({
  kind: isText,
  ...Object.fromEntries(
    [
      "name",
      "session",
      "sessionSetBy",
      "delivery",
      "sourceIdentity",
      "onBehalfOf",
      "delegate",
      "person",
      "issuer",
      "foreignAccount",
      "via"
    ].map((field) => [field, isMaybe(isText)])
  ),
  isAssumedRoot: isMaybe(isFlag),
  isAgent: isMaybe(isFlag),
  isSignedIn: isMaybe(isFlag),
  nameIsChosen: isMaybe(isFlag)
});
var isOpener = hasShape({
  call: isText,
  time: isTime,
  identity: isIdentity,
  actor: isText,
  vouchedBy: isText,
  ...Object.fromEntries(
    ["mfa", "source", "role", "session", "shared", "principal", "account"].map((field) => [field, isMaybe(isText)])
  )
});
var isLinkItem = hasShape({
  openers: isListOf(isOpener),
  by: isRecordOf(isListOf(isCount)),
  isFull: isMaybe(isFlag),
  until: isTime
});
function linksOf(body) {
  return isLinkItem(body) ? body : void 0;
}

// lambda/core/links/chain.ts
var NO_CHAINS = /* @__PURE__ */ new Map();

// lambda/core/record/opener.ts
var MAX_TEXT2 = 200;
function openerOf(record, vouchedBy, time) {
  const { call, actor, identity: whole, mfa: proven } = viewOf(record);
  const identity = bounded(whole);
  const account = textAt(record, "userIdentity", "accountId")?.slice(0, MAX_TEXT2);
  const session = mayBeAnother(identity) ? sessionOf2(record) : void 0;
  const isForeign = account !== void 0 && account !== vouchedBy;
  const principal = textAt(record, "userIdentity", "principalId")?.slice(0, MAX_TEXT2);
  const shared2 = textAt(record, "sharedEventID")?.slice(0, MAX_TEXT2);
  const source = textAt(record, "sourceIPAddress")?.slice(0, 64);
  const withDevice = textAt(record, "requestParameters", "serialNumber") === void 0 ? void 0 : "with MFA";
  const mfa = withDevice ?? proven;
  return {
    call: call.slice(0, MAX_TEXT2),
    time,
    identity,
    actor: actor.slice(0, 2 * MAX_TEXT2),
    vouchedBy,
    ...mfa !== void 0 && mfa !== "MFA unknown" && { mfa },
    ...source !== void 0 && { source },
    ...session !== void 0 && { session: sessionText(session) },
    ...principal !== void 0 && { principal },
    ...account !== void 0 && { account },
    ...isForeign && shared2 !== void 0 && { shared: shared2 }
  };
}
function bounded(identity) {
  const entries = Object.entries(identity).map(([key, part]) => [
    key,
    typeof part === "string" ? part.slice(0, MAX_TEXT2) : part
  ]);
  return Object.fromEntries(entries);
}
function roleIn(arn) {
  const resource2 = arn?.split(":").slice(5).join(":") ?? "";
  const parts = resource2.split("/");
  const role = parts[0] === "assumed-role" ? parts[1] : parts[0] === "role" ? parts.at(-1) : void 0;
  return role === void 0 ? {} : { role: role.slice(0, MAX_TEXT2) };
}

// lambda/core/record/link.ts
var HOUR2 = 36e5;
var LIFETIME = 13 * HOUR2;
var LONG_LIFETIME = 37 * HOUR2;
var LINKING_CALLS = [
  "AssumeRole",
  "AssumeRoleWithSAML",
  "AssumeRoleWithWebIdentity",
  "AssumeRoot",
  "GetFederationToken",
  "GetSessionToken",
  "SwitchRole",
  "CreateOAuth2Token",
  "CallReadWriteTool"
];
var NAMES = new Set(LINKING_CALLS);
var POD_IDENTITY = "pods.eks.amazonaws.com";
var IDENTITY_CENTER_ROLE = /^AWSReservedSSO_.+_[0-9a-f]{16}$/;
function isLinking(record) {
  return NAMES.has(record.eventName);
}
function mayLink(record) {
  return isLinking(record) && !(isOfService(record) && textAt(record, "userIdentity", "invokedBy") !== POD_IDENTITY);
}
function isOfService(record) {
  return textAt(record, "userIdentity", "type") === "AWSService";
}
function linkOf(record, path) {
  if (!isLinking(record)) return void 0;
  const { account, call, outcome, time } = viewOf(record);
  if (account === void 0 || !/^\d{12}$/.test(account) || path !== void 0 && path !== account) return void 0;
  if (time === void 0 || outcome !== "success" || !namesOneAccount(record, account)) return void 0;
  switch (call) {
    case "sts:AssumeRole":
    case "sts:AssumeRoleWithSAML":
    case "sts:AssumeRoleWithWebIdentity":
      return assumed(record, account, time);
    case "sts:AssumeRoot":
      return rootOpened(record, account, time);
    case "sts:GetFederationToken":
    case "sts:GetSessionToken":
      return { ...opened(record, account, time, account, [keyName, federatedName]), lifetime: LONG_LIFETIME };
    case "signin:SwitchRole":
      return switched(record, account, time);
    case "signin:CreateOAuth2Token":
      return opened(record, account, time, account, [signedInName, signInName]);
    case "aws-mcp:CallReadWriteTool": {
      const name2 = agentName(record);
      if (name2 === void 0) return void 0;
      const opener = openerOf(record, account, time);
      return { account, opened: slotOf(time), names: [name2], opener, lifetime: LIFETIME };
    }
    default:
      return void 0;
  }
}
function namesOneAccount(record, account) {
  const user = record.userIdentity;
  const own = textAt(user, "accountId") ?? account;
  const arns = [textAt(user, "arn"), textAt(user, "sessionContext", "sessionIssuer", "arn")];
  return arns.every((arn) => arn === void 0 || (arn.split(":")[4] ?? "") === own);
}
var named4 = (kind2, ...path) => (record, time) => {
  const text2 = textAt(record, ...path);
  return text2 === void 0 ? void 0 : sessionName(kind2, text2, time);
};
var keyName = named4("key", "responseElements", "credentials", "accessKeyId");
var rootName = named4("root", "responseElements", "credentials", "accessKeyId");
var roleName = named4("principal", "responseElements", "assumedRoleUser", "assumedRoleId");
var federatedName = named4("principal", "responseElements", "federatedUser", "federatedUserId");
var sharedName = named4("shared", "sharedEventID");
var signedInName = named4("principal", "userIdentity", "principalId");
var signInName = named4("signIn", "userIdentity", "sessionContext", "signInSessionArn");
function opened(record, vouchedBy, time, account, namings, opener = openerOf(record, vouchedBy, time)) {
  const names2 = namings.map((naming) => naming(record, time)).filter((name2) => name2 !== void 0);
  return { account, opened: time, names: names2, opener, lifetime: LIFETIME };
}
function assumed(record, account, time) {
  const arn = textAt(record, "responseElements", "assumedRoleUser", "arn") ?? textAt(record, "requestParameters", "roleArn");
  const [, , , , owner] = arn?.split(":") ?? [];
  const caller2 = textAt(record, "userIdentity", "accountId");
  const pod = isOfService(record) ? podOf(record) : void 0;
  if (isOfService(record) && pod === void 0) return void 0;
  const opener = {
    ...openerOf(record, account, time),
    ...roleIn(arn),
    ...pod !== void 0 && { identity: pod, actor: JSON.stringify(pod).slice(0, 2 * MAX_TEXT2) }
  };
  if (owner === account) return opened(record, account, time, account, [keyName, roleName], opener);
  return caller2 === account && owner !== void 0 ? opened(record, account, time, account, [sharedName], opener) : void 0;
}
function rootOpened(record, account, time) {
  const [target] = /\d{12}/.exec(textAt(record, "requestParameters", "targetPrincipal") ?? "") ?? [];
  const isOwn = textAt(record, "userIdentity", "accountId") === account;
  return target === void 0 || !isOwn ? void 0 : opened(record, account, time, target, [rootName]);
}
function switched(record, account, time) {
  const from = textAt(record, "additionalEventData", "SwitchFrom")?.slice(0, MAX_TEXT2);
  if (from === void 0 || textAt(record, "userIdentity", "accountId") !== account) return void 0;
  const [, , , , owner = "", resource2 = ""] = from.split(":");
  const [kind2, ...path] = resource2.split("/");
  const [role, ...session] = path;
  const isUser = kind2 === "user";
  const isPerson2 = kind2 === "assumed-role" && owner === account && IDENTITY_CENTER_ROLE.test(role ?? "");
  const identity = {
    kind: isUser ? "IAM user" : kind2 === "assumed-role" ? "role" : "unknown identity",
    name: (isUser ? path.pop() : role) ?? from,
    ...isPerson2 && { person: session.join("/") },
    ...!isUser && !isPerson2 && session.length > 0 && { session: session.join("/"), sessionSetBy: "the caller" },
    .../^\d{12}$/.test(owner) && owner !== account && { foreignAccount: owner }
  };
  const {
    session: _,
    mfa: __,
    principal: ___,
    account: ____,
    shared: _____,
    ...rest
  } = openerOf(record, account, time);
  const opener = { ...rest, identity, actor: from, ...roleIn(textAt(record, "userIdentity", "arn")) };
  return opened(record, account, time, account, [signedInName], opener);
}
function podOf(record) {
  if (textAt(record, "userIdentity", "invokedBy") !== POD_IDENTITY) return void 0;
  const tags = valueAt(record, "requestParameters", "tags");
  if (!Array.isArray(tags)) return void 0;
  const tag = (key) => {
    const found = tags.slice(0, 50).find((one) => isObject(one) && textAt(one, "key") === key);
    return textAt(found, "value")?.slice(0, MAX_TEXT2);
  };
  const [account, namespace, cluster] = ["kubernetes-service-account", "kubernetes-namespace", "eks-cluster-name"].map(
    tag
  );
  if (account === void 0 || namespace === void 0) return void 0;
  return {
    kind: "Kubernetes service account",
    name: `${namespace}/${account}`,
    ...cluster !== void 0 && { issuer: `EKS cluster ${cluster}` }
  };
}

// lambda/core/links/link-notes.ts
function linkIn(record, { key }) {
  const path = logPathOf(key)?.account;
  return path === void 0 && key.split("/").includes("AWSLogs") ? void 0 : linkOf(record, path);
}
var PAUSE2 = 6e4;
var TRIES3 = 12;
var PATIENCE2 = 2e3;
var SIDE_BY_SIDE2 = 4;
var MAX_LINKS = 5e3;
var SKEW = 9e5;
function createLinkNotes(store, now) {
  let links = [];
  let pausedUntil = 0;
  async function write(key, added2) {
    const item = (await store.read([key], now())).get(key);
    const known2 = item?.body === void 0 ? NO_LINKS : linksOf(item.body);
    if (item?.isForeign || known2 === void 0) return true;
    const next = withLinks(known2, added2);
    if (JSON.stringify(next) === JSON.stringify(known2)) return true;
    return store.commit([{ key, expected: item?.version ?? 0, next: { body: next, expiresAt: next.until } }]);
  }
  return {
    add(link) {
      const isOfUse = link.names.length > 0 && link.opened <= now() + SKEW && link.opened + link.lifetime > now();
      if (isOfUse && links.length < MAX_LINKS) links.push(link);
    },
    async flush() {
      if (links.length === 0) return;
      const byKey = /* @__PURE__ */ new Map();
      for (const link of links) {
        const key = linkKey(link.account, link.opened);
        byKey.set(key, [...byKey.get(key) ?? [], link]);
      }
      links = [];
      if (now() < pausedUntil) return;
      const end = now() + PATIENCE2;
      await inTurns([...byKey], SIDE_BY_SIDE2, async ([key, added2]) => {
        try {
          for (let attempt = 1; attempt <= TRIES3 && now() >= pausedUntil && now() <= end; attempt++) {
            if (await write(key, added2)) return;
          }
        } catch {
          pausedUntil = now() + PAUSE2;
        }
      });
    }
  };
}
var NO_LINK_NOTES = { add() {
}, flush: async () => {
} };

// lambda/core/store/clock.ts
var MAX_SKEW = 15 * 6e4;
var Clock = class {
  #now;
  #ahead = 0;
  /** `now` returns milliseconds since the epoch. */
  constructor(now) {
    this.#now = now;
  }
  now() {
    return this.#now() + this.#ahead;
  }
  /** Notes a time that somebody wrote as the present. */
  saw(time) {
    if (time === void 0) return;
    const ahead = time - this.#now();
    if (ahead > this.#ahead && ahead <= MAX_SKEW) this.#ahead = ahead;
  }
};

// lambda/core/mute/mute.ts
var MUTES = "mutes";
var HOUR3 = 36e5;
var MAX_MUTE = 24 * HOUR3;
var MAX_MUTES = 50;
var MAX_REASON = 200;
var MAX_NAME3 = 600;
var isShort = (limit) => (value2) => isText(value2) && String(value2).length <= limit;
var isSubject = hasShape({
  rule: isMaybe(isShort(200)),
  incident: isMaybe((value2) => /^[0-9a-f]{8}(?:[0-9a-f]{8})?$/.test(String(value2))),
  actor: isMaybe(isShort(MAX_NAME3)),
  account: isMaybe(isShort(100))
});
var SUBJECTS = ["rule", "incident", "actor", "account"];
var isMute = hasShape({
  id: (value2) => /^[0-9a-f]{8}$/.test(String(value2)),
  of: isSubject,
  at: isWhen,
  until: isWhen,
  reason: isShort(MAX_REASON),
  by: isShort(MAX_NAME3),
  isAnnounced: isMaybe(isFlag),
  endedBy: isMaybe(isShort(MAX_NAME3))
});
function isWhen(value2) {
  return Number.isSafeInteger(value2) && value2 > 0;
}
function muteOf(entry, now) {
  if (!isMute(entry)) return void 0;
  const mute = entry;
  const words = Object.keys(mute.of);
  const isKnown = words.every((word2) => SUBJECTS.includes(word2)) && words.some((word2) => /rule|incident/.test(word2));
  return isKnown && mute.at <= now + MAX_SKEW && mute.until <= mute.at + MAX_MUTE ? mute : void 0;
}
var isItem = hasShape({ mutes: isListOf(isObject) });
function mutesOf(body) {
  return isItem(body) && body.mutes.length <= 2 * MAX_MUTES ? body : void 0;
}
function mutesIn(item, now) {
  return (item?.mutes ?? []).flatMap((entry) => muteOf(entry, now) ?? []);
}

// lambda/core/mute/mutes.ts
var FRESH2 = 2e4;
var Mutes = class {
  #known = [];
  #readAt = Number.NEGATIVE_INFINITY;
  /** Reads items, and beside them what is muted unless that is known. */
  async readBeside(access, keys2, now, behind2) {
    if (this.#isFresh(now)) return access.read(keys2, behind2);
    const items = await access.read([...keys2, MUTES], behind2);
    this.#known = mutesIn(items.get(MUTES, mutesOf), now);
    this.#readAt = now;
    return items;
  }
  /** What is quiet at a time. */
  at(now) {
    return this.#isFresh(now) ? this.#known.filter(({ until }) => now < until) : [];
  }
  #isFresh(now) {
    return now >= this.#readAt && now < this.#readAt + FRESH2;
  }
};

// lambda/core/mute/swallowed.ts
var SWALLOWED = "swallowed";
var DAY6 = 864e5;
var MAX_ENTRIES = 100;
var MAX_NETWORKS = 12;
var FORGOTTEN_AFTER = 35 * DAY6;
var isEntry = hasShape({
  kind: isOneOf(["except", "mute"]),
  rule: isText,
  reason: isText,
  mute: isMaybe(isText),
  until: isMaybe(isText),
  week: isCount,
  before: isCount,
  since: isTime,
  last: isTime,
  networks: isRecordOf(isTime),
  isCut: isMaybe(isFlag)
});
var isItem2 = hasShape({ entries: isRecordOf(isEntry), others: isCount, toldAt: isMaybe(isTime) });
function swallowedOf(body) {
  const isSmall = isObject(body) && isObject(body.entries) && Object.keys(body.entries).length <= MAX_ENTRIES;
  return isSmall && isItem2(body) ? body : void 0;
}
function entryKey({ kind: kind2, rule, reason, mute }) {
  return hashOf(kind2 === "mute" ? [kind2, mute, rule] : [kind2, rule, reason]);
}
function withTallies(item, tallies, now) {
  const kept = Object.entries(item?.entries ?? {}).filter(([, { last: last3 }]) => last3 > now - FORGOTTEN_AFTER);
  const entries = new Map(kept);
  let others = item?.others ?? 0;
  for (const tally of tallies) {
    const key = entryKey(tally);
    const known2 = entries.get(key);
    if (known2 === void 0 && entries.size >= MAX_ENTRIES) others += tally.matches;
    else entries.set(key, added(known2, tally, now));
  }
  return { ...item, entries: Object.fromEntries(entries), others };
}
function added(known2, tally, now) {
  const { matches, networks: networks2, ...what } = tally;
  const all = { ...Object.fromEntries(networks2.map((network) => [network, now])), ...known2?.networks };
  const oldest2 = Object.entries(all).sort(([, a], [, b]) => a - b);
  const isCut = known2?.isCut || oldest2.length > MAX_NETWORKS;
  return {
    ...known2,
    ...what,
    reason: what.reason.slice(0, 200),
    week: (known2?.week ?? 0) + matches,
    before: known2?.before ?? 0,
    since: known2?.since ?? now,
    last: now,
    networks: Object.fromEntries(oldest2.slice(0, MAX_NETWORKS)),
    ...isCut && { isCut: true }
  };
}

// lambda/core/mute/tallies.ts
var DAY7 = 864e5;
var PERIOD = 5 * 6e4;
var MAX_TALLIES = 500;
var TRIES4 = 4;
var Tallies = class {
  #open = /* @__PURE__ */ new Map();
  #nextDue;
  #scheduledAt = Number.NEGATIVE_INFINITY;
  #writtenAt = Number.NEGATIVE_INFINITY;
  #isUrgent = false;
  /** `nextDue` tells when the next weekly round-up is made; without it there is none, and exceptions are not counted. */
  constructor(nextDue) {
    this.#nextDue = nextDue;
  }
  /** Counts a record that an exception left out, by the address or the service that it came from. */
  excepted(address, rule, { reason, until }) {
    if (this.#nextDue === void 0) return;
    const network = networkOf(address?.slice(0, 64));
    const tally = { kind: "except", rule: rule.name, reason, ...until !== void 0 && { until } };
    this.#add({ ...tally, matches: 1, networks: network === void 0 ? [] : [network] });
  }
  /** Counts what a mute swallowed. */
  muted(all) {
    for (const { mute, rule, reason, matches, networks: networks2 } of all) {
      this.#add({ kind: "mute", mute, rule, reason, matches, networks: networks2 });
      this.#isUrgent = true;
    }
  }
  /** Sees once a day to it that the weekly round-up comes, which tells of exceptions that end. Never rejects. */
  async schedule(access, now) {
    if (this.#nextDue === void 0 || now < this.#scheduledAt + DAY7 || access.isDown) return;
    try {
      const items = await access.glance([SWALLOWED]);
      if (items === void 0) return;
      this.#scheduledAt = now;
      if (items.dueAt(SWALLOWED) !== void 0) return;
      const body = withTallies(items.get(SWALLOWED, swallowedOf), [], now);
      await access.commit([items.change(SWALLOWED, { body, dueAt: this.#nextDue(now), urgency: "info" })]);
    } catch {
    }
  }
  /** Writes down what was counted, if it is time. Never rejects: what fails is written with the next. */
  async flush(access, now) {
    if (this.#open.size === 0 || access.isDown) return;
    if (!this.#isUrgent && now < this.#writtenAt + PERIOD) return;
    try {
      for (let attempt = 1; attempt <= TRIES4; attempt++) {
        const items = await access.glance([SWALLOWED]);
        if (items === void 0) return;
        const taken = [...this.#open];
        this.#open.clear();
        const tallies = taken.map(([, tally]) => ({ ...tally, networks: [...tally.networks] }));
        const known2 = items.get(SWALLOWED, swallowedOf);
        const dueAt = items.dueAt(SWALLOWED) ?? this.#nextDue?.(now);
        const change = items.change(SWALLOWED, {
          body: withTallies(known2, tallies, now),
          ...dueAt !== void 0 && { dueAt, urgency: "info" }
        });
        if (await this.#commit(access, change, taken) !== "conflict") {
          this.#writtenAt = now;
          this.#isUrgent = false;
          return;
        }
        await access.wait(Math.random() * 30 * attempt);
      }
    } catch {
    }
  }
  async #commit(access, change, taken) {
    try {
      const outcome = await access.commit([change]);
      if (outcome === "conflict") this.#giveBack(taken);
      return outcome;
    } catch (error) {
      this.#giveBack(taken);
      throw error;
    }
  }
  #giveBack(taken) {
    for (const [, tally] of taken) this.#add({ ...tally, networks: [...tally.networks] });
  }
  #add(tally) {
    const key = entryKey(tally);
    const known2 = this.#open.get(key);
    if (known2 === void 0 && this.#open.size >= MAX_TALLIES) return;
    const own = known2 ?? { ...tally, matches: 0, networks: /* @__PURE__ */ new Set() };
    own.matches += tally.matches;
    for (const network of tally.networks) if (own.networks.size <= MAX_NETWORKS) own.networks.add(network);
    this.#open.set(key, own);
  }
};

// lambda/core/store/items.ts
var OTHER_SLOT = "~";
var MAX_SLOTS = 3;
var Items = class {
  #found;
  #slots;
  #guarded;
  constructor(found, slots2, guarded) {
    this.#found = found;
    this.#slots = slots2;
    this.#guarded = guarded;
  }
  /** What an item says; undefined if there is none, or if another guard has read it. */
  get(key, guard) {
    const guarded = this.#guarded.get(this.placeOf(key));
    return guarded?.guard === guard ? guarded.body : void 0;
  }
  bytes(key) {
    const item = this.#item(key);
    return item?.body !== void 0 && item.bytes || new Uint8Array();
  }
  dueAt(key) {
    return this.#item(key)?.dueAt;
  }
  /** True if there is an item, even an expired one. */
  has(key) {
    return this.#item(key) !== void 0;
  }
  /** The key under which an item stands: another one if what stands at its own cannot be read. */
  placeOf(key) {
    return this.#slots.get(key) ?? key;
  }
  /** The version that was read; 0 if there is no item. */
  versionOf(key) {
    return this.#item(key)?.version ?? 0;
  }
  /** The change of an item, based on the version that was read. */
  change(key, next) {
    return { key: this.placeOf(key), expected: this.versionOf(key), next };
  }
  #item(key) {
    return this.#found.get(this.placeOf(key));
  }
};
async function readItems(store, keys2, now, guardFor, further) {
  const found = /* @__PURE__ */ new Map();
  const slots2 = /* @__PURE__ */ new Map();
  const guarded = /* @__PURE__ */ new Map();
  const unreadable = [];
  let wanted = [...new Set(keys2)];
  for (let round = 0; wanted.length > 0; round++) {
    const read2 = await store.read(
      wanted.map((key) => slots2.get(key) ?? key),
      now
    );
    for (const [key, item] of read2) found.set(key, item);
    const spoilt = wanted.filter((key) => {
      const slot = slots2.get(key) ?? key;
      const item = read2.get(slot);
      if (item === void 0 || isVersioned(item) && item.body === void 0) return false;
      const guard = guardFor(key);
      const body = isVersioned(item) ? guard(item.body, now) : void 0;
      if (body === void 0) return true;
      guarded.set(slot, { guard, body });
      return false;
    });
    for (const key of spoilt) {
      const slot = slots2.get(key) ?? key;
      unreadable.push(slot);
      found.delete(slot);
      slots2.set(key, slot + OTHER_SLOT);
    }
    const items = new Items(found, slots2, guarded);
    const more = wanted.flatMap((key) => spoilt.includes(key) ? [] : further(key, items));
    if (round >= MAX_SLOTS) break;
    wanted = [...spoilt, ...more.filter((key) => !found.has(key))];
  }
  return { items: new Items(found, slots2, guarded), unreadable };
}
function isVersioned({ version, isForeign }) {
  return !isForeign && Number.isSafeInteger(version) && version >= 1;
}

// lambda/core/store/access.ts
var UNKNOWN = { guard: () => void 0 };
var TRIES5 = 5;
var MAX_FAILURES = 12;
var LedgerError = class extends Error {
  name = "LedgerError";
  /** True if the store refuses the request and would refuse it again: this is no outage. */
  get isRefused() {
    return isRefused(this.cause);
  }
};
var Access = class {
  #store;
  #families;
  #clock;
  #sleep;
  #notes;
  #failures = 0;
  #outages = 0;
  #isDown = false;
  #isBlind = false;
  #unreadable = /* @__PURE__ */ new Set();
  constructor(store, families, clock2, sleep, notes) {
    this.#store = store;
    this.#families = families;
    this.#clock = clock2;
    this.#sleep = sleep;
    this.#notes = notes;
  }
  /** The time by which the ledger judges what is due. */
  now() {
    return this.#clock.now();
  }
  get isDown() {
    return this.#isDown;
  }
  /** Operations that failed. */
  get failures() {
    return this.#failures;
  }
  /** Items that could not be read. */
  get unreadable() {
    return this.#unreadable.size;
  }
  /** True for an item that was read but is nothing that this version knows. */
  isUnreadable(key) {
    return this.#unreadable.has(key);
  }
  /** Of these keys, those that can be read and at which the item of `key` does not stand. */
  besides(key, keys2, items) {
    return keys2.filter((one) => one !== items.placeOf(key) && !this.isUnreadable(one));
  }
  /** Items with all parts of their chains, plus what `behind` finds in them to read. */
  async read(keys2, behind2 = () => []) {
    const now = this.#clock.now();
    const further = (key, items2) => {
      const { guard, further: own } = this.#familyOf(key);
      return own?.(key, items2.get(key, guard)) ?? behind2(key, items2);
    };
    const { items, unreadable } = await this.#try(
      () => readItems(this.#store, keys2, now, (key) => this.#familyOf(key).guard, further)
    );
    for (const key of unreadable) this.#note(key);
    for (const key of keys2) {
      const { guard, presentIn } = this.#familyOf(key);
      const body = presentIn && items.get(key, guard);
      if (body !== void 0) this.#clock.saw(presentIn?.(body));
    }
    return items;
  }
  /**
   * Items that are not essential: if reading them fails, the result is undefined, and this invocation never asks again.
   * Such a failure does not count as the ledger being down.
   */
  async glance(keys2) {
    if (this.#isDown || this.#isBlind) return void 0;
    try {
      const guardFor = (key) => this.#familyOf(key).guard;
      const { items, unreadable } = await readItems(this.#store, keys2, this.#clock.now(), guardFor, () => []);
      for (const key of unreadable) this.#note(key);
      return items;
    } catch (cause) {
      this.#isBlind = true;
      this.#notes.push(faultNote(cause));
      return void 0;
    }
  }
  /** "unknown" if an earlier try failed that may have been done after all. */
  async commit(changes) {
    const before = this.#failures;
    const isDone2 = await this.#try(() => this.#store.commit(changes));
    if (isDone2) return "done";
    return this.#failures === before ? "conflict" : "unknown";
  }
  /** Decides anew until nobody else was quicker; undefined after so many tries. */
  async agree(tries, decide) {
    for (let attempt = 1; attempt <= tries; attempt++) {
      const decided = await decide();
      if (decided.changes.length === 0 || await this.commit(decided.changes) === "done") return decided;
      await this.wait(Math.random() * 30 * attempt);
    }
    return void 0;
  }
  due(until, limit) {
    return this.#try(() => this.#store.due(until, limit));
  }
  /** Skips something that is due and cannot be read. */
  async park(key) {
    this.#note(key);
    await this.#try(() => this.#store.park(key));
  }
  wait(time) {
    return this.#sleep(time);
  }
  #familyOf(key) {
    const [name2 = ""] = key.split("#", 1);
    return Object.hasOwn(this.#families, name2) && this.#families[name2] || UNKNOWN;
  }
  #note(key) {
    if (this.#unreadable.has(key)) return;
    this.#unreadable.add(key);
    this.#notes.push(`ledger-item-unreadable: ${key.slice(0, 200)} is left as it is`);
  }
  async #try(operation) {
    for (let attempt = 1; ; attempt++) {
      if (this.#isDown) throw new LedgerError("the ledger is down");
      try {
        return await operation();
      } catch (cause) {
        this.#failures++;
        if (!isRefused(cause)) this.#outages++;
        this.#notes.push(faultNote(cause));
        if (isTimeout(cause) || this.#outages >= MAX_FAILURES) this.#isDown = true;
        if (this.#isDown || attempt >= TRIES5 || isRefused(cause)) throw new LedgerError(faultText(cause), { cause });
        await this.#sleep(Math.random() * 40 * 2 ** attempt);
      }
    }
  }
};
function faultNote(cause) {
  return `ledger: ${faultText(cause)}`;
}
function faultText(cause) {
  return cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
}
function isRefused(cause) {
  return valueAt(cause, "isRefused") === true;
}
function isTimeout(cause) {
  return valueAt(cause, "isTimeout") === true;
}

// lambda/core/alert/text.ts
var VALUE_LIMIT = 120;
var UNSEEN = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
var OF_AWS = /(?<![\p{L}\p{N}\p{M}_.\u3002\uff0e\uff61@:/%\\-])([a-z][a-z0-9-]{1,40}\.(?:[a-z]{2,6}(?:-[a-z]{3,12}){1,2}-\d\.)?amazonaws\.com|nodejs\d{1,3}\.x|[A-Za-z0-9_][\w-]{0,60}\.(?:json|ya?ml|txt|csv|parquet|handler|lambda_handler|test)|(?:Client|Server)\.[A-Z][A-Za-z]*(?:Operation|Exceeded|NotFound|Malformed|Capacity|Value|Failure|InUse)|[a-z][a-z0-9-]{1,15}\.(?:nano|micro|small|medium|large|\d{0,3}xlarge)|(?:amazon\.(?:titan|nova)|anthropic\.claude|cohere\.(?:command|embed|rerank)|meta\.llama\d+|mistral\.mi[sx]tral)-(?:[a-z0-9]+-)*v\d+:\d+)(?![\p{L}\p{N}\p{M}_.\u3002\uff0e\uff61@:/[%\\-])/u;
function visible(text2, limit = VALUE_LIMIT) {
  return cut2(text2.slice(0, limit * 4), limit, text2.length > limit * 4);
}
var PLAIN = /^(?:[!-~]| (?! ))*$/;
function cut2(head, limit, isLonger) {
  if (head.length <= limit && !isLonger && PLAIN.test(head)) return head;
  const pieces = head.replace(/\p{Zs}+/gu, " ").split(OF_AWS).flatMap((part, i) => i % 2 === 1 ? [part] : Array.from(part.match(/\[[.:]\]|./gsu) ?? [], escaped));
  const whole = pieces.join("");
  if (whole.length <= limit && !isLonger) return whole;
  let shown = "";
  for (const piece of pieces) {
    if (shown.length + piece.length > limit - 1) break;
    shown += piece;
  }
  return `${shown}\u2026`;
}
function escaped(piece) {
  return UNSEEN.test(piece) ? `\\u{${(piece.codePointAt(0) ?? 0).toString(16)}}` : piece;
}

// lambda/core/alert/describe.ts
function clock(time, timeZone) {
  let format = CLOCKS.get(timeZone);
  if (format === void 0) {
    format = new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "medium" });
    CLOCKS.set(timeZone, format);
  }
  return format.format(time);
}
var CLOCKS = /* @__PURE__ */ new Map();

// lambda/core/ledger/day.ts
var WEEKDAYS = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];
var QUARTER = 15 * 6e4;
function nextRoundUp(now, hour, timeZone = "UTC") {
  const first = (Math.floor(now / QUARTER) + 1) * QUARTER;
  const wanted = `${String(hour).padStart(2, "0")}:00`;
  for (let time = first; time < first + 200 * QUARTER; time += QUARTER) {
    if (clock(time, timeZone).slice(11, 16) === wanted) return time;
  }
  return first + 96 * QUARTER;
}
function nextWeekly(now, day, hour, timeZone = "UTC") {
  let time = nextRoundUp(now, hour, timeZone);
  for (let i = 0; i < 8; i++) {
    const date = clock(time, timeZone).slice(0, 10);
    if (WEEKDAYS[(/* @__PURE__ */ new Date(`${date}T00:00:00Z`)).getUTCDay()] === day) break;
    time = nextRoundUp(time, hour, timeZone);
  }
  return time;
}

// lambda/core/digest/coverage.ts
var DIGEST_DUE = 135 * 6e4;
var CHAIN_REMEMBERED = 35 * 864e5;

// lambda/core/digest/chain-index.ts
var ITEMS = 16;
var KEYS = Array.from({ length: ITEMS }, (_, i) => `digest-chains#${i.toString(16)}`);

// lambda/core/digest/chain-state.ts
var STATES2 = ["proven", "wrong", "broken"];
var isState = hasShape({
  done: isListOf(
    hasShape({
      start: isTime,
      end: isTime,
      hash: isText,
      signatureHash: isText,
      files: isCount,
      records: isCount,
      recovered: isCount,
      state: isOneOf(STATES2)
    })
  ),
  doubts: isListOf(
    hasShape({ end: isTime, before: isTime, hash: isText, signatureHash: isText, what: isText, since: isTime })
  ),
  comparedUntil: isTime,
  compared: isAmount,
  whole: isAmount
});
function isAmount(value2) {
  return typeof value2 === "number" && value2 >= 0;
}

// lambda/core/digest/proof-summary.ts
var isProofSummary = hasShape({
  wholeHours: isCount,
  hours: isCount,
  accounts: isCount,
  regions: isCount,
  expected: isCount,
  proven: isCount,
  records: isCount,
  recovered: isCount
});

// lambda/core/digest/look.ts
var PROOF_ITEM = "proof";
var MINUTE2 = 6e4;
var HOUR4 = 60 * MINUTE2;
var DAY8 = 24 * HOUR4;
var EVERY = 15 * MINUTE2;
var OVERDUE = 75 * MINUTE2;
var TIME_TO_FIND = 5 * MINUTE2;
var DOUBTED = 3 * HOUR4;
function lookMemoryOf(body) {
  const isMemory = hasShape({
    at: isTime,
    asked: isRecordOf(isCount),
    told: isRecordOf(isText),
    summary: isMaybe(isProofSummary)
  });
  return isMemory(body) ? body : void 0;
}

// lambda/core/health/heard.ts
var HOUR5 = 36e5;
var DAY9 = 24 * HOUR5;
var FRESH3 = HOUR5 / 2;
var FORGOTTEN = 400 * DAY9;
var ITEMS2 = 16;
var HEARD_KEYS = Array.from({ length: ITEMS2 }, (_, i) => `heard#${i.toString(16)}`);

// lambda/core/health/checkup.ts
var CHECKUP = "checkup";
var DAY10 = 24 * HOUR5;
var YOUNG = HOUR5 / 6;
function checkupOf(body, now) {
  const isPast2 = (value2) => typeof value2 === "number" && value2 >= 0 && value2 <= now + MAX_SKEW;
  const isCheckup = hasShape({
    at: isPast2,
    since: isMaybe(isPast2),
    isUnheard: isMaybe(isFlag),
    toldAt: isMaybe(isPast2),
    ringing: isListOf(isText),
    severity: isMaybe(isOneOf(SEVERITIES)),
    unread: isListOf(isText),
    missing: isCount,
    faults: isCount
  });
  return isCheckup(body) ? body : void 0;
}

// lambda/core/incident/shapes.ts
var isIncident = hasShape({
  key: isText,
  kind: isOneOf(["mail", "daily"]),
  accountId: isText,
  actor: isText,
  rule: isMaybe(isText),
  isShared: isMaybe(isFlag),
  isUnverified: isMaybe(isFlag)
});
var isFirstTime = hasShape({
  rule: isText,
  of: isText,
  value: isText,
  by: isOneOf(["actor", "account"]),
  days: isCount,
  last: isMaybe(isTime)
});
var isLine = hasShape({
  key: isText,
  rules: isListOf(isText),
  severity: isOneOf(SEVERITIES),
  call: isText,
  outcome: isOneOf(OUTCOMES),
  isRead: isFlag,
  records: isCount,
  matches: isRecordOf(isCount),
  firstTime: isMaybe(isTime),
  lastTime: isMaybe(isTime),
  isLate: isFlag,
  isRecovered: isMaybe(isFlag),
  targets: isListOf(isText),
  moreTargets: isCount,
  details: isListOf(isText),
  moreDetails: isCount,
  sources: isListOf(isText),
  regions: isListOf(isText),
  callers: isListOf(isText),
  moreCallers: isCount,
  sessions: isListOf(isText),
  moreSessions: isCount,
  hasAllSessions: isFlag,
  firsts: isMaybe(isListOf(isFirstTime)),
  facts: isListOf(isText),
  hasMoreFacts: isFlag
});
var isRecord = isRecordOf(() => true);
var isLogObject = hasShape({ bucket: isText, key: isText });
var isKept = hasShape({ line: isText, record: isRecord, logObject: isLogObject });
var isStory = hasShape({
  lines: (value2) => isListOf(isLine)(value2) && value2.length > 0,
  kept: isListOf(isKept),
  logObjects: isListOf(isText),
  moreLogObjects: isCount,
  accounts: isListOf(isText)
});

// lambda/core/incident/incident.ts
var MINUTE3 = 6e4;
var HOUR6 = 60 * MINUTE3;
var DAY11 = 24 * HOUR6;
var FORGOTTEN_AFTER2 = 2 * DAY11;
function headOf(body, now) {
  const isPast2 = (value2) => isTime(value2) && value2 <= now + MAX_SKEW;
  const isHead = hasShape({
    incident: isIncident,
    told: isRecordOf(isPast2),
    reached: isRecordOf(isPast2),
    lastMail: isMaybe(hasShape({ id: isText, at: isPast2, call: isMaybe(isText), target: isMaybe(isText) })),
    mails: isListOf(isPast2),
    step: isCount,
    sessions: isListOf(isText),
    held: isMaybe(isStory)
  });
  return isHead(body) ? body : void 0;
}

// lambda/core/incident/look.ts
var MINUTE4 = 6e4;
var HOUR7 = 60 * MINUTE4;
var OFTEN = 2 * HOUR7;
var SELDOM = 10 * MINUTE4;
var LOOKS = 13 * HOUR7;
var PAUSE3 = 5 * MINUTE4;
var PATIENCE3 = 30 * MINUTE4;
var isLook = hasShape({
  incident: isIncident,
  sessions: isRecordOf(isText),
  people: isRecordOf(isTime),
  line: isLine,
  kept: isMaybe(isKept),
  told: hasShape({ id: isText, at: isTime })
});
var lookOf = bodyOf(isLook);

// lambda/core/incident/open-incidents.ts
var openIncidentsOf = bodyOf(isRecordOf(isTime));

// lambda/core/outbox/recent.ts
var REMEMBERED2 = 36e5;
var isRecent = isListOf(
  hasShape({ id: isText, incident: isText, who: isText, account: isText, at: isTime, from: isListOf(isText) })
);
function recentIn(body, now) {
  return isRecent(body) ? body.filter(({ at: at2 }) => at2 > now - REMEMBERED2) : [];
}

// lambda/core/outbox/budget.ts
var BURST = 7;
var HOUR8 = 36e5;
var TEXT_LIMITS = [
  { count: 10, within: HOUR8 },
  { count: 30, within: 24 * HOUR8 }
];
function budgetOf(body, now) {
  if (!isObject(body)) return void 0;
  const { tokens, at: at2, texts: texts3, texted = {}, since } = body;
  const isTime3 = (time) => typeof time === "number" && time >= 0 && time <= now + MAX_SKEW;
  const isSound2 = typeof tokens === "number" && tokens >= -BURST && tokens <= BURST && isTime3(at2);
  if (!isSound2 || !Array.isArray(texts3) || texts3.length > 100 || !texts3.every(isTime3)) return void 0;
  if (!isRecordOf(isTime3)(texted) || since !== void 0 && !isTime3(since)) return void 0;
  const known2 = since === void 0 ? {} : { since };
  const recent = recentIn(body.recent, now);
  return {
    ...{ tokens, at: at2, texts: texts3, texted },
    ...known2,
    ...recent.length > 0 && { recent }
  };
}

// lambda/core/incident/past.ts
var DAY12 = 864e5;
var REMEMBERED_PAST = 35 * DAY12;
var isPast = hasShape({
  incidents: isListOf(hasShape({ id: isText, at: isTime })),
  networks: isRecordOf(isTime),
  isCut: isMaybe(isFlag)
});
var pastOf = bodyOf(isPast);

// lambda/core/incident/stored-window.ts
var isWeight = (value2) => typeof value2 === "number" && value2 >= 0 && value2 <= Number.MAX_SAFE_INTEGER;
var isShared = hasShape({
  facts: hasShape({ call: isText, outcome: isOneOf(OUTCOMES), isRead: isFlag }),
  moreTargets: isMaybe(isCount),
  source: isMaybe(isText),
  sharedBy: isMaybe(isText),
  session: isMaybe(isText),
  unless: isMaybe(isText),
  seenKey: isMaybe(isText)
});
var isEntry2 = hasShape({
  time: isTime,
  fingerprint: isText,
  matches: isCount,
  weight: isMaybe(isWeight),
  isLight: isMaybe(isFlag),
  value: isMaybe(isText),
  values: isMaybe(isListOf(isText)),
  others: isMaybe(isListOf(isText)),
  isLate: isFlag,
  isRecovered: isMaybe(isFlag),
  shared: isCount,
  precedes: isMaybe(isFlag),
  rung: isMaybe(isFlag),
  record: isMaybe(isRecord),
  logObject: isMaybe(isLogObject)
});
var isStoredWindow = hasShape({
  window: hasShape({ key: isText, rule: isText, incident: isIncident, daily: isText }),
  shared: isListOf(isShared),
  entries: isListOf(isEntry2)
});
function windowOf(body) {
  if (!isStoredWindow(body)) return void 0;
  const window = body;
  return window.entries.every(({ shared: shared2 }) => shared2 < window.shared.length) ? window : void 0;
}

// lambda/core/incident/written.ts
var isRun = hasShape({
  line: isText,
  rule: isText,
  count: isCount,
  seenKey: isText,
  mode: isOneOf(["once", "tell"]),
  unless: isMaybe(isText),
  isTwin: isMaybe(isFlag)
});
var isWrittenStory = hasShape({ incident: isIncident, story: isStory, runs: isListOf(isRun) });
function writtenOf(body) {
  if (body === "done") return body;
  if (isWrittenStory(body)) return body;
  const window = windowOf(body);
  return window?.shared.every(({ seenKey }) => seenKey !== void 0) ? window : void 0;
}

// lambda/core/incident/upgrade.ts
var isHead01 = hasShape({
  rule: isText,
  severity: isOneOf(SEVERITIES),
  accountId: isText,
  actor: isText,
  outcome: isOneOf(OUTCOMES),
  held: isMaybe(
    hasShape({
      total: isCount,
      listed: isListOf(hasShape({ record: isRecord, logObject: isLogObject })),
      firstTime: isMaybe(isTime)
    })
  )
});
var head01Of = bodyOf(isHead01);

// lambda/core/outbox/ways.ts
var WAYS = {
  alert: {
    word: "the alert topic",
    isCopy: false,
    isCounted: true,
    isEverywhere: true,
    isNeeded: ({ route }) => route === void 0
  },
  sms: {
    word: "the sms topic",
    isCopy: false,
    isCounted: true,
    isEverywhere: true,
    isNeeded: ({ sms }) => sms !== void 0
  },
  // What is done to the alerter itself is also told on the topics of health.
  health: {
    word: "the health topic",
    isCopy: true,
    isCounted: true,
    isEverywhere: true,
    isNeeded: ({ parts }) => parts.some((part) => part.isAboutSelf === true)
  },
  "health-sms": {
    word: "the health-sms topic",
    isCopy: true,
    isCounted: true,
    isEverywhere: true,
    isNeeded: ({ parts }) => parts.some((part) => part.isHealthTexted === true)
  },
  bus: {
    word: "the bus",
    isCopy: true,
    isCounted: false,
    isEverywhere: false,
    isNeeded: ({ parts }) => parts.some((part) => part.isOnBus === true)
  },
  chat: {
    word: "the chat topic",
    isCopy: true,
    isCounted: false,
    isEverywhere: false,
    isNeeded: ({ chat }) => chat !== void 0
  }
};
var FIXED_WAYS = Object.keys(WAYS);
var isWay = (value2) => isOneOf(FIXED_WAYS)(value2) || typeof value2 === "string" && value2.startsWith("to:");

// lambda/core/outbox/outbox.ts
var isAlert = hasShape({
  id: isText,
  fullId: isText,
  kind: isOneOf(["alert", "follow-up", "round-up"]),
  severity: isOneOf(SEVERITIES),
  subject: isText,
  email: isText,
  json: isText,
  sms: isMaybe(isText),
  chat: isMaybe(isText),
  route: isMaybe(isText),
  parts: isListOf(
    hasShape({
      severity: isOneOf(SEVERITIES),
      subject: isText,
      detail: isText,
      next: isMaybe(isListOf(isText)),
      incident: isMaybe(isText)
    })
  )
});
var isDone = (todo) => Array.isArray(todo) && todo.length === 0;
function outgoingOf(body, now) {
  const isOutgoing = hasShape({
    alert: isMaybe(isAlert),
    madeAt: (value2) => isTime(value2) && value2 <= now + MAX_SKEW,
    claims: isCount,
    todo: isListOf(isWay),
    textAt: isMaybe(isTime)
  });
  if (!isOutgoing(body)) return void 0;
  const outgoing = body;
  return outgoing.alert !== void 0 || isDone(outgoing.todo) ? outgoing : void 0;
}

// lambda/core/ledger/families.ts
function family(guard, due = "nobodys", more = {}) {
  return { guard, due, ...more };
}
var chain = family(chainOf, "nobodys", { further: furtherKeys });
var FAMILIES = {
  in: family(writtenOf, "written"),
  incident: family(headOf, "heads", { presentIn: ({ lastMail }) => lastMail?.at }),
  daily: family(headOf, "heads"),
  window: family(windowOf),
  seen2: chain,
  seen: chain,
  opened: family(openIncidentsOf),
  budget: family(budgetOf, "nobodys", { presentIn: ({ at: at2 }) => at2 }),
  links: family(linksOf),
  look: family(lookOf, "looks"),
  past: family(pastOf),
  first: family(rememberedOf),
  [DEPLOYED]: family(deployedOf),
  alert: family(outgoingOf, "alerts"),
  group: family(head01Of, "groups"),
  [CHECKUP]: family(checkupOf),
  [PROOF_ITEM]: family(lookMemoryOf),
  [MUTES]: family(mutesOf, "mutes"),
  [SWALLOWED]: family(swallowedOf, "weeks")
};

// lambda/core/ledger/run.ts
var NO_COUNTS = {
  /** In an alert that was sent: shown there, or only counted. */
  listed: 0,
  counted: 0,
  /** Written down; its alert is still to be sent, or to be made by another invocation. */
  pending: 0,
  /** Held back until the incident rings again, or for the daily round-up. */
  held: 0,
  belowThreshold: 0,
  duplicates: 0,
  /** Left out of the daily round-up, because a mail told the record. */
  toldElsewhere: 0,
  /** Swallowed by a mute. */
  muted: 0,
  /** Matches that could not be recorded: the invocation fails, and they come again. */
  unrecorded: 0,
  /** Alerts that were made, round-ups included. */
  alerts: 0,
  /** The alerts that begin an incident: neither follow-ups nor round-ups. */
  incidents: 0,
  /** Records that would be the first of their kind, if rules with `first` had learned for long enough. */
  learning: 0,
  /** Records of which could not be said whether they are the first of their kind: the invocation fails. */
  unjudged: 0,
  /** The matches whose eventID is known with other content. */
  conflicts: 0,
  publishFailures: 0,
  /** Ledger operations that failed. */
  ledgerFailures: 0,
  /** Ledger items that cannot be read: they are left as they are and skipped. */
  unreadableItems: 0,
  /** Age of the oldest alert waiting to be sent, in seconds. */
  oldestPendingSeconds: 0
};
function noCounts() {
  return { ...NO_COUNTS };
}
var DIRECT_PACE = 5e3;
var TIME_TO_PUBLISH = 15e3;
var DAY13 = 864e5;
function createRuns(effects) {
  const { settings, sleep, store, now } = effects;
  const clock2 = new Clock(now);
  const book = new RuleBook(effects.rules);
  const learning = (settings.learningDays ?? LEARNING_DAYS) * DAY13;
  const firstSeen = new FirstSeenMemory(store, effects.rules, learning, () => clock2.now());
  const links = settings.followSessions ?? true ? createLinkNotes(store, () => clock2.now()) : NO_LINK_NOTES;
  const endOfDay = () => nextRoundUp(clock2.now(), settings.roundUpHour, settings.timeZone);
  const mutes = new Mutes();
  const tallies = new Tallies(nextWeeklyOf(settings));
  let nextDirect = 0;
  return (deadline) => {
    const notes = [];
    return {
      effects,
      links,
      firstSeen,
      tallies,
      access: new Access(store, FAMILIES, clock2, sleep, notes),
      given: () => ({ settings, book, now: clock2.now(), endOfDay, mutes, chains: NO_CHAINS }),
      counts: noCounts(),
      notes,
      deadline,
      async directTurn() {
        const wait = Math.max(0, nextDirect - now());
        if (now() + wait + TIME_TO_PUBLISH > deadline) return false;
        nextDirect = now() + wait + DIRECT_PACE;
        if (wait > 0) await sleep(wait);
        return true;
      }
    };
  };
}
function nextWeeklyOf({ roundUpDay, roundUpHour, timeZone }) {
  if (roundUpDay === void 0) return void 0;
  return (now) => nextWeekly(now, roundUpDay, roundUpHour, timeZone);
}

// lambda/core/log-file/gunzip.ts
import { createGunzip, gunzipSync } from "node:zlib";

// lambda/core/log-file/content.ts
function isWhole(content) {
  return ArrayBuffer.isView(content);
}
function chunksOf(content) {
  return {
    async *[Symbol.asyncIterator]() {
      if (isWhole(content)) yield asBuffer(content);
      else for await (const chunk of content) yield asBuffer(chunk);
    }
  };
}
function asBuffer(bytes) {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
function inPieces(chunks, size, tail = 0) {
  return {
    async *[Symbol.asyncIterator]() {
      let parts = [];
      let length = 0;
      const faults = [];
      for await (const chunk of untilFault(chunks, faults)) {
        parts.push(chunk);
        length += chunk.length;
        if (length < size + tail) continue;
        const bytes = joined(parts);
        let at2 = 0;
        for (; length - at2 >= size + tail; at2 += size) yield bytes.subarray(at2, at2 + size);
        parts = [bytes.subarray(at2)];
        length -= at2;
      }
      const rest = joined(parts);
      const end = Math.max(0, length - tail);
      if (end > 0) yield rest.subarray(0, end);
      if (end < length) yield rest.subarray(end);
      if (faults.length > 0) throw faults[0];
    }
  };
}
async function* untilFault(chunks, faults) {
  try {
    yield* chunks;
  } catch (error) {
    faults.push(error);
  }
}
async function peeked(chunks, size) {
  const iterator = chunks[Symbol.asyncIterator]();
  const parts = [];
  let length = 0;
  while (length < size) {
    const { done, value: value2 } = await iterator.next();
    if (done) break;
    parts.push(value2);
    length += value2.length;
  }
  const head = joined(parts);
  let isBegun = false;
  const all = {
    async *[Symbol.asyncIterator]() {
      if (isBegun) return yield* chunks;
      isBegun = true;
      try {
        yield head;
        yield* { [Symbol.asyncIterator]: () => iterator };
      } finally {
        await iterator.return?.();
      }
    }
  };
  return { head, all };
}
function joined(parts) {
  const [only] = parts;
  return parts.length === 1 && only !== void 0 ? only : Buffer.concat(parts);
}

// lambda/core/log-file/limits.ts
var DEFAULT_LIMITS = {
  inflated: 2 ** 30,
  records: 5e6,
  record: 2 ** 20,
  depth: 500
};
var MAX_WHOLE = 2 ** 20;
var DESK_LIMITS = {
  ...DEFAULT_LIMITS,
  inflated: Number.POSITIVE_INFINITY,
  records: Number.POSITIVE_INFINITY
};

// lambda/core/log-file/gunzip.ts
var GunzipError = class extends Error {
  name = "GunzipError";
  /** What is wrong, in words. */
  what;
  constructor(cause) {
    const { code, message } = cause;
    super(message, { cause });
    this.what = code === "Z_BUF_ERROR" ? "the gzip stream is cut off" : /incorrect (?:data|length) check/.test(message) ? `the gzip checksum is wrong (${message})` : `the gzip stream is broken (${message})`;
  }
};
function isGzip(bytes) {
  return bytes[0] === 31 && bytes[1] === 139;
}
var MAX_AT_ONCE = 2 ** 24;
function gunzipAtOnce(bytes) {
  if (bytes.length < 18 || bytes.length > MAX_WHOLE) return void 0;
  const size = bytes.readUInt32LE(bytes.length - 4) + 1;
  if (size > MAX_AT_ONCE) return void 0;
  try {
    const inflated2 = gunzipSync(bytes, { maxOutputLength: MAX_AT_ONCE, chunkSize: Math.max(size, 1024) });
    if (size >= LEAST && inflated2.buffer.byteLength === size) OWN2.add(inflated2);
    return inflated2;
  } catch {
    return void 0;
  }
}
var OWN2 = /* @__PURE__ */ new WeakSet();
var LEAST = 64 * 1024;
function giveBack(chunk) {
  const memory = chunk.buffer;
  if (OWN2.delete(chunk)) memory.transfer?.(0);
}
var CHUNK = 256 * 1024;
var PIECE = 32 * 1024;
var TRAILER = 8;
function gunzipped(chunks) {
  const pieces = inPieces(chunks, PIECE, TRAILER);
  return {
    async *[Symbol.asyncIterator]() {
      const came = { pieces: 0, last: 0 };
      let size = 0;
      try {
        for await (const chunk of inflate(counted(pieces, came))) {
          size += chunk.length;
          yield chunk;
        }
      } catch (fault) {
        if (!(fault instanceof GunzipError)) throw fault;
        if (came.last > TRAILER) yield* behind(inflate(fine(pieces, came.pieces)), size);
        throw fault;
      }
    }
  };
}
async function* counted(pieces, came) {
  for await (const piece of pieces) {
    came.pieces++;
    came.last = piece.length;
    yield piece;
  }
  came.last = 0;
}
async function* fine(pieces, from) {
  let number = 0;
  for await (const piece of pieces) {
    if (++number < from) yield piece;
    else for (let at2 = 0; at2 < piece.length; at2++) yield piece.subarray(at2, at2 + 1);
  }
}
async function* behind(chunks, size) {
  let missing = size;
  try {
    for await (const chunk of chunks) {
      if (chunk.length > missing) yield chunk.subarray(missing);
      missing = Math.max(0, missing - chunk.length);
    }
  } catch {
  }
}
async function* inflate(pieces) {
  const gunzip = createGunzip({ chunkSize: CHUNK });
  let fault;
  let isTaken = true;
  let isOver = false;
  let wake = () => {
  };
  const over = (error) => {
    fault ??= error;
    isOver = true;
    wake();
  };
  gunzip.on("readable", () => wake());
  gunzip.on("error", over);
  gunzip.on("end", () => over());
  async function* output() {
    for (; ; ) {
      const chunk = gunzip.read();
      const { byteLength = 0 } = chunk?.buffer ?? {};
      if (chunk !== null && byteLength === CHUNK && chunk.byteOffset + chunk.length === CHUNK) OWN2.add(chunk);
      if (chunk !== null) yield chunk;
      else if (isTaken || isOver) break;
      else await new Promise((resolve) => wake = resolve);
    }
    if (fault !== void 0) throw new GunzipError(fault);
  }
  try {
    for await (const piece of pieces) {
      isTaken = false;
      gunzip.write(piece, (error) => {
        if (error) return over(error);
        isTaken = true;
        wake();
      });
      yield* output();
      if (isOver) return;
    }
    isTaken = false;
    gunzip.end();
    yield* output();
  } finally {
    gunzip.destroy();
  }
}

// lambda/core/log-file/recent.ts
var Recent = class {
  #limit;
  #now = /* @__PURE__ */ new Map();
  #before = /* @__PURE__ */ new Map();
  /** It holds `limit` entries, and at times twice as many. */
  constructor(limit) {
    this.#limit = limit;
  }
  get(key) {
    const value2 = this.#now.get(key);
    if (value2 !== void 0) return value2;
    const old = this.#before.get(key);
    if (old !== void 0) this.set(key, old);
    return old;
  }
  set(key, value2) {
    if (this.#now.size >= this.#limit) {
      this.#before = this.#now;
      this.#now = /* @__PURE__ */ new Map();
    }
    this.#now.set(key, value2);
  }
  clear() {
    this.#now.clear();
    this.#before.clear();
  }
};

// lambda/core/log-file/scan/sketch.ts
var Sketch = class {
  /** Stands for a text: equal numbers mean equal texts. In the long run a text may get another one, but never one that was another's. */
  number(name2) {
    return numberOf(this.text(name2));
  }
  begins(name2, text2) {
    return this.text(name2).startsWith(text2);
  }
  toJSON() {
    return Object.fromEntries(SKETCH_TEXTS.map((text2, name2) => [text2, this.text(name2)]));
  }
};
var MOST_NUMBERED = 2e4;
var LONGEST_NUMBERED = 1500;
var NUMBERED = new Recent(MOST_NUMBERED);
var last2 = 0;
function numberOf(text2) {
  const known2 = NUMBERED.get(text2);
  if (known2 !== void 0) return known2;
  last2++;
  if (text2.length <= LONGEST_NUMBERED) NUMBERED.set(text2, last2);
  return last2;
}
var value = (...path) => ({ path, as: "value" });
var kind = (...path) => ({ path, as: "kind" });
var SKETCH_TEXTS = ["call", "caller", "address", "credential", "session", "agent"];
var ALWAYS_ASKED = 3;
var CALL = 0;
var CALLER = 1;
var ADDRESS = 2;
var CREDENTIAL = 3;
var SESSION = 4;
var AGENT2 = 5;
var SKETCH_FIELDS = {
  call: [
    value("eventSource"),
    value("eventName"),
    value("errorCode"),
    value("eventType"),
    value("eventCategory"),
    value("readOnly"),
    value("managementEvent"),
    kind("errorMessage"),
    kind("responseElements"),
    kind("serviceEventDetails"),
    kind("insightDetails")
  ],
  caller: [
    value("userIdentity", "type"),
    value("userIdentity", "accountId"),
    value("userIdentity", "invokedBy"),
    value("userIdentity", "sessionContext", "sessionIssuer", "arn"),
    value("userIdentity", "inScopeOf", "credentialsIssuedTo"),
    value("userIdentity", "sessionContext", "webIdFederationData", "federatedProvider"),
    value("userIdentity", "sessionContext", "assumedRoot"),
    value("userIdentity", "sessionContext", "attributes", "mfaAuthenticated"),
    value("userIdentity", "sessionContext", "ec2RoleDelivery"),
    value("sessionCredentialFromConsole"),
    value("awsRegion"),
    value("recipientAccountId"),
    value("vpcEndpointId"),
    value("vpcEndpointAccountId"),
    { path: ["eventTime"], as: "day" }
  ],
  address: [value("sourceIPAddress")],
  credential: [value("userIdentity", "accessKeyId")],
  session: [
    value("userIdentity", "arn"),
    value("userIdentity", "principalId"),
    value("userIdentity", "userName"),
    value("userIdentity", "onBehalfOf", "userId")
  ],
  agent: [value("userAgent")]
};

// lambda/core/log-file/scan/field-tree.ts
var FIELD_TREE = treeOf(SKETCH_FIELDS);
function treeOf(fields2) {
  const keys2 = /* @__PURE__ */ new Map();
  const texts3 = [];
  let slots2 = 0;
  let objects = 1;
  const objectOf = (way2) => {
    const name2 = way2.at(-1);
    if (name2 === void 0) return 0;
    const known2 = keys2.get(way2.join("."));
    if (known2 !== void 0 && known2.leadsTo >= 0) return known2.leadsTo;
    if (known2 !== void 0 && known2.as !== "kind") throw new Error(`${way2.join(".")} is a value and leads on`);
    const object = objectOf(way2.slice(0, -1));
    keys2.set(way2.join("."), { slot: -1, as: "kind", ...known2, object, name: name2, leadsTo: objects });
    return objects++;
  };
  for (const text2 of SKETCH_TEXTS) {
    for (const { path, as } of fields2[text2]) {
      const way2 = path.join(".");
      const known2 = keys2.get(way2);
      if (known2 !== void 0 && (known2.slot >= 0 || as !== "kind")) throw new Error(`${way2} is there twice`);
      const object = objectOf(path.slice(0, -1));
      keys2.set(way2, { leadsTo: -1, ...known2, object, name: path.at(-1) ?? "", as, slot: slots2++ });
    }
    texts3.push([text2, slots2]);
  }
  return { keys: [...keys2.values()], objects, slots: slots2, texts: texts3 };
}

// lambda/core/log-file/scan/grammar.ts
var MORE = -1;
var BROKEN = -2;
var QUOTE2 = 34;
var COMMA = 44;
var COLON = 58;
var DOT = 46;
var BACKSLASH = 92;
var OPEN_LIST = 91;
var CLOSE_LIST = 93;
var OPEN_OBJECT = 123;
var CLOSE_OBJECT = 125;
var SPACE = 32;
var ZERO = 48;
var NINE = 57;
function isSpace(byte) {
  return byte === SPACE || byte === 10 || byte === 13 || byte === 9;
}
function skipSpace(bytes, at2, end) {
  while (at2 < end && isSpace(bytes[at2])) at2++;
  return at2;
}
function skipString(bytes, at2, end) {
  for (let next = at2 + 1; next < end; next++) {
    const byte = bytes[next];
    if (byte === QUOTE2) return next + 1;
    if (byte < SPACE) return BROKEN;
    if (byte !== BACKSLASH) continue;
    next = lastOfEscape(bytes, next + 1, end);
    if (next < 0) return next;
  }
  return MORE;
}
function lastOfEscape(bytes, at2, end) {
  if (at2 >= end) return MORE;
  switch (bytes[at2]) {
    case QUOTE2:
    case BACKSLASH:
    case 47:
    // slash
    case 98:
    // b
    case 102:
    // f
    case 110:
    // n
    case 114:
    // r
    case 116:
      return at2;
    case 117:
      for (let digit = at2 + 1; digit <= at2 + 4; digit++) {
        if (digit >= end) return MORE;
        if (!isHexDigit(bytes[digit])) return BROKEN;
      }
      return at2 + 4;
    default:
      return BROKEN;
  }
}
function isHexDigit(byte) {
  const lower = byte | 32;
  return isDigit(byte) || lower >= 97 && lower <= 102;
}
function skipWord(bytes, at2, end) {
  switch (bytes[at2]) {
    case 116:
      return skipLiteral(bytes, at2, end, TRUE);
    case 102:
      return skipLiteral(bytes, at2, end, FALSE);
    case 110:
      return skipLiteral(bytes, at2, end, NULL);
    default:
      return skipNumber(bytes, at2, end);
  }
}
var TRUE = [...Buffer.from("true")];
var FALSE = [...Buffer.from("false")];
var NULL = [...Buffer.from("null")];
function skipLiteral(bytes, at2, end, literal3) {
  for (let i = 1; i < literal3.length; i++) {
    if (at2 + i >= end) return MORE;
    if (bytes[at2 + i] !== literal3[i]) return BROKEN;
  }
  return at2 + literal3.length;
}
function skipNumber(bytes, at2, end) {
  let next = bytes[at2] === 45 ? at2 + 1 : at2;
  next = bytes[next] === ZERO && next < end ? next + 1 : skipDigits(bytes, next, end);
  if (next > 0 && next < end && bytes[next] === DOT) next = skipDigits(bytes, next + 1, end);
  if (next > 0 && next < end && (bytes[next] | 32) === 101) {
    const sign = bytes[next + 1];
    next = skipDigits(bytes, next + (sign === 43 || sign === 45 ? 2 : 1), end);
  }
  return next;
}
function skipDigits(bytes, at2, end) {
  let next = at2;
  while (next < end && isDigit(bytes[next])) next++;
  if (next > at2) return next;
  return at2 >= end ? MORE : BROKEN;
}
function isDigit(byte) {
  return byte >= ZERO && byte <= NINE;
}

// lambda/core/log-file/scan/field-names.ts
var NO_FIELD = -1;
var ODD_KEY = -2;
var BUCKETS = buckets();
function buckets() {
  const made = Array.from({ length: FIELD_TREE.objects * 64 }, () => []);
  for (const [key, { object, name: text2 }] of FIELD_TREE.keys.entries()) {
    const name2 = Buffer.from(text2);
    made[bucketOf(object, name2, 0, name2.length)]?.push({ name: name2, key });
  }
  return made;
}
function bucketOf(object, bytes, start, end) {
  const first = bytes[start];
  const last3 = bytes[end - 1];
  return object * 64 + ((end - start ^ first << 1 ^ last3 << 2) & 63);
}
function keyAt(bytes, start, end, object) {
  for (const { name: name2, key } of BUCKETS[bucketOf(object, bytes, start, end)]) {
    if (name2.length === end - start && isAt(bytes, start, name2)) return key;
  }
  for (let at2 = start; at2 < end; at2++) {
    if (bytes[at2] === BACKSLASH || bytes[at2] === DOT) return ODD_KEY;
  }
  return NO_FIELD;
}
function isAt(bytes, start, name2) {
  for (let i = 0; i < name2.length; i++) if (bytes[start + i] !== name2[i]) return false;
  return true;
}

// lambda/core/log-file/scan/scanner.ts
var ROOM = 4096;

// lambda/core/log-file/scan/field-notes.ts
var KIND_NULL = 110;
var KIND_SCALAR = 115;
var KIND_LIST = 108;
var KIND_OBJECT = 111;
var NEWLINE = 10;
var LONGEST = 2048;
var DAY14 = '"2026-11-20'.length;
var EARLIEST_TIME = Buffer.from('"0000-00-00T00:00:00Z"');
var LATEST_TIME = Buffer.from('"9999-19-39T29:59:59Z"');
var [MONTH, DATE, HOUR9] = [6, 9, 12];
var [ZERO2, ONE, TWO, THREE] = [48, 49, 50, 51];
var { keys, slots, texts: texts2 } = FIELD_TREE;
var FIELDS = keys.map((_, key) => key).filter((key) => slotOf2(key) >= 0).sort((a, b) => slotOf2(a) - slotOf2(b));
function slotOf2(key) {
  return keys[key]?.slot ?? -1;
}
var TAKES_KIND = Uint8Array.from(keys, ({ as }) => Number(as === "kind"));
var TAKES_DAY = Uint8Array.from(keys, ({ as }) => Number(as === "day"));
var LEADS_TO = Int8Array.from(keys, ({ leadsTo }) => leadsTo);
var FieldNotes = class {
  #isOdd = false;
  /** For each key the kind of its value, or 0 if it did not come. */
  #kinds = new Uint8Array(keys.length);
  /** For each key where what stands for its scalar begins and ends. */
  #starts = new Int32Array(keys.length);
  #ends = new Int32Array(keys.length);
  #written = Buffer.allocUnsafe(2 ** 16);
  #length = 0;
  /** For each element where its first text begins, and where each text ends; -1 in front if it is odd. */
  #bounds = new Int32Array(ROOM * (texts2.length + 1));
  /** A new scan begins. */
  restart() {
    this.#length = 0;
  }
  /** A new element begins. */
  begin() {
    this.#isOdd = false;
    this.#kinds.fill(0);
  }
  /** Only a parser can tell what this element says. */
  odd() {
    this.#isOdd = true;
  }
  /** The value of a key is a scalar. */
  scalar(key, kind2, bytes, start, end) {
    this.#note(key, kind2);
    this.#starts[key] = start;
    this.#ends[key] = end;
    if (TAKES_KIND[key] === 1) {
      if (kind2 === KIND_SCALAR && LEADS_TO[key] !== -1) this.#isOdd = true;
    } else if (TAKES_DAY[key] === 1) {
      if (!isTime2(bytes, start, end)) this.#isOdd = true;
      this.#ends[key] = start + DAY14;
    } else if (end - start > LONGEST) {
      this.#isOdd = true;
    }
  }
  /** The value of a key is an object or a list. Which object of the tree it is, or -1. */
  opened(key, kind2) {
    this.#note(key, kind2);
    const object = LEADS_TO[key];
    if (TAKES_KIND[key] === 0 || object >= 0 && kind2 === KIND_LIST) this.#isOdd = true;
    return object;
  }
  /** Of a key that comes twice only a parser knows the value. */
  #note(key, kind2) {
    if (this.#kinds[key] !== 0) this.#isOdd = true;
    this.#kinds[key] = kind2;
  }
  /** Writes the texts of the element that ends here, which is `size` bytes long. */
  write(index, bytes, size) {
    let bounds = index * (texts2.length + 1);
    this.#bounds[bounds] = -1;
    if (this.#isOdd) return;
    this.#makeRoom(size + slots);
    this.#bounds[bounds] = this.#length;
    let slot = 0;
    for (const [, end] of texts2) {
      this.#writeText(bytes, slot, end);
      this.#bounds[++bounds] = this.#length;
      slot = end;
    }
  }
  #writeText(bytes, from, to) {
    const written = this.#written;
    let length = this.#length;
    for (let slot = from; slot < to; slot++) {
      const key = FIELDS[slot];
      const kind2 = this.#kinds[key];
      if (kind2 !== 0 && TAKES_KIND[key] === 1) {
        written[length++] = kind2;
      } else if (kind2 !== 0) {
        const end = this.#ends[key];
        for (let at2 = this.#starts[key]; at2 < end; at2++) written[length++] = bytes[at2];
      }
      written[length++] = NEWLINE;
    }
    this.#length = length;
  }
  #makeRoom(size) {
    if (this.#length + size <= this.#written.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#length + size, 2 * this.#written.length));
    this.#written.copy(larger, 0, 0, this.#length);
    this.#written = larger;
  }
  sketchOf(index) {
    return this.#bounds[index * (texts2.length + 1)] < 0 ? void 0 : new WrittenSketch(this, index);
  }
  textOf(index, name2) {
    const bounds = index * (texts2.length + 1) + name2;
    return this.#written.toString("latin1", this.#bounds[bounds], this.#bounds[bounds + 1]);
  }
};
var WrittenSketch = class extends Sketch {
  #notes;
  #index;
  constructor(notes, index) {
    super();
    this.#notes = notes;
    this.#index = index;
  }
  text(name2) {
    return this.#notes.textOf(this.#index, name2);
  }
};
function isTime2(bytes, start, end) {
  if (end - start !== LATEST_TIME.length) return false;
  for (let i = 0; i < LATEST_TIME.length; i++) {
    const byte = bytes[start + i];
    if (byte < EARLIEST_TIME[i] || byte > LATEST_TIME[i]) return false;
  }
  const at2 = (place) => bytes[start + place];
  return (at2(MONTH) === ZERO2 ? at2(MONTH + 1) > ZERO2 : at2(MONTH + 1) <= TWO) && (at2(DATE) !== ZERO2 || at2(DATE + 1) > ZERO2) && (at2(DATE) !== THREE || at2(DATE + 1) <= ONE) && (at2(HOUR9) !== TWO || at2(HOUR9 + 1) <= THREE);
}

// lambda/core/log-file/scan/plain-scanner.ts
var LIST = -2;
var OTHER_OBJECT = -1;
var ELEMENT2 = 0;
var LETTER_N = 110;
function createPlainScanner() {
  const scan = new PlainScan();
  return {
    scan: (bytes, start, end, isFirst) => scan.run(bytes, start, end, isFirst),
    startOf: (index) => scan.starts[index],
    endOf: (index) => scan.ends[index],
    depthOf: (index) => scan.depths[index],
    sketchOf: (index) => scan.sketchOf(index)
  };
}
var PlainScan = class {
  starts = new Int32Array(ROOM);
  ends = new Int32Array(ROOM);
  depths = new Int32Array(ROOM);
  #notes = new FieldNotes();
  #bytes = new Uint8Array();
  #end = 0;
  /** What is open at each depth. */
  #open = new Int8Array(64);
  #depth = 0;
  #deepest = 0;
  /** The key in FIELD_TREE whose value comes next. */
  #key = NO_FIELD;
  run(bytes, start, end, isFirst) {
    this.#bytes = bytes;
    this.#end = end;
    this.#notes.restart();
    let next = start;
    for (let count = 0; ; count++) {
      const begin2 = this.#beginOfElement(next, isFirst && count === 0);
      if (begin2 === MORE) return { count, next, because: "more" };
      if (begin2 === BROKEN) return { count, next, because: "broken" };
      if (bytes[begin2] === CLOSE_LIST) return { count, next: begin2, because: "closed" };
      if (count === ROOM) return { count, next, because: "full" };
      const behind2 = this.#element(begin2);
      if (behind2 === MORE) return { count, next, because: "more" };
      if (behind2 === BROKEN) return { count, next, because: "broken" };
      this.starts[count] = begin2;
      this.ends[count] = behind2;
      this.depths[count] = this.#deepest;
      this.#notes.write(count, bytes, behind2 - begin2);
      next = behind2;
    }
  }
  sketchOf(index) {
    return this.#notes.sketchOf(index);
  }
  /** Where the next element begins, or the bracket that closes the list. */
  #beginOfElement(from, isFirst) {
    const at2 = this.#tokenAt(from);
    if (isFirst || at2 < 0 || this.#bytes[at2] === CLOSE_LIST) return at2;
    if (this.#bytes[at2] !== COMMA) return BROKEN;
    const next = this.#tokenAt(at2 + 1);
    return this.#bytes[next] === CLOSE_LIST ? BROKEN : next;
  }
  #tokenAt(from) {
    const at2 = skipSpace(this.#bytes, from, this.#end);
    return at2 < this.#end ? at2 : MORE;
  }
  /** The byte behind the element that begins at `begin`. */
  #element(begin2) {
    this.#depth = 0;
    this.#deepest = 0;
    this.#key = NO_FIELD;
    this.#notes.begin();
    if (this.#bytes[begin2] !== OPEN_OBJECT) this.#notes.odd();
    let at2 = begin2;
    for (; ; ) {
      const byte = this.#bytes[at2];
      if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
        this.#enter(byte);
        const inside = this.#tokenAt(at2 + 1);
        if (inside < 0) return inside;
        if (this.#bytes[inside] !== this.#closing()) {
          at2 = this.#valueFrom(inside);
          if (at2 < 0) return at2;
          continue;
        }
        at2 = inside;
      } else {
        at2 = this.#scalar(at2);
        if (at2 < 0) return at2;
      }
      at2 = this.#close(at2);
      if (at2 < 0 || this.#depth === 0) return at2;
      const next = this.#tokenAt(at2 + 1);
      at2 = next < 0 ? next : this.#valueFrom(next);
      if (at2 < 0) return at2;
    }
  }
  #enter(byte) {
    const isObject2 = byte === OPEN_OBJECT;
    let opened3 = isObject2 ? OTHER_OBJECT : LIST;
    if (this.#key >= 0) {
      const object = this.#notes.opened(this.#key, isObject2 ? KIND_OBJECT : KIND_LIST);
      if (isObject2 && object >= 0) opened3 = object;
      this.#key = NO_FIELD;
    } else if (isObject2 && this.#depth === 0) {
      opened3 = ELEMENT2;
    }
    this.#depth++;
    if (this.#depth > this.#deepest) this.#deepest = this.#depth;
    if (this.#depth === this.#open.length) this.#open = twice(this.#open);
    this.#open[this.#depth] = opened3;
  }
  #closing() {
    return this.#open[this.#depth] === LIST ? CLOSE_LIST : CLOSE_OBJECT;
  }
  /** Where the value begins of which `at` is the first byte; in an object that is its key's. */
  #valueFrom(at2) {
    const object = this.#open[this.#depth];
    if (object === LIST) return at2;
    if (this.#bytes[at2] !== QUOTE2) return BROKEN;
    const behind2 = skipString(this.#bytes, at2, this.#end);
    if (behind2 < 0) return behind2;
    if (object >= 0) this.#look(at2 + 1, behind2 - 1, object);
    const colon = this.#tokenAt(behind2);
    if (colon < 0) return colon;
    return this.#bytes[colon] === COLON ? this.#tokenAt(colon + 1) : BROKEN;
  }
  /** Remembers what a key leads to. */
  #look(start, end, object) {
    this.#key = keyAt(this.#bytes, start, end, object);
    if (this.#key === ODD_KEY) this.#notes.odd();
  }
  /** The byte behind a string, a number or a literal. */
  #scalar(at2) {
    const isString = this.#bytes[at2] === QUOTE2;
    const behind2 = isString ? skipString(this.#bytes, at2, this.#end) : skipWord(this.#bytes, at2, this.#end);
    if (behind2 < 0) return behind2;
    if (this.#key >= 0) {
      const kind2 = this.#bytes[at2] === LETTER_N ? KIND_NULL : KIND_SCALAR;
      this.#notes.scalar(this.#key, kind2, this.#bytes, at2, behind2);
    }
    this.#key = NO_FIELD;
    return isString || this.#depth > 0 ? behind2 : this.#endOfWord(behind2);
  }
  /** A number may go on in the next bytes, and no word ends where another begins. */
  #endOfWord(at2) {
    if (at2 === this.#end) return MORE;
    const byte = this.#bytes[at2];
    return isSpace(byte) || byte === COMMA || byte === CLOSE_LIST ? at2 : BROKEN;
  }
  /** Closes all that ends at `from`: the byte behind it, or the comma within what is still open. */
  #close(from) {
    let at2 = from;
    while (this.#depth > 0) {
      at2 = this.#tokenAt(at2);
      if (at2 < 0 || this.#bytes[at2] === COMMA) return at2;
      if (this.#bytes[at2] !== this.#closing()) return BROKEN;
      this.#depth--;
      at2++;
    }
    return at2;
  }
};
function twice(bytes) {
  const larger = new Int8Array(2 * bytes.length);
  larger.set(bytes);
  return larger;
}

// lambda/core/log-file/scan/wasm-scanner.ts
import { randomBytes } from "node:crypto";

// lambda/core/log-file/scan/module.ts
var MODULE = "AGFzbQEAAAABJgdgAX8Bf2ACf38Bf2AAAGADf39/AGADf39/AX9gAn9+AX5gAX8AAwoJAAECAAMEBQYBBQMBAAAGUw9/AEGACAt/AEGAEAt/AEGAgAQLfwBBgICsAgt/AUEAC38BQQALfwFBAAt/AUEAC34BQgALfwFBAAt/AUEAC38BQQALfwFBAAt/AUEAC38BQQALBz0HBHNjYW4ABAZBTlNXRVIDAAhFTEVNRU5UUwMCBUlOUFVUAwMEa2VlcAAIBlRBQkxFUwMBBm1lbW9yeQIACAECCr0rCbEBAgF7An8gAC0AByECIAAtAAohAyAA/QAEACIBQcAQ/QAEAP0sIAFB0BD9AAQA/Sr9TiAA/QAEBiIBQeAQ/QAEAP0sIAFB8BD9AAQA/Sr9Tv1O/WMEfyACQTBLIAJBMk0gAC0ABkEwRhsFQQALBH8gAC0ACUEwRyADQTBLcgVBAAsEfyAALQAJQTNHIANBMU1yBUEACwR/IAAtAAxBMkcEf0EBBSAALQANQTNNCwVBAAsL4QMDCX8GfgF7IAAoAgQiBEEQaiIDIAFqIgf9DAAAAAAAAAAAAAAAAAAAAAD9CwQAIAf9DAAAAAAAAAAAAAAAAAAAAAD9CwQQQYAWKQMAIgshD0GIFikDACIMIRAgCyENIAwhDiADIQIDQCACIAdJBEAgDyACKQMAhUIdiSALfiEPIBAgAikDCIVCH4kgDH4hECANIAIpAxCFQiWJIAt+IQ0gDiACKQMYhUIpiSAMfiEOIAJBIGohAgwBCwtBgICkAUGAgBwgAEGgCEcbIgogDyAQQhGJhSALfiANfCAOQheJhSAMfkIgiKciCUH//wFxIghBAnRqKAIAIQUDQCAFBEAgBSgCACAJRgR/IAUoAgQgAUYFQQALBH/9DAAAAAAAAAAAAAAAAAAAAAAhESADIQIgBUEQaiEGA0AgAiAHSQRAIBEgAv0ABAAgBv0ABAD9Uf1QIAL9AAQQIAb9AAQQ/VH9UCERIAJBIGohAiAGQSBqIQYMAQsLIBH9U0UFQQALBEAgBQ8LIAogCEEBakH//wFxIghBAnRqKAIAIQUMAQsLIAogCEECdGogBDYCACAEIAk2AgAgBCABNgIEIARBADYCCCAAIAAoAgBBAWo2AgAgACABIARqQT9qQXBxNgIEIAQLCABBgKACJAoLuQMBAn8CQAJAAkAgAC0AACIBQfQARwRAIAFB5gBGDQEgAUHuAEYNAgwDCyAAKAIAQfTk1asGRgR/IABBBGoFIAAgACgCAEH05NWrBnNoQQN2aiQLQQALDwsgACgCAUHh2M2rBkYEfyAAQQVqBSAAQQFqIAAoAgFB4djNqwZzaEEDdmokC0EACw8LIAAoAgBB7uqx4wZGBH8gAEEEagUgACAAKAIAQe7qseMGc2hBA3ZqJAtBAAsPCwJ/IABBAWogACAALQAAQS1GGyIALQAAQTBGBEAgAEEBaiEABSAAIQEDQCAALQAAQTBrQQlNBEAgAEEBaiEADAELCyAAIAFNBEAgACQLQQAhAAtBACAARQ0BGgsgAC0AAEEuRgRAIABBAWoiASEAA0AgAC0AAEEwa0EJTQRAIABBAWohAAwBCwsgACABTQRAIAAkC0EAIQALQQAgAEUNARoLIAAtAABBIHJB5QBGBH8gAEEBaiIBLQAAIQIgAEECaiABIAJBLUYgAkErRnIbIgEhAANAIAAtAABBMGtBCU0EQCAAQQFqIQAMAQsLIAAgAU0EfyAAJAtBAAUgAAsFIAALCwuoBwEMf0GAgKwCJAUgACQGQQAkB0IAJAhBACQJQYCgAiQKQaQIKAIAIgNBgIDkAE1BACADGwR/QaAIKAIAQYDAAE0FQQALRQRAQYCAHEEAQYCACPwLAEGgCEEANgIAQaQIQYCAJDYCAAtBtAgoAgAiA0GAgOwBTUEAIAMbBH9BsAgoAgBBgMAATQVBAAtFBEBBgICkAUEAQYCACPwLAEGwCEEANgIAQbQIQYCArAE2AgALQYCgAiQNQYCArAIhA0GAgAQhBQJAA0AgAyEEA0AgACAESwR/IAQtAAAiBkEKRiAGQSBGciAGQQ1GciAGQQlGcgVBAAsEQCAEQQFqIQQMAQsLIAAgBEsEfyAELQAAQd0ARgVBAAsEQEGACCAHNgIAQYQIIAQ2AgBBiAhBAjYCAA8LIAFFIAdBAEpyBEAgACAESwR/IAQtAABBLEcFQQALDQIgBEEBaiEEA0AgACAESwR/IAQtAAAiBkEKRiAGQSBGciAGQQ1GciAGQQlGcgVBAAsEQCAEQQFqIQQMAQsLCyAAIARNBEBBgAggBzYCAEGECCADNgIAQYgIQQA2AgAPCyAELQAAQd0ARg0BIAdBgCBGBH9BAAVBpAgoAgBBgICcAUkEf0GgCCgCAEH4/wBJBUEACwtFBEBBgAggBzYCAEGECCADNgIAQYgIQQE2AgAPCyAEIAAgAhAFBEAgBSAENgIAIAUjDDYCBCAFIw42AgggBSMEBH9BAAUgBUEQaiEKQYQQKAIAIQxBgIACIQNBACEGA0AgBiAMSQRAIAZBkBBqKAIAQYCAAmohBEGkCCgCAEEQaiINIQgDQCADIARJBEAgAygCBCELIAggAygCACIO/QAEAP0LBABBECEJA0AgCSALSQRAIAggCWogCSAOav0ABAD9CwQAIAlBEGohCQwBCwsgCCALaiIJQQFqIQggCUEKOgAAIANBCGohAwwBCwsgBiAKakGgCCAIIA1rEAE2AgAgBCEDIAZBBGohBgwBCwtBjBAoAgAhBANAIAQgBksEQCAGIApqQQA2AgAgBkEEaiEGDAELCyAFQTBqIQQDQCAEIAVB4ABqSQRAIAQgA/0ABAD9CwQAIARBEGohBCADQRBqIQMMAQsLQQELNgIMIwwhAyAHQQFqIQcgBUHgAGohBQwBBUGACCAHNgIAQYQIIAM2AgBBiAhBA0EAQQEjCSMMIABJGxs2AgALCw8LQYAIIAc2AgBBhAggAzYCAEGICEEDNgIAC/IPAgp/AnsjDSEFQX0hCCAALQAAIQQgAiIHJA5BACQEQYgQKAIAQYCAAmohCUGAgAIhBgNAIAYgCUkEQCAG/QwAAAAAAAAAAAAAAAAAAAAA/QsEACAGQRBqIQYMAQsLIARB+wBHBEBBASQECwJAA0AjCiAFQRBqSQRAIAUQB0GAoAIhBQtBACEJIAhBf04EQCAFKAIAIABHBEADQCAAIAFJBH8gAC0AACIGQQpGIAZBIEZyIAZBDUZyIAZBCUZyBUEACwRAIABBAWohAAwBCwsgBSgCACAARw0DCyAFKAIEIQogCEEATgRAIAogAGtBAWsiCyAAQQFqIgNqIQZBgBAoAgAgCyAIQQh0aiAGQQRrKAIAIAMoAgBBB3dqamxBF3ZBgBJqLQAAQQZ0QYAYaiIAKQMgIAutIAisQiCGhFEhDAJAIAtBEEsEQCAMBH8gA/0ABAAgAP0ABAD9USAGQRBr/QAEACAAIAtqQRBr/QAEAP1R/VD9UwVBAQsEQCADIAtqQRBr/QAEACINQbAR/QAEAP0jIA1BkBH9AAQA/SP9UCENQQAhBgNAIAYgC0EQa0kEQCANIAMgBmr9AAQAIg1BsBH9AAQA/SMgDUGQEf0ABAD9I/1Q/VAhDSAGQRBqIQYMAQsLIA39UwRAQQEkBAtBACEACwwBCyAD/QAEACEOQdARIAtr/QAEACENIAwEfyAOIAD9AAQA/VEgDf1O/VMFQQELRQ0AIA5BsBH9AAQA/SMgDkGQEf0ABAD9I/1QIA39Tv1TBEBBASQEC0EAIQALIAAhAwsgCi8BAUG6xABGBEAgBSgCDEEBaiEAIAMEQCAKQQJqIQYgACAKa0ECayEJIAMvASwiCgRAIApBAUYEQCADKAIoQYCAAmoiBigCAARAQQEkBAsgBkKxkICAEDcDACADLgEuQQBOBEBBASQECwUgAygCKEGAgAJqIgMoAgAEQEEBJAQLIAMgBq1CgICAgLABhDcDACAJQRZHBH9BAAUgBhAAC0UEQEEBJAQLCwUgAygCKEGAgAJqIgMoAgAEQEEBJAQLIAMgBq0gCa1CIIaENwMAIAlBgBBLBEBBASQECwtBACEDCyAFQRBqIQUgAC8BAEGsxABGBEAgAEEBaiEADAMLQQEhCQUgBUEIaiEFIApBAWoiAC0AAEE6RwRAA0AgACABSQR/IAAtAAAiBEEKRiAEQSBGciAEQQ1GciAEQQlGcgVBAAsEQCAAQQFqIQAMAQsLIAAgAU8Ef0EBBSAALQAAQTpHCw0ECyAAQQFqIgAtAAAhBAsLIAlFBEAgBEEgTQRAA0AgACABSQR/IAAtAAAiBEEKRiAEQSBGciAEQQ1GciAEQQlGcgVBAAsEQCAAQQFqIQAMAQsLIAAtAAAhBAsgBEEiRgRAIAUoAgRBAWohBCAFQQhqIQUgAwRAIAQgAGshBiADLwEsIgkEQCAJQQFGBEAgAygCKEGAgAJqIgAoAgAEQEEBJAQLIABCsZCAgBA3AwAgAy4BLkEATgRAQQEkBAsFIAMoAihBgIACaiIDKAIABEBBASQECyADIACtQoCAgICwAYQ3AwAgBkEWRwR/QQAFIAAQAAtFBEBBASQECwsFIAMoAihBgIACaiIDKAIABEBBASQECyADIACtIAatQiCGhDcDACAGQYAQSwRAQQEkBAsLQQAhAwsgBCEABSAEQdsARiAEQfsARnIEQCAHIAg6AAAgB0EBaiIHIw5LBEAgByQOCyAEQdsARiIEBH9BfgVBf0EAIAhBfUcbCyEIIAMEQCADKAIoQYCAAmoiBigCAARAQQEkBAsgBkKykICAEEKzkICAECAEGzcDACADLgEuIgZBAE4gBHEgAy8BLEEBR3IEQEEBJAQLIAggBiAEGyEIQQAhAwtB3QBB/QAgBBsgAEEBaiIALQAAIgRBIE0EQANAIAAgAUkEfyAALQAAIgRBCkYgBEEgRnIgBEENRnIgBEEJRnIFQQALBEAgAEEBaiEADAELCyAALQAAIQQLIARHDQMgB0EBayIHLAAAIQggAEEBaiEABSAAEAMiBkUEQCMLJAxBAA8LIAMEQCAGIABrIQkgAy8BLCIKBEAgCkEBRgRAIAMoAihBgIACaiIAKAIABEBBASQECyAAQrCQgIAQQrGQgIAQIARB7gBGIgAbNwMAIAAEf0EABSADLgEuQQBOCwRAQQEkBAsFIAMoAihBgIACaiIDKAIABEBBASQECyADIACtQoCAgICwAYQ3AwAgCUEWRwR/QQAFIAAQAAtFBEBBASQECwsFIAMoAihBgIACaiIDKAIABEBBASQECyADIACtIAmtQiCGhDcDACAJQYAQSwRAQQEkBAsLQQAhAwsgBiEAIAhBfUYEfyAAIAFPBH9BAAUgAC0AACIEQQpGIARBIEZyIARBDUZyIARBCUZyIARBLEZyIARB3QBGcgsFQQELRQ0ECwsLIAAtAAAhBANAIAhBfUcgBEEsR3EEQCAEQd0AQf0AIAhBfkYbRgR/IAdBAWsiBywAACEIIABBAWoFIAAhBgNAIAEgBksEfyAGLQAAIgRBCkYgBEEgRnIgBEENRnIgBEEJRnIFQQALBEAgBkEBaiEGDAELCyAAIAZGDQQgBgsiAC0AACEEDAELCyAIQX1HBEAgAEEBaiIALQAAIQQMAQsLIAAgAUsNACAAJAwgBSQNIw4gAmskDkEBDwsgACQMQQALvwMCA34EfyMIIQIgAP0ABAD9DFxcXFxcXFxcXFxcXFxcXFz9I/1kIAD9AAQQ/QxcXFxcXFxcXFxcXFxcXFxc/SP9ZEEQdHKtIAD9AAQg/QxcXFxcXFxcXFxcXFxcXFxc/SP9ZCAA/QAEMP0MXFxcXFxcXFxcXFxcXFxcXP0j/WRBEHRyrUIghoQjCEJ/hYMhA0IAJAgDQCADQgBSBEACf0EBIAAgA3oiBKdqQQFqIgYjBk8NABoCQAJAAkAgBi0AACIFQSJGDQAgBUEvRg0AIAVB3ABGDQAgBUHiAEYNACAFQeYARg0AIAVB7gBGDQAgBUHyAEYNACAFQfQARg0AIAVB9QBGDQEMAgtBAQwCCyAGQQFqIQUDQCAFIAZBBWoiByMGIgggByAISRtJBEAgBS0AACIHQSByIQhBACAHQTlNIAdBME9xBH9BAQUgCEH/AXEiB0HmAE0gB0HhAE9xC0UNAxogBUEBaiEFDAELC0EBDAELQQALRQRAQQEkCUIBIASGQgF9IAEgAkJ/hYODDwsgBEI/UQRAQgEkCAsgAkICIASGhCECIANCAyAEhkJ/hYMhAwwBCwsgASACQn+FgwuTBgMFfwJ+B3tBgKACIQEDQCAAIwpJBEAgASAAKAIANgIAIABBBGohACABQQRqIQEMAQsLQYAR/QAEACEOQZAR/QAEACENQaAR/QAEACEIIwchBSABIQMjBSEAA0AjCUUgAUGQoAJJIAAjBklxcQRAIABBgCBqIgIjBiIEIAIgBEkbIQIDQCAAIAJJBEAgAP0ABAAiDCAO/SP9ZCAA/QAEECILIA79I/1kQRB0cq0gAP0ABCAiCiAO/SP9ZCAA/QAEMCIJIA79I/1kQRB0cq1CIIaEIQZBASMIQgBSIAwgDf0jIAsgDf0j/VAgCiAN/SMgCSAN/SP9UP1QIAggDCAL/XcgCiAJ/Xf9d/1z/VD9UxsEQCAM/QwgICAgICAgICAgICAgICAg/Sb9ZCAL/QwgICAgICAgICAgICAgICAg/Sb9ZEEQdHKtIAr9DCAgICAgICAgICAgICAgICD9Jv1kIAn9DCAgICAgICAgICAgICAgICD9Jv1kQRB0cq1CIIaEIAAgBhAGIgYgBkIBhoUiB0IChiAHhSIHQgSGIAeFIgdCCIYgB4UiB0IQhiAHhSIHQiCGIAeFQn9CACAFIAEgA2tBBHFBAEdHG4WDIgdCAFIEQEEBJAkgBkIBIAd6hkIBfYMhBgsgACACIwkbIQILIAYhByABIQQDQCAEIAAgB3qnajYCACAEIAAgByAHQgF9gyIHeqdqNgIEIAQgACAHIAdCAX2DIgd6p2o2AgggBCAAIAcgB0IBfYMiB3qnajYCDCAEIAAgByAHQgF9gyIHeqdqNgIQIAQgACAHIAdCAX2DIgd6p2o2AhQgBCAAIAcgB0IBfYMiB3qnajYCGCAEIAAgByAHQgF9gyIHeqdqNgIcIARBIGohBCAHIAdCAX2DIgdCAFINAAsgASAGe6dBAnRqIQEgAEFAayEADAELCwwBCwsgACQFIAUgASADa0EEcUEAR0ckB0EBIwkgACMGTxsEf0EAIQADQCAAQRBJBEAgACABaiMGQQFqNgIAIABBBGohAAwBCwsgAUEQagUgAQskCgvsAQEGf0G0CCgCAEGAgKQCSQR/QbAIKAIAQfj/AEkFQQALRQRAQQAPCyABQQJ0IgEgAEEQamogAEEwakGEECgCAEGMEGooAgBrIgIgAUGQEGoiASgCAGohBUG0CCgCAEEQaiIGIQAgAiABQQRrKAIAaiEBA0AgASAFSQRAIAEoAgQhAyAAIAEoAgAiB/0ABAD9CwQAQRAhAgNAIAIgA0kEQCAAIAJqIAIgB2r9AAQA/QsEACACQRBqIQIMAQsLIAAgA2oiAkEBaiEAIAJBCjoAACABQQhqIQEMAQsLQbAIIAAgBmsQASIANgIAIAAL";

// lambda/core/log-file/scan/tables.ts
var LETTERS = 48;
var TIME = 64;
var BYTES = 128;
var ONES = 192;
var NUMBERS = 256;
var SECRETS = 768;
var KEYS2 = 1024;
var KEY_SIZE = 64;
var NAME_SIZE = 32;
var SHAPE = 32;
var MOST_OTHERS = 6;
var AS = { value: 0, kind: 1, day: 2 };
function tablesOf({ keys: keys2, slots: slots2, texts: texts3 }, secrets) {
  const bytes = Buffer.alloc(KEYS2 + KEY_SIZE * (keys2.length + 1));
  const asked2 = texts3[ALWAYS_ASKED - 1]?.[1] ?? 0;
  if (slots2 - asked2 > MOST_OTHERS) throw new Error("an element has no room for so many fields");
  const ordered = [...keys2].sort((a, b) => rankOf3(a) - rankOf3(b));
  const sums = ordered.map(sumOf2);
  const multiplier = multiplierFor(sums);
  bytes.writeUInt32LE(multiplier, 0);
  bytes.writeUInt32LE(4 * ALWAYS_ASKED, 4);
  bytes.writeUInt32LE(8 * ordered.length, 8);
  bytes.writeUInt32LE(4 * texts3.length, 12);
  for (const [text2, [, end]] of texts3.entries()) bytes.writeUInt32LE(8 * end, 16 + 4 * text2);
  bytes.set([KIND_NULL, KIND_SCALAR, KIND_LIST, KIND_OBJECT], LETTERS);
  for (const [i, time] of [EARLIEST_TIME, LATEST_TIME].entries()) {
    bytes.set(time.subarray(0, 16), TIME + 16 * i);
    bytes.set(time.subarray(-16), TIME + 32 + 16 * i);
  }
  for (const [i, byte] of [QUOTE2, BACKSLASH, SPACE, DOT].entries()) {
    bytes.fill(byte, BYTES + 16 * i, BYTES + 16 * i + 16);
  }
  bytes.fill(255, ONES, ONES + 16);
  bytes.set(secrets, SECRETS);
  bytes.fill(255, KEYS2 + SHAPE, KEYS2 + SHAPE + 8);
  for (const [place, key] of ordered.entries()) {
    bytes[NUMBERS + hashOf2(sums[place], multiplier)] = place + 1;
    writeKey(bytes, KEYS2 + KEY_SIZE * (place + 1), key, place);
  }
  return bytes;
}
function rankOf3({ slot }) {
  return slot < 0 ? Number.POSITIVE_INFINITY : slot;
}
function writeKey(bytes, at2, { name: name2, object, as, leadsTo }, place) {
  if (name2.length < 3 || name2.length > NAME_SIZE) throw new Error(`${name2} is too short or too long`);
  bytes.write(name2, at2);
  bytes.writeUInt32LE(name2.length, at2 + SHAPE);
  bytes.writeInt32LE(object, at2 + SHAPE + 4);
  bytes.writeUInt32LE(8 * place, at2 + 40);
  bytes.writeUInt16LE(AS[as], at2 + 44);
  bytes.writeInt16LE(leadsTo, at2 + 46);
}
function multiplierFor(sums) {
  for (let seed = 1; seed < 1e4; seed++) {
    const multiplier = Math.imul(seed, 2654435761) >>> 0;
    if (new Set(sums.map((sum) => hashOf2(sum, multiplier))).size === sums.length) return multiplier;
  }
  throw new Error("no multiplier tells the names apart");
}
function hashOf2(sum, multiplier) {
  return Math.imul(sum, multiplier) >>> 23;
}
function sumOf2({ name: name2, object }) {
  const bytes = Buffer.from(`"${name2}"`);
  const first = bytes.readUInt32LE(1);
  const last3 = bytes.readUInt32LE(name2.length - 3);
  return (first << 7 | first >>> 25) + last3 + name2.length + (object << 8);
}

// lambda/core/log-file/scan/wasm-scanner.ts
var ELEMENT_WORDS = 24;
var SKETCH_WORD = 3;
var TEXT_WORD = 4;
var VALUES_WORD = 12;
var SIZE_WORD = 1;
var NUMBER_WORD = 2;
var TEXT_HEAD = 16;
var SPACES = 64;
var PAGE = 65536;
var BECAUSE = ["more", "full", "closed", "broken"];
function createWasmScanner(secrets = randomSecrets()) {
  const { WebAssembly } = globalThis;
  const module = new WebAssembly.Module(Buffer.from(MODULE, "base64"));
  const scan = new WasmScan(new WebAssembly.Instance(module).exports, secrets);
  return {
    scan: (bytes, start, end, isFirst) => scan.run(bytes, start, end, isFirst),
    startOf: (index) => scan.placeOf(index, 0),
    endOf: (index) => scan.placeOf(index, 1),
    depthOf: (index) => scan.wordOf(index, 2),
    sketchOf: (index) => scan.sketchOf(index)
  };
}
function randomSecrets() {
  const secrets = randomBytes(16);
  for (const first of [0, 8]) secrets[first] = secrets[first] | 1;
  return secrets;
}
var WasmScan = class {
  #exports;
  #input;
  // In words.
  #answer;
  #elements;
  #bytes = Buffer.alloc(0);
  #words = new Int32Array();
  /** What to add to a place in the module's memory for one in the bytes. */
  #offset = 0;
  constructor(exports, secrets) {
    this.#exports = exports;
    this.#input = exports.INPUT.value;
    this.#answer = exports.ANSWER.value / 4;
    this.#elements = exports.ELEMENTS.value / 4;
    this.#makeRoom(this.#input);
    this.#bytes.set(tablesOf(FIELD_TREE, secrets), exports.TABLES.value);
  }
  run(bytes, start, end, isFirst) {
    const stop = this.#input + end - start;
    const levels = stop + SPACES;
    this.#makeRoom(levels + end - start + SPACES);
    this.#bytes.set(bytes.subarray(start, end), this.#input);
    this.#bytes.fill(SPACE, stop, levels);
    this.#exports.scan(stop, isFirst ? 1 : 0, levels);
    this.#offset = start - this.#input;
    const count = this.#words[this.#answer];
    const next = this.#words[this.#answer + 1];
    const because = BECAUSE[this.#words[this.#answer + 2]] ?? "broken";
    return { count, next: next + this.#offset, because };
  }
  /** The views are made anew when the memory has grown. */
  #makeRoom(size) {
    const { memory } = this.#exports;
    const missing = size - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
    if (this.#bytes.buffer === memory.buffer) return;
    this.#bytes = Buffer.from(memory.buffer);
    this.#words = new Int32Array(memory.buffer);
  }
  wordOf(index, word2) {
    return this.#words[this.#elementOf(index) + word2];
  }
  placeOf(index, word2) {
    return this.wordOf(index, word2) + this.#offset;
  }
  sketchOf(index) {
    return this.wordOf(index, SKETCH_WORD) === 0 ? void 0 : new WasmSketch(this, index);
  }
  /** It is looked up only once as long as the module keeps the text. */
  numberOf(index, name2) {
    if (this.#isEmpty(index, name2)) return numberOfEmpty(name2);
    const place = this.#keep(index, name2);
    if (place === 0) return numberOf(this.#valuesOf(index, name2));
    const known2 = this.#words[place / 4 + NUMBER_WORD];
    if (known2 !== 0) return known2;
    const number = numberOf(this.#keptAt(place));
    this.#words[place / 4 + NUMBER_WORD] = number;
    return number;
  }
  textOf(index, name2) {
    const place = this.#keep(index, name2);
    return place === 0 ? this.#valuesOf(index, name2) : this.#keptAt(place);
  }
  begins(index, name2, text2) {
    const place = this.#placeOf(index, name2);
    const start = place === 0 ? this.#words[this.#valueOf(index, name2)] : place + TEXT_HEAD;
    for (let i = 0; i < text2.length; i++) if (this.#bytes[start + i] !== text2.charCodeAt(i)) return false;
    return true;
  }
  #elementOf(index) {
    return this.#elements + ELEMENT_WORDS * index;
  }
  /** Where a text is kept from now on; 0 if there is no room for it. */
  #keep(index, name2) {
    return this.#placeOf(index, name2) || this.#exports.keep(4 * this.#elementOf(index), name2);
  }
  /** True if a text that is not always asked for has no values: AWS's own services have neither keys nor sessions. */
  #isEmpty(index, name2) {
    if (name2 < ALWAYS_ASKED) return false;
    const end = this.#valueOf(index, name2 + 1);
    for (let word2 = this.#valueOf(index, name2); word2 < end; word2 += 2) if (this.#words[word2 + 1] !== 0) return false;
    return true;
  }
  /** Where a text is kept; 0 if it is not. */
  #placeOf(index, name2) {
    return this.#words[this.#elementOf(index) + TEXT_WORD + name2];
  }
  #keptAt(place) {
    const start = place + TEXT_HEAD;
    return this.#bytes.toString("latin1", start, start + this.#words[place / 4 + SIZE_WORD]);
  }
  /** A text that is not kept, from its values. */
  #valuesOf(index, name2) {
    let text2 = "";
    const end = this.#valueOf(index, name2 + 1);
    for (let word2 = this.#valueOf(index, name2); word2 < end; word2 += 2) {
      const start = this.#words[word2];
      text2 += `${this.#bytes.toString("latin1", start, start + this.#words[word2 + 1])}
`;
    }
    return text2;
  }
  /** The word that says where the first value of a text begins; the next one says how long it is. */
  #valueOf(index, name2) {
    return this.#elementOf(index) + VALUES_WORD + 2 * (endOf(name2 - 1) - FIRST_OTHER);
  }
};
var ENDS = FIELD_TREE.texts.map(([, end]) => end);
function endOf(name2) {
  return ENDS[name2];
}
var FIRST_OTHER = endOf(ALWAYS_ASKED - 1);
var EMPTY = [];
function numberOfEmpty(name2) {
  EMPTY[name2] ??= numberOf("\n".repeat(endOf(name2) - endOf(name2 - 1)));
  return EMPTY[name2];
}
var WasmSketch = class extends Sketch {
  #scan;
  #index;
  constructor(scan, index) {
    super();
    this.#scan = scan;
    this.#index = index;
  }
  text(name2) {
    return this.#scan.textOf(this.#index, name2);
  }
  number(name2) {
    return this.#scan.numberOf(this.#index, name2);
  }
  begins(name2, text2) {
    return this.#scan.begins(this.#index, name2, text2);
  }
};

// lambda/core/log-file/scan/create-scanner.ts
var shared;
function sharedScanner() {
  shared ??= createScanner();
  return shared;
}
function createScanner(create = () => createWasmScanner()) {
  try {
    const scanner = create();
    return isRight(scanner) ? scanner : createPlainScanner();
  } catch {
    return createPlainScanner();
  }
}
var TRIAL = Buffer.from(`[
  {"eventVersion":"1.11","userIdentity":{"type":"AssumedRole","sessionContext":{"attributes":{"mfaAuthenticated":"false"}},
  "arn":"arn:aws:sts::111122223333:assumed-role/\\"\\u00e9\\\\/x"},"eventTime":"2026-11-20T21:25:09Z","eventName":"ListKeys",
  "requestParameters":{"document":"{\\"Version\\":\\"2012-10-17\\"}","n":[-1.5e+3,0,true]},"responseElements":null},
  {"event\\u004eame":[]}, "\xE9", {"n":01}]`);
var EXPECTED = [
  { count: 3, next: 390, because: "broken" },
  [
    [4, 359, 4],
    [363, 384, 2],
    [386, 390, 0]
  ],
  [
    {
      call: '\n"ListKeys"\n\n\n\n\n\n\nn\n\n\n',
      caller: '"AssumedRole"\n\n\n\n\n\n\n"false"\n\n\n\n\n\n\n"2026-11-20\n',
      address: "\n",
      credential: "\n",
      session: '"arn:aws:sts::111122223333:assumed-role/\\"\\u00e9\\\\/x"\n\n\n\n',
      agent: "\n"
    },
    null,
    null
  ]
];
function isRight(scanner) {
  const { count, next, because } = scanner.scan(TRIAL, 1, TRIAL.length, true);
  const each = Array.from({ length: count }, (_, i) => i);
  const places = each.map((i) => [scanner.startOf(i), scanner.endOf(i), scanner.depthOf(i)]);
  const sketches = each.map((i) => scanner.sketchOf(i));
  return JSON.stringify([{ count, next, because }, places, sketches]) === JSON.stringify(EXPECTED);
}

// lambda/core/rules/aws-accounts.ts
function ofService(service, accounts) {
  return Object.fromEntries(accounts.split(/\s+/).map((account) => [account, service]));
}
var AWS_ACCOUNTS = {
  "386209384616": "Billing and Cost Management",
  "017000801446": "Powertools for AWS Lambda",
  "580247275435": "CloudWatch Lambda Insights",
  "901920570463": "AWS Distro for OpenTelemetry",
  ...ofService(
    "Elastic Load Balancing",
    `127311923021 033677994240 027434742980 797873946194 098369216593 754344448648 589379963580 718504428378 383597477331
    600734575887 114774131450 783225319266 582318560864 985666609251 054676820928 156460612806 652711504416 635631232127
    009996457667 897822967062 076674570225 507241528517 048591011584 190560391635 638102146993 037604701340`
  ),
  ...ofService(
    "CloudTrail",
    `086441151436 475085895292 388731089494 113285607260 525921808201 119688915426 216624486486 492519147666 765225791966
    977081816279 582488909970 903692715234 284668455005 069019280451 187074758985 819402241893 193415116832 681348832753
    035351147821 453052556044 829690693026 669305197877 757211635381 859597730677 282025262664 262312530599 683224464357
    585772288577 034638983726 814480443879 608710470296`
  )
};
var REDSHIFT = ofService(
  "Redshift",
  `193672423079 391106570357 262260360010 902366379725 365689465814 313564881002 404641285394 760740231472 090321488786 865932855811
  361669875840 762762565011 907379612154 111890595117 660998842044 053454850223 729911121831 945612479654 210876761215 307160386991
  915173422425 013126148197 075028567923 665727464434`
);
function serviceOfAccount(account, arn) {
  if (Object.hasOwn(AWS_ACCOUNTS, account)) return AWS_ACCOUNTS[account];
  return arn.endsWith(":user/logs") && Object.hasOwn(REDSHIFT, account) ? REDSHIFT[account] : void 0;
}

// lambda/core/rules/accounts.ts
var NOBODY_KNOWN = { accounts: [] };
var NEARNESS = ["own", "known", "foreign"];
function nearnessOf(account, record, { accounts }) {
  if (account === viewOf(record).account) return "own";
  return accounts.includes(account) || Object.hasOwn(AWS_ACCOUNTS, account) ? "known" : "foreign";
}
function accountsIn(value2) {
  if (typeof value2 === "number") return accountsIn(String(value2));
  if (typeof value2 !== "string") return [];
  if (value2.startsWith("arn:")) {
    const account = value2.split(":", 5)[4] ?? "";
    return isAccountNumber(account) ? [account] : [];
  }
  if (isAccountNumber(value2)) return [value2];
  const [, queue, repository] = /^https:\/\/[a-z0-9.-]+\/(\d{12})\/|^(\d{12})\.dkr\.ecr[a-z0-9.-]*\.amazonaws\.com/.exec(value2) ?? [];
  return [queue, repository].filter((account) => account !== void 0);
}
function isAccountNumber(text2) {
  return /^\d{12}$/.test(text2);
}
function nearnessIn(value2, record, known2) {
  const [, organization] = /^arn:[a-z-]+:organizations::\d{12}:[a-z]+\/(o-[a-z0-9]+)/.exec(String(value2)) ?? [];
  if (organization !== void 0 && organization === known2.organization) return "known";
  const found = new Set(accountsIn(value2).map((account) => nearnessOf(account, record, known2)));
  return [...NEARNESS].reverse().find((nearness) => found.has(nearness));
}

// lambda/core/rules/address.ts
import { BlockList as BlockList2, isIP, isIPv4 as isIPv42, isIPv6 as isIPv62 } from "node:net";
function canonicalAddress(text2) {
  if (/^\d{1,3}(?:\.\d{1,3}){3}$/.test(text2)) {
    const address = text2.split(".").map(Number).join(".");
    return isIPv42(address) ? address : void 0;
  }
  return text2.includes(":") && isIPv62(text2) && !text2.includes("%") ? new URL(`http://[${text2}]`).hostname.slice(1, -1) : void 0;
}
function isBlock(text2) {
  const [address = "", bits = "", ...more] = text2.split("/");
  const family2 = isIP(address);
  return family2 !== 0 && more.length === 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= (family2 === 4 ? 32 : 128);
}
function inBlock(block) {
  const [address = "", bits] = block.split("/");
  const family2 = isIPv42(address) ? "ipv4" : "ipv6";
  const list = new BlockList2();
  list.addSubnet(address, Number(bits), family2);
  return (value2) => {
    const candidate = typeof value2 === "string" ? canonicalAddress(value2) : void 0;
    return candidate !== void 0 && (isIPv42(candidate) ? "ipv4" : "ipv6") === family2 && list.check(candidate, family2);
  };
}
var WIDTHS = { 4: 32, 6: 48 };
var READ = /* @__PURE__ */ new Map();
var MAX_READ = 2 ** 15;
var LONGEST2 = 49;
function rangeOf(text2) {
  const trimmed = text2.trim();
  if (trimmed.length > LONGEST2) return void 0;
  const before = READ.get(trimmed);
  if (before !== void 0 || READ.has(trimmed)) return before;
  const range = readRange(trimmed);
  if (READ.size >= MAX_READ) READ.clear();
  READ.set(Buffer.from(trimmed).toString(), range);
  return range;
}
function readRange(text2) {
  const [address = "", length, ...more] = text2.split("/");
  const canonical = canonicalAddress(address);
  if (canonical === void 0 || more.length > 0) return void 0;
  const isShort2 = isIPv42(canonical);
  if (length !== void 0 && !isBlock(`${canonical}/${length}`)) return void 0;
  const bits = length === void 0 ? isShort2 ? 32 : 128 : Number(length);
  if (isShort2) return rangeFrom(4, canonical.split(".").map(Number), 8, bits);
  const groups = groupsOf(canonical);
  const isMapped = bits >= 96 && groups[5] === 65535 && groups.slice(0, 5).every((group) => group === 0);
  return isMapped ? rangeFrom(4, groups.slice(6), 16, bits - 96) : rangeFrom(6, groups.slice(0, 3), 16, bits);
}
function rangeFrom(family2, parts, bitsOfPart, bits) {
  const address = parts.reduce((sum, part) => sum * 2 ** bitsOfPart + part, 0);
  const size = 2 ** (WIDTHS[family2] - bits);
  return { family: family2, bits, first: size < 1 ? address : Math.floor(address / size) * size, size };
}
function groupsOf(address) {
  const [left = [], right = []] = address.split("::").map((side) => side === "" ? [] : side.split(":"));
  const zeros = Array(8 - left.length - right.length).fill("0");
  return [...left, ...zeros, ...right].map((group) => Number.parseInt(group, 16));
}
function isWiderThan(bits) {
  return (value2) => typeof value2 === "string" && (rangeOf(value2)?.bits ?? bits) < bits;
}
var SPACES2 = [rangeFrom(4, [0, 0, 0, 0], 8, 0), rangeFrom(6, [8192, 0, 0], 16, 3)];
function admitInternet(blocks) {
  if (blocks.length === 0) return false;
  const ranges = blocks.flatMap((block) => rangeOf(block) ?? []);
  return SPACES2.some((space) => {
    const own = ranges.filter(({ family: family2 }) => family2 === space.family);
    if (own.reduce((sum, { size }) => sum + size, 0) * 2 < space.size) return false;
    const end = space.first + space.size;
    let admitted = 0;
    let from = space.first;
    for (const { first, size } of own.sort((a, b) => a.first - b.first)) {
      const to = Math.min(first + size, end);
      const start = Math.max(first, from);
      if (to <= start) continue;
      admitted += to - start;
      from = to;
    }
    return admitted * 2 >= space.size;
  });
}

// lambda/core/rules/regex/characters.ts
var DIGITS = [[48, 57]];
var WORD = [
  [48, 57],
  [65, 90],
  [95, 95],
  [97, 122]
];
var SPACE2 = [
  [9, 13],
  [32, 32],
  [160, 160],
  [5760, 5760],
  [8192, 8202],
  [8232, 8233],
  [8239, 8239],
  [8287, 8287],
  [12288, 12288],
  [65279, 65279]
];
var LINE_ENDS = [
  [10, 10],
  [13, 13],
  [8232, 8233]
];
function classOf(letter) {
  switch (letter.toLowerCase()) {
    case "d":
      return DIGITS;
    case "w":
      return WORD;
    case "s":
      return SPACE2;
    default:
      return void 0;
  }
}
function complement(ranges) {
  const gaps = [];
  let from = 0;
  for (const [low, high] of ranges) {
    if (low > from) gaps.push([from, low - 1]);
    from = high + 1;
  }
  return [...gaps, [from, 1114111]];
}

// lambda/core/rules/regex/syntax.ts
var RegexError = class extends Error {
  name = "RegexError";
};

// lambda/core/rules/regex/parser.ts
var MAX_GROUPS = 100;
function parseRegex(source, outer) {
  const flags = { ...outer };
  const characters = Array.from(source);
  let at2 = 0;
  let groups = 0;
  const fail = (what, column = Math.min(at2, characters.length)) => {
    throw new RegexError(`regular expression /${source.slice(0, 80)}/, column ${column}: ${what}`);
  };
  const inline = /^\(\?([ims]+)\)/.exec(source);
  if (inline !== null) {
    const given = inline[1] ?? "";
    Object.assign(flags, Object.fromEntries(Array.from(given, (flag) => [flag, true])));
    if (given.includes("i") && !outer.i) fail("write the flag i as the modifier |re|i", 1);
    at2 = inline[0].length;
  }
  const tree = choice();
  if (at2 < characters.length) fail("a ) has no (", at2 + 1);
  return tree;
  function choice() {
    const of = [sequence()];
    while (characters[at2] === "|") {
      at2++;
      of.push(sequence());
    }
    const [only] = of;
    return of.length === 1 && only ? only : { kind: "choice", of };
  }
  function sequence() {
    const of = [];
    while (at2 < characters.length && characters[at2] !== "|" && characters[at2] !== ")") of.push(repeated(atom()));
    return { kind: "sequence", of };
  }
  function repeated(node) {
    let repeat = node;
    for (; ; ) {
      const bounds = quantifier();
      if (bounds === void 0) return repeat;
      if (repeat !== node) fail("two quantifiers in a row");
      const [min, max] = bounds;
      if (max < min || min > 1e3 || max > 1e3 && max !== Number.POSITIVE_INFINITY)
        fail("a repetition out of bounds");
      if (characters[at2] === "?") at2++;
      if (characters[at2] === "+") fail("possessive quantifiers are not supported", at2 + 1);
      repeat = { kind: "repeat", of: node, min, max };
    }
  }
  function quantifier() {
    switch (characters[at2]) {
      case "*":
        at2++;
        return [0, Number.POSITIVE_INFINITY];
      case "+":
        at2++;
        return [1, Number.POSITIVE_INFINITY];
      case "?":
        at2++;
        return [0, 1];
      case "{": {
        const [whole, min = "", comma, max] = /^\{(\d+)(,?)(\d*)\}/.exec(characters.slice(at2, at2 + 20).join("")) ?? [];
        if (whole === void 0) return void 0;
        at2 += whole.length;
        return [Number(min), comma === "" ? Number(min) : max === "" ? Number.POSITIVE_INFINITY : Number(max)];
      }
      default:
        return void 0;
    }
  }
  function atom() {
    const character = characters[at2++] ?? "";
    switch (character) {
      case "(":
        return group();
      case "[":
        return set();
      case ".":
        return { kind: "char", negated: true, ranges: flags.s ? [] : LINE_ENDS };
      case "^":
        return { kind: "assert", what: flags.m ? "lineStart" : "start" };
      case "$":
        return { kind: "assert", what: flags.m ? "lineEnd" : "end" };
      case "*":
      case "+":
      case "?":
        return fail(`${character} has nothing to repeat`);
      case "\\":
        return escaping();
      default:
        return literal(character.codePointAt(0) ?? 0);
    }
  }
  function group() {
    if (++groups > MAX_GROUPS) fail(`more than ${MAX_GROUPS} groups`);
    if (characters[at2] === "?") {
      const [named6] = /^\?(?::|P?<[A-Za-z_]\w*>)/.exec(characters.slice(at2, at2 + 60).join("")) ?? [];
      if (named6 === void 0) fail("look-around and inline options are not supported", at2 + 1);
      at2 += (named6 ?? "").length;
    }
    const inner = choice();
    if (characters[at2++] !== ")") fail("a ( is not closed");
    return inner;
  }
  function escaping() {
    const character = characters[at2++];
    switch (character) {
      case void 0:
        return fail("it ends in a backslash");
      case "A":
        return { kind: "assert", what: "start" };
      case "z":
      case "Z":
        return { kind: "assert", what: "end" };
      case "b":
        return { kind: "assert", what: "word" };
      case "B":
        return { kind: "assert", what: "noWord" };
      default: {
        const ranges = classOf(character);
        if (ranges !== void 0) return { kind: "char", negated: character === character.toUpperCase(), ranges };
        return literal(escaped2(character));
      }
    }
  }
  function escaped2(character) {
    const control = { n: 10, r: 13, t: 9, f: 12, v: 11, 0: 0 }[character];
    if (control !== void 0) return control;
    if (character === "x" || character === "u") {
      const digits = characters.slice(at2, at2 + (character === "x" ? 2 : 4)).join("");
      if (!/^(?:[0-9a-f]{2}|[0-9a-f]{4})$/i.test(digits)) fail(`\\${character} needs hex digits`);
      at2 += digits.length;
      return Number.parseInt(digits, 16);
    }
    if (/[A-Za-z0-9]/.test(character)) fail(`\\${character} is not supported`);
    return character.codePointAt(0) ?? 0;
  }
  function set() {
    const negated = characters[at2] === "^";
    if (negated) at2++;
    const ranges = [];
    for (let first = true; characters[at2] !== "]" || first; first = false) {
      if (at2 >= characters.length) fail("a [ is not closed");
      const low = member();
      if (typeof low !== "number") {
        ranges.push(...low);
      } else if (characters[at2] === "-" && characters[at2 + 1] !== "]" && at2 + 1 < characters.length) {
        at2++;
        const high = member();
        if (typeof high !== "number" || high < low) fail("a range in [ ] is upside down");
        ranges.push([low, high]);
      } else {
        ranges.push([low, low]);
      }
    }
    at2++;
    return { kind: "char", negated, ranges };
  }
  function member() {
    const character = characters[at2++] ?? "";
    if (character === "[" && characters[at2] === ":") fail("[:classes:] are not supported");
    if (character !== "\\") return character.codePointAt(0) ?? 0;
    const next = characters[at2++] ?? fail("it ends in a backslash");
    if (next === "b") return 8;
    const ranges = classOf(next);
    if (ranges === void 0) return escaped2(next);
    return next === next.toUpperCase() ? complement(ranges) : ranges;
  }
}
function literal(code) {
  return { kind: "char", negated: false, ranges: [[code, code]] };
}

// lambda/core/rules/regex/regex.ts
var MAX_INSTRUCTIONS = 1e3;
var MAX_PLACEMENTS = 1e4;
function compileRegex(source, flags) {
  const tree = parseRegex(source, flags);
  const program = assemble(tree);
  const accepted = program.map(
    (instruction) => instruction.kind === "char" ? acceptance(instruction, flags.i ?? false) : void 0
  );
  const demanded = flags.i ? "" : literalIn(tree);
  return (text2) => text2.includes(demanded) && run(program, accepted, text2);
}
function literalIn(tree) {
  const nodes = tree.kind === "sequence" ? tree.of : [tree];
  let longest = "";
  let current = "";
  for (const node of nodes) {
    const [[low, high] = [0, 1]] = node.kind === "char" && node.ranges.length === 1 ? node.ranges : [];
    const isPlain = node.kind === "char" && !node.negated && low === high;
    current = isPlain ? current + String.fromCodePoint(low) : "";
    if (current.length > longest.length) longest = current;
  }
  return longest;
}
function assemble(tree) {
  const program = [];
  const emit = (instruction) => {
    if (program.length >= MAX_INSTRUCTIONS)
      throw new RegexError("regular expression: its repetitions make it too large");
    return program.push(instruction) - 1;
  };
  let placements = 0;
  const place = (node) => {
    if (++placements > MAX_PLACEMENTS) throw new RegexError("regular expression: its repetitions make it too large");
    switch (node.kind) {
      case "char":
      case "assert":
        emit(node);
        return;
      case "sequence":
        node.of.forEach(place);
        return;
      case "choice": {
        const jumps = [];
        node.of.forEach((branch, i) => {
          if (i === node.of.length - 1) {
            place(branch);
            return;
          }
          const split = { kind: "split", a: program.length + 1, b: 0 };
          emit(split);
          place(branch);
          const jump = { kind: "jump", to: 0 };
          emit(jump);
          jumps.push(jump);
          split.b = program.length;
        });
        for (const jump of jumps) jump.to = program.length;
        return;
      }
      case "repeat": {
        for (let i = 0; i < node.min; i++) place(node.of);
        if (node.max === Number.POSITIVE_INFINITY) {
          const start = program.length;
          const split = { kind: "split", a: start + 1, b: 0 };
          emit(split);
          place(node.of);
          emit({ kind: "jump", to: start });
          split.b = program.length;
          return;
        }
        const splits = [];
        for (let i = node.min; i < node.max; i++) {
          const split = { kind: "split", a: program.length + 1, b: 0 };
          emit(split);
          splits.push(split);
          place(node.of);
        }
        for (const split of splits) split.b = program.length;
        return;
      }
      default:
        node;
    }
  };
  place(tree);
  emit({ kind: "match" });
  return program;
}
function run(program, accepted, text2) {
  const enteredAt = new Int32Array(program.length).fill(-1);
  const codes = Array.from(text2, (character) => character.codePointAt(0) ?? 0);
  const stack = [];
  let current = [];
  const enter = (first, at2, states) => {
    stack.push(first);
    while (stack.length > 0) {
      const state = stack.pop() ?? 0;
      if (enteredAt[state] === at2) continue;
      enteredAt[state] = at2;
      const instruction = program[state];
      switch (instruction.kind) {
        case "match":
          stack.length = 0;
          return true;
        case "jump":
          stack.push(instruction.to);
          break;
        case "split":
          stack.push(instruction.b, instruction.a);
          break;
        case "assert":
          if (holds(instruction.what, codes, at2)) stack.push(state + 1);
          break;
        case "char":
          states.push(state);
          break;
        default:
          instruction;
      }
    }
    return false;
  };
  for (let at2 = 0; at2 <= codes.length; at2++) {
    const here = [];
    if (at2 > 0) {
      const code = codes[at2 - 1] ?? 0;
      for (let i = 0; i < current.length; i++) {
        const state = current[i] ?? 0;
        if (accepted[state]?.(code) && enter(state + 1, at2, here)) return true;
      }
    }
    if (enter(0, at2, here)) return true;
    current = here;
  }
  return false;
}
function acceptance({ negated, ranges }, ignoreCase) {
  const isIn = (one) => ranges.some(([low, high]) => one >= low && one <= high);
  const accepts = (code) => (isIn(code) || ignoreCase && casesOf(code).some(isIn)) !== negated;
  const ascii = Uint8Array.from({ length: 128 }, (_, code) => accepts(code) ? 1 : 0);
  return (code) => code < 128 ? ascii[code] === 1 : accepts(code);
}
function casesOf(code) {
  const character = String.fromCodePoint(code);
  const [lower, upper] = [character.toLowerCase(), character.toUpperCase()];
  return [lower, upper].filter((one) => one.length === character.length).map((one) => one.codePointAt(0) ?? 0);
}
function holds(what, codes, at2) {
  switch (what) {
    case "start":
      return at2 === 0;
    case "end":
      return at2 === codes.length;
    case "lineStart":
      return at2 === 0 || isLineEnd(codes[at2 - 1]);
    case "lineEnd":
      return at2 === codes.length || isLineEnd(codes[at2]);
    case "word":
      return isWord(codes[at2 - 1]) !== isWord(codes[at2]);
    case "noWord":
      return isWord(codes[at2 - 1]) === isWord(codes[at2]);
    default:
      return what;
  }
}
function isLineEnd(code) {
  return code !== void 0 && LINE_ENDS.some(([low, high]) => code >= low && code <= high);
}
function isWord(code) {
  return code !== void 0 && WORD.some(([low, high]) => code >= low && code <= high);
}

// lambda/core/rules/resource-name.ts
var NAMINGS = {
  cloudformation: { type: "stack/", end: "/", unique: "region" },
  // A trail of all regions has a shadow of the same name in each.
  cloudtrail: { type: "trail/", unique: "account" },
  cloudwatch: { type: "alarm:", unique: "region" },
  dynamodb: { type: "table/", end: "/", unique: "region" },
  events: { type: "rule/", unique: "region" },
  iam: { type: "role/", unique: "account", isOfIam: true },
  kms: { type: "key/", unique: "region" },
  lambda: { type: "function:", end: ":", unique: "region" },
  logs: { type: "log-group:", end: ":", unique: "region" },
  s3: { type: "", end: "/", unique: "everywhere" },
  // A subscription's ARN begins with its topic's.
  sns: { type: "", end: ":", unique: "region" },
  sqs: { type: "", unique: "region" }
};
var NAMEABLE = Object.keys(NAMINGS);
function namesResource(arn) {
  const service = arn.split(":")[2] ?? "";
  const naming = Object.hasOwn(NAMINGS, service) ? NAMINGS[service] : void 0;
  if (naming === void 0) return void 0;
  const own = ofArn(arn, service, naming);
  if (own === void 0 || own.name === "") return void 0;
  const isName2 = own.name.endsWith("*") ? (name2) => name2.startsWith(own.name.slice(0, -1)) : (name2) => name2 === own.name;
  return (value2, record = {}) => {
    const named6 = typeof value2 === "string" ? namedBy(refusedResource(value2) ?? value2, service, naming) : void 0;
    if (named6 === void 0 || !isName2(named6.name)) return false;
    const { unique } = naming;
    const account = named6.account ?? (unique === "everywhere" ? void 0 : viewOf(record).account);
    const region = named6.region ?? (unique === "region" ? viewOf(record).region : void 0);
    return (account ?? own.account) === own.account && (region ?? own.region) === own.region;
  };
}
function namedBy(text2, service, naming) {
  if (service === "lambda") return ofFunctionName(text2);
  if (text2.startsWith("arn:")) return ofArn(text2, service, naming);
  return service === "sqs" ? ofQueueUrl(text2) : { name: nameIn(text2, naming) };
}
function ofArn(arn, service, naming) {
  const [, , of, region, account, ...rest] = arn.split(":");
  const resource2 = rest.join(":");
  if (of !== service || !resource2.startsWith(naming.type)) return void 0;
  const name2 = nameIn(resource2.slice(naming.type.length), naming);
  return { name: name2, region: region || void 0, account: account || void 0 };
}
function nameIn(text2, { end, isOfIam }) {
  if (isOfIam) return text2.slice(text2.lastIndexOf("/") + 1).toLowerCase();
  return end === void 0 ? text2 : text2.split(end, 1)[0] ?? text2;
}
function ofFunctionName(text2) {
  const parts = /^(?:arn:[^:]*:lambda:)?(?:([a-z]{2,4}(?:-[a-z]+)+-\d+):)?(?:(\d{12}):)?(?:function:)?([^:]+)/.exec(
    text2
  );
  return parts === null ? void 0 : { name: parts[3] ?? "", region: parts[1], account: parts[2] };
}
function ofQueueUrl(text2) {
  const [, host = "", path = ""] = /^(?:https?:\/\/([^/]*))?(.*)$/i.exec(text2) ?? [];
  const [name2 = "", account = ""] = path.split("/").filter(Boolean).reverse();
  const region = host.split(".").find((label) => /^[a-z]{2,4}(?:-[a-z]+)+-\d+$/.test(label));
  return { name: name2, region, account: /^\d{12}$/.test(account) ? account : void 0 };
}
function refusedResource(text2) {
  return / on resource: "?(?:role )?([^\s"]+)/.exec(text2)?.[1];
}

// lambda/core/rules/operators.ts
function folded2(text2) {
  const lower = text2.toLowerCase();
  if (/^[\x20-\x7e]*$/.test(text2)) return lower;
  return Array.from(text2, (character) => {
    const lower2 = character.toLowerCase();
    return lower2.length === character.length && lower2.toUpperCase() === character.toUpperCase() ? lower2 : character;
  }).join("");
}
function foldedCallName(eventName) {
  return folded2(withoutApiVersion(eventName.trim()));
}
var NUMBER = /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i;
function compileTest(test, known2 = NOBODY_KNOWN) {
  switch (test.kind) {
    case "in": {
      const values = new Set(test.values);
      const addresses = new Set(test.values.map((value2) => typeof value2 === "string" && canonicalAddress(value2)));
      addresses.delete(false);
      addresses.delete(void 0);
      if (addresses.size === 0) return (value2) => values.has(value2);
      return (value2) => values.has(value2) || typeof value2 === "string" && addresses.has(canonicalAddress(value2));
    }
    case "equals": {
      const texts3 = new Set(test.fold ? test.texts.map(folded2) : test.texts);
      return onText(test.fold, (text2) => texts3.has(text2));
    }
    case "contains": {
      const part = test.fold ? folded2(test.text) : test.text;
      return onText(test.fold, (text2) => text2.includes(part));
    }
    case "regex":
      return onText(false, compileRegex(test.source, test.flags));
    case "compare":
      return onText(false, (text2) => NUMBER.test(text2) && holds2(Number(text2), test));
    case "prefix": {
      const start = test.fold ? folded2(test.text) : test.text;
      return onText(test.fold, (text2) => text2.startsWith(start));
    }
    case "suffix": {
      const end = test.fold ? folded2(test.text) : test.text;
      return onText(test.fold, (text2) => text2.endsWith(end));
    }
    case "wildcard": {
      const parts = test.fold ? test.parts.map(folded2) : test.parts;
      return onText(test.fold, (text2) => matchesParts(text2, parts));
    }
    case "call": {
      const names2 = new Set(test.names.map(foldedCallName));
      return onText(false, (text2) => names2.has(foldedCallName(text2)));
    }
    case "call-like": {
      const parts = test.parts.map(folded2);
      return onText(false, (text2) => matchesParts(foldedCallName(text2), parts) || matchesParts(folded2(text2), parts));
    }
    case "numeric":
      return (value2) => typeof value2 === "number" && isWithin(value2, test.bounds) || test.ofText === true && typeof value2 === "string" && NUMBER.test(value2) && isWithin(Number(value2), test.bounds);
    case "cidr":
      return inBlock(test.block);
    case "cidr-wider-than":
      return isWiderThan(test.bits);
    case "address":
      return onText(false, (text2) => addressKindOf(text2) === test.is);
    case "account":
      return (value2, record = {}) => nearnessIn(value2, record, known2) === test.nearness;
    case "equals-field":
      return (value2, record) => value2 !== null && someScalar(record, test.path, (other) => other === value2);
    case "names-resource":
      return namesResource(test.arn) ?? (() => false);
    case "block":
      return (value2) => typeof value2 === "string";
    case "present":
      return () => true;
    case "none-of": {
      const tests = test.tests.map((inner) => compileTest(inner, known2));
      return (value2, record) => !tests.some((passes) => passes(value2, record));
    }
    default:
      return test;
  }
}
function isWithin(value2, bounds) {
  return bounds.every((bound) => holds2(value2, bound));
}
function onText(fold, passes) {
  return fold ? (value2) => typeof value2 === "string" && passes(folded2(value2)) : (value2) => typeof value2 === "string" && passes(value2);
}
var ANY_CHARACTER = "\uFFFF";
function matchesParts(text2, parts) {
  const [first = "", ...rest] = parts;
  const last3 = rest.pop();
  if (last3 === void 0) return text2.length === first.length && standsAt(text2, first, 0);
  if (text2.length < first.length + last3.length || !standsAt(text2, first, 0)) return false;
  let from = first.length;
  for (const part of rest) {
    const at2 = indexOfPart(text2, part, from);
    if (at2 === -1) return false;
    from = at2 + part.length;
  }
  return text2.length - last3.length >= from && standsAt(text2, last3, text2.length - last3.length);
}
function indexOfPart(text2, part, from) {
  if (!part.includes(ANY_CHARACTER)) return text2.indexOf(part, from);
  for (let at2 = from; at2 + part.length <= text2.length; at2++) if (standsAt(text2, part, at2)) return at2;
  return -1;
}
function standsAt(text2, part, at2) {
  if (!part.includes(ANY_CHARACTER)) return text2.startsWith(part, at2);
  for (let i = 0; i < part.length; i++) {
    if (part[i] !== ANY_CHARACTER && part[i] !== text2[at2 + i]) return false;
  }
  return true;
}
function holds2(value2, { operator, value: limit }) {
  switch (operator) {
    case "=":
      return value2 === limit;
    case "<":
      return value2 < limit;
    case "<=":
      return value2 <= limit;
    case ">":
      return value2 > limit;
    case ">=":
      return value2 >= limit;
    default:
      return operator;
  }
}

// lambda/core/rules/policy/statement.ts
function readStatement(source) {
  if (!isObject(source)) return void 0;
  const element = elementsOf2(source);
  const notPrincipal = element("notprincipal");
  const [notAction, notResource] = [element("notaction"), element("notresource")];
  const effect = loweredText(element("effect"));
  const sid = element("sid");
  const named6 = [element("action"), notAction, element("resource"), notResource];
  if (effect !== "allow" && effect !== "deny" || !named6.every((one) => isTexts(one)) || !isPrincipal(notPrincipal ?? element("principal"))) {
    return void 0;
  }
  if (element("action") === void 0 && notAction === void 0) return void 0;
  return {
    isAllow: effect === "allow",
    ...typeof sid === "string" && { sid },
    principal: notPrincipal ?? element("principal"),
    isNotPrincipal: notPrincipal !== void 0,
    actions: textsOf(notAction ?? element("action")),
    isNotAction: notAction !== void 0,
    resources: textsOf(notResource ?? element("resource")),
    isNotResource: notResource !== void 0,
    tests: testsOf(element("condition"))
  };
}
function elementsOf2(object) {
  const elements = /* @__PURE__ */ new Map();
  for (const [key, value2] of Object.entries(object)) {
    if (value2 === void 0 || value2 === null) continue;
    const name2 = key.trim().toLowerCase();
    elements.set(name2, [...elements.get(name2) ?? [], value2]);
  }
  return (name2) => {
    const [first, ...more] = elements.get(name2) ?? [];
    return more.length === 0 ? first : [first, ...more].flat();
  };
}
function listOf(value2) {
  return Array.isArray(value2) ? value2.flat(3) : [value2];
}
function textsOf(value2) {
  return listOf(value2).filter((one) => one !== null && ["string", "number", "boolean"].includes(typeof one)).map(String);
}
function loweredText(value2) {
  return typeof value2 === "string" ? value2.trim().toLowerCase() : void 0;
}
function isTexts(value2, types = ["string"]) {
  return listOf(value2).every((one) => one === void 0 || types.includes(typeof one));
}
function isPrincipal(value2) {
  const types = ["string", "number"];
  return listOf(value2).every(
    (one) => isObject(one) ? Object.values(one).every((of) => isTexts(of, types)) : isTexts(one, types)
  );
}
function testsOf(condition) {
  const blocks = Array.isArray(condition) ? condition : [condition];
  return blocks.filter(isObject).flatMap(
    (block) => Object.entries(block).flatMap(([name2, keys2]) => {
      const [, quantifier, operator = "", ifExists] = /^(?:(forallvalues|foranyvalue):)?(.*?)(ifexists)?$/.exec(name2.trim().toLowerCase()) ?? [];
      const passesWithout = quantifier === "forallvalues" || ifExists !== void 0;
      return isObject(keys2) ? Object.entries(keys2).map(([key, values]) => ({
        operator,
        passesWithout,
        key: key.trim().toLowerCase(),
        values: textsOf(values)
      })) : [];
    })
  );
}

// lambda/core/rules/policy/grants.ts
var EVERYBODY = /\/groups\/global\/(?:AllUsers|AuthenticatedUsers)$/;
var LOG_DELIVERY = /\/groups\/s3\/LogDelivery$/;
var PUBLIC = ["public-read", "public-read-write", "authenticated-read"];
var AWS_LOGS_DELIVERY = "c4c1ede66af53448b93c283ce9448c4ba468c9432aa01d700d3878632f77d2d0";
var MAX_GRANTS = 1e3;
var MAX_PRINCIPALS = 2e4;
var MAX_LIST_TEXT = 1e5;
function grantsOfField(name2, value2) {
  const low = name2.toLowerCase();
  if (low === "x-amz-acl") {
    const isPublic = textsOf(value2).some((text2) => PUBLIC.includes(text2.trim().toLowerCase()));
    return isPublic ? [granting("*", [`${name2} ${textsOf(value2).join(", ")}`])] : [];
  }
  if (low.startsWith("x-amz-grant-")) {
    return textsOf(value2).flatMap((text2) => text2.split(",", MAX_GRANTS)).slice(0, MAX_GRANTS).map((grant) => /^\s*(\w+)\s*=\s*["']?([^"']*)["']?\s*$/.exec(decoded(grant))).flatMap((found) => found === null ? [] : granteeOf(found[1] ?? "", found[2] ?? "", name2));
  }
  if (low !== "accesscontrollist" && low !== "accesscontrolpolicy") return [];
  const given = typeof value2 === "string" ? parsed(value2) : value2;
  const list = low === "accesscontrollist" ? { AccessControlList: given } : given;
  if (!isObject(list)) return [];
  const owner = textsOf(at(list, "owner", "id"))[0];
  const grants = [at(list, "accesscontrollist", "grant"), at(list, "grants")].flat(2);
  return grants.slice(0, MAX_GRANTS).filter(isObject).flatMap((grant) => {
    const permission = `access list ${textsOf(at(grant, "permission")).join(", ")}`;
    const grantee = at(grant, "grantee");
    if (!isObject(grantee)) return [];
    return ["uri", "id", "emailaddress"].flatMap(
      (kind2) => textsOf(at(grantee, kind2)).filter((text2) => text2 !== owner).flatMap((text2) => granteeOf(kind2, text2, permission))
    );
  });
}
function parsed(text2) {
  try {
    return text2.length <= MAX_LIST_TEXT ? JSON.parse(text2) : void 0;
  } catch {
    return void 0;
  }
}
function decoded(text2) {
  try {
    return decodeURIComponent(text2);
  } catch {
    return text2;
  }
}
function granteeOf(kind2, spelling, action) {
  const text2 = spelling.trim();
  if (kind2.toLowerCase() !== "uri") {
    return text2 === AWS_LOGS_DELIVERY ? [] : [granting({ CanonicalUser: text2 }, [action])];
  }
  if (EVERYBODY.test(text2)) return [granting("*", [action])];
  return LOG_DELIVERY.test(text2) ? [] : [granting({ CanonicalUser: text2 }, [action])];
}
var PRINCIPALS = ["principal", "principals", "granteeprincipal", "awsaccountid", "awsaccountids"];
var ACTIONS = ["action", "actions", "actionname", "actionnames", "operations"];
var CONDITIONS = {
  sourcearn: "aws:SourceArn",
  sourceaccount: "aws:SourceAccount",
  principalorgid: "aws:PrincipalOrgID",
  principalorgids: "aws:PrincipalOrgID",
  organizationid: "aws:PrincipalOrgID",
  eventsourcetoken: "lambda:EventSourceToken"
};
function grantsOfParameters(parameters) {
  const nested = at(parameters, "statements");
  const lists = Array.isArray(nested) ? nested.slice(0, MAX_GRANTS).filter(isObject).flatMap(grantsOfParameters) : [];
  const element = elementsOf2(parameters);
  const named6 = PRINCIPALS.flatMap((name2) => textsOf(unwrapped2(element(name2))));
  if (named6.length === 0) return lists;
  const conditions = Object.entries(CONDITIONS).flatMap(([name2, key2]) => {
    const values = textsOf(unwrapped2(element(name2)));
    return values.length === 0 ? [] : [[key2, values]];
  });
  const condition = element("condition");
  const key = isObject(condition) ? loweredText(at(condition, "key")) : void 0;
  if (key !== void 0) conditions.push([key, textsOf(at(condition, "value"))]);
  if (flagOf(element("allowexternalprincipals")) === false)
    conditions.push(["aws:PrincipalOrgID", [`\${aws:ResourceOrgID}`]]);
  const actions = ACTIONS.flatMap((name2) => textsOf(unwrapped2(element(name2)))).map(
    (action) => action.includes(":") ? action : `*:${action}`
  );
  const statement = readStatement({
    Effect: "Allow",
    Principal: named6.slice(0, MAX_PRINCIPALS),
    Action: actions.length === 0 ? "*" : actions,
    Condition: { ArnLike: Object.fromEntries(conditions) }
  });
  return statement === void 0 ? lists : [...lists, statement];
}
function unwrapped2(value2) {
  return isObject(value2) ? at(value2, "member") ?? at(value2, "items") : value2;
}
function granting(Principal, Action) {
  return readStatement({ Effect: "Allow", Principal, Action });
}
function at(value2, ...path) {
  let found = value2;
  for (const name2 of path) found = isObject(found) ? elementsOf2(found)(name2) : void 0;
  return found;
}

// lambda/core/rules/policy/managed-policies.ts
var RUNS_CODE = "it may pass roles to what it starts, and so act as them";
var POLICIES = {
  AdministratorAccess: ["admin", "it allows everything"],
  "AdministratorAccess-Amplify": ["admin", "it makes roles and gives them policies"],
  "AdministratorAccess-AWSElasticBeanstalk": ["admin", "it creates roles and passes them on"],
  IAMFullAccess: ["admin", "whoever has all of IAM can give themselves everything"],
  PowerUserAccess: ["admin", "it allows everything but IAM, Organizations and the account"],
  SystemAdministrator: ["admin", "it allows most services, with roles to pass on"],
  AWSOrganizationsFullAccess: ["admin", "it can remove what limits every account of the organization"],
  AWSSSOMasterAccountAdministrator: ["admin", "it decides who gets which role in every account"],
  AWSSSOMemberAccountAdministrator: ["admin", "it decides who gets which role in an account"],
  AWSSSODirectoryAdministrator: ["admin", "it creates users and groups, and sets their passwords"],
  AWSControlTowerServiceRolePolicy: ["admin", "it sets up accounts with their roles"],
  AmazonEC2FullAccess: ["escalation", "it can start and change machines that have roles"],
  AmazonSSMFullAccess: ["escalation", "it can run commands on machines, as their roles"],
  AmazonECS_FullAccess: ["escalation", RUNS_CODE],
  AmazonElasticMapReduceFullAccess: ["escalation", RUNS_CODE],
  AmazonEMRFullAccessPolicy_v2: ["escalation", RUNS_CODE],
  AmazonSageMakerFullAccess: ["escalation", RUNS_CODE],
  AWSBatchFullAccess: ["escalation", RUNS_CODE],
  AWSCloudFormationFullAccess: ["escalation", "its stacks can act with any role that CloudFormation may have"],
  AWSCloud9Administrator: ["escalation", RUNS_CODE],
  AWSCodeBuildAdminAccess: ["escalation", "its builds act as the roles of the projects"],
  AWSCodePipeline_FullAccess: ["escalation", RUNS_CODE],
  AWSDataPipeline_FullAccess: ["escalation", RUNS_CODE],
  AWSElasticBeanstalkFullAccess: ["escalation", RUNS_CODE],
  AWSGlueConsoleFullAccess: ["escalation", RUNS_CODE],
  AWSLambda_FullAccess: ["escalation", "it can change the code of functions that have roles"],
  AWSOpsWorks_FullAccess: ["escalation", RUNS_CODE],
  AWSServiceCatalogAdminFullAccess: ["escalation", "its products run with roles of their own"],
  AWSStepFunctionsFullAccess: ["escalation", RUNS_CODE],
  DatabaseAdministrator: ["escalation", RUNS_CODE],
  DataScientist: ["escalation", RUNS_CODE],
  NetworkAdministrator: ["escalation", RUNS_CODE],
  SecretsManagerReadWrite: ["escalation", "it reads every secret, including those of administrators"]
};
var BY_NAME = new Map(
  Object.entries(POLICIES).map(([name2, [gives, reason]]) => [name2.toLowerCase(), { name: name2, gives, reason }])
);
var ADMIN_ARNS = Object.entries(POLICIES).filter(([, [gives]]) => gives === "admin").flatMap(([name2]) => [`arn:*:iam::aws:policy/${name2}`, `arn:*:iam::aws:policy/job-function/${name2}`]);
function managedPolicyOf(arn) {
  const [, name2] = /^arn:aws[a-z-]*:iam::aws:policy\/(?:[^/]+\/)*([^/]+)$/i.exec(arn.trim()) ?? [];
  return name2 === void 0 ? void 0 : BY_NAME.get(name2.toLowerCase());
}

// lambda/core/rules/policy/document.ts
var MAX_TEXT3 = 2 ** 20;
var MAX_NODES = 2e4;
var MAX_STATEMENTS = 1e3;
var MAX_VALUES3 = 15e3;
var MAX_VALUES_TEXT = 2 ** 18;
var MAX_DEPTH2 = 16;
var MAX_NAME4 = 100;
var searched = /* @__PURE__ */ new WeakMap();
function policiesOf(record) {
  const before = searched.get(record);
  if (before !== void 0) return before;
  const documents = [...documentsIn(record, "requestParameters"), ...documentsIn(record, "responseElements")];
  searched.set(record, documents);
  return documents;
}
function documentsIn(record, part) {
  const parameters = record[part];
  const search = new Search();
  if (isObject(parameters) && flagOf(parameters.omitted)) return [{ field: part, statements: void 0 }];
  let demanded = part === "requestParameters" ? demandedField(record) : void 0;
  if (isObject(parameters) && search.walk(parameters, part)) {
    if (part === "requestParameters") {
      demanded ??= demandedAttribute(parameters);
      const grants = grantsOfParameters(parameters);
      if (grants.length > 0) search.documents.push({ field: part, statements: grants });
    }
  }
  if (demanded !== void 0 && !search.documents.some(({ managed }) => managed === void 0)) {
    search.documents.push({ field: `${part}.${demanded}`, statements: void 0 });
  }
  return search.documents;
}
var Search = class {
  documents = [];
  #unreadable = /* @__PURE__ */ new Set();
  #text = MAX_TEXT3;
  #nodes = MAX_NODES;
  #statements = MAX_STATEMENTS;
  #values = MAX_VALUES3;
  #valuesText = MAX_VALUES_TEXT;
  /** False if a value holds too much to look at any of it. */
  walk(value2, field, depth = 0) {
    if (this.#nodes < 0) return true;
    const isLarge = isObject(value2) && Object.keys(value2).length > this.#nodes;
    if (isLarge) this.#nodes = 0;
    if (depth > MAX_DEPTH2 || this.#nodes-- === 0) {
      this.#addUnreadable(field);
      return !isLarge;
    }
    if (Array.isArray(value2)) for (const element of value2) this.walk(element, field, depth + 1);
    else if (typeof value2 === "string") this.#read(value2, field, depth);
    else if (isObject(value2) && !this.#add(field, value2)) {
      for (const [name2, inner] of Object.entries(value2)) {
        if (this.#nodes < 0) return true;
        const grants = /accesscontrolpolicy$/i.test(field) ? [] : grantsOfField(name2, inner);
        const within = `${field}.${name2.slice(0, MAX_NAME4)}`;
        if (grants.length > 0) this.documents.push({ field: within, statements: grants });
        this.walk(inner, within, depth + 1);
      }
    }
    return true;
  }
  #read(text2, field, depth) {
    const managed = /polic(?:y|ies)arns?$/i.test(field) ? managedPolicyOf(text2) : void 0;
    if (managed !== void 0) this.documents.push({ field, statements: [], managed });
    const trimmed = text2.trim();
    if (!/^["{[%\\]/.test(trimmed)) return;
    this.#text -= trimmed.length;
    const parsed4 = this.#text < 0 ? void 0 : parse(trimmed);
    if (parsed4 !== void 0) {
      if (parsed4 !== text2) this.walk(parsed4, field, depth + 1);
    } else if (this.#text < 0 || POLICY_FIELD.test(field) || /statement/i.test(trimmed)) this.#addUnreadable(field);
  }
  /** Notes a document by its Statement element; false if it has none. */
  #add(field, value2) {
    const elementOf = elementsOf2(value2);
    const isPolicy = VERSIONS.includes(loweredText(elementOf("version")) ?? "");
    const sources = listOf(elementOf("statement")).slice(0, MAX_STATEMENTS + 1);
    if (!isPolicy && !sources.some(hasElements)) return false;
    const statements = [];
    let isWhole2 = true;
    for (const source of sources) {
      if (this.#statements-- <= 0 || !this.#affords(source)) {
        isWhole2 = false;
        break;
      }
      const statement = readStatement(source);
      if (statement === void 0) isWhole2 = false;
      else statements.push(statement);
    }
    if (statements.length > 0) this.documents.push({ field, statements });
    if (!isWhole2) this.#addUnreadable(field);
    return true;
  }
  #affords(value2, depth = 0) {
    if (depth > MAX_DEPTH2 || this.#values-- <= 0) return false;
    if (typeof value2 === "string") this.#valuesText -= value2.length;
    if (this.#valuesText < 0) return false;
    if (Array.isArray(value2)) return value2.every((inner) => this.#affords(inner, depth + 1));
    if (!isObject(value2)) return true;
    return Object.entries(value2).every(([name2, inner]) => this.#affords(name2) && this.#affords(inner, depth + 1));
  }
  #addUnreadable(field) {
    if (this.#unreadable.has(field)) return;
    this.#unreadable.add(field);
    this.documents.push({ field, statements: void 0 });
  }
};
var VERSIONS = ["2012-10-17", "2008-10-17"];
var POLICY_FIELD = /polic(?:y|ies)(?:document|text|injson)?$/i;
function hasElements(value2) {
  if (!isObject(value2)) return false;
  const element = elementsOf2(value2);
  return ["effect", "principal", "notprincipal", "action", "notaction"].some((name2) => element(name2) !== void 0);
}
function parse(text2) {
  const json = (source) => JSON.parse(source);
  const attempts = text2.startsWith("%") ? [
    () => json(decodeURIComponent(text2)),
    () => json(decodeURIComponent(text2.replaceAll("+", "%20"))),
    () => decodeURIComponent(text2)
  ] : [() => json(text2), () => json(`"${text2}"`)];
  for (const attempt of attempts) {
    try {
      return attempt();
    } catch {
    }
  }
  return void 0;
}
var DEMANDED = {
  "backup:PutBackupVaultAccessPolicy": "policy",
  "cloudtrail:PutResourcePolicy": "resourcePolicy",
  "codeartifact:PutDomainPermissionsPolicy": "policyDocument",
  "codeartifact:PutRepositoryPermissionsPolicy": "policyDocument",
  "dynamodb:PutResourcePolicy": "policy",
  "ecr:PutRegistryPolicy": "policyText",
  "ecr:SetRepositoryPolicy": "policyText",
  "elasticfilesystem:PutFileSystemPolicy": "policy",
  "glue:PutResourcePolicy": "policyInJson",
  "iam:CreatePolicy": "policyDocument",
  "iam:CreatePolicyVersion": "policyDocument",
  "iam:CreateRole": "assumeRolePolicyDocument",
  "iam:PutGroupPolicy": "policyDocument",
  "iam:PutRolePolicy": "policyDocument",
  "iam:PutUserPolicy": "policyDocument",
  "iam:UpdateAssumeRolePolicy": "policyDocument",
  "kinesis:PutResourcePolicy": "policy",
  "kms:PutKeyPolicy": "policy",
  "lambda:PutResourcePolicy": "policy",
  "s3:PutAccessPointPolicy": "policy",
  "s3:PutBucketPolicy": "bucketPolicy",
  "secretsmanager:PutResourcePolicy": "resourcePolicy",
  "sso:PutInlinePolicyToPermissionSet": "inlinePolicy"
};
function demandedAttribute(parameters) {
  const elementOf = elementsOf2(parameters);
  const isPolicy = loweredText(elementOf("attributename")) === "policy";
  if (isPolicy) return elementOf("attributevalue") === "" ? void 0 : "attributeValue";
  const attributes = elementOf("attributes");
  const policy = isObject(attributes) ? elementsOf2(attributes)("policy") : void 0;
  if (policy !== void 0 && policy !== "") return "attributes.Policy";
  const own = elementOf("policy");
  return typeof own === "string" && own.trim().startsWith("{") ? "policy" : void 0;
}
function demandedField(record) {
  const call = `${serviceOf(textAt(record, "eventSource") ?? "")}:${withoutApiVersion(textAt(record, "eventName") ?? "")}`;
  return Object.hasOwn(DEMANDED, call) ? DEMANDED[call] : void 0;
}

// lambda/core/rules/policy/glob.ts
function someOverlaps(patterns, other) {
  const right = tidied(other);
  return allTidied(patterns).some((left) => tidiedOverlap(left, right));
}
function someCovers(patterns, other) {
  return someOverlaps(
    patterns,
    other.replace(/[*?]/g, (wildcard2) => ANYTHING[wildcard2] ?? "")
  );
}
var ANYTHING = { "*": "".repeat(97), "?": "" };
function someArnOverlaps(patterns, other) {
  const right = partsOf(other);
  return allInParts(patterns).some((left) => left.every((part, i) => tidiedOverlap(part, right[i] ?? "*")));
}
var tidiedLists = /* @__PURE__ */ new WeakMap();
var listsInParts = /* @__PURE__ */ new WeakMap();
function allTidied(patterns) {
  const known2 = tidiedLists.get(patterns);
  if (known2 !== void 0) return known2;
  const all = [...new Set(patterns.map(tidied))];
  tidiedLists.set(patterns, all);
  return all;
}
function allInParts(patterns) {
  const known2 = listsInParts.get(patterns);
  if (known2 !== void 0) return known2;
  const all = [...new Set(patterns)].map(partsOf);
  listsInParts.set(patterns, all);
  return all;
}
var PARTS = 6;
function partsOf(arn) {
  const parts = arn.replace(/\$\{[^{}]*\}/g, (variable) => variable.replaceAll(":", ".")).split(":", PARTS * MAX_LENGTH);
  const first = parts.slice(0, PARTS - 1);
  const rest = parts.length < PARTS ? "*" : parts.slice(PARTS - 1).join(":");
  return [...first, ...Array(PARTS - 1 - first.length).fill("*"), rest].map(tidied);
}
function tidiedOverlap(left, right) {
  if (!hasWildcard(right)) return fits(left, right);
  return hasWildcard(left) ? patternsOverlap(left, right) : fits(right, left);
}
function hasWildcard(text2) {
  return text2.includes("*") || text2.includes("?");
}
function fits(pattern, text2) {
  let [p, t, star, from] = [0, 0, -1, 0];
  while (t < text2.length) {
    if (pattern[p] === "*") {
      star = p++;
      from = t;
    } else if (p < pattern.length && (pattern[p] === "?" || pattern[p] === text2[t])) {
      p++;
      t++;
    } else if (star >= 0) {
      p = star + 1;
      t = ++from;
    } else return false;
  }
  while (pattern[p] === "*") p++;
  return p === pattern.length;
}
function patternsOverlap(left, right) {
  let fitting = beginningsOf(right);
  for (const character of left) {
    const next = [character === "*" && fitting[0] === true];
    for (let i = 1; i <= right.length; i++) {
      const other = right[i - 1];
      next.push(
        character === "*" || other === "*" ? fitting[i] === true || next[i - 1] === true || character === other && fitting[i - 1] === true : fitting[i - 1] === true && (character === other || character === "?" || other === "?")
      );
    }
    fitting = next;
  }
  return fitting[right.length] === true;
}
function beginningsOf(pattern) {
  const fitting = [true];
  for (const character of pattern) fitting.push(fitting.at(-1) === true && character === "*");
  return fitting;
}
var MAX_LENGTH = 256;
function tidied(pattern) {
  const cut3 = pattern.length > MAX_LENGTH ? `${pattern.slice(0, MAX_LENGTH)}*` : pattern;
  return cut3.trim().toLowerCase().replace(/[*?]{2,}/g, (run2) => {
    const inOrder = run2.replaceAll("*", "");
    return inOrder.length === run2.length ? run2 : `${inOrder}*`;
  });
}

// lambda/core/rules/policy/actions.ts
var SELF_SUFFICIENT = {
  "iam:AddUserToGroup": "group",
  "iam:AttachGroupPolicy": "group",
  "iam:AttachRolePolicy": "role",
  "iam:AttachUserPolicy": "user",
  "iam:CreatePolicyVersion": "policy",
  "iam:PutGroupPolicy": "group",
  "iam:PutRolePolicy": "role",
  "iam:PutUserPolicy": "user",
  "iam:SetDefaultPolicyVersion": "policy",
  "iam:UpdateAssumeRolePolicy": "role"
};
var ON_ONESELF = ["iam:AttachUserPolicy", "iam:PutUserPolicy"];
var TAKING_OVER = ["iam:CreateAccessKey", "iam:CreateLoginProfile", "iam:UpdateLoginProfile"];
var LEADING_IN_IAM = {
  "iam:AddClientIDToOpenIDConnectProvider": "oidc-provider",
  "iam:CreateOpenIDConnectProvider": "oidc-provider",
  "iam:CreateSAMLProvider": "saml-provider",
  "iam:DeleteRolePermissionsBoundary": "role",
  "iam:DeleteUserPermissionsBoundary": "user",
  "iam:PutRolePermissionsBoundary": "role",
  "iam:PutUserPermissionsBoundary": "user",
  "iam:UpdateOpenIDConnectProviderThumbprint": "oidc-provider",
  "iam:UpdateSAMLProvider": "saml-provider"
};
var LEADING = [
  "identitystore:CreateGroupMembership",
  "organizations:DetachPolicy",
  "organizations:UpdatePolicy",
  "sso:AttachCustomerManagedPolicyReferenceToPermissionSet",
  "sso:AttachManagedPolicyToPermissionSet",
  "sso:CreateAccountAssignment",
  "sso:PutInlinePolicyToPermissionSet"
];
var RUNNING = [
  "apprunner:CreateService",
  "batch:RegisterJobDefinition",
  "bedrock-agentcore:CreateCodeInterpreter",
  "cloudformation:CreateChangeSet",
  "cloudformation:CreateStack",
  "cloudformation:UpdateStack",
  "codebuild:CreateProject",
  "codebuild:UpdateProject",
  "codepipeline:CreatePipeline",
  "datapipeline:CreatePipeline",
  "ec2:AssociateIamInstanceProfile",
  "ec2:RunInstances",
  "ecs:RegisterTaskDefinition",
  "ecs:RunTask",
  "elasticmapreduce:RunJobFlow",
  "glue:CreateDevEndpoint",
  "glue:CreateJob",
  "glue:UpdateJob",
  "lambda:CreateFunction",
  "lambda:UpdateFunctionConfiguration",
  "sagemaker:CreateNotebookInstance",
  "sagemaker:CreateProcessingJob",
  "sagemaker:CreateTrainingJob",
  "scheduler:CreateSchedule",
  "ssm:StartAutomationExecution",
  "states:CreateStateMachine",
  "states:UpdateStateMachine"
];
var EVERYDAY = [
  "cloudtrail:StopLogging",
  "dynamodb:Scan",
  "ec2:RunInstances",
  "ec2:TerminateInstances",
  "kms:Decrypt",
  "lambda:UpdateFunctionCode",
  "rds:ModifyDBInstance",
  "s3:GetObject",
  "s3:PutBucketPolicy",
  "secretsmanager:GetSecretValue",
  "ssm:SendCommand"
];
var NOBODY = "q7vx2m-nobody";
function allowsAdmin(statement) {
  if (statement.principal !== void 0 || isBounded(statement)) return false;
  if (SUFFICING.some(([action, kind2]) => can(statement, action, arnOf(kind2, NOBODY)))) return true;
  if (ON_ONESELF.some((action) => allows(statement, action)) && statement.resources.some(isOneself)) return true;
  if (Object.entries(SELF_SUFFICIENT).every(([action]) => allows(statement, action))) {
    return Object.values(SELF_SUFFICIENT).some((kind2) => reaches(statement, arnOf(kind2, "*")));
  }
  const everyday = EVERYDAY.filter((action) => can(statement, action, `arn:*:${serviceOf2(action)}:*:*:${NOBODY}`));
  return everyday.length > EVERYDAY.length * (statement.isNotAction ? 0.5 : 0.8);
}
var SUFFICING = [...Object.entries(SELF_SUFFICIENT), ...TAKING_OVER.map((action) => [action, "user"])];
function allowsEscalation(statement) {
  if (statement.principal !== void 0) return false;
  const inIam = [...Object.entries(SELF_SUFFICIENT), ...Object.entries(LEADING_IN_IAM)];
  if (inIam.some(([action, kind2]) => can(statement, action, arnOf(kind2, "*")))) return true;
  if (LEADING.some((action) => can(statement, action, `arn:*:${serviceOf2(action)}:*:*:*`))) return true;
  if (can(statement, "sts:AssumeRole", arnOf("role", NOBODY))) return true;
  const isOfOneself = statement.resources.length > 0 && statement.resources.every(isOneself);
  if (!isOfOneself && TAKING_OVER.some((action) => can(statement, action, arnOf("user", "*")))) return true;
  return passesRoles(statement) && runsAsRoles(statement);
}
function allowEscalation(statements) {
  return statements.some(passesRoles) && statements.some(runsAsRoles);
}
function isPartOfEscalation(statement) {
  return passesRoles(statement) || runsAsRoles(statement);
}
function passesRoles(statement) {
  return statement.principal === void 0 && can(statement, "iam:PassRole", arnOf("role", "*"));
}
function runsAsRoles(statement) {
  if (statement.principal !== void 0) return false;
  return RUNNING.some((action) => can(statement, action, `arn:*:${serviceOf2(action)}:*:*:*`));
}
function isBounded({ tests }) {
  return tests.some(
    ({ operator, passesWithout, key, values }) => ["iam:permissionsboundary", "iam:policyarn"].includes(key) && !passesWithout && ["arnequals", "arnlike", "stringequals", "stringlike"].includes(operator) && values.length > 0 && !ADMIN_ARNS.some((arn) => someArnOverlaps(values, arn))
  );
}
function isOneself(arn) {
  return /^arn:[^:]*:iam::[^:]*:user\/(?:[^$:]*\/)?\$\{aws:username\}$/i.test(arn);
}
function arnOf(kind2, name2) {
  return `arn:*:iam::*:${kind2}/${name2}`;
}
function serviceOf2(action) {
  return action.split(":", 1)[0] ?? "";
}
function can(statement, action, arn) {
  return allows(statement, action) && reaches(statement, arn);
}
function reaches({ resources, isNotResource }, arn) {
  return isNotResource || resources.length === 0 || someArnOverlaps(resources, arn);
}
function allows({ isAllow, actions, isNotAction }, action) {
  if (!isAllow) return false;
  return isNotAction ? !someCovers(actions, action) : someOverlaps(actions, action);
}

// lambda/core/rules/policy/federation.ts
var OF_GITHUB = /^repo:[^:/*?]+\/|^(?:repository|repository_owner|repository_owner_id|repository_id|enterprise):[^:*?]+/i;
var OF_PULUMI = { naming: ["aud"], beginning: { sub: /^pulumi:[^:*?]+:org:[^:*?]+:/i } };
var OF_COGNITO = { naming: ["aud", "sub"] };
var SHARED = {
  "token.actions.githubusercontent.com": {
    naming: ["repository_id", "repository_owner", "repository_owner_id", "enterprise", "enterprise_id"],
    beginning: { sub: OF_GITHUB, repository: /^[^/*?]+\// }
  },
  "vstoken.actions.githubusercontent.com": { beginning: { sub: OF_GITHUB } },
  "oidc-configuration.audit-log.githubusercontent.com": { naming: ["sub"] },
  "gitlab.com": {
    naming: ["namespace_id", "project_id"],
    beginning: { sub: /^(?:project_path|group_path):[^:/*?]+[/:]/i }
  },
  "app.terraform.io": { beginning: { sub: /^organization:[^:*?]+:/i } },
  "agent.buildkite.com": { beginning: { sub: /^organization:[^:*?]+:/i } },
  "api.pulumi.com": OF_PULUMI,
  "api.pulumi.com/oidc": OF_PULUMI,
  "oidc.vercel.com": { naming: ["aud"], beginning: { sub: /^owner:[^:*?]+:/i } },
  "oidc.codefresh.io": { beginning: { sub: /^account:[^:*?]+:/i } },
  "proidc.upbound.io": { beginning: { sub: /^mcp:[^/*?]+\//i } },
  "scalr.io": { beginning: { sub: /^account:[^:*?]+:/i } },
  "sandboxes.cloud": { naming: ["aud"] },
  "studio.datachain.ai/api": { naming: ["sub"] },
  "tokens.cloud.shisho.dev": { naming: ["sub"] },
  // Callers choose the audience of a service account's token, which is `oaud`; `aud` is who requested the token.
  "accounts.google.com": { naming: ["aud", "sub", "email"] },
  "www.amazon.com": { naming: ["app_id", "user_id"] },
  "graph.facebook.com": { naming: ["app_id", "id"] },
  "cognito-identity.amazonaws.com": OF_COGNITO,
  // GovCloud and China (Cognito Developer Guide, "Using Amazon Cognito in AWS GovCloud (US)"; SDKs' endpoints).
  "cognito-identity-us-gov.amazonaws.com": OF_COGNITO,
  "cognito-identity.us-gov-east-1.amazonaws.com": OF_COGNITO,
  "cognito-identity.cn-north-1.amazonaws.com.cn": OF_COGNITO
};
function providerOf(principal) {
  const [, account, kind2, name2 = ""] = /^arn:[a-z0-9-]+:iam::(\d{12}):(saml|oidc)-provider\/(.+)$/.exec(principal) ?? [];
  if (account !== void 0) return { host: kind2 === "saml" ? "saml" : name2.toLowerCase(), account };
  return /^[a-z0-9.-]+\.[a-z]+(?:\/.*)?$/i.test(principal) ? { host: principal.toLowerCase() } : void 0;
}
function federationsOf({ tests }) {
  const byHost = /* @__PURE__ */ new Map();
  for (const test of tests.filter(isDemanding)) {
    const host = test.key.slice(0, test.key.indexOf(":"));
    const ofHost = byHost.get(host);
    if (ofHost === void 0) byHost.set(host, [test]);
    else ofHost.push(test);
  }
  const answers = /* @__PURE__ */ new Map();
  return (host) => {
    const answer = answers.get(host) ?? federationOf(byHost.get(host) ?? [], host);
    answers.set(host, answer);
    return answer;
  };
}
function federationOf(tests, host) {
  const shared2 = sharedProvider(host);
  if (shared2 === void 0) return tests.length > 0 || host === "saml" ? "tenant" : "anybody";
  return tests.some((test) => namesOwner(test, host, shared2)) ? "owner" : "anybody";
}
function sharedProvider(host) {
  const shared2 = host.startsWith("token.actions.githubusercontent.com/") ? "token.actions.githubusercontent.com" : host;
  return Object.hasOwn(SHARED, shared2) ? SHARED[shared2] : void 0;
}
function isDemanding({ operator, passesWithout, values }) {
  return !passesWithout && ["stringequals", "stringequalsignorecase", "stringlike"].includes(operator) && values.length > 0 && !values.some((value2) => /^[*?]*$/.test(value2));
}
function namesOwner({ operator, key, values }, host, shared2) {
  const claim = key.slice(host.length + 1);
  const { naming = [], beginning = {} } = shared2;
  return values.every((value2) => {
    if (value2.includes("${")) return false;
    const sure = operator === "stringlike" ? value2.replace(/[*?].*$/s, "") : value2;
    if (naming.includes(claim) && sure === value2) return true;
    return Object.hasOwn(beginning, claim) && beginning[claim]?.test(sure) === true;
  });
}

// lambda/core/rules/policy/grantee.ts
function granteesOf({ principal, isNotPrincipal }) {
  if (principal === void 0) return [];
  if (isNotPrincipal) return [{ kind: "everyone", text: "everyone but those of NotPrincipal" }];
  return listOf(principal).flatMap((element) => {
    if (!isObject(element)) return textsOf(element).map((text2) => awsGrantee(text2.trim()));
    return Object.entries(element).flatMap(
      ([kind2, value2]) => textsOf(value2).map((text2) => granteeOf2(kind2.trim().toLowerCase(), text2.trim()))
    );
  });
}
function granteeOf2(kind2, text2) {
  if (isEveryone(text2)) return { kind: "everyone", text: text2 };
  switch (kind2) {
    case "service":
      return { kind: "service", text: text2 };
    case "federated":
      return { kind: "federated", text: text2 };
    case "canonicaluser":
      return { kind: "unknown", text: text2 };
    default:
      return awsGrantee(text2);
  }
}
function awsGrantee(text2) {
  if (isEveryone(text2)) return { kind: "everyone", text: text2 };
  if (isAccountNumber(text2)) return ofAccount(text2, text2);
  if (text2 === "AWS Internal" || /^[a-z0-9.-]+\.(?:amazonaws|amazon)\.com(?:\.cn)?$/.test(text2))
    return { kind: "service", text: text2 };
  const [arn, , service, , account = "", resource2 = ""] = text2.split(":");
  const [, organization] = /^(?:organization|ou)\/(o-[a-z0-9]+)(?:\/|$)/.exec(resource2) ?? [];
  if (arn === "arn" && service === "organizations" && organization !== void 0) {
    return { kind: "organization", organization, text: text2 };
  }
  if (arn === "arn" && isAccountNumber(account)) return ofAccount(account, text2);
  if (arn === "arn" && (service === "iam" || service === "sts")) {
    if (/[*?]/.test(account) || account === "") return { kind: "everyone", text: text2 };
  }
  return /[*?]/.test(text2) && arn !== "arn" ? { kind: "everyone", text: text2 } : { kind: "unknown", text: text2 };
}
function ofAccount(account, text2) {
  const service = serviceOfAccount(account, text2);
  return service === void 0 ? { kind: "account", account, text: text2 } : { kind: "service", text: `${text2} (${service})` };
}
function isEveryone(text2) {
  return /^[*?]*\*[*?]*$/.test(text2);
}

// lambda/core/rules/policy/limits.ts
function limitsOf({ tests }, record, known2) {
  const demanded = new Set(
    tests.filter(({ operator, values }) => operator === "null" && values.length > 0 && values.every(isFalse)).map(({ key }) => key)
  );
  return tests.flatMap((test) => {
    if (test.passesWithout && !demanded.has(test.key)) return [];
    const to = limitOf(test, record, known2);
    return to === void 0 ? [] : [{ test, to, isOfCaller: OF_CALLER.has(test.key) }];
  });
}
function textOf({ key, values }) {
  return `${key} ${values.slice(0, 3).join(", ")}${values.length > 3 ? ` and ${values.length - 3} more` : ""}`;
}
var KEYS3 = {
  "aws:principalaccount": "account",
  "aws:principalarn": "arn",
  "aws:principalorgid": "organization",
  "aws:principalorgpaths": "organization",
  "aws:principalisawsservice": "is-service",
  "aws:principalservicename": "service",
  "aws:principalservicenameslist": "service",
  "aws:sourceaccount": "account",
  "aws:sourceowner": "account",
  "aws:sourcearn": "arn",
  "aws:sourceorgid": "organization",
  "aws:sourceorgpaths": "organization",
  "aws:sourceip": "address",
  "aws:sourcevpc": "network",
  "aws:sourcevpcarn": "arn",
  "aws:sourcevpce": "network",
  "aws:vpceaccount": "account",
  "aws:vpceorgid": "organization",
  "aws:vpceorgpaths": "organization",
  "aws:ec2instancesourcevpc": "network",
  "aws:sourceinstancearn": "arn",
  "ec2:sourceinstancearn": "arn",
  "lambda:sourcefunctionarn": "arn",
  // Only whoever has the skill knows its id (Alexa Skills Kit, "Host a Custom Skill as an AWS Lambda Function").
  "lambda:eventsourcetoken": "token",
  "aws:userid": "userid",
  "kms:calleraccount": "account",
  "s3:dataaccesspointaccount": "account",
  "s3:dataaccesspointarn": "arn",
  "elasticfilesystem:accessedviamounttarget": "is-mount"
};
var OF_CALLER = /* @__PURE__ */ new Set([
  "aws:principalaccount",
  "aws:principalarn",
  "aws:principalorgid",
  "aws:principalorgpaths",
  "aws:resourceaccount",
  "aws:resourceorgid",
  "kms:calleraccount"
]);
var MIRRORED = {
  "aws:resourceaccount": /^\$\{aws:principalaccount\}$/i,
  "aws:resourceorgid": /^\$\{aws:principalorgid\}$/i
};
var EXACT = ["stringequals", "stringequalsignorecase"];
var BY_PARTS = ["arnequals", "arnlike"];
var OPERATORS = [...EXACT, ...BY_PARTS, "stringlike", "ipaddress", "bool"];
function limitOf(test, record, known2) {
  const { operator, key } = test;
  if (!OPERATORS.includes(operator) || test.values.length === 0) return void 0;
  const mirrored = Object.hasOwn(MIRRORED, key) ? MIRRORED[key] : void 0;
  if (mirrored !== void 0) return test.values.every((value2) => mirrored.test(value2)) ? ["own"] : void 0;
  const meaning = Object.hasOwn(KEYS3, key) ? KEYS3[key] : void 0;
  if (meaning === void 0) return void 0;
  const values = test.values.map(
    (value2) => value2.replaceAll(/\$\{aws:resourceaccount\}/gi, viewOf(record).account ?? "")
  );
  if (meaning === "address") return values.every(isAddress) && !admitInternet(values) ? ["network"] : void 0;
  const limits = values.map((value2) => limitOfValue(meaning, value2, test, record, known2));
  return limits.every((limit) => limit !== void 0) ? [...new Set(limits.flat())] : void 0;
}
function limitOfValue(meaning, value2, { operator, key }, record, known2) {
  const hasWildcard2 = /[*?]/.test(value2);
  if (meaning === "organization") return limitOfOrganization(value2, operator, known2);
  if (value2.includes("${")) return void 0;
  if (hasWildcard2 && EXACT.includes(operator)) return [];
  switch (meaning) {
    case "is-service":
      return isTrue(value2) ? ["service"] : void 0;
    case "is-mount":
      return isTrue(value2) ? ["network"] : void 0;
    case "service":
      return /^[*?]+$/.test(value2) ? void 0 : ["service"];
    case "token":
      return hasWildcard2 ? void 0 : ["own"];
    case "account":
      if (hasWildcard2) return void 0;
      return isAccountNumber(value2) ? [ofAccount2(value2, record, known2)] : [];
    case "network":
      return hasWildcard2 ? void 0 : ["network"];
    case "userid": {
      const [id = ""] = value2.split(":");
      if (isAccountNumber(id)) return [ofAccount2(id, record, known2)];
      return !hasWildcard2 || /^[A-Z0-9]{16,}(?::|\*$)/i.test(value2) ? ["unknown-caller"] : void 0;
    }
    case "arn":
      return limitOfArn(value2, operator, key, record, known2);
    default:
      return meaning;
  }
}
function limitOfOrganization(value2, operator, known2) {
  if (/^\$\{aws:resourceorg(?:id|paths)\}(?:\/\*)?$/i.test(value2)) return ["own"];
  const [id = ""] = value2.split("/");
  if (id.includes("${")) return void 0;
  if (/[*?]/.test(id)) return EXACT.includes(operator) ? [] : void 0;
  return [id.toLowerCase() === known2.organization ? "own" : "foreign-organization"];
}
var NAMED_WITHOUT_ACCOUNT = {
  // S3 resources other than buckets are left out: they belong to an account.
  s3: /^(?!(?:accesspoint|access-grants|job|storage-lens|storage-lens-group)\/)[a-z0-9.-]{3,63}(?:$|\/)/,
  route53: /^(?:hostedzone|healthcheck)\/[A-Z0-9-]+$/i
};
function limitOfArn(value2, operator, key, record, known2) {
  const [arn = "", partition = "", service = "", region = "", account = "", ...rest] = value2.split(":");
  const before = [arn, partition, service, region].join(":");
  if (!BY_PARTS.includes(operator) && /[*?]/.test(before) && key === "aws:principalarn") return void 0;
  if (isAccountNumber(account)) return [ofAccount2(account, record, known2)];
  if (account === "cloudfront") return ["unknown-caller"];
  const names2 = Object.hasOwn(NAMED_WITHOUT_ACCOUNT, service) ? NAMED_WITHOUT_ACCOUNT[service] : void 0;
  return (account === "" || account === "*") && names2?.test(rest.join(":")) ? ["unknown-caller"] : void 0;
}
function ofAccount2(account, record, known2) {
  return nearnessOf(account, record, known2) === "foreign" ? "foreign-account" : "own";
}
function isAddress(value2) {
  return /^[0-9a-f.:/ ]+$/i.test(value2);
}
function isTrue(value2) {
  return value2.trim().toLowerCase() === "true";
}
function isFalse(value2) {
  return value2.trim().toLowerCase() === "false";
}

// lambda/core/rules/policy/judge.ts
function holdsFor(question, documents, record, known2) {
  return documents.some(({ statements, managed }) => {
    if (statements === void 0 || question.unreadable)
      return statements === void 0 && question.unreadable === true;
    return managed !== void 0 && asksFor(question, managed.gives) || answeringTogether(question, statements, record, known2).length > 0 || statements.some((statement) => holdsForStatement(question, statement, record, known2));
  });
}
function answeringTogether(question, statements, record, known2) {
  if (asksFor(question, "escalation")) {
    return allowEscalation(statements) ? statements.filter(isPartOfEscalation) : [];
  }
  if (question.allows !== void 0 || !question.opensTo?.includes("everyone")) return [];
  const admitting = statements.map((statement) => [statement, addressesOf(statement, record, known2)]);
  const some = admitting.filter(([, addresses]) => addresses.length > 0);
  return admitInternet(some.flatMap(([, addresses]) => addresses)) ? some.map(([statement]) => statement) : [];
}
function addressesOf(statement, record, known2) {
  if (!statement.isAllow || !granteesOf(statement).some(({ kind: kind2 }) => kind2 === "everyone")) return [];
  const [limit, ...more] = limitsOf(statement, record, known2);
  const isByAddress = limit?.test.key === "aws:sourceip" && limit.test.operator === "ipaddress";
  return isByAddress && more.length === 0 ? limit.test.values : [];
}
function asksFor({ opensTo, allows: actions = [] }, gives) {
  return opensTo === void 0 && actions.some((action) => action === "escalation" || action === gives);
}
function holdsForStatement({ opensTo, allows: actions }, statement, record, known2) {
  if (!statement.isAllow) return false;
  const isAllowing = actions === void 0 || actions.some((action) => allowsAsked(statement, action));
  if (!isAllowing || opensTo === void 0) return isAllowing;
  return openingsOf2(statement, record, known2).some(({ to }) => to !== void 0 && opensTo.includes(to));
}
function allowsAsked(statement, action) {
  if (action === "admin") return allowsAdmin(statement);
  return action === "escalation" ? allowsEscalation(statement) : allows(statement, action);
}
var judged2 = /* @__PURE__ */ new WeakMap();
function openingsOf2(statement, record, known2) {
  if (!statement.isAllow) return [];
  const before = judged2.get(statement);
  if (before?.record === record && before.known === known2) return before.openings;
  const limits = summaryOf2(limitsOf(statement, record, known2));
  const federation = federationsOf(statement);
  const openings = granteesOf(statement).map((grantee) => ({
    grantee,
    ...openingOf2(grantee, limits, federation, record, known2)
  }));
  judged2.set(statement, { record, known: known2, openings });
  return openings;
}
function summaryOf2(limits) {
  const closing = limits.filter(({ to }) => to.every((limit) => limit === "own"));
  return {
    closing: closing[0],
    closingCaller: closing.find(({ isOfCaller }) => isOfCaller),
    narrowest: narrowest(limits)
  };
}
var NO_LIMIT = "no condition limits who";
function openingOf2(grantee, { closing, closingCaller, narrowest: narrowest2 }, federationOf2, record, known2) {
  switch (grantee.kind) {
    case "everyone":
      return closing === void 0 ? narrowest2 ?? opened2("everyone", NO_LIMIT) : closed(closing);
    case "account": {
      const nearness = nearnessOf(grantee.account, record, known2);
      if (nearness !== "foreign") return { to: void 0, because: `${nearness} account` };
      return closingCaller === void 0 ? opened2("foreign-account", "nothing limits it to own accounts") : closed(closingCaller);
    }
    case "organization":
      if (grantee.organization === known2.organization) return { to: void 0, because: "own organization" };
      return closingCaller === void 0 ? opened2("foreign-organization", "nothing limits it to own accounts") : closed(closingCaller);
    case "unknown":
      return closing === void 0 ? opened2("unknown-caller", "nobody says whose it is") : closed(closing);
    case "service":
      return closing === void 0 ? narrowest2 ?? opened2("service", NO_LIMIT) : closed(closing);
    case "federated": {
      const { host, account } = providerOf(grantee.text) ?? { host: "" };
      if (account !== void 0 && nearnessOf(account, record, known2) === "foreign") {
        return opened2("federated", "the provider of a foreign account");
      }
      if (closing !== void 0) return closed(closing);
      const federation = federationOf2(host);
      if (federation === "tenant") return { to: void 0, because: "the issuer is one tenant's" };
      return federation === "owner" ? opened2("federated-owner", "limited to identities of one owner at a shared provider") : opened2("federated", "no condition says whose identities");
    }
    default:
      return grantee;
  }
}
var FROM_WORST = ["foreign-account", "foreign-organization", "unknown-caller", "network", "service"];
function narrowest(limits) {
  for (const limit of FROM_WORST) {
    const found = limits.find(({ to }) => to.includes(limit));
    if (found !== void 0) return opened2(limit, `limited by ${textOf(found.test)}`);
  }
  return void 0;
}
function opened2(to, because) {
  return { to, because };
}
function closed({ test }) {
  return { to: void 0, because: `limited to own by ${textOf(test)}` };
}

// lambda/core/rules/condition.ts
function compileCondition(condition, known2 = NOBODY_KNOWN, part = (inner) => compileCondition(inner, known2)) {
  switch (condition.kind) {
    case "all": {
      const parts = condition.of.map((inner) => part(inner));
      return (object, record) => {
        for (let i = 0; i < parts.length; i++) if (!parts[i](object, record)) return false;
        return true;
      };
    }
    case "any": {
      const parts = condition.of.map((inner) => part(inner));
      return (object, record) => {
        for (let i = 0; i < parts.length; i++) if (parts[i](object, record)) return true;
        return false;
      };
    }
    case "not": {
      const holds3 = part(condition.of);
      return (object, record) => !holds3(object, record);
    }
    case "field": {
      const passes = anyOf(condition.tests.map((test) => compileTest(test, known2)));
      const { path } = condition;
      return (object, record) => {
        const only = onlyAt(object, path);
        if (only === SEVERAL) return someScalar(object, path, (value2) => passes(value2, record));
        return only !== void 0 && !isObject(only) && passes(only, record);
      };
    }
    case "absent": {
      const { path } = condition;
      return (object) => !someScalar(object, path, () => true);
    }
    case "size": {
      const { path, bounds } = condition;
      return (object) => someSize(object, path, (size) => isWithin(size, bounds));
    }
    case "within": {
      const holds3 = compileCondition(condition.of, known2);
      const { path } = condition;
      return (object, record) => someObject(object, path, (inner) => holds3(inner, record));
    }
    case "internet": {
      const blocks = blocksOf2(condition.of, known2);
      return (object, record) => admitInternet(blocks(object, record));
    }
    case "policy":
      return (_, record) => holdsFor(condition.question, policiesOf(record), record, known2);
    case "acting":
      return (_, record) => actsAs(record, condition.is);
    case "outcome": {
      const outcomes = new Set(condition.in);
      return (record) => outcomes.has(viewOf(record).outcome);
    }
    case "text": {
      const tests = condition.tests.map((test) => ({ passes: compileTest(test, known2), ofAll: holdsWithin(test) }));
      const { path } = condition;
      return (object, record) => someText(
        object,
        path,
        (text2, isOwn) => tests.some(({ passes, ofAll }) => (isOwn || ofAll) && passes(text2, record))
      );
    }
    case "related": {
      const { path, other } = condition;
      return (object, record) => {
        const texts3 = ownTexts(object, other);
        if (texts3.size === 0) return false;
        const tests = relatedTests(condition, [...texts3]).map((test) => ({
          passes: compileTest(test),
          ofAll: holdsWithin(test)
        }));
        return someText(object, path, (text2, isOwn) => {
          return tests.some(({ passes, ofAll }) => (isOwn || ofAll) && passes(text2, record));
        });
      };
    }
    default:
      return condition;
  }
}
function anyOf(tests) {
  const [only] = tests;
  return tests.length === 1 && only ? only : (value2, record) => tests.some((passes) => passes(value2, record));
}
function blocksOf2(condition, known2) {
  switch (condition.kind) {
    case "all": {
      const [counting] = condition.of.filter(countsBlocks);
      if (counting === void 0) break;
      const others = condition.of.filter((part) => part !== counting).map((part) => compileCondition(part, known2));
      const blocks = blocksOf2(counting, known2);
      return (object, record) => others.every((holds3) => holds3(object, record)) ? blocks(object, record) : [];
    }
    case "within": {
      const blocks = blocksOf2(condition.of, known2);
      return (object, record) => objectsAt(object, condition.path).flatMap((inner) => blocks(inner, record));
    }
    case "field":
      return (object) => scalarsAt(object, condition.path).filter((value2) => typeof value2 === "string");
  }
  return () => [];
}
function countsBlocks(condition) {
  switch (condition.kind) {
    case "all":
      return condition.of.some(countsBlocks);
    case "within":
      return countsBlocks(condition.of);
    case "field":
      return condition.tests.some(({ kind: kind2 }) => kind2 === "block");
    default:
      return false;
  }
}
function holdsWithin({ kind: kind2 }) {
  return kind2 !== "equals" && kind2 !== "in" && kind2 !== "cidr" && kind2 !== "compare";
}
var MAX_RELATED = 200;
function ownTexts(object, path) {
  const texts3 = /* @__PURE__ */ new Set();
  someText(object, path, (text2, isOwn) => {
    if (isOwn) texts3.add(text2);
    return false;
  });
  return texts3;
}
function relatedTests({ relation, fold }, texts3) {
  const folding = fold ? { fold: true } : {};
  if (relation === "equals") return [{ kind: "equals", texts: texts3, ...folding }];
  return texts3.slice(0, MAX_RELATED).map((text2) => ({ kind: relation, text: text2, ...folding }));
}
function joined2(kind2, of) {
  const [only] = of;
  return of.length === 1 && only ? only : { kind: kind2, of };
}

// lambda/core/rules/event-pattern/error.ts
var EventPatternError = class extends Error {
  name = "EventPatternError";
  /** The field in the pattern, joined by dots; empty for the pattern as a whole. */
  path;
  unknown;
  constructor(path, what, unknown) {
    super(path === "" ? `pattern: ${what}` : `pattern.${path}: ${what}`);
    this.path = path;
    this.unknown = unknown;
  }
};

// lambda/core/rules/event-pattern/parse-operator.ts
function parseOperator(element, path) {
  if (isScalar(element)) return { kind: "in", values: [literal2(element, path)] };
  if (!isObject(element)) {
    throw new EventPatternError(path, "a list holds strings, numbers, true, false, null or {operator: ...} objects");
  }
  const [operator, argument] = single(element, path);
  if (operator === "exactly") return { kind: "in", values: [text(argument, operator, path)] };
  if (!isOperator(operator)) throw unknownOperator(operator, path);
  switch (operator) {
    case "exists":
      if (typeof argument !== "boolean") throw new EventPatternError(path, "exists takes true or false");
      return argument ? { kind: "present" } : { kind: "absent" };
    case "prefix":
    case "suffix":
      return affix(operator, argument, path);
    case "equals-ignore-case":
      return { kind: "equals", texts: [text(argument, operator, path)], fold: true };
    case "wildcard":
      return wildcard(text(argument, operator, path), path);
    case "anything-but":
      return { kind: "none-of", tests: anythingBut(argument, path) };
    case "numeric":
      return { kind: "numeric", bounds: numeric(argument, operator, path) };
    case "number":
      return { kind: "numeric", bounds: numeric(argument, operator, path), ofText: true };
    case "flag":
      if (typeof argument !== "boolean") throw new EventPatternError(path, "flag takes true or false");
      return { kind: "in", values: [argument, ...spellingsOf(argument)] };
    case "cidr":
      return { kind: "cidr", block: cidr(text(argument, operator, path), path) };
    case "address":
      if (!ADDRESS_KINDS.includes(argument)) {
        throw new EventPatternError(path, `address takes one of ${ADDRESS_KINDS.join(", ")}`);
      }
      return { kind: "address", is: argument };
    case "account":
      if (!NEARNESS.includes(argument)) {
        throw new EventPatternError(path, `account takes one of ${NEARNESS.join(", ")}`);
      }
      return { kind: "account", nearness: argument };
    case "cidr-wider-than":
      if (!Number.isInteger(argument) || argument < 1 || argument > 128) {
        throw new EventPatternError(path, "cidr-wider-than takes the length of a prefix, 1 to 128");
      }
      return { kind: "cidr-wider-than", bits: argument };
    case "internet":
      if (argument !== true) throw new EventPatternError(path, "internet takes true");
      return { kind: "block" };
    case "size":
      return { kind: "size", bounds: numeric(argument, operator, path) };
    case "equals-field":
      return { kind: "equals-field", path: text(argument, operator, path).split(".") };
    case "names-resource":
      return { kind: "names-resource", arn: resource(text(argument, operator, path), path) };
    default:
      return operator;
  }
}
function spellingsOf(flag) {
  const text2 = String(flag);
  return [text2, text2.charAt(0).toUpperCase() + text2.slice(1), text2.toUpperCase()];
}
function isOperator(word2) {
  return OPERATORS2.includes(word2);
}
function unknownOperator(operator, path) {
  const text2 = `unknown operator ${JSON.stringify(operator)}; one of ${OPERATORS2.join(", ")}`;
  return new EventPatternError(path, text2, { word: operator, known: OPERATORS2 });
}
var EVENT_BRIDGE_OPERATORS = [
  "exists",
  "prefix",
  "suffix",
  "equals-ignore-case",
  "wildcard",
  "anything-but",
  "numeric",
  "cidr"
];
var OPERATORS2 = [
  ...EVENT_BRIDGE_OPERATORS,
  "address",
  "account",
  "cidr-wider-than",
  "internet",
  "number",
  "flag",
  "size",
  "equals-field",
  "names-resource"
];
function affix(kind2, argument, path) {
  if (!isObject(argument)) return { kind: kind2, text: text(argument, kind2, path) };
  const [operator, inner] = single(argument, path);
  if (operator !== "equals-ignore-case") {
    throw new EventPatternError(path, `${kind2} takes a string or {equals-ignore-case: string}, not {${operator}: ...}`);
  }
  return { kind: kind2, text: text(inner, operator, path), fold: true };
}
function wildcard(source, path) {
  const parts = [""];
  for (let i = 0; i < source.length; i++) {
    let character = source.charAt(i);
    if (character === "*") {
      if (source[i + 1] === "*") throw new EventPatternError(path, "wildcard has two * in a row; one is enough");
      parts.push("");
      continue;
    }
    if (character === "\\") {
      character = source.charAt(++i);
      if (character !== "*" && character !== "\\") {
        throw new EventPatternError(path, "wildcard knows only the escapes \\* and \\\\");
      }
    }
    parts[parts.length - 1] += character;
  }
  return { kind: "wildcard", parts };
}
function anythingBut(argument, path) {
  if (isObject(argument)) {
    const [operator, inner] = single(argument, path);
    const textIn = operator === "prefix" || operator === "suffix" ? nonEmpty : text;
    const texts3 = (Array.isArray(inner) ? inner : [inner]).map((one) => textIn(one, `anything-but ${operator}`, path));
    if (texts3.length === 0) throw new EventPatternError(path, `anything-but ${operator} takes at least one string`);
    switch (operator) {
      case "prefix":
      case "suffix":
        return texts3.map((one) => ({ kind: operator, text: one }));
      case "equals-ignore-case":
        return texts3.map((one) => ({ kind: "equals", texts: [one], fold: true }));
      case "wildcard":
        return texts3.map((one) => wildcard(one, path));
      case "names-resource":
        return texts3.map((one) => ({ kind: operator, arn: resource(one, path) }));
      default:
        throw new EventPatternError(
          path,
          `anything-but takes values, prefix, suffix, equals-ignore-case, wildcard or names-resource, not ${JSON.stringify(operator)}`
        );
    }
  }
  const values = Array.isArray(argument) ? argument : [argument];
  const allTexts = values.every((value2) => typeof value2 === "string");
  const allNumbers = values.every((value2) => typeof value2 === "number");
  if (values.length === 0 || !(allTexts || allNumbers)) {
    throw new EventPatternError(path, "anything-but takes strings only, or numbers only");
  }
  return [{ kind: "in", values: values.map((value2) => literal2(value2, path)) }];
}
function numeric(argument, word2, path) {
  if (!Array.isArray(argument) || argument.length === 0 || argument.length % 2 !== 0 || argument.length > 4) {
    throw new EventPatternError(path, `${word2} takes [operator, number] or a range such as [">", 0, "<=", 5]`);
  }
  const bounds = [];
  for (let i = 0; i < argument.length; i += 2) {
    const operator = argument[i];
    if (operator !== "=" && operator !== "<" && operator !== "<=" && operator !== ">" && operator !== ">=") {
      throw new EventPatternError(path, `${word2} knows =, <, <=, > and >=, not ${JSON.stringify(operator)}`);
    }
    const value2 = argument[i + 1];
    if (typeof value2 !== "number") throw new EventPatternError(path, `${word2} ${operator} takes a number`);
    bounds.push({ operator, value: literal2(value2, path) });
  }
  const [bottom, top] = bounds;
  if (bottom && top) {
    if (!bottom.operator.startsWith(">") || !top.operator.startsWith("<")) {
      throw new EventPatternError(path, `a range of ${word2} has a lower bound (> or >=), then an upper one (< or <=)`);
    }
    if (bottom.value >= top.value) throw new EventPatternError(path, `a range of ${word2} has the smaller bound first`);
  }
  return bounds;
}
function cidr(block, path) {
  if (isBlock(block)) return block;
  const wanted = "an address and a prefix length such as 10.0.0.0/8";
  throw new EventPatternError(path, `cidr takes ${wanted}, not ${JSON.stringify(block)}`);
}
function resource(arn, path) {
  if (namesResource(arn) !== void 0) return arn;
  const wanted = `the ARN of a resource of ${NAMEABLE.join(", ")}`;
  throw new EventPatternError(path, `names-resource takes ${wanted}, not ${JSON.stringify(arn)}`);
}
function isScalar(value2) {
  return value2 === null || typeof value2 === "string" || typeof value2 === "number" || typeof value2 === "boolean";
}
function literal2(value2, path) {
  if (typeof value2 === "number" && !Number.isFinite(value2)) throw new EventPatternError(path, "a number is too large");
  return value2;
}
function single(object, path) {
  const entries = Object.entries(object);
  const [entry] = entries;
  if (entry === void 0 || entries.length > 1) {
    throw new EventPatternError(path, "an operator object has exactly one key");
  }
  return entry;
}
function text(argument, operator, path) {
  if (typeof argument !== "string") throw new EventPatternError(path, `${operator} takes a string`);
  return argument;
}
function nonEmpty(argument, operator, path) {
  const value2 = text(argument, operator, path);
  if (value2 === "") throw new EventPatternError(path, `${operator} takes no empty string`);
  return value2;
}

// lambda/core/rules/event-pattern/event-pattern.ts
var MAX_ALTERNATIVES = 1e3;
var MAX_DEPTH3 = 100;
function compileEventPattern(pattern) {
  return joined2("any", alternativesOf(pattern, []).map(conditionOf));
}
function alternativesOf(pattern, path, isInOr = false) {
  const place = path.join(".");
  if (!isObject(pattern)) throw new EventPatternError(place, "must be an object or a list");
  if (path.length > MAX_DEPTH3) throw new EventPatternError(place, `is nested more than ${MAX_DEPTH3} levels deep`);
  const fields2 = Object.entries(pattern);
  if (fields2.length === 0) throw new EventPatternError(place, "an object needs at least one field");
  return fields2.reduce(
    (all, [field, inner]) => {
      if (isInOr && RESERVED.has(field)) {
        const what = `${field} is reserved: no field in $or may have this name; a path with a dot, such as a.${field}, may end with it`;
        throw new EventPatternError([...path, "$or"].join("."), what);
      }
      const these = field === "$or" ? branchesOf(inner, path) : alternativesOfField(field, inner, path, isInOr);
      if (all.length * these.length > MAX_ALTERNATIVES) {
        throw new EventPatternError(place, `$or makes more than ${MAX_ALTERNATIVES} combinations`);
      }
      return all.flatMap((left) => these.map((right) => combined(left, right, field === "$or", place)));
    },
    [[]]
  );
}
function combined(left, right, overrides, place) {
  const later2 = new Set(right.map(({ path }) => path.join(".")));
  const kept = left.filter(({ path }) => !later2.has(path.join(".")));
  if (kept.length < left.length && !overrides) throw new EventPatternError(place, "names one field twice");
  return [...kept, ...right];
}
function alternativesOfField(field, inner, parent, isInOr) {
  const path = [...parent, ...field.split(".")];
  if (!Array.isArray(inner)) return alternativesOf(inner, path, isInOr);
  const place = path.join(".");
  if (inner.length === 0) throw new EventPatternError(place, "an empty list matches nothing");
  const asked2 = inner.map((element) => parseOperator(element, place));
  const lone = asked2.find(({ kind: kind2 }) => kind2 === "size" || kind2 === "block");
  if (lone !== void 0 && asked2.length > 1) {
    throw new EventPatternError(place, `${lone.kind === "size" ? "size" : "internet"} must be alone in its list`);
  }
  if (lone?.kind === "size") return [[{ ...lone, path }]];
  const tests = merged2(asked2.filter((one) => one.kind !== "absent" && one.kind !== "size"));
  const present = [{ kind: "field", path, tests }];
  const absent = [{ kind: "absent", path }];
  if (tests.length === 0) return [absent];
  return asked2.some(({ kind: kind2 }) => kind2 === "absent") ? [absent, present] : [present];
}
function branchesOf(branches, path) {
  const place = [...path, "$or"].join(".");
  if (!Array.isArray(branches) || branches.length < 2 || !branches.every(isObject)) {
    throw new EventPatternError(place, "takes a list of at least two objects");
  }
  return branches.flatMap((branch) => alternativesOf(branch, path, true));
}
var RESERVED = /* @__PURE__ */ new Set([
  ...EVENT_BRIDGE_OPERATORS,
  ...`exactly = < <= > >= regex not-wildcard not-equals-ignore-case date-after date-on-or-after date-before
  date-on-or-before in-date-range ip-address-in-range ip-address-not-in-range`.split(/\s+/)
]);
function conditionOf(alternative) {
  const root = emptyTree();
  for (const one of alternative) {
    const depth = depthOf(one, alternative);
    const tree = one.path.slice(0, depth).reduce(descend, root);
    tree.conditions.push({ ...one, path: one.path.slice(depth) });
  }
  const condition = joined2("all", conditionsBelow(root, []));
  const blocks = alternative.filter((one) => one.kind === "field" && one.tests.some(({ kind: kind2 }) => kind2 === "block"));
  if (blocks.length > 1)
    throw new EventPatternError(blocks[1]?.path.join(".") ?? "", "internet works on one field only");
  return blocks.length === 0 ? condition : { kind: "internet", of: condition };
}
function depthOf(one, alternative) {
  switch (one.kind) {
    case "size":
      return one.path.length - 1;
    case "field":
      return one.path.length;
    case "absent":
      return depthOfAbsence(one.path, alternative);
    default:
      return one;
  }
}
function depthOfAbsence(absent, alternative) {
  const name2 = absent.join(".");
  const earlier = alternative.filter(({ kind: kind2, path }) => kind2 === "field" && path.join(".") < name2);
  return Math.max(0, ...earlier.map(({ path }) => commonDepth(path, absent)));
}
function commonDepth(a, b) {
  const difference = a.findIndex((field, i) => field !== b[i]);
  return Math.min(difference === -1 ? a.length - 1 : difference, b.length - 1);
}
function emptyTree() {
  return { conditions: [], fields: /* @__PURE__ */ new Map() };
}
function descend(tree, field) {
  let next = tree.fields.get(field);
  if (next === void 0) {
    next = emptyTree();
    tree.fields.set(field, next);
  }
  return next;
}
function conditionsBelow(tree, path) {
  const fields2 = tree.conditions.filter((condition) => condition.kind === "field");
  const others = tree.conditions.filter((condition) => condition.kind !== "field");
  const here = fields2.map((field) => ({ ...field, path }));
  const below2 = [...tree.fields];
  const [only] = below2;
  if (below2.length === 1 && only && others.length === 0) {
    return [...here, ...conditionsBelow(only[1], [...path, only[0]])];
  }
  const inner = [...others, ...below2.flatMap(([field, child]) => conditionsBelow(child, [field]))];
  if (inner.length === 0) return here;
  return path.length === 0 ? [...here, ...inner] : [...here, { kind: "within", path, of: joined2("all", inner) }];
}
function merged2(tests) {
  const values = tests.flatMap((test) => test.kind === "in" ? test.values : []);
  const others = tests.filter((test) => test.kind !== "in");
  return values.length === 0 ? others : [{ kind: "in", values }, ...others];
}

// lambda/core/rules/pin-index.ts
var PinIndex = class {
  #fields = /* @__PURE__ */ new Map();
  #list = [];
  #everyRecord = [];
  /** Files an entry under its pins; an entry without pins is found for every record. */
  add(pins, entry) {
    if (pins === void 0) {
      this.#everyRecord.push(entry);
      return;
    }
    for (const pin of pins) {
      const field = this.#field(pin.field);
      if (pin.by === "text" || pin.by === "anything") field.takesText = true;
      if (pin.by === "presence") field.present.push(entry);
      else if (pin.by === "anything") {
        field.anything.push({ entry, passes: pin.such === void 0 ? () => true : compileTest(pin.such) });
      } else if (pin.by === "exact") append(field.exact, pin.value, entry);
      else append(field[pin.by], pin.value, entry);
      if (pin.by === "folded" || pin.by === "text") field.lengths[pin.value.length] = true;
    }
  }
  /** Calls `found` with each entry of which the record has a pin; an entry may come more than once. */
  find(record, found) {
    if (this.#everyRecord.length > 0) this.#everyRecord.forEach(found);
    for (let i = 0; i < this.#list.length; i++) {
      const field = this.#list[i];
      const value2 = onlyAt(record, field.path);
      if (value2 === void 0) continue;
      if (value2 === SEVERAL || isObject(value2)) this.#findMany(record, field, found);
      else this.#findOne(value2, field, found);
    }
  }
  /** A field nearly always holds one scalar. */
  #findOne(value2, field, found) {
    if (field.present.length > 0) field.present.forEach(found);
    if (field.exact.size > 0) field.exact.get(value2)?.forEach(found);
    if (value2 === null) return;
    const text2 = typeof value2 === "string" ? value2 : String(value2);
    const low = field.lengths[text2.length] || field.call.size > 0 ? folded2(text2) : void 0;
    if (low !== void 0 && typeof value2 === "string") this.#findName(low, field, found);
    if (field.takesText) this.#findText(text2, low, field, found);
  }
  #findMany(record, field, found) {
    let seen = false;
    someScalar(record, field.path, (value2) => {
      if (!seen) field.present.forEach(found);
      seen = true;
      field.exact.get(value2)?.forEach(found);
      if (typeof value2 === "string") this.#findName(folded2(value2), field, found);
      return false;
    });
    if (!field.takesText) return;
    someText(record, field.path, (text2, isOwn) => {
      this.#findText(text2, isOwn ? folded2(text2) : void 0, field, found);
      return false;
    });
  }
  /** Entries filed without case, and under names of calls; `low` is the folded value. */
  #findName(low, field, found) {
    if (field.folded.size > 0) field.folded.get(low)?.forEach(found);
    if (field.call.size > 0) field.call.get(withoutApiVersion(low.trim()))?.forEach(found);
  }
  /** Entries filed as text; `low` is undefined if no text of this length is filed. */
  #findText(text2, low, field, found) {
    if (field.anything.length > 0) {
      for (const { entry, passes } of field.anything) if (passes(text2)) found(entry);
    }
    if (low !== void 0) field.text.get(low)?.forEach(found);
  }
  #field(path) {
    const key = JSON.stringify(path);
    let field = this.#fields.get(key);
    if (field === void 0) {
      field = {
        path,
        exact: /* @__PURE__ */ new Map(),
        folded: /* @__PURE__ */ new Map(),
        call: /* @__PURE__ */ new Map(),
        present: [],
        text: /* @__PURE__ */ new Map(),
        anything: [],
        takesText: false,
        lengths: []
      };
      this.#fields.set(key, field);
      this.#list.push(field);
    }
    return field;
  }
};
function append(map, key, entry) {
  const entries = map.get(key);
  if (entries === void 0) map.set(key, [entry]);
  else entries.push(entry);
}

// lambda/core/rules/pins.ts
function pinsOf(condition) {
  switch (condition.kind) {
    case "all": {
      const choices = condition.of.map(pinsOf).filter((pins) => pins !== void 0);
      return choices.sort((a, b) => cost(a) - cost(b))[0];
    }
    case "any": {
      const branches = condition.of.map(pinsOf);
      return branches.every((pins) => pins !== void 0) ? branches.flat() : void 0;
    }
    case "field":
      return condition.tests.flatMap((test) => pinsOfTest(condition.path, test));
    case "within":
      return pinsOf(condition.of)?.map((pin) => ({ ...pin, field: [...condition.path, ...pin.field] }));
    case "outcome":
      return condition.in.every((outcome) => outcome === "denied" || outcome === "dry-run") ? [{ field: ["errorCode"], by: "presence" }] : void 0;
    case "text":
      return condition.path.length === 0 ? void 0 : condition.tests.flatMap((test) => pinsOfText(condition.path, test));
    case "related":
      return [{ field: condition.path, by: "anything" }];
    case "internet":
      return pinsOf(condition.of);
    case "policy":
      return [
        { field: ["requestParameters"], by: "anything" },
        { field: ["responseElements"], by: "anything" }
      ];
    case "not":
    case "absent":
    case "size":
    case "acting":
      return void 0;
    default:
      return condition;
  }
}
function pinsOfText(field, test) {
  if (test.kind === "equals") return test.texts.map((text2) => ({ field, by: "text", value: folded2(text2) }));
  if (test.kind === "in") return test.values.map((value2) => ({ field, by: "text", value: folded2(String(value2)) }));
  return [{ field, by: "anything", such: test }];
}
function pinsOfTest(field, test) {
  switch (test.kind) {
    case "in":
      return test.values.map(
        (value2) => (
          // An address matches in any spelling, so its text is no pin.
          typeof value2 === "string" && canonicalAddress(value2) !== void 0 ? { field, by: "presence" } : { field, by: "exact", value: value2 }
        )
      );
    case "equals":
      return test.texts.map((text2) => ({ field, by: "folded", value: folded2(text2) }));
    case "call":
      return test.names.map((name2) => ({ field, by: "call", value: foldedCallName(name2) }));
    default:
      return [{ field, by: "presence" }];
  }
}
function cost(pins) {
  return pins.reduce((sum, pin) => sum + costOf(pin), 0);
}
function costOf(pin) {
  const field = pin.field.join(".");
  if (pin.by === "presence" || pin.by === "anything") {
    return field === "errorCode" || field === "errorMessage" ? 20 : 1e3;
  }
  switch (field) {
    case "eventName":
      return 1;
    case "errorCode":
      return 5;
    case "userIdentity.type":
    case "eventType":
      return 100;
    case "eventSource":
      return 150;
    default:
      return typeof pin.value === "boolean" || pin.value === null ? 500 : 120;
  }
}

// lambda/core/rules/predicate-memo.ts
var PredicateMemo = class {
  #same = /* @__PURE__ */ new WeakMap();
  #equal = /* @__PURE__ */ new Map();
  #known;
  #record;
  /** How many records came. */
  #count = 0;
  constructor(known2) {
    this.#known = known2;
  }
  /** What follows is asked of this record: what was known of another one is dropped. */
  begin(record) {
    if (record === this.#record) return;
    this.#record = record;
    this.#count++;
  }
  compile(condition) {
    const same = this.#same.get(condition);
    if (same !== void 0) return same;
    const key = JSON.stringify(condition);
    const predicate = this.#equal.get(key) ?? this.#predicateOf(condition);
    this.#equal.set(key, predicate);
    this.#same.set(condition, predicate);
    return predicate;
  }
  /** The same, compiled when it is asked for the first time: most rules never are. */
  later(conditionOf3) {
    let holds3;
    return (object, record) => {
      holds3 ??= this.compile(conditionOf3());
      return holds3(object, record);
    };
  }
  #predicateOf(condition) {
    const ask = compileCondition(condition, this.#known, (part) => this.compile(part));
    let askedAt = -1;
    let answer = false;
    return (record) => {
      if (askedAt !== this.#count) {
        answer = ask(record, record);
        askedAt = this.#count;
      }
      return answer;
    };
  }
};

// lambda/core/rules/sigma/error.ts
var SigmaError = class extends Error {
  name = "SigmaError";
  /** Where in the detection: the search's name and the field. */
  path;
  constructor(path, what) {
    super(path.length === 0 ? what : `${path.join(".")}: ${what}`);
    this.path = path;
  }
};

// lambda/core/rules/sigma/expression.ts
function parseExpression(text2, searches) {
  const tokens = text2.match(/[()|]|[^\s()|]+/g) ?? [];
  let at2 = 0;
  let depth = 0;
  const fail = (what) => {
    throw new SigmaError(["condition"], what);
  };
  const isNext = (word2) => tokens[at2]?.toLowerCase() === word2;
  const take = (word2) => {
    if (!isNext(word2)) return false;
    at2++;
    return true;
  };
  if (tokens.length === 0) fail("is empty");
  const condition = either();
  if (isNext("|")) fail("aggregations (everything behind |) are not supported");
  if (at2 < tokens.length) fail(`does not understand ${JSON.stringify(tokens[at2])}`);
  return condition;
  function either() {
    const of = [both()];
    while (take("or")) of.push(both());
    return joined2("any", of);
  }
  function both() {
    const of = [negated()];
    while (take("and")) of.push(negated());
    return joined2("all", of);
  }
  function negated() {
    let times = 0;
    while (take("not")) times++;
    const inner = single2();
    return times % 2 === 0 ? inner : { kind: "not", of: inner };
  }
  function single2() {
    if (take("(")) {
      if (++depth > 100) fail("has more than 100 nested parentheses");
      const inner = either();
      if (!take(")")) fail("a ( is not closed");
      depth--;
      return inner;
    }
    const word2 = tokens[at2++] ?? fail("ends too early");
    if (take("of")) return quantified(word2.toLowerCase());
    if (word2.toLowerCase() === "near") fail("near is not supported");
    return searches.get(word2) ?? fail(`there is no search ${JSON.stringify(word2)}`);
  }
  function quantified(quantity) {
    if (quantity !== "1" && quantity !== "any" && quantity !== "all")
      fail(`"${quantity} of" is not supported, only 1, any and all`);
    const pattern = tokens[at2++] ?? fail("ends too early");
    const of = [...searches].filter(([name2]) => isMeant(name2, pattern)).map(([, search]) => search);
    if (of.length === 0) fail(`there is no search like ${JSON.stringify(pattern)}`);
    return joined2(quantity === "all" ? "all" : "any", of);
  }
}
function isMeant(name2, pattern) {
  if (pattern.toLowerCase() === "them") return !name2.startsWith("_");
  const expression = pattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${expression.join(".*")}$`).test(name2);
}

// lambda/core/rules/sigma/modifiers.ts
var MODIFIERS = [
  "all",
  "cased",
  "cidr",
  "contains",
  "endswith",
  "exists",
  "fieldref",
  "gt",
  "gte",
  "i",
  "ignorecase",
  "lt",
  "lte",
  "m",
  "multiline",
  "dotall",
  "neq",
  "re",
  "s",
  "startswith"
];
var KINDS3 = [
  "contains",
  "startswith",
  "endswith",
  "re",
  "cidr",
  "exists",
  "fieldref",
  "lt",
  "lte",
  "gt",
  "gte"
];
var PLACES = ["contains", "startswith", "endswith"];
var REGEX_FLAGS = ["i", "ignorecase", "m", "multiline", "s", "dotall"];
function refuseContradictions(modifiers, isKeyword, path) {
  const given = (among) => among.filter((modifier) => modifiers.has(modifier));
  const refuse = (a, b) => {
    throw new SigmaError(path, `the modifiers ${a} and ${b} do not go together`);
  };
  const [first, second, third] = given(KINDS3);
  if (second !== void 0) {
    const isReference2 = modifiers.has("fieldref") && given(PLACES).length === 1 && third === void 0;
    if (!isReference2) refuse(first ?? "", second);
  }
  const [flag] = given(REGEX_FLAGS);
  if (flag !== void 0 && !modifiers.has("re")) throw new SigmaError(path, `the modifier ${flag} goes only with re`);
  const [caseless] = given(["re", "cidr", "exists", "lt", "lte", "gt", "gte"]);
  if (modifiers.has("cased") && caseless !== void 0) refuse("cased", caseless);
  if (modifiers.has("all") && modifiers.has("exists")) refuse("all", "exists");
  const [misplaced] = given(["cidr", "exists", "fieldref", "lt", "lte", "gt", "gte"]);
  if (isKeyword && misplaced !== void 0) throw new SigmaError(path, `the modifier ${misplaced} needs a field`);
}
function modifierOf(name2, path) {
  const known2 = MODIFIERS.find((modifier) => modifier === name2);
  if (known2 === void 0) throw new SigmaError(path, `the modifier ${JSON.stringify(name2)} is not supported`);
  return known2;
}

// lambda/core/rules/sigma/values.ts
function scalarOf(value2, path) {
  if (value2 === null || typeof value2 === "string" || typeof value2 === "number" || typeof value2 === "boolean")
    return value2;
  throw new SigmaError(path, "takes text, numbers, true, false or null");
}
function testOf(value2, modifiers, path) {
  if (modifiers.has("re")) {
    const flags = {
      ...(modifiers.has("i") || modifiers.has("ignorecase")) && { i: true },
      ...(modifiers.has("m") || modifiers.has("multiline")) && { m: true },
      ...(modifiers.has("s") || modifiers.has("dotall")) && { s: true }
    };
    try {
      compileRegex(String(value2), flags);
    } catch (error) {
      if (error instanceof RegexError) throw new SigmaError(path, error.message);
      throw error;
    }
    return { kind: "regex", source: String(value2), flags };
  }
  if (modifiers.has("cidr")) return { kind: "cidr", block: blockOf(String(value2), path) };
  for (const [modifier, operator] of [
    ["lt", "<"],
    ["lte", "<="],
    ["gt", ">"],
    ["gte", ">="]
  ]) {
    if (!modifiers.has(modifier)) continue;
    if (typeof value2 !== "number") throw new SigmaError(path, `${modifier} takes a number`);
    return { kind: "compare", operator, value: value2 };
  }
  const parts = partsOf2(String(value2));
  if (modifiers.has("contains") || modifiers.has("endswith")) parts.unshift("");
  if (modifiers.has("contains") || modifiers.has("startswith")) parts.push("");
  const fold = !modifiers.has("cased");
  return simplified(parts, fold);
}
function blockOf(text2, path) {
  if (isBlock(text2)) return text2;
  const wanted = "an address and a prefix length such as 10.0.0.0/8";
  throw new SigmaError(path, `cidr takes ${wanted}, not ${JSON.stringify(text2)}`);
}
function partsOf2(value2) {
  const parts = [""];
  for (let i = 0; i < value2.length; i++) {
    let character = value2.charAt(i);
    if (character === "*") {
      parts.push("");
      continue;
    }
    if (character === "?") character = ANY_CHARACTER;
    else if (character === "\\" && /[*?\\]/.test(value2.charAt(i + 1))) character = value2.charAt(++i);
    parts[parts.length - 1] += character;
  }
  return parts;
}
function simplified(parts, fold) {
  const folding = fold ? { fold: true } : {};
  const kept = parts.filter((part, i) => part !== "" || i === 0 || i === parts.length - 1);
  const [first = "", second = "", third] = kept;
  const isPlain = !kept.some((part) => part.includes(ANY_CHARACTER));
  if (kept.length === 1 && isPlain) return { kind: "equals", texts: [first], ...folding };
  if (kept.length === 2 && isPlain && second === "") return { kind: "prefix", text: first, ...folding };
  if (kept.length === 2 && isPlain && first === "") return { kind: "suffix", text: second, ...folding };
  if (kept.length === 3 && isPlain && first === "" && third === "")
    return { kind: "contains", text: second, ...folding };
  return { kind: "wildcard", parts: kept, ...folding };
}
function merged3(tests) {
  const equal = tests.filter((test) => test.kind === "equals");
  const others = tests.filter((test) => test.kind !== "equals");
  const [first] = equal;
  return first === void 0 ? others : [{ ...first, texts: equal.flatMap(({ texts: texts3 }) => texts3) }, ...others];
}

// lambda/core/rules/sigma/search.ts
var MAX_DEPTH4 = 20;
function compileSearch(search, path) {
  if (isObject(search)) return compileFields(search, path, []);
  const entries = Array.isArray(search) ? search : [search];
  if (entries.length === 0) throw new SigmaError(path, "the search is empty");
  return joined2(
    "any",
    entries.map((entry) => isObject(entry) ? compileSearch(entry, path) : keyword(entry, /* @__PURE__ */ new Set(), path))
  );
}
function compileFields(map, path, parent) {
  if (path.length > MAX_DEPTH4) throw new SigmaError(path.slice(0, 3), `is nested more than ${MAX_DEPTH4} levels deep`);
  const fields2 = Object.entries(map).map(([key, value2]) => compileField(key, value2, path, parent));
  if (fields2.length === 0) throw new SigmaError(path, "the search is empty");
  return joined2("all", fields2);
}
function compileField(key, value2, above, parent) {
  const [field = "", ...names2] = key.split("|");
  const path = [...above, key];
  const modifiers = new Set(names2.map((name2) => modifierOf(name2, path)));
  const values = Array.isArray(value2) ? value2 : [value2];
  if (values.length === 0) throw new SigmaError(path, "has an empty list");
  if (field === "" && parent.length > 0) throw new SigmaError(path, "keywords are allowed only at the top of a search");
  refuseContradictions(modifiers, field === "", path);
  const condition = fieldCondition([...parent, ...field.split(".")], field === "", values, modifiers, path);
  return modifiers.has("neq") ? { kind: "not", of: condition } : condition;
}
function fieldCondition(field, isKeyword, values, modifiers, path) {
  const quantity = modifiers.has("all") ? "all" : "any";
  const each = (compile) => joined2(quantity, values.map(compile));
  if (isKeyword) return each((one) => keyword(one, modifiers, path));
  if (values.every(isObject) && modifiers.size === 0)
    return each((one) => compileFields(one, path, field));
  if (modifiers.has("fieldref")) return each((one) => reference(field, one, modifiers, path));
  if (modifiers.has("exists")) {
    const [exists] = values;
    if (typeof exists !== "boolean" || values.length > 1) throw new SigmaError(path, "exists takes true or false");
    return presence(field, exists);
  }
  const scalars = values.map((one) => scalarOf(one, path));
  const given = scalars.filter((one) => one !== null);
  const hasNull = given.length < scalars.length;
  if (hasNull && [...modifiers].some((one) => one !== "neq" && one !== "all" && one !== "cased")) {
    throw new SigmaError(path, "null goes only with the modifier neq");
  }
  const conditions = hasNull ? [presence(field, false)] : [];
  const tests = given.map((one) => testOf(one, modifiers, path));
  if (quantity === "any" && tests.length > 0) conditions.push({ kind: "text", path: field, tests: merged3(tests) });
  if (quantity === "all")
    conditions.push(...tests.map((test) => ({ kind: "text", path: field, tests: [test] })));
  return joined2(quantity, conditions);
}
function keyword(value2, modifiers, path) {
  const scalar = scalarOf(value2, path);
  if (scalar === null) throw new SigmaError(path, "null is no keyword");
  const isPlaced = [...PLACES, "re"].some((modifier) => modifiers.has(modifier));
  const test = testOf(scalar, isPlaced ? modifiers : /* @__PURE__ */ new Set([...modifiers, "contains"]), path);
  return { kind: "text", path: [], tests: [test] };
}
function reference(field, value2, modifiers, path) {
  if (typeof value2 !== "string" || value2 === "") throw new SigmaError(path, "fieldref takes the name of a field");
  const relation = modifiers.has("contains") ? "contains" : modifiers.has("startswith") ? "prefix" : modifiers.has("endswith") ? "suffix" : "equals";
  return { kind: "related", path: field, other: value2.split("."), relation, fold: !modifiers.has("cased") };
}
function presence(path, exists) {
  const there = { kind: "text", path, tests: [{ kind: "present" }] };
  return exists ? there : { kind: "not", of: there };
}

// lambda/core/rules/sigma/sigma.ts
function compileSigma(detection) {
  const { condition, timeframe, ...searches } = detection;
  if (timeframe !== void 0) throw new SigmaError(["timeframe"], "is not supported; a threshold is");
  const compiled = new Map(
    Object.entries(searches).map(([name2, search]) => [name2, compileSearch(search, [name2])])
  );
  const expressions = Array.isArray(condition) ? condition : [condition];
  const [first, ...more] = expressions.map((expression) => {
    if (typeof expression !== "string") throw new SigmaError(["condition"], "is missing, or no text");
    return parseExpression(expression, compiled);
  });
  if (first === void 0) throw new SigmaError(["condition"], "is empty");
  return more.length === 0 ? first : { kind: "any", of: [first, ...more] };
}

// lambda/core/rules/call-aliases.ts
var SERVICES = {
  "application-autoscaling": "autoscaling",
  // Application Auto Scaling User Guide, "Log API calls using AWS CloudTrail"
  cloudwatch: "monitoring",
  // CloudWatch User Guide, "Logging API and console operations with AWS CloudTrail"
  "rds-data": "rdsdata",
  // Aurora User Guide, "Logging RDS Data API calls with AWS CloudTrail"
  tag: "tagging"
  // Resource Groups and Tagging User Guide, "Logging Tag Editor calls with AWS CloudTrail"
};
var NAMES2 = {
  "lambda:invokefunction": "Invoke",
  // Lambda Developer Guide, "Logging AWS Lambda API calls", data events
  // S3 User Guide, "Amazon S3 CloudTrail events", its table of API event names used in CloudTrail, against "Actions defined
  // by Amazon S3" of the Service Authorization Reference.
  "s3:getencryptionconfiguration": "GetBucketEncryption",
  "s3:getlifecycleconfiguration": "GetBucketLifecycle",
  "s3:getreplicationconfiguration": "GetBucketReplication",
  "s3:listallmybuckets": "ListBuckets",
  "s3:listbucket": "ListObjects",
  "s3:putencryptionconfiguration": "PutBucketEncryption",
  "s3:putlifecycleconfiguration": "PutBucketLifecycle",
  "s3:putreplicationconfiguration": "PutBucketReplication",
  // The same table, against the names of the SDKs.
  "s3:deletepublicaccessblock": "DeleteBucketPublicAccessBlock",
  "s3:getbucketlifecycleconfiguration": "GetBucketLifecycle",
  "s3:getbucketnotificationconfiguration": "GetBucketNotification",
  "s3:getobjectlockconfiguration": "GetBucketObjectLockConfiguration",
  "s3:getpublicaccessblock": "GetBucketPublicAccessBlock",
  "s3:putbucketlifecycleconfiguration": "PutBucketLifecycle",
  "s3:putbucketnotificationconfiguration": "PutBucketNotification",
  "s3:putobjectlockconfiguration": "PutBucketObjectLockConfiguration",
  "s3:putpublicaccessblock": "PutBucketPublicAccessBlock"
};
function servicesOf(service) {
  const alias = Object.hasOwn(SERVICES, service) ? SERVICES[service] : void 0;
  return alias === void 0 ? [service] : [service, alias];
}
function eventNamesOf(service, name2) {
  const call = `${service}:${name2.toLowerCase()}`;
  const alias = Object.hasOwn(NAMES2, call) ? NAMES2[call] : void 0;
  return alias === void 0 ? [name2] : [name2, alias];
}
var ALIASED_SERVICES = Object.keys(SERVICES);

// lambda/core/rules/watch-list.ts
function compileCalls(entries) {
  const namesByService = /* @__PURE__ */ new Map();
  for (const entry of entries) {
    const { service, name: name2 } = partsOf3(entry);
    for (const recorded of servicesOf(service)) {
      const names2 = namesByService.get(recorded) ?? [];
      namesByService.set(recorded, [...names2, ...eventNamesOf(service, name2)]);
    }
  }
  const services = [...namesByService].map(([service, names2]) => {
    const name2 = { kind: "field", path: ["eventName"], tests: nameTests(names2) };
    return service === "*" ? name2 : { kind: "all", of: [sourceCondition(service), name2] };
  });
  return joined2("any", services);
}
function partsOf3(entry) {
  const separator = entry.indexOf(":");
  const service = folded2(entry.slice(0, separator)).replace(/\.amazonaws\.com$/, "");
  return { service, name: entry.slice(separator + 1) };
}
function sourceCondition(service) {
  const test = service.includes("*") ? { kind: "wildcard", parts: `${service}.amazonaws.com`.split("*"), fold: true } : { kind: "equals", texts: [`${service}.amazonaws.com`], fold: true };
  return { kind: "field", path: ["eventSource"], tests: [test] };
}
function nameTests(names2) {
  const exact = names2.filter((name2) => !name2.includes("*"));
  const wildcards = names2.filter((name2) => name2.includes("*"));
  return [
    ...exact.length > 0 ? [{ kind: "call", names: exact }] : [],
    ...wildcards.map((name2) => ({ kind: "call-like", parts: name2.split("*") }))
  ];
}

// lambda/core/rules/rule-set.ts
function conditionOf2(rule) {
  const known2 = CONDITIONS2.get(rule);
  if (known2 !== void 0) return known2;
  const made = madeCondition(rule);
  CONDITIONS2.set(rule, made);
  return made;
}
var CONDITIONS2 = /* @__PURE__ */ new WeakMap();
function madeCondition(rule) {
  const { detection, steps } = rule;
  const of = conditionsIn(NARROWING, rule);
  if (detection !== void 0) of.push(compileSigma(detection));
  if (steps !== void 0) of.push({ kind: "any", of: steps.of.map(stepCondition) });
  return { kind: "all", of: [...of, ...conditionsIn(JUDGING, rule)] };
}
function stepCondition(step2) {
  return { kind: "all", of: [...conditionsIn(NARROWING, step2), ...conditionsIn(JUDGING, step2)] };
}
function precedingCondition({ after }) {
  return after && compileEventPattern(after.pattern);
}
function wholeCondition(rule) {
  const before = precedingCondition(rule);
  const condition = conditionOf2(rule);
  return before === void 0 ? condition : { kind: "any", of: [condition, before] };
}
function pinsOfRule(rule) {
  return rule.pins ?? pinsOf(wholeCondition(rule));
}
function exceptionCondition(exception) {
  return { kind: "all", of: conditionsIn(NARROWING, exception) };
}
var NARROWING = {
  calls: compileCalls,
  by: (is) => ({ kind: "acting", is }),
  pattern: compileEventPattern,
  each: compileEach
};
var JUDGING = {
  outcome: (filter) => filter === "any" ? void 0 : { kind: "outcome", in: outcomesOf(filter) },
  // Last, because reading documents costs the most.
  policy: (question) => ({ kind: "policy", question })
};
var ABOUT = fieldsOf3(NARROWING);
var ASKING = [...ABOUT, ...fieldsOf3(JUDGING)];
function fieldsOf3(makers) {
  return Object.keys(makers);
}
function conditionsIn(makers, asking) {
  return fieldsOf3(makers).flatMap((field) => {
    const asked2 = asking[field];
    return asked2 === void 0 || asked2 === null ? [] : makers[field](asked2) ?? [];
  });
}
function compileEach({ in: path, pattern }) {
  return { kind: "within", path: path.split("."), of: compileEventPattern(pattern) };
}
var NOTHING2 = { matched: [], excepted: [], exceptions: [], preceding: [], noticed: [], steps: {} };
function compileRules(rules, known2 = NOBODY_KNOWN) {
  const memo = new PredicateMemo(known2);
  const later2 = (part, conditionOfPart) => memo.later(() => conditionOfPart(part));
  const compiledOf = (rule) => ({
    rule,
    holds: later2(rule, conditionOf2),
    precedes: rule.after && later2(rule.after, ({ pattern }) => compileEventPattern(pattern)),
    steps: rule.steps?.of.map((step2) => ({ key: step2.key, holds: later2(step2, stepCondition) })),
    exceptions: (rule.except ?? []).map((exception) => ({ exception, holds: later2(exception, exceptionCondition) }))
  });
  const compiled = [];
  let index;
  const candidatesOf = (record) => {
    index ??= indexOf(rules);
    const found = /* @__PURE__ */ new Set();
    index.find(record, (rank) => found.add(rank));
    return [...found].sort((a, b) => a - b).map((rank) => ({ rank, isSure: false }));
  };
  return {
    rules,
    memo,
    asksCallers: rules.some(({ first }) => first?.by === "actor"),
    match(record, now, possible) {
      const candidates = possible ?? candidatesOf(record);
      if (candidates.length === 0) return NOTHING2;
      memo.begin(record);
      const matched = [];
      const excepted = [];
      const exceptions = [];
      const preceding = [];
      const noticed = [];
      const steps = {};
      for (const { rank, isSure, rest } of candidates) {
        const rule = rules[rank];
        if (rule === void 0) continue;
        compiled[rank] ??= compiledOf(rule);
        const candidate = compiled[rank];
        if (!isSure && !(rest ?? candidate.holds)(record, record)) {
          if (candidate.precedes?.(record, record)) preceding.push(candidate.rule);
          continue;
        }
        const met = candidate.exceptions.find(
          ({ exception, holds: holds3 }) => !isExpired(exception, now) && holds3(record, record)
        );
        if (candidate.rule.first !== void 0) {
          if (met === void 0) noticed.push(candidate.rule);
          continue;
        }
        if (met === void 0) matched.push(candidate.rule);
        else {
          excepted.push(candidate.rule);
          exceptions.push(met.exception);
        }
        if (candidate.steps !== void 0) {
          steps[candidate.rule.name] = candidate.steps.flatMap(({ key, holds: holds3 }) => holds3(record, record) ? key : []);
        }
      }
      return { matched, excepted, exceptions, preceding, noticed, steps };
    }
  };
}
function indexOf(rules) {
  const index = new PinIndex();
  for (const [rank, rule] of rules.entries()) index.add(pinsOfRule(rule), rank);
  return index;
}

// lambda/core/rules/self.ts
var DESK_DEPLOYMENT = {
  logBucket: "trail-bucket",
  accessLogBucket: "trail-bucket-access",
  trailName: "Trailbell-trail",
  trailArn: "arn:aws:cloudtrail:us-east-1:111122223333:trail/Trailbell-trail",
  functionName: "Trailbell-Alerter",
  functionArn: "arn:aws:lambda:us-east-1:111122223333:function:Trailbell-Alerter",
  roleName: "Trailbell-AlerterRole",
  roleArn: "arn:aws:iam::111122223333:role/Trailbell-AlerterRole",
  muteRoleArn: "arn:aws:iam::111122223333:role/Trailbell-MuteRole",
  alertTopicArn: "arn:aws:sns:us-east-1:111122223333:Trailbell-AlertTopic",
  smsTopicArn: "arn:aws:sns:us-east-1:111122223333:Trailbell-SmsTopic",
  healthTopicArn: "arn:aws:sns:us-east-1:111122223333:Trailbell-HealthTopic",
  healthSmsTopicArn: "arn:aws:sns:us-east-1:111122223333:Trailbell-HealthSmsTopic",
  deadLetterQueueUrl: "https://sqs.us-east-1.amazonaws.com/111122223333/Trailbell-DeadLetters",
  tickFunctionName: "Trailbell-Tick",
  tickFunctionArn: "arn:aws:lambda:us-east-1:111122223333:function:Trailbell-Tick",
  scheduleName: "Trailbell-TickSchedule",
  ledgerTableName: "Trailbell-LedgerTable",
  ledgerTableArn: "arn:aws:dynamodb:us-east-1:111122223333:table/Trailbell-LedgerTable",
  functionLogGroup: "Trailbell-AlerterLog",
  tickLogGroup: "Trailbell-TickLog",
  stackName: "Trailbell",
  alarmPrefix: "Trailbell-",
  logKeyArn: "arn:aws:kms:us-east-1:111122223333:key/00000000-0000-4000-8000-000000000000",
  accountId: "111122223333",
  region: "us-east-1"
};
function watchPrefix(stackName) {
  return `${stackName}-self-watch-`;
}
var DESK_KNOWN = { accounts: [DESK_DEPLOYMENT.accountId], organization: "o-exampleorgid" };
var ARNS = {
  function: ({ functionArn }) => functionArn,
  tickFunction: ({ tickFunctionArn }) => tickFunctionArn,
  role: ({ roleArn }) => roleArn,
  bucket: (deployment) => `arn:${partitionOf(deployment)}:s3:::${deployment.logBucket}`,
  trail: ({ trailArn }) => trailArn,
  logKey: ({ logKeyArn }) => logKeyArn,
  alertTopic: ({ alertTopicArn }) => alertTopicArn,
  smsTopic: ({ smsTopicArn }) => smsTopicArn,
  healthTopic: ({ healthTopicArn }) => healthTopicArn,
  healthSmsTopic: ({ healthSmsTopicArn }) => healthSmsTopicArn,
  deadLetterQueue: (deployment) => regional(deployment, "sqs", deployment.deadLetterQueueUrl.split("/").pop() ?? ""),
  ledgerTable: ({ ledgerTableArn }) => ledgerTableArn,
  schedule: (deployment) => regional(deployment, "events", `rule/${deployment.scheduleName}`),
  functionLog: (deployment) => regional(deployment, "logs", `log-group:${deployment.functionLogGroup}`),
  tickLog: (deployment) => regional(deployment, "logs", `log-group:${deployment.tickLogGroup}`),
  alarms: (deployment) => regional(deployment, "cloudwatch", `alarm:${deployment.alarmPrefix}*`),
  stack: (deployment) => regional(deployment, "cloudformation", `stack/${deployment.stackName}`),
  // CDK Developer Guide, "Customize CDK bootstrapping": the role of cdk deploy.
  deployRole: (deployment) => `arn:${partitionOf(deployment)}:iam::${deployment.accountId}:role/cdk-${deployment.bootstrapQualifier ?? "hnb659fds"}-deploy-role-${deployment.accountId}-${deployment.region}`
};
var OWN_RESOURCES = Object.keys(ARNS);
function regional(deployment, service, resource2) {
  const { accountId, region } = deployment;
  return `arn:${partitionOf(deployment)}:${service}:${region}:${accountId}:${resource2}`;
}
function partitionOf({ alertTopicArn }) {
  return alertTopicArn.split(":")[1] ?? "aws";
}

// lambda/core/store/store.ts
var MAX_CHANGES = 100;

// lambda/core/store/memory.ts
function createMemoryStore() {
  const items = /* @__PURE__ */ new Map();
  const dueKeys = /* @__PURE__ */ new Set();
  const dueTime = (key) => items.get(key)?.dueAt ?? 0;
  const queueOf2 = (key) => QUEUES.indexOf(TRAITS[items.get(key)?.urgency ?? "info"].queue);
  return {
    async read(keys2, now) {
      const found = /* @__PURE__ */ new Map();
      for (const key of keys2) {
        const item = items.get(key);
        if (item === void 0) continue;
        const { version, json, bytes, dueAt, expiresAt } = item;
        const isExpired2 = expiresAt !== void 0 && expiresAt <= now;
        found.set(
          key,
          isExpired2 ? { version, body: void 0 } : { version, body: JSON.parse(json), ...bytes && { bytes }, ...dueAt !== void 0 && { dueAt } }
        );
      }
      return found;
    },
    async commit(changes) {
      const isCurrent = ({ key, expected }) => (items.get(key)?.version ?? 0) === expected;
      const texts3 = changes.map(({ next }) => JSON.stringify(next.body));
      refuseTooMuch(changes, texts3);
      if (!changes.every(isCurrent)) return false;
      for (const [i, { key, expected, next }] of changes.entries()) {
        const { body: _, ...rest } = next;
        items.set(key, { version: expected + 1, json: texts3[i], ...rest });
        if (next.dueAt === void 0) dueKeys.delete(key);
        else dueKeys.add(key);
      }
      return true;
    },
    async due(until, limit) {
      return Array.from(dueKeys).filter((key) => dueTime(key) <= until).sort((a, b) => queueOf2(a) - queueOf2(b) || dueTime(a) - dueTime(b)).slice(0, limit);
    },
    async park(key) {
      dueKeys.delete(key);
    },
    nextDue() {
      let next;
      for (const key of dueKeys) next = Math.min(next ?? Number.POSITIVE_INFINITY, dueTime(key));
      return next;
    }
  };
}
var MAX_ITEM = 400 * 1024;
var MAX_COMMIT = 4 * 1024 * 1024;
function refuseTooMuch(changes, texts3) {
  const sizes2 = changes.map(
    ({ key, next: { bytes } }, i) => Buffer.byteLength(key) + Buffer.byteLength(texts3[i] ?? "") + (bytes?.length ?? 0) + 100
  );
  const largest = Math.max(0, ...sizes2);
  const whole = sizes2.reduce((sum, size) => sum + size, 0);
  if (changes.length <= MAX_CHANGES && largest <= MAX_ITEM && whole <= MAX_COMMIT) return;
  const what = `${changes.length} changes of ${whole} bytes, the largest of ${largest}`;
  throw Object.assign(new Error(`${what}, are more than the store takes`), { isRefused: true });
}

// lambda/core/digest/trail-calls.ts
var TRAIL_CALLS = ["StopLogging", "StartLogging", "UpdateTrail", "PutEventSelectors", "CreateTrail", "DeleteTrail"];
function isTrailCall(record) {
  const isOfService2 = textAt(record, "eventSource") === "cloudtrail.amazonaws.com";
  return isOfService2 && TRAIL_CALLS.includes(textAt(record, "eventName") ?? "");
}
var REMEMBERED3 = 40 * 864e5;

// lambda/core/envelope/accept.ts
function foreignerOf({ key }, { accounts, organization }) {
  if (accounts === void 0 && organization === void 0) return void 0;
  const path = logPathOf(key);
  if (path === void 0) return "an account that its key does not tell";
  if (accounts?.includes(path.account)) return void 0;
  if (organization !== void 0 && path.organization === organization) return void 0;
  if (accounts === void 0 && path.organization === void 0) return void 0;
  return path.organization === void 0 ? `account ${path.account}` : `account ${path.account} of organization ${path.organization}`;
}

// lambda/core/envelope/asked-chain.ts
function askedChainsIn(event) {
  const asked2 = valueAt(event, "trailbell") === "digests" ? valueAt(event, "chains") : void 0;
  return Array.isArray(asked2) && asked2.every(isAskedChain) ? asked2 : void 0;
}
function isAskedChain(value2) {
  return textAt(value2, "bucket") !== void 0 && textAt(value2, "chain") !== void 0;
}

// lambda/core/envelope/other-messages.ts
var CONFIG_MESSAGES = /^(?:Configuration|OversizedConfiguration|Compliance|ConfigRules|ScheduledNotification)/;
function isOtherMessage(message) {
  if (CONFIG_MESSAGES.test(textAt(message, "messageType") ?? "")) return true;
  return textAt(message, "source") === "aws.config" && textAt(message, "detail-type") !== void 0;
}

// lambda/core/envelope/envelope.ts
var EnvelopeError = class extends Error {
  name = "EnvelopeError";
};
var MAX_NOTE = 100;
var MAX_DEPTH5 = 5;
function readEnvelope(event) {
  const beside = { faults: [], tests: [], chains: [], times: [], others: 0 };
  const announced = announcedBy(event, "event", beside, 0);
  const logObjects = [];
  const digests = [];
  const skipped = [];
  const seen = /* @__PURE__ */ new Set();
  for (const { logObject, eventName } of announced) {
    const place = s3Uri(logObject);
    const version = `${place} ${logObject.versionId ?? ""} ${logObject.etag ?? ""}`;
    const reason = eventName !== void 0 && !/^(?:s3:)?ObjectCreated:/.test(eventName) ? "no object was created" : seen.has(version) ? "the event names it twice" : whyNotALogFile(logObject.key);
    if (reason !== void 0) {
      skipped.push({ place, reason });
      if (reason === A_DIGEST) digests.push(logObject);
      continue;
    }
    seen.add(version);
    logObjects.push(logObject);
  }
  const { times: sent, ...others } = beside;
  const times = announced.map(({ at: at2 }) => at2 ?? Number.NaN).filter(Number.isFinite);
  const all = [...times, ...sent].filter(Number.isFinite);
  return {
    logObjects,
    digests,
    skipped,
    ...others,
    ...times.length > 0 && { announcedAt: Math.min(...times) },
    ...all.length > 0 && { arrivedAt: Math.max(...all) }
  };
}
function announcedBy(event, place, beside, depth) {
  if (depth > MAX_DEPTH5) throw new EnvelopeError(`${place} is nested deeper than ${MAX_DEPTH5} envelopes`);
  const payload = valueAt(event, "requestPayload");
  if (payload !== void 0) {
    beside.times.push(timeAt(event, "timestamp"));
    return announcedBy(payload, `${place}.requestPayload`, beside, depth + 1);
  }
  if (isSetUpMessage(event)) return [];
  const chains = askedChainsIn(event);
  if (chains !== void 0) {
    beside.chains.push(...chains);
    return [];
  }
  if (isOtherMessage(event)) {
    beside.others++;
    return [];
  }
  if (valueAt(event, "trailbell") !== void 0) {
    beside.tests.push(testIn(event, place));
    return [];
  }
  if (textAt(event, "detail-type") !== void 0) return [announcedByEventBridge(event, place)];
  if (valueAt(event, "s3ObjectKey") !== void 0) return announcedByCloudTrail(event, place);
  const entries = valueAt(event, "Records");
  if (!Array.isArray(entries)) {
    throw new EnvelopeError(
      `${place} is no event of S3, EventBridge, SNS or CloudTrail that announces objects: it is ${shapeOf(event)}`
    );
  }
  return entries.flatMap((entry, i) => {
    try {
      return announcedByEntry(entry, place === "event" ? `Records[${i}]` : `${place}.Records[${i}]`, beside, depth);
    } catch (error) {
      if (!(error instanceof EnvelopeError)) throw error;
      beside.faults.push(error);
      return [];
    }
  });
}
function testIn(event, place) {
  const { trailbell, note: note2, ...others } = event;
  const isNote2 = note2 === void 0 || typeof note2 === "string" && note2.length <= MAX_NOTE && /^[ -~]*$/.test(note2);
  if (trailbell === "test" && isNote2 && Object.keys(others).length === 0) return note2 === void 0 ? {} : { note: note2 };
  const wanted = `{ "trailbell": "test" }, with a note of at most ${MAX_NOTE} printable ASCII characters if you like`;
  throw new EnvelopeError(`${place} asks for nothing that is known; what is wanted is ${wanted}`);
}
function isSetUpMessage(event) {
  return textAt(event, "Event") === "s3:TestEvent" || event === "CloudTrail validation message.";
}
function announcedByEntry(entry, place, beside, depth) {
  const message = textAt(entry, "Sns", "Message");
  if (message !== void 0) {
    beside.times.push(timeAt(entry, "Sns", "Timestamp"));
    return announcedBy(messageOf(message), `${place}.Sns.Message`, beside, depth + 1);
  }
  return [announcedByS3(entry, place)];
}
function messageOf(message) {
  try {
    return JSON.parse(message);
  } catch {
    return message;
  }
}
var RECORD_HINT = ". That looks like a record of a log file; what is wanted is S3's event, which names the log file";
function announcedByS3(entry, place) {
  const bucket = textAt(entry, "s3", "bucket", "name");
  const key = textAt(entry, "s3", "object", "key");
  if (bucket === void 0 || key === void 0) {
    const hint = isObject(entry) && "userIdentity" in entry && "eventID" in entry ? RECORD_HINT : "";
    throw new EnvelopeError(`${place} names no S3 object: it is ${shapeOf(entry)}${hint}`);
  }
  const at2 = timeAt(entry, "eventTime");
  const version = versionOf(textAt(entry, "s3", "object", "versionId"), textAt(entry, "s3", "object", "eTag"));
  return { logObject: { bucket, key: decodedKey(key, place), ...version }, eventName: textAt(entry, "eventName"), at: at2 };
}
function announcedByEventBridge(event, place) {
  const bucket = textAt(event, "detail", "bucket", "name");
  const key = textAt(event, "detail", "object", "key");
  if (bucket === void 0 || key === void 0) {
    throw new EnvelopeError(`${place} is an EventBridge event that names no S3 object: it is ${shapeOf(event)}`);
  }
  const isCreated = textAt(event, "detail-type") === "Object Created";
  const decoded2 = /[%+]/.test(key) ? safelyDecoded(key) : void 0;
  return {
    logObject: {
      bucket,
      key,
      ...decoded2 !== void 0 && decoded2 !== key && { otherKey: decoded2 },
      ...versionOf(textAt(event, "detail", "object", "version-id"), textAt(event, "detail", "object", "etag"))
    },
    eventName: isCreated ? "ObjectCreated:" : "other",
    at: timeAt(event, "time")
  };
}
function timeAt(event, ...path) {
  return Date.parse(textAt(event, ...path) ?? "");
}
function versionOf(versionId, etag) {
  return { ...versionId !== void 0 && { versionId }, ...etag !== void 0 && { etag } };
}
function announcedByCloudTrail(event, place) {
  const bucket = textAt(event, "s3Bucket");
  const keys2 = valueAt(event, "s3ObjectKey");
  const isList = Array.isArray(keys2) && keys2.every((key) => typeof key === "string" && key !== "");
  if (bucket === void 0 || !isList) {
    throw new EnvelopeError(`${place} is a CloudTrail notification that names no objects: it is ${shapeOf(event)}`);
  }
  return keys2.map((key) => ({ logObject: { bucket, key } }));
}
function decodedKey(key, place) {
  const decoded2 = safelyDecoded(key);
  if (decoded2 === void 0) throw new EnvelopeError(`${place}: key ${JSON.stringify(key)} is not form-encoded`);
  return decoded2;
}
function safelyDecoded(key) {
  if (!/[%+]/.test(key)) return key;
  try {
    return decodeURIComponent(key.replaceAll("+", " "));
  } catch {
    return void 0;
  }
}
function shapeOf(value2) {
  if (!isObject(value2)) return Array.isArray(value2) ? "a list" : value2 === null ? "null" : `a ${typeof value2}`;
  const names2 = Object.keys(value2).map((key) => JSON.stringify(key.slice(0, 40)));
  return names2.length === 0 ? "an empty object" : `an object with the keys ${names2.slice(0, 20).join(", ")}`;
}

// lambda/core/rules/own-traffic.ts
function trafficOf(record, deployment) {
  const isOwn = ownCallsLike(record).some(({ by, on }) => by(record, deployment) && on(record, deployment));
  if (!isOwn) return "other";
  return viewOf(record).outcome === "denied" ? "own, denied" : "own";
}
function isOfOwnCalls(record) {
  return ownCallsLike(record).length > 0;
}
function ownCallsLike(record) {
  const calls = CALLS_BY_SOURCE.get(textAt(record, "eventSource"));
  if (calls === void 0) return [];
  const name2 = withoutApiVersion(textAt(record, "eventName") ?? "");
  return calls.filter(({ names: names2 }) => names2.includes(name2));
}
var byFunctions = (record, deployment) => {
  const { roleArn, functionName, tickFunctionName, region } = deployment;
  const session = textAt(record, "userIdentity", "arn")?.split("/").pop();
  return isOfRole(record, roleArn) && textAt(record, "awsRegion") === region && (session === functionName || session === tickFunctionName);
};
var byFunctionsAnywhere = (record, deployment) => {
  const { region } = deployment;
  return byFunctions({ ...record, awsRegion: region }, deployment);
};
var byReader = (record, { readRoleArn, functionName }) => readRoleArn !== void 0 && isOfRole(record, readRoleArn) && textAt(record, "userIdentity", "arn")?.split("/").pop() === functionName;
var byFunctionsFromAfar = (record, { accountId, functionName }) => textAt(record, "userIdentity", "type") === "AWSAccount" && textAt(record, "userIdentity", "accountId") === accountId && (textAt(record, "userIdentity", "principalId") ?? "").endsWith(`:${functionName}`);
function isOfRole(record, roleArn) {
  return textAt(record, "userIdentity", "type") === "AssumedRole" && textAt(record, "userIdentity", "sessionContext", "sessionIssuer", "arn") === roleArn;
}
var byService = (service) => (record) => textAt(record, "userIdentity", "type") === "AWSService" && textAt(record, "userIdentity", "invokedBy") === service;
var parameter = (record, name2) => textAt(record, "requestParameters", name2);
function resourcesOf(record) {
  const resources = valueAt(record, "resources");
  return Array.isArray(resources) ? resources.map((one) => textAt(one, "ARN") ?? "") : [];
}
function isOnBucket(record, bucket) {
  const named6 = parameter(record, "bucketName");
  if (named6 !== void 0 || bucket === "") return named6 === bucket && bucket !== "";
  const arns = resourcesOf(record).map((arn) => arn.split(":").slice(5).join(":"));
  return arns.length > 0 && arns.every((resource2) => resource2 === bucket || resource2.startsWith(`${bucket}/`));
}
var onLogBucket = (record, { logBucket }) => isOnBucket(record, logBucket);
var onAccessLogBucket = (record, { accessLogBucket }) => isOnBucket(record, accessLogBucket);
var onDeadLetters = (record, { deadLetterQueueUrl }) => parameter(record, "queueUrl") === deadLetterQueueUrl;
function topicsOf(deployment) {
  const { alertTopicArn, smsTopicArn, healthTopicArn, healthSmsTopicArn } = deployment;
  return [alertTopicArn, smsTopicArn, healthTopicArn, healthSmsTopicArn, ...deployment.wayTopicArns ?? []];
}
var onTopics = (record, deployment) => topicsOf(deployment).includes(parameter(record, "topicArn") ?? "");
var onSubscriptions = (record, deployment) => {
  const subscription = parameter(record, "subscriptionArn") ?? "";
  return topicsOf(deployment).some((topic) => subscription.startsWith(`${topic}:`));
};
var onTrail = (record, { trailArn }) => trailArn !== "" && [parameter(record, "name"), parameter(record, "trailName")].includes(trailArn);
var onWatchRules = (record, { stackName, arrivalRule = "" }) => {
  const rule = parameter(record, "name") ?? parameter(record, "rule") ?? "";
  return rule.startsWith(watchPrefix(stackName)) || rule !== "" && rule === arrivalRule;
};
var onLedger = (record, { ledgerTableName, ledgerTableArn }) => {
  const named6 = resourcesOf(record);
  if (named6.length === 0) return parameter(record, "tableName") === ledgerTableName;
  return named6.every((arn) => arn === ledgerTableArn || arn.startsWith(`${ledgerTableArn}/`));
};
var onFunctions = (record, { functionName, functionArn, tickFunctionName, tickFunctionArn }) => {
  const called = parameter(record, "functionName") ?? "";
  return [functionName, functionArn, tickFunctionName, tickFunctionArn].some(
    (own) => own !== "" && (called === own || called.startsWith(`${own}:`))
  );
};
var onLogsKey = (record, { logBucket, logKeyArn }) => {
  const context = valueAt(record, "requestParameters", "encryptionContext");
  if (!isObject(context)) return logKeyArn !== "" && resourcesOf(record).includes(logKeyArn);
  const [, , , , , resource2 = ""] = textAt(context, "aws:s3:arn")?.split(":") ?? [];
  return resource2 === logBucket || resource2.startsWith(`${logBucket}/`);
};
var onOwnEnvironment = (record, { functionArn, tickFunctionArn }) => [functionArn, tickFunctionArn].includes(
  textAt(record, "requestParameters", "encryptionContext", "aws:lambda:FunctionArn") ?? "none"
);
var onRole = (record, { roleArn, functionName, tickFunctionName }) => {
  const session = parameter(record, "roleSessionName") ?? "";
  const isOwn = [functionName, tickFunctionName].includes(session) || /^awslambda_\d+_\d+$/.test(session);
  return parameter(record, "roleArn") === roleArn && isOwn;
};
var onReadRole = (record, { readRoleArn, functionName }) => readRoleArn !== void 0 && parameter(record, "roleArn") === readRoleArn && parameter(record, "roleSessionName") === functionName;
var onLogGroups = (record, { functionLogGroup, tickLogGroup }) => [functionLogGroup, tickLogGroup].includes(parameter(record, "logGroupName") ?? "");
var S3 = "s3.amazonaws.com";
var KMS = "kms.amazonaws.com";
var SNS = "sns.amazonaws.com";
var LAMBDA = "lambda.amazonaws.com";
var DYNAMODB = "dynamodb.amazonaws.com";
var CLOUDTRAIL = byService("cloudtrail.amazonaws.com");
var OWN_CALLS = [
  // S3 records ListObjectsV2 under this name.
  { source: S3, names: ["GetObject", "ListObjects"], by: byFunctions, on: onLogBucket },
  { source: "cloudtrail.amazonaws.com", names: ["ListPublicKeys"], by: byFunctionsAnywhere, on: () => true },
  { source: LAMBDA, names: ["Invoke"], by: byFunctions, on: onFunctions },
  { source: KMS, names: ["Decrypt"], by: byFunctions, on: onLogsKey },
  // Where the bucket is another account's.
  ...[byReader, byFunctionsFromAfar].flatMap((by) => [
    { source: S3, names: ["GetObject"], by, on: onLogBucket },
    { source: KMS, names: ["Decrypt"], by, on: onLogsKey }
  ]),
  ...[byFunctions, byFunctionsFromAfar].map((by) => ({
    source: "sts.amazonaws.com",
    names: ["AssumeRole"],
    by,
    on: onReadRole
  })),
  { source: KMS, names: ["Decrypt"], by: (record, { roleArn }) => isOfRole(record, roleArn), on: onOwnEnvironment },
  {
    source: "sqs.amazonaws.com",
    names: ["SendMessage"],
    by: (record, { roleArn }) => isOfRole(record, roleArn),
    on: onDeadLetters
  },
  { source: SNS, names: ["Publish", "ListSubscriptionsByTopic"], by: byFunctions, on: onTopics },
  // The tick looks at these every hour (core/health/).
  {
    source: SNS,
    names: ["ListSubscriptionsByTopic"],
    by: byFunctions,
    on: (record, { arrivalTopicArn }) => arrivalTopicArn !== void 0 && parameter(record, "topicArn") === arrivalTopicArn
  },
  { source: SNS, names: ["GetSubscriptionAttributes"], by: byFunctions, on: onSubscriptions },
  { source: S3, names: ["GetBucketNotification"], by: byFunctions, on: onLogBucket },
  {
    source: "cloudtrail.amazonaws.com",
    names: ["GetTrailStatus", "GetTrail", "GetEventSelectors"],
    by: byFunctions,
    on: onTrail
  },
  {
    source: "events.amazonaws.com",
    names: ["DescribeRule", "ListTargetsByRule"],
    by: byFunctions,
    on: onWatchRules
  },
  { source: LAMBDA, names: ["GetFunctionConcurrency"], by: byFunctions, on: onFunctions },
  {
    source: DYNAMODB,
    names: ["BatchGetItem", "PutItem", "UpdateItem", "TransactWriteItems", "Query"],
    by: byFunctions,
    on: onLedger
  },
  { source: "logs.amazonaws.com", names: ["CreateLogStream"], by: byFunctions, on: onLogGroups },
  { source: S3, names: ["PutObject", "GetBucketAcl"], by: CLOUDTRAIL, on: onLogBucket },
  { source: KMS, names: ["GenerateDataKey"], by: CLOUDTRAIL, on: onLogsKey },
  { source: LAMBDA, names: ["Invoke"], by: byService("s3.amazonaws.com"), on: onFunctions },
  { source: S3, names: ["PutObject"], by: byService("logging.s3.amazonaws.com"), on: onAccessLogBucket },
  { source: LAMBDA, names: ["Invoke"], by: byService("sns.amazonaws.com"), on: onFunctions },
  { source: LAMBDA, names: ["Invoke"], by: byService("events.amazonaws.com"), on: onFunctions },
  { source: "sts.amazonaws.com", names: ["AssumeRole"], by: byService(LAMBDA), on: onRole }
];
var CALLS_BY_SOURCE = /* @__PURE__ */ new Map();
for (const call of OWN_CALLS) CALLS_BY_SOURCE.set(call.source, [...CALLS_BY_SOURCE.get(call.source) ?? [], call]);

// lambda/core/rules/weakened.ts
var ALWAYS = { kind: "all", of: [] };
function weakened(condition, fields2) {
  switch (condition.kind) {
    case "all":
      return { kind: "all", of: condition.of.map((part) => weakened(part, fields2)).filter((part) => !isAlways(part)) };
    case "any": {
      const of = condition.of.map((part) => weakened(part, fields2));
      return of.some(isAlways) ? ALWAYS : { kind: "any", of };
    }
    default:
      return isDecided(condition, fields2) ? condition : ALWAYS;
  }
}
function isDecided(condition, fields2) {
  const own = DECIDED.get(fields2) ?? /* @__PURE__ */ new WeakMap();
  DECIDED.set(fields2, own);
  const known2 = own.get(condition);
  if (known2 !== void 0) return known2;
  const isSo = decides(condition, fields2);
  own.set(condition, isSo);
  return isSo;
}
var DECIDED = /* @__PURE__ */ new WeakMap();
function decides(condition, fields2) {
  switch (condition.kind) {
    case "all":
    case "any":
      return condition.of.every((part) => isDecided(part, fields2));
    case "not":
      return isDecided(condition.of, fields2);
    case "field":
    case "text":
      return condition.tests.every((test) => isTestDecided(condition.path, test, fields2));
    case "absent":
      return fields2.has(condition.path);
    case "outcome":
      return OUTCOME.every((path) => fields2.has(path));
    case "acting":
      return ACTING2.every((path) => fields2.has(path) || fields2.suffices(path, { kind: "address", is: "outside" }));
    case "within":
      return pinsOf(condition.of) !== void 0 && isDecided(condition.of, below(condition.path, fields2));
    case "size":
    case "internet":
    case "policy":
    case "related":
      return false;
    default:
      return condition;
  }
}
function remainder(condition, fields2, holds3) {
  if (isDecided(condition, fields2)) return holds3(condition) ? ALWAYS : void 0;
  if (condition.kind !== "all" && condition.kind !== "any") return condition;
  const parts = condition.of.map((part) => remainder(part, fields2, holds3));
  const left = parts.filter((part) => part !== void 0);
  if (condition.kind === "any")
    return left.some(isAlways) ? ALWAYS : left.length === 0 ? void 0 : joined2("any", left);
  return left.length < parts.length ? void 0 : { kind: "all", of: left.filter((part) => !isAlways(part)) };
}
function isAlways(condition) {
  return condition.kind === "all" && condition.of.length === 0;
}
var OUTCOME = [["errorCode"]];
var ACTING2 = [
  ["userIdentity", "type"],
  ["userIdentity", "invokedBy"],
  ["userIdentity", "sessionContext", "sessionIssuer", "arn"],
  ["sessionCredentialFromConsole"],
  ["sourceIPAddress"]
];
var ACCOUNT = [["recipientAccountId"], ["userIdentity", "accountId"]];
var REGION = ["awsRegion"];
function below(path, fields2) {
  return {
    has: (inner) => fields2.has([...path, ...inner]),
    suffices: (inner, test) => fields2.suffices([...path, ...inner], test)
  };
}
function isTestDecided(path, test, fields2) {
  if (test.kind === "none-of") return test.tests.every((one) => isTestDecided(path, one, fields2));
  return (fields2.has(path) || fields2.suffices(path, test)) && besides(test).every((other) => fields2.has(other));
}
function besides(test) {
  switch (test.kind) {
    case "equals-field":
      return [test.path];
    case "account":
      return ACCOUNT;
    case "names-resource":
      return [...ACCOUNT, REGION];
    case "in":
    case "equals":
    case "contains":
    case "regex":
    case "prefix":
    case "suffix":
    case "wildcard":
    case "call":
    case "call-like":
    case "numeric":
    case "compare":
    case "cidr":
    case "cidr-wider-than":
    case "address":
    case "block":
    case "present":
      return [];
    default:
      return test;
  }
}

// lambda/core/match/sketch-fields.ts
var KIND_OF_KEY = 4;
var OF_SESSION = '"ASIA';
var ACCESS_KEY = JSON.stringify(["userIdentity", "accessKeyId"]);
var SOURCE_ADDRESS = JSON.stringify(["sourceIPAddress"]);
var CALL2 = fieldsOf4(["call"]);
var ALL = fieldsOf4(SKETCH_TEXTS);
var WITHOUT = {
  address: fieldsOf4(SKETCH_TEXTS.filter((text2) => text2 !== "address")),
  session: fieldsOf4(SKETCH_TEXTS.filter((text2) => text2 !== "session")),
  agent: fieldsOf4(SKETCH_TEXTS.filter((text2) => text2 !== "agent"))
};
var ALIKE = fieldsOf4(["call", "caller"]);
function fieldsOf4(texts3) {
  const whole = texts3.filter((text2) => text2 !== "credential").flatMap((text2) => SKETCH_FIELDS[text2]);
  const paths = new Set(whole.flatMap(({ path, as }) => as === "value" ? [JSON.stringify(path)] : []));
  return {
    has: (path) => paths.has(JSON.stringify(path)),
    suffices: (path, test) => texts3.length > 1 && isPartEnough(JSON.stringify(path), test)
  };
}
function isPartEnough(path, test) {
  if (path === SOURCE_ADDRESS) return test.kind === "address" || test.kind === "in" && test.values.every(isNoAddress);
  return path === ACCESS_KEY && (test.kind === "present" || test.kind === "prefix" && test.text.length <= KIND_OF_KEY);
}
function isNoAddress(value2) {
  return typeof value2 !== "string" || (canonicalAddress(value2) ?? sourceNetworkOf(value2)) === void 0;
}
function keyNumber(sketch) {
  return sketch.begins(CREDENTIAL, OF_SESSION) ? 0 : sketch.number(CREDENTIAL);
}
function networkNumber(sketch) {
  const address = sketch.text(ADDRESS);
  return numberOf(sourceNetworkOf(address.slice(1, -2)) ?? address.trimEnd());
}

// lambda/core/match/call-class.ts
var MAX_CLASSES = 5e3;
var CallClasses = class {
  #rules;
  #memo;
  #isFollowed;
  /** Calls share classes. */
  #classes = /* @__PURE__ */ new Map();
  #index;
  #made = 0;
  constructor({ rules, memo }, isFollowed) {
    this.#isFollowed = isFollowed;
    this.#rules = rules;
    this.#memo = memo;
  }
  classOf(record) {
    this.#memo.begin(record);
    const left = this.#leftOf(record);
    const asked2 = left.flatMap(
      ({ rule }) => OF_CALL.flatMap((of) => rule.first?.of.includes(of) ? valuesAt(record, of) : [])
    );
    const isOpen = !isOutcomeOfFields(record) || typeof record.eventName !== "string" || this.#isFollowed(record);
    const kind2 = { isOpen, isLinking: isLinking(record) };
    const rules = left.map(({ rule, condition }) => [rule.name, condition]);
    const content = JSON.stringify([kind2, rules, asked2, left.length > 0 && viewOf(record).outcome]);
    const known2 = this.#classes.get(content);
    if (known2 !== void 0) return known2;
    if (this.#classes.size >= MAX_CLASSES) this.#classes.clear();
    const made = {
      id: this.#made++,
      ...kind2,
      left: left.map((one) => this.#leftRule(one)),
      readsAddress: left.some(({ condition }) => reads("address", condition)),
      readsAgent: left.some(({ condition }) => reads("agent", condition))
    };
    this.#classes.set(content, made);
    return made;
  }
  /** The rules that its sketch leaves possible, of those that are left to its class. */
  possibleIn(left, record) {
    this.#memo.begin(record);
    return left.filter(({ mayHold }) => mayHold(record, record));
  }
  #leftOf(record) {
    const possible = /* @__PURE__ */ new Set();
    this.#index ??= indexOf2(this.#rules);
    this.#index.find(record, (one) => possible.add(one));
    return [...possible].sort((a, b) => a.rank - b.rank).flatMap(({ rank, rule }) => {
      const rest = remainder(noticing(rule), CALL2, (part) => this.#memo.compile(part)(record, record));
      return rest === void 0 ? [] : [{ rank, rule, condition: rest }];
    });
  }
  #leftRule({ rule, rank, condition }) {
    return {
      rule,
      rank,
      mayHold: this.#memo.compile(weakened(condition, ALL)),
      // What comes before a match is noticed too, and is none.
      isSure: isDecided(condition, ALL) && rule.after === void 0,
      // What is left does not tell a match from what comes before it.
      ...rule.after === void 0 && { rest: this.#memo.later(() => condition) },
      isDecided: isDecided(condition, ALL) && (rule.first?.of ?? []).every((of) => WORDS2.has(of)),
      asksSession: reads("session", condition) ? this.#memo.compile(weakened(condition, WITHOUT.session)) : () => false
    };
  }
};
var WORDS2 = /* @__PURE__ */ new Set(["sourceNetwork", "service", "region", "call", "credential", "actor"]);
var OF_CALL = ["service", "call"];
function indexOf2(rules) {
  const index = new PinIndex();
  for (const [rank, rule] of rules.entries()) {
    const pins = pinsOfRule(rule);
    index.add(pins?.every(({ field }) => CALL2.has(field)) ? pins : void 0, { rank, rule });
  }
  return index;
}
function lastingExceptions(rule) {
  const known2 = LASTING.get(rule);
  if (known2 !== void 0) return known2;
  const all = rule.except ?? [];
  const end = all.findIndex((one) => one.until !== void 0 || !isDecided(exceptionCondition(one), ALIKE));
  const made = end === -1 ? all : all.slice(0, end);
  LASTING.set(rule, made);
  return made;
}
var LASTING = /* @__PURE__ */ new WeakMap();
function noticing(rule) {
  const known2 = NOTICING.get(rule);
  if (known2 !== void 0) return known2;
  const made = madeNoticing(rule);
  NOTICING.set(rule, made);
  return made;
}
var NOTICING = /* @__PURE__ */ new WeakMap();
function madeNoticing(rule) {
  const whole = wholeCondition(rule);
  if (rule.first === void 0) return whole;
  const left = (rule.except ?? []).filter(({ until }) => until === void 0).map(exceptionCondition);
  return { kind: "all", of: [whole, ...left.map((of) => ({ kind: "not", of }))] };
}
function reads(text2, condition) {
  return !isDecided(weakened(condition, ALL), WITHOUT[text2]);
}

// lambda/core/match/alike.ts
var AlikeRecords = class {
  possible;
  #isLinking;
  /** True if nothing has to be done about them, apart from counting what is left out. */
  isSettled = false;
  /** What exceptions leave out of each of them. */
  leftOut = [];
  /** They open sessions if `isLinking`. */
  constructor(possible, isLinking2) {
    this.possible = possible;
    this.#isLinking = isLinking2;
  }
  note(record, { verdict, isNothing, now }) {
    if (this.isSettled || !isNothing || this.#isLinking && mayLink(record)) return;
    if ((viewOf(record).time ?? Number.POSITIVE_INFINITY) > now) return;
    const { noticed, excepted, exceptions } = verdict;
    if (excepted.length > 0 && isOfOwnCalls(record)) return;
    const leftOut = excepted.flatMap((rule, i) => {
      const exception = exceptions[i];
      return exception !== void 0 && lastingExceptions(rule).includes(exception) ? { rule, exception } : [];
    });
    this.isSettled = this.possible.every(
      (one) => one.isDecided && (noticed.includes(one.rule) || one.isSure && leftOut.some(({ rule }) => rule === one.rule))
    );
    this.leftOut = leftOut;
  }
};

// lambda/core/match/by-numbers.ts
import { randomInt } from "node:crypto";
var WIDTH = 7;
var ROW = 8;
var ByNumbers = class {
  /** The key that the next `get` or `set` is about: 32 bits each. */
  key = new Int32Array(WIDTH);
  #limit;
  #seed = randomInt(2 ** 31);
  #now;
  #before;
  /** It holds `limit` entries, and at times twice as many. */
  constructor(limit) {
    this.#limit = limit;
    this.#now = new Part(limit);
    this.#before = new Part(limit);
  }
  get() {
    const hash = this.#hash();
    const value2 = this.#now.get(this.key, hash);
    if (value2 !== void 0) return value2;
    const old = this.#before.get(this.key, hash);
    if (old !== void 0) this.#set(hash, old);
    return old;
  }
  /** How the entry was marked since it was set, or 0; a mark may get lost. To look at it costs less than to look at the value. */
  mark() {
    return this.#now.mark(this.key, this.#hash());
  }
  setMark(mark) {
    this.#now.setMark(this.key, this.#hash(), mark);
  }
  set(value2) {
    this.#set(this.#hash(), value2);
  }
  clear() {
    this.#now.clear();
    this.#before.clear();
  }
  #set(hash, value2) {
    if (this.#now.size >= this.#limit) {
      [this.#now, this.#before] = [this.#before, this.#now];
      this.#now.clear();
    }
    this.#now.set(this.key, hash, value2);
  }
  /** Nobody outside knows the seed, so that nobody can make keys that all have the same. */
  #hash() {
    let hash = this.#seed;
    for (let i = 0; i < WIDTH; i++) {
      hash = Math.imul(hash ^ this.key[i], 2654435761);
      hash ^= hash >>> 15;
    }
    return hash;
  }
};
var Part = class {
  #mask;
  /** For each slot the key, and its mark; a slot whose first number is 0 is free. */
  #rows;
  #values;
  size = 0;
  constructor(limit) {
    const slots2 = 2 ** Math.ceil(Math.log2(2 * limit));
    this.#mask = slots2 - 1;
    this.#rows = new Int32Array(slots2 * ROW);
    this.#values = Array(slots2).fill(void 0);
  }
  get(key, hash) {
    return this.#values[this.#slotOf(key, hash)];
  }
  set(key, hash, value2) {
    const slot = this.#slotOf(key, hash);
    if (this.#values[slot] === void 0) this.size++;
    this.#values[slot] = value2;
    this.#rows.set(key, slot * ROW);
    this.#rows[slot * ROW + WIDTH] = 0;
  }
  /** 0 in a free slot. */
  mark(key, hash) {
    return this.#rows[this.#slotOf(key, hash) * ROW + WIDTH];
  }
  setMark(key, hash, mark) {
    const slot = this.#slotOf(key, hash);
    if (this.#values[slot] !== void 0) this.#rows[slot * ROW + WIDTH] = mark;
  }
  /** The slot of a key, or the free one where it would be. */
  #slotOf(key, hash) {
    let slot = hash & this.#mask;
    while (this.#rows[slot * ROW] !== 0 && !this.#isAt(key, slot * ROW)) slot = slot + 1 & this.#mask;
    return slot;
  }
  clear() {
    this.#rows.fill(0);
    this.#values.fill(void 0);
    this.size = 0;
  }
  #isAt(key, at2) {
    for (let i = 0; i < WIDTH; i++) if (this.#rows[at2 + i] !== key[i]) return false;
    return true;
  }
};

// lambda/core/match/number-by-number.ts
var SLOTS = 8192;
var NumberByNumber = class {
  #recent;
  /** In pairs, what is asked for first: the numbers of texts begin with 1. */
  #slots = new Int32Array(2 * SLOTS);
  /** It holds `limit` entries, and at times some more than twice as many. */
  constructor(limit) {
    this.#recent = new Recent(limit);
  }
  /** 0 for what it does not know. */
  get(number) {
    const slot = 2 * (number & SLOTS - 1);
    if (this.#slots[slot] === number) return this.#slots[slot + 1];
    const value2 = this.#recent.get(number) ?? 0;
    if (value2 !== 0) this.#put(slot, number, value2);
    return value2;
  }
  set(number, value2) {
    this.#recent.set(number, value2);
    this.#put(2 * (number & SLOTS - 1), number, value2);
  }
  #put(slot, number, value2) {
    this.#slots[slot] = number;
    this.#slots[slot + 1] = value2;
  }
};

// lambda/core/match/sieve.ts
var MAX_CALLS = 5e3;
var MAX_ALIKE = 15e3;
var MAX_NETWORKS2 = 1e4;
var MAX_TEXT4 = 1500;
var BY_SESSION = 6;
var SETTLED = 1;
var SESSION_DECIDES = 2;
var ONCE = 1;
var OPEN = 2;
var READS_ADDRESS = 4;
var READS_AGENT = 8;
var CLASS = 16;
function kindOf2({ id, isOpen, readsAddress, readsAgent }) {
  if (isOpen) return OPEN;
  return CLASS * (id + 1) + (readsAddress ? READS_ADDRESS : 0) + (readsAgent ? READS_AGENT : 0);
}
var Sieves = class {
  #classes;
  /** By the `call` text ONCE, OPEN, or what kindOf says of its class. */
  #byCall = new NumberByNumber(MAX_CALLS);
  /** By what kindOf says of them. */
  #byKind = new Recent(MAX_CALLS);
  /** By all that decides but the session, and with it where the session decides as well. */
  #alike = new ByNumbers(MAX_ALIKE);
  /** Numbers of networks, by address. */
  #networks = new NumberByNumber(MAX_NETWORKS2);
  #followsSessions;
  /** `isFollowed` says of which calls, by name and service, others than the rules want each record. */
  constructor(rules, followsSessions, isFollowed) {
    this.#classes = new CallClasses(rules, isFollowed);
    this.#followsSessions = followsSessions;
  }
  /** The sieve for the log object with this key: whose account's path it is below decides as well. */
  for(key) {
    const account = logPathOf(key)?.account ?? (key.split("/").includes("AWSLogs") ? "unknown" : "");
    const path = numberOf(account);
    const leftOut = [];
    return {
      passesOver: (sketch) => this.#isSettled(sketch, path, leftOut),
      meet: (record, sketch) => this.#alikeOf(sketch, path) ?? this.#add(record, sketch, path),
      leftOut: () => leftOut.splice(0)
    };
  }
  /** Begins anew: the memory of first-seen rules has forgotten some of what it knew. */
  forget() {
    this.#alike.clear();
  }
  #isSettled(sketch, path, leftOut) {
    const kind2 = this.#byCall.get(sketch.number(CALL));
    if (kind2 <= OPEN) return false;
    this.#setKey(sketch, path, kind2);
    let mark = this.#alike.mark();
    if (mark === SESSION_DECIDES) {
      this.#alike.key[BY_SESSION] = sketch.number(SESSION);
      mark = this.#alike.mark();
    }
    if (mark === SETTLED) return true;
    return this.#isFoundSettled(sketch, leftOut);
  }
  /** The rest of #isSettled, which is asked about nearly every record and short for that. */
  #isFoundSettled(sketch, leftOut) {
    const alike = this.#alikeAtKey(sketch);
    if (alike?.isSettled !== true) return false;
    if (alike.leftOut.length === 0) this.#alike.setMark(SETTLED);
    else for (const one of alike.leftOut) leftOut.push({ ...one, address: addressIn(sketch) });
    return true;
  }
  #alikeOf(sketch, path) {
    const kind2 = this.#byCall.get(sketch.number(CALL));
    if (kind2 <= OPEN) return void 0;
    this.#setKey(sketch, path, kind2);
    return this.#alikeAtKey(sketch);
  }
  /** Leaves the key with the session in it where that decides. */
  #alikeAtKey(sketch) {
    const alike = this.#alike.get();
    if (alike !== "by session") return alike;
    this.#alike.setMark(SESSION_DECIDES);
    this.#alike.key[BY_SESSION] = sketch.number(SESSION);
    const own = this.#alike.get();
    return own === "by session" ? void 0 : own;
  }
  #add(record, sketch, path) {
    if (sizeOf(sketch) > MAX_TEXT4) return void 0;
    const sort = this.#sort(record, sketch);
    if (sort === void 0 || sort.isOpen) return void 0;
    const isLinking2 = sort.isLinking && this.#followsSessions;
    const alike = new AlikeRecords(this.#classes.possibleIn(sort.left, record), isLinking2);
    const isBySession = needsSession(record) || sort.left.some(({ asksSession }) => asksSession(record, record));
    this.#setKey(sketch, path, kindOf2(sort));
    if (isBySession && this.#alike.key[BY_SESSION] === 0) {
      this.#alike.set("by session");
      this.#alike.key[BY_SESSION] = sketch.number(SESSION);
    }
    this.#alike.set(alike);
    return alike;
  }
  #sort(record, sketch) {
    const call = sketch.number(CALL);
    const known2 = this.#byCall.get(call);
    if (known2 === OPEN) return void 0;
    const sort = known2 === 0 ? void 0 : this.#byKind.get(known2) ?? this.#classes.classOf(record);
    this.#byCall.set(call, sort === void 0 ? ONCE : kindOf2(sort));
    if (sort !== void 0) this.#byKind.set(kindOf2(sort), sort);
    return sort;
  }
  #setKey(sketch, path, kind2) {
    const { key } = this.#alike;
    key[0] = kind2;
    key[1] = path;
    key[2] = sketch.number(CALLER);
    key[3] = keyNumber(sketch);
    key[4] = (kind2 & READS_ADDRESS) === 0 ? this.#networkOf(sketch) : sketch.number(ADDRESS);
    key[5] = (kind2 & READS_AGENT) === 0 ? 0 : sketch.number(AGENT2);
    key[BY_SESSION] = key[3] === 0 ? 0 : sketch.number(SESSION);
  }
  #networkOf(sketch) {
    const address = sketch.number(ADDRESS);
    const known2 = this.#networks.get(address);
    if (known2 !== 0) return known2;
    const network = networkNumber(sketch);
    this.#networks.set(address, network);
    return network;
  }
};
function needsSession(record) {
  return !isSessionOfRole(record) || (textAt(record, "userIdentity", "accessKeyId") ?? "").startsWith("AKIA");
}
function sizeOf(sketch) {
  return SKETCH_TEXTS.reduce((size, _, name2) => size + sketch.text(name2).length, 0);
}
function addressIn(sketch) {
  const text2 = sketch.text(ADDRESS).trimEnd();
  const value2 = text2 === "" ? void 0 : JSON.parse(text2);
  return typeof value2 === "string" && value2 !== "" ? value2 : void 0;
}

// lambda/read-object.ts
import { createHash as createHash4 } from "node:crypto";

// lambda/core/incident/assign.ts
function foundIn(record, logObject, verdict, isRecovered = false) {
  const { matched, preceding, noticed, steps } = verdict;
  if (matched.length + preceding.length + noticed.length === 0) return void 0;
  return { record, logObject, rules: matched, preceding, noticed, steps, ...isRecovered && { isRecovered } };
}

// lambda/core/log-file/error.ts
var LogFileError = class extends Error {
  name = "LogFileError";
  logObject;
  what;
  constructor(logObject, what, options) {
    super(`${s3Uri(logObject)}: ${what}`, options);
    this.logObject = logObject;
    this.what = what;
  }
};

// lambda/core/log-file/object-history.ts
var ETAG_LENGTH = 16;
var MAX_AGE = 5 * 6e4;
var REMEMBERED4 = 35 * 864e5;

// lambda/core/log-file/decompress.ts
var MAX_GZIPS = 2;
var PIECE2 = 64 * 1024;
function inflated(logObject, content, limit, observe) {
  if (!isWhole(content)) return unwrapped3(logObject, chunksOf(content), limit, 0, observe);
  let bytes = asBuffer(content);
  let gzips = 0;
  for (; gzips < MAX_GZIPS && isGzip(bytes); gzips++) {
    const inner = gunzipAtOnce(bytes);
    if (inner === void 0) break;
    bytes = inner;
    if (gzips === 0) observe?.(bytes);
  }
  if (!isGzip(bytes) && bytes.length <= limit) return bytes;
  return unwrapped3(logObject, chunksOf(bytes), limit, gzips, observe);
}
async function* unwrapped3(logObject, chunks, limit, gzips, observe) {
  const what = `${gzips === 0 ? "larger than" : "inflates to more than"} the limit of ${limit} bytes`;
  const { head, all } = await peeked(cutOff(logObject, chunks, limit, what), 2);
  if (!isGzip(head)) return yield* gzips === 0 ? inPieces(all, PIECE2) : all;
  if (gzips < MAX_GZIPS) {
    const inner = named5(logObject, gunzipped(all));
    const seen = gzips === 0 && observe !== void 0 ? observed(inner, observe) : inner;
    return yield* unwrapped3(logObject, seen, limit, gzips + 1, observe);
  }
  for await (const _ of all) break;
  throw new LogFileError(logObject, "gzip within gzip within gzip");
}
function cutOff(logObject, chunks, limit, what) {
  return {
    async *[Symbol.asyncIterator]() {
      let left = limit;
      for await (const chunk of chunks) {
        const shown = chunk.length > left ? chunk.subarray(0, left) : chunk;
        left -= chunk.length;
        yield shown;
        if (left < 0) throw new LogFileError(logObject, what);
      }
    }
  };
}
function observed(chunks, observe) {
  return {
    async *[Symbol.asyncIterator]() {
      for await (const chunk of chunks) {
        observe(chunk);
        yield chunk;
      }
    }
  };
}
function named5(logObject, chunks) {
  return {
    async *[Symbol.asyncIterator]() {
      try {
        yield* chunks;
      } catch (cause) {
        throw cause instanceof GunzipError ? new LogFileError(logObject, cause.what, { cause }) : cause;
      }
    }
  };
}

// lambda/core/log-file/brackets.ts
var QUOTE3 = 34;
var COMMA2 = 44;
var COLON2 = 58;
var BACKSLASH2 = 92;
var OPEN_LIST2 = 91;
var CLOSE_LIST2 = 93;
var OPEN_OBJECT2 = 123;
var CLOSE_OBJECT2 = 125;
var Brackets = class {
  /** How deep the value nests, as far as it was looked at. */
  deepest = 0;
  #depth = 0;
  #isBegun = false;
  #isInString = false;
  #isInWord = false;
  #isEscaped = false;
  /**
   * The byte behind the value, or -1 if it goes on behind these bytes.
   * @returns undefined where no value can begin
   */
  endIn(bytes, from) {
    for (let at2 = from; at2 < bytes.length; at2++) {
      const byte = bytes[at2] ?? 0;
      if (this.#isInString) {
        at2 = this.#stringEnd(bytes, at2);
        if (at2 === -1) return -1;
        this.#isInString = false;
      } else if (this.#isInWord) {
        if (!isWordByte(byte)) return at2;
        continue;
      } else if (byte === QUOTE3) {
        this.#isInString = true;
        this.#isBegun = true;
        continue;
      } else if (byte === OPEN_OBJECT2 || byte === OPEN_LIST2) {
        this.#isBegun = true;
        this.#depth++;
        if (this.#depth > this.deepest) this.deepest = this.#depth;
      } else if (byte === CLOSE_OBJECT2 || byte === CLOSE_LIST2) {
        if (!this.#isBegun) return void 0;
        this.#depth--;
      } else if (this.#depth > 0) {
        continue;
      } else if (isWordByte(byte)) {
        this.#isInWord = true;
        continue;
      } else {
        return void 0;
      }
      if (this.#depth === 0) return at2 + 1;
    }
    return -1;
  }
  /** The closing quote of the string that is open, or -1. */
  #stringEnd(bytes, from) {
    let at2 = this.#isEscaped ? from + 1 : from;
    for (; at2 < bytes.length; at2++) {
      const byte = bytes[at2];
      if (byte === BACKSLASH2) at2++;
      else if (byte === QUOTE3) break;
    }
    this.#isEscaped = at2 > bytes.length;
    return at2 < bytes.length ? at2 : -1;
  }
};
function isWordByte(byte) {
  return byte > 32 && byte !== COMMA2 && byte !== CLOSE_LIST2 && byte !== CLOSE_OBJECT2 && byte !== COLON2;
}

// lambda/core/log-file/unread.ts
var BrokenJson = class extends Error {
  name = "BrokenJson";
};
var NOTHING3 = Buffer.alloc(0);
var Unread = class {
  bytes = NOTHING3;
  /** Where in `bytes` reading goes on. */
  at = 0;
  /** The byte of the file that is the first of `bytes`. */
  #place = 0;
  /** Chunks that do not stand alone are put together here. */
  #own = NOTHING3;
  /** The chunk that stands alone. */
  #shown = NOTHING3;
  #chunks;
  #fault;
  /** The text comes in chunks, or it is there already. */
  constructor(text2) {
    if (Buffer.isBuffer(text2)) this.#show(text2, text2);
    else this.#chunks = text2[Symbol.asyncIterator]();
  }
  /** The byte of the file at which `bytes[index]` stands. */
  placeOf(index) {
    return this.#place + index;
  }
  get length() {
    return this.bytes.length - this.at;
  }
  /**
   * Takes in more: as much again as there is, so that what is looked at once more is never more than what is new.
   * @returns false at the end of the file
   * @throws what the chunks throw, once all that came before is taken in
   */
  async grow() {
    if (this.#chunks === void 0) return false;
    if (this.#fault !== void 0) throw this.#fault.error;
    const chunks = [];
    let size = 0;
    try {
      while (size === 0 || size < this.length) {
        const { done, value: value2 } = await this.#chunks.next();
        if (done) break;
        chunks.push(value2);
        size += value2.length;
      }
    } catch (error) {
      if (size === 0) throw error;
      this.#fault = { error };
    }
    if (size > 0) this.#take(chunks, size);
    return size > 0;
  }
  #take(chunks, size) {
    const { at: at2, bytes, length } = this;
    this.#place += at2;
    this.at = 0;
    const [only] = chunks;
    if (length === 0 && chunks.length === 1 && only !== void 0) {
      this.#show(only, only);
      return;
    }
    const own = this.#own.length < length + size ? Buffer.allocUnsafe(2 * (length + size)) : this.#own;
    bytes.copy(own, 0, at2);
    let end = length;
    for (const chunk of chunks) {
      end += chunk.copy(own, end);
      giveBack(chunk);
    }
    this.#own = own;
    this.#show(own.subarray(0, end));
  }
  #show(bytes, chunk = NOTHING3) {
    this.bytes = bytes;
    giveBack(this.#shown);
    this.#shown = chunk;
  }
  /** The next byte that is no space, which `at` then points at; -1 at the end of the file. */
  *next() {
    do {
      this.at = skipSpace2(this.bytes, this.at);
      const byte = this.bytes[this.at];
      if (byte !== void 0) return byte;
    } while (yield);
    return -1;
  }
  /** Passes these bytes if they come next, and are all there already. */
  passText(text2) {
    for (let i = 0; i < text2.length; i++) if (this.bytes[this.at + i] !== text2[i]) return false;
    this.at += text2.length;
    return true;
  }
  /**
   * Passes the value that begins at `at`, however large it is; no more than `limit` bytes of it are kept.
   * @throws BrokenJson if no value begins there, or if it does not end
   */
  *pass(limit) {
    const place = this.#place + this.at;
    const brackets = new Brackets();
    let isKept2 = true;
    for (let from = this.at; ; ) {
      const end = brackets.endIn(this.bytes, from);
      if (end === void 0) throw new BrokenJson();
      if (end !== -1) {
        const bytes = isKept2 && end - this.at <= limit ? this.bytes.subarray(this.at, end) : void 0;
        this.at = end;
        return { place, depth: brackets.deepest, bytes };
      }
      if (this.length > limit) isKept2 = false;
      if (!isKept2) this.at = this.bytes.length;
      from = this.length;
      if (!(yield)) throw new BrokenJson();
    }
  }
  /** Reads what is left, and keeps none of it. */
  *skipAll() {
    do
      this.at = this.bytes.length;
    while (yield);
  }
  /** Lets go of the bytes, and of the chunks that did not come yet. */
  close() {
    this.#show(NOTHING3);
    this.at = 0;
    return this.#chunks?.return?.();
  }
};
function skipSpace2(bytes, from) {
  const end = bytes.length;
  for (let at2 = from; at2 < end; at2++) {
    const byte = bytes[at2];
    if (byte !== 32 && byte !== 10 && byte !== 13 && byte !== 9) return at2;
  }
  return end;
}

// lambda/core/log-file/frame.ts
var NoRecords = class extends Error {
  name = "NoRecords";
};
var QUOTE4 = 34;
var COMMA3 = 44;
var COLON3 = 58;
var OPEN_LIST3 = 91;
var OPEN_OBJECT3 = 123;
var CLOSE_OBJECT3 = 125;
var RECORDS = Buffer.from('"Records"');
var NO_LOG_FILE = "the JSON has no Records; this is no log file";
var Frame = class {
  #unread;
  #parse;
  #limit;
  #isOpen = false;
  #hasRecords = false;
  /** `parse` gets each key, and each value that stands beside `Records`; of none more than `limit` bytes are kept. */
  constructor(unread, limit, parse2) {
    this.#unread = unread;
    this.#limit = limit;
    this.#parse = parse2;
  }
  /**
   * Goes on to the first byte within `Records`, or to the end of the file. Whoever reads the list leaves off behind its
   * closing bracket.
   * @returns false at the end of the file
   * @throws BrokenJson, NoRecords
   */
  *toRecords() {
    while (yield* this.#toKey()) {
      const key = this.#unread.passText(RECORDS) ? "Records" : this.#parse(yield* this.#unread.pass(this.#limit));
      yield* this.#expect(COLON3);
      const first = yield* this.#unread.next();
      if (key === "Records") {
        if (this.#hasRecords) throw new NoRecords("the JSON has Records twice");
        if (first !== OPEN_LIST3) throw new NoRecords("Records is no list");
        this.#hasRecords = true;
        this.#unread.at++;
        return true;
      }
      this.#parse(yield* this.#unread.pass(this.#limit));
    }
    if (!this.#hasRecords) throw new NoRecords(NO_LOG_FILE);
    if ((yield* this.#unread.next()) !== -1) throw new BrokenJson();
    return false;
  }
  /** Goes to the next key; false behind the last of them, and behind the bracket that closes the object. */
  *#toKey() {
    const isFirst = !this.#isOpen;
    if (isFirst && (yield* this.#unread.next()) !== OPEN_OBJECT3) throw new NoRecords(NO_LOG_FILE);
    if (isFirst) this.#unread.at++;
    this.#isOpen = true;
    const isClosed = (yield* this.#unread.next()) === CLOSE_OBJECT3;
    if (isClosed) {
      this.#unread.at++;
      return false;
    }
    if (!isFirst) yield* this.#expect(COMMA3);
    if ((yield* this.#unread.next()) !== QUOTE4) throw new BrokenJson();
    return true;
  }
  *#expect(byte) {
    if ((yield* this.#unread.next()) !== byte) throw new BrokenJson();
    this.#unread.at++;
  }
};

// lambda/core/record/restored.ts
var SPELLED = [
  "userIdentity",
  "requestParameters",
  "responseElements",
  "additionalEventData",
  "serviceEventDetails",
  "insightDetails",
  "addendum",
  "resources"
];
var MOST_SECONDS = 1e11;
function restored(record, depth) {
  let whole = record;
  for (const field of SPELLED) {
    const text2 = record[field];
    if (typeof text2 !== "string" || !/^\s*[{[]/.test(text2)) continue;
    const value2 = parsed2(text2);
    const isOfKind = field === "resources" ? Array.isArray(value2) : isObject(value2);
    if (isOfKind && !isDeeper(value2, depth)) whole = { ...whole, [field]: value2 };
  }
  const { eventTime, recipientAccountId, userIdentity } = whole;
  const time = timeIn(eventTime);
  if (time !== void 0) whole = { ...whole, eventTime: time };
  if (typeof recipientAccountId === "number") whole = { ...whole, recipientAccountId: accountIn(recipientAccountId) };
  if (isObject(userIdentity) && typeof userIdentity.accountId === "number") {
    whole = { ...whole, userIdentity: { ...userIdentity, accountId: accountIn(userIdentity.accountId) } };
  }
  return whole;
}
function parsed2(text2) {
  try {
    return JSON.parse(text2);
  } catch {
    return void 0;
  }
}
function isDeeper(value2, depth) {
  let level = [value2];
  for (let at2 = 0; level.length > 0; at2++) {
    if (at2 > depth) return true;
    level = level.flatMap((one) => typeof one === "object" && one !== null ? Object.values(one) : []);
  }
  return false;
}
function timeIn(value2) {
  const number = typeof value2 === "string" && /^\d{10}(?:\d{3})?(?:\.\d{1,9})?$/.test(value2) ? Number(value2) : value2;
  if (typeof number !== "number" || !(number >= 1e9)) return void 0;
  const date = new Date(number < MOST_SECONDS ? number * 1e3 : number);
  return Number.isNaN(date.getTime()) ? void 0 : date.toISOString().replace(".000Z", "Z");
}
function accountIn(number) {
  return String(number).padStart(12, "0");
}

// lambda/core/log-file/slice.ts
var MAX_CANDIDATES = 100;
var MAX_BYTES3 = 2 ** 20;
var OPEN_OBJECT4 = 123;
var SliceBuilder = class {
  /** Elements since the last slice, and in all slices before. */
  seen = 0;
  #before = 0;
  #malformed = 0;
  #candidates = [];
  #bytes = 0;
  /** Records that cannot be read, in all slices. */
  unreadable = 0;
  /** Why the first of them cannot. */
  fault;
  #logObject;
  #sieve;
  #limits;
  constructor(logObject, sieve, limits) {
    this.#logObject = logObject;
    this.#sieve = sieve;
    this.#limits = limits;
  }
  get isFull() {
    return this.#candidates.length >= MAX_CANDIDATES || this.#bytes >= MAX_BYTES3;
  }
  /** What was added since the last slice. */
  slice() {
    const slice = { seen: this.seen, malformed: this.#malformed, candidates: this.#candidates };
    this.#before += this.seen;
    this.seen = 0;
    this.#malformed = 0;
    this.#candidates = [];
    this.#bytes = 0;
    return slice;
  }
  /** @throws LogFileError if there are more elements than the limit */
  refuseTooMany() {
    const { records: records2 } = this.#limits;
    if (this.#before + this.seen <= records2) return;
    throw new LogFileError(this.#logObject, `more records than the limit of ${records2}`);
  }
  /** Adds an element that the scanner found in `bytes`, of which the first is the file's byte `place`. */
  addScanned(scanner, index, bytes, place) {
    const start = scanner.startOf(index);
    const end = scanner.endOf(index);
    const depth = scanner.depthOf(index);
    if (end - start > this.#limits.record || depth > this.#limits.depth) {
      this.addPassed({ place: place + start, depth, bytes: bytes.subarray(start, end) });
      return;
    }
    if (bytes[start] !== OPEN_OBJECT4) {
      this.#add(void 0);
      return;
    }
    const sketch = this.#sieve && scanner.sketchOf(index);
    if (sketch !== void 0 && !isOfOtherEvent(sketch) && this.#sieve?.passesOver(sketch)) this.seen++;
    else this.#add(this.#parsed(bytes, start, end), end - start, sketch);
  }
  /** Adds an element of which nobody knows whether it is JSON. */
  addPassed({ place, depth, bytes }) {
    const { record, depth: deepest } = this.#limits;
    const what = `the record at byte ${place}`;
    if (bytes === void 0 || bytes.length > record) {
      this.#fail(`${what} is larger than the limit of ${record} bytes`);
    } else if (depth > deepest) {
      this.#fail(`${what} is nested deeper than ${deepest}`);
    } else {
      this.#add(this.#parsed(bytes), bytes.length);
      return;
    }
    this.#add(void 0);
  }
  /** The key or the value beside `Records` that these bytes are. */
  parseBeside({ place, bytes }) {
    if (bytes !== void 0) return this.#parsed(bytes);
    this.#fail(`the value at byte ${place} is larger than the limit of ${this.#limits.record} bytes`);
    return void 0;
  }
  #add(value2, size = 0, sketch) {
    refuseOtherEvents(this.#logObject, value2);
    this.seen++;
    if (isObject(value2)) {
      const record = restored(value2, this.#limits.depth);
      this.#candidates.push(sketch === void 0 ? { record } : { record, alike: this.#sieve?.meet?.(record, sketch) });
      this.#bytes += size;
    } else {
      this.#malformed++;
    }
  }
  #parsed(bytes, start = 0, end = bytes.length) {
    try {
      return JSON.parse(bytes.toString("utf8", start, end));
    } catch {
      this.#fail("the JSON is broken");
      return void 0;
    }
  }
  /** One record that cannot be read must not hide those behind it; the file still fails in the end. */
  #fail(what) {
    this.unreadable++;
    this.fault ??= new LogFileError(this.#logObject, what);
  }
};
function refuseOtherEvents(logObject, record) {
  const [, source] = /^(aws:[a-z0-9-]{1,30})$/.exec(textAt(record, "eventSource") ?? "") ?? [];
  if (source !== void 0) throw new LogFileError(logObject, `Records are an event of ${source}, not log records`);
}
function isOfOtherEvent(sketch) {
  return sketch.begins(CALL, '"aws:');
}

// lambda/core/log-file/reader.ts
var STEP = 64 * 1024;
var MAX_UNREADABLE = 1e4;
var COMMA4 = 44;
var OPEN_LIST4 = 91;
var CLOSE_LIST3 = 93;
var OPEN_OBJECT5 = 123;
function readLogFile(logObject, content, sieve, limits = DEFAULT_LIMITS, observe) {
  const text2 = inflated(logObject, content, limits.inflated, observe);
  const unread = new Unread(text2);
  const steps = readSlices(logObject, unread, sieve, limits);
  return Buffer.isBuffer(text2) ? readAtOnce(unread, steps) : readAsItComes(unread, steps);
}
function* readAtOnce(unread, steps) {
  try {
    for (let step2 = steps.next(true); !step2.done; step2 = steps.next(step2.value !== void 0)) {
      if (step2.value !== void 0) yield step2.value;
    }
  } finally {
    void unread.close();
  }
}
async function* readAsItComes(unread, steps) {
  try {
    for (let step2 = steps.next(true); !step2.done; ) {
      const { value: value2 } = step2;
      if (value2 !== void 0) {
        yield value2;
        step2 = steps.next(true);
        continue;
      }
      try {
        step2 = steps.next(await unread.grow());
      } catch (error) {
        step2 = steps.throw(error);
      }
    }
  } finally {
    const closing = unread.close();
    if (closing !== void 0) await closing;
  }
}
function* readSlices(logObject, unread, sieve, limits) {
  const builder = new SliceBuilder(logObject, sieve, limits);
  const frame = new Frame(unread, limits.record, (value2) => builder.parseBeside(value2));
  let fault;
  let isJson2 = false;
  try {
    const first = yield* begin(logObject, unread);
    isJson2 = first === OPEN_OBJECT5 || first === OPEN_LIST4;
    while (yield* frame.toRecords()) yield* readRecords(unread, builder, limits);
  } catch (error) {
    fault = yield* faultOf(error, logObject, unread, isJson2);
  }
  if (builder.seen > 0) yield builder.slice();
  if (fault !== void 0 || builder.fault !== void 0) throw fault ?? builder.fault;
}
function* begin(logObject, unread) {
  while (unread.length < 3 && (yield)) ;
  const [first, second, third] = unread.bytes;
  if (first === void 0) throw new LogFileError(logObject, "the file is empty");
  const isMarked = first === 255 && second === 254 || first === 254 && second === 255;
  const isHalfZero = second !== void 0 && first === 0 !== (second === 0);
  if (isMarked || isHalfZero) throw new LogFileError(logObject, "the text is in UTF-16; log files are in UTF-8");
  if (first === 239 && second === 187 && third === 191) unread.at = 3;
  return yield* unread.next();
}
function* readRecords(unread, builder, limits) {
  const scanner = sharedScanner();
  let isFirst = true;
  let step2 = STEP;
  for (; ; ) {
    const { bytes } = unread;
    const end = Math.min(unread.at + step2, bytes.length);
    const { count, next, because } = scanner.scan(bytes, unread.at, end, isFirst);
    for (let i = 0; i < count; i++) builder.addScanned(scanner, i, bytes, unread.placeOf(0));
    unread.at = next;
    isFirst &&= count === 0;
    step2 = count > 0 ? STEP : 2 * step2;
    if (builder.isFull) yield builder.slice();
    builder.refuseTooMany();
    if (because === "closed") {
      unread.at++;
      return;
    }
    const isAtEnd = because === "more" && end === bytes.length;
    if (because !== "broken" && !isAtEnd) continue;
    if (builder.seen > 0) yield builder.slice();
    if (because === "broken" || unread.length > limits.record) {
      if (yield* passOne(unread, builder, isFirst, limits)) isFirst = false;
    } else if (!(yield)) {
      throw new BrokenJson();
    }
  }
}
function* passOne(unread, builder, isFirst, limits) {
  const byte = yield* unread.next();
  if (byte === CLOSE_LIST3) return false;
  if (!isFirst) {
    if (byte !== COMMA4) throw new BrokenJson();
    unread.at++;
    if ((yield* unread.next()) === CLOSE_LIST3) throw new BrokenJson();
  }
  builder.addPassed(yield* unread.pass(limits.record));
  if (builder.unreadable > MAX_UNREADABLE) throw new BrokenJson();
  return true;
}
function* faultOf(error, logObject, unread, isJson2) {
  if (error instanceof NoRecords) return new LogFileError(logObject, isJson2 ? error.message : "neither gzip nor JSON");
  if (!(error instanceof BrokenJson)) return error;
  const fault = new LogFileError(logObject, isJson2 ? "the JSON is broken" : "neither gzip nor JSON");
  try {
    yield* unread.skipAll();
  } catch (cause) {
    if (cause instanceof LogFileError) return cause;
  }
  return fault;
}

// lambda/read-object.ts
var TIME_TO_BEGIN = 35e3;
var TIME_TO_RECORD = 18e3;
async function readObject(logObject, run2, effects, isRecovered = false) {
  const place = s3Uri(logObject);
  const tell = (rule, reason, identity) => {
    run2.counts.matches++;
    return run2.intake.add([noticeOf(rule, logObject, reason, identity, effects.now())]);
  };
  try {
    if (effects.now() + TIME_TO_BEGIN > run2.deadline) throw new Error("not read: the invocation has no time left");
    const foreigner = foreignerOf(logObject, effects.accepted);
    if (foreigner !== void 0) {
      run2.skipped.push({ place, reason: `it is of ${foreigner}` });
      await tell(NOTICES.foreign, `it is of ${foreigner}`, foreigner);
      return { is: "unreadable" };
    }
    run2.counts.heard++;
    effects.heard?.note(logObject.key);
    const fetched = await effects.fetchObject(logObject, run2.deadline - TIME_TO_RECORD);
    const etag = fetched.etag?.slice(0, ETAG_LENGTH);
    const isCovered = await effects.proof?.isCovered(logObject) ?? false;
    if (etag !== void 0) {
      const before = isCovered ? void 0 : await effects.history?.etagBefore(place);
      const others = [before, logObject.etag, fetched.replaced].map((one) => one?.slice(0, ETAG_LENGTH));
      const other = others.find((one) => one !== void 0 && one !== etag);
      if (other !== void 0) {
        const etags = [other, etag].sort().join(" ");
        await tell(
          NOTICES.rewritten,
          `it was written with ETags that begin with ${etags.replace(" ", " and ")}`,
          `${place} ${etags}`
        );
      }
    }
    const content = await readRecords2(logObject, fetched.content, run2, effects, isRecovered);
    run2.read.push({ place, logObject, etag: fetched.etag, content, isCovered });
    return content === void 0 ? { is: "unreadable" } : { is: "read", content };
  } catch (error) {
    run2.failed++;
    if (!isPermanent(error)) {
      run2.faults.push(namingObject(error, logObject));
      return { is: "unread" };
    }
    if (isRecovered && valueAt(error, "isGone") === true) return { is: "gone" };
    const reason = messageOf2(error).replace(`${visible(place, MAX_MESSAGE)}: `, "");
    run2.remarks.push(`${place}: ${reason}`);
    await tell(NOTICES.unreadable, reason, `${place} ${reason}`);
    return { is: "unreadable" };
  }
}
async function readRecords2(logObject, content, run2, effects, isRecovered) {
  const { counts, intake } = run2;
  const { rules, deployment, now, limits, proof } = effects;
  const arrival = now();
  const sieve = run2.sieves.for(logObject.key);
  const hash = proof && createHash4("sha256");
  const rang = /* @__PURE__ */ new Set();
  let hashed = 0;
  let records2 = 0;
  let malformed = 0;
  const observe = (chunk) => {
    hash?.update(chunk);
    hashed += chunk.length;
  };
  const take = (slice) => {
    counts.records += slice.seen;
    records2 += slice.seen;
    malformed += slice.malformed;
    for (const { rule, exception, address } of sieve.leftOut()) {
      counts.matches++;
      counts.excepted++;
      intake.excepted(address, rule, exception);
    }
    const found = [];
    for (const { record, alike } of slice.candidates) {
      intake.follow(record, logObject);
      proof?.follow(record);
      const verdict = rules.match(record, arrival, alike?.possible);
      const { matched, excepted, preceding, noticed } = verdict;
      const one = foundIn(record, logObject, verdict, isRecovered);
      const isOfInterest = one !== void 0 || excepted.length > 0;
      const isOwn = isOfRole(record, deployment.roleArn);
      const traffic = isOfInterest || isOwn ? trafficOf(record, deployment) : "other";
      if (traffic !== "other") {
        if (isOfInterest) counts.ownTraffic++;
        if (traffic === "own, denied") counts.ownDenied++;
        continue;
      }
      const isUnmatched = matched.length + preceding.length === 0;
      const isNothing = isUnmatched && intake.isUsual(record, logObject, noticed);
      alike?.note(record, { verdict, isNothing: isNothing && !isOwn, now: arrival });
      if (isNothing && excepted.length === 0) continue;
      counts.matches += matched.length + excepted.length;
      for (const { name: name2, severity } of matched) {
        run2.bySeverity[severity] = (run2.bySeverity[severity] ?? 0) + 1;
        rang.add(name2);
      }
      counts.excepted += excepted.length;
      for (const [i, rule] of excepted.entries()) {
        const exception = verdict.exceptions[i];
        if (exception !== void 0) intake.excepted(textAt(record, "sourceIPAddress"), rule, exception);
      }
      if (one !== void 0) found.push(one);
    }
    return found.length > 0 ? intake.add(found) : void 0;
  };
  try {
    const slices = readLogFile(logObject, content, sieve, limits ?? DEFAULT_LIMITS, observe);
    if (Symbol.iterator in slices) {
      for (const slice of slices) {
        const taking = take(slice);
        if (taking !== void 0) await taking;
      }
    } else {
      for await (const slice of slices) await take(slice);
    }
  } finally {
    counts.malformed += malformed;
    if (malformed > 0) run2.remarks.push(`${s3Uri(logObject)}: ${malformed} elements of Records are no objects`);
  }
  if (hash === void 0 || hashed === 0) return void 0;
  return { hash: hash.digest("hex"), records: records2, rules: [...rang], isRecovered };
}
function isPermanent(error) {
  return error instanceof LogFileError || valueAt(error, "isPermanent") === true;
}
function namingObject(error, logObject) {
  const message = textAt(error, "message") ?? String(error);
  return message.startsWith(s3Uri(logObject)) ? error : new Error(`${s3Uri(logObject)}: ${message}`, { cause: error });
}
var MAX_MESSAGE = 2e3;
function messageOf2(error) {
  return visible(textAt(error, "message") ?? String(error), MAX_MESSAGE);
}

// lambda/pipeline.ts
var InvocationError = class extends Error {
  name = "InvocationError";
  summary;
  causes;
  constructor(summary, causes) {
    const lines = causes.slice(0, MAX_NAMED_CAUSES).map((cause) => `- ${messageOf2(cause)}`);
    const rest = causes.length - lines.length;
    if (rest > 0) lines.push(`- and ${rest} more, in the function's log`);
    super(`${causes.length} of this invocation's steps failed:
${lines.join("\n")}`);
    this.summary = summary;
    this.causes = causes;
  }
};
var MAX_NAMED_CAUSES = 20;
var CONCURRENCY = 4;
function createPipeline(effects) {
  const sieves = new Sieves(effects.rules, effects.ledger.followsSessions, isTrailCall);
  let lapses = 0;
  return async (event, deadline = Number.POSITIVE_INFINITY) => {
    const envelope = readEnvelope(event);
    const intake = effects.ledger.intake(deadline);
    if (intake.lapses !== lapses) sieves.forget();
    lapses = intake.lapses;
    const run2 = {
      deadline,
      read: [],
      sieves,
      intake,
      counts: { records: 0, malformed: 0, matches: 0, excepted: 0, ownTraffic: 0, ownDenied: 0, heard: 0 },
      named: 0,
      skipped: [...envelope.skipped],
      failed: envelope.faults.length,
      bySeverity: {},
      faults: [...envelope.faults],
      remarks: []
    };
    const digests = envelope.digests.filter((digest) => foreignerOf(digest, effects.accepted) === void 0);
    for (const digest of digests) {
      run2.counts.heard++;
      effects.heard?.note(digest.key);
    }
    for (const { note: note2 } of envelope.tests) {
      run2.counts.matches++;
      await run2.intake.add([testNotice(note2, effects.deployment, effects.now())]);
    }
    const places = envelope.logObjects.map(s3Uri);
    const done = await effects.progress?.done(places) ?? /* @__PURE__ */ new Set();
    for (const place of done) run2.skipped.push({ place, reason: "an earlier try of this event has read it" });
    const left = envelope.logObjects.filter((_, i) => !done.has(places[i] ?? ""));
    await inTurns(left, CONCURRENCY, async (logObject) => void await readObject(logObject, run2, effects));
    for (const { logObject, hashes } of effects.proof?.rewritten() ?? []) {
      const [one, other] = hashes.map((hash) => `${hash.slice(0, 12)}...`);
      const reason = `it was read with two contents, of SHA-256 ${one} and ${other}`;
      run2.counts.matches++;
      const identity = `${s3Uri(logObject)} ${hashes.join(" ")}`;
      await run2.intake.add([noticeOf(NOTICES.rewritten, logObject, reason, identity, effects.now())]);
    }
    const asked2 = { digests, chains: envelope.chains };
    const isAsked = asked2.digests.length + asked2.chains.length > 0;
    const proven = isAsked ? await prove(asked2, run2, effects) : void 0;
    const recorded = await run2.intake.finish();
    run2.counts.matches += recorded.firsts.length;
    for (const { severity } of recorded.firsts) run2.bySeverity[severity] = (run2.bySeverity[severity] ?? 0) + 1;
    if (recorded.faults.length === 0) {
      for (const { place, etag, logObject, content, isCovered } of run2.read) {
        if (etag !== void 0 && !isCovered) effects.history?.note(place, etag);
        if (content !== void 0) effects.proof?.note(logObject, content);
      }
      await effects.history?.flush();
      await proven?.commit().catch((cause) => {
        run2.faults.push(new Error(`what digests prove was not recorded: ${String(cause)}`, { cause }));
      });
      await effects.proof?.flush();
      if (run2.faults.length > 0)
        await effects.progress?.note(
          places,
          run2.read.map(({ place }) => place)
        );
    }
    await effects.heard?.flush();
    const faults = [...run2.faults, ...recorded.faults];
    const remarks = [
      ...proven?.remarks ?? [],
      ...run2.skipped.map(({ place, reason }) => `${place}: skipped, ${reason}`),
      ...run2.remarks,
      ...recorded.notes
    ];
    const summary = {
      objects: envelope.logObjects.length + envelope.skipped.length + envelope.faults.length + run2.named,
      skipped: run2.skipped.length,
      failed: run2.failed,
      ...run2.counts,
      recovered: proven?.recovered ?? 0,
      ...recorded.counts,
      ...envelope.others > 0 && { otherMessages: envelope.others },
      deliveryLagSeconds: lagOf(envelope.announcedAt, effects.now())
    };
    effects.log({
      ...summary,
      bySeverity: run2.bySeverity,
      remarks: remarks.map((remark) => visible(remark, MAX_MESSAGE)),
      faults: faults.map(messageOf2)
    });
    if (faults.length > 0) throw new InvocationError(summary, faults);
    return summary;
  };
}
async function prove(asked2, run2, effects) {
  const { proof, fetchObject, now } = effects;
  try {
    const outcome = await proof?.prove(asked2, {
      read: (logObject) => {
        run2.named++;
        return readObject(logObject, run2, effects, true);
      },
      fetch: (logObject) => fetchObject(logObject, run2.deadline - TIME_TO_RECORD),
      tell: async (rule, logObject, reason, identity) => {
        run2.counts.matches++;
        await run2.intake.add([noticeOf(rule, logObject, reason, identity, now())]);
      },
      hasTime: () => now() + TIME_TO_BEGIN <= run2.deadline,
      now
    });
    run2.faults.push(...outcome?.faults ?? []);
    return outcome;
  } catch (cause) {
    run2.faults.push(new Error(`digests could not be verified: ${String(cause)}`, { cause }));
    return void 0;
  }
}
function lagOf(announcedAt, now) {
  return announcedAt === void 0 ? 0 : Math.max(0, Math.round((now - announcedAt) / 1e3));
}

// bench/reading.ts
var CHUNK2 = 256 * 1024;
var STEP2 = 64 * 1024;
var CLOSE_LIST4 = 93;
var [way = "", rulesFile = "", ...folders] = process.argv.slice(2);
var cpu = [];
var names = [];
var asked = new Uint32Array();
var sizes = /* @__PURE__ */ new Map();
var announcements = [];
var ways = {
  samples: readAsSamples,
  least: readAtLeast,
  function: () => readAsFunction(JSON.parse(readFileSync(rulesFile, "utf8")))
};
var read = ways[way]();
var records = 0;
var parsed3 = 0;
for (const [i, folder] of folders.entries()) {
  sizes = new Map(readdirSync(folder).map((name2) => [name2, statSync(join(folder, name2)).size]));
  announcements = Array.from(sizes.keys(), (name2) => announcementOf(keyOf2(name2)));
  const before = process.cpuUsage();
  const counts = await read(folder);
  const { user, system } = process.cpuUsage(before);
  if (i === 0) {
    asked.fill(0);
    continue;
  }
  cpu.push(user + system);
  records += counts.records;
  parsed3 += counts.parsed;
}
var told = {
  cpu,
  peak: peak(),
  records,
  parsed: parsed3,
  asked: Object.fromEntries(names.flatMap((name2, rank) => asked[rank] ? [[name2, asked[rank]]] : []))
};
console.log(JSON.stringify(told));
function readAsSamples() {
  const watched = new Map(Array.from({ length: 100 }, (_, i) => [`Watched${i}`, i]));
  return async (folder) => {
    let records2 = 0;
    for (const name2 of sizes.keys()) {
      const { Records } = JSON.parse(gunzipSync2(readFileSync(join(folder, name2))).toString());
      for (const { eventName } of Records) if (!watched.has(eventName)) records2++;
    }
    return { records: records2, parsed: records2 };
  };
}
function readAtLeast() {
  const scanner = sharedScanner();
  return async (folder) => {
    let records2 = 0;
    for (const name2 of sizes.keys()) {
      const file = readFileSync(join(folder, name2));
      const text2 = gunzipAtOnce(file) ?? gunzipSync2(file, { chunkSize: CHUNK2 });
      const first = text2.indexOf("[") + 1;
      for (let at2 = first; text2[at2] !== CLOSE_LIST4; ) {
        const { count, next } = scanner.scan(text2, at2, Math.min(at2 + STEP2, text2.length), at2 === first);
        if (count === 0) throw new Error(`${name2} has a record that is larger than a step`);
        records2 += count;
        at2 = next;
      }
      giveBack(text2);
    }
    return { records: records2, parsed: 0 };
  };
}
function readAsFunction(rules) {
  const store = createMemoryStore();
  let time = Date.UTC(2026, 10, 21);
  const now = () => time;
  const settings = { smsFrom: "critical", roundUpHour: 8, accounts: {} };
  const runOf = createRuns({ store, rules, settings, publish: NOBODY2, now, sleep: async () => void 0 });
  const ruleSet = compileRules(rules);
  names = rules.map(({ name: name2 }) => name2);
  asked = new Uint32Array(rules.length);
  let parsed4 = 0;
  let folder = "";
  const pipeline = createPipeline({
    rules: {
      ...ruleSet,
      match(record, at2, possible) {
        parsed4++;
        if (possible !== void 0) for (const { rank } of possible) asked[rank] = asked[rank] + 1;
        return ruleSet.match(record, at2, possible);
      }
    },
    ledger: {
      followsSessions: true,
      intake: (deadline) => readingIntake(runOf(deadline ?? Number.POSITIVE_INFINITY)),
      tick: async () => ({ ...noCounts(), notes: [] })
    },
    // As S3's bodies come: small ones whole.
    async fetchObject({ key }) {
      const name2 = key.slice(key.lastIndexOf("/") + 1);
      const file = join(folder, name2);
      const isSmall = (sizes.get(name2) ?? 0) <= MAX_WHOLE;
      return { content: isSmall ? readFileSync(file) : createReadStream(file, { highWaterMark: 64 * 1024 }) };
    },
    deployment: DESK_DEPLOYMENT,
    accepted: {},
    now,
    log: () => void 0
  });
  return async (next) => {
    folder = next;
    parsed4 = 0;
    let records2 = 0;
    for (const announcement of announcements) {
      time += 1e3;
      records2 += (await pipeline(announcement)).records;
    }
    return { records: records2, parsed: parsed4 };
  };
}
function keyOf2(name2) {
  if (!name2.includes("_CloudTrail_")) return `AWSLogs/111122223300/CloudTrail/us-east-1/2026/11/20/${name2}`;
  const [account, , region] = name2.split("_");
  return `AWSLogs/${account}/CloudTrail/${region}/2026/11/20/${name2}`;
}
function announcementOf(key) {
  const s3 = { bucket: { name: "b" }, object: { key } };
  return { Records: [{ eventSource: "aws:s3", eventName: "ObjectCreated:Put", s3 }] };
}
var NOBODY2 = {
  alert: async () => void 0,
  sms: async () => void 0,
  health: async () => void 0,
  "health-sms": async () => void 0
};
function readingIntake({ access, firstSeen, links }) {
  const questions = [];
  return {
    lapses: firstSeen.lapses,
    excepted: () => void 0,
    follow(record, logObject) {
      const link = linkIn(record, logObject);
      if (link !== void 0) links.add(link);
      firstSeen.meet(record, logObject);
    },
    isUsual: (record, logObject, noticed) => noticed.length === 0 || firstSeen.ask({ record, logObject, rules: noticed }).isUsual,
    async add(found) {
      for (const { record, logObject, noticed = [] } of found) {
        if (noticed.length > 0) questions.push(...firstSeen.ask({ record, logObject, rules: noticed }).questions);
      }
      if (questions.length > 500) await firstSeen.judge(access, questions.splice(0));
    },
    async finish() {
      await firstSeen.judge(access, questions.splice(0));
      await links.flush();
      await firstSeen.flush(access);
      return { counts: noCounts(), faults: [], notes: [], firsts: [] };
    }
  };
}
function peak() {
  try {
    const [, kilobytes] = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync("/proc/self/status", "utf8")) ?? [];
    if (kilobytes !== void 0) return Number(kilobytes) * 1024;
  } catch {
  }
  return process.resourceUsage().maxRSS * 1024;
}
