import { Validations } from "aws-cdk-lib";
import type { IConstruct } from "constructs";

/** Answers a finding of cdk-nag's AwsSolutions pack on one construct with the reason why it stands. */
export function acknowledge(construct: IConstruct, finding: string, reason: string): void {
  Validations.of(construct).acknowledge({ id: `AwsSolutions::${finding}`, reason });
}
