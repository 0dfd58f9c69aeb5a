import { MINUTE } from "../act.ts";
import { iamUser } from "../callers.ts";
import { Hand } from "../hand.ts";
import { KEYS } from "../pipelines/keys.ts";
import { type Attack, deed } from "./attack.ts";

const ADDRESSES = ["203.0.113.201", "203.0.113.202", "203.0.113.203"];
const { account, user } = KEYS.chatbot;
const MODELS = [
  "anthropic.claude-opus-4-1-20250805-v1:0",
  "anthropic.claude-sonnet-4-5-20250929-v1:0",
  "amazon.nova-premier-v1:0",
  "meta.llama4-maverick-17b-instruct-v1:0",
  "deepseek.r1-v1:0",
];

/** The key of a chat bot is sold: its buyers try models with requests that cannot work, then use those that are open. */
export const STOLEN_MODELS: Attack = {
  name: "models at others' expense",
  hour: 20.4,
  addresses: ADDRESSES,
  *acts(start, random) {
    const from = (address: string | undefined) => iamUser(account, user, address ?? "", "Python/3.11 aiohttp/3.9.5");
    let hand = new Hand(from(ADDRESSES[0]), account, start, random, { pace: [1_000, 9_000] });
    yield hand.call("sts:GetCallerIdentity", null, { region: "us-east-1" });
    for (const region of ["us-east-1", "us-west-2", "eu-west-3"]) {
      yield hand.call("bedrock:ListFoundationModels", null, {
        region,
        ...(region !== "us-east-1" && { error: "denied" as const }),
      });
      yield hand.call("bedrock:GetModelInvocationLoggingConfiguration", null, { region, error: "denied" });
      for (const modelId of MODELS) {
        const isOpen = random.chance(0.5);
        yield hand.call(
          "bedrock:InvokeModel",
          { modelId },
          {
            region,
            error: isOpen
              ? ["ValidationException", "max_tokens: -1 is less than the minimum of 1"]
              : ["AccessDeniedException", "You don't have access to the model with the specified model ID."],
          },
        );
      }
    }
    yield hand.call("ses:GetSendQuota", null, { region: "us-east-1", error: "denied" });
    hand.wait(random.between(10, 25) * MINUTE);
    let isFirst = true;
    for (let i = 0; i < 420; i++) {
      if (i % 60 === 0) hand = hand.as(from(random.pick(ADDRESSES)), { region: "us-west-2", pace: [1_000, 9_000] });
      const act = hand.call("bedrock:InvokeModelWithResponseStream", { modelId: MODELS[i % 2] });
      yield isFirst ? deed(act) : act;
      isFirst = false;
    }
  },
};

const UNUSED = ["ap-southeast-2", "sa-east-1", "ap-northeast-2", "ca-central-1"];

/** The same key, bought by somebody who digs for coins: large machines and containers in regions where nobody looks. */
export const MINING: Attack = {
  name: "mining at others' expense",
  hour: 20.4,
  addresses: ADDRESSES,
  *acts(start, random) {
    const [address = ""] = ADDRESSES;
    let hand = new Hand(
      iamUser(account, user, address, "Boto3/1.34.50 md/Botocore#1.34.50 lang/python#3.10.12"),
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
