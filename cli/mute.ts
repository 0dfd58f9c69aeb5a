import { clock } from "../lambda/core/alert/describe.ts";
import { quantity } from "../lambda/core/alert/quantity.ts";
import { visible } from "../lambda/core/alert/text.ts";
import { MAX_MUTE, MAX_REASON, type Muted } from "../lambda/core/mute/mute.ts";
import { DURATION, durationOf } from "../lambda/rule-files/duration.ts";
import { openMutes } from "./aws/mutes.ts";
import { deskRules } from "./desk-cache.ts";
import { type ListedMute, type MuteList, openMuteBook } from "./mute/ledger.ts";
import { mutedBy } from "./mute/subject.ts";
import { stackHere } from "./stack-here.ts";
import { checkedRegion, checkedStack, readArguments, runCommand, UsageError } from "./usage.ts";

const HELP = `Usage: npm run mute -- INCIDENT-OR-RULE [--actor ARN] [--account ID] --for 4h --reason "..."
       npm run mute -- --list [--json]
       npm run mute -- --end ID

Quiets what rings, for a day at most. The row Quiet of a mail has the command for it. What is critical, and what watches
the alerter itself, rings all the same, and has no such row. The alert topic is told when a mute begins and ends, and what
it swallowed.

  INCIDENT-OR-RULE  a rule's name, or the id of an incident as the mail has it: 8 hex digits
  --actor ARN       only what this caller does: in full, as the mail's row Quiet has it
  --account ID      only in this account
  --for TIME        how long: 30m, 4h; at most 24h
  --reason TEXT     why, for those who are told of it
  --anyway          for a rule that this checkout does not have
  --list            what is muted now; --json: as one JSON object on one line
  --end ID          ends a mute before its time
  --stack NAME      the stack (default: as stackName says, or Trailbell)
  --region REGION   where it is (default: the region of your shell)

Uses the credentials of your shell, which must be allowed to describe the stack and to assume its role MuteRole.
Exit code: 0 when it is done; 1 when it could not be done; 2 when the command line is wrong.
`;

async function mute(args: readonly string[]): Promise<number> {
  const { values, positionals } = readArguments(args, HELP, {
    actor: { type: "string" },
    account: { type: "string" },
    for: { type: "string" },
    reason: { type: "string" },
    anyway: { type: "boolean" },
    list: { type: "boolean" },
    json: { type: "boolean" },
    end: { type: "string" },
    stack: { type: "string" },
    region: { type: "string" },
  });
  const { list, end } = values;
  const stack = checkedStack(values.stack ?? stackHere());
  const wanted = [positionals.length > 0, list === true, end !== undefined].filter(Boolean).length;
  if (wanted !== 1) throw new UsageError("give one of INCIDENT-OR-RULE, --list and --end ID");
  if (positionals.length > 1) throw new UsageError(`one rule or incident at a time; put the reason in quotes`);
  const isBare = [values.for, values.reason, values.actor, values.account].every((given) => given === undefined);
  if (positionals.length === 0 && !isBare) {
    throw new UsageError("--for, --reason, --actor and --account go with INCIDENT-OR-RULE");
  }
  if (end !== undefined && !/^#?[0-9a-f]{8}$/.test(end))
    throw new UsageError("--end takes the id of a mute: see --list");
  const [subject] = positionals;
  const { actor, account, anyway = false } = values;
  const asked =
    subject === undefined
      ? undefined
      : askedOf(mutedBy({ subject, actor, account }, await rulesHere(), anyway), values);
  const { store, caller, now } = await openMutes(stack, checkedRegion(values.region));
  const book = openMuteBook(store, now);
  if (asked !== undefined) {
    const made = await book.add(asked.of, asked.time, asked.reason, caller);
    const more = [stack === stackHere() ? "" : ` --stack ${stack}`, values.region ? ` --region ${values.region}` : ""];
    say(`Muted until ${minute(made.until)} UTC: ${textOf(asked.of)}`);
    if (made.of.incident !== undefined) {
      say("The id must be an incident's, as in the mail's row Alert: an alert's own id mutes nothing.");
    }
    say(`The alert topic is told within a minute. To end it: npm run mute -- --end ${made.id}${more.join("")}`);
  } else if (end !== undefined) {
    const id = end.replace("#", "");
    const ended = await book.end(id, caller);
    say(ended === undefined ? `Removed ${id}, which this version cannot read.` : `Ended ${id}: ${textOf(ended.of)}`);
  } else {
    const listed = await book.list();
    process.stdout.write(values.json ? `${JSON.stringify(listed)}\n` : listText(listed));
  }
  for (const note of book.notes) process.stderr.write(`${visible(note, 500)}\n`);
  return 0;
}

function askedOf(of: Muted, { for: time, reason }: { readonly for?: string; readonly reason?: string }) {
  if (time === undefined) throw new UsageError("--for is missing: for how long, for instance --for 4h");
  if (!DURATION.test(time)) throw new UsageError(`--for ${visible(time, 40)} is no time such as 30m or 4h`);
  if (durationOf(time) > MAX_MUTE) {
    throw new UsageError("--for is 24h at most; for good, an exception in the rule leaves it out");
  }
  const text = reason?.trim() ?? "";
  if (text === "...") throw new UsageError('--reason still says "...": write why, for those who are told of it');
  if (text === "") throw new UsageError("--reason is missing: why, for those who are told of it");
  if (text.length > MAX_REASON || /\p{C}/u.test(text)) {
    throw new UsageError(`--reason is one line of at most ${MAX_REASON} characters`);
  }
  return { of, time: durationOf(time), reason: text };
}

/** The rules of this checkout; undefined, and that is said, if they cannot be read: at night that must not be in the way. */
async function rulesHere() {
  try {
    return (await deskRules([])).rules;
  } catch (error) {
    process.stderr.write(`the name is not checked, for the rules here cannot be read: ${String(error)}\n`);
    return undefined;
  }
}

function listText({ mutes, unreadable }: MuteList): string {
  const lines = mutes.map(
    ({ id, of, until, reason, by, matches }: ListedMute) =>
      `${id}  until ${minute(until)} UTC  ${textOf(of)}\n          ${quantity(matches, "match", "es")} muted; by ${visible(by, 200)}: ${visible(reason, 200)}\n`,
  );
  const odd = unreadable > 0 ? `${quantity(unreadable, "mute")} of another version: nothing is muted by it here\n` : "";
  return (lines.length === 0 ? "Nothing is muted.\n" : lines.join("")) + odd;
}

function textOf({ rule, incident, actor, account }: Muted): string {
  const what = rule === undefined ? `incident ${incident}` : visible(rule, 100);
  return [what, actor && `by ${visible(actor, 200)}`, account && `in ${visible(account, 40)}`]
    .filter(Boolean)
    .join(" ");
}

function minute(time: number): string {
  return clock(time, "UTC").slice(0, 16);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

await runCommand(mute);
