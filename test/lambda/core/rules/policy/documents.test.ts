import type { CloudTrailRecord } from "../../../../../lambda/core/record/record.ts";
import { policiesOf } from "../../../../../lambda/core/rules/policy/document.ts";
import type { PolicyQuestion } from "../../../../../lambda/core/rules/policy/judge.ts";
import { reasonsOf } from "../../../../../lambda/core/rules/policy/reasons.ts";
import type { Rule } from "../../../../../lambda/core/rules/rule.ts";
import { compileRules } from "../../../../../lambda/core/rules/rule-set.ts";
import {
  bucket,
  bucketOf,
  called,
  FOREIGN,
  identity,
  KNOWN,
  OWN,
  OWN_ORGANIZATION,
  SETTINGS,
  trust,
  under,
  variable,
  verdictOf,
} from "./verdict.ts";

/** What must come out (nothing: nobody new is let in), for what, and why. */
type Row = readonly [verdict: string, record: CloudTrailRecord, because: string];

const root = (account: string) => `arn:aws:iam::${account}:root`;
const role = (account: string, name = "web") => `arn:aws:iam::${account}:role/${name}`;

const PRINCIPALS: readonly Row[] = [
  ["everyone", bucket({ Principal: "*" }), "a star is everyone, also without credentials"],
  ["everyone", bucket({ Principal: ["*"] }), "a list of one is its element"],
  ["everyone", bucket({ Principal: { AWS: "*" } }), "in resource policies the same as a star alone"],
  ["everyone", bucket({ Principal: { AWS: ["*"] } }), "a list of one in an object"],
  ["everyone", bucket({ Principal: { AWS: [root(OWN), "*"] } }), "the second of a list counts"],
  ["everyone", bucket({ Principal: [{ AWS: root(OWN) }, { AWS: "*" }] }), "the second of several objects counts"],
  ["everyone", bucket({ principal: { aws: "*" } }), "names of elements have no case"],
  ["everyone", bucket({ " Principal": { " aws ": " * " } }), "space around names and values is none of theirs"],
  ["everyone", bucket({ Principal: { AWS: "**" } }), "two stars are one"],
  ["everyone", bucket({ Principal: { AWS: "?*" } }), "whatever has a character is everyone"],
  ["everyone", bucket({ Principal: { Service: "*" } }), "every service"],
  ["everyone", bucket({ Principal: { Federated: "*" } }), "every provider"],
  ["everyone", bucket({ Principal: { CanonicalUser: "*" } }), "every canonical user"],
  ["everyone", bucket({ Principal: { AWS: "arn:aws:iam::*:root" } }), "a star for the account is every account"],
  [
    "everyone",
    bucket({ Principal: { AWS: "arn:aws:iam::1111222233*:root" } }),
    "a hundred accounts, most of strangers",
  ],
  ["everyone", bucket({ Principal: { AWS: "arn:aws:iam::???????????3:root" } }), "question marks in the account"],
  ["everyone", bucket({ Principal: { AWS: "arn:aws:sts::*:assumed-role/web/x" } }), "sessions of any account"],
  ["everyone", bucket({ Principal: { AWS: "arn:aws:iam:::role/web" } }), "no account is any account"],
  ["everyone", bucket({ Principal: { AWS: "1111*" } }), "a number with a star"],
  ["everyone", bucket({ NotPrincipal: { AWS: root(OWN) } }), "all but the own account are everyone"],
  ["everyone", bucket({ NotPrincipal: { AWS: "*" } }), "who reads it as nobody may be wrong"],
  ["everyone", bucket({ notprincipal: [root(OWN)] }), "NotPrincipal in other case"],
  ["", bucket({ NotPrincipal: { AWS: root(OWN) }, Effect: "Deny" }), "the usual use of NotPrincipal denies"],
  ["", bucket({ Principal: { AWS: root(OWN) } }), "the account itself"],
  ["", bucket({ Principal: { AWS: OWN } }), "the account itself by its number"],
  ["", bucket({ Principal: { AWS: 111122223333 } }), "a number without quotes is a number all the same"],
  ["foreign-account", bucket({ Principal: { AWS: 999999999999 } }), "a foreign number without quotes"],
  [
    "",
    { ...bucket({ Principal: { AWS: 12345678901 } }), recipientAccountId: "012345678901" },
    "a number lost its zero",
  ],
  ["", bucket({ Principal: { AWS: role(OWN) } }), "a role of the account"],
  ["", bucket({ Principal: { AWS: root(KNOWN) } }), "an account that the settings name"],
  ["", bucket({ Principal: { AWS: [root(OWN), KNOWN, role(KNOWN)] } }), "all of a list are own or known"],
  ["foreign-account", bucket({ Principal: { AWS: root(FOREIGN) } }), "a foreign account"],
  ["foreign-account", bucket({ Principal: { AWS: FOREIGN } }), "a foreign account by its number"],
  ["foreign-account", bucket({ Principal: FOREIGN }), "a foreign number alone"],
  [
    "foreign-account",
    bucket({ Principal: { AWS: [root(OWN), role(FOREIGN)] } }),
    "a foreign role behind the own account",
  ],
  [
    "foreign-account",
    bucket({ Principal: { AWS: `arn:aws:sts::${FOREIGN}:assumed-role/web/bob` } }),
    "a session of a foreign role",
  ],
  ["foreign-account", bucket({ Principal: { AWS: `arn:aws:sts::${FOREIGN}:federated-user/bob` } }), "a federated user"],
  ["foreign-account", bucket({ Principal: { AWS: `arn:aws-cn:iam::${FOREIGN}:root` } }), "a foreign account in China"],
  ["foreign-account", bucket({ Principal: { AWS: `arn:aws-us-gov:iam::${FOREIGN}:root` } }), "one in GovCloud"],
  ["", bucket({ Principal: { AWS: `arn:aws-cn:iam::${OWN}:root` } }), "the own account in China"],
  ["unknown-caller", bucket({ Principal: { AWS: "AROAEXAMPLEID0000000A" } }), "the id of a role that is gone"],
  ["unknown-caller", bucket({ Principal: { CanonicalUser: "79a59df900b949e5" } }), "a canonical user"],
  [
    "service",
    bucket({ Principal: { AWS: "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1EXAMPLE" } }),
    "an origin access identity can be anybody's distribution",
  ],
  ["service", bucket({ Principal: { Service: "logs.amazonaws.com" } }), "a service acts for anybody"],
  ["service", bucket({ Principal: { Service: ["ec2.amazonaws.com.cn"] } }), "a service in China"],
  ["service", bucket({ Principal: { AWS: root("127311923021") } }), "load balancers write logs as an account of AWS"],
  ["service", bucket({ Principal: { AWS: root("903692715234") } }), "so did CloudTrail"],
  ["service", bucket({ Principal: { AWS: "arn:aws:iam::193672423079:user/logs" } }), "and Redshift"],
  ["foreign-account", bucket({ Principal: { AWS: root("193672423079") } }), "but not Redshift's whole account"],
  [
    "everyone, service",
    bucket({ Principal: { Service: "logs.amazonaws.com", AWS: "*" } }),
    "several kinds in one statement",
  ],
  ["", bucket({ Principal: { AWS: [] } }), "an empty list is nobody"],
  ["unreadable", bucket({ Principal: true }), "a truth is no principal"],
  ["unreadable", bucket({ Principal: { AWS: { "0": "*" } } }), "an object is no list"],
];

const STATEMENTS: readonly Row[] = [
  ["everyone", bucketOf({ Effect: "Allow", Principal: "*", Action: "s3:*" }), "one statement needs no list"],
  ["everyone", bucketOf([[{ Effect: "Allow", Principal: "*", Action: "s3:*" }]]), "a list in a list"],
  ["everyone", bucketOf([{ EFFECT: "Allow", PRINCIPAL: "*", ACTION: "s3:*" }]), "elements in upper case"],
  [
    "everyone",
    bucketOf([{ Effect: "Allow", Principal: root(OWN), principal: "*", Action: "s3:*" }]),
    "of two elements that differ by case both count",
  ],
  ["everyone", bucketOf([{ Effect: " allow ", Principal: "*", Action: "s3:*" }]), "the effect in other case"],
  ["everyone", bucket({ Principal: "*", Sid: "Condition" }), "a Sid is a name, whatever it says"],
  ["", bucket({ Principal: "*", Effect: "Deny" }), "everyone is denied"],
  [
    "everyone",
    bucketOf([
      { Effect: "Deny", Principal: "*", Action: "s3:*", Condition: { Bool: { "aws:SecureTransport": "false" } } },
      { Effect: "Allow", Principal: "*", Action: "s3:GetObject" },
    ]),
    "a Deny beside it is not counted",
  ],
  [
    "everyone",
    bucketOf([
      { Effect: "Allow", Principal: "*", Action: "s3:*", Condition: { StringEquals: { "aws:PrincipalAccount": OWN } } },
      { Effect: "Allow", Principal: "*", Action: "s3:GetObject" },
    ]),
    "an open statement beside a limited one",
  ],
  [
    "everyone, unreadable",
    bucketOf([{ Effect: "Allow", Principal: "*", Action: "s3:*" }, "Allow *"]),
    "a statement that cannot be read beside an open one",
  ],
  ["everyone", bucket({ Principal: "*", NotAction: "s3:Put*", Action: undefined }), "all actions but some"],
  [
    "everyone",
    bucket({ Principal: "*", NotResource: "arn:aws:s3:::photos/x", Resource: undefined }),
    "all but one object",
  ],
  ["unreadable", bucketOf([{ Principal: "*", Action: "s3:*" }]), "no effect"],
  ["unreadable", bucketOf([{ Effect: "Permit", Principal: "*", Action: "s3:*" }]), "no effect of IAM"],
  ["unreadable", bucketOf([{ Effect: "Allow", Principal: "*" }]), "no action"],
  ["unreadable", bucketOf([{ Effect: "Allow", Principal: "*", Action: 7 }]), "an action that is a number"],
  [
    "unreadable",
    bucketOf([{ Effect: { toString: 1 }, Principal: "*", Action: "s3:*" }]),
    "an effect that is an object",
  ],
  ["unreadable", bucketOf("Allow everyone"), "a statement that is a text"],
  ["unreadable", bucketOf([]), "no statement at all"],
  ["unreadable", bucketOf([{}]), "an empty statement"],
  [
    "everyone",
    bucket({ Principal: "*", Condition: "aws:PrincipalAccount" }),
    "a condition that is a text limits nothing",
  ],
  ["everyone", bucket({ Principal: "*", Condition: { StringEquals: OWN } }), "an operator without key limits nothing"],
  ["everyone", bucket({ Principal: "*", Condition: {} }), "an empty condition"],
];

