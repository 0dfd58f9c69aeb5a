import { Token } from "aws-cdk-lib";
import { healthTextsFrom } from "./recipients.ts";
import { NEW_TRAIL, type Settings } from "./settings.ts";
import { sourceNotes } from "./source/source-notes.ts";

/**
 * What whoever deploys should read of settings that are valid: those without effect, and whom `-c` names.
 * @param places where each setting is given, by its name
 */
export function notesOn(settings: Settings, places: ReadonlyMap<string, string>): readonly string[] {
  const { source, emails, endpoints, phones, healthSmsFrom } = settings;
  const idle = (names: readonly string[], why: string) =>
    names.flatMap((name) => (places.has(name) ? [`warning: ${places.get(name)}: ${name} has no effect ${why}`] : []));
  const hasTexts = healthSmsFrom !== undefined && healthSmsFrom !== "none";
  const forPhones = ["smsFrom", "smsSpendLimit", ...(hasTexts ? ["healthSmsFrom"] : [])];
  return [
    ...(phones.length === 0 ? idle(forPhones, "without phones") : []),
    ...(source === NEW_TRAIL
      ? []
      : idle(["logExpiryDays"], "on a bucket that you have: its lifecycle is yours to set")),
    ...deafness(settings, places),
    ...sourceNotes(settings),
    ...named("emails", emails, places),
    ...named("phones", phones, places),
    ...named(
      "endpoints",
      endpoints.map((endpoint) => new URL(endpoint).host),
      places,
    ),
  ];
}

/** What of the settings does not suit where the stack is, as far as its account and region are known. */
export function placeNotes(settings: Settings, account: string, region: string): readonly string[] {
  return [...accountNotes(settings, account), ...topicNotes(settings, region)];
}

/** A trail of one account writes that account's log files only. */
function accountNotes({ source, onlyAccounts, organizationTrail }: Settings, account: string): readonly string[] {
  if (account === "" || Token.isUnresolved(account) || source !== NEW_TRAIL || organizationTrail) return [];
  return onlyAccounts?.includes(account) === false
    ? [
        `warning: onlyAccounts leaves out the account of the stack (${account}), and this trail records no other: nothing is read`,
      ]
    : [];
}

/**
 * The topics of the settings that are of another region than the stack.
 * Source: SNS API Reference, "Publish": the topic's ARN must be of the endpoint's region.
 */
function topicNotes({ alertTopic, healthTopic, routes }: Settings, region: string): readonly string[] {
  if (region === "" || Token.isUnresolved(region)) return [];
  const topics = [alertTopic, healthTopic, ...routes.map(({ topic }) => topic)].filter((topic) => topic !== undefined);
  return [...new Set(topics)]
    .filter((topic) => topic.split(":")[3] !== region)
    .map(
      (topic) => `warning: ${topic} is of another region than the stack (${region}): nothing can be published there`,
    );
}

/** Whoever has phones or a topic alone may leave out what concerns the alerter's health, but should know. */
function deafness(settings: Settings, places: ReadonlyMap<string, string>): readonly string[] {
  const from = healthTextsFrom(settings);
  if (settings.emails.length + settings.endpoints.length > 0 || settings.healthTopic !== undefined || from === "info")
    return [];
  const what = from === undefined ? "of the alerter's own health" : `of what is less severe than ${from} in it`;
  const place = places.get("healthSmsFrom") ?? places.get("alertTopic");
  return [`warning: ${place}: nobody hears ${what}: there are no emails`];
}

/** CDK hands over only the last of two `-c` with one name, and does not say so: these are all that it handed over. */
function named(name: string, values: readonly string[], places: ReadonlyMap<string, string>): readonly string[] {
  const isGiven = places.get(name) === `-c ${name}`;
  return isGiven
    ? [`note: -c ${name}: ${values.join(", ")}, and nobody else (several go into one -c, with commas)`]
    : [];
}
