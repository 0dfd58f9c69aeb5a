import { endOfChain } from "../../links/chain.ts";
import { textAt } from "../../record/record.ts";
import { viewOf } from "../../record/view.ts";
import { headLine, headRecord } from "../headline.ts";
import { chainOfRecord } from "../opened.ts";
import type { Report } from "../report.ts";
import { name } from "../text.ts";
import { ownOpener, roleOf } from "./lock-out-rows.ts";
import {
  callsOfCaller,
  callsOfOpener,
  inLines,
  isOwnUser,
  type Look,
  openingOfSession,
  rolesOpenedBy,
  trustOfRole,
} from "./look.ts";

/** The commands that only show something, behind the account to ask: in another one they show what looks like all clear. */
export function looksOf(report: Report, look: readonly string[]): readonly string[] {
  const lines = linesOfLooks([...look.map((command) => ({ command })), ...looksAtCallers(report)]);
  const { account } = viewOf(headRecord(report).record);
  return lines.length === 0 || account === undefined
    ? lines
    : [`with credentials of ${name(account)}; others show another account:`, ...lines];
}

/** What shows the calls of the head record's caller, and of the user of the account who opened the session. */
function looksAtCallers(report: Report): readonly Look[] {
  if (report.incident.isUnverified) return [];
  const { record } = headRecord(report);
  const known = { eventName: textAt(record, "eventName") ?? "", records: headLine(report).records };
  const own = textAt(record, "userIdentity", "userName");
  const [opener] = [ownOpener(report, record)].filter((one) => one !== own);
  const user = opener ?? (isOwnUser(record) ? own : undefined);
  const isKnown = endOfChain(chainOfRecord(report.chains, record)) !== undefined;
  return [
    ...(isKnown || roleOf(record) === undefined ? [] : [openingOfSession(record), trustOfRole(roleOf(record))]),
    callsOfCaller(record, known),
    opener === undefined ? undefined : callsOfOpener(opener, record),
    user === undefined ? undefined : rolesOpenedBy(user, record),
  ].filter((one) => one !== undefined);
}

/** Looks with their notes, each command once: a later one that is the same brings its note. */
function linesOfLooks(looks: readonly (Pick<Look, "command"> & Partial<Look>)[]): readonly string[] {
  const notes = new Map(looks.map(({ command, note: text }) => [command, text]));
  return [...notes].flatMap(([command, text]) => [...inLines(command), ...(text === undefined ? [] : [text])]);
}
