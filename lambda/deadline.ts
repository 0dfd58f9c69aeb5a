import type { Context } from "aws-lambda";

/** When Lambda ends this invocation, in milliseconds since the epoch; never, if nobody says. */
export function deadlineOf(context: Pick<Context, "getRemainingTimeInMillis"> | undefined): number {
  return context === undefined ? Number.POSITIVE_INFINITY : Date.now() + context.getRemainingTimeInMillis();
}
