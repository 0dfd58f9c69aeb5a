import type { CloudTrailRecord } from "../record/record.ts";
import { viewOf } from "../record/view.ts";
import type { Scalar } from "./field-path.ts";

/** How a service lets callers name a resource of one type. */
interface Naming {
  /** The text before the name in an ARN. */
  readonly type: string;
  /** What ends a name if a version, a stream, an index or an id may follow. */
  readonly end?: ":" | "/";
  /** Present if a bare name has only one meaning. */
  readonly unique: "region" | "account" | "everywhere";
  /** Names ignore case, and a path may precede them. */
  readonly isOfIam?: true;
}

/** The resources whose spellings are all known, by the service in their ARNs. */
const NAMINGS: { readonly [service: string]: Naming } = {
  cloudformation: { type: "stack/", end: "/", unique: "region" },
  // A trail of all regions has a shadow of the same name in each.
  cloudtrail: { type: "trail/", unique: "account" },
  cloudwatch: { type: "alarm:", unique: "region" },
  dynamodb: { type: "table/", end: "/", unique: "region" },
  events: { type: "rule/", unique: "region" },
  iam: { type: "role/", unique: "account", isOfIam: true },
  kms: { type: "key/", unique: "region" },
  lambda: { type: "function:", end: ":", unique: "region" },
  logs: { type: "log-group:", end: ":", unique: "region" },
  s3: { type: "", end: "/", unique: "everywhere" },
  // A subscription's ARN begins with its topic's.
  sns: { type: "", end: ":", unique: "region" },
  sqs: { type: "", unique: "region" },
};

export const NAMEABLE: readonly string[] = Object.keys(NAMINGS);

/** What a value says of the resource that it names; the record supplies what it leaves open. */
interface Named {
  readonly name: string;
  readonly region?: string | undefined;
  readonly account?: string | undefined;
}

type Names = (value: Scalar, record?: CloudTrailRecord) => boolean;

/**
 * Tells whether a value names a resource, in any way that its service accepts: by its ARN, with a version or id after
 * it, by a part of the ARN, by its address, or by its bare name in a record of its account and region. In an error
 * message only the resource counts on which a call was refused. An ARN that ends in `*` stands for all that begin so.
 * Undefined for an ARN of no known type.
 */
export function namesResource(arn: string): Names | undefined {
  const service = arn.split(":")[2] ?? "";
  const naming = Object.hasOwn(NAMINGS, service) ? NAMINGS[service] : undefined;
  if (naming === undefined) return undefined;
  const own = ofArn(arn, service, naming);
  if (own === undefined || own.name === "") return undefined;
  const isName = own.name.endsWith("*")
    ? (name: string) => name.startsWith(own.name.slice(0, -1))
    : (name: string) => name === own.name;
  return (value, record = {}) => {
    const named = typeof value === "string" ? namedBy(refusedResource(value) ?? value, service, naming) : undefined;
    if (named === undefined || !isName(named.name)) return false;
    const { unique } = naming;
    const account = named.account ?? (unique === "everywhere" ? undefined : viewOf(record).account);
    const region = named.region ?? (unique === "region" ? viewOf(record).region : undefined);
    return (account ?? own.account) === own.account && (region ?? own.region) === own.region;
  };
}

function namedBy(text: string, service: string, naming: Naming): Named | undefined {
  if (service === "lambda") return ofFunctionName(text);
  if (text.startsWith("arn:")) return ofArn(text, service, naming);
  return service === "sqs" ? ofQueueUrl(text) : { name: nameIn(text, naming) };
}

function ofArn(arn: string, service: string, naming: Naming): Named | undefined {
  const [, , of, region, account, ...rest] = arn.split(":");
  const resource = rest.join(":");
  if (of !== service || !resource.startsWith(naming.type)) return undefined;
  const name = nameIn(resource.slice(naming.type.length), naming);
  return { name, region: region || undefined, account: account || undefined };
}

function nameIn(text: string, { end, isOfIam }: Naming): string {
  if (isOfIam) return text.slice(text.lastIndexOf("/") + 1).toLowerCase();
  return end === undefined ? text : (text.split(end, 1)[0] ?? text);
}

/** Every part before the name may be left out (Lambda API Reference, "FunctionName", its pattern). */
function ofFunctionName(text: string): Named | undefined {
  const parts = /^(?:arn:[^:]*:lambda:)?(?:([a-z]{2,4}(?:-[a-z]+)+-\d+):)?(?:(\d{12}):)?(?:function:)?([^:]+)/.exec(
    text,
  );
  return parts === null ? undefined : { name: parts[3] ?? "", region: parts[1], account: parts[2] };
}

/**
 * The host in a queue's address has had many forms: sqs.REGION.amazonaws.com, REGION.queue.amazonaws.com,
 * queue.amazonaws.com, sqs-fips.REGION.amazonaws.com, sqs.REGION.api.aws (Amazon SQS endpoints and quotas).
 */
function ofQueueUrl(text: string): Named {
  const [, host = "", path = ""] = /^(?:https?:\/\/([^/]*))?(.*)$/i.exec(text) ?? [];
  const [name = "", account = ""] = path.split("/").filter(Boolean).reverse();
  const region = host.split(".").find((label) => /^[a-z]{2,4}(?:-[a-z]+)+-\d+$/.test(label));
  return { name, region, account: /^\d{12}$/.test(account) ? account : undefined };
}

/** What a refusal is about: most services record no parameters of a refused call, and name its resource in words. */
function refusedResource(text: string): string | undefined {
  return / on resource: "?(?:role )?([^\s"]+)/.exec(text)?.[1];
}
