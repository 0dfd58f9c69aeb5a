import { createHash } from "node:crypto";
import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commandIn } from "../support/command.ts";

/** What waits in the queue, and what the function was invoked with. */
const letters: unknown[] = [];
const invoked: (readonly [path: string, event: unknown])[] = [];
const QUEUE = "arn:aws:sqs:eu-central-1:111122223333:Payments-DeadLetters";

function answerOf(operation: string) {
  if (operation.endsWith("GetQueueAttributes")) return { Attributes: { QueueArn: QUEUE } };
  const letter = operation.endsWith("ReceiveMessage") ? letters.shift() : undefined;
  if (letter === undefined) return {};
  const Body = JSON.stringify(letter);
  const MD5OfBody = createHash("md5").update(Body).digest("hex");
  return { Messages: [{ MessageId: String(letters.length), ReceiptHandle: "1", Body, MD5OfBody }] };
}

/** The requests that came: what a form asked for, or the operation that a header names. */
const asked: string[] = [];
let outputs: { readonly [name: string]: string } | undefined;
const server = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks).toString();
  if (request.url?.endsWith("/invocations")) {
    invoked.push([request.url, JSON.parse(body)]);
    response.end(JSON.stringify({ objects: 1, alerts: 1 }));
    return;
  }
  if (request.url?.endsWith("/event-invoke-config")) {
    response.end(JSON.stringify({ DestinationConfig: { OnFailure: { Destination: QUEUE } } }));
    return;
  }
  const fields = new URLSearchParams(body);
  const target = request.headers["x-amz-target"];
  asked.push(target === undefined ? `${fields.get("Action")} ${fields.get("StackName")}` : String(target));
  if (target !== undefined) {
    response
      .writeHead(200, { "content-type": "application/x-amz-json-1.0" })
      .end(JSON.stringify(answerOf(String(target))));
    return;
  }
  if (outputs === undefined) {
    const said = `<Code>ValidationError</Code><Message>Stack with id ${fields.get("StackName")} does not exist</Message>`;
    response.writeHead(400).end(`<ErrorResponse><Error>${said}</Error></ErrorResponse>`);
    return;
  }
  const members = Object.entries(outputs).map(
    ([key, value]) => `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`,
  );
  response
    .writeHead(200, { "content-type": "text/xml" })
    .end(
      `<DescribeStacksResponse><DescribeStacksResult><Stacks><member><Outputs>${members.join("")}</Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`,
    );
});
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
afterAll(() => {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(resolve));
});
beforeEach(() => {
  asked.splice(0);
  outputs = undefined;
});

/** Runs a command in a folder with these settings. */
function run(settings: string, name: string, ...args: readonly string[]) {
  const folder = mkdtempSync(join(tmpdir(), "trailbell-settings-"));
  writeFileSync(join(folder, "trailbell.config.yaml"), settings);
  const environment = {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    AWS_REGION: "eu-central-1",
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
  };
  return commandIn(environment, name, args, folder);
}

const COMMANDS: readonly (readonly [command: string, ...args: readonly string[]])[] = [
  ["mute", "--list"],
  ["redrive"],
  ["doctor", "--no-test"],
];

test.each(COMMANDS)("%s looks for the stack as the settings call it, unless told otherwise", async (name, ...args) => {
  const named = await run("stackName: Payments\n", name, ...args);
  expect(named).toMatchObject({ code: 1, stderr: expect.stringMatching(/there is no stack Payments in eu-central-1/) });
  const told = await run("stackName: Payments\n", name, ...args, "--stack", "Other");
  expect(told.stderr).toMatch(/there is no stack Other in/);
  // At night, settings that cannot be read are not in the way.
  const broken = await run("stackName: [\n", name, ...args);
  expect(broken.stderr).toMatch(/there is no stack Trailbell in/);
  // Where the clocks of client and server differ, the SDK asks again.
  expect([...new Set(asked)]).toEqual(["Payments", "Other", "Trailbell"].map((stack) => `DescribeStacks ${stack}`));
});

test("redrive empties the dead-letter queue of the stack, also of one in somebody's app", async () => {
  outputs = { TrailbellDeadLetterQueue: "https://sqs.eu-central-1.amazonaws.com/111122223333/Payments-DeadLetters" };
  const { code, stdout } = await run("stackName: Payments\n", "redrive");
  expect({ code, stdout }).toEqual({ code: 0, stdout: "0 letters recovered, 0 kept\n" });
  expect(asked).toEqual(["DescribeStacks Payments", "AmazonSQS.ReceiveMessage"]);
  outputs = { Other: "x" };
  expect(await run("", "redrive")).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/the stack Trailbell has no output DeadLetterQueue: give --queue URL/),
  });
  expect(await run("", "redrive", "--queue", "https://x", "--stack", "Other")).toMatchObject({ code: 2 });
});

test("an event that EventBridge could not hand over goes to the stack's function as it is", async () => {
  outputs = {
    DeadLetterQueue: "https://sqs.eu-central-1.amazonaws.com/111122223333/Payments-DeadLetters",
    Alerter: "Payments-Alerter",
  };
  const event = {
    source: "aws.s3",
    "detail-type": "Object Created",
    detail: { bucket: { name: "b-1" }, object: { key: "k" } },
  };
  letters.push(event, { ...event, source: "aws.ec2" });
  const { code, stdout, stderr } = await run("stackName: Payments\n", "redrive");
  expect({ code, stdout, stderr }).toEqual({
    code: 1,
    stderr: "",
    stdout: `1: recovered: 1 object, 1 alert, 0 duplicates
2: kept, it is not a record of a failed invocation: it has no requestPayload
1 letter recovered, 1 kept
`,
  });
  expect(invoked).toEqual([[expect.stringMatching(/\/functions\/Payments-Alerter\/invocations$/), event]]);
});
