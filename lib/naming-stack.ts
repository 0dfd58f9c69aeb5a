import { ArnFormat, Stack } from "aws-cdk-lib";
import type { Construct, IConstruct } from "constructs";
import { SettingsError } from "./settings.ts";
import { LONGEST_STACK_NAME } from "./stack-settings.ts";

/**
 * The stack that parts are named after: they know one another by names that begin with its own.
 * @param isAnother says of a construct that its parts have such names, too
 * @throws SettingsError for a stack that has no name yet, too long a name, or whose names are taken
 */
export function namingStack(scope: Construct, isAnother: (construct: IConstruct) => boolean): Stack {
  const stack = Stack.of(scope);
  const { stackName, nested } = stack;
  if (nested)
    throw new SettingsError("Trailbell cannot be in a nested stack, whose name is not known before it is made");
  if (stack.node.findAll().some((one) => one !== scope && isAnother(one))) {
    throw new SettingsError(
      `the stack ${stackName} has Trailbell in it already: a second one needs a stack of its own`,
    );
  }
  if (stackName.length > LONGEST_STACK_NAME) {
    throw new SettingsError(
      `the stack's name ${stackName} is too long: parts are named after it, so ${LONGEST_STACK_NAME} characters fit`,
    );
  }
  return stack;
}

/** The ARN of a function of the stack's account and region. */
export function functionArn(stack: Stack, resourceName: string): string {
  return stack.formatArn({
    service: "lambda",
    resource: "function",
    resourceName,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}
