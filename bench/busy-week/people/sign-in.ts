import type { Act } from "../act.ts";
import { type Caller, type Fields, isoTime, roleId, roleSession, service } from "../callers.ts";
import { Hand } from "../hand.ts";
import { accountNamed, HOME, IDENTITY_STORE, lastingId } from "../organization.ts";
import type { Random } from "../random.ts";
import { type Access, type Person, roleOf } from "./person.ts";

const MANAGEMENT = accountNamed("management");
const PORTAL = "https://example.awsapps.com/start/";

/** The person as the portal knows her: without her name, which CloudTrail left out of it in 2025. */
function portalUser({ userId }: Person, sourceIPAddress: string, userAgent: string, random: Random): Caller {
  return {
    userIdentity: {
      type: "IdentityCenterUser",
      accountId: MANAGEMENT.id,
      onBehalfOf: {
        userId,
        identityStoreArn: `arn:aws:identitystore::${MANAGEMENT.id}:identitystore/${IDENTITY_STORE}`,
      },
      credentialId: random.uuid(),
    },
    sourceIPAddress,
    userAgent,
  };
}

interface PortalVisit {
  readonly person: Person;
  readonly address: string;
  readonly userAgent: string;
  readonly random: Random;
  /** How many wrong passwords come first. */
  readonly mistakes?: number;
}

/** A sign-in at the portal: password, then the second factor. */
export function* portalSignIn(
  start: number,
  { person, address, userAgent, random, mistakes = 0 }: PortalVisit,
): Generator<Act, number> {
  const hand = new Hand(portalUser(person, address, userAgent, random), MANAGEMENT, start, random, {
    pace: [700, 5_000],
    region: HOME,
  });
  const workflow = random.uuid();
  const step = (eventName: string, CredentialType: string, result?: "Success" | "Failure"): Act =>
    hand.call(`signin:${eventName}`, null, {
      fields: {
        eventType: "AwsServiceEvent",
        readOnly: false,
        additionalEventData: {
          AuthWorkflowID: workflow,
          ...(eventName === "UserAuthentication" && { LoginTo: PORTAL }),
          CredentialType,
          UserName: person.email,
        },
        serviceEventDetails: { [eventName]: result ?? "Success" },
      },
    });
  for (let i = 0; i < mistakes; i++) yield step("CredentialVerification", "PASSWORD", "Failure");
  yield step("CredentialChallenge", "PASSWORD");
  yield step("CredentialVerification", "PASSWORD");
  yield step("CredentialChallenge", "WEBAUTHN");
  yield step("CredentialVerification", "WEBAUTHN");
  yield step("UserAuthentication", "PASSWORD,WEBAUTHN");
  yield hand.call("sso:ListApplications");
  yield hand.call("sso:ListProfilesForApplication");
  return hand.time;
}

