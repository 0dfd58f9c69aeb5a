import { GetFunctionEventInvokeConfigCommand, InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";

/** A message of the dead-letter queue, hidden from others while it is worked on. */
export interface DeadLetter {
  readonly id: string;
  readonly body: string;
  readonly handle: string;
}

/** What became of an invocation: the function's answer, or the error that it ended with. */
export interface Invoked {
  readonly answer: unknown;
  readonly error?: string;
}

/** The queue of dead letters, and the function that they are handed back to. */
export interface DeadLetters {
  /** The next letter that is not hidden; undefined when there is none. */
  next(): Promise<DeadLetter | undefined>;
  /** True for a function that hands its failures to this queue: anybody may put letters there that name another one. */
  isFrom(functionName: string): Promise<boolean>;
  /** Runs the function with a request and waits for its end. */
  invoke(functionName: string, request: unknown): Promise<Invoked>;
  delete(letter: DeadLetter): Promise<void>;
  /** Shows the letter to others again. */
  release(letter: DeadLetter): Promise<void>;
}

/** Longer than the function may run, in seconds; then a letter left by a broken run is visible again. */
const HIDDEN = 300;

/** Opens a queue with the credentials of the shell, in a region or in that of its address, or else of the shell. */
export function openDeadLetters(QueueUrl: string, given: string | undefined): DeadLetters {
  // Requests go to the region's own address, or wherever AWS_ENDPOINT_URL points.
  const [, named] = /^https:\/\/sqs\.([a-z0-9-]+)\.amazonaws\.(?:com|eu)\b/.exec(QueueUrl) ?? [];
  const region = given ?? named;
  const settings = region === undefined ? {} : { region };
  const sqs = new SQSClient({ ...settings, useQueueUrlAsEndpoint: false });
  // The function may take two minutes; a retry in the meantime would run it twice.
  const lambda = new LambdaClient({ ...settings, maxAttempts: 1, requestHandler: { requestTimeout: 180_000 } });
  return {
    async next() {
      const { Messages: [message] = [] } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 1, WaitTimeSeconds: 1, VisibilityTimeout: HIDDEN }),
      );
      if (message === undefined) return undefined;
      const { MessageId: id = "", Body: body = "", ReceiptHandle: handle = "" } = message;
      return { id, body, handle };
    },
    async isFrom(FunctionName) {
      const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["QueueArn"] }));
      const { DestinationConfig } = await lambda.send(new GetFunctionEventInvokeConfigCommand({ FunctionName }));
      const arn = Attributes?.QueueArn;
      return arn !== undefined && DestinationConfig?.OnFailure?.Destination === arn;
    },
    async invoke(FunctionName, request) {
      const { Payload, FunctionError } = await lambda.send(
        new InvokeCommand({ FunctionName, Payload: Buffer.from(JSON.stringify(request)) }),
      );
      const answer: unknown = JSON.parse(Buffer.from(Payload ?? []).toString() || "null");
      return { answer, ...(FunctionError !== undefined && { error: FunctionError }) };
    },
    async delete({ handle }) {
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: handle }));
    },
    async release({ handle }) {
      await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle: handle, VisibilityTimeout: 0 }));
    },
  };
}
