import { createHash } from "node:crypto";
import type { LogFile } from "../../bench/busy-week/log-files.ts";
import { KNOWN_ACCOUNTS, ORGANIZATION } from "../../bench/busy-week/organization.ts";
import { ATTACKS, busyWeek, type WeekOptions } from "../../bench/busy-week/week.ts";
import type { Figures, Sums } from "../../cli/busy-week/figures.ts";
import { printed } from "../../cli/busy-week/print.ts";
import type { Alert } from "../../lambda/core/alert/alert.ts";
import { logPathOf } from "../../lambda/core/envelope/log-object.ts";
import { createLedger } from "../../lambda/core/ledger/ledger.ts";
import { withoutApiVersion } from "../../lambda/core/record/call.ts";
import { type CloudTrailRecord, textAt } from "../../lambda/core/record/record.ts";
import { compileRules } from "../../lambda/core/rules/rule-set.ts";
import { DESK_DEPLOYMENT, fillSelf } from "../../lambda/core/rules/self.ts";
import { createMemoryStore } from "../../lambda/core/store/memory.ts";
import { createPipeline } from "../../lambda/pipeline.ts";
import { EVENT_NAMES } from "../../lambda/rule-files/event-name-list.ts";
import { OTHER_EVENTS } from "../../lambda/rule-files/other-events.ts";
import { command } from "../support/command.ts";
import { SETTINGS } from "../support/desk-pipeline.ts";
import { loadedRules } from "../support/loaded-rules.ts";
import { logFile, s3Event } from "../support/log-files.ts";
import { runs, thoroughTest } from "../support/runs.ts";

const MINUTE = 60_000;
const DAY = 86_400_000;

/** Small enough for each run of the tests: a day of all people, pipelines and attacks, and few of the machines' rounds. */
const SMALL: WeekOptions = { seed: 7, days: 1, learningDays: 0, share: 0.005 };

const filesOf = (options: Partial<WeekOptions> = {}) => [...busyWeek({ ...SMALL, ...options })];
const actsOf = (files: readonly LogFile[]) => files.flatMap(({ acts }) => acts);
const recordsOf = (files: readonly LogFile[]) => actsOf(files).map(({ record }) => record);
const hashOf = (files: readonly LogFile[]) =>
  createHash("sha256")
    .update(JSON.stringify(files.map(({ key, arrival, acts }) => [key, arrival, acts])))
    .digest("hex");

const FILES = filesOf();

thoroughTest("the same seed makes the same log files, and another one others", () => {
  expect(hashOf(filesOf())).toBe(hashOf(FILES));
  expect(hashOf(filesOf({ seed: 8 }))).not.toBe(hashOf(FILES));
});

thoroughTest("a smaller share leaves out rounds of machines, and changes nothing that is left", () => {
  const ids = (files: readonly LogFile[]) => new Set(recordsOf(files).map(({ eventID }) => eventID));
  const [few, more] = [ids(FILES), ids(filesOf({ share: 0.05 }))];
  expect([...few].filter((id) => !more.has(id))).toEqual([]);
  expect(more.size).toBeGreaterThan(few.size + 1_000);
  const attacks = (files: readonly LogFile[]) => actsOf(files).filter(({ attack }) => attack !== undefined).length;
  expect(attacks(filesOf({ share: 0 }))).toBe(attacks(FILES));
});

thoroughTest("log files come in order, some minutes after their records, each with one account and region", () => {
  const wrong = FILES.filter(({ key, arrival, acts }, i) => {
    const { account, region } = logPathOf(key) ?? {};
    const isOwn = ({ record }: LogFile["acts"][number]) => {
      const delay = arrival - Date.parse(textAt(record, "eventTime") ?? "");
      const isInTime = delay > MINUTE && delay < 10 * MINUTE;
      return isInTime && record.recipientAccountId === account && record.awsRegion === region;
    };
    return arrival < (FILES[i - 1]?.arrival ?? 0) || acts.length === 0 || !acts.every(isOwn);
  });
  expect(wrong).toEqual([]);
  const delays = actsOf(FILES).map(({ time, record }) => time - Date.parse(textAt(record, "eventTime") ?? ""));
  expect(Math.max(...delays)).toBeLessThan(MINUTE);
});

/** Events that CloudTrail records of consoles, and that no API names. */
const OF_CONSOLES =
  /^(?:sso-directory:|sso:(?:ListProfilesForApplication|DescribeRegisteredRegions)$|s3:GetStorageLensDashboardDataInternal$|eks:AccessKubernetesApi$|budgets:ViewBudget$|billing:GetBillingViewData$)/;

