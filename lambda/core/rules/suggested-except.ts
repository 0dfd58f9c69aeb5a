import { type CloudTrailRecord, textAt } from "../record/record.ts";
import type { EventPattern, Rule } from "./rule.ts";

/**
 * A pattern that meets what the same caller does, by fields that he cannot choose; undefined for callers whom an exception
 * should not name: root, and those without such a field.
 */
export function callerPattern({ userIdentity: user }: CloudTrailRecord): EventPattern | undefined {
  const issuer = textAt(user, "sessionContext", "sessionIssuer", "arn");
  const [type, arn] = [textAt(user, "type"), textAt(user, "arn")];
  if (type === "Root" || issuer?.endsWith(":root")) return undefined;
  if (issuer !== undefined && type === "AssumedRole") {
    const role = { sessionContext: { sessionIssuer: { arn: [issuer] } } };
    // Only Identity Center names sessions after the person; other names are chosen by who asks for them.
    const isPersons = /^arn:[a-z-]+:iam::\d{12}:role\/aws-reserved\/sso\.amazonaws\.com\//.test(issuer);
    return { userIdentity: isPersons && arn !== undefined ? { arn: [arn], ...role } : role };
  }
  if (type === "IAMUser" && arn !== undefined) return { userIdentity: { type: ["IAMUser"], arn: [arn] } };
  const person = textAt(user, "onBehalfOf", "userId");
  if (type === "IdentityCenterUser" && person !== undefined)
    return { userIdentity: { onBehalfOf: { userId: [person] } } };
  const service = textAt(user, "invokedBy");
  if (type === "AWSService" && service !== undefined)
    return { userIdentity: { type: ["AWSService"], invokedBy: [service] } };
  return undefined;
}

/** True for rules that may have exceptions: not what watches the alerter itself. */
export function mayBeExcepted({ place, isAboutSelf }: Pick<Rule, "place" | "isAboutSelf">): boolean {
  return isAboutSelf !== true && !/(?:^|\/)self-protection\.ya?ml:\d+$/.test(place);
}

/** An exception of a rule. */
export interface SuggestedExcept {
  readonly rule: string;
  readonly pattern: EventPattern;
  /** Who is meant, on one line. */
  readonly note?: string;
}

/** Exceptions as the text of a rule file of one's own: docs/rules.md, "overlay". `until` is a date, 2027-02-28. */
export function exceptText(excepts: readonly SuggestedExcept[], until: string): string {
  const entries = excepts.map(({ rule, pattern, note }) => {
    const name = /^[A-Za-z][\w-]*$/.test(rule) ? rule : JSON.stringify(rule);
    return `  ${name}:${note === undefined ? "" : ` # ${note}`}
    except:
      - reason: "TODO: why this is no surprise"
        until: ${until}
        pattern: ${flow(pattern)}
`;
  });
  return `overlay:\n${entries.join("")}`;
}

/** JSON as YAML writes it on one line; keys that are words need no quotes. */
function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).map(
    ([key, inner]) => `${/^[A-Za-z]\w*$/.test(key) ? key : JSON.stringify(key)}: ${flow(inner)}`,
  );
  return `{ ${entries.join(", ")} }`;
}
