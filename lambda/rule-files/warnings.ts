import { PLACEHOLDER } from "../core/alert/response/commands.ts";
import { FIRST_WORDS } from "../core/first-seen/values.ts";
import { RECORD_FIELDS } from "../core/record/record-fields.ts";
import type { Condition } from "../core/rules/condition.ts";
import { compileEventPattern } from "../core/rules/event-pattern/event-pattern.ts";
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
import type { Doubt, FieldDoubt, RulePart } from "./doubt.ts";
import { doubtsOfCall, doubtsOfEvents } from "./event-warnings.ts";
import { doubtsOfReferences, doubtsOfScope, doubtsOfText, unknownField } from "./field-doubts.ts";
import { fieldsOf } from "./fields-of.ts";
import { nearestText } from "./nearest-name.ts";
import { OWN_TRAFFIC_SAMPLES } from "./own-traffic-samples.ts";
import { doubtsOfPolicyText } from "./policy-text.ts";
import { doubtsOfTechniques } from "./technique-warnings.ts";
import { doubtsOfWildcards } from "./wildcard-complexity.ts";

type At = RulePart["at"];

/** What a rule may contain but its author probably did not mean, each once. `now` is milliseconds since the epoch. */
export function warningsOf(rule: Rule, now: number): readonly Doubt[] {
  const [filled = rule] = fillSelf([rule], DESK_DEPLOYMENT);
  const whole = conditionOf(filled);
  const exceptions = (filled.except ?? []).map((exception, i) => ({ exception, at: ["except", i] }));
  const parts = uncalledPartsOf(filled);
  const doubts = [
    ...doubtsOfCalls(rule),
    ...parts.flatMap(({ at, condition }) => placed(at, doubtsOfEvents(condition))),
    ...placed([], doubtsOfFields(whole)),
    ...exceptions.flatMap(({ exception, at }) => placed(at, doubtsOfFields(exceptionCondition(exception)))),
    ...placed([], doubtsOfTexts(whole)),
    ...exceptions.flatMap(({ exception, at }) => placed(at, doubtsOfTexts(exceptionCondition(exception)))),
    ...doubtsOfDrafts(rule),
    ...placed([], doubtsOfScope(whole)),
    ...placed([], doubtsOfReferences(whole)),
    ...placed([], doubtsOfOmissions(whole)),
    ...parts.flatMap(({ at, condition }) => placed(at, doubtsOfPolicyText(condition))),
    ...parts.flatMap(({ at, condition }) => placed(at, doubtsOfAbsence(condition))),
    ...placed([], doubtsOfPortability(filled)),
    ...(pinsOf(whole) === undefined ? said([], ["it has no pin, so every record has to be tested against it"]) : []),
    ...exceptions.flatMap(({ exception, at }) => doubtsOfException(exception, at, now)),
    ...namedFields(filled).flatMap(({ path, at }) => unknownField(path.split(".")).map(({ text }) => ({ text, at }))),
    ...doubtsOfFirst(filled),
    ...said(["group", "interval"], doubtsOfInterval(filled)),
    ...doubtsOfTechniques(filled),
    ...said([], doubtsOfOwnTraffic(filled, now)),
  ];
  return [...new Map(doubts.map((doubt) => [JSON.stringify(doubt), doubt])).values()];
}

function said(at: At, texts: readonly string[]): readonly Doubt[] {
  return texts.map((text) => ({ text, at }));
}

function placed(at: At, doubts: readonly FieldDoubt[]): readonly Doubt[] {
  return doubts.map((doubt) => ({ ...doubt, at }));
}

function doubtsOfCalls({ calls = [], except = [], steps }: Rule): readonly Doubt[] {
  const lists = [
    { calls, at: ["calls"] },
    ...except.map(({ calls = [] }, i) => ({ calls, at: ["except", i, "calls"] })),
    ...(steps?.of ?? []).map(({ calls = [] }, i) => ({ calls, at: ["steps", "of", i, "calls"] })),
  ];
  return lists.flatMap(({ calls, at }) => calls.flatMap((call, i) => said([...at, i], doubtsOfCall(call))));
}

