import { quantity } from "../../lambda/core/alert/quantity.ts";
import { inert } from "../../lambda/core/alert/text.ts";
import type { OtherWay } from "../../lambda/core/outbox/ways.ts";
import type { Told } from "../desk.ts";
import type { Outcome } from "./alerts.ts";

/** Somebody who would have been told something. */
interface Recipient {
  readonly who: string;
  readonly got: string;
}

/** What would have gone to whom, by all ways that the settings have. */
export function toldText(outcome: Outcome, told: Told): readonly string[] {
  const recipients = recipientsOf(outcome, told);
  if (recipients.length === 0) return [];
  const width = Math.max(...recipients.map(({ who }) => who.length));
  return ["", ...recipients.map(({ who, got }) => `${who.padEnd(width)}  ${got}`)];
}

function recipientsOf({ sent, texts, copies }: Outcome, told: Told): readonly Recipient[] {
  const { emails, endpoints, phones, alertTopic, healthTopic, routes, bus } = told;
  const names = new Set(routes.map(({ name }) => name));
  const onRoute = (name: string | undefined) => sent.filter(({ alert }) => alert.route === name).length;
  // A route that is gone is told by the default; none is, here.
  const main = sent.filter(({ alert }) => alert.route === undefined || !names.has(alert.route)).length;
  const onHealth = copies.get("health") ?? 0;
  const textsOnHealth = copies.get("health-sms") ?? 0;
  const mailed = (who: readonly string[], mails: number, again: number) =>
    who.map((one): Recipient => ({ who: one, got: gotText(mails, "mail", again) }));
  const others: { readonly [W in OtherWay]: Recipient | undefined } = {
    bus: bus === undefined ? bus : { who: `bus ${inert(bus, 300)}`, got: quantity(copies.get("bus") ?? 0, "event") },
    chat: copies.has("chat") ? { who: "chat", got: quantity(copies.get("chat") ?? 0, "message") } : undefined,
  };
  const nobody = emails.length + endpoints.length + phones.length === 0 && alertTopic === undefined;
  return [
    ...mailed(emails, main, onHealth),
    ...mailed(endpointsOf(endpoints), main, onHealth),
    ...mailed(topicOf(alertTopic), main, 0),
    ...mailed(topicOf(healthTopic), onHealth, 0),
    ...phones.map((who) => ({ who, got: gotText(texts.length, "text", textsOnHealth) })),
    ...(nobody ? [{ who: "nobody (the settings name no emails)", got: quantity(main, "mail") }] : []),
    ...routes.flatMap(({ name, emails: own, endpoints, topic }) =>
      mailed(
        [...own, ...endpointsOf(endpoints), ...topicOf(topic)].map((who) => `${who} (route ${name})`),
        onRoute(name),
        0,
      ),
    ),
    ...Object.values(others).filter((one) => one !== undefined),
  ];
}

/** What is about the alerter comes on a topic of health as well. */
function gotText(count: number, what: string, onHealth: number): string {
  return `${quantity(count + onHealth, what)}${onHealth === 0 ? "" : ` (${onHealth} on the health topic)`}`;
}

function topicOf(arn: string | undefined): readonly string[] {
  return arn === undefined ? [] : [`topic ${arn}`];
}

/** Without what follows the host, which may hold a key: reports are passed on. */
function endpointsOf(endpoints: readonly string[]): readonly string[] {
  return endpoints.map((endpoint) => `endpoint ${new URL(endpoint).host}`);
}
