import { Random } from "../../../../bench/busy-week/random.ts";
import { busyWeek } from "../../../../bench/busy-week/week.ts";
import { isTrailCall } from "../../../../lambda/core/digest/trail-calls.ts";
import { type Known, put } from "../../../../lambda/core/first-seen/known.ts";
import { actorOwning, isOwnLog, questionsOf } from "../../../../lambda/core/first-seen/question.ts";
import { linkIn } from "../../../../lambda/core/links/link-notes.ts";
import { readLogFile } from "../../../../lambda/core/log-file/reader.ts";
import { numberOf, type Sketch } from "../../../../lambda/core/log-file/scan/sketch.ts";
import { type IsUsual, Sieves } from "../../../../lambda/core/match/sieve.ts";
import { sketchedRecord } from "../../../../lambda/core/match/sketched-record.ts";
import { mayLink } from "../../../../lambda/core/record/link.ts";
import { type CloudTrailRecord, isObject, textAt } from "../../../../lambda/core/record/record.ts";
import { restored } from "../../../../lambda/core/record/restored.ts";
import { viewOf } from "../../../../lambda/core/record/view.ts";
import { actsAs } from "../../../../lambda/core/rules/acting.ts";
import type { Exception, Rule } from "../../../../lambda/core/rules/rule.ts";
import { compileRules, type Verdict } from "../../../../lambda/core/rules/rule-set.ts";
import { DESK_DEPLOYMENT, fillSelf } from "../../../../lambda/core/rules/self.ts";
import { conformanceTest, invictusRecords, realRecords } from "../../../support/conformance.ts";
import { loadedRules } from "../../../support/loaded-rules.ts";
import { record } from "../../../support/log-files.ts";
import { runs, thoroughTest } from "../../../support/runs.ts";
import { sketchOfText } from "../../../support/sketch.ts";

const LOADED = loadedRules("rules");
const RULES = fillSelf(
  LOADED.map(({ rule }) => rule),
  DESK_DEPLOYMENT,
);

const DAY = 86_400_000;
const NOW = Date.parse("2027-01-01T00:00:00Z");

/**
 * What a function that parses every record finds, and what a sieve may pass over in it. A desk without a memory lets all pass
 * that no rule matches; whoever judges nothing by sketches wants each record parsed before it is known.
 */
function createWatcher(
  rules: readonly Rule[],
  followsSessions = true,
  judge: "function" | "desk" | "nobody" = "function",
) {
  const ruleSet = compileRules(rules);
  const sieves = new Sieves(ruleSet, followsSessions, isTrailCall);
  const owners = new Map<string, Known>();
  const met = new Set<string>();
  const counts = { seen: 0, passed: 0, judged: 0, leftOut: 0, told: 0, wrong: [] as string[], parsed: [] as string[] };

  const ownerOf = (account: string, actor?: string): Known => {
    const name = `${account} ${actor ?? ""}`;
    const known: Known = owners.get(name) ?? {
      key: name,
      kind: actor === undefined ? "account" : "actor",
      isRead: true,
      values: new Map(),
      pending: new Map(),
    };
    owners.set(name, known);
    return known;
  };

  return {
    counts,
    see(text: string, key: string): void {
      const record = restored(JSON.parse(text), 500);
      const logObject = { bucket: "b", key };
      counts.seen++;
      const sketch = sketchOfText(text);
      const isUsualToFunction: IsUsual = (sketched, rules) => {
        if ((viewOf(sketched).time ?? Number.POSITIVE_INFINITY) > NOW) return false;
        if (!questionsOf({ record: sketched, logObject, rules }, NOW, ownerOf).isUsual) return false;
        met.add(visitOf(sketched, key) ?? "");
        counts.judged++;
        return true;
      };
      const sieve = sieves.for(key, { function: isUsualToFunction, desk: () => true, nobody: undefined }[judge]);
      // As the reader asks, for whom a record may stand at any place of a scan.
      sieve.expect?.([undefined, sketch]);
      const isPassed = sketch !== undefined && sieve.passesOver(sketch, 1);
      if (isPassed) counts.passed++;
      else counts.parsed.push(text);

      const verdict = ruleSet.match(record, NOW);
      const alike = sketch && sieve.meet(record, sketch);
      const possible = alike?.possible;
      if (possible !== undefined && names(ruleSet.match(record, NOW, possible)) !== names(verdict)) {
        counts.wrong.push(`put to ${possible.map(({ rank }) => rules[rank]?.name)} only: ${text.slice(0, 2000)}`);
      }
      const { matched, preceding, excepted, noticed } = verdict;
      const out = sieve.leftOut().map(({ rule, exception, address }) => [rule.name, exception.reason, address]);
      const own = excepted.map((rule, i) => [
        rule.name,
        verdict.exceptions[i]?.reason,
        textAt(record, "sourceIPAddress"),
      ]);
      if (JSON.stringify(out) !== JSON.stringify(isPassed ? own : [])) {
        counts.wrong.push(`counts ${JSON.stringify(out)} for ${JSON.stringify(own)}: ${text.slice(0, 2000)}`);
      }
      counts.leftOut += out.length;
      const { questions, isUsual } = questionsOf({ record, logObject, rules: noticed }, NOW, ownerOf);
      for (const { owner, first, names, time } of questions) {
        put(owner.values, first.key, names[0], [Math.floor(time / DAY)]);
      }
      const reasons = [...matched, ...preceding].map(({ name }) => name);
      reasons.push(...questions.map(({ rule }) => `${rule.name} asks`));
      if (followsSessions && linkIn(record, logObject) !== undefined) reasons.push("a link");
      if (isTrailCall(record)) reasons.push("a change of a trail");
      if (reasons.length > 0) counts.told++;
      const visit = visitOf(record, key);
      if (visit !== undefined && !met.has(visit)) {
        met.add(visit);
        if (isPassed && judge !== "desk") reasons.push("its caller's first record of the day");
      }
      if (isPassed && reasons.length > 0) counts.wrong.push(`${reasons.join(", ")}: ${text.slice(0, 2000)}`);
      if (!isPassed) alike?.note(record, { verdict, isNothing: reasons.length === 0 && isUsual, now: NOW });
    },
  };
}

