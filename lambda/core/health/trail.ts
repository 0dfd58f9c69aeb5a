import { inert, name } from "../alert/text.ts";
import { isObject, textAt, valueAt } from "../record/record.ts";
import { type Answer, broken, doubtful, type Finding, findingsOn, isGone, REDEPLOY } from "./finding.ts";

/** A trail's status (CloudTrail API Reference, "GetTrailStatus"). */
export interface TrailStatus {
  readonly isLogging: boolean;
  /** S3's last refusal to the trail; absent if S3 took the last log file and the last digest. */
  readonly deliveryError?: string;
  readonly digestError?: string;
}

/** How a trail is set up (CloudTrail API Reference, "GetTrail" and "GetEventSelectors"). */
export interface TrailSetup {
  readonly bucket: string;
  /** What its keys have before `AWSLogs/`, without the slash; empty if nothing. */
  readonly prefix: string;
  readonly isMultiRegion: boolean;
  /** True if it writes digests. */
  readonly isValidated: boolean;
  /** True if it records all management events that change something. */
  readonly recordsChanges: boolean;
}

/** Where a trail should write. */
export interface WantedTrail {
  readonly bucket: string;
  /** How the keys of log files begin: `trails/main/AWSLogs/`. */
  readonly logPrefix: string;
}

/** Tells whether a trail writes what happens. */
export function trailFindings(trailArn: string, answer: Answer<TrailStatus>): readonly Finding[] {
  const check = "trail";
  const trail = nameOf(trailArn);
  if (isGone(answer)) return [total(`The trail ${trail} is gone: nothing that happens is told.`, REDEPLOY)];
  return findingsOn(check, `The status of the trail ${trail}`, answer, ({ isLogging, deliveryError, digestError }) => {
    const remedy =
      "Look at the bucket's policy and at its key: CloudTrail must be allowed to write. Then run npm run doctor.";
    const refusals = [
      [deliveryError, "log files"],
      [digestError, "digests"],
    ] as const;
    return [
      ...(isLogging
        ? []
        : [
            total(
              `The trail ${trail} does not log: nothing that happens is told.`,
              `aws cloudtrail start-logging --name ${trailArn}`,
            ),
          ]),
      ...refusals.flatMap(([error, files]) => {
        if (error === undefined || error === "") return [];
        const what = `The trail ${trail} cannot deliver its ${files} to the bucket.`;
        return [broken(check, what, remedy, `S3 says: ${inert(error, 200)}.`)];
      }),
    ];
  });
}

/** Tells whether a trail records what the rules look at, and writes it where they look. */
export function setupFindings(trailArn: string, wanted: WantedTrail, answer: Answer<TrailSetup>): readonly Finding[] {
  // That there is none is the status's to tell.
  if (isGone(answer)) return [];
  const trail = nameOf(trailArn);
  const update = `aws cloudtrail update-trail --name ${trailArn}`;
  return findingsOn("trail", `The setup of the trail ${trail}`, answer, (setup) => {
    const { bucket, prefix, isMultiRegion, isValidated, recordsChanges } = setup;
    const findings: Finding[] = [];
    if (bucket !== wanted.bucket) {
      const what = `The trail ${trail} writes into another bucket, ${name(bucket, 63)}.`;
      findings.push(total(what, `${update} --s3-bucket-name ${wanted.bucket}`));
    } else if (prefixOf(prefix) !== wanted.logPrefix) {
      const what = `The trail ${trail} writes below ${name(prefixOf(prefix), 210)}, and the notification is for ${name(wanted.logPrefix, 210)}.`;
      const remedy = "Put the trail's S3KeyPrefix back, or the setting prefix, and deploy.";
      findings.push(total(what, remedy, "Its log files start nothing."));
    }
    if (!recordsChanges) {
      const what = `The trail ${trail} does not record all calls that change something.`;
      const look = `aws cloudtrail get-event-selectors --trail-name ${trailArn}`;
      findings.push(total(what, `${look}, then put-event-selectors with all management events`));
    }
    if (!isMultiRegion) {
      const what = `The trail ${trail} records one region only.`;
      findings.push(doubtful("trail", what, `${update} --is-multi-region-trail`));
    }
    if (!isValidated) {
      const what = `The trail ${trail} writes no digests.`;
      const why =
        "Without them nobody can prove what its log files were, and a region in which nothing happens looks silent.";
      findings.push(doubtful("trail", what, `${update} --enable-log-file-validation`, why));
    }
    return findings;
  });
}

/** A setup as CloudTrail's answers have it. */
export function setupOf(trail: unknown, selectors: unknown): TrailSetup {
  return {
    bucket: textAt(trail, "Trail", "S3BucketName") ?? "",
    prefix: textAt(trail, "Trail", "S3KeyPrefix") ?? "",
    isMultiRegion: valueAt(trail, "Trail", "IsMultiRegionTrail") === true,
    isValidated: valueAt(trail, "Trail", "LogFileValidationEnabled") === true,
    recordsChanges: recordsChanges(selectors),
  };
}

function recordsChanges(answer: unknown): boolean {
  const [basic, advanced] = [listAt(answer, "EventSelectors"), listAt(answer, "AdvancedEventSelectors")];
  // Without any, CloudTrail records all management events (CloudTrail User Guide, "Logging management events").
  if (basic.length + advanced.length === 0) return true;
  return basic.some(isForChanges) || advanced.some(isForAllChanges);
}

function isForChanges(selector: unknown): boolean {
  return valueAt(selector, "IncludeManagementEvents") !== false && textAt(selector, "ReadWriteType") !== "ReadOnly";
}

/** The sources whose management events a trail may leave out: there are many, and few change anything. */
const OPTIONAL_SOURCES = ["kms.amazonaws.com", "rdsdata.amazonaws.com"];

/** True for an advanced selector of management events that no other field narrows. */
function isForAllChanges(selector: unknown): boolean {
  const fields = listAt(selector, "FieldSelectors");
  const isOf = (field: unknown, called: string) => textAt(field, "Field") === called;
  const isManagement = fields.some(
    (field) => isOf(field, "eventCategory") && listAt(field, "Equals").includes("Management"),
  );
  return (
    isManagement &&
    fields.every((field) => {
      const operators = Object.keys(isObject(field) ? field : {}).filter((key) => key !== "Field");
      const values = operators.flatMap((operator) => listAt(field, operator));
      if (isOf(field, "eventCategory")) return true;
      if (isOf(field, "readOnly")) return String(operators) === "Equals" && String(values) === "false";
      const leavesOut = String(operators) === "NotEquals";
      return isOf(field, "eventSource") && leavesOut && values.every((one) => OPTIONAL_SOURCES.includes(String(one)));
    })
  );
}

function listAt(value: unknown, field: string): readonly unknown[] {
  const list = valueAt(value, field);
  return Array.isArray(list) ? list : [];
}

/** A fault because of which no alert arrives. */
function total(what: string, remedy: string, why?: string): Finding {
  return { ...broken("trail", what, remedy, why), isTotal: true };
}

function prefixOf(prefix: string): string {
  return prefix === "" ? "AWSLogs/" : `${prefix.replace(/\/$/, "")}/AWSLogs/`;
}

function nameOf(trailArn: string): string {
  return name(trailArn.split("/").pop() ?? trailArn);
}
