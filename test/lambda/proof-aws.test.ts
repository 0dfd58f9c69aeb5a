import { S3Client } from "@aws-sdk/client-s3";
import { SNSClient } from "@aws-sdk/client-sns";
import { invokeAs } from "../../lambda/aws/invoke.ts";
import { listKeysWith } from "../../lambda/aws/list-keys.ts";
import { listPublicKeysAs } from "../../lambda/aws/public-keys.ts";
import { fetchObjectWith } from "../../lambda/aws/s3.ts";
import { createKeyRing } from "../../lambda/core/digest/key-ring.ts";
import { createProof } from "../../lambda/core/digest/proof.ts";
import { createLedger } from "../../lambda/core/ledger/ledger.ts";
import { compileRules } from "../../lambda/core/rules/rule-set.ts";
import { DESK_DEPLOYMENT } from "../../lambda/core/rules/self.ts";
import { createMemoryStore } from "../../lambda/core/store/memory.ts";
import { createPipeline } from "../../lambda/pipeline.ts";
import { SETTINGS, TEST_RULES } from "../support/desk-pipeline.ts";
import { HOUR, LocalTrail, signingKey } from "../support/digests.ts";
import { startBucket } from "../support/local-bucket.ts";
import { s3Event } from "../support/log-files.ts";

const KEY = signingKey();
const bucket = await startBucket(new Map(), [KEY]);
Object.assign(process.env, bucket.environment);
afterAll(() => bucket.stop());

const clientConfig = { endpoint: bucket.endpoint, region: "us-east-1", forcePathStyle: true };
const s3 = new S3Client(clientConfig);
const { config } = new SNSClient(clientConfig);

beforeEach(() => {
  bucket.objects = new Map();
  bucket.keysRefused = undefined;
  bucket.askedKeys.length = 0;
});

test("digests are verified with what S3 and CloudTrail say, in the digest's region, and the keys are asked for once", async () => {
  const trail = new LocalTrail(bucket.objects, {
    key: KEY,
    prefix: "my logs",
    region: "eu-west-1",
    homeRegion: "us-east-1",
  });
  const store = createMemoryStore();
  let now = Date.parse("2026-11-20T00:15:00Z");
  const publish = async () => undefined;
  const pipeline = createPipeline({
    rules: compileRules(TEST_RULES),
    ledger: createLedger({
      store,
      rules: TEST_RULES,
      settings: SETTINGS,
      publish: { alert: publish, sms: publish, health: publish, "health-sms": publish },
      now: () => now,
      sleep: async () => undefined,
    }),
    deployment: DESK_DEPLOYMENT,
    accepted: {},
    proof: createProof(store, {
      findKey: createKeyRing(listPublicKeysAs(config)),
      listKeys: listKeysWith(s3),
      now: () => now,
    }),
    fetchObject: fetchObjectWith(s3),
    now: () => now,
    log: () => undefined,
  });
  const deliver = (...keys: readonly string[]) => pipeline(s3Event("trail", ...keys));
  await deliver(trail.digest(Date.parse("2026-11-20T00:00:00Z")));
  now += HOUR;
  const { digest } = trail.hour(Date.parse("2026-11-20T01:00:00Z"), 5);
  const summary = await deliver(digest);
  // Of the hour, one file is older than the first digest that was looked at.
  expect(summary).toMatchObject({ failed: 0, matches: 0 });
  now += HOUR;
  const next = trail.hour(Date.parse("2026-11-20T02:00:00Z"), 5);
  expect(await deliver(next.digest)).toMatchObject({ objects: 6, recovered: 5, failed: 0, matches: 0 });
  const asked = bucket.askedKeys.map(({ region }) => region);
  expect({ regions: [...new Set(asked)], times: asked.length }).toEqual({ regions: ["eu-west-1"], times: 1 });
});

test.each(["AccessDeniedException", "UnrecognizedClientException"])(
  "keys that are refused with %s are refused for good",
  async (code) => {
    bucket.keysRefused = code;
    const asked = listPublicKeysAs(config)("ap-east-1", 0, HOUR);
    await expect(asked).rejects.toMatchObject({ name: code, isRefused: true });
    bucket.keysRefused = "ThrottlingException";
    const throttled = listPublicKeysAs(config)("ap-east-1", 0, HOUR);
    await expect(throttled).rejects.toMatchObject({ name: "ThrottlingException" });
    await expect(throttled).rejects.not.toHaveProperty("isRefused");
  },
);

test("all pages of a list are read", async () => {
  for (let i = 0; i < 2_500; i++)
    bucket.objects.set(`a/${String(i).padStart(5, "0")}`, { body: Buffer.alloc(0), metadata: {} });
  expect(await listKeysWith(s3)("trail", "a/")).toHaveLength(2_500);
});

test("the alerter is asked with an event of its own, and answers later", async () => {
  const event = { trailbell: "digests", chains: [{ bucket: "trail", chain: "x" }] };
  await invokeAs(config)(DESK_DEPLOYMENT.functionArn, event);
  expect(bucket.invoked).toEqual([{ functionArn: DESK_DEPLOYMENT.functionArn, event, type: "Event" }]);
});
