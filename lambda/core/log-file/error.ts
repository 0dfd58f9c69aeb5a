import { type LogObject, s3Uri } from "../envelope/log-object.ts";

/** A log object that cannot be read as a log file, with its place and what is wrong. */
export class LogFileError extends Error {
  override readonly name = "LogFileError";
  readonly logObject: LogObject;
  readonly what: string;

  constructor(logObject: LogObject, what: string, options?: ErrorOptions) {
    super(`${s3Uri(logObject)}: ${what}`, options);
    this.logObject = logObject;
    this.what = what;
  }
}
