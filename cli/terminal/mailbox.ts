import type { Alert } from "../../lambda/core/alert/alert.ts";
import { describeSpan } from "../../lambda/core/alert/describe.ts";

const WIDTH = 78;

/** An alert's email as the mailbox shows it, `delay` milliseconds after the last event. */
export function emailText({ subject, email }: Alert, delay = 0): string {
  return `${ruler(`email${later(delay)}`)}Subject: ${subject}\n\n${email}`;
}

/** An alert's text message as the phone shows it. */
export function smsText({ sms = "" }: Alert, delay = 0): string {
  return `${ruler(`SMS, ${sms.length} of 160 characters${later(delay)}`)}${sms}\n`;
}

/** A message that came, as the list of all shows it. */
export interface Message {
  readonly kind: "email" | "SMS";
  readonly text: string;
}

/** All that came, in its order, a line each: the end is what a terminal shows. A single message needs no list. */
export function contentsText(messages: readonly Message[]): string {
  if (messages.length < 2) return "";
  const lines = messages.map(({ kind, text }) => `${kind.padEnd(7)}${text}`);
  return `${ruler(`${messages.length} messages, from the top`)}${lines.join("\n")}\n\n`;
}

/** What the function counted, as one line of JSON; below alerts it is told apart from them. */
export function countsText(counts: { readonly alerts?: number }): string {
  const title = (counts.alerts ?? 0) > 0 ? ruler("counts in the function's log (docs/delivery.md)") : "";
  return `${title}${JSON.stringify(counts)}\n`;
}

function later(delay: number): string {
  return delay === 0 ? "" : `, ${describeSpan(delay)} later`;
}

function ruler(title: string): string {
  return `── ${title} ${"─".repeat(WIDTH - title.length - 4)}\n`;
}
