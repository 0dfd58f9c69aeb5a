import { z } from "zod";
import { SEVERITIES } from "../core/rules/severity.ts";
import { anyObject, call, narrowing, outcome, policy, prose } from "./condition-schema.ts";
import { after, first, group, steps, threshold } from "./series-schema.ts";

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
  ...narrowing,
});

const severity = z.enum(SEVERITIES);
const except = z.array(exception).min(1);

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
  title: z
    .string()
    .min(1)
    .max(60)
    .optional()
    .describe(
      "The title of its mails, where the name says less well what somebody did: Role opened to another account.",
    ),
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
  ...narrowing,
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
