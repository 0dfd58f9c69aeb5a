import { busyWeek } from "../../../../bench/busy-week/week.ts";
import { type Known, put } from "../../../../lambda/core/first-seen/known.ts";
import { actorOwning, isOwnLog, questionsOf } from "../../../../lambda/core/first-seen/question.ts";
import { linkIn } from "../../../../lambda/core/links/link-notes.ts";
import { createPlainScanner } from "../../../../lambda/core/log-file/scan/plain-scanner.ts";
import type { Sketch } from "../../../../lambda/core/log-file/scan/sketch.ts";
import { Sieves } from "../../../../lambda/core/match/sieve.ts";
import { type CloudTrailRecord, isObject } from "../../../../lambda/core/record/record.ts";
import { viewOf } from "../../../../lambda/core/record/view.ts";
import { actsAs } from "../../../../lambda/core/rules/aws-work.ts";
import type { Rule } from "../../../../lambda/core/rules/rule.ts";
import { compileRules } from "../../../../lambda/core/rules/rule-set.ts";
import { DESK_DEPLOYMENT, fillSelf } from "../../../../lambda/core/rules/self.ts";
import { loadRules } from "../../../../lambda/rule-files/rule-files.ts";
import { realRecords } from "../../../support/conformance.ts";

const LOADED = loadRules(["rules"]);
const RULES = fillSelf(
  LOADED.map(({ rule }) => rule),
  DESK_DEPLOYMENT,
);

/** Rules as somebody might write them, each of which looks at something that is not where it seems to be. */
const TRICKY: readonly Rule[] = (
  [
    { pattern: { eventType: ["AwsCloudTrailInsight"] }, first: { key: "1", of: ["call"], by: "account" } },
    { each: { in: "requestParameters", pattern: { sourceIPAddress: [{ address: "outside" }] } } },
    {
      each: {
        in: "userIdentity.sessionContext.webIdFederationData",
        pattern: { federatedProvider: [{ exists: false }] },
      },
      calls: ["sts:*"],
    },
    { pattern: { userAgent: [{ wildcard: "*trufflehog*" }] } },
    { pattern: { sourceIPAddress: [{ cidr: "203.0.113.0/24" }] }, calls: ["s3:*"] },
    { pattern: { userIdentity: { arn: [{ wildcard: "*/admin*" }] } } },
    { pattern: { userIdentity: { accessKeyId: [{ prefix: "ASIAQ" }] } }, calls: ["iam:*"] },
    { pattern: { errorCode: [{ account: "foreign" }] } },
    { pattern: { userIdentity: { accountId: [{ account: "foreign" }] } }, calls: ["kms:*"] },
    { calls: ["ec2:*"], first: { key: "2", of: ["target"], by: "actor" } },
    { calls: ["logs:*"], first: { key: "3", of: ["credential", "call"], by: "actor" }, outcome: "failure" },
  ] as const
).map((rule, i) => ({ name: `tricky-${i}`, place: `test:${i}`, severity: "low", ...rule }) as Rule);
const DAY = 86_400_000;
const NOW = Date.parse("2027-01-01T00:00:00Z");
const THOROUGH = process.env.THOROUGH === undefined ? 1 : 20;

