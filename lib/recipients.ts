import type { Hearer, Recipient } from "../lambda/core/health/subscriptions.ts";
import type { Severity } from "../lambda/core/rules/severity.ts";
import type { Settings } from "./settings.ts";

/** The settings that say who receives what. */
type Peopled = Pick<Settings, "emails" | "endpoints" | "phones" | "healthSmsFrom">;

/** Who is subscribed to which topic; the tick and doctor compare it with what exists. */
export function recipientsOf(settings: Peopled): readonly Recipient[] {
  const { phones } = settings;
  const long = (topic: Recipient["topic"]) => hearersOf(settings).map((hearer): Recipient => ({ topic, ...hearer }));
  const texts = (topic: Recipient["topic"]) =>
    phones.map((endpoint): Recipient => ({ topic, protocol: "sms", endpoint }));
  const isTexted = healthTextsFrom(settings) !== undefined;
  return [...long("alert"), ...texts("sms"), ...long("health"), ...(isTexted ? texts("health-sms") : [])];
}

/** Who gets what topics of mails and machines carry: the deployment's, or a route's. */
export function hearersOf({ emails, endpoints }: Pick<Settings, "emails" | "endpoints">): readonly Hearer[] {
  return [
    ...emails.map((endpoint): Hearer => ({ protocol: "email", endpoint })),
    ...endpoints.map((endpoint): Hearer => ({ protocol: "https", endpoint })),
  ];
}

/**
 * From which severity on phones get texts about the alerter's own health; undefined if they get none. Whoever gave only
 * phone numbers must hear of all of it.
 */
export function healthTextsFrom(settings: Omit<Peopled, "endpoints">): Severity | undefined {
  const { emails, phones, healthSmsFrom = emails.length === 0 ? "info" : "none" } = settings;
  return phones.length === 0 || healthSmsFrom === "none" ? undefined : healthSmsFrom;
}
