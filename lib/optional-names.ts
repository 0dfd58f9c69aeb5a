import { DefaultStackSynthesizer, type Stack } from "aws-cdk-lib";
import type { Deployment } from "../lambda/core/rules/self.ts";
import type { Settings } from "./settings.ts";
import { arrivalRuleName } from "./source/announcement.ts";
import { topicOf } from "./source/source-settings.ts";

/** Names that only some deployments have. */
export function optionalNames(
  { stackName, synthesizer }: Stack,
  { readRole, bucketRegion, announcedBy }: Settings,
): Partial<Deployment> {
  const qualifier = synthesizer.bootstrapQualifier ?? DefaultStackSynthesizer.DEFAULT_QUALIFIER;
  return {
    ...(readRole !== undefined && { readRoleArn: readRole }),
    ...(bucketRegion !== undefined && { logBucketRegion: bucketRegion }),
    ...(announcedBy === "eventbridge" && { arrivalRule: arrivalRuleName(stackName) }),
    ...(topicOf(announcedBy) !== undefined && { arrivalTopicArn: announcedBy }),
    ...(qualifier !== DefaultStackSynthesizer.DEFAULT_QUALIFIER && { bootstrapQualifier: qualifier }),
  };
}
