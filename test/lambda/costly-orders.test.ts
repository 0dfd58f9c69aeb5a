import { readDesk } from "../../cli/desk.ts";
import type { CloudTrailRecord } from "../../lambda/core/record/record.ts";
import { NOW, testDesk } from "../support/desk-pipeline.ts";
import { logKey, record } from "../support/log-files.ts";

// Costly machines that somebody orders and AWS starts: in the first days of a deployment, before anything is learned.
const DESK = readDesk(["rules/attacks/execution.yaml"]);
const RULES = DESK.rules.map(({ rule }) => rule).filter(({ name }) => /^(?:costly-|unusual-)instance/.test(name));

const MINUTE = 60_000;

const role = (name: string) => ({
  type: "AssumedRole",
  arn: `arn:aws:sts::111122223333:assumed-role/${name}/build-812`,
  sessionContext: { sessionIssuer: { type: "Role", arn: `arn:aws:iam::111122223333:role/${name}`, userName: name } },
});
const AUTO_SCALING = {
  type: "AssumedRole",
  arn: "arn:aws:sts::111122223333:assumed-role/AWSServiceRoleForAutoScaling/AutoScaling",
  invokedBy: "autoscaling.amazonaws.com",
  sessionContext: {
    sessionIssuer: {
      type: "Role",
      arn: "arn:aws:iam::111122223333:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling",
      userName: "AWSServiceRoleForAutoScaling",
    },
  },
};

type Call = (minutes: number) => CloudTrailRecord;

const call =
  (service: string, eventName: string, requestParameters: object, userIdentity: object = role("web")): Call =>
  (minutes) =>
    record({
      eventSource: `${service}.amazonaws.com`,
      eventName,
      eventTime: new Date(NOW + minutes * MINUTE).toISOString(),
      userIdentity,
      requestParameters,
      responseElements: null,
    });

const LAUNCH = call(
  "ec2",
  "RunInstances",
  { instanceType: "p5.48xlarge", instancesSet: { items: [{ minCount: 1, maxCount: 4 }] } },
  AUTO_SCALING,
);
const GROUP = call("autoscaling", "CreateAutoScalingGroup", { autoScalingGroupName: "a1b2c3", maxSize: 20 });
const LARGER = call("autoscaling", "UpdateAutoScalingGroup", { autoScalingGroupName: "trainers", maxSize: 20 });
const templateOf = (InstanceType: string, userIdentity = role("web")) =>
  call(
    "ec2",
    "CreateLaunchTemplate",
    { CreateLaunchTemplateRequest: { LaunchTemplateData: { InstanceType } } },
    userIdentity,
  );
const FLEET = call("ec2", "CreateFleet", {
  CreateFleetRequest: {
    LaunchTemplateConfigs: { tag: 1, Overrides: { tag: 1, InstanceRequirements: { AcceleratorCount: { Min: 1 } } } },
  },
});
const REFRESH = call("autoscaling", "StartInstanceRefresh", {
  autoScalingGroupName: "web",
  desiredConfiguration: { mixedInstancesPolicy: { launchTemplate: { overrides: [{ instanceType: "g5.12xlarge" }] } } },
});
const BATCH = call("batch", "CreateComputeEnvironment", { computeResources: { instanceTypes: ["p2"] } });

/** The worst rules of the mails that are no daily round-up, each call in a log file of its own at its minute. */
async function mailsOf(...calls: readonly (readonly [minutes: number, call: Call])[]) {
  const { desk, deliver, alerts } = testDesk(RULES, { known: DESK.known });
  for (const [i, [minutes, made]] of calls.entries()) {
    await desk.advanceTo(NOW + minutes * MINUTE);
    await deliver([made(minutes)], logKey(`costly${i}`));
  }
  await desk.advanceTo(NOW + (calls.at(-1)?.[0] ?? 0) * MINUTE + 20 * MINUTE);
  return alerts.filter(({ severity }) => severity !== "low").map(({ rule }) => rule);
}

test.each<readonly [string, readonly (readonly [number, Call])[], readonly string[]]>([
  ["a role's template", [[0, templateOf("p5.48xlarge")]], ["costly-instances-ordered-first"]],
  ["a role's fleet by requirements", [[0, FLEET]], ["costly-instances-ordered-first"]],
  ["a role's refresh of a group", [[0, REFRESH]], ["costly-instances-ordered-first"]],
  ["a role's Batch environment by family", [[0, BATCH]], ["costly-instances-ordered-first"]],
  [
    "a group of a known template",
    [
      [0, GROUP],
      [3, LAUNCH],
    ],
    ["costly-instances-after-change"],
  ],
  [
    "a larger group",
    [
      [0, LARGER],
      [3, LAUNCH],
    ],
    ["costly-instances-after-change"],
  ],
  [
    "a change whose file comes after the launch's",
    [
      [3, LAUNCH],
      [0, LARGER],
    ],
    ["costly-instances-after-change"],
  ],
])("%s is told within minutes", async (_, calls, rules) => {
  expect(await mailsOf(...calls)).toEqual(rules);
});

test("a pipeline is told of once, and again when it orders another type", async () => {
  const deploy = role("deploy");
  const days = [0, 1, 2, 3].map((day) => [day * 1_440, templateOf("g5.12xlarge", deploy)] as const);
  expect(await mailsOf(...days)).toHaveLength(1);
  expect(await mailsOf(...days, [5 * 1_440, templateOf("p5.48xlarge", deploy)])).toHaveLength(2);
});

test("what a group that nobody changed starts each day comes in the round-up alone", async () => {
  expect(await mailsOf(...[0, 1, 2, 3].map((day) => [day * 1_440, LAUNCH] as const))).toEqual([]);
});

test("what starts all day after a change is one mail", async () => {
  const launches = Array.from({ length: 20 }, (_, i) => [10 + i * 15, LAUNCH] as const);
  expect(await mailsOf([0, LARGER], ...launches)).toEqual(["costly-instances-after-change"]);
});
