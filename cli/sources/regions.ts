import { COMMERCIAL, PARTITIONS } from "../../lambda/core/record/regions.ts";
import { UsageError } from "../usage.ts";

/**
 * The regions that are asked for: as given, all of the partition of the shell's region, or the shell's with the one that
 * has the global services.
 * @throws UsageError
 */
export function regionsOf(given: string | undefined, own: string | undefined): readonly string[] {
  const { global, regions: all } = PARTITIONS.find(({ named }) => own !== undefined && named.test(own)) ?? COMMERCIAL;
  if (given === "all") return all;
  if (given === undefined) return [...new Set([own ?? global, global])];
  const regions = given.split(",").map((region) => region.trim());
  const wrong = regions.find((region) => !/^[a-z]{2,4}(?:-[a-z]+)+-\d$/.test(region));
  if (wrong !== undefined)
    throw new UsageError(`--regions: write all, or regions such as us-east-1,eu-central-1, not ${wrong}`);
  return [...new Set(regions)];
}
