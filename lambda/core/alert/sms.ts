import { textAt } from "../record/record.ts";
import { viewOf } from "../record/view.ts";
import { TRAITS } from "../rules/severity.ts";
import type { Naming } from "./describe.ts";
import { callerOf, headLine, headRecord, headRule, outcomeWord, severityOf, shortName } from "./headline.ts";
import { recordsIn } from "./once.ts";
import type { Report } from "./report.ts";
import { ascii, inert } from "./text.ts";

/** One SMS segment of the GSM-7 alphabet (SNS Developer Guide, "Publishing to a mobile phone"). */
const SEGMENT = 160;

/**
 * The text message: `CRIT root-used ok: root ConsoleLogin prod-3333 203.0.113.9 21:25Z #a1b2c3d4`. One segment, no link;
 * long names lose their ends, but the severity, the outcome and the alert's id are always there.
 */
export function renderSms(report: Report, naming: Naming): string {
  const { record } = headRecord(report);
  const { call, outcome, firstTime, targets, moreTargets } = headLine(report);
  const { accountId } = report.incident;
  const alias = Object.hasOwn(naming.accounts, accountId) ? `${naming.accounts[accountId]}-` : "";
  const records = recordsIn(report);
  const isOneCall = report.lines.every((line) => line.call === call);
  const things = targets.length + moreTargets;
  const isOneObject = isOneCall && things < 2;
  const others = isOneCall ? Math.max(records, things) - 1 : records - headLine(report).records;
  const end = [
    `${fitted(alias, 20)}${alias ? accountId.slice(-4) : fitted(accountId, 12)}`,
    fitted(viewOf(record).origin.address ?? "", 39),
    firstTime === undefined ? "" : `${new Date(firstTime).toISOString().slice(11, 16)}Z`,
    others < 1 ? "" : isOneObject ? `x${records}` : `and ${others} more`,
    `#${report.alertId.slice(0, 8)}`,
  ].filter(Boolean);
  const start = `${TRAITS[severityOf(report)].sms} ${fitted(headRule(report).name, 40)} ${outcomeWord(outcome)}:`;
  const room = SEGMENT - start.length - end.join(" ").length - 3;
  const event = fitted(textAt(record, "eventName") ?? call.replace(/^\S*:/, ""), Math.max(10, Math.floor(room / 2)));
  const who = fitted(callerOf(report), Math.max(0, room - event.length));
  const target = fitted(shortName(targets[0] ?? ""), Math.max(0, room - event.length - who.length - 1));
  return [start, who, event, target.length > 3 ? target : "", ...end].filter(Boolean).join(" ");
}

/** Until when no text message comes, in milliseconds since the epoch; or only none of one account of an organization. */
export interface QuietEnd {
  readonly until: number;
  readonly account: string | undefined;
}

/** The last text message for a while: it ends by saying until when, and how many alerts are in the mailbox. */
export function withoutMoreTexts(sms: string, { until, account }: QuietEnd, inMailbox: number): string {
  const [, text = sms, id = ""] = /^(.*)( #[0-9a-f]{8})$/s.exec(sms) ?? [];
  const of = account === undefined ? "" : ` OF ${account}`;
  const more = inMailbox > 0 && account === undefined ? `, ${inMailbox} MORE IN MAIL` : "";
  const note = ` NO SMS${of} TILL ${new Date(until).toISOString().slice(11, 16)}Z${more}`;
  return text.slice(0, SEGMENT - note.length - id.length) + note + id;
}

/** Text in characters that take one place each in GSM-7; dots that could make a link are taken apart. */
function fitted(text: string, length: number): string {
  return ascii(inert(text).replaceAll("[.]", "(.)").replaceAll("[:]//", ": ").replaceAll("…", ""))
    .replace(/[[\]\\^`{|}~]/g, "?")
    .slice(0, length);
}
