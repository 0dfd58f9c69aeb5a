export interface Partition {
  readonly named: RegExp;
  /** Where IAM, STS's global endpoint and the sign-in leave their records (CloudTrail User Guide, "Global service events"). */
  readonly global: string;
  /** An account may have some disabled. */
  readonly regions: readonly string[];
}

export const COMMERCIAL: Partition = {
  named: /^(?:us|eu|ap|ca|sa|me|af|il|mx)-[a-z]+-\d$/,
  global: "us-east-1",
  regions: [
    ...["us-east-1", "us-east-2", "us-west-1", "us-west-2", "ca-central-1", "ca-west-1", "mx-central-1", "sa-east-1"],
    ...["eu-central-1", "eu-central-2", "eu-north-1", "eu-south-1", "eu-south-2", "eu-west-1", "eu-west-2"],
    ...["eu-west-3", "ap-east-1", "ap-east-2", "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1"],
    ...["ap-south-2", "ap-southeast-1", "ap-southeast-2", "ap-southeast-3", "ap-southeast-4", "ap-southeast-5"],
    ...["ap-southeast-6", "ap-southeast-7", "af-south-1", "il-central-1", "me-central-1", "me-south-1"],
  ],
};

/** The regions of AWS's partitions (botocore's partitions.json and its endpoints of IAM, 1.43). */
export const PARTITIONS: readonly Partition[] = [
  { named: /^cn-/, global: "cn-north-1", regions: ["cn-north-1", "cn-northwest-1"] },
  { named: /^us-gov-/, global: "us-gov-west-1", regions: ["us-gov-west-1", "us-gov-east-1"] },
  { named: /^eusc-/, global: "eusc-de-east-1", regions: ["eusc-de-east-1"] },
  { named: /^us-iso-/, global: "us-iso-east-1", regions: ["us-iso-east-1", "us-iso-west-1"] },
  { named: /^us-isob-/, global: "us-isob-east-1", regions: ["us-isob-east-1", "us-isob-west-1"] },
  { named: /^us-isof-/, global: "us-isof-south-1", regions: ["us-isof-south-1", "us-isof-east-1"] },
  { named: /^eu-isoe-/, global: "eu-isoe-west-1", regions: ["eu-isoe-west-1"] },
];

/** The regions of all partitions; in Athena's table, a folder that is not there costs next to nothing. */
export const REGIONS: readonly string[] = [COMMERCIAL, ...PARTITIONS].flatMap(({ regions }) => regions);

/** The region in which a partition records the calls of IAM and Organizations; undefined for a region of none that is known. */
export function homeRegionOf(region: string): string | undefined {
  return [...PARTITIONS, COMMERCIAL].find(({ named }) => named.test(region))?.global;
}