function names({ matched, excepted, preceding, noticed }: Verdict): string {
  return JSON.stringify([matched, excepted, preceding, noticed].map((list) => list.map(({ name }) => name)));
}

/** Who is met, and when: of some records it is the caller's learning that begins. */
function visitOf(record: CloudTrailRecord, key: string): string | undefined {
  const { account, time } = viewOf(record);
  const actor = actorOwning(record);
  if (account === undefined || actor === undefined || time === undefined) return undefined;
  if (actsAs(record, "aws-service") || !isOwnLog(record, { bucket: "b", key })) return undefined;
  return `${account} ${actor} ${Math.floor(time / DAY)}`;
}

/** Records that come close to each rule, from the rules' own tests, and the beginning of a busy week. */
function pool(): readonly CloudTrailRecord[] {
  const tested = LOADED.flatMap(({ tests }) => tests.flatMap(({ record, before = [] }) => [...before, record]));
  const week: CloudTrailRecord[] = [];
  for (const { acts } of busyWeek({ seed: 7, days: 1, learningDays: 0, share: 0.2 })) {
    week.push(...acts.map(({ record }) => record));
    if (week.length > 3_000) break;
  }
  return [...tested, ...week, ...realRecords()];
}

/** A record with one field, at any depth, as another record has it, or without it. */
function mutated(record: CloudTrailRecord, other: CloudTrailRecord, random: () => number): CloudTrailRecord {
  const copy: { [field: string]: unknown } = { ...record };
  const names = [...new Set([...Object.keys(record), ...Object.keys(other)])];
  const name = names[Math.floor(random() * names.length)] ?? "eventName";
  const [own, its] = [record[name], other[name]];
  if (isObject(own) && isObject(its) && random() < 0.8) copy[name] = mutated(own, its, random);
  else if (its === undefined || random() < 0.1) delete copy[name];
  else copy[name] = its;
  return copy;
}

/** A record as tools pass it on: some of its objects as texts of JSON, its time and accounts as numbers. */
function inTexts(record: CloudTrailRecord, random: () => number): CloudTrailRecord {
  return Object.fromEntries(
    Object.entries(record).map(([name, value]) => {
      if (random() < 0.5) return [name, value];
      if (typeof value === "object" && value !== null) return [name, JSON.stringify(value)];
      if (name === "eventTime") return [name, Date.parse(String(value)) / (random() < 0.5 ? 1000 : 1)];
      return [name, name === "recipientAccountId" ? Number(value) : value];
    }),
  );
}

const RECORDS = pool();

