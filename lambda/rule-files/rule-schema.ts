import { z } from "zod";
import { FIRST_WORDS } from "../core/first-seen/values.ts";
import { ACTING } from "../core/rules/aws-work.ts";
import { OPENINGS } from "../core/rules/policy/judge.ts";
import { OUTCOME_FILTERS, SEVERITIES } from "../core/rules/rule.ts";
import { faultOfCall } from "../core/rules/watch-list.ts";
import { DURATION, durationOf } from "./duration.ts";

const DAY = 86_400_000;

const ALLOWS = "allows takes admin, escalation, or actions such as iam:PassRole";

/** Nobody reads alerts with longer texts, and all texts together must fit one SNS message. */
const prose = z.string().min(1).max(1000);

const call = z.string().superRefine((entry, context) => {
  const fault = faultOfCall(entry);
  if (fault !== undefined) context.addIssue({ code: "custom", message: fault });
});

const anyObject = z.record(z.string(), z.unknown());

/** A list, or its only element. */
function oneOrMore<T extends z.ZodType<string>>(element: T) {
  return z.union([z.array(element).min(1), element]);
}

const policy = z
  .strictObject({
    "opens-to": oneOrMore(z.enum(OPENINGS))
      .optional()
      .describe("Whom the statement lets in, taking its conditions into account; any of these."),
    allows: oneOrMore(z.string().regex(/^(?:admin|escalation|[a-z0-9*-]+:[A-Za-z0-9*?]+|\*)$/, ALLOWS))
      .optional()
      .describe("admin, escalation, or actions such as iam:PassRole; the statement must allow one of them."),
    unreadable: z.literal(true).optional().describe("Must be alone: there is a policy document that cannot be read."),
  })
  .refine(
    (policy) => (policy.unreadable === true) !== (policy["opens-to"] !== undefined || policy.allows !== undefined),
    "policy takes opens-to, allows or both, or unreadable alone",
  )
  .describe("What a single statement of a policy document in the record must meet.");

/** What rules and exceptions ask of a record besides calls and pattern. */
const judgements = {
  each: z
    .strictObject({
      in: z.string().min(1).describe("The path of a list, with dots."),
      pattern: anyObject.describe("An EventBridge event pattern; its fields are those of the list's element."),
    })
    .optional()
    .describe("What a single element of a list must meet."),
  by: z
    .enum(ACTING)
    .optional()
    .describe(
      "caller: anybody but a service that acts by itself; caller-directly: in person, or through CloudFormation and the like; hand: a person or a long-term key, not through stacks; aws-service: a service by itself.",
    ),
};

const ruleTest = z.strictObject({
  name: prose.describe("What the record shows, as a sentence."),
  matches: z.boolean().describe("Whether the rule must match the record."),
  record: anyObject.describe("A CloudTrail record, or the part of one that the rule looks at."),
  before: z
    .array(anyObject)
    .min(1)
    .max(100)
    .optional()
    .describe("Records that came before it, for rules with threshold, after, steps or first; rings says what follows."),
  rings: z
    .boolean()
    .optional()
    .describe("Whether the record makes an alert after those: for rules with threshold, after, steps or first."),
});

const exception = z.strictObject({
  reason: prose.describe("Why these records make no alert."),
  until: z.iso
    .date("until is a day such as 2027-01-31")
    .optional()
    .describe("The last day on which the exception applies, in UTC. Exceptions should expire."),
  calls: z.array(call).min(1).optional().describe("Narrows by call."),
  pattern: anyObject.optional().describe("Narrows the exception with an EventBridge event pattern over the record."),
  ...judgements,
});

const severity = z.enum(SEVERITIES);
const except = z.array(exception).min(1);
const duration = z
  .string()
  .regex(DURATION, "a duration is a number with its unit: 90s, 5m, 1h or 1d")
  .refine((text) => durationOf(text) <= DAY, "a duration is at most 1d");
const fieldPath = z.string().min(1);

const group = z.strictObject({
  by: z
    .array(fieldPath)
    .min(1)
    .optional()
    .describe(
      "Fields, as paths with dots, that matches of one incident have in common; actor stands for who called, target for what the call was about. Other fields than actor give the rule incidents of its own.",
    ),
  interval: duration
    .optional()
    .describe(
      "How long after an incident's last mail news waits at most; depends on the severity if left out. Only for a rule with incidents of its own.",
    ),
  acrossAccounts: z
    .boolean()
    .optional()
    .describe("True: matches of several accounts share an incident, which is the rule's own."),
});

const MAX_COUNT = 500;
const MAX_STEPS = 8;
const MAX_DAYS = 365;

const threshold = z.strictObject({
  count: z
    .number()
    .int()
    .min(2)
    .max(MAX_COUNT)
    .describe("How many matches of one caller, or of one group, make an alert."),
  within: duration.describe("Within which time, by eventTime."),
  distinct: fieldPath.optional().describe("Counts the distinct values of this field instead of matches."),
  over: z
    .record(fieldPath, z.number().int().min(2).max(50))
    .optional()
    .describe("Further fields, and how many distinct values of each there must be."),
  weight: oneOrMore(fieldPath)
    .optional()
    .describe("Lists; a match counts as often as the longest of them has elements, at most 1,000 times."),
  discount: z
    .strictObject({
      pattern: anyObject.describe("An EventBridge event pattern over the record."),
      by: z.number().int().min(2).max(1000).describe("How many of them count as one."),
    })
    .optional()
    .describe("Matches that weigh less than others."),
});