const values = (key: string, ...of: readonly unknown[]) => under({ StringEquals: { [key]: of } });
const like = (key: string, ...of: readonly unknown[]) => under({ StringLike: { [key]: of } });
const from = (...of: readonly string[]) => under({ IpAddress: { "aws:SourceIp": of } });

const CONDITIONS: readonly Row[] = [
  ["", values("aws:PrincipalAccount", OWN), "the account of the caller"],
  ["", values("AWS:principalaccount", OWN), "keys have no case"],
  ["", under({ stringequals: { "aws:PrincipalAccount": OWN } }), "neither have operators"],
  ["", under({ StringEquals: { "aws:PrincipalAccount": 111122223333 } }), "a number is its digits"],
  ["", values("aws:PrincipalAccount", KNOWN), "a known account"],
  ["", values("aws:PrincipalAccount", OWN, KNOWN), "own and known"],
  ["foreign-account", values("aws:PrincipalAccount", FOREIGN), "a foreign account by condition"],
  ["foreign-account", values("aws:PrincipalAccount", OWN, FOREIGN), "any value may be met"],
  ["", values("aws:PrincipalAccount", "*"), "StringEquals knows no wildcards, so that nobody meets a star"],
  ["", values("aws:PrincipalAccount", OWN, "*"), "of own and a star only own can be met"],
  ["everyone", like("aws:PrincipalAccount", "*"), "StringLike does"],
  ["everyone", like("aws:PrincipalAccount", OWN, "*"), "a star beside the own account"],
  ["everyone", like("aws:PrincipalAccount", "?*"), "any text of one character and more"],
  ["everyone", like("aws:PrincipalAccount", "1111*"), "accounts that begin alike"],
  ["", like("aws:PrincipalAccount", OWN), "StringLike without wildcard"],
  ["", values("aws:PrincipalOrgID", OWN_ORGANIZATION), "the own organization"],
  ["", values("aws:principalorgid", OWN_ORGANIZATION.toUpperCase()), "ids are in lower case, however they are written"],
  ["foreign-organization", values("aws:PrincipalOrgID", "o-foreign567"), "a foreign organization"],
  ["foreign-organization", values("aws:PrincipalOrgID", OWN_ORGANIZATION, "o-foreign567"), "one own, one foreign"],
  ["everyone", like("aws:PrincipalOrgID", "o-*"), "every organization"],
  ["everyone", like("aws:PrincipalOrgID", "*"), "every organization"],
  ["everyone", like("aws:PrincipalOrgID", `${OWN_ORGANIZATION}*`), "ids differ in length: others may begin so"],
  [
    "",
    under({ "ForAnyValue:StringLike": { "aws:PrincipalOrgPaths": `${OWN_ORGANIZATION}/r-ab12/ou-ab12-1/*` } }),
    "a unit",
  ],
  [
    "everyone",
    under({ "ForAllValues:StringLike": { "aws:PrincipalOrgPaths": `${OWN_ORGANIZATION}/*` } }),
    "no path, all met",
  ],
  [
    "",
    under({
      "ForAllValues:StringLike": { "aws:PrincipalOrgPaths": `${OWN_ORGANIZATION}/*` },
      Null: { "aws:PrincipalOrgPaths": "false" },
    }),
    "Null demands the key",
  ],
  [
    "everyone",
    under({ "ForAnyValue:StringLike": { "aws:PrincipalOrgPaths": "o-*/r-ab12/*" } }),
    "any organization's path",
  ],
  ["foreign-organization", under({ "ForAnyValue:StringLike": { "aws:PrincipalOrgPaths": "o-x/*" } }), "a foreign path"],
  ["everyone", under({ StringEqualsIfExists: { "aws:PrincipalOrgID": OWN_ORGANIZATION } }), "strangers lack the key"],
  [
    "",
    under({
      StringEqualsIfExists: { "aws:PrincipalOrgID": OWN_ORGANIZATION },
      Null: { "AWS:PRINCIPALORGID": false },
    }),
    "IfExists with Null, a truth without quotes",
  ],
  [
    "everyone",
    under({
      StringEqualsIfExists: { "aws:PrincipalOrgID": OWN_ORGANIZATION },
      Null: { "aws:PrincipalOrgID": ["false", "true"] },
    }),
    "present or absent is both",
  ],
  [
    "everyone",
    under({
      StringEqualsIfExists: { "aws:PrincipalOrgID": OWN_ORGANIZATION },
      Null: { "aws:PrincipalAccount": "false" },
    }),
    "Null demands another key",
  ],
  ["everyone", under({ Null: { "aws:PrincipalOrgID": "false" } }), "every organization's members have one"],
  ["everyone", under({ Null: { "aws:SourceVpce": "false" } }), "everybody can make an endpoint"],
  ["everyone", under({ StringNotEquals: { "aws:PrincipalAccount": FOREIGN } }), "all but one are everyone"],
  ["everyone", under({ StringNotLike: { "aws:PrincipalArn": role(FOREIGN) } }), "all but one role"],
  ["everyone", under({ ArnNotEquals: { "aws:PrincipalArn": role(FOREIGN) } }), "all but one ARN"],
  ["everyone", under({ StringEquals: { "aws:PrincipalAccount": [] } }), "no value is no test to rely on"],
  ["", under({ ArnLike: { "aws:PrincipalArn": role(OWN) } }), "a role of the account"],
  ["", under({ ArnEquals: { "aws:PrincipalArn": `arn:aws:iam::${OWN}:role/*` } }), "ArnEquals knows wildcards"],
  ["", under({ ArnLike: { "aws:PrincipalArn": `arn:*:iam::${OWN}:*` } }), "parts of an ARN are compared one by one"],
  ["everyone", like("aws:PrincipalArn", `arn:*:iam::${OWN}:role/web`), "as text a star reaches over a stranger's path"],
  ["", like("aws:PrincipalArn", `arn:aws:iam::${OWN}:role/*`), "as text, with nothing open before the account"],
  [
    "everyone",
    under({ ArnLike: { "aws:PrincipalArn": "arn:aws:iam::*:role/web" } }),
    "a role of that name in any account",
  ],
  ["everyone", under({ ArnLike: { "aws:PrincipalArn": "arn:aws:iam::11112222333?:role/web" } }), "ten accounts"],
  ["everyone", under({ ArnLike: { "aws:PrincipalArn": "*" } }), "a star for the whole"],
  ["everyone", under({ ArnLike: { "aws:PrincipalArn": "arn:*" } }), "any ARN"],
  [
    "foreign-account",
    under({ ArnLike: { "aws:PrincipalArn": [role(OWN), role(FOREIGN)] } }),
    "one own, one foreign role",
  ],
  ["", under({ ArnLike: { "aws:PrincipalArn": `arn:aws-cn:iam::${OWN}:role/web` } }), "a role in China"],
  ["", values("aws:userid", OWN), "the root of the account"],
  ["", like("aws:userid", `${OWN}:*`), "federated users of the account"],
  ["foreign-account", like("aws:userid", `${FOREIGN}:*`), "federated users of a foreign account"],
  ["unknown-caller", like("aws:userid", "AROAEXAMPLEID0000000A:*"), "sessions of one role, whose it is nobody says"],
  ["unknown-caller", values("aws:userid", "AIDAEXAMPLEID0000000A"), "one user"],
  ["everyone", like("aws:userid", "AROA*"), "every role"],
  ["everyone", like("aws:userid", "*:backup"), "callers choose the name of their session"],
  ["everyone", like("aws:userid", "*"), "every id"],
  ["everyone", values("aws:username", "bob"), "every account may have a bob"],
  ["everyone", values("aws:PrincipalTag/team", "data"), "callers tag themselves"],
  ["everyone", values("aws:PrincipalType", "Account"), "every account has one"],
  ["everyone", values("sts:ExternalId", "secret"), "who knows it, may"],
  ["everyone", values("aws:RequestedRegion", "eu-central-1"), "callers choose the region"],
  ["everyone", like("aws:Referer", "https://example.com/*"), "callers write the referer"],
  ["everyone", like("aws:UserAgent", "secret"), "callers write the user agent"],
  ["everyone", under({ Bool: { "aws:SecureTransport": "true" } }), "TLS is everybody's"],
  ["everyone", under({ Bool: { "aws:MultiFactorAuthPresent": "true" } }), "so is MFA"],
  ["everyone", under({ Bool: { "aws:ViaAWSService": "true" } }), "through a service everybody may come"],
  ["everyone", under({ DateLessThan: { "aws:CurrentTime": "2030-01-01T00:00:00Z" } }), "for a time"],
  ["everyone", values("s3:ExistingObjectTag/public", "yes"), "of some objects"],
  ["everyone", values("aws:ResourceAccount", OWN), "the resource is always the own account's"],
  ["everyone", values("aws:SomethingNew", OWN), "a key that nobody knows limits nobody"],
  ["service", under({ Bool: { "aws:PrincipalIsAWSService": "true" } }), "services alone, for whomever"],
  ["service", under({ Bool: { "aws:PrincipalIsAWSService": true } }), "a truth without quotes"],
  ["everyone", under({ Bool: { "aws:PrincipalIsAWSService": "false" } }), "whoever is no service"],
  ["everyone", under({ Bool: { "aws:PrincipalIsAWSService": ["true", "false"] } }), "either"],
  ["service", values("aws:PrincipalServiceName", "cloudtrail.amazonaws.com"), "one service"],
  ["network", from("192.0.2.0/24"), "addresses; whose, nobody knows"],
  ["network", from("192.0.2.44"), "one address"],
  ["network", from("2001:db8::/32"), "addresses of IPv6"],
  ["everyone", from("0.0.0.0/0"), "all addresses"],
  ["everyone", from("1.2.3.4/0"), "bits behind the slash are dropped"],
  ["everyone", from("::/0"), "all of IPv6"],
  ["everyone", from("2000::/3"), "all that is given out of IPv6"],
  ["everyone", from("0.0.0.0/1", "128.0.0.0/1"), "two halves"],
  ["everyone", from("0.0.0.0/2", "64.0.0.0/2", "128.0.0.0/2", "192.0.0.0/2"), "four quarters"],
  ["everyone", from("192.0.2.0/24", "0.0.0.0/0"), "all addresses beside a few"],
  ["everyone", from("*"), "no address limits nothing"],
  ["everyone", from(""), "neither does an empty text"],
  ["everyone", under({ NotIpAddress: { "aws:SourceIp": "192.0.2.0/24" } }), "all addresses but some"],
  ["everyone", under({ IpAddressIfExists: { "aws:SourceIp": "192.0.2.0/24" } }), "whoever comes by an endpoint"],
  ["everyone", under({ IpAddress: { "aws:VpcSourceIp": "10.0.0.0/8" } }), "every network has private addresses"],
  ["network", values("aws:SourceVpc", "vpc-0123456789abcdef0"), "one network"],
  ["network", values("aws:SourceVpce", "vpce-0123456789abcdef0"), "one endpoint"],
  ["everyone", like("aws:SourceVpce", "vpce-*"), "every endpoint"],
  ["", values("aws:VpceAccount", OWN), "endpoints of the account"],
  ["", values("aws:VpceOrgID", OWN_ORGANIZATION), "endpoints of the organization"],
  ["foreign-account", values("aws:VpceAccount", FOREIGN), "endpoints of a foreign account"],
  ["", under({ StringEquals: { "aws:FederatedProvider": `arn:aws:iam::${OWN}:saml-provider/idp` } }), "own federation"],
  ["everyone", under({ StringLike: { "aws:FederatedProvider": "*" } }), "any federation"],
  ["", under({ ArnLike: { "aws:SourceVpcArn": `arn:aws:ec2:*:${OWN}:vpc/*` } }), "networks of the account"],
  ["", values("aws:PrincipalAccount", variable("aws:ResourceAccount")), "the account that the bucket is in"],
  ["", values("aws:PrincipalOrgID", variable("aws:ResourceOrgID")), "the organization that the bucket is in"],
  ["", values("aws:ResourceAccount", variable("aws:PrincipalAccount")), "the same the other way round"],
  ["", values("aws:ResourceOrgID", variable("aws:PrincipalOrgID")), "organizations the other way round"],
  ["everyone", values("aws:PrincipalAccount", variable("aws:PrincipalAccount")), "everybody is himself"],
  ["everyone", values("aws:PrincipalOrgID", variable("aws:PrincipalOrgID")), "everybody is of his organization"],
  [
    "everyone",
    values("aws:ResourceOrgID", variable(`aws:PrincipalOrgID, '${OWN_ORGANIZATION}'`)),
    "who has no organization gets the default",
  ],
  ["everyone", values("aws:PrincipalArn", variable("aws:PrincipalArn")), "everybody has his ARN"],
  [
    "",
    under({ ArnLike: { "aws:PrincipalArn": `arn:aws:iam::${variable("aws:ResourceAccount")}:role/web` } }),
    "own role",
  ],
  [
    "network",
    under({ IpAddress: { "aws:SourceIp": "192.0.2.0/24" }, Bool: { "aws:SecureTransport": "true" } }),
    "a network and TLS",
  ],
  [
    "",
    under({ IpAddress: { "aws:SourceIp": "0.0.0.0/0" }, StringEquals: { "aws:PrincipalOrgID": OWN_ORGANIZATION } }),
    "all of several conditions must hold",
  ],
  [
    "",
    under({ StringEquals: { "aws:PrincipalOrgID": OWN_ORGANIZATION, "aws:PrincipalTag/x": "y" } }),
    "all keys of one operator must hold",
  ],
  [
    "foreign-account",
    under({ IpAddress: { "aws:SourceIp": "192.0.2.0/24" }, StringEquals: { "aws:PrincipalAccount": FOREIGN } }),
    "a foreign account in some network is a foreign account",
  ],
  [
    "foreign-organization",
    under({ IpAddress: { "aws:SourceIp": "192.0.2.0/24" }, StringEquals: { "aws:PrincipalOrgID": "o-foreign567" } }),
    "a foreign organization in some network",
  ],
  [
    "",
    bucket({ Principal: root(FOREIGN), Condition: { StringEquals: { "aws:PrincipalOrgID": OWN_ORGANIZATION } } }),
    "an account of the organization, though the settings do not name it",
  ],
  [
    "foreign-account",
    bucket({ Principal: root(FOREIGN), Condition: { StringEquals: { "aws:SourceVpc": "vpc-1" } } }),
    "a foreign account, from a network",
  ],
  [
    "foreign-account",
    bucket({ Principal: root(FOREIGN), Condition: { StringEquals: { "aws:VpceAccount": OWN } } }),
    "a foreign account by one's own endpoint is still foreign",
  ],
  [
    "foreign-account",
    bucket({ Principal: root(FOREIGN), Condition: { StringEquals: { "s3:DataAccessPointAccount": OWN } } }),
    "a foreign account by one's own access point, too",
  ],
  [
    "",
    bucket({ NotPrincipal: root(FOREIGN), Condition: { StringEquals: { "aws:PrincipalAccount": OWN } } }),
    "everyone but one, of the own account",
  ],
  [
    "",
    bucket({ Principal: { CanonicalUser: "79a5" }, Condition: { StringEquals: { "aws:PrincipalAccount": OWN } } }),
    "whoever it is, of the own account",
  ],
];

