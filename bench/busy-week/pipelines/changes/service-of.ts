import type { Hand } from "../../hand.ts";
import { servicesOf } from "../../organization.ts";

/** One of the services of an account. */
export function serviceOf({ random, account }: Hand): string {
  return random.pick(servicesOf(account));
}