/** Opens a role of the portal, and hands over the hand that works with it. */
export function* openRole(
  start: number,
  access: Access,
  way: "console" | "command line",
  { person, address, userAgent, random }: PortalVisit,
): Generator<Act, Hand> {
  const { account } = access;
  const role = roleOf(access);
  const name = role.split("/").at(-1) ?? role;
  const portal = new Hand(portalUser(person, address, userAgent, random), MANAGEMENT, start, random, { region: HOME });
  const federation = {
    fields: {
      eventType: "AwsServiceEvent",
      readOnly: way === "command line",
      serviceEventDetails: { role_name: access.permissionSet, account_id: account.id },
    },
  };
  yield portal.call(way === "console" ? "sso:Federate" : "sso:GetRoleCredentials", null, federation);
  const key = random.id("ASIA");
  const opened = portal.time;
  yield portal
    .as(samlUser(person, account.id), { account, region: account.region })
    .call("sts:AssumeRoleWithSAML", samlRequest(access, person), { response: samlAnswer(access, person, key, opened) });
  const identity = {
    onBehalfOf: {
      userId: person.userId,
      identityStoreArn: `arn:aws:identitystore::${MANAGEMENT.id}:identitystore/${IDENTITY_STORE}`,
    },
  };
  const session = { account, role, name: person.email, opened, key, identity };
  if (way === "command line") {
    return new Hand(roleSession(session, address, userAgent), account, opened + 900, random, { pace: [300, 4_000] });
  }
  const caller: Caller = { ...roleSession(session, address, userAgent), isConsole: true };
  const hand = new Hand(caller, account, opened + 400, random, { pace: [20, 300] });
  yield hand.call("signin:GetSigninToken", null, {
    region: "us-east-1",
    response: { credentials: { accessKeyId: key }, GetSigninToken: "Success" },
    fields: { additionalEventData: { MobileVersion: "No", MFAUsed: "No" }, sourceIPAddress: "AWS Internal" },
  });
  yield hand.call("signin:ConsoleLogin", null, {
    region: "us-east-1",
    response: { ConsoleLogin: "Success" },
    fields: {
      eventType: "AwsConsoleSignIn",
      additionalEventData: {
        LoginTo: `https://${account.region}.console.aws.amazon.com/console/home?region=${account.region}`,
        MobileVersion: "No",
        MFAUsed: "No",
        SamlProviderArn: `arn:aws:iam::${account.id}:saml-provider/AWSSSO_${lastingId("", name).toLowerCase()}_DO_NOT_DELETE`,
      },
    },
  });
  return hand;
}

/** `aws sso login`: the command line gets a token, and a browser confirms it. */
export function* commandLineSignIn(start: number, visit: PortalVisit): Generator<Act> {
  const { person, address, random } = visit;
  const confirmed = yield* portalSignIn(start, { ...visit, userAgent: person.browser });
  const hand = new Hand(portalUser(person, address, visit.userAgent, random), MANAGEMENT, confirmed, random, {
    region: HOME,
  });
  yield hand.call(
    "sso-oauth:CreateToken",
    { clientId: random.id("", 22), clientSecret: HIDDEN, grantType: "authorization_code" },
    {
      response: { accessToken: HIDDEN, refreshToken: HIDDEN, tokenType: "Bearer", expiresIn: 28_800 },
      fields: { readOnly: false },
    },
  );
}

export const HIDDEN = "HIDDEN_DUE_TO_SECURITY_REASONS";

function samlUser({ email }: Person, accountId: string): Caller {
  const internal = service("sso.amazonaws.com");
  return {
    userIdentity: {
      type: "SAMLUser",
      principalId: `${lastingId("", "saml", accountId)}=:${email}`,
      userName: email,
      identityProvider: `${lastingId("", "saml", accountId)}=`,
    },
    sourceIPAddress: internal.sourceIPAddress,
    userAgent: "aws-internal/3 aws-sdk-java/2.35.11 Linux/5.10 OpenJDK_64-Bit_Server_VM/17.0.16",
  };
}

function samlRequest(access: Access, { email }: Person): Fields {
  const { id } = access.account;
  return {
    sAMLAssertionID: `_${lastingId("", email, id)}`,
    roleSessionName: email,
    roleArn: `arn:aws:iam::${id}:role/${roleOf(access)}`,
    principalArn: `arn:aws:iam::${id}:saml-provider/AWSSSO_DO_NOT_DELETE`,
    durationSeconds: 28_800,
  };
}

function samlAnswer(access: Access, { email }: Person, accessKeyId: string, opened: number): Fields {
  const { account } = access;
  const name = roleOf(access).split("/").at(-1) ?? "";
  return {
    subjectType: "persistent",
    issuer: "https://portal.sso.eu-central-1.amazonaws.com/saml/assertion",
    credentials: { accessKeyId, sessionToken: "IQoJ...", expiration: isoTime(opened + 28_800_000) },
    assumedRoleUser: {
      assumedRoleId: `${roleId(account, name)}:${email}`,
      arn: `arn:aws:sts::${account.id}:assumed-role/${name}/${email}`,
    },
    audience: "https://signin.aws.amazon.com/saml",
  };
}