thoroughTest("each record is one that CloudTrail could write: its call exists, and its fields are there", () => {
  const known = new Set(
    [...EVENT_NAMES.trim().split("\n"), ...Object.entries(OTHER_EVENTS).map(([name, events]) => `${name} ${events}`)]
      .map((line) => line.trim().split(/\s+/))
      .flatMap(([service = "", ...names]) => names.map((name) => `${service.replace(".amazonaws.com", "")}:${name}`)),
  );
  const week = filesOf({ days: runs(7, 2), share: 0.002 });
  const records = recordsOf(week).filter(({ eventCategory }) => eventCategory !== "Insight");
  const calls = new Set(
    records.map(
      ({ eventSource, eventName }) =>
        `${String(eventSource).replace(".amazonaws.com", "")}:${withoutApiVersion(String(eventName))}`,
    ),
  );
  expect([...calls].filter((call) => !known.has(call) && !OF_CONSOLES.test(call))).toEqual([]);
  const ids = new Set(records.map(({ eventID }) => eventID));
  expect(ids.size).toBe(records.length);
  const lacking = records.filter(
    ({ userIdentity, eventTime, sourceIPAddress, userAgent, requestID, readOnly, eventType, managementEvent }) =>
      typeof textAt(userIdentity, "type") !== "string" ||
      !/^2026-11-\d\dT\d\d:\d\d:\d\dZ$/.test(String(eventTime)) ||
      [sourceIPAddress, userAgent, requestID, eventType].some((text) => typeof text !== "string" || text === "") ||
      [readOnly, managementEvent].some((flag) => typeof flag !== "boolean"),
  );
  expect(lacking).toEqual([]);
});

thoroughTest("the mix is that of real sets: sizes, files, errors, services, data", () => {
  const whole = filesOf({ share: 1 });
  const records = recordsOf(whole);
  const share = (isOne: (record: CloudTrailRecord) => boolean) => records.filter(isOne).length / records.length;
  const sizes = records.map((record) => JSON.stringify(record).length).sort((a, b) => a - b);
  const files = whole.map(({ acts }) => acts.length).sort((a, b) => a - b);
  const middle = (sorted: readonly number[]) => sorted[sorted.length >> 1] ?? 0;
  // corpus-profile.json: records of 1,174 and 1,562 bytes, files of 5 and 20 records, 10 % and 33 % errors.
  expect(middle(sizes)).toBeGreaterThan(1_000);
  expect(middle(sizes)).toBeLessThan(1_600);
  expect(middle(files)).toBeGreaterThanOrEqual(3);
  expect(middle(files)).toBeLessThanOrEqual(20);
  expect(share(({ errorCode }) => errorCode !== undefined)).toBeGreaterThan(0.03);
  expect(share(({ userIdentity }) => textAt(userIdentity, "type") === "AWSService")).toBeGreaterThan(0.1);
  expect(share(({ readOnly }) => readOnly === true)).toBeGreaterThan(0.7);
  expect(share(({ eventCategory }) => eventCategory === "Data")).toBeGreaterThan(0.05);
  expect(records.length).toBeGreaterThan(60_000);
});

interface Sent {
  readonly at: number;
  readonly way: "mail" | "text";
  readonly alert: Alert;
}

/** Plays log files through a function and a ledger, with a tick in each minute, and keeps what is published. */
async function published(files: readonly LogFile[], withAttacks: boolean): Promise<readonly Sent[]> {
  const sent: Sent[] = [];
  let now = files[0]?.arrival ?? 0;
  const known = { accounts: Object.keys(KNOWN_ACCOUNTS), organization: ORGANIZATION };
  const rules = compileRules(
    fillSelf(
      loadedRules("rules").map(({ rule }) => rule),
      DESK_DEPLOYMENT,
    ),
    known,
  );
  const publish = (way: Sent["way"]) => async (alert: Alert) => void sent.push({ at: now, way, alert });
  const ledger = createLedger({
    store: createMemoryStore(),
    rules: rules.rules,
    settings: { smsFrom: SETTINGS.smsFrom, roundUpHour: SETTINGS.roundUpHour, accounts: KNOWN_ACCOUNTS, known },
    publish: {
      alert: publish("mail"),
      sms: publish("text"),
      health: async () => undefined,
      "health-sms": async () => undefined,
    },
    now: () => now,
    sleep: async () => undefined,
  });
  const bodies = new Map<string, Uint8Array>();
  const invoke = createPipeline({
    rules,
    ledger,
    fetchObject: async ({ key }) => ({ content: bodies.get(key) ?? Buffer.alloc(0) }),
    deployment: DESK_DEPLOYMENT,
    accepted: {},
    now: () => now,
    log: () => undefined,
  });
  const tickUntil = async (time: number) => {
    for (let next = Math.ceil((now + 1) / MINUTE) * MINUTE; next <= time; next += MINUTE) {
      now = next;
      await ledger.tick();
    }
    now = Math.max(now, time);
  };
  for (const { key, arrival, acts } of files) {
    await tickUntil(arrival);
    const own = acts.filter(({ attack }) => withAttacks || attack === undefined);
    if (own.length === 0) continue;
    bodies.set(key, logFile(...own.map(({ record }) => record)));
    await invoke(s3Event("trail-bucket", key));
  }
  await tickUntil(now + 2 * DAY);
  return sent;
}

