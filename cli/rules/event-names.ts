import { gunzipSync } from "node:zlib";
import { valueAt } from "../../lambda/core/record/record.ts";
import { type WheelFile, wheelFiles } from "../models/wheel.ts";
import { UsageError } from "../usage.ts";

/**
 * Event sources beside the one by which a service signs, by the service's folder in botocore. Where a page is named, it
 * says so; of the others logs have the one or the other.
 */
const ALSO: { readonly [model: string]: readonly string[] } = {
  "application-autoscaling": ["autoscaling"], // Application Auto Scaling User Guide, "Log API calls using AWS CloudTrail"
  "application-insights": ["application-insights"],
  cloudhsmv2: ["cloudhsmv2"],
  "iot-jobs-data": ["iotjobsdata"],
  "lexv2-models": ["lexv2"],
  "lexv2-runtime": ["lexv2"],
  location: ["location"],
  mailmanager: ["mailmanager"],
  "marketplace-catalog": ["marketplacecatalog"],
  memorydb: ["memory-db"],
  meteringmarketplace: ["metering-marketplace"],
  "migrationhub-config": ["migrationhub-config"],
  opensearch: ["opensearch"],
  polly: ["tts"],
  "partnercentral-account": ["partnercentral"],
  "partnercentral-benefits": ["partnercentral"],
  "partnercentral-channel": ["partnercentral"],
  "partnercentral-selling": ["partnercentral"],
  "rds-data": ["rdsdata"], // Aurora User Guide, "Logging RDS Data API calls with AWS CloudTrail"
  s3: ["s3express", "s3-outposts"], // S3 User Guide, "Logging with AWS CloudTrail for directory buckets"
  s3control: ["s3express", "s3-outposts"],
  "servicecatalog-appregistry": ["servicecatalog-appregistry"],
  sso: ["sso"], // IAM Identity Center User Guide, "CloudTrail use cases for IAM Identity Center"
  "sso-oidc": ["sso"],
  "workspaces-thin-client": ["workspaces-thin-client"],
};

const MODEL = /^botocore\/data\/([^/]+)\/[^/]+\/service-2\.json(?:\.gz)?$/;

/**
 * The TypeScript file of event names by event source, one line each, made of the service models in a wheel of botocore.
 * @throws UsageError for a file that is no such wheel
 */
export function eventNamesText(wheel: string): string {
  const files = wheelFiles(wheel);
  const metadata = files.find(({ path }) => /^botocore-[^/]+\.dist-info\/METADATA$/.test(path));
  const version = /^Version: (\S+)$/m.exec(metadata?.read().toString() ?? "")?.[1];
  if (metadata === undefined || version === undefined) throw new UsageError(`${wheel} is not a wheel of botocore`);
  const names = new Map<string, Set<string>>();
  for (const file of files) {
    const [, model] = MODEL.exec(file.path) ?? [];
    if (model === undefined) continue;
    const { source, operations } = readModel(file);
    for (const each of [source, ...(ALSO[model] ?? [])]) {
      const known = names.get(each) ?? new Set();
      names.set(each, known);
      for (const operation of operations) known.add(operation);
    }
  }
  const lines = [...names]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([source, known]) => `${source} ${[...known].toSorted().join(" ")}\n`);
  return `/**
 * Event sources and the names of their calls, made by \`npm run rules -- event-names WHEEL\` of botocore ${version}
 * (${metadata.day}), whose models are under the Apache License 2.0.
 */
export const EVENT_NAMES = \`
${lines.join("")}\`;
`;
}

/** Records name a service as its requests are signed for, and an event like the operation. */
function readModel(file: WheelFile): { readonly source: string; readonly operations: readonly string[] } {
  const content = file.read();
  const model: unknown = JSON.parse((file.path.endsWith(".gz") ? gunzipSync(content) : content).toString());
  const source = valueAt(model, "metadata", "signingName") ?? valueAt(model, "metadata", "endpointPrefix");
  return { source: String(source).toLowerCase(), operations: Object.keys(valueAt(model, "operations") ?? {}) };
}

/** Prints the file. */
export function eventNames(wheel: string): number {
  process.stdout.write(eventNamesText(wheel));
  return 0;
}
