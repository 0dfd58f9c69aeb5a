import type { Alert } from "../../lambda/core/alert/alert.ts";

const WIDTH = 78;

/** An alert's email as the mailbox shows it. */
export function emailText({ subject, email }: Alert): string {
  return `${ruler("email")}Subject: ${subject}\n\n${email}`;
}

/** An alert's text message as the phone shows it. */
export function smsText({ sms = "" }: Alert): string {
  return `${ruler(`SMS, ${sms.length} of 160 characters`)}${sms}\n`;
}

function ruler(title: string): string {
  return `── ${title} ${"─".repeat(WIDTH - title.length - 4)}\n`;
}