const source = (service: string, condition?: unknown) =>
  bucket({ Principal: { Service: `${service}.amazonaws.com` }, Condition: condition });
const policyText = (call: string, field: string, statement: unknown) =>
  called(call, { [field]: JSON.stringify({ Version: "2008-10-17", Statement: [statement] }) });

const SERVICES: readonly Row[] = [
  ["service", source("sns"), "without a source it acts for anybody"],
  ["", source("sns", { StringEquals: { "aws:SourceAccount": OWN } }), "for the own account only"],
  ["", source("sns", { ArnLike: { "aws:SourceArn": `arn:aws:sns:*:${OWN}:*` } }), "for own topics only"],
  ["", source("sns", { StringEquals: { "aws:SourceOrgID": OWN_ORGANIZATION } }), "for the own organization only"],
  ["foreign-account", source("sns", { StringEquals: { "aws:SourceAccount": FOREIGN } }), "for a foreign account"],
  ["service", source("sns", { ArnLike: { "aws:SourceArn": "arn:aws:sns:*:*:*" } }), "for topics of any account"],
  ["service", source("sns", { ArnLike: { "aws:SourceArn": "*" } }), "for anything"],
  ["service", source("sns", { StringLike: { "aws:SourceAccount": "*" } }), "for any account"],
  ["service", source("sns", { StringEqualsIfExists: { "aws:SourceAccount": OWN } }), "also where it says no source"],
  [
    "unknown-source",
    source("s3", { ArnLike: { "aws:SourceArn": "arn:aws:s3:::logs" } }),
    "a bucket's ARN says no account",
  ],
  [
    "",
    source("s3", {
      ArnLike: { "aws:SourceArn": "arn:aws:s3:::logs" },
      StringEquals: { "aws:SourceAccount": OWN },
    }),
    "a bucket of the own account",
  ],
  [
    "",
    bucket({
      Principal: { Service: "cloudtrail.amazonaws.com" },
      Action: "s3:PutObject",
      Condition: {
        StringEquals: {
          "s3:x-amz-acl": "bucket-owner-full-control",
          "aws:SourceArn": `arn:aws:cloudtrail:us-east-1:${OWN}:trail/main`,
        },
      },
    }),
    "what CloudTrail's console writes",
  ],
  [
    "",
    source("config", { StringEquals: { "s3:x-amz-acl": "bucket-owner-full-control", "AWS:SourceAccount": OWN } }),
    "what Config's console writes",
  ],
  ["service", source("logdelivery.elasticloadbalancing"), "what the load balancers' page says for newer regions"],
  [
    "",
    source("cloudfront", { StringEquals: { "AWS:SourceArn": `arn:aws:cloudfront::${OWN}:distribution/E1EXAMPLE` } }),
    "CloudFront's origin access control",
  ],
  [
    "service",
    source("cloudfront", { StringLike: { "AWS:SourceArn": "arn:aws:cloudfront::*" } }),
    "anybody's distribution",
  ],
  [
    "",
    bucket({ Principal: { AWS: "*" }, Condition: { StringEquals: { "s3:DataAccessPointAccount": OWN } } }),
    "access is left to the access points of the account",
  ],
  [
    "",
    bucket({
      Principal: "*",
      Condition: { ArnLike: { "s3:DataAccessPointArn": `arn:aws:s3:us-east-1:${OWN}:accesspoint/*` } },
    }),
    "access is left to access points by ARN",
  ],
  ["everyone", under({ StringLike: { "s3:DataAccessPointArn": "*" } }), "access points of anybody"],
  [
    "",
    policyText("sns:SetTopicAttributes", "attributeValue", {
      Sid: "__default_statement_ID",
      Effect: "Allow",
      Principal: { AWS: "*" },
      Action: ["SNS:Publish", "SNS:Subscribe"],
      Resource: `arn:aws:sns:us-east-1:${OWN}:orders`,
      Condition: { StringEquals: { "AWS:SourceOwner": OWN } },
    }),
    "a topic's own default",
  ],
  [
    "unknown-source",
    policyText("sns:SetTopicAttributes", "attributeValue", {
      Effect: "Allow",
      Principal: { AWS: "*" },
      Action: "SNS:Publish",
      Resource: "*",
      Condition: { ArnLike: { "aws:SourceArn": "arn:aws:s3:*:*:uploads" } },
    }),
    "a bucket notifies a topic, whose bucket nobody says",
  ],
  [
    "everyone",
    policyText("sns:SetTopicAttributes", "attributeValue", {
      Effect: "Allow",
      Principal: "*",
      Action: "SNS:Subscribe",
      Resource: "*",
      Condition: { StringLike: { "sns:Endpoint": "*@example.com" } },
    }),
    "an endpoint is no caller",
  ],
  [
    "",
    policyText("sqs:SetQueueAttributes", "policy", {
      Sid: "__owner_statement",
      Effect: "Allow",
      Principal: { AWS: root(OWN) },
      Action: "SQS:*",
      Resource: `arn:aws:sqs:us-east-1:${OWN}:orders`,
    }),
    "a queue's own default",
  ],
  [
    "",
    policyText("kms:PutKeyPolicy", "policy", {
      Sid: "Enable IAM User Permissions",
      Effect: "Allow",
      Principal: { AWS: root(OWN) },
      Action: "kms:*",
      Resource: "*",
    }),
    "a key's own default",
  ],
  [
    "",
    policyText("kms:PutKeyPolicy", "policy", {
      Effect: "Allow",
      Principal: { AWS: "*" },
      Action: ["kms:Decrypt", "kms:CreateGrant"],
      Resource: "*",
      Condition: { StringEquals: { "kms:CallerAccount": OWN, "kms:ViaService": "ebs.us-east-1.amazonaws.com" } },
    }),
    "whoever of the account comes through a service",
  ],
  [
    "everyone",
    policyText("kms:PutKeyPolicy", "policy", {
      Effect: "Allow",
      Principal: { AWS: "*" },
      Action: "kms:Decrypt",
      Resource: "*",
      Condition: { StringEquals: { "kms:ViaService": "s3.us-east-1.amazonaws.com" } },
    }),
    "everybody may come through S3",
  ],
  [
    "network",
    policyText("elasticfilesystem:PutFileSystemPolicy", "policy", {
      Effect: "Allow",
      Principal: { AWS: "*" },
      Action: "elasticfilesystem:ClientMount",
      Condition: { Bool: { "elasticfilesystem:AccessedViaMountTarget": "true" } },
    }),
    "whoever is in the network of a mount target",
  ],
  [
    "everyone",
    policyText("elasticfilesystem:PutFileSystemPolicy", "policy", {
      Effect: "Allow",
      Principal: { AWS: "*" },
      Action: "elasticfilesystem:ClientMount",
      Condition: { Bool: { "elasticfilesystem:AccessedViaMountTarget": "false" } },
    }),
    "whoever is not in the network of a mount target",
  ],
];

