import { type CloudTrailRecord, textAt } from "../record/record.ts";
import { homeRegionOf } from "../record/regions.ts";
import { viewOf } from "../record/view.ts";
import { commandsFrom } from "./commands.ts";
import { name } from "./text.ts";

const LOOK_UP = "aws cloudtrail lookup-events --lookup-attributes AttributeKey=";
const IN_SHORT = "--region {awsRegion} --max-items 50 --query 'Events[].[EventTime,EventName,Username]' --output text";

/** A command that only shows something, and what to know about it. */
export interface Look {
  readonly command: string;
  readonly note: string;
}

/** What shows everything else that the caller's key did; or that the user did, if the record has no key. */
export function callsOfCaller(record: CloudTrailRecord): Look | undefined {
  const { key = "" } = viewOf(record);
  if (key === "")
    return looked("user", `${LOOK_UP}Username,AttributeValue={userIdentity.userName} ${IN_SHORT}`, record);
  if (!/^(?:AKIA|ASIA)[A-Z0-9]{12,}$/.test(key)) return undefined;
  return looked("key", `${LOOK_UP}AccessKeyId,AttributeValue={userIdentity.accessKeyId} ${IN_SHORT}`, record);
}

/** Characters of a command that stays in one line. */
const MAX_LINE = 120;

/** A long command in lines that the shell reads as one. */
export function inLines(command: string): readonly string[] {
  return command.length <= MAX_LINE ? [command] : command.replace(/ (?=--query )/, " \\\n  ").split("\n");
}

function looked(what: string, template: string, record: CloudTrailRecord): Look | undefined {
  const [command] = commandsFrom([template], record).filled;
  const region = textAt(record, "awsRegion") ?? "";
  if (command === undefined) return undefined;
  const home = homeRegionOf(region) ?? region;
  const elsewhere =
    home === region ? "; each region has its own" : `; calls to IAM and Organizations are recorded in ${home}`;
  return { command, note: `(the last 50 calls of the ${what} in ${name(region)}, some minutes late${elsewhere})` };
}
