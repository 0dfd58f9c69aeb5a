import { closest, distance } from "fastest-levenshtein";
import { PLACEHOLDER } from "../core/alert/commands.ts";
import { FIRST_WORDS } from "../core/first-seen/values.ts";
import type { Condition } from "../core/rules/condition.ts";
import { compileEventPattern } from "../core/rules/event-pattern/event-pattern.ts";
import type { FieldPath } from "../core/rules/field-path.ts";
import type { ValueTest } from "../core/rules/operators.ts";
import { pinsOf } from "../core/rules/pins.ts";
import { type Exception, hasOwnIncidents, isExpired, type Rule } from "../core/rules/rule.ts";
import {
  compileRules,
  conditionOf,
  exceptionCondition,
  precedingCondition,
  stepCondition,
} from "../core/rules/rule-set.ts";
import { DESK_DEPLOYMENT, fillSelf } from "../core/rules/self.ts";
import { isAtLeast } from "../core/rules/severity.ts";
import { doubtsOfAbsence } from "./absence-below-lists.ts";
import { doubtsOfExemption, doubtsOfOmissions } from "./caller-chosen.ts";
import { doubtsOfCall, doubtsOfEvents } from "./event-warnings.ts";
import { fieldsOf } from "./fields-of.ts";
import { OWN_TRAFFIC_SAMPLES } from "./own-traffic-samples.ts";
import { doubtsOfPolicyText } from "./policy-text.ts";
import { doubtsOfTechniques } from "./technique-warnings.ts";
import { doubtsOfWildcards } from "./wildcard-complexity.ts";

/** What a rule may contain but its author probably did not mean, in words. `now` is milliseconds since the epoch. */
export function warningsOf(rule: Rule, now: number): readonly string[] {
  const [filled = rule] = fillSelf([rule], DESK_DEPLOYMENT);
  const exceptions = filled.except ?? [];
  return [
    ...[rule, ...exceptions, ...(rule.steps?.of ?? [])].flatMap(({ calls = [] }) => calls.flatMap(doubtsOfCall)),
    ...uncalledConditionsOf(filled).flatMap(doubtsOfEvents),
    ...[conditionOf(filled), ...exceptions.map(exceptionCondition)].flatMap((condition) =>
      fieldsOf(condition).flatMap(({ path }) => unknownField(path)),
    ),
    ...fieldsOf(conditionOf(filled)).flatMap(({ path, tests }) => tests.flatMap((test) => doubtOfText(path, test))),
    ...doubtsOfScope(conditionOf(filled)),
    ...doubtsOfReferences(conditionOf(filled)),
    ...doubtsOfOmissions(conditionOf(filled)),
    ...doubtsOfPolicyText(uncalledConditionsOf(filled)),
    ...doubtsOfAbsence(uncalledConditionsOf(filled)),
    ...doubtsOfPortability(filled),
    ...(pinsOf(conditionOf(filled)) === undefined
      ? ["it has no pin, so every record has to be tested against it"]
      : []),
    ...exceptions.flatMap((exception) => doubtsOfException(exception, now)),
    ...[...fieldsNamedBy(filled), ...placeholdersOf(filled)].flatMap((path) => unknownField(path.split("."))),
    ...doubtsOfFirst(filled),
    ...doubtsOfInterval(filled),
    ...doubtsOfTechniques(filled),
    ...doubtsOfOwnTraffic(filled, now),
  ];
}

/** Where a rule looks at records by other means than calls. */
function uncalledConditionsOf(rule: Rule): readonly Condition[] {
  const { calls: _, steps, ...uncalled } = rule;
  const before = precedingCondition(rule);
  return [
    conditionOf(uncalled),
    ...(steps?.of ?? []).map(({ calls: _, ...step }) => stepCondition(step)),
    ...(before === undefined ? [] : [before]),
    ...(rule.except ?? []).map(({ calls: _, ...exception }) => exceptionCondition(exception)),
  ];
}

/** A rule that is only a pattern could also be EventBridge's. */
function doubtsOfPortability({ pattern, calls }: Rule): readonly string[] {
  return pattern === undefined || calls !== undefined ? [] : doubtsOfWildcards(compileEventPattern(pattern));
}

/** The interval applies to incidents that belong to one rule and ring by themselves. */
function doubtsOfInterval(rule: Rule): readonly string[] {
  if (rule.group?.interval === undefined) return [];
  if (!isAtLeast(rule.severity, "medium")) {
    return [`group.interval has no effect: ${rule.severity} alerts wait for the daily round-up`];
  }
  return hasOwnIncidents(rule)
    ? []
    : [
        "group.interval has no effect: the rule has no incident of its own (group.by with other fields than actor, or acrossAccounts)",
      ];
}

/** A rule that would ring on what the alerter does itself; such records are left out. */
function doubtsOfOwnTraffic(rule: Rule, now: number): readonly string[] {
  const rules = compileRules([rule]);
  const rung = Object.entries(OWN_TRAFFIC_SAMPLES).filter(([, sample]) => rules.match(sample, now).matched.length > 0);
  const [first] = rung;
  if (first === undefined) return [];
  const others = rung.length > 1 ? ` (and ${rung.length - 1} more)` : "";
  return [`it matches the alerter's own traffic, which is left out: ${first[0]}${others}`];
}

