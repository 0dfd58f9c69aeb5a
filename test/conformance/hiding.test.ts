import { readdirSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { createDeskLedger } from "../../cli/desk-ledger.ts";
import { recordsOfFile } from "../../cli/records/read.ts";
import type { Alert } from "../../lambda/core/alert/alert.ts";
import { type Found, foundIn } from "../../lambda/core/incident/place.ts";
import { isForRoundUp } from "../../lambda/core/incident/rule-book.ts";
import { outcomeOf } from "../../lambda/core/record/outcome.ts";
import { type CloudTrailRecord, textAt } from "../../lambda/core/record/record.ts";
import { asAttempted } from "../../lambda/core/rules/rule.ts";
import { compileRules } from "../../lambda/core/rules/rule-set.ts";
import { DESK_DEPLOYMENT, fillSelf } from "../../lambda/core/rules/self.ts";
import { command } from "../support/command.ts";
import {
  CONFORMANCE,
  conformanceFile,
  conformanceFolder,
  conformanceTest,
  hasConformance,
} from "../support/conformance.ts";
import { loadedRules } from "../support/loaded-rules.ts";

const CASES = hasConformance ? conformanceFolder("hiding") : ["none here"];

/** Where a real call stands among others, its target is called so. */
const REAL = /[\w-]*REAL[\w-]*/;

/** Names of the real targets in the log files of a case. */
function realTargets(name: string): readonly string[] {
  const folder = `${CONFORMANCE}/hiding/${name}/store`;
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".json.gz"))
    .flatMap((file) => {
      const text = gunzipSync(conformanceFile("hiding", name, "store", file)).toString();
      return REAL.exec(text)?.[0] ?? [];
    });
}

for (const name of CASES) {
  conformanceTest(`hiding/${name}: the real target stands in what people receive`, async () => {
    const events = conformanceFolder("hiding", name).filter((file) => file.startsWith("event-"));
    const folder = `${CONFORMANCE}/hiding/${name}`;
    const { stdout } = await command(
      "invoke",
      ...events.map((file) => `${folder}/${file}`),
      "--store",
      `${folder}/store`,
    );
    for (const target of new Set(realTargets(name))) expect(stdout).toContain(target);
    // What is held back longer than a caller's silence is low, and comes in the round-up.
    const late = [...stdout.matchAll(/^── email, (\d+) h later ─+\nSubject: (.*)$/gm)].map(([, , subject]) => subject);
    for (const subject of late) expect(subject).toMatch(/^\[(?:LOW|INFO)\] Daily round-up/);
  });
}

conformanceTest(
  "invictus: a handful of mails name every matched rule of medium and above, and nothing is told twice",
  async () => {
    const rules = compileRules(
      fillSelf(
        loadedRules("rules").map(({ rule }) => rule),
        DESK_DEPLOYMENT,
      ),
    );
    const files = conformanceFolder("invictus").filter((file) => file.endsWith(".json.gz"));
    expect(files).toHaveLength(27);
    const byFile = new Map<string, readonly Found[]>();
    for (const file of files) {
      const { records } = await recordsOfFile(`${CONFORMANCE}/invictus/${file}`);
      byFile.set(
        file,
        records.flatMap((record) => foundIn(record, { bucket: "trail", key: file }, rules.match(record, 0)) ?? []),
      );
    }
    const foundOf = (file: string) => byFile.get(file) ?? [];
    const found = files.flatMap(foundOf);
    /** What is sent where each of these comes in an invocation of its own, at its time. */
    const play = async (invocations: readonly (readonly [at: number, found: readonly Found[]])[]) => {
      const sent: Alert[] = [];
      const desk = createDeskLedger(
        rules.rules,
        { accounts: {}, smsFrom: "critical", roundUpHour: 8 },
        (alert) => void sent.push(alert),
        () => undefined,
      );
      for (const [at, own] of invocations) {
        await desk.advanceTo(Math.max(at, desk.now()));
        const intake = desk.ledger.intake();
        await intake.add(own);
        expect((await intake.finish()).faults).toEqual([]);
      }
      await desk.runToEnd();
      return sent;
    };
    const isMail = ({ subject }: Alert) => !subject.includes("Daily round-up");
    const sent = await play([[Date.parse("2023-07-10T12:45:00Z"), found]]);
    const mails = sent.filter(isMail);
    const timeOf = (file: string) =>
      Date.parse(file.replace(/.*_(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)Z_.*/, "$1-$2-$3T$4:$5:00Z"));
    const asWritten = await play(
      files.toSorted((a, b) => timeOf(a) - timeOf(b)).map((file) => [timeOf(file), foundOf(file)] as const),
    );
    process.stdout.write(
      `invictus: ${files.length} files at once, ${mails.length} mails; each at its time, ${asWritten.filter(isMail).length}\n`,
    );
    expect(mails.length).toBeLessThanOrEqual(6);

    const told = countsOf(mails.flatMap(({ parts }) => parts.map((part) => part.rules)));
    const severityOf = (rule: Found["rules"][number], record: CloudTrailRecord) =>
      asAttempted(rule, outcomeOf(record)).severity;
    const plain = found.flatMap(({ rules: met, record }) =>
      met.filter(
        (rule) =>
          !isForRoundUp(severityOf(rule, record)) &&
          rule.threshold === undefined &&
          rule.after === undefined &&
          rule.steps === undefined,
      ),
    );
    for (const { name } of plain) expect([...told.keys()]).toContain(name);

    // A record that a mail tells of stands in no round-up.
    const isTold = ({ rules: met, record }: Found) =>
      met.some((rule) => !isForRoundUp(severityOf(rule, record)) && told.get(rule.name) === countOf(found, rule.name));
    const roundUps = sent.filter(({ subject }) => subject.includes("Daily round-up"));
    const daily = countsOf(roundUps.flatMap(({ parts }) => parts.map((part) => part.rules)));
    for (const [name, count] of daily) {
      const untold = found.filter((one) => !isTold(one) && one.rules.some((rule) => rule.name === name));
      const ids = new Set(untold.map(({ record }) => textAt(record, "eventID")));
      expect({ name, isTooMany: count > ids.size }).toEqual({ name, isTooMany: false });
    }
  },
);

function countsOf(list: readonly { readonly [rule: string]: number }[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const [rule, count] of list.flatMap((one) => Object.entries(one)))
    counts.set(rule, (counts.get(rule) ?? 0) + count);
  return counts;
}

function countOf(found: readonly Found[], rule: string): number {
  return new Set(
    found.filter(({ rules }) => rules.some(({ name }) => name === rule)).map(({ record }) => textAt(record, "eventID")),
  ).size;
}
