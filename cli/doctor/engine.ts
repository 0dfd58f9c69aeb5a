import { quantity } from "../../lambda/core/alert/quantity.ts";
import { name } from "../../lambda/core/alert/text.ts";
import {
  type Answer,
  broken,
  doubtful,
  type Finding,
  findingsOn,
  isGone,
  REDEPLOY,
} from "../../lambda/core/health/finding.ts";
import type { WatchRule } from "../../lambda/core/health/self-watch.ts";
import { TABLE } from "../../lambda/table.ts";

/** The ledger's table. */
export interface Table {
  readonly status: string;
  readonly isProtected: boolean;
  /** The attribute by which items expire; undefined if they do not. */
  readonly timeToLive: string | undefined;
}

/** Whether the ledger can be used, is not deleted by mistake, and forgets what is old. */
export function tableFindings(table: string, answer: Answer<Table>): readonly Finding[] {
  const check = "table";
  if (isGone(answer)) {
    const remedy =
      "Restore it from its backups by its name: aws dynamodb list-backups, or restore-table-to-point-in-time.";
    return [
      broken(check, `The ledger's table ${table} is gone: critical and high alerts may repeat, others wait.`, remedy),
    ];
  }
  return findingsOn(check, `The ledger's table ${table}`, answer, ({ status, isProtected, timeToLive }) => [
    ...(status === "ACTIVE"
      ? []
      : [broken(check, `The ledger's table is ${name(status, 40)}, and not active.`, "Wait, or ask AWS's support.")]),
    ...(isProtected
      ? []
      : [
          broken(
            check,
            "The ledger's table is not protected from deletion.",
            `aws dynamodb update-table --table-name ${table} --deletion-protection-enabled`,
          ),
        ]),
    ...(timeToLive === TABLE.timeToLive
      ? []
      : [
          broken(
            check,
            "The ledger's items do not expire: it grows for ever.",
            `aws dynamodb update-time-to-live --table-name ${table} --time-to-live-specification Enabled=true,AttributeName=${TABLE.timeToLive}`,
          ),
        ]),
  ]);
}

/** Whether the tick runs. */
export function scheduleFindings(rule: string, tick: string, answer: Answer<WatchRule>): readonly Finding[] {
  const check = "schedule";
  const late = "follow-ups, round-ups and retries wait";
  if (isGone(answer)) return [broken(check, `The tick's schedule ${rule} is gone: ${late}.`, REDEPLOY)];
  return findingsOn(check, `The tick's schedule ${rule}`, answer, ({ isEnabled, targets }) => [
    ...(isEnabled
      ? []
      : [broken(check, `The tick's schedule is disabled: ${late}.`, `aws events enable-rule --name ${rule}`)]),
    ...(targets.some((arn) => arn.endsWith(`:function:${tick}`))
      ? []
      : [broken(check, `The tick's schedule does not run the tick: ${late}.`, REDEPLOY)]),
  ]);
}

/** Whether abandoned invocations wait in the queue. */
export function deadLetterFindings(queueUrl: string, waiting: Answer<number>): readonly Finding[] {
  const check = "dead-letters";
  if (isGone(waiting)) return [broken(check, "The dead-letter queue is gone.", REDEPLOY)];
  return findingsOn(check, "The dead-letter queue", waiting, (count) =>
    count === 0
      ? []
      : [
          broken(
            check,
            `${quantity(count, "dead letter")} wait: alerts of the log files in them were not sent.`,
            `npm run redrive -- --queue ${queueUrl}`,
          ),
        ],
  );
}

/** What text messages may cost, and to whom they may go. */
export interface Texting {
  readonly isSandbox: boolean;
  /** US dollars a month. */
  readonly limit: number;
  readonly spent: number;
}

/** Whether text messages go out. */
export function textingFindings(answer: Answer<Texting>): readonly Finding[] {
  const check = "sms";
  return findingsOn(check, "What text messages may cost", answer, ({ isSandbox, limit, spent }) => {
    const findings: Finding[] = [];
    if (isSandbox) {
      const remedy = "Verify your numbers in the console, SNS, Text messaging, or ask AWS to leave the sandbox there.";
      findings.push(
        doubtful(check, "The account is in the SMS sandbox: text messages reach verified numbers only.", remedy),
      );
    }
    const remedy =
      "Ask AWS's support for a higher spending quota, then aws sns set-sms-attributes --attributes MonthlySpendLimit=N";
    const what = `Of $${limit} that text messages may cost this month $${spent.toFixed(2)} are spent`;
    if (spent >= limit) findings.push(broken(check, `${what}: no more are sent.`, remedy));
    else if (spent >= 0.8 * limit) findings.push(doubtful(check, `${what}.`, remedy));
    return findings;
  });
}

/** What is deployed, or what the checkout would deploy (lib/edition.ts), as far as it is known. */
export interface KnownEdition {
  readonly version: string | undefined;
  readonly rules: string | undefined;
}

/** Whether the checkout is what runs. */
export function editionFindings(deployed: KnownEdition, checkout: KnownEdition): readonly Finding[] {
  const check = "version";
  const remedy = "npx cdk deploy, or check out what is deployed.";
  if (deployed.version !== checkout.version) {
    const what = `Deployed is version ${name(deployed.version ?? "unknown", 40)}, the checkout is ${checkout.version}.`;
    return [doubtful(check, what, remedy)];
  }
  if (checkout.rules === undefined || deployed.rules === checkout.rules) return [];
  return [doubtful(check, "The rules or settings of the checkout are not those that are deployed.", remedy)];
}