const federated = (host: string, condition?: { readonly [operator: string]: { readonly [claim: string]: unknown } }) =>
  trust({
    Principal: { Federated: `arn:aws:iam::${OWN}:oidc-provider/${host}` },
    Action: "sts:AssumeRoleWithWebIdentity",
    Condition:
      condition &&
      Object.fromEntries(
        Object.entries(condition).map(([operator, claims]) => [
          operator,
          Object.fromEntries(Object.entries(claims).map(([claim, value]) => [`${host}:${claim}`, value])),
        ]),
      ),
  });
const GITHUB = "token.actions.githubusercontent.com";
const github = (condition?: { readonly [operator: string]: { readonly [claim: string]: unknown } }) =>
  federated(GITHUB, condition);
const EKS = "oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF";

const BY_GITHUB = { "aws:FederatedProvider": `arn:aws:iam::${OWN}:oidc-provider/${GITHUB}` };
const byGithub = (Principal: unknown, Action: unknown, claims?: { readonly [claim: string]: unknown }) =>
  trust({ Principal, Action, Condition: { StringEquals: { ...BY_GITHUB, ...claims } } });
const OWN_GITHUB = { Federated: `arn:aws:iam::${OWN}:oidc-provider/${GITHUB}` };
const WEB = "sts:AssumeRoleWithWebIdentity";

/** An API's policy as API Gateway's guide writes it for private APIs: everyone may call, and is denied but under a test. */
const api = (denial: CloudTrailRecord, allowance: CloudTrailRecord = {}) =>
  called("apigateway:UpdateRestApi", {
    patchOperations: [{ op: "replace", path: "/policy", value: JSON.stringify(apiPolicy(denial, allowance)) }],
  });
const apiPolicy = (denial: CloudTrailRecord, allowance: CloudTrailRecord) => {
  const calling = { Principal: "*", Action: "execute-api:Invoke", Resource: "execute-api:/*" };
  return {
    Statement: [
      { ...calling, Effect: "Allow", ...allowance },
      { ...calling, Effect: "Deny", ...denial },
    ],
  };
};
const unless = (operator: string, key: string, ...values: readonly string[]) => ({
  Condition: { [operator]: { [key]: values } },
});

const APIS: readonly Row[] = [
  ["network", api(unless("StringNotEquals", "aws:SourceVpc", "vpc-1")), "a private API"],
  ["network", api(unless("StringNotEqualsIfExists", "aws:SourceVpce", "vpce-1", "vpce-2")), "two endpoints"],
  ["network", api(unless("NotIpAddress", "aws:SourceIp", "192.0.2.0/24")), "all but some addresses are denied"],
  ["foreign-organization", api(unless("StringNotEquals", "aws:PrincipalOrgID", "o-x")), "a foreign organization"],
  ["", api(unless("StringNotEquals", "aws:PrincipalOrgID", OWN_ORGANIZATION)), "the own organization"],
  ["network", api({ ...unless("StringNotEquals", "aws:SourceVpc", "vpc-1"), Action: "*", Resource: "*" }), "wider"],
  ["everyone", api(unless("IpAddress", "aws:SourceIp", "192.0.2.0/24")), "only some addresses are denied"],
  ["everyone", api(unless("StringEquals", "aws:SourceVpc", "vpc-1")), "only one network is denied"],
  ["everyone", api(unless("StringNotLike", "aws:SourceVpc", "*")), "every network is let in"],
  ["everyone", api(unless("ForAnyValue:StringNotEquals", "aws:SourceVpc", "vpc-1")), "who comes by no network passes"],
  ["everyone", api(unless("Bool", "aws:SecureTransport", "false")), "TLS limits nobody"],
  [
    "everyone",
    api({ Condition: { StringNotEquals: { "aws:SourceVpc": "vpc-1", "aws:SourceVpce": "vpce-1" } } }),
    "a denial of two keys demands only one of them",
  ],
  [
    "everyone",
    api({ ...unless("StringNotEquals", "aws:SourceVpc", "vpc-1"), Resource: "execute-api:/prod/*" }),
    "other stages stay open",
  ],
  [
    "everyone",
    api({ ...unless("StringNotEquals", "aws:SourceVpc", "vpc-1"), Principal: { AWS: OWN } }),
    "only the own account is denied",
  ],
  [
    "everyone",
    api(unless("StringNotEquals", "aws:SourceVpc", "vpc-1"), { Action: "*" }),
    "more than calling is allowed",
  ],
  [
    "everyone",
    bucketOf([
      { Effect: "Allow", Principal: "*", Action: "s3:GetObject" },
      { Effect: "Deny", Principal: "*", Action: "s3:*", ...unless("StringNotEquals", "aws:SourceVpce", "vpce-1") },
    ]),
    "a bucket's denial closes nothing",
  ],
];

