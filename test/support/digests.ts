import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { ACCOUNT } from "./log-files.ts";

/** An object as a bucket holds it. */
export interface Stored {
  readonly body: Buffer;
  readonly metadata: { readonly [name: string]: string };
}

/** What lies in a bucket, by key. */
export type Objects = Map<string, Stored>;

/** A key that stands for one of CloudTrail's. */
export interface SigningKey {
  readonly fingerprint: string;
  readonly der: Buffer;
  readonly privateKey: KeyObject;
}

/** CloudTrail's keys have 2,048 bits; with 1,024 signing is several times as fast. */
export function signingKey(type: "pkcs1" | "spki" = "pkcs1", bits = 2048): SigningKey {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: bits });
  const der = publicKey.export({ format: "der", type });
  return { der, privateKey, fingerprint: createHash("md5").update(der).digest("hex") };
}

/** Keys as `aws cloudtrail list-public-keys` prints them. */
export function listedKeys(...keys: readonly SigningKey[]) {
  return {
    PublicKeyList: keys.map(({ fingerprint, der }) => ({ Fingerprint: fingerprint, Value: der.toString("base64") })),
  };
}

/** A trail in one account and region, which writes log files and digests as CloudTrail does. */
export interface TrailOptions {
  readonly key: SigningKey;
  readonly bucket?: string;
  /** Without a slash at its end. */
  readonly prefix?: string;
  readonly organization?: string;
  readonly account?: string;
  readonly region?: string;
  readonly trail?: string;
  readonly homeRegion?: string;
}

export interface NamedObject {
  readonly key: string;
  /** Uncompressed. */
  readonly content: string;
}

export const HOUR = 3_600_000;

interface Previous {
  readonly key: string;
  readonly hash: string;
  readonly signature: string;
}

let count = 0;

/** Writes into `objects`. */
export class LocalTrail {
  readonly objects: Objects;
  readonly #options: Required<Omit<TrailOptions, "organization" | "prefix">> & TrailOptions;
  #previous: Previous | undefined;
  #previousBackfill: Previous | undefined;

  constructor(objects: Objects, options: TrailOptions) {
    this.objects = objects;
    const { region = "us-east-1" } = options;
    this.#options = { bucket: "trail", account: ACCOUNT, trail: "main", homeRegion: region, ...options, region };
  }

  get root(): string {
    const { prefix, organization, account } = this.#options;
    const parts = [prefix, "AWSLogs", organization, account].filter((part) => part !== undefined);
    return parts.join("/");
  }

  /** The key of a log file that is written at a time. */
  fileKey(time: number, name?: string): string {
    const { account, region } = this.#options;
    count++;
    const minute = `${compact(time).slice(0, 13)}Z`;
    const id = (name ?? `n${count}`).padEnd(16, "x").slice(0, 16);
    return `${this.root}/CloudTrail/${region}/${day(time)}/${account}_CloudTrail_${region}_${minute}_${id}.json.gz`;
  }

  /** Writes a log file, with records of its own unless content is given. */
  file(time: number, content = `{"Records":[],"at":${time},"n":${count}}`): NamedObject {
    const key = this.fileKey(time);
    this.objects.set(key, { body: gzipSync(content), metadata: {} });
    return { key, content };
  }

  digestKey(end: number, isBackfill = false): string {
    const { account, region, trail, homeRegion } = this.#options;
    const name = `${account}_CloudTrail-Digest_${region}_${trail}_${homeRegion}_${compact(end)}${isBackfill ? "_backfill" : ""}`;
    return `${this.root}/CloudTrail-Digest/${region}/${day(end)}/${name}.json.gz`;
  }

  /** Forgets what was before: the next digest is a starting one. */
  restart(): void {
    this.#previous = undefined;
  }

  /** Writes a digest of the hour before `end` that names these files; returns its key. */
  digest(
    end: number,
    files: readonly NamedObject[] = [],
    more: { readonly start?: number; readonly backfillAt?: number } = {},
  ): string {
    const { bucket, account, key: signer } = this.#options;
    const isBackfill = more.backfillAt !== undefined;
    const key = this.digestKey(end, isBackfill);
    const previous = isBackfill ? this.#previousBackfill : this.#previous;
    const endText = iso(end);
    const body = {
      awsAccountId: account,
      digestStartTime: iso(more.start ?? end - HOUR),
      digestEndTime: endText,
      digestS3Bucket: bucket,
      digestS3Object: key,
      digestPublicKeyFingerprint: signer.fingerprint,
      digestSignatureAlgorithm: "SHA256withRSA",
      newestEventTime: null,
      oldestEventTime: null,
      previousDigestS3Bucket: previous ? bucket : null,
      previousDigestS3Object: previous?.key ?? null,
      previousDigestHashValue: previous?.hash ?? null,
      previousDigestHashAlgorithm: previous ? "SHA-256" : null,
      previousDigestSignature: previous?.signature ?? null,
      logFiles: files.map((file) => ({
        s3Bucket: bucket,
        s3Object: file.key,
        hashValue: sha256(file.content),
        hashAlgorithm: "SHA-256",
        newestEventTime: endText,
        oldestEventTime: endText,
      })),
    };
    const content = JSON.stringify(body);
    const hash = sha256(content);
    const text = `${endText}\n${bucket}/${key}\n${hash}\n${previous?.signature ?? "null"}`;
    const signature = sign("RSA-SHA256", Buffer.from(text), signer.privateKey).toString("hex");
    const metadata = {
      signature,
      "signature-algorithm": "SHA256withRSA",
      ...(more.backfillAt !== undefined && { "backfill-generation-timestamp": iso(more.backfillAt) }),
    };
    this.objects.set(key, { body: gzipSync(content), metadata });
    if (isBackfill) this.#previousBackfill = { key, hash, signature };
    else this.#previous = { key, hash, signature };
    return key;
  }

  /** An hour with this many files, and its digest; returns what was written. */
  hour(end: number, files = 3): { readonly digest: string; readonly files: readonly NamedObject[] } {
    const written = Array.from({ length: files }, (_, i) => this.file(end - HOUR + (i + 1) * 60_000));
    return { files: written, digest: this.digest(end, written) };
  }
}

/** Writes a bucket into a folder, as `aws s3 sync` would; with what head-object says of each digest if it is wanted. */
export function syncTo(
  folder: string,
  objects: Objects,
  options: { readonly metadata?: boolean; readonly below?: string } = {},
): void {
  const { metadata = true, below = "" } = options;
  for (const [key, { body, metadata: Metadata }] of objects) {
    const path = join(folder, key.slice(below.length));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, body);
    if (metadata && key.includes("/CloudTrail-Digest/")) {
      writeFileSync(`${path}.metadata.json`, JSON.stringify({ ContentLength: body.length, Metadata }));
    }
  }
}

export function sha256(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

const iso = (time: number) => `${new Date(time).toISOString().slice(0, 19)}Z`;
const compact = (time: number) => iso(time).replace(/[-:]/g, "");
const day = (time: number) => iso(time).slice(0, 10).replaceAll("-", "/");
