import type { Recipient } from "../lambda/core/health/subscriptions.ts";
import type { Severity } from "../lambda/core/rules/severity.ts";
import type { Settings } from "./settings.ts";

/** The settings that say who receives what. */
type Peopled = Pick<Settings, "emails" | "phones" | "healthSmsFrom">;

/** Who is subscribed to which topic; the tick and doctor compare it with what exists. */
export function recipientsOf(settings: Peopled): readonly Recipient[] {
  const { emails, phones } = settings;
  const mail = (topic: Recipient["topic"]) =>
    emails.map((endpoint): Recipient => ({ topic, protocol: "email", endpoint }));
  const texts = (topic: Recipient["topic"]) =>
    phones.map((endpoint): Recipient => ({ topic, protocol: "sms", endpoint }));
  const isTexted = healthTextsFrom(settings) !== undefined;
  return [...mail("alert"), ...texts("sms"), ...mail("health"), ...(isTexted ? texts("health-sms") : [])];
}

/**
 * From which severity on phones get texts about the alerter's own health; undefined if they get none. Whoever gave only
 * phone numbers must hear of all of it.
 */
export function healthTextsFrom(settings: Peopled): Severity | undefined {
  const { emails, phones, healthSmsFrom = emails.length === 0 ? "info" : "none" } = settings;
  return phones.length === 0 || healthSmsFrom === "none" ? undefined : healthSmsFrom;
}
