import { createDeskLedger } from "../cli/desk-ledger.ts";
import type { Rule } from "../lambda/core/rules/rule.ts";
import { compileRules } from "../lambda/core/rules/rule-set.ts";
import { DESK_DEPLOYMENT } from "../lambda/core/rules/self.ts";
import { createMemoryStore } from "../lambda/core/store/memory.ts";
import type { LedgerStore } from "../lambda/core/store/store.ts";
import { createPipeline } from "../lambda/pipeline.ts";

const RULE: Rule = { name: "storm", place: "bench:1", severity: "critical", calls: ["iam:CreateAccessKey"] };
const NOW = Date.parse("2026-11-20T21:30:00Z");

/** What a storm of matches in one log file costs: messages, calls of the ledger's store, memory. */
export async function benchStorm(): Promise<void> {
  console.log("\na storm in one log file: every record matches one rule");
  console.log("    matches   groups  messages  store calls  of which allowed  told of    peak memory");
  for (const [matches, groups] of [
    [100, 1],
    [10_000, 1],
    [10_000, 500],
    [40_000, 1],
  ] as const) {
    await storm(matches, groups);
  }
}

async function storm(matches: number, groups: number): Promise<void> {
  const memory = createMemoryStore();
  let calls = 0;
  const counted: LedgerStore = {
    read: (keys, now) => count(() => memory.read(keys, now)),
    commit: (changes) => count(() => memory.commit(changes)),
    due: (until, limit) => count(() => memory.due(until, limit)),
    park: (key) => count(() => memory.park(key)),
  };
  const count = <T>(act: () => Promise<T>) => {
    calls++;
    return act();
  };
  let messages = 0;
  let told = 0;
  const desk = createDeskLedger(
    [RULE],
    { accounts: {}, smsFrom: "critical", roundUpHour: 8 },
    (alert) => {
      messages++;
      told += alert.matches;
    },
    () => void messages++,
    { ...counted, nextDue: memory.nextDue },
  );
  await desk.advanceTo(NOW);
  const body = Buffer.from(JSON.stringify({ Records: Array.from({ length: matches }, (_, i) => recordOf(i, groups)) }));
  const pipeline = createPipeline({
    rules: compileRules([RULE]),
    ledger: desk.ledger,
    fetchObject: async () => ({ bytes: body }),
    deployment: DESK_DEPLOYMENT,
    accepted: {},
    now: desk.now,
    log: () => undefined,
  });
  const key = "AWSLogs/111122223333/CloudTrail/us-east-1/2026/11/20/storm.json.gz";
  const before = process.memoryUsage().rss;
  await pipeline({ Records: [{ s3: { bucket: { name: "bench" }, object: { key } } }] });
  const peak = process.memoryUsage().rss - before;
  const inInvocation = { messages, calls };
  await desk.runToEnd();
  const columns = [
    String(matches).padStart(11),
    String(groups).padStart(9),
    String(inInvocation.messages).padStart(10),
    String(inInvocation.calls).padStart(13),
    String(20 + matches / 100).padStart(18),
    String(told).padStart(9),
    `${Math.max(0, Math.round(peak / 2 ** 20))} MB`.padStart(15),
  ];
  console.log(columns.join(""));
}

function recordOf(i: number, groups: number) {
  return {
    eventVersion: "1.11",
    eventID: `00000000-0000-4000-8000-${String(i).padStart(12, "0")}`,
    eventTime: "2026-11-20T21:25:09Z",
    eventSource: "iam.amazonaws.com",
    eventName: "CreateAccessKey",
    awsRegion: "us-east-1",
    sourceIPAddress: "192.0.2.44",
    userIdentity: {
      type: "IAMUser",
      arn: `arn:aws:iam::111122223333:user/user-${i % groups}`,
      accountId: "111122223333",
    },
    requestParameters: { userName: `user-${i}` },
    recipientAccountId: "111122223333",
  };
}