/** Fields of a record's top level and of its userIdentity (CloudTrail User Guide, "CloudTrail record contents"). */
const RECORD_FIELDS = new Set(
  `additionalEventData addendum annotation apiVersion awsRegion edgeDeviceDetails errorCode errorMessage eventCategory eventContext eventID
  eventName eventSource eventTime eventType eventVersion insightDetails managementEvent readOnly recipientAccountId
  requestID requestParameters resources responseElements serviceEventDetails sessionCredentialFromConsole sharedEventID
  sourceIPAddress tlsDetails userAgent userIdentity vpcEndpointAccountId vpcEndpointId`.split(/\s+/),
);
const IDENTITY_FIELDS = new Set(
  `accessKeyId accountId arn credentialId identityProvider inScopeOf invokedBy invokedByDelegate onBehalfOf principalId
  sessionContext type userName`.split(/\s+/),
);

/** A field's name given as a value is compared as text: it never stands for the other field's value. */
function doubtOfText(path: FieldPath, test: ValueTest): readonly string[] {
  if (
    /accountId$/i.test(path.at(-1) ?? "") &&
    test.kind === "in" &&
    test.values.some((one) => typeof one === "number")
  ) {
    return [`${path.join(".")} is text in records: write the account id in quotes`];
  }
  return textsOf(test)
    .filter((text) => /^[a-z][A-Za-z]+(?:\.[A-Za-z]+)+$/.test(text) && RECORD_FIELDS.has(text.split(".")[0] ?? ""))
    .map((text) => `${path.join(".")} is compared with the text "${text}", not with the value of that field`);
}

/** A rule that asks only for an everyday kind of caller matches everything that such callers do. */
function doubtsOfScope(condition: Condition): readonly string[] {
  const parts =
    condition.kind === "all" ? condition.of.flatMap((part) => (part.kind === "all" ? part.of : [part])) : [condition];
  const kinds = parts.flatMap((part) => {
    const isType = (part.kind === "field" || part.kind === "text") && CALLER_KINDS.has(part.path.join("."));
    return isType ? [part.tests.flatMap(textsOf)] : [undefined];
  });
  const everyday = ["AssumedRole", "IAMUser", "AWSService", "AWSAccount"].find((kind) => kinds.flat().includes(kind));
  return kinds.includes(undefined) || everyday === undefined
    ? []
    : [`it tests only the kind of caller: every call of ${everyday} matches`];
}

const CALLER_KINDS = new Set(["userIdentity.type", "userIdentity.sessionContext.sessionIssuer.type"]);

/** An ARN ends with a name at best. */
function doubtsOfReferences(condition: Condition): readonly string[] {
  switch (condition.kind) {
    case "all":
    case "any":
      return condition.of.flatMap(doubtsOfReferences);
    case "not":
      return doubtsOfReferences(condition.of);
    case "related": {
      const [field, other] = [condition.path.join("."), condition.other.join(".")];
      const isVain = condition.relation === "equals" && /\.arn$/i.test(field) && /name$/i.test(other);
      return isVain ? [`${field} is an ARN and never equals ${other}; you may want fieldref with endswith`] : [];
    }
    default:
      return [];
  }
}

function textsOf(test: ValueTest): readonly string[] {
  switch (test.kind) {
    case "in":
      return test.values.filter((value) => typeof value === "string");
    case "equals":
      return test.texts;
    case "contains":
    case "prefix":
    case "suffix":
      return [test.text];
    default:
      return [];
  }
}

/** The fields named in the rule's commands. */
function placeholdersOf({ commands = [] }: Rule): readonly string[] {
  return commands.flatMap((command) => [...command.matchAll(PLACEHOLDER)].map(([, path = ""]) => path));
}

/** A word of `first` is no field, and a misspelt one would be remembered of nobody. */
function doubtsOfFirst({ first }: Rule): readonly string[] {
  const unknown = (first?.of ?? []).filter(
    (of) => !of.includes(".") && !FIRST_WORDS.includes(of) && !RECORD_FIELDS.has(of),
  );
  return unknown.map((of) => `first.of: ${of} is neither a field nor one of ${FIRST_WORDS.join(", ")}`);
}

/** The fields by which a rule groups, counts and remembers; words such as `actor` are none. */
function fieldsNamedBy({ group, threshold, first }: Rule): readonly string[] {
  const { distinct, over = {} } = threshold ?? {};
  const named = [...(group?.by ?? []), ...(distinct === undefined ? [] : [distinct]), ...Object.keys(over)];
  return [
    ...named.filter((path) => path !== "actor" && path !== "target"),
    ...(first?.of ?? []).filter((path) => !FIRST_WORDS.includes(path)),
  ];
}

function unknownField([field = "", inner]: FieldPath): readonly string[] {
  if (!RECORD_FIELDS.has(field)) return [`records have no field ${field}${nearest(field, RECORD_FIELDS)}`];
  return field === "userIdentity" && inner !== undefined && !IDENTITY_FIELDS.has(inner)
    ? [`userIdentity has no field ${inner}${nearest(inner, IDENTITY_FIELDS)}`]
    : [];
}

function nearest(name: string, known: ReadonlySet<string>): string {
  const guess = closest(name, [...known]);
  return distance(name, guess) <= Math.max(2, name.length / 3) ? `; did you mean ${guess}?` : "";
}

function doubtsOfException(exception: Exception, now: number): readonly string[] {
  const about = `except "${exception.reason}"`;
  const expired = isExpired(exception, now) ? [`${about} expired on ${exception.until} and no longer applies`] : [];
  return [...expired, ...doubtsOfExemption(exceptionCondition(exception)).map((doubt) => `${about} ${doubt}`)];
}
