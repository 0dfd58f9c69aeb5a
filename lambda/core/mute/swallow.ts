import type { Incident } from "../alert/report.ts";
import { keyBeside, type Line, OTHER_CALLS } from "../alert/story/line.ts";
import { EMPTY_STORY, type Story } from "../alert/story/story.ts";
import { StoryBuilder } from "../alert/story/story-builder.ts";
import { apartIn, lineKeyOf, ruleFacts } from "../alert/story/told.ts";
import { networkOf } from "../record/facts.ts";
import type { Rule } from "../rules/rule.ts";
import { isAtLeast } from "../rules/severity.ts";
import { covers, isNeverMuted, type Mute } from "./mute.ts";

/** What is needed to say what a mute swallows. */
export interface Muting {
  readonly incident: Incident;
  readonly mutes: readonly Mute[];
  /** What its mails told, by fact; undefined if that does not matter. */
  readonly told?: { readonly [fact: string]: unknown } | undefined;
  /** Today's rules of a line. */
  readonly rulesOf: (line: Pick<Line, "rules" | "outcome" | "severity">) => readonly Rule[];
}

/** What a mute swallowed of one rule. */
export interface Swallowed {
  readonly mute: string;
  readonly rule: string;
  readonly reason: string;
  readonly matches: number;
  readonly networks: readonly string[];
}

/** A story in two: what is told, and what is not. */
export interface Split {
  readonly told: Story;
  readonly swallowed: readonly Swallowed[];
}

/**
 * The rules of a line that are quiet, and by which mute. None if something in it always rings: that is told whole. All
 * if nothing remains that would ring by itself.
 */
export function mutedRules(line: Line, { incident, mutes, told, rulesOf }: Muting): ReadonlyMap<string, Mute> {
  const quiet = new Map<string, Mute>();
  if (mutes.length === 0 || incident.kind === "daily") return quiet;
  const names = [...new Set([...line.rules, ...Object.keys(line.matches)])];
  const rules = rulesOf({ ...line, rules: names });
  // Who of too many callers is left out of a line may be anybody.
  const callers = line.moreCallers > 0 ? [...line.callers, ""] : line.callers;
  if (rules.some(isNeverMuted)) return quiet;
  for (const { name } of rules) {
    // By its id, an incident of too many callers is muted for those of whom it has told: anybody may join it.
    const isOfTold = !incident.isShared || ruleFacts(name, callers).every((fact) => told === undefined || fact in told);
    const mute = mutes.find(
      (one) => covers(one, name, incident, callers) && (isOfTold || one.of.incident === undefined),
    );
    if (mute !== undefined) quiet.set(name, mute);
  }
  const [first] = quiet.values();
  const isRinging = rules.some(({ name, severity }) => !quiet.has(name) && isAtLeast(severity, "medium"));
  if (first === undefined || isRinging) return quiet;
  for (const { name } of rules) if (!quiet.has(name)) quiet.set(name, first);
  return quiet;
}

/** Divides a story by what is muted. */
export function split(story: Story, muting: Muting): Split {
  const keys = new Map<string, string>();
  let isWhole = true;
  const swallowed: Swallowed[] = [];
  const lines = story.lines.flatMap((line) => {
    const quiet = mutedRules(line, muting);
    for (const [rule, mute] of quiet) if (line.matches[rule]) swallowed.push(swallowedOf(line, rule, mute));
    if (quiet.size > 0) isWhole = false;
    const left = quiet.size === 0 ? line : withoutRules(line, [...quiet.keys()], muting);
    if (left === undefined) return [];
    keys.set(line.key, left.key);
    return [left];
  });
  if (isWhole) return { told: story, swallowed };
  if (lines.length === 0) return { told: EMPTY_STORY, swallowed };
  const kept = story.kept.flatMap((one) => {
    const line = keys.get(one.line);
    return line === undefined ? [] : [{ ...one, line }];
  });
  // Lines that now say the same become one.
  return { told: new StoryBuilder().addStory({ ...story, lines, kept }).story(), swallowed };
}

function swallowedOf(line: Line, rule: string, { id, reason }: Mute): Swallowed {
  const networks = new Set(line.sources.flatMap((source) => networkOf(source) ?? []));
  return { mute: id, rule, reason, matches: line.matches[rule] ?? 0, networks: [...networks] };
}

/** A line as if these rules had not met its records; undefined if none is left. Its other facts are told by the rest. */
function withoutRules(line: Line, quiet: readonly string[], { rulesOf }: Muting): Line | undefined {
  const rules = line.rules.filter((rule) => !quiet.includes(rule));
  const matches = Object.fromEntries(Object.entries(line.matches).filter(([rule]) => !quiet.includes(rule)));
  const counts = Object.values(matches);
  if (rules.length === 0 || counts.length === 0) return undefined;
  const facts = new Set(quiet.flatMap((rule) => ruleFacts(rule, line.callers)));
  return {
    ...line,
    key: keyWith(rules, line),
    rules,
    severity: rulesOf({ ...line, rules })[0]?.severity ?? line.severity,
    matches,
    records: Math.min(line.records, Math.max(...counts)),
    facts: line.facts.filter((fact) => !facts.has(fact)),
  };
}

/** The key of a line if its records had met these rules only: it still stands beside others, if it did before. */
function keyWith(rules: readonly string[], { key, call, outcome, isRead, callers, rules: all }: Line): string {
  if (call === OTHER_CALLS) return key;
  const facts = { call, outcome, isRead };
  const [caller = ""] = callers;
  const isBeside = key === keyBeside(lineKeyOf({ rules: all, facts }), caller);
  const own = lineKeyOf({ rules, facts, apart: apartIn(key) });
  return isBeside ? keyBeside(own, caller) : own;
}
