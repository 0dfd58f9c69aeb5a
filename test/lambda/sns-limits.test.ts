import { CreateTopicCommand, SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import { CreateQueueCommand, GetQueueAttributesCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { publishSmsTo, publishTo } from "../../lambda/aws/sns.ts";
import type { Alert } from "../../lambda/core/alert/alert.ts";
import { alertsOf, everyCall } from "../support/desk-pipeline.ts";
import { record } from "../support/log-files.ts";
import { HAS_MOTO, motoTest, startMoto } from "../support/moto.ts";

// fauxqs takes any subject and size; moto refuses what SNS refuses.
const moto = HAS_MOTO ? await startMoto() : undefined;
const credentials = { accessKeyId: "local", secretAccessKey: "local" };
const config = { endpoint: moto?.endpoint ?? "none", region: "us-east-1", credentials };
const sns = new SNSClient(config);
const sqs = new SQSClient(config);

afterAll(() => {
  sns.destroy();
  sqs.destroy();
  return moto?.stop();
});

async function topicWithQueue(name: string) {
  const { TopicArn = "" } = await sns.send(new CreateTopicCommand({ Name: name }));
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["QueueArn"] }));
  await sns.send(new SubscribeCommand({ TopicArn, Protocol: "sqs", Endpoint: Attributes?.QueueArn }));
  const receive = async () => {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
    return Messages.map(({ Body = "" }) => JSON.parse(Body));
  };
  return { TopicArn, receive };
}

motoTest("SNS takes the largest alert, and gives machines the JSON", async () => {
  const huge = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`p${i}`, "\u0001é".repeat(100)]));
  const records = Array.from({ length: 40 }, () => record({ eventName: "é\n".repeat(200), requestParameters: huge }));
  const { alerts, texts } = await alertsOf(records, { rules: [everyCall()] });
  const { TopicArn, receive } = await topicWithQueue("largest");
  for (const alert of alerts) {
    await publishTo(sns, TopicArn)(alert);
    await publishSmsTo(sns, TopicArn)(alert);
  }
  const delivered = await receive();
  expect(delivered).toHaveLength(2);
  expect(JSON.parse(delivered[0].Message)).toMatchObject({ schema: "trailbell.alert/2", matches: 40 });
  expect(delivered[1].Message).toBe(texts[0]);
});

motoTest("SNS refuses what breaks its limits, so that the test above means something", async () => {
  const { TopicArn } = await topicWithQueue("limits");
  const [alert] = (await alertsOf([record()])).alerts as [Alert];
  const publish = publishTo(sns, TopicArn);
  await expect(publish({ ...alert, subject: "x".repeat(101) })).rejects.toThrow(/Subject/);
  await expect(publish({ ...alert, email: "x".repeat(262_144) })).rejects.toThrow(/too long/i);
});