const KEYS = [
  "AWSLogs/111122223333/CloudTrail/us-east-1/2026/11/20/a.json.gz",
  "AWSLogs/444455556666/CloudTrail/us-east-1/2026/11/20/b.json.gz",
  "a-file.json",
];

/** Shows a watcher families of records: relatives of one, so that most of what decides is the same. */
function showFamilies(watcher: ReturnType<typeof createWatcher>, rounds: number, seed: number): void {
  const numbers = new Random(String(seed));
  const random = () => numbers.next();
  const pick = () => RECORDS[Math.floor(random() * RECORDS.length)] as CloudTrailRecord;
  for (let round = 0; round < rounds; round++) {
    const first = pick();
    const family = [first];
    for (let i = 0; i < 12; i++) {
      const parent = family[Math.floor(random() * family.length)] ?? first;
      const one = mutated(parent, pick(), random);
      family.push(random() < 0.2 ? inTexts(one, random) : one);
    }
    for (let i = 0; i < 60; i++) {
      const key = KEYS[random() < 0.8 ? 2 : Math.floor(random() * 3)] ?? "";
      watcher.see(JSON.stringify(family[Math.floor(random() * family.length)]), key);
    }
  }
}

test("what rules match, what opens sessions and what is new of a caller is never passed over", () => {
  const watcher = createWatcher(RULES);
  showFamilies(watcher, runs(2_000, 100), 20261120);
  expect(watcher.counts.wrong.slice(0, 3)).toEqual([]);
  expect(watcher.counts.judged).toBeGreaterThan(20);
  expect(watcher.counts.passed / watcher.counts.seen).toBeGreaterThan(0.1);
});

test.each([["desk"], ["nobody"]] as const)("not for a judge that is %s either", (judge) => {
  const withoutFirst = RULES.filter(({ first }) => first === undefined);
  const watcher = createWatcher(judge === "desk" ? withoutFirst : RULES, judge === "nobody", judge);
  showFamilies(watcher, runs(1_000, 50), 20261121);
  expect(watcher.counts.wrong.slice(0, 3)).toEqual([]);
  expect(watcher.counts.passed / watcher.counts.seen).toBeGreaterThan(0.1);
});

test("a record made of a sketch has that sketch, apart from what only the kind of is known", () => {
  let made = 0;
  for (const one of RECORDS) {
    const sketch = sketchOfText(JSON.stringify(one));
    const sketched = sketch && sketchedRecord(sketch);
    if (sketch === undefined || sketched === undefined) continue;
    made++;
    const texts = textsOf(sketch);
    expect(textsOf(sketchOfText(JSON.stringify(sketched)))).toEqual(texts);
  }
  expect(made).toBeGreaterThan(1_000);
});

function textsOf(sketch: Sketch | undefined) {
  const { call = "", ...others } = sketch?.toJSON() ?? {};
  return { call: call.split("\n").slice(0, 7), ...others };
}

const FIRST = { key: "k", by: "account" } as const;
const READ = {
  eventTime: "2026-11-20T21:25:09Z",
  eventSource: "ec2.amazonaws.com",
  eventName: "DescribeInstances",
  eventType: "AwsApiCall",
  awsRegion: "us-east-1",
  sourceIPAddress: "192.0.2.44",
  userAgent: "aws-cli/2.31.0",
  recipientAccountId: "111122223333",
  userIdentity: {
    type: "AssumedRole",
    arn: "arn:aws:sts::111122223333:assumed-role/app/one",
    principalId: "AROAEXAMPLE:one",
    accountId: "111122223333",
    accessKeyId: "ASIAEXAMPLE1",
    sessionContext: { sessionIssuer: { arn: "arn:aws:iam::111122223333:role/app" } },
  },
};
const withIdentity = (fields: object) => ({ ...READ, userIdentity: { ...READ.userIdentity, ...fields } });
const person = (name: string) =>
  withIdentity({
    arn: `arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admin_0123456789abcdef/${name}`,
    sessionContext: {
      sessionIssuer: {
        arn: "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123456789abcdef",
      },
    },
  });
const insight = (eventName: string) => ({
  ...READ,
  eventName: undefined,
  eventType: "AwsCloudTrailInsight",
  insightDetails: { eventSource: "ec2.amazonaws.com", eventName },
});

