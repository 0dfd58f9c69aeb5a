import type { Rule } from "../lambda/core/rules/rule.ts";
import { compileRules } from "../lambda/core/rules/rule-set.ts";
import { DESK_DEPLOYMENT } from "../lambda/core/rules/self.ts";
import { createMemoryStore } from "../lambda/core/store/memory.ts";
import { createPipeline } from "../lambda/pipeline.ts";
import { countedLedger, countedStore } from "../test/support/counted-ledger.ts";
import { ACCOUNT, logFile, logKey, record, s3Event } from "../test/support/log-files.ts";

const RULE: Rule = { name: "storm", place: "bench:1", severity: "critical", calls: ["iam:CreateAccessKey"] };

interface Storm {
  readonly matches: number;
  readonly callers: number;
  readonly objects: number;
  /** True where all objects come at the same time, each to an invocation of its own. */
  readonly isAtOnce?: true;
}

const STORMS: readonly Storm[] = [
  { matches: 100, callers: 1, objects: 1 },
  { matches: 10_000, callers: 1, objects: 1 },
  { matches: 10_000, callers: 500, objects: 1 },
  { matches: 40_000, callers: 1, objects: 1 },
  { matches: 10_000, callers: 1, objects: 40 },
  { matches: 5_000, callers: 1, objects: 20, isAtOnce: true },
];

/** What storms of matches cost: messages, calls of the ledger's store, what DynamoDB charges for them, memory. */
export async function benchStorm(): Promise<void> {
  const baseline = await oneByOne(1_000);
  console.log("\nstorms in which every record matches one rule; units of DynamoDB per match, against matches that are");
  console.log(
    `read and written one by one (${baseline.writes} write and ${baseline.reads} read units each); *: objects at once`,
  );
  console.log("  matches callers objects  messages  told of  store calls  allowed    writes     reads  peak memory");
  for (const one of STORMS) await storm(one, baseline);
}

/** Units per match where each has an item of its own, which is looked for and written. */
async function oneByOne(matches: number): Promise<{ readonly writes: number; readonly reads: number }> {
  const { store, cost } = countedStore(createMemoryStore());
  await Promise.all(
    Array.from({ length: matches }, async (_, i) => {
      const key = `match#${i}`;
      await store.read([key], 0);
      await store.commit([{ key, expected: 0, next: { body: { record: record(), logObject: logKey("storm") } } }]);
    }),
  );
  return { writes: cost.writeUnits / matches, reads: cost.readUnits / matches };
}

async function storm(
  { matches, callers, objects, isAtOnce }: Storm,
  baseline: { readonly writes: number; readonly reads: number },
): Promise<void> {
  const { ledger, cost, sent, now, runToEnd } = countedLedger(RULE);
  const files = new Map(
    Array.from({ length: objects }, (_, i) => {
      const records = Array.from({ length: matches / objects }, (_, j) => recordOf(i, j, callers));
      return [logKey(`storm-${i}-`), logFile(...records)] as const;
    }),
  );
  const pipeline = createPipeline({
    rules: compileRules([RULE]),
    ledger,
    fetchObject: async ({ key }) => ({ content: files.get(key) ?? Buffer.alloc(0) }),
    deployment: DESK_DEPLOYMENT,
    accepted: {},
    now,
    log: () => undefined,
  });
  const before = process.memoryUsage().rss;
  const invocations = [...files.keys()].map((key) => () => pipeline(s3Event("bench", key)));
  if (isAtOnce) await Promise.all(invocations.map((invoke) => invoke()));
  else for (const invoke of invocations) await invoke();
  const peak = process.memoryUsage().rss - before;
  const { calls } = cost;
  await runToEnd();
  const columns: readonly (readonly [string | number, number])[] = [
    [matches, 9],
    [callers, 8],
    [`${objects}${isAtOnce ? " *" : ""}`, 8],
    [sent.messages, 10],
    [sent.matches, 9],
    [calls, 13],
    [20 * objects + matches / 100, 9],
    [`${(cost.writeUnits / matches / baseline.writes).toFixed(2)} x`, 10],
    [`${(cost.readUnits / matches / baseline.reads).toFixed(2)} x`, 10],
    [`${Math.max(0, Math.round(peak / 2 ** 20))} MB`, 13],
  ];
  console.log(columns.map(([value, width]) => String(value).padStart(width)).join(""));
}

/** Each is news: it makes a key for a user of its own. */
function recordOf(object: number, number: number, callers: number) {
  const userName = `caller-${number % callers}`;
  const userIdentity = {
    type: "IAMUser",
    arn: `arn:aws:iam::${ACCOUNT}:user/${userName}`,
    accountId: ACCOUNT,
    userName,
  };
  return record({ userIdentity, requestParameters: { userName: `user-${object}-${number}` } });
}
