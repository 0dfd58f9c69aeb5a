import { createPublicKey, type KeyObject, verify } from "node:crypto";
import type { DigestFile } from "./digest-file.ts";

/** CloudTrail's only algorithm, as the metadata of its digests name it: RSA PKCS #1 v1.5 over SHA-256. */
const ALGORITHM = "SHA256withRSA";

/** What S3 keeps beside a digest, by names without `x-amz-meta-`, in lower case. */
export interface DigestMetadata {
  readonly [name: string]: string | undefined;
}

/** The signature of a digest, in lower-case hexadecimal; undefined if it has none that could be CloudTrail's. */
export function signatureIn(metadata: DigestMetadata): string | undefined {
  const { signature = "", "signature-algorithm": algorithm = ALGORITHM } = metadata;
  const isHexadecimal = signature.length % 2 === 0 && /^[0-9a-f]{2,4096}$/i.test(signature);
  return isHexadecimal && algorithm === ALGORITHM ? signature.toLowerCase() : undefined;
}

/** When a backfill digest was made, in milliseconds since the epoch; its key is asked for around that time. */
export function generatedAt(metadata: DigestMetadata): number | undefined {
  const time = Date.parse(metadata["backfill-generation-timestamp"] ?? "");
  return Number.isNaN(time) ? undefined : time;
}

/** What CloudTrail signs (CloudTrail User Guide, "Custom implementations of CloudTrail log file integrity validation"). */
export function signedText({ endText, bucket, key, hash, previous }: DigestFile): string {
  return `${endText}\n${bucket}/${key}\n${hash}\n${previous?.signature ?? "null"}`;
}

/** True if the holder of a key has signed a digest. */
export function isSigned(digest: DigestFile, signature: string, key: KeyObject): boolean {
  return verify("RSA-SHA256", Buffer.from(signedText(digest)), key, Buffer.from(signature, "hex"));
}

/**
 * A public key of CloudTrail's as ListPublicKeys has it: DER of PKCS #1, though AWS's page shows one of SPKI too.
 * Undefined for what is no RSA key.
 */
export function publicKeyOf(der: Uint8Array): KeyObject | undefined {
  for (const type of ["pkcs1", "spki"] as const) {
    try {
      const key = createPublicKey({ key: Buffer.from(der), format: "der", type });
      if (key.asymmetricKeyType === "rsa") return key;
    } catch {
      // The other form, then.
    }
  }
  return undefined;
}