/** A rule, a record that is nothing to it, and one that differs in little and must be seen. */
const NEAR_MISSES: readonly (readonly [string, Partial<Rule>, object, object])[] = [
  [
    "the call that Insights speaks of",
    { pattern: { eventType: ["AwsCloudTrailInsight"] }, first: { ...FIRST, of: ["call"] } },
    insight("DescribeInstances"),
    insight("RunInstances"),
  ],
  [
    "an address within the parameters",
    { each: { in: "requestParameters", pattern: { sourceIPAddress: [{ address: "outside" }] } } },
    { ...READ, requestParameters: { sourceIPAddress: "10.0.0.1" } },
    { ...READ, requestParameters: { sourceIPAddress: "203.0.113.77" } },
  ],
  [
    "an object that is there with nothing in it",
    {
      each: {
        in: "userIdentity.sessionContext.webIdFederationData",
        pattern: { federatedProvider: [{ exists: false }] },
      },
    },
    READ,
    withIdentity({ sessionContext: { ...READ.userIdentity.sessionContext, webIdFederationData: {} } }),
  ],
  ["the program", { pattern: { userAgent: [{ wildcard: "*hog*" }] } }, READ, { ...READ, userAgent: "TruffleHog hog" }],
  [
    "the address within a network",
    { pattern: { sourceIPAddress: [{ cidr: "192.0.2.128/25" }] } },
    READ,
    { ...READ, sourceIPAddress: "192.0.2.200" },
  ],
  [
    "an address that a rule spells in another way",
    { pattern: { sourceIPAddress: ["192.0.2.045"] } },
    READ,
    { ...READ, sourceIPAddress: "192.0.2.45" },
  ],
  [
    "a service where others have an address",
    { pattern: { sourceIPAddress: [{ "anything-but": ["192.0.2.44", "config.amazonaws.com"] }] } },
    READ,
    { ...READ, sourceIPAddress: "ec2.amazonaws.com" },
  ],
  [
    "one service among others where an address is",
    { pattern: { sourceIPAddress: ["ec2.amazonaws.com"] } },
    { ...READ, sourceIPAddress: "config.amazonaws.com" },
    { ...READ, sourceIPAddress: "ec2.amazonaws.com" },
  ],
  [
    "the name of a session",
    { pattern: { userIdentity: { arn: [{ wildcard: "*/admin" }] } } },
    READ,
    withIdentity({ arn: "arn:aws:sts::111122223333:assumed-role/app/admin" }),
  ],
  [
    "the key of a session",
    { pattern: { userIdentity: { accessKeyId: [{ prefix: "ASIAQ" }] } } },
    READ,
    withIdentity({ accessKeyId: "ASIAQEXAMPLE" }),
  ],
  [
    "a long-term key under a role's name",
    { first: { ...FIRST, of: ["credential"] }, calls: ["ec2:*"] },
    READ,
    withIdentity({ accessKeyId: "AKIAEXAMPLE" }),
  ],
  [
    "a target",
    { calls: ["ec2:*"], first: { ...FIRST, of: ["requestParameters.vpcId"] } },
    READ,
    { ...READ, requestParameters: { vpcId: "vpc-1" } },
  ],
  [
    "whether it worked",
    { calls: ["ec2:*"], outcome: "failure" },
    READ,
    { ...READ, errorCode: "Client.UnauthorizedOperation" },
  ],
  [
    "a failure in words",
    { calls: ["signin:*"], outcome: "failed" },
    {
      ...READ,
      eventSource: "signin.amazonaws.com",
      eventName: "ConsoleLogin",
      eventType: "AwsConsoleSignIn",
      responseElements: { ConsoleLogin: "Success" },
    },
    {
      ...READ,
      eventSource: "signin.amazonaws.com",
      eventName: "ConsoleLogin",
      eventType: "AwsConsoleSignIn",
      responseElements: { ConsoleLogin: "Failure" },
    },
  ],
  [
    "what an exception with an end leaves out for now",
    {
      calls: ["ec2:*"],
      first: { ...FIRST, of: ["requestParameters.vpcId"] },
      except: [{ reason: "a test", until: "2027-06-01", pattern: { awsRegion: ["us-east-1"] } }],
    },
    READ,
    { ...READ, awsRegion: "eu-west-1", requestParameters: { vpcId: "vpc-1" } },
  ],
  [
    "an address beside the one that an exception names",
    { calls: ["ec2:*"], except: [{ reason: "a test", pattern: { sourceIPAddress: ["192.0.2.44"] } }] },
    READ,
    { ...READ, sourceIPAddress: "192.0.2.45" },
  ],
  [
    "a session beside the one that an exception names",
    { calls: ["ec2:*"], except: [{ reason: "a test", pattern: { userIdentity: { arn: [READ.userIdentity.arn] } } }] },
    READ,
    withIdentity({ arn: "arn:aws:sts::111122223333:assumed-role/app/two" }),
  ],
  [
    "a parameter that an exception does not name",
    {
      calls: ["ec2:*"],
      except: [{ reason: "a test", pattern: { requestParameters: { vpcId: [{ exists: false }] } } }],
    },
    READ,
    { ...READ, requestParameters: { vpcId: "vpc-1" } },
  ],
  [
    "another person of the same role",
    { calls: ["ec2:*"], first: { ...FIRST, by: "actor", of: ["region"] } },
    person("anna"),
    person("ben"),
  ],
  [
    "the network of a caller",
    { calls: ["ec2:*"], first: { ...FIRST, of: ["sourceNetwork"] } },
    READ,
    { ...READ, sourceIPAddress: "198.51.100.1" },
  ],
  [
    "a session that is opened among plain calls",
    {},
    READ,
    {
      ...READ,
      eventSource: "sts.amazonaws.com",
      eventName: "AssumeRole",
      responseElements: {
        credentials: { accessKeyId: "ASIANEW" },
        assumedRoleUser: { arn: "arn:aws:sts::111122223333:assumed-role/b/c" },
      },
    },
  ],
];