const TRUSTS: readonly Row[] = [
  ["everyone", byGithub("*", WEB), "the provider does not say who it vouches for"],
  ["everyone", byGithub("*", ["sts:TagSession", "sts:assumerolewith*"]), "nor with a star in the call"],
  ["everyone", byGithub("*", "sts:AssumeRoleWithSAML"), "nor a SAML provider"],
  ["federated", byGithub(OWN_GITHUB, WEB), "a condition that repeats the principal"],
  ["federated", byGithub(OWN_GITHUB, "sts:TagSession"), "whatever the call"],
  ["federated-owner", byGithub(OWN_GITHUB, WEB, { [`${GITHUB}:sub`]: "repo:acme/web:x" }), "it and one repository"],
  ["", byGithub(OWN_GITHUB, WEB, { "aws:PrincipalAccount": OWN }), "it and a limit of another key"],
  ["", byGithub("*", "sts:AssumeRole"), "sessions that came through the own provider"],
  ["everyone", trust({ Principal: { AWS: "*" } }), "whoever learns its name"],
  ["everyone", trust({ Principal: "*", Condition: { StringEquals: { "sts:ExternalId": "x" } } }), "or the external id"],
  ["foreign-account", trust({ Principal: { AWS: FOREIGN } }), "a foreign account"],
  [
    "foreign-account",
    trust({ Principal: { AWS: root(FOREIGN) }, Condition: { StringEquals: { "sts:ExternalId": "x" } } }),
    "a supplier's account with an external id is still foreign",
  ],
  [
    "foreign-account",
    trust({ Principal: { AWS: root(FOREIGN) }, Condition: { Bool: { "aws:MultiFactorAuthPresent": "true" } } }),
    "a foreign account's MFA",
  ],
  ["", trust({ Principal: { AWS: root(OWN) } }), "the account itself; trust is no right of an identity"],
  ["service", trust({ Principal: { Service: "ec2.amazonaws.com" } }), "a service"],
  ["federated", github(), "every workflow of GitHub"],
  ["federated", github({ StringEquals: { aud: "sts.amazonaws.com" } }), "the audience is the same for all"],
  ["federated", github({ StringLike: { sub: "*" } }), "every subject"],
  ["federated", github({ StringLike: { sub: "repo:*" } }), "every repository"],
  ["federated", github({ StringLike: { sub: "repo:acme*" } }), "acme-evil begins so too"],
  ["federated", github({ StringLike: { sub: "repo:acm?/web:*" } }), "owners of four letters"],
  [
    "federated",
    github({ StringLike: { sub: "repo:*/web:ref:refs/heads/main" } }),
    "a repository of that name, whoever's",
  ],
  ["federated-owner", github({ StringLike: { sub: "repo:acme/*" } }), "one owner"],
  ["federated-owner", github({ StringLike: { sub: "repo:acme/web:*" } }), "one repository"],
  ["federated-owner", github({ StringEquals: { sub: "repo:acme/web:ref:refs/heads/main" } }), "one branch"],
  [
    "federated-owner",
    github({ "ForAnyValue:StringLike": { sub: "repo:acme/web:*" } }),
    "ForAnyValue demands the claim",
  ],
  ["federated", github({ "ForAllValues:StringLike": { sub: "repo:acme/web:*" } }), "ForAllValues does not"],
  ["federated", github({ StringLikeIfExists: { sub: "repo:acme/web:*" } }), "neither does IfExists"],
  ["federated", github({ StringNotLike: { sub: "repo:evil/*" } }), "all but one owner"],
  ["federated", github({ StringLike: { sub: ["repo:acme/web:*", "repo:*"] } }), "any value may be met"],
  ["federated-owner", github({ StringLike: { sub: ["repo:acme/web:*", "repo:acme/api:*"] } }), "two repositories"],
  ["federated-owner", github({ StringEquals: { repository_owner: "acme" } }), "an owner by claim"],
  ["federated", github({ StringLike: { repository_owner: "acme*" } }), "owners that begin alike"],
  ["federated-owner", github({ StringLike: { repository: "acme/*" } }), "repositories of an owner by claim"],
  ["federated", github({ StringLike: { repository: "*/web" } }), "a repository of that name by claim"],
  ["federated-owner", github({ StringEquals: { repository_id: "12345" } }), "a repository by number"],
  [
    "federated",
    github({ StringLike: { job_workflow_ref: "acme/shared/*" } }),
    "public workflows are everybody's to call",
  ],
  ["federated", github({ StringEquals: { actor: "alice" } }), "a claim that is not on the list"],
  ["federated-owner", federated(GITHUB.toUpperCase(), { StringLike: { sub: "repo:acme/*" } }), "hosts have no case"],
  [
    "federated",
    trust({
      Principal: { Federated: `arn:aws:iam::${OWN}:oidc-provider/${GITHUB}` },
      Condition: { StringLike: { "gitlab.com:sub": "project_path:acme/*" } },
    }),
    "the claim of another provider",
  ],
  [
    "federated",
    trust({
      Principal: { Federated: `arn:aws:iam::${FOREIGN}:oidc-provider/${GITHUB}` },
      Condition: { StringLike: { [`${GITHUB}:sub`]: "repo:acme/*" } },
    }),
    "a provider of a foreign account",
  ],
  ["federated", federated("gitlab.com", { StringLike: { sub: "project_path:*" } }), "every project of GitLab"],
  ["federated-owner", federated("gitlab.com", { StringLike: { sub: "project_path:acme/*" } }), "one group of GitLab"],
  ["federated-owner", federated("gitlab.com", { StringEquals: { namespace_id: "72" } }), "a namespace by number"],
  ["", federated("gitlab.example.com", { StringLike: { sub: "project_path:acme/*" } }), "one's own GitLab"],
  [
    "federated",
    federated("app.terraform.io", { StringEquals: { aud: "aws.workload.identity" } }),
    "every organization",
  ],
  [
    "federated",
    federated("app.terraform.io", { StringLike: { sub: "organization:*:project:web:*" } }),
    "any organization",
  ],
  [
    "federated-owner",
    federated("app.terraform.io", { StringLike: { sub: "organization:acme:*" } }),
    "one organization",
  ],
  [
    "federated",
    federated("api.pulumi.com/oidc", { StringLike: { sub: "pulumi:deploy:org:*" } }),
    "every customer of Pulumi",
  ],
  [
    "federated-owner",
    federated("api.pulumi.com/oidc", { StringLike: { sub: "pulumi:deploy:org:acme:*" } }),
    "one customer",
  ],
  [
    "federated-owner",
    federated("api.pulumi.com/oidc", { StringEquals: { aud: "acme" } }),
    "Pulumi's audience is the customer",
  ],
  ["federated", federated("oidc.codefresh.io", { StringLike: { sub: "account:*:pipeline:1:*" } }), "every customer"],
  [
    "federated-owner",
    federated("oidc.codefresh.io", { StringLike: { sub: "account:5f30:pipeline:*" } }),
    "one customer",
  ],
  ["federated-owner", federated("agent.buildkite.com", { StringLike: { sub: "organization:acme:*" } }), "one customer"],
  ["federated-owner", federated("oidc.vercel.com", { StringEquals: { aud: "https://vercel.com/acme" } }), "one team"],
  [
    "",
    federated(EKS, { StringEquals: { sub: "system:serviceaccount:web:app" } }),
    "one service account of one cluster",
  ],
  ["", federated(EKS, { StringLike: { sub: "system:serviceaccount:*" } }), "all of one cluster, which is a tenant's"],
  ["federated", federated(EKS), "no condition at all"],
  ["federated", federated(EKS, { StringLike: { sub: "*" } }), "a condition that limits nothing"],
  ["", federated("dev-1.okta.com", { StringEquals: { aud: "0oa1" } }), "an issuer of one tenant"],
  [
    "",
    trust({ Principal: { Federated: `arn:aws:iam::${OWN}:saml-provider/Okta` } }),
    "SAML is one tenant's by its metadata",
  ],
  [
    "federated",
    trust({ Principal: { Federated: `arn:aws:iam::${FOREIGN}:saml-provider/Okta` } }),
    "a foreign SAML provider",
  ],
  ["federated", trust({ Principal: { Federated: "arn:aws:iam::*:saml-provider/Okta" } }), "a provider of any account"],
  ["federated", trust({ Principal: { Federated: "cognito-identity.amazonaws.com" } }), "every identity pool"],
  ...["cognito-identity-us-gov.amazonaws.com", "cognito-identity.cn-north-1.amazonaws.com.cn"].map(
    (host) =>
      [
        "federated",
        trust({
          Principal: { Federated: host },
          Condition: { "ForAnyValue:StringLike": { [`${host}:amr`]: "unauthenticated" } },
        }),
        `every identity pool behind ${host}`,
      ] as const,
  ),
  [
    "federated-owner",
    trust({
      Principal: { Federated: "cognito-identity.amazonaws.com" },
      Condition: {
        StringEquals: { "cognito-identity.amazonaws.com:aud": "us-east-1:12345678-1234" },
        "ForAnyValue:StringLike": { "cognito-identity.amazonaws.com:amr": "authenticated" },
      },
    }),
    "one identity pool",
  ],
  [
    "federated",
    trust({
      Principal: { Federated: "cognito-identity.amazonaws.com" },
      Condition: { "ForAnyValue:StringLike": { "cognito-identity.amazonaws.com:amr": "authenticated" } },
    }),
    "whoever signed in to whatever pool",
  ],
  ["federated", trust({ Principal: { Federated: "accounts.google.com" } }), "everybody with an account of Google"],
  [
    "federated",
    trust({
      Principal: { Federated: "accounts.google.com" },
      Condition: { StringEquals: { "accounts.google.com:oaud": "https://acme.example.com" } },
    }),
    "service accounts choose the audience of their tokens",
  ],
  [
    "federated-owner",
    trust({
      Principal: { Federated: "accounts.google.com" },
      Condition: { StringEquals: { "accounts.google.com:sub": "100018646976219416293" } },
    }),
    "one service account",
  ],
  [
    "federated-owner",
    trust({
      Principal: { Federated: "www.amazon.com" },
      Condition: { StringEquals: { "www.amazon.com:app_id": "amzn1.application-oa2-client.1" } },
    }),
    "one application",
  ],
];

const USER = `arn:aws:iam::*:user/${variable("aws:username")}`;
const BOUNDARY = `arn:aws:iam::${OWN}:policy/boundary`;
const LETTERS = [..."abcdefghijklmnopqrstuvwxyz"];

