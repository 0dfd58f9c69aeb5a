import { DESK_DEPLOYMENT } from "../../lambda/core/rules/self.ts";
import { alertIn, callers, deployedSuite, isPublish, userIdentityOf } from "../support/deployed-suite.ts";
import type { LocalAws, LocalRequest } from "../support/local-aws.ts";
import { record } from "../support/log-files.ts";
import { first, thoroughTest } from "../support/runs.ts";

const suite = await deployedSuite();
const { aws, deliver, minutes, taken, told } = suite;

const isOfLedger = ({ target }: LocalRequest) => target.startsWith("DynamoDB_");

/** A critical record: our own trail is stopped. */
function trailStopped(caller: string) {
  return record({
    userIdentity: userIdentityOf(caller),
    eventSource: "cloudtrail.amazonaws.com",
    eventName: "StopLogging",
    requestParameters: { name: DESK_DEPLOYMENT.trailName },
  });
}

/** A high record that is no step of a sequence and counts for no threshold: those need a ledger. */
function detectorDeleted(caller: string) {
  return record({
    userIdentity: userIdentityOf(caller),
    eventSource: "guardduty.amazonaws.com",
    eventName: "DeleteDetector",
    requestParameters: { detectorId: "12abc34d567e8fa901bc2d34e56789f0" },
  });
}

/** A change that rings nothing: from then on, the function knows that the region is in use, and asks the ledger no more. */
const usualChange = () => record({ userIdentity: userIdentityOf("somebody"), eventName: "TagUser" });

/** Notes when, on this process's clock, each publish arrives. */
function noteTimes(refuse: LocalAws["refuse"]): readonly number[] {
  const times: number[] = [];
  aws.refuse = (request) => {
    if (isPublish(request)) times.push(Date.now());
    return refuse(request);
  };
  return times;
}

describe.each(first(1, ["silent", "stall"] as const))("while the ledger accepts and never answers (%s)", (fault) => {
  test("500 matches of 50 callers are told in one message within 20 seconds, which says that it may repeat", async () => {
    const records = callers(50).flatMap((caller) => Array.from({ length: 10 }, () => detectorDeleted(caller)));
    await deliver("usual", usualChange());
    const times = noteTimes((request) => (isOfLedger(request) ? fault : undefined));
    const started = Date.now();
    const { result, error } = await deliver("many", ...records);
    const ended = Date.now();
    expect((times[0] ?? Number.POSITIVE_INFINITY) - started).toBeLessThan(20_000);
    expect(ended - started).toBeLessThan(40_000);
    expect(error).toBeUndefined();
    expect(result).toMatchObject({ matches: 500, unrecorded: 0 });
    expect(taken(suite.alertTopicArn)).toHaveLength(1);
    const [message] = taken(suite.alertTopicArn);
    expect(JSON.parse(message?.fields.Message ?? "{}").email).toContain("May repeat");
    const { mayRepeat, actor, others } = message && alertIn(message);
    expect(mayRepeat).toBe(true);
    const named = [actor, ...others.map((other: { readonly actor: string }) => other.actor)];
    expect(new Set(named)).toEqual(new Set(callers(50).map((caller) => userIdentityOf(caller).arn)));
  });
});

thoroughTest(
  "while the table refuses everything, an invocation sends one message at most, and an instance one in five seconds",
  async () => {
    await deliver("usual", usualChange());
    await suite.functions.hurry();
    const times: Promise<number>[] = [];
    aws.refuse = (request) => {
      if (isPublish(request)) times.push(suite.functions.now());
      return isOfLedger(request) ? { status: 400, code: "AccessDeniedException" } : undefined;
    };
    let failures = 0;
    for (const name of callers(6, "file")) {
      const before = times.length;
      const { result, error } = await deliver(name, ...callers(3, name).map(detectorDeleted));
      if (error !== undefined) failures++;
      else expect(result).toMatchObject({ matches: 3, unrecorded: 0, alerts: 1 });
      expect(times.length - before).toBeLessThanOrEqual(1);
    }
    const at = await Promise.all(times);
    const distances = at.slice(1).map((time, i) => time - (at[i] ?? 0));
    expect(at.length + failures).toBe(6);
    expect(at.length).toBeGreaterThan(1);
    expect(Math.min(...distances)).toBeGreaterThan(4_000);
    expect(told().every(({ mayRepeat }) => mayRepeat)).toBe(true);
  },
);

test("while SNS accepts and never answers, an invocation with four criticals ends within 40 seconds and none is lost", async () => {
  const faults = ["silent", "stall"] as const;
  aws.refuse = (request) => (isPublish(request) ? faults[aws.published.length % 2] : undefined);
  const started = Date.now();
  const { result, error } = await deliver("four", ...callers(4).map(trailStopped));
  expect(Date.now() - started).toBeLessThan(40_000);
  expect(error).toBeUndefined();
  expect(result).toMatchObject({ listed: 0, counted: 0, unrecorded: 0 });
  expect(result?.pending).toBeGreaterThanOrEqual(4);
  expect(taken(suite.alertTopicArn)).toEqual([]);
  aws.refuse = () => undefined;
  await minutes(4);
  expect(
    told()
      .map(({ actor }) => actor)
      .sort(),
  ).toEqual(callers(4).map((caller) => userIdentityOf(caller).arn));
  // Two of them may share a round-up, and its text message.
  expect(taken(suite.smsTopicArn).length).toBeGreaterThanOrEqual(3);
});
