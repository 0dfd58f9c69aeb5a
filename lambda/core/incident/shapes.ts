import type { Line } from "../alert/line.ts";
import type { Incident } from "../alert/report.ts";
import type { KeptRecord, Story } from "../alert/story.ts";
import type { FirstTime } from "../alert/told.ts";
import type { LogObject } from "../envelope/log-object.ts";
import { OUTCOMES } from "../record/outcome.ts";
import { SEVERITIES } from "../rules/severity.ts";
import { hasShape, isCount, isFlag, isListOf, isMaybe, isOneOf, isRecordOf, isText, isTime } from "../store/guard.ts";

export const isIncident = hasShape<Incident>({
  key: isText,
  kind: isOneOf(["mail", "daily"]),
  accountId: isText,
  actor: isText,
  rule: isMaybe(isText),
  isShared: isMaybe(isFlag),
  isAcross: isMaybe(isFlag),
  below: isMaybe(isText),
  isUnverified: isMaybe(isFlag),
});

const isFirstTime = hasShape<FirstTime>({
  rule: isText,
  of: isText,
  value: isText,
  by: isOneOf(["actor", "account"]),
  days: isCount,
  last: isMaybe(isTime),
});

export const isLine = hasShape<Line>({
  key: isText,
  rules: isListOf(isText),
  severity: isOneOf(SEVERITIES),
  call: isText,
  outcome: isOneOf(OUTCOMES),
  isRead: isFlag,
  records: isCount,
  matches: isRecordOf(isCount),
  firstTime: isMaybe(isTime),
  lastTime: isMaybe(isTime),
  isLate: isFlag,
  isRecovered: isMaybe(isFlag),
  targets: isListOf(isText),
  moreTargets: isCount,
  details: isListOf(isText),
  moreDetails: isCount,
  sources: isListOf(isText),
  regions: isListOf(isText),
  callers: isListOf(isText),
  moreCallers: isCount,
  sessions: isListOf(isText),
  moreSessions: isCount,
  hasAllSessions: isFlag,
  firsts: isMaybe(isListOf(isFirstTime)),
  facts: isListOf(isText),
  hasMoreFacts: isFlag,
});

export const isRecord = isRecordOf(() => true);
export const isLogObject = hasShape<Pick<LogObject, "bucket" | "key">>({ bucket: isText, key: isText });
export const isKept = hasShape<KeptRecord>({ line: isText, record: isRecord, logObject: isLogObject });

export const isStory = hasShape<Story>({
  lines: (value) => isListOf(isLine)(value) && (value as readonly Line[]).length > 0,
  kept: isListOf(isKept),
  logObjects: isListOf(isText),
  moreLogObjects: isCount,
  accounts: isListOf(isText),
});
