import type { Act } from "../act.ts";
import type { Hand } from "../hand.ts";
import {
  imagesShared,
  keyMade,
  keyShared,
  policyChanged,
  repositoryRoleMade,
  rightsGiven,
  roleShared,
  serviceRoleMade,
} from "./changes/of-access.ts";
import { bucketMade, bucketShared } from "./changes/of-buckets.ts";
import { groupChanged, loadBalancerMade, nameMade, networksJoined } from "./changes/of-networks.ts";
import {
  alarmSet,
  functionReleased,
  leftoversRemoved,
  queueMade,
  scheduleMade,
  serviceReleased,
  templateChanged,
} from "./changes/of-services.ts";

export type Change = readonly [weight: number, acts: (hand: Hand) => Iterable<Act>];

/** What merges to the infrastructure's repository change, and how often of a hundred. */
export const CHANGES: readonly Change[] = [
  [28, serviceReleased],
  [14, functionReleased],
  [12, rightsGiven],
  [8, policyChanged],
  [8, groupChanged],
  [3, loadBalancerMade],
  [5, bucketMade],
  [5, bucketShared],
  [4, queueMade],
  [4, serviceRoleMade],
  [2, repositoryRoleMade],
  [2, roleShared],
  [3, keyMade],
  [2, keyShared],
  [6, alarmSet],
  [4, nameMade],
  [3, scheduleMade],
  [3, templateChanged],
  [2, leftoversRemoved],
  [1, imagesShared],
  [1, networksJoined],
];