/** A random number generator that gives the same numbers for the same seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What a function that parses every record finds, and what a sieve may pass over in it. */
function createWatcher(rules: readonly Rule[]) {
  const ruleSet = compileRules(rules);
  const sieves = new Sieves(ruleSet, true);
  const scanner = createPlainScanner();
  const owners = new Map<string, Known>();
  const met = new Set<string>();
  const counts = { seen: 0, passed: 0, wrong: [] as string[] };

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
      const record: CloudTrailRecord = JSON.parse(text);
      const logObject = { bucket: "b", key };
      counts.seen++;
      const sketch = sketchOf(scanner, text);
      const sieve = sieves.for(key);
      const isPassed = sketch !== undefined && sieve.passesOver(sketch);
      if (isPassed) counts.passed++;

      const verdict = ruleSet.match(record, NOW);
      const { matched, preceding, excepted, noticed } = verdict;
      const questions = questionsOf({ record, logObject, rules: noticed }, NOW, ownerOf);
      for (const { owner, first, names, time } of questions) {
        put(owner.values, first.key, names[0], [Math.floor(time / DAY)]);
      }
      const reasons = [...matched, ...preceding, ...excepted].map(({ name }) => name);
      reasons.push(...questions.map(({ rule }) => `${rule.name} asks`));
      if (linkIn(record, logObject) !== undefined) reasons.push("a link");
      const visit = visitOf(record, key);
      if (visit !== undefined && !met.has(visit)) {
        met.add(visit);
        if (isPassed) reasons.push("its caller's first record of the day");
      }
      if (isPassed && reasons.length > 0) counts.wrong.push(`${reasons.join(", ")}: ${text.slice(0, 2000)}`);
      if (!isPassed && sketch !== undefined && reasons.length === 0) sieve.settle(record, sketch, verdict, NOW);
    },
  };
}

/** Who is met, and when: of some records it is the caller's learning that begins. */
function visitOf(record: CloudTrailRecord, key: string): string | undefined {
  const { account, time } = viewOf(record);
  const actor = actorOwning(record);
  if (account === undefined || actor === undefined || time === undefined) return undefined;
  if (actsAs(record, "aws-service") || !isOwnLog(record, { bucket: "b", key })) return undefined;
  return `${account} ${actor} ${Math.floor(time / DAY)}`;
}

function sketchOf(scanner: ReturnType<typeof createPlainScanner>, text: string): Sketch | undefined {
  const bytes = Buffer.from(`${text}]`);
  const { count } = scanner.scan(bytes, 0, bytes.length, true);
  expect(count).toBe(1);
  return scanner.sketchOf(0);
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

const RECORDS = pool();

const KEYS = [
  "AWSLogs/111122223333/CloudTrail/us-east-1/2026/11/20/a.json.gz",
  "AWSLogs/444455556666/CloudTrail/us-east-1/2026/11/20/b.json.gz",
  "a-file.json",
];

/** Shows a watcher families of records: relatives of one, so that most of what decides is the same. */
function showFamilies(watcher: ReturnType<typeof createWatcher>, rounds: number, seed: number): void {
  const random = randomOf(seed);
  const pick = () => RECORDS[Math.floor(random() * RECORDS.length)] as CloudTrailRecord;
  for (let round = 0; round < rounds; round++) {
    const first = pick();
    const family = [first];
    for (let i = 0; i < 12; i++) {
      const parent = family[Math.floor(random() * family.length)] ?? first;
      family.push(mutated(parent, pick(), random));
    }
    for (let i = 0; i < 60; i++) {
      const key = KEYS[random() < 0.8 ? 2 : Math.floor(random() * 3)] ?? "";
      watcher.see(JSON.stringify(family[Math.floor(random() * family.length)]), key);
    }
  }
}

test("what rules match, what opens sessions and what is new of a caller is never passed over", () => {
  const watcher = createWatcher(RULES);
  showFamilies(watcher, 400 * THOROUGH, 20261120);
  expect(watcher.counts.wrong.slice(0, 3)).toEqual([]);
  expect(watcher.counts.passed / watcher.counts.seen).toBeGreaterThan(0.1);
});

test.each(TRICKY.map((rule) => [rule.name, rule] as const))("nor is what %s matches", (_, rule) => {
  const watcher = createWatcher([rule]);
  showFamilies(watcher, 60 * THOROUGH, 20261121);
  expect(watcher.counts.wrong.slice(0, 3)).toEqual([]);
});

test("most of a busy team's records are passed over", () => {
  const watcher = createWatcher(RULES);
  for (const { key, acts } of busyWeek({ seed: 3, days: 1, learningDays: 0, share: 0.3 })) {
    for (const { record } of acts) watcher.see(JSON.stringify(record), key);
  }
  expect(watcher.counts.wrong.slice(0, 3)).toEqual([]);
  expect(watcher.counts.passed / watcher.counts.seen).toBeGreaterThan(0.5);
});
