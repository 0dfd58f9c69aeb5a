import type { FirstTime } from "../alert/story/told.ts";
import { type Known, noteIn } from "./known.ts";
import type { LearningRules } from "./learning-rules.ts";
import { isTeller, type Question } from "./question.ts";
import { dayOf, FULL, REMEMBERED_VALUE } from "./remembered.ts";

const DAY = 86_400_000;

/** For how many days a rule's values count as more than are remembered, after the last that had no room. */
const FULL_DAYS = 30;

/** What a question is judged by, besides what is known of its owner and account. */
export interface Given {
  readonly learned: LearningRules;
  /** How long is learned, in milliseconds. */
  readonly learning: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Whether a record is the first to have what a question asks for, as far as the memory says. */
export function judgementOf(question: Question, given: Given): "known" | "learning" | "first" {
  const { first, names, time, owner, account } = question;
  const { key, again, learn = given.learning } = first;
  // Whoever told of it does so again: the invocation may have ended before the alert was recorded.
  if (isTeller(question)) return "first";
  const knows = (one: Known) => {
    const day = noteIn(one, key, names)?.[0];
    if (day !== undefined && time - day * DAY <= REMEMBERED_VALUE) return true;
    // Unknown values may be among those that had no room.
    const full = one.values.get(key)?.get(FULL)?.[0];
    return full !== undefined && dayOf(time) - full <= FULL_DAYS;
  };
  const before = noteIn(owner, key, names);
  if (again !== undefined) return before !== undefined && time - before[0] * DAY >= again ? "first" : "known";
  if (knows(owner)) return "known";
  const isLearning = (since = given.now) => learn > 0 && time < since + learn;
  if (isLearning(given.learned.since(key))) return "learning";
  if (owner !== account && !isYoung(owner, time, given)) return "first";
  // Of whoever is new, only what is new in his account is worth a word.
  if (owner !== account && knows(account)) return "known";
  return isLearning(account.since) ? "learning" : "first";
}

/** What an alert says of a record that is the first. */
export function firstTimeOf(question: Question, given: Given): FirstTime {
  const { rule, first, of, value, names, time, account } = question;
  const since = given.learned.since(first.key) ?? given.now;
  const owner = first.again === undefined && isYoung(question.owner, time, given) ? account : question.owner;
  const watched = given.now - Math.max(since, owner.since ?? since);
  const before = noteIn(owner, first.key, names);
  return {
    rule: rule.name,
    of,
    value,
    by: owner.kind,
    days: Math.floor(Math.min(watched, REMEMBERED_VALUE) / DAY),
    ...(first.again !== undefined && before && !isTeller(question) && { last: before[0] * DAY }),
  };
}

function isYoung({ since }: Known, time: number, { learning }: Given): boolean {
  return since === undefined || time < since + learning;
}
