import type { readEngine } from "../aws/engine.ts";
import type { readIntake } from "../aws/intake.ts";
import type { readTopics } from "../aws/topics.ts";
import type { Checkout } from "./checkout.ts";
import type { DeployedStack, Parts } from "./parts.ts";

/** The deployed stack that the doctor looks at, and the means to look. */
export interface Patient {
  readonly stack: DeployedStack;
  readonly parts: Parts;
  readonly checkout: Checkout;
  readonly aws: {
    readonly intake: ReturnType<typeof readIntake>;
    readonly topics: ReturnType<typeof readTopics>;
    readonly engine: ReturnType<typeof readEngine>;
  };
  /** Milliseconds since the epoch. */
  readonly now: number;
}
