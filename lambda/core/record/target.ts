import { callOf, withoutApiVersion } from "./call.ts";
import { type CloudTrailRecord, isObject, textAt, valueAt } from "./record.ts";
import { redactedPart } from "./redaction.ts";
import { aboutOf } from "./target-calls.ts";
import { targetFieldOf } from "./target-fields.ts";
import { lastPart, namesIn } from "./target-names.ts";
import { AROUND, MAKES, OTHER, OWN, type Ranked, ranked, rankOf } from "./target-rank.ts";

/** What a call was about, and what else it names; raw text of a record, of any length. */
export interface Target {
  readonly target?: string | undefined;
  /** True if the target is new with every call, and only the answer has its name: `snap-1` of CreateSnapshot. */
  readonly isMade: boolean;
  readonly detail?: string | undefined;
}

const MAX_CALL = 128;

/** The most that reads as one word beside a target. */
const IS_WORD = /^[^\s{}"]+$/;

/**
 * What a call was about. Its parameters say it: the field that AWS's model of the call has for it, or else the one
 * whose name says so; if they name only the source of something new, the answer names the new thing. Field order
 * decides nothing. Failing these: the resources, the details of a service's own event, or a refusal's text.
 */
export function targetOf(record: CloudTrailRecord): Target {
  const [service = "", call = ""] = callOf(record).split(":");
  const eventName = withoutApiVersion(call.slice(0, MAX_CALL));
  // A name is never a credential: what a mail leaves out of the parameters must not be in its subject either.
  const parameters = redactedPart(record, "requestParameters");
  let answer: unknown;
  // The parameters tell most calls, and answers are long.
  const response = () => {
    answer ??= redactedPart(record, "responseElements");
    return answer;
  };
  const asked = rankedNames(parameters, service, eventName);
  const about = aboutOf(`${service}:${eventName}`, { record, parameters, response });
  const answered = (tier: number) => (MAKES.test(eventName) ? madeBy(response(), eventName, tier) : undefined);
  const asks = about.target ?? firstOf(asked, OWN);
  const made = asks ?? answered(OWN);
  const known = made ?? firstOf(asked, OTHER) ?? resourceOf(record, service);
  const given = known ?? answered(OTHER);
  const target =
    given ??
    firstOf(asked, AROUND) ??
    madeBy(response(), eventName, OWN) ??
    serviceTargetOf(record, service, eventName) ??
    refusedOf(record);
  const second = asked.find(({ text }) => lastPart(text) !== lastPart(target ?? "") && IS_WORD.test(text))?.text;
  return {
    target: target && queueOf(target),
    isMade: about.isMade ?? (asks !== made || known !== given),
    detail: about.detail ?? (second && lastPart(second)),
  };
}

function rankedNames(parameters: unknown, service: string, eventName: string): readonly Ranked[] {
  const own = targetFieldOf(`${service}:${eventName}`);
  return ranked(namesIn(parameters), (named) =>
    named.field === own ? [0, 0, named.within === "" ? 0 : 1, 0, 0] : rankOf(named, eventName),
  );
}

function firstOf(names: readonly Ranked[], tier: number): string | undefined {
  return names.find(({ rank }) => rank[0] <= tier)?.text;
}

/** What an answer names: `{"snapshotId": "snap-1"}` of CreateSnapshot; an id before the ARN that ends in it. */
function madeBy(response: unknown, eventName: string, tier: number): string | undefined {
  const names = namesIn(response, tier === OWN ? 3 : 0).map((named) => ({ ...named, isListed: false }));
  const first = ranked(names, (named) => rankOf(named, eventName)).find(({ rank }) => rank[0] <= tier);
  if (first === undefined || !first.field.endsWith("arn")) return first?.text;
  return names.find(({ field }) => field === first.field.replace(/arn$/, "id"))?.text ?? first.text;
}

/** The first resource of the service's own: others are named too, such as the key that a bucket is encrypted with. */
function resourceOf(record: CloudTrailRecord, service: string): string | undefined {
  const resources = valueAt(record, "resources");
  if (!Array.isArray(resources)) return undefined;
  const arns = resources
    .slice(0, 20)
    .map((resource) => textAt(resource, "ARN") ?? textAt(resource, "arn"))
    .filter((arn) => arn !== undefined);
  return arns.find((arn) => arn.split(":")[2] === service) ?? arns.find((arn) => !/^arn:[a-z-]+:kms:/.test(arn));
}

/** What a service did by itself: a key that it rotated, a secret whose time was up. */
function serviceTargetOf(record: CloudTrailRecord, service: string, eventName: string): string | undefined {
  const own = rankedNames(redactedPart(record, "serviceEventDetails"), service, eventName)[0]?.text;
  if (own !== undefined || textAt(record, "eventType") !== "AwsServiceEvent") return own;
  return rankedNames(redactedPart(record, "additionalEventData"), service, eventName)[0]?.text;
}

/** A refused call often has no parameters; AWS's text names what it was about. */
function refusedOf(record: CloudTrailRecord): string | undefined {
  if (isObject(valueAt(record, "requestParameters"))) return undefined;
  const text = textAt(record, "errorMessage")?.slice(0, 2_000) ?? "";
  const [, named] =
    /is not authorized to perform: \S+ on resource: (?:(?:user|role|group|policy|instance profile) )?(\S+)/.exec(
      text,
    ) ?? [];
  return named === undefined || named === "*" ? undefined : named.replace(/[.,;]$/, "");
}

/** The name in a queue's address; everything else stays as it was named. */
function queueOf(text: string): string {
  return /^https:\/\/[^/]+\/\d{12}\/[^/]+$/.test(text) ? text.replace(/^.*\//, "") : text;
}
