import { S3Client } from "@aws-sdk/client-s3";
import type { S3Event } from "aws-lambda";
import { CLIENT_SETTINGS } from "./aws/client-settings.ts";
import { fetchObjectWith } from "./aws/s3.ts";
import { compileRules } from "./core/rules/rule-set.ts";
import { fillSelf } from "./core/rules/self.ts";
import { readDeployed } from "./deployed.ts";
import { readDeployment } from "./environment.ts";
import { withMetrics } from "./metrics.ts";
import { createPipeline, type Summary } from "./pipeline.ts";

const { environment, asset, ledger } = readDeployed();
const deployment = readDeployment(process.env);

/** Lambda's entry: one S3 event in, its counts out; throws InvocationError so that Lambda retries. */
export const handler: (event: S3Event) => Promise<Summary> = createPipeline({
  rules: compileRules(fillSelf(asset.rules, deployment)),
  deployment,
  accepted: asset.accepted,
  ledger,
  fetchObject: fetchObjectWith(new S3Client(CLIENT_SETTINGS)),
  now: Date.now,
  log: (line) => console.log(JSON.stringify(withMetrics(line, environment.metricsNamespace, Date.now()))),
});
