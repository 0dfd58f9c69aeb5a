import { quantity } from "../lambda/core/alert/quantity.ts";
import { visible } from "../lambda/core/alert/text.ts";
import { isObject, textAt, valueAt } from "../lambda/core/record/record.ts";
import { type DeadLetter, type DeadLetters, openDeadLetters } from "./aws/dead-letters.ts";
import { outputNamed, readOutputs, StackError } from "./aws/stack.ts";
import { stackHere } from "./stack-here.ts";
import { checkedRegion, checkedStack, readArguments, runCommand, UsageError } from "./usage.ts";

const HELP = `Usage: npm run redrive -- [--queue URL | --stack NAME] [--function NAME] [--region REGION]

Hands dead letters back: runs the function with each request in the queue. A letter that succeeds is deleted; one that
fails is kept, and the reason is printed. You may run it twice or interrupt it: nothing is alerted again.

  --queue URL      the dead-letter queue; if left out, the stack's
  --stack NAME     the stack (default: as stackName says, or Trailbell)
  --function NAME  the function; if left out, the one that the letter came from
  --region REGION  where both are; if left out, the region in the queue's URL, or else of your shell

Uses the credentials of your shell. Exit code: 0; 1 if a letter was kept; 2 if the command line is wrong.
`;

async function redrive(args: readonly string[]): Promise<number> {
  const { values, positionals } = readArguments(args, HELP, {
    queue: { type: "string" },
    stack: { type: "string" },
    function: { type: "string" },
    region: { type: "string" },
  });
  if (positionals.length > 0)
    throw new UsageError(`redrive takes no ${visible(positionals[0] ?? "", 60)}: give --queue URL`);
  if (values.queue !== undefined && values.stack !== undefined) throw new UsageError("give one of --queue and --stack");
  const region = checkedRegion(values.region);
  const stack =
    values.queue === undefined ? await foundIn(checkedStack(values.stack ?? stackHere()), region) : undefined;
  const queue = openDeadLetters(values.queue ?? stack?.queue ?? "", region);
  let interrupted = false;
  // The letter at hand is finished; a second interrupt ends at once.
  process.once("SIGINT", () => {
    interrupted = true;
    process.stderr.write("stopping after this letter\n");
  });
  const kept: DeadLetter[] = [];
  let recovered = 0;
  let again = 0;
  while (!interrupted) {
    const letter = await queue.next();
    if (letter === undefined) break;
    if (kept.some(({ id }) => id === letter.id)) {
      // Its hidden time is over; once nothing else comes, all have been tried.
      if (++again > kept.length) break;
      continue;
    }
    again = 0;
    const outcome = await handBack(queue, letter, values.function, stack?.alerter);
    if (outcome.isKept) kept.push(letter);
    else recovered++;
    process.stdout.write(
      `${recovered + kept.length}: ${outcome.isKept ? "kept, " : ""}${visible(outcome.text, 1000)}\n`,
    );
  }
  process.stdout.write(`${quantity(recovered, "letter")} recovered, ${kept.length} kept\n`);
  // Letters that cannot be shown at once are there again within minutes.
  for (const letter of kept) await queue.release(letter).catch(() => undefined);
  return kept.length > 0 ? 1 : 0;
}

/** The dead-letter queue of a stack, and its function. */
async function foundIn(stack: string, region: string | undefined) {
  const { outputs } = await readOutputs(stack, region);
  const queue = outputNamed(outputs, "DeadLetterQueue");
  if (queue === undefined) throw new StackError(`the stack ${stack} has no output DeadLetterQueue: give --queue URL`);
  return { queue, alerter: outputNamed(outputs, "Alerter") };
}

async function handBack(
  queue: DeadLetters,
  letter: DeadLetter,
  given: string | undefined,
  alerter: string | undefined,
): Promise<{ readonly text: string; readonly isKept: boolean }> {
  try {
    const record: unknown = JSON.parse(letter.body);
    // EventBridge leaves the event that it could not hand over as it is.
    const isEvent = textAt(record, "detail-type") === "Object Created" && textAt(record, "source") === "aws.s3";
    const request = isEvent ? record : valueAt(record, "requestPayload");
    const functionName = given ?? textAt(record, "requestContext", "functionArn") ?? (isEvent ? alerter : undefined);
    if (request === undefined)
      return { text: "it is not a record of a failed invocation: it has no requestPayload", isKept: true };
    if (functionName === undefined) return { text: "it does not name its function: give --function", isKept: true };
    if (given === undefined && !(await queue.isFrom(functionName))) {
      return { text: `it names ${functionName}, which does not send its failures to this queue`, isKept: true };
    }
    const { answer, error } = await queue.invoke(functionName, request);
    if (error !== undefined) {
      return {
        text: `${textAt(answer, "errorType") ?? error}: ${textAt(answer, "errorMessage") ?? "no message"}`,
        isKept: true,
      };
    }
    if (typeof valueAt(answer, "objects") !== "number") {
      return { text: `${functionName} answered without counts: it is not Trailbell's function`, isKept: true };
    }
    await queue.delete(letter);
    return { text: countsOf(answer), isKept: false };
  } catch (error) {
    return { text: error instanceof Error ? `${error.name}: ${error.message}` : String(error), isKept: true };
  }
}

function countsOf(answer: unknown): string {
  const count = (name: string) => (isObject(answer) && typeof answer[name] === "number" ? answer[name] : 0);
  return `recovered: ${quantity(count("objects"), "object")}, ${quantity(count("alerts"), "alert")}, ${quantity(count("duplicates"), "duplicate")}`;
}

await runCommand(redrive);
