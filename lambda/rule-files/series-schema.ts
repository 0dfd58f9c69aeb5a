import { z } from "zod";
import { FIRST_WORDS } from "../core/first-seen/values.ts";
import { anyObject, call, narrowing, oneOrMore, outcome, policy } from "./condition-schema.ts";
import { DURATION, durationOf } from "./duration.ts";

const DAY = 86_400_000;

const duration = z
  .string()
  .regex(DURATION, "a duration is a number with its unit: 90s, 5m, 1h or 1d")
  .refine((text) => durationOf(text) <= DAY, "a duration is at most 1d");
const fieldPath = z.string().min(1);

/** What matches of a rule have in common. */
export const group = z.strictObject({
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

/** How many records make an alert. */
export const threshold = z.strictObject({
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

/** What came before. */
export const after = z.strictObject({
  pattern: anyObject.describe("An EventBridge event pattern over earlier records of the same caller or group."),
  count: z.number().int().min(1).max(MAX_COUNT).describe("How many of them there must be."),
  within: duration.describe("How long before the match, by eventTime."),
});

/** Calls that make an alert together. */
export const steps = z.strictObject({
  of: z
    .array(
      z.strictObject({
        calls: z.array(call).min(1).optional().describe("service:EventName entries, one of which must fit."),
        pattern: anyObject.optional().describe("An EventBridge event pattern over the record; ANDed with calls."),
        outcome: outcome.optional().describe("What the outcome of the call must be; any if left out."),
        policy: policy.optional(),
        ...narrowing,
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

/** What is seen for the first time. */
export const first = z.strictObject({
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