const IDENTITIES: readonly Row[] = [
  ["admin, escalation", identity({ Action: "*" }), "everything"],
  ["admin, escalation", identity({ Action: ["*"] }), "everything in a list"],
  ["admin, escalation", identity({ Action: ["s3:*", "*"] }), "everything behind something"],
  ["admin, escalation", identity({ Action: "*:*" }), "every action of every service"],
  ["admin, escalation", identity({ Action: "**" }), "two stars are one"],
  ["admin, escalation", identity({ Action: "?*" }), "whatever has a character"],
  ["admin, escalation", identity({ Action: "*?*:?*" }), "question marks between stars"],
  ["admin, escalation", identity({ Action: "iam:*" }), "who has all of IAM gives himself the rest"],
  ["admin, escalation", identity({ Action: "IAM:*" }), "services have no case"],
  ["admin, escalation", identity({ Action: "i?m:*" }), "a question mark in the service"],
  ["admin, escalation", identity({ Action: "iam:Put*" }), "policies may be put anywhere"],
  ["admin, escalation", identity({ Action: "iam:*Policy" }), "whatever ends in policy"],
  ["admin, escalation", identity({ Action: "iam:attachuserpolicy" }), "actions have no case"],
  ["admin, escalation", identity({ Action: LETTERS.map((letter) => `${letter}*`) }), "everything letter by letter"],
  ["admin, escalation", identity({ Action: LETTERS.map((letter) => `iam:${letter}*`) }), "all of IAM letter by letter"],
  ["admin, escalation", identity({ Action: "*", Resource: ["arn:aws:s3:::x", "*"] }), "everything behind a bucket"],
  ["admin, escalation", identity({ Action: "*", Resource: "arn:aws:iam::*:*" }), "everything on IAM"],
  ["admin, escalation", identity({ Action: "*", Resource: "**" }), "two stars as resource"],
  ["admin, escalation", identity({ Action: "*", Resource: "arn:*" }), "an ARN that is cut short is any"],
  ["admin, escalation", identity({ Action: "iam:*", Resource: `arn:aws:iam::${OWN}:*` }), "with the account's number"],
  [
    "admin, escalation",
    identity({ Action: "iam:PutUserPolicy", Resource: `arn:aws:iam::${variable("aws:PrincipalAccount")}:user/*` }),
    "with a variable for the account",
  ],
  ["admin, escalation", identity({ Action: "iam:*", Resource: "arn:aws-cn:iam::*:role/*" }), "every role in China"],
  ["admin, escalation", identity({ Action: "iam:*", Resource: USER }), "all of IAM on oneself"],
  ["admin, escalation", identity({ Action: "iam:PutUserPolicy", Resource: USER }), "a policy for oneself is enough"],
  [
    "admin, escalation",
    identity({ Action: "iam:*", Resource: `arn:aws:iam::${OWN}:role/app-*` }),
    "all of IAM on some roles",
  ],
  ["admin, escalation", identity({ NotAction: "s3:*", Action: undefined }), "everything but S3"],
  ["admin, escalation", identity({ NotAction: ["iam:Delete*"] }), "everything but deleting"],
  ["admin, escalation", identity({ NotAction: [] }), "an empty exception excepts nothing"],
  ["admin, escalation", identity({ NotAction: "iam:*" }), "everything but IAM, as in PowerUserAccess"],
  [
    "admin, escalation",
    identity({ NotAction: ["iam:*", "organizations:*", "account:*", "sts:*", "sso:*"] }),
    "a little less",
  ],
  ["", identity({ NotAction: "*" }), "everything but everything"],
  ["", identity({ NotAction: "iam:*", Resource: "arn:aws:s3:::photos/*" }), "everything but IAM on objects"],
  [
    "admin, escalation",
    identity({ Action: "*", NotResource: "arn:aws:s3:::photos", Resource: undefined }),
    "but on a bucket",
  ],
  ["admin, escalation", identity({ Action: "iam:CreateAccessKey" }), "keys of whomever"],
  ["admin, escalation", identity({ Action: "iam:*LoginProfile" }), "passwords of whomever"],
  ["", identity({ Action: "iam:CreateAccessKey", Resource: USER }), "one's own keys"],
  [
    "",
    identity({ Action: ["iam:CreateAccessKey"], Resource: `arn:aws:iam::*:user/*/${variable("aws:username")}` }),
    "one's own keys, whatever the path",
  ],
  [
    "escalation",
    identity({ Action: "iam:CreateAccessKey", Resource: `arn:aws:iam::*:user/${variable("aws:username")}*` }),
    "keys of whoever's name begins like one's own",
  ],
  [
    "escalation",
    identity({ Action: "iam:CreateAccessKey", Resource: [USER, `arn:aws:iam::${OWN}:user/root-like`] }),
    "one's own keys and another's",
  ],
  [
    "escalation",
    identity({ Action: "iam:CreateAccessKey", Resource: `arn:aws:iam::${OWN}:user/ci` }),
    "another's keys",
  ],
  ["escalation", identity({ Action: "iam:PutRolePolicy", Resource: `arn:aws:iam::${OWN}:role/app-*` }), "some roles"],
  [
    "escalation",
    identity({ Action: "iam:PutRolePolicy", Condition: { StringEquals: { "iam:PermissionsBoundary": BOUNDARY } } }),
    "with a boundary no administrator, but who knows the boundary",
  ],
  [
    "admin, escalation",
    identity({ Action: "iam:PutRolePolicy", Condition: { StringLike: { "iam:PermissionsBoundary": "*" } } }),
    "any boundary",
  ],
  [
    "admin, escalation",
    identity({
      Action: "iam:PutRolePolicy",
      Condition: { StringEqualsIfExists: { "iam:PermissionsBoundary": BOUNDARY } },
    }),
    "a boundary where there is one",
  ],
  [
    "admin, escalation",
    identity({
      Action: "iam:PutRolePolicy",
      Condition: { StringEquals: { "iam:PermissionsBoundary": "arn:aws:iam::aws:policy/AdministratorAccess" } },
    }),
    "a boundary that allows everything",
  ],
  [
    "escalation",
    identity({
      Action: "iam:AttachRolePolicy",
      Condition: { ArnEquals: { "iam:PolicyARN": "arn:aws:iam::aws:policy/ReadOnlyAccess" } },
    }),
    "one policy may be attached",
  ],
  [
    "admin, escalation",
    identity({
      Action: "iam:AttachRolePolicy",
      Condition: { ArnEquals: { "iam:PolicyARN": "arn:aws:iam::aws:policy/AdministratorAccess" } },
    }),
    "one policy may be attached, which makes an administrator",
  ],
  [
    "admin, escalation",
    identity({ Action: "*", Condition: { Bool: { "aws:MultiFactorAuthPresent": true } } }),
    "with MFA",
  ],
  ["escalation", identity({ Action: ["iam:PassRole", "lambda:CreateFunction"] }), "a function with any role"],
  ["escalation", identity({ Action: ["iam:PassRole", "eks:CreateNodegroup"] }), "a node with any role"],
  ["escalation", identity({ Action: ["iam:PassRole", "synthetics:CreateCanary"] }), "a canary with any role"],
  ["escalation", identity({ Action: ["iam:PassRole", "rolesanywhere:*"] }), "a certificate with any role"],
  ["escalation", identity({ Action: ["iam:Pass*", "lambda:*"] }), "the same with wildcards"],
  [
    "escalation",
    identity({ Action: "iam:PassRole" }, { Action: "lambda:CreateFunction" }),
    "the same in two statements",
  ],
  [
    "escalation",
    identity(
      { Action: "ec2:RunInstances", Resource: `arn:aws:ec2:*:${OWN}:*` },
      { Action: "iam:PassRole", Resource: `arn:aws:iam::${OWN}:role/*` },
    ),
    "in two statements with resources",
  ],
  ["", identity({ Action: "iam:PassRole" }), "passing alone runs nothing"],
  ["", identity({ Action: ["lambda:CreateFunction", "ec2:RunInstances"] }), "running alone passes nothing"],
  [
    "",
    identity({ Action: ["iam:PassRole", "lambda:CreateFunction"], Resource: "arn:aws:lambda:*:*:function:*" }),
    "no role is passed",
  ],
  ["", identity({ Action: "iam:PassRole", Effect: "Deny" }, { Action: "lambda:CreateFunction" }), "passing is denied"],
  ["escalation", identity({ Action: "sts:AssumeRole" }), "whatever role trusts the account"],
  ["escalation", identity({ Action: "sts:Assume*", Resource: "arn:aws:iam::*:role/*" }), "every role"],
  ["", identity({ Action: "sts:AssumeRole", Resource: `arn:aws:iam::${OWN}:role/reader` }), "one role"],
  ["escalation", identity({ Action: "sso:*" }), "who decides who gets which role"],
  ["escalation", identity({ Action: "sso:*", Resource: "arn:aws:sso:::permissionSet/*" }), "permission sets have ARNs"],
  ["escalation", identity({ Action: "organizations:*" }), "policies of the organization may be taken off"],
  [
    "escalation",
    identity({ Action: "iam:UpdateSAMLProvider", Resource: "arn:aws:iam::*:saml-provider/*" }),
    "who signs in by SAML",
  ],
  ["", identity({ Action: "*", Resource: "arn:aws:s3:::*" }), "every action on S3 is S3's"],
  ["", identity({ Action: "s3:*" }), "all of S3"],
  ["", identity({ Action: ["iam:Get*", "iam:List*"] }), "reading IAM"],
  ["", identity({ Action: "iam:*", Resource: `arn:aws:iam::*:mfa/${variable("aws:username")}` }), "one's own MFA"],
  ["", identity({ Action: "*", Effect: "Deny" }), "everything is denied"],
  ["", identity({ Action: "s3:PutUserPolicy" }), "another service's action of that name"],
];

const attached = (call: string, policyArn: string, field = "policyArn") =>
  called(call, { userName: "bob", [field]: policyArn });

const MANAGED: readonly Row[] = [
  ["admin, escalation", attached("iam:AttachUserPolicy", "arn:aws:iam::aws:policy/AdministratorAccess"), "AWS's own"],
  ["admin, escalation", attached("iam:AttachRolePolicy", "arn:aws-cn:iam::aws:policy/IAMFullAccess"), "in China"],
  [
    "admin, escalation",
    attached("iam:AttachRolePolicy", "arn:aws-us-gov:iam::aws:policy/PowerUserAccess"),
    "in GovCloud",
  ],
  [
    "admin, escalation",
    attached("iam:AttachGroupPolicy", "arn:aws:iam::aws:policy/job-function/SystemAdministrator"),
    "a path",
  ],
  [
    "admin, escalation",
    attached(
      "sso:AttachManagedPolicyToPermissionSet",
      "arn:aws:iam::aws:policy/AdministratorAccess",
      "managedPolicyArn",
    ),
    "for a permission set",
  ],
  ["escalation", attached("iam:AttachRolePolicy", "arn:aws:iam::aws:policy/AWSLambda_FullAccess"), "leads to rights"],
  ["", attached("iam:AttachRolePolicy", "arn:aws:iam::aws:policy/ReadOnlyAccess"), "reads"],
  [
    "",
    attached("iam:AttachRolePolicy", `arn:aws:iam::${OWN}:policy/AdministratorAccess`),
    "of the account, by that name",
  ],
  [
    "",
    called("sts:AssumeRole", { policyArns: [{ arn: "arn:aws:iam::aws:policy/AdministratorAccess" }] }),
    "a session's policy only limits",
  ],
];

const ALL_USERS = "http://acs.amazonaws.com/groups/global/AllUsers";
const acl = (parameters: object) => called("s3:PutBucketAcl", { bucketName: "photos", ...parameters });
const grants = (...grantees: readonly object[]) =>
  acl({
    AccessControlPolicy: {
      AccessControlList: { Grant: grantees.map((Grantee) => ({ Grantee, Permission: "READ" })) },
      Owner: { ID: "79a59df900b949e5" },
    },
  });
const shared = (parameters: object) => called("ram:CreateResourceShare", { name: "subnets", ...parameters });
const ORGANIZATION_ARN = `arn:aws:organizations::${FOREIGN}:organization`;

