import { iamUser } from "../callers.ts";
import { Hand } from "../hand.ts";
import { KEYS, keyAt } from "../pipelines/keys.ts";
import { type Attack, deed } from "./attack.ts";

const ADDRESS = "198.51.100.140";

const UNUSED = ["ap-southeast-2", "sa-east-1", "ap-northeast-2", "ca-central-1"];

/** The key of the dashboards is in the hands of somebody who digs for coins: large machines in regions where nobody looks. */
export const MINING: Attack = {
  name: "mining at others' expense",
  hour: 4.3,
  addresses: [ADDRESS],
  *acts(start, random) {
    const { account, user } = KEYS.reports;
    let hand = new Hand(
      iamUser(account, user, ADDRESS, "Boto3/1.34.50 md/Botocore#1.34.50 lang/python#3.10.12", {
        key: keyAt("reports", start),
      }),
      account,
      start,
      random,
      { pace: [1_000, 12_000] },
    );
    yield hand.call("sts:GetCallerIdentity", null, { region: "us-east-1" });
    yield hand.call("ec2:DescribeRegions", { regionSet: {}, allRegions: true }, { region: "us-east-1" });
    let isFirst = true;
    for (const region of UNUSED) {
      hand = hand.as(hand.caller, { region, pace: [1_000, 12_000] });
      yield hand.call("servicequotas:GetServiceQuota", { serviceCode: "ec2", quotaCode: "L-1216C47A" });
      yield hand.call("ec2:DescribeVpcs");
      yield hand.call("ec2:DescribeImages", { ownersSet: { items: [{ owner: "amazon" }] } });
      yield hand.call(
        "ec2:CreateSecurityGroup",
        { groupName: "web", groupDescription: "web" },
        { response: { groupId: `sg-0${random.hex(16)}` } },
      );
      for (const instanceType of ["c6a.16xlarge", "g4dn.12xlarge"]) {
        const isTooMuch = instanceType.startsWith("g4dn");
        const parameters = {
          instancesSet: { items: [{ imageId: "ami-0aa11bb22cc33dd44", minCount: 2, maxCount: 2 }] },
          instanceType,
          userData: "<sensitiveDataRemoved>",
        };
        if (isTooMuch)
          yield hand.call("ec2:RunInstances", parameters, {
            error: [
              "Client.VcpuLimitExceeded",
              "You have requested more vCPU capacity than your current vCPU limit of 0 allows",
            ],
          });
        else {
          const act = hand.call("ec2:RunInstances", parameters, {
            response: {
              instancesSet: {
                items: [
                  { instanceId: `i-0${random.hex(16)}`, instanceType },
                  { instanceId: `i-0${random.hex(16)}`, instanceType },
                ],
              },
            },
          });
          yield isFirst ? deed(act) : act;
          isFirst = false;
        }
      }
      yield hand.call("ecs:CreateCluster", { clusterName: "default" });
      yield hand.call("ecs:RegisterTaskDefinition", {
        family: "web",
        requiresCompatibilities: ["FARGATE"],
        cpu: "16384",
        memory: "32768",
        containerDefinitions: [{ name: "web", image: "docker.io/library/web:latest", essential: true }],
      });
      yield hand.call("ecs:CreateService", {
        cluster: "default",
        serviceName: "web",
        taskDefinition: "web",
        desiredCount: 10,
        launchType: "FARGATE",
      });
    }
  },
};
