import { visible } from "../lambda/core/alert/text.ts";
import { answered, doubtful } from "../lambda/core/health/finding.ts";
import { refuseUnknownSettings, SettingsError } from "../lib/settings.ts";
import { readEngine } from "./aws/engine.ts";
import { readIntake } from "./aws/intake.ts";
import { readStack, StackError } from "./aws/stack.ts";
import { readTopics } from "./aws/topics.ts";
import { type Check, checkOf, notChecked } from "./doctor/check.ts";
import { type Checkout, readCheckout } from "./doctor/checkout.ts";
import { lookAtEngine } from "./doctor/look-at-engine.ts";
import { lookAtIntake } from "./doctor/look-at-intake.ts";
import { lookAtRoutesAndBus } from "./doctor/look-at-routes-and-bus.ts";
import { lookAtTopics } from "./doctor/look-at-topics.ts";
import { isTrailbell, partsOf } from "./doctor/parts.ts";
import type { Patient } from "./doctor/patient.ts";
import { isSound, reportJson, reportText } from "./doctor/report.ts";
import { resubscribe } from "./doctor/resubscribe.ts";
import { testFindings } from "./doctor/test-alert.ts";
import { asTyped, checkedRegion, checkedStack, readArguments, runCommand, UsageError } from "./usage.ts";

const HELP = `Usage: npm run doctor -- [--stack NAME] [--region REGION] [--json] [--no-test] [--resubscribe]
         [-c SETTING=VALUE]...

Looks at a deployed stack from the trail to the mailbox, and says of each part that is broken why, and what to type. At last
it sends one alert marked TEST. What the findings mean: docs/doctor.md.

  --stack NAME      the stack (default: as stackName says, or Trailbell)
  --region REGION   where it is (default: the region of your shell)
  --json            the same as one JSON object on one line
  --no-test         no test alert is sent
  --resubscribe     first subscribes those of trailbell.config.yaml's recipients who are missing
  -c SETTING=VALUE  a setting that was deployed with -c, for instance -c emails=you@example.com; may be repeated

Uses the credentials of your shell; but for the test and --resubscribe it only reads.
Exit code: 0 when all is sound; 1 when something is broken, or could not be looked at; 2 when the command line is wrong.
`;

async function doctor(args: readonly string[]): Promise<number> {
  const { values, positionals } = readArguments(args, HELP, {
    stack: { type: "string" },
    region: { type: "string" },
    json: { type: "boolean" },
    "no-test": { type: "boolean" },
    resubscribe: { type: "boolean" },
    context: { type: "string", short: "c", multiple: true },
  });
  if (positionals.length > 0) throw new UsageError(`doctor takes no ${visible(positionals[0] ?? "", 60)}`);
  const checkout = readCheckout(settingsIn(values.context ?? []));
  const name = checkedStack(values.stack ?? checkout.stackName ?? "Trailbell");
  const region = checkedRegion(values.region);
  const patient = await admit(name, region, checkout);
  if (values.resubscribe) {
    for (const line of await resubscribe(patient)) process.stderr.write(`${line}\n`);
  }
  const checks = [...(await examine(patient)), await test(patient, values["no-test"] ?? false)];
  process.stdout.write(asTyped(values.json ? reportJson(patient.stack, checks) : reportText(patient.stack, checks)));
  return isSound(checks) ? 0 : 1;
}

/** Settings as cdk takes them. */
function settingsIn(given: readonly string[]): ReadonlyMap<string, string> {
  const settings = new Map<string, string>();
  for (const text of given) {
    const [name = "", value] = text.split("=", 2);
    if (value === undefined) throw new UsageError(`-c is SETTING=VALUE, not ${visible(text, 60)}`);
    if (settings.has(name)) {
      throw new UsageError(`-c ${visible(name, 60)} is given twice: write a list as one, with commas`);
    }
    settings.set(name, text.slice(text.indexOf("=") + 1));
  }
  try {
    refuseUnknownSettings([...settings.keys()]);
  } catch (error) {
    if (error instanceof SettingsError) throw new UsageError(error.message);
    throw error;
  }
  return settings;
}

async function admit(name: string, region: string | undefined, checkout: Checkout): Promise<Patient> {
  const stack = await readStack(name, region);
  const parts = partsOf(stack);
  if (!isTrailbell(parts)) {
    throw new StackError(
      `the stack ${name} in ${stack.region} is none of Trailbell's: it has no alerter, tick and alert topic`,
    );
  }
  const where = stack.region;
  const aws = { intake: readIntake(where), topics: readTopics(where), engine: readEngine(where) };
  return { stack, parts, checkout, aws, now: Date.now() };
}

async function examine(patient: Patient): Promise<readonly Check[]> {
  const { status, name } = patient.stack;
  const isSettled = /^(?:CREATE|UPDATE|UPDATE_ROLLBACK|IMPORT)_COMPLETE$/.test(status);
  const remedy = "Wait for the deployment at hand, or see its events: npx cdk deploy";
  const unsettled = isSettled ? [] : [doubtful("stack", `The stack ${name} is ${visible(status, 60)}.`, remedy)];
  const parts = await Promise.all([
    lookAtIntake(patient),
    lookAtTopics(patient),
    lookAtRoutesAndBus(patient),
    lookAtEngine(patient),
  ]);
  return [checkOf("stack", unsettled, status), ...parts.flat()];
}

async function test({ aws, parts }: Patient, isLeftOut: boolean): Promise<Check> {
  if (isLeftOut) return notChecked("test", "--no-test");
  const answer = await answered(aws.intake.test(parts.alerter ?? ""));
  return checkOf("test", testFindings(answer), "an alert marked TEST is on its way; see that everybody has it");
}

await runCommand(doctor);