const after = z.strictObject({
  pattern: anyObject.describe("An EventBridge event pattern over earlier records of the same caller or group."),
  count: z.number().int().min(1).max(MAX_COUNT).describe("How many of them there must be."),
  within: duration.describe("How long before the match, by eventTime."),
});

const outcome = z.enum(OUTCOME_FILTERS);

const steps = z.strictObject({
  of: z
    .array(
      z.strictObject({
        calls: z.array(call).min(1).optional().describe("service:EventName entries, one of which must fit."),
        pattern: anyObject.optional().describe("An EventBridge event pattern over the record; ANDed with calls."),
        outcome: outcome.optional().describe("What the outcome of the call must be; any if left out."),
        policy: policy.optional(),
        ...judgements,
      }),
    )
    .min(2)
    .max(MAX_STEPS)
    .describe("What records must meet, each one of the steps; an alert needs all steps."),
  within: duration.describe("Within which time all steps must happen, by eventTime."),
  order: z
    .enum(["any", "given"])
    .optional()
    .describe("given: each step comes after the one before it; any, the default: in whatever order."),
  same: z
    .literal("target")
    .optional()
    .describe("target: all steps are about the same thing, such as one user or one instance."),
});

const days = z
  .string()
  .regex(/^\d{1,3}d$/, "a number of days, such as 14d")
  .refine((text) => Number.parseInt(text, 10) <= MAX_DAYS, `at most ${MAX_DAYS} days`);

const first = z.strictObject({
  of: oneOrMore(fieldPath).describe(
    `What must be seen for the first time: ${FIRST_WORDS.join(", ")}, or the path of a field; of several, any.`,
  ),
  by: z
    .enum(["actor", "account"])
    .optional()
    .describe("For whom it is the first time: actor, the default, who called; account, anybody in the account."),
  again: days
    .refine((text) => Number.parseInt(text, 10) > 0, "at least 1d")
    .optional()
    .describe("Instead: what was seen before, but not for that many days."),
  learn: days
    .optional()
    .describe("How many days the rule learns in an account before it rings; as in the settings if left out."),
});

/** What an overlay changes in a rule of another file. */
export const overlaySchema = z.strictObject({
  disable: prose.optional().describe("Switches the rule off; says why."),
  severity: severity.optional(),
  except: except.optional().describe("Added to the rule's own exceptions."),
  group: group.optional(),
});

/** One rule of a file. */
export const ruleSchema = z.strictObject({
  name: z
    .string()
    .max(64)
    .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, "a name is kebab-case: lower-case letters, digits and single hyphens")
    .describe("Unique, kebab-case. The subject of the mail shows it as a sentence."),
  description: prose.optional().describe("One sentence: what happened."),
  why: prose.optional().describe("Why it matters, for somebody woken by it."),
  do: prose.optional().describe("What to do about it."),
  severity: severity.default("medium").describe("How urgent the alert is; medium if left out."),
  calls: z
    .array(call)
    .min(1)
    .optional()
    .describe("service:EventName entries as in IAM actions; * stands for anything."),
  pattern: anyObject.optional().describe("An EventBridge event pattern over the record; ANDed with calls."),
  policy: policy.optional(),
  ...judgements,
  outcome: outcome.optional().describe("What the outcome of the call must be; any if left out."),
  group: group
    .optional()
    .describe(
      "What matches must have in common to share an incident; if left out, they go to their caller's incident.",
    ),
  threshold: threshold.optional().describe("Matches make an alert only if there are enough of them within a time."),
  after: after
    .optional()
    .describe("A match makes an alert only if enough records of another kind came before it within a time."),
  steps: steps.optional().describe("Calls of several kinds that only together make an alert."),
  first: first
    .optional()
    .describe("A record makes an alert only if it is the first to have something, as far as the ledger remembers."),
  except: except.optional().describe("Records that match but make no alert, each for a reason."),
  technique: z
    .array(z.string().regex(/^T\d{4}(?:\.\d{3})?$/, "a technique is an ATT&CK id such as T1098.001"))
    .min(1)
    .optional()
    .describe("MITRE ATT&CK techniques that it shows."),
  threat: z
    .array(
      z
        .string()
        .regex(
          /^(?:T|AT)\d{4}(?:\.A?\d{3})?$/,
          "a threat is an id of AWS's Threat Technique Catalog such as T1496.A007 or AT1669",
        ),
    )
    .min(1)
    .optional()
    .describe("Techniques of AWS's Threat Technique Catalog that it shows."),
  control: z.array(prose).min(1).optional().describe("Controls of standards that it serves."),
  commands: z
    .array(prose.refine((text) => !/[\n\r]/.test(text), "a command is one line"))
    .min(1)
    .max(4)
    .optional()
    .describe("Commands to type; {requestParameters.userName} stands for that field of the record."),
  runbook: z
    .url({ protocol: /^https$/, message: "a runbook is an https:// address" })
    .max(500)
    .optional(),
  tests: z.array(ruleTest).optional().describe("Records that the rule must match, or must not."),
});

/** A rule file, as its author writes it. */
export const ruleFileSchema = z.strictObject({
  watch: z.array(call).optional().describe("The short form: one medium rule per call, named like the entry."),
  rules: z.array(ruleSchema).optional(),
  overlay: z
    .record(z.string(), overlaySchema)
    .optional()
    .describe("Changes rules of other files by name and leaves those files alone."),
});

/** A rule as its author writes it. */
export type RuleSource = z.infer<typeof ruleSchema>;
