import { MINUTE } from "../act.ts";
import { iamUser } from "../callers.ts";
import { Hand } from "../hand.ts";
import { KEYS, keyAt } from "../pipelines/keys.ts";
import { type Attack, deed } from "./attack.ts";

const ADDRESSES = ["203.0.113.201", "203.0.113.202", "203.0.113.203"];
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
    const { account, user } = KEYS.chatbot;
    const from = (address: string | undefined) =>
      iamUser(account, user, address ?? "", "Python/3.11 aiohttp/3.9.5", { key: keyAt("chatbot", start) });
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
