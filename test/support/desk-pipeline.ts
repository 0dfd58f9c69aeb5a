import type { Alert, AlertSettings } from "../../lambda/core/alert/alert.ts";
import { type Rule, SEVERITIES, type Severity } from "../../lambda/core/rules/rule.ts";
import { compileRules } from "../../lambda/core/rules/rule-set.ts";
import { createPipeline, type InvocationLine } from "../../lambda/pipeline.ts";
import { loadRules } from "../../lambda/rule-files/rule-files.ts";
import { logFile, logKey, s3Event } from "./log-files.ts";

export const SHIPPED_RULES: readonly Rule[] = loadRules(["rules"]).map(({ rule }) => rule);

/** The minute after the sample records. */
export const NOW = Date.parse("2026-11-20T21:29:30Z");

export const NAMING = { accounts: { "111122223333": "prod" }, timeZone: "Europe/Berlin" };

/** A rule that matches every call. */
export function everyCall(severity: Severity = SEVERITIES[0]): Rule {
  return { name: "every-call", place: "rules/test.yaml:1", severity, calls: ["*:*"] };
}

/** Runs the pipeline on one log file with effects that keep what would be published. */
export async function alertsOf(
  records: readonly unknown[],
  options: { readonly rules?: readonly Rule[]; readonly settings?: Partial<AlertSettings>; readonly key?: string } = {},
) {
  const alerts: Alert[] = [];
  const texts: string[] = [];
  const lines: InvocationLine[] = [];
  const body = logFile(...records);
  const pipeline = createPipeline({
    rules: compileRules(options.rules ?? SHIPPED_RULES),
    settings: { ...NAMING, smsFrom: "critical", ...options.settings },
    fetchObject: async () =>
      (async function* () {
        yield body;
      })(),
    publish: async (alert) => void alerts.push(alert),
    publishSms: async ({ sms }) => void texts.push(sms ?? ""),
    now: () => NOW,
    log: (line) => void lines.push(line),
  });
  const summary = await pipeline(s3Event("trail-bucket", options.key ?? logKey("one")));
  return { alerts, texts, lines, summary };
}
