import { type Act, MEASURED_FROM } from "../../bench/busy-week/act.ts";
import type { LogFile } from "../../bench/busy-week/log-files.ts";
import { KNOWN_ACCOUNTS, ORGANIZATION } from "../../bench/busy-week/organization.ts";
import { busyWeek, type WeekOptions } from "../../bench/busy-week/week.ts";
import type { Alert } from "../../lambda/core/alert/alert.ts";
import { textAt } from "../../lambda/core/record/record.ts";
import { compileRules } from "../../lambda/core/rules/rule-set.ts";
import type { MemoryStore } from "../../lambda/core/store/memory.ts";
import { createPipeline } from "../../lambda/pipeline.ts";
import type { Desk } from "../desk.ts";
import { createDeskLedger } from "../desk-ledger.ts";
import { type Message, messageOf } from "./message.ts";
import { createTwinStore } from "./twin-store.ts";

/** A busy week as the functions read it. */
export interface Played {
  /** What is read in the measured days. */
  readonly files: number;
  readonly records: number;
  readonly matches: number;
  /** What went out while the rules learned; then without the attacks, and with them. */
  readonly learning: readonly Message[];
  readonly quiet: readonly Message[];
  readonly attacked: readonly Message[];
  readonly traces: ReadonlyMap<string, Trace>;
}

/** What an attack left in the log. */
export interface Trace {
  readonly records: ReadonlySet<string>;
  /** When its first record arrived, and the first one of its deed; milliseconds since the epoch. */
  readonly first: number;
  readonly deed: number;
}

/**
 * Plays the days, and from the first attack on also the same days with the attacks in them: rules, thresholds, incidents,
 * budget and round-ups are those that are deployed, and each log file comes at the time of its arrival.
 */
export async function play(options: WeekOptions, desk: Desk): Promise<Played> {
  const store = createTwinStore();
  const quiet = createPlayer(desk, store);
  let attacked: Player | undefined;
  const traces = new Map<string, MutableTrace>();
  let files = 0;
  let records = 0;
  for (const file of busyWeek(options)) {
    const ordinary = file.acts.filter(({ attack }) => attack === undefined);
    if (attacked === undefined && ordinary.length < file.acts.length) {
      store.part();
      attacked = createPlayer(desk, store.twin, quiet);
    }
    const body = bodyOf(file.acts);
    if (ordinary.length > 0) await quiet.deliver(file, ordinary.length < file.acts.length ? bodyOf(ordinary) : body);
    await attacked?.deliver(file, body);
    for (const act of file.acts) trace(act, file.arrival, traces);
    if (file.arrival < MEASURED_FROM) continue;
    files++;
    records += file.acts.length;
  }
  await quiet.end();
  await attacked?.end();
  const last = attacked ?? quiet;
  return {
    files,
    records,
    matches: last.matches,
    learning: quiet.messages.filter(({ at }) => at < MEASURED_FROM),
    quiet: quiet.messages.filter(isMeasured),
    attacked: last.messages.filter(isMeasured),
    traces,
  };
}

const isMeasured = ({ at }: Message) => at >= MEASURED_FROM;

/** A log file with these records. */
function bodyOf(acts: readonly Act[]): Uint8Array {
  return Buffer.from(JSON.stringify({ Records: acts.map(({ record }) => record) }));
}

interface MutableTrace {
  readonly records: Set<string>;
  readonly first: number;
  deed: number;
}

function trace({ attack, isDeed, record }: Act, arrival: number, traces: Map<string, MutableTrace>): void {
  if (attack === undefined) return;
  const known = traces.get(attack) ?? { records: new Set(), first: arrival, deed: Number.POSITIVE_INFINITY };
  traces.set(attack, known);
  known.records.add(textAt(record, "eventID") ?? "");
  if (isDeed) known.deed = Math.min(known.deed, arrival);
}

/** One function with one ledger, and what they send. */
interface Player {
  readonly messages: Message[];
  readonly now: number;
  /** Matches in the measured days. */
  readonly matches: number;
  deliver(file: Pick<LogFile, "key" | "arrival">, body: Uint8Array): Promise<void>;
  /** Lets the clock run until nothing is due any more. */
  end(): Promise<void>;
}

/** `before` is the one whose ledger it goes on with. */
function createPlayer({ rules: tested, settings, deployment }: Desk, store: MemoryStore, before?: Player): Player {
  const rules = tested.map(({ rule }) => rule);
  const messages: Message[] = [...(before?.messages ?? [])];
  let matches = before?.matches ?? 0;
  let content: Uint8Array = Buffer.alloc(0);
  const send = (way: Message["way"]) => (alert: Alert) =>
    void messages.push(messageOf(alert, way, desk.now(), settings));
  const known = { accounts: Object.keys(KNOWN_ACCOUNTS), organization: ORGANIZATION };
  const team = { ...settings, accounts: KNOWN_ACCOUNTS, known };
  const desk = createDeskLedger(rules, team, send("mail"), send("text"), store);
  const pipeline = createPipeline({
    rules: compileRules(rules, known),
    ledger: desk.ledger,
    fetchObject: async () => ({ content }),
    deployment,
    accepted: { organization: ORGANIZATION },
    now: desk.now,
    log: (line) => {
      if (desk.now() >= MEASURED_FROM) matches += line.matches;
    },
  });
  const ready = before === undefined ? undefined : desk.advanceTo(before.now);
  return {
    messages,
    get now() {
      return desk.now();
    },
    get matches() {
      return matches;
    },
    async deliver({ key, arrival }, body) {
      await ready;
      await desk.advanceTo(arrival);
      content = body;
      await pipeline({ Records: [announcement(deployment.logBucket, key, arrival)] });
    },
    end: () => desk.runToEnd(),
  };
}

/** S3's word of a new object (S3 User Guide, "Event message structure"). */
function announcement(name: string, key: string, arrival: number) {
  return {
    eventVersion: "2.1",
    eventSource: "aws:s3",
    eventName: "ObjectCreated:Put",
    eventTime: new Date(arrival).toISOString(),
    s3: { bucket: { name }, object: { key: encodeURIComponent(key) } },
  };
}
