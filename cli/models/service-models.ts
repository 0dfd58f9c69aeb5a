import { gunzipSync } from "node:zlib";
import { wheelFiles } from "./wheel.ts";

/** The newest model of each of AWS's services, by its folder's name, from a wheel of botocore. */
export function modelsIn(wheel: string): ReadonlyMap<string, ServiceModel> {
  const models = new Map<string, ServiceModel>();
  // Versions are dates, and a wheel lists its files in order: the last of a service is its newest.
  for (const { path, read } of wheelFiles(wheel)) {
    const [, service] = /^botocore\/data\/([^/]+)\/[^/]+\/service-2\.json\.gz$/.exec(path) ?? [];
    if (service !== undefined) models.set(service, JSON.parse(gunzipSync(read()).toString()));
  }
  return models;
}

export interface ServiceModel {
  readonly metadata: { readonly endpointPrefix: string; readonly signingName?: string };
  readonly operations: {
    readonly [name: string]: {
      readonly http: { requestUri: string };
      readonly input?: Reference;
      readonly output?: Reference;
    };
  };
  readonly shapes: { readonly [name: string]: Shape };
}

export interface Reference {
  readonly shape: string;
  readonly locationName?: string;
  readonly location?: string;
}

export interface Shape {
  readonly type: string;
  readonly enum?: readonly string[];
  readonly required?: readonly string[];
  readonly members?: { readonly [name: string]: Reference };
  readonly member?: Reference;
}
