import { type CloudTrailRecord, textAt } from "../record/record.ts";
import { homeRegionOf } from "../record/regions.ts";
import { viewOf } from "../record/view.ts";
import { commandsFrom, note } from "./commands.ts";
import { name } from "./text.ts";

/** A command that only shows something, and what to know about it. */
export interface Look {
  readonly command: string;
  readonly note: string;
}

/** A call that is known already: `GetParameter`, 50 times. */
export interface KnownCall {
  readonly eventName: string;
  readonly records: number;
}

/** So many of one call would leave no room for others. */
const MANY = 10;

/**
 * What shows everything else that an IAM user did, by any key and in the console; for other callers, what their key did.
 * It leaves out a call of which there are many.
 */
export function callsOfCaller(record: CloudTrailRecord, known: KnownCall): Look | undefined {
  const { key = "", account } = viewOf(record);
  const isOwnUser =
    textAt(record, "userIdentity", "type") === "IAMUser" && textAt(record, "userIdentity", "accountId") === account;
  const ofUser = looked("the user", "Username,AttributeValue={userIdentity.userName}", record, known);
  if (key === "" || (isOwnUser && ofUser !== undefined)) return ofUser;
  if (!/^(?:AKIA|ASIA)[A-Z0-9]{12,}$/.test(key)) return undefined;
  return looked("the key", "AccessKeyId,AttributeValue={userIdentity.accessKeyId}", record, known);
}

/** What shows what the IAM user did who opened the session that a record was made in. */
export function callsOfOpener(opener: string, record: CloudTrailRecord): Look | undefined {
  const known = { eventName: "", records: 0 };
  return looked(name(opener, 64), "Username,AttributeValue={opener}", { ...record, opener }, known);
}

/** What shows who may open a role's next session, where nobody knows who opened this one. */
export function trustOfRole(role: string | undefined): Look | undefined {
  const template = "aws iam get-role --role-name {role} --query Role.AssumeRolePolicyDocument";
  const [command] = commandsFrom([template], { role }).filled;
  return command === undefined ? undefined : { command, note: note("who may open the role, and come back by it") };
}

/** Characters of a command that stays in one line. */
const MAX_LINE = 120;

/** A long command in lines that the shell reads as one. */
export function inLines(command: string): readonly string[] {
  return command.length <= MAX_LINE ? [command] : command.replace(/ (?=--query )/, " \\\n  ").split("\n");
}

function looked(whose: string, key: string, record: CloudTrailRecord, known: KnownCall): Look | undefined {
  const region = textAt(record, "awsRegion") ?? "";
  const home = homeRegionOf(region) ?? region;
  const isMany = known.records >= MANY && /^\w+$/.test(known.eventName);
  const events = isMany ? `"Events[?EventName!='${known.eventName}'].` : "'Events[].";
  const [limit, quote] = isMany ? [200, '"'] : [50, "'"];
  const lookUp = (where: string) =>
    `aws cloudtrail lookup-events --lookup-attributes AttributeKey=${key} --region ${where} --max-items ${limit} --query ${events}[EventTime,EventName,Resources[0].ResourceName]${quote} --output text`;
  const template =
    home === region ? lookUp("{awsRegion}") : `for region in {awsRegion} ${home}; do ${lookUp("$region")}; done`;
  const [command] = commandsFrom([template], record).filled;
  if (command === undefined) return undefined;
  const where = home === region ? `in ${name(region)}` : `in ${name(region)}, then in ${home}, which has those to IAM`;
  const without = isMany ? `, without ${known.eventName}` : "";
  return {
    command,
    note: note(`the last ${limit} calls of ${whose} ${where}${without}, some minutes late; each region has its own`),
  };
}
