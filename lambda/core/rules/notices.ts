import { createHash, randomUUID } from "node:crypto";
import { type LogObject, logPathOf, s3Uri } from "../envelope/log-object.ts";
import { type CloudTrailRecord, NOTICE_SOURCE } from "../record/record.ts";
import type { Rule } from "./rule.ts";

const BUILT_IN = "built in";

/** What the alerter reports about log objects and itself: rules that are in no file and match no record. */
export const NOTICES = {
  unreadable: {
    name: "log-object-unreadable",
    place: BUILT_IN,
    severity: "high",
    description: "A log object cannot be read.",
    why: "Nobody has checked what happened in these minutes. CloudTrail writes no broken files, so somebody else may have written or removed this one.",
    do: "Look at the object, and at who wrote to the bucket. If the trail has log file validation, aws cloudtrail validate-logs shows whether it was changed.",
    group: { by: ["eventID"], acrossAccounts: true },
  },
  rewritten: {
    name: "log-object-rewritten",
    place: BUILT_IN,
    severity: "high",
    description: "A log object was written a second time.",
    why: "CloudTrail writes each log file once. Somebody who writes it again may want to change what it says, or to restore it.",
    do: "Compare the versions of the object. Then find out from the trail's S3 data events who wrote the second one.",
    group: { by: ["eventID"], acrossAccounts: true },
  },
  foreign: {
    name: "log-object-foreign",
    place: BUILT_IN,
    severity: "medium",
    description: "The bucket receives log objects of an account that the settings do not name.",
    why: "Their records are not watched. Somebody else's trail writes into this bucket, or the settings are not complete.",
    do: "If the account is yours, add it to onlyAccounts. If not, find out which statement of the bucket's policy lets it in.",
    group: { by: ["eventID"], acrossAccounts: true },
  },
  missing: {
    name: "log-object-missing",
    place: BUILT_IN,
    severity: "critical",
    description: "A log object that CloudTrail wrote is gone, and nobody has read it.",
    why: "CloudTrail's digest names the file, and it is not in the bucket. Whoever deleted it was quicker than the alerter: what it told is not known.",
    do: "Restore the object from its earlier version, if the bucket keeps versions; it is then read. Find out from the trail's S3 data events who deleted it, and look at that hour in Event history.",
    group: { by: ["recipientAccountId", "awsRegion"] },
  },
  changed: {
    name: "log-object-changed",
    place: BUILT_IN,
    severity: "critical",
    description: "A log object is not what CloudTrail wrote.",
    why: "Its content has another hash than CloudTrail's signed digest names. Somebody has rewritten what happened, or left something out.",
    do: "Compare the versions of the object. Find out from the trail's S3 data events who wrote it, and look at that hour in Event history, which nobody can rewrite.",
    group: { by: ["recipientAccountId", "awsRegion"] },
  },
  forged: {
    name: "log-object-forged",
    place: BUILT_IN,
    severity: "critical",
    description: "A log object was read that CloudTrail did not write.",
    why: "No digest names it, a day and two digests later. Somebody wants to make others look guilty, or to drown what is true. A second trail that writes no digests to the same place looks the same.",
    do: "Believe none of the alerts that name this object. Find out from the trail's S3 data events who wrote it.",
    group: { by: ["recipientAccountId", "awsRegion"] },
  },
  digestBroken: {
    name: "digest-broken",
    place: BUILT_IN,
    severity: "critical",
    description: "A digest of CloudTrail's is not what CloudTrail signed, or is missing from its chain.",
    why: "Digests prove that log files are whole. Somebody who tampers with them wants to hide that files were changed or deleted.",
    do: "npm run verify shows which hours of the bucket can still be proven. Find out from the trail's S3 data events who wrote or deleted the digest.",
    group: { by: ["recipientAccountId", "awsRegion"] },
  },
  digestRestarted: {
    name: "digest-restarted",
    place: BUILT_IN,
    severity: "high",
    description: "The chain of CloudTrail's digests begins anew, and nobody was seen to cause it.",
    why: "That happens when logging, or log file validation, is switched off and on again. The call that does it is not in the log files that were read.",
    do: "Ask who changed the trail: aws cloudtrail get-trail-status shows when logging was stopped and started. Look for StopLogging, UpdateTrail and PutEventSelectors in Event history.",
    group: { by: ["recipientAccountId"] },
  },
  digestUnverified: {
    name: "digest-unverified",
    place: BUILT_IN,
    severity: "medium",
    description: "Digests cannot be verified.",
    why: "CloudTrail cannot be asked for the public keys of that region. Until it can, log files are compared with digests that anybody may have written.",
    do: "Let the functions' role call cloudtrail:ListPublicKeys in that region. A region must be enabled in the account of the alerter, too.",
    group: { by: ["awsRegion"], acrossAccounts: true },
  },
  digestsSilent: {
    name: "digests-silent",
    place: BUILT_IN,
    severity: "high",
    description: "CloudTrail writes no more digests of an account and region.",
    why: "It writes one every hour, even if nothing happens. Somebody may have stopped the trail, switched log file validation off, deleted the newest digests, or taken away CloudTrail's right to write them.",
    do: "aws cloudtrail get-trail-status in that account shows whether the trail logs, and what S3 refused. If the trail was deleted on purpose, this is told once.",
    group: { by: ["recipientAccountId"] },
  },
  test: {
    name: "test-alert",
    place: BUILT_IN,
    title: "TEST alert, nothing happened",
    severity: "high",
    description: "TEST. Somebody asked Trailbell for a test alert. Nothing happened.",
    why: "It took the way of each alert, from the function over the ledger to you.",
    do: "See that everybody has it whom the settings name in emails; where somebody lacks it, npm run doctor says why. There is nothing else to do.",
    group: { by: ["eventID"], acrossAccounts: true },
  },
} satisfies { readonly [notice: string]: Rule };

