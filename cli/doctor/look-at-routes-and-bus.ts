import { quantity } from "../../lambda/core/alert/quantity.ts";
import {
  type Answer,
  answered,
  broken,
  type Finding,
  findingsOn,
  isGone,
  REDEPLOY,
} from "../../lambda/core/health/finding.ts";
import { CHAT, type WayTopic, wayTopicFindings } from "../../lambda/core/health/other-topics.ts";
import type { Hearer } from "../../lambda/core/health/subscriptions.ts";
import { busFindings } from "./bus.ts";
import { type Check, checkOf, notChecked } from "./check.ts";
import type { Parts } from "./parts.ts";
import type { Patient } from "./patient.ts";
import { admits } from "./resource-policy.ts";

/** Where alerts go beside the four topics of every deployment: topics of routes and of the chat, and a bus. */
export async function lookAtRoutesAndBus(patient: Patient): Promise<readonly Check[]> {
  const { parts, checkout, aws, stack } = patient;
  const caller = {
    role: `arn:${stack.partition}:iam::${stack.accountId}:role/${parts.role ?? ""}`,
    accountId: stack.accountId,
  };
  const ways = wayTopicsOf(parts, checkout.routeHearers);
  const seen = await Promise.all(
    ways.map(async ({ topicArn }) => ({
      subscriptions: await answered(aws.topics.subscriptions(topicArn, [])),
      policy: await answered(aws.topics.policy(topicArn)),
    })),
  );
  const there = seen.flatMap(({ subscriptions }, i) =>
    isGone(subscriptions) ? [] : [[ways[i], subscriptions] as const],
  );
  const findings = [
    ...ways.flatMap((way, i) => topicFindings(way, seen[i]?.policy, caller)),
    ...wayTopicFindings(
      there.flatMap(([way]) => way ?? []),
      there.map(([, subscriptions]) => subscriptions),
    ),
  ];
  return [
    ways.length === 0
      ? notChecked("other-ways", "the stack has neither routes nor a chat")
      : checkOf("other-ways", findings, `${quantity(ways.length, "topic")}, somebody hears each`),
    await lookAtBus(patient, caller),
  ];
}

function wayTopicsOf(
  { routes, chatTopic }: Parts,
  hearers: { readonly [route: string]: readonly Hearer[] },
): readonly WayTopic[] {
  return [
    ...Object.entries(routes).map(([name, topicArn]) => ({
      called: `route ${name}`,
      topicArn,
      hearers: hearers[name] ?? [],
    })),
    ...(chatTopic === undefined ? [] : [{ called: CHAT, topicArn: chatTopic, hearers: [] }]),
  ];
}

function topicFindings(
  { called, topicArn }: WayTopic,
  policy: Answer<string> | undefined,
  caller: { readonly role: string; readonly accountId: string },
): readonly Finding[] {
  if (policy === undefined) return [];
  if (isGone(policy)) return [broken("other-ways", `The topic of ${called} is gone: ${topicArn}.`, REDEPLOY)];
  return findingsOn("other-ways", `The policy of the topic of ${called}`, policy, (text) => {
    if (admits(text, "sns:Publish", topicArn, caller)) return [];
    const what = `The policy of the topic of ${called} does not let the functions publish on it.`;
    return [
      broken(
        "other-ways",
        what,
        `If the topic is the stack's: ${REDEPLOY}. If not, let ${caller.role} do sns:Publish.`,
      ),
    ];
  });
}

async function lookAtBus(
  { parts, stack, aws }: Patient,
  caller: { readonly role: string; readonly accountId: string },
) {
  const { bus } = parts;
  if (bus === undefined) return notChecked("bus", "the settings name none");
  const [, , , , owner = ""] = bus.split(":");
  if (owner !== "" && owner !== stack.accountId) return notChecked("bus", `it is in the account ${owner}`);
  return checkOf(
    "bus",
    busFindings(bus, await answered(aws.engine.bus(bus)), caller),
    "a rule takes what is put on it",
  );
}
