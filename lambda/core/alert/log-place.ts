import { type LogObject, plainName, s3Uri } from "../envelope/log-object.ts";
import { inert } from "./text.ts";

/**
 * Where the log file is. The part that CloudTrail lays out is printed as it is, to be copied; a prefix in front of it
 * is treated like text of a record.
 */
export function placeOfLog(logObject: LogObject): string {
  const place = s3Uri(logObject);
  const { index = place.length } = /AWSLogs\/(?:o-[a-z0-9]+\/)?\d{12}\/[\w/-]+\.json$/.exec(plainName(place)) ?? {};
  const [front, tail] = [place.slice(0, index), place.slice(index)];
  const isPlain = /^s3:\/\/[a-z0-9.-]+\/(?:[\w!*'()/-]*\/)?$/.test(front) && tail !== "";
  return isPlain ? place : inert(front, 1100).replace("s3[:]//", "s3://") + tail;
}
