import { checkoutNotes } from "../alert/checkout-notes.ts";
import { clock } from "../alert/describe.ts";
import { ascii } from "../alert/text.ts";
import type { Severity } from "../rules/severity.ts";
import type { Decision } from "./checkup.ts";
import { byWeight, type Finding } from "./finding.ts";

/** A message about the alerter itself. */
export interface HealthMessage {
  /** Phones get it if it is severe enough. */
  readonly severity: Severity;
  /** Under 100 ASCII characters. */
  readonly subject: string;
  readonly email: string;
  /** What machines get: `{"schema":"trailbell.health/1", ...}`. */
  readonly json: string;
  /** At most 160 ASCII characters. */
  readonly sms: string;
}

/** Which stack the message is about, and where it is. */
export interface StackPlace {
  readonly stackName: string;
  /** As alerts name it: `prod (111122223333)`. */
  readonly account: string;
  readonly region: string;
}

/** How many findings a message tells with their texts. */
const MAX_TOLD = 30;

/** Renders what a look tells; `over` names the checks of what is not found any more. `now` is milliseconds since the epoch. */
export function healthMessage(
  { tells, severity, told, over }: Required<Pick<Decision, "tells" | "severity" | "told" | "over">>,
  { stackName, account, region }: StackPlace,
  now: number,
): HealthMessage {
  const findings = told.toSorted(byWeight);
  const title = titleOf(tells, findings);
  // Thousands of subscriptions must not make the message too long to send.
  const shown = findings.slice(0, MAX_TOLD);
  const blocks = shown.map((finding, i) => blockOf(finding, i + 1));
  const more = findings.length - shown.length;
  const place = `stack ${stackName}, ${account}, ${region}`;
  const email = [
    `${title}\nSeen ${clock(now, "UTC")} UTC, ${place}.${tells === "well" ? "" : " It is told again when it changes, once a day while it is broken, and when it is over."}`,
    ...blocks,
    ...(over.length > 0 ? [`No longer found: ${over.join(", ")}.`] : []),
    ...(more > 0 ? [`And ${more} more.`] : []),
    tells === "well"
      ? "Where no log file was read meanwhile: npm run replay tells what was missed."
      : "npm run doctor looks at the whole way.",
  ].join("\n\n");
  return {
    severity,
    subject: shortened(ascii(`[HEALTH] ${title}`), 99),
    email: [email, ...checkoutNotes(email), ""].join("\n"),
    json: JSON.stringify({
      schema: "trailbell.health/1",
      at: new Date(now).toISOString(),
      stack: stackName,
      account,
      region,
      tells,
      severity,
      over,
      findings: shown,
      more,
    }),
    sms: shortened(ascii(`HEALTH ${stackName} ${region}: ${title}`), 160),
  };
}

function titleOf(tells: Decision["tells"], [first, ...others]: readonly Finding[]): string {
  if (first === undefined)
    return tells === "well" ? "All is well again on the way of alerts" : "A fault lasts, and cannot be looked at";
  const more = others.length > 0 ? ` And ${others.length} more.` : "";
  return `${tells === "lasts" ? "Still: " : ""}${first.what}${more}`;
}

/** Cuts a text that is too long after a whole word. */
function shortened(text: string, length: number): string {
  if (text.length <= length) return text;
  const cut = text.slice(0, length - 2);
  const whole = cut.replace(/\s+\S*$/, "");
  return `${whole.length > length / 2 ? whole : cut}..`;
}

function blockOf({ check, state, what, why, remedy, isUnread }: Finding, number: number): string {
  const lines = [`${number}. ${state.toUpperCase()}  ${what}`, ...(why === undefined ? [] : [`   Why  ${why}`])];
  const page = isUnread ? "could not be looked at" : check;
  return [...lines, `   Do   ${remedy}`, `   See  docs/doctor.md, "${page}"`].join("\n");
}
