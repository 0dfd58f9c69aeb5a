import { isObject } from "../../record/record.ts";
import { isAccountNumber, withZeros } from "../accounts.ts";
import { serviceOfAccount } from "../aws-accounts.ts";
import { listOf, type Statement, textsOf } from "./statement.ts";

/** Whom a statement names, before its conditions count. `text` is as the policy has it. */
export type Grantee =
  | { readonly kind: "everyone"; readonly text: string }
  | { readonly kind: "account"; readonly account: string; readonly text: string }
  /** A whole organization or one of its units; RAM shares with them. */
  | { readonly kind: "organization"; readonly organization: string; readonly text: string }
  | { readonly kind: "service"; readonly text: string }
  | { readonly kind: "federated"; readonly text: string }
  /** One whose account the record does not tell: a canonical user, a deleted principal's id. */
  | { readonly kind: "unknown"; readonly text: string };

/**
 * Whom a statement names; nobody if it has no principal.
 * Source: IAM User Guide, "AWS JSON policy elements: Principal" and "NotPrincipal".
 */
export function granteesOf({ principal, isNotPrincipal }: Statement): readonly Grantee[] {
  if (principal === undefined) return [];
  if (isNotPrincipal) return [{ kind: "everyone", text: "everyone but those of NotPrincipal" }];
  return listOf(principal).flatMap((element) => {
    if (!isObject(element)) return textsOf(element).map((text) => awsGrantee(text.trim()));
    return Object.entries(element).flatMap(([kind, value]) =>
      textsOf(value).map((text) => granteeOf(kind.trim().toLowerCase(), text.trim())),
    );
  });
}

function granteeOf(kind: string, text: string): Grantee {
  if (isEveryone(text)) return { kind: "everyone", text };
  switch (kind) {
    case "service":
      return { kind: "service", text };
    case "federated":
      return { kind: "federated", text };
    case "canonicaluser":
      return { kind: "unknown", text };
    default:
      return awsGrantee(text);
  }
}

/** An AWS principal: everyone, an account's number, or the ARN of an account, user, role, session or organization. */
function awsGrantee(text: string): Grantee {
  if (isEveryone(text)) return { kind: "everyone", text };
  if (isAccountNumber(withZeros(text))) return ofAccount(withZeros(text), text);
  // What EC2 itself does for an instance: `111122223333:aws:ec2-infrastructure:i-0abc` (KMS Developer Guide, "Amazon EC2 example").
  const [, owner] = /^(\d{12}):aws:ec2-infrastructure:/.exec(text) ?? [];
  if (owner !== undefined) return ofAccount(owner, text);
  // In the parameters of AddPermission, a service's name stands here.
  if (text === "AWS Internal" || /^[a-z0-9.-]+\.(?:amazonaws|amazon)\.com(?:\.cn)?$/.test(text))
    return { kind: "service", text };
  const [arn, , service, , account = "", resource = ""] = text.split(":");
  const [, organization] = /^(?:organization|ou)\/(o-[a-z0-9]+)(?:\/|$)/.exec(resource) ?? [];
  if (arn === "arn" && service === "organizations" && organization !== undefined) {
    return { kind: "organization", organization, text };
  }
  if (arn === "arn" && isAccountNumber(account)) return ofAccount(account, text);
  // An origin access identity: CloudFront, for the distribution of anybody who has it.
  if (arn === "arn" && account === "cloudfront") return { kind: "service", text };
  if (arn === "arn" && (service === "iam" || service === "sts")) {
    if (/[*?]/.test(account) || account === "") return { kind: "everyone", text };
  }
  return /[*?]/.test(text) && arn !== "arn" ? { kind: "everyone", text } : { kind: "unknown", text };
}

function ofAccount(account: string, text: string): Grantee {
  const service = serviceOfAccount(account, text);
  return service === undefined ? { kind: "account", account, text } : { kind: "service", text: `${text} (${service})` };
}

function isEveryone(text: string): boolean {
  return /^[*?]*\*[*?]*$/.test(text);
}
