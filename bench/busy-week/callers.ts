import { type Account, lastingHex, lastingId } from "./organization.ts";
import type { Random } from "./random.ts";

export type Fields = { readonly [field: string]: unknown };

/** Who calls, from where and with what: what the records of one session share. */
export interface Caller {
  readonly userIdentity: Fields;
  readonly sourceIPAddress: string;
  readonly userAgent: string;
  /** The endpoint of its network through which it calls: then its address is a private one. */
  readonly vpcEndpointId?: string;
  /** True for calls that the console makes for somebody. */
  readonly isConsole?: true;
}

export const isoTime = (time: number) => new Date(time).toISOString().replace(/\.\d+/, "");

/** An AWS service that calls by itself. */
export function service(invokedBy: string): Caller {
  return { userIdentity: { type: "AWSService", invokedBy }, sourceIPAddress: invokedBy, userAgent: invokedBy };
}

export interface Session {
  readonly account: Account;
  /** The role's name, with its path. */
  readonly role: string;
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly opened: number;
  readonly key?: string;
  /** More of userIdentity, and of its sessionContext. */
  readonly identity?: Fields;
  readonly context?: Fields;
}

/** A session of a role. */
export function roleSession(
  { account, role, name, opened, key, identity, context }: Session,
  sourceIPAddress: string,
  userAgent: string,
): Caller {
  const short = role.split("/").at(-1) ?? role;
  const principal = roleId(account, short);
  return {
    userIdentity: {
      type: "AssumedRole",
      principalId: `${principal}:${name}`,
      arn: `arn:aws:sts::${account.id}:assumed-role/${short}/${name}`,
      accountId: account.id,
      ...(key !== undefined && { accessKeyId: key }),
      sessionContext: {
        sessionIssuer: {
          type: "Role",
          principalId: principal,
          arn: `arn:aws:iam::${account.id}:role/${role}`,
          accountId: account.id,
          userName: short,
        },
        attributes: { creationDate: isoTime(opened), mfaAuthenticated: "false" },
        ...context,
      },
      ...identity,
    },
    sourceIPAddress,
    userAgent,
  };
}

export function roleId({ id }: Account, role: string): string {
  return lastingId("AROA", "role", id, role);
}

/** A service that works in an account with the role that is linked to it. */
export function linkedRole(account: Account, host: string, role: string, session: string, opened: number): Caller {
  return roleSession(
    {
      account,
      role: `aws-service-role/${host}/AWSServiceRoleFor${role}`,
      name: session,
      opened,
      identity: { invokedBy: host },
    },
    host,
    host,
  );
}

/** The same session, used by a service on its holder's behalf. */
export function through(caller: Caller, host: string): Caller {
  return {
    userIdentity: { ...caller.userIdentity, invokedBy: host },
    sourceIPAddress: host,
    userAgent: host,
  };
}

/** The role of an EC2 instance. */
export function instance(account: Account, role: string, id: string, opened: number, random: Random): Caller {
  const agent = "aws-sdk-go-v2/1.36.3 os/linux lang/go#1.23.8 md/GOOS#linux md/GOARCH#arm64 api/ssm#1.58.2";
  return roleSession(
    { account, role, name: id, opened, key: random.id("ASIA"), context: { ec2RoleDelivery: "2.0" } },
    random.pick(account.exits),
    agent,
  );
}

/** The role of a Lambda function outside of a network: it goes out from an address of AWS, each time from another. */
export function lambda(account: Account, functionName: string, opened: number, random: Random): Caller {
  return roleSession(
    { account, role: `${functionName}-role`, name: functionName, opened, key: random.id("ASIA") },
    `3.${random.int(64, 99)}.${random.int(40, 199)}.${random.int(1, 250)}`,
    random.chance(0.5)
      ? "Boto3/1.40.61 md/Botocore#1.40.61 ua/2.1 os/linux#5.10.240 md/arch#aarch64 lang/python#3.13.9 exec-env/AWS_Lambda_python3.13"
      : "aws-sdk-js/3.914.0 ua/2.1 os/linux#5.10.240-266 lang/js md/nodejs#22.20.0 exec-env/AWS_Lambda_nodejs22.x",
  );
}

/** The role of a container: ECS names the session after the task. */
export function task(account: Account, name: string, opened: number, random: Random): Caller {
  return roleSession(
    { account, role: `${name}-task`, name: random.hex(32), opened, key: random.id("ASIA") },
    random.pick(account.exits),
    "aws-sdk-java/2.35.11 md/io#async md/http#NettyNio ua/2.1 os/Linux#5.10 lang/java#21.0.8 exec-env/AWS_ECS_FARGATE",
  );
}

/** The same caller, from within its network. */
export function fromWithin(caller: Caller, account: Account, host: number): Caller {
  return {
    ...caller,
    sourceIPAddress: `10.20.${host % 200}.${1 + (host % 240)}`,
    vpcEndpointId: `vpce-0${lastingHex(16, "endpoint", account.id)}`,
  };
}

/** An IAM user with a key: a long-term one or, if it says when it was `opened`, one of a session with MFA. */
export function iamUser(
  account: Account,
  userName: string,
  sourceIPAddress: string,
  userAgent: string,
  { key = longTermKey(account, userName), opened }: { readonly key?: string; readonly opened?: number } = {},
): Caller {
  const attributes = opened && { creationDate: isoTime(opened), mfaAuthenticated: "true" };
  return {
    userIdentity: {
      type: "IAMUser",
      principalId: lastingId("AIDA", "user", account.id, userName),
      arn: `arn:aws:iam::${account.id}:user/${userName}`,
      accountId: account.id,
      accessKeyId: key,
      userName,
      ...(attributes && { sessionContext: { attributes } }),
    },
    sourceIPAddress,
    userAgent,
  };
}

/** A user's long-term key; the next one has the next number. */
export function longTermKey({ id }: Account, userName: string, number = 0): string {
  return lastingId("AKIA", "key", id, userName, String(number));
}

export function root({ id }: Account, sourceIPAddress: string, userAgent: string, opened?: number): Caller {
  return {
    userIdentity: {
      type: "Root",
      principalId: id,
      arn: `arn:aws:iam::${id}:root`,
      accountId: id,
      ...(opened === undefined
        ? { accessKeyId: "" }
        : {
            accessKeyId: lastingId("ASIA", "root", id, String(opened)),
            sessionContext: { attributes: { creationDate: isoTime(opened), mfaAuthenticated: "true" } },
          }),
    },
    sourceIPAddress,
    userAgent,
  };
}

/** The ARN of a caller, as messages of refusals name it. */
export function arnOf({ userIdentity }: Caller): string {
  const { arn, principalId } = userIdentity as { readonly arn?: string; readonly principalId?: string };
  return arn ?? principalId ?? "anonymous";
}