/** The ids of the records that an alert shows. */
function recordsIn({ json }: Alert): readonly string[] {
  const { records = [] } = JSON.parse(json) as { records?: readonly { record: CloudTrailRecord }[] };
  return records.map(({ record }) => String(record.eventID));
}

const isDaily = ({ at, alert }: Sent) =>
  alert.kind === "round-up" &&
  new Date(at).toISOString().slice(11, 16) >= "08:00" &&
  at % DAY < 8 * 60 * MINUTE + 5 * MINUTE;

function countsOf(sent: readonly Sent[]): Pick<Sums, "mails" | "dailyRoundUps" | "texts"> {
  const mails = sent.filter(({ way }) => way === "mail");
  const dailyRoundUps = mails.filter(isDaily).length;
  return { mails: mails.length - dailyRoundUps, dailyRoundUps, texts: sent.length - mails.length };
}

let asked: Promise<Figures> | undefined;

/** The command's figures of the small week. */
function figuresOfSmall(): Promise<Figures> {
  const { seed, days, learningDays, share } = SMALL;
  // The tests' few rules take a quarter of the time; .ci/run plays the shipped ones.
  const rules = process.env.THOROUGH ? [] : ["--rules", "test/support/rules"];
  const options = ["--seed", seed, "--days", days, "--learn", learningDays, "--share", share].map(String);
  asked ??= command("rules", "coverage", "--busy-week", ...options, ...rules, "--json").then(
    ({ stdout, stderr, code }) => {
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      return JSON.parse(stdout) as Figures;
    },
  );
  return asked;
}

thoroughTest("the figures are of the whole week, add up, and are printed as they are", async () => {
  const figures = await figuresOfSmall();
  expect(figures).toMatchObject({ ...SMALL, files: FILES.length, records: actsOf(FILES).length });
  expect(figures.quiet.mails).toBeGreaterThan(0);
  expect(figures.quiet.byRule.reduce((sum, { mails }) => sum + mails, 0)).toBe(figures.quiet.mails);
  expect(figures.quiet.byKind.reduce((sum, { mails }) => sum + mails, 0)).toBe(figures.quiet.mails);
  expect(figures.attacks.map(({ name }) => name)).toEqual(ATTACKS.map(({ name }) => name));
  const text = printed(figures);
  expect(text).toContain(`without attacks: ${figures.quiet.mailsPerDay.toFixed(1)} mails a day`);
  expect(text).toContain(`attacks: ${figures.attacks.filter(({ isTold }) => isTold).length} of 6 told`);
  for (const { name, mails } of figures.quiet.byRule) expect(text).toMatch(new RegExp(`^ *${mails}  ${name}$`, "m"));
});

thoroughTest("the figures are those of what is published", async () => {
  const figures = await figuresOfSmall();
  const [quiet, attacked] = [await published(FILES, false), await published(FILES, true)];
  expect(figures.quiet).toMatchObject(countsOf(quiet));
  expect(figures.attacked).toMatchObject(countsOf(attacked));
  expect(figures.messages.map(({ at, subject }) => [at, subject])).toEqual(
    attacked.map(({ at, alert }) => [new Date(at).toISOString(), alert.subject]),
  );

  const mails = attacked.flatMap(({ at, way, alert }) => (way === "mail" ? [{ at, shown: recordsIn(alert) }] : []));
  for (const { name, isTold, mails: count, minutesAfterFirst, minutesAfterDeed } of figures.attacks) {
    const arrivals = (isOne: (act: LogFile["acts"][number]) => boolean) =>
      FILES.filter(({ acts }) => acts.some((act) => act.attack === name && isOne(act))).map(({ arrival }) => arrival);
    const ids = new Set(
      actsOf(FILES)
        .filter(({ attack }) => attack === name)
        .map(({ record }) => String(record.eventID)),
    );
    const telling = mails.filter(({ shown }) => shown.some((id) => ids.has(id)));
    expect({ name, isTold }).toEqual({ name, isTold: telling.length > 0 });
    // Mails that count what came again name addresses only.
    expect(count).toBeGreaterThanOrEqual(telling.length);
    const [first] = telling;
    if (first === undefined) continue;
    const minutes = (since: number) => Math.round((10 * (first.at - since)) / MINUTE) / 10;
    expect(minutesAfterFirst).toBe(minutes(Math.min(...arrivals(() => true))));
    expect(minutesAfterDeed).toBe(minutes(Math.min(...arrivals(({ isDeed }) => isDeed === true))));
  }
});

test.each([
  [["--busy-week", "folder"], "coverage takes a folder or --busy-week, not both"],
  [["--busy-week", "--days", "0"], "--days is a whole number from 1 to 31, not 0"],
  [["--busy-week", "--share", "2"], "--share is a number from 0 to 1, not 2"],
])("coverage %j is a usage error", async (options, message) => {
  const { stderr, code } = await command("rules", "coverage", ...options);
  expect(code).toBe(2);
  expect(stderr).toContain(message);
});
