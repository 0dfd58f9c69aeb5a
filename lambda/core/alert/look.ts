import { type CloudTrailRecord, textAt } from "../record/record.ts";
import { homeRegionOf } from "../record/regions.ts";
import { viewOf } from "../record/view.ts";
import { commandsFrom } from "./commands.ts";
import { name } from "./text.ts";

const LOOK_UP = "aws cloudtrail lookup-events --lookup-attributes AttributeKey=";
const IN_SHORT = String.raw`--region {awsRegion} --max-items 50 \
  --query 'Events[].[EventTime,EventName,Username]' --output text`;

/** What shows everything else that the caller's key did; or that the user did, if the record has no key. */
export function callsOfCaller(record: CloudTrailRecord): readonly string[] {
  const { key = "" } = viewOf(record);
  if (key === "")
    return looked("user", [`${LOOK_UP}Username,AttributeValue={userIdentity.userName} ${IN_SHORT}`], record);
  if (!/^(?:AKIA|ASIA)[A-Z0-9]{12,}$/.test(key)) return [];
  return looked("key", [`${LOOK_UP}AccessKeyId,AttributeValue={userIdentity.accessKeyId} ${IN_SHORT}`], record);
}

function looked(what: string, commands: readonly string[], record: CloudTrailRecord): readonly string[] {
  const [command] = commandsFrom(commands, record).filled;
  const region = textAt(record, "awsRegion") ?? "";
  if (command === undefined) return [];
  const home = homeRegionOf(region) ?? region;
  const elsewhere = home === region ? "" : `; calls to IAM and Organizations are recorded in ${home}`;
  return [
    ...command.split("\n"),
    `(the last 50 calls of the ${what} in ${name(region)}, some minutes late${elsewhere})`,
  ];
}
