import { readFileSync } from "node:fs";
import { S3Client } from "@aws-sdk/client-s3";
import { SNSClient } from "@aws-sdk/client-sns";
import type { S3Event } from "aws-lambda";
import { ASSET_FILE, type Asset } from "./asset.ts";
import { CLIENT_SETTINGS } from "./aws/client-settings.ts";
import { fetchObjectWith } from "./aws/s3.ts";
import { publishSmsTo, publishTo } from "./aws/sns.ts";
import { compileRules } from "./core/rules/rule-set.ts";
import { fillSelf } from "./core/rules/self.ts";
import { readEnvironment } from "./environment.ts";
import { createPipeline, type Summary } from "./pipeline.ts";

// The only file that knows both the environment and the clients.
const environment = readEnvironment(process.env);
const asset = JSON.parse(readFileSync(new URL(ASSET_FILE, import.meta.url), "utf8")) as Asset;
const s3 = new S3Client(CLIENT_SETTINGS);
const sns = new SNSClient(CLIENT_SETTINGS);

/** Lambda's entry: one S3 event in, its counts out; throws InvocationError so that Lambda retries. */
export const handler: (event: S3Event) => Promise<Summary> = createPipeline({
  rules: compileRules(fillSelf(asset.rules, environment.deployment)),
  settings: asset.settings,
  fetchObject: fetchObjectWith(s3),
  publish: publishTo(sns, environment.alertTopicArn),
  publishSms: publishSmsTo(sns, environment.smsTopicArn),
  now: Date.now,
  log: (line) => console.log(JSON.stringify(line)),
});
