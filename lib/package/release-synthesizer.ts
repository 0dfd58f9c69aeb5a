import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  type FileAssetLocation,
  type FileAssetSource,
  Fn,
  type ISynthesisSession,
  StackSynthesizer,
} from "aws-cdk-lib";
import type { WithServiceRole } from "../self-watch/own-deployment.ts";
import { type ZipEntry, zipped } from "./zip.ts";

/** The template's parameters that say where the archives are, and with which role CloudFormation works. */
export const DEPLOYING = { bucket: "AssetBucket", prefix: "AssetPrefix", role: "ServiceRole" } as const;

/**
 * Makes a template that needs neither CDK's command line nor a bootstrapped account: code comes from a bucket that
 * parameters name.
 */
export class ReleaseSynthesizer extends StackSynthesizer implements WithServiceRole {
  readonly serviceRole = Fn.ref(DEPLOYING.role);
  /** The archives to put there, by name. */
  readonly archives = new Map<string, Buffer>();
  readonly #outdir: string;

  /** `outdir` is the app's. */
  constructor(outdir: string) {
    super();
    this.#outdir = outdir;
  }

  override addFileAsset({ fileName = "", sourceHash }: FileAssetSource): FileAssetLocation {
    const name = `${sourceHash.slice(0, 32)}.zip`;
    this.archives.set(name, zipped(entriesOf(join(this.#outdir, fileName))));
    const bucketName = Fn.ref(DEPLOYING.bucket);
    const objectKey = Fn.join("", [Fn.ref(DEPLOYING.prefix), name]);
    const s3ObjectUrl = Fn.join("", ["s3://", bucketName, "/", objectKey]);
    return { bucketName, objectKey, s3ObjectUrl, httpUrl: s3ObjectUrl };
  }

  override addDockerImageAsset(): never {
    throw new Error("there are no images");
  }

  override synthesize(session: ISynthesisSession): void {
    this.synthesizeTemplate(session);
    this.emitArtifact(session);
  }
}

function entriesOf(folder: string): readonly ZipEntry[] {
  const names = readdirSync(folder).sort();
  return names.map((name) => ({ name, content: readFileSync(join(folder, name)) }));
}
