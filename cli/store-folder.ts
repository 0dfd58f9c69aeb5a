import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import { type LogObject, s3Uri } from "../lambda/core/envelope/log-object.ts";
import type { FetchedObject } from "../lambda/core/log-file/fetched.ts";
import { fileContent } from "./records/file-content.ts";

/** Opens log objects in a folder, as `DIR/<bucket>/<key>`. */
export function fetchFromFolder(folder: string): (logObject: LogObject) => Promise<FetchedObject> {
  return async (logObject) => {
    const path = join(folder, logObject.bucket, logObject.key);
    if (relative(folder, path).startsWith("..") || !existsSync(path)) {
      const error = new Error(`${s3Uri(logObject)}: NoSuchKey: there is no ${path}`);
      throw Object.assign(error, { isPermanent: true });
    }
    return { content: fileContent(path) };
  };
}