const GRANTS: readonly Row[] = [
  ["everyone", acl({ "x-amz-acl": ["public-read"] }), "a canned list, as CloudTrail has it"],
  ["everyone", acl({ "x-amz-acl": "public-read-write" }), "a canned list as text"],
  ["everyone", acl({ "X-Amz-Acl": " Authenticated-Read " }), "everybody who has an account is everybody"],
  ["", acl({ "x-amz-acl": ["private"] }), "private"],
  ["", acl({ "x-amz-acl": ["log-delivery-write"] }), "for S3's own logs"],
  ["", acl({ "x-amz-acl": ["bucket-owner-full-control"] }), "for the owner"],
  ["everyone", called("s3:CreateBucket", { bucketName: "photos", "x-amz-acl": "public-read" }), "a bucket made public"],
  ["everyone", acl({ "x-amz-grant-read": [`uri="${ALL_USERS}"`] }), "a grant in a header"],
  ["everyone", acl({ "x-amz-grant-read-acp": `URI=${ALL_USERS}` }), "without quotes"],
  ["everyone, unknown-caller", acl({ "x-amz-grant-write": `id="79a5", uri="${ALL_USERS}"` }), "two in a header"],
  ["everyone", acl({ accessControlList: { "x-amz-grant-read": `uri="${ALL_USERS}"` } }), "nested, as for objects"],
  ["unknown-caller", acl({ "x-amz-grant-read": 'id="79a59df9"' }), "a canonical user in a header"],
  ["unknown-caller", acl({ "x-amz-grant-read": "emailAddress=bob@example.com" }), "an address"],
  ["everyone", grants({ "xsi:type": "Group", URI: ALL_USERS }), "a list in full"],
  ["everyone", grants({ ID: "79a59df900b949e5" }, { URI: ALL_USERS }), "the second of a list"],
  [
    "everyone",
    grants({ URI: "http://acs.amazonaws.com/groups/global/AuthenticatedUsers" }),
    "everybody who has an account",
  ],
  [
    "everyone",
    acl({ AccessControlPolicy: { AccessControlList: { Grant: { Grantee: { URI: ALL_USERS }, Permission: "READ" } } } }),
    "one grant without list",
  ],
  [
    "everyone",
    acl({ accessControlPolicy: { grants: [{ grantee: { uri: ALL_USERS }, permission: "READ" }] } }),
    "as the API's own model has it",
  ],
  ["", grants({ ID: "79a59df900b949e5" }), "the owner"],
  ["unknown-caller", grants({ ID: "c0ffee" }), "another canonical user"],
  ["", grants({ URI: "http://acs.amazonaws.com/groups/s3/LogDelivery" }), "S3's own logs"],
  ["", acl({ AccessControlPolicy: "" }), "no list"],

  [
    "everyone",
    called("lambda:AddPermission20150331v2", { principal: "*", action: "lambda:InvokeFunctionUrl" }),
    "a URL",
  ],
  [
    "foreign-account",
    called("lambda:AddPermission20150331v2", { principal: FOREIGN, action: "lambda:*" }),
    "an account",
  ],
  ["foreign-account", called("lambda:AddPermission20150331v2", { principal: role(FOREIGN) }), "a role"],
  [
    "",
    called("kms:CreateGrant", {
      granteePrincipal: `${OWN}:aws:ec2-infrastructure:i-81e2f56c`,
      operations: ["Decrypt"],
    }),
    "EC2, for an instance of the own account",
  ],
  [
    "foreign-account",
    called("kms:CreateGrant", { granteePrincipal: `${FOREIGN}:aws:ec2-infrastructure:i-81e2f56c` }),
    "EC2, for an instance of a foreign account",
  ],
  ["service", called("lambda:AddPermission20150331v2", { principal: "s3.amazonaws.com" }), "a service for anybody"],
  [
    "unknown-source",
    called("lambda:AddPermission20150331v2", { principal: "s3.amazonaws.com", sourceArn: "arn:aws:s3:::uploads" }),
    "a bucket that may be anybody's tomorrow",
  ],
  [
    "",
    called("lambda:AddPermission20150331v2", {
      principal: "s3.amazonaws.com",
      sourceArn: "arn:aws:s3:::uploads",
      sourceAccount: OWN,
    }),
    "a bucket of the account",
  ],
  [
    "",
    called("lambda:AddPermission20150331v2", {
      principal: "apigateway.amazonaws.com",
      sourceArn: `arn:aws:execute-api:us-east-1:${OWN}:abc123/*/GET/`,
    }),
    "an API of the account",
  ],
  [
    "service",
    called("lambda:AddPermission20150331v2", {
      principal: "events.amazonaws.com",
      sourceArn: "arn:aws:events:*:*:rule/*",
    }),
    "rules of any account",
  ],
  [
    "",
    called("lambda:AddPermission20150331v2", { principal: "*", principalOrgID: OWN_ORGANIZATION }),
    "the organization",
  ],
  [
    "foreign-organization",
    called("lambda:AddPermission20150331v2", { principal: "*", principalOrgID: "o-x" }),
    "a foreign one",
  ],
  [
    "everyone",
    called("lambda:AddLayerVersionPermission20181031", { principal: "*", action: "lambda:GetLayerVersion" }),
    "a layer",
  ],
  [
    "",
    called("lambda:AddLayerVersionPermission20181031", { principal: "*", organizationId: OWN_ORGANIZATION }),
    "a layer for the organization",
  ],
  [
    "foreign-account",
    called("lambda:AddLayerVersionPermission20181031", { principal: FOREIGN }),
    "a layer for an account",
  ],
  ["everyone", called("sns:AddPermission", { aWSAccountId: ["*"], actionName: ["Publish"] }), "a topic"],
  [
    "foreign-account",
    called("sns:AddPermission", { aWSAccountIds: [OWN, FOREIGN], actionNames: ["Publish"] }),
    "a topic",
  ],
  [
    "foreign-account",
    called("sqs:AddPermission", { aWSAccountIds: { member: [FOREIGN] }, actions: ["*"] }),
    "a wrapped list",
  ],
  ["foreign-account", called("sqs:AddPermission", { AWSAccountIds: [999999999999], Actions: ["*"] }), "a number"],
  [
    "",
    called("sqs:AddPermission", { aWSAccountIds: [KNOWN], actions: ["SendMessage"] }),
    "a queue for a known account",
  ],
  ["everyone", called("events:PutPermission", { principal: "*", action: "events:PutEvents" }), "a bus for everyone"],
  [
    "",
    called("events:PutPermission", {
      principal: "*",
      action: "events:PutEvents",
      condition: { type: "StringEquals", key: "aws:PrincipalOrgID", value: OWN_ORGANIZATION },
    }),
    "a bus for the organization",
  ],
  [
    "everyone",
    called("events:PutPermission", { principal: "*", condition: { key: { toString: 1 }, value: "x" } }),
    "no key",
  ],
  [
    "foreign-account",
    called("kms:CreateGrant", { granteePrincipal: role(FOREIGN), operations: ["Decrypt"] }),
    "a grant for a foreign role",
  ],
  ["", called("kms:CreateGrant", { granteePrincipal: role(OWN), operations: ["Decrypt"] }), "a grant for an own role"],
  [
    "service",
    called("kms:CreateGrant", { granteePrincipal: "dynamodb.us-east-1.amazonaws.com" }),
    "a grant for a service",
  ],
  ["service", called("kms:CreateGrant", { granteePrincipal: "AWS Internal" }), "a grant for AWS"],
  ["foreign-account", shared({ principals: [FOREIGN] }), "a share for an account"],
  ["", shared({ principals: [KNOWN] }), "a share for a known account"],
  ["", shared({ principals: [FOREIGN], allowExternalPrincipals: false }), "RAM refuses who is not of the organization"],
  ["", shared({ principals: [`${ORGANIZATION_ARN}/${OWN_ORGANIZATION}`] }), "a share for the organization"],
  [
    "",
    shared({ principals: [`arn:aws:organizations::${FOREIGN}:ou/${OWN_ORGANIZATION}/ou-ab12-1`] }),
    "a share for a unit, though its management account is not named",
  ],
  ["foreign-organization", shared({ principals: [`${ORGANIZATION_ARN}/o-x`] }), "a share for a foreign organization"],
  [
    "everyone",
    called("serverlessrepo:PutApplicationPolicy", { statements: [{ principals: ["*"], actions: ["Deploy"] }] }),
    "an application for everyone",
  ],
  [
    "",
    called("serverlessrepo:PutApplicationPolicy", {
      statements: [{ principals: ["*"], actions: ["Deploy"], principalOrgIDs: [OWN_ORGANIZATION] }],
    }),
    "an application for the organization",
  ],
];

