import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { DESK_DEPLOYMENT } from "../../lambda/core/rules/self.ts";
import { bundledFunctions } from "../support/bundle.ts";
import { run } from "../support/command.ts";
import { NOW } from "../support/desk-pipeline.ts";
import { startLocalAws } from "../support/local-aws.ts";
import { logFile, logKey, record, s3Event } from "../support/log-files.ts";

const { alerter, tick } = await bundledFunctions();
const aws = await startLocalAws();
afterAll(() => aws.stop());

/** Runs the produced bundle as Lambda would: its own process, the template's variables, one event. */
async function invokeBundle(event: unknown, topics: { readonly [name: string]: string }) {
  const deployment = { ...DESK_DEPLOYMENT, alertTopicArn: topics.ALERT_TOPIC_ARN, logBucket: "trail" };
  const environment = {
    ...topics,
    HEALTH_TOPIC_ARN: DESK_DEPLOYMENT.healthTopicArn,
    HEALTH_SMS_TOPIC_ARN: DESK_DEPLOYMENT.healthSmsTopicArn,
    LEDGER_TABLE: "ledger",
    METRICS_NAMESPACE: "Trailbell/test",
    DEPLOYMENT: JSON.stringify(deployment),
  };
  expect(Object.keys(alerter.variables).sort()).toEqual(Object.keys(environment).sort());
  const script = `
    const { handler } = await import(${JSON.stringify(pathToFileURL(join(alerter.asset, "index.mjs")).href)});
    try { console.log("RESULT " + JSON.stringify(await handler(${JSON.stringify(event)}))); }
    catch (error) { console.log("ERROR " + error.name + ": " + error.message); }`;
  const { stdout } = await run(
    process.execPath,
    ["--import", "./test/support/clock.mjs", "--input-type=module", "-e", script],
    {
      ...environment,
      CLOCK_AT: new Date(NOW).toISOString(),
      AWS_LAMBDA_FUNCTION_NAME: "alerter",
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "1769",
      AWS_REGION: "us-east-1",
      AWS_ENDPOINT_URL: await aws.clientConfig.endpoint,
      AWS_ACCESS_KEY_ID: "local",
      AWS_SECRET_ACCESS_KEY: "local",
    },
  );
  return stdout;
}

test("the produced bundle reads a log object and publishes an alert to the topics of its environment", async () => {
  const alerts = await aws.createTopic("alerts");
  const texts = await aws.createTopic("texts");
  await aws.put("trail", logKey("bundle"), logFile(record({ userIdentity: { type: "Root" } })));
  const topics = { ALERT_TOPIC_ARN: alerts.topicArn, SMS_TOPIC_ARN: texts.topicArn };
  const stdout = await invokeBundle(s3Event("trail", logKey("bundle")), topics);
  expect(stdout).toContain('RESULT {"objects":1,"skipped":0,"failed":0,"records":1,');
  const [, memory] = /"memoryPercent":(\d+)/.exec(stdout) ?? [];
  expect(stdout).toContain('{"Name":"memoryPercent","Unit":"Percent"}');
  expect(Number(memory)).toBeGreaterThan(1);
  expect(Number(memory)).toBeLessThan(50);
  const delivered = await alerts.receive();
  expect(delivered.map(({ Subject }) => Subject)).toEqual([
    "[CRITICAL] Root used in prod (111122223333): CreateAccessKey bob",
  ]);
  const { schema, rules: told } = JSON.parse(delivered[0]?.Message ?? "{}");
  expect(schema).toBe("trailbell.alert/2");
  const names = told.map(({ name, severity }: { name: string; severity: string }) => `${severity} ${name}`);
  expect(names).toEqual(expect.arrayContaining(["critical root-used", "high access-key-created"]));
  expect((await texts.receive())[0]?.Message).toMatch(/^CRIT root-used ok: root CreateAccessKey prod-3333/);

  aws.refuse = ({ path }) => (path.includes("denied") ? { status: 403, code: "AccessDenied" } : undefined);
  const failed = await invokeBundle(s3Event("trail", logKey("denied")), topics);
  expect(failed).toContain("ERROR InvocationError: ");
  expect(failed).toContain(`s3://trail/${logKey("denied")}: AccessDenied`);
});

test("a missing variable is named when the function starts", async () => {
  const script = `await import(${JSON.stringify(pathToFileURL(join(alerter.asset, "index.mjs")).href)})`;
  const { stderr } = await run(process.execPath, ["--input-type=module", "-e", script], { AWS_REGION: "us-east-1" });
  expect(stderr).toContain("environment variable ALERT_TOPIC_ARN is not set");
});

test("the variables of a function fit into the 4 KB that Lambda has for them", () => {
  for (const { variables } of [alerter, tick]) {
    // References are as long as a name of CloudFormation's making.
    const text = JSON.stringify(variables).replace(/\{"(?:Ref|Fn::GetAtt)":.*?\}/g, "x".repeat(100));
    expect(text.length).toBeLessThan(4_000);
  }
});

test("the bundle stays small, and its rules.json holds the shipped rules without their tests", () => {
  for (const { asset } of [alerter, tick]) expect(statSync(join(asset, "index.mjs")).size).toBeLessThan(850_000);
  const { rules, settings, recipients } = JSON.parse(readFileSync(join(alerter.asset, "rules.json"), "utf8"));
  expect(rules.length).toBeGreaterThan(10);
  expect(rules.some((rule: object) => "tests" in rule)).toBe(false);
  expect(settings).toEqual({
    accounts: { "111122223333": "prod" },
    smsFrom: "critical",
    roundUpHour: 8,
    followSessions: true,
  });
  expect(recipients).toEqual([
    { topic: "alert", protocol: "email", endpoint: "you@example.com" },
    { topic: "health", protocol: "email", endpoint: "you@example.com" },
  ]);
});
