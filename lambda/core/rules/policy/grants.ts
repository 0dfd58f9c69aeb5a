import { type CloudTrailRecord, flagOf, isObject } from "../../record/record.ts";
import { elementsOf, loweredText, readStatement, type Statement, textsOf } from "./statement.ts";

const EVERYBODY = /\/groups\/global\/(?:AllUsers|AuthenticatedUsers)$/;
const LOG_DELIVERY = /\/groups\/s3\/LogDelivery$/;

/** Canned ACLs that let everybody in (S3 User Guide, "Canned ACL"). */
const PUBLIC = ["public-read", "public-read-write", "authenticated-read"];

/** The canonical S3 user that writes CloudFront's logs (CloudFront Developer Guide, "Standard logging"). */
const AWS_LOGS_DELIVERY = "c4c1ede66af53448b93c283ce9448c4ba468c9432aa01d700d3878632f77d2d0";

/** S3 takes 100 grants in an access list; no CloudTrail record has room for more principals than this. */
const MAX_GRANTS = 1_000;
const MAX_PRINCIPALS = 20_000;
const MAX_LIST_TEXT = 100_000;

/** What a field of S3's access lists grants, as statements: canned ACLs, grants in headers, full lists. */
export function grantsOfField(name: string, value: unknown): readonly Statement[] {
  const low = name.toLowerCase();
  if (low === "x-amz-acl") {
    const isPublic = textsOf(value).some((text) => PUBLIC.includes(text.trim().toLowerCase()));
    return isPublic ? [granting("*", [`${name} ${textsOf(value).join(", ")}`])] : [];
  }
  if (low.startsWith("x-amz-grant-")) {
    return textsOf(value)
      .flatMap((text) => text.split(",", MAX_GRANTS))
      .slice(0, MAX_GRANTS)
      .map((grant) => /^\s*(\w+)\s*=\s*["']?([^"']*)["']?\s*$/.exec(decoded(grant)))
      .flatMap((found) => (found === null ? [] : granteeOf(found[1] ?? "", found[2] ?? "", name)));
  }
  if (low !== "accesscontrollist" && low !== "accesscontrolpolicy") return [];
  const given = typeof value === "string" ? parsed(value) : value;
  const list = low === "accesscontrollist" ? { AccessControlList: given } : given;
  if (!isObject(list)) return [];
  const owner = textsOf(at(list, "owner", "id"))[0];
  const grants: readonly unknown[] = [at(list, "accesscontrollist", "grant"), at(list, "grants")].flat(2);
  return grants
    .slice(0, MAX_GRANTS)
    .filter(isObject)
    .flatMap((grant) => {
      const permission = `access list ${textsOf(at(grant, "permission")).join(", ")}`;
      const grantee = at(grant, "grantee");
      if (!isObject(grantee)) return [];
      return ["uri", "id", "emailaddress"].flatMap((kind) =>
        textsOf(at(grantee, kind))
          .filter((text) => text !== owner)
          .flatMap((text) => granteeOf(kind, text, permission)),
      );
    });
}

function parsed(text: string): unknown {
  try {
    return text.length <= MAX_LIST_TEXT ? JSON.parse(text) : undefined;
  } catch {
    return undefined; // not a readable list
  }
}

/** Some clients encode header values. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a literal percent sign
  }
}

function granteeOf(kind: string, spelling: string, action: string): readonly Statement[] {
  const text = spelling.trim();
  if (kind.toLowerCase() !== "uri") {
    return text === AWS_LOGS_DELIVERY ? [] : [granting({ CanonicalUser: text }, [action])];
  }
  if (EVERYBODY.test(text)) return [granting("*", [action])];
  return LOG_DELIVERY.test(text) ? [] : [granting({ CanonicalUser: text }, [action])];
}

/** Parameters that name a permission's principal, in lower case (AddPermission, CreateGrant, PutPermission ...). */
const PRINCIPALS = ["principal", "principals", "granteeprincipal", "awsaccountid", "awsaccountids"];
const ACTIONS = ["action", "actions", "actionname", "actionnames", "operations"];

/** Parameters that limit it, and the condition key that the service turns each into. */
const CONDITIONS: { readonly [parameter: string]: string } = {
  sourcearn: "aws:SourceArn",
  sourceaccount: "aws:SourceAccount",
  principalorgid: "aws:PrincipalOrgID",
  principalorgids: "aws:PrincipalOrgID",
  organizationid: "aws:PrincipalOrgID",
  eventsourcetoken: "lambda:EventSourceToken",
};

/**
 * What parameters grant without a document: a principal, the actions, and what limits them.
 * Sources: API references of Lambda, SNS, SQS, EventBridge ("AddPermission", "PutPermission"), KMS ("CreateGrant"), RAM
 * ("CreateResourceShare") and the Serverless Application Repository ("PutApplicationPolicy").
 */
export function grantsOfParameters(parameters: CloudTrailRecord): readonly Statement[] {
  const nested = at(parameters, "statements");
  const lists = Array.isArray(nested) ? nested.slice(0, MAX_GRANTS).filter(isObject).flatMap(grantsOfParameters) : [];
  const element = elementsOf(parameters);
  const named = PRINCIPALS.flatMap((name) => textsOf(unwrapped(element(name))));
  if (named.length === 0) return lists;
  const conditions = Object.entries(CONDITIONS).flatMap(([name, key]) => {
    const values = textsOf(unwrapped(element(name)));
    return values.length === 0 ? [] : [[key, values] as const];
  });
  // EventBridge's only condition: { type, key, value }.
  const condition = element("condition");
  const key = isObject(condition) ? loweredText(at(condition, "key")) : undefined;
  if (key !== undefined) conditions.push([key, textsOf(at(condition, "value"))]);
  // RAM then refuses anybody outside the organization.
  if (flagOf(element("allowexternalprincipals")) === false)
    conditions.push(["aws:PrincipalOrgID", [`\${aws:ResourceOrgID}`]]);
  // SNS, SQS and KMS name only the action.
  const actions = ACTIONS.flatMap((name) => textsOf(unwrapped(element(name)))).map((action) =>
    action.includes(":") ? action : `*:${action}`,
  );
  const statement = readStatement({
    Effect: "Allow",
    Principal: named.slice(0, MAX_PRINCIPALS),
    Action: actions.length === 0 ? "*" : actions,
    Condition: { ArnLike: Object.fromEntries(conditions) },
  });
  return statement === undefined ? lists : [...lists, statement];
}

/** Lists that a service wraps in an object: `{ member: [...] }`, `{ items: [...] }`. */
function unwrapped(value: unknown): unknown {
  return isObject(value) ? (at(value, "member") ?? at(value, "items")) : value;
}

function granting(Principal: unknown, Action: readonly string[]): Statement {
  return readStatement({ Effect: "Allow", Principal, Action }) as Statement;
}

function at(value: unknown, ...path: readonly string[]): unknown {
  let found = value;
  for (const name of path) found = isObject(found) ? elementsOf(found)(name) : undefined;
  return found;
}
