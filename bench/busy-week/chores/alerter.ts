import { roleSession } from "../callers.ts";
import { Hand } from "../hand.ts";
import { accountNamed } from "../organization.ts";
import { openByToken, openNext, runnerAddress, TOOLS } from "../pipelines/runner.ts";
import type { Chore } from "./chore.ts";

const AUDIT = accountNamed("audit");

/** The alerter itself is deployed anew, by the pipeline, with the roles of CDK; and CloudTrail Insights finds a rate unusual. */
export const ALERTER_CHORES: readonly Chore[] = [
  {
    name: "alerter deployed",
    perWeek: 0.5,
    *acts(start, random) {
      const { id } = AUDIT;
      const region = "us-east-1";
      const runner = yield* openByToken(start, {
        account: AUDIT,
        role: "github-cdk",
        repository: "alerter",
        branch: "main",
        address: runnerAddress(random),
        userAgent: TOOLS.cdk,
        random,
      });
      const hand = yield* openNext(runner, AUDIT, `cdk-hnb659fds-deploy-role-${id}-${region}`, "aws-cdk-runner");
      const stackName = "Trailbell";
      yield hand.call("cloudformation:CreateChangeSet", {
        stackName,
        changeSetName: "cdk-deploy-change-set",
        changeSetType: "UPDATE",
      });
      yield hand.call("cloudformation:ExecuteChangeSet", { stackName, changeSetName: "cdk-deploy-change-set" });
      const role = roleSession(
        {
          account: AUDIT,
          role: `cdk-hnb659fds-cfn-exec-role-${id}-${region}`,
          name: "AWSCloudFormation",
          opened: hand.time,
          key: random.id("ASIA"),
          identity: { invokedBy: "cloudformation.amazonaws.com" },
        },
        "cloudformation.amazonaws.com",
        "cloudformation.amazonaws.com",
      );
      const stack = new Hand(role, AUDIT, hand.time, random, { pace: [500, 3_000] });
      for (const functionName of ["Trailbell-Alerter", "Trailbell-Tick"]) {
        yield stack.call(
          "lambda:UpdateFunctionCode20150331v2",
          { functionName, s3Bucket: `cdk-hnb659fds-assets-${id}-${region}`, s3Key: `${random.hex(64)}.zip` },
          { response: { functionName } },
        );
      }
    },
  },
  {
    name: "unusual rate",
    perWeek: 1.5,
    when: "any",
    *acts(start, random) {
      const account = random.pick([
        accountNamed("shop-prod"),
        accountNamed("search-prod"),
        accountNamed("shared-services"),
      ]);
      const hand = new Hand({ userIdentity: {}, sourceIPAddress: "", userAgent: "" }, account, start, random);
      const shared = random.uuid();
      const [eventSource, eventName] = random.pick([
        ["ec2.amazonaws.com", "RunInstances"],
        ["iam.amazonaws.com", "PutRolePolicy"],
        ["ecs.amazonaws.com", "UpdateService"],
      ] as const);
      for (const state of ["Start", "End"]) {
        const { record, time } = hand.call("insight:none");
        const { eventID, eventTime, awsRegion, recipientAccountId } = record;
        const statistics = {
          baseline: { average: 0.0021 },
          insight: { average: 3.5 },
          insightDuration: 4,
          baselineDuration: 10_080,
        };
        const insightDetails = {
          state,
          eventSource,
          eventName,
          insightType: "ApiCallRateInsight",
          insightContext: { statistics, attributions: [] },
        };
        yield {
          time,
          record: {
            eventVersion: "1.09",
            eventTime,
            awsRegion,
            eventID,
            eventType: "AwsCloudTrailInsight",
            recipientAccountId,
            sharedEventID: shared,
            insightDetails,
            eventCategory: "Insight",
          },
        };
        hand.wait(12 * 60_000);
      }
    },
  },
];
