import { isAtLeast, type Severity } from "../rules/severity.ts";
import { answered } from "./finding.ts";
import type { HealthMessage } from "./message.ts";
import type { TopicName } from "./subscriptions.ts";

/** Who hears of the alerter's health. */
export interface Hearers {
  readonly isMailed: boolean;
  /** The lowest severity that phones get; undefined if they get none. */
  readonly textsFrom: Severity | undefined;
}

/** Publishes a message on one of the topics, as a mail and for machines, or as a text. Effects reject on failure. */
export interface HealthPublishers {
  readonly mail: (message: HealthMessage, topic: TopicName) => Promise<void>;
  readonly text: (message: HealthMessage, topic: TopicName) => Promise<void>;
}

/**
 * Tells a message on the topics of health. If one of them is deaf or refuses, the alerts' topic of its kind gets the
 * message as well.
 * @throws Error if nobody who should hear it can
 */
export async function tellHealth(
  message: HealthMessage,
  { isMailed, textsFrom }: Hearers,
  isDeaf: (topic: TopicName) => boolean,
  publish: HealthPublishers,
): Promise<void> {
  const isTexted = textsFrom !== undefined && isAtLeast(message.severity, textsFrom);
  /** Why it was refused everywhere. */
  const tell = async (kind: keyof HealthPublishers, topics: readonly TopicName[]) => {
    const refusals: string[] = [];
    for (const topic of topics) {
      const told = await answered(publish[kind](message, topic));
      if ("refused" in told) refusals.push(told.refused);
      else if (!isDeaf(topic)) return undefined;
    }
    return refusals.length === topics.length ? refusals[0] : undefined;
  };
  const [mail, text] = await Promise.all([
    // Machines may subscribe to it even if there are no addresses.
    tell("mail", isMailed ? ["health", "alert"] : ["health"]),
    isTexted ? tell("text", ["health-sms", "sms"]) : undefined,
  ]);
  const isMailUntold = mail !== undefined || !isMailed;
  const isTextUntold = text !== undefined || !isTexted;
  const refused = mail ?? text;
  if (isMailUntold && isTextUntold && refused !== undefined) throw new Error(refused);
}
