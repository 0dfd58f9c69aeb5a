import { REGIONS } from "../lambda/core/record/regions.ts";

/** Where a table of records reads. */
export interface TableLocation {
  readonly bucket: string;
  /** How the keys of log files begin, with the organization's folder if there is one: `AWSLogs/o-exampleorgid/`. */
  readonly logs: string;
}

const IDENTITY = [
  "type:string",
  "principalid:string",
  "arn:string",
  "accountid:string",
  "invokedby:string",
  "accesskeyid:string",
  "username:string",
  "onbehalfof:struct<userid:string,identitystorearn:string>",
  `sessioncontext:struct<${[
    "attributes:struct<mfaauthenticated:string,creationdate:string>",
    "sessionissuer:struct<type:string,principalid:string,arn:string,accountid:string,username:string>",
    "ec2roledelivery:string",
    "webidfederationdata:struct<federatedprovider:string,attributes:map<string,string>>",
    "sourceidentity:string",
  ].join(",")}>`,
];

/**
 * The columns of a record. Its parameters stay JSON, for json_extract.
 * Source: CloudTrail User Guide, "CloudTrail record contents".
 */
export const COLUMNS: readonly (readonly [name: string, type: string])[] = [
  ["eventversion", "string"],
  ["useridentity", `struct<${IDENTITY.join(",")}>`],
  ["eventtime", "string"],
  ["eventsource", "string"],
  ["eventname", "string"],
  ["awsregion", "string"],
  ["sourceipaddress", "string"],
  ["useragent", "string"],
  ["errorcode", "string"],
  ["errormessage", "string"],
  ["requestparameters", "string"],
  ["responseelements", "string"],
  ["additionaleventdata", "string"],
  ["requestid", "string"],
  ["eventid", "string"],
  ["readonly", "string"],
  ["resources", "array<struct<arn:string,accountid:string,type:string>>"],
  ["eventtype", "string"],
  ["apiversion", "string"],
  ["recipientaccountid", "string"],
  ["serviceeventdetails", "string"],
  ["sharedeventid", "string"],
  ["vpcendpointid", "string"],
  ["vpcendpointaccountid", "string"],
  ["eventcategory", "string"],
  ["tlsdetails", "struct<tlsversion:string,ciphersuite:string,clientprovidedhostheader:string>"],
];

/** Parts of the path: a query that names them reads nothing else. */
export const PARTITIONS = ["account", "region", "day"] as const;

export const SERDE = "org.apache.hive.hcatalog.data.JsonSerDe";
export const INPUT_FORMAT = "com.amazon.emr.cloudtrail.CloudTrailInputFormat";
export const OUTPUT_FORMAT = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat";

export function locationOf({ bucket, logs }: TableLocation): string {
  return `s3://${bucket}/${logs}`;
}

/**
 * How Athena finds partitions without being told of each. An account must be named in a query.
 * Source: Athena User Guide, "Supported types for partition projection".
 */
export function projectionOf(table: TableLocation): { readonly [name: string]: string } {
  return {
    "projection.enabled": "true",
    "projection.account.type": "injected",
    "projection.region.type": "enum",
    "projection.region.values": REGIONS.join(","),
    "projection.day.type": "date",
    "projection.day.format": "yyyy/MM/dd",
    "projection.day.interval": "1",
    "projection.day.interval.unit": "DAYS",
    "projection.day.range": "2020/01/01,NOW",
    "storage.location.template": `${locationOf(table)}\${account}/CloudTrail/\${region}/\${day}`,
  };
}