/** True for a rule about a log object or a test, not about a record. */
export function isNotice({ place }: Rule): boolean {
  return place === BUILT_IN;
}

/** A record that the alerter itself made, to hold a notice. */
export interface Notice {
  readonly rules: readonly [Rule];
  readonly preceding: readonly [];
  readonly record: CloudTrailRecord;
  readonly logObject: LogObject;
}

/**
 * A notice as a match, so that it goes the way of all alerts. Notices of one `identity` are the same and ring once.
 * `now` is milliseconds since the epoch.
 */
export function noticeOf(rule: Rule, logObject: LogObject, reason: string, identity: string, now: number): Notice {
  const path = logPathOf(logObject.key);
  const eventID = createHash("sha256")
    .update(JSON.stringify([rule.name, identity]))
    .digest("hex")
    .slice(0, 32);
  const record = {
    eventSource: NOTICE_SOURCE,
    eventName: rule.name,
    // A notice that comes again is the same one, no matter when.
    eventTime: undefined,
    eventID,
    noticedAt: new Date(now).toISOString(),
    ...(path !== undefined && { recipientAccountId: path.account, awsRegion: path.region }),
    requestParameters: { object: s3Uri(logObject), reason },
  };
  return { rules: [rule], preceding: [], record, logObject };
}

/** The alert that a test event asks for, for an account and its region: each one is new. `now` is as above. */
export function testNotice(
  note: string | undefined,
  { accountId, region }: { readonly accountId: string; readonly region: string },
  now: number,
): Notice {
  const record = {
    eventSource: NOTICE_SOURCE,
    eventName: NOTICES.test.name,
    eventTime: new Date(now).toISOString(),
    eventID: randomUUID(),
    recipientAccountId: accountId,
    awsRegion: region,
    ...(note !== undefined && note !== "" && { requestParameters: { note } }),
  };
  return { rules: [NOTICES.test], preceding: [], record, logObject: { bucket: "none", key: "test-event" } };
}
