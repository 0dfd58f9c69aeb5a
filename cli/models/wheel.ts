import { readFileSync } from "node:fs";
import { gunzipSync, inflateRawSync } from "node:zlib";

/** The newest model of each of AWS's services, by its folder's name, from a wheel of botocore (a zip file). */
export function modelsIn(wheel: string): ReadonlyMap<string, ServiceModel> {
  const bytes = readFileSync(wheel);
  const models = new Map<string, ServiceModel>();
  // Versions are dates, and a wheel lists its files in order: the last of a service is its newest.
  for (const { name, read } of entriesOf(bytes)) {
    const [, service] = /^botocore\/data\/([^/]+)\/[^/]+\/service-2\.json\.gz$/.exec(name) ?? [];
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

const DIRECTORY_ENTRY = 0x02014b50;
const END_OF_DIRECTORY = 0x06054b50;
const DEFLATED = 8;

/** The files of a zip file, by its central directory (APPNOTE.TXT, 4.3.12 and 4.3.16). */
function* entriesOf(zip: Buffer): Generator<{ readonly name: string; readonly read: () => Buffer }> {
  const end = zip.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]));
  if (end < 0 || zip.readUInt32LE(end) !== END_OF_DIRECTORY) throw new Error("not a zip file: it has no directory");
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    if (zip.readUInt32LE(at) !== DIRECTORY_ENTRY) throw new Error(`no entry of the directory at byte ${at}`);
    const [method, size] = [zip.readUInt16LE(at + 10), zip.readUInt32LE(at + 20)];
    const [nameLength, extra, comment] = [
      zip.readUInt16LE(at + 28),
      zip.readUInt16LE(at + 30),
      zip.readUInt16LE(at + 32),
    ];
    const local = zip.readUInt32LE(at + 42);
    const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const packed = zip.subarray(start, start + size);
    yield {
      name: zip.toString("utf8", at + 46, at + 46 + nameLength),
      read: () => (method === DEFLATED ? inflateRawSync(packed) : packed),
    };
    at += 46 + nameLength + extra + comment;
  }
}
