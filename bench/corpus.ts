import { createHash } from "node:crypto";
import { loadRules } from "../lambda/rule-files/rule-files.ts";

/** Records of the size and the variety of real ones; of a hundred, one is watched and ten have failed. */
export function* corpusOf(count: number, seed: number): Generator<object> {
  watchedRecords ??= recordsThatMatch();
  const watched = watchedRecords;
  for (let i = 0; i < count; i++) {
    const number = seed * 10_000_019 + i;
    const known = watched[number % watched.length];
    yield i % 100 === 57 && known !== undefined ? watchedRecord(known, number) : ordinaryRecord(number);
  }
}

/** Read once: thousands of files are made. */
let watchedRecords: readonly object[] | undefined;

/** Records that rules match, from the rules' own tests. */
function recordsThatMatch(): readonly object[] {
  const tests = loadRules(["rules"]).flatMap(({ rule, tests }) => (rule.first === undefined ? tests : []));
  return tests.flatMap(({ matches, record, before }) => (matches && before === undefined ? [record] : []));
}

function watchedRecord(record: object, number: number): object {
  return { ...ordinaryRecord(number), ...record, errorCode: undefined, errorMessage: undefined, eventID: idOf(number) };
}

/** One in five of these is a refusal. */
const ERRORS = [
  ["NoSuchEntityException", "The role with name example cannot be found."],
  ["ResourceNotFoundException", "Requested resource not found"],
  ["ThrottlingException", "Rate exceeded"],
  ["AccessDenied", "User is not authorized to perform this action on this resource"],
  ["ValidationException", "1 validation error detected"],
] as const;

const ROLES = 120;
const USERS = 30;

function ordinaryRecord(number: number): object {
  const pick = (size: number, salt: number) => (Math.imul(number ^ (salt * 7919), 0x9e3779b1) >>> 8) % size;
  // A few services and calls make most of the traffic, and the same calls fail again and again.
  const service = Math.floor(pick(60, 1) ** 2 / 60);
  const name = Math.floor(pick(8, 5) ** 2 / 8);
  const account = String(111122223300 + pick(8, 2));
  const [errorCode, errorMessage] = number % 10 === 3 ? (ERRORS[service % ERRORS.length] ?? []) : [];
  return {
    eventVersion: "1.11",
    userIdentity: callerOf(account, number, pick),
    eventTime: new Date(Date.UTC(2026, 10, 20) + (number % 80_000) * 1000).toISOString().replace(".000", ""),
    eventSource: `service${service}.amazonaws.com`,
    eventName: `${["Describe", "List", "Get", "Update"][name % 4]}Thing${name}`,
    awsRegion: ["us-east-1", "eu-west-1", "eu-central-1"][pick(3, 6)],
    sourceIPAddress: `3.80.${pick(4, 8)}.${Math.floor(number / 20) % 250}`,
    userAgent:
      "Boto3/1.40.61 md/Botocore#1.40.61 ua/2.1 os/linux#6.1.0 md/arch#aarch64 lang/python#3.12.3 md/pyimpl#CPython cfg/retry-mode#standard",
    ...(errorCode !== undefined && { errorCode, errorMessage }),
    requestParameters: {
      maxResults: 50,
      name: `thing-${pick(100_000, 10)}`,
      filterSet: { items: [{ name: "vpc-id", valueSet: { items: [{ value: `vpc-${pick(1000, 11)}` }] } }] },
    },
    responseElements: null,
    requestID: idOf(number + 1),
    eventID: idOf(number),
    readOnly: true,
    resources: [
      {
        accountId: account,
        type: "AWS::Service::Thing",
        ARN: `arn:aws:service${service}:us-east-1:${account}:thing/${number}`,
      },
    ],
    eventType: "AwsApiCall",
    managementEvent: true,
    recipientAccountId: account,
    eventCategory: "Management",
    tlsDetails: {
      tlsVersion: "TLSv1.3",
      cipherSuite: "TLS_AES_128_GCM_SHA256",
      clientProvidedHostHeader: `service${service}.us-east-1.amazonaws.com`,
    },
  };
}

/** A third are AWS's services, half are sessions of roles, and the rest are users with long-term keys. */
function callerOf(account: string, number: number, pick: (size: number, salt: number) => number): object {
  const kind = pick(6, 12);
  if (kind < 2) return { type: "AWSService", invokedBy: `service${pick(60, 1)}.amazonaws.com` };
  if (kind === 2) {
    const userName = `user-${pick(USERS, 13)}`;
    return {
      type: "IAMUser",
      principalId: `AIDA${idOf(pick(USERS, 13)).slice(0, 8)}`,
      arn: `arn:aws:iam::${account}:user/${userName}`,
      accountId: account,
      accessKeyId: `AKIA${idOf(pick(USERS, 13)).slice(0, 12)}`,
      userName,
    };
  }
  const role = `role-${pick(ROLES, 14)}`;
  // A session makes some twenty calls.
  const session = `session-${Math.floor(number / 20)}`;
  return {
    type: "AssumedRole",
    principalId: `AROA${role}:${session}`,
    arn: `arn:aws:sts::${account}:assumed-role/${role}/${session}`,
    accountId: account,
    accessKeyId: `ASIA${idOf(Math.floor(number / 20)).slice(0, 12)}`,
    sessionContext: {
      sessionIssuer: {
        type: "Role",
        principalId: `AROA${role}`,
        arn: `arn:aws:iam::${account}:role/${role}`,
        accountId: account,
        userName: role,
      },
      attributes: { creationDate: "2026-11-20T08:00:00Z", mfaAuthenticated: "false" },
    },
  };
}

function idOf(number: number): string {
  return createHash("sha1")
    .update(String(number))
    .digest("hex")
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*/, "$1-$2-$3-$4-$5");
}
