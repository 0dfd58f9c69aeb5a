import { foundIn } from "../../lambda/core/incident/assign.ts";
import type { CloudTrailRecord } from "../../lambda/core/record/record.ts";
import { viewOf } from "../../lambda/core/record/view.ts";
import type { Rule } from "../../lambda/core/rules/rule.ts";
import { compileRules } from "../../lambda/core/rules/rule-set.ts";
import { DESK_DEPLOYMENT, DESK_KNOWN } from "../../lambda/core/rules/self.ts";
import { createDeskLedger } from "../desk-ledger.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const START = Date.parse("2026-11-20T12:00:00Z");

/**
 * Whether a record makes an alert, after these came before it: each in a file of its own, a minute apart (an hour where the
 * rule asks what is first), unless they have times. A rule with `first` knows what came before, and nothing else.
 */
export async function ringsAfter(
  rule: Rule,
  before: readonly CloudTrailRecord[],
  record: CloudTrailRecord,
): Promise<boolean> {
  return (await matchesTold(rule, [...before, record])) > (await matchesTold(rule, before));
}

async function matchesTold(rule: Rule, records: readonly CloudTrailRecord[]): Promise<number> {
  let told = 0;
  const desk = createDeskLedger(
    [rule],
    { accounts: {}, smsFrom: "critical", roundUpHour: 8, learningDays: 0 },
    ({ parts }) => {
      for (const part of parts) told += part.rules[rule.name] ?? 0;
    },
    () => undefined,
  );
  const asked = rule.first === undefined ? rule : { ...rule, first: { ...rule.first, learn: 0 } };
  const ruleSet = compileRules([asked], DESK_KNOWN);
  for (const [i, given] of records.entries()) {
    const time = START + i * (rule.first === undefined ? MINUTE : HOUR);
    const record = {
      eventID: `test-${i}`,
      eventTime: new Date(time).toISOString(),
      recipientAccountId: DESK_DEPLOYMENT.accountId,
      ...given,
    };
    const logObject = { bucket: "desk", key: `test-${i}` };
    await desk.advanceTo((viewOf(record).time ?? time) + MINUTE);
    const intake = desk.ledger.intake();
    intake.follow(record, logObject);
    const found = foundIn(record, logObject, ruleSet.match(record, time));
    if (found !== undefined) await intake.add([found]);
    const { faults } = await intake.finish();
    if (faults.length > 0) throw faults[0];
  }
  await desk.runToEnd();
  return told;
}
