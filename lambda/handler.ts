import { S3Client } from "@aws-sdk/client-s3";
import type { Context, S3Event } from "aws-lambda";
import { credentialsOf } from "./aws/assumed-role.ts";
import { S3_CLIENT_SETTINGS } from "./aws/client-settings.ts";
import { listKeysWith } from "./aws/list-keys.ts";
import { listPublicKeysAs } from "./aws/public-keys.ts";
import { fetchObjectWith } from "./aws/s3.ts";
import { createKeyRing } from "./core/digest/key-ring.ts";
import { createProof } from "./core/digest/proof.ts";
import { createHeard } from "./core/health/heard.ts";
import { createObjectHistory } from "./core/log-file/object-history.ts";
import { createProgress } from "./core/log-file/progress.ts";
import { compileRules } from "./core/rules/rule-set.ts";
import { fillSelf } from "./core/rules/self.ts";
import { deadlineOf } from "./deadline.ts";
import { readDeployed } from "./deployed.ts";
import { readDeployment } from "./environment.ts";
import { withMetrics } from "./metrics.ts";
import { createPipeline } from "./pipeline.ts";
import type { Summary } from "./summary.ts";

const { environment, asset, store, ledger, sns, routeTopics } = readDeployed();
const { chat } = environment.ways;
const wayTopicArns = [...Object.values(routeTopics), ...(chat === undefined ? [] : [chat])];
const deployment = { ...readDeployment(process.env), wayTopicArns };
const { readRoleArn, logBucketRegion, functionName } = deployment;
const s3 = new S3Client({
  ...S3_CLIENT_SETTINGS,
  ...(logBucketRegion !== undefined && { region: logBucketRegion }),
  ...(readRoleArn !== undefined && { credentials: credentialsOf(sns.config, readRoleArn, functionName) }),
});

const proof = () =>
  createProof(store, {
    findKey: createKeyRing(listPublicKeysAs(sns.config)),
    listKeys: listKeysWith(s3),
    now: Date.now,
  });

const pipeline = createPipeline({
  rules: compileRules(fillSelf(asset.rules, deployment), asset.known),
  deployment,
  accepted: asset.accepted,
  ledger,
  history: createObjectHistory(store, Date.now),
  heard: createHeard(store, Date.now),
  ...(asset.provesLogs && { proof: proof() }),
  progress: createProgress(store, Date.now),
  fetchObject: fetchObjectWith(s3),
  now: Date.now,
  log: (summary, details) =>
    console.log(JSON.stringify(withMetrics({ ...summary, ...details }, environment.metricsNamespace, Date.now()))),
});

/** Lambda's entry: one S3 event in, its counts out; throws InvocationError so that Lambda retries. */
export function handler(event: S3Event, context?: Context): Promise<Summary> {
  return pipeline(event, deadlineOf(context));
}