const OPEN = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Principal: "*", Action: "s3:*", Resource: "*" }] };
const text = JSON.stringify(OPEN);
const key = (policy: unknown) => called("kms:PutKeyPolicy", { keyId: "1", policy });
const queue = (policy: unknown) => called("sqs:SetQueueAttributes", { attributes: { Policy: policy } });
const escaped = (from: string) =>
  [...from].map((letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`).join("");

const TEXTS: readonly Row[] = [
  ["everyone", key(OPEN), "a document as JSON"],
  ["everyone", key(text), "a document as text"],
  ["everyone", key(` \n\t${JSON.stringify(OPEN, null, 4)}\r\n`), "with space in and around it"],
  ["everyone", key(`\ufeff${text}`), "with a byte order mark"],
  ["everyone", key(text.replace('"*"', `"${escaped("*")}"`)), "with an escaped star"],
  ["everyone", key(text.replace("Principal", escaped("Principal"))), "with an escaped name"],
  ["everyone", key(JSON.stringify(text)), "a text in a text"],
  ["everyone", key(JSON.stringify(JSON.stringify(text))), "a text in a text in a text"],
  ["everyone", key(JSON.stringify(text).slice(1, -1)), "escaped without quotes around it"],
  ["everyone", key(JSON.stringify(`\n${text}`).slice(1, -1)), "escaped, with an escaped line before it"],
  ["everyone", key(encodeURIComponent(text)), "URL-encoded"],
  ["everyone", key(encodeURIComponent(encodeURIComponent(text))), "URL-encoded twice"],
  [
    "everyone",
    key(encodeURIComponent(JSON.stringify(OPEN, null, 1)).replaceAll("%20", "+")),
    "URL-encoded as forms are",
  ],
  [
    "everyone",
    called("apigateway:UpdateRestApi", { patchOperations: [{ op: "replace", path: "/policy", value: text }] }),
    "in a patch",
  ],
  [
    "everyone",
    called("apigateway:UpdateRestApi", {
      patchOperations: [{ op: "replace", path: "/policy", value: JSON.stringify(text).slice(1, -1) }],
    }),
    "escaped in a patch",
  ],
  ["everyone", queue(text), "among attributes"],
  [
    "everyone",
    called("sqs:SetQueueAttributes", { attributes: [{ name: "Policy", value: text }] }),
    "in a list of attributes",
  ],
  ["everyone", called("glacier:SetVaultAccessPolicy", { policy: { policy: text } }), "nested"],
  ["everyone", called("es:UpdateDomainConfig", { accessPolicies: text }), "under another name"],
  [
    "everyone, unreadable",
    {
      ...called("iam:CreateRole", { omitted: true }),
      responseElements: { role: { assumeRolePolicyDocument: encodeURIComponent(text) } },
    },
    "in the response, where the parameters were left out",
  ],

  ["unreadable", key(text.slice(0, -9)), "cut off"],
  ["unreadable", queue(text.slice(0, -9)), "cut off, where a policy need not be"],
  ["unreadable", key(encodeURIComponent(text).slice(0, -9)), "URL-encoded and cut off"],
  ["unreadable", key("[".repeat(2 ** 17)), "brackets"],
  ["unreadable", key(`${"[".repeat(2 ** 16)}${"]".repeat(2 ** 16)}`), "lists in lists"],
  ["unreadable", key(""), "an empty text"],
  ["unreadable", key("everyone"), "a text that is no JSON"],
  ["unreadable", key(7), "a number"],
  ["unreadable", key(null), "null"],
  ["unreadable", key("{}"), "an empty document"],
  ["unreadable", key('{"Version":"2012-10-17"}'), "no Statement"],
  ["unreadable", queue('{"Version":"2012-10-17"}'), "no Statement, where a policy need not be"],
  ["unreadable", queue('{"Version":"2012-10-17","Statement":"Allow"}'), "a Statement that is text"],
  ["unreadable", called("kms:PutKeyPolicy", { keyId: "1" }), "no document"],
  ["unreadable", called("s3:PutBucketPolicy", null), "no parameters"],
  ["unreadable", called("iam:PutRolePolicy", { omitted: true, originalSize: 131072 }), "parameters that were left out"],
  ["unreadable", called("sns:SetTopicAttributes", { attributeName: "Policy", attributeValue: "x" }), "no JSON"],
  ["unreadable", called("sns:SetTopicAttributes", { attributename: " policy " }), "no value"],
  ["", called("sns:SetTopicAttributes", { attributeName: "Policy", attributeValue: "" }), "a policy taken away"],
  ["", called("sns:SetTopicAttributes", { attributeName: "DisplayName", attributeValue: "x" }), "another attribute"],
  ["", called("sns:SetTopicAttributes", { attributeName: { toString: 1 } }), "no attribute"],
  [
    "",
    called("wafv2:CreateWebACL", {
      rules: [{ name: "x", statement: { geoMatchStatement: { countryCodes: ["DE"] } } }],
    }),
    "a statement of another service",
  ],
  ["", called("dynamodb:ExecuteStatement", { statement: "SELECT * FROM orders" }), "a statement of a database"],
  ["everyone, unreadable", bucketOf(Array(3_000).fill(OPEN.Statement[0])), "more statements than any service takes"],
  ["unreadable", key({ ...OPEN, Statement: nested(OPEN.Statement, 40) }), "statements in 40 lists"],
  ["unreadable", called("kms:PutKeyPolicy", { policy: nested(OPEN, 40) }), "a document in 40 lists"],
];

function nested(value: unknown, times: number): unknown {
  return times === 0 ? value : nested([value], times - 1);
}

const ROWS = { PRINCIPALS, STATEMENTS, CONDITIONS, SERVICES, APIS, TRUSTS, IDENTITIES, MANAGED, GRANTS, TEXTS };

describe.each(Object.entries(ROWS))("%s:", (_, rows) => {
  test.each(rows.map(([verdict, record, because]) => ({ verdict, record, because })))(
    "$because: $verdict",
    ({ verdict, record }) => {
      expect(verdictOf(record)).toBe(verdict);
    },
  );
});

test("without settings no organization and no other account is one's own", () => {
  const withoutSettings = true;
  expect(verdictOf(values("aws:PrincipalOrgID", OWN_ORGANIZATION), { withoutSettings })).toBe("foreign-organization");
  expect(verdictOf(bucket({ Principal: root(KNOWN) }), { withoutSettings })).toBe("foreign-account");
  expect(verdictOf(bucket({ Principal: root(OWN) }), { withoutSettings })).toBe("");
});

test.each<[boolean, PolicyQuestion["allows"], CloudTrailRecord, string]>([
  [true, ["s3:GetObject"], bucket({ Principal: "*" }), "named"],
  [true, ["s3:GetObject"], bucket({ Principal: "*", Action: "S3:GET*" }), "fits, in other case"],
  [true, ["s3:Get*"], bucket({ Principal: "*", Action: "s3:GetObject" }), "is one of those asked for"],
  [true, ["s3:PutObject", "s3:GetObject"], bucket({ Principal: "*" }), "any of those asked for"],
  [false, ["s3:PutObject"], bucket({ Principal: "*" }), "another action"],
  [false, ["s3:GetObject"], bucket({ Principal: "*", Effect: "Deny" }), "denied"],
  [false, ["s3:GetObject"], bucket({ Principal: "*", Action: undefined, NotAction: "s3:Get*" }), "excepted"],
  [true, ["s3:GetObject"], bucket({ Principal: "*", Action: undefined, NotAction: "s3:GetObjectAcl" }), "not excepted"],
  [
    true,
    ["s3:*"],
    bucket({ Principal: "*", Action: undefined, NotAction: "s3:GetObject" }),
    "not all of them excepted",
  ],
  [false, ["s3:Get*"], bucket({ Principal: "*", Action: undefined, NotAction: "s3:G*" }), "all of them excepted"],
  [
    true,
    ["sns:Publish"],
    called("sns:AddPermission", { aWSAccountId: ["*"], actionName: ["Publish"] }),
    "without service",
  ],
  [
    true,
    ["kms:Decrypt"],
    called("kms:CreateGrant", { granteePrincipal: "*", operations: ["Decrypt"] }),
    "an operation",
  ],
  [
    false,
    ["kms:Decrypt"],
    called("kms:CreateGrant", { granteePrincipal: "*", operations: ["Encrypt"] }),
    "another one",
  ],
])("%s for %j: %#", (expected, allows, record) => {
  const policy: PolicyQuestion = { opensTo: ["everyone"], allows };
  const rules = compileRules([{ name: "r", place: "p:1", severity: "low", policy }], SETTINGS);
  expect(rules.match(record, 0).matched.length).toBe(expected ? 1 : 0);
});

test("of two statements that lead to rights together, both are named as what decided", () => {
  const record = identity({ Action: "s3:*" }, { Action: "iam:PassRole" }, { Action: "lambda:CreateFunction" });
  const reasons = reasonsOf({ allows: ["escalation"] }, policiesOf(record), record, SETTINGS);
  expect(reasons.map((reason) => reason.slice(reason.indexOf("statement")))).toEqual([
    "statement 2: allows iam:PassRole, no condition",
    "statement 3: allows lambda:CreateFunction, no condition",
    "statement 1: allows s3:*, no condition",
  ]);
});

test("who is let in and what is allowed is asked of one and the same statement", () => {
  const policy: PolicyQuestion = { opensTo: ["everyone"], allows: ["s3:PutObject"] };
  const rules = compileRules([{ name: "r", place: "p:1", severity: "low", policy }], SETTINGS);
  const open = { Effect: "Allow", Principal: "*", Action: "s3:GetObject" };
  const writing = { Effect: "Allow", Principal: root(OWN), Action: "s3:PutObject" };
  expect(rules.match(bucketOf([open, writing]), 0).matched).toEqual([]);
  expect(rules.match(bucketOf([{ ...open, Action: "s3:*" }]), 0).matched.length).toBe(1);
});

test.each([
  ["in single quotes", { "x-amz-grant-read": "uri='http://acs.amazonaws.com/groups/global/AllUsers'" }],
  ["encoded", { "x-amz-grant-read": "uri=http%3A%2F%2Facs.amazonaws.com%2Fgroups%2Fglobal%2FAllUsers" }],
  [
    "as a list without its policy",
    { AccessControlList: { Grant: { Grantee: { URI: "http://acs.amazonaws.com/groups/global/AllUsers" } } } },
  ],
  [
    "as text",
    {
      AccessControlPolicy:
        '{"Owner":{"ID":"o"},"AccessControlList":{"Grant":[{"Grantee":{"URI":"http://acs.amazonaws.com/groups/global/AllUsers"}}]}}',
    },
  ],
])("a grant to everyone is one however it is written: %s", (_, requestParameters) => {
  const rule: Rule = {
    name: "r",
    place: "r:1",
    severity: "low",
    calls: ["s3:PutBucketAcl"],
    policy: { opensTo: ["everyone"] },
  };
  const one = { eventSource: "s3.amazonaws.com", eventName: "PutBucketAcl", requestParameters };
  expect(compileRules([rule]).match(one, 0).matched).toHaveLength(1);
});

test("addresses of several statements that admit everybody together let everyone in", () => {
  const from = (cidr: string, more: object) => ({
    Effect: "Allow",
    Principal: "*",
    Action: "s3:GetObject",
    Condition: { IpAddress: { "aws:SourceIp": cidr }, ...more },
  });
  const everyone: Rule = {
    name: "r",
    place: "r:1",
    severity: "low",
    calls: ["s3:PutBucketPolicy"],
    policy: { opensTo: ["everyone"] },
  };
  const holds = (cidrs: readonly string[], more: object = {}) => {
    const requestParameters = { bucketPolicy: { Statement: cidrs.map((cidr) => from(cidr, more)) } };
    const one = { eventSource: "s3.amazonaws.com", eventName: "PutBucketPolicy", requestParameters };
    return compileRules([everyone]).match(one, 0).matched.length === 1;
  };
  expect(holds(["0.0.0.0/2", "64.0.0.0/2"])).toBe(true);
  expect(holds(["0.0.0.0/2", "192.0.2.0/24"])).toBe(false);
  // TLS is everybody's; an organization is not.
  expect(holds(["0.0.0.0/2", "64.0.0.0/2"], { Bool: { "aws:SecureTransport": "true" } })).toBe(true);
  expect(holds(["0.0.0.0/2", "64.0.0.0/2"], { StringEquals: { "aws:PrincipalOrgID": OWN_ORGANIZATION } })).toBe(false);
});
