import { clock } from "../alert/describe.ts";
import { ascii } from "../alert/text.ts";
import type { Decision } from "./checkup.ts";
import { byWeight, type Finding } from "./finding.ts";

/** A message about the alerter itself. */
export interface HealthMessage {
  /** Under 100 ASCII characters. */
  readonly subject: string;
  readonly email: string;
  /** What machines get: `{"schema":"trailbell.health/1", ...}`. */
  readonly json: string;
  /** At most 160 ASCII characters. */
  readonly sms: string;
}

/** Findings whose texts a message bears. */
const MAX_TOLD = 30;

/** Renders what a look tells. `now` is milliseconds since the epoch. */
export function healthMessage(
  tells: NonNullable<Decision["tells"]>,
  told: readonly Finding[],
  now: number,
): HealthMessage {
  const findings = told.toSorted(byWeight);
  const title = titleOf(tells, findings);
  // Whoever subscribes thousands must not make the message too long to be sent.
  const shown = findings.slice(0, MAX_TOLD);
  const blocks = shown.map((finding, i) => blockOf(finding, i + 1));
  const more = findings.length - shown.length;
  const email = [
    `${title}\nSeen ${clock(now, "UTC")} UTC.${tells === "well" ? "" : " It is told again when it changes, once a day while it is broken, and when it is over."}`,
    ...blocks,
    ...(more > 0 ? [`And ${more} more.`] : []),
    tells === "well"
      ? "Where no log file was read meanwhile: npm run replay tells what was missed."
      : "npm run doctor looks at the whole way. What each finding means: docs/doctor.md.",
  ];
  return {
    subject: ascii(`[HEALTH] ${title}`).slice(0, 99),
    email: `${email.join("\n\n")}\n`,
    json: JSON.stringify({
      schema: "trailbell.health/1",
      at: new Date(now).toISOString(),
      tells,
      findings: shown,
      more,
    }),
    sms: ascii(`HEALTH ${title}`).slice(0, 160),
  };
}

function titleOf(tells: Decision["tells"], [first, ...others]: readonly Finding[]): string {
  if (first === undefined)
    return tells === "well" ? "All is well again on the way of alerts" : "A fault lasts, and cannot be looked at";
  const more = others.length > 0 ? ` And ${others.length} more.` : "";
  return `${tells === "lasts" ? "Still: " : ""}${first.what}${more}`;
}

function blockOf({ state, what, why, remedy }: Finding, number: number): string {
  const lines = [`${number}. ${state.toUpperCase()}  ${what}`, ...(why === undefined ? [] : [`   Why  ${why}`])];
  return [...lines, `   Do   ${remedy}`].join("\n");
}
