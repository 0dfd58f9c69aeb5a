import { createReadStream, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { Question } from "../lambda/core/first-seen/question.ts";
import type { Intake } from "../lambda/core/ledger/intake.ts";
import { createRuns, NO_COUNTS, type Run } from "../lambda/core/ledger/run.ts";
import { linkIn } from "../lambda/core/links/link-notes.ts";
import { giveBack, gunzipAtOnce } from "../lambda/core/log-file/gunzip.ts";
import { MAX_WHOLE } from "../lambda/core/log-file/limits.ts";
import { sharedScanner } from "../lambda/core/log-file/scan/create-scanner.ts";
import type { Rule } from "../lambda/core/rules/rule.ts";
import { compileRules } from "../lambda/core/rules/rule-set.ts";
import { DESK_DEPLOYMENT } from "../lambda/core/rules/self.ts";
import { createMemoryStore } from "../lambda/core/store/memory.ts";
import { createPipeline } from "../lambda/pipeline.ts";
import type { Way } from "./child.ts";

// A process of its own, so that its memory can be measured: reads folders of log files, one after the other, as a warm
// function does or as most samples do. What the first folder costs is not told. Prints CPU microseconds for each of the others.

interface Told {
  readonly cpu: readonly number[];
  /** Bytes. */
  readonly peak: number;
  readonly records: number;
  readonly parsed: number;
  /** Rules by how many records were put to them. */
  readonly asked: { readonly [rule: string]: number };
}

/** As the reader has them. */
const CHUNK = 256 * 1024;
const STEP = 64 * 1024;
const CLOSE_LIST = 0x5d;

const [way = "", rulesFile = "", ...folders] = process.argv.slice(2);
const cpu: number[] = [];
let names: readonly string[] = [];
/** By the place of a rule how many records were put to it: to count this may cost next to nothing. */
let asked = new Uint32Array();
let bodies: ReadonlyMap<string, Buffer | string> = new Map();
let announcements: readonly object[] = [];
const ways: { readonly [W in Way]: () => Read } = {
  samples: readAsSamples,
  least: readAtLeast,
  function: () => readAsFunction(JSON.parse(readFileSync(rulesFile, "utf8"))),
};
const read = ways[way as Way]();
let records = 0;
let parsed = 0;
for (const [i, folder] of folders.entries()) {
  bodies = new Map(readdirSync(folder).map((name) => [name, bodyOf(join(folder, name))]));
  announcements = Array.from(bodies.keys(), (name) => announcementOf(keyOf(name)));
  const before = process.cpuUsage();
  const counts = await read();
  const { user, system } = process.cpuUsage(before);
  if (i === 0) {
    asked.fill(0);
    continue;
  }
  cpu.push(user + system);
  records += counts.records;
  parsed += counts.parsed;
}
const told: Told = {
  cpu,
  peak: peak(),
  records,
  parsed,
  asked: Object.fromEntries(names.flatMap((name, rank) => (asked[rank] ? [[name, asked[rank]]] : []))),
};
console.log(JSON.stringify(told));

type Read = () => Promise<{ readonly records: number; readonly parsed: number }>;

/**
 * What S3 would answer: a small object's bytes, so that no price of this machine's files is measured with the reader, and a
 * large object's path, for it comes in pieces.
 */
function bodyOf(path: string): Buffer | string {
  return statSync(path).size <= MAX_WHOLE ? readFileSync(path) : path;
}

function wholeOf(body: Buffer | string): Buffer {
  return typeof body === "string" ? readFileSync(body) : body;
}

/** gunzip, JSON.parse, and a look at each call's name. */
function readAsSamples(): Read {
  const watched = new Map(Array.from({ length: 100 }, (_, i) => [`Watched${i}`, i]));
  return async () => {
    let records = 0;
    for (const body of bodies.values()) {
      const { Records } = JSON.parse(gunzipSync(wholeOf(body)).toString());
      for (const { eventName } of Records) if (!watched.has(eventName)) records++;
    }
    return { records, parsed: records };
  };
}

/** What no reader of this kind does without: gunzip, and the scan for records and their fields. Nothing is judged or parsed. */
function readAtLeast(): Read {
  const scanner = sharedScanner();
  return async () => {
    let records = 0;
    for (const [name, body] of bodies) {
      const file = wholeOf(body);
      const text = gunzipAtOnce(file) ?? gunzipSync(file, { chunkSize: CHUNK });
      const first = text.indexOf("[") + 1;
      for (let at = first; text[at] !== CLOSE_LIST; ) {
        const { count, next } = scanner.scan(text, at, Math.min(at + STEP, text.length), at === first);
        if (count === 0) throw new Error(`${name} has a record that is larger than a step`);
        records += count;
        at = next;
      }
      giveBack(text);
    }
    return { records, parsed: 0 };
  };
}

/** The function's way up to its incidents: sessions are noted, and what rules notice is asked of a memory at hand. */
function readAsFunction(rules: readonly Rule[]): Read {
  const store = createMemoryStore();
  let time = Date.UTC(2026, 10, 21);
  const now = () => time;
  const settings = { smsFrom: "critical", roundUpHour: 8, accounts: {} } as const;
  const runOf = createRuns({ store, rules, settings, publish: NOBODY, now, sleep: async () => undefined });
  const ruleSet = compileRules(rules);
  names = rules.map(({ name }) => name);
  asked = new Uint32Array(rules.length);
  let parsed = 0;
  const pipeline = createPipeline({
    rules: {
      ...ruleSet,
      match(record, at, possible) {
        parsed++;
        if (possible !== undefined) for (const { rank } of possible) asked[rank] = (asked[rank] as number) + 1;
        return ruleSet.match(record, at, possible);
      },
    },
    ledger: {
      followsSessions: true,
      intake: (deadline) => readingIntake(runOf(deadline ?? Number.POSITIVE_INFINITY)),
      tick: async () => ({ ...NO_COUNTS, notes: [] }),
    },
    async fetchObject({ key }) {
      const body = bodies.get(key.slice(key.lastIndexOf("/") + 1)) ?? "";
      return { content: typeof body === "string" ? createReadStream(body, { highWaterMark: 64 * 1024 }) : body };
    },
    deployment: DESK_DEPLOYMENT,
    accepted: {},
    now,
    log: () => undefined,
  });
  return async () => {
    parsed = 0;
    let records = 0;
    for (const announcement of announcements) {
      time += 1000;
      records += (await pipeline(announcement)).records;
    }
    return { records, parsed };
  };
}

/** The key of a log file; one with the name that CloudTrail gives it says whose it is. */
function keyOf(name: string): string {
  if (!name.includes("_CloudTrail_")) return `AWSLogs/111122223300/CloudTrail/us-east-1/2026/11/20/${name}`;
  const [account, , region] = name.split("_");
  return `AWSLogs/${account}/CloudTrail/${region}/2026/11/20/${name}`;
}

/** As Lambda hands events over: out of JSON. */
function announcementOf(key: string) {
  const s3 = { bucket: { name: "b" }, object: { key } };
  return JSON.parse(JSON.stringify({ Records: [{ eventSource: "aws:s3", eventName: "ObjectCreated:Put", s3 }] }));
}

const NOBODY = {
  alert: async () => undefined,
  sms: async () => undefined,
  health: async () => undefined,
  "health-sms": async () => undefined,
};

/** An intake that judges what is new, and lets go of what is found. */
function readingIntake({ access, firstSeen, links }: Run): Intake {
  const questions: Question[] = [];
  return {
    lapses: firstSeen.lapses,
    excepted: () => undefined,
    follow(record, logObject) {
      const link = linkIn(record, logObject);
      if (link !== undefined) links.add(link);
      firstSeen.meet(record, logObject);
    },
    isUsual: (record, logObject, noticed) =>
      noticed.length === 0 || firstSeen.ask({ record, logObject, rules: noticed }).isUsual,
    async add(found) {
      for (const { record, logObject, noticed = [] } of found) {
        if (noticed.length > 0) questions.push(...firstSeen.ask({ record, logObject, rules: noticed }).questions);
      }
      if (questions.length > 500) await firstSeen.judge(access, questions.splice(0));
    },
    async finish() {
      await firstSeen.judge(access, questions.splice(0));
      await links.flush();
      await firstSeen.flush(access);
      return { counts: { ...NO_COUNTS }, faults: [], notes: [], firsts: [] };
    },
  };
}

/** The peak of this process's memory, in bytes: where Linux says it, for maxRSS begins with what the parent process took. */
function peak(): number {
  try {
    const [, kilobytes] = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync("/proc/self/status", "utf8")) ?? [];
    if (kilobytes !== undefined) return Number(kilobytes) * 1024;
  } catch {
    // Not Linux.
  }
  return process.resourceUsage().maxRSS * 1024;
}
