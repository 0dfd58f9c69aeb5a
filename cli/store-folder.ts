import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import { type LogObject, s3Uri } from "../lambda/core/envelope/log-object.ts";
import type { FetchedObject } from "../lambda/core/log-file/fetched.ts";
import { fileContent } from "./records/file-content.ts";

/** Opens log objects in a folder, as `DIR/<bucket>/<key>`; where a key has another reading, that is tried too, as with S3. */
export function fetchFromFolder(folder: string): (logObject: LogObject) => Promise<FetchedObject> {
  return async ({ bucket, key, otherKey }) => {
    const path = join(folder, bucket, key);
    const found = [path, ...(otherKey === undefined ? [] : [join(folder, bucket, otherKey)])].find(
      (one) => !relative(folder, one).startsWith("..") && existsSync(one),
    );
    if (found === undefined) {
      const error = new Error(`${s3Uri({ bucket, key })}: NoSuchKey: there is no ${path}`);
      throw Object.assign(error, { isPermanent: true });
    }
    return { content: fileContent(found) };
  };
}