/** Where a rule looks at records by other means than calls. */
function uncalledPartsOf(rule: Rule): readonly { readonly at: At; readonly condition: Condition }[] {
  const { calls: _, steps, ...uncalled } = rule;
  const before = precedingCondition(rule);
  return [
    { at: [], condition: conditionOf(uncalled) },
    ...(steps?.of ?? []).map(({ calls: _, ...step }, i) => ({
      at: ["steps", "of", i],
      condition: stepCondition(step),
    })),
    ...(before === undefined ? [] : [{ at: ["after"], condition: before }]),
    ...(rule.except ?? []).map(({ calls: _, ...exception }, i) => ({
      at: ["except", i],
      condition: exceptionCondition(exception),
    })),
  ];
}

/** What `rules draft` leaves for people to write. */
function doubtsOfDrafts({ description, why, do: advice, except = [] }: Rule): readonly Doubt[] {
  const texts = [
    { text: description, at: ["description"] },
    { text: why, at: ["why"] },
    { text: advice, at: ["do"] },
    ...except.map(({ reason }, i) => ({ text: reason, at: ["except", i, "reason"] })),
  ];
  return texts.flatMap(({ text = "", at }) =>
    /^TODO\b/.test(text) ? said(at, [`${at.at(-1)} is still to be written: ${JSON.stringify(text)}`]) : [],
  );
}

function doubtsOfFields(condition: Condition): readonly FieldDoubt[] {
  return fieldsOf(condition).flatMap(({ path }) => unknownField(path));
}

function doubtsOfTexts(condition: Condition): readonly FieldDoubt[] {
  return fieldsOf(condition).flatMap(({ path, tests }) =>
    tests.flatMap((test) => doubtsOfText(path, test)).map((text) => ({ text, field: path })),
  );
}

/** A rule that is only a pattern could also be EventBridge's. */
function doubtsOfPortability({ pattern, calls }: Rule): readonly FieldDoubt[] {
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

/** A word of `first` is no field, and a misspelt one would be remembered of nobody. */
function doubtsOfFirst({ first }: Rule): readonly Doubt[] {
  const unknown = (first?.of ?? []).filter(
    (of) => !of.includes(".") && !FIRST_WORDS.includes(of) && !RECORD_FIELDS.has(of),
  );
  const textOf = (of: string) =>
    `first.of: ${of} is neither a field nor one of ${FIRST_WORDS.join(", ")}${nearestText(of, FIRST_WORDS)}`;
  return said(["first", "of"], unknown.map(textOf));
}

/** The fields by which a rule groups, counts and remembers, and those in its commands; words such as `actor` are none. */
function namedFields({ group, threshold, first, commands = [] }: Rule) {
  const { distinct, over = {} } = threshold ?? {};
  const named: readonly { readonly path: string; readonly at: At }[] = [
    ...(group?.by ?? []).map((path, i) => ({ path, at: ["group", "by", i] })),
    ...(distinct === undefined ? [] : [{ path: distinct, at: ["threshold", "distinct"] }]),
    ...Object.keys(over).map((path) => ({ path, at: ["threshold", "over", path] })),
  ];
  return [
    ...named.filter(({ path }) => path !== "actor" && path !== "target"),
    ...(first?.of ?? []).filter((path) => !FIRST_WORDS.includes(path)).map((path) => ({ path, at: ["first", "of"] })),
    ...commands.flatMap((command, i) =>
      [...command.matchAll(PLACEHOLDER)].map(([, path = ""]) => ({ path, at: ["commands", i] })),
    ),
  ];
}

function doubtsOfException(exception: Exception, at: At, now: number): readonly Doubt[] {
  const about = `except "${exception.reason}"`;
  return [
    ...(isExpired(exception, now)
      ? said([...at, "until"], [`${about} expired on ${exception.until} and no longer applies`])
      : []),
    ...placed(at, doubtsOfExemption(exceptionCondition(exception))).map((doubt) => ({
      ...doubt,
      text: `${about} ${doubt.text}`,
    })),
  ];
}
