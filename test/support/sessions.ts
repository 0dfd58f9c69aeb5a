import type { CloudTrailRecord } from "../../lambda/core/record/record.ts";
import { ACCOUNT, record } from "./log-files.ts";

/** A role's session, as the records that it makes and the call that opened it name it. */
export interface RoleSession {
  readonly role: string;
  readonly name: string;
  readonly key: string;
  /** When it was opened, to the second: `2026-11-20T21:00:00Z`. */
  readonly opened: string;
  readonly account?: string;
}

/** The identity of whoever acts in a session. */
export function inSession({ role, name, key, opened, account = ACCOUNT }: RoleSession) {
  return {
    type: "AssumedRole",
    principalId: `AROA${role.toUpperCase()}EXAMPLE:${name}`,
    arn: `arn:aws:sts::${account}:assumed-role/${role}/${name}`,
    accountId: account,
    accessKeyId: key,
    sessionContext: {
      sessionIssuer: {
        type: "Role",
        principalId: `AROA${role.toUpperCase()}EXAMPLE`,
        arn: `arn:aws:iam::${account}:role/${role}`,
        accountId: account,
        userName: role,
      },
      attributes: { creationDate: opened, mfaAuthenticated: "false" },
    },
  };
}

/** An IAM user with a long-term key. */
export function iamUser(userName: string, account = ACCOUNT) {
  return {
    type: "IAMUser",
    principalId: `AIDA${userName.toUpperCase()}EXAMPLE`,
    arn: `arn:aws:iam::${account}:user/${userName}`,
    accountId: account,
    accessKeyId: `AKIA${userName.toUpperCase()}EXAMPLE`,
    userName,
  };
}

/** The call by which somebody opens a session. */
export function assumes(
  userIdentity: CloudTrailRecord,
  session: RoleSession,
  fields: CloudTrailRecord = {},
): CloudTrailRecord {
  const { role, name, key, opened, account = ACCOUNT } = session;
  return record({
    eventID: `assume-${key}-${opened}-${String(fields.recipientAccountId)}`,
    eventSource: "sts.amazonaws.com",
    eventName: "AssumeRole",
    eventTime: opened,
    readOnly: true,
    userIdentity,
    requestParameters: { roleArn: `arn:aws:iam::${account}:role/${role}`, roleSessionName: name },
    responseElements: {
      credentials: { accessKeyId: key, expiration: "Nov 20, 2026, 11:00:00 PM" },
      assumedRoleUser: {
        assumedRoleId: `AROA${role.toUpperCase()}EXAMPLE:${name}`,
        arn: `arn:aws:sts::${account}:assumed-role/${role}/${name}`,
      },
    },
    recipientAccountId: account,
    ...fields,
  });
}
