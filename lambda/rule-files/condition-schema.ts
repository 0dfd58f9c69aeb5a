import { z } from "zod";
import { ACTING } from "../core/rules/acting.ts";
import { OPENINGS } from "../core/rules/policy/judge.ts";
import { type Narrowing, OUTCOME_FILTERS } from "../core/rules/rule.ts";
import { faultOfCall } from "../core/rules/watch-list.ts";

const ALLOWS = "allows takes admin, escalation, or actions such as iam:PassRole";

/** Nobody reads alerts with longer texts, and all texts together must fit one SNS message. */
export const prose = z.string().min(1).max(1000);

export const call = z.string().superRefine((entry, context) => {
  const fault = faultOfCall(entry);
  if (fault !== undefined) context.addIssue({ code: "custom", message: fault });
});

export const anyObject = z.record(z.string(), z.unknown());

/** A list, or its only element. */
export function oneOrMore<T extends z.ZodType<string>>(element: T) {
  return z.union([z.array(element).min(1), element]);
}

export const policy = z
  .strictObject({
    "opens-to": oneOrMore(z.enum(OPENINGS))
      .optional()
      .describe("Whom the statement lets in, taking its conditions into account; any of these."),
    allows: oneOrMore(z.string().regex(/^(?:admin|escalation|[a-z0-9*-]+:[A-Za-z0-9*?]+|\*)$/, ALLOWS))
      .optional()
      .describe("admin, escalation, or actions such as iam:PassRole; the statement must allow one of them."),
    unreadable: z.literal(true).optional().describe("Must be alone: there is a policy document that cannot be read."),
    "locks-out": z
      .literal(false)
      .optional()
      .describe("Must be alone: there is a policy document that does not deny everything, or also allows something."),
  })
  .refine((policy) => {
    const asked = [policy["opens-to"] ?? policy.allows, policy.unreadable, policy["locks-out"]];
    return asked.filter((one) => one !== undefined).length === 1;
  }, "policy takes opens-to, allows or both, or unreadable or locks-out alone")
  .describe("What a single statement of a policy document in the record must meet.");

/** What rules, steps and exceptions ask of a record besides calls and pattern. */
export const narrowing = {
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
} satisfies { readonly [F in Exclude<keyof Narrowing, "calls" | "pattern">]: z.ZodType };

export const outcome = z.enum(OUTCOME_FILTERS);
