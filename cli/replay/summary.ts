import { quantity } from "../../lambda/core/alert/quantity.ts";
import { inert, visible } from "../../lambda/core/alert/text.ts";
import type { Rule } from "../../lambda/core/rules/rule.ts";
import { bySeverity, TRAITS } from "../../lambda/core/rules/severity.ts";
import { exceptText, mayBeExcepted } from "../../lambda/core/rules/suggested-except.ts";
import type { Told } from "../desk.ts";
import type { Outcome, SentAlert } from "./alerts.ts";
import { toldText } from "./recipients.ts";
import type { RuleTally, Tallies } from "./tallies.ts";

/** What a summary is made from. */
export interface Summarized {
  readonly rules: readonly Rule[];
  readonly tallies: Tallies;
  readonly files: number;
  readonly records: number;
  /** What would have been sent, if that was asked. */
  readonly outcome?: Outcome | undefined;
  /** Who would have been told. */
  readonly told: Told;
  /** True to list the rules that never matched, and not only their number. */
  readonly unmatched: boolean;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** What a replay says in the end: how often each rule rang and by whom, the gravest first, and what to do about the noisiest. */
export function summary(all: Summarized): string {
  const rows = rowsOf(all);
  const rung = rows.filter(({ tally, mails, inRoundUps }) => tally.matches + mails + inRoundUps > 0);
  const silent = rows.filter((row) => !rung.includes(row)).map(({ rule }) => rule);
  const { tallies, records, files } = all;
  const width = Math.max(0, ...rung.map(({ rule }) => rule.name.length));
  return [
    ...(all.outcome === undefined || records === 0
      ? []
      : ["", ...daysText(all.outcome), ...toldText(all.outcome, all.told)]),
    "",
    ...rung.map((row) => rowText(row, width, all.outcome !== undefined)),
    `${quantity(tallies.matches, "match", "es")} in ${quantity(records, "record")} of ${quantity(files, "file")}`,
    ...silentText(silent, all),
    ...noisiestText(rung, all),
    "",
  ].join("\n");
}

interface Row {
  readonly rule: Rule;
  readonly tally: RuleTally;
  /** Mails that tell of it at once, and round-ups. */
  readonly mails: number;
  readonly inRoundUps: number;
}

function rowsOf({ rules, tallies, outcome }: Summarized): readonly Row[] {
  const [mails, roundUps] = [new Map<string, number>(), new Map<string, number>()];
  for (const { alert } of outcome?.sent ?? []) {
    const counts = alert.kind === "round-up" ? roundUps : mails;
    const names = new Set(alert.parts.flatMap((part) => Object.keys(part.rules)));
    for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return rules
    .map((rule, i) => ({
      rule,
      tally: tallies.of(i),
      mails: mails.get(rule.name) ?? 0,
      inRoundUps: roundUps.get(rule.name) ?? 0,
    }))
    .sort((a, b) => bySeverity(a.rule, b.rule) || b.mails - a.mails || b.tally.matches - a.tally.matches);
}

function rowText({ rule, tally, mails, inRoundUps }: Row, width: number, withMails: boolean): string {
  const [actor] = tally.actors;
  const told = [
    mails > 0 && `in ${quantity(mails, "mail")}`,
    inRoundUps > 0 && `in ${quantity(inRoundUps, "round-up")}`,
    mails + inRoundUps === 0 && `in no mail${whyUntold(rule)}`,
  ].filter(Boolean);
  return [
    `${String(tally.matches).padStart(7)}  ${rule.severity.padEnd(8)}  ${rule.name.padEnd(width)}`,
    ...(withMails ? [told.join(", ")] : []),
    ...(actor === undefined ? [] : [callersText(actor.actor, actor.count, tally)]),
  ].join("  ");
}

/** Why matches of a rule make no alert by themselves. */
function whyUntold({ steps, after, threshold, first }: Rule): string {
  if (steps !== undefined) return " (not all its steps came)";
  if (after !== undefined) return " (what must come before it did not)";
  if (threshold !== undefined) return " (below its threshold)";
  return first === undefined ? "" : " (known, or still learning)";
}

/** `by ci-role and 3 others, in 111122223333 and 1 other`; with how many are the first one's, unless all are. */
function callersText(actor: string, count: number, { matches, actors, accounts }: RuleTally): string {
  const [account] = accounts;
  const share = count === matches ? "" : ` (${count})`;
  const others = (of: readonly unknown[]) => (of.length > 1 ? ` and ${quantity(of.length - 1, "other")}` : "");
  const where = account === undefined ? "" : `, in ${inert(account[0], 40)}${others(accounts)}`;
  return `by ${visible(actor, 200)}${share}${others(actors)}${where}`;
}

function daysText({ sent, texts }: Outcome): readonly string[] {
  const byDay = (alerts: readonly SentAlert[]) => {
    const days = new Map<string, number>();
    for (const { sentAt } of alerts) {
      const day = new Date(sentAt).toISOString().slice(0, 10);
      days.set(day, (days.get(day) ?? 0) + 1);
    }
    return days;
  };
  const [mails, phones] = [byDay(sent), byDay(texts)];
  const days = [...new Set([...mails.keys(), ...phones.keys()])].sort();
  if (days.length === 0) return ["No mail would have been sent."];
  const lines = days.map(
    (day) => `${day}  ${quantity(mails.get(day) ?? 0, "mail").padStart(9)}  ${quantity(phones.get(day) ?? 0, "text")}`,
  );
  return [
    ...lines,
    `${quantity(sent.length, "mail")} and ${quantity(texts.length, "text")} on ${quantity(days.length, "day")} (UTC)`,
  ];
}

function silentText(silent: readonly Rule[], { unmatched, outcome }: Summarized): readonly string[] {
  if (silent.length === 0) return [];
  const waiting = outcome === undefined ? silent.filter(({ first }) => first !== undefined).length : 0;
  const unknown = waiting === 0 ? "" : `; of ${waiting} with "first", only --alerts can tell`;
  const line = `${quantity(silent.length, "rule")} never matched${unknown}${unmatched ? ":" : " (--unmatched lists them)"}`;
  return [line, ...(unmatched ? silent.map(({ severity, name }) => `         ${severity.padEnd(8)}  ${name}`) : [])];
}

/** So many rules get a suggestion, each for a caller who causes so much of it. */
const MAX_SUGGESTED = 3;
const MIN_COUNT = 5;
const MIN_MAILS = 2;
const MIN_SHARE = 0.5;
const QUARTER = 90 * 86_400_000;

function noisiestText(rung: readonly Row[], { outcome, now }: Summarized): readonly string[] {
  const loud = rung
    .flatMap(({ rule, tally, mails }) => {
      const [actor] = tally.actors;
      const isLoud = actor !== undefined && actor.count >= MIN_COUNT && actor.count >= MIN_SHARE * tally.matches;
      if (!isLoud || actor.pattern === undefined || !mayBeExcepted(rule)) return [];
      // Of what must wake somebody, nothing is quieted in passing.
      if (TRAITS[rule.severity].alwaysRings || (outcome !== undefined && mails < MIN_MAILS)) return [];
      return [{ rule, actor, pattern: actor.pattern, noise: outcome === undefined ? actor.count : mails }];
    })
    .sort((a, b) => b.noise - a.noise)
    .slice(0, MAX_SUGGESTED);
  if (loud.length === 0) return [];
  const excepts = loud.map(({ rule, actor, pattern }) => ({
    rule: rule.name,
    pattern,
    note: `${quantity(actor.count, "match", "es")} by ${inert(actor.actor, 150)}`,
  }));
  return [
    "",
    "The noisiest. What somebody does as a matter of course can be excepted: put it into a rule file of yours, say why, and add",
    "the file to packs (to try it: --rules trailbell/rules,FILE).",
    "",
    exceptText(excepts, new Date(now + QUARTER).toISOString().slice(0, 10)).trimEnd(),
  ];
}
