/** The forms that the key of a caller takes (`actorOf`). */
const FORMS: readonly RegExp[] = [
  // Users, and roles with the person behind theirs where IAM Identity Center made them. None of these names has a wildcard.
  /^arn:[\w-]+:iam::\d{12}:(?:(?:user|role)\/[^*?]+|root)$/,
  /^root of (?:\d{12}|unknown)$/,
  // An account, and what IAM calls a unique identifier (IAM User Guide, "IAM identifiers").
  /^(?:\d{12}|A[A-Z0-9]{15,})$/,
  // Who signed in elsewhere: PROVIDER:NAME (CloudTrail User Guide, "CloudTrail userIdentity element"). An address of IPv6 too.
  /^(?!arn:)[^:/*]*:[^*]+$/,
  // A user of IAM Identity Center.
  /^(?:[0-9a-f]{10}-)?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
  /^\d{1,3}(?:\.\d{1,3}){3}$/,
  /^[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:amazonaws|amazon|aws)(?:\.[a-z]+)+$/i,
  /^(?:AWS Internal|unknown caller)$/,
];

/** False for a text that is no caller's key, a bare name such as `alice` for instance, as far as the forms are known. */
export function isActorForm(text: string): boolean {
  return FORMS.some((form) => form.test(text));
}
