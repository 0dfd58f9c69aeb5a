import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { ASSET_FILE } from "../lambda/asset.ts";
import { DESK_DEPLOYMENT } from "../lambda/core/rules/self.ts";
import { FUNCTION_BUILD } from "../lib/bundling.ts";
import { assetOf } from "../lib/rule-bundle.ts";
import { NEW_TRAIL, settingsOf } from "../lib/settings.ts";
import { byTurns, undisturbed } from "./child.ts";

/** A function that does nothing but have its clients ready. */
const BARE = `
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
const [s3, sns] = [new S3Client({}), new SNSClient({})];
export async function handler({ Bucket, Key, TopicArn }) {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
  await sns.send(new PublishCommand({ TopicArn, Message: await Body.transformToString() }));
}`;

const ROUNDS = 15;
/** What a start may take of the bare handler's CPU. */
const LIMIT = 1.25;

/** What it costs to start the Alerter, against a bare handler with clients for S3 and SNS in the same kind of bundle. */
export async function benchInit(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "trailbell-init-"));
  try {
    const bundle = { ...FUNCTION_BUILD, logLevel: "error" } as const;
    const [alerter, bare] = [join(folder, "alerter", "index.mjs"), join(folder, "bare", "index.mjs")];
    await build({ ...bundle, entryPoints: ["lambda/handler.ts"], outfile: alerter });
    // It is made as anybody would make it, and leaves out nothing of the SDK.
    await build({ ...bundle, external: [], stdin: { contents: BARE, resolveDir: process.cwd() }, outfile: bare });
    const settings = settingsOf({ source: NEW_TRAIL, emails: ["you@example.com"] }, "bench", "Trailbell");
    writeFileSync(join(folder, "alerter", ASSET_FILE), JSON.stringify(assetOf(settings, "bench", ".")));
    const starts = byTurns(
      ROUNDS,
      () => ({ cpu: [cpuOfStart(alerter)] }),
      () => ({ cpu: [cpuOfStart(bare)] }),
    );
    const [own = 0, least = 0] = starts.map(undisturbed);
    console.log("\nstarting the Alerter, with the shipped rules");
    console.log(`  bare S3 and SNS handler (baseline) ${(least / 1000).toFixed(0).padStart(6)} ms`);
    console.log(
      `  Alerter                            ${(own / 1000).toFixed(0).padStart(6)} ms  ${(own / least).toFixed(2)} x, at most ${LIMIT.toFixed(2)} x`,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** CPU microseconds from the start of node to the handler, without node's own. */
function cpuOfStart(file: string): number {
  const script = `
    const { user, system } = process.cpuUsage();
    await import(${JSON.stringify(pathToFileURL(file).href)});
    const end = process.cpuUsage();
    console.log(end.user + end.system - user - system);`;
  const env = {
    PATH: process.env.PATH,
    AWS_REGION: "us-east-1",
    AWS_LAMBDA_FUNCTION_NAME: "alerter",
    ALERT_TOPIC_ARN: DESK_DEPLOYMENT.alertTopicArn,
    SMS_TOPIC_ARN: DESK_DEPLOYMENT.alertTopicArn,
    HEALTH_TOPIC_ARN: DESK_DEPLOYMENT.alertTopicArn,
    HEALTH_SMS_TOPIC_ARN: DESK_DEPLOYMENT.alertTopicArn,
    LEDGER_TABLE: "ledger",
    METRICS_NAMESPACE: "Trailbell/bench",
    DEPLOYMENT: JSON.stringify(DESK_DEPLOYMENT),
  };
  const { stdout, stderr, status } = spawnSync(process.execPath, ["--input-type=module", "-e", script], {
    encoding: "utf8",
    env,
  });
  if (status !== 0) throw new Error(stderr);
  return Number(stdout);
}
