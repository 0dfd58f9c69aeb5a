import { z } from "zod";
import { watchPrefix } from "../lambda/core/rules/self.ts";

/**
 * EventBridge takes names of 64 characters, and so does Lambda; the longest that begins with the stack's is that of the
 * self-watch's rule for dead letters.
 */
export const LONGEST_STACK_NAME = 64 - `${watchPrefix("")}dead-letters`.length;

const TOPIC_ARN = /^arn:[a-z-]+:sns:[a-z0-9-]+:\d{12}:[\w-]{1,256}$/;
const FIFO_ARN = /^arn:[a-z-]+:sns:[a-z0-9-]+:\d{12}:[\w-]+\.fifo$/;

/** Where the stack stands, and which of an account's own things it uses instead of new ones. */
export const stackSettings = {
  stackName: z
    .string()
    .max(LONGEST_STACK_NAME, `stackName has ${LONGEST_STACK_NAME} characters at most: parts are named after the stack`)
    .regex(/^[A-Za-z](?:[A-Za-z0-9]|-(?!-))*$/, "stackName is a letter, then letters, digits and single hyphens")
    .optional(),
  permissionsBoundary: z
    .string()
    .regex(
      /^(?:arn:[a-z-]+:iam::(?:\d{12}|aws):policy\/[\w+=,.@/-]+|[\w+=,.@-]{1,128})$/,
      "permissionsBoundary is the name or the ARN of a managed policy",
    )
    .optional(),
  athena: z.boolean("athena is true or false").default(false),
  subnets: listOf(/^subnet-[0-9a-f]{8,17}$/, "a subnet is written like subnet-0123456789abcdef0"),
  securityGroups: listOf(/^sg-[0-9a-f]{8,17}$/, "a security group is written like sg-0123456789abcdef0"),
  alertTopic: topic("alertTopic"),
  healthTopic: topic("healthTopic"),
  topicKey: z
    .string()
    .regex(/^arn:[a-z-]+:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+$/, "topicKey is the ARN of a KMS key, not of an alias")
    .optional(),
};

function listOf(pattern: RegExp, message: string) {
  return z.array(z.string().regex(pattern, message)).min(1).max(16).optional();
}

function topic(name: string) {
  return z
    .string()
    .refine((arn) => !FIFO_ARN.test(arn), `${name} is a FIFO topic, which reaches neither mailboxes nor phones`)
    .refine((arn) => FIFO_ARN.test(arn) || TOPIC_ARN.test(arn), `${name} is the ARN of an SNS topic`)
    .optional();
}

export interface StackChoice {
  readonly subnets?: readonly string[] | undefined;
  readonly securityGroups?: readonly string[] | undefined;
  readonly alertTopic?: string | undefined;
  readonly healthTopic?: string | undefined;
  readonly topicKey?: string | undefined;
}

/** What does not go together, by the name of the setting that is wrong. */
export function stackFaults(settings: StackChoice): readonly (readonly [string, string])[] {
  const { subnets, securityGroups, alertTopic, healthTopic, topicKey } = settings;
  const faults: (readonly [string, string])[] = [];
  if ((subnets === undefined) !== (securityGroups === undefined)) {
    const given = subnets === undefined ? "securityGroups" : "subnets";
    faults.push([given, "subnets and securityGroups go together: both, or neither"]);
  }
  if (alertTopic !== undefined && alertTopic === healthTopic) {
    faults.push(["healthTopic", "healthTopic is the alertTopic: what breaks one must be told on the other"]);
  }
  if (topicKey !== undefined && alertTopic === undefined && healthTopic === undefined) {
    faults.push(["topicKey", "topicKey is the key of alertTopic or healthTopic, and neither is given"]);
  }
  return faults;
}
