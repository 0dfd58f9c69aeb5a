import { type LogObject, s3Uri } from "../../envelope/log-object.ts";
import { shortTarget } from "../../record/facts.ts";
import { presentable } from "../../record/presentable.ts";
import type { CloudTrailRecord } from "../../record/record.ts";
import { viewOf } from "../../record/view.ts";
import type { Incident } from "../report.ts";
import { keptInOrder, MAX_KEPT } from "./kept-records.ts";
import {
  addTo,
  byWeightAmong,
  copyOf,
  type IsNews,
  keyBeside,
  type Line,
  lineBeside,
  lineOf,
  lineOfCaller,
  lineOfGroup,
  type OpenLine,
} from "./line.ts";
import type { KeptRecord, Story } from "./story.ts";
import { folded, MAX_LINES, withinBytes } from "./story-size.ts";
import { keyApart, type Told } from "./told.ts";

const MAX_ACCOUNTS = 20;
const MAX_LOG_OBJECTS = 30;

/** Folds records and stories into one story as they come. */
export class StoryBuilder {
  readonly #lines = new Map<string, OpenLine>();
  #kept: KeptRecord[] = [];
  readonly #logObjects = new Set<string>();
  /** Log objects that are only counted: here, and in the stories that were added. */
  readonly #otherLogObjects = new Set<string>();
  #moreLogObjects = 0;
  /** The line that each surplus line was folded into: key to key. */
  #foldedInto: ReadonlyMap<string, string> = new Map();
  readonly #accounts = new Set<string>();
  readonly #isNews: IsNews;

  /** `isNews` says which lines stay before others as severe, once that is known. */
  constructor(isNews: IsNews = () => true) {
    this.#isNews = isNews;
  }

  /**
   * Returns the key of the record's line. `matches` are the rules that are told of it for the first time, `isMore` says that it was
   * added with other rules before.
   */
  addRecord(
    told: Told & { readonly record: CloudTrailRecord; readonly logObject: LogObject },
    matches = told.rules,
    isMore = false,
  ): string {
    const { record, logObject } = told;
    const line = lineOf(told, matches, 1, isMore ? 0 : 1);
    this.#addLine(line);
    this.#addLogObject(s3Uri(logObject));
    this.addAccounts(viewOf(record).accounts);
    // Each line keeps its first records; which of them are shown is decided at the end.
    const own = this.#kept.filter((kept) => kept.line === line.key).length;
    if (own >= 4 && this.#kept.length >= MAX_KEPT) return line.key;
    this.#kept.push({ line: line.key, record: presentable(record), logObject });
    if (this.#kept.length > 4 * MAX_LINES) this.#kept = keptInOrder(this.#kept, this.#inOrder());
    return line.key;
  }

  /** Adds what is only counted, because nobody kept the record. */
  addCounted(told: Told, count: number): void {
    this.#addLine(lineOf(told, told.rules, count));
  }

  addStory({ lines, kept, logObjects, moreLogObjects, accounts }: Story): this {
    for (const line of lines) this.#addLine(line);
    this.#kept.push(...kept);
    for (const place of logObjects) this.#addLogObject(place);
    this.#moreLogObjects += moreLogObjects;
    this.addAccounts(accounts);
    return this;
  }

  addAccounts(accounts: readonly string[]): void {
    for (const account of accounts) if (this.#accounts.size < MAX_ACCOUNTS) this.#accounts.add(account);
  }

  story(): Story {
    const sorted = this.#inOrder();
    const { lines, into } = folded(sorted);
    this.#foldedInto = into;
    return withinBytes({
      lines,
      kept: keptInOrder(this.#kept, sorted),
      logObjects: [...this.#logObjects],
      moreLogObjects: this.#moreLogObjects + this.#otherLogObjects.size,
      accounts: [...this.#accounts],
    });
  }

  /** The line of the story made last in which records are told that were added to a line of this key. */
  lineIn(key: string): string {
    return this.#foldedInto.get(key) ?? key;
  }

  #addLine(line: Line): void {
    const known = this.#lines.get(line.key);
    if (known === undefined) this.#lines.set(line.key, copyOf(line));
    else addTo(known, line);
  }

  #addLogObject(place: string): void {
    const short = place.slice(0, 500);
    if (this.#logObjects.has(short)) return;
    if (this.#logObjects.size < MAX_LOG_OBJECTS) this.#logObjects.add(short);
    else this.#otherLogObjects.add(short);
  }

  #inOrder(): readonly OpenLine[] {
    const lines = [...this.#lines.values()];
    return lines.toSorted(byWeightAmong(lines, this.#isNews));
  }
}

/** Two stories as one. */
export function mergedStory(a: Story, b: Story, isNews: IsNews): Story {
  return a.lines.length === 0 ? b : new StoryBuilder(isNews).addStory(a).addStory(b).story();
}

/** An incident's story as it is told where several share one; lines that name callers already say it. */
export function sharedStory(story: Story, { actor, rule, key }: Incident): Story {
  const lines = story.lines.map((line) => {
    const own = line.callers.length > 0 ? line : lineOfCaller(line, shortTarget(actor));
    return rule === undefined ? own : lineOfGroup(own, key);
  });
  return { ...story, lines };
}

/** A caller's story as it is told beside that of the person whose incident it joins. */
export function storyBeside(story: Story, caller: string): Story {
  return {
    ...story,
    lines: story.lines.map((line) => lineBeside(line, caller)),
    kept: story.kept.map((one) => ({ ...one, line: keyBeside(one.line, caller) })),
  };
}

/** A story of one account as it is told among those of others. */
export function storyApart(story: Story, account: string): Story {
  return {
    ...story,
    lines: story.lines.map((line) => ({ ...line, key: keyApart(line.key, account) })),
    kept: story.kept.map((one) => ({ ...one, line: keyApart(one.line, account) })),
  };
}

/** An incident's lines with their callers: its own caller's too, if some lines are of others. */
export function withCallers(lines: readonly Line[], { actor, isShared, rule }: Incident): readonly Line[] {
  if (isShared || rule !== undefined || lines.every(({ callers }) => callers.length === 0)) return lines;
  return lines.map((line) => (line.callers.length > 0 ? line : { ...line, callers: [shortTarget(actor)] }));
}
