import type { CloudTrailRecord } from "../../record/record.ts";
import { viewOf } from "../../record/view.ts";
import { shortName } from "../headline.ts";
import { relationOf } from "../relation.ts";
import { sumOf } from "../story/story.ts";
import { unlinkedWord } from "../text.ts";
import { isPlain } from "./commands.ts";

/** How many names of one call are told. */
const MAX_LEFT_NAMES = 4;

/** What was called of which no command is here: what it was about, and how often, those included that nobody knows. */
export interface Left {
  readonly call: string;
  readonly things: readonly Thing[];
  readonly count: number;
}

/** A target, and what else the call named. */
export interface Thing {
  readonly target: string;
  readonly detail?: string | undefined;
}

/** `iam:CreateUser of carl, dora and 3 more`; with what was done several times to one thing: `of bob into group g1, g2`. */
export function leftOf(call: string, some: readonly Left[]): string {
  const things = some.flatMap((one) => one.things).filter(({ target }) => isPlain(target));
  const targets = [...new Set(things.map(({ target }) => target))];
  const count = sumOf(some.map((one) => one.count));
  const [only = "", ...others] = targets;
  if (only === "") return `${call} ${count === 1 ? "once" : `${count} times`}`;
  const details = [...new Set(things.flatMap(({ detail }) => detail ?? []))].map(shortName).filter(isPlain);
  if (others.length === 0 && details.length > 0 && count > 1) {
    return `${call} of ${unlinkedWord(only)}${relationOf(call)} ${someOf(details, count)}`;
  }
  return `${call} of ${someOf(targets, count)}`;
}

/** A few names, and how many more there are. */
function someOf(names: readonly string[], count: number): string {
  const shown = names.slice(0, MAX_LEFT_NAMES);
  const more = count - shown.length;
  return [shown.map(unlinkedWord).join(", "), ...(more > 0 ? [`and ${more} more`] : [])].join(" ");
}

/** What a call was about. */
export function thingsOf(record: CloudTrailRecord): readonly Thing[] {
  const { target, detail } = viewOf(record).facts;
  return target === undefined ? [] : [{ target: shortName(target), detail }];
}

/** A thing of which only the name is known. */
export function bare(target: string): Thing {
  return { target: shortName(target) };
}
