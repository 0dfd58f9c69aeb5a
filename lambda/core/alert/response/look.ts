import { type CloudTrailRecord, textAt } from "../../record/record.ts";
import { homeRegionOf } from "../../record/regions.ts";
import { viewOf } from "../../record/view.ts";
import { name } from "../text.ts";
import { commandsFrom, note } from "./commands.ts";

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
  const { key = "" } = viewOf(record);
  const ofUser = looked(
    name(textAt(record, "userIdentity", "userName") ?? "", 64),
    "Username,AttributeValue={userIdentity.userName}",
    record,
    known,
  );
  if (key === "" || (isOwnUser(record) && ofUser !== undefined)) return ofUser;
  if (!/^(?:AKIA|ASIA)[A-Z0-9]{12,}$/.test(key)) return undefined;
  return looked("the caller's key", "AccessKeyId,AttributeValue={userIdentity.accessKeyId}", record, known);
}

/** True for an IAM user of the account called. */
export function isOwnUser(record: CloudTrailRecord): boolean {
  const { account } = viewOf(record);
  return (
    textAt(record, "userIdentity", "type") === "IAMUser" && textAt(record, "userIdentity", "accountId") === account
  );
}

/** What shows what the IAM user did who opened the session that a record was made in. */
export function callsOfOpener(opener: string, record: CloudTrailRecord): Look | undefined {
  const known = { eventName: "", records: 0 };
  return looked(name(opener, 64), "Username,AttributeValue={opener}", { ...record, opener }, known);
}

/** What shows which roles an IAM user of the account opened: their sessions go on when the user is locked out. */
export function rolesOpenedBy(user: string, record: CloudTrailRecord): Look | undefined {
  const events = `"Events[?EventName=='AssumeRole'].[EventTime,Resources[].ResourceName]"`;
  const { command, where } = lookUp("Username,AttributeValue={opener}", { ...record, opener: user }, 200, events);
  if (command === undefined) return undefined;
  return { command, note: note(`roles that ${name(user, 64)} opened ${where}, among the last 200 calls`) };
}

/** What shows the call that opened a role's session, where no log file shows it. */
export function openingOfSession(record: CloudTrailRecord): Look | undefined {
  if (!/^ASIA[A-Z0-9]{12,}$/.test(viewOf(record).key ?? "")) return undefined;
  const key = "ResourceName,AttributeValue={userIdentity.accessKeyId}";
  const { command } = lookUp(key, record, 50, "'Events[].[EventTime,EventName,Username]'");
  return command === undefined ? undefined : { command, note: note("who opened the session, if Event history has it") };
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
  const isMany = known.records >= MANY && /^\w+$/.test(known.eventName);
  const fields = "[EventTime,EventName,Resources[0].ResourceName]";
  const events = isMany ? `"Events[?EventName!='${known.eventName}'].${fields}"` : `'Events[].${fields}'`;
  const limit = isMany ? 200 : 50;
  const { command, where } = lookUp(key, record, limit, events);
  if (command === undefined) return undefined;
  const without = isMany ? `, without ${known.eventName}` : "";
  return {
    command,
    note: note(`the last ${limit} calls of ${whose} ${where}${without}, some minutes late; each region has its own`),
  };
}

/** A search of Event history by an attribute, in the region of a record and where calls to IAM are; and where that is, in words. */
function lookUp(
  key: string,
  record: CloudTrailRecord,
  limit: number,
  events: string,
): { readonly command: string | undefined; readonly where: string } {
  const region = textAt(record, "awsRegion") ?? "";
  const home = homeRegionOf(region) ?? region;
  const of = (place: string) =>
    `aws cloudtrail lookup-events --lookup-attributes AttributeKey=${key} --region ${place} --max-items ${limit} --query ${events} --output text`;
  const template = home === region ? of("{awsRegion}") : `for region in {awsRegion} ${home}; do ${of("$region")}; done`;
  const [command] = commandsFrom([template], record).filled;
  const where = home === region ? `in ${name(region)}` : `in ${name(region)}, then in ${home}, which has those to IAM`;
  return { command, where };
}
