import { compileRules } from "../../lambda/core/rules/rule-set.ts";
import { DESK_DEPLOYMENT } from "../../lambda/core/rules/self.ts";
import { createPipeline } from "../../lambda/pipeline.ts";
import { deployedSuite, isPublish } from "../support/deployed-suite.ts";
import { everyCall, testDesk } from "../support/desk-pipeline.ts";
import { first } from "../support/runs.ts";

const TEST = { trailbell: "test" };

const suite = await deployedSuite();

test("each test event makes an alert of its own, marked TEST, at once, and two on one day both arrive", async () => {
  const first = await suite.functions.invoke({ ...TEST, note: "before the move" });
  expect(first.result).toMatchObject({ objects: 0, matches: 1, listed: 1, alerts: 1 });
  await suite.minutes(1);
  const second = await suite.functions.invoke(TEST);
  expect(second.result).toMatchObject({ objects: 0, matches: 1, listed: 1, alerts: 1 });
  const sent = suite.taken(suite.alertTopicArn).map(({ fields }) => fields);
  expect(sent.map(({ Subject }) => Subject)).toEqual([
    "[HIGH] TEST alert, nothing happened in prod (111122223333)",
    "[HIGH] TEST alert, nothing happened in prod (111122223333)",
  ]);
  const [email, other] = sent.map(({ Message }) => JSON.parse(Message ?? "{}").email);
  expect(email).toContain("TEST. Somebody asked Trailbell for a test alert. Nothing happened.\n");
  expect(email).toContain('What     note: "before the move"\n');
  expect(email).toContain("everybody has it whom the settings name in emails");
  expect(email).not.toMatch(/^(?:Log|Event|Who|From) /m);
  expect(other).not.toContain("note:");
  expect(suite.taken(suite.smsTopicArn)).toEqual([]);
});

test("a test alert that SNS does not take at once is sent by the tick", async () => {
  suite.aws.refuse = (request) => (isPublish(request) ? { status: 500, code: "InternalError" } : undefined);
  expect((await suite.functions.invoke(TEST)).result).toMatchObject({ matches: 1, pending: 1, listed: 0 });
  suite.aws.refuse = () => undefined;
  await suite.minutes(3);
  expect(suite.told().map(({ rules }) => rules[0].name)).toEqual(["test-alert"]);
});

test.each<[string, object]>(
  first(2, [
    ["another word", { trailbell: "tset" }],
    ["no word", { trailbell: 1 }],
    ["a note that is too long", { ...TEST, note: "x".repeat(101) }],
    ["a note of several lines", { ...TEST, note: "a\nb" }],
    ["a note of other characters", { ...TEST, note: "\u202edesrever" }],
    ["a note that is no text", { ...TEST, note: { a: 1 } }],
    ["something beside", { ...TEST, Records: [] }],
  ]),
)("%s asks for nothing, and says what is wanted", async (_, event) => {
  const { error } = await suite.functions.invoke(event);
  expect(error?.errorMessage).toContain('what is wanted is { "trailbell": "test" }');
  expect(suite.told()).toEqual([]);
});

test("a rule for every call does not match a test, and a link in a note is taken apart", async () => {
  const rules = [everyCall("critical")];
  const { desk, alerts } = testDesk(rules);
  const pipeline = createPipeline({
    rules: compileRules(rules),
    ledger: desk.ledger,
    fetchObject: () => Promise.reject(new Error("nothing is read")),
    deployment: DESK_DEPLOYMENT,
    accepted: {},
    now: desk.now,
    log: () => undefined,
  });
  const message = JSON.stringify({ ...TEST, note: "see https://evil.example" });
  expect(await pipeline({ Records: [{ Sns: { Message: message } }] })).toMatchObject({ matches: 1, alerts: 1 });
  expect(alerts).toHaveLength(1);
  expect(alerts[0]?.rule).toBe("test-alert");
  expect(alerts[0]?.email).toContain("https[:]//evil[.]example");
});
