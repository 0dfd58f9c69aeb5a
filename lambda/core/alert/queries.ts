import { textAt } from "../record/record.ts";
import { viewOf } from "../record/view.ts";
import { headRecord, timesOf } from "./headline.ts";
import type { Report } from "./report.ts";

/** The table of records in a deployment's database. */
export const TABLE = "records";

/** The database of a stack: a name of SQL, which has no hyphens. */
export function databaseOf(stackName: string): string {
  return stackName.toLowerCase().replaceAll("-", "_");
}

/** The table of records that docs/investigate.md makes, unless a deployment calls it otherwise. */
export const RECORDS_TABLE = recordsTableOf("Trailbell");

/** The table of a stack's records. */
export function recordsTableOf(stackName: string): string {
  return `${databaseOf(stackName)}.${TABLE}`;
}

const DAY = 86_400_000;
const LAST_DAY = Date.UTC(9999, 11, 31);

/** Longer values are no names, addresses or keys. */
const MAX_VALUE = 2_048;

const COLUMNS = [
  ...["eventtime", "eventsource", "eventname", "awsregion", "sourceipaddress", "errorcode"],
  ...["useridentity.arn AS identity", "requestparameters", "eventid"],
];

/** Queries for Athena that show what else an identity, an address and a key did; null where the record has none. */
export interface Queries {
  readonly identity: string | null;
  readonly address: string | null;
  readonly key: string | null;
}

/**
 * The queries of an alert: in its account, from the day before its first record to the day after its last. Undefined for
 * what somebody may have forged, and without a time.
 */
export function queriesOf(report: Report, table: string = RECORDS_TABLE): Queries | null {
  const { incident } = report;
  const { firstTime, lastTime } = timesOf(report);
  if (incident.isUnverified || firstTime === undefined || lastTime === undefined) return null;
  const { record } = headRecord(report);
  const where = (condition: string) =>
    [
      `SELECT ${COLUMNS.join(", ")}`,
      `FROM ${table}`,
      `WHERE account = ${literal(incident.accountId)} AND day BETWEEN '${dayOf(firstTime - DAY)}' AND '${dayOf(lastTime + DAY)}'`,
      `AND ${condition}`,
      "ORDER BY eventtime LIMIT 1000",
    ].join(" ");
  const arn = known(
    textAt(record, "userIdentity", "sessionContext", "sessionIssuer", "arn") ?? textAt(record, "userIdentity", "arn"),
  );
  const view = viewOf(record);
  const [address, key] = [view.origin.address, view.key].map(known);
  return {
    identity: incident.isShared || arn === undefined ? null : where(identityIs(arn)),
    address: address === undefined ? null : where(`sourceipaddress = ${literal(address)}`),
    key: key === undefined ? null : where(`useridentity.accesskeyid = ${literal(key)}`),
  };
}

function identityIs(arn: string): string {
  return `(useridentity.arn = ${literal(arn)} OR useridentity.sessioncontext.sessionissuer.arn = ${literal(arn)})`;
}

function known(value: string | undefined): string | undefined {
  return value === undefined || value === "" || value.length > MAX_VALUE ? undefined : value;
}

/** Athena wants `2026/11/20`, as keys of log files have it. Of times that nothing can have, the nearest that has four digits. */
function dayOf(time: number): string {
  return new Date(Math.min(Math.max(time, 0), LAST_DAY)).toISOString().slice(0, 10).replaceAll("-", "/");
}

/**
 * A text of a record as a literal that nothing in it can end: quotes are doubled, and what is not printable ASCII is
 * written by its number. Source: Trino documentation, "Lexical structure", which Athena follows.
 */
export function literal(text: string): string {
  const whole = text.toWellFormed().replaceAll("'", "''");
  if (/^[\x20-\x7e]*$/.test(whole)) return `'${whole}'`;
  const escaped = whole.replaceAll("\\", "\\\\").replace(/[^\x20-\x7e]/gu, (character) => {
    const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase();
    return code.length <= 4 ? `\\${code.padStart(4, "0")}` : `\\+${code.padStart(6, "0")}`;
  });
  return `U&'${escaped}'`;
}
