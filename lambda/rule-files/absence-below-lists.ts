import type { Condition } from "../core/rules/condition.ts";
import type { FieldPath } from "../core/rules/field-path.ts";
import type { FieldDoubt } from "./doubt.ts";
import { fieldsOf } from "./fields-of.ts";

/**
 * Fields that are lists of objects in every record that has them. EC2 puts its lists into `items`; S3 uses an element's
 * name for the list.
 * Source: the API reference of each service; EC2's and S3's records.
 */
const LISTS = new Set(
  `CORSRule Grant NoncurrentVersionTransition QueueConfiguration Rule Statement TopicConfiguration Transition
  accessConfigs advancedEventSelectors attachments attributions blockDeviceMappings capacityProviderStrategy
  certificates changes clusterLogging containerDefinitions containerOverrides dataResources destinations entries
  environmentFiles eventSelectors fieldSelectors fileSystemConfigs grants insightSelectors items lifecycleHooks listeners
  loadBalancers metricData metricDataQueries mountPoints networkInterfaces placementConstraints portMappings records
  resourceRecords routes serviceRegistries sourceAccessConfigurations statements subnetMappings tagFilters tagList tags
  targetGroups targets transitions ulimits volumes`.split(/\s+/),
);

/**
 * Lists below which a field must be missing. event-ruler asks this of all elements or of one, depending on the
 * alphabet, and authors seldom know which. In words; empty when there are none.
 */
export function doubtsOfAbsence(condition: Condition): readonly FieldDoubt[] {
  const absences = fieldsOf(condition).filter(({ isAbsence }) => isAbsence);
  return absences.flatMap(({ path }) => {
    const list = listAbove(path);
    if (list === undefined) return [];
    const text = `exists: false below the list ${list.join(".")} must hold for all its elements, or for the one that an alphabetically earlier field has picked; use each: to test each element by itself`;
    return [{ text, field: list }];
  });
}

function listAbove(path: FieldPath): FieldPath | undefined {
  const depth = path.slice(0, -1).findLastIndex((field, i) => LISTS.has(field) || (i === 0 && field === "resources"));
  return depth === -1 ? undefined : path.slice(0, depth + 1);
}
