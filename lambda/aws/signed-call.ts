import type { SNSClient } from "@aws-sdk/client-sns";
import { SignatureV4 } from "@smithy/signature-v4";

/** What an SDK client knows about the caller and the region, for others to use. */
export type Caller = Pick<SNSClient["config"], "credentials" | "region" | "sha256">;

/** One call of a service. */
export interface SignedCall {
  /** Its name in its host and in the signature: `lambda`, `cloudtrail`, `s3`, `events`. */
  readonly service: string;
  readonly method: "GET" | "POST";
  readonly path: string;
  /** A parameter without a value, S3's `?notification`. */
  readonly query?: string;
  readonly headers?: { readonly [name: string]: string };
  readonly body?: string;
}

/**
 * Makes a call without the service's own client: three clients would be a third of the bundle, for one question each an
 * hour.
 * Source: IAM User Guide, "AWS Signature Version 4 for API requests".
 * @returns the answer's text
 * @throws Error named like AWS's error
 */
export async function signedCall(caller: Caller, call: SignedCall, signal: AbortSignal): Promise<string> {
  const { service, method, path, query, headers = {}, body } = call;
  const [credentials, region] = await Promise.all([caller.credentials(), caller.region()]);
  const url = new URL(path, endpointOf(service, region));
  // S3 alone signs a path as it is.
  const uriEscapePath = service !== "s3";
  const signer = new SignatureV4({ credentials, region, service, sha256: caller.sha256, uriEscapePath });
  const { headers: signed } = await signer.sign({
    method,
    protocol: url.protocol,
    hostname: url.hostname,
    path: url.pathname,
    headers: { host: url.host, ...headers },
    ...(query !== undefined && { query: { [query]: "" } }),
    ...(body !== undefined && { body }),
  });
  const { host: _, ...sent } = signed;
  if (query !== undefined) url.search = `${query}=`;
  const answer = await fetch(url, { method, headers: sent, signal, redirect: "manual", ...(body && { body }) });
  const text = await answer.text();
  if (answer.ok) return text;
  throw errorOf(answer, text);
}

/** AWS's host for a service; the SDK's variables override it as they do its own clients'. */
function endpointOf(service: string, region: string): string {
  const name = service === "events" ? "EVENTBRIDGE" : service.toUpperCase();
  const own = process.env[`AWS_ENDPOINT_URL_${name}`] ?? process.env.AWS_ENDPOINT_URL;
  if (own) return own;
  return `https://${service}.${region}.${domainOf(region)}`;
}

/** Source: botocore's partitions.json, "dnsSuffix", of the partitions that CDK deploys to. */
function domainOf(region: string): string {
  if (region.startsWith("cn-")) return "amazonaws.com.cn";
  return region.startsWith("eusc-") ? "amazonaws.eu" : "amazonaws.com";
}

/** Services name an error in a header, in JSON or in XML. */
function errorOf({ headers, status }: Response, text: string): Error {
  const [, code] =
    /<Code>(\w+)<\/Code>|"__type"\s*:\s*"([\w.#]+)"/.exec(text)?.filter((part) => part !== undefined) ?? [];
  const [, message = "no message"] =
    /(?:<Message>|"[Mm]essage"\s*:\s*")([^"<]{0,500})/.exec(text)?.filter((part) => part !== undefined) ?? [];
  const name = (headers.get("x-amzn-errortype") ?? code ?? `HTTP ${status}`).split(":")[0]?.split("#").pop();
  return Object.assign(new Error(message), { name });
}
