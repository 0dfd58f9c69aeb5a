import { answered, broken, type CheckName, doubtful, REDEPLOY } from "../../lambda/core/health/finding.ts";
import { selfWatchFindings } from "../../lambda/core/health/self-watch.ts";
import { type Check, checkOf } from "./check.ts";
import { deadLetterFindings, editionFindings, scheduleFindings, tableFindings } from "./engine.ts";
import { topicArns } from "./look-at-topics.ts";
import { outputOf } from "./parts.ts";
import type { Patient } from "./patient.ts";

/** What keeps the alerter going: the stack itself, the ledger, the tick's schedule, the dead letters, the version. */
export async function lookAtEngine({ stack, parts, checkout, aws }: Patient): Promise<readonly Check[]> {
  const { table, schedule, queue, watchRules, tick = "" } = parts;
  const missing = (check: CheckName, what: string) => checkOf(check, [broken(check, what, REDEPLOY)], "");
  const [ledger, runs, letters] = await Promise.all([
    table && answered(aws.engine.table(table)),
    schedule && answered(aws.engine.rule(schedule)),
    queue && answered(aws.engine.deadLetters(queue)),
  ]);
  const rulesSeen = await Promise.all(
    watchRules.map(async (rule) => [rule, await answered(aws.engine.rule(rule))] as const),
  );
  const topics = Object.values(topicArns({ parts })).filter((arn) => arn !== undefined);
  const [version, rules] = [outputOf(stack, "Version"), outputOf(stack, "Rules")];
  const edition = editionFindings({ version, rules }, checkout.edition);
  const fault = checkout.fault;
  return [
    table && ledger
      ? checkOf("table", tableFindings(table, ledger), `${table} is active, protected, and forgets`)
      : missing("table", "The stack has no ledger table."),
    schedule && runs
      ? checkOf("schedule", scheduleFindings(schedule, tick, runs), "the tick runs every minute")
      : missing("schedule", "The stack has no schedule for the tick."),
    checkOf(
      "self-watch",
      selfWatchFindings(new Map(rulesSeen), topics),
      `${watchRules.length} rules watch over the alerter`,
    ),
    queue && letters
      ? checkOf("dead-letters", deadLetterFindings(queue, letters), "none wait")
      : missing("dead-letters", "The stack has no dead-letter queue."),
    fault === undefined
      ? checkOf(
          "version",
          edition,
          `${version}${checkout.edition.rules === undefined ? "" : ", with these rules and settings"}`,
        )
      : checkOf(
          "version",
          [doubtful("version", "The settings of the checkout cannot be read.", "npx cdk synth", fault)],
          "",
        ),
  ];
}
