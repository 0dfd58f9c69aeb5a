/**
 * API versions at the end of event names.
 * Source: Lambda Developer Guide, "Logging AWS Lambda API calls using AWS CloudTrail"; CloudFront Developer Guide, "Logging
 * Amazon CloudFront API calls using AWS CloudTrail".
 */
const VERSIONS: { readonly [service: string]: readonly string[] } = {
  cloudfront: ["2014_01_31", "2016_11_25", "2020_05_31"],
  lambda: ["20141111", "20150331", "20150331v2", "20170630", "20171031", "20181031"],
};

/** Lambda's calls that have one. Newer ones, such as CreateFunctionUrlConfig, have none. */
const OF_LAMBDA = new Set(
  `AddLayerVersionPermission AddPermission CreateAlias CreateEventSourceMapping CreateFunction DeleteAlias
  DeleteEventSourceMapping DeleteFunction DeleteFunctionConcurrency DeleteLayerVersion GetAlias GetEventSourceMapping
  GetFunction GetFunctionConfiguration GetPolicy ListAliases ListEventSourceMappings ListFunctions
  ListVersionsByFunction PublishLayerVersion PublishVersion PutFunctionConcurrency RemovePermission UpdateAlias
  UpdateEventSourceMapping UpdateFunctionCode UpdateFunctionConfiguration`.split(/\s+/),
);

/** The service that records a call with its API version after the name; undefined where none does. */
export function versionedBy(service: string, name: string): "CloudFront" | "Lambda" | undefined {
  if (service === "lambda") return OF_LAMBDA.has(name) ? "Lambda" : undefined;
  return service === "cloudfront" ? "CloudFront" : undefined;
}

/** A service's names as records may have them, including those with an API version. */
export function withVersions(service: string, names: readonly string[]): readonly string[] {
  const versions = Object.hasOwn(VERSIONS, service) ? (VERSIONS[service] ?? []) : [];
  return [...names, ...names.flatMap((name) => versions.map((version) => `${name}${version}`))];
}