test.each(NEAR_MISSES)("%s is seen behind records that are nothing", (_, parts, nothing, something) => {
  const rule: Rule = { name: "tried", place: "test:1", severity: "low", ...parts };
  const none: Rule = { name: "never", place: "test:2", severity: "low", calls: ["none:None"] };
  const watcher = createWatcher(Object.keys(parts).length === 0 ? [none] : [rule]);
  for (let i = 0; i < 5; i++) watcher.see(JSON.stringify(nothing), "a-file.json");
  watcher.see(JSON.stringify(something), "a-file.json");
  watcher.see(JSON.stringify(nothing), "a-file.json");
  expect(watcher.counts.wrong).toEqual([]);
  expect(watcher.counts.told).toBeGreaterThan(0);
});

const REFUSED_SERVICE = {
  ...READ,
  errorCode: "AccessDenied",
  userIdentity: { type: "AWSService", invokedBy: "config.amazonaws.com" },
  sourceIPAddress: "config.amazonaws.com",
};
const SERVICES = { reason: "services", by: "aws-service" } as const;

test.each<[string, readonly Exception[], object, number]>([
  ["is counted and not parsed", [SERVICES], REFUSED_SERVICE, 8],
  ["is parsed where the exception ends", [{ ...SERVICES, until: "2027-06-01" }], REFUSED_SERVICE, 0],
  [
    "is parsed behind an exception that ends",
    [{ reason: "a while", until: "2026-01-01", pattern: { awsRegion: ["us-east-1"] } }, SERVICES],
    REFUSED_SERVICE,
    0,
  ],
  [
    "is parsed if it could be the alerter's own",
    [SERVICES],
    { ...REFUSED_SERVICE, eventSource: "s3.amazonaws.com", eventName: "PutObject" },
    0,
  ],
])("what an exception leaves out %s", (_, except, refused, passed) => {
  const watcher = createWatcher([
    { name: "tried", place: "test:1", severity: "low", outcome: "denied", calls: ["*:*"], except },
  ]);
  for (let i = 0; i < 10; i++) watcher.see(JSON.stringify(refused), "a-file.json");
  expect(watcher.counts.wrong).toEqual([]);
  expect(watcher.counts).toMatchObject({ passed, leftOut: passed });
});

test("to a rule that asks for the name of a service, all addresses of a network are the same", () => {
  const pattern = { sourceIPAddress: ["ec2.amazonaws.com"] };
  const watcher = createWatcher([{ name: "tried", place: "test:1", severity: "low", pattern }]);
  for (let i = 1; i <= 20; i++)
    watcher.see(JSON.stringify({ ...READ, sourceIPAddress: `192.0.2.${i}` }), "a-file.json");
  expect(watcher.counts.wrong).toEqual([]);
  // The first shows the call, the second that it comes again.
  expect(watcher.counts.passed).toBe(18);
});

