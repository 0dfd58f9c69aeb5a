import { type Alert, asSentAt } from "../alert/alert.ts";
import { headLine } from "../alert/headline.ts";
import { renderAnyway } from "../alert/plain.ts";
import type { Report } from "../alert/report.ts";
import { routeOf } from "../alert/route.ts";
import { type Story, sumOf } from "../alert/story/story.ts";
import { passed, slide } from "../incident/decide-window.ts";
import type { Circumstances } from "../incident/decision.ts";
import { newHead, ring } from "../incident/incident.ts";
import type { RuleBook } from "../incident/rule-book.ts";
import { entriesOf } from "../incident/window-entry.ts";
import { type Draft, incidentOf, type Written } from "../incident/written.ts";
import { publisherOf, waysOf } from "../outbox/ways.ts";
import { bySeverity, TRAITS } from "../rules/severity.ts";
import { grouped } from "../store/grouped.ts";
import { countAlerts, countTold, type Run } from "./run.ts";

/** An alert that is sent without a ledger, and how many matches it tells of. */
interface DirectAlert {
  readonly alert: Alert;
  readonly told: number;
}

/** How many alerts one message tells of: each has its own line, and all of them fit. */
const MAX_TOLD = 60;

/** Without a ledger, what is critical or high goes out in one message, and the rest fails the invocation. Returns the faults. */
export async function sendDirectly(run: Run, unwritten: readonly Draft[]): Promise<readonly unknown[]> {
  const { counts, given, directTurn } = run;
  if (unwritten.length === 0) return [];
  const faults: unknown[] = [];
  const { alerts, untold } = directAlerts(unwritten, given());
  if (untold.length > 0) {
    const left = sumOf(untold.map(({ matches }) => matches));
    const names = untold.flatMap(({ body }) =>
      "window" in body ? [body.window.rule] : body.story.lines.flatMap(({ rules }) => rules),
    );
    const rules = [...new Set(names)].slice(0, 5).join(", ");
    counts.unrecorded += left;
    faults.push(new Error(`${left} matches of ${rules} were not recorded: the ledger is down`));
  }
  if (alerts.length === 0) return faults;
  const made = alerts.map(({ alert }) => alert);
  countAlerts(counts, made);
  const isInTime = await directTurn();
  const failed = await Promise.all(alerts.map((one) => publishDirectly(run, one, isInTime)));
  return [...faults, ...failed.flat()];
}

async function publishDirectly(run: Run, { alert, told }: DirectAlert, isInTime: boolean) {
  const { counts, given, effects } = run;
  const failures: unknown[] = isInTime ? [] : [new Error("this instance has sent too many of them already")];
  if (isInTime) {
    const own = asSentAt(alert, given().now, given().now);
    const sent = await Promise.allSettled(
      waysOf(alert).map((way) => publisherOf(effects.publish, way, 1)?.(own) ?? Promise.resolve()),
    );
    failures.push(...sent.flatMap((one) => (one.status === "rejected" ? [one.reason] : [])));
    counts.publishFailures += failures.length;
  }
  if (failures.length > 0) counts.unrecorded += told;
  else countTold(counts, told, alert.listed);
  const what = `alert ${alert.id} of ${alert.rule} was neither recorded nor published`;
  return failures.map((cause) => new Error(`${what}: ${String(cause)}`, { cause }));
}

/**
 * One alert for everything critical or high of a route, for invocations share no budget: the worst in full, the others in one
 * line each. The rest is `untold`.
 */
function directAlerts(drafts: readonly Draft[], given: Circumstances) {
  const reports: { readonly report: Report; readonly matches: number }[] = [];
  const untold: Draft[] = [];
  for (const draft of drafts.toSorted(bySeverity)) {
    const report = reports.length < MAX_TOLD ? reportWithoutLedger(draft, given) : undefined;
    if (report === undefined) untold.push(draft);
    else reports.push({ report, matches: draft.matches });
  }
  const worstFirst = reports.toSorted((a, b) => bySeverity(headLine(a.report), headLine(b.report)));
  const routes = grouped(worstFirst, ({ report }) =>
    routeOf(given.settings.routes ?? [], report.incident, headLine(report).severity),
  );
  const alerts = [...routes.values()].flatMap((all): readonly DirectAlert[] => {
    const [worst, ...others] = all.map(({ report }) => report);
    if (worst === undefined) return [];
    const alert = renderAnyway(worst, given.settings, given.now, { mayRepeat: true, others });
    return [{ alert, told: sumOf(all.map(({ matches }) => matches)) }];
  });
  return { alerts, untold };
}

/** What a draft tells when there is no ledger to ask; undefined below its rule's threshold, or when it can wait. */
function reportWithoutLedger({ body, key }: Draft, given: Circumstances): Report | undefined {
  const story = storyOf(body, given.book);
  if (story === undefined) return undefined;
  const { nextUpdate: _, ...report } = ring(newHead(incidentOf(body)), story, key, given).report;
  return TRAITS[report.lines[0]?.severity ?? "info"].goesWithoutLedger ? report : undefined;
}

function storyOf(written: Written, book: RuleBook): Story | undefined {
  if ("story" in written) return written.story;
  const rule = book.get(written.window.rule);
  if (rule === undefined) return undefined;
  const { rung } = slide(entriesOf(written), rule);
  return rung.length === 0 ? undefined : passed(rung, rule, written.window.incident);
}
