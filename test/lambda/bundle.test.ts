import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { DESK_DEPLOYMENT } from "../../lambda/core/rules/self.ts";
import { bundledFunctions } from "../support/bundle.ts";
import { run } from "../support/command.ts";
import { WATCHED } from "../support/deployed.ts";
import { NOW } from "../support/desk-pipeline.ts";
import { type Delivered, startLocalAws } from "../support/local-aws.ts";
import { LocalWayOut } from "../support/local-delivery-path.ts";
import { logFile, logKey, record, s3Event } from "../support/log-files.ts";

const { alerter, tick } = await bundledFunctions();
const aws = await startLocalAws();
afterAll(() => aws.stop());

const topics = {
  alert: await aws.createTopic("alerts"),
  sms: await aws.createTopic("texts"),
  health: await aws.createTopic("health"),
  healthSms: await aws.createTopic("texts-of-health"),
};
aws.deliveryPath = new LocalWayOut(topics.health.topicArn);

const COMMON = {
  ALERT_TOPIC_ARN: topics.alert.topicArn,
  SMS_TOPIC_ARN: topics.sms.topicArn,
  HEALTH_TOPIC_ARN: topics.health.topicArn,
  HEALTH_SMS_TOPIC_ARN: topics.healthSms.topicArn,
  LEDGER_TABLE: "ledger",
  METRICS_NAMESPACE: "Trailbell/test",
};
const DEPLOYMENT = { ...DESK_DEPLOYMENT, alertTopicArn: topics.alert.topicArn, logBucket: "trail" };

/** The functions, each with the variables that the template gives it. */
const FUNCTIONS = {
  alerter: { bundle: alerter, variables: { ...COMMON, DEPLOYMENT: JSON.stringify(DEPLOYMENT) }, memory: "1769" },
  tick: { bundle: tick, variables: { ...COMMON, DELIVERY_PATH: JSON.stringify(WATCHED) }, memory: "512" },
};

/** Runs a produced bundle as Lambda would: its own process, the template's variables, one event. Returns its log. */
async function invokeBundle(name: keyof typeof FUNCTIONS, event: unknown, at = NOW): Promise<string> {
  const { bundle, variables, memory } = FUNCTIONS[name];
  expect(Object.keys(bundle.variables).sort()).toEqual(Object.keys(variables).sort());
  const script = `
    const { handler } = await import(${JSON.stringify(pathToFileURL(join(bundle.asset, "index.mjs")).href)});
    try { console.log("RESULT " + JSON.stringify(await handler(${JSON.stringify(event)}))); }
    catch (error) { console.log("ERROR " + error.name + ": " + error.message); }`;
  const { stdout, stderr } = await run(
    process.execPath,
    ["--import", "./test/support/clock.mjs", "--input-type=module", "-e", script],
    {
      ...variables,
      CLOCK_AT: new Date(at).toISOString(),
      AWS_LAMBDA_FUNCTION_NAME: name,
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: memory,
      AWS_REGION: "us-east-1",
      AWS_ENDPOINT_URL: aws.clientConfig.endpoint,
      AWS_ACCESS_KEY_ID: "local",
      AWS_SECRET_ACCESS_KEY: "local",
    },
  );
  return `${name}: ${stdout}${stderr}`;
}

const MINUTE = 60_000;

test("the produced bundles read a log object and publish one alert to the topics of their environment", async () => {
  await aws.put("trail", logKey("bundle"), logFile(record({ userIdentity: { type: "Root" } })));
  const messages: Delivered[] = [];
  const log: string[] = [];
  /**
   * What is delivered so far, each alert once, beside what the functions logged: a failure shows both. What was sent
   * without the ledger is left out once the ledger has sent it, too.
   */
  const seen = async () => {
    messages.push(...(await topics.alert.receive()));
    const all = new Map(messages.map(({ Subject, Message }) => [JSON.parse(Message).id, { Subject, Message }]));
    const told = [...all.values()].filter(({ Message }) => all.size === 1 || !JSON.parse(Message).mayRepeat);
    return { alerts: told.map(({ Subject }) => Subject), log };
  };
  const alerts = ["[CRITICAL] Root used in prod (111122223333): CreateAccessKey bob"];

  const stdout = await invokeBundle("alerter", s3Event("trail", logKey("bundle")));
  log.push(stdout);
  expect(stdout).toContain('RESULT {"objects":1,"skipped":0,"failed":0,"records":1,');
  const [, memory] = /"memoryPercent":(\d+)/.exec(stdout) ?? [];
  expect(stdout).toContain('{"Name":"memoryPercent","Unit":"Percent"}');
  expect(Number(memory)).toBeGreaterThan(1);
  expect(Number(memory)).toBeLessThan(50);
  const { ledgerFailures, listed } = JSON.parse(/^RESULT (.*)$/m.exec(stdout)?.[1] ?? "{}");
  // A ledger that is slow on a busy machine may leave the alert to the tick; usually it is out at once.
  if (ledgerFailures === 0 || listed > 0) expect(await seen()).toEqual({ alerts, log });
  // After three minutes nobody holds a claim on it any more.
  for (const minutes of [1, 5]) {
    log.push(await invokeBundle("tick", undefined, NOW + minutes * MINUTE));
    if ((await seen()).alerts.length > 0) break;
  }
  expect(await seen()).toEqual({ alerts, log });
  expect(log.at(-1)).toMatch(/^tick: .*"publishFailures":0,/);

  const { schema, rules: told } = JSON.parse(messages[0]?.Message ?? "{}");
  expect(schema).toBe("trailbell.alert/2");
  const names = told.map(({ name, severity }: { name: string; severity: string }) => `${severity} ${name}`);
  expect(names).toEqual(expect.arrayContaining(["critical root-used", "high access-key-created"]));
  expect((await topics.sms.receive())[0]?.Message).toMatch(/^CRIT root-used ok: root CreateAccessKey prod-3333/);
});

test("an object that S3 refuses is named by the error with which the produced bundle ends", async () => {
  aws.refuse = ({ path }) => (path.includes("denied") ? { status: 403, code: "AccessDenied" } : undefined);
  const failed = await invokeBundle("alerter", s3Event("trail", logKey("denied")));
  aws.refuse = () => undefined;
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
  for (const { asset } of [alerter, tick]) {
    const source = readFileSync(join(asset, "index.mjs"), "latin1");
    expect(source.length).toBeLessThan(970_000);
    // With a single character beyond ASCII, node holds all of it at two bytes a character, and takes longer to start. esbuild
    // writes escapes for them, but not in regular expressions.
    expect(source).not.toMatch(/.{0,40}[^\0-\x7f].{0,40}/);
  }
  const { rules, settings, recipients } = JSON.parse(readFileSync(join(alerter.asset, "rules.json"), "utf8"));
  expect(rules.length).toBeGreaterThan(10);
  expect(rules.some((rule: object) => "tests" in rule)).toBe(false);
  expect(settings).toEqual({
    accounts: { "111122223333": "prod" },
    smsFrom: "critical",
    roundUpHour: 8,
    roundUpDay: "monday",
    followSessions: true,
    learningDays: 14,
  });
  expect(recipients).toEqual([
    { topic: "alert", protocol: "email", endpoint: "you@example.com" },
    { topic: "health", protocol: "email", endpoint: "you@example.com" },
  ]);
});
