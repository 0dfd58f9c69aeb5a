import { withoutApiVersion } from "../../record/call.ts";
import { namedTogether } from "../../record/named-together.ts";
import { viewOf } from "../../record/view.ts";
import type { Report, ReportLine } from "../report.ts";
import type { KeptRecord } from "../story/story.ts";

/** A command in parts: `iam detach-user-policy --user-name bob` and so on. */
interface Parts {
  readonly service: string;
  readonly action: string;
  readonly options: readonly { readonly option: string; readonly values: readonly string[] }[];
}

/**
 * True for a command that a later call of the same report made useless: what it is about was deleted since, or the call did
 * the same. What is made from the deletion itself is for bringing it back, unless it only looks.
 */
export function isUseless(command: string, report: Report, { line: own, record }: KeptRecord, isLook = false): boolean {
  const { time } = viewOf(record);
  const parts = partsOf(command);
  if (time === undefined) return false;
  return report.lines.some((line) => {
    if (line.outcome !== "success" || (line.lastTime ?? 0) < time || (line.key === own && !isLook)) return false;
    const names = new Set(namesSince(time, line, report).map(lastName));
    const [service = "", event = ""] = withoutApiVersion(line.call).split(":");
    if (!parts.service.startsWith(service)) return false;
    // Of several targets and several details nobody knows which belong together.
    const isPlain = line.targets.length === 1 || line.details.length === 0;
    return isDeletedBy(event, names, parts) || (isPlain && isDoneBy(event, names, parts));
  });
}

/**
 * What a line names at some time or later. If it names several things and began before, only its records tell which: whoever
 * deletes another one then must not hide what was made anew.
 */
function namesSince(since: number, line: ReportLine, { kept }: Report): readonly string[] {
  const { key, targets, moreTargets, details, firstTime = 0 } = line;
  if (targets.length + moreTargets <= 1 || firstTime >= since) return [...targets, ...details];
  return kept.flatMap(({ line: of, record }) => {
    const { time = 0, facts } = viewOf(record);
    if (of !== key || time < since) return [];
    return [facts.target ?? [], facts.detail ?? [], namedTogether(record)].flat();
  });
}

function isDeletedBy(event: string, names: ReadonlySet<string>, { options }: Parts): boolean {
  const [, noun] = /^(?:Delete|Deregister|Terminate)(\w+?)s?$/.exec(event) ?? [];
  if (noun === undefined) return false;
  const deleted = new RegExp(`^--(?:${inKebab(noun)}(?:-name|-ids?|-arn)?|name)$`);
  return options.some(({ option, values }) => deleted.test(option) && values.every((value) => names.has(value)));
}

function isDoneBy(event: string, names: ReadonlySet<string>, { action, options }: Parts): boolean {
  const values = options.filter(({ option }) => option !== "--region").flatMap((one) => one.values);
  return action === inKebab(event) && values.length > 0 && values.every((value) => names.has(value));
}

function partsOf(command: string): Parts {
  const [, service = "", action = "", ...words] = command.replaceAll("'.'", ".").split(/\s+/);
  const options: { option: string; values: string[] }[] = [];
  for (const word of words) {
    if (word.startsWith("--")) options.push({ option: word, values: [] });
    else options.at(-1)?.values.push(lastName(word));
  }
  return { service, action, options: options.filter(({ values }) => values.length > 0) };
}

/** What stands last in an ARN or a path. */
function lastName(text: string): string {
  return text.split("/").at(-1) ?? text;
}

function inKebab(words: string): string {
  return words.replace(/([a-z\d])([A-Z])/g, "$1-$2").toLowerCase();
}
