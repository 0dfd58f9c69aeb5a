import { gunzipSync } from "node:zlib";
import { wheelFiles } from "./wheel.ts";

/** The newest model of each AWS service in a wheel of botocore, by the service's folder name. */
export function modelsIn(wheel: string): ReadonlyMap<string, ServiceModel> {
  const models = new Map<string, ServiceModel>();
  // Versions are dates, and a wheel lists its files in order: a service's last one is its newest.
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
