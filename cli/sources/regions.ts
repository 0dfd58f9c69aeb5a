import { UsageError } from "../usage.ts";

/** The regions of the AWS partition (AWS Regions and Availability Zones User Guide); an account may have some disabled. */
const REGIONS = [
  ...["us-east-1", "us-east-2", "us-west-1", "us-west-2", "ca-central-1", "ca-west-1", "mx-central-1", "sa-east-1"],
  ...["eu-central-1", "eu-central-2", "eu-north-1", "eu-south-1", "eu-south-2", "eu-west-1", "eu-west-2", "eu-west-3"],
  ...["ap-east-1", "ap-east-2", "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-south-2"],
  ...["ap-southeast-1", "ap-southeast-2", "ap-southeast-3", "ap-southeast-4", "ap-southeast-5", "ap-southeast-6"],
  ...["ap-southeast-7", "af-south-1", "il-central-1", "me-central-1", "me-south-1"],
];
/** Where IAM, STS's global endpoint and the sign-in leave their records (CloudTrail User Guide, "Global service events"). */
const GLOBAL = "us-east-1";

/**
 * The regions that are asked for: as given, all, or the shell's with the one that has the global services.
 * @throws UsageError
 */
export function regionsOf(given: string | undefined, own: string | undefined): readonly string[] {
  if (given === "all") return REGIONS;
  if (given === undefined) {
    const isOtherPartition = own !== undefined && /^(?:cn|us-gov|us-iso\w?|eu-isoe|eusc)-/.test(own);
    return [...new Set([own ?? GLOBAL, ...(isOtherPartition ? [] : [GLOBAL])])];
  }
  const regions = given.split(",").map((region) => region.trim());
  const wrong = regions.find((region) => !/^[a-z]{2,4}(?:-[a-z]+)+-\d$/.test(region));
  if (wrong !== undefined)
    throw new UsageError(`--regions: write all, or regions such as us-east-1,eu-central-1, not ${wrong}`);
  return [...new Set(regions)];
}
