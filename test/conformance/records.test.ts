import { gunzipSync } from "node:zlib";
import { createDeskLedger } from "../../cli/desk-ledger.ts";
import { fetchObjectWith } from "../../lambda/aws/s3.ts";
import type { Alert } from "../../lambda/core/alert/alert.ts";
import { MAX_MESSAGE_BYTES, snsMessage } from "../../lambda/core/alert/machine.ts";
import { withoutApiVersion } from "../../lambda/core/record/call.ts";
import { compileRules } from "../../lambda/core/rules/rule-set.ts";
import { DESK_DEPLOYMENT } from "../../lambda/core/rules/self.ts";
import { createPipeline, InvocationError } from "../../lambda/pipeline.ts";
import type { Summary } from "../../lambda/summary.ts";
import { conformanceFile, conformanceFolder, conformanceJson, conformanceTest } from "../support/conformance.ts";
import { everyCall, NOW, SETTINGS, TEST_RULES } from "../support/desk-pipeline.ts";
import { startLocalAws } from "../support/local-aws.ts";
import { logKey, s3Event } from "../support/log-files.ts";

const aws = await startLocalAws();
afterAll(() => aws.stop());

/** Outside of publish, where a failed expectation would pass for a refusal of SNS. */
function expectSendable(alerts: readonly Alert[]): void {
  for (const { subject, sms, json, email } of alerts) {
    expect(subject).toMatch(/^\[[\x20-\x7e]{1,98}$/);
    if (sms !== undefined) expect(sms).toMatch(/^.{1,160}$/);
    expect(Buffer.byteLength(snsMessage(json, email))).toBeLessThanOrEqual(MAX_MESSAGE_BYTES);
  }
}

/** Sends files through the handler with a rule that matches every call, so that each record is rendered too. */
async function deliver(
  files: ReadonlyMap<string, Buffer>,
  at: number,
): Promise<{ summary: Summary; message: string; alerts: readonly Alert[] }> {
  for (const [key, body] of files) await aws.put("trail", key, body);
  const alerts: Alert[] = [];
  const lines: string[] = [];
  const rules = [...TEST_RULES, everyCall()];
  const settings = { ...SETTINGS, smsFrom: "info" } as const;
  const desk = createDeskLedger(
    rules,
    settings,
    (alert) => void alerts.push(alert),
    () => undefined,
  );
  // Rules with severity critical are texted, unless the records are old.
  await desk.advanceTo(at);
  const handler = createPipeline({
    rules: compileRules(rules),
    ledger: desk.ledger,
    deployment: DESK_DEPLOYMENT,
    accepted: {},
    fetchObject: fetchObjectWith(aws.s3),
    now: desk.now,
    log: (_, { remarks }) => lines.push(...remarks),
  });
  const result = await handler(s3Event("trail", ...files.keys())).then(
    (summary) => ({ summary, message: lines.join("\n") }),
    (error: unknown) => {
      if (!(error instanceof InvocationError)) throw error;
      return { summary: error.summary, message: error.message };
    },
  );
  await desk.runToEnd();
  return { ...result, alerts };
}

conformanceTest("27 real log objects go through the handler, and every record is counted", async () => {
  const names = conformanceFolder("invictus").filter((name) => name.endsWith(".json.gz"));
  expect(names).toHaveLength(27);
  const files = new Map(
    names.map((name) => [
      `AWSLogs/218007301253/CloudTrail/us-east-1/2023/07/10/${name}`,
      conformanceFile("invictus", name),
    ]),
  );
  const records = [...files.values()].reduce(
    (sum, body) => sum + JSON.parse(gunzipSync(body).toString()).Records.length,
    0,
  );
  const { summary, message, alerts } = await deliver(files, Date.parse("2023-07-10T14:00:00Z"));
  expect(message).not.toContain("unreadable");
  expect(summary).toMatchObject({ objects: 27, failed: 0, records, malformed: 0 });
  expect(summary.matches).toBeGreaterThanOrEqual(records);
  expect(summary.listed + summary.counted + summary.pending + summary.held).toBeGreaterThan(0);
  expectSendable(alerts);
});

const NO_LOG_FILES: { readonly [file: string]: string } = {
  "aws-doc-digest-1.json": "the JSON has no Records",
  "aws-doc-insight-1.json": "the JSON has no Records",
  "aws-doc-event-context-1.json": "the JSON has no Records",
  "s3-notification-lookalike.json": "Records are an event of aws:s3",
  "kinesis-lookalike.json": "Records are an event of aws:kinesis",
  "sqs-batch-partial-garbage.json": "Records are an event of aws:sqs",
};

conformanceTest("every odd shape is read, or says that it is no log file; none takes another with it", async () => {
  const shapes = (conformanceJson("odd", "index.json") as { file: string }[]).map(({ file }) => file);
  expect(shapes.length).toBeGreaterThan(15);
  const keyOf = (file: string) => logKey(file).replace(/[^/]+$/, file);
  const files = new Map(shapes.map((file) => [keyOf(file), conformanceFile("odd", file)]));
  const { summary, message, alerts } = await deliver(files, NOW);
  expectSendable(alerts);
  const readable = shapes.filter((file) => !(file in NO_LOG_FILES));
  const records = readable.reduce((sum, file) => sum + conformanceJson("odd", file).Records.length, 0);
  expect(summary).toMatchObject({
    objects: shapes.length,
    skipped: 0,
    failed: Object.keys(NO_LOG_FILES).length,
    publishFailures: 0,
    records,
  });
  for (const [file, what] of Object.entries(NO_LOG_FILES)) expect(message).toContain(`${keyOf(file)}: ${what}`);
});

conformanceTest("the 48 dated event names lose their date, and no name of an operation changes", () => {
  const { names, sdk_operations_ending_in_a_digit: whole } = conformanceJson("version-suffix.json");
  expect(Object.keys(names)).toHaveLength(48);
  for (const [name, { base }] of Object.entries(names as { [name: string]: { base: string } })) {
    expect(withoutApiVersion(name)).toBe(base);
    expect(withoutApiVersion(base)).toBe(base);
  }
  for (const { operation } of whole as { operation: string }[]) expect(withoutApiVersion(operation)).toBe(operation);
});
