import { CreateQueueCommand, GetQueueAttributesCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { commandIn } from "../support/command.ts";
import { alertIn, deployedSuite } from "../support/deployed-suite.ts";
import { startLambdaApi } from "../support/lambda-api.ts";
import { ACCOUNT, logFile, record, s3Event } from "../support/log-files.ts";
import { runs, thoroughTest } from "../support/runs.ts";

/** The share of calls that fail; figures for other shares stand in docs/promises.md. */
const SHARE = Number(process.env.FAULT_SHARE ?? 0.2);
const OBJECTS = Number(process.env.FAULT_OBJECTS ?? runs(400, 15));

const suite = await deployedSuite();
const { aws } = suite;
const running: { stop(): Promise<void> }[] = [];
afterEach(() => Promise.all(running.splice(0).map((one) => one.stop())));

/** A generator of the same faults each time. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Objects of three matching records each, by a caller of their own. */
async function putObjects(count: number): Promise<readonly string[]> {
  const keys = Array.from({ length: count }, (_, i) => suite.keyOf(`${i}`));
  for (const [i, key] of keys.entries()) {
    const userIdentity = { type: "IAMUser", arn: `arn:aws:iam::${ACCOUNT}:user/u${i}`, userName: `u${i}` };
    await aws.put("trail", key, logFile(...Array.from({ length: 3 }, () => record({ userIdentity }))));
  }
  return keys;
}

/** What the tries of an object remarked of the ledger, a list for each try. */
type Remarks = Map<string, (readonly string[])[]>;

/** Lambda's asynchronous invocation: two more tries; what fails three times is given up. */
async function deliverAll(
  keys: readonly string[],
  parallel: number,
  remarks: Remarks = new Map(),
): Promise<readonly string[]> {
  const left = [...keys];
  const givenUp: string[] = [];
  await Promise.all(
    Array.from({ length: parallel }, async () => {
      for (let key = left.pop(); key !== undefined; key = left.pop()) {
        let isDone = false;
        for (let attempt = 0; attempt < 3 && !isDone; attempt++) {
          const { error, lines = [] } = await suite.functions.invoke(s3Event("trail", key));
          const told = lines.flatMap((line) => JSON.parse(line).remarks as readonly string[]);
          const ofLedger = told.filter((remark) => remark.startsWith("ledger: "));
          remarks.set(key, [...(remarks.get(key) ?? []), ofLedger]);
          isDone = error === undefined;
        }
        if (!isDone) givenUp.push(key);
      }
    }),
  );
  return givenUp;
}

/** Lets minutes pass until a tick finds nothing more to send. */
async function settle(): Promise<void> {
  let quiet = 0;
  for (let minute = 0; minute < 400 && quiet < 8; minute++) {
    const before = delivered().length;
    await suite.functions.advance(60_000);
    await suite.functions.tick();
    quiet = delivered().length === before ? quiet + 1 : 0;
  }
}

/** The messages of the alert topic that SNS took. */
const delivered = () => suite.taken(suite.alertTopicArn).map(alertIn);

/** Matches by the ids of the alerts that tell of them, each id once. */
function toldById(): ReadonlyMap<string, number> {
  return new Map(suite.told().map(({ id, matches }) => [id, matches]));
}

/**
 * True for a try that may go without the ledger: one of its requests had no answer, or one operation failed five times
 * (lambda/core/store/access.ts). A connection that is reset is called a timeout as well, and is tried again.
 */
function mayGoWithout(ofLedger: readonly string[]): boolean {
  const isUnanswered = (remark: string) => /TimeoutError/.test(remark) && !/ECONNRESET|EPIPE|hang up/.test(remark);
  return ofLedger.length >= 5 || ofLedger.some(isUnanswered);
}

const sum = (counts: Iterable<number>) => [...counts].reduce((total, count) => total + count, 0);

test(`with ${100 * SHARE} % of all calls failing, no match of ${OBJECTS} log objects is lost, and none told twice`, async () => {
  const keys = await putObjects(OBJECTS);
  const roll = random(1);
  let faults = 0;
  let calls = 0;
  aws.refuse = ({ path, method, target }) => {
    calls++;
    if (roll() >= SHARE) return undefined;
    faults++;
    const kind = roll();
    const isBody = method === "GET" && path.includes("AWSLogs");
    if (kind < 0.3) return { status: 503, code: isBody ? "SlowDown" : "ServiceUnavailable" };
    if (kind < 0.5) return { status: 400, code: target === "" ? "Throttling" : "ThrottlingException" };
    if (kind < 0.7) return "reset";
    if (kind < 0.72) return "stall";
    return isBody ? "cut" : "lost";
  };
  const started = Date.now();
  const remarks: Remarks = new Map();
  let givenUp = await deliverAll(keys, 8, remarks);
  const dead = givenUp.length;
  await suite.functions.advance(60_000);
  await suite.functions.tick();
  aws.refuse = () => undefined;
  // Dead letters, handed back.
  givenUp = await deliverAll(givenUp, 8);
  await settle();
  const told = toldById();
  const repeated = delivered().length - new Set(delivered().map(({ id }) => id)).size;
  const mayRepeat = delivered().filter((message) => message.mayRepeat).length;
  process.stdout.write(
    `faults: ${faults} of ${calls} calls; ${OBJECTS} objects in ${Math.round((Date.now() - started) / 1000)} s; ` +
      `${dead} dead letters; ${told.size} alerts in ${delivered().length} messages, ` +
      `${repeated} repeated under the same id, ${mayRepeat} marked "may repeat"\n`,
  );
  expect(givenUp).toEqual([]);
  // What is marked "may repeat" was sent without the ledger, and may be told again by it.
  if (mayRepeat === 0) expect(sum(told.values())).toBe(3 * OBJECTS);
  else expect(sum(told.values())).toBeGreaterThanOrEqual(3 * OBJECTS);
  // That is the exception: a ledger that fails now and then is asked again.
  for (const { actor } of delivered().filter((message) => message.mayRepeat)) {
    const tries = remarks.get(keys[Number(/\d+$/.exec(actor)?.[0])] ?? "") ?? [];
    expect({ actor, tries, mayGoWithout: tries.some(mayGoWithout) }).toMatchObject({ mayGoWithout: true });
  }
  const askedAgain = [...remarks.values()].flat().filter((one) => one.length > 0 && !mayGoWithout(one));
  expect(askedAgain.length).toBeGreaterThan(0);
});

thoroughTest(
  "while SNS is down nothing is lost, the age of what waits grows, and all is sent once it is back",
  async () => {
    const keys = await putObjects(12);
    aws.refuse = ({ fields }) => (fields.Action === "Publish" ? { status: 500, code: "InternalError" } : undefined);
    expect(await deliverAll(keys, 4)).toEqual([]);
    const ages: number[] = [];
    for (let i = 0; i < 5; i++) {
      await suite.functions.advance(180_000);
      const { result } = await suite.functions.tick();
      ages.push(result?.oldestPendingSeconds ?? 0);
    }
    expect(delivered()).toEqual([]);
    // The alarm OldestPending rings at 600.
    expect(Math.max(...ages)).toBeGreaterThan(600);
    aws.refuse = () => undefined;
    await settle();
    expect(sum(toldById().values())).toBe(36);
  },
);

test("dead letters of a time without S3 are recovered by redrive, each once, and run twice it does no harm", async () => {
  const keys = await putObjects(5);
  aws.refuse = ({ method, path }) =>
    method === "GET" && path.includes("AWSLogs") ? { status: 503, code: "SlowDown" } : undefined;
  const givenUp = await deliverAll(keys, 5);
  expect(givenUp).toHaveLength(5);
  expect(delivered()).toEqual([]);
  const sqs = new SQSClient(aws.clientConfig);
  const { QueueUrl = "" } = await sqs.send(new CreateQueueCommand({ QueueName: "dead-letters" }));
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["QueueArn"] }));
  const send = (body: unknown) => sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(body) }));
  const functionArn = "arn:aws:lambda:us-east-1:111122223333:function:alerter:$LATEST";
  for (const key of givenUp) {
    await send({ requestContext: { functionArn }, requestPayload: s3Event("trail", key) });
  }
  await send({ somebody: "else's message" });
  await send({ requestContext: { functionArn: functionArn.replace("alerter", "payroll") }, requestPayload: {} });
  aws.refuse = ({ path }) => (path.includes(givenUp[4] ?? "x") ? { status: 403, code: "AccessDenied" } : undefined);
  const lambda = await startLambdaApi((event) => suite.functions.invoke(event), Attributes?.QueueArn ?? "");
  running.push(lambda);
  const redrive = () =>
    commandIn(
      {
        AWS_ENDPOINT_URL_SQS: String(aws.clientConfig.endpoint),
        AWS_ENDPOINT_URL_LAMBDA: lambda.endpoint,
        AWS_REGION: "us-east-1",
        AWS_ACCESS_KEY_ID: "local",
        AWS_SECRET_ACCESS_KEY: "local",
      },
      "redrive",
      ["--queue", QueueUrl],
    );
  const first = await redrive();
  expect(first.stdout).toContain("4 letters recovered, 3 kept\n");
  expect(first.stdout).toMatch(/kept, InvocationError: .*AccessDenied/);
  expect(first.stdout).toContain("kept, it is not a record of a failed invocation");
  expect(first.stdout).toContain("payroll:$LATEST, which does not send its failures to this queue");
  expect(first.code).toBe(1);
  aws.refuse = () => undefined;
  const second = await redrive();
  expect(second.stdout).toContain("1 letter recovered, 2 kept\n");
  await settle();
  expect(sum(toldById().values())).toBe(15);
});