thoroughTest("most of a busy team's records are passed over", () => {
  const watcher = createWatcher(RULES);
  for (const { key, acts } of busyWeek({ seed: 3, days: 1, learningDays: 0, share: runs(0.3, 0.02) })) {
    for (const { record } of acts) watcher.see(JSON.stringify(record), key);
  }
  expect(watcher.counts.wrong.slice(0, 3)).toEqual([]);
  expect(watcher.counts.passed / watcher.counts.seen).toBeGreaterThan(0.5);
});

conformanceTest("and half of an intruder's", () => {
  const watcher = createWatcher(RULES);
  for (const record of realRecords()) watcher.see(JSON.stringify(record), "a-file.json");
  expect(watcher.counts.wrong.slice(0, 3)).toEqual([]);
  expect(watcher.counts.passed / watcher.counts.seen).toBeGreaterThan(0.5);
});

conformanceTest("hardly any record is parsed only to know who opened sessions", () => {
  const records = invictusRecords();
  const parsedWith = (followsSessions: boolean) => {
    const watcher = createWatcher(RULES, followsSessions);
    for (const record of records) watcher.see(JSON.stringify(record), "a-file.json");
    expect(watcher.counts.wrong).toEqual([]);
    return watcher.counts.parsed;
  };
  const needed = new Set(parsedWith(false));
  const only = parsedWith(true).filter((text) => !needed.has(text));
  const calls = new Map<string, number>();
  for (const text of only) {
    const { call } = viewOf(JSON.parse(text));
    calls.set(call, (calls.get(call) ?? 0) + 1);
  }
  const share = only.length / records.length;
  const named = [...calls].map(([call, count]) => `${call} ${count}`).join(", ");
  process.stdout.write(
    `parsed only for links: ${only.length} of ${records.length}, ${(100 * share).toFixed(1)} % (${named})\n`,
  );
  expect(records.filter(mayLink).length).toBeGreaterThan(10);
  expect(share).toBeLessThan(0.05);
});

test("what is passed over stays so, however many texts came between", async () => {
  const ruleSet = compileRules([]);
  const sieves = new Sieves(ruleSet, false, () => false);
  const parsedOf = async (texts: readonly string[]) => {
    let parsed = 0;
    const sieve = sieves.for("a-file.json");
    const content = Buffer.from(`{"Records":[${texts.join()}]}`);
    for await (const { candidates } of readLogFile({ bucket: "b", key: "a-file.json" }, content, sieve)) {
      for (const { record, alike } of candidates) {
        parsed++;
        alike?.note(record, { verdict: ruleSet.match(record, NOW), isNothing: true, now: NOW });
      }
    }
    return parsed;
  };
  const texts = Array.from({ length: 200 }, (_, i) => {
    const userIdentity = { type: "AWSService", invokedBy: `service${i}.amazonaws.com` };
    return JSON.stringify(record({ eventName: "DescribeThing", userIdentity }));
  });
  for (let round = 0; round < 3; round++) await parsedOf(texts);
  expect(await parsedOf(texts)).toBe(0);
  // More texts than numbers are kept for.
  for (let i = 0; i < 45_000; i++) numberOf(`other ${i}`);
  await parsedOf(texts);
  expect(await parsedOf(texts)).toBe(0);
});

const SHORT = {
  eventTime: "2026-11-20T21:25:09Z",
  userIdentity: { type: "AWSService", invokedBy: "s3.amazonaws.com" },
};

test("what is expected at a place is passed over for itself, and not for what was expected there before", async () => {
  const ruleSet = compileRules([]);
  const sieves = new Sieves(ruleSet, false, () => false);
  const parsedOf = async (names: readonly string[]) => {
    const parsed: unknown[] = [];
    const texts = names.map((eventName) => JSON.stringify({ ...SHORT, eventName }));
    const content = Buffer.from(`{"Records":[${texts.join()}]}`);
    const slices = readLogFile({ bucket: "b", key: "a-file.json" }, content, sieves.for("a-file.json"));
    for await (const { candidates } of slices) {
      for (const { record, alike } of candidates) {
        parsed.push(record.eventName);
        alike?.note(record, { verdict: ruleSet.match(record, NOW), isNothing: true, now: NOW });
      }
    }
    return parsed;
  };
  // In one scan are as many as take 64 KB.
  const known = Array.from({ length: 500 }, () => "Known");
  for (let round = 0; round < 3; round++) await parsedOf(known);
  expect(await parsedOf(known)).toEqual([]);
  for (const at of [0, 1, 63, 64, 127, 128, 300, 499]) {
    const name = `New${at}`;
    expect(await parsedOf(known.with(at, name))).toEqual([name]);
  }
});
