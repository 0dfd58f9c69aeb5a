import { CfnOutput, type Stack } from "aws-cdk-lib";
import type { Settings } from "./settings.ts";

/** Makes outputs of a stack. */
export function say(stack: Stack, outputs: { readonly [name: string]: string }): void {
  for (const [name, value] of Object.entries(outputs)) new CfnOutput(stack, name, { value });
}

/** Says, as outputs, what whoever deployed has to do next. */
export function sayWhatIsNext(stack: Stack, { emails, phones }: Settings): void {
  const confirm = "Confirm the two mails that AWS Notifications sends to each address, within 48 hours.";
  const steps = [
    ...(emails.length > 0 ? [`${confirm} After that they are deleted, and redeploying does not bring them back.`] : []),
    ...(phones.length > 0
      ? ["A new account sends text messages to verified numbers only: verify yours under SNS, Text messaging."]
      : []),
    "Ring it once: create an SNS topic and delete it again. The alerts come within about ten minutes.",
  ];
  say(stack, Object.fromEntries(steps.map((step, i) => [`Next${i + 1}`, step])));
}
