import { DESK_DEPLOYMENT } from "../../lambda/core/rules/self.ts";
import { callers, deployedSuite, isPublish, keyCreated, userIdentityOf } from "../support/deployed-suite.ts";
import { record } from "../support/log-files.ts";
import { thoroughTest } from "../support/runs.ts";

const suite = await deployedSuite();
const { aws } = suite;

const stopped = () =>
  record({
    eventSource: "cloudtrail.amazonaws.com",
    eventName: "StopLogging",
    requestParameters: { name: DESK_DEPLOYMENT.trailName },
  });

const subjects = (topicArn: string) => suite.taken(topicArn).map(({ fields }) => fields.Subject);

test("what is done to the alerter itself is told on the health topic as well, and nothing else is", async () => {
  await suite.deliver("other", keyCreated("carl"));
  await suite.deliver("own", stopped());
  const [, own] = subjects(suite.alertTopicArn);
  expect(subjects(suite.alertTopicArn)).toHaveLength(2);
  expect(subjects(suite.healthTopicArn)).toEqual([own]);
  const [message = ""] = suite.taken(suite.healthTopicArn).map(({ fields }) => fields.Message ?? "");
  const { email, sms, default: json } = JSON.parse(message);
  expect(email).toMatch(/^The alerts' own trail stopped\n/);
  expect(JSON.parse(json).schema).toBe("trailbell.alert/2");
  expect(sms.length).toBeLessThanOrEqual(160);
});

thoroughTest("phones get a copy from the severity on that the settings name, and of nothing else", async () => {
  const texts = () => suite.taken(suite.healthSmsTopicArn).map(({ fields }) => fields.Message);
  await suite.redeploy((asset) => ({ ...asset, settings: { ...asset.settings, healthTextsFrom: "critical" } }));
  await suite.deliver("other", record({ userIdentity: { ...userIdentityOf("root"), type: "Root" } }));
  await suite.deliver("changed", { ...stopped(), eventName: "UpdateTrail", userIdentity: userIdentityOf("bea") });
  expect(subjects(suite.alertTopicArn)).toHaveLength(2);
  expect(subjects(suite.healthTopicArn)).toEqual([expect.stringMatching(/^\[HIGH\] .* changed by bea/)]);
  expect(texts()).toEqual([]);
  await suite.minutes(1);
  await suite.deliver("stopped", stopped());
  expect(texts()).toEqual([expect.stringMatching(/^CRIT own-trail-stopped ok: alice StopLogging /)]);
});

thoroughTest("a health topic that is gone for good holds up no other alert, however many wait for it", async () => {
  aws.refuse = (request) =>
    isPublish(request) && request.fields.TopicArn === suite.healthTopicArn
      ? { status: 404, code: "NotFound" }
      : undefined;
  for (const caller of callers(24)) {
    await suite.deliver(caller, { ...stopped(), userIdentity: userIdentityOf(caller) });
    await suite.minutes(2);
  }
  await suite.deliver("high", keyCreated("carl"));
  await suite.minutes(3);
  expect(suite.told().flatMap(({ rules }) => rules.map(({ name }: { name: string }) => name))).toContain(
    "access-key-created",
  );
});

test("a health topic that takes nothing holds no alert up, and has its copy later", async () => {
  aws.refuse = (request) =>
    isPublish(request) && request.fields.TopicArn === suite.healthTopicArn
      ? { status: 500, code: "InternalError" }
      : undefined;
  await suite.deliver("own", stopped());
  await suite.minutes(3);
  expect(subjects(suite.alertTopicArn)).toHaveLength(1);
  expect(subjects(suite.healthTopicArn)).toHaveLength(0);
  aws.refuse = () => undefined;
  await suite.minutes(3);
  expect(subjects(suite.alertTopicArn)).toHaveLength(1);
  expect(subjects(suite.healthTopicArn).filter((subject) => !subject?.startsWith("[HEALTH]"))).toHaveLength(1);
});
